//! APIs, versions, consumers, applications.

use gatewright_portal::{
    page::{
        badge::{Badge, Tone},
        code::{Code, Elsewhere},
        fact::{Fact, Facts, Last, Value},
        form::{ChoiceState, Control, Fault, Faults, Field},
        icon::Icon,
        lanes::{Lane, Lanes, Span},
        moment::Moment,
        place::Place,
        remark::{Danger, Dangers, Remark, Remarks},
        steps::{Outcome, Step, Steps},
    },
    pages::{
        apis::{ApiList, ApiPage, ApiRow, OperationRow, PlanRow, SubscriberRow, VersionRow},
        applications::{ApplicationPage, Chosen, SubscribePage, SubscriptionRow},
        confirm::{Confirm, FormPage, Weight},
        consumers::{ApplicationRow, ConsumerList, ConsumerPage, ConsumerRow},
        versions::{ContractPage, FindingRow, PublishPage, VersionPage},
    },
};

use super::{
    Rendered, access, house, page,
    sample::{
        DAY, NOW, ago, all_shown, any, choice, day_of_calls, filters, frame, last, link, more,
        nothing, scopes, trend,
    },
};

pub(crate) fn pages() -> Vec<Rendered> {
    vec![
        page("apis", apis()),
        page("apis-empty", no_apis()),
        page("api-new", new_api()),
        page("api", api()),
        page("version", version()),
        page("version-draft", draft()),
        page("contract", contract()),
        page("publish", publish()),
        page("deprecate", deprecate()),
        page("retire", retire()),
        page("consumers", consumers()),
        page("consumer", consumer()),
        page("application", application()),
        page("subscribe", subscribe()),
    ]
}

fn api_row(name: &str, title: &str, live: &str, state: Badge, team: &str, calls: u64) -> ApiRow {
    ApiRow {
        name: link(name),
        title: title.into(),
        live: live.into(),
        state,
        team: team.into(),
        callers: (calls / 4_100).to_string(),
        calls: gatewright_portal::page::number::count(calls),
        trend: trend(calls),
    }
}

fn apis() -> ApiList {
    let states = [choice("any", "Any lifecycle", "", ChoiceState::Chosen)];
    ApiList {
        frame: frame(Place::Apis, "APIs").also(Elsewhere::new(
            "curl -H \"Authorization: Bearer $GATEWRIGHT_TOKEN\" \\\n  https://gatewright.example/api/v1/apis",
            "gatewright api list",
        )),
        filters: filters(vec![
            Field::new("name", "Name", Control::Text).optional(),
            any("team", "Team", &["Any team", "Commerce", "Platform"]),
            Field::new("lifecycle", "Lifecycle", Control::Select(states.to_vec())).optional(),
        ]),
        empty: None,
        rows: vec![
            api_row("catalogue", "Product catalogue", "v3", Badge::published(), "Commerce", 48_220),
            api_row("invoices", "Invoices and receipts", "v1", Badge::deprecated(), "Billing", 12_904),
            api_row("models", "Language models", "v1", Badge::published(), "Platform", 91_377),
            api_row("orders", "Orders", "v2", Badge::published(), "Commerce", 31_012),
            api_row("payments", "Payments", "v1", Badge::blocked(), "Billing", 8_118),
            api_row("shipments", "Shipments and tracking", "–", Badge::draft(), "Logistics", 0),
            api_row("stock", "Stock levels", "v1", Badge::retired(), "Logistics", 0),
        ],
        pages: all_shown("All 7 APIs"),
    }
}

fn no_apis() -> ApiList {
    ApiList {
        empty: Some(nothing(
            Icon::Api,
            "No API yet",
            "Import an OpenAPI document: it gives the first version its operations and scopes.",
            "Import a contract",
        )),
        rows: Vec::new(),
        ..apis()
    }
}

fn new_api() -> FormPage {
    let name = Field::new("name", "Name", Control::Mono).value("Orders");
    let faults = vec![Fault {
        field: "name".into(),
        words: "The name may hold small letters, digits and single hyphens.".into(),
    }];
    let faults = Faults(faults);
    FormPage {
        frame: frame(Place::Apis, "New API").below([link("APIs")]),
        lede: String::new(),
        fields: vec![
            name.hint("In addresses and scopes, for good: orders, card-payments.")
                .fault(faults.of("name")),
            Field::new("title", "Title", Control::Text)
                .value("Orders")
                .hint("What people read."),
            any(
                "team",
                "Team",
                &["Commerce", "Billing", "Logistics", "Platform"],
            ),
        ],
        faults,
        action: "#".into(),
        button: "Make the API",
        back: "#".into(),
    }
}

fn operation(
    method: &'static str,
    path: &str,
    summary: &str,
    requires: &[&[&str]],
    calls: &str,
) -> OperationRow {
    let all = |names: &&[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    OperationRow {
        method,
        path: path.into(),
        summary: summary.into(),
        deprecated: path.contains("export"),
        requires: requires.iter().map(all).collect(),
        calls: calls.into(),
    }
}

fn operations() -> Vec<OperationRow> {
    vec![
        operation(
            "GET",
            "/orders",
            "List orders",
            &[&["orders:v2:read"]],
            "18,220",
        ),
        operation(
            "POST",
            "/orders",
            "Place an order",
            &[&["orders:v2:write"]],
            "4,012",
        ),
        operation(
            "GET",
            "/orders/{id}",
            "One order",
            &[&["orders:v2:read"]],
            "7,904",
        ),
        operation(
            "PATCH",
            "/orders/{id}",
            "Amend an order",
            &[&["orders:v2:write"]],
            "611",
        ),
        operation(
            "DELETE",
            "/orders/{id}",
            "Cancel an order",
            &[
                &["orders:v2:write", "orders:v2:cancel"],
                &["orders:v2:admin"],
            ],
            "48",
        ),
        operation(
            "GET",
            "/orders/export",
            "All orders as CSV",
            &[&["orders:v2:admin"]],
            "2",
        ),
        operation("GET", "/health", "Whether it is up", &[], "215"),
    ]
}

pub(crate) fn day(days: i64) -> gatewright_domain::time::Timestamp {
    gatewright_domain::time::Timestamp::from_seconds(NOW.seconds() + days * 86_400)
}

pub(crate) fn span(tone: Tone, word: &'static str, from: i64, until: i64) -> Span {
    Span {
        tone,
        word,
        from: day(from),
        until: day(until),
    }
}

fn version_row(
    number: &str,
    state: Badge,
    days: u64,
    sunset: Option<Moment>,
    calls: &str,
) -> VersionRow {
    VersionRow {
        number: link(number),
        state,
        since: ago(days * DAY),
        sunset: Last::new(sunset, "None"),
        operations: "7".into(),
        callers: "5".into(),
        calls: calls.into(),
    }
}

fn subscriber(
    application: &str,
    consumer: &str,
    version: &str,
    calls: &str,
    last_call: Last,
) -> SubscriberRow {
    SubscriberRow {
        application: link(application),
        consumer: consumer.into(),
        version: version.into(),
        plan: "standard".into(),
        scopes: scopes(&["orders:v2:read", "orders:v2:write"]),
        calls: calls.into(),
        last_call,
    }
}

fn api() -> ApiPage {
    let lanes = [
        Lane {
            name: "v2".into(),
            spans: vec![span(Tone::Good, "Published", -96, 180)],
        },
        Lane {
            name: "v1".into(),
            spans: vec![
                span(Tone::Good, "Published", -320, -40),
                span(Tone::Warning, "Deprecated", -40, 68),
                span(Tone::Quiet, "Retired", 68, 180),
            ],
        },
    ];
    let sunset = Moment::day(day(68));
    ApiPage {
        frame: frame(Place::Apis, "orders").below([link("APIs")]).also(Elsewhere::new(
            "curl -H \"Authorization: Bearer $GATEWRIGHT_TOKEN\" \\\n  https://gatewright.example/api/v1/apis/orders",
            "gatewright api show orders",
        )),
        state: Badge::published(),
        actions: vec![link("Compare versions")],
        main_action: Some(link("New version")),
        title: "Orders".into(),
        team: "Commerce".into(),
        base_address: "https://api.example/orders".into(),
        timeline: Some(Lanes::new("versions", "Versions of orders over time", (day(-320), day(180)), NOW, &lanes)),
        versions: vec![
            version_row("v2", Badge::published(), 96, None, "31,012"),
            version_row("v1", Badge::deprecated(), 40, Some(sunset), "1,240"),
        ],
        no_versions: nothing(Icon::Upload, "No version yet", "Import a contract.", "Import a contract"),
        shown_version: Some("v2".into()),
        operations_count: "7 operations, 4 scopes".into(),
        operations: operations(),
        new_plan: "#".into(),
        plans: vec![
            PlanRow {
                name: "standard".into(),
                rate: "10 requests a second, burst 20".into(),
                quota: "100,000 a day".into(),
                longest_token: "90 days".into(),
                subscribers: "4".into(),
            },
            PlanRow {
                name: "trial".into(),
                rate: "1 request a second, burst 5".into(),
                quota: "1,000 a day".into(),
                longest_token: "7 days".into(),
                subscribers: "1".into(),
            },
        ],
        subscribers: vec![
            subscriber("billing-worker", "Acme Logistics", "v2", "18,440", last(40)),
            subscriber("storefront", "Acme Logistics", "v2", "11,210", last(3)),
            subscriber("nightly-report", "Borealis", "v1", "1,240", last(9 * 3600)),
            subscriber("sandbox", "Cobalt & Söhne", "v2", "0", Last::new(None, "Never called")),
        ],
        pages: all_shown("All 4 applications"),
    }
}

fn version() -> VersionPage {
    VersionPage {
        frame: frame(Place::Apis, "orders v1").below([link("APIs"), link("orders")]),
        state: Badge::deprecated(),
        actions: vec![link("Move the sunset")],
        main_action: None,
        missing: Remarks::default(),
        facts: Facts(vec![
            Fact::new("Address", Value::Copied { id: "address", text: "https://api.example/orders/v1".into() }),
            Fact::code("Upstream", "http://10.0.4.17:9000").hint("Only the gateways call it."),
            Fact::new("Published", Value::Moment(Moment::exact(day(-320)))),
            Fact::new("Deprecated", Value::Moment(Moment::exact(day(-40)))),
            Fact::new("Sunset", Value::Moment(Moment::exact(day(68)))).hint("2 applications still call it."),
            Fact::new("Successor", Value::Link(link("orders v2"))),
        ]),
        headers: Some(Code::new(
            "headers",
            "Response headers",
            "Deprecation: @1791990245\nSunset: Sat, 30 Jan 2027 15:04:05 GMT\nLink: <https://api.example/orders/v2>; rel=\"successor-version\"",
        )),
        revision: Some("Revision 4, uploaded by Ada Byron 40 days ago".into()),
        download: Some("#".into()),
        upload: Some("#".into()),
        no_contract: nothing(Icon::Upload, "No contract yet", "", "Upload a contract"),
        operations: operations(),
        dangers: Dangers(vec![
            Danger {
                title: "Block v1".into(),
                words: "Stops all traffic at once, with a reason that callers see. It can be unblocked.".into(),
                link: link("Block"),
            },
            Danger {
                title: "Retire v1".into(),
                words: "Callers get 410 for good: 2 applications, 1,240 calls in 30 days.".into(),
                link: link("Retire"),
            },
        ]),
    }
}

fn draft() -> VersionPage {
    VersionPage {
        frame: frame(Place::Apis, "shipments v1").below([link("APIs"), link("shipments")]),
        state: Badge::draft(),
        actions: Vec::new(),
        main_action: Some(link("Publish")),
        missing: Remarks(vec![Remark {
            tone: Tone::Warning,
            words: "It has no contract.".into(),
            hint: "A contract gives the operations and the scopes that the gateway enforces."
                .into(),
            link: Some(link("Upload a contract")),
        }]),
        facts: Facts(vec![Fact::code("Upstream", "http://10.0.4.20:9000")]),
        headers: None,
        revision: None,
        download: None,
        upload: Some("#".into()),
        no_contract: nothing(
            Icon::Upload,
            "No contract yet",
            "Upload an OpenAPI document, or begin with the sample.",
            "Upload a contract",
        ),
        operations: Vec::new(),
        dangers: Dangers::default(),
    }
}

fn finding(
    tone: Tone,
    word: &'static str,
    message: &str,
    rule: &str,
    pointer: &str,
    at: &str,
) -> FindingRow {
    FindingRow {
        severity: Badge::new(tone, tone.icon(), word),
        message: message.into(),
        rule: rule.into(),
        pointer: pointer.into(),
        position: at.into(),
    }
}

fn contract() -> ContractPage {
    ContractPage {
        frame: frame(Place::Apis, "Upload a contract").below([
            link("APIs"),
            link("shipments"),
            link("v1"),
        ]),
        faults: Faults::default(),
        findings_title: "This contract cannot be taken".into(),
        findings_count: "2 errors, 1 warning".into(),
        findings: vec![
            finding(
                Tone::Bad,
                "Error",
                "Two operations are called getShipment.",
                "operation-id-unique",
                "/paths/~1shipments~1{id}/get/operationId",
                "48:20",
            ),
            finding(
                Tone::Bad,
                "Error",
                "The reference leads out of the document; nothing is fetched.",
                "ref-inside",
                "/components/schemas/Address/$ref",
                "102:15",
            ),
            finding(
                Tone::Warning,
                "Warning",
                "No scope is required here: any live token opens it.",
                "operation-scope",
                "/paths/~1shipments/get",
                "12:5",
            ),
        ],
        fields: vec![
            Field::new(
                "file",
                "File",
                Control::File {
                    accept: ".json,.yaml,.yml",
                },
            )
            .optional(),
            Field::new("text", "Or paste it", Control::Code)
                .optional()
                .value("openapi: 3.1.0\ninfo:\n  title: Shipments\n"),
        ],
        offer_sample: true,
        action: "#".into(),
        back: "#".into(),
    }
}

pub(crate) fn step(outcome: Outcome, rule: &str, found: &str) -> Step {
    Step {
        outcome,
        rule: rule.into(),
        found: found.into(),
        mend: None,
    }
}

fn publish() -> PublishPage {
    PublishPage {
        frame: frame(Place::Apis, "Publish orders v2").below([
            link("APIs"),
            link("orders"),
            link("v2"),
        ]),
        lede: "From then on applications can subscribe to it and gateways let them through.".into(),
        faults: Faults::default(),
        facts: Facts(vec![
            Fact::code("Address", "https://api.example/orders/v2"),
            Fact::code("Upstream", "http://10.0.4.17:9000"),
            Fact::words("Operations", "7, under 4 scopes"),
            Fact::words("Plans", "standard, trial"),
        ]),
        checks: Steps(vec![
            step(
                Outcome::Passed,
                "The contract is valid",
                "Revision 2, no error, 1 warning",
            ),
            step(
                Outcome::Passed,
                "There is an upstream",
                "http://10.0.4.17:9000",
            ),
            step(Outcome::Passed, "There is a plan", "standard, trial"),
        ]),
        blocked: false,
        revision: "7".into(),
        action: "#".into(),
        button: "Publish v2".into(),
        back: "#".into(),
    }
}

fn deprecate() -> Confirm {
    Confirm {
        frame: frame(Place::Apis, "Deprecate orders v1").below([link("APIs"), link("orders"), link("v1")]),
        faults: Faults::default(),
        sentences: vec!["It goes on working until its sunset. Every answer announces the date, and no token outlives it.".into()],
        breaks: vec!["nightly-report of Borealis called it 9 hours ago.".into()],
        headers: Some(Code::new("headers", "Response headers", "Deprecation: @1795446245\nSunset: the day below\nLink: <https://api.example/orders/v2>; rel=\"successor-version\"")),
        revision: Some("7".into()),
        fields: vec![Field::new("sunset", "Sunset", Control::Date { earliest: "2026-11-24".into() }).value("2027-01-30").hint("The first day on which callers get 410, in UTC.")],
        weight: Weight::Plain,
        action: "#".into(),
        button: "Deprecate v1".into(),
        back: "#".into(),
    }
}

fn retire() -> Confirm {
    Confirm {
        frame: frame(Place::Apis, "Retire orders v1").below([link("APIs"), link("orders"), link("v1")]),
        sentences: vec!["Callers get 410 Gone with a link to orders v2, for good. A retired version cannot come back.".into()],
        breaks: vec!["nightly-report of Borealis: 1,240 calls in 30 days, the last 9 hours ago.".into(), "export-job of Borealis: 2 calls in 30 days.".into()],
        headers: None,
        fields: vec![Field::new("name", "Type orders v1 to confirm", Control::Mono).must_equal("orders v1")],
        weight: Weight::Final,
        button: "Retire v1".into(),
        ..deprecate()
    }
}

fn consumers() -> ConsumerList {
    let row = |name: &str, calls: u64, last_call| ConsumerRow {
        name: link(name),
        applications: "2".into(),
        tokens: "3".into(),
        calls: gatewright_portal::page::number::count(calls),
        trend: trend(calls),
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
    }
}

fn application() -> ApplicationPage {
    ApplicationPage {
        frame: frame(Place::Consumers, "billing-worker")
            .below([link("Consumers"), link("Acme Logistics")]),
        id: "app_01KAS8RVZ4E8QX7M1N2P3R4S5T".into(),
        consumer: link("Acme Logistics"),
        since: ago(212 * DAY),
        subscribe: "#".into(),
        issue: Some("#".into()),
        no_tokens: None,
        tokens: access::tokens(),
        pages: all_shown("All 4 tokens"),
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
        events: house::events(),
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
