//! Names and other short texts, parsed once at the door and trusted inside.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use unicode_normalization::is_nfc;

/// Why a text is refused. `Display` says what would have been accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing, or nothing but blanks.
    #[error("must not be empty")]
    Empty,
    /// More characters than the kind allows.
    #[error("must have at most {max} characters")]
    TooLong {
        /// The most characters allowed.
        max: usize,
    },
    /// A character outside the kind's alphabet.
    #[error(
        "must start with a letter or digit and hold only a-z, 0-9 and single hyphens between them"
    )]
    NotASlug,
    /// A control, bidirectional or invisible character, which could make two names look alike.
    #[error("must not hold control, bidirectional or invisible characters")]
    Deceptive,
    /// A text that is not in Unicode normalisation form C, which could make two names look alike.
    #[error("must be in Unicode normalisation form C")]
    NotNormal,
    /// Blanks at either end.
    #[error("must not begin or end with a blank")]
    Untrimmed,
    /// Not `v` and a whole number from 1 to 9999.
    #[error("must be `v` and a whole number from 1 to 9999, for instance v1")]
    NotAVersion,
    /// Not a scope name.
    #[error(
        "must hold only visible ASCII characters other than `\"` and `\\` (RFC 6749 section 3.3)"
    )]
    NotAScope,
    /// Not an http or https address with a host and nothing hidden in it.
    #[error("must be http:// or https:// and a host, without user, query or fragment")]
    NotAnUpstream,
}

macro_rules! text {
    ($($(#[$doc:meta])* $name:ident by $check:path;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text inside.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, TextError> {
                $check(&text)?;
                Ok(Self(text))
            }
        }

        impl FromStr for $name {
            type Err = TextError;

            fn from_str(text: &str) -> Result<Self, TextError> {
                $check(text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    )*};
}

text! {
    /// The name of an API: a slug of at most 63 characters, because it stands in paths, scopes and audiences.
    ApiName by slug;
    /// The name of a person, team, consumer, application, plan or token: one line of at most 100 characters.
    Name by name;
    /// A title: one line of at most 200 characters.
    Title by title;
    /// Why somebody did something: at most 500 characters, not empty.
    Reason by reason;
    /// A scope as the contract names it: at most 128 characters of RFC 6749's `scope-token`.
    ScopeName by scope;
    /// Where a version's requests go: `http://` or `https://`, a host, maybe a port and a path without query.
    Upstream by upstream;
}

impl Name {
    /// The form in which two names are compared: `Ada` and `ada` are one name.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }

    /// What people call a token that a client got for itself.
    #[must_use]
    pub fn client_credentials() -> Self {
        Self("client credentials".to_owned())
    }

    /// What people call a token that a client got for another one.
    #[must_use]
    pub fn token_exchange() -> Self {
        Self("token exchange".to_owned())
    }
}

fn slug(text: &str) -> Result<(), TextError> {
    bounded(text, 63)?;
    let inside = text
        .bytes()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    let edges = text.starts_with('-') || text.ends_with('-') || text.contains("--");
    if inside && !edges {
        Ok(())
    } else {
        Err(TextError::NotASlug)
    }
}

fn name(text: &str) -> Result<(), TextError> {
    bounded(text, 100)?;
    honest(text)
}

fn title(text: &str) -> Result<(), TextError> {
    bounded(text, 200)?;
    honest(text)
}

fn reason(text: &str) -> Result<(), TextError> {
    bounded(text, 500)?;
    honest(text)
}

fn scope(text: &str) -> Result<(), TextError> {
    bounded(text, 128)?;
    let inside = |byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    if text.bytes().all(inside) {
        Ok(())
    } else {
        Err(TextError::NotAScope)
    }
}

fn upstream(text: &str) -> Result<(), TextError> {
    bounded(text, 500)?;
    let rest = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    let rest = rest.ok_or(TextError::NotAnUpstream)?;
    let (authority, _) = rest.split_once('/').unwrap_or((rest, ""));
    let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
    let hidden = text.contains(['@', '?', '#', '\\', '%', ';', '"', '<', '>']);
    let steps = rest.split('/').any(|step| step == "." || step == "..") || rest.contains("//");
    if authority.is_empty() || !visible || hidden || steps || !an_authority(authority) {
        return Err(TextError::NotAnUpstream);
    }
    Ok(())
}

/// A host and maybe a port: `example.com`, `10.0.0.1:9000`, `[::1]:9000`.
fn an_authority(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, port)) => (host, Some(port.strip_prefix(':').unwrap_or("none"))),
        None => text
            .split_once(':')
            .map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let bracketed = text.starts_with('[');
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let host_is_fine = if bracketed {
        host.parse::<std::net::Ipv6Addr>().is_ok()
    } else {
        !host.is_empty() && host.len() <= 253 && host.bytes().all(letters)
    };
    host_is_fine && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port != 0))
}

fn bounded(text: &str, max: usize) -> Result<(), TextError> {
    if text.trim().is_empty() {
        return Err(TextError::Empty);
    }
    if text.chars().count() > max {
        Err(TextError::TooLong { max })
    } else {
        Ok(())
    }
}

/// One line that shows what it is: no control, bidirectional or invisible characters, normal form C, no outer blanks.
fn honest(text: &str) -> Result<(), TextError> {
    if text.trim() != text {
        return Err(TextError::Untrimmed);
    }
    if text.chars().any(is_deceptive) {
        return Err(TextError::Deceptive);
    }
    if is_nfc(text) {
        Ok(())
    } else {
        Err(TextError::NotNormal)
    }
}

fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// The number of a version: its major version, written `v1`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VersionNumber(u16);

impl VersionNumber {
    /// The major version, 1 to 9999.
    #[must_use]
    pub const fn major(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for VersionNumber {
    type Error = TextError;

    fn try_from(major: u16) -> Result<Self, TextError> {
        if (1..=9999).contains(&major) {
            Ok(Self(major))
        } else {
            Err(TextError::NotAVersion)
        }
    }
}

impl FromStr for VersionNumber {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let digits = text.strip_prefix('v').ok_or(TextError::NotAVersion)?;
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
        if !plain {
            return Err(TextError::NotAVersion);
        }
        digits
            .parse::<u16>()
            .map_err(|_| TextError::NotAVersion)?
            .try_into()
    }
}

impl TryFrom<String> for VersionNumber {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        text.parse()
    }
}

impl From<VersionNumber> for String {
    fn from(number: VersionNumber) -> String {
        number.to_string()
    }
}

impl fmt::Display for VersionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

impl fmt::Debug for VersionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_name_is_a_slug() {
        assert!("orders".parse::<ApiName>().is_ok());
        for bad in [
            "", "-orders", "orders-", "or--ders", "Orders", "or ders", "órders", "a/b",
        ] {
            assert!(bad.parse::<ApiName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_name_that_could_deceive_is_refused() {
        assert_eq!("Acme\u{202e}".parse::<Name>(), Err(TextError::Deceptive));
        assert_eq!("A\u{0301}cme".parse::<Name>(), Err(TextError::NotNormal));
        assert_eq!(" Acme".parse::<Name>(), Err(TextError::Untrimmed));
        assert!("Acme & Söhne 株式会社".parse::<Name>().is_ok());
    }

    #[test]
    fn a_version_number_is_v_and_a_major() {
        assert_eq!(
            "v12".parse::<VersionNumber>().map(VersionNumber::major),
            Ok(12)
        );
        for bad in ["1", "v0", "v01", "v1.2", "v", "v10000", "V1", "v+1"] {
            assert!(bad.parse::<VersionNumber>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_upstream_hides_nothing() {
        for good in [
            "http://127.0.0.1:9000",
            "https://api.example/base/v1",
            "http://[::1]:80",
        ] {
            assert!(good.parse::<Upstream>().is_ok(), "{good}");
        }
        let bad = [
            "ftp://a",
            "http://",
            "http://user@host",
            "http://h?q",
            "http://h#f",
            "http://h/a/../b",
            "http://h:0",
            "http://h:99999",
            "http://h\\@x",
            "http:///x",
            "http://h//x",
            "http://h x",
            "http://[::1",
            "http://[zz]",
        ];
        for bad in bad {
            assert!(bad.parse::<Upstream>().is_err(), "{bad}");
        }
    }
}
