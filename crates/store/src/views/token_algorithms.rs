//! What the tokens of each API are signed with: which keys whoever verifies them needs.

use std::collections::BTreeSet;

use gatewright_domain::{
    api::TokenAlgorithm, id::ApiId, key::Algorithm, text::ApiName, time::Timestamp,
};
use sea_orm::FromQueryResult;

use crate::{
    error::StoreError,
    reader::Reader,
    rows::{Place, api},
    views::Sql,
};

/// An API, with what its tokens are signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiAlgorithm {
    /// Its name.
    pub name: ApiName,
    /// Whether a version of it was ever published, whatever became of it.
    pub reach: Reach,
    /// What its tokens are signed with.
    pub algorithm: TokenAlgorithm,
}

/// Whether anybody outside can know of an API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// A version of it was published.
    Published,
    /// There are drafts at most.
    Drafted,
}

#[derive(FromQueryResult)]
struct Row {
    id: ApiId,
    name: String,
    token_algorithm: Option<String>,
    token_algorithm_since: Option<Timestamp>,
    token_algorithm_past: sea_orm::JsonValue,
    published: i64,
}

#[derive(FromQueryResult)]
struct Live {
    name: String,
    algorithm: String,
}

impl Reader {
    /// Every API, by name. For whoever serves key sets: it shows names and algorithms, and nothing else.
    ///
    /// # Errors
    /// `Corrupt`; `Database`.
    pub async fn token_algorithms(&self) -> Result<Vec<ApiAlgorithm>, StoreError> {
        let find = Sql::new(
            "SELECT id, name, token_algorithm, token_algorithm_since, token_algorithm_past, (SELECT COUNT(*) FROM versions \
             WHERE versions.api_id = apis.id AND versions.status NOT IN ('draft', 'discarded')) AS published \
             FROM apis ORDER BY name",
        );
        let rows: Vec<Row> = find.all(&self.database).await?;
        let read = |row: Row| {
            let at = Place::of("apis", row.id);
            let chosen = (row.token_algorithm.as_deref(), row.token_algorithm_since);
            Ok(ApiAlgorithm {
                name: at.parse("name", &row.name)?,
                reach: match row.published {
                    0 => Reach::Drafted,
                    _ => Reach::Published,
                },
                algorithm: api::algorithm(&at, chosen, row.token_algorithm_past)?,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// With what other algorithms than the installation's tokens are signed that live at a moment, by the names of their
    /// APIs. It looks at every such token, so it is for a server that starts, not for a request.
    ///
    /// # Errors
    /// `Corrupt`; `Database`.
    pub async fn live_algorithms(
        &self,
        installation: Algorithm,
        then: Timestamp,
    ) -> Result<BTreeSet<(ApiName, Algorithm)>, StoreError> {
        let find = Sql::new(
            "SELECT DISTINCT apis.name AS name, signing_keys.algorithm AS algorithm FROM signing_keys \
             JOIN tokens ON tokens.kid = signing_keys.kid JOIN token_versions ON token_versions.token_id = tokens.id \
             JOIN versions ON versions.id = token_versions.version_id JOIN apis ON apis.id = versions.api_id \
             WHERE tokens.revoked_at IS NULL AND signing_keys.algorithm <>",
        );
        let find = find
            .value(installation.name())
            .then("AND tokens.expires_at >")
            .value(then.millis());
        let rows: Vec<Live> = find.all(&self.database).await?;
        let read = |row: Live| {
            let at = Place::of("signing_keys", &row.algorithm);
            let algorithm = at.parse("algorithm", &row.algorithm)?;
            Ok((at.parse("name", &row.name)?, algorithm))
        };
        rows.into_iter().map(read).collect()
    }
}
