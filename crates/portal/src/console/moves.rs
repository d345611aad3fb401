//! The moves of a version: a page that asks, and the move itself.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use gatewright_domain::{
    handle::ApiHandle,
    revision::Revision,
    text::{Reason, VersionNumber},
    time::Timestamp,
};
use gatewright_store::views::versions::VersionPage as Found;
use serde::Deserialize;

use crate::{
    console::visit,
    page::{
        form::{Control, Faults, Field},
        frame::Frame,
        number::counted,
        place::Place,
    },
    pages::confirm::{Confirm, Weight},
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

use super::versions::{At, notice};

/// A move of the lifecycle that a page asks about first.
#[derive(Deserialize)]
pub struct Move {
    api: ApiHandle,
    version: VersionNumber,
    verb: String,
}

/// Asks about a move: what it does, what it breaks, and the name to type when it stops callers.
///
/// # Errors
/// `NOT_FOUND`, also for a move that is none.
pub async fn move_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    path: Path<Move>,
) -> Result<HttpResponse, Problem> {
    let Move { api, version, verb } = path.into_inner();
    let at = At { api, version };
    let found = app
        .reader
        .as_seen_by(&who.caller)
        .version(&at.api, at.version, app.now())
        .await?;
    visit::page(&confirm(
        &request,
        &who,
        &at,
        &found,
        &verb,
        Faults::default(),
        &app,
    )?)
}

fn confirm(
    request: &HttpRequest,
    who: &SignedIn,
    at: &At,
    found: &Found,
    verb: &str,
    faults: Faults,
    app: &App,
) -> Result<Confirm, Problem> {
    let name = format!("{}/{}", found.version.api, found.version.number);
    let (act, weight, sentence) = act(verb)?;
    let (mut fields, now) = (Vec::new(), app.now());
    let ahead = now.day().plus(Duration::from_secs(90 * 86_400));
    let proposed = (verb == "deprecate").then(|| found.version.sunset.unwrap_or(ahead));
    if let Some(sunset) = proposed {
        let earliest = now.plus(Duration::from_secs(86_400)).to_string();
        let day = |text: &str| text.chars().take(10).collect::<String>();
        let control = Control::Date {
            earliest: day(&earliest),
        };
        fields.push(
            Field::new("sunset", "Sunset", control)
                .value(day(&sunset.to_string()))
                .hint("The day it may end, from 00:00 UTC on. Tokens issued for it end no later.")
                .fault(faults.of("sunset")),
        );
    }
    if verb == "block" {
        let field = Field::new("reason", "Reason", Control::Text).hint("Callers are shown it.");
        fields.push(field.fault(faults.of("reason")));
    }
    if weight == Weight::Final {
        let field = Field::new("name", format!("Type {name} to confirm"), Control::Mono);
        fields.push(field.must_equal(name.clone()).fault(faults.of("name")));
    }
    let title = format!("{act} {} {}", found.version.api, found.version.number);
    let callers = u64::try_from(found.version.callers_30d).unwrap_or(0);
    let subscribed = u64::try_from(found.subscribers.len()).unwrap_or(0);
    let breaks = if weight == Weight::Final && verb != "discard" {
        vec![
            format!("{} called it in 30 days", counted(callers, "application")),
            format!("{} subscribed to it", counted(subscribed, "application")),
        ]
    } else {
        Vec::new()
    };
    Ok(Confirm {
        frame: Frame::new(visit::signed_in(request, who), Place::Apis, title).below(at.trail()),
        faults,
        sentences: vec![sentence.to_owned()],
        breaks,
        headers: proposed.map(|sunset| {
            notice(
                "Response headers, with the sunset proposed below",
                &found.version,
                app,
                (found.version.deprecated_at.unwrap_or(now), sunset),
            )
        }),
        revision: Some(found.version.revision.number().to_string()),
        fields,
        weight,
        action: format!("{}/{verb}", at.here()),
        button: format!("{act} {}", found.version.number),
        back: at.here(),
    })
}

fn act(verb: &str) -> Result<(&'static str, Weight, &'static str), Problem> {
    Ok(match verb {
        "deprecate" => (
            "Deprecate",
            Weight::Plain,
            "It goes on answering, and every answer says when it ends, in the headers below. It ends only when it is retired.",
        ),
        "retire" => (
            "Retire",
            Weight::Final,
            "From now on it answers 410 Gone and names its successor, if there is one. This cannot be taken back.",
        ),
        "block" => (
            "Block",
            Weight::Final,
            "It answers 503 at once, with your reason, until it is unblocked.",
        ),
        "unblock" => ("Unblock", Weight::Plain, "It answers again as before."),
        "discard" => (
            "Discard",
            Weight::Final,
            "The draft is given up, and its number is free again.",
        ),
        _ => return Err(Problem::of(crate::web::catalogue::Kind::NOT_FOUND)),
    })
}

/// Moves a version along its lifecycle.
///
/// # Errors
/// What the lifecycle refuses; a form that is not right is the page again.
pub async fn do_move(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    path: Path<Move>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let Move { api, version, verb } = path.into_inner();
    let at = At { api, version };
    let found = app
        .reader
        .as_seen_by(&who.caller)
        .version(&at.api, at.version, app.now())
        .await?;
    let mut faults = Faults::default();
    let expected = form.one("revision").parse().ok().map(Revision::from_number);
    let name = format!("{}/{}", found.version.api, found.version.number);
    let is_final = act(&verb)?.1 == Weight::Final;
    if is_final && form.one("name") != name {
        let words = format!("Type {name} exactly.");
        faults.0.push(crate::page::form::Fault {
            field: "name".to_owned(),
            words,
        });
    }
    let sunset = (verb == "deprecate")
        .then(|| format!("{}T00:00:00Z", form.one("sunset")).parse::<Timestamp>());
    let reason = (verb == "block")
        .then(|| form.parse::<Reason>("reason", &mut faults))
        .flatten();
    if !faults.0.is_empty() {
        return visit::page(&confirm(&request, &who, &at, &found, &verb, faults, &app)?);
    }
    let (registry, caller, place) = (&app.registry, &who.caller, at.place());
    let moved = match (verb.as_str(), sunset, reason) {
        ("deprecate", Some(Ok(sunset)), _) => {
            registry
                .deprecate_version(caller, &place, sunset, expected)
                .await
        }
        ("retire", ..) => registry.retire_version(caller, &place, expected).await,
        ("block", _, Some(reason)) => {
            registry
                .block_version(caller, &place, reason, expected)
                .await
        }
        ("unblock", ..) => registry.unblock_version(caller, &place, expected).await,
        ("discard", ..) => {
            registry.discard_version(caller, &place, expected).await?;
            return Ok(visit::go_saying(
                format!("/console/apis/{}", at.api),
                "The draft is discarded.",
                &app,
            ));
        }
        _ => return Err(Problem::field("/sunset", "Choose a day that lies ahead.")),
    };
    let moved = moved?;
    let said = format!("{} is {} now.", moved.place(), moved.status().name());
    Ok(visit::go_saying(at.here(), &said, &app))
}
