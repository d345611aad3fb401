//! The addresses of the console.

use actix_web::web::{ServiceConfig, get, post, resource};

use super::{apis, applications, consumers, entry, home, problem, versions};

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
                .get(apis::new_page)
                .post(apis::new),
        )
        .route("/console/apis/{api}", get().to(apis::show))
        .service(
            resource("/console/apis/{api}/versions/new")
                .get(apis::new_version_page)
                .post(apis::new_version),
        )
        .service(
            resource("/console/apis/{api}/plans/new")
                .get(apis::new_plan_page)
                .post(apis::new_plan),
        )
        .route("/console/apis/{api}/{version}", get().to(versions::show))
        .service(
            resource("/console/apis/{api}/{version}/contract")
                .get(versions::contract_page)
                .post(versions::contract),
        )
        .route(
            "/console/apis/{api}/{version}/contract/document",
            get().to(versions::document),
        )
        .route(
            "/console/apis/{api}/{version}/publish",
            get().to(versions::publish_page),
        )
        .service(
            resource("/console/apis/{api}/{version}/{verb}")
                .get(versions::move_page)
                .post(versions::do_move),
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
                .get(applications::subscribe_page)
                .post(applications::subscribe),
        )
        .service(
            resource("/console/applications/{application}/revoke-all")
                .get(applications::revoke_all_page)
                .post(applications::revoke_all),
        );
}
