//! The address of an object in a hardware module (RFC 7512), as far as one needs it.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use percent_encoding::percent_decode_str;

use crate::error::SourceError;

/// `pkcs11:token=LABEL;object=LABEL;id=%01?module-path=PATH&pin-source=file:PATH`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectUri {
    token: TokenAddress,
    object: String,
    id: Option<Vec<u8>>,
    pin_source: Option<PathBuf>,
}

/// A token in a module: its label, and its serial number where two have one label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenAddress {
    pub(crate) module: PathBuf,
    pub(crate) label: String,
    pub(crate) serial: Option<String>,
}

impl ObjectUri {
    /// The token it is in.
    #[must_use]
    pub fn token(&self) -> &TokenAddress {
        &self.token
    }

    /// The label of the object: `CKA_LABEL`.
    #[must_use]
    pub fn object(&self) -> &str {
        &self.object
    }

    /// The object's `CKA_ID`, where the address says it.
    #[must_use]
    pub fn id(&self) -> Option<&[u8]> {
        self.id.as_deref()
    }

    /// The file the PIN is in.
    #[must_use]
    pub fn pin_source(&self) -> Option<&Path> {
        self.pin_source.as_deref()
    }
}

impl FromStr for ObjectUri {
    type Err = SourceError;

    fn from_str(text: &str) -> Result<Self, SourceError> {
        let shown = || text.split(['?']).next().unwrap_or_default().to_owned();
        let wrong = |why: &str| SourceError::Address {
            address: shown(),
            why: format!(
                "{why}; write pkcs11:token=LABEL;object=LABEL?module-path=PATH&pin-source=file:PATH"
            ),
        };
        let body = text.strip_prefix("pkcs11:").unwrap_or(text);
        let (path, query) = body.split_once('?').unwrap_or((body, ""));
        let (mut token, mut serial, mut object, mut id) = (None, None, None, None);
        let (mut module, mut pin_source) = (None, None);
        let attributes = path.split(';').chain(query.split('&'));
        for attribute in attributes.filter(|attribute| !attribute.is_empty()) {
            let (name, value) = attribute
                .split_once('=')
                .ok_or_else(|| wrong("an attribute has no value"))?;
            let bytes: Vec<u8> = percent_decode_str(value).collect();
            let words = || String::from_utf8(bytes.clone()).map_err(|_| wrong("it is not UTF-8"));
            match name {
                "token" => token = Some(words()?),
                "serial" => serial = Some(words()?),
                "object" => object = Some(words()?),
                "id" => id = Some(bytes),
                // There is only one type of object that fits.
                "type" => {}
                "module-path" => module = Some(PathBuf::from(words()?)),
                "pin-source" => {
                    let words = words()?;
                    let path = words.strip_prefix("file:").unwrap_or(&words);
                    pin_source = Some(PathBuf::from(path));
                }
                "pin-value" => {
                    return Err(wrong("a PIN does not belong in an address"));
                }
                other => return Err(wrong(&format!("`{other}` means nothing here"))),
            }
        }
        Ok(Self {
            token: TokenAddress {
                module: module.ok_or_else(|| wrong("it does not say where the module is"))?,
                label: token.ok_or_else(|| wrong("it does not name the token"))?,
                serial,
            },
            object: object.ok_or_else(|| wrong("it does not name the object"))?,
            id,
            pin_source,
        })
    }
}

impl fmt::Display for ObjectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "pkcs11:token={};object={}",
            self.token.label, self.object
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_with_its_escapes() {
        let text = "pkcs11:token=gate%20wright;object=kek;id=%01%ff;type=secret-key?module-path=/usr/lib/m.so&pin-source=file:/run/pin";
        let uri: ObjectUri = text.parse().unwrap();
        assert_eq!(uri.token.label, "gate wright");
        assert_eq!(uri.object(), "kek");
        assert_eq!(uri.id(), Some(&[1, 255][..]));
        assert_eq!(uri.pin_source(), Some(Path::new("/run/pin")));
        assert_eq!(uri.token.module, Path::new("/usr/lib/m.so"));
    }

    #[test]
    fn a_pin_in_an_address_is_refused_and_not_shown() {
        let text = "pkcs11:token=t;object=k?module-path=/m.so&pin-value=1234";
        let refused = text.parse::<ObjectUri>().unwrap_err().to_string();
        assert!(refused.contains("a PIN does not belong in an address"));
        assert!(!refused.contains("1234"), "{refused}");
    }

    #[test]
    fn what_is_missing_is_named() {
        let refused = |text: &str| text.parse::<ObjectUri>().unwrap_err().to_string();
        assert!(refused("pkcs11:object=k?module-path=/m").contains("name the token"));
        assert!(refused("pkcs11:token=t?module-path=/m").contains("name the object"));
        assert!(refused("pkcs11:token=t;object=k").contains("where the module is"));
        assert!(refused("pkcs11:token=t;colour=red").contains("`colour` means nothing"));
    }
}
