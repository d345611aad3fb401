//! The first page, decisions, usage, gateways.

use gatewright_portal::{
    page::{
        badge::{Badge, Tone},
        chart::Meter,
        code::Code,
        fact::{Fact, Facts, Figure, Figures, Value},
        form::{Control, Field},
        icon::Icon,
        number::count,
        place::Place,
        remark::{Remark, Remarks},
        steps::{Mend, Outcome, Step, Steps},
    },
    pages::{
        decisions::{DecisionList, DecisionPage, DecisionRow},
        gateways::{GatewayList, GatewayRow},
        home::{FirstStep, Home, Refusals},
        usage::{UsagePage, UsageRow},
    },
};

use super::{
    Rendered, page,
    sample::{
        ago, all_shown, any, day_of_calls, filters, frame, link, more, nothing, scopes, step,
    },
};

pub(crate) fn pages() -> Vec<Rendered> {
    vec![
        page("home", home()),
        page("home-first", first_hour()),
        page("decisions", decisions()),
        page("decisions-empty", no_decisions()),
        page("decision", decision()),
        page("usage", usage()),
        page("gateways", gateways()),
    ]
}

fn remark(tone: Tone, words: &str, hint: &str, act: &str) -> Remark {
    Remark {
        tone,
        words: words.into(),
        hint: hint.into(),
        link: Some(link(act)),
    }
}

fn figures() -> Figures {
    let figure = |name, value: &str, hint: &str| Figure {
        name,
        value: value.into(),
        hint: hint.into(),
    };
    Figures(vec![
        figure("Calls", "12,318", "11,904 the day before"),
        figure("Refused", "4.1 %", "506 calls"),
        figure("Upstream errors", "0.2 %", "24 calls"),
        figure("p95 latency", "38 ms", "of it 0.2 ms in the gateway"),
        figure("Live tokens", "1,242", "14 expire within a week"),
    ])
}

fn refusals(reason: &str, status: u16, calls: u64, applications: &str, seconds: u64) -> Refusals {
    Refusals {
        reason: link(reason),
        status,
        meter: Meter::new(calls, 318),
        calls: count(calls),
        applications: applications.into(),
        last: ago(seconds),
    }
}

fn home() -> Home {
    Home {
        frame: frame(Place::Home, "Home"),
        attention: Remarks(vec![
            remark(
                Tone::Bad,
                "The gateway eu-west-2 was last heard 12 seconds ago.",
                "It goes on with revision 18,229; the latest is 18,231.",
                "Gateways",
            ),
            remark(
                Tone::Warning,
                "orders v1 reaches its sunset in 68 days and 2 applications still call it.",
                "nightly-report and export-job, both of Borealis.",
                "Who calls it",
            ),
            remark(
                Tone::Warning,
                "14 tokens expire within a week.",
                "The first: production of storefront, in 2 days.",
                "Look at them",
            ),
            remark(
                Tone::Notice,
                "shipments v1 is a draft without a contract.",
                "Made by Ada Byron 3 days ago.",
                "Upload one",
            ),
        ]),
        first_steps: Vec::new(),
        figures: figures(),
        calls: day_of_calls("Calls in the last 24 hours"),
        refusals: vec![
            refusals("The scope is not enough", 403, 318, "3", 40),
            refusals("The token has expired", 401, 97, "1", 660),
            refusals("The plan's rate is used up", 429, 61, "1", 5_400),
            refusals("The token was revoked", 401, 22, "1", 9_000),
            refusals("No such operation", 404, 8, "2", 30_000),
        ],
        keys: Facts(vec![
            Fact::new("Signs", Value::Link(link("6YYt_Bvx1m0tTqX4…")))
                .hint("ES256, 1,204 live tokens"),
            Fact::new("Next", Value::Link(link("q3VnT0c5m9s1xYp2…")))
                .hint("Published 2 days ago; ready"),
            Fact::new("Draining", Value::Link(link("Zk0wP4n8yVh2Jr6t…")))
                .hint("Retires 21 Dec 2026, when its last token has expired"),
        ]),
    }
}

fn first_hour() -> Home {
    let steps = [
        (
            "Import a contract",
            "An OpenAPI document becomes the first version of an API.",
            true,
            false,
        ),
        (
            "Publish it",
            "From then on applications can subscribe.",
            true,
            false,
        ),
        (
            "Make an application",
            "One client of a consumer, subscribed to the version under a plan.",
            false,
            true,
        ),
        (
            "Make the first call",
            "Issue a token and paste the curl beside it.",
            false,
            false,
        ),
    ];
    let step = |(title, words, done, next): (&str, &str, bool, bool)| FirstStep {
        done,
        next,
        title: title.into(),
        words: words.into(),
        link: link("Make an application"),
    };
    Home {
        attention: Remarks::default(),
        first_steps: steps.map(step).into(),
        ..home()
    }
}

fn decisions() -> DecisionList {
    let row = |seconds, reason: &str, status, operation: &str, application: &str| DecisionRow {
        at: ago(seconds),
        reason: link(reason),
        status,
        operation: operation.into(),
        version: "orders v2".into(),
        application: application.into(),
        name: "insufficient-scope".into(),
    };
    DecisionList {
        frame: frame(Place::Decisions, "Decisions"),
        filters: filters(vec![
            any("api", "API", &["Any API", "orders", "invoices"]),
            any(
                "reason",
                "Reason",
                &[
                    "Any reason",
                    "The scope is not enough",
                    "The token has expired",
                ],
            ),
            any("within", "Within", &["1 hour", "24 hours", "7 days"]),
        ]),
        empty: None,
        rows: vec![
            row(
                40,
                "The scope is not enough",
                403,
                "POST /orders",
                "billing-worker",
            ),
            row(
                660,
                "The token has expired",
                401,
                "GET /orders/{id}",
                "nightly-report",
            ),
            row(
                5_400,
                "The plan's rate is used up",
                429,
                "GET /orders",
                "storefront",
            ),
            row(
                9_000,
                "The token was revoked",
                401,
                "GET /orders",
                "billing-worker",
            ),
            row(30_000, "No such operation", 404, "–", "–"),
        ],
        pages: more("The latest 5 of 506"),
    }
}

fn no_decisions() -> DecisionList {
    let empty = nothing(
        Icon::Decision,
        "Nothing was refused",
        "In this span of time every call was let through.",
        "Look at 7 days",
    );
    DecisionList {
        empty: Some(empty),
        rows: Vec::new(),
        ..decisions()
    }
}

fn decision() -> DecisionPage {
    let mend = Mend {
        words: "A token with orders:v2:write. billing-worker is subscribed to it.".into(),
        link: Some(link("Issue a token")),
    };
    DecisionPage {
        frame: frame(Place::Decisions, "The scope is not enough").below([link("Decisions")]),
        id: "dec_01KAS9N3T0V8QX7M1N2P3R4S5T".into(),
        at: ago(40),
        tone: Tone::Bad,
        verdict: "Refused: 403 insufficient_scope".into(),
        words: "POST /orders asks for orders:v2:write; the token carries orders:v2:read.".into(),
        steps: Steps(vec![
            step(
                Outcome::Passed,
                "There is such an operation",
                "POST /orders of orders v2",
            ),
            step(
                Outcome::Passed,
                "The version is open",
                "Published since 19 Aug 2026",
            ),
            step(
                Outcome::Passed,
                "The token holds",
                "Signed by 6YYt…, in time, not revoked, for this audience",
            ),
            Step {
                outcome: Outcome::Failed,
                rule: "The scope is enough".into(),
                found: "Asked: orders:v2:write. Carried: orders:v2:read.".into(),
                mend: Some(mend),
            },
            step(
                Outcome::NotReached,
                "The subscription is active",
                "Not reached",
            ),
            step(Outcome::NotReached, "The plan has room", "Not reached"),
        ]),
        request: Facts(vec![
            Fact::new("Application", Value::Link(link("billing-worker"))).hint("Acme Logistics"),
            Fact::new("Token", Value::Link(link("production"))),
            Fact::new("Scopes", Value::Scopes(scopes(&["orders:v2:read"]))),
            Fact::words("Gateway", "eu-west-1, at revision 18,231"),
            Fact::new(
                "Request",
                Value::Copied {
                    id: "request",
                    text: "req_01KAS9N3T0V8QX7M1N2P3R4S5T".into(),
                },
            ),
        ]),
        answer: Some(Code::new(
            "answer",
            "403, application/problem+json",
            "{\n  \"type\": \"https://gatewright.example/help/errors/insufficient-scope\",\n  \"title\": \"The scope is not enough\",\n  \"status\": 403,\n  \"detail\": \"POST /orders asks for orders:v2:write.\",\n  \"decision\": \"dec_01KAS9N3T0V8QX7M1N2P3R4S5T\"\n}",
        )),
    }
}

fn usage() -> UsagePage {
    let row = |method, path: &str, calls: u64, refused: &str| UsageRow {
        method,
        path: path.into(),
        version: "orders v2".into(),
        application: "billing-worker".into(),
        meter: Meter::new(calls, 18_220),
        calls: count(calls),
        refused: refused.into(),
        errors: "0".into(),
    };
    UsagePage {
        frame: frame(Place::Usage, "Usage"),
        csv: "#".into(),
        filters: filters(vec![
            any("api", "API", &["Any API", "orders"]),
            any(
                "application",
                "Application",
                &["Any application", "billing-worker"],
            ),
            Field::new(
                "from",
                "From",
                Control::Date {
                    earliest: String::new(),
                },
            )
            .value("2026-11-22")
            .optional(),
            Field::new(
                "to",
                "To",
                Control::Date {
                    earliest: String::new(),
                },
            )
            .value("2026-11-23")
            .optional(),
        ]),
        figures: figures(),
        calls: day_of_calls("Calls by hour"),
        empty: None,
        rows: vec![
            row("GET", "/orders", 18_220, "61"),
            row("GET", "/orders/{id}", 7_904, "0"),
            row("POST", "/orders", 4_012, "318"),
            row("PATCH", "/orders/{id}", 611, "0"),
        ],
        pages: all_shown("All 4 operations that were called"),
    }
}

fn gateways() -> GatewayList {
    let row = |name: &str, state: Badge, behind: &str, seconds| GatewayRow {
        name: name.into(),
        address: "https://api.example".into(),
        refuses: (seconds > 10)
            .then(|| "Out of touch for 12 seconds; refuses writes of 2 versions".into()),
        state,
        revision: "18,231".into(),
        behind: behind.into(),
        last_heard: ago(seconds),
    };
    let current = || Badge::new(Tone::Good, Icon::Check, "Up to date");
    GatewayList {
        frame: frame(Place::Gateways, "Gateways"),
        revision_words: "The latest revision is 18,231.".into(),
        empty: None,
        rows: vec![
            row("embedded", current(), "0", 0),
            row("eu-west-1", current(), "0", 1),
            row(
                "eu-west-2",
                Badge::new(Tone::Bad, Icon::Warning, "Silent"),
                "2, 12 s",
                12,
            ),
        ],
        enrol: Code::new(
            "enrol",
            "On the other machine",
            "gatewright-gateway --control https://gatewright.example --enrolment-file ./enrolment",
        ),
    }
}
