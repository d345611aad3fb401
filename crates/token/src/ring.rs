//! The keys a verifier knows: each parsed once, with its one algorithm and the window in which it signed.

use std::{collections::BTreeMap, time::Duration};

use gatewright_domain::{
    key::{Kid, Purpose},
    plan::Lifetime,
    snapshot::{VerificationKey, VerificationState},
    time::Timestamp,
};

use crate::{
    jwk::{NotAJwk, PublicJwk},
    refusal::{Barred, Refusal},
};

/// The keys whose tokens may be accepted, and those that never may.
#[derive(Clone, Debug, Default)]
pub struct VerifierRing(BTreeMap<Kid, RingKey>);

/// A key that a verifier knows.
#[derive(Clone, Debug)]
pub(crate) struct RingKey {
    pub(crate) public: PublicJwk,
    purpose: Purpose,
    max_lifetime: Option<Lifetime>,
    state: VerificationState,
}

/// When a key was the one that signs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) from: Timestamp,
    pub(crate) until: Option<Timestamp>,
}

/// Why keys make no ring.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotARing {
    /// One of the keys cannot be used.
    #[error("the key {kid} cannot be used")]
    Key {
        /// Which.
        kid: Kid,
        /// Why.
        #[source]
        cause: NotAJwk,
    },
    /// A key's own name is another one.
    #[error("the key listed as {0} has another name")]
    Renamed(Kid),
    /// Two keys have one name.
    #[error("the name {0} stands for two keys")]
    Twice(Kid),
}

impl VerifierRing {
    /// Parses the keys of a snapshot, once for all tokens that they will verify.
    ///
    /// # Errors
    /// Every variant of `NotARing`: a ring with a key missing would refuse good tokens, so there is none then.
    pub fn of(keys: &[VerificationKey]) -> Result<Self, NotARing> {
        let mut ring = BTreeMap::new();
        for VerificationKey {
            kid,
            jwk,
            purpose,
            max_lifetime,
            state,
        } in keys
        {
            let public: PublicJwk = jwk.parse().map_err(|cause| NotARing::Key {
                kid: kid.clone(),
                cause,
            })?;
            if public.kid() != kid {
                return Err(NotARing::Renamed(kid.clone()));
            }
            let key = RingKey {
                public,
                purpose: *purpose,
                max_lifetime: *max_lifetime,
                state: *state,
            };
            if ring.insert(kid.clone(), key).is_some() {
                return Err(NotARing::Twice(kid.clone()));
            }
        }
        Ok(Self(ring))
    }

    /// The names of the keys, in order.
    pub fn kids(&self) -> impl Iterator<Item = &Kid> {
        self.0.keys()
    }

    pub(crate) fn get(&self, kid: &str) -> Result<(&Kid, &RingKey), Refusal> {
        // Looked up as it stands: a text that is no kid is in no ring, and is told apart only to be reported.
        self.0.get_key_value(kid).ok_or_else(|| {
            if kid.parse::<Kid>().is_ok() {
                Refusal::UnknownKey
            } else {
                Refusal::Kid
            }
        })
    }
}

impl RingKey {
    /// The window in which the key signed, when what it signed may be accepted.
    pub(crate) fn window(&self) -> Result<Window, Refusal> {
        if !self.purpose.opens_apis() {
            return Err(Refusal::KeyNotVerifying(Barred::OtherPurpose));
        }
        match self.state {
            VerificationState::Signed { from, until } => Ok(Window { from, until }),
            VerificationState::Published => Err(Refusal::KeyNotVerifying(Barred::NotYetSigning)),
            VerificationState::Suspended => Err(Refusal::KeyNotVerifying(Barred::Suspended)),
            VerificationState::Compromised => Err(Refusal::KeyNotVerifying(Barred::Compromised)),
        }
    }
}

impl RingKey {
    /// The longest life of a token it signed (invariant I6): its ring's, and never more than the verifier allows at all.
    pub(crate) fn longest(&self, allowed: Duration) -> Duration {
        self.max_lifetime
            .map_or(allowed, |own| own.duration().min(allowed))
    }
}

impl Window {
    /// Whether a token may have been issued at this moment (invariant I5). `iat` is a whole second, rounded down, so a
    /// key that began within that second may have signed it.
    pub(crate) fn holds(self, issued: Timestamp, leeway: Duration) -> Result<(), Refusal> {
        let opens = Timestamp::from_seconds(self.from.seconds()).minus(leeway);
        let closed = |until: Timestamp| until.plus(leeway) < issued;
        if issued < opens || self.until.is_some_and(closed) {
            return Err(Refusal::OutsideSigningWindow { issued });
        }
        Ok(())
    }
}
