//! Clients that prove themselves with a certificate (RFC 8705), as the proxy that ended their TLS connection tells it.

use std::sync::Arc;

use gatewright_domain::{
    binding::Thumbprint,
    client::{AuthMethod, ClientTerms, Vouched},
    time::Timestamp,
};
use gatewright_store::ClientRecord;
use gatewright_token::{
    certificate::{Certificate, Currency},
    client_cert,
};

use super::published::Need;
use crate::Keys;

/// A certificate that a client showed to a proxy that is believed.
#[derive(Clone, Debug)]
pub struct ShownCertificate {
    shown: client_cert::ClientCert,
    read: Arc<Certificate>,
    vouched: Vouched,
}

/// A `Client-Cert` that tells no certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Client-Cert is not one certificate in DER, as base64 between colons")]
pub struct NotShownCertificate;

impl ShownCertificate {
    /// The certificate that the one `Client-Cert` of a request tells, whose sender is believed.
    ///
    /// # Errors
    /// `NotShownCertificate`.
    pub fn read(client_cert: &[u8], vouched: Vouched) -> Result<Self, NotShownCertificate> {
        let shown = client_cert::read(client_cert).ok_or(NotShownCertificate)?;
        let read = Certificate::read(shown.der()).map_err(|_| NotShownCertificate)?;
        Ok(Self {
            shown,
            read: Arc::new(read),
            vouched,
        })
    }

    /// To what a token is bound by it; nothing once it has ended, or before it begins.
    pub(super) fn thumbprint(&self, now: Timestamp) -> Option<&Thumbprint> {
        (self.read.currency(now) == Currency::Current).then(|| self.shown.thumbprint())
    }
}

/// Whether clients may be known by their certificates.
pub(super) fn is_known_by_certificates(terms: &ClientTerms) -> bool {
    let by_certificate = [AuthMethod::TlsClientAuth, AuthMethod::SelfSigned];
    by_certificate.iter().any(|one| terms.methods.contains(one))
}

impl Keys {
    /// By which method a certificate proves this client, if by any.
    pub(super) async fn believes_certificate(
        &self,
        client: &ClientRecord,
        certificate: &ShownCertificate,
        now: Timestamp,
    ) -> Option<AuthMethod> {
        certificate.thumbprint(now)?;
        let terms = &client.registration.terms;
        let may = |method| terms.methods.contains(&method);
        if may(AuthMethod::TlsClientAuth)
            && certificate.vouched == Vouched::Verified
            && let Some(name) = &terms.certificate_name
            && certificate.read.has(name)
        {
            return Some(AuthMethod::TlsClientAuth);
        }
        let is_registered =
            may(AuthMethod::SelfSigned) && self.has_registered(client, certificate).await;
        is_registered.then_some(AuthMethod::SelfSigned)
    }

    /// Whether the client registered or publishes exactly this certificate.
    async fn has_registered(&self, client: &ClientRecord, certificate: &ShownCertificate) -> bool {
        let id = client.application.id;
        let terms = &client.registration.terms;
        let Some(keys) = self.keys_of(client, Need::Proof).await else {
            return false;
        };
        let der = certificate.shown.der();
        if keys.certificates().any(|one| one == der) {
            return true;
        }
        let Some(address) = &terms.key_address else {
            return false;
        };
        let newer = self.published_keys(id, address, Need::Surprise).await;
        newer.is_some_and(|keys| keys.certificates().any(|one| one == der))
    }
}
