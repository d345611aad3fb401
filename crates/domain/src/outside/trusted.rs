//! An outside issuer as gateways are told of it, and what they make of a token of it that verified.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

use super::{Algorithms, IssuerAudience, IssuerLifetime, IssuerName, MappingRule, TokenKinds};
use crate::{consumer::ClientId, id::OutsideIssuerId, key::Kid, operation::Scope, text::Name};

/// A trusted issuer with its keys. One that is suspended or withdrawn is not told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedIssuer {
    /// Its id, by which the names of its tokens begin.
    pub id: OutsideIssuerId,
    /// What people call it.
    pub name: Name,
    /// The `iss` of its tokens, byte for byte.
    pub issuer: IssuerName,
    /// What their `aud` must hold.
    pub audience: IssuerAudience,
    /// Which `typ` they have.
    pub kinds: TokenKinds,
    /// The longest life they may have.
    pub max_lifetime_s: IssuerLifetime,
    /// What their signatures are checked with.
    pub keys: TrustedKeys,
    /// What they may do, in the order in which the rules are tried.
    pub rules: Vec<TrustedRule>,
}

/// What an issuer's signatures are checked with: one or the other, never both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum TrustedKeys {
    /// Its public keys.
    Set {
        /// The set, in JSON.
        set: String,
        /// What they may sign with.
        algorithms: Algorithms,
    },
    /// The secret it shares with us.
    Secret {
        /// What it is called: nothing is told by it.
        kid: Kid,
        /// The secret.
        secret: TravellingSecret,
    },
}

/// A rule, with what the application of it may have at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedRule {
    /// The rule.
    pub rule: MappingRule,
    /// The scopes of the application's subscriptions: no rule gives more.
    pub within: BTreeSet<Scope>,
}

/// What a token may do, as the decision is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// Which rule, from 0.
    pub rule: usize,
    /// Whose the token is.
    pub client_id: ClientId,
    /// The scopes it carries.
    pub scopes: Vec<String>,
}

impl TrustedIssuer {
    /// What the first rule that matches makes of a token.
    #[must_use]
    pub fn map(&self, claims: &serde_json::Map<String, serde_json::Value>) -> Option<Mapped> {
        let mut rules = self.rules.iter().enumerate();
        let (rule, found) = rules.find(|(_, trusted)| trusted.rule.matches(claims))?;
        let scopes = found.rule.scopes.of(claims);
        let scopes = scopes.intersection(&found.within);
        Some(Mapped {
            rule,
            client_id: ClientId::of(found.rule.application),
            scopes: scopes.map(ToString::to_string).collect(),
        })
    }
}

/// A secret in a snapshot: the one kind of secret that is written into a document, because a gateway cannot check an HMAC
/// without it. It is never printed. Where snapshots go and rest, it goes and rests.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TravellingSecret(Vec<u8>);

impl TravellingSecret {
    /// Sends these bytes on their way.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// The bytes, for the one who checks signatures.
    #[must_use]
    pub fn arrived(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for TravellingSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}
