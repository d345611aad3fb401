//! The way to the control plane: one client for what a gateway asks and what it reports.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use gatewright_domain::secret::Secret;
use http::{
    HeaderValue, Method, Request, Response, StatusCode, Uri,
    header::{AUTHORIZATION, USER_AGENT},
};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use rustls::ClientConfig;
use tokio::time::timeout;

use crate::upstream::{TlsError, connector, tls};

const CONNECT: Duration = Duration::from_secs(5);

/// How long a body may take, from first byte to last.
const BODY: Duration = Duration::from_secs(60);

/// The control plane of a gateway that runs apart.
#[derive(Clone)]
pub struct ControlPlane {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    base: String,
    credential: HeaderValue,
}

/// Why the control plane's address or the gateway's token cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The address is none.
    #[error("the control plane's address must be http:// or https:// and a host")]
    Address,
    /// The token cannot stand in a header.
    #[error("the gateway's token holds a character that no token has")]
    Token,
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Why a call to the control plane failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    #[error("the control plane cannot be reached")]
    Unreachable(#[source] hyper_util::client::legacy::Error),
    #[error("the control plane did not answer in time")]
    Late,
    #[error("the control plane does not know this gateway's token ({0})")]
    NotEnrolled(StatusCode),
    #[error("the control plane answered {0}")]
    Unexpected(StatusCode),
    #[error("the answer broke off or is too large")]
    Body(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the request could not be put together")]
    Request(#[source] http::Error),
}

impl ControlPlane {
    /// The control plane at an address, for the gateway with this token.
    ///
    /// # Errors
    /// When either cannot be used.
    pub fn at(address: &str, token: Secret<String>) -> Result<Self, SetupError> {
        let uri: Uri = address.parse().map_err(|_| SetupError::Address)?;
        let has_host = uri
            .authority()
            .is_some_and(|authority| !authority.host().is_empty());
        if !matches!(uri.scheme_str(), Some("http" | "https")) || !has_host {
            return Err(SetupError::Address);
        }
        let value = token.lend(|token| HeaderValue::try_from(format!("Bearer {}", token.trim())));
        let mut credential = value.map_err(|_| SetupError::Token)?;
        credential.set_sensitive(true);
        let tls: Arc<ClientConfig> = tls(None)?;
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .build(connector(&tls, CONNECT));
        let base = address.trim_end_matches('/').to_owned();
        Ok(Self {
            client,
            base,
            credential,
        })
    }

    /// Where it is, for people.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.base
    }

    /// A request to it, to be completed by its caller.
    pub(crate) fn request(&self, method: Method, path: &str) -> http::request::Builder {
        Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header(AUTHORIZATION, self.credential.clone())
            .header(
                USER_AGENT,
                concat!("gatewright-gateway/", env!("CARGO_PKG_VERSION")),
            )
    }

    /// Sends a request, and gives the answer if it is a good one and begins in time.
    pub(crate) async fn call(
        &self,
        request: http::Result<Request<Full<Bytes>>>,
        patience: Duration,
    ) -> Result<Response<Incoming>, CallError> {
        let request = request.map_err(CallError::Request)?;
        let answer = timeout(patience, self.client.request(request)).await;
        let answer = answer
            .map_err(|_| CallError::Late)?
            .map_err(CallError::Unreachable)?;
        match answer.status() {
            status if status.is_success() => Ok(answer),
            status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
                Err(CallError::NotEnrolled(status))
            }
            status => Err(CallError::Unexpected(status)),
        }
    }

    /// All of an answer's body, up to a size.
    pub(crate) async fn body(
        answer: Response<Incoming>,
        largest: usize,
    ) -> Result<Vec<u8>, CallError> {
        let body = Limited::new(answer.into_body(), largest).collect();
        let body = timeout(BODY, body).await.map_err(|_| CallError::Late)?;
        Ok(body.map_err(CallError::Body)?.to_bytes().to_vec())
    }
}
