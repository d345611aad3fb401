//! Roles: what an operator is trusted with.

use serde::{Deserialize, Serialize};

/// What an operator is trusted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Everything.
    Admin,
    /// The APIs of their teams, and who may call them.
    Publisher,
    /// Keys, revocation, gateways and the trail.
    Security,
    /// Reads everything, the trail included; changes nothing.
    Auditor,
}

impl Role {
    /// Every role, the most trusted first.
    pub const ALL: [Self; 4] = [Self::Admin, Self::Publisher, Self::Security, Self::Auditor];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Publisher => "publisher",
            Self::Security => "security",
            Self::Auditor => "auditor",
        }
    }

    /// Whether a token of this role may be made by somebody of role `owner`: the same role, or the read-only one,
    /// or any when the owner is an administrator.
    #[must_use]
    pub const fn is_not_above(self, owner: Self) -> bool {
        matches!(
            (owner, self),
            (Self::Admin, _)
                | (_, Self::Auditor)
                | (Self::Publisher, Self::Publisher)
                | (Self::Security, Self::Security)
        )
    }
}

/// A word that names no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a role: expected admin, publisher, security or auditor")]
pub struct NotARole;

impl std::str::FromStr for Role {
    type Err = NotARole;

    fn from_str(word: &str) -> Result<Self, NotARole> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == word)
            .ok_or(NotARole)
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
