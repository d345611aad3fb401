//! Tokens that anybody could have made.

use serde_json::{Value, json};

use crate::{
    base64url,
    hostile::{
        deck::{Danger, Deck, Suit},
        pair::hmac,
        pen::{text, with, without},
    },
};

const PINNED: Suit = Suit {
    danger: Danger::Forgery,
    lesson: "Pin the algorithm in the verifier's configuration; never take it from the token.",
};

const KNOWN: Suit = Suit {
    danger: Danger::Forgery,
    lesson: "Take the key, by its kid, from the key set of the issuer only; never one that the token brings or points at.",
};

const MATCHES: Suit = Suit {
    danger: Danger::Forgery,
    lesson: "Check the signature over the very bytes that arrived, with a maintained library, before reading the claims.",
};

pub(super) fn deal(deck: &mut Deck<'_>) {
    unsigned(deck);
    by_shared_secret(deck);
    of_another_algorithm(deck);
    by_stranger(deck);
    broken(deck);
}

fn unsigned(deck: &mut Deck<'_>) {
    let pen = deck.pen;
    let claims = text(&pen.claims());
    for (id, name) in [
        ("alg-none", "none"),
        ("alg-none-mixed-case", "nOnE"),
        ("alg-none-upper-case", "NONE"),
        ("alg-empty", ""),
    ] {
        let header = text(&pen.header_with("alg", json!(name)));
        let token = pen.sealed(&header, &claims, |_| Vec::new());
        deck.refuse(PINNED, id, format!("alg `{name}` and no signature"), token);
    }
    let header = text(&without(pen.header_with("alg", json!("none")), "kid"));
    let token = pen.sealed(&header, &claims, |_| Vec::new());
    deck.refuse(
        PINNED,
        "alg-none-without-kid",
        "alg `none`, no kid and no signature",
        token,
    );
    let header = pen.header_with("alg", json!("none"));
    let token = pen.signed(&header, &pen.claims());
    deck.refuse(
        PINNED,
        "alg-none-signed",
        "alg `none` over a signature that is good",
        token,
    );
}

/// What everybody knows, taken for a secret.
fn by_shared_secret(deck: &mut Deck<'_>) {
    let pen = deck.pen;
    let signer = &pen.sandbox.signer;
    let (header, claims) = (
        text(&pen.header_with("alg", json!("HS256"))),
        text(&pen.claims()),
    );
    let secrets: [(&'static str, &str, Vec<u8>); 6] = [
        (
            "hmac-pem",
            "the public key as PEM",
            signer.public().to_pem().into_bytes(),
        ),
        (
            "hmac-pem-trimmed",
            "the public key as PEM without its last line break",
            signer.public().to_pem().trim_end().as_bytes().to_vec(),
        ),
        (
            "hmac-der",
            "the public key as DER",
            signer.public().to_der(),
        ),
        (
            "hmac-jwk",
            "the public key as JWK",
            signer.public().to_json().into_bytes(),
        ),
        ("hmac-jwks", "the key set", pen.sandbox.jwks().into_bytes()),
        ("hmac-empty", "nothing", Vec::new()),
    ];
    for (id, what, secret) in secrets {
        let token = pen.sealed(&header, &claims, |input| hmac(&secret, input));
        deck.refuse(
            PINNED,
            id,
            format!("HS256 with {what} as the secret"),
            token,
        );
    }
    let header = text(&with(
        pen.header_with("alg", json!("HS256")),
        "kid",
        json!("../../../../../../dev/null"),
    ));
    let token = pen.sealed(&header, &claims, |input| hmac(&[], input));
    deck.refuse(
        KNOWN,
        "kid-path",
        "HS256 with a kid that is the path of an empty file",
        token,
    );
}

fn of_another_algorithm(deck: &mut Deck<'_>) {
    let pen = deck.pen;
    let others: [(&'static str, Value); 8] = [
        (
            "alg-lower-case",
            json!(pen.sandbox.algorithm.name().to_lowercase()),
        ),
        (
            "alg-blank",
            json!(format!("{} ", pen.sandbox.algorithm.name())),
        ),
        ("alg-es384", json!("ES384")),
        ("alg-rs512", json!("RS512")),
        ("alg-eddsa", json!("EdDSA")),
        ("alg-list", json!([pen.sandbox.algorithm.name()])),
        ("alg-number", json!(256)),
        ("alg-null", Value::Null),
    ];
    for (id, value) in others {
        let tries = format!("alg {value} over a signature that is good");
        let token = pen.signed(&pen.header_with("alg", value), &pen.claims());
        deck.refuse(PINNED, id, tries, token);
    }
    let token = pen.signed(&without(pen.header(), "alg"), &pen.claims());
    deck.refuse(
        PINNED,
        "alg-missing",
        "no alg over a signature that is good",
        token,
    );
    let (header, claims) = (
        text(&pen.header_with("alg", json!("PS256"))),
        text(&pen.claims()),
    );
    let mut other = None;
    pen.sealed(&header, &claims, |input| {
        other = pen.sandbox.signer.sign_otherwise(input);
        Vec::new()
    });
    if let Some(signature) = other {
        let token = pen.sealed(&header, &claims, |_| signature);
        deck.refuse(
            PINNED,
            "alg-ps256",
            "PS256, well signed, by a key that is for RS256",
            token,
        );
    }
}

fn by_stranger(deck: &mut Deck<'_>) {
    let pen = deck.pen;
    let stranger = &pen.sandbox.stranger;
    let jwk: Value = serde_json::from_str(&stranger.public().to_json()).unwrap_or(Value::Null);
    let claims = text(&pen.claims());
    let mine = json!(stranger.public().kid().as_str());
    let somewhere = json!("https://attacker.example/keys");
    let chain = json!([base64url::encode(&stranger.public().to_der())]);
    let headers = [
        (
            "key-stranger",
            "signed by a stranger under our kid",
            pen.header(),
        ),
        (
            "key-unknown",
            "signed by a stranger under the stranger's own kid",
            pen.header_with("kid", mine.clone()),
        ),
        (
            "key-unnamed",
            "signed by a stranger, without a kid",
            without(pen.header(), "kid"),
        ),
        (
            "key-jwk",
            "signed by a stranger whose key it brings along as jwk",
            with(pen.header(), "jwk", jwk.clone()),
        ),
        (
            "key-jwk-own-kid",
            "signed by a stranger whose key it brings along, and names, as jwk",
            with(pen.header_with("kid", mine.clone()), "jwk", jwk),
        ),
        (
            "key-jku",
            "signed by a stranger, with an address of the stranger's keys",
            with(pen.header_with("kid", mine), "jku", somewhere.clone()),
        ),
        (
            "key-x5u",
            "signed by a stranger, with an address of the stranger's certificate",
            with(pen.header(), "x5u", somewhere),
        ),
        (
            "key-x5c",
            "signed by a stranger, with the stranger's key as x5c",
            with(pen.header(), "x5c", chain),
        ),
    ];
    for (id, tries, header) in headers {
        let token = pen.sealed(&text(&header), &claims, |input| stranger.sign(input));
        deck.refuse(KNOWN, id, tries, token);
    }
    let other = pen.sandbox.spare.public().kid().as_str();
    let token = pen.signed(&pen.header_with("kid", json!(other)), &pen.claims());
    deck.refuse(
        KNOWN,
        "key-swapped",
        "signed by one key of the set under the kid of the other",
        token,
    );
}

fn broken(deck: &mut Deck<'_>) {
    let pen = deck.pen;
    let token = pen.resigned(|_| Vec::new());
    deck.refuse(MATCHES, "signature-empty", "an empty signature", token);
    let token = pen.resigned(|mut signature| {
        signature.pop();
        signature
    });
    deck.refuse(
        MATCHES,
        "signature-short",
        "a signature without its last byte",
        token,
    );
    let token = pen.resigned(|mut signature| {
        if let Some(first) = signature.first_mut() {
            *first ^= 1;
        }
        signature
    });
    deck.refuse(
        MATCHES,
        "signature-flipped",
        "a signature with one bit turned",
        token,
    );
    let token = pen.resigned(|signature| vec![0; signature.len()]);
    deck.refuse(
        MATCHES,
        "signature-zeros",
        "a signature of zeros (CVE-2022-21449)",
        token,
    );
    let ones = |signature: Vec<u8>| {
        let mut number = vec![0; signature.len() / 2];
        if let Some(last) = number.last_mut() {
            *last = 1;
        }
        [number.clone(), number].concat()
    };
    let token = pen.resigned(ones);
    deck.refuse(MATCHES, "signature-ones", "a signature of two ones", token);
    let (good, raised) = (pen.good(), pen.claims_with("scope", json!("trial admin")));
    let swapped = base64url::encode(text(&raised).as_bytes());
    let mut parts = good.split('.');
    let (header, _, signature) = (parts.next(), parts.next(), parts.next());
    let (header, signature) = (header.unwrap_or_default(), signature.unwrap_or_default());
    deck.refuse(
        MATCHES,
        "claims-swapped",
        "the signature of other claims",
        format!("{header}.{swapped}.{signature}"),
    );
    let again = text(&with(pen.header(), "extra", json!(1)));
    let again = base64url::encode(again.as_bytes());
    let claims = good.split('.').nth(1).unwrap_or_default();
    deck.refuse(
        MATCHES,
        "header-swapped",
        "the signature of another header",
        format!("{again}.{claims}.{signature}"),
    );
}
