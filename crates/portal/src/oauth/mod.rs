//! What anybody may read: the public keys, and the documents that say where they are. No caller, no secrets.

mod jwks;
mod metadata;

use actix_web::web::{self, ServiceConfig};

/// Every address of it.
pub fn routes(config: &mut ServiceConfig) {
    let server = "/.well-known/oauth-authorization-server";
    let resource = "/.well-known/oauth-protected-resource/{api}/{version}";
    config
        .service(
            web::resource("/oauth2/jwks")
                .get(jwks::show)
                .route(web::head().to(jwks::show)),
        )
        .service(web::resource(server).get(metadata::server))
        .service(web::resource(resource).get(metadata::resource));
}
