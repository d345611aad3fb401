//! Decisions: refusals that gateways have explained.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use gatewright_domain::id::DecisionId;
use gatewright_store::views::{
    decisions::DecisionRow as Row,
    page::{Page, Paged},
};
use serde::Deserialize;

use crate::{
    console::{elsewhere, visit, words},
    page::{
        badge::Tone,
        empty::Empty,
        fact::{Fact, Facts, Value},
        form::{Control, Field},
        frame::{Frame, Link},
        icon::Icon,
        list::{Filters, Pages},
        moment::Moment,
        number::counted,
        place::Place,
    },
    pages::decisions::{DecisionList, DecisionPage, DecisionRow},
    web::{app::App, caller::SignedIn, problem::Problem},
};

const HERE: &str = "/console/decisions";

/// How many decisions are looked through for those of one reason before the page goes on.
const ROUNDS: usize = 10;

/// Which decisions to show.
#[derive(Deserialize)]
pub struct Asked {
    reason: Option<String>,
    cursor: Option<String>,
}

/// The refusals of the last seven days.
///
/// # Errors
/// When the store fails.
pub async fn list(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let Asked { reason, cursor } = asked.into_inner();
    let reason = reason.filter(|reason| !reason.is_empty());
    let is_first = cursor.is_none();
    let found = search(&app, &who, reason.as_deref(), cursor).await?;
    let now = app.now();
    let row = |row: &Row| DecisionRow {
        at: Moment::seen_from(now, row.at),
        reason: Link::new(words::reason(&row.reason), format!("{HERE}/{}", row.id)),
        name: row.reason.clone(),
        status: row.status,
        operation: operation(row),
        version: version(row),
        application: row.application.clone().unwrap_or_else(|| "–".to_owned()),
    };
    let wanted = reason.clone().unwrap_or_default();
    let to = |cursor: &str| words::query(HERE, &[("reason", &wanted), ("cursor", cursor)]);
    let empty = found.items.is_empty().then(|| Empty {
        icon: Icon::Decision,
        title: "Nothing was refused".to_owned(),
        words: "Every refusal of the last 7 days is listed here, with its reason.".to_owned(),
        actions: Vec::new(),
    });
    visit::page(&DecisionList {
        frame: Frame::new(
            visit::signed_in(&request, &who),
            Place::Decisions,
            "Decisions",
        )
        .also(elsewhere::call(&app, "/decisions")),
        filters: Filters {
            label: "Filter the decisions",
            fields: vec![
                Field::new("reason", "Reason", Control::Mono)
                    .value(wanted.clone())
                    .hint("insufficient-scope")
                    .optional(),
            ],
            clear: reason.map(|_| HERE.to_owned()),
        },
        empty,
        pages: Pages {
            shown: counted(u64::try_from(found.items.len()).unwrap_or(0), "decision"),
            first: (!is_first).then(|| to("")),
            next: found.next_cursor.as_deref().map(to),
        },
        rows: found.items.iter().map(row).collect(),
    })
}

/// A page of decisions. Those of one reason are picked out of as many pages as it takes, within reason.
async fn search(
    app: &App,
    who: &SignedIn,
    reason: Option<&str>,
    cursor: Option<String>,
) -> Result<Paged<Row>, Problem> {
    let sight = app.reader.as_seen_by(&who.caller);
    let mut found = Paged {
        items: Vec::new(),
        next_cursor: cursor,
    };
    for _ in 0..ROUNDS {
        let page = Page::new(found.next_cursor.take(), Some(50));
        let page = page.unwrap_or_else(|_| Page::first());
        let more = sight.decisions(&page).await?;
        let fits = |row: &Row| reason.is_none_or(|reason| row.reason == reason);
        found.items.extend(more.items.into_iter().filter(fits));
        found.next_cursor = more.next_cursor;
        if !found.items.is_empty() || found.next_cursor.is_none() {
            break;
        }
    }
    Ok(found)
}

fn operation(row: &Row) -> String {
    match (&row.method, &row.path) {
        (Some(method), Some(path)) => format!("{method} {path}"),
        (Some(method), None) => method.clone(),
        _ => "–".to_owned(),
    }
}

fn version(row: &Row) -> String {
    row.version
        .as_ref()
        .map_or_else(|| "–".to_owned(), |version| version.replace('/', " "))
}

/// One refusal, explained.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    decision: Path<DecisionId>,
) -> Result<HttpResponse, Problem> {
    let found = app
        .reader
        .as_seen_by(&who.caller)
        .decision(*decision)
        .await?;
    let row = &found.decision;
    let mut facts = vec![
        Fact::code("Operation", operation(row)),
        Fact::words("Version", version(row)),
    ];
    facts.push(match (&row.application, row.application_id) {
        (Some(name), Some(id)) => Fact::new(
            "Application",
            Value::Link(Link::new(
                name.clone(),
                format!("/console/applications/{id}"),
            )),
        ),
        _ => Fact::words("Application", "Not known"),
    });
    if let Some(jti) = &found.jti {
        facts.push(Fact::code("Name of the token", jti.clone()).hint("jti"));
    }
    facts.extend([
        Fact::code("Reason", row.reason.clone()).hint("As records have it."),
        Fact::words("Decided under revision", words::number(found.revision)),
        Fact::words("What would have passed", found.mend.clone()),
        Fact::new(
            "Request",
            Value::Copied {
                id: "request",
                text: row.request.to_string(),
            },
        ),
    ]);
    visit::page(&DecisionPage {
        frame: Frame::new(
            visit::signed_in(&request, &who),
            Place::Decisions,
            words::reason(&row.reason),
        )
        .below([Link::new("Decisions", HERE)])
        .also(elsewhere::call(&app, &format!("/decisions/{}", row.id))),
        id: row.id.to_string(),
        at: Moment::exact(row.at),
        tone: Tone::Bad,
        verdict: format!("Refused with {}", row.status),
        words: found.detail.clone(),
        steps: words::steps(&found.steps),
        request: Facts(facts),
        answer: None,
    })
}

/// Where the answer of a gateway says that it is explained (`instance`, RFC 9457 section 3.1.5).
pub async fn explained(decision: Path<DecisionId>) -> HttpResponse {
    visit::go(format!("{HERE}/{decision}"))
}
