//! The addresses of the console.

use actix_web::web::{ServiceConfig, get, post, resource};

use super::{
    account, algorithms, api_forms, api_keys, apis, applications, audit, client_terms, clients,
    compare, compromise, consumers, contract_history, contracts, decisions, entry, findings,
    gateways, grants, home, initial_tokens, inspector, issue, issuer_forms, issuer_moves, issuers,
    keks, key_moves, keys, moves, operators, problem, publishing, reference_operation, references,
    revocations, ring_forms, rings, rulesets, search, settings, staleness, subscribe, subscribing,
    successions, teams, tokens, usage, verifiers, versions,
};

/// Every page, and every form behind it.
pub fn routes(config: &mut ServiceConfig) {
    doors(config);
    registry(config);
    callers(config);
    access(config);
    traffic(config);
    house(config);
}

/// What is reached before anybody has signed in, and what concerns everybody.
fn doors(config: &mut ServiceConfig) {
    config
        .route("/", get().to(entry::front))
        .service(
            resource("/sign-in")
                .get(entry::sign_in_page)
                .post(entry::sign_in),
        )
        .service(
            resource("/sign-in/{secret}")
                .get(entry::sign_in_link_page)
                .post(entry::sign_in_with_link),
        )
        .route("/sign-out", post().to(entry::sign_out))
        .service(
            resource("/set-up/{secret}")
                .get(entry::set_up_page)
                .post(entry::set_up),
        )
        .route("/theme", post().to(entry::theme))
        .route("/help/errors/{slug}", get().to(problem::help))
        .route("/console", get().to(home::show));
}

/// APIs, versions, contracts, plans. What is made stands before what is named, because names are matched last.
fn registry(config: &mut ServiceConfig) {
    config
        .route("/console/apis", get().to(apis::list))
        .service(
            resource("/console/apis/new")
                .get(api_forms::new_page)
                .post(api_forms::new),
        )
        .route("/console/apis/{api}", get().to(apis::show))
        .service(
            resource("/console/apis/{api}/versions/new")
                .get(api_forms::new_version_page)
                .post(api_forms::new_version),
        )
        .service(
            resource("/console/apis/{api}/plans/new")
                .get(api_forms::new_plan_page)
                .post(api_forms::new_plan),
        )
        .route("/console/apis/{api}/compare", get().to(compare::show))
        .service(
            resource("/console/apis/{api}/algorithm")
                .get(algorithms::choose_page)
                .post(algorithms::choose),
        )
        .service(
            resource("/console/apis/{api}/ruleset")
                .get(rulesets::choose_page)
                .post(rulesets::choose),
        )
        .route(
            "/apis/{api}/versions/{version}",
            get().to(versions::explained),
        )
        .route("/console/apis/{api}/{version}", get().to(versions::show))
        .service(
            resource("/console/apis/{api}/{version}/contract")
                .get(contracts::contract_page)
                .post(contracts::contract),
        )
        .route(
            "/console/apis/{api}/{version}/contract/document",
            get().to(contracts::document),
        )
        .route(
            "/console/apis/{api}/{version}/contract/findings",
            get().to(findings::in_use),
        )
        .route(
            "/console/apis/{api}/{version}/contracts/{number}/findings",
            get().to(findings::of_revision),
        )
        .route(
            "/console/apis/{api}/{version}/contracts",
            get().to(contract_history::list),
        )
        .route(
            "/console/apis/{api}/{version}/contracts/{number}/document",
            get().to(contracts::revision_document),
        )
        .route(
            "/console/apis/{api}/{version}/subscribe",
            get().to(subscribing::candidates),
        )
        .route(
            "/console/apis/{api}/{version}/reference",
            get().to(references::list),
        )
        .route(
            "/console/apis/{api}/{version}/reference/{operation}",
            get().to(reference_operation::show),
        )
        .service(
            resource("/console/apis/{api}/{version}/staleness")
                .get(staleness::edit_page)
                .post(staleness::edit),
        )
        .service(
            resource("/console/apis/{api}/{version}/publish")
                .get(publishing::publish_page)
                .post(publishing::publish),
        )
        .route(
            "/console/apis/{api}/{version}/verifiers",
            get().to(verifiers::show),
        )
        .service(
            resource("/console/apis/{api}/{version}/{verb}")
                .get(moves::move_page)
                .post(moves::do_move),
        );
}

/// Consumers, applications, subscriptions, tokens.
fn callers(config: &mut ServiceConfig) {
    config
        .route("/console/consumers", get().to(consumers::list))
        .service(
            resource("/console/consumers/new")
                .get(consumers::new_page)
                .post(consumers::new),
        )
        .route("/console/consumers/{consumer}", get().to(consumers::show))
        .service(
            resource("/console/consumers/{consumer}/applications/new")
                .get(consumers::new_application_page)
                .post(consumers::new_application),
        )
        .service(
            resource("/console/consumers/{consumer}/initial-tokens/new")
                .get(initial_tokens::new_page)
                .post(initial_tokens::new),
        )
        .service(
            resource("/console/initial-tokens/{initial_token}/revoke")
                .get(initial_tokens::revoke_page)
                .post(initial_tokens::revoke),
        )
        .route(
            "/console/applications/{application}",
            get().to(applications::show),
        )
        .service(
            resource("/console/applications/{application}/subscribe")
                .get(subscribe::subscribe_page)
                .post(subscribe::subscribe),
        )
        .route(
            "/console/applications/{application}/credentials",
            get().to(clients::show),
        )
        .service(
            resource("/console/applications/{application}/credentials/new")
                .get(clients::new_page)
                .post(clients::new),
        )
        .service(
            resource("/console/applications/{application}/credentials/edit")
                .get(client_terms::edit_page)
                .post(client_terms::edit),
        )
        .service(
            resource("/console/applications/{application}/credentials/{secret}/revoke")
                .get(clients::revoke_page)
                .post(clients::revoke),
        )
        .route(
            "/console/applications/{application}/grants",
            get().to(grants::list),
        )
        .service(
            resource("/console/grants/{grant}/revoke")
                .get(grants::revoke_page)
                .post(grants::revoke),
        )
        .service(
            resource("/console/applications/{application}/revoke-all")
                .get(applications::revoke_all_page)
                .post(applications::revoke_all),
        );
}

/// Tokens, signing keys, the inspector.
fn access(config: &mut ServiceConfig) {
    config
        .service(
            resource("/console/applications/{application}/tokens/new")
                .get(issue::issue_page)
                .post(issue::issue),
        )
        .route(
            "/console/applications/{application}/tokens/new/preview",
            post().to(issue::preview),
        )
        .route("/console/tokens/{token}", get().to(tokens::show))
        .service(
            resource("/console/tokens/{token}/revoke")
                .get(tokens::revoke_page)
                .post(tokens::revoke),
        )
        .service(
            resource("/console/tokens/{token}/replace")
                .get(successions::replace_page)
                .post(successions::replace),
        )
        .service(
            resource("/console/applications/{application}/api-keys/new")
                .get(api_keys::new_page)
                .post(api_keys::new),
        )
        .route("/console/api-keys/{key}", get().to(api_keys::show))
        .service(
            resource("/console/api-keys/{key}/revoke")
                .get(api_keys::revoke_page)
                .post(api_keys::revoke),
        )
        .route("/console/keks", get().to(keks::list))
        .route("/console/keys", get().to(keys::list))
        .service(
            resource("/console/keys/rings/new")
                .get(ring_forms::new_page)
                .post(ring_forms::new),
        )
        .route(
            "/console/keys/rings/{purpose}/{algorithm}",
            get().to(rings::show),
        )
        .service(
            resource("/console/keys/rings/{purpose}/{algorithm}/{verb}")
                .get(ring_forms::move_page)
                .post(ring_forms::do_move),
        )
        .route("/console/keys/{kid}", get().to(keys::show))
        .service(
            resource("/console/keys/{kid}/compromise")
                .get(compromise::show)
                .post(compromise::declare),
        )
        .route(
            "/console/keys/{kid}/rehearse",
            post().to(compromise::rehearse),
        )
        .service(
            resource("/console/keys/{kid}/{verb}")
                .get(key_moves::move_page)
                .post(key_moves::do_move),
        )
        .route("/console/issuers", get().to(issuers::list))
        .service(
            resource("/console/issuers/new")
                .get(issuer_forms::new_page)
                .post(issuer_forms::new),
        )
        .route("/console/issuers/{issuer}", get().to(issuers::show))
        .route(
            "/console/issuers/{issuer}/try",
            post().to(issuers::try_token),
        )
        .service(
            resource("/console/issuers/{issuer}/rules")
                .get(issuer_forms::rules_page)
                .post(issuer_forms::rules),
        )
        .service(
            resource("/console/issuers/{issuer}/{verb}")
                .get(issuer_moves::move_page)
                .post(issuer_moves::do_move),
        )
        .route("/console/revocations", get().to(revocations::list))
        .service(
            resource("/console/revocations/new")
                .get(revocations::new_page)
                .post(revocations::new),
        )
        .service(
            resource("/console/inspector")
                .get(inspector::show)
                .post(inspector::inspect),
        );
}

/// Decisions, usage, gateways.
fn traffic(config: &mut ServiceConfig) {
    config
        .route("/decisions/{decision}", get().to(decisions::explained))
        .route("/console/decisions", get().to(decisions::list))
        .route("/console/decisions/{decision}", get().to(decisions::show))
        .route("/console/usage", get().to(usage::show))
        .route("/console/usage.csv", get().to(usage::csv))
        .route("/console/gateways", get().to(gateways::list))
        .service(
            resource("/console/gateways/enrol")
                .get(gateways::enrol_page)
                .post(gateways::enrol),
        )
        .service(
            resource("/console/gateways/remove")
                .get(gateways::remove_page)
                .post(gateways::remove),
        );
}

/// The trail, operators, the account, settings, search.
fn house(config: &mut ServiceConfig) {
    config
        .route("/console/audit", get().to(audit::list))
        .route("/console/audit.jsonl", get().to(audit::export))
        .service(
            resource("/console/audit/verify")
                .get(audit::verify_again)
                .post(audit::verify),
        )
        .route("/console/audit/{seq}", get().to(audit::show))
        .route("/console/operators", get().to(operators::list))
        .service(
            resource("/console/operators/new")
                .get(operators::new_page)
                .post(operators::new),
        )
        .service(
            resource("/console/operators/teams/new")
                .get(teams::new_team_page)
                .post(teams::new_team),
        )
        .service(
            resource("/console/operators/{operator}")
                .get(operators::show)
                .post(operators::change),
        )
        .route("/console/account", get().to(account::show))
        .route("/console/account/password", post().to(account::password))
        .route("/console/account/grants", get().to(grants::own))
        .route("/console/account/tokens", get().to(account::tokens))
        .service(
            resource("/console/account/tokens/new")
                .get(account::new_page)
                .post(account::new),
        )
        .service(
            resource("/console/account/tokens/{token}/revoke")
                .get(account::revoke_page)
                .post(account::revoke),
        )
        .route("/console/settings", get().to(settings::show))
        .route("/console/search", post().to(search::find));
}
