//! The service under trial, and what it answers.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result};
use ureq::{
    Agent, Body,
    http::{HeaderName, HeaderValue, Method, Request, Response, Uri},
    tls::{RootCerts, TlsConfig},
};

use crate::failure::{Code, Failure};

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A service that is tried.
pub(super) struct Candidate {
    agent: Agent,
    address: Uri,
    method: Method,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Candidate {
    /// The service at an address. Redirects are not followed, because where they lead is another service.
    pub(super) fn at(address: Uri, method: Method, headers: &[String]) -> Result<Self> {
        if !matches!(address.scheme_str(), Some("http" | "https")) {
            let message = format!("{address} is not an address of HTTP");
            let next = "for instance https://staging.example/orders";
            return Err(Failure::new(Code::Usage, message).next(next).into());
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(provider)
            .build();
        let agent = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .tls_config(tls)
            .build()
            .new_agent();
        let headers: Result<Vec<_>> = headers.iter().map(|header| read(header)).collect();
        Ok(Self {
            agent,
            address,
            method,
            headers: headers?,
        })
    }

    /// The status of the answer to a request with this token.
    pub(super) fn answers(&self, token: &str) -> Result<u16> {
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(self.address.clone());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.header("authorization", format!("Bearer {token}"));
        let request = request
            .body(())
            .context("the token cannot be sent in a header")?;
        let answer: Response<Body> = self.agent.run(request)?;
        Ok(answer.status().as_u16())
    }
}

/// A header as it is written on the command line.
fn read(header: &str) -> Result<(HeaderName, HeaderValue)> {
    let read = header.split_once(':').and_then(|(name, value)| {
        let name = HeaderName::try_from(name.trim()).ok()?;
        Some((name, HeaderValue::try_from(value.trim()).ok()?))
    });
    read.ok_or_else(|| {
        let message = format!("`{header}` is not a header");
        Failure::new(Code::Usage, message)
            .next("write it as 'Name: value'")
            .into()
    })
}
