//! APIs: the list, one API, and the forms that make APIs, versions and plans.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use gatewright_domain::{
    handle::ApiHandle,
    limit::{Rate, RateParts},
    plan::{Lifetime, Terms},
    text::{ApiName, Name, Title, Upstream, VersionNumber},
    time::Timestamp,
};
use gatewright_registry::{OpenPlan, RegisterApi};
use gatewright_store::views::{apis as views, page::Page, versions::VersionRow as Version};
use serde::Deserialize;

use crate::{
    console::{versions, visit, words},
    page::{
        chart::Spark,
        empty::Empty,
        fact::{Last, Scopes},
        form::{Control, Fault, Faults, Field},
        frame::{Frame, Link},
        icon::Icon,
        list::{Filters, Pages},
        moment::{Moment, span},
        place::Place,
    },
    pages::{
        apis::{ApiList, ApiPage, ApiRow, PlanRow, SubscriberRow, VersionRow},
        confirm::FormPage,
    },
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

/// Where a list goes on.
#[derive(Deserialize)]
pub struct Cursor {
    /// The key that the page comes after.
    pub cursor: Option<String>,
}

/// Reads the page that a cursor names.
pub(crate) fn page_of(cursor: Cursor) -> Page {
    Page::new(cursor.cursor, Some(50)).unwrap_or_else(|_| Page::first())
}

/// What stands below a list.
pub(crate) fn pages(
    shown: usize,
    noun: &str,
    here: &str,
    next: Option<&String>,
    page: &Page,
) -> Pages {
    let shown = u64::try_from(shown).unwrap_or(0);
    Pages {
        shown: crate::page::number::counted(shown, noun),
        first: page.after().map(|_| here.to_owned()),
        next: next.map(|cursor| format!("{here}?cursor={}", words::segment(cursor))),
    }
}

/// Every API that the caller sees.
///
/// # Errors
/// When the store fails.
pub async fn list(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    cursor: Query<Cursor>,
) -> Result<HttpResponse, Problem> {
    let page = page_of(cursor.into_inner());
    let found = app
        .reader
        .as_seen_by(&who.caller)
        .apis(&page, app.now())
        .await?;
    let empty = found.items.is_empty().then(|| Empty {
        icon: Icon::Api,
        title: "No API yet".to_owned(),
        words: "An API is a named product with versions, each with a contract and an upstream."
            .to_owned(),
        actions: vec![Link::new("Register an API", "/console/apis/new")],
    });
    visit::page(&ApiList {
        frame: Frame::new(visit::signed_in(&request, &who), Place::Apis, "APIs"),
        filters: Filters {
            label: "Filter the APIs",
            fields: Vec::new(),
            clear: None,
        },
        empty,
        pages: pages(
            found.items.len(),
            "API",
            "/console/apis",
            found.next_cursor.as_ref(),
            &page,
        ),
        rows: found.items.into_iter().map(row).collect(),
    })
}

fn row(api: views::ApiRow) -> ApiRow {
    let live = api
        .versions
        .iter()
        .rev()
        .find(|version| version.status != "draft" && version.status != "retired");
    let shown = live.or(api.versions.last());
    ApiRow {
        name: Link::new(api.name.clone(), format!("/console/apis/{}", api.name)),
        title: api.title,
        live: live.map_or_else(|| "–".to_owned(), |version| version.number.clone()),
        state: words::lifecycle(shown.map_or("draft", |version| version.status.as_str())),
        team: api.team,
        callers: words::number(api.callers_30d),
        calls: words::number(api.calls_30d),
        trend: Spark::new(format!("Calls to {}", api.name), &days(&api.trend)),
    }
}

/// Calls a day, from a view.
pub(crate) fn days(trend: &[i64]) -> Vec<u64> {
    trend
        .iter()
        .map(|calls| u64::try_from(*calls).unwrap_or(0))
        .collect()
}

/// One API.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    api: Path<ApiHandle>,
) -> Result<HttpResponse, Problem> {
    let now = app.now();
    let sight = app.reader.as_seen_by(&who.caller);
    let found = sight.api(&api, now).await?;
    let here = format!("/console/apis/{}", found.name);
    let shown = found
        .versions
        .iter()
        .rev()
        .find(|version| version.contract_id.is_some());
    let open = match shown {
        Some(version) => Some(sight.version(&api, number(&version.number)?, now).await?),
        None => None,
    };
    let live = found
        .versions
        .iter()
        .rev()
        .find(|version| version.status == "published");
    let best = live
        .or(found.versions.last())
        .map_or("draft", |version| version.status.as_str());
    let subscribers = open
        .as_ref()
        .map(|page| page.subscribers.as_slice())
        .unwrap_or_default();
    let visit = visit::signed_in(&request, &who);
    let frame =
        Frame::new(visit, Place::Apis, &found.name).below([Link::new("APIs", "/console/apis")]);
    visit::page(&ApiPage {
        frame,
        state: words::lifecycle(best),
        actions: vec![Link::new("New plan", format!("{here}/plans/new"))],
        main_action: Some(Link::new("New version", format!("{here}/versions/new"))),
        title: found.title,
        team: found.team,
        base_address: format!("{}/{}", app.place.gateway, found.name),
        timeline: versions::timeline(&found.versions, now),
        no_versions: Empty {
            icon: Icon::Draft,
            title: "No version yet".to_owned(),
            words: "A version has a contract, an upstream and a lifecycle of its own.".to_owned(),
            actions: vec![Link::new("New version", format!("{here}/versions/new"))],
        },
        shown_version: open.as_ref().map(|page| page.version.number.clone()),
        operations_count: versions::operations_count(open.as_ref()),
        operations: open.as_ref().map(versions::operations).unwrap_or_default(),
        new_plan: format!("{here}/plans/new"),
        plans: found.plans.into_iter().map(plan).collect(),
        subscribers: subscribers.iter().map(|row| subscriber(row, now)).collect(),
        pages: Pages {
            shown: String::new(),
            first: None,
            next: None,
        },
        versions: found
            .versions
            .iter()
            .rev()
            .map(|version| version_row(version, &here, now))
            .collect(),
    })
}

/// A number that a view wrote.
pub(crate) fn number(text: &str) -> Result<VersionNumber, Problem> {
    text.parse().map_err(|_| Problem::unexpected())
}

fn version_row(version: &Version, here: &str, now: Timestamp) -> VersionRow {
    VersionRow {
        number: Link::new(version.number.clone(), format!("{here}/{}", version.number)),
        state: words::lifecycle(&version.status),
        since: Moment::seen_from(now, versions::since(version)),
        sunset: Last::new(version.sunset.map(Moment::day), "–"),
        operations: words::number(version.operations),
        callers: words::number(version.callers_30d),
        calls: words::number(version.calls_30d),
    }
}

fn plan(plan: gatewright_store::views::plans::PlanRow) -> PlanRow {
    PlanRow {
        name: plan.name,
        rate: words::rate(plan.rate),
        quota: words::quota(plan.daily_quota),
        longest_token: span(u64::try_from(plan.max_token_lifetime_s).unwrap_or(0)),
        subscribers: words::number(plan.subscriptions),
    }
}

fn subscriber(
    row: &gatewright_store::views::subscriptions::SubscriberRow,
    now: Timestamp,
) -> SubscriberRow {
    SubscriberRow {
        application: Link::new(
            row.application.clone(),
            format!("/console/applications/{}", row.application_id),
        ),
        consumer: row.consumer.clone(),
        version: row.version.clone(),
        plan: row.plan.clone(),
        scopes: Scopes(row.scopes.clone()),
        calls: words::number(row.calls_30d),
        last_call: words::last(row.last_call, now, "Never"),
    }
}

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
    Some(OpenPlan {
        name: name?,
        terms: Terms {
            rate,
            daily_quota: quota?,
            max_token_lifetime: lifetime,
        },
    })
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
            amount("max_token_lifetime_s", "Longest token", "seconds", lifetime)
                .hint("7776000 is 90 days."),
        ],
        faults,
        action: format!("{here}/plans/new"),
        button: "Open the plan",
        back: here,
    }
}
