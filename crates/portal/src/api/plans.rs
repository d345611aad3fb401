//! Plans: the limits under which an API is called.

use actix_web::{
    HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{
    access::Caller,
    handle::{ApiHandle, PlanHandle},
    id::PlanId,
    limit::{Rate, RateParts},
    plan::{Lifetime, Terms},
    text::Name,
};
use gatewright_registry::OpenPlan;
use gatewright_store::{StoreError, views::plans::PlanRow};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::{
    api::{
        answer::{made, shown},
        slice::Whole,
    },
    web::{
        app::App,
        body::{Body, Nothing},
        caller::Bearer,
        expected::{Expected, MustExpect},
        problem::Problem,
    },
};

/// A plan to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPlan {
    /// Its name, unique within the API.
    name: Name,
    /// How fast.
    #[schema(value_type = RateParts)]
    rate: Rate,
    /// How many requests a day (UTC); without limit when nothing is said.
    daily_quota: Option<u64>,
    /// The longest lifetime of a token, in seconds: from 60 to 31536000.
    max_token_lifetime_s: u64,
}

/// What may change about a plan; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanEdit {
    /// How fast.
    #[schema(value_type = Option<RateParts>)]
    rate: Option<Rate>,
    /// How many requests a day (UTC); `null` lifts the limit.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<u64>)]
    daily_quota: Option<Option<u64>>,
    /// The longest lifetime of a token, in seconds.
    max_token_lifetime_s: Option<u64>,
}

/// Tells `null` from what is left out.
fn said<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<u64>>, D::Error> {
    Option::deserialize(from).map(Some)
}

type Parts = Path<(ApiHandle, PlanHandle)>;

pub(super) fn routes(config: &mut ServiceConfig) {
    const AT: &str = "/apis/{api}/plans/{plan}";
    config
        .service(web::resource("/apis/{api}/plans").get(list).post(open))
        .service(web::resource(AT).get(show).patch(edit))
        .service(web::resource(format!("{AT}/close")).post(close));
}

async fn row(app: &App, by: &Caller, api: &ApiHandle, plan: PlanId) -> Result<PlanRow, Problem> {
    let plans = app.reader.as_seen_by(by).plans(api).await?;
    let found = plans.into_iter().find(|row| row.id == plan);
    Ok(found.ok_or(StoreError::NotFound)?)
}

fn lifetime(seconds: u64) -> Result<Lifetime, Problem> {
    Lifetime::try_from(seconds).map_err(|error| Problem::field("/max_token_lifetime_s", error))
}

fn quota(said: Option<u64>) -> Result<Option<u64>, Problem> {
    let quota = said.map(Terms::quota).transpose();
    quota.map_err(|error| Problem::field("/daily_quota", error))
}

/// List the plans of an API
#[utoipa::path(get, path = "/api/v1/apis/{api}/plans", tag = "Plans",
    params(("api" = ApiHandle, Path)), responses((status = 200, body = Whole<PlanRow>)))]
pub(super) async fn list(
    app: Data<App>,
    by: Bearer,
    api: Path<ApiHandle>,
) -> Result<HttpResponse, Problem> {
    let items = app.reader.as_seen_by(&by.caller).plans(&api).await?;
    Ok(HttpResponse::Ok().json(Whole { items }))
}

/// Open a plan
#[utoipa::path(post, path = "/api/v1/apis/{api}/plans", tag = "Plans", request_body = NewPlan,
    params(("api" = ApiHandle, Path)), responses((status = 201, body = PlanRow)))]
pub(super) async fn open(
    app: Data<App>,
    by: Bearer,
    api: Path<ApiHandle>,
    Body(NewPlan {
        name,
        rate,
        daily_quota,
        max_token_lifetime_s,
    }): Body<NewPlan>,
) -> Result<HttpResponse, Problem> {
    let max_token_lifetime = lifetime(max_token_lifetime_s)?;
    let terms = Terms {
        rate,
        daily_quota: quota(daily_quota)?,
        max_token_lifetime,
    };
    let plan = app
        .registry
        .open_plan(&by.caller, &api, OpenPlan { name, terms })
        .await?;
    let row = row(&app, &by.caller, &api, plan.id).await?;
    Ok(made(
        format_args!("/apis/{}/plans/{}", plan.api.name, plan.id),
        &row,
        row.revision,
    ))
}

/// Show a plan
#[utoipa::path(get, path = "/api/v1/apis/{api}/plans/{plan}", tag = "Plans",
    params(("api" = ApiHandle, Path), ("plan" = PlanHandle, Path)),
    responses((status = 200, body = PlanRow)))]
pub(super) async fn show(app: Data<App>, by: Bearer, at: Parts) -> Result<HttpResponse, Problem> {
    let (api, plan) = at.into_inner();
    let plan = app
        .reader
        .as_seen_by(&by.caller)
        .find_plan(&api, &plan)
        .await?;
    let row = row(&app, &by.caller, &api, plan.id).await?;
    Ok(shown(&row, row.revision))
}

/// Change a plan's terms, at once for everybody under it
#[utoipa::path(patch, path = "/api/v1/apis/{api}/plans/{plan}", tag = "Plans", request_body = PlanEdit,
    params(("api" = ApiHandle, Path), ("plan" = PlanHandle, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = PlanRow)))]
pub(super) async fn edit(
    app: Data<App>,
    by: Bearer,
    at: Parts,
    MustExpect(expected): MustExpect,
    Body(PlanEdit {
        rate,
        daily_quota,
        max_token_lifetime_s,
    }): Body<PlanEdit>,
) -> Result<HttpResponse, Problem> {
    let (api, plan) = at.into_inner();
    let Terms {
        rate: old_rate,
        daily_quota: old_quota,
        max_token_lifetime: old_lifetime,
    } = app
        .reader
        .as_seen_by(&by.caller)
        .find_plan(&api, &plan)
        .await?
        .terms;
    let terms = Terms {
        rate: rate.unwrap_or(old_rate),
        daily_quota: daily_quota.map_or(Ok(old_quota), quota)?,
        max_token_lifetime: max_token_lifetime_s.map_or(Ok(old_lifetime), lifetime)?,
    };
    let plan = app
        .registry
        .edit_plan(&by.caller, (&api, &plan), terms, Some(expected))
        .await?;
    let row = row(&app, &by.caller, &api, plan.id).await?;
    Ok(shown(&row, row.revision))
}

/// Close a plan to new subscriptions
#[utoipa::path(post, path = "/api/v1/apis/{api}/plans/{plan}/close", tag = "Plans",
    params(("api" = ApiHandle, Path), ("plan" = PlanHandle, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = PlanRow)))]
pub(super) async fn close(
    app: Data<App>,
    by: Bearer,
    at: Parts,
    Expected(expected): Expected,
    _: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let (api, plan) = at.into_inner();
    let plan = app
        .registry
        .close_plan(&by.caller, (&api, &plan), expected)
        .await?;
    let row = row(&app, &by.caller, &api, plan.id).await?;
    Ok(shown(&row, row.revision))
}
