//! The address of a key in a transit engine: `https://HOST:PORT/MOUNT/keys/NAME?token-file=PATH`.

use std::{
    fmt,
    net::IpAddr,
    path::{Path, PathBuf},
    str::FromStr,
};

use http::Uri;

use crate::error::SourceError;

/// Where a key is, and the file its token is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransitAddress {
    base: String,
    mount: String,
    key: String,
    token_file: Option<PathBuf>,
}

impl TransitAddress {
    pub(crate) fn mount(&self) -> &str {
        &self.mount
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    pub(crate) fn token_file(&self) -> Option<&Path> {
        self.token_file.as_deref()
    }

    /// Where the key is described.
    pub(crate) fn about(&self) -> String {
        self.to("keys")
    }

    /// Where something is done with the key.
    pub(crate) fn to(&self, verb: &str) -> String {
        format!("{}/v1/{}/{verb}/{}", self.base, self.mount, self.key)
    }
}

impl FromStr for TransitAddress {
    type Err = SourceError;

    fn from_str(text: &str) -> Result<Self, SourceError> {
        let wrong = Wrong(text, "transit/keys/NAME");
        let Place {
            base,
            path,
            token_file,
        } = Place::read(text, wrong)?;
        let parts = path.rsplit_once("/keys/");
        let (mount, key) = parts.ok_or_else(|| wrong.because("its path does not name a key"))?;
        if mount.is_empty() || key.is_empty() || key.contains('/') {
            return Err(wrong.because("its path does not name a key"));
        }
        Ok(Self {
            base,
            mount: mount.to_owned(),
            key: key.to_owned(),
            token_file,
        })
    }
}

/// `https://HOST:PORT/MOUNT?token-file=PATH`: an engine as such, for keys that are made in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransitMount {
    base: String,
    mount: String,
    token_file: Option<PathBuf>,
}

impl TransitMount {
    pub(crate) fn mount(&self) -> &str {
        &self.mount
    }

    pub(crate) fn token_file(&self) -> Option<&Path> {
        self.token_file.as_deref()
    }

    /// Where something is done with a key.
    pub(crate) fn to(&self, verb: &str, key: &str) -> String {
        format!("{}/v1/{}/{verb}/{key}", self.base, self.mount)
    }
}

impl FromStr for TransitMount {
    type Err = SourceError;

    fn from_str(text: &str) -> Result<Self, SourceError> {
        let wrong = Wrong(text, "transit");
        let Place {
            base,
            path,
            token_file,
        } = Place::read(text, wrong)?;
        if path.is_empty() {
            return Err(wrong.because("its path does not name an engine"));
        }
        if path.contains("/keys/") {
            return Err(wrong.because("it names a key, and many keys are to be made there"));
        }
        Ok(Self {
            base,
            mount: path,
            token_file,
        })
    }
}

/// An address that cannot be read, and how the path of such a one is written.
#[derive(Clone, Copy)]
struct Wrong<'a>(&'a str, &'static str);

impl Wrong<'_> {
    fn because(self, why: &str) -> SourceError {
        let Self(text, path) = self;
        let address = text.split('?').next().unwrap_or_default();
        SourceError::Address {
            address: format!("vault:{address}"),
            why: format!("{why}; write vault:https://HOST:PORT/{path}"),
        }
    }
}

/// What every address says: the host, the path without `v1`, and the file of the token.
struct Place {
    base: String,
    path: String,
    token_file: Option<PathBuf>,
}

impl Place {
    fn read(text: &str, wrong: Wrong<'_>) -> Result<Self, SourceError> {
        let (address, query) = text.split_once('?').unwrap_or((text, ""));
        let uri: Uri = address.parse().map_err(|_| wrong.because("it is no URL"))?;
        let authority = uri
            .authority()
            .ok_or_else(|| wrong.because("it has no host"))?;
        if authority.as_str().contains('@') {
            return Err(wrong.because("a password does not belong in an address"));
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_this_machine(authority.host()) => {}
            Some("http") => {
                return Err(wrong.because("its token would cross the network in the clear"));
            }
            Some(_) | None => return Err(wrong.because("it must begin with https://")),
        }
        let path = uri.path().trim_matches('/');
        let path = path.strip_prefix("v1/").unwrap_or(path);
        let mut token_file = None;
        for part in query.split('&').filter(|part| !part.is_empty()) {
            match part.split_once('=') {
                Some(("token-file", path)) => token_file = Some(PathBuf::from(path)),
                Some(_) | None => {
                    return Err(wrong.because("only token-file=PATH may follow the ?"));
                }
            }
        }
        Ok(Self {
            base: format!("{}://{authority}", uri.scheme_str().unwrap_or("https")),
            path: path.to_owned(),
            token_file,
        })
    }
}

fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl fmt::Display for TransitAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/keys/{}", self.base, self.mount, self.key)
    }
}

impl fmt::Display for TransitMount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.mount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_engine_and_key() {
        let address: TransitAddress = "https://bao:8200/team/transit/keys/gw?token-file=/run/t"
            .parse()
            .unwrap();
        assert_eq!(
            address.to("encrypt"),
            "https://bao:8200/v1/team/transit/encrypt/gw"
        );
        assert_eq!(address.token_file(), Some(Path::new("/run/t")));
        assert_eq!(address.to_string(), "https://bao:8200/team/transit/keys/gw");
    }

    #[test]
    fn an_engine_is_named_without_a_key() {
        let mount: TransitMount = "https://bao:8200/v1/team/transit?token-file=/run/t"
            .parse()
            .unwrap();
        assert_eq!(
            mount.to("sign", "gw"),
            "https://bao:8200/v1/team/transit/sign/gw"
        );
        assert_eq!(mount.token_file(), Some(Path::new("/run/t")));
        let refused = |text: &str| text.parse::<TransitMount>().unwrap_err().to_string();
        assert!(refused("https://bao:8200/").contains("name an engine"));
        assert!(refused("https://bao:8200/transit/keys/gw").contains("it names a key"));
    }

    #[test]
    fn what_would_leak_or_mean_nothing_is_refused() {
        let refused = |text: &str| text.parse::<TransitAddress>().unwrap_err().to_string();
        assert!(refused("http://bao:8200/transit/keys/gw").contains("in the clear"));
        assert!(refused("https://a:b@bao/transit/keys/gw").contains("does not belong"));
        assert!(refused("https://bao:8200/transit/gw").contains("name a key"));
        assert!(refused("https://bao:8200/transit/keys/gw?a=b").contains("token-file"));
        assert!(refused("bao").contains("vault:https://HOST"));
        assert!(
            "http://127.0.0.1:8200/transit/keys/gw"
                .parse::<TransitAddress>()
                .is_ok()
        );
        assert!(
            "http://[::1]:8200/transit/keys/gw"
                .parse::<TransitAddress>()
                .is_ok()
        );
    }
}
