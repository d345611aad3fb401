//! Findings of a stored contract: what the specification and a ruleset say about it, with places and what stands there.

use actix_web::{
    HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_contract::Excerpt;
use gatewright_domain::{contract::ContractAt, handle::ApiHandle, text::VersionNumber};
use gatewright_registry::{Assessment, Gravity, PlaceFound, RuleFound, Wanted};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    api::versions::Parts,
    web::{app::App, caller::Bearer, problem::Problem, query::Query},
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
    ruleset: &'static str,
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

/// What one rule has found.
#[derive(Debug, Serialize, ToSchema)]
struct FoundByRule {
    /// The name of the rule.
    rule: String,
    /// `error`, `warning`, `info` or `hint`.
    level: &'static str,
    /// At how many places.
    count: usize,
    /// The places, in the order of the document.
    findings: Vec<FoundAt>,
    /// How many more there are.
    untold: usize,
}

/// One place where a rule has found something.
#[derive(Debug, Serialize, ToSchema)]
struct FoundAt {
    /// What is wrong, and what would be right.
    message: String,
    /// The JSON pointer of the place.
    pointer: String,
    /// The line of the upload, from 1.
    line: u32,
    /// The column within the line, from 1.
    column: u32,
    /// What is written there; none for an empty line.
    excerpt: Option<ExcerptAt>,
}

/// A part of a line of the upload.
#[derive(Debug, Serialize, ToSchema)]
struct ExcerptAt {
    /// What is written, cut off on both sides where the line is long.
    text: String,
    /// How many characters of it stand before the column.
    before: usize,
}

/// Something of a ruleset that was not run.
#[derive(Debug, Serialize, ToSchema)]
struct NotRun {
    /// The rule; none when it is about the ruleset as a whole.
    rule: Option<String>,
    /// Why.
    reason: String,
}

impl From<Assessment> for ContractFindings {
    fn from(assessment: Assessment) -> Self {
        let Assessment {
            contract,
            ruleset,
            found,
            unsupported,
        } = assessment;
        let not_run = unsupported.into_iter().map(|it| NotRun {
            rule: it.rule,
            reason: it.reason,
        });
        Self {
            contract,
            ruleset,
            errors: found.tally.errors,
            warnings: found.tally.warnings,
            infos: found.tally.infos,
            hints: found.tally.hints,
            rules: found.rules.into_iter().map(FoundByRule::from).collect(),
            not_run: not_run.collect(),
        }
    }
}

impl From<RuleFound> for FoundByRule {
    fn from(found: RuleFound) -> Self {
        let untold = found.untold();
        let RuleFound {
            rule,
            gravity,
            count,
            told,
        } = found;
        Self {
            rule,
            level: gravity.as_str(),
            count,
            findings: told.into_iter().map(FoundAt::from).collect(),
            untold,
        }
    }
}

impl From<PlaceFound> for FoundAt {
    fn from(found: PlaceFound) -> Self {
        let PlaceFound {
            message,
            pointer,
            line,
            column,
            excerpt,
        } = found;
        let excerpt = excerpt.map(|Excerpt { text, before }| ExcerptAt { text, before });
        Self {
            message,
            pointer,
            line,
            column,
            excerpt,
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
