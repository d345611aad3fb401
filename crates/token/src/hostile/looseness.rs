//! Tokens that are not written as tokens are.

use serde_json::{Value, json};

use crate::{
    base64url,
    hostile::{
        deck::{Danger, Deck, Suit},
        pen::{doubled, text, without},
    },
};

const FORM: Suit = Suit {
    danger: Danger::Looseness,
    lesson: "Take three parts of base64url without padding, of a few kilobytes at most, and nothing else.",
};

const PLAIN: Suit = Suit {
    danger: Danger::Looseness,
    lesson: "Read header and claims as one JSON object each, in which no name stands twice, with nothing before or after it.",
};

const CLAIMS: Suit = Suit {
    danger: Danger::Looseness,
    lesson: "Demand `sub`, `client_id` and `jti` as texts (RFC 9068 section 2.2): logs and revocation rest on them.",
};

pub(super) fn deal(deck: &mut Deck<'_>) {
    forms(deck);
    headers(deck);
    bodies(deck);
    claims(deck);
}

fn forms(deck: &mut Deck<'_>) {
    let pen = deck.pen;
    let good = pen.good();
    let mut parts = good.split('.');
    let (header, body, signature) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let padded = |part: &str| match part.len() % 4 {
        2 => format!("{part}=="),
        3 => format!("{part}="),
        _ => format!("{part}===="),
    };
    let long = pen.signed(
        &pen.header(),
        &pen.claims_with("filling", json!("x".repeat(48 * 1024))),
    );
    let trials = [
        (
            "form-padding",
            "a signature with padding",
            format!("{header}.{body}.{}", padded(signature)),
        ),
        ("form-two-parts", "two parts", format!("{header}.{body}")),
        (
            "form-four-parts",
            "four parts",
            format!("{good}.{signature}"),
        ),
        (
            "form-no-claims",
            "nothing for claims",
            format!("{header}..{signature}"),
        ),
        ("form-dots", "two dots", "..".to_owned()),
        (
            "form-blank",
            "a blank inside",
            format!("{header}.{body} .{signature}"),
        ),
        (
            "form-percent",
            "a percent sign inside",
            format!("{header}.{body}%.{signature}"),
        ),
        ("form-large", "64 KiB", long),
    ];
    for (id, tries, token) in trials {
        deck.refuse(FORM, id, tries, token);
    }
}

fn headers(deck: &mut Deck<'_>) {
    let pen = deck.pen;
    let claims = text(&pen.claims());
    let good = text(&pen.header());
    let stranger = pen.sandbox.stranger.public().kid();
    let trials = [
        (
            "header-kid-twice",
            "two kid, the first of a stranger",
            doubled(&pen.header(), &format!("\"kid\":\"{stranger}\"")),
        ),
        (
            "header-alg-twice",
            "two alg, the first none",
            doubled(&pen.header(), "\"alg\":\"none\""),
        ),
        (
            "header-trailing",
            "a header with something after it",
            format!("{good}x"),
        ),
        (
            "header-mark",
            "a header with a byte order mark",
            format!("\u{feff}{good}"),
        ),
        ("header-list", "a header in a list", format!("[{good}]")),
        ("header-empty", "an empty header", "{}".to_owned()),
    ];
    for (id, tries, header) in trials {
        let token = pen.signed_text(&header, &claims);
        deck.refuse(PLAIN, id, tries, token);
    }
    let brought = [
        (
            "header-jku",
            "an address of keys, which a good token has no use for",
            "jku",
        ),
        ("header-x5u", "an address of a certificate, likewise", "x5u"),
    ];
    for (id, tries, name) in brought {
        let header = pen.header_with(name, json!("https://attacker.example/keys"));
        deck.refuse(PLAIN, id, tries, pen.signed(&header, &pen.claims()));
    }
}

fn bodies(deck: &mut Deck<'_>) {
    let pen = deck.pen;
    let header = text(&pen.header());
    let good = text(&pen.claims());
    let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
    let nested = doubled(&pen.claims(), &format!("\"deep\":{deep}"));
    let trials = [
        (
            "claims-sub-twice",
            "two sub",
            doubled(&pen.claims(), "\"sub\":\"c_somebody-else\""),
        ),
        (
            "claims-scope-twice",
            "two scope",
            doubled(&pen.claims(), "\"scope\":\"admin\""),
        ),
        (
            "claims-sub-escaped",
            "two sub, one written with an escape",
            doubled(&pen.claims(), "\"\\u0073ub\":\"c_somebody-else\""),
        ),
        (
            "claims-trailing",
            "claims with something after them",
            format!("{good}x"),
        ),
        (
            "claims-mark",
            "claims with a byte order mark",
            format!("\u{feff}{good}"),
        ),
        ("claims-list", "claims in a list", format!("[{good}]")),
        ("claims-deep", "claims five thousand lists deep", nested),
        ("claims-text", "a text for claims", "\"claims\"".to_owned()),
    ];
    for (id, tries, claims) in trials {
        let token = pen.signed_text(&header, &claims);
        deck.refuse(PLAIN, id, tries, token);
    }
    let bytes = [b"{\"iss\":\"".as_slice(), &[0xff, 0xfe], b"\"}"].concat();
    let head = base64url::encode(header.as_bytes());
    let input = format!("{head}.{}", base64url::encode(&bytes));
    let signature = pen.sandbox.signer.sign(input.as_bytes());
    deck.refuse(
        PLAIN,
        "claims-not-text",
        "claims that are no UTF-8",
        format!("{input}.{}", base64url::encode(&signature)),
    );
}

fn claims(deck: &mut Deck<'_>) {
    let pen = deck.pen;
    for (id, name) in [
        ("sub-missing", "sub"),
        ("client-missing", "client_id"),
        ("jti-missing", "jti"),
    ] {
        let token = pen.signed(&pen.header(), &without(pen.claims(), name));
        deck.refuse(CLAIMS, id, format!("no {name}"), token);
    }
    let wrong: [(&'static str, &str, Value); 4] = [
        ("sub-number", "sub", json!(7)),
        ("client-list", "client_id", json!(["c_trial"])),
        ("scope-list", "scope", json!(["trial", "admin"])),
        ("scope-number", "scope", json!(1)),
    ];
    for (id, name, value) in wrong {
        let tries = format!("{name} {value}");
        let token = pen.signed(&pen.header(), &pen.claims_with(name, value));
        deck.refuse(CLAIMS, id, tries, token);
    }
}
