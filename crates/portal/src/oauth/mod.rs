//! OAuth 2: where people allow applications to act for them, the token endpoint, and what anybody may read: the public keys, and the documents that say where things are.

mod authorize;
mod client;
mod client_metadata;
mod error;
mod exchange;
mod form;
mod introspect;
mod jwks;
mod metadata;
mod refusal;
mod register;
mod revoke;
mod sender;
mod status_lists;
mod token;

use actix_web::{
    HttpResponse,
    web::{self, ServiceConfig},
};

/// Every address of it.
pub fn routes(config: &mut ServiceConfig) {
    let server = "/.well-known/oauth-authorization-server{issuer:.*}";
    let resource = "/.well-known/oauth-protected-resource/{api}/{version}";
    config
        .configure(register::routes)
        .service(
            web::resource("/oauth2/jwks")
                .get(jwks::show)
                .route(web::head().to(jwks::show)),
        )
        .service(
            web::resource("/oauth2/jwks/{api}")
                .get(jwks::of_api)
                .route(web::head().to(jwks::of_api)),
        )
        .service(
            web::resource("/oauth2/token")
                .app_data(form::limit())
                .route(web::post().to(token::token))
                .default_service(web::to(only_post)),
        )
        .service(
            web::resource("/oauth2/authorize")
                .get(authorize::show)
                .post(authorize::decide),
        )
        .service(
            web::resource("/oauth2/introspect")
                .app_data(form::limit())
                .route(web::post().to(introspect::introspect))
                .default_service(web::to(only_post)),
        )
        .service(
            web::resource("/oauth2/revoke")
                .app_data(form::limit())
                .route(web::post().to(revoke::revoke))
                .default_service(web::to(only_post)),
        )
        .service(web::resource("/oauth2/status-lists").get(status_lists::index))
        .service(
            web::resource("/oauth2/status-lists/{list}")
                .get(status_lists::show)
                .route(web::head().to(status_lists::show)),
        )
        .service(web::resource(server).get(metadata::server))
        .service(web::resource(resource).get(metadata::resource));
}

async fn only_post() -> HttpResponse {
    error::Fault::method().answer()
}
