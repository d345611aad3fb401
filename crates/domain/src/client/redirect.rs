//! Redirect URIs: where a browser may carry an answer to (RFC 6749 section 3.1.2; RFC 9700 section 2.1; RFC 8252 section 7).
//!
//! Invariant: what is sent is compared byte for byte with what is registered. Only the port of a program on the person's own
//! machine is free, since it takes whichever is.

use serde::{Deserialize, Serialize};

/// The longest that is registered or sent.
const LONGEST: usize = 2000;

/// The machine on which the browser runs; names such as `localhost` are resolved by others.
const LOOPBACK: [&str; 2] = ["http://127.0.0.1", "http://[::1]"];

/// A registered redirect URI.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RedirectUri(String);

/// A text that is no redirect URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a redirect URI: expected https, http to 127.0.0.1 or [::1], or a scheme with a dot; without a fragment, a user or a *"
)]
pub struct NotARedirectUri;

impl RedirectUri {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is what was registered.
    #[must_use]
    pub fn takes(&self, sent: &str) -> bool {
        if self.0 == sent {
            return true;
        }
        match (without_port(&self.0), without_port(sent)) {
            (Some(registered), Some(sent)) => registered == sent,
            _ => false,
        }
    }
}

/// What a browser is told a redirect URI's place by: scheme and host, or the scheme alone.
#[must_use]
pub fn place_of(redirect: &str) -> &str {
    let Some((scheme, rest)) = redirect.split_once("://") else {
        let end = redirect.find(':').map_or(redirect.len(), |colon| colon + 1);
        return redirect.get(..end).unwrap_or_default();
    };
    let host = rest.find(['/', '?']).unwrap_or(rest.len());
    redirect
        .get(..scheme.len() + "://".len() + host)
        .unwrap_or_default()
}

/// Scheme and host of the person's own machine, and what follows the port.
fn without_port(uri: &str) -> Option<(&'static str, &str)> {
    let own = |host: &&'static str| Some((*host, uri.strip_prefix(*host)?));
    let (host, rest) = LOOPBACK.iter().find_map(own)?;
    let Some(port) = rest.strip_prefix(':') else {
        let ends = rest.is_empty() || rest.starts_with(['/', '?']);
        return ends.then_some((host, rest));
    };
    let end = port.find(['/', '?']).unwrap_or(port.len());
    let (port, rest) = port.split_at_checked(end)?;
    port.parse::<u16>().is_ok().then_some((host, rest))
}

impl TryFrom<String> for RedirectUri {
    type Error = NotARedirectUri;

    fn try_from(text: String) -> Result<Self, NotARedirectUri> {
        let plain = |byte: u8| byte.is_ascii_graphic() && !br##""<>\^`{|}#"##.contains(&byte);
        if LONGEST < text.len() || !text.bytes().all(plain) {
            return Err(NotARedirectUri);
        }
        let is_own = without_port(&text).is_some();
        if is_own || text.strip_prefix("https://").is_some_and(has_host) || is_private(&text) {
            return Ok(Self(text));
        }
        Err(NotARedirectUri)
    }
}

/// Whether what follows the scheme begins with a host, and neither a user nor a pattern of hosts.
fn has_host(rest: &str) -> bool {
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let host = rest.get(..end).unwrap_or_default();
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    !host.is_empty() && !host.starts_with([':', '.', '-']) && host.bytes().all(inside)
}

/// Whether it is of a scheme of a program's own, which is a name that somebody owns, written backwards (RFC 8252 section 7.1).
fn is_private(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let inside =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    let begins = scheme.starts_with(|first: char| first.is_ascii_lowercase());
    begins && scheme.contains('.') && scheme.bytes().all(inside) && rest.starts_with('/')
}

impl std::str::FromStr for RedirectUri {
    type Err = NotARedirectUri;

    fn from_str(text: &str) -> Result<Self, NotARedirectUri> {
        text.to_owned().try_into()
    }
}

impl From<RedirectUri> for String {
    fn from(uri: RedirectUri) -> Self {
        uri.0
    }
}

impl std::fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p39_what_leads_elsewhere_than_to_the_application_is_not_registered() {
        for good in [
            "https://app.example/back",
            "https://app.example",
            "https://app.example:8443/back?from=gatewright",
            "http://127.0.0.1/back",
            "http://127.0.0.1:7000/back",
            "http://[::1]:1/",
            "com.example.app:/back",
        ] {
            assert_eq!(good.parse::<RedirectUri>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "https://",
            "https:///back",
            "http://app.example/back",
            "http://localhost/back",
            "http://127.0.0.1.evil.example/back",
            "http://127.0.0.1@evil.example/back",
            "http://127.0.0.1:x/back",
            "http://127.0.0.1:70000/back",
            "https://user@app.example/back",
            "https://*.app.example/back",
            "https://app.example/back#part",
            "https://app.example\\@evil.example/",
            "https://app.example/a b",
            "javascript:alert(1)",
            "data:text/html,x",
            "myapp:/back",
            "com.example.app:back",
            "COM.EXAMPLE.APP:/back",
        ] {
            assert_eq!(bad.parse::<RedirectUri>(), Err(NotARedirectUri), "{bad}");
        }
    }

    #[test]
    fn only_the_port_of_the_persons_own_machine_is_free() {
        let registered = |uri: &str| uri.parse::<RedirectUri>().unwrap();
        let own = registered("http://127.0.0.1/back");
        for good in ["http://127.0.0.1/back", "http://127.0.0.1:50123/back"] {
            assert!(own.takes(good), "{good}");
        }
        for bad in [
            "http://127.0.0.1/back/",
            "http://127.0.0.1:50123/other",
            "http://127.0.0.1:50123/back?more",
            "http://127.0.0.1:99999/back",
            "http://[::1]:50123/back",
            "https://127.0.0.1:50123/back",
        ] {
            assert!(!own.takes(bad), "{bad}");
        }
        let away = registered("https://app.example/back");
        for bad in [
            "https://app.example:443/back",
            "https://app.example/back?x",
            "https://app.example/Back",
            "https://app.example.evil.example/back",
            "https://app.example/back/../other",
        ] {
            assert!(!away.takes(bad), "{bad}");
        }
    }

    #[test]
    fn a_place_is_scheme_and_host() {
        for (uri, place) in [
            ("https://app.example/back?a=b", "https://app.example"),
            ("https://app.example:8443", "https://app.example:8443"),
            ("http://127.0.0.1:7000/back", "http://127.0.0.1:7000"),
            ("com.example.app:/back", "com.example.app:"),
        ] {
            assert_eq!(place_of(uri), place);
        }
    }
}
