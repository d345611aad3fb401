//! Status lists: what is written is read, and P58: what cannot be read whole says nothing of any token.

use std::{io::Write, time::Duration};

use flate2::{Compression, write::ZlibEncoder};
use gatewright_domain::{key::Algorithm, token::Listing};
use gatewright_token::{
    mint::{DocumentType, generate},
    refusal::Refusal,
    status::{Bits, NotAStatusList, Status, StatusList, StatusListClaims},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::stage::{ISSUER, NOW, at, encode, forge, key, kid, with};

const URI: &str = "https://id.gatewright.test/oauth2/status-lists/65536";

fn read(document: &str) -> Result<StatusList, NotAStatusList> {
    let keys = [key().public().clone()];
    StatusList::read(document.as_bytes(), &keys, URI, at(NOW))
}

fn packed(list: &[u8]) -> String {
    let mut packing = ZlibEncoder::new(Vec::new(), Compression::best());
    packing.write_all(list).unwrap();
    encode(packing.finish().unwrap())
}

fn header() -> Value {
    json!({ "alg": "ES256", "typ": "statuslist+jwt", "kid": kid() })
}

fn good() -> Value {
    json!({
        "iss": ISSUER, "sub": URI, "iat": NOW - 60, "exp": NOW + 240, "ttl": 60,
        "status_list": { "bits": 1, "lst": packed(&[0b0000_0101, 0]) },
    })
}

/// A signed list with one claim put in, put in its place, or (for null) taken out.
fn claiming(name: &str, value: Value) -> Result<StatusList, NotAStatusList> {
    read(&forge(header().to_string(), with(good(), name, value)))
}

/// A signed list of these bytes, with so many bits for each token.
fn of(bits: u8, list: &[u8]) -> StatusList {
    claiming("status_list", json!({ "bits": bits, "lst": packed(list) })).unwrap()
}

fn place(count: u64) -> Listing {
    Listing::of(1, count).unwrap()
}

fn written(revoked: &[u64]) -> String {
    let mut bits = Bits::default();
    for count in revoked {
        bits.revoke(place(*count));
    }
    let claims = StatusListClaims {
        issuer: ISSUER,
        uri: URI,
        issued: at(NOW),
        expires: at(NOW + 3600),
        ttl: Duration::from_secs(60),
    };
    let claims = claims.with(&bits);
    key()
        .sign_document(DocumentType::StatusList, &claims)
        .unwrap()
}

#[test]
fn what_is_written_is_read_place_by_place() {
    let revoked = [0, 7, 8, 131_071];
    let list = read(&written(&revoked)).unwrap();
    for count in [0, 1, 6, 7, 8, 9, 131_070, 131_071] {
        let status = list.status(count, at(NOW)).unwrap();
        let expected = if revoked.contains(&count) {
            Status::Invalid
        } else {
            Status::Valid
        };
        assert_eq!(status, expected, "{count}");
        assert_eq!(status.lets_pass(), !revoked.contains(&count));
    }
    assert!(!list.is_due(at(NOW + 59)) && list.is_due(at(NOW + 60)));
}

#[test]
fn a_list_is_small_and_tells_nobody_how_many_tokens_there_are() {
    assert!(written(&[]).len() < 700, "{}", written(&[]).len());
    let some: Vec<u64> = (0..1_310).map(|number| number * 100).collect();
    let length = written(&some).len();
    assert!(length < 8_000, "{length} bytes with one per cent revoked");
}

#[test]
fn the_example_of_the_draft_is_read_in_the_drafts_order_of_bits() {
    // Section 4.1: 0xb9 0xa3 are the statuses 1 0 0 1 1 1 0 1, 1 1 0 0 0 1 0 1.
    let list = of(1, &[0xb9, 0xa3]);
    let statuses = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1];
    for (index, expected) in (0..).zip(statuses) {
        let valid = list.status(index, at(NOW)).unwrap() == Status::Valid;
        assert_eq!(valid, expected == 0, "{index}");
    }
    // Section 4.1: two bits each, 1 2 0 3, 0 1 0 1, 1 2 3 3.
    let list = of(2, &[0xc9, 0x44, 0xf9]);
    let statuses = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3];
    for (index, expected) in (0..).zip(statuses) {
        let status = list.status(index, at(NOW)).unwrap();
        let meant = [
            Status::Valid,
            Status::Invalid,
            Status::Suspended,
            Status::Unknown(3),
        ];
        assert_eq!(status, meant[expected], "{index}");
    }
}

#[test]
fn p58_a_place_that_is_not_there_says_nothing() {
    let list = of(1, &[0, 0]);
    assert_eq!(list.status(15, at(NOW)), Ok(Status::Valid));
    for index in [16, 131_072, u64::from(u32::MAX), u64::MAX] {
        assert_eq!(
            list.status(index, at(NOW)),
            Err(NotAStatusList::OutOfRange(index))
        );
    }
    assert_eq!(
        of(2, &[0]).status(4, at(NOW)),
        Err(NotAStatusList::OutOfRange(4))
    );
    assert_eq!(
        of(8, &[]).status(0, at(NOW)),
        Err(NotAStatusList::OutOfRange(0))
    );
}

#[test]
fn p58_a_list_that_is_over_says_nothing_even_when_it_was_read_before() {
    assert_eq!(claiming("exp", json!(NOW)), Err(NotAStatusList::Stale));
    assert_eq!(claiming("exp", json!(NOW - 1)), Err(NotAStatusList::Stale));
    assert_eq!(
        claiming("iat", json!(NOW + 31)),
        Err(NotAStatusList::FromTheFuture)
    );
    assert!(claiming("iat", json!(NOW + 30)).is_ok());
    let list = read(&forge(header().to_string(), good().to_string())).unwrap();
    assert_eq!(list.status(1, at(NOW + 239)), Ok(Status::Valid));
    assert_eq!(list.status(1, at(NOW + 240)), Err(NotAStatusList::Stale));
}

#[test]
fn p58_three_of_two_bits_lets_nobody_pass() {
    let status = of(2, &[0b1110_0100]).status(3, at(NOW)).unwrap();
    assert_eq!(status, Status::Unknown(3));
    let pass = [0, 1, 2, 3].map(|index| {
        of(2, &[0b1110_0100])
            .status(index, at(NOW))
            .unwrap()
            .lets_pass()
    });
    assert_eq!(pass, [true, false, false, false]);
}

#[test]
fn p58_the_list_of_another_address_says_nothing() {
    for sub in [
        json!("https://id.gatewright.test/oauth2/status-lists/65537"),
        json!(format!("{URI}/")),
        json!([URI]),
        Value::Null,
    ] {
        assert_eq!(
            claiming("sub", sub.clone()),
            Err(NotAStatusList::Subject),
            "{sub}"
        );
    }
}

#[test]
fn a_claim_that_is_missing_or_malformed_says_nothing() {
    for (name, value) in [
        ("iat", Value::Null),
        ("iat", json!("now")),
        ("exp", json!("later")),
        ("ttl", json!(0)),
        ("ttl", json!(-5)),
        ("ttl", json!(1.5)),
        ("status_list", Value::Null),
        ("status_list", json!([1])),
    ] {
        assert_eq!(
            claiming(name, value.clone()),
            Err(NotAStatusList::Claim(name)),
            "{name} {value}"
        );
    }
    let lst = packed(&[0]);
    for bits in [
        json!(0),
        json!(3),
        json!(16),
        json!(-1),
        json!(257),
        json!("1"),
        Value::Null,
    ] {
        let list = claiming("status_list", json!({ "bits": bits, "lst": lst }));
        assert_eq!(list, Err(NotAStatusList::Claim("bits")), "{bits}");
    }
    for lst in [json!(7), json!("not base64url!"), Value::Null] {
        let list = claiming("status_list", json!({ "bits": 1, "lst": lst }));
        assert_eq!(list, Err(NotAStatusList::Claim("lst")), "{lst}");
    }
}

#[test]
fn what_does_not_unpack_to_a_bearable_size_is_no_list() {
    let bomb = packed(&vec![0; 1024 * 1024 + 1]);
    assert!(bomb.len() < 2_000, "it is small on the way");
    let mut tail = packed(&[0]);
    tail.push_str("AAAA");
    let cut = packed(&[7; 100]);
    for lst in [
        bomb,
        tail,
        cut[..8].to_owned(),
        encode([1, 2, 3]),
        String::new(),
    ] {
        let list = claiming("status_list", json!({ "bits": 1, "lst": lst }));
        assert_eq!(list, Err(NotAStatusList::Compression));
    }
    let large = packed(&vec![0; 1024 * 1024]);
    assert!(claiming("status_list", json!({ "bits": 1, "lst": large })).is_ok());
    let document = format!("{}.{}", "A".repeat(512 * 1024), "B");
    assert_eq!(read(&document), Err(NotAStatusList::TooLarge));
}

#[test]
fn only_a_status_list_of_a_known_key_is_one() {
    let typed = |typ: &str| {
        read(&forge(
            with(header(), "typ", json!(typ)),
            good().to_string(),
        ))
    };
    for typ in [
        "statuslist+jwt",
        "application/statuslist+jwt",
        "StatusList+JWT",
    ] {
        assert!(typed(typ).is_ok(), "{typ}");
    }
    for typ in [
        "at+jwt",
        "JWT",
        "statuslist+cwt",
        "application/",
        "é",
        "application/é",
    ] {
        assert_eq!(typed(typ), Err(NotAStatusList::Type), "{typ}");
    }
    let with_header =
        |name: &str, value| read(&forge(with(header(), name, value), good().to_string()));
    let signed = |refusal| Err(NotAStatusList::Signed(refusal));
    assert_eq!(
        with_header("kid", json!("another")),
        signed(Refusal::UnknownKey)
    );
    assert_eq!(
        with_header("crit", json!(["x"])),
        signed(Refusal::HeaderMember("crit"))
    );
    let expected = Algorithm::Es256;
    assert_eq!(
        with_header("alg", json!("ES384")),
        signed(Refusal::Algorithm { expected })
    );
    let stranger = generate(Algorithm::Es256).unwrap().public;
    let good = forge(header().to_string(), good().to_string());
    let read = StatusList::read(good.as_bytes(), &[stranger], URI, at(NOW));
    assert_eq!(read, signed(Refusal::UnknownKey));
    assert_eq!(
        StatusList::read(good.as_bytes(), &[], URI, at(NOW)),
        signed(Refusal::UnknownKey)
    );
}

#[test]
fn one_changed_byte_is_no_list() {
    let good = written(&[3]);
    for place in (0..good.len()).step_by(7) {
        let mut changed = good.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let keys = [key().public().clone()];
        assert!(
            StatusList::read(&changed, &keys, URI, at(NOW)).is_err(),
            "{place}"
        );
    }
}

proptest! {
    #[test]
    fn no_bytes_panic_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let keys = [key().public().clone()];
        prop_assert!(StatusList::read(&bytes, &keys, URI, at(NOW)).is_err());
    }

    #[test]
    fn no_signed_list_panics_the_reader(list in proptest::collection::vec(any::<u8>(), 0..40), index in any::<u64>()) {
        for bits in [1, 2, 4, 8] {
            let _ = of(bits, &list).status(index, at(NOW));
        }
    }
}
