//! APIs: the list and one of them.

use gatewright_portal::{
    page::{
        badge::{Badge, Tone},
        code::Elsewhere,
        fact::Last,
        form::{ChoiceState, Control, Fault, Faults, Field},
        icon::Icon,
        lanes::{Lane, Lanes},
        moment::Moment,
        place::Place,
    },
    pages::{
        apis::{ApiList, ApiPage, ApiRow, OperationRow, PlanRow, SubscriberRow, VersionRow},
        confirm::FormPage,
    },
};

use super::{
    Rendered, page,
    sample::{
        DAY, NOW, ago, all_shown, any, choice, day, filters, frame, last, link, nothing, scopes,
        span, trend,
    },
};

pub(crate) fn pages() -> Vec<Rendered> {
    vec![
        page("apis", apis()),
        page("apis-empty", no_apis()),
        page("api-new", new_api()),
        page("api", api()),
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
        frame: frame(Place::Apis, "APIs").also(Elsewhere::new("curl -H \"Authorization: Bearer $GATEWRIGHT_TOKEN\" \\\n  https://gatewright.example/api/v1/apis").or("gatewright api list")),
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

pub(crate) fn operations() -> Vec<OperationRow> {
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
        frame: frame(Place::Apis, "orders").below([link("APIs")]).also(Elsewhere::new("curl -H \"Authorization: Bearer $GATEWRIGHT_TOKEN\" \\\n  https://gatewright.example/api/v1/apis/orders").or("gatewright api show orders")),
        state: Badge::published(),
        actions: vec![link("Compare versions")],
        main_action: Some(link("New version")),
        title: "Orders".into(),
        team: "Commerce".into(),
        base_address: "https://api.example/orders".into(),
        signing: "ES256 signs until 5 Mar 2027, 14:05 UTC, then RS256.".into(),
        key_set: "/oauth2/jwks/orders".into(),
        choose_algorithm: "#".into(),
        ruleset: "Nothing reaches callers while spectral:oas finds errors in its contract, unless somebody says why.".into(),
        choose_ruleset: "#".into(),
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
