//! Tokens out of their time.

use serde_json::{Value, json};

use crate::hostile::{
    deck::{Danger, Deck, Suit},
    pen::{Members, doubled, text, with, without},
};

const ENDS: Suit = Suit {
    danger: Danger::Overtime,
    lesson: "Demand `exp` as a number of seconds that lies ahead; forgive no more than two minutes of skew.",
};

const BEGINS: Suit = Suit {
    danger: Danger::Overtime,
    lesson: "Refuse a token before its `nbf`; forgive no more than two minutes of skew.",
};

const LIFETIME: Suit = Suit {
    danger: Danger::Looseness,
    lesson: "Demand `iat`, not in the future, and a lifetime of an hour or less where the verifier can say so: it makes \
             stolen retired keys worthless.",
};

const NUMBERS: Suit = Suit {
    danger: Danger::Looseness,
    lesson: "Read times as JSON numbers only (RFC 7519 section 2, NumericDate).",
};

pub(super) fn deal(deck: &mut Deck<'_>) {
    let pen = deck.pen;
    let now = pen.now;
    let exp = |value: Value| pen.claims_with("exp", value);
    let aged = |issued: i64, ends: i64| with(exp(json!(ends)), "iat", json!(issued));
    let mut trials: Vec<(Suit, &'static str, &str, Members)> = vec![
        (ENDS, "exp-missing", "no exp", without(pen.claims(), "exp")),
        (ENDS, "exp-null", "exp null", exp(Value::Null)),
        (ENDS, "exp-zero", "exp 0", exp(json!(0))),
        (ENDS, "exp-negative", "exp -1", exp(json!(-1))),
        (
            ENDS,
            "exp-past",
            "a token that ended five minutes ago",
            aged(now - 900, now - 300),
        ),
        (
            ENDS,
            "exp-long-past",
            "a token that ended a year ago",
            aged(now - 31_536_600, now - 31_536_000),
        ),
        (
            ENDS,
            "exp-date",
            "exp as a date",
            exp(json!("2099-01-01T00:00:00Z")),
        ),
        (ENDS, "exp-true", "exp true", exp(json!(true))),
        (
            NUMBERS,
            "exp-text",
            "exp as a number in quotes",
            exp(json!((now + 590).to_string())),
        ),
        (
            NUMBERS,
            "exp-list",
            "exp in a list",
            exp(json!([now + 590])),
        ),
        (
            BEGINS,
            "nbf-future",
            "a token that holds from tomorrow",
            with(
                pen.claims_with("nbf", json!(now + 86_400)),
                "exp",
                json!(now + 87_000),
            ),
        ),
        (
            NUMBERS,
            "nbf-text",
            "nbf as a text",
            pen.claims_with("nbf", json!("soon")),
        ),
    ];
    trials.extend([
        (
            LIFETIME,
            "exp-milliseconds",
            "exp in milliseconds: fifty thousand years",
            exp(json!((now + 590) * 1000)),
        ),
        (
            LIFETIME,
            "exp-decade",
            "a life of ten years",
            exp(json!(now + 315_360_000)),
        ),
        (LIFETIME, "exp-huge", "exp 1e18", exp(json!(1e18))),
        (
            LIFETIME,
            "iat-missing",
            "no iat",
            without(pen.claims(), "iat"),
        ),
        (
            LIFETIME,
            "iat-future",
            "a token issued in an hour",
            aged(now + 3600, now + 4200),
        ),
        (
            LIFETIME,
            "iat-text",
            "iat in quotes",
            pen.claims_with("iat", json!((now - 10).to_string())),
        ),
    ]);
    for (suit, id, tries, claims) in trials {
        let token = pen.signed(&pen.header(), &claims);
        deck.refuse(suit, id, tries, token);
    }
    twice(deck);
}

/// Two ends: which of them counts is the reader's taste.
fn twice(deck: &mut Deck<'_>) {
    let pen = deck.pen;
    let header = text(&pen.header());
    let (over, ahead) = (pen.now - 300, pen.now + 590);
    let first = doubled(&pen.claims(), &format!("\"exp\":{over}"));
    let last = doubled(
        &with(pen.claims(), "exp", json!(over)),
        &format!("\"exp\":{ahead}"),
    );
    let suit = Suit {
        danger: Danger::Looseness,
        lesson: "Refuse JSON in which a name stands twice: two readers may take two different values.",
    };
    let trials = [
        ("exp-twice-first", "two exp, the first in the past", first),
        ("exp-twice-last", "two exp, the last in the past", last),
    ];
    for (id, tries, claims) in trials {
        let token = pen.signed_text(&header, &claims);
        deck.refuse(suit, id, tries, token);
    }
}
