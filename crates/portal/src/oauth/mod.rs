//! What anybody may read of the keys and the issuer.

use actix_web::web::ServiceConfig;

/// Its addresses.
pub fn routes(_: &mut ServiceConfig) {}
