//! What an outside issuer is called in its tokens, and what they are for.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The longest name: what OpenID Connect allows an identifier.
const LONGEST: usize = 255;

/// A text that cannot stand in `iss` or `aud` here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {LONGEST} visible ASCII characters, exactly as it stands in the tokens")]
pub struct NotAnIssuerName;

macro_rules! exact {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
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
            type Error = NotAnIssuerName;

            fn try_from(text: String) -> Result<Self, NotAnIssuerName> {
                let fits = (1..=LONGEST).contains(&text.len());
                if fits && text.bytes().all(|byte| byte.is_ascii_graphic()) {
                    Ok(Self(text))
                } else {
                    Err(NotAnIssuerName)
                }
            }
        }

        impl FromStr for $name {
            type Err = NotAnIssuerName;

            fn from_str(text: &str) -> Result<Self, NotAnIssuerName> {
                text.to_owned().try_into()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
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

exact! {
    /// The `iss` of an issuer's tokens, byte for byte: mostly an address, and any text for a script.
    IssuerName;
    /// What the `aud` of an issuer's tokens must hold, byte for byte.
    IssuerAudience;
}

impl IssuerName {
    /// Whether it is our own name, or begins with it as people read addresses: whatever the case, the scheme, a slash at the
    /// end or the usual port. Longer ones are refused too, because whoever compares by prefix would take them for ours.
    #[must_use]
    pub fn reads_like(&self, ours: &str) -> bool {
        folded(&self.0).starts_with(&folded(ours))
    }

    /// Whether it can be discovered: an address of https, or of http at this machine.
    #[must_use]
    pub fn is_an_address(&self) -> bool {
        let rest = self
            .0
            .strip_prefix("https://")
            .or_else(|| self.0.strip_prefix("http://"));
        rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(['?', '#', '@', '\\']))
    }
}

fn folded(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let rest = lower.split_once("://").map_or(&*lower, |(_, rest)| rest);
    let rest = rest.trim_end_matches('/');
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = host
        .strip_suffix(":443")
        .or_else(|| host.strip_suffix(":80"))
        .unwrap_or(host);
    format!("{}{path}", host.trim_end_matches('.'))
}
