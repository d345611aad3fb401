//! From an issuer to its key set (OpenID Connect Discovery 1.0 section 4, RFC 8414 section 3).

use serde::Deserialize;

use crate::fetch::{Document, Fetch, FetchFault};

/// Why there is no key set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoKeySet {
    #[error(transparent)]
    Fetch(#[from] FetchFault),
    #[error("{address} is no metadata: it is not JSON with the texts `issuer` and `jwks_uri`")]
    NotMetadata { address: String },
    #[error(
        "the metadata at {address} is of another issuer; register the issuer exactly as it calls itself there"
    )]
    OtherIssuer { address: String },
    #[error("{0}")]
    Keys(String),
}

/// What is read of an issuer's metadata.
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}

/// The key set that an issuer's metadata names. The metadata must call the issuer as its tokens do, byte for byte: otherwise
/// one issuer could be made to vouch with another's keys (RFC 8414 section 3.3).
pub(super) fn key_set(fetch: &dyn Fetch, issuer: &str) -> Result<Document, NoKeySet> {
    let well_known = format!(
        "{}/.well-known/openid-configuration",
        issuer.trim_end_matches('/')
    );
    let (address, metadata) = match fetch.fetch(&well_known) {
        Err(FetchFault::Status { status: 404, .. }) => {
            let address = inserted(issuer);
            let metadata = fetch.fetch(&address)?;
            (address, metadata)
        }
        found => (well_known, found?),
    };
    let metadata: Metadata = match serde_json::from_slice(&metadata.bytes) {
        Ok(metadata) => metadata,
        Err(_) => return Err(NoKeySet::NotMetadata { address }),
    };
    if metadata.issuer != issuer {
        return Err(NoKeySet::OtherIssuer { address });
    }
    Ok(fetch.fetch(&metadata.jwks_uri)?)
}

/// Where RFC 8414 has the metadata: between the host and the path.
fn inserted(issuer: &str) -> String {
    let issuer = issuer.trim_end_matches('/');
    let host = issuer.find("://").map_or(0, |scheme| scheme + 3);
    let path = issuer.get(host..).and_then(|rest| rest.find('/'));
    let (host, path) = issuer.split_at(path.map_or(issuer.len(), |at| host + at));
    format!("{host}/.well-known/oauth-authorization-server{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_metadata_of_rfc_8414_stand_between_host_and_path() {
        assert_eq!(
            inserted("https://id.test/tenant/1"),
            "https://id.test/.well-known/oauth-authorization-server/tenant/1"
        );
        assert_eq!(
            inserted("https://id.test/"),
            "https://id.test/.well-known/oauth-authorization-server"
        );
    }
}
