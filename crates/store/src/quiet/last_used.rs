//! When a secret was last used helps people to find what they can revoke; as events it would drown the trail.

use gatewright_domain::{
    client::SecretId,
    id::{AccessTokenId, ApiKeyId},
    time::Timestamp,
    token::Jti,
};
use sea_orm::{ExprTrait, entity::prelude::*};

use crate::{
    error::StoreError,
    rows::{access_token, api_key, client_secret, token},
    store::Store,
};

impl Store {
    /// Notes that an access token was used.
    ///
    /// # Errors
    /// `Database`.
    pub async fn touch_access_token(
        &self,
        id: AccessTokenId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        use access_token::{Column, Entity};
        let use_of = Entity::update_many()
            .col_expr(Column::LastUsedAt, Expr::value(now))
            .filter(Column::Id.eq(id));
        use_of.exec(self.quietly()).await?;
        Ok(())
    }

    /// Notes that a client secret was used.
    ///
    /// # Errors
    /// `Database`.
    pub async fn touch_client_secret(
        &self,
        id: &SecretId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        use client_secret::{Column, Entity};
        let use_of = Entity::update_many()
            .col_expr(Column::LastUsedAt, Expr::value(now))
            .filter(Column::Id.eq(id.as_str()));
        use_of.exec(self.quietly()).await?;
        Ok(())
    }

    /// Notes when tokens and API keys were last used, as gateways have counted it; an earlier moment changes nothing.
    /// Gateways name an API key by its id where they name a token by its `jti`.
    ///
    /// # Errors
    /// `Database`.
    pub async fn touch_tokens(&self, uses: &[(Jti, Timestamp)]) -> Result<(), StoreError> {
        use token::{Column, Entity};
        let together = self.begin_quietly().await?;
        for (jti, at) in uses {
            if let Ok(key) = jti.as_str().parse::<ApiKeyId>() {
                use api_key::{Column, Entity};
                let use_of = Entity::update_many()
                    .col_expr(Column::LastUsedAt, Expr::value(*at))
                    .filter(Column::Id.eq(key))
                    .filter(Column::LastUsedAt.is_null().or(Column::LastUsedAt.lt(*at)));
                use_of.exec(together.transaction()?).await?;
                continue;
            }
            let use_of = Entity::update_many()
                .col_expr(Column::LastUsedAt, Expr::value(*at))
                .filter(Column::Jti.eq(jti.as_str()))
                .filter(Column::LastUsedAt.is_null().or(Column::LastUsedAt.lt(*at)));
            use_of.exec(together.transaction()?).await?;
        }
        together.commit().await
    }
}
