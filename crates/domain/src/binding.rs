//! Bindings: what ties a token to a key of its sender, so that a stolen text is worth nothing (RFC 7800, `cnf`).

use std::fmt;

use serde::{Deserialize, Serialize};

/// The SHA-256 of a key (RFC 7638) or of a certificate (RFC 8705 section 3.1): 43 characters of base64url, written in
/// the one way there is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Thumbprint(String);

/// A text that is no thumbprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a SHA-256 thumbprint: expected 43 characters of base64url, the last without loose bits"
)]
pub struct NotAThumbprint;

/// To what a token is bound: whoever presents it must prove that he holds this.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Binding {
    /// The key that signs DPoP proofs (RFC 9449 section 6.1, `jkt`).
    Key(Thumbprint),
    /// The certificate of the client's TLS connection (RFC 8705 section 3.1, `x5t#S256`).
    Certificate(Thumbprint),
}

/// The characters of base64url that leave none of the last four bits over: 256 bits are 42 characters and four bits.
const LAST: &[u8] = b"AEIMQUYcgkosw048";

impl Thumbprint {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Binding {
    /// The member of `cnf` that says it.
    #[must_use]
    pub const fn member(&self) -> &'static str {
        match self {
            Self::Key(_) => "jkt",
            Self::Certificate(_) => "x5t#S256",
        }
    }

    /// What it is bound to.
    #[must_use]
    pub const fn thumbprint(&self) -> &Thumbprint {
        match self {
            Self::Key(thumbprint) | Self::Certificate(thumbprint) => thumbprint,
        }
    }
}

/// `member:thumbprint`, as columns hold it.
impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.member(), self.thumbprint())
    }
}

impl std::str::FromStr for Binding {
    type Err = NotAThumbprint;

    fn from_str(text: &str) -> Result<Self, NotAThumbprint> {
        let (member, thumbprint) = text.split_once(':').ok_or(NotAThumbprint)?;
        match member {
            "jkt" => thumbprint.parse().map(Self::Key),
            "x5t#S256" => thumbprint.parse().map(Self::Certificate),
            _ => Err(NotAThumbprint),
        }
    }
}

impl TryFrom<String> for Thumbprint {
    type Error = NotAThumbprint;

    fn try_from(text: String) -> Result<Self, NotAThumbprint> {
        let inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let ends = text.bytes().last().is_some_and(|last| LAST.contains(&last));
        if text.len() == 43 && ends && text.bytes().all(inside) {
            Ok(Self(text))
        } else {
            Err(NotAThumbprint)
        }
    }
}

impl std::str::FromStr for Thumbprint {
    type Err = NotAThumbprint;

    fn from_str(text: &str) -> Result<Self, NotAThumbprint> {
        text.to_owned().try_into()
    }
}

impl From<Thumbprint> for String {
    fn from(thumbprint: Thumbprint) -> String {
        thumbprint.0
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbprint_is_written_in_one_way() {
        // RFC 7638 section 3.1.
        let good = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
        assert_eq!(good.parse::<Thumbprint>().unwrap().as_str(), good);
        let loose = good.replace("9Xs", "9Xt");
        let (short, long) = (&good[1..], format!("{good}A"));
        let padded = format!("{}=", &good[1..]);
        for bad in [&*loose, short, &*long, &*padded, ""] {
            assert_eq!(bad.parse::<Thumbprint>(), Err(NotAThumbprint), "{bad}");
        }
    }

    #[test]
    fn a_binding_reads_back_what_it_shows() {
        let thumbprint: Thumbprint = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
            .parse()
            .unwrap();
        for binding in [
            Binding::Key(thumbprint.clone()),
            Binding::Certificate(thumbprint.clone()),
        ] {
            assert_eq!(binding.to_string().parse(), Ok(binding));
        }
        for bad in ["", "jkt", "kid:a", thumbprint.as_str()] {
            assert_eq!(bad.parse::<Binding>(), Err(NotAThumbprint), "{bad}");
        }
    }
}
