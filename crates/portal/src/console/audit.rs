//! The trail: searched by what stands in the address, exported, verified.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use gatewright_domain::{
    access::{Action, Subject},
    time::Timestamp,
};
use gatewright_operators::Verified;
use gatewright_store::views::{
    events::{EventFilter, EventRow as Event, Order},
    page::Page,
};
use serde::Deserialize;

use crate::{
    console::{
        elsewhere,
        seal::{sealed, standing},
        visit, words,
    },
    page::{
        badge::{Badge, Tone},
        code::Code,
        empty::Empty,
        fact::{Fact, Facts, Value},
        form::{Control, Field},
        frame::{Frame, Link},
        icon::Icon,
        list::{Filters, Pages},
        moment::Moment,
        number::{count, counted},
        place::Place,
    },
    pages::audit::{ChangeRow, EventPage, EventRow, TrailPage},
    web::{app::App, caller::SignedIn, catalogue::Kind, form::Form, problem::Problem},
};

const HERE: &str = "/console/audit";
const DAY: Duration = Duration::from_secs(86_400);

/// The most events that one export holds, in pages of a hundred.
const EXPORTED: usize = 100;

/// Which events to show.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    action: String,
    actor: String,
    target: String,
    from: String,
    to: String,
    cursor: Option<String>,
}

impl Asked {
    /// The filter; the days are whole, the last one included.
    fn filter(&self) -> EventFilter {
        let word = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        EventFilter {
            action: word(&self.action),
            actor: word(&self.actor),
            target: word(&self.target),
            from: day(&self.from),
            to: day(&self.to).map(|day| day.plus(DAY)),
        }
    }

    /// The address of the same search elsewhere.
    fn at(&self, place: &str, cursor: &str) -> String {
        let pairs = [
            ("action", self.action.as_str()),
            ("actor", &self.actor),
            ("target", &self.target),
            ("from", &self.from),
            ("to", &self.to),
            ("cursor", cursor),
        ];
        words::query(place, &pairs)
    }
}

/// The first moment of a day, `2026-11-24`.
fn day(text: &str) -> Option<Timestamp> {
    format!("{}T00:00:00Z", text.trim()).parse().ok()
}

/// The trail.
///
/// # Errors
/// When the caller is not trusted with it.
pub async fn list(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    visit::page(&trail(&request, &app, &who, &asked, None).await?)
}

/// Recomputes the trail and says what came of it.
///
/// # Errors
/// When the caller is not trusted with it.
pub async fn verify(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    _: Form,
) -> Result<HttpResponse, Problem> {
    let verified = app.operators.verify_trail(&who.caller).await?;
    let asked = Asked::default();
    visit::page(&trail(&request, &app, &who, &asked, Some(verified)).await?)
}

async fn trail(
    request: &HttpRequest,
    app: &App,
    who: &SignedIn,
    asked: &Asked,
    verified: Option<Verified>,
) -> Result<TrailPage, Problem> {
    let page = Page::new(asked.cursor.clone(), Some(50)).unwrap_or_else(|_| Page::first());
    let found = app
        .operators
        .read_trail(&who.caller, &asked.filter(), Order::Newest, &page)
        .await?;
    let now = app.now();
    let empty = found.items.is_empty().then(|| Empty {
        icon: Icon::Audit,
        title: "No such event".to_owned(),
        words: "Nothing in the trail fits the filter.".to_owned(),
        actions: vec![Link::new("Show everything", HERE)],
    });
    let (seal, seal_words, root) = match verified {
        Some(verified) => sealed(verified),
        None => standing(app, now).await?,
    };
    let mut visit = visit::signed_in(request, who);
    visit.here = asked.at(HERE, page.after().unwrap_or_default());
    Ok(TrailPage {
        frame: Frame::new(visit, Place::Audit, "Audit trail")
            .also(elsewhere::call(app, &asked.at("/audit/events", "")).or("gatewright audit tail")),
        seal,
        seal_words,
        root,
        export: asked.at("/console/audit.jsonl", ""),
        filters: filters(asked),
        empty,
        pages: Pages {
            shown: counted(u64::try_from(found.items.len()).unwrap_or(0), "event"),
            first: page.after().map(|_| asked.at(HERE, "")),
            next: found
                .next_cursor
                .as_deref()
                .map(|cursor| asked.at(HERE, cursor)),
        },
        events: found
            .items
            .into_iter()
            .map(|event| row(event, now))
            .collect(),
    })
}

/// The latest events about one thing, for whoever may read the trail; nothing for others.
pub(crate) async fn about(
    app: &App,
    who: &SignedIn,
    target: String,
    now: Timestamp,
) -> Result<Vec<EventRow>, Problem> {
    if who
        .caller
        .may(Action::ReadAudit, Subject::Installation)
        .is_err()
    {
        return Ok(Vec::new());
    }
    let filter = EventFilter {
        target: Some(target),
        ..EventFilter::default()
    };
    let page = Page::new(None, Some(10)).map_err(|_| Problem::unexpected())?;
    let found = app
        .operators
        .read_trail(&who.caller, &filter, Order::Newest, &page)
        .await?;
    Ok(found
        .items
        .into_iter()
        .map(|event| row(event, now))
        .collect())
}

/// A verification that is asked for again by its address leads back to the trail.
pub async fn verify_again() -> HttpResponse {
    visit::go(HERE)
}

fn filters(asked: &Asked) -> Filters {
    let word = |name, label: &str, value: &str| {
        Field::new(name, label, Control::Mono)
            .value(value)
            .optional()
    };
    let day = |name, label: &str, value: &str| {
        let control = Control::Date {
            earliest: String::new(),
        };
        Field::new(name, label, control).value(value).optional()
    };
    let is_open = asked.at(HERE, "") == HERE;
    Filters {
        label: "Filter the trail",
        fields: vec![
            word("action", "Action", &asked.action)
                .hint("token.revoke, or token for all its verbs."),
            word("actor", "Actor", &asked.actor).hint("An id."),
            word("target", "Target", &asked.target).hint("An id."),
            day("from", "From", &asked.from),
            day("to", "To", &asked.to),
        ],
        clear: (!is_open).then(|| HERE.to_owned()),
    }
}

/// An event as a row. The sentence is taken apart so that who stands out and what it was done to is a link.
fn row(event: Event, now: Timestamp) -> EventRow {
    let actor = event.actor.name.clone().unwrap_or_default();
    let by = words::query(HERE, &[("actor", &event.actor.id)]);
    let rest = event
        .sentence
        .strip_prefix(&actor)
        .unwrap_or(&event.sentence);
    let place = place(&event.target.kind, &event.target.id);
    let label = &event.target.label;
    let parted = rest
        .split_once(label.as_str())
        .filter(|_| !label.is_empty());
    let (verb, target, detail) = match (parted, place) {
        (Some((verb, detail)), Some(place)) => {
            (verb, Some(Link::new(label.clone(), place)), detail)
        }
        _ => (rest, None, ""),
    };
    EventRow {
        number: Link::new(words::number(event.seq), format!("{HERE}/{}", event.seq)),
        verb: verb.trim().to_owned(),
        detail: detail.strip_prefix(':').map_or_else(
            || detail.trim().to_owned(),
            |why| format!("– {}", why.trim()),
        ),
        actor: Link::new(actor, by),
        target,
        outcome: outcome(&event.outcome),
        source: event.via,
        action: event.action,
        at: Moment::seen_from(now, event.at),
    }
}

fn outcome(outcome: &str) -> Option<Badge> {
    match outcome {
        "denied" => Some(Badge::new(Tone::Bad, Icon::Blocked, "Refused")),
        "failure" => Some(Badge::new(Tone::Bad, Icon::Cross, "Failed")),
        _ => None,
    }
}

/// Where the thing is that an event was about, when it has a page that its id leads to.
fn place(kind: &str, id: &str) -> Option<String> {
    match kind {
        "api" => Some(format!("/console/apis/{id}")),
        "consumer" => Some(format!("/console/consumers/{id}")),
        "application" => Some(format!("/console/applications/{id}")),
        "token" => Some(format!("/console/tokens/{id}")),
        "operator" => Some(format!("/console/operators/{id}")),
        _ => None,
    }
}

/// One event.
///
/// # Errors
/// `NOT_FOUND`; when the caller is not trusted with the trail.
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    seq: Path<i64>,
) -> Result<HttpResponse, Problem> {
    let after = seq.saturating_add(1).to_string();
    let page = Page::new(Some(after), Some(1)).map_err(|_| Problem::unexpected())?;
    let everything = EventFilter::default();
    let found = app
        .operators
        .read_trail(&who.caller, &everything, Order::Newest, &page)
        .await?;
    let mut events = found.items.into_iter();
    let event = events.find(|event| event.seq == *seq);
    let event = event.ok_or_else(|| Problem::of(Kind::NOT_FOUND))?;
    let change = |change: &gatewright_store::views::events::EventChange| ChangeRow {
        path: change.name.clone(),
        before: change.old.clone().unwrap_or_else(|| "–".to_owned()),
        after: change.new.clone().unwrap_or_else(|| "–".to_owned()),
    };
    let changes = event.changes.iter().map(change).collect();
    visit::page(&EventPage {
        frame: Frame::new(
            visit::signed_in(&request, &who),
            Place::Audit,
            format!("Event {}", count(u64::try_from(event.seq).unwrap_or(0))),
        )
        .below([Link::new("Audit trail", HERE)]),
        changes,
        facts: facts(&event),
        canonical: Code::new("canonical", "Canonical JSON", event.canonical),
        sentence: event.sentence,
    })
}

fn facts(event: &Event) -> Facts {
    let target = &event.target;
    let mut facts = vec![
        Fact::code("Action", event.action.clone()),
        Fact::words("Outcome", event.outcome.clone()),
        Fact::code("Actor", event.actor.id.clone()).hint(event.actor.kind.clone()),
        match place(&target.kind, &target.id) {
            Some(place) => Fact::new(
                "Target",
                Value::Link(Link::new(target.label.clone(), place)),
            ),
            None => Fact::words("Target", target.label.clone()),
        }
        .hint(format!("{} {}", target.kind, target.id)),
        Fact::words("By means of", event.via.clone()),
        Fact::code("Event", event.id.clone()),
        Fact::new("At", Value::Moment(Moment::exact(event.at))),
    ];
    if let Some(reason) = &event.reason {
        facts.push(Fact::words("Reason", reason.clone()));
    }
    if let Some(request) = &event.request {
        facts.push(Fact::code("Request", request.clone()));
    }
    Facts(facts)
}

/// The events that a filter names, one JSON object a line, the oldest first; at most 10,000.
///
/// # Errors
/// When the caller is not trusted with the trail.
pub async fn export(
    app: Data<App>,
    who: SignedIn,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let (filter, mut cursor, mut lines) = (asked.filter(), None, String::new());
    for _ in 0..EXPORTED {
        let page = Page::new(cursor.take(), Some(100)).map_err(|_| Problem::unexpected())?;
        let found = app
            .operators
            .read_trail(&who.caller, &filter, Order::Oldest, &page)
            .await?;
        for event in &found.items {
            let line = serde_json::to_string(event).map_err(|_| Problem::unexpected())?;
            lines.push_str(&line);
            lines.push('\n');
        }
        cursor = found.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    Ok(HttpResponse::Ok()
        .content_type("application/jsonl")
        .insert_header((
            "content-disposition",
            "attachment; filename=\"audit.jsonl\"",
        ))
        .body(lines))
}
