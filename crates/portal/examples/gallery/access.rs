//! Tokens, keys, the inspector, access tokens.

use gatewright_portal::{
    page::{
        badge::{Badge, Tone},
        code::Code,
        fact::{Fact, Facts, Last, Value},
        form::{ChoiceState, Control, Faults, Field},
        frame::{Flash, Frame, Visit},
        icon::Icon,
        lanes::{Lane, Lanes},
        moment::Moment,
        place::Place,
        remark::{Danger, Dangers},
        secret::ShownOnce,
        steps::{Mend, Outcome, Step, Steps},
    },
    pages::{
        account::{AccessTokenList, AccessTokenRow, ShownOncePage},
        confirm::{Confirm, Weight},
        inspector::{Inspected, InspectorPage},
        keys::{KeyRow, KeysPage},
        tokens::{
            IssuePage, IssuedPage, OpenedRow, Receipt, ReceiptRow, ScopeGroup, ScopeUse, TokenPage,
            TokenRow,
        },
    },
};

use super::{
    Rendered, page,
    registry::{day, span, step},
    sample::{
        DAY, NOW, ago, ahead, choice, day_of_calls, frame, last, link, never, nothing, scopes,
        visit,
    },
};

pub(crate) fn pages() -> Vec<Rendered> {
    vec![
        page("issue-token", issue()),
        page("token-once", issued()),
        page("token", token()),
        page("keys", keys()),
        page("rotate", rotate()),
        page("inspector", inspector()),
        page(
            "inspector-empty",
            InspectorPage {
                result: None,
                ..inspector()
            },
        ),
        page("access-tokens", access_tokens()),
        page("access-tokens-empty", no_access_tokens()),
        page("access-token-once", access_token_once()),
    ]
}

fn token_row(name: &str, state: Badge, expires: Moment, last_used: Last) -> TokenRow {
    let over = state.word != "Active";
    TokenRow {
        name: link(name),
        id: "tok_01KAS8RVZ4E8QX7M1N2P3R4S5T".into(),
        state,
        over,
        scopes: scopes(&["orders:v2:read"]),
        issued: ago(26 * DAY),
        expires,
        last_used,
        revoke: (!over).then(|| "#".to_owned()),
    }
}

pub(crate) fn tokens() -> Vec<TokenRow> {
    vec![
        token_row("production", Badge::active(), ahead(64 * DAY), last(40)),
        token_row("staging", Badge::active(), ahead(5 * DAY), never()),
        token_row("laptop", Badge::revoked(), ahead(12 * DAY), last(3 * DAY)),
        token_row("first try", Badge::expired(), ago(DAY), last(2 * DAY)),
    ]
}

fn opened(
    method: &'static str,
    path: &str,
    summary: &str,
    requires: &str,
    opens: &'static str,
) -> OpenedRow {
    OpenedRow {
        method,
        path: path.into(),
        summary: summary.into(),
        requires: requires.into(),
        opens,
    }
}

fn issue() -> IssuePage {
    IssuePage {
        frame: frame(Place::Consumers, "Issue a token").below([
            link("Consumers"),
            link("Acme Logistics"),
            link("billing-worker"),
        ]),
        application: "billing-worker of Acme Logistics".into(),
        faults: Faults::default(),
        empty: None,
        name: Field::new("name", "Name", Control::Text)
            .value("production")
            .hint("Where it will live, so that you know it again."),
        scopes: vec![
            ScopeGroup {
                version: "orders v2".into(),
                plan: "standard".into(),
                choices: vec![
                    choice(
                        "orders:v2:read",
                        "orders:v2:read",
                        "Read orders",
                        ChoiceState::Chosen,
                    ),
                    choice(
                        "orders:v2:write",
                        "orders:v2:write",
                        "Place and amend orders",
                        ChoiceState::Open,
                    ),
                    choice(
                        "orders:v2:cancel",
                        "orders:v2:cancel",
                        "Cancel orders",
                        ChoiceState::Open,
                    ),
                ],
            },
            ScopeGroup {
                version: "invoices v1".into(),
                plan: "trial".into(),
                choices: vec![choice(
                    "invoices:v1:read",
                    "invoices:v1:read",
                    "Read invoices",
                    ChoiceState::Open,
                )],
            },
        ],
        scopes_fault: None,
        lifetimes: vec![
            choice("3600", "1 hour", "", ChoiceState::Open),
            choice("86400", "1 day", "", ChoiceState::Open),
            choice("604800", "7 days", "", ChoiceState::Open),
            choice("2592000", "30 days", "", ChoiceState::Chosen),
            choice("7776000", "90 days", "", ChoiceState::Open),
            choice(
                "31536000",
                "1 year",
                "Above the ceiling of the plan",
                ChoiceState::Closed,
            ),
        ],
        lifetime_fault: None,
        ceiling: "At most 90 days: the plan standard of orders.".into(),
        opens_count: "3 of 8 operations".into(),
        operations: vec![
            opened(
                "GET",
                "/orders/v2/orders",
                "List orders",
                "orders:v2:read",
                "yes",
            ),
            opened(
                "POST",
                "/orders/v2/orders",
                "Place an order",
                "orders:v2:write",
                "no",
            ),
            opened(
                "GET",
                "/orders/v2/orders/{id}",
                "One order",
                "orders:v2:read",
                "yes",
            ),
            opened(
                "PATCH",
                "/orders/v2/orders/{id}",
                "Amend an order",
                "orders:v2:write",
                "no",
            ),
            opened(
                "DELETE",
                "/orders/v2/orders/{id}",
                "Cancel an order",
                "orders:v2:cancel orders:v2:write\norders:v2:admin",
                "no",
            ),
            opened(
                "GET",
                "/orders/v2/orders/export",
                "All orders as CSV",
                "orders:v2:admin",
                "no",
            ),
            opened("GET", "/orders/v2/health", "Whether it is up", "", "yes"),
            opened(
                "GET",
                "/invoices/v1/invoices",
                "List invoices",
                "invoices:v1:read",
                "no",
            ),
        ],
        action: "#".into(),
        preview: "#".into(),
        back: "#".into(),
    }
}

const CURL: &str = "export TOKEN=…  # the token above\ncurl -H \"Authorization: Bearer $TOKEN\" https://api.example/orders/v2/orders";
const PYTHON: &str = "import os, urllib.request\n\nrequest = urllib.request.Request(\n    \"https://api.example/orders/v2/orders\",\n    headers={\"Authorization\": f\"Bearer {os.environ['TOKEN']}\"},\n)\nprint(urllib.request.urlopen(request).read().decode())";

fn issued() -> IssuedPage {
    let text = "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6IjZZWXRfQnZ4In0.eyJpc3MiOiJodHRwczovL2dhdGV3cmlnaHQuZXhhbXBsZSJ9.c2FtcGxlLXNpZ25hdHVyZQ";
    IssuedPage {
        frame: frame(Place::Consumers, "production").below([
            link("Consumers"),
            link("Acme Logistics"),
            link("billing-worker"),
        ]),
        state: Badge::active(),
        token: ShownOnce {
            id: "token",
            label: "Token of billing-worker".into(),
            value: text.to_owned().into(),
        },
        facts: Facts(vec![
            Fact::code("Id", "tok_01KAS8RVZ4E8QX7M1N2P3R4S5T"),
            Fact::new("Scopes", Value::Scopes(scopes(&["orders:v2:read"]))),
            Fact::new("Expires", Value::Moment(ahead(30 * DAY))),
            Fact::code("Signed by", "6YYt_Bvx1m0tTqX4h6d0zYvW3nq2d8aJ5rLq7sKcE1o").hint("ES256"),
        ]),
        try_words: "GET /orders asks for orders:v2:read, which this token carries.".into(),
        examples: vec![
            Code::new("example-curl", "curl", CURL),
            Code::new("example-python", "Python", PYTHON),
        ],
        done: "#".into(),
    }
}

fn token() -> TokenPage {
    let receipt = |gateway: &str, after: &str, state: Badge, since: Last| ReceiptRow {
        gateway: gateway.into(),
        state,
        since,
        after: after.into(),
    };
    TokenPage {
        frame: Frame::new(
            Visit {
                flash: Some(Flash {
                    tone: Tone::Good,
                    words: "production is revoked.".into(),
                    link: Some(link("See it in the trail")),
                }),
                ..visit("/")
            },
            Place::Consumers,
            "production",
        )
        .below([
            link("Consumers"),
            link("Acme Logistics"),
            link("billing-worker"),
        ]),
        state: Badge::revoked(),
        id: "tok_01KAS8RVZ4E8QX7M1N2P3R4S5T".into(),
        application: link("billing-worker"),
        receipt: Some(Receipt {
            words: "Enforced on 2 of 3 gateways; the slowest took 84 ms.".into(),
            gateways: vec![
                receipt(
                    "embedded",
                    "2 ms",
                    Badge::new(Tone::Good, Icon::Check, "Enforced"),
                    last(4),
                ),
                receipt(
                    "eu-west-1",
                    "84 ms",
                    Badge::new(Tone::Good, Icon::Check, "Enforced"),
                    last(4),
                ),
                receipt(
                    "eu-west-2",
                    "–",
                    Badge::new(Tone::Warning, Icon::Pending, "Pending"),
                    Last::new(None, "Not heard since 12 s"),
                ),
            ],
        }),
        claims: Facts(vec![
            Fact::new("Scopes", Value::Scopes(scopes(&["orders:v2:read"]))),
            Fact::code("Audience", "https://api.example/orders/v2"),
            Fact::code("Signed by", "6YYt_Bvx1m0tTqX4h6d0zYvW3nq2d8aJ5rLq7sKcE1o"),
            Fact::new("Issued", Value::Moment(ago(26 * DAY))).hint("By Ada Byron"),
            Fact::new("Expires", Value::Moment(ahead(64 * DAY))),
        ]),
        scopes: vec![ScopeUse {
            scope: "orders:v2:read".into(),
            calls: "18,440".into(),
            last_used: last(40),
        }],
        calls: day_of_calls("Calls in the last 24 hours"),
        dangers: Dangers(vec![Danger {
            title: "Revoke production".into(),
            words: "It stops at every gateway within a second, for good: 1,240 calls today.".into(),
            link: link("Revoke"),
        }]),
    }
}

fn key(kid: &str, age: &str, state: Badge, live: &str, next: &str, why: &str) -> KeyRow {
    let over = state.word == "Retired";
    KeyRow {
        kid: kid.into(),
        algorithm: format!("ES256, {age}"),
        state,
        over,
        published: "25 Aug 2026".into(),
        signs: if over {
            "27 May to 25 Aug 2026".into()
        } else {
            "Since 25 Aug 2026".into()
        },
        live_tokens: live.into(),
        next: next.into(),
        why: why.into(),
        compromise: (!over).then(|| "#".to_owned()),
    }
}

fn keys() -> KeysPage {
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
    KeysPage {
        frame: frame(Place::Keys, "Signing keys"),
        ring: "Access ring, ES256. It rotates every 90 days; the next time on 19 Feb 2027, or whenever you say.".into(),
        timeline: Lanes::new("keys", "Signing keys over time", (day(-120), day(60)), NOW, &lanes),
        keys: vec![
            key("q3VnT0c5m9s1xYp2L7dKfWb8Rj4hZa6uEoGtNiQvC0M", "2 days old", Badge::next(), "0", "Signs when you rotate", "Published long enough ago: verifiers know it."),
            key("6YYt_Bvx1m0tTqX4h6d0zYvW3nq2d8aJ5rLq7sKcE1o", "92 days old", Badge::active(), "1,204", "Signs until you rotate", "The one key that signs."),
            key("Zk0wP4n8yVh2Jr6tXc1mQs9bLd5gFa7eKuRoTiNpWvY", "182 days old", Badge::draining(), "38", "Retires 21 Dec 2026, 08:00 UTC", "Its last token expires at 07:59."),
            key("b81RfK3x7Nq5Wm2zTj9cVp4sLh6yDa0gEuXoGiBvQtC", "272 days old", Badge::retired(), "0", "Nothing", "Its private part was erased on 25 Aug 2026."),
        ],
        addresses: Facts(vec![
            Fact::new("JWKS", Value::Copied { id: "jwks", text: "https://gatewright.example/oauth2/jwks".into() }).hint("Verifiers may keep it for 5 minutes."),
            Fact::code("Issuer", "https://gatewright.example"),
        ]),
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

fn access_tokens() -> AccessTokenList {
    let row = |name: &str, state: Badge, expires: Last, last_used: Last| AccessTokenRow {
        name: name.into(),
        prefix: "gw_pat_live_7Kd2".into(),
        role: "Publisher",
        over: state.word != "Active",
        revoke: (state.word == "Active").then(|| "#".to_owned()),
        state,
        expires,
        last_used,
    };
    AccessTokenList {
        frame: frame(Place::Account, "Access tokens").below([link("Your account")]),
        empty: None,
        rows: vec![
            row(
                "deploy script",
                Badge::active(),
                Last::new(Some(ahead(20 * DAY)), "Never"),
                last(7200),
            ),
            row("laptop", Badge::active(), Last::new(None, "Never"), never()),
            row(
                "old laptop",
                Badge::revoked(),
                Last::new(Some(ahead(2 * DAY)), "Never"),
                last(90 * DAY),
            ),
        ],
    }
}

fn no_access_tokens() -> AccessTokenList {
    let empty = nothing(
        Icon::Token,
        "No access token yet",
        "Make one for a script or for the command line.",
        "New access token",
    );
    AccessTokenList {
        empty: Some(empty),
        rows: Vec::new(),
        ..access_tokens()
    }
}

fn access_token_once() -> ShownOncePage {
    ShownOncePage {
        frame: frame(Place::Account, "deploy script")
            .below([link("Your account"), link("Access tokens")]),
        secret: ShownOnce {
            id: "secret",
            label: "Access token: deploy script".into(),
            value: "gw_pat_live_7Kd2mQ9xV4nT8bR1cY6wL3pZ0sHfJ5aG"
                .to_owned()
                .into(),
        },
        example: Some(Code::new(
            "use",
            "Use it",
            "export GATEWRIGHT_TOKEN=…  # the token above\ngatewright api list --server https://gatewright.example",
        )),
        done: "#".into(),
    }
}
