//! Authorization codes (RFC 6749 section 4.1): what a person allowed an application, on its way through their browser.
//!
//! Invariant: a code is redeemed once, within a minute, by the application that it was given to and that holds what it had hashed
//! before (RFC 7636). Who brings a redeemed code learns nothing, and ends what came of it.

use std::{collections::BTreeSet, time::Duration};

use crate::{
    access::Subject,
    audit::{Aggregate, Change, Facts, Kind, Target, facts, list, or_none},
    binding::{Binding, NotAThumbprint, Thumbprint},
    drawn,
    entropy::Entropy,
    family::Person,
    id::{ApplicationId, CodeId, FamilyId, TeamId},
    operation::Scope,
    revision::Revision,
    secret::{Secret, equal_in_constant_time},
    text::Name,
    time::Timestamp,
    version::VersionRef,
};

/// How long a code is good: longer than a browser takes to follow it, and shorter than anybody takes to find one in a log.
const LIVES: Duration = Duration::from_secs(60);

/// What the text of every code begins with. Never change it: scan rules out there name it.
const PREFIX: &str = "gw_ac_";

/// The SHA-256 of a secret that the application keeps until it redeems the code (RFC 7636 section 4.2, `S256`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge(Thumbprint);

/// A text that is no challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a challenge: expected the SHA-256 of the verifier in 43 characters of base64url")]
pub struct NotAChallenge;

impl std::str::FromStr for Challenge {
    type Err = NotAChallenge;

    fn from_str(text: &str) -> Result<Self, NotAChallenge> {
        let hash = text.parse().map_err(|NotAThumbprint| NotAChallenge)?;
        Ok(Self(hash))
    }
}

impl std::fmt::Display for Challenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// What a person allowed, and how it is taken up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The application.
    pub application: ApplicationId,
    /// What people will call the grant.
    pub name: Name,
    /// Who allowed it.
    pub person: Person,
    /// The versions that it is for.
    pub versions: Vec<VersionRef>,
    /// What it carries.
    pub scopes: BTreeSet<Scope>,
    /// The redirect URI that the code was sent to, as it was asked for.
    pub redirect: String,
    /// What the application hashed before.
    pub challenge: Challenge,
    /// The key whose holder alone redeems it (RFC 9449 section 10), where one was named.
    pub key: Option<Thumbprint>,
}

/// A code, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    id: CodeId,
    allowed: Allowed,
    hmac: Vec<u8>,
    issued: Timestamp,
    redeemed: Option<FamilyId>,
    revision: Revision,
}

/// A code as stored; only the store restores one (`tidy` checks).
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of `Code`")]
pub struct CodeParts {
    pub id: CodeId,
    pub allowed: Allowed,
    pub hmac: Vec<u8>,
    pub issued: Timestamp,
    pub redeemed: Option<FamilyId>,
    pub revision: Revision,
}

/// A text that was just drawn: what the browser carries, and the id under which its hash is kept.
#[derive(Debug)]
pub struct DrawnCode {
    /// The id that stands in the text.
    pub id: CodeId,
    /// `gw_ac_<id>_<260 drawn bits>`.
    pub text: Secret<String>,
}

/// What an application shows beside a code.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// Which it is.
    pub application: ApplicationId,
    /// The redirect URI that it had asked for.
    pub redirect: &'a str,
    /// The hash of the secret that it kept.
    pub challenge: &'a Challenge,
    /// The key or the certificate that it proved to hold.
    pub proved: Option<&'a Binding>,
}

/// Why a code is not redeemed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// It was given to another application.
    #[error("the code is of another application")]
    AnotherApplication,
    /// It was sent to another redirect URI.
    #[error("the code was sent to another redirect URI")]
    AnotherRedirect,
    /// The verifier is not what was hashed.
    #[error("the verifier is not that of the challenge")]
    AnotherVerifier,
    /// Another key was named than is proved.
    #[error("the code is bound to another key")]
    AnotherKey,
    /// Its minute is over.
    #[error("the code has ended")]
    Ended,
    /// It was redeemed before, for this family.
    #[error("the code was redeemed before, for {0}")]
    Redeemed(FamilyId),
}

/// Draws a code.
#[must_use]
pub fn draw(now: Timestamp, entropy: &dyn Entropy) -> DrawnCode {
    let id = CodeId::draw(now, entropy);
    let text = drawn::compose(PREFIX, &id.to_string(), entropy);
    DrawnCode { id, text }
}

/// The id in a text that is formed as a code is; nothing was looked up yet.
#[must_use]
pub fn id_of(text: &str) -> Option<CodeId> {
    let digits = drawn::digits(PREFIX, text)?;
    format!("{}_{digits}", CodeId::PREFIX).parse().ok()
}

impl Code {
    /// A person allows an application something.
    pub fn allow(id: CodeId, allowed: Allowed, hmac: Vec<u8>, now: Timestamp) -> Change<Self> {
        let code = Self {
            id,
            allowed,
            hmac,
            issued: now,
            redeemed: None,
            revision: Revision::NEW,
        };
        Change::first(Kind::AuthorizationAllowed, code)
    }

    /// The code of stored parts.
    #[must_use]
    pub fn restore(parts: CodeParts) -> Self {
        let CodeParts {
            id,
            allowed,
            hmac,
            issued,
            redeemed,
            revision,
        } = parts;
        Self {
            id,
            allowed,
            hmac,
            issued,
            redeemed,
            revision,
        }
    }

    /// Takes up what was allowed, as this family.
    ///
    /// # Errors
    /// Every variant of `CodeError`. That it was redeemed before is told to the application that it was given to, and to
    /// nobody else.
    pub fn redeem(
        self,
        claim: Claim<'_>,
        family: FamilyId,
        now: Timestamp,
    ) -> Result<Change<Self>, CodeError> {
        let allowed = &self.allowed;
        if allowed.application != claim.application {
            return Err(CodeError::AnotherApplication);
        }
        if let Some(family) = self.redeemed {
            return Err(CodeError::Redeemed(family));
        }
        if self.issued.plus(LIVES) <= now {
            return Err(CodeError::Ended);
        }
        if allowed.redirect != claim.redirect {
            return Err(CodeError::AnotherRedirect);
        }
        let (expected, shown) = (allowed.challenge.0.as_str(), claim.challenge.0.as_str());
        if !equal_in_constant_time(expected.as_bytes(), shown.as_bytes()) {
            return Err(CodeError::AnotherVerifier);
        }
        if let Some(key) = &allowed.key
            && !matches!(claim.proved, Some(Binding::Key(proved)) if proved == key)
        {
            return Err(CodeError::AnotherKey);
        }
        let redeem = |code| Self {
            redeemed: Some(family),
            ..code
        };
        Ok(Change::step(Kind::AuthorizationRedeemed, self, redeem))
    }

    /// The id of its row, which stands in its text.
    #[must_use]
    pub fn id(&self) -> CodeId {
        self.id
    }

    /// What was allowed.
    #[must_use]
    pub fn allowed(&self) -> &Allowed {
        &self.allowed
    }

    /// The keyed hash of its text.
    #[must_use]
    pub fn hmac(&self) -> &[u8] {
        &self.hmac
    }

    /// When it was issued.
    #[must_use]
    pub fn issued(&self) -> Timestamp {
        self.issued
    }

    /// The family that came of it.
    #[must_use]
    pub fn redeemed(&self) -> Option<FamilyId> {
        self.redeemed
    }
}

impl Aggregate for Code {
    fn target(&self) -> Target {
        Target {
            kind: "authorization",
            id: self.id.to_string(),
            label: self.allowed.name.to_string(),
            parent: Some(self.allowed.application.to_string()),
        }
    }

    fn subject(&self) -> Subject {
        let places = self.allowed.versions.iter();
        let teams: BTreeSet<TeamId> = places.map(|place| place.api.team).collect();
        Subject::Grant {
            application: self.allowed.application,
            teams,
        }
    }

    fn facts(&self) -> Facts {
        facts([
            ("person", self.allowed.person.operator.to_string()),
            ("versions", list(&self.allowed.versions)),
            ("scopes", list(&self.allowed.scopes)),
            ("redirect", self.allowed.redirect.clone()),
            ("key", or_none(self.allowed.key.as_ref())),
            ("family", or_none(self.redeemed)),
        ])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}
