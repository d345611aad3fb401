//! Operations: method and path template of a contract, with the scopes each requires.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::text::{ApiName, ScopeName, VersionNumber};

/// The methods a contract can describe and a gateway routes (OpenAPI 3.2, Path Item Object).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// GET
    Get,
    /// HEAD
    Head,
    /// POST
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
    /// DELETE
    Delete,
    /// OPTIONS
    Options,
    /// TRACE
    Trace,
    /// QUERY: a question that is asked in the body (OpenAPI 3.2)
    Query,
}

/// A method that no contract can describe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a method of HTTP that a contract can describe")]
pub struct NotAMethod;

impl Method {
    /// The method as it stands in a request line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Trace => "TRACE",
            Self::Query => "QUERY",
        }
    }

    /// Whether it asks for no change (RFC 9110 section 9.2.1; QUERY is defined to be safe).
    #[must_use]
    pub const fn is_safe(self) -> bool {
        match self {
            Self::Get | Self::Head | Self::Options | Self::Trace | Self::Query => true,
            Self::Post | Self::Put | Self::Patch | Self::Delete => false,
        }
    }
}

impl FromStr for Method {
    type Err = NotAMethod;

    /// Reads the upper-case form only: methods are case-sensitive (RFC 9110 section 9.1).
    fn from_str(text: &str) -> Result<Self, NotAMethod> {
        match text {
            "GET" => Ok(Self::Get),
            "HEAD" => Ok(Self::Head),
            "POST" => Ok(Self::Post),
            "PUT" => Ok(Self::Put),
            "PATCH" => Ok(Self::Patch),
            "DELETE" => Ok(Self::Delete),
            "OPTIONS" => Ok(Self::Options),
            "TRACE" => Ok(Self::Trace),
            "QUERY" => Ok(Self::Query),
            _ => Err(NotAMethod),
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One operation of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// The method.
    pub method: Method,
    /// The path template as the contract writes it, for instance `/orders/{id}`.
    pub path: String,
    /// The contract's `operationId`, if it has one.
    pub operation_id: Option<String>,
    /// The contract's one-line summary, if it has one.
    pub summary: Option<String>,
    /// What a token must carry.
    pub requires: Requirement,
    /// Whether the contract calls the operation deprecated.
    pub deprecated: bool,
}

/// What an operation requires of a token: any one of these sets of scopes, whole.
///
/// OpenAPI's `security` is a list of alternatives, each a set that must all hold. An operation with no
/// alternative, or with an empty one, still requires a token, but no scope of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Requirement(Vec<BTreeSet<ScopeName>>);

impl Requirement {
    /// A requirement of any one of these sets; an empty set makes the whole requirement empty.
    #[must_use]
    pub fn any_of(mut alternatives: Vec<BTreeSet<ScopeName>>) -> Self {
        if alternatives.iter().any(BTreeSet::is_empty) {
            return Self::default();
        }
        alternatives.sort();
        alternatives.dedup();
        Self(alternatives)
    }

    /// The alternatives, sorted; empty when no scope is required.
    #[must_use]
    pub fn alternatives(&self) -> &[BTreeSet<ScopeName>] {
        &self.0
    }

    /// Whether a token with these scopes meets it.
    pub fn is_met_by(&self, holds: impl Fn(&ScopeName) -> bool) -> bool {
        self.0.is_empty() || self.0.iter().any(|all| all.iter().all(&holds))
    }

    /// The scopes of every alternative that is held whole: with these alone, it is met as it was.
    pub fn enough(&self, holds: impl Fn(&ScopeName) -> bool) -> BTreeSet<&ScopeName> {
        let held = self.0.iter().filter(|all| all.iter().all(&holds));
        held.flatten().collect()
    }

    /// Every scope named in any alternative.
    #[must_use]
    pub fn scopes(&self) -> BTreeSet<&ScopeName> {
        self.0.iter().flatten().collect()
    }
}

/// A scope as a token carries it: `{api}:{version}:{scope name in the contract}`, for instance `orders:v1:read`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scope {
    /// The API it belongs to.
    pub api: ApiName,
    /// The version it belongs to.
    pub version: VersionNumber,
    /// Its name in the contract.
    pub name: ScopeName,
}

/// A text that is not a scope on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a scope: expected {{api}}:{{version}}:{{scope}}, for instance orders:v1:read")]
pub struct NotAScope;

impl FromStr for Scope {
    type Err = NotAScope;

    fn from_str(text: &str) -> Result<Self, NotAScope> {
        let (api, rest) = text.split_once(':').ok_or(NotAScope)?;
        let (version, name) = rest.split_once(':').ok_or(NotAScope)?;
        Ok(Self {
            api: api.parse().map_err(|_| NotAScope)?,
            version: version.parse().map_err(|_| NotAScope)?,
            name: name.parse().map_err(|_| NotAScope)?,
        })
    }
}

impl TryFrom<String> for Scope {
    type Error = NotAScope;

    fn try_from(text: String) -> Result<Self, NotAScope> {
        text.parse()
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> String {
        scope.to_string()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { api, version, name } = self;
        write!(f, "{api}:{version}:{name}")
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<ScopeName> {
        names.iter().filter_map(|name| name.parse().ok()).collect()
    }

    #[test]
    fn a_requirement_is_met_by_any_whole_alternative() {
        let requirement = Requirement::any_of(vec![set(&["read", "list"]), set(&["admin"])]);
        assert!(requirement.is_met_by(|scope| scope.as_str() == "admin"));
        assert!(!requirement.is_met_by(|scope| scope.as_str() == "read"));
    }

    #[test]
    fn what_is_enough_is_every_alternative_that_is_held_whole() {
        let requirement = Requirement::any_of(vec![set(&["read", "list"]), set(&["admin"])]);
        let enough = |held: &[&str]| -> Vec<String> {
            let held = set(held);
            let enough = requirement.enough(|scope| held.contains(scope));
            enough.into_iter().map(ToString::to_string).collect()
        };
        assert_eq!(enough(&["read", "list"]), ["list", "read"]);
        assert_eq!(
            enough(&["read", "list", "admin"]),
            ["admin", "list", "read"]
        );
        assert_eq!(enough(&["read"]), [""; 0]);
    }

    #[test]
    fn an_empty_alternative_requires_nothing() {
        let requirement = Requirement::any_of(vec![set(&["read"]), set(&[])]);
        assert!(requirement.is_met_by(|_| false));
    }

    #[test]
    fn a_scope_may_hold_colons_in_its_own_name() {
        let scope: Scope = "orders:v1:orders:read"
            .parse()
            .expect("a scope with a colon in its name");
        assert_eq!(scope.name.as_str(), "orders:read");
        assert_eq!(scope.to_string(), "orders:v1:orders:read");
    }
}
