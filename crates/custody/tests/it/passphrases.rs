//! A key from a passphrase: one for a passphrase and a salt, and none from what could be guessed.

use gatewright_custody::{Derivation, Kek, SourceError};
use gatewright_domain::secret::Secret;
use gatewright_testkit::entropy::SeededEntropy;

use crate::sources::derivation;

async fn derived(text: &str, derivation: Derivation) -> Result<Kek, SourceError> {
    Kek::from_passphrase(Secret::new(text.to_owned()), derivation).await
}

#[tokio::test]
async fn another_salt_makes_another_key() {
    let text = "seven words that nobody would guess";
    let one = derived(text, derivation()).await.unwrap();
    let same = derived(&format!("{text}\r\n"), derivation()).await.unwrap();
    assert_eq!(one.id(), same.id(), "a line break at the end is not meant");
    let salted = Derivation {
        salt: vec![4; 16],
        ..derivation()
    };
    assert_ne!(derived(text, salted).await.unwrap().id(), one.id());
}

#[tokio::test]
async fn a_passphrase_that_is_short_is_refused() {
    let refused = derived("correct horse", derivation()).await.unwrap_err();
    assert!(matches!(refused, SourceError::ShortPassphrase(20)));
}

#[tokio::test]
async fn parameters_that_somebody_weakened_are_refused() {
    let weakened = [
        Derivation {
            memory_kib: 8,
            ..derivation()
        },
        Derivation {
            passes: 1,
            ..derivation()
        },
        Derivation {
            salt: Vec::new(),
            ..derivation()
        },
    ];
    for weak in weakened {
        let refused = derived("seven words that nobody would guess", weak).await;
        assert!(matches!(refused.unwrap_err(), SourceError::WeakDerivation));
    }
}

#[test]
fn a_fresh_derivation_is_stronger_than_the_floor_and_salted() {
    let fresh = Derivation::draw(&SeededEntropy::new(1));
    let other = Derivation::draw(&SeededEntropy::new(2));
    assert_eq!((fresh.memory_kib, fresh.passes), (65_536, 3));
    assert_ne!(fresh.salt, other.salt);
}
