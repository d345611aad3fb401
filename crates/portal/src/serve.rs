//! The control plane's HTTP server.

use std::{net::TcpListener, time::Duration};

use actix_web::{
    App as Actix, HttpServer,
    dev::Server,
    middleware::{Compress, from_fn},
    web::Data,
};

use crate::{
    routes::routes,
    web::{app::App, present::present},
};

/// How long a client may take to send the head of a request, and a request in flight to end when the server stops.
const HEAD: Duration = Duration::from_secs(10);
const GRACE: u64 = 10;

/// The largest body that any handler takes, in bytes: a contract.
const LARGEST: usize = 16 * 1024 * 1024;

/// Serves an app on a listener until it is stopped (`Server::handle`). Signals are the caller's business.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(app: App, listener: TcpListener, workers: usize) -> std::io::Result<Server> {
    let app = Data::new(app);
    let server = HttpServer::new(move || {
        Actix::new()
            .app_data(app.clone())
            .app_data(actix_web::web::PayloadConfig::new(LARGEST))
            .wrap(Compress::default())
            .wrap(from_fn(present))
            .configure(routes)
    });
    let server = server
        .workers(workers)
        .client_request_timeout(HEAD)
        .shutdown_timeout(GRACE)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}
