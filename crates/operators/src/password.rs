//! Passwords: what is taken for one, and hashing them without letting a flood take the machine.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc},
};
use gatewright_domain::{entropy::Entropy, operator::PasswordHash, secret::Secret};
use tokio::sync::Semaphore;

/// A password that may be set: 12 to 256 characters, not all the same. No other composition rules (NIST SP 800-63B-4
/// section 3.1.1.2).
pub struct Password(Secret<String>);

/// Why a text is not taken for a password, or cannot be hashed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short to resist guessing.
    #[error("a password has at least 12 characters")]
    TooShort,
    /// Too long to hash in bounded time.
    #[error("a password has at most 256 characters")]
    TooLong,
    /// The same character over and over.
    #[error("a password has more than one character")]
    Monotonous,
    /// Too many passwords are being hashed at once.
    #[error("too many sign-ins at once; try again in a moment")]
    Busy,
    /// The hashing itself failed.
    #[error("the password could not be hashed")]
    Hashing,
}

impl Password {
    /// Takes a text for a password to be set.
    ///
    /// # Errors
    /// `TooShort`, `TooLong`, `Monotonous`.
    pub fn new(text: String) -> Result<Self, PasswordError> {
        let text = Secret::new(text);
        text.lend(|text| {
            let mut characters = text.chars();
            let first = characters.next();
            match text.chars().count() {
                0..12 => Err(PasswordError::TooShort),
                257.. => Err(PasswordError::TooLong),
                _ if characters.all(|c| Some(c) == first) => Err(PasswordError::Monotonous),
                _ => Ok(()),
            }
        })?;
        Ok(Self(text))
    }
}

/// Hashes and verifies passwords with Argon2id, m = 19 MiB, t = 2, p = 1 (OWASP's floor): at most two at a time, at most
/// sixteen waiting, so that a flood of sign-ins costs at most 38 MiB and two cores.
#[derive(Clone)]
pub(crate) struct Hasher {
    entropy: Arc<dyn Entropy>,
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

const RUNNING: usize = 2;
const WAITING: usize = 16;

/// A hash that no password has, verified against when there is no such operator, so that both answers take as long.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Z2F0ZXdyaWdodC1ub2JvZHk$wq0tFCkxEzXl5QbQ0Vt0dJ0b0JzEo1gYB1mC0m8Qy0k";

impl Hasher {
    pub(crate) fn new(entropy: Arc<dyn Entropy>) -> Self {
        let running = Arc::new(Semaphore::new(RUNNING));
        Self {
            entropy,
            running,
            admitted: Arc::new(Semaphore::new(RUNNING + WAITING)),
        }
    }

    /// The hash of a password, with a salt of its own.
    pub(crate) async fn hash(&self, password: Password) -> Result<PasswordHash, PasswordError> {
        let mut salt = [0; 16];
        self.entropy.fill(&mut salt);
        self.run(move || {
            let hash: Result<phc::PasswordHash, _> = password
                .0
                .lend(|text| Argon2::default().hash_password_with_salt(text.as_bytes(), &salt));
            let hash = hash.map_err(|_| PasswordError::Hashing)?;
            Ok(PasswordHash::from_phc(hash.to_string()))
        })
        .await?
    }

    /// Whether the text is the password behind the hash; for no hash, never, in the same time.
    pub(crate) async fn verify(
        &self,
        text: Secret<String>,
        hash: Option<PasswordHash>,
    ) -> Result<Matches, PasswordError> {
        self.run(move || {
            let known = hash.is_some();
            let phc = hash.as_ref().map_or(NOBODY, PasswordHash::phc);
            let matches = text.lend(|text| {
                Argon2::default()
                    .verify_password(text.as_bytes(), phc)
                    .is_ok()
            });
            if matches && known {
                Matches::Yes
            } else {
                Matches::No
            }
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _admitted = self
            .admitted
            .try_acquire()
            .map_err(|_| PasswordError::Busy)?;
        let _running = self
            .running
            .acquire()
            .await
            .map_err(|_| PasswordError::Busy)?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| PasswordError::Hashing)
    }
}

/// Whether a password was the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Matches {
    Yes,
    No,
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zeros;

    impl Entropy for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[test]
    fn a_password_is_long_enough_and_not_one_character() {
        let refused = |text: &str| Password::new(text.to_owned()).err();
        assert_eq!(refused("eleven char"), Some(PasswordError::TooShort));
        assert_eq!(refused(&"a".repeat(20)), Some(PasswordError::Monotonous));
        assert_eq!(refused(&"ab".repeat(200)), Some(PasswordError::TooLong));
        assert_eq!(refused("correct horse battery"), None);
    }

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let hasher = Hasher::new(Arc::new(Zeros));
        let hash = hasher
            .hash(Password::new("correct horse battery".to_owned()).unwrap())
            .await
            .unwrap();
        let right = Secret::new("correct horse battery".to_owned());
        assert_eq!(
            hasher.verify(right, Some(hash.clone())).await,
            Ok(Matches::Yes)
        );
        let phc = Secret::new(hash.phc().to_owned());
        assert_eq!(hasher.verify(phc, Some(hash)).await, Ok(Matches::No));
        let anything = Secret::new("anything at all".to_owned());
        assert_eq!(hasher.verify(anything, None).await, Ok(Matches::No));
    }

    #[test]
    fn the_hash_of_nobody_is_a_hash() {
        assert!(phc::PasswordHash::new(NOBODY).is_ok());
    }
}
