//! The key set that tokens are recognised by without an installation: a file, or what an address answers with.

use std::{fs, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use gatewright_domain::{
    key::Purpose,
    snapshot::{VerificationKey, VerificationState},
};
use gatewright_token::{jwks, ring::VerifierRing};
use ureq::{
    Agent,
    tls::{RootCerts, TlsConfig},
};

use crate::failure::unreadable;

/// How long the answer may take, and how much of it is read.
const PATIENCE: Duration = Duration::from_secs(10);
const LARGEST: u64 = 1024 * 1024;

/// The ring of a key set.
///
/// # Errors
/// When it cannot be had, or is none.
pub(super) fn read(keys: &str) -> Result<VerifierRing> {
    let document = if keys.starts_with("https://") || keys.starts_with("http://") {
        fetch(keys).with_context(|| format!("could not fetch the key set {keys}"))?
    } else {
        fs::read(keys).map_err(unreadable(format_args!("the key set {keys}")))?
    };
    let set = jwks::read(&document).with_context(|| format!("{keys} is no key set"))?;
    let listed = set.into_iter().map(|key| VerificationKey {
        kid: key.kid().clone(),
        jwk: key.to_json(),
        purpose: Purpose::Access,
        max_lifetime: None,
        // When it signed does not matter here.
        state: VerificationState::Published,
    });
    Ok(VerifierRing::of(&listed.collect::<Vec<_>>())?)
}

fn fetch(address: &str) -> Result<Vec<u8>> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(provider)
        .build();
    let agent = Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .tls_config(tls)
        .build()
        .new_agent();
    let mut answer = agent.get(address).call()?;
    let body = answer.body_mut().with_config().limit(LARGEST);
    Ok(body.read_to_vec()?)
}
