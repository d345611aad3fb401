//! The call to an upstream: pooled connections, deadlines, and one second try where it can do no harm.

use std::{
    path::{Path, PathBuf},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use http::Response;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem, pem::PemObject},
};
use tokio::time::{Instant, timeout_at};

use crate::{config::Deadlines, forward::Forward, meter::Meter, outgoing::Outgoing};

/// Idle connections kept per upstream and thread.
const IDLE: usize = 1024;

/// How long an idle connection is kept: shorter than the 60 s after which common servers close theirs.
const IDLE_FOR: Duration = Duration::from_secs(30);

/// One thread's connections to all upstreams.
pub(crate) struct Upstreams {
    client: Client<HttpsConnector<HttpConnector>, Outgoing>,
    meter: Arc<Meter>,
    first_byte: Duration,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The upstream cannot be reached, or broke off before it answered.
    Unreachable,
    /// It did not begin to answer in time.
    Late,
}

impl Upstreams {
    pub(crate) fn new(tls: &Arc<ClientConfig>, deadlines: Deadlines, meter: Arc<Meter>) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE_FOR)
            .pool_max_idle_per_host(IDLE)
            .pool_timer(TokioTimer::new())
            .set_host(false)
            .build(connector(tls, deadlines.connect));
        Self {
            client,
            meter,
            first_byte: deadlines.first_byte,
        }
    }

    /// Sends a request and waits for the head of the answer, until `total` at the latest. A second try is made once when a
    /// connection broke off under a request that may be sent twice: an idle one may have been closed at that moment.
    pub(crate) async fn call(
        &self,
        forward: Forward,
        total: Instant,
    ) -> Result<Response<Incoming>, Failure> {
        let spare = forward.spare();
        match (self.once(forward, total).await, spare) {
            (Err(Broken::Midway), Some(spare)) => {
                self.meter.retried();
                self.once(spare, total).await.map_err(Failure::from)
            }
            (outcome, _) => outcome.map_err(Failure::from),
        }
    }

    async fn once(&self, forward: Forward, total: Instant) -> Result<Response<Incoming>, Broken> {
        let (began, request) = (Instant::now(), forward.into_request());
        let progress = request.body().progress();
        let mut answer = pin!(self.client.request(request));
        loop {
            let last = progress.as_ref().map_or(began, |progress| progress.last());
            let by = total.min(last + self.first_byte);
            match timeout_at(by, answer.as_mut()).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) if error.is_connect() => return Err(Broken::NeverConnected),
                Ok(Err(_)) => return Err(Broken::Midway),
                // The upstream may have taken more of the body meanwhile.
                Err(_) if by < total && progress.as_ref().is_some_and(|p| last < p.last()) => {}
                Err(_) => return Err(Broken::Late),
            }
        }
    }
}

enum Broken {
    NeverConnected,
    Midway,
    Late,
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::NeverConnected | Broken::Midway => Self::Unreachable,
            Broken::Late => Self::Late,
        }
    }
}

/// A connector for both schemes; certificates are verified, always.
pub(crate) fn connector(
    tls: &Arc<ClientConfig>,
    connect: Duration,
) -> HttpsConnector<HttpConnector> {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_nodelay(true);
    http.set_connect_timeout(Some(connect));
    HttpsConnectorBuilder::new()
        .with_tls_config(ClientConfig::clone(tls))
        .https_or_http()
        .enable_http1()
        .wrap_connector(http)
}

/// Why calls over TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The library has no protocol version to offer.
    #[error("TLS has no protocol version to offer")]
    Versions(#[source] rustls::Error),
    /// The file of further roots cannot be read.
    #[error("could not read the certificates in {file}")]
    Roots {
        /// The file.
        file: PathBuf,
        /// Why not.
        #[source]
        cause: pem::Error,
    },
}

/// TLS towards upstreams and the control plane, with the machine's own roots (`SSL_CERT_FILE` names others) and those of a
/// file. Without any, every https call is refused, and http goes on.
pub(crate) fn tls(further: Option<&Path>) -> Result<Arc<ClientConfig>, TlsError> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    let (_, unreadable) = roots.add_parsable_certificates(found.certs);
    if unreadable > 0 || !found.errors.is_empty() {
        let errors = found.errors.len();
        tracing::warn!(unreadable, errors, "Could not read every root certificate");
    }
    if let Some(file) = further {
        let unread = |cause| TlsError::Roots {
            file: file.to_owned(),
            cause,
        };
        let certificates = CertificateDer::pem_file_iter(file).map_err(unread)?;
        let certificates = certificates
            .collect::<Result<Vec<_>, _>>()
            .map_err(unread)?;
        roots.add_parsable_certificates(certificates);
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Versions)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
