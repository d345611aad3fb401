//! The signing keys, with how many tokens each keeps alive.

use gatewright_domain::{id::KeyId, revision::Revision, time::Timestamp};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    views::{Sight, Sql},
};

/// A signing key.
#[derive(Clone, Debug, Serialize, FromQueryResult)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyRow {
    /// Its id.
    pub id: KeyId,
    /// Its public name.
    pub kid: String,
    /// What it is for: access, dev-access, introspection or status-list.
    pub purpose: String,
    /// The one algorithm it signs with.
    pub algorithm: String,
    /// Who signs with it: software, pkcs11 or vault.
    pub provider: String,
    /// Where it stands: staged, published, active, deactivated, suspended, retired or compromised.
    pub state: String,
    /// When it was generated.
    pub generated_at: Timestamp,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// When it began to sign.
    pub activated_at: Option<Timestamp>,
    /// When it stopped signing.
    pub deactivated_at: Option<Timestamp>,
    /// When it was suspended, while it is.
    pub suspended_at: Option<Timestamp>,
    /// Where it stood before it was suspended, and where it would return to.
    pub suspended_from: Option<String>,
    /// Whether it stays in the key set while it is suspended: listed or withdrawn.
    pub suspended_listing: Option<String>,
    /// When it was retired.
    pub retired_at: Option<Timestamp>,
    /// When it was declared compromised.
    pub compromised_at: Option<Timestamp>,
    /// When the last token it can have signed ends.
    pub last_expiry: Option<Timestamp>,
    /// Tokens it signed that live now.
    pub live_tokens: i64,
    /// The public key, a JWK in JSON.
    pub public_jwk: String,
    /// How often it was written: its `ETag`.
    pub revision: Revision,
}

impl Sight {
    /// The keys, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keys(&self, now: Timestamp) -> Result<Vec<KeyRow>, StoreError> {
        let find = Sql::new(
            "SELECT id, kid, purpose, algorithm, provider, state, generated_at, published_at, activated_at, deactivated_at, \
             suspended_at, suspended_from, suspended_listing, retired_at, \
             compromised_at, last_expiry, public_jwk, revision, (SELECT COUNT(*) FROM tokens \
             WHERE tokens.kid = signing_keys.kid AND tokens.revoked_at IS NULL AND tokens.expires_at >",
        );
        let find = find
            .value(now.millis())
            .then(") AS live_tokens FROM signing_keys");
        find.then("ORDER BY generated_at DESC, id DESC LIMIT 100")
            .all(&self.database)
            .await
    }
}
