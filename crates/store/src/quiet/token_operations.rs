//! Which operations a token called tells whoever issued it what it could do without; as events it would drown the trail.
//!
//! Only of tokens that live longer than an hour, which people hold and narrow: for a program's token, which is gone in an hour and
//! may be one of millions, each call would be a row.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use gatewright_domain::{
    id::{TokenId, VersionId},
    operation::Method,
    plan::Lifetime,
    time::Timestamp,
    token::Jti,
};
use sea_orm::{
    ActiveValue::Set, ExprTrait, QuerySelect, entity::prelude::*, sea_query::OnConflict,
};

use crate::{
    error::StoreError,
    rows::{
        token,
        token_operation::{ActiveModel, Column, Entity},
    },
    store::Store,
};

/// How many tokens one query asks for.
const ASKED: usize = 500;

/// An operation that a token called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Called {
    /// The token's name.
    pub jti: Jti,
    /// The version.
    pub version: VersionId,
    /// The method.
    pub method: Method,
    /// The path template.
    pub path: String,
}

impl Store {
    /// Notes which operations tokens have called, and when last; an earlier moment changes nothing.
    ///
    /// # Errors
    /// `Database`.
    pub async fn note_operations(
        &self,
        called: BTreeMap<Called, Timestamp>,
    ) -> Result<(), StoreError> {
        let together = self.begin_quietly().await?;
        let names: BTreeSet<&Jti> = called.keys().map(|called| &called.jti).collect();
        let known = long_lived(together.transaction()?, names).await?;
        for (called, at) in called {
            let Called {
                jti,
                version,
                method,
                path,
            } = called;
            let Some(token) = known.get(jti.as_str()).copied() else {
                continue;
            };
            let row = ActiveModel {
                token_id: Set(token),
                version_id: Set(version),
                method: Set(method.to_string()),
                path: Set(path),
                last_used_at: Set(at),
            };
            let later = Expr::col((Entity, Column::LastUsedAt)).lt(at);
            let key = [
                Column::TokenId,
                Column::VersionId,
                Column::Method,
                Column::Path,
            ];
            let again = OnConflict::columns(key)
                .update_column(Column::LastUsedAt)
                .action_and_where(later)
                .to_owned();
            Entity::insert(row)
                .on_conflict(again)
                .exec_without_returning(together.transaction()?)
                .await?;
        }
        together.commit().await
    }
}

/// Those of the tokens with these names that live longer than an hour. What was issued elsewhere has no row.
async fn long_lived<C: ConnectionTrait>(
    db: &C,
    names: BTreeSet<&Jti>,
) -> Result<HashMap<String, TokenId>, StoreError> {
    let hour = i64::from(Lifetime::HOUR.seconds()) * 1000;
    let lives = Expr::col(token::Column::ExpiresAt).sub(Expr::col(token::Column::IssuedAt));
    let names: Vec<&str> = names.into_iter().map(Jti::as_str).collect();
    let mut known = HashMap::new();
    for some in names.chunks(ASKED) {
        let found: Vec<(String, TokenId)> = token::Entity::find()
            .select_only()
            .columns([token::Column::Jti, token::Column::Id])
            .filter(token::Column::Jti.is_in(some.iter().copied()))
            .filter(lives.clone().gt(hour))
            .into_tuple()
            .all(db)
            .await?;
        known.extend(found);
    }
    Ok(known)
}
