//! The JSON API: everything the portal does, for programs. One file for each noun; `openapi` describes all of it.

mod access_tokens;
mod algorithms;
mod answer;
mod api_keys;
mod apis;
mod applications;
mod audit;
mod changes;
mod clients;
mod consumers;
mod contracts;
mod decisions;
mod findings;
mod gateways;
mod grants;
mod home;
mod initial_tokens;
mod inspect;
mod issuers;
mod keks;
mod key_moves;
mod keys;
mod openapi;
mod operators;
mod plans;
mod receipts;
mod references;
mod revocations;
mod rings;
mod rulesets;
mod scopes;
mod slice;
mod subscriptions;
mod successions;
mod teams;
mod tokens;
mod usage;
pub(crate) mod verifiers;
mod versions;

use actix_web::{
    HttpResponse,
    web::{self, PathConfig, ServiceConfig},
};

use crate::web::{catalogue::Kind, problem::Problem};

pub use openapi::{document, openapi};

/// Every address below `/api/v1`. What is malformed in a path is simply not there.
pub fn routes(config: &mut ServiceConfig) {
    let path = PathConfig::default().error_handler(|_, _| Problem::of(Kind::NOT_FOUND).into());
    config.app_data(path);
    let nouns = [
        access_tokens::routes,
        algorithms::routes,
        api_keys::routes,
        apis::routes,
        applications::routes,
        audit::routes,
        changes::routes,
        clients::routes,
        consumers::routes,
        contracts::routes,
        decisions::routes,
        findings::routes,
        gateways::routes,
        grants::routes,
        home::routes,
        initial_tokens::routes,
        inspect::routes,
        keks::routes,
        issuers::routes,
        rings::routes,
        key_moves::routes,
        keys::routes,
        operators::routes,
        plans::routes,
        references::routes,
        revocations::routes,
        rulesets::routes,
        subscriptions::routes,
        successions::routes,
        teams::routes,
        tokens::routes,
        usage::routes,
        verifiers::routes,
        versions::routes,
    ];
    for noun in nouns {
        config.configure(noun);
    }
    config.default_service(web::to(nothing));
}

async fn nothing() -> Result<HttpResponse, Problem> {
    Err(Problem::of(Kind::NOT_FOUND))
}
