//! Whether a client can be known by what its terms say: keys that are keys, certificates that are certificates, one name.

use gatewright_domain::client::{AuthMethod, ClientTerms, NameKind};
use gatewright_token::{
    certificate::{NotASubject, Subject},
    client_keys::{ClientKeys, NotClientKeys},
};

/// Why nobody could be known to be a client by its terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unknowable {
    /// By these keys.
    #[error(transparent)]
    KeySet(#[from] NotClientKeys),
    /// Its keys are either registered or published.
    #[error("a client registers its keys or publishes them; leave one of the two out")]
    TwoKeySets,
    /// What its certificate's subject is to be is no name.
    #[error("tls_client_auth_subject_dn is {0}")]
    Subject(#[from] NotASubject),
    /// It is to be known by a certificate, and nothing says by which name.
    #[error(
        "tls_client_auth needs exactly one of tls_client_auth_subject_dn, _san_dns, _san_uri, _san_ip and _san_email"
    )]
    NoCertificateName,
    /// It is to be known by certificates of its own, and registers none.
    #[error(
        "self_signed_tls_client_auth needs a key set with a certificate in x5c, or the address of one"
    )]
    NoCertificate,
}

/// Looks whether a client can be known by its terms.
pub(super) fn judge(terms: &ClientTerms) -> Result<(), Unknowable> {
    if terms.key_set.is_some() && terms.key_address.is_some() {
        return Err(Unknowable::TwoKeySets);
    }
    let keys = terms.key_set.as_ref();
    let keys = keys.map(|set| ClientKeys::read(set.as_bytes()));
    let keys = keys.transpose()?;
    let mut certificates = keys.iter().flat_map(ClientKeys::certificates);
    let may = |method| terms.methods.contains(&method);
    if may(AuthMethod::SelfSigned) && terms.key_address.is_none() && certificates.next().is_none() {
        return Err(Unknowable::NoCertificate);
    }
    let name = terms.certificate_name.as_ref();
    if may(AuthMethod::TlsClientAuth) && name.is_none() {
        return Err(Unknowable::NoCertificateName);
    }
    if let Some(subject) = name.filter(|name| name.kind() == NameKind::SubjectDn) {
        subject.value().parse::<Subject>()?;
    }
    Ok(())
}
