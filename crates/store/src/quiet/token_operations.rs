//! Which operations a token called tells whoever issued it what it could do without; as events it would drown the trail.
//!
//! Only of tokens that live longer than an hour, which people hold and narrow: for a program's token, which is gone in an hour and
//! may be one of millions, each call would be a row.

use std::collections::BTreeMap;

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
        let mut known: Option<(Jti, Option<TokenId>)> = None;
        for (called, at) in called {
            let Called {
                jti,
                version,
                method,
                path,
            } = called;
            let token = match &known {
                Some((same, token)) if *same == jti => *token,
                Some(_) | None => {
                    let token = long_lived(together.transaction()?, &jti).await?;
                    known = Some((jti, token));
                    token
                }
            };
            let Some(token) = token else { continue };
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

/// The token of this name, when it lives longer than an hour. What was issued elsewhere has no row.
async fn long_lived<C: ConnectionTrait>(db: &C, jti: &Jti) -> Result<Option<TokenId>, StoreError> {
    let hour = i64::from(Lifetime::HOUR.seconds()) * 1000;
    let lives = Expr::col(token::Column::ExpiresAt).sub(Expr::col(token::Column::IssuedAt));
    let found: Option<TokenId> = token::Entity::find()
        .select_only()
        .column(token::Column::Id)
        .filter(token::Column::Jti.eq(jti.as_str()))
        .filter(lives.gt(hour))
        .into_tuple()
        .one(db)
        .await?;
    Ok(found)
}
