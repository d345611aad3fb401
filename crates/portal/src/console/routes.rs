//! The addresses of the console.

use actix_web::web::{ServiceConfig, get, post, resource};

use super::{
    api_forms, apis, applications, consumers, contracts, entry, home, moves, problem, subscribe,
    versions,
};

/// Every page, and every form behind it.
pub fn routes(config: &mut ServiceConfig) {
    doors(config);
    registry(config);
    callers(config);
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
            "/console/apis/{api}/{version}/publish",
            get().to(moves::publish_page),
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
        .route(
            "/console/applications/{application}",
            get().to(applications::show),
        )
        .service(
            resource("/console/applications/{application}/subscribe")
                .get(subscribe::subscribe_page)
                .post(subscribe::subscribe),
        )
        .service(
            resource("/console/applications/{application}/revoke-all")
                .get(applications::revoke_all_page)
                .post(applications::revoke_all),
        );
}
