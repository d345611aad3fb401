//! Contracts: uploaded as they are, given back byte for byte.

use std::collections::BTreeSet;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Bytes, Data, Path, PayloadConfig, ServiceConfig},
};
use gatewright_contract::Finding;
use gatewright_domain::{
    handle::ApiHandle,
    text::{Reason, VersionNumber},
};
use gatewright_registry::{Upload, VersionAt};
use gatewright_store::views::{
    contracts::ContractRow,
    operations::OperationRow,
    page::Paged,
    versions::{ContractMark, VersionPage, VersionRow},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    api::{
        answer::shown,
        slice::{Slice, paged},
        versions::{Parts, place, view},
    },
    web::{
        app::App, caller::Bearer, changes::Told, contract_file, expected::Expected,
        problem::Problem, query::Query,
    },
};

/// The largest contract, in bytes: several times the largest public ones.
const LARGEST: usize = 16 * 1024 * 1024;

/// A contract that was taken, and what it offers.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TakenContract {
    /// The stored revision.
    contract: Option<ContractMark>,
    /// The version that now uses it.
    version: VersionRow,
    /// Its operations, in its order.
    operations: Vec<OperationRow>,
    /// The scopes it names, sorted.
    scopes: BTreeSet<String>,
    /// What is worth knowing about it; no errors among them.
    findings: Vec<Noted>,
    /// What changed for callers since the contract before it; empty when there were none.
    #[serde(flatten)]
    changes: Told,
}

/// What is said beside a contract, or the publishing of one.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Despite {
    /// Why the contract is to reach callers although it breaks those of a live version, or has errors of the ruleset that
    /// the API chose; kept in the trail.
    #[param(value_type = Option<String>)]
    pub(super) reason: Option<Reason>,
}

/// Something noteworthy at one place of a contract.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Noted {
    /// The rule that found it.
    rule: String,
    /// `error`, `warning` or `info`.
    level: String,
    /// The JSON pointer of the place.
    pointer: String,
    /// The line of the upload, from 1.
    line: u32,
    /// The column within the line, from 1.
    column: u32,
    /// What it is, and what would be right.
    message: String,
}

impl From<Finding> for Noted {
    fn from(finding: Finding) -> Self {
        let Finding {
            rule,
            level,
            pointer,
            line,
            column,
            message,
        } = finding;
        Self {
            rule: rule.to_string(),
            level: level.to_string(),
            pointer,
            line,
            column,
            message,
        }
    }
}

pub(super) fn routes(config: &mut ServiceConfig) {
    const AT: &str = "/apis/{api}/versions/{version}";
    let to = |rest: &str| web::resource(format!("{AT}/{rest}"));
    let large = PayloadConfig::new(LARGEST);
    config
        .service(to("contract").app_data(large).put(upload).get(download))
        .service(to("contracts").get(list))
        .service(to("contracts/{number}").get(download_revision));
}

/// Upload a contract: an OpenAPI document (2.0, 3.0, 3.1 or 3.2), JSON or YAML
#[utoipa::path(put, path = "/api/v1/apis/{api}/versions/{version}/contract", tag = "Contracts",
    request_body(content((Object = "application/json"), (String = "application/yaml"))),
    params(("api" = ApiHandle, Path), ("version" = VersionNumber, Path), Despite, ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = TakenContract)))]
pub(super) async fn upload(
    app: Data<App>,
    by: Bearer,
    at: Parts,
    Expected(expected): Expected,
    Query(Despite { reason }): Query<Despite>,
    document: Bytes,
) -> Result<HttpResponse, Problem> {
    let at = place(at);
    let upload = Upload {
        document: document.to_vec(),
        reason,
        expected,
    };
    let taken = app
        .registry
        .upload_contract(&by.caller, &at, upload)
        .await?;
    let findings = taken
        .findings
        .into_vec()
        .into_iter()
        .map(Noted::from)
        .collect();
    let changes = taken.changes.into();
    let page = view(&app, &by.caller, &at).await?;
    let VersionPage {
        version,
        contract,
        operations,
        scopes,
        plans: _,
        subscribers: _,
        moves: _,
    } = page;
    let revision = version.revision;
    Ok(shown(
        &TakenContract {
            contract,
            version,
            operations,
            scopes,
            findings,
            changes,
        },
        revision,
    ))
}

/// Download the contract in use, as it was uploaded
#[utoipa::path(get, path = "/api/v1/apis/{api}/versions/{version}/contract", tag = "Contracts",
    params(("api" = ApiHandle, Path), ("version" = VersionNumber, Path)),
    responses((status = 200, content_type = "application/octet-stream")))]
pub(super) async fn download(
    app: Data<App>,
    by: Bearer,
    at: Parts,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    contract_file::given(&request, &app, &by.caller, &place(at), None).await
}

/// List the revisions of a version's contract, the latest first
#[utoipa::path(get, path = "/api/v1/apis/{api}/versions/{version}/contracts", tag = "Contracts",
    params(("api" = ApiHandle, Path), ("version" = VersionNumber, Path), Slice),
    responses((status = 200, body = Paged<ContractRow>)))]
pub(super) async fn list(
    app: Data<App>,
    by: Bearer,
    at: Parts,
    Query(slice): Query<Slice>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (at, page) = (place(at), slice.page()?);
    let sight = app.reader.as_seen_by(&by.caller);
    let found = sight
        .contracts(&at.api, at.number, &page, app.now())
        .await?;
    Ok(paged(&request, "cursor", &found))
}

/// Download a revision of a contract, as it was uploaded
#[utoipa::path(get, path = "/api/v1/apis/{api}/versions/{version}/contracts/{number}", tag = "Contracts",
    params(("api" = ApiHandle, Path), ("version" = VersionNumber, Path), ("number" = u32, Path)),
    responses((status = 200, content_type = "application/octet-stream")))]
pub(super) async fn download_revision(
    app: Data<App>,
    by: Bearer,
    at: Path<(ApiHandle, VersionNumber, u32)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (api, number, revision) = at.into_inner();
    let at = VersionAt { api, number };
    contract_file::given(&request, &app, &by.caller, &at, Some(revision)).await
}
