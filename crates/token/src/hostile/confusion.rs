//! Tokens that were meant for something else.

use serde_json::{Value, json};

use crate::hostile::{
    deck::{Danger, Deck, Suit},
    pen::{with, without},
};

const TYPE: Suit = Suit {
    danger: Danger::Confusion,
    lesson: "Demand the type `at+jwt` (RFC 9068 section 4), so that no other signed text passes for an access token.",
};

const ISSUER: Suit = Suit {
    danger: Danger::Confusion,
    lesson: "Compare `iss` with the issuer, as one text, byte for byte.",
};

const AUDIENCE: Suit = Suit {
    danger: Danger::Confusion,
    lesson: "Demand that `aud` is this service's own identifier, or a list of texts with it, compared whole.",
};

const CRITICAL: Suit = Suit {
    danger: Danger::Confusion,
    lesson: "Refuse a token whose header has `crit`, `b64`, `zip` or `enc` (RFC 7515 section 4.1.11): it is to be read otherwise.",
};

pub(super) fn deal(deck: &mut Deck<'_>) {
    types(deck);
    issuers(deck);
    audiences(deck);
    critical(deck);
}

fn types(deck: &mut Deck<'_>) {
    let pen = deck.pen;
    let types: [(&'static str, Value); 10] = [
        ("type-jwt", json!("JWT")),
        ("type-id-token", json!("id_token+jwt")),
        ("type-logout", json!("logout+jwt")),
        ("type-event", json!("secevent+jwt")),
        ("type-introspection", json!("token-introspection+jwt")),
        ("type-assertion", json!("client-authentication+jwt")),
        ("type-proof", json!("dpop+jwt")),
        ("type-status-list", json!("statuslist+jwt")),
        ("type-empty", json!("")),
        ("type-number", json!(1)),
    ];
    for (id, value) in types {
        let tries = format!("typ {value}");
        let token = pen.signed(&pen.header_with("typ", value), &pen.claims());
        deck.refuse(TYPE, id, tries, token);
    }
    let token = pen.signed(&without(pen.header(), "typ"), &pen.claims());
    deck.refuse(TYPE, "type-missing", "no typ", token);
}

fn issuers(deck: &mut Deck<'_>) {
    let pen = deck.pen;
    let ours = &pen.sandbox.issuer;
    let issuers: [(&'static str, Value); 8] = [
        ("issuer-other", json!("https://attacker.example")),
        ("issuer-longer", json!(format!("{ours}.attacker.example"))),
        ("issuer-slash", json!(format!("{ours}/"))),
        ("issuer-case", json!(ours.to_uppercase())),
        ("issuer-list", json!([ours])),
        ("issuer-number", json!(5)),
        ("issuer-empty", json!("")),
        ("issuer-null", Value::Null),
    ];
    for (id, value) in issuers {
        let tries = format!("iss {value}");
        let token = pen.signed(&pen.header(), &pen.claims_with("iss", value));
        deck.refuse(ISSUER, id, tries, token);
    }
    let token = pen.signed(&pen.header(), &without(pen.claims(), "iss"));
    deck.refuse(ISSUER, "issuer-missing", "no iss", token);
}

fn audiences(deck: &mut Deck<'_>) {
    let pen = deck.pen;
    let ours = &pen.sandbox.audience;
    let parent = ours.rsplit_once('/').map_or("https:", |(parent, _)| parent);
    let audiences: [(&'static str, Value); 11] = [
        (
            "audience-other",
            json!("https://elsewhere.example/orders/v1"),
        ),
        ("audience-longer", json!(format!("{ours}0"))),
        ("audience-parent", json!(parent)),
        (
            "audience-others",
            json!(["https://a.example", "https://b.example"]),
        ),
        ("audience-case", json!(ours.to_uppercase())),
        ("audience-empty-list", json!([])),
        ("audience-numbers", json!([5])),
        ("audience-mixed", json!([ours, 5])),
        ("audience-object", json!({ "aud": ours })),
        ("audience-empty", json!("")),
        ("audience-null", Value::Null),
    ];
    for (id, value) in audiences {
        let tries = format!("aud {value}");
        let token = pen.signed(&pen.header(), &pen.claims_with("aud", value));
        // A list with a number in it names our audience too; only a strict reader refuses it.
        let suit = match id {
            "audience-mixed" => Suit {
                danger: Danger::Looseness,
                ..AUDIENCE
            },
            _ => AUDIENCE,
        };
        deck.refuse(suit, id, tries, token);
    }
    let token = pen.signed(&pen.header(), &without(pen.claims(), "aud"));
    deck.refuse(AUDIENCE, "audience-missing", "no aud", token);
}

fn critical(deck: &mut Deck<'_>) {
    let pen = deck.pen;
    let headers = [
        (
            "crit-unknown",
            "an extension that nobody knows, declared critical",
            with(
                pen.header_with("crit", json!(["https://example.com/rule"])),
                "https://example.com/rule",
                json!(true),
            ),
        ),
        (
            "crit-empty",
            "an empty crit",
            pen.header_with("crit", json!([])),
        ),
        (
            "crit-exp",
            "a registered claim declared critical",
            pen.header_with("crit", json!(["exp"])),
        ),
        (
            "b64",
            "claims declared to be unencoded (RFC 7797)",
            with(pen.header_with("crit", json!(["b64"])), "b64", json!(false)),
        ),
        (
            "zip",
            "claims declared to be compressed",
            pen.header_with("zip", json!("DEF")),
        ),
        (
            "enc",
            "a signed token that says it is encrypted",
            pen.header_with("enc", json!("A256GCM")),
        ),
        (
            "nested",
            "claims declared to be another token",
            pen.header_with("cty", json!("JWT")),
        ),
    ];
    for (id, tries, header) in headers {
        let token = pen.signed(&header, &pen.claims());
        let suit = match id {
            "zip" | "enc" | "nested" => Suit {
                danger: Danger::Looseness,
                ..CRITICAL
            },
            _ => CRITICAL,
        };
        deck.refuse(suit, id, tries, token);
    }
}
