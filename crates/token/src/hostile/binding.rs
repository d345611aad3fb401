//! Tokens that are bound to a key of their bearer, who proves nothing.

use serde_json::{Value, json};

use crate::hostile::deck::{Danger, Deck, Suit};

const BOUND: Suit = Suit {
    danger: Danger::Theft,
    lesson: "Refuse a token with `cnf` unless its proof is checked (RFC 9449 section 7.1, RFC 8705 section 3): without, a \
             stolen one is as good as the owner's.",
};

pub(super) fn deal(deck: &mut Deck<'_>) {
    let pen = deck.pen;
    let thumbprint = pen.sandbox.stranger.public().thumbprint();
    let bindings: [(&'static str, &str, Value); 3] = [
        (
            "bound-proof",
            "bound to a key (cnf.jkt), sent as a bearer token",
            json!({ "jkt": thumbprint }),
        ),
        (
            "bound-certificate",
            "bound to a certificate (cnf.x5t#S256), sent without it",
            json!({ "x5t#S256": thumbprint }),
        ),
        (
            "bound-otherwise",
            "bound in a way that nobody knows",
            json!({ "retina": "scan" }),
        ),
    ];
    for (id, tries, cnf) in bindings {
        let token = pen.signed(&pen.header(), &pen.claims_with("cnf", cnf));
        deck.refuse(BOUND, id, tries, token);
    }
}
