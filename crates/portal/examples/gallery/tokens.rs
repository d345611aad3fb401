//! Tokens: issued, shown once, looked at.

use gatewright_portal::{
    page::{
        badge::{Badge, Tone},
        code::Code,
        fact::{Fact, Facts, Last, Value},
        form::{ChoiceState, Control, Faults, Field},
        frame::{Flash, Frame, Visit},
        icon::Icon,
        moment::Moment,
        place::Place,
        remark::{Danger, Dangers},
        secret::ShownOnce,
    },
    pages::tokens::{
        ApiKeyPage, ApiKeyRow, IssuePage, IssuedPage, OpenedRow, Receipt, ReceiptRow, ReplacePage,
        ScopeGroup, ScopeUseRow, ScopeUses, TokenPage, TokenRow,
    },
};

use super::{
    Rendered, page,
    sample::{DAY, ago, ahead, choice, day_of_calls, frame, last, link, never, scopes, visit},
};

pub(crate) fn pages() -> Vec<Rendered> {
    vec![
        page("issue-token", issue()),
        page("token-once", issued()),
        page("token", token()),
        page("issue-api-key", issue_api_key()),
        page("replace-token", replace()),
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

fn api_key(name: &str, state: Badge, expires: Last, last_used: Last) -> ApiKeyRow {
    let over = state.word != "Active";
    ApiKeyRow {
        name: link(name),
        hint: "gw_live_4fQa".into(),
        state,
        over,
        scopes: scopes(&["orders:v2:read"]),
        expires,
        last_used,
        revoke: (!over).then(|| "#".to_owned()),
    }
}

pub(crate) fn api_keys() -> Vec<ApiKeyRow> {
    let soon = Last::new(Some(ahead(20 * DAY)), "Never");
    let for_ever = || Last::new(None, "Never");
    vec![
        api_key("nightly pipeline", Badge::active(), soon, last(40)),
        api_key("old pipeline", Badge::revoked(), for_ever(), never()),
    ]
}

fn issue_api_key() -> ApiKeyPage {
    let form = issue();
    let days = vec![
        choice("90", "90 days", "", ChoiceState::Chosen),
        choice("", "Never, until it is revoked", "", ChoiceState::Open),
    ];
    ApiKeyPage {
        frame: frame(Place::Consumers, "New API key").below([
            link("Consumers"),
            link("Acme Logistics"),
            link("billing-worker"),
        ]),
        application: form.application,
        faults: Faults::default(),
        name: Field::new("name", "Name", Control::Text).value("nightly pipeline"),
        scopes: form.scopes,
        scopes_fault: None,
        lifetime: Field::new("lifetime", "Expires after", Control::Select(days))
            .value("90")
            .optional(),
        action: "#".into(),
        back: "#".into(),
    }
}

fn replace() -> ReplacePage {
    let days = vec![choice("86400", "1 day", "", ChoiceState::Chosen)];
    ReplacePage {
        frame: frame(Place::Consumers, "Replace production").below([
            link("Consumers"),
            link("Acme Logistics"),
            link("billing-worker"),
            link("production"),
        ]),
        faults: Faults::default(),
        scopes: issue().scopes.remove(0).choices,
        scopes_fault: None,
        overlap: Field::new(
            "overlap",
            "The old token goes on for",
            Control::Select(days),
        )
        .value("86400"),
        action: "#".into(),
        back: "#".into(),
    }
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
        place: "orders:v2:".into(),
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
        method: "GET",
        path: "/orders/v2/orders".into(),
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
        lineage: Facts(vec![Fact::code("Exchanged for", "3q2-7wAAAAAAAAAAAAAAAA").hint("jti")]),
        uses: Some(ScopeUses {
            words: "Calls were seen that needed 1 of 2 scopes. Where several would have been enough, each of them counts.".into(),
            rows: vec![
                ScopeUseRow { scope: "orders:v2:read".into(), needed: last(4) },
                ScopeUseRow { scope: "orders:v2:write".into(), needed: Last::new(None, "Not seen") },
            ],
            operations: Vec::new(),
            narrow: Some("#".into()),
        }),
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
        calls: day_of_calls("Calls in the last 24 hours"),
        dangers: Dangers(vec![Danger {
            title: "Revoke production".into(),
            words: "It stops at every gateway within a second, for good: 1,240 calls today.".into(),
            link: link("Revoke"),
        }]),
    }
}
