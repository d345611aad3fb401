//! Replacing a token, with the same scopes or fewer: the form, and the page that shows the new one once.

use std::{collections::BTreeSet, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use gatewright_domain::{
    handle::ApplicationHandle, id::TokenId, operation::Scope, succession::Replacement,
};
use gatewright_store::views::{
    applications::ApplicationPage as Found, successions::Lineage, tokens::TokenRow as Row,
};

use crate::{
    console::{applications, visit, words},
    page::{
        fact::{Fact, Value},
        form::{Choice, ChoiceState, Control, Faults, Field},
        frame::{Frame, Link},
        moment::Moment,
        place::Place,
        secret::ShownOnce,
    },
    pages::{account::ShownOncePage, tokens::ReplacePage},
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

/// How long the old token goes on, in seconds, and in words.
const OVERLAPS: [(&str, &str); 5] = [
    ("86400", "1 day"),
    ("604800", "7 days"),
    ("2592000", "30 days"),
    ("3600", "1 hour"),
    ("0", "Not at all: it ends now"),
];

/// What is known of the neighbours of a token in its line.
pub(super) fn facts(lineage: &Lineage) -> Vec<Fact> {
    let link =
        |id: TokenId| Value::Link(Link::new(id.to_string(), format!("/console/tokens/{id}")));
    let replaces = lineage.replaces.iter();
    let replaces = replaces.map(|row| Fact::new("Replaces", link(row.token_id)));
    let replaced = lineage.replaced_by.iter().flat_map(|row| {
        [
            Fact::new("Replaced by", link(row.successor_id)),
            Fact::new("Goes on until", Value::Moment(Moment::exact(row.ends_at))),
        ]
    });
    replaces.chain(replaced).collect()
}

async fn find(app: &App, who: &SignedIn, token: TokenId) -> Result<(Row, Found), Problem> {
    let (sight, now) = (app.reader.as_seen_by(&who.caller), app.now());
    let token = sight.token(token, now).await?;
    let handle = ApplicationHandle::Id(token.application_id);
    let found = sight.application(&handle, now).await?;
    Ok((token, found))
}

/// The form that replaces a token.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn replace_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    token: Path<TokenId>,
) -> Result<HttpResponse, Problem> {
    let (token, found) = find(&app, &who, *token).await?;
    let all = token.scopes.iter().cloned().collect();
    let frame = frame(&request, &who, &found, &token);
    visit::page(&form(frame, &token, (all, "86400"), Faults::default()))
}

/// Replaces a token and shows the new one, the only time there is.
///
/// # Errors
/// What is wrong with the form is the form again; so is what the rules refuse.
pub async fn replace(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    token: Path<TokenId>,
    typed: Form,
) -> Result<HttpResponse, Problem> {
    let (token, found) = find(&app, &who, *token).await?;
    let frame = frame(&request, &who, &found, &token);
    let ticked: BTreeSet<String> = typed.all("scope").map(str::to_owned).collect();
    let mut faults = Faults::default();
    let overlap: Option<u64> = typed.parse("overlap", &mut faults);
    let scopes: Result<BTreeSet<Scope>, _> = ticked.iter().map(|scope| scope.parse()).collect();
    if let Err(error) = &scopes {
        faults.0.push(words::fault("scopes", &error.to_string()));
    }
    let (Some(overlap), Ok(scopes)) = (overlap, scopes) else {
        return visit::page(&form(frame, &token, (ticked, typed.one("overlap")), faults));
    };
    let replacement = Replacement {
        scopes: Some(scopes),
        lifetime: None,
        overlap: Duration::from_secs(overlap),
    };
    match app.keys.replace(&who.caller, token.id, replacement).await {
        Ok(issued) => visit::page(&ShownOncePage {
            frame,
            example: None,
            done: format!("/console/tokens/{}", issued.token.id()),
            secret: ShownOnce {
                id: "secret",
                label: format!("Token of {}", found.application.name),
                value: issued.text.expose_once(),
            },
        }),
        Err(error) => {
            let mut faults = words::faults(&error.into(), "overlap");
            for fault in &mut faults.0 {
                fault.field = fault.field.trim_end_matches("_s").to_owned();
            }
            visit::page(&form(frame, &token, (ticked, typed.one("overlap")), faults))
        }
    }
}

fn frame(request: &HttpRequest, who: &SignedIn, found: &Found, token: &Row) -> Frame {
    let mut trail = applications::trail(found);
    let here = format!("/console/tokens/{}", token.id);
    trail.push(Link::new(token.name.clone(), here));
    let title = format!("Replace {}", token.name);
    Frame::new(visit::signed_in(request, who), Place::Consumers, title).below(trail)
}

fn form(
    frame: Frame,
    token: &Row,
    (ticked, overlap): (BTreeSet<String>, &str),
    faults: Faults,
) -> ReplacePage {
    let choice = |value: &str, label: &str, chosen: bool| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        hint: None,
        state: if chosen {
            ChoiceState::Chosen
        } else {
            ChoiceState::Open
        },
    };
    let overlaps = OVERLAPS.map(|(value, label)| choice(value, label, value == overlap));
    let scope = |scope: &String| choice(scope, scope, ticked.contains(scope));
    let here = format!("/console/tokens/{}", token.id);
    ReplacePage {
        frame,
        scopes: token.scopes.iter().map(scope).collect(),
        scopes_fault: faults.of("scopes"),
        overlap: Field::new(
            "overlap",
            "The old token goes on for",
            Control::Select(overlaps.to_vec()),
        )
        .value(overlap)
        .hint("Long enough to put the new one everywhere; then the old one is revoked.")
        .fault(faults.of("overlap")),
        faults,
        action: format!("{here}/replace"),
        back: here,
    }
}
