//! `Client-Cert` (RFC 9440): how a proxy that ended a TLS connection tells which certificate its client showed there.
//!
//! Invariant: a value is read in the one way there is, and says nothing about who sent it. Whoever reads one has made sure before
//! that it is the only one of the request, and that the proxy is one that is believed.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use gatewright_domain::binding::Thumbprint;

use crate::base64url;

/// The header's name, in lower case.
pub const HEADER: &str = "client-cert";

/// A certificate that a client showed: its bytes, which may be no certificate at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCert {
    der: Vec<u8>,
    thumbprint: Thumbprint,
}

/// The certificate that a value tells, written as RFC 9440 section 2.1 has it: base64 between colons.
#[must_use]
pub fn read(value: &[u8]) -> Option<ClientCert> {
    let text = value.strip_prefix(b":")?.strip_suffix(b":")?;
    let der = STANDARD.decode(text).ok().filter(|der| !der.is_empty())?;
    let thumbprint = base64url::encode(digest(&SHA256, &der).as_ref());
    let thumbprint = thumbprint.parse().ok()?;
    Some(ClientCert { der, thumbprint })
}

impl ClientCert {
    /// The bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Their SHA-256, to which tokens are bound (RFC 8705 section 3.1, `x5t#S256`).
    #[must_use]
    pub fn thumbprint(&self) -> &Thumbprint {
        &self.thumbprint
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_told_in_one_way() {
        // SHA-256 of the three bytes of "abc" (FIPS 180-2 appendix B.1).
        let abc = "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";
        let told = read(b":YWJj:").unwrap();
        assert_eq!(told.thumbprint().as_str(), abc);
        assert_eq!(told.der(), b"abc");
        for bad in [
            "YWJj",
            ":YWJj",
            ":YWI:",
            "::",
            ":YW Jj:",
            ":YWJj:, :YWJj:",
            "%3AYWJj%3A",
            "",
        ] {
            assert_eq!(read(bad.as_bytes()), None, "{bad}");
        }
    }
}
