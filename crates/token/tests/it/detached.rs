//! Detached signatures, as a gateway checks snapshots.

use gatewright_domain::secret::Secret;
use gatewright_token::detached::{DetachedFault, DocumentKey, PinnedKey, SIGNATURE};

#[test]
fn a_document_is_taken_from_the_pinned_signer_only_and_as_it_was_made() {
    let private = DocumentKey::generate().unwrap();
    let key = DocumentKey::open(&private).unwrap();
    let pinned: PinnedKey = key.pinned().unwrap().to_string().parse().unwrap();
    let signature = key.sign(b"snapshot");
    assert_eq!(signature.len(), SIGNATURE);
    assert_eq!(pinned.verify(b"snapshot", &signature), Ok(()));
    assert_eq!(
        pinned.verify(b"snapshoT", &signature),
        Err(DetachedFault::NotSigned)
    );
    assert_eq!(
        pinned.verify(b"snapshot", &signature[1..]),
        Err(DetachedFault::NotSigned)
    );
    let other = DocumentKey::open(&DocumentKey::generate().unwrap()).unwrap();
    assert_eq!(
        pinned.verify(b"snapshot", &other.sign(b"snapshot")),
        Err(DetachedFault::NotSigned)
    );
}

#[test]
fn a_private_key_is_pkcs8_version_1_that_other_tools_read() {
    let private = DocumentKey::generate().unwrap();
    assert_eq!(private.lend(Vec::len), 48);
    let broken = Secret::new(private.lend(|der| der[1..].to_vec()));
    assert_eq!(
        DocumentKey::open(&broken).err(),
        Some(DetachedFault::NotAPrivateKey)
    );
}

#[test]
fn a_pin_has_one_form() {
    for text in ["", "AA", "not base64url!", &"A".repeat(44), &"A".repeat(86)] {
        assert_eq!(
            text.parse::<PinnedKey>().err(),
            Some(DetachedFault::NotAPinnedKey)
        );
    }
}

/// RFC 8032 section 7.1, test 2.
#[test]
fn the_signature_is_the_standard_one() {
    let hex = |text: &str| -> Vec<u8> {
        let digit = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
        (0..text.len()).step_by(2).map(digit).collect()
    };
    let public = hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    let signature = hex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
         085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    );
    let pinned: PinnedKey = crate::stage::encode(public).parse().unwrap();
    assert_eq!(pinned.verify(&[0x72], &signature), Ok(()));
}
