//! The audit trail.

use gatewright_portal::{
    page::{
        badge::{Badge, Tone},
        code::Code,
        fact::{Fact, Facts, Value},
        form::{Control, Field},
        icon::Icon,
        place::Place,
    },
    pages::audit::{ChangeRow, EventPage, EventRow, TrailPage},
};

use super::{
    Rendered, page,
    sample::{DAY, ago, any, filters, frame, link, more},
};

pub(crate) fn pages() -> Vec<Rendered> {
    vec![page("audit", trail()), page("event", event())]
}

fn sentence(
    number: &str,
    actor: &str,
    verb: &str,
    target: &str,
    detail: &str,
    action: &str,
    seconds: u64,
) -> EventRow {
    EventRow {
        number: link(number),
        actor: link(actor),
        verb: verb.into(),
        target: Some(link(target)),
        detail: detail.into(),
        outcome: None,
        action: action.into(),
        source: "portal, 192.0.2.7".into(),
        at: ago(seconds),
    }
}

pub(crate) fn events() -> Vec<EventRow> {
    vec![
        sentence(
            "18,231",
            "Ada Byron",
            "revoked the token",
            "laptop",
            "of billing-worker",
            "token.revoke",
            40,
        ),
        sentence(
            "18,230",
            "Ada Byron",
            "issued the token",
            "production",
            "to billing-worker for 90 days",
            "token.issue",
            700,
        ),
        sentence(
            "18,229",
            "The scheduler",
            "retired the key",
            "b81R…",
            "whose last token had expired",
            "key.retire",
            4_000,
        ),
        EventRow {
            outcome: Some(Badge::new(Tone::Bad, Icon::Blocked, "Refused")),
            ..sentence(
                "18,228",
                "Charles Babbage",
                "tried to rotate the key",
                "6YYt…",
                "as a publisher",
                "key.rotate",
                8_000,
            )
        },
        sentence(
            "18,227",
            "Grace Hopper",
            "deprecated",
            "orders v1",
            "with the sunset 30 Jan 2027",
            "version.deprecate",
            2 * DAY,
        ),
        sentence(
            "18,226",
            "Grace Hopper",
            "published",
            "orders v2",
            "at revision 2 of its contract",
            "version.publish",
            3 * DAY,
        ),
    ]
}

fn trail() -> TrailPage {
    TrailPage {
        frame: frame(Place::Audit, "Audit trail"),
        seal: Badge::new(Tone::Good, Icon::Shield, "Verified"),
        seal_words: "to number 18,231, 14 seconds ago".into(),
        root: "9f3ac1d07be2465188a0".into(),
        export: "#".into(),
        filters: filters(vec![
            any(
                "action",
                "Action",
                &["Any action", "token.issue", "token.revoke", "key.rotate"],
            ),
            Field::new("actor", "Who", Control::Text).optional(),
            Field::new("target", "What", Control::Text).optional(),
            any("within", "Within", &["24 hours", "7 days", "90 days"]),
        ]),
        empty: None,
        events: events(),
        pages: more("The latest 6 of 18,231 events"),
    }
}

fn event() -> EventPage {
    EventPage {
        frame: frame(Place::Audit, "Event 18,227").below([link("Audit trail")]),
        sentence: "Grace Hopper deprecated orders v1 with the sunset 30 Jan 2027.".into(),
        facts: Facts(vec![
            Fact::code("Action", "version.deprecate"),
            Fact::new("When", Value::Moment(ago(2 * DAY))),
            Fact::words("Who", "Grace Hopper, publisher").hint("Signed in with a password"),
            Fact::words("From", "portal, 192.0.2.7"),
            Fact::code("Leaf", "4d1e0b6a9c…"),
            Fact::code("Root after it", "9f3ac1d07b…"),
        ]),
        changes: vec![
            ChangeRow {
                path: "status".into(),
                before: "published".into(),
                after: "deprecated".into(),
            },
            ChangeRow {
                path: "sunset".into(),
                before: "–".into(),
                after: "2027-01-30T00:00:00Z".into(),
            },
        ],
        canonical: Code::new(
            "canonical",
            "The bytes",
            "{\"action\":\"version.deprecate\",\"actor\":{\"id\":\"op_01KAS8RVZ4E8QX7M1N2P3R4S5T\",\"kind\":\"operator\"},\"seq\":18227,\"v\":1}",
        ),
    }
}
