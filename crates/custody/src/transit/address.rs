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
        let (address, query) = text.split_once('?').unwrap_or((text, ""));
        let wrong = |why: &str| SourceError::Address {
            address: format!("vault:{address}"),
            why: format!("{why}; write vault:https://HOST:PORT/transit/keys/NAME"),
        };
        let uri: Uri = address.parse().map_err(|_| wrong("it is no URL"))?;
        let authority = uri.authority().ok_or_else(|| wrong("it has no host"))?;
        if authority.as_str().contains('@') {
            return Err(wrong("a password does not belong in an address"));
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_this_machine(authority.host()) => {}
            Some("http") => return Err(wrong("data keys would cross the network in the clear")),
            Some(_) | None => return Err(wrong("it must begin with https://")),
        }
        let path = uri.path().trim_matches('/');
        let path = path.strip_prefix("v1/").unwrap_or(path);
        let parts = path.rsplit_once("/keys/");
        let (mount, key) = parts.ok_or_else(|| wrong("its path does not name a key"))?;
        if mount.is_empty() || key.is_empty() || key.contains('/') {
            return Err(wrong("its path does not name a key"));
        }
        let mut token_file = None;
        for part in query.split('&').filter(|part| !part.is_empty()) {
            match part.split_once('=') {
                Some(("token-file", path)) => token_file = Some(PathBuf::from(path)),
                Some(_) | None => return Err(wrong("only token-file=PATH may follow the ?")),
            }
        }
        Ok(Self {
            base: format!("{}://{authority}", uri.scheme_str().unwrap_or("https")),
            mount: mount.to_owned(),
            key: key.to_owned(),
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
