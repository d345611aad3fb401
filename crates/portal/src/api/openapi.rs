//! The API's own description: an OpenAPI 3.1 document, made from the handlers.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::{
    Modify, OpenApi, ToSchema,
    openapi::{
        self, Components, ContentBuilder, Ref, ResponseBuilder,
        security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

use super::{
    access_tokens, algorithms, api_keys, apis, applications, audit, changes, clients, consumers,
    contracts, decisions, findings, gateways, grants, home, initial_tokens, inspect, issuers, keks,
    key_moves, keys, operators, plans, references, revocations, rings, rulesets, subscriptions,
    successions, teams, tokens, usage, verifiers, versions,
};
use crate::web::problem::Fault;

/// What went wrong with a request (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
struct ProblemDocument {
    /// The address of a page of this instance that explains the kind of problem.
    r#type: String,
    /// What the kind is called.
    title: String,
    /// The status of the answer.
    status: u16,
    /// This one in particular: why, and what would be right.
    detail: String,
    /// The path of the request.
    instance: String,
    /// The request's id, which stands in the log and in the trail.
    request_id: String,
    /// The places it concerns.
    errors: Vec<Fault>,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Gatewright",
        description = "Everything the portal does, for programs. Lists page by cursor; a POST is carried out once for \
                       each Idempotency-Key; edits need If-Match.",
    ),
    paths(
        apis::list, apis::register, apis::show, apis::edit, algorithms::show, algorithms::choose,
        rulesets::show, rulesets::choose,
        versions::draft, versions::show, versions::edit, versions::agree, versions::publish, versions::deprecate, versions::retire,
        versions::block, versions::unblock, versions::discard,
        contracts::upload, contracts::download, contracts::list, contracts::download_revision,
        findings::in_use, findings::of_revision, changes::compare, references::list, references::show,
        plans::list, plans::open, plans::show, plans::edit, plans::close,
        consumers::list, consumers::register, consumers::show, consumers::register_application,
        applications::list, applications::show, applications::disable, applications::enable,
        initial_tokens::list, initial_tokens::issue, initial_tokens::show, initial_tokens::revoke,
        clients::show, clients::edit, clients::issue, clients::revoke, grants::list,
        grants::own, grants::show, grants::begin, grants::revoke,
        subscriptions::list, subscriptions::subscribe, subscriptions::show, subscriptions::pause,
        subscriptions::resume, subscriptions::close,
        tokens::list, tokens::issue, tokens::show, tokens::revoke, tokens::revoke_all,
        successions::replace, successions::lineage,
        api_keys::list, api_keys::issue, api_keys::show, api_keys::revoke,
        revocations::list, revocations::revoke,
        keks::list, keys::list, keys::rotate, keys::compromise,
        rings::list, rings::form, rings::show, rings::rotate, rings::retime, rings::enable, rings::disable,
        key_moves::stage, key_moves::publish, key_moves::discard, key_moves::activate, key_moves::suspend,
        key_moves::resume, key_moves::retire, key_moves::rehearse, key_moves::blast_radius,
        decisions::list, decisions::show, inspect::inspect,
        audit::events, audit::verify,
        usage::usage, home::home, verifiers::configuration,
        operators::list, operators::admit, operators::show, operators::reassign, operators::disable,
        operators::enable, teams::list, teams::form, access_tokens::list, access_tokens::revoke,
        gateways::list, gateways::enrol, gateways::remove,
        issuers::list, issuers::trust, issuers::show, issuers::edit_rules, issuers::suspend, issuers::resume,
        issuers::withdraw, issuers::refresh, issuers::try_token,
    ),
    components(schemas(ProblemDocument)),
    modifiers(&Manners),
)]
struct Description;

/// What every operation has in common: who may call it, and how it fails.
struct Manners;

impl Modify for Manners {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
        let scheme = scheme.description(Some("A personal access token, issued in the portal."));
        let components = document.components.get_or_insert_with(Components::new);
        components.add_security_scheme("access_token", SecurityScheme::Http(scheme.build()));
        let needed = SecurityRequirement::new("access_token", Vec::<String>::new());
        document.security = Some(vec![needed]);
        let problem = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name("Problem")))
            .build();
        let failure = ResponseBuilder::new()
            .description("What went wrong, and what would be right")
            .content("application/problem+json", problem)
            .build();
        for item in document.paths.paths.values_mut() {
            let all = [
                &mut item.get,
                &mut item.put,
                &mut item.post,
                &mut item.patch,
            ];
            for operation in all.into_iter().flatten() {
                let failed = failure.clone().into();
                operation
                    .responses
                    .responses
                    .insert("default".to_owned(), failed);
            }
        }
    }
}

/// The document, as it is served and as it stands in `docs/openapi.json`.
#[must_use]
pub fn document() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let text = Description::openapi().to_pretty_json().unwrap_or_default();
        format!("{text}\n")
    });
    &TEXT
}

/// The description is public, like the program it describes.
pub async fn openapi() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(document())
}
