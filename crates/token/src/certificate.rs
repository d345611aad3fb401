//! X.509 certificates of clients (RFC 5280): whom one names, and when it is good.
//!
//! Invariant: nothing here says who vouches for a certificate. A chain is verified by whoever ends the TLS connection; a
//! self-signed certificate is compared byte for byte with those that were registered.

mod subject;

use std::net::IpAddr;

use base64::{Engine, engine::general_purpose::STANDARD};
use gatewright_domain::{
    client::{CertificateName, NameKind},
    time::Timestamp,
};
use x509_cert::{
    Certificate as X509,
    der::Decode,
    ext::pkix::{SubjectAltName, name::GeneralName},
    time::Time,
};

use crate::json::{Object, Value};

pub use subject::{NotASubject, Subject};

/// A certificate, as far as it says something about a client.
#[derive(Clone, Debug)]
pub struct Certificate {
    subject: Option<Subject>,
    alternatives: Vec<GeneralName>,
    from: Timestamp,
    until: Timestamp,
}

/// Bytes that are no X.509 certificate, or one of the wrong form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an X.509 certificate in DER, as RFC 5280 has it")]
pub struct NotACertificate;

/// Whether a certificate is good at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Currency {
    /// It is.
    Current,
    /// Not yet, or not any more.
    OutOfDate,
}

impl Certificate {
    /// Reads one.
    ///
    /// # Errors
    /// `NotACertificate`, also when it says its alternative names twice.
    pub fn read(der: &[u8]) -> Result<Self, NotACertificate> {
        let read = X509::from_der(der).map_err(|_| NotACertificate)?;
        let said = read.tbs_certificate();
        let names = said.get_extension::<SubjectAltName>();
        let names = names.map_err(|_| NotACertificate)?;
        let validity = said.validity();
        Ok(Self {
            subject: Subject::of(said.subject()),
            alternatives: names.map_or_else(Vec::new, |(_, names)| names.0),
            from: moment(&validity.not_before)?,
            until: moment(&validity.not_after)?,
        })
    }

    /// Whether it is good at this moment, both ends included (RFC 5280 section 4.1.2.5).
    #[must_use]
    pub fn currency(&self, now: Timestamp) -> Currency {
        if self.from.seconds() <= now.seconds() && now.seconds() <= self.until.seconds() {
            Currency::Current
        } else {
            Currency::OutOfDate
        }
    }

    /// Whether it has this name (RFC 8705 section 2.1.2). A pattern of names is no name: `*.example` is only itself.
    #[must_use]
    pub fn has(&self, name: &CertificateName) -> bool {
        let said = name.value();
        let mut alternatives = self.alternatives.iter();
        match name.kind() {
            NameKind::SubjectDn => {
                let wanted: Option<Subject> = said.parse().ok();
                wanted.is_some() && wanted == self.subject
            }
            NameKind::SanDns => alternatives.any(|one| {
                matches!(one, GeneralName::DnsName(dns) if dns.as_str().eq_ignore_ascii_case(said))
            }),
            NameKind::SanUri => alternatives.any(|one| {
                matches!(one, GeneralName::UniformResourceIdentifier(uri) if uri.as_str() == said)
            }),
            NameKind::SanIp => said.parse().is_ok_and(|wanted: IpAddr| {
                alternatives.any(|one| {
                    matches!(one, GeneralName::IpAddress(octets) if is(octets.as_bytes(), wanted))
                })
            }),
            NameKind::SanEmail => alternatives.any(|one| {
                matches!(one, GeneralName::Rfc822Name(email) if is_mailbox(email.as_str(), said))
            }),
        }
    }
}

/// The certificates that a client registers beside its keys (RFC 8705 section 2.2.2): the first `x5c` of each key of a set.
///
/// # Errors
/// `NotACertificate` when one is none, and when the set cannot be read.
pub fn registered(set: &[u8]) -> Result<Vec<Vec<u8>>, NotACertificate> {
    let set = Object::read(set).map_err(|_| NotACertificate)?;
    let Some(Value::List(keys)) = set.get("keys") else {
        return Err(NotACertificate);
    };
    keys.iter().filter_map(chain).map(first).collect()
}

/// The certificates beside a key.
fn chain<'v, 'a>(key: &'v Value<'a>) -> Option<&'v Value<'a>> {
    match key {
        Value::Object(jwk) => jwk.get("x5c"),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => None,
    }
}

/// The first certificate of a chain: that of the key itself (RFC 7517 section 4.7).
fn first(chain: &Value<'_>) -> Result<Vec<u8>, NotACertificate> {
    let Value::List(chain) = chain else {
        return Err(NotACertificate);
    };
    let text = chain.first().and_then(Value::as_text);
    let der = STANDARD.decode(text.ok_or(NotACertificate)?);
    let der = der.map_err(|_| NotACertificate)?;
    Certificate::read(&der)?;
    Ok(der)
}

fn moment(time: &Time) -> Result<Timestamp, NotACertificate> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs());
    Ok(Timestamp::from_seconds(
        seconds.map_err(|_| NotACertificate)?,
    ))
}

fn is(octets: &[u8], address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => octets == address.octets(),
        IpAddr::V6(address) => octets == address.octets(),
    }
}

/// Whether two mailboxes are one: the host in any case, what is before it exactly (RFC 5280 section 7.5).
fn is_mailbox(said: &str, wanted: &str) -> bool {
    match (said.rsplit_once('@'), wanted.rsplit_once('@')) {
        (Some((who, host)), Some((wanted, at))) => who == wanted && host.eq_ignore_ascii_case(at),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use gatewright_testkit::certificates::{ENDED, OTHER, OWN, SHOP, der};

    use super::*;

    fn has(kind: NameKind, value: &str) -> bool {
        let certificate = Certificate::read(&der(SHOP)).unwrap();
        certificate.has(&CertificateName::new(kind, value).unwrap())
    }

    #[test]
    fn a_certificate_has_the_names_that_it_says_and_no_others() {
        use NameKind::{SanDns, SanEmail, SanIp, SanUri};
        assert!(has(SanDns, "shop.example") && has(SanDns, "SHOP.Example"));
        assert!(!has(SanDns, "example") && !has(SanDns, "*.example"));
        assert!(!has(SanDns, "spiffe://example/shop"));
        assert!(has(SanUri, "spiffe://example/shop"));
        assert!(!has(SanUri, "spiffe://example/Shop") && !has(SanUri, "shop.example"));
        assert!(has(SanIp, "192.0.2.7") && has(SanIp, "2001:db8:0::7"));
        assert!(!has(SanIp, "192.0.2.70") && !has(SanIp, "::ffff:192.0.2.7"));
        assert!(has(SanEmail, "Shop@MAIL.example") && !has(SanEmail, "shop@mail.example"));
    }

    #[test]
    fn a_subject_is_compared_by_its_meaning() {
        let is = |name: &str| has(NameKind::SubjectDn, name);
        for good in [
            "CN=shop+OU=Sales,O=Müller\\, Söhne,C=DE",
            "ou=sales + cn=Shop, o=M\\C3\\BCller\\2C S\\C3\\B6hne, c=de",
            "2.5.4.3=shop+2.5.4.11=Sales,O=Müller\\,  Söhne,C=DE",
            "CN=#130473686f70+OU=Sales,O=Müller\\, Söhne,C=DE",
        ] {
            assert!(is(good), "{good}");
        }
        for bad in [
            "CN=shop",
            "C=DE,O=Müller\\, Söhne,OU=Sales+CN=shop",
            "CN=shop,OU=Sales,O=Müller\\, Söhne,C=DE",
            "OU=shop+CN=Sales,O=Müller\\, Söhne,C=DE",
            "CN=shop+OU=Sales,O=MÜLLER\\, SÖHNE,C=DE",
            "CN=shop+OU=Sales,O=Müller\\, Söhne,C=DE,DC=example",
            "CN=shop+OU=Sales,O=Muller\\, Sohne,C=DE",
        ] {
            assert!(!is(bad), "{bad}");
        }
    }

    #[test]
    fn a_certificate_is_good_from_its_first_second_to_its_last() {
        let at = |certificate: &str, seconds| {
            let certificate = Certificate::read(&der(certificate)).unwrap();
            certificate.currency(Timestamp::from_seconds(seconds))
        };
        // 2020-01-01 and 2021-01-01.
        let (from, until) = (1_577_836_800, 1_609_459_200);
        assert_eq!(at(ENDED, from - 1), Currency::OutOfDate);
        assert_eq!(at(ENDED, from), Currency::Current);
        assert_eq!(at(ENDED, until), Currency::Current);
        assert_eq!(at(ENDED, until + 1), Currency::OutOfDate);
        assert_eq!(at(OWN, 1_800_000_000), Currency::Current);
    }

    #[test]
    fn the_certificates_of_a_key_set_are_the_first_of_each_chain() {
        let set = format!(
            r#"{{"keys":[{{"x5c":["{OWN}","{SHOP}"]}},{{"kty":"EC"}},{{"x5c":["{OTHER}"]}}]}}"#
        );
        assert_eq!(registered(set.as_bytes()), Ok(vec![der(OWN), der(OTHER)]));
        assert_eq!(registered(br#"{"keys":[]}"#), Ok(Vec::new()));
        for bad in [
            "{}",
            "[]",
            r#"{"keys":[{"x5c":[]}]}"#,
            r#"{"keys":[{"x5c":"YWJj"}]}"#,
            r#"{"keys":[{"x5c":["YWJj"]}]}"#,
        ] {
            assert_eq!(registered(bad.as_bytes()), Err(NotACertificate), "{bad}");
        }
    }

    #[test]
    fn what_is_cut_off_or_followed_by_more_is_no_certificate() {
        let whole = der(SHOP);
        for cut in [0, 1, 4, whole.len() / 2, whole.len() - 1] {
            assert!(Certificate::read(&whole[..cut]).is_err(), "{cut}");
        }
        assert!(Certificate::read(&[&whole[..], b"x"].concat()).is_err());
        assert!(Certificate::read(&whole).is_ok());
    }
}
