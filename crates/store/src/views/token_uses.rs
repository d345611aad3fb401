//! One token in detail: where it came from, and which of its scopes its calls have needed.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_domain::{
    binding::Binding,
    id::{FamilyId, RevisionId, TokenId},
    operation::{Operation, Requirement, Scope},
    plan::Lifetime,
    time::Timestamp,
    token::Lineage as Came,
};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    rows::{self, Place},
    views::{Sight, Sql, apis::number, successions::Lineage, tokens::TokenRow},
};

/// A token, with all that is known of it but its text.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenDetail {
    /// The token.
    #[serde(flatten)]
    pub token: TokenRow,
    /// Whom it is about: its `sub`.
    pub subject: String,
    /// Who acts for whom it is about, the newest first: its `act`.
    pub actors: Vec<String>,
    /// The names of the tokens that it was exchanged for, the oldest first.
    pub ancestors: Vec<String>,
    /// The grant that it came of.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub grant: Option<FamilyId>,
    /// The name of its session, with which it is revoked: its `sid`.
    pub session: Option<String>,
    /// What its sender must prove to hold: `key` or `certificate`, and its thumbprint.
    pub binding: Option<String>,
    /// What it replaces, and what replaces it.
    #[serde(flatten)]
    pub line: Lineage,
    /// Whether the operations that it calls are noted: not where it lives for an hour at most.
    pub is_noted: bool,
    /// The operations that it called, as far as they are noted, the latest first; at most 200.
    pub operations: Vec<CalledRow>,
    /// Its scopes, each with when a call last needed it.
    pub scope_uses: Vec<ScopeUse>,
}

/// An operation that a token called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalledRow {
    /// The version, as `api/version`.
    pub version: String,
    /// The method.
    pub method: String,
    /// The path template.
    pub path: String,
    /// When it was last called.
    pub last_used_at: Timestamp,
}

/// A scope of a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScopeUse {
    /// The scope.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub scope: Scope,
    /// When a call last needed it; nothing when none was seen that did.
    pub last_needed_at: Option<Timestamp>,
}

#[derive(FromQueryResult)]
struct Called {
    api: String,
    number: i64,
    method: String,
    path: String,
    last_used_at: Timestamp,
    contract_id: Option<RevisionId>,
    operations: Option<sea_orm::JsonValue>,
}

#[derive(FromQueryResult)]
struct Seen {
    api: String,
    number: i64,
}

impl Sight {
    /// One token in detail. What it is for beyond the APIs that the caller sees is named, but not what it does there.
    ///
    /// # Errors
    /// `NotFound` when there is none, or not for this caller.
    pub async fn token_detail(
        &self,
        id: TokenId,
        now: Timestamp,
    ) -> Result<TokenDetail, StoreError> {
        let row = self.token(id, now).await?;
        let token = rows::token::load(&self.database, id).await?;
        let find = Sql::new(
            "SELECT apis.name AS api, versions.number, token_operations.method, token_operations.path, \
             token_operations.last_used_at, versions.contract_id, contract_revisions.operations FROM token_operations \
             JOIN versions ON versions.id = token_operations.version_id JOIN apis ON apis.id = versions.api_id \
             LEFT JOIN contract_revisions ON contract_revisions.id = versions.contract_id WHERE",
        );
        let find = find
            .within("apis.team_id", &self.horizon)
            .then("AND token_operations.token_id =")
            .value(id.uuid())
            .then("ORDER BY token_operations.last_used_at DESC, apis.name, token_operations.path LIMIT 200");
        let called: Vec<Called> = find.all(&self.database).await?;
        let scopes = self.scope_uses(id, token.scopes(), &called).await?;
        let lives = token.expires().since(token.issued());
        let came = token.lineage();
        Ok(TokenDetail {
            subject: token.subject_name(),
            actors: came.map_or_else(Vec::new, |came: &Came| {
                came.actors.iter().map(ToString::to_string).collect()
            }),
            ancestors: came.map_or_else(Vec::new, |came| {
                came.ancestors.iter().map(ToString::to_string).collect()
            }),
            grant: token.family(),
            session: token.session(),
            binding: token.binding().map(Binding::to_string),
            line: self.lineage(id).await?,
            is_noted: Lifetime::HOUR.duration() < lives,
            operations: called.iter().map(Called::shown).collect(),
            scope_uses: scopes,
            token: row,
        })
    }

    /// The scopes of a token for versions that the caller sees, each with the latest call that needed it.
    async fn scope_uses(
        &self,
        id: TokenId,
        scopes: &BTreeSet<Scope>,
        called: &[Called],
    ) -> Result<Vec<ScopeUse>, StoreError> {
        let find = Sql::new(
            "SELECT apis.name AS api, versions.number FROM token_versions \
             JOIN versions ON versions.id = token_versions.version_id JOIN apis ON apis.id = versions.api_id WHERE",
        );
        let find = find
            .within("apis.team_id", &self.horizon)
            .then("AND token_versions.token_id =")
            .value(id.uuid());
        let seen: Vec<Seen> = find.all(&self.database).await?;
        let is_of = |scope: &Scope, api: &str, major: i64| {
            scope.api.as_str() == api && scope.version.to_string() == number(major)
        };
        let mut needed: BTreeMap<&Scope, Timestamp> = BTreeMap::new();
        for call in called {
            let requires = call.requires()?;
            let own = |name: &_| {
                let mut own = scopes.iter();
                own.find(|scope| scope.name == *name && is_of(scope, &call.api, call.number))
            };
            for scope in requires
                .enough(|name| own(name).is_some())
                .iter()
                .filter_map(|it| own(it))
            {
                let at = needed.entry(scope).or_insert(call.last_used_at);
                *at = call.last_used_at.max(*at);
            }
        }
        let visible = scopes.iter().filter(|scope| {
            let mut seen = seen.iter();
            seen.any(|version| is_of(scope, &version.api, version.number))
        });
        let uses = visible.map(|scope| ScopeUse {
            last_needed_at: needed.get(scope).copied(),
            scope: scope.clone(),
        });
        Ok(uses.collect())
    }
}

impl Called {
    fn shown(&self) -> CalledRow {
        CalledRow {
            version: format!("{}/{}", self.api, number(self.number)),
            method: self.method.clone(),
            path: self.path.clone(),
            last_used_at: self.last_used_at,
        }
    }

    /// What the operation requires by the contract of today; nothing where that describes it no more.
    fn requires(&self) -> Result<Requirement, StoreError> {
        let Some((id, operations)) = self.contract_id.zip(self.operations.clone()) else {
            return Ok(Requirement::default());
        };
        let at = Place::of("contract_revisions", id);
        let operations: Vec<Operation> = at.json("operations", operations)?;
        let mut operations = operations.into_iter();
        let found = operations.find(|operation| {
            operation.method.to_string() == self.method && operation.path == self.path
        });
        Ok(found
            .map(|operation| operation.requires)
            .unwrap_or_default())
    }
}
