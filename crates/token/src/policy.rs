//! What a verifier demands of every token, apart from a signature.

use std::time::Duration;

use crate::refusal::Refusal;

/// The largest token, checked before anything is decoded. Ours have about 700 bytes; headers of 8 KiB are what most
/// proxies let through, so a larger token would not arrive anyway.
pub const MAX_TOKEN_BYTES: usize = 8192;

/// The largest header in base64url, which is read before the signature is checked. Ours have about 120 bytes.
pub const MAX_HEADER_BYTES: usize = 2048;

/// The most clock skew that is forgiven (keys-and-tokens section 1.3): more would undo short lifetimes.
pub const MAX_LEEWAY: Duration = Duration::from_secs(120);

/// What a verifier demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    issuer: String,
    audiences: Audiences,
    senders: Senders,
    leeway: Duration,
    max_lifetime: Duration,
    max_token_bytes: usize,
    max_header_bytes: usize,
}

/// For whom tokens must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audiences {
    /// Whoever is called says so: the audience is compared for each request, after the token's facts are known.
    PerRequest,
    /// One of these.
    AnyOf(Vec<String>),
}

/// Whose proof is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Senders {
    /// Nobody's: a token that is bound to a key or certificate is refused.
    Bearers,
    /// Everybody's who sends a bound token: whoever verifies by such a policy compares `Verified::binding` with the proof
    /// that came with each request, or has no request before him and only describes the token.
    Proved,
}

impl Policy {
    /// Tokens of this issuer, of any audience, living at most so long; `leeway` is at most two minutes.
    #[must_use]
    pub fn new(issuer: String, leeway: Duration, max_lifetime: Duration) -> Self {
        Self {
            issuer,
            audiences: Audiences::PerRequest,
            senders: Senders::Bearers,
            leeway: leeway.min(MAX_LEEWAY),
            max_lifetime,
            max_token_bytes: MAX_TOKEN_BYTES,
            max_header_bytes: MAX_HEADER_BYTES,
        }
    }

    /// The same, for one of these audiences only.
    #[must_use]
    pub fn only_for(self, audiences: Vec<String>) -> Self {
        Self {
            audiences: Audiences::AnyOf(audiences),
            ..self
        }
    }

    /// The same, for bound tokens too: see `Senders::Proved` for what that obliges to.
    #[must_use]
    pub fn for_bound_tokens_too(self) -> Self {
        Self {
            senders: Senders::Proved,
            ..self
        }
    }

    /// The same, with sizes no larger than these; nothing raises them above the defaults.
    #[must_use]
    pub fn no_larger_than(self, token_bytes: usize, header_bytes: usize) -> Self {
        Self {
            max_token_bytes: token_bytes.min(MAX_TOKEN_BYTES),
            max_header_bytes: header_bytes.min(MAX_HEADER_BYTES),
            ..self
        }
    }

    /// Whose tokens are taken, byte for byte.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// For whom they must be.
    #[must_use]
    pub fn audiences(&self) -> &Audiences {
        &self.audiences
    }

    /// Whose proof is asked for.
    #[must_use]
    pub fn senders(&self) -> Senders {
        self.senders
    }

    /// The clock skew that is forgiven.
    #[must_use]
    pub fn leeway(&self) -> Duration {
        self.leeway
    }

    /// The longest life of a token.
    #[must_use]
    pub fn max_lifetime(&self) -> Duration {
        self.max_lifetime
    }

    pub(crate) fn fits(&self, token: &[u8]) -> Result<(), Refusal> {
        let (length, max) = (token.len(), self.max_token_bytes);
        if length > max {
            return Err(Refusal::TooLarge { length, max });
        }
        Ok(())
    }

    pub(crate) fn header_fits(&self, header: &[u8]) -> Result<(), Refusal> {
        let (length, max) = (header.len(), self.max_header_bytes);
        if length > max {
            return Err(Refusal::HeaderTooLarge { length, max });
        }
        Ok(())
    }
}
