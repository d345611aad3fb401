//! P21: a flood of tokens with keys that nobody has makes the gateway ask nobody, remember nothing and tell little.

use std::{
    io::Write,
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::{
    town::{Town, dice},
    wire::Line,
};

const FLOOD: usize = 10_000;

/// As many requests as are on their way at one time.
const WINDOW: usize = 100;

/// A listener that counts who comes.
fn trap() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let caught = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&caught);
    std::thread::spawn(move || {
        for _ in listener.incoming() {
            seen.fetch_add(1, Ordering::SeqCst);
        }
    });
    (address, caught)
}

/// The good token with a kid that nobody has, and an issuer and key address where somebody waits to be asked.
fn forged(token: &str, trap: &str, number: usize) -> String {
    use gatewright_domain::entropy::Entropy;
    let mut kid = [0; 32];
    dice().fill(&mut kid);
    kid[..8].copy_from_slice(&number.to_be_bytes());
    let mut header = serde_json::json!({
        "alg": "ES256", "typ": "at+jwt", "kid": BASE64_URL_SAFE_NO_PAD.encode(kid),
    });
    if number.is_multiple_of(2) {
        header["jku"] = format!("{trap}/keys").into();
    }
    let (_, rest) = token.split_once('.').expect("a token");
    let (claims, signature) = rest.split_once('.').expect("a token");
    let mut claims: serde_json::Value =
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).expect("base64url"))
            .expect("JSON");
    if number.is_multiple_of(3) {
        claims["iss"] = trap.into();
    }
    let part = |value: &serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(&header), part(&claims))
}

#[test]
fn p21_ten_thousand_unknown_keys_are_ten_thousand_times_401_and_nothing_else() {
    let mut town = Town::new();
    let (trap, caught) = trap();
    let good = town.token();
    let mut line: Line = town.line();
    for begin in (0..FLOOD).step_by(WINDOW) {
        for number in begin..begin + WINDOW {
            let token = forged(&good, &trap, number);
            let head = format!(
                "GET /orders/v1/orders HTTP/1.1\r\nHost: gw.test\r\nAuthorization: Bearer {token}\r\n\r\n"
            );
            line.0.write_all(head.as_bytes()).expect("a request");
        }
        let mut seen = String::new();
        while seen.matches("HTTP/1.1 ").count() < WINDOW {
            seen.push_str(&line.piece());
        }
        assert_eq!(seen.matches("HTTP/1.1 401 ").count(), WINDOW);
    }
    let counts = town.handle().counts();
    assert_eq!(counts.answers[4], 10_000);
    assert_eq!(counts.remembered, 0);
    assert_eq!(town.upstream.requests(), 0);
    assert_eq!(caught.load(Ordering::SeqCst), 0, "somebody was asked");
    assert_eq!(town.get("/orders/v1/orders", &good).status, 200);
    let told = town.drain();
    assert!(told.decisions.len() <= 1_000, "{}", told.decisions.len());
}
