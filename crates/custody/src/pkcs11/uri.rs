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
        let wrong = Wrong(text, "token=LABEL;object=LABEL");
        let parts = Parts::read(text, wrong)?;
        Ok(Self {
            object: parts
                .object
                .clone()
                .ok_or_else(|| wrong.because("it does not name the object"))?,
            id: parts.id.clone(),
            pin_source: parts.pin_source.clone(),
            token: parts.token(wrong)?,
        })
    }
}

/// `pkcs11:token=LABEL?module-path=PATH&pin-source=file:PATH`: a token as such, for keys that are made in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenUri {
    token: TokenAddress,
    pin_source: Option<PathBuf>,
}

impl TokenUri {
    /// The token.
    #[must_use]
    pub fn token(&self) -> &TokenAddress {
        &self.token
    }

    /// The file the PIN is in.
    #[must_use]
    pub fn pin_source(&self) -> Option<&Path> {
        self.pin_source.as_deref()
    }
}

impl FromStr for TokenUri {
    type Err = SourceError;

    fn from_str(text: &str) -> Result<Self, SourceError> {
        let wrong = Wrong(text, "token=LABEL");
        let parts = Parts::read(text, wrong)?;
        if parts.object.is_some() || parts.id.is_some() {
            return Err(wrong.because("it names an object, and many keys are to be made there"));
        }
        Ok(Self {
            pin_source: parts.pin_source.clone(),
            token: parts.token(wrong)?,
        })
    }
}

/// An address that cannot be read, and how the path of such a one is written.
#[derive(Clone, Copy)]
struct Wrong<'a>(&'a str, &'static str);

impl Wrong<'_> {
    fn because(self, why: &str) -> SourceError {
        let Self(text, path) = self;
        // What follows the question mark may hold what nobody should see.
        let shown = text.split('?').next().unwrap_or_default();
        SourceError::Address {
            address: shown.to_owned(),
            why: format!("{why}; write pkcs11:{path}?module-path=PATH&pin-source=file:PATH"),
        }
    }
}

/// The attributes of an address.
#[derive(Default)]
struct Parts {
    token: Option<String>,
    serial: Option<String>,
    object: Option<String>,
    id: Option<Vec<u8>>,
    module: Option<PathBuf>,
    pin_source: Option<PathBuf>,
}

impl Parts {
    fn read(text: &str, wrong: Wrong<'_>) -> Result<Self, SourceError> {
        let body = text.strip_prefix("pkcs11:").unwrap_or(text);
        let (path, query) = body.split_once('?').unwrap_or((body, ""));
        let mut parts = Self::default();
        let attributes = path.split(';').chain(query.split('&'));
        for attribute in attributes.filter(|attribute| !attribute.is_empty()) {
            let (name, value) = attribute
                .split_once('=')
                .ok_or_else(|| wrong.because("an attribute has no value"))?;
            let bytes: Vec<u8> = percent_decode_str(value).collect();
            let words =
                || String::from_utf8(bytes.clone()).map_err(|_| wrong.because("it is not UTF-8"));
            match name {
                "token" => parts.token = Some(words()?),
                "serial" => parts.serial = Some(words()?),
                "object" => parts.object = Some(words()?),
                "id" => parts.id = Some(bytes),
                // There is only one type of object that fits.
                "type" => {}
                "module-path" => parts.module = Some(PathBuf::from(words()?)),
                "pin-source" => {
                    let words = words()?;
                    let path = words.strip_prefix("file:").unwrap_or(&words);
                    parts.pin_source = Some(PathBuf::from(path));
                }
                "pin-value" => {
                    return Err(wrong.because("a PIN does not belong in an address"));
                }
                other => return Err(wrong.because(&format!("`{other}` means nothing here"))),
            }
        }
        Ok(parts)
    }

    fn token(self, wrong: Wrong<'_>) -> Result<TokenAddress, SourceError> {
        let missing = |why| move || wrong.because(why);
        Ok(TokenAddress {
            module: self
                .module
                .ok_or_else(missing("it does not say where the module is"))?,
            label: self
                .token
                .ok_or_else(missing("it does not name the token"))?,
            serial: self.serial,
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
    fn a_token_is_read_without_an_object() {
        let text = "pkcs11:token=gate%20wright?module-path=/usr/lib/m.so&pin-source=file:/run/pin";
        let uri: TokenUri = text.parse().unwrap();
        assert_eq!(uri.token().label, "gate wright");
        assert_eq!(uri.pin_source(), Some(Path::new("/run/pin")));
        let refused = "pkcs11:token=t;object=k?module-path=/m".parse::<TokenUri>();
        let refused = refused.unwrap_err().to_string();
        assert!(
            refused.contains("write pkcs11:token=LABEL?module-path"),
            "{refused}"
        );
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
