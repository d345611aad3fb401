//! Public keys as PEM, held against how the crypto library writes them.

use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        Ed25519KeyPair, KeyPair, RsaKeyPair,
    },
};
use gatewright_domain::key::Algorithm;
use gatewright_token::jwk::{Numbers, PublicJwk};

fn der_of(key: &impl AsDer<PublicKeyX509Der<'static>>) -> Vec<u8> {
    key.as_der().unwrap().as_ref().to_vec()
}

#[test]
fn a_curve_key_is_written_as_the_library_writes_it() {
    let curves = [
        (Algorithm::Es256, &ECDSA_P256_SHA256_FIXED_SIGNING, 32),
        (Algorithm::Es384, &ECDSA_P384_SHA384_FIXED_SIGNING, 48),
    ];
    for (algorithm, curve, field) in curves {
        let pair = EcdsaKeyPair::generate(curve).unwrap();
        let point = pair.public_key().as_ref();
        let (x, y) = (point[1..=field].to_vec(), point[field + 1..].to_vec());
        let key = PublicJwk::own(algorithm, Numbers::Curve { x, y }).unwrap();
        assert_eq!(key.to_der(), der_of(pair.public_key()));
    }
}

#[test]
fn an_ed25519_key_is_written_as_the_library_writes_it() {
    let pair = Ed25519KeyPair::generate().unwrap();
    let x = pair.public_key().as_ref().to_vec();
    let key = PublicJwk::own(Algorithm::EdDsa, Numbers::Edwards { x }).unwrap();
    assert_eq!(key.to_der(), der_of(pair.public_key()));
}

#[test]
fn an_rsa_key_is_written_as_the_library_writes_it() {
    for size in [KeySize::Rsa2048, KeySize::Rsa3072] {
        let pair = RsaKeyPair::generate(size).unwrap();
        let public = pair.public_key();
        let n = public.modulus().big_endian_without_leading_zero().to_vec();
        let e = public.exponent().big_endian_without_leading_zero().to_vec();
        let key = PublicJwk::own(Algorithm::Rs256, Numbers::Rsa { n, e }).unwrap();
        assert_eq!(key.to_der(), der_of(public));
    }
}

#[test]
fn pem_has_lines_of_64_characters_between_its_labels() {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let public = pair.public_key();
    let n = public.modulus().big_endian_without_leading_zero().to_vec();
    let e = public.exponent().big_endian_without_leading_zero().to_vec();
    let pem = PublicJwk::own(Algorithm::Ps256, Numbers::Rsa { n, e })
        .unwrap()
        .to_pem();
    let lines: Vec<&str> = pem.lines().collect();
    assert_eq!(lines.first(), Some(&"-----BEGIN PUBLIC KEY-----"));
    assert_eq!(lines.last(), Some(&"-----END PUBLIC KEY-----"));
    let (last, full) = lines[1..lines.len() - 1].split_last().unwrap();
    assert!(full.iter().all(|line| line.len() == 64));
    assert!((1..=64).contains(&last.len()));
}
