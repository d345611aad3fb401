//! The address of a request as proofs name it (`htu`, RFC 9449 section 4.2): without query and fragment, in one form.

use std::{fmt, str::FromStr};

/// An address in its one form (RFC 3986 sections 6.2.2 and 6.2.3): scheme and host in lower case, no default port, an
/// empty path as `/`, escapes in upper case and only where they are needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target(String);

/// A text that is no address a proof can be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an http or https URL of a host and a path, without user, query, fragment or dot segments"
)]
pub struct NotATarget;

impl Target {
    /// The address of a request, whose query and fragment are no part of it.
    ///
    /// # Errors
    /// `NotATarget`.
    pub fn of_request(url: &str) -> Result<Self, NotATarget> {
        let address = url.split(['?', '#']).next();
        address.unwrap_or_default().parse()
    }
}

impl FromStr for Target {
    type Err = NotATarget;

    fn from_str(text: &str) -> Result<Self, NotATarget> {
        let (scheme, rest) = text.split_once("://").ok_or(NotATarget)?;
        let scheme = scheme.to_ascii_lowercase();
        let default_port = match scheme.as_str() {
            "https" => "443",
            "http" => "80",
            _ => return Err(NotATarget),
        };
        let (authority, path) = match rest.find('/') {
            Some(slash) => rest.split_at(slash),
            None => (rest, "/"),
        };
        let authority = normal_authority(authority, default_port)?;
        let path = normal_path(path)?;
        Ok(Self(format!("{scheme}://{authority}{path}")))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Host and port; a user name in an address is a disguise and never part of one.
fn normal_authority(authority: &str, default_port: &str) -> Result<String, NotATarget> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if digits(port) => (host, port),
        _ => (authority, ""),
    };
    let literal = host.starts_with('[') && host.ends_with(']');
    let inside = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'.' | b'_' | b'~')
            || literal && matches!(byte, b'[' | b']' | b':')
    };
    if host.is_empty() || port.len() > 5 || !host.bytes().all(inside) {
        return Err(NotATarget);
    }
    let host = host.to_ascii_lowercase();
    if port.is_empty() || port == default_port {
        return Ok(host);
    }
    Ok(format!("{host}:{port}"))
}

/// The path with every escape in the one form it has. Dot segments are refused: clients resolve them before they send.
fn normal_path(path: &str) -> Result<String, NotATarget> {
    let mut normal = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(next) = rest.chars().next() {
        let (_, after) = rest.split_at(next.len_utf8());
        rest = after;
        match next {
            '%' => {
                let (digits, after) = rest.split_at_checked(2).ok_or(NotATarget)?;
                if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    return Err(NotATarget);
                }
                let byte = u8::from_str_radix(digits, 16).map_err(|_| NotATarget)?;
                push(byte, &mut normal);
                rest = after;
            }
            '!'..='~' if !"?#\"<>\\^`{|}".contains(next) => normal.push(next),
            _ => return Err(NotATarget),
        }
    }
    let dots = |segment: &str| matches!(segment, "." | "..");
    if normal.split('/').any(dots) {
        return Err(NotATarget);
    }
    Ok(normal)
}

/// One escaped byte: as itself where it need not be escaped (RFC 3986 section 2.3), escaped in upper case elsewhere.
fn push(byte: u8, normal: &mut String) {
    let unreserved = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    if unreserved {
        normal.push(char::from(byte));
    } else {
        normal.push_str(&format!("%{byte:02X}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str) -> Option<String> {
        text.parse::<Target>().ok().map(|target| target.to_string())
    }

    #[test]
    fn an_address_has_one_form() {
        for (text, form) in [
            (
                "https://id.example/oauth2/token",
                "https://id.example/oauth2/token",
            ),
            (
                "HTTPS://ID.Example:443/oauth2/token",
                "https://id.example/oauth2/token",
            ),
            ("http://id.example:80", "http://id.example/"),
            ("http://id.example:", "http://id.example/"),
            ("http://id.example:443/", "http://id.example:443/"),
            (
                "https://[2001:DB8::1]:8443/a",
                "https://[2001:db8::1]:8443/a",
            ),
            (
                "https://id.example/%7ea%2fb/%c3%a9",
                "https://id.example/~a%2Fb/%C3%A9",
            ),
            ("https://id.example/A/b/", "https://id.example/A/b/"),
        ] {
            assert_eq!(normal(text).as_deref(), Some(form), "{text}");
            assert_eq!(
                normal(form).as_deref(),
                Some(form),
                "the form of a form is itself"
            );
        }
        let request = Target::of_request("https://id.example/a?b=/c#d").unwrap();
        assert_eq!(request.to_string(), "https://id.example/a");
    }

    #[test]
    fn what_is_no_plain_address_is_none() {
        for text in [
            "",
            "id.example/a",
            "ftp://id.example/",
            "https://",
            "https:///a",
            "https://user@id.example/",
            "https://id.example/a?b",
            "https://id.example/a#b",
            "https://id.example?b",
            "https://id.example/a/../b",
            "https://id.example/a/%2e%2E/b",
            "https://id.example/./",
            "https://id.example/%",
            "https://id.example/%g0",
            "https://id.example/%+f",
            "https://id.example/é",
            "https://id.example/a b",
            "https://id.example\\a/",
            "https://id.example:99999999/",
            "https://2001:db8::1/",
            "https://id%2eexample/",
        ] {
            assert_eq!(normal(text), None, "{text}");
        }
    }
}
