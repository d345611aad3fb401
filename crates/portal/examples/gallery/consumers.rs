//! Consumers and applications.

use gatewright_portal::{
    page::{
        badge::{Badge, Tone},
        code::Code,
        fact::{Fact, Facts, Last},
        form::{ChoiceState, Control, Faults, Field},
        icon::Icon,
        place::Place,
        remark::{Danger, Dangers},
    },
    pages::{
        applications::{ApplicationPage, Chosen, SubscribePage, SubscriptionRow},
        clients::{CredentialsPage, SecretRow},
        consumers::{
            ApplicationRow, ConsumerList, ConsumerPage, ConsumerRow, InitialTokenRow, Registering,
        },
    },
};

use super::{
    Rendered, audit, page,
    sample::{DAY, ago, all_shown, choice, day_of_calls, filters, frame, last, link, more, scopes},
    tokens,
};

pub(crate) fn pages() -> Vec<Rendered> {
    vec![
        page("consumers", consumers()),
        page("consumer", consumer()),
        page("application", application()),
        page("subscribe", subscribe()),
        page("credentials", credentials()),
    ]
}

fn consumers() -> ConsumerList {
    let row = |name: &str, calls: u64, last_call| ConsumerRow {
        name: link(name),
        applications: "2".into(),
        tokens: "3".into(),
        calls: gatewright_portal::page::number::count(calls),
        last_call,
    };
    ConsumerList {
        frame: frame(Place::Consumers, "Consumers"),
        filters: filters(vec![Field::new("name", "Name", Control::Text).optional()]),
        empty: None,
        rows: vec![
            row("Acme Logistics", 29_650, last(3)),
            row("Borealis", 1_242, last(9 * 3600)),
            row("Cobalt & Söhne", 0, Last::new(None, "Never called")),
            row("株式会社ドリル", 412, last(2 * DAY)),
        ],
        pages: more("The first 4 of 1,204 consumers"),
    }
}

fn consumer() -> ConsumerPage {
    ConsumerPage {
        frame: frame(Place::Consumers, "Acme Logistics").below([link("Consumers")]),
        id: "con_01KAS8RVZ4E8QX7M1N2P3R4S5T".into(),
        since: ago(300 * DAY),
        new_application: "#".into(),
        revoke: "#".into(),
        empty: None,
        applications: vec![
            ApplicationRow {
                name: link("billing-worker"),
                versions: scopes(&["orders v2", "invoices v1"]),
                tokens: "2".into(),
                calls: "18,440".into(),
                last_call: last(40),
            },
            ApplicationRow {
                name: link("storefront"),
                versions: scopes(&["orders v2"]),
                tokens: "1".into(),
                calls: "11,210".into(),
                last_call: last(3),
            },
        ],
        registering: Some(registering()),
    }
}

fn registering() -> Registering {
    let row = |name: &str, state: Badge, uses: &str, last_used| InitialTokenRow {
        name: name.into(),
        hint: "gw_iat_7Kd2".into(),
        over: state.word != "Active",
        revoke: (state.word == "Active").then(|| "#".to_owned()),
        state,
        uses: uses.into(),
        minted_by: "ada".into(),
        expires: last(DAY),
        last_used,
    };
    let used_up = Badge::new(Tone::Quiet, Icon::Retired, "Used up");
    Registering {
        new: "#".into(),
        remark: None,
        rows: vec![
            row("build servers", Badge::active(), "3 of 5", last(40)),
            row("assistant", used_up, "1 of 1", last(9 * 3600)),
            row(
                "a trial",
                Badge::revoked(),
                "0 of 1",
                Last::new(None, "Never"),
            ),
        ],
    }
}

fn credentials() -> CredentialsPage {
    let secret = |name: &str, state, ends, over| SecretRow {
        name: name.into(),
        state,
        over,
        issued: ago(90 * DAY),
        last_used: last(40),
        ends,
        revoke: (!over).then(|| "#".into()),
    };
    let ending = Badge::new(Tone::Warning, Icon::Pending, "Ending");
    CredentialsPage {
        frame: frame(Place::Consumers, "Credentials").below([link("billing-worker")]),
        facts: Facts(vec![
            Fact::code("Client", "c_01KAS8RVZ4E8QX7M1N2P3R4S5T"),
            Fact::code("Token endpoint", "https://portal.example/oauth2/token"),
            Fact::words("Pace", "600 tokens a minute"),
        ]),
        edit: "#".into(),
        new: None,
        empty: None,
        rows: vec![
            secret(
                "gw_cs_h7Kq2ZpA",
                Badge::active(),
                Last::new(None, "Never"),
                false,
            ),
            secret("gw_cs_Yt0aaB3x", ending, last(3600), false),
            secret("gw_cs_9dLmQw2E", Badge::revoked(), last(40 * DAY), true),
        ],
        example: Code::new("ask", "Ask for a token", "curl -u …"),
    }
}

fn application() -> ApplicationPage {
    ApplicationPage {
        frame: frame(Place::Consumers, "billing-worker")
            .below([link("Consumers"), link("Acme Logistics")]),
        id: "app_01KAS8RVZ4E8QX7M1N2P3R4S5T".into(),
        consumer: link("Acme Logistics"),
        since: ago(212 * DAY),
        credentials: "#".into(),
        grants: "#".into(),
        subscribe: "#".into(),
        issue: Some("#".into()),
        no_tokens: None,
        tokens: tokens::tokens(),
        pages: all_shown("All 4 tokens"),
        new_api_key: Some("#".into()),
        api_keys: tokens::api_keys(),
        no_subscriptions: None,
        subscriptions: vec![
            SubscriptionRow {
                version: link("orders v2"),
                state: Badge::active(),
                plan: "standard".into(),
                scopes: scopes(&["orders:v2:read", "orders:v2:write"]),
                since: ago(96 * DAY),
                calls: "18,440".into(),
            },
            SubscriptionRow {
                version: link("invoices v1"),
                state: Badge::active(),
                plan: "trial".into(),
                scopes: scopes(&["invoices:v1:read"]),
                since: ago(12 * DAY),
                calls: "90".into(),
            },
        ],
        calls: day_of_calls("Calls in the last 24 hours"),
        usage: "#".into(),
        trail: "#".into(),
        events: audit::events(),
        dangers: Dangers(vec![Danger {
            title: "Revoke everything".into(),
            words: "Every token of billing-worker stops at once: 2 live tokens, 1,240 calls today."
                .into(),
            link: link("Revoke all"),
        }]),
    }
}

fn subscribe() -> SubscribePage {
    SubscribePage {
        frame: frame(Place::Consumers, "Subscribe").below([
            link("Consumers"),
            link("Acme Logistics"),
            link("storefront"),
        ]),
        application: "storefront".into(),
        faults: Faults::default(),
        empty: None,
        versions: Vec::new(),
        version: Some(Chosen {
            api: "orders".into(),
            number: "v2".into(),
        }),
        other: "#".into(),
        plans: vec![
            choice(
                "standard",
                "standard",
                "10 requests a second, 100,000 a day, tokens up to 90 days",
                ChoiceState::Chosen,
            ),
            choice(
                "trial",
                "trial",
                "1 request a second, 1,000 a day, tokens up to 7 days",
                ChoiceState::Open,
            ),
        ],
        plan_fault: None,
        scopes: vec![
            choice(
                "read",
                "orders:v2:read",
                "Read orders: 2 operations",
                ChoiceState::Chosen,
            ),
            choice(
                "write",
                "orders:v2:write",
                "Place and amend orders: 2 operations",
                ChoiceState::Open,
            ),
            choice(
                "cancel",
                "orders:v2:cancel",
                "Cancel orders, together with write",
                ChoiceState::Open,
            ),
        ],
        action: "#".into(),
        back: "#".into(),
    }
}
