//! What a key holds up: the tokens that live by it, and who fetched the key set it stands in.

use gatewright_domain::{key::Kid, time::Timestamp};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    views::{Sight, Sql},
};

/// What would end, and who would have to learn it, if a key were declared compromised.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BlastRadius {
    /// The tokens that live now, by application and version, the most first, at most 100 lines.
    pub tokens: Vec<LiveTokens>,
    /// Those of them that people hold, by name, the longest lived first, at most 100.
    pub named: Vec<NamedToken>,
    /// Who fetched the key set, the latest first, at most 100: verifiers that are not ours and may hold the key on.
    pub verifiers: Vec<Verifier>,
}

/// The tokens of one application for one version.
#[derive(Clone, Debug, Serialize, FromQueryResult)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LiveTokens {
    /// The consumer.
    pub consumer: String,
    /// Its application.
    pub application: String,
    /// The API.
    pub api: String,
    /// The number of the version.
    pub number: i64,
    /// How many tokens live.
    pub live: i64,
}

/// A token that somebody holds.
#[derive(Clone, Debug, Serialize, FromQueryResult)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NamedToken {
    /// What people call it.
    pub name: String,
    /// The application it is of.
    pub application: String,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// Somebody who fetches the key set.
#[derive(Clone, Debug, Serialize, FromQueryResult)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Verifier {
    /// The network they come from.
    pub network: String,
    /// What their program calls itself.
    pub agent: String,
    /// The entity tag of the set they fetched last.
    pub etag: String,
    /// When they were first seen.
    pub first_seen_at: Timestamp,
    /// When they fetched a set last that they did not hold already.
    pub last_seen_at: Timestamp,
}

const TOKENS: &str = "SELECT consumers.name AS consumer, applications.name AS application, apis.name AS api, \
    versions.number AS number, COUNT(*) AS live FROM tokens \
    JOIN token_versions ON token_versions.token_id = tokens.id JOIN versions ON versions.id = token_versions.version_id \
    JOIN apis ON apis.id = versions.api_id JOIN applications ON applications.id = tokens.application_id \
    JOIN consumers ON consumers.id = applications.consumer_id WHERE tokens.revoked_at IS NULL AND";

const NAMED: &str = "SELECT tokens.name AS name, applications.name AS application, tokens.expires_at AS expires_at \
    FROM tokens JOIN applications ON applications.id = tokens.application_id \
    JOIN signing_keys ON signing_keys.kid = tokens.kid \
    WHERE tokens.revoked_at IS NULL AND signing_keys.purpose = 'dev-access' AND EXISTS (SELECT 1 FROM token_versions \
    JOIN versions ON versions.id = token_versions.version_id JOIN apis ON apis.id = versions.api_id \
    WHERE token_versions.token_id = tokens.id AND";

impl Sight {
    /// What a key holds up now, as far as the caller sees the APIs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn blast_radius(&self, kid: &Kid, now: Timestamp) -> Result<BlastRadius, StoreError> {
        let tokens = Sql::new(TOKENS)
            .within("apis.team_id", &self.horizon)
            .then("AND tokens.kid =")
            .value(kid.as_str())
            .then("AND tokens.expires_at >")
            .value(now.millis())
            .then("GROUP BY consumers.name, applications.name, apis.name, versions.number")
            .then("ORDER BY live DESC, consumer, application, api, number LIMIT 100");
        let named = Sql::new(NAMED)
            .within("apis.team_id", &self.horizon)
            .then(") AND tokens.kid =")
            .value(kid.as_str())
            .then("AND tokens.expires_at >")
            .value(now.millis())
            .then("ORDER BY tokens.expires_at DESC, tokens.id LIMIT 100");
        let verifiers = Sql::new(
            "SELECT network, agent, etag, first_seen_at, last_seen_at FROM verifiers \
             ORDER BY last_seen_at DESC, network, agent LIMIT 100",
        );
        Ok(BlastRadius {
            tokens: tokens.all(&self.database).await?,
            named: named.all(&self.database).await?,
            verifiers: verifiers.all(&self.database).await?,
        })
    }
}
