//! Findings of a stored contract: what the specification and a ruleset say about it, with places and what stands there.

use actix_web::{
    HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{
    contract::ContractAt, handle::ApiHandle, ruleset::RulesetName, text::VersionNumber,
};
use gatewright_registry::{Assessment, Chosen, Gravity, Wanted};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    api::versions::Parts,
    web::{
        app::App,
        caller::Bearer,
        findings::{FoundByRule, NotRun},
        problem::Problem,
        query::Query,
    },
};

/// Which findings.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Those of this level alone: `error`, `warning`, `info` or `hint`.
    #[param(value_type = Option<String>)]
    level: Option<Gravity>,
    /// Those of this rule alone: up to 500 of them, where otherwise each rule tells ten.
    rule: Option<String>,
}

/// What was found in a contract.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ContractFindings {
    /// The contract, with its revision: `v1@3`.
    #[schema(value_type = String)]
    contract: ContractAt,
    /// The ruleset it was held against, beside the specification.
    #[schema(value_type = String)]
    ruleset: RulesetName,
    /// Whether the API chose it, so that its errors stand in the way of publishing.
    is_chosen: bool,
    /// How many errors there are in all.
    errors: usize,
    /// How many warnings.
    warnings: usize,
    /// How many things that are good to know.
    infos: usize,
    /// How many matters of taste.
    hints: usize,
    /// What was asked for, by rule: the gravest first.
    rules: Vec<FoundByRule>,
    /// What of the ruleset was not run.
    not_run: Vec<NotRun>,
}

impl From<Assessment> for ContractFindings {
    fn from(assessment: Assessment) -> Self {
        let Assessment {
            contract,
            ruleset,
            chosen,
            found,
            unsupported,
        } = assessment;
        Self {
            contract,
            ruleset,
            is_chosen: chosen == Chosen::ByApi,
            errors: found.tally.errors,
            warnings: found.tally.warnings,
            infos: found.tally.infos,
            hints: found.tally.hints,
            rules: found.rules.into_iter().map(FoundByRule::from).collect(),
            not_run: unsupported.into_iter().map(NotRun::from).collect(),
        }
    }
}

pub(super) fn routes(config: &mut ServiceConfig) {
    const AT: &str = "/apis/{api}/versions/{version}";
    let to = |rest: &str| web::resource(format!("{AT}/{rest}"));
    config
        .service(to("contract/findings").get(in_use))
        .service(to("contracts/{number}/findings").get(of_revision));
}

/// Tell what is noteworthy in the contract in use
#[utoipa::path(get, path = "/api/v1/apis/{api}/versions/{version}/contract/findings", tag = "Contracts",
    params(("api" = ApiHandle, Path), ("version" = VersionNumber, Path), Asked),
    responses((status = 200, body = ContractFindings)))]
pub(super) async fn in_use(
    app: Data<App>,
    by: Bearer,
    at: Parts,
    Query(asked): Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let (api, version) = at.into_inner();
    let revision = None;
    told(&app, &by, (&api, ContractAt { version, revision }), asked).await
}

/// Tell what is noteworthy in a revision of a contract
#[utoipa::path(get, path = "/api/v1/apis/{api}/versions/{version}/contracts/{number}/findings", tag = "Contracts",
    params(("api" = ApiHandle, Path), ("version" = VersionNumber, Path), ("number" = u32, Path), Asked),
    responses((status = 200, body = ContractFindings)))]
pub(super) async fn of_revision(
    app: Data<App>,
    by: Bearer,
    at: Path<(ApiHandle, VersionNumber, u32)>,
    Query(asked): Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let (api, version, number) = at.into_inner();
    let revision = Some(number);
    told(&app, &by, (&api, ContractAt { version, revision }), asked).await
}

async fn told(
    app: &App,
    by: &Bearer,
    (api, contract): (&ApiHandle, ContractAt),
    Asked { level, rule }: Asked,
) -> Result<HttpResponse, Problem> {
    let wanted = Wanted {
        gravity: level,
        rule,
    };
    let assessed = app
        .registry
        .assess(&by.caller, api, contract, wanted)
        .await?;
    Ok(HttpResponse::Ok().json(ContractFindings::from(assessed)))
}
