//! What gateways that run apart call: what is in force, and what they counted. Each proves itself with the token it was
//! enrolled with. The protocol is `docs/book/src/gateway-protocol.md`.

mod records;
mod snapshot;
pub mod snapshots;

use actix_web::web::{self, PayloadConfig, ServiceConfig};

/// The largest batch of records, in bytes: as many as a gateway sends at one time, each with its steps.
const LARGEST: usize = 64 * 1024 * 1024;

/// Every address below `/internal/v1`.
pub fn routes(config: &mut ServiceConfig) {
    config
        .app_data(PayloadConfig::new(LARGEST))
        .service(web::resource("/snapshot").get(snapshot::ask))
        .service(web::resource("/records").post(records::take));
}
