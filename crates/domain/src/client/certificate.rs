//! How certificates stand for clients (RFC 8705): by one name in a certificate of an authority, or by themselves.

use std::{fmt, net::IpAddr, str::FromStr};

/// The longest name, in bytes.
const LONGEST: usize = 1000;

words! {
    /// Which part of a certificate names a client (RFC 8705 section 2.1.2).
    NameKind, NotANameKind = "not a kind of name: expected subject_dn, san_dns, san_uri, san_ip or san_email" {
        /// Its subject, as RFC 4514 writes it.
        SubjectDn = "subject_dn",
        /// A name of a host.
        SanDns = "san_dns",
        /// An address of a resource.
        SanUri = "san_uri",
        /// An IP address.
        SanIp = "san_ip",
        /// A mailbox.
        SanEmail = "san_email",
    }
}

words! {
    /// Which certificates of clients the proxies before us let through.
    Vouched, NotVouched = "not what proxies let through: expected verified or any" {
        /// Those of an authority that they verified the chain to: a name in one proves a client.
        Verified = "verified",
        /// Any: only those that were registered prove something, by themselves.
        Any = "any",
    }
}

/// The one name by which a certificate is known to be a client's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateName {
    kind: NameKind,
    value: String,
}

/// A text that is no name of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotACertificateName {
    /// It is empty, too long, or holds control characters.
    #[error("not a name in a certificate: expected 1 to 1000 bytes without control characters")]
    Text,
    /// It is no IP address.
    #[error("not an IP address")]
    Address,
    /// Its kind is none.
    #[error(transparent)]
    Kind(#[from] NotANameKind),
    /// It has no kind.
    #[error("not a kind and a name, as in san_dns:shop.example")]
    NoKind,
}

impl CertificateName {
    /// The name of this kind. Whether a subject is written as one is for whoever reads certificates to say.
    ///
    /// # Errors
    /// `Text`; `Address`.
    pub fn new(kind: NameKind, value: &str) -> Result<Self, NotACertificateName> {
        let fits = (1..=LONGEST).contains(&value.len()) && !value.contains(char::is_control);
        if !fits {
            return Err(NotACertificateName::Text);
        }
        let value = match kind {
            NameKind::SanIp => {
                let address = value.parse::<IpAddr>();
                let address = address.map_err(|_| NotACertificateName::Address)?;
                address.to_string()
            }
            NameKind::SubjectDn | NameKind::SanDns | NameKind::SanUri | NameKind::SanEmail => {
                value.to_owned()
            }
        };
        Ok(Self { kind, value })
    }

    /// Which part of a certificate it is.
    #[must_use]
    pub fn kind(&self) -> NameKind {
        self.kind
    }

    /// The name itself.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

/// `kind:value`, as columns and forms hold it.
impl fmt::Display for CertificateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.value)
    }
}

impl FromStr for CertificateName {
    type Err = NotACertificateName;

    fn from_str(text: &str) -> Result<Self, NotACertificateName> {
        let (kind, value) = text.split_once(':').ok_or(NotACertificateName::NoKind)?;
        Self::new(kind.parse()?, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_back_what_it_shows() {
        for text in [
            "subject_dn:CN=shop,O=a:b",
            "san_dns:shop.example",
            "san_uri:spiffe://example/shop",
            "san_ip:2001:db8::7",
            "san_email:shop@mail.example",
        ] {
            let name: CertificateName = text.parse().unwrap();
            assert_eq!(name.to_string(), text);
        }
        let long: CertificateName = "san_ip:2001:0db8:0:0:0:0:0:7".parse().unwrap();
        assert_eq!(long.value(), "2001:db8::7");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let long = format!("san_dns:{}", "a".repeat(LONGEST + 1));
        for bad in [
            "",
            "shop.example",
            "san_dns:",
            "san_ip:shop",
            "san_ip:192.0.2.0/24",
            "san_dns:a\nb",
            "dns:shop.example",
            &long,
        ] {
            assert!(bad.parse::<CertificateName>().is_err(), "{bad}");
        }
    }
}
