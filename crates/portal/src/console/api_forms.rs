//! The forms that make APIs, versions and plans.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use gatewright_domain::{
    handle::ApiHandle,
    limit::{Rate, RateParts},
    plan::{Lifetime, Terms},
    text::{ApiName, Name, Title, Upstream, VersionNumber},
};
use gatewright_registry::{OpenPlan, RegisterApi};

use crate::{
    console::{lifetimes::PRESETS, visit, words},
    page::{
        form::{Choice, ChoiceState, Control, Fault, Faults, Field},
        frame::{Frame, Link},
        place::Place,
    },
    pages::confirm::FormPage,
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

/// The form that registers an API.
///
/// # Errors
/// Those of the page.
pub async fn new_page(request: HttpRequest, who: SignedIn) -> Result<HttpResponse, Problem> {
    visit::page(&new_form(&request, &who, ["", ""], Faults::default()))
}

/// Registers an API.
///
/// # Errors
/// What is wrong with the form is the form again; a name that is taken likewise.
pub async fn new(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut faults = Faults::default();
    let name: Option<ApiName> = form.parse("name", &mut faults);
    let title: Option<Title> = form.parse("title", &mut faults);
    let typed = [form.one("name"), form.one("title")];
    let (Some(name), Some(title)) = (name, title) else {
        return visit::page(&new_form(&request, &who, typed, faults));
    };
    let command = RegisterApi {
        name,
        title: Some(title),
        team: None,
    };
    match app.registry.register_api(&who.caller, command).await {
        Ok(api) => Ok(visit::go_saying(
            format!("/console/apis/{}", api.name),
            "The API is registered.",
            &app,
        )),
        Err(error) => visit::page(&new_form(
            &request,
            &who,
            typed,
            words::faults(&error.into(), "name"),
        )),
    }
}

fn new_form(
    request: &HttpRequest,
    who: &SignedIn,
    [name, title]: [&str; 2],
    faults: Faults,
) -> FormPage {
    let trail = [Link::new("APIs", "/console/apis")];
    FormPage {
        frame: Frame::new(
            visit::signed_in(request, who),
            Place::Apis,
            "Register an API",
        )
        .below(trail),
        lede: "A named product of your team. Versions, contracts and plans belong to it."
            .to_owned(),
        fields: vec![
            Field::new("name", "Name", Control::Mono)
                .value(name)
                .hint("It stands in addresses and scopes and never changes: orders.")
                .fault(faults.of("name")),
            Field::new("title", "Title", Control::Text)
                .value(title)
                .hint("What people call it.")
                .fault(faults.of("title")),
        ],
        faults,
        action: "/console/apis/new".to_owned(),
        button: "Register the API",
        back: "/console/apis".to_owned(),
    }
}

/// The form that begins a version.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn new_version_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    api: Path<ApiHandle>,
) -> Result<HttpResponse, Problem> {
    let found = app
        .reader
        .as_seen_by(&who.caller)
        .api(&api, app.now())
        .await?;
    let next = found.versions.len().saturating_add(1);
    let page = version_form(
        &request,
        &who,
        &found.name,
        [&format!("v{next}"), ""],
        Faults::default(),
    );
    visit::page(&page)
}

/// Begins a version.
///
/// # Errors
/// What is wrong with the form is the form again.
pub async fn new_version(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    api: Path<ApiHandle>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut faults = Faults::default();
    let number: Option<VersionNumber> = form.parse("number", &mut faults);
    let upstream: Option<Upstream> = form.parse("upstream", &mut faults);
    let typed = [form.one("number"), form.one("upstream")];
    let name = api.to_string();
    let (Some(number), Some(upstream)) = (number, upstream) else {
        return visit::page(&version_form(&request, &who, &name, typed, faults));
    };
    match app
        .registry
        .draft_version(&who.caller, &api, number, upstream)
        .await
    {
        Ok(version) => {
            let place = version.place();
            let to = format!("/console/apis/{}/{}/contract", place.api.name, place.number);
            Ok(visit::go_saying(
                to,
                "The version is drafted. Upload its contract.",
                &app,
            ))
        }
        Err(error) => {
            let faults = words::faults(&error.into(), "upstream");
            visit::page(&version_form(&request, &who, &name, typed, faults))
        }
    }
}

fn version_form(
    request: &HttpRequest,
    who: &SignedIn,
    api: &str,
    [number, upstream]: [&str; 2],
    faults: Faults,
) -> FormPage {
    let here = format!("/console/apis/{api}");
    let trail = [
        Link::new("APIs", "/console/apis"),
        Link::new(api, here.clone()),
    ];
    FormPage {
        frame: Frame::new(visit::signed_in(request, who), Place::Apis, "New version").below(trail),
        lede: "A major version, with a contract and a lifecycle of its own.".to_owned(),
        fields: vec![
            Field::new("number", "Number", Control::Mono)
                .value(number)
                .hint("v1, v2 …")
                .fault(faults.of("number")),
            Field::new("upstream", "Upstream", Control::Mono)
                .value(upstream)
                .hint("Where its requests go: http://127.0.0.1:9000")
                .fault(faults.of("upstream")),
        ],
        faults,
        action: format!("{here}/versions/new"),
        button: "Draft the version",
        back: here,
    }
}

/// The form that opens a plan.
///
/// # Errors
/// Those of the page.
pub async fn new_plan_page(
    request: HttpRequest,
    who: SignedIn,
    api: Path<ApiHandle>,
) -> Result<HttpResponse, Problem> {
    let typed = ["standard", "100", "1", "200", "", "7776000"].map(str::to_owned);
    visit::page(&plan_form(
        &request,
        &who,
        &api.to_string(),
        typed,
        Faults::default(),
    ))
}

/// Opens a plan.
///
/// # Errors
/// What is wrong with the form is the form again.
pub async fn new_plan(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    api: Path<ApiHandle>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut faults = Faults::default();
    let typed = [
        "name",
        "requests",
        "per_seconds",
        "burst",
        "daily_quota",
        "max_token_lifetime_s",
    ];
    let typed = typed.map(|name| form.one(name).to_owned());
    let command = read_plan(&form, &mut faults);
    let name = api.to_string();
    let Some(command) = command else {
        return visit::page(&plan_form(&request, &who, &name, typed, faults));
    };
    match app.registry.open_plan(&who.caller, &api, command).await {
        Ok(plan) => Ok(visit::go_saying(
            format!("/console/apis/{}", plan.api.name),
            "The plan is open.",
            &app,
        )),
        Err(error) => {
            let faults = words::faults(&error.into(), "name");
            visit::page(&plan_form(&request, &who, &name, typed, faults))
        }
    }
}

fn read_plan(form: &Form, faults: &mut Faults) -> Option<OpenPlan> {
    let name: Option<Name> = form.parse("name", faults);
    let requests: Option<u32> = form.parse("requests", faults);
    let per_seconds: Option<u32> = form.parse("per_seconds", faults);
    let burst: Option<u32> = form.parse("burst", faults);
    let quota = match form.one("daily_quota") {
        "" => Some(None),
        _ => form.parse::<u64>("daily_quota", faults).map(Some),
    };
    let lifetime: Option<u64> = form.parse("max_token_lifetime_s", faults);
    let mut fault = |field: &str, words: String| {
        faults.0.push(Fault {
            field: field.to_owned(),
            words,
        })
    };
    let parts = RateParts {
        requests: requests?,
        per_seconds: per_seconds?,
        burst: burst?,
    };
    let rate = Rate::try_from(parts)
        .map_err(|error| fault("requests", format!("Sorry: {error}.")))
        .ok()?;
    let lifetime = Lifetime::try_from(lifetime?);
    let lifetime = lifetime
        .map_err(|error| fault("max_token_lifetime_s", format!("Sorry: {error}.")))
        .ok()?;
    let quota = quota?.map(Terms::quota).transpose();
    let quota = quota
        .map_err(|error| fault("daily_quota", format!("Sorry: {error}.")))
        .ok()?;
    Some(OpenPlan {
        name: name?,
        terms: Terms {
            rate,
            daily_quota: quota,
            max_token_lifetime: lifetime,
        },
    })
}

/// The spans to choose the longest lifetime from.
fn longest(chosen: &str) -> Control {
    let choice = |(seconds, label): &(u64, &str)| Choice {
        value: seconds.to_string(),
        label: (*label).to_owned(),
        hint: None,
        state: if seconds.to_string() == chosen {
            ChoiceState::Chosen
        } else {
            ChoiceState::Open
        },
    };
    Control::Select(PRESETS.iter().map(choice).collect())
}

fn plan_form(
    request: &HttpRequest,
    who: &SignedIn,
    api: &str,
    typed: [String; 6],
    faults: Faults,
) -> FormPage {
    let [name, requests, per_seconds, burst, quota, lifetime] = typed;
    let here = format!("/console/apis/{api}");
    let trail = [
        Link::new("APIs", "/console/apis"),
        Link::new(api, here.clone()),
    ];
    let amount = |name, label: &str, unit, value: String| {
        Field::new(name, label, Control::Number { unit })
            .value(value)
            .fault(faults.of(name))
    };
    FormPage {
        frame: Frame::new(visit::signed_in(request, who), Place::Apis, "New plan").below(trail),
        lede: "The limits under which applications call this API.".to_owned(),
        fields: vec![
            Field::new("name", "Name", Control::Text)
                .value(name)
                .fault(faults.of("name")),
            amount("requests", "Requests", "requests", requests),
            amount("per_seconds", "In", "seconds", per_seconds),
            amount("burst", "At once", "requests", burst),
            amount("daily_quota", "Daily quota", "requests", quota)
                .optional()
                .hint("By UTC day; empty for none."),
            Field::new("max_token_lifetime_s", "Longest token", longest(&lifetime))
                .hint("No token issued under this plan lives longer.")
                .fault(faults.of("max_token_lifetime_s")),
        ],
        faults,
        action: format!("{here}/plans/new"),
        button: "Open the plan",
        back: here,
    }
}
