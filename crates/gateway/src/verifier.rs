//! Which tokens a snapshot lets verify, and what is known of one that did.
//!
//! Invariant: what is known of a token stands only as long as its key and the terms of verifying stand as they stood then.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use gatewright_domain::{
    binding::Binding,
    decision::TokenFacts,
    key::Kid,
    refusal::Refusal,
    snapshot::{Snapshot, VerificationKey},
    time::Timestamp,
};
use gatewright_token::{
    policy::Policy,
    ring::VerifierRing,
    verify::{Verified, verify},
};
use http::HeaderValue;
use tracing::error;

use crate::{
    bearer::Bearer,
    memory,
    outsiders::{Outsider, Outsiders},
};

/// The keys of one snapshot, and the terms under which it accepts what they signed.
pub(crate) struct Verifier {
    ring: VerifierRing,
    policy: Policy,
    standings: HashMap<Kid, Arc<Standing>>,
    outsiders: Outsiders,
}

/// A key as it stood in one snapshot, shared by every later one in which it and the terms stand the same.
struct Standing {
    key: VerificationKey,
    over: AtomicBool,
}

/// What is known of a token that verified, or of an API key.
pub(crate) struct Facts {
    proof: Proof,
    /// Its scopes, as upstreams are told.
    pub(crate) scopes: HeaderValue,
}

/// Why a credential is believed.
enum Proof {
    /// A key that stands so signed it.
    Signed {
        verified: Verified,
        standing: Arc<Standing>,
    },
    /// It is listed, and so may be its end.
    Listed { token: TokenFacts, revoked: bool },
    /// An outside issuer that is trusted so signed it.
    Outside {
        token: TokenFacts,
        issuer: Arc<Outsider>,
    },
}

impl Verifier {
    /// The verifier of a snapshot. A key that cannot be used is left out, so its tokens are refused and all others serve.
    pub(crate) fn of(snapshot: &Snapshot, before: Option<&Self>) -> Self {
        let seconds = |seconds: u32| Duration::from_secs(u64::from(seconds));
        let (leeway, longest) = (seconds(snapshot.leeway_s), seconds(snapshot.max_lifetime_s));
        let policy = Policy::new(snapshot.issuer.clone(), leeway, longest).for_bound_tokens_too();
        let keys: Vec<VerificationKey> = snapshot.keys.iter().filter(usable).cloned().collect();
        // Keys that can be used one by one fail together only when one kid names two of them; then none is trusted.
        let ring = VerifierRing::of(&keys).unwrap_or_else(|fault| {
            error!(%fault, "No token verifies: the keys of the snapshot are no ring");
            VerifierRing::default()
        });
        let same_terms = before.filter(|before| before.policy == policy);
        let standing = |key: VerificationKey| {
            let known = same_terms.and_then(|before| before.standings.get(&key.kid));
            let standing = match known.filter(|known| known.key == key) {
                Some(known) => Arc::clone(known),
                None => Arc::new(Standing {
                    key: key.clone(),
                    over: AtomicBool::new(false),
                }),
            };
            (key.kid, standing)
        };
        let standings = keys.into_iter().map(standing).collect();
        Self {
            ring,
            policy,
            standings,
            outsiders: Outsiders::of(snapshot, before.map(|before| &before.outsiders)),
        }
    }

    /// Lets nothing stand that was known under `before` and would not be known the same way now.
    pub(crate) fn disown(&self, before: &Self) {
        self.outsiders.disown(&before.outsiders);
        for (kid, standing) in &before.standings {
            let kept = self
                .standings
                .get(kid)
                .is_some_and(|kept| Arc::ptr_eq(kept, standing));
            if !kept {
                standing.over.store(true, Ordering::Release);
            }
        }
    }

    /// Verifies a token, signature and all: by the outside issuer that it says it is from, if that is trusted; otherwise as
    /// one of ours.
    ///
    /// # Errors
    /// `TokenInvalid` with the step that refused, for the operator; `IssuerKeyUnknown`.
    pub(crate) fn verify(&self, token: Bearer<'_>, now: Timestamp) -> Result<Facts, Refusal> {
        let invalid = |step: String| Refusal::TokenInvalid { step };
        if let Some(outsider) = self.outsiders.of_token(token) {
            return Facts::outside(outsider, outsider.verify(token, now)?);
        }
        let verified = verify(token.0, &self.ring, &self.policy, now)
            .map_err(|refusal| invalid(refusal.to_string()))?;
        let kid = verified.facts().kid.as_ref();
        let standing = kid.and_then(|kid| self.standings.get(kid)).map(Arc::clone);
        let standing =
            standing.ok_or_else(|| invalid("no key of ours has the token's kid".to_owned()))?;
        let scopes = told(verified.facts()).ok_or_else(untold)?;
        let proof = Proof::Signed { verified, standing };
        Ok(Facts { proof, scopes })
    }
}

fn usable(key: &&VerificationKey) -> bool {
    let ring = VerifierRing::of(std::slice::from_ref(*key));
    if let Err(fault) = &ring {
        error!(kid = %key.kid, %fault, "Left out a key that cannot be used");
    }
    ring.is_ok()
}

fn untold() -> Refusal {
    Refusal::TokenInvalid {
        step: "a scope holds a character that no scope has".to_owned(),
    }
}

/// The scopes of a token as upstreams are told them; nothing when they cannot stand in a header.
fn told(token: &TokenFacts) -> Option<HeaderValue> {
    HeaderValue::try_from(token.scopes.join(" ")).ok()
}

impl Facts {
    /// What a snapshot says of an API key; nothing when its scopes cannot be told.
    pub(crate) fn listed(token: TokenFacts, revoked: bool) -> Option<Self> {
        let scopes = told(&token)?;
        let proof = Proof::Listed { token, revoked };
        Some(Self { proof, scopes })
    }

    /// What an outside issuer's token was mapped to.
    fn outside(issuer: &Arc<Outsider>, token: TokenFacts) -> Result<Self, Refusal> {
        let (scopes, issuer) = (told(&token).ok_or_else(untold)?, Arc::clone(issuer));
        let proof = Proof::Outside { token, issuer };
        Ok(Self { proof, scopes })
    }

    /// What the decision asks for.
    pub(crate) fn token(&self) -> &TokenFacts {
        match &self.proof {
            Proof::Signed { verified, .. } => verified.facts(),
            Proof::Listed { token, .. } | Proof::Outside { token, .. } => token,
        }
    }

    /// What its sender must prove to hold, with every request.
    pub(crate) fn binding(&self) -> Option<&Binding> {
        match &self.proof {
            Proof::Signed { verified, .. } => verified.binding(),
            Proof::Listed { .. } | Proof::Outside { .. } => None,
        }
    }

    /// The family of tokens it is of.
    pub(crate) fn session(&self) -> Option<&str> {
        match &self.proof {
            Proof::Signed { verified, .. } => verified.session(),
            Proof::Listed { .. } | Proof::Outside { .. } => None,
        }
    }

    /// Whether it is listed as revoked: an API key says so itself, a token is on another list.
    pub(crate) fn is_listed_as_revoked(&self) -> bool {
        matches!(self.proof, Proof::Listed { revoked: true, .. })
    }
}

impl memory::Facts for Facts {
    /// Whether the key that signed it still stands as it did.
    fn stand(&self) -> bool {
        match &self.proof {
            Proof::Signed { standing, .. } => !standing.over.load(Ordering::Acquire),
            Proof::Listed { .. } => true,
            Proof::Outside { issuer, .. } => issuer.stands(),
        }
    }
}
