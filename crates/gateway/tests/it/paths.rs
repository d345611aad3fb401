//! Paths that could lead two readers to different places (T19): refused, or decided and forwarded as the same bytes.

use proptest::prelude::*;

use crate::town::Town;

#[test]
fn a_path_that_could_lead_elsewhere_is_refused() {
    let town = Town::new();
    let token = town.token();
    for path in [
        "//orders/v1/orders",
        "/orders//v1/orders",
        "/orders/v1//orders",
        "/orders/v1/orders//",
        "/orders/v1/./orders",
        "/orders/v1/../v1/orders",
        "/orders/v1/orders/..",
        "/orders/v1/orders/.",
        "/orders/v1/%2e%2e/orders",
        "/orders/v1/.%2e/orders",
        "/orders/v1/%2E/orders",
        "/orders/v1/%252e%252e/orders",
        "/orders/v1/orders%2f1",
        "/orders/v1/orders%2F1",
        "/orders/v1/orders%5c1",
        "/orders/v1/orders%00",
        "/orders/v1/orders%0a",
        "/orders/v1/orders%0d%0aX:1",
        "/orders/v1/orders;x=1",
        "/orders/v1/..;/orders",
        "/orders/v1/orders%3bx",
        "/orders/v1;a/orders",
        "/orders/v1/%u002e/orders",
        "/orders/v1/%c0%ae%c0%ae/orders",
        "/orders/v1/orders/%ff",
        "/orders/v1/orders/%e2%28%a1",
        "/orders/v1/orders/%",
        "/orders/v1/orders/%2",
        "/orders/v1/orders/%zz",
        "/orders/v1/orders/a|b",
        "/orders/v1/orders/[a]",
        "/orders/v1/orders/{a}",
        "/orders/v1/orders/a^b",
    ] {
        let answer = town.get(path, &token);
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (400, "request-malformed"),
            "{path}"
        );
    }
    assert_eq!(town.upstream.requests(), 0);
}

#[test]
fn a_path_is_forwarded_in_the_form_in_which_it_was_decided() {
    let town = Town::new();
    let token = town.token();
    for (sent, seen) in [
        ("/orders/v1/orders", "/orders"),
        ("/orders/v1/%6frders", "/orders"),
        ("/%6Frders/v%31/orders/%41%2d1", "/orders/A-1"),
        ("/orders/v1/orders/a%20b", "/orders/a%20b"),
        ("/orders/v1/orders/%c3%a9", "/orders/%C3%A9"),
        ("/orders/v1/orders/100%25", "/orders/100%25"),
        ("/orders/v1/orders/a@b,c:d", "/orders/a@b,c:d"),
        ("/orders/v1/orders/a%40b", "/orders/a%40b"),
        ("/orders/v1/orders/...", "/orders/..."),
        (
            "/orders/v1/orders/%EF%BC%8E%EF%BC%8E",
            "/orders/%EF%BC%8E%EF%BC%8E",
        ),
    ] {
        let answer = town.get(sent, &token);
        assert_eq!(
            (answer.status, &answer.json()["path"]),
            (200, &seen.into()),
            "{sent}"
        );
    }
}

#[test]
fn a_path_that_is_one_operation_as_it_stands_and_another_decoded_is_refused() {
    let town = Town::new();
    let lines = format!("Authorization: Bearer {}\r\n", town.token());
    // POST /orders/{id} asks for no scope; POST /orders/{id}:cancel does.
    let (plain, cancel) = ("/orders/v1/orders/7", "/orders/v1/orders/7:cancel");
    assert_eq!(town.call("POST", plain, &lines).status, 200);
    assert_eq!(town.call("POST", cancel, &lines).status, 403);
    let encoded = town.call("POST", "/orders/v1/orders/7%3Acancel", &lines);
    assert_eq!(
        (encoded.status, encoded.problem().as_str()),
        (400, "request-malformed")
    );
    assert_eq!(town.upstream.requests(), 1);
}

#[test]
fn a_query_is_forwarded_byte_by_byte_and_decides_nothing() {
    let town = Town::new();
    let query = "a=%2e%2e%2f&b=//../;x&access_token=evil&c=%zz|[]{}^";
    let answer = town.get(&format!("/orders/v1/orders?{query}"), &town.token());
    assert_eq!(
        (answer.status, &answer.json()["query"]),
        (200, &query.into())
    );
    assert_eq!(
        town.call("GET", &format!("/orders/v1/orders?{query}"), "")
            .status,
        401
    );
}

#[test]
fn the_base_path_of_an_upstream_stays_in_front() {
    let mut town = Town::new();
    let base = format!("{}/base/api", town.upstream.url());
    town.change(|snapshot| snapshot.versions[0].upstream = base.parse().expect("an upstream"));
    let answer = town.get("/orders/v1/orders/7?x=1", &town.token());
    assert_eq!(answer.json()["path"], "/base/api/orders/7");
    assert_eq!(answer.json()["query"], "x=1");
}

#[test]
fn whatever_is_forwarded_is_below_the_version_and_has_no_second_reading() {
    let town = Town::new();
    let token = town.token();
    let piece = prop_oneof![
        Just("/"),
        Just("//"),
        Just("."),
        Just(".."),
        Just("%2e"),
        Just("%252e"),
        Just("%2f"),
        Just("%5c"),
        Just(";x=1"),
        Just("..;/"),
        Just("%00"),
        Just("orders"),
        Just("v1"),
        Just("open"),
        Just("a"),
        Just("%41"),
        Just("%c3%a9"),
        Just("%C0%AE"),
        Just("?"),
        Just("%3f"),
        Just("%23"),
        Just(" "),
        Just(":"),
        Just("%3A"),
    ];
    let pieces = proptest::collection::vec(piece, 0..8);
    proptest!(ProptestConfig::with_cases(300), |(pieces in pieces)| {
        let path = format!("/orders/v1/{}", pieces.concat());
        let answer = town.get(&path, &token);
        if answer.status == 200 && answer.body.starts_with(b"{\"") {
            let seen = answer.json()["path"].as_str().expect("a path").to_owned();
            let decoded = percent_encoding::percent_decode_str(&seen).decode_utf8().expect("UTF-8").into_owned();
            for reading in [&seen, &decoded] {
                prop_assert!(!reading.contains("//") && !reading.contains(';') && !reading.contains('\\'));
                prop_assert!(!reading.split('/').any(|step| step == "." || step == ".."));
            }
            prop_assert_eq!(seen.split('/').count(), decoded.split('/').count());
        }
    });
}
