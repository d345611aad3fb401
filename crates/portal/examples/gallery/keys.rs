//! Signing keys and the inspector.

use gatewright_portal::{
    page::{
        badge::{Badge, Tone},
        code::Code,
        fact::{Fact, Facts, Value},
        form::{Control, Faults, Field},
        icon::Icon,
        lanes::{Lane, Lanes},
        place::Place,
        remark::{Danger, Dangers, Remark, Remarks},
        steps::{Mend, Outcome, Step, Steps},
    },
    pages::{
        confirm::{Confirm, Weight},
        inspector::{Inspected, InspectorPage},
        keys::{
            Blast, CompromisePage, KeyPage, KeyRow, KeysPage, LiveRow, MoveRow, NamedRow, RingPage,
            RingRow, VerifierRow,
        },
    },
};

use super::{
    Rendered, page,
    sample::{DAY, NOW, ago, ahead, day, frame, link, scopes, span, step},
};

pub(crate) fn pages() -> Vec<Rendered> {
    vec![
        page("keys", keys()),
        page("ring", ring()),
        page("key", one()),
        page("compromise", compromise()),
        page("rotate", rotate()),
        page("inspector", inspector()),
        page(
            "inspector-empty",
            InspectorPage {
                result: None,
                ..inspector()
            },
        ),
    ]
}

fn key(kid: &str, age: &str, state: Badge, live: &str, next: &str, why: &str) -> KeyRow {
    let over = state.word == "Retired";
    KeyRow {
        kid: link(kid),
        age: age.into(),
        state,
        over,
        signs: if over {
            "27 May to 25 Aug 2026".into()
        } else {
            "Since 25 Aug 2026".into()
        },
        live_tokens: live.into(),
        next: next.into(),
        why: why.into(),
    }
}

fn lanes() -> Lanes {
    let lane = |name: &str, spans| Lane {
        name: name.into(),
        spans,
    };
    let lanes = [
        lane("q3Vn…", vec![span(Tone::Notice, "Next", -2, 60)]),
        lane(
            "6YYt…",
            vec![
                span(Tone::Notice, "Next", -92, -2),
                span(Tone::Good, "Active", -2, 60),
            ],
        ),
        lane(
            "Zk0w…",
            vec![
                span(Tone::Good, "Active", -92, -2),
                span(Tone::Warning, "Draining", -2, 28),
            ],
        ),
        lane(
            "b81R…",
            vec![
                span(Tone::Good, "Active", -120, -92),
                span(Tone::Warning, "Draining", -92, -30),
                span(Tone::Quiet, "Retired", -30, 60),
            ],
        ),
    ];
    Lanes::new(
        "keys",
        "Signing keys over time",
        (day(-120), day(60)),
        NOW,
        &lanes,
    )
}

fn held() -> Remarks {
    Remarks(vec![Remark {
        tone: Tone::Warning,
        words: "The rotation of access/ES256 is held.".into(),
        hint: "The next key is not yet known to the gateways edge-eu. It waits since 19 Nov 2026, 08:00 UTC; nothing breaks meanwhile.".into(),
        link: Some(link("See the ring")),
    }])
}

fn keys() -> KeysPage {
    let ring = |name: &str, signs: &str, state, live: &str, why: &str| RingRow {
        name: link(name),
        signs: signs.into(),
        state,
        over: false,
        signer: "6YYt_B…".into(),
        live_tokens: live.into(),
        next: "Rotates by itself in 88 days".into(),
        why: why.into(),
        rotate: Some("#".into()),
    };
    let waits =
        "The next key may sign from 25 Nov 2026, 08:00 UTC on: verifiers have to know it first.";
    let ready = "The next key may sign as soon as you rotate.";
    let held_badge = Badge::new(Tone::Warning, Icon::Pending, "Held");
    KeysPage {
        frame: frame(Place::Keys, "Signing keys"),
        remarks: held(),
        empty: None,
        rings: vec![
            ring(
                "access/ES256",
                "Tokens of programs, at most 1 hour",
                held_badge,
                "1,204",
                waits,
            ),
            ring(
                "dev-access/ES256",
                "Tokens that people hold, at most 365 days",
                Badge::active(),
                "38",
                ready,
            ),
            ring(
                "introspection/ES256",
                "Answers to introspection",
                Badge::active(),
                "0",
                ready,
            ),
        ],
        timeline: lanes(),
        addresses: Facts(vec![
            Fact::new(
                "JWKS",
                Value::Copied {
                    id: "jwks",
                    text: "https://gatewright.example/oauth2/jwks".into(),
                },
            )
            .hint("Verifiers may keep it for 5 minutes."),
            Fact::code("Issuer", "https://gatewright.example"),
        ]),
    }
}

fn ring() -> RingPage {
    RingPage {
        frame: frame(Place::Keys, "access/ES256").below([link("Keys")]),
        state: Badge::active(),
        lede: "Tokens of programs, at most 1 hour. It rotates by itself in 88 days, once everything below holds.".into(),
        acts: vec![link("Times"), link("Stage a key")],
        rotate: Some("#".into()),
        remarks: held(),
        receipt: None,
        readiness: Steps(vec![
            step(Outcome::Passed, "The next key is published long enough", "q3VnT0… may sign since 21 Nov 2026, 08:00 UTC."),
            Step {
                outcome: Outcome::Waiting,
                rule: "Every gateway knows it".into(),
                found: "Not yet: edge-eu.".into(),
                mend: Some(Mend { words: "These gateways back, or removed.".into(), link: Some(link("Gateways")) }),
            },
        ]),
        timeline: lanes(),
        keys: vec![
            key("q3VnT0c5m9s1xYp2L7dKfWb8Rj4hZa6uEoGtNiQvC0M", "2 days old", Badge::next(), "0", "Signs when its ring rotates", "It is published, so that verifiers know it before."),
            key("6YYt_Bvx1m0tTqX4h6d0zYvW3nq2d8aJ5rLq7sKcE1o", "92 days old", Badge::active(), "1,204", "Signs until its ring rotates", "The one key of its ring that signs."),
            key("Zk0wP4n8yVh2Jr6tXc1mQs9bLd5gFa7eKuRoTiNpWvY", "182 days old", Badge::draining(), "38", "Retires 21 Dec 2026, 08:00 UTC", "Its last token expires at 07:59."),
            key("b81RfK3x7Nq5Wm2zTj9cVp4sLh6yDa0gEuXoGiBvQtC", "272 days old", Badge::retired(), "0", "Nothing", "Its private part was erased on 25 Aug 2026."),
        ],
        facts: Facts(vec![
            Fact::words("A key signs for", "90 days").hint("As the installation says."),
            Fact::words("Its tokens live at most", "1 hour").hint("Of this ring."),
        ]),
        dangers: Dangers(vec![Danger {
            title: "Disable access/ES256".into(),
            words: "It signs nothing until it is enabled again.".into(),
            link: link("Disable"),
        }]),
    }
}

fn blast() -> Blast {
    Blast {
        tokens: vec![LiveRow {
            application: "billing-worker of Acme Logistics".into(),
            version: "orders v1".into(),
            live: "1,166".into(),
        }],
        named: vec![NamedRow {
            name: "laptop of Ada".into(),
            application: "billing-worker".into(),
            expires: ahead(64 * DAY),
        }],
        verifiers: vec![VerifierRow {
            agent: "python-requests/2.32".into(),
            network: "192.0.2.0/24".into(),
            first: ago(9 * DAY),
            last: ago(DAY),
        }],
    }
}

fn one() -> KeyPage {
    let mv = |name, words: &str, href: Option<&str>| MoveRow {
        name,
        words: words.into(),
        href: href.map(str::to_owned),
    };
    KeyPage {
        frame: frame(Place::Keys, "Key 6YYt_B…").below([link("Keys"), link("access/ES256")]),
        state: Badge::active(),
        kid: "6YYt_Bvx1m0tTqX4h6d0zYvW3nq2d8aJ5rLq7sKcE1o".into(),
        ring: link("access/ES256"),
        receipt: None,
        facts: Facts(vec![Fact::words(
            "What comes next",
            "Signs until its ring rotates",
        )]),
        moves: vec![
            mv(
                "Suspend",
                "It signs nothing, and our gateways accept nothing it signed, until it is resumed.",
                Some("#"),
            ),
            mv(
                "Retire",
                "The key is active, and only a deactivated key can be retired.",
                None,
            ),
        ],
        blast: blast(),
        public: Code::new(
            "public",
            "JWK",
            "{\n  \"kty\": \"EC\",\n  \"crv\": \"P-256\"\n}",
        ),
    }
}

fn compromise() -> CompromisePage {
    CompromisePage {
        frame: frame(Place::Keys, "Declare 6YYt_B… compromised")
            .below([link("Keys"), link("access/ES256")]),
        faults: Faults::default(),
        consequences: vec![
            "3 gateways refuse what it signed, from the next revision on.".into(),
            "q3VnT0… signs at once, and a new key is published as the next one.".into(),
        ],
        rehearsal: None,
        blast: blast(),
        revision: "3".into(),
        fields: vec![
            Field::new("reason", "Reason", Control::Text).hint("It stands in the trail."),
            Field::new(
                "kid",
                "Type 6YYt_Bvx1m0tTqX4h6d0zYvW3nq2d8aJ5rLq7sKcE1o to confirm",
                Control::Mono,
            ),
        ],
        action: "#".into(),
        rehearse: "#".into(),
        back: "#".into(),
    }
}

fn rotate() -> Confirm {
    Confirm {
        frame: frame(Place::Keys, "Rotate the signing key").below([link("Keys")]),
        faults: Faults::default(),
        sentences: vec!["q3Vn… signs from now on; 6YYt… signs no more, and its private part is erased in the same step. A new key is published as the next one.".into(), "No token breaks: 6YYt… is kept until the last of its 1,204 tokens has expired.".into()],
        breaks: Vec::new(),
        headers: None,
        revision: Some("12".into()),
        fields: Vec::new(),
        weight: Weight::Plain,
        action: "#".into(),
        button: "Rotate now".into(),
        back: "#".into(),
    }
}

fn inspector() -> InspectorPage {
    let mend = Mend {
        words: "A token with orders:v2:write.".into(),
        link: Some(link("Issue one for billing-worker")),
    };
    InspectorPage {
        frame: frame(Place::Inspector, "Inspector"),
        result: Some(Inspected {
            tone: Tone::Bad,
            verdict: "A gateway would refuse it: 403".into(),
            words: "The token is genuine and alive, but POST /orders asks for a scope that it does not carry.".into(),
            steps: Steps(vec![
                step(Outcome::Passed, "It is a token of this issuer", "Three parts, typ at+jwt, ES256, issued by https://gatewright.example"),
                step(Outcome::Passed, "The signature holds", "Key 6YYt…, active since 21 Nov 2026"),
                step(Outcome::Passed, "It is in time", "Issued 26 days ago, expires in 64 days"),
                step(Outcome::Passed, "It is not revoked", "Neither the token, nor billing-worker, nor the key"),
                step(Outcome::Passed, "The audience fits", "https://api.example/orders/v2"),
                Step { outcome: Outcome::Failed, rule: "The scope is enough".into(), found: "POST /orders asks for orders:v2:write; the token carries orders:v2:read".into(), mend: Some(mend) },
                step(Outcome::NotReached, "The subscription is active", "Not reached"),
                step(Outcome::NotReached, "The plan has room", "Not reached"),
            ]),
            claims: Facts(vec![
                Fact::new("For", Value::Link(link("billing-worker of Acme Logistics"))).hint("sub and client_id"),
                Fact::new("Scopes", Value::Scopes(scopes(&["orders:v2:read"]))),
                Fact::new("Expires", Value::Moment(ahead(64 * DAY))),
            ]),
            decoded: vec![
                Code::new("header", "Header", "{\n  \"alg\": \"ES256\",\n  \"typ\": \"at+jwt\",\n  \"kid\": \"6YYt_Bvx1m0tTqX4h6d0zYvW3nq2d8aJ5rLq7sKcE1o\"\n}"),
                Code::new("payload", "Payload", "{\n  \"iss\": \"https://gatewright.example\",\n  \"aud\": \"https://api.example/orders/v2\",\n  \"sub\": \"app_01KAS8RVZ4E8QX7M1N2P3R4S5T\",\n  \"scope\": \"orders:v2:read\",\n  \"iat\": 1793199845,\n  \"exp\": 1800975845\n}"),
            ],
        }),
        faults: Faults::default(),
        token: Field::new("token", "Token", Control::Code).hint("With or without the word Bearer before it."),
        request: vec![
            Field::new("method", "Method", Control::Mono).value("POST").optional(),
            Field::new("path", "Path", Control::Mono).value("/orders/v2/orders").optional().hint("Below the gateway."),
        ],
    }
}
