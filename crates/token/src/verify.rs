//! Verifying: the steps every token must pass, in order, each once, and none before what it depends on.
//!
//! Invariant: `verify` and `inspect` run the same `walk`, so they cannot disagree. The claims are not even read before
//! the signature matches, and nothing a token says chooses how it is checked.

use std::time::Duration;

use gatewright_domain::{
    binding::Binding, consumer::ClientId, decision::TokenFacts, key::Kid, time::Timestamp,
    token::Jti,
};

use crate::{
    claims::{ReadClaims, Sender},
    compact::Compact,
    header::Header,
    policy::{Audiences, Policy, Senders},
    refusal::{Part, Refusal},
    ring::VerifierRing,
};

/// One step of verifying.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "`Step::title` says what each asks")]
pub enum Step {
    Size,
    Form,
    Header,
    Type,
    Key,
    Algorithm,
    Signature,
    Claims,
    Sender,
    Issuer,
    Audience,
    Issued,
    NotBefore,
    Expiry,
    Lifetime,
    Window,
}

/// The steps in the order in which they are taken.
pub const STEPS: [Step; 16] = [
    Step::Size,
    Step::Form,
    Step::Header,
    Step::Type,
    Step::Key,
    Step::Algorithm,
    Step::Signature,
    Step::Claims,
    Step::Sender,
    Step::Issuer,
    Step::Audience,
    Step::Issued,
    Step::NotBefore,
    Step::Expiry,
    Step::Lifetime,
    Step::Window,
];

/// What a token says that verified. Only `verify` makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    facts: TokenFacts,
    subject: String,
    session: Option<String>,
    not_before: Option<Timestamp>,
    binding: Option<Binding>,
    actors: Vec<String>,
}

/// Verifies a token: whatever it returns was signed by a key of the ring within its window, for this issuer, and holds
/// now. The audience is compared only when the policy says so; otherwise ask `Verified::is_for` for each request.
///
/// # Errors
/// The refusal of the first step that does not let the token pass.
pub fn verify(
    token: &[u8],
    ring: &VerifierRing,
    policy: &Policy,
    now: Timestamp,
) -> Result<Verified, Refusal> {
    walk(token, ring, policy, now, &mut Trail::unseen())
}

/// Takes the steps, leaving on the trail what each compared.
pub(crate) fn walk(
    token: &[u8],
    ring: &VerifierRing,
    policy: &Policy,
    now: Timestamp,
    trail: &mut Trail,
) -> Result<Verified, Refusal> {
    policy.fits(token)?;
    trail.passed(Step::Size, || format!("{} bytes", token.len()));

    let compact = Compact::split(token)?;
    policy.header_fits(compact.header)?;
    trail.passed(Step::Form, || "header, claims and signature".to_owned());

    let header = compact.decode(Part::Header)?;
    let header = Header::read(&header)?;
    trail.passed(Step::Header, || header.names().join(", "));

    let kind = header.kind()?;
    trail.passed(Step::Type, || kind.to_owned());

    let (kid, key) = ring.get(header.kid())?;
    let window = key.window()?;
    trail.passed(Step::Key, || kid.to_string());

    // The key says how it is used; the header may only agree.
    let expected = key.public.algorithm();
    if header.algorithm() != expected.name() {
        return Err(Refusal::Algorithm { expected });
    }
    trail.passed(Step::Algorithm, || expected.to_string());

    let signature = compact.decode(Part::Signature)?;
    if !key.public.signed(compact.signed, &signature) {
        return Err(Refusal::Signature);
    }
    trail.passed(Step::Signature, || format!("made by {kid}"));

    let claims = ReadClaims::read(&compact.decode(Part::Claims)?)?;
    trail.passed(Step::Claims, || {
        format!("token {} of {}", claims.jti, claims.client_id)
    });

    claims.judge(policy, key.longest(policy.max_lifetime()), now, trail)?;

    let issued = claims.issued;
    window.holds(issued, policy.leeway())?;
    trail.passed(Step::Window, || match window.until {
        Some(until) => format!("{kid} signed from {} to {until}", window.from),
        None => format!("{kid} signs since {}", window.from),
    });
    Ok(claims.verified(kid.clone()))
}

impl ReadClaims {
    /// The steps that compare a claim with the policy and the time.
    fn judge(
        &self,
        policy: &Policy,
        longest: Duration,
        now: Timestamp,
        trail: &mut Trail,
    ) -> Result<(), Refusal> {
        let (issued, expires, leeway) = (self.issued, self.expires, policy.leeway());
        match (&self.sender, policy.senders()) {
            (Sender::Anybody, Senders::Bearers | Senders::Proved) => {
                trail.passed(Step::Sender, || "a bearer token".to_owned());
            }
            (Sender::Bound(binding), Senders::Proved) => trail.passed(Step::Sender, || {
                format!("bound to {} ({})", binding.thumbprint(), binding.member())
            }),
            (Sender::Bound(_), Senders::Bearers) | (Sender::Unknown, _) => {
                return Err(Refusal::SenderConstrained);
            }
        }

        if self.issuer != policy.issuer() {
            return Err(Refusal::Issuer);
        }
        trail.passed(Step::Issuer, || self.issuer.clone());

        if let Audiences::AnyOf(ours) = policy.audiences()
            && !ours.iter().any(|ours| self.audience.contains(ours))
        {
            return Err(Refusal::Audience);
        }
        trail.passed(Step::Audience, || self.audience.join(" "));

        let soon = now.plus(leeway);
        if soon < issued {
            return Err(Refusal::IssuedInTheFuture { issued });
        }
        trail.passed(Step::Issued, || format!("issued {issued}, now {now}"));

        if let Some(not_before) = self.not_before.filter(|not_before| soon < *not_before) {
            return Err(Refusal::NotYetValid { not_before });
        }
        trail.passed(Step::NotBefore, || match self.not_before {
            Some(not_before) => format!("holds from {not_before}, now {now}"),
            None => "no beginning but its issue".to_owned(),
        });

        alive(expires, policy, now)?;
        trail.passed(Step::Expiry, || format!("ends {expires}, now {now}"));

        let life = expires.since(issued);
        if expires <= issued || life > longest {
            let max_s = longest.as_secs();
            return Err(Refusal::Lifetime {
                issued,
                expires,
                max_s,
            });
        }
        trail.passed(Step::Lifetime, || format!("{} s", life.as_secs()));
        Ok(())
    }

    /// What a token says, as those who verified it hand it on.
    pub(crate) fn verified(self, kid: Kid) -> Verified {
        Verified {
            facts: TokenFacts {
                jti: Jti::from_wire(self.jti),
                client_id: ClientId::from_wire(self.client_id),
                kid: Some(kid),
                issued: self.issued,
                expires: self.expires,
                audience: self.audience,
                scopes: self.scopes,
            },
            subject: self.subject,
            session: self.session,
            not_before: self.not_before,
            binding: match self.sender {
                Sender::Bound(binding) => Some(binding),
                Sender::Anybody | Sender::Unknown => None,
            },
            actors: self.actors,
        }
    }
}

impl Verified {
    /// What the decision asks for.
    #[must_use]
    pub fn facts(&self) -> &TokenFacts {
        &self.facts
    }

    /// Whom the token is about.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The family it belongs to (`sid`).
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }

    /// What its sender must prove to hold, with every request; asked of tokens that a policy for bound ones let pass.
    #[must_use]
    pub fn binding(&self) -> Option<&Binding> {
        self.binding.as_ref()
    }

    /// Who acts for whom it is about, the newest first.
    #[must_use]
    pub fn actors(&self) -> &[String] {
        &self.actors
    }

    /// From when it holds, where it says so.
    #[must_use]
    pub fn not_before(&self) -> Option<Timestamp> {
        self.not_before
    }

    /// Whether the token is for this audience, byte for byte.
    ///
    /// # Errors
    /// `Audience`.
    pub fn is_for(&self, audience: &str) -> Result<(), Refusal> {
        let ours = self.facts.audience.iter().any(|own| own == audience);
        if ours { Ok(()) } else { Err(Refusal::Audience) }
    }

    /// Asks again what may have changed since the token was verified: whether its key is still accepted, and the time.
    /// For those who keep facts about a token under a hash of all of it.
    ///
    /// # Errors
    /// `UnknownKey`, `KeyNotVerifying`, `OutsideSigningWindow` and `Expired`.
    pub fn still_holds(
        &self,
        ring: &VerifierRing,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let kid = self.facts.kid.as_ref().map_or("", Kid::as_str);
        let (_, key) = ring.get(kid)?;
        key.window()?.holds(self.facts.issued, policy.leeway())?;
        alive(self.facts.expires, policy, now)
    }
}

/// A token ends at `exp`, not after it (RFC 7519 section 4.1.4).
fn alive(expires: Timestamp, policy: &Policy, now: Timestamp) -> Result<(), Refusal> {
    if expires.plus(policy.leeway()) <= now {
        return Err(Refusal::Expired { expires });
    }
    Ok(())
}

/// What the steps that were passed compared, in words; costs nothing when nobody looks.
pub(crate) struct Trail(Option<Vec<(Step, String)>>);

impl Trail {
    pub(crate) const fn unseen() -> Self {
        Self(None)
    }

    pub(crate) const fn seen() -> Self {
        Self(Some(Vec::new()))
    }

    /// The words of a step that was passed.
    pub(crate) fn words(&self, step: Step) -> Option<&str> {
        let mut passed = self.0.iter().flatten();
        passed
            .find(|(own, _)| *own == step)
            .map(|(_, words)| words.as_str())
    }

    fn passed(&mut self, step: Step, words: impl FnOnce() -> String) {
        if let Some(passed) = &mut self.0 {
            passed.push((step, words()));
        }
    }
}

impl Step {
    /// What the step asks, in words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Size => "The token is no larger than allowed",
            Self::Form => "The token has three parts",
            Self::Header => "The header is plain",
            Self::Type => "It is an access token",
            Self::Key => "A key of ours has signed it",
            Self::Algorithm => "The algorithm is the key's",
            Self::Signature => "The signature matches",
            Self::Claims => "The claims are complete",
            Self::Sender => "Whoever bears it may use it",
            Self::Issuer => "The issuer is ours",
            Self::Audience => "The audience is ours",
            Self::Issued => "It was not issued in the future",
            Self::NotBefore => "It holds already",
            Self::Expiry => "It has not ended",
            Self::Lifetime => "It lives no longer than allowed",
            Self::Window => "Its key was the one that signs when it was issued",
        }
    }
}
