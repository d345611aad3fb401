//! What a client registers or publishes to be known by: public keys, certificates, or both in one set (RFC 7517 section 5).

use crate::{
    certificate::{NotACertificate, registered},
    foreign::{ForeignKeys, NotForeignKeys},
};

/// The keys and the certificates of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientKeys {
    keys: Option<ForeignKeys>,
    certificates: Vec<Vec<u8>>,
}

/// Why a document is nothing to know a client by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotClientKeys {
    /// Its keys.
    #[error(transparent)]
    Keys(#[from] NotForeignKeys),
    /// A certificate beside one of its keys.
    #[error("an x5c of the key set does not begin with a certificate")]
    Certificate(#[source] NotACertificate),
}

impl ClientKeys {
    /// Reads a set. One whose keys verify no signature that is taken is one of certificates, if it has any.
    ///
    /// # Errors
    /// Every variant of `NotClientKeys`.
    pub fn read(document: &[u8]) -> Result<Self, NotClientKeys> {
        let keys = ForeignKeys::read(document);
        if let Err(error) = keys
            && error != NotForeignKeys::NoneUsable
        {
            return Err(error.into());
        }
        let certificates = registered(document).map_err(NotClientKeys::Certificate)?;
        match (keys, certificates) {
            (Err(error), certificates) if certificates.is_empty() => Err(error.into()),
            (keys, certificates) => Ok(Self {
                keys: keys.ok(),
                certificates,
            }),
        }
    }

    /// The keys that verify its signatures, if there are any.
    #[must_use]
    pub fn keys(&self) -> Option<&ForeignKeys> {
        self.keys.as_ref()
    }

    /// The certificates that are its own, in DER.
    pub fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.certificates.iter().map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use gatewright_testkit::certificates::{OWN, der};

    use super::*;

    #[test]
    fn a_set_is_of_keys_of_certificates_or_of_both() {
        let key = r#""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#;
        let read =
            |member: String| ClientKeys::read(format!(r#"{{"keys":[{{{member}}}]}}"#).as_bytes());
        let both = read(format!(r#"{key},"x5c":["{OWN}"]"#)).unwrap();
        assert!(both.keys().is_some());
        assert_eq!(both.certificates().collect::<Vec<_>>(), [der(OWN)]);
        let keys = read(key.to_owned()).unwrap();
        assert!(keys.keys().is_some() && keys.certificates().next().is_none());
        let certificate = read(format!(r#""kty":"EC","crv":"P-521","x5c":["{OWN}"]"#)).unwrap();
        assert!(certificate.keys().is_none() && certificate.certificates().next().is_some());
        let neither = read(r#""kty":"EC","crv":"P-521""#.to_owned());
        assert_eq!(
            neither,
            Err(NotClientKeys::Keys(NotForeignKeys::NoneUsable))
        );
        let broken = read(format!(r#"{key},"x5c":["YWJj"]"#));
        assert_eq!(broken, Err(NotClientKeys::Certificate(NotACertificate)));
    }
}
