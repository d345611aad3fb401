//! Versions: one of them, its contract, and the moves of its lifecycle.

use gatewright_portal::{
    page::{
        badge::{Badge, Tone},
        code::Code,
        fact::{Fact, Facts, Value},
        findings::{FindingGroup, FindingList, FindingRow, Line, More},
        form::{Control, Faults, Field},
        icon::Icon,
        list::Filters,
        moment::Moment,
        place::Place,
        remark::{Danger, Dangers, Remark, Remarks},
        steps::{Outcome, Steps},
    },
    pages::{
        confirm::{Confirm, Weight},
        contracts::{ContractPage, FindingsPage, NotRunRow},
        rulesets::RulesetPage,
        verifiers::{Choice, VerifiersPage},
        versions::{PublishPage, VersionPage},
    },
};

use super::{
    Rendered, apis, page,
    sample::{day, frame, link, nothing, step},
};

pub(crate) fn pages() -> Vec<Rendered> {
    vec![
        page("version", version()),
        page("version-draft", draft()),
        page("contract", contract()),
        page("findings", stored_findings()),
        page("publish", publish()),
        page("ruleset", ruleset()),
        page("deprecate", deprecate()),
        page("retire", retire()),
        page("verifiers", verifiers()),
    ]
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
        findings: Some("#".into()),
        reference: Some("/console/apis/orders/v1/reference".to_owned()),
        history: Some("/console/apis/orders/v1/contracts".to_owned()),
        download: Some("#".into()),
        upload: Some("#".into()),
        no_contract: nothing(Icon::Upload, "No contract yet", "", "Upload a contract"),
        operations: apis::operations(),
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
        findings: None,
        reference: None,
        history: None,
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

/// What one rule has found at one place.
fn finding(
    tone: Tone,
    (rule, message): (&str, &str),
    (number, column, pointer): (u32, u32, &str),
    [before, meant, after]: [&str; 3],
) -> FindingGroup {
    let word = match tone {
        Tone::Bad => "Error",
        _ => "Warning",
    };
    FindingGroup {
        level: Badge::new(tone, tone.icon(), word),
        rule: rule.into(),
        count: "1 place".into(),
        message: Some(message.into()),
        rows: vec![FindingRow {
            message: None,
            pointer: pointer.into(),
            position: format!("{number}:{column}"),
            excerpt: Some(Line {
                number,
                before: before.into(),
                meant: meant.into(),
                after: after.into(),
            }),
        }],
        more: None,
    }
}

fn findings() -> FindingList {
    FindingList {
        rules: vec![
            finding(
                Tone::Bad,
                (
                    "operation-id-unique",
                    "Two operations are called getShipment.",
                ),
                (48, 20, "/paths/~1shipments~1{id}/get/operationId"),
                ["      operationId: ", "getShipment", ""],
            ),
            finding(
                Tone::Bad,
                (
                    "ref-inside",
                    "The reference leads out of the document; nothing is fetched.",
                ),
                (102, 15, "/components/schemas/Address/$ref"),
                ["        $ref: ", "\"address.yaml\"", ""],
            ),
            FindingGroup {
                count: "25 places".into(),
                more: Some(More {
                    words: "24 more".into(),
                    href: Some("#".into()),
                }),
                ..finding(
                    Tone::Warning,
                    (
                        "operation-scope",
                        "No scope is required here: any live token opens it.",
                    ),
                    (12, 5, "/paths/~1shipments/get"),
                    ["    ", "get", ":"],
                )
            },
        ],
    }
}

fn stored_findings() -> FindingsPage {
    FindingsPage {
        frame: frame(Place::Apis, "Findings in the contract of shipments v1").below([
            link("APIs"),
            link("shipments"),
            link("v1"),
        ]),
        ruleset: "spectral:oas",
        consequence: "Errors keep it from callers, unless somebody says why.",
        contract: "Revision 3".into(),
        summary: "2 errors, 25 warnings.".into(),
        faults: Faults::default(),
        filters: Filters {
            label: "Filter the findings",
            fields: Vec::new(),
            clear: None,
        },
        empty: None,
        found: Some(findings()),
        not_run: vec![NotRunRow {
            rule: Some("own-rule".into()),
            reason: "it names the function `ours`, which is none of those that are known".into(),
        }],
        download: "#".into(),
        history: "#".into(),
    }
}

fn contract() -> ContractPage {
    ContractPage {
        frame: frame(Place::Apis, "Upload a contract").below([
            link("APIs"),
            link("shipments"),
            link("v1"),
        ]),
        changes: None,
        faults: Faults::default(),
        verdict: Some([
            "This contract cannot be taken".into(),
            "2 errors, 25 warnings. Nothing was stored. Mend the errors and upload it again."
                .into(),
        ]),
        findings: Some(findings()),
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

fn ruleset() -> RulesetPage {
    RulesetPage {
        frame: frame(Place::Apis, "Ruleset of orders").below([link("APIs"), link("orders")]),
        now: "Nothing reaches callers while the ruleset of the API finds errors in its contract, unless somebody says why."
            .into(),
        not_run: vec![NotRunRow {
            rule: Some("own-rule".into()),
            reason: "it names the function `ours`, which is none of those that are known".into(),
        }],
        faults: Faults::default(),
        findings: None,
        fields: vec![
            Field::new("text", "A ruleset of your own", Control::Code)
                .optional()
                .value("extends: spectral:oas\nrules:\n  info-contact: error\n"),
        ],
        revision: "2".into(),
        action: "#".into(),
        back: "#".into(),
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
        findings: None,
        reason: None,
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

fn verifiers() -> VerifiersPage {
    let names = ["nginx", "haproxy", "apache", "spring", "node", "python"];
    let choice = |name| Choice {
        name,
        href: "#".into(),
        is_chosen: name == "haproxy",
    };
    VerifiersPage {
        frame: frame(Place::Apis, "Verify elsewhere").below([
            link("APIs"),
            link("orders"),
            link("v1"),
        ]),
        choices: names.map(choice).to_vec(),
        what: "HAProxy verifies by itself, with the public keys as PEM files beside it",
        facts: Facts(vec![
            Fact::new(
                "Issuer",
                Value::Copied {
                    id: "issuer",
                    text: "https://portal.example".into(),
                },
            )
            .hint("What tokens say as iss, byte for byte"),
            Fact::code("Type", "at+jwt").hint("What their header says as typ"),
        ]),
        configuration: Code::new(
            "configuration",
            "haproxy",
            "frontend gatewright\n    mode http",
        ),
        trial: Code::new("trial", "A trial", "gatewright verifier sandbox trial"),
    }
}
