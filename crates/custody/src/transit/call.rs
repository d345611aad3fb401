//! One question over HTTP to a key service: bounded in time and size, and never sent on to another address.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use gatewright_domain::secret::Secret;
use http::{HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tokio::time::timeout;

use crate::error::HolderError;

/// How long an answer may take, from the first byte that is sent to the last that is read.
const PATIENCE: Duration = Duration::from_secs(5);
const CONNECT: Duration = Duration::from_secs(3);

/// More than any answer of a key service to these questions.
const LARGEST: usize = 64 * 1024;

pub(crate) struct Caller {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl Caller {
    /// With the certificate authorities that this system trusts (`SSL_CERT_FILE` names others).
    pub(crate) fn new() -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut http = HttpConnector::new();
        http.set_connect_timeout(Some(CONNECT));
        http.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(config)
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { client })
    }

    /// Asks, with the token of a service that is called Vault or OpenBao.
    pub(crate) async fn ask(
        &self,
        method: Method,
        url: &str,
        token: &Secret<String>,
        body: Option<&Value>,
    ) -> Result<Answer, HolderError> {
        let away = |why: String| HolderError::Away { why };
        let header = token.lend(|token| HeaderValue::try_from(token.trim()));
        let mut header = header.map_err(|_| HolderError::Refused {
            why: "the token holds a character that no token has; look at where it comes from"
                .to_owned(),
        })?;
        header.set_sensitive(true);
        let text = body.map(Value::to_string).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(url)
            .header("X-Vault-Token", header)
            .header("X-Vault-Request", "true")
            .header(http::header::CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(text)))
            .map_err(|error| away(error.to_string()))?;
        let asked = async {
            let answer = self.client.request(request).await;
            let answer = answer.map_err(|error| {
                away(format!(
                    "{url} cannot be reached ({error}); is it up, and is its address right?"
                ))
            })?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), LARGEST).collect().await;
            let body = body.map_err(|error| away(format!("the answer broke off: {error}")))?;
            let body = serde_json::from_slice(&body.to_bytes()).unwrap_or(Value::Null);
            Ok(Answer { status, body })
        };
        timeout(PATIENCE, asked).await.map_err(|_| {
            away(format!(
                "{url} did not answer within {} s",
                PATIENCE.as_secs()
            ))
        })?
    }
}
