//! Signing keys: their states, and the rules of `shared/keys-and-tokens` sections 1.2 to 1.4 as pure moves.
//!
//! Invariant: a key is published before it signs and kept until the last token it signed has died.

mod kid;
mod state;

use std::fmt;

use crate::{
    access::Subject,
    audit::{Aggregate, Change, Facts, Kind, Target, facts, or_none},
    id::KeyId,
    revision::Revision,
    text::Reason,
    time::Timestamp,
};

pub use kid::{Kid, NotAKid};
pub use state::{KeyState, KeyStateName};

/// A private key as it rests: sealed under a key-encryption key, useless without it.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Which key-encryption key opens it.
    pub kek: String,
    /// The sealed record, in the format of `keys::seal`.
    pub record: Vec<u8>,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[sealed under {}]", self.kek)
    }
}

/// A signing key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey {
    id: KeyId,
    kid: Kid,
    algorithm: String,
    public_jwk: String,
    state: KeyState,
    generated: Timestamp,
    last_expiry: Option<Timestamp>,
    revision: Revision,
}

/// A signing key as stored; only the store restores one (`tidy` checks).
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of `SigningKey`")]
pub struct SigningKeyParts {
    pub id: KeyId,
    pub kid: Kid,
    pub algorithm: String,
    pub public_jwk: String,
    pub state: KeyState,
    pub generated: Timestamp,
    pub last_expiry: Option<Timestamp>,
    pub revision: Revision,
}

/// A key pair that was just generated: what becomes a `SigningKey` by being published.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The id drawn for it.
    pub id: KeyId,
    /// Its public name.
    pub kid: Kid,
    /// The JWS algorithm it signs with, for instance `ES256`: one, for ever (invariant I14).
    pub algorithm: String,
    /// The public key as a JWK in JSON.
    pub public_jwk: String,
    /// The private key.
    pub private: Sealed,
}

/// Why a move of a key is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Only a published key can begin to sign.
    #[error("the key is {0}, and only a published key can begin to sign")]
    NotPublished(KeyStateName),
    /// Only the active key can stop signing.
    #[error("the key is {0}, and only the active key can be deactivated")]
    NotActive(KeyStateName),
    /// Only a deactivated key can retire.
    #[error("the key is {0}, and only a deactivated key can be retired")]
    NotDeactivated(KeyStateName),
    /// The last token it signed still lives (invariant I4).
    #[error("I4 retire after expiry: the last token this key signed lives until {0}")]
    TokensAlive(Timestamp),
    /// It is over already (invariant I10).
    #[error("the key is {0}, and nothing about it changes any more")]
    Over(KeyStateName),
}

impl SigningKey {
    /// Publishes a fresh key: from now on verifiers can learn it.
    pub fn publish(generated: Generated, now: Timestamp) -> Change<Self> {
        let Generated {
            id,
            kid,
            algorithm,
            public_jwk,
            private,
        } = generated;
        let state = KeyState::Published { at: now, private };
        let (last_expiry, revision) = (None, Revision::NEW);
        let key = Self {
            id,
            kid,
            algorithm,
            public_jwk,
            state,
            generated: now,
            last_expiry,
            revision,
        };
        Change::first(Kind::KeyPublished, key)
    }

    /// The key of stored parts.
    #[must_use]
    pub fn restore(parts: SigningKeyParts) -> Self {
        let SigningKeyParts {
            id,
            kid,
            algorithm,
            public_jwk,
            state,
            generated,
            last_expiry,
            revision,
        } = parts;
        Self {
            id,
            kid,
            algorithm,
            public_jwk,
            state,
            generated,
            last_expiry,
            revision,
        }
    }

    /// Begins to sign. Whether it was published long enough is the ring's to judge (`ring::rotate`).
    pub(crate) fn activate(self, now: Timestamp) -> Result<Change<Self>, KeyError> {
        let KeyState::Published {
            at: published,
            private,
        } = self.state.clone()
        else {
            return Err(KeyError::NotPublished(self.state.name()));
        };
        Ok(self.go(
            Kind::KeyActivated,
            KeyState::Active {
                published,
                at: now,
                private,
            },
        ))
    }

    /// Stops signing; the private key is erased by the same write (invariant I12).
    pub(crate) fn deactivate(self, now: Timestamp) -> Result<Change<Self>, KeyError> {
        let KeyState::Active {
            published,
            at: activated,
            ..
        } = self.state
        else {
            return Err(KeyError::NotActive(self.state.name()));
        };
        Ok(self.go(
            Kind::KeyDeactivated,
            KeyState::Deactivated {
                published,
                activated,
                at: now,
            },
        ))
    }

    /// Leaves the key set, when nothing it signed can live any more.
    ///
    /// # Errors
    /// `NotDeactivated`; `TokensAlive` until the last token has been dead for the leeway.
    pub fn retire(
        self,
        leeway: std::time::Duration,
        now: Timestamp,
    ) -> Result<Change<Self>, KeyError> {
        let KeyState::Deactivated { .. } = self.state else {
            return Err(KeyError::NotDeactivated(self.state.name()));
        };
        match self.last_expiry.map(|expiry| expiry.plus(leeway)) {
            Some(safe) if now < safe => Err(KeyError::TokensAlive(safe)),
            Some(_) | None => Ok(self.go(Kind::KeyRetired, KeyState::Retired { at: now })),
        }
    }

    /// Declares it compromised: nothing it signed is accepted from now on.
    pub(crate) fn compromise(
        self,
        reason: Reason,
        now: Timestamp,
    ) -> Result<Change<Self>, KeyError> {
        match self.state.name() {
            over @ (KeyStateName::Retired | KeyStateName::Compromised) => Err(KeyError::Over(over)),
            KeyStateName::Published | KeyStateName::Active | KeyStateName::Deactivated => {
                let state = KeyState::Compromised { at: now };
                Ok(self.go(Kind::KeyCompromised, state).because(Some(reason)))
            }
        }
    }

    fn go(self, kind: Kind, state: KeyState) -> Change<Self> {
        Change::step(kind, self, |key| Self { state, ..key })
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The public name.
    #[must_use]
    pub fn kid(&self) -> &Kid {
        &self.kid
    }

    /// The one JWS algorithm it signs with.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        &self.algorithm
    }

    /// The public key as a JWK in JSON.
    #[must_use]
    pub fn public_jwk(&self) -> &str {
        &self.public_jwk
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> &KeyState {
        &self.state
    }

    /// When it was generated.
    #[must_use]
    pub fn generated(&self) -> Timestamp {
        self.generated
    }

    /// When the last token it signed expires: a high-water mark, raised before the signature is made.
    #[must_use]
    pub fn last_expiry(&self) -> Option<Timestamp> {
        self.last_expiry
    }

    /// Since when it signs and until when it did: the window in which a token's `iat` must lie (invariant I5).
    #[must_use]
    pub fn window(&self) -> Option<(Timestamp, Option<Timestamp>)> {
        match self.state {
            KeyState::Active { at, .. } => Some((at, None)),
            KeyState::Deactivated { activated, at, .. } => Some((activated, Some(at))),
            KeyState::Published { .. }
            | KeyState::Retired { .. }
            | KeyState::Compromised { .. } => None,
        }
    }
}

impl Aggregate for SigningKey {
    fn target(&self) -> Target {
        let (id, label) = (self.id.to_string(), self.kid.to_string());
        Target {
            kind: "signing-key",
            id,
            label,
            parent: None,
        }
    }

    fn subject(&self) -> Subject {
        Subject::KeyRing
    }

    fn facts(&self) -> Facts {
        let (begin, end) = self
            .window()
            .map_or((None, None), |(begin, end)| (Some(begin), end));
        facts([
            ("kid", self.kid.to_string()),
            ("algorithm", self.algorithm.clone()),
            ("state", self.state.name().to_string()),
            ("activated", or_none(begin)),
            ("deactivated", or_none(end)),
        ])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}
