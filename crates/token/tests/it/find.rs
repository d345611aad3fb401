//! Finding: what is a secret of ours is found wherever it stands and however the bytes come, and nothing else is.

use std::sync::atomic::{AtomicU8, Ordering};

use gatewright_domain::{
    client,
    credential::{self, CredentialKind},
    entropy::Entropy,
    family,
    time::Timestamp,
};
use gatewright_token::{
    find::{Candidate, Finder, Place, What},
    recognise::recognise,
};
use proptest::prelude::*;

use crate::stage::{ISSUER, claims, encode, mint, ring};

struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill_with(|| self.0.fetch_add(7, Ordering::Relaxed));
    }
}

fn credential(kind: CredentialKind) -> String {
    credential::draw(kind, &Counting(AtomicU8::new(3))).lend(Clone::clone)
}

/// All that is found when the bytes come in pieces of this size.
fn find(bytes: &[u8], piece: usize) -> Vec<Candidate> {
    let mut finder = Finder::default();
    let mut found = Vec::new();
    for piece in bytes.chunks(piece) {
        found.extend(finder.feed(piece));
    }
    found.extend(finder.finish());
    found
}

/// What of it is certain: credentials, and tokens that were signed by the key of the stage; each with its place.
fn certain(bytes: &[u8], piece: usize) -> Vec<(Place, String)> {
    let mut certain = Vec::new();
    for candidate in find(bytes, piece) {
        let sure = candidate.readings.iter().find(|reading| {
            matches!(candidate.what, What::Credential(_))
                || reading
                    .text
                    .lend(|text| recognise(text.as_bytes(), &ring(), Some(ISSUER)).is_some())
        });
        if let Some(reading) = sure {
            certain.push((reading.place, reading.text.lend(Clone::clone)));
        }
    }
    certain
}

fn texts(bytes: &[u8], piece: usize) -> Vec<String> {
    certain(bytes, piece)
        .into_iter()
        .map(|(_, text)| text)
        .collect()
}

fn wide(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}

#[test]
fn every_credential_is_found_by_its_checksum() {
    for kind in CredentialKind::ALL {
        let text = credential(kind);
        let file = format!("a = '{text}'\nb: {text}x\n");
        assert_eq!(texts(file.as_bytes(), 1000), [text.clone(), text.clone()]);
        let candidate = find(text.as_bytes(), 1000).remove(0);
        assert_eq!(candidate.what, What::Credential(kind));
        let (whole, last) = text.split_at(text.len() - 1);
        let mistyped = format!("{whole}{}", if last == "x" { 'y' } else { 'x' });
        assert!(texts(mistyped.as_bytes(), 1000).is_empty());
        assert!(texts(&text.as_bytes()[..text.len() - 1], 1000).is_empty());
    }
}

#[test]
fn a_client_secret_is_found_by_its_checksum() {
    let (_, secret) = client::draw(&Counting(AtomicU8::new(3)));
    let text = secret.lend(Clone::clone);
    let file = format!("client_secret={text}&grant_type=client_credentials");
    let found = find(file.as_bytes(), 1000);
    assert_eq!(found[0].what, What::ClientSecret);
    assert_eq!(found[0].readings[0].text.lend(Clone::clone), text);
    let (whole, last) = text.split_at(text.len() - 1);
    let mistyped = format!("{whole}{}", if last == "x" { 'y' } else { 'x' });
    assert!(find(mistyped.as_bytes(), 1000).is_empty());
}

#[test]
fn a_refresh_token_is_found_by_its_form() {
    let drawn = family::draw(
        Timestamp::from_seconds(1_800_000_000),
        &Counting(AtomicU8::new(3)),
    );
    let text = drawn.text.lend(Clone::clone);
    let file = format!("refresh_token={text}&grant_type=refresh_token");
    let found = find(file.as_bytes(), 1000);
    assert_eq!(found[0].what, What::RefreshToken);
    assert_eq!(found[0].readings[0].text.lend(Clone::clone), text);
    assert!(find(&text.as_bytes()[..text.len() - 1], 1000).is_empty());
    assert!(find(text.replace('_', "-").as_bytes(), 1000).is_empty());
}

#[test]
fn a_place_says_line_and_character() {
    let key = credential(CredentialKind::ApiKey);
    let file = format!("first\n  Schlüssel: {key}\n");
    let expected = Place {
        offset: 6 + 2 + 12,
        line: 2,
        column: 14,
    };
    for piece in [1, 7, 1000] {
        assert_eq!(certain(file.as_bytes(), piece), [(expected, key.clone())]);
    }
}

#[test]
fn a_token_is_found_whatever_adjoins_it() {
    let token = mint(&claims());
    for file in [
        token.clone(),
        format!("Authorization: Bearer {token}\r\n"),
        format!("The token is {token}. Use it."),
        format!("access_token={token}&scope=orders"),
        format!("prefix_eyJ-{token}"),
        format!("{token}-and-more-of-the-alphabet"),
        format!("{token}.{}", encode("{}")),
        format!("\"{token}\\n\""),
    ] {
        assert_eq!(
            texts(file.as_bytes(), 1000),
            std::slice::from_ref(&token),
            "{file}"
        );
    }
}

#[test]
fn what_is_no_token_of_ours_is_not_certain() {
    let token = mint(&claims());
    let elsewhere = mint(&gatewright_token::claims::AccessClaims {
        issuer: "https://elsewhere.example".to_owned(),
        ..claims()
    });
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let turned: String = signature.chars().rev().collect();
    for file in [
        elsewhere,
        format!("{signed}.{turned}"),
        format!("{signed}."),
        signed.to_owned(),
        token[..token.len() - 1].to_owned(),
        token[3..].to_owned(),
    ] {
        assert!(texts(file.as_bytes(), 1000).is_empty(), "{file}");
    }
}

#[test]
fn utf_16_is_read_in_both_orders_and_anywhere() {
    let (token, key) = (mint(&claims()), credential(CredentialKind::ApiKey));
    let text = format!("name\tvalue\r\nkey\t{key}\r\ntoken\t{token}\r\n");
    let orders: [fn(u16) -> [u8; 2]; 2] = [u16::to_le_bytes, u16::to_be_bytes];
    for order in orders {
        for before in [
            &b""[..],
            b"\xff\xfe",
            b"ELF\x00\x01\x02 plain text",
            b"\0\0\0",
        ] {
            let file = [before, &wide(&text, order)].concat();
            for piece in [1, 1000, 1_000_000] {
                assert_eq!(texts(&file, piece), [key.clone(), token.clone()]);
            }
        }
    }
    let file = wide(&text, u16::to_le_bytes);
    let (place, _) = certain(&file, 1000).remove(0);
    assert_eq!((place.line, place.column, place.offset), (2, 5, 2 * 16));
}

#[test]
fn texts_that_zeros_part_are_each_found() {
    let (one, other) = (
        credential(CredentialKind::AccessToken),
        credential(CredentialKind::ApiKey),
    );
    let environment = format!("PATH=/bin\0TOKEN={one}\0KEY={other}\0");
    assert_eq!(texts(environment.as_bytes(), 1000), [one, other]);
}

#[test]
fn a_line_of_fifty_megabytes_hides_nothing() {
    let (token, key) = (mint(&claims()), credential(CredentialKind::ApiKey));
    let mut file = b"eyJ.eyJ.a".repeat(1_000);
    file.extend(b"gw_live_eyJeyJ.".repeat(1_000));
    file.resize(25_000_000, b'a');
    file.push(b',');
    file.extend_from_slice(token.as_bytes());
    file.push(b',');
    file.resize(50_000_100, 0);
    file.extend_from_slice(key.as_bytes());
    assert!(file.len() > 50_000_000);
    assert_eq!(texts(&file, 1 << 16), [token, key]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_border_of_what_is_fed_hides_anything(
        before in proptest::collection::vec(any::<u8>(), 0..90_000),
        between in proptest::collection::vec(any::<u8>(), 1..3_000),
        piece in 1_usize..30_000,
    ) {
        let (token, key) = (mint(&claims()), credential(CredentialKind::ApiKey));
        // Letters that adjoin a token may be taken for a part of it, and are tried; random ones are kept apart here.
        let file = [&before[..], b"\n", token.as_bytes(), b"\n", &between, b"\n", key.as_bytes()].concat();
        let found = certain(&file, piece);
        prop_assert_eq!(found.len(), 2);
        for ((place, text), expected) in found.iter().zip([&token, &key]) {
            prop_assert_eq!(text, expected);
            let at = usize::try_from(place.offset).unwrap();
            prop_assert_eq!(&file[at..at + text.len()], text.as_bytes());
            let lines = file[..at].iter().filter(|byte| **byte == b'\n').count();
            prop_assert_eq!(usize::try_from(place.line).unwrap(), lines + 1);
        }
    }

    #[test]
    fn no_bytes_panic_the_finder(
        bytes in proptest::collection::vec(prop_oneof![Just(b'.'), Just(b'e'), Just(b'y'), Just(b'J'), Just(0), any::<u8>()], 0..4_000),
        piece in 1_usize..5_000,
    ) {
        for candidate in find(&bytes, piece) {
            prop_assert!(candidate.what == What::Token && !candidate.readings.is_empty());
        }
    }
}
