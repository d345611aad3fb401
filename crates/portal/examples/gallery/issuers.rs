//! Outside issuers.

use gatewright_portal::{
    page::{
        badge::{Badge, Tone},
        code::Code,
        fact::{Fact, Facts, Value},
        form::{Control, Faults, Field},
        frame::Link,
        icon::Icon,
        place::Place,
        remark::{Danger, Dangers, Remark, Remarks},
        steps::{Outcome, Steps},
    },
    pages::issuers::{IssuerList, IssuerPage, IssuerRow},
};

use super::{
    Rendered, page,
    sample::{ago, frame, last, link, never, step},
};

pub(crate) fn pages() -> Vec<Rendered> {
    vec![page("issuers", list()), page("issuer", issuer())]
}

fn trusted() -> Badge {
    Badge::new(Tone::Warning, Icon::Warning, "Trusted, keys not fetched")
}

fn list() -> IssuerList {
    IssuerList {
        frame: frame(Place::Issuers, "Outside issuers"),
        empty: None,
        rows: vec![
            IssuerRow {
                name: Link::new("Company login", "/console/issuers/iss_1"),
                issuer: "https://login.example/realms/company".into(),
                state: trusted(),
                keys: "Discovered, RS256".into(),
                fetched: last(4_000),
                over: false,
            },
            IssuerRow {
                name: Link::new("Billing script", "/console/issuers/iss_2"),
                issuer: "billing-script".into(),
                state: Badge::new(Tone::Quiet, Icon::Cross, "Withdrawn"),
                keys: "A shared secret, HS256".into(),
                fetched: never(),
                over: true,
            },
        ],
    }
}

fn issuer() -> IssuerPage {
    IssuerPage {
        frame: frame(Place::Issuers, "Company login"),
        remarks: Remarks(vec![Remark {
            tone: Tone::Warning,
            words: "Its keys could not be fetched: https://login.example/keys did not answer within 5 s."
                .into(),
            hint: "The last good keys are kept, and it is tried again every minute.".into(),
            link: Some(link("Refresh now")),
        }]),
        facts: Facts(vec![
            Fact::new("State", Value::Status(trusted())),
            Fact::code("Issuer (iss)", "https://login.example/realms/company"),
            Fact::code("Audience (aud)", "orders"),
            Fact::new("Keys last fetched", Value::Moment(ago(4_000))),
        ]),
        keys: vec![(
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs".into(),
            "RS256".into(),
        )],
        rules: Code::new("rules", "What its tokens may do", "[]"),
        acts: vec![link("Refresh its keys"), link("Edit the rules")],
        trial: Some(Steps(vec![
            step(Outcome::Passed, "The signature matches", "NzbLsXh8…"),
            step(Outcome::Failed, "A rule maps it to an application", "none of 1 rules matches"),
        ])),
        faults: Faults::default(),
        token: Some(Field::new("token", "Token", Control::Code)),
        try_at: "/console/issuers/iss_1/try".into(),
        dangers: Dangers(vec![Danger {
            title: "Withdraw".into(),
            words: "Its tokens are never accepted again, and its keys are forgotten.".into(),
            link: link("Withdraw"),
        }]),
    }
}
