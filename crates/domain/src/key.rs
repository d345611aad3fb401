//! Signing keys: their states, and the rules of `shared/keys-and-tokens` sections 1.2 to 1.4 as pure moves.
//!
//! Invariant: a key is published before it signs and kept until the last token it signed has died.

mod algorithm;
mod fault;
mod kid;
mod moves;
mod private;
mod purpose;
mod state;

use crate::{
    access::Subject,
    audit::{Aggregate, Facts, Target, facts, or_none},
    id::KeyId,
    revision::Revision,
    time::Timestamp,
};

pub use algorithm::{Algorithm, NotAnAlgorithm};
pub use fault::KeyError;
pub use kid::{Kid, NotAKid};
pub(crate) use moves::Entry;
pub use private::{Held, NotAProvider, PrivateHalf, Provider, Sealed};
pub use purpose::{NotAPurpose, NotARingName, Purpose, RingName};
pub use state::{Before, KeyState, KeyStateName, Listing};

/// A signing key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey {
    id: KeyId,
    kid: Kid,
    ring: RingName,
    public_jwk: String,
    provider: Provider,
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
    pub ring: RingName,
    pub public_jwk: String,
    pub provider: Provider,
    pub state: KeyState,
    pub generated: Timestamp,
    pub last_expiry: Option<Timestamp>,
    pub revision: Revision,
}

/// A key pair that was just generated: what becomes a `SigningKey` by being staged or published.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The id drawn for it.
    pub id: KeyId,
    /// Its public name.
    pub kid: Kid,
    /// The ring it is for, and with it the one algorithm it signs with, for ever (invariant I14).
    pub ring: RingName,
    /// The public key as a JWK in JSON.
    pub public_jwk: String,
    /// The private key.
    pub private: PrivateHalf,
}

impl SigningKey {
    /// The key of stored parts.
    #[must_use]
    pub fn restore(parts: SigningKeyParts) -> Self {
        let SigningKeyParts {
            id,
            kid,
            ring,
            public_jwk,
            provider,
            state,
            generated,
            last_expiry,
            revision,
        } = parts;
        Self {
            id,
            kid,
            ring,
            public_jwk,
            provider,
            state,
            generated,
            last_expiry,
            revision,
        }
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

    /// The ring it belongs to.
    #[must_use]
    pub fn ring(&self) -> RingName {
        self.ring
    }

    /// The public key as a JWK in JSON.
    #[must_use]
    pub fn public_jwk(&self) -> &str {
        &self.public_jwk
    }

    /// Who signs with it, or did: that never changes.
    #[must_use]
    pub fn provider(&self) -> Provider {
        self.provider
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

    /// When the last token it can have signed expires: a high-water mark, raised in blocks before a signature is made.
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
            KeyState::Staged { .. }
            | KeyState::Published { .. }
            | KeyState::Suspended { .. }
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
        let listed = if self.state.is_listed() { "yes" } else { "no" };
        facts([
            ("kid", self.kid.to_string()),
            ("ring", self.ring.to_string()),
            ("algorithm", self.ring.algorithm.to_string()),
            ("provider", self.provider.to_string()),
            ("state", self.state.name().to_string()),
            ("listed", listed.to_owned()),
            ("published", or_none(self.state.published())),
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
