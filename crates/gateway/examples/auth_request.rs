//! A verifier behind nginx `auth_request`, for `benches/`: it verifies every token anew, with the library that the gateway
//! verifies with, and answers 204 or 401. Usage: `auth_request ADDRESS ISSUER JWKS-FILE`.
//!
//! It is the strongest rival of its kind that we know how to write: one thread, no framework, aws-lc, no look-up.

use std::{
    convert::Infallible,
    rc::Rc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use bytes::Bytes;
use gatewright_domain::{
    key::Purpose,
    snapshot::{VerificationKey, VerificationState},
    time::Timestamp,
};
use gatewright_token::{jwks, policy::Policy, ring::VerifierRing, verify::verify};
use http::{Request, Response, StatusCode, header::AUTHORIZATION};
use http_body_util::Empty;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, task::LocalSet};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const LEEWAY: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_secs(31_536_000);

struct Verifier {
    ring: VerifierRing,
    policy: Policy,
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || {
        arguments
            .next()
            .context("usage: auth_request ADDRESS ISSUER JWKS-FILE")
    };
    let (address, issuer, file) = (next()?, next()?, next()?);
    let verifier = Rc::new(Verifier {
        ring: ring(&std::fs::read(&file).with_context(|| format!("could not read {file}"))?)?,
        policy: Policy::new(issuer, LEEWAY, LONGEST),
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    LocalSet::new().block_on(&runtime, serve(&address, verifier))
}

fn ring(document: &[u8]) -> Result<VerifierRing> {
    let from = Timestamp::from_seconds(0);
    let keys = jwks::read(document)?
        .into_iter()
        .map(|key| VerificationKey {
            kid: key.kid().clone(),
            jwk: key.to_json(),
            purpose: Purpose::Access,
            max_lifetime: None,
            state: VerificationState::Signed { from, until: None },
        });
    Ok(VerifierRing::of(&keys.collect::<Vec<_>>())?)
}

async fn serve(address: &str, verifier: Rc<Verifier>) -> Result<()> {
    let listener = TcpListener::bind(address).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let verifier = Rc::clone(&verifier);
        let answer = service_fn(move |request| {
            let status = verifier.judge(&request);
            std::future::ready(Ok::<_, Infallible>(bare(status)))
        });
        // nginx closes connections when it pleases.
        tokio::task::spawn_local(
            http1::Builder::new().serve_connection(TokioIo::new(stream), answer),
        );
    }
}

impl Verifier {
    fn judge(&self, request: &Request<Incoming>) -> StatusCode {
        let credential = request.headers().get(AUTHORIZATION);
        let token = credential.and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
        let good =
            token.is_some_and(|token| verify(token, &self.ring, &self.policy, now()).is_ok());
        if good {
            StatusCode::NO_CONTENT
        } else {
            StatusCode::UNAUTHORIZED
        }
    }
}

fn bare(status: StatusCode) -> Response<Empty<Bytes>> {
    let mut response = Response::new(Empty::new());
    *response.status_mut() = status;
    response
}

#[expect(clippy::disallowed_methods, reason = "the clock of a program")]
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs());
    Timestamp::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
}
