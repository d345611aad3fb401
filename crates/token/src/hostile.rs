//! Hostile tokens, made now: what somebody else's verifier is tried with. They are signed, where that matters, by the keys
//! of a sandbox, which guard nothing.
//!
//! Invariant: no key of an installation signs anything here, so that no trial is worth anything where tokens count.

mod deck;
mod pair;
mod pen;

mod binding;
mod confusion;
mod forgery;
mod looseness;
mod times;

use std::fmt;

use gatewright_domain::{key::Algorithm, secret::Secret, time::Timestamp};
use serde::{Deserialize, Serialize};

use crate::{hostile::pair::Pair, jwk::PublicJwk};

pub use crate::corpus::Expect;
pub use deck::{Danger, Trial};
pub use pair::SandboxFault;

/// An issuer that is none: two keys whose public halves the verifier under trial is given, and one that it is not.
pub struct Sandbox {
    /// What the verifier expects as `iss`.
    pub issuer: String,
    /// What the verifier expects as `aud`.
    pub audience: String,
    algorithm: Algorithm,
    signer: Pair,
    spare: Pair,
    stranger: Pair,
}

/// A sandbox as it is kept: its private keys are PKCS #8 in base64url.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    issuer: String,
    audience: String,
    algorithm: String,
    signer: String,
    spare: String,
    stranger: String,
}

const SCHEMA: &str = "gatewright-sandbox/1";

impl Sandbox {
    /// Makes a sandbox whose tokens are signed with ES256 or RS256.
    ///
    /// # Errors
    /// `Algorithm` for another one; `NotMade`.
    pub fn generate(
        algorithm: Algorithm,
        issuer: String,
        audience: String,
    ) -> Result<Self, SandboxFault> {
        Ok(Self {
            issuer,
            audience,
            algorithm,
            signer: Pair::generate(algorithm)?,
            spare: Pair::generate(algorithm)?,
            stranger: Pair::generate(algorithm)?,
        })
    }

    /// Reads a sandbox as `to_file` wrote it.
    ///
    /// # Errors
    /// `NotASandbox`; `Algorithm`; `NotAKey`.
    pub fn from_file(text: &str) -> Result<Self, SandboxFault> {
        let file: File = serde_json::from_str(text).map_err(SandboxFault::NotASandbox)?;
        let algorithm = file.algorithm.parse();
        let algorithm = algorithm.map_err(|_| SandboxFault::Algorithm)?;
        if file.schema != SCHEMA {
            return Err(SandboxFault::Schema);
        }
        Ok(Self {
            issuer: file.issuer,
            audience: file.audience,
            algorithm,
            signer: Pair::open(algorithm, &file.signer)?,
            spare: Pair::open(algorithm, &file.spare)?,
            stranger: Pair::open(algorithm, &file.stranger)?,
        })
    }

    /// The sandbox with its private keys, to be kept in a file that only its owner reads.
    ///
    /// # Errors
    /// `NotMade` when a key cannot be written.
    pub fn to_file(&self) -> Result<Secret<String>, SandboxFault> {
        let file = File {
            schema: SCHEMA.to_owned(),
            issuer: self.issuer.clone(),
            audience: self.audience.clone(),
            algorithm: self.algorithm.name().to_owned(),
            signer: self.signer.to_text()?,
            spare: self.spare.to_text()?,
            stranger: self.stranger.to_text()?,
        };
        let text = serde_json::to_string_pretty(&file).map_err(SandboxFault::NotASandbox)?;
        Ok(Secret::new(text))
    }

    /// What its tokens are signed with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key set that the verifier under trial is given: the key that signs, and one more.
    #[must_use]
    pub fn jwks(&self) -> String {
        let keys = [self.signer.public(), self.spare.public()].map(PublicJwk::to_json);
        format!("{{\"keys\":[{}]}}", keys.join(","))
    }

    /// The public key that signs, as PEM (RFC 7468 section 13), for verifiers that read no key sets.
    #[must_use]
    pub fn pem(&self) -> String {
        self.signer.public().to_pem()
    }

    /// Every trial at this moment: tokens that a sound verifier accepts, and many that it refuses.
    #[must_use]
    pub fn trials(&self, now: Timestamp) -> Vec<Trial> {
        let mut deck = deck::Deck::new(pen::Pen::new(self, now.seconds()));
        deck.controls();
        forgery::deal(&mut deck);
        confusion::deal(&mut deck);
        times::deal(&mut deck);
        binding::deal(&mut deck);
        looseness::deal(&mut deck);
        deck.trials()
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("kid", self.signer.public().kid())
            .finish_non_exhaustive()
    }
}
