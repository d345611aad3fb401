//! How an application subscribes: first the version, then plan and scopes.

use std::collections::BTreeSet;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use gatewright_domain::{
    handle::{ApiHandle, ApplicationHandle},
    text::{ScopeName, VersionNumber},
};
use gatewright_registry::{Subscribe, VersionAt};
use gatewright_store::views::page::Page;
use serde::Deserialize;

use crate::{
    console::{apis::number, versions::is_live, visit, words},
    page::{
        empty::Empty,
        form::{Choice, ChoiceState, Faults},
        frame::{Frame, Link},
        icon::Icon,
        place::Place,
    },
    pages::applications::{Chosen, OfferRow, SubscribePage},
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

use super::applications::{here, trail};

/// Which version was chosen to subscribe to.
#[derive(Deserialize)]
pub struct Chosing {
    api: Option<ApiHandle>,
    version: Option<VersionNumber>,
}

/// The page that subscribes: first the version, then plan and scopes.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn subscribe_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    application: Path<ApplicationHandle>,
    chosen: Query<Chosing>,
) -> Result<HttpResponse, Problem> {
    let chosen = chosen.into_inner();
    let place = chosen.api.zip(chosen.version);
    visit::page(
        &subscribe_form(&request, &app, &who, &application, place, Faults::default()).await?,
    )
}

/// Subscribes an application to a version.
///
/// # Errors
/// What is wrong with the form is the page again.
pub async fn subscribe(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    application: Path<ApplicationHandle>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut faults = Faults::default();
    let api: Option<ApiHandle> = form.parse("api", &mut faults);
    let version: Option<VersionNumber> = form.parse("version", &mut faults);
    let place = api.zip(version);
    let plan = form.parse("plan", &mut faults);
    let scopes: Result<BTreeSet<ScopeName>, _> = form.all("scope").map(str::parse).collect();
    let (Some((api, number)), Some(plan), Ok(scopes)) = (place.clone(), plan, scopes) else {
        let page = subscribe_form(&request, &app, &who, &application, place, faults).await?;
        return visit::page(&page);
    };
    let at = VersionAt { api, number };
    match app
        .registry
        .subscribe(&who.caller, &application, Subscribe { at, plan, scopes })
        .await
    {
        Ok(opened) => {
            let to = format!("/console/applications/{}", opened.application());
            let said = format!("Subscribed to {}. Issue a token.", opened.version());
            Ok(visit::go_saying(to, &said, &app))
        }
        Err(error) => {
            let faults = words::faults(&error.into(), "plan");
            visit::page(&subscribe_form(&request, &app, &who, &application, place, faults).await?)
        }
    }
}

async fn subscribe_form(
    request: &HttpRequest,
    app: &App,
    who: &SignedIn,
    application: &ApplicationHandle,
    place: Option<(ApiHandle, VersionNumber)>,
    faults: Faults,
) -> Result<SubscribePage, Problem> {
    let now = app.now();
    let sight = app.reader.as_seen_by(&who.caller);
    let found = sight.application(application, now).await?;
    let here = here(&found);
    let open = match &place {
        Some((api, number)) => Some(sight.version(api, *number, now).await?),
        None => None,
    };
    let versions = if open.is_some() {
        Vec::new()
    } else {
        offers(app, who, &here).await?
    };
    let empty = (versions.is_empty() && open.is_none()).then(|| Empty {
        icon: Icon::Api,
        title: "Nothing to subscribe to yet".to_owned(),
        words: "A published version with a plan can be subscribed to.".to_owned(),
        actions: vec![Link::new("See the APIs", "/console/apis")],
    });
    let choice = |value: &str, hint: Option<String>, state| Choice {
        value: value.to_owned(),
        label: value.to_owned(),
        hint,
        state,
    };
    let plans = open
        .iter()
        .flat_map(|page| page.plans.iter())
        .filter(|plan| plan.closed_at.is_none());
    let plans = plans.enumerate().map(|(at, plan)| {
        let state = if at == 0 {
            ChoiceState::Chosen
        } else {
            ChoiceState::Open
        };
        choice(&plan.name, Some(words::rate(plan.rate)), state)
    });
    let scopes = open.iter().flat_map(|page| page.scopes.iter());
    let scopes = scopes
        .map(|scope| choice(scope, None, ChoiceState::Chosen))
        .collect();
    Ok(SubscribePage {
        frame: Frame::new(
            visit::signed_in(request, who),
            Place::Consumers,
            "Subscribe",
        )
        .below(trail(&found)),
        application: found.application.name.clone(),
        empty,
        versions,
        version: open.as_ref().map(|page| Chosen {
            api: page.version.api.clone(),
            number: page.version.number.clone(),
        }),
        other: format!("{here}/subscribe"),
        plans: plans.collect(),
        plan_fault: faults.of("plan"),
        scopes,
        faults,
        action: format!("{here}/subscribe"),
        back: here,
    })
}

/// The versions that can be subscribed to.
async fn offers(app: &App, who: &SignedIn, here: &str) -> Result<Vec<OfferRow>, Problem> {
    let now = app.now();
    let sight = app.reader.as_seen_by(&who.caller);
    let page = Page::new(None, Some(100)).map_err(|_| Problem::unexpected())?;
    let mut offers = Vec::new();
    for api in sight.apis(&page, now).await?.items {
        for mark in api.versions.iter().filter(|mark| is_live(&mark.status)) {
            let name = api.name.parse().map_err(|_| Problem::unexpected())?;
            let version = sight
                .version(&ApiHandle::Name(name), number(&mark.number)?, now)
                .await?;
            offers.push(OfferRow {
                name: format!("{} {}", api.name, mark.number),
                title: api.title.clone(),
                state: words::lifecycle(&mark.status),
                operations: version.operations.len().to_string(),
                plans: version.plans.len().to_string(),
                choose: format!("{here}/subscribe?api={}&version={}", api.name, mark.number),
            });
        }
    }
    Ok(offers)
}
