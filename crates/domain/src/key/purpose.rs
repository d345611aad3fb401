//! What a key is for. A kind of document has keys of its own (RFC 8725bis), so that no key of one can vouch for another.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{key::Algorithm, plan::Lifetime};

/// What a key is for.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Access tokens of programs, which live for minutes.
    #[default]
    Access,
    /// Access tokens that people hold, which live for months.
    DevAccess,
    /// Answers to introspection (RFC 9701).
    Introspection,
    /// Status lists of tokens.
    StatusList,
}

/// A text that names no purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a purpose: expected access, dev-access, introspection or status-list")]
pub struct NotAPurpose;

impl Purpose {
    /// Every one, in the order in which they are shown.
    pub const ALL: [Self; 4] = [
        Self::Access,
        Self::DevAccess,
        Self::Introspection,
        Self::StatusList,
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::DevAccess => "dev-access",
            Self::Introspection => "introspection",
            Self::StatusList => "status-list",
        }
    }

    /// Whether its keys sign access tokens, so that gateways take what they signed.
    #[must_use]
    pub const fn opens_apis(self) -> bool {
        match self {
            Self::Access | Self::DevAccess => true,
            Self::Introspection | Self::StatusList => false,
        }
    }

    /// T unless the operator says otherwise: an hour for programs, a year for people, a day for what is asked again.
    #[must_use]
    pub const fn max_lifetime(self) -> Lifetime {
        match self {
            Self::Access => Lifetime::HOUR,
            Self::DevAccess => Lifetime::LONGEST,
            Self::Introspection | Self::StatusList => Lifetime::DAY,
        }
    }

    /// The ring of this purpose that signs unless another algorithm was chosen.
    #[must_use]
    pub const fn ring(self) -> RingName {
        RingName {
            purpose: self,
            algorithm: Algorithm::Es256,
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Purpose {
    type Err = NotAPurpose;

    fn from_str(name: &str) -> Result<Self, NotAPurpose> {
        Self::ALL
            .into_iter()
            .find(|purpose| purpose.as_str() == name)
            .ok_or(NotAPurpose)
    }
}

/// Which ring: a purpose and an algorithm, for ever (invariant I14). On the wire `access/ES256`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RingName {
    /// What its keys are for.
    pub purpose: Purpose,
    /// What they sign with.
    pub algorithm: Algorithm,
}

/// A text that names no ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a ring: expected a purpose and an algorithm, for instance access/ES256")]
pub struct NotARingName;

impl fmt::Display for RingName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.purpose, self.algorithm)
    }
}

impl FromStr for RingName {
    type Err = NotARingName;

    fn from_str(text: &str) -> Result<Self, NotARingName> {
        let (purpose, algorithm) = text.split_once('/').ok_or(NotARingName)?;
        Ok(Self {
            purpose: purpose.parse().map_err(|_| NotARingName)?,
            algorithm: algorithm.parse().map_err(|_| NotARingName)?,
        })
    }
}
