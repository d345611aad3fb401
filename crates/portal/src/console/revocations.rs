//! Revocations: what was refused before its time, and how soon every gateway did. And the form that revokes more than one token.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use gatewright_domain::{
    revocation::{EVERYTHING, RevocationKind},
    text::Reason,
};
use gatewright_store::views::{page::Page, revocations::RevocationRow as Row};
use serde::Deserialize;

use crate::{
    console::{elsewhere, visit, words},
    page::{
        badge::{Badge, Tone},
        empty::Empty,
        form::{Choice, ChoiceState, Control, Fault, Faults, Field},
        frame::{Frame, Link},
        icon::Icon,
        list::{Filters, Pages},
        moment::Moment,
        number::counted,
        place::Place,
    },
    pages::{
        confirm::{Confirm, Weight},
        revocations::{RevocationList, RevocationRow},
    },
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

const HERE: &str = "/console/revocations";

/// What the form offers, each with what names one.
const OFFERED: [(RevocationKind, &str); 7] = [
    (RevocationKind::Application, "its name or id"),
    (RevocationKind::Subscription, "its id, sub_…"),
    (RevocationKind::Consumer, "its name or id"),
    (RevocationKind::Version, "api/version, such as orders/v1"),
    (RevocationKind::Session, "the sid that its tokens carry"),
    (RevocationKind::Token, "its id, or the jti that it carries"),
    (RevocationKind::Issuer, "everything: *"),
];

/// Which revocations to show.
#[derive(Deserialize)]
pub struct Asked {
    kind: Option<String>,
    cursor: Option<String>,
}

/// What the form begins with.
#[derive(Deserialize)]
pub struct Proposed {
    kind: Option<String>,
    key: Option<String>,
}

/// The revocations, the newest first.
///
/// # Errors
/// When the store fails.
pub async fn list(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let Asked { kind, cursor } = asked.into_inner();
    let kind: Option<RevocationKind> = kind.and_then(|kind| kind.parse().ok());
    let is_first = cursor.is_none();
    let page = Page::new(cursor, None).map_err(|_| Problem::unexpected())?;
    let sight = app.reader.as_seen_by(&who.caller);
    let found = sight.revocations(kind, &page).await?;
    let now = app.now();
    let row = |row: &Row| RevocationRow {
        at: Moment::seen_from(now, row.at),
        kind: row.kind.stops(),
        label: row.label.clone(),
        key: row.key.clone(),
        state: enforced(row),
        actor: row.actor.clone(),
        reason: row.reason.clone().unwrap_or_else(|| "–".to_owned()),
    };
    let wanted = kind.map_or("", RevocationKind::as_str);
    let to = |cursor: &str| words::query(HERE, &[("kind", wanted), ("cursor", cursor)]);
    let empty = found.items.is_empty().then(|| Empty {
        icon: Icon::Check,
        title: "Nothing was revoked".to_owned(),
        words: "What is refused before its time is listed here, with the gateways that refuse it. \
                Publishers see the tokens of their own APIs at the applications."
            .to_owned(),
        actions: Vec::new(),
    });
    visit::page(&RevocationList {
        frame: Frame::new(
            visit::signed_in(&request, &who),
            Place::Revocations,
            "Revocations",
        )
        .also(elsewhere::call(&app, "/revocations").or("gatewright revoke list")),
        filters: Filters {
            label: "Filter the revocations",
            fields: vec![
                Field::new("kind", "Kind", Control::Select(kinds(wanted, Every::Too))).optional(),
            ],
            clear: kind.map(|_| HERE.to_owned()),
        },
        empty,
        pages: Pages {
            shown: counted(u64::try_from(found.items.len()).unwrap_or(0), "revocation"),
            first: (!is_first).then(|| to("")),
            next: found.next_cursor.as_deref().map(to),
        },
        rows: found.items.iter().map(row).collect(),
    })
}

/// `enforced on 3 of 3 gateways in 84 ms`.
fn enforced(row: &Row) -> Badge {
    let applied = row.receipts.iter();
    let applied = applied
        .filter(|receipt| receipt.applied_at.is_some())
        .count();
    let all = row.receipts.len();
    match row.enforced_after_ms {
        Some(millis) => {
            let words = format!("Enforced on {applied} of {all} in {millis} ms");
            Badge::new(Tone::Good, Icon::Check, words)
        }
        None if all == 0 => Badge::new(Tone::Warning, Icon::Pending, "No gateway yet"),
        None => {
            let words = format!("Enforced on {applied} of {all}");
            Badge::new(Tone::Warning, Icon::Pending, words)
        }
    }
}

/// Whether a choice of kinds offers all of them at once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Every {
    Too,
    Not,
}

fn kinds(chosen: &str, every: Every) -> Vec<Choice> {
    let choice = |value: &str, label: &str, hint: Option<&str>| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        hint: hint.map(str::to_owned),
        state: match value == chosen {
            true => ChoiceState::Chosen,
            false => ChoiceState::Open,
        },
    };
    let mut choices = Vec::new();
    if every == Every::Too {
        choices.push(choice("", "Every kind", None));
        choices.push(choice("key", RevocationKind::Key.stops(), None));
    }
    for (kind, named_by) in OFFERED {
        choices.push(choice(kind.as_str(), kind.stops(), Some(named_by)));
    }
    choices
}

/// The form that revokes at one stroke.
///
/// # Errors
/// When the template fails.
pub async fn new_page(
    request: HttpRequest,
    who: SignedIn,
    proposed: Query<Proposed>,
) -> Result<HttpResponse, Problem> {
    let Proposed { kind, key } = proposed.into_inner();
    let typed = Typed {
        kind: kind.unwrap_or_default(),
        key: key.unwrap_or_default(),
        reason: String::new(),
    };
    visit::page(&form_of(&request, &who, &typed, Faults::default()))
}

/// What was typed.
struct Typed {
    kind: String,
    key: String,
    reason: String,
}

/// Revokes at one stroke.
///
/// # Errors
/// What is wrong with the form is the form again.
pub async fn new(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut faults = Faults::default();
    let kind: Option<RevocationKind> = form.parse("kind", &mut faults);
    let reason: Option<Reason> = form.parse("reason", &mut faults);
    let typed = Typed {
        kind: form.one("kind").to_owned(),
        key: form.one("key").to_owned(),
        reason: form.one("reason").to_owned(),
    };
    if form.one("confirm") != typed.key {
        faults.0.push(Fault {
            field: "confirm".to_owned(),
            words: "Type the same again.".to_owned(),
        });
    }
    let (Some(kind), Some(reason), true) = (kind, reason, faults.0.is_empty()) else {
        return visit::page(&form_of(&request, &who, &typed, faults));
    };
    let key = match kind {
        RevocationKind::Issuer => EVERYTHING,
        _ => typed.key.as_str(),
    };
    let revoked = app.keys.revoke_named(&who.caller, kind, key, reason).await;
    match revoked {
        Ok(revision) => {
            let said = format!("Refused from revision {revision} on.");
            Ok(visit::go_saying(HERE, &said, &app))
        }
        Err(error) => {
            let faults = words::faults(&error.into(), "key");
            visit::page(&form_of(&request, &who, &typed, faults))
        }
    }
}

fn form_of(request: &HttpRequest, who: &SignedIn, typed: &Typed, faults: Faults) -> Confirm {
    Confirm {
        frame: Frame::new(
            visit::signed_in(request, who),
            Place::Revocations,
            "Revoke at one stroke",
        )
        .below([Link::new("Revocations", HERE)]),
        sentences: vec![
            "What was issued up to now is refused at every gateway. Applications take a new token, from the next second on, and \
             go on. This cannot be taken back."
                .to_owned(),
        ],
        breaks: Vec::new(),
        headers: None,
        revision: None,
        fields: vec![
            Field::new("kind", "What", Control::Select(kinds(&typed.kind, Every::Not)))
                .fault(faults.of("kind")),
            Field::new("key", "Which one", Control::Mono)
                .value(typed.key.clone())
                .hint("A name or id; api/version for a version; * for everything.")
                .fault(faults.of("key")),
            Field::new("reason", "Why, for the trail", Control::Text)
                .value(typed.reason.clone())
                .fault(faults.of("reason")),
            Field::new("confirm", "Type which one again, to confirm", Control::Mono)
                .fault(faults.of("confirm")),
        ],
        faults,
        weight: Weight::Final,
        action: format!("{HERE}/new"),
        button: "Revoke".to_owned(),
        back: HERE.to_owned(),
    }
}
