//! A key-encryption key from a passphrase: Argon2id (RFC 9106) with a salt and parameters that rest in the database. For a
//! small installation whose owner would rather keep a sentence than a file.

use argon2::{Algorithm, Argon2, Params, Version};
use gatewright_domain::{entropy::Entropy, secret::Secret};
use zeroize::Zeroizing;

use crate::{
    cipher::KEY,
    error::SourceError,
    kek::{Kek, Origin},
};

/// Five random words have more; whoever copies the database guesses at leisure, so the length of a password is not enough.
const SHORTEST: usize = 20;

/// OWASP's floor for Argon2id. What is stored below it was put there by somebody who wants to guess.
const LEAST_MEMORY_KIB: u32 = 19_456;
const LEAST_PASSES: u32 = 2;

/// How the key follows from the passphrase. No secret: it is made once for an installation, and stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derivation {
    /// Random bytes, so that a table made for one installation is of no use against another.
    pub salt: Vec<u8>,
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Derivation {
    /// A fresh salt, 64 MiB and three passes: the second choice of RFC 9106 section 4.
    #[must_use]
    pub fn draw(entropy: &dyn Entropy) -> Self {
        let mut salt = vec![0; 16];
        entropy.fill(&mut salt);
        Self {
            salt,
            memory_kib: 65_536,
            passes: 3,
            lanes: 4,
        }
    }
}

impl Kek {
    /// The key that follows from a passphrase. Takes a good part of a second and the memory that the derivation says.
    ///
    /// # Errors
    /// `ShortPassphrase`; `WeakDerivation`; `NotDerived`.
    pub async fn from_passphrase(
        passphrase: Secret<String>,
        derivation: Derivation,
    ) -> Result<Self, SourceError> {
        let derived = tokio::task::spawn_blocking(move || derive(&passphrase, &derivation)).await;
        derived.map_err(|_| SourceError::NotDerived)?
    }
}

fn derive(passphrase: &Secret<String>, derivation: &Derivation) -> Result<Kek, SourceError> {
    let weak = derivation.memory_kib < LEAST_MEMORY_KIB || derivation.passes < LEAST_PASSES;
    if weak || derivation.salt.len() < 16 {
        return Err(SourceError::WeakDerivation);
    }
    let (memory, passes) = (derivation.memory_kib, derivation.passes);
    let params = Params::new(memory, passes, derivation.lanes, Some(KEY));
    let params = params.map_err(|_| SourceError::NotDerived)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut key = Zeroizing::new([0; KEY]);
    passphrase.lend(|text| {
        // A file ends with a line break that its writer did not mean.
        let text = text.trim_end_matches(['\r', '\n']);
        if text.chars().count() < SHORTEST {
            return Err(SourceError::ShortPassphrase(SHORTEST));
        }
        argon2
            .hash_password_into(text.as_bytes(), &derivation.salt, key.as_mut_slice())
            .map_err(|_| SourceError::NotDerived)
    })?;
    Ok(Kek::of(Secret::new(*key), Origin::Passphrase))
}
