//! The tokens that stand in status lists, with what decides whether each was revoked.

use gatewright_domain::{
    id::{ApplicationId, VersionId},
    key::{Kid, Purpose},
    time::Timestamp,
    token::Jti,
};
use sea_orm::FromQueryResult;

use crate::{error::StoreError, reader::Reader, rows::Place, views::Sql};

/// A token that lives by itself and is listed, as far as one version goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedToken {
    /// Its name, which says its place.
    pub jti: Jti,
    /// Whose it is.
    pub application: ApplicationId,
    /// The key that signed it.
    pub kid: Kid,
    /// A version it is for.
    pub version: VersionId,
    /// When it was issued.
    pub issued: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
}

#[derive(FromQueryResult)]
struct Row {
    jti: String,
    application_id: ApplicationId,
    kid: String,
    version_id: VersionId,
    issued_at: Timestamp,
    expires_at: Timestamp,
}

const FIND: &str = "SELECT tokens.jti, tokens.application_id, tokens.kid, token_versions.version_id, tokens.issued_at, \
    tokens.expires_at FROM tokens JOIN signing_keys ON signing_keys.kid = tokens.kid \
    JOIN token_versions ON token_versions.token_id = tokens.id WHERE signing_keys.purpose =";

impl Reader {
    /// Every developer token that has not ended, once for each version it is for.
    ///
    /// # Errors
    /// `Corrupt` when a row means nothing; when the database fails.
    pub async fn listed_tokens(&self, now: Timestamp) -> Result<Vec<ListedToken>, StoreError> {
        let find = Sql::new(FIND).value(Purpose::DevAccess.as_str());
        let find = find.then("AND tokens.expires_at >").value(now.millis());
        let rows: Vec<Row> = find.then("ORDER BY tokens.id").all(&self.database).await?;
        rows.into_iter().map(Row::listed).collect()
    }
}

impl Row {
    fn listed(self) -> Result<ListedToken, StoreError> {
        let Self {
            jti,
            application_id: application,
            kid,
            version_id: version,
            issued_at: issued,
            expires_at: expires,
        } = self;
        Ok(ListedToken {
            kid: Place::of("tokens", &jti).parse("kid", &kid)?,
            jti: Jti::from_wire(jti),
            application,
            version,
            issued,
            expires,
        })
    }
}
