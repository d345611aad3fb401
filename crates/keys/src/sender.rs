//! Senders at the token endpoint: a client shows that it holds a key (RFC 9449), and its token is bound to that key.
//!
//! Invariant: a proof counts once, for this process and every other.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use gatewright_domain::{binding::Thumbprint, secret::Secret, time::Timestamp};
use gatewright_store::{StoreError, quiet::assertions::Meeting};
use gatewright_token::proof::{self, Demands, Freshness, Newness, Proof, ProofRefusal, Target};

use crate::{
    Keys,
    clients::{Authenticated, PepperError},
};

/// How long a nonce is given out. It is taken as long again, so that nobody gets one that ends at once.
const TURN: Duration = Duration::from_secs(150);

/// The bytes of a nonce: enough that nobody guesses one.
const NONCE: usize = 16;

/// The names of the algorithms that proofs may have.
#[must_use]
pub fn sender_algorithms() -> [&'static str; 5] {
    proof::ALGORITHMS.map(|algorithm| algorithm.name())
}

/// A request that shows a proof.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The one `DPoP` header.
    pub proof: &'a str,
    /// The method of the request.
    pub method: &'a str,
    /// The address of the endpoint, as clients are told it.
    pub url: &'a str,
}

/// Why a proof is not taken.
#[derive(Debug, thiserror::Error)]
pub enum SenderError {
    /// It does not hold.
    #[error("the DPoP proof does not hold: {0}")]
    Refused(ProofRefusal),
    /// It was shown before.
    #[error("the DPoP proof was shown before")]
    Again,
    /// The endpoint has no address that a proof can name.
    #[error("the endpoint's address is none that a proof can name")]
    NoTarget,
    /// Nonces cannot be made.
    #[error("nonces cannot be made")]
    Pepper(#[from] PepperError),
    /// The store failed.
    #[error("the proof could not be used up")]
    Store(#[from] StoreError),
}

impl SenderError {
    /// Whether the client is to try again with the nonce it is given.
    #[must_use]
    pub fn wants_a_nonce(&self) -> bool {
        matches!(self, Self::Refused(ProofRefusal::Nonce))
    }
}

impl Keys {
    /// The key that a client holds, as a proof shows. The proof is used up by it.
    ///
    /// # Errors
    /// Every variant of `SenderError`.
    pub async fn prove_sender(
        &self,
        client: &Authenticated,
        shown: Shown<'_>,
    ) -> Result<Thumbprint, SenderError> {
        let now = self.clock.now();
        let target = Target::of_request(shown.url).map_err(|_| SenderError::NoTarget)?;
        let [this, before] = self.nonces(now).await?;
        let nonces = [this.as_str(), before.as_str()];
        let demands = Demands {
            method: shown.method,
            target: &target,
            access_token: None,
            freshness: Freshness::NonceOrClock(&nonces),
        };
        let proof = proof::verify(shown.proof.as_bytes(), &demands, now);
        let proof = proof.map_err(SenderError::Refused)?;
        let name = format!("dpop:{}", hex::encode(proof.replay_name()));
        let until = remembered_until(&proof, now);
        let met = self
            .store
            .meet_assertion(client.application(), &name, until);
        match met.await? {
            Meeting::First => Ok(proof.thumbprint().clone()),
            Meeting::Again => Err(SenderError::Again),
        }
    }

    /// The nonce that clients are to put into their next proof. The same for everybody, and on every server.
    ///
    /// # Errors
    /// `PepperError`.
    pub async fn sender_nonce(&self) -> Result<String, PepperError> {
        let [this, _] = self.nonces(self.clock.now()).await?;
        Ok(this)
    }

    /// The nonces of this turn and of the one before it.
    async fn nonces(&self, now: Timestamp) -> Result<[String; 2], PepperError> {
        let pepper = self.pepper().await?;
        let turn = now.seconds() / i64::try_from(TURN.as_secs()).unwrap_or(1).max(1);
        Ok([turn, turn.saturating_sub(1)].map(|turn| {
            let hash = pepper.hash(&Secret::new(format!("dpop nonce {turn}")));
            BASE64_URL_SAFE_NO_PAD.encode(hash.get(..NONCE).unwrap_or_default())
        }))
    }
}

/// Until its time or its nonce is too old.
fn remembered_until(proof: &Proof, now: Timestamp) -> Timestamp {
    match proof.newness() {
        Newness::Time => proof.remember_until().plus(Duration::from_secs(1)),
        Newness::Nonce => now.plus(2 * TURN),
    }
}
