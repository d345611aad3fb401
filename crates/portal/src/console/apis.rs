//! APIs: the list, and one API.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use gatewright_domain::{handle::ApiHandle, text::VersionNumber, time::Timestamp};
use gatewright_store::views::{apis as views, page::Page, versions::VersionRow as Version};
use serde::Deserialize;

use crate::{
    console::{algorithms, elsewhere, rulesets, versions, visit, words},
    page::{
        chart::Spark,
        empty::Empty,
        fact::{Last, Scopes},
        frame::{Frame, Link},
        icon::Icon,
        list::{Filters, Pages},
        moment::{Moment, span},
        place::Place,
    },
    pages::apis::{ApiList, ApiPage, ApiRow, PlanRow, SubscriberRow, VersionRow},
    web::{app::App, caller::SignedIn, problem::Problem},
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
        frame: Frame::new(visit::signed_in(&request, &who), Place::Apis, "APIs")
            .also(elsewhere::call(&app, "/apis")),
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
    let signing = app.keys.api_signing(&who.caller, &api).await?;
    let ruleset = sight.find_ruleset(&api).await?;
    let ruleset = ruleset.map(|ruleset| ruleset.choice).unwrap_or_default();
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
    let frame = Frame::new(visit, Place::Apis, &found.name)
        .below([Link::new("APIs", "/console/apis")])
        .also(elsewhere::call(&app, &format!("/apis/{}", found.name)));
    visit::page(&ApiPage {
        frame,
        state: words::lifecycle(best),
        actions: Vec::new(),
        main_action: Some(Link::new("New version", format!("{here}/versions/new"))),
        title: found.title,
        team: found.team,
        base_address: format!("{}/{}", app.place.gateway, found.name),
        signing: algorithms::in_words(&signing),
        key_set: format!("/oauth2/jwks/{}", found.name),
        choose_algorithm: format!("{here}/algorithm"),
        ruleset: rulesets::in_words(&ruleset),
        choose_ruleset: format!("{here}/ruleset"),
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
        last_call: words::last_hour(row.last_call, now, "Never"),
    }
}
