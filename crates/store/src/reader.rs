//! Everything that can be read. Most of it is seen through a caller (`Reader::as_seen_by`); what stands here is asked before
//! anybody is known, or by the machine itself.

use std::collections::BTreeSet;

use gatewright_domain::{
    api_key::ApiKey,
    consumer::Application,
    credential::Fingerprint,
    gateway::Gateway,
    id::{AccessTokenId, GatewayId, InstallationId, OperatorId, SessionId},
    kek::KeyEncryptionKey,
    key::SigningKey,
    operator::{AccessToken, Operator},
    ring::KeyRing,
    text::Name,
    time::Timestamp,
};
use sea_orm::{DatabaseConnection, DbBackend, FromQueryResult};

use crate::{error::StoreError, rows, views::Sql};

/// The reading side of a store. Cheap to clone; it cannot change anything.
#[derive(Clone, Debug)]
pub struct Reader {
    pub(crate) database: DatabaseConnection,
}

/// The installation as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Installation {
    /// Its id.
    pub id: InstallationId,
    /// Raised by a restore.
    pub epoch: u64,
    /// Whether it has had its first administrator.
    pub set_up: bool,
    /// Since when it waits, after a restore, for what was revoked in the meantime; nothing when it may be served from.
    pub restored: Option<Timestamp>,
}

/// A session with its operator.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub operator: Operator,
    /// When it was last used, to the minute.
    pub last_seen: Timestamp,
    /// When it ends at the latest.
    pub expires: Timestamp,
}

#[derive(FromQueryResult)]
struct Size {
    size: i64,
}

#[derive(FromQueryResult)]
struct InstallationRow {
    id: InstallationId,
    epoch: i64,
    set_up_at: Option<Timestamp>,
    restored_at: Option<Timestamp>,
}

#[derive(FromQueryResult)]
struct SessionRow {
    id: SessionId,
    operator_id: OperatorId,
    last_seen_at: Timestamp,
    expires_at: Timestamp,
}

#[derive(FromQueryResult)]
struct LinkRow {
    operator_id: OperatorId,
}

#[derive(FromQueryResult)]
struct TokenRow {
    id: AccessTokenId,
}

#[derive(FromQueryResult)]
struct GatewayRow {
    id: GatewayId,
}

#[derive(FromQueryResult)]
struct Millis {
    millis: i64,
}

#[derive(FromQueryResult)]
struct ApiName {
    name: String,
}

#[derive(FromQueryResult)]
struct One {}

impl Reader {
    pub(crate) fn new(database: DatabaseConnection) -> Self {
        Self { database }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let _: Vec<One> = Sql::new("SELECT 1 AS one").all(&self.database).await?;
        Ok(())
    }

    /// What the database's clock says; nothing for SQLite, which has none of its own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clock(&self) -> Result<Option<Timestamp>, StoreError> {
        if self.database.get_database_backend() != DbBackend::Postgres {
            return Ok(None);
        }
        let asked = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint) AS millis";
        let row: Option<Millis> = Sql::new(asked).one(&self.database).await?;
        Ok(row.map(|row| Timestamp::from_millis(row.millis)))
    }

    /// The names of the APIs that have a version which was published, whatever became of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn routed_apis(&self) -> Result<BTreeSet<String>, StoreError> {
        let find = Sql::new(
            "SELECT DISTINCT apis.name FROM apis JOIN versions ON versions.api_id = apis.id \
             WHERE versions.status NOT IN ('draft', 'discarded')",
        );
        let rows: Vec<ApiName> = find.all(&self.database).await?;
        Ok(rows.into_iter().map(|row| row.name).collect())
    }

    /// How many events the ledger holds: the revision of everything.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revision(&self) -> Result<u64, StoreError> {
        let row: Option<Size> = Sql::new("SELECT size FROM audit_head")
            .one(&self.database)
            .await?;
        Ok(row.map_or(0, |row| row.size.unsigned_abs()))
    }

    /// The epoch, and how many events the ledger holds: with both, of two states the later one can be told.
    ///
    /// # Errors
    /// `NotFound` before the first migration; when the database fails.
    pub async fn position(&self) -> Result<(u64, u64), StoreError> {
        let head = rows::audit_head::read(&self.database).await?;
        Ok((head.epoch.unsigned_abs(), head.size.unsigned_abs()))
    }

    /// The latest watermark after a moment, of everything but one application; see `Tx::watermark_ahead`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn watermark_after(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        rows::revocation::watermark_after(&self.database, now).await
    }

    /// The installation.
    ///
    /// # Errors
    /// `NotFound` before the first migration.
    pub async fn installation(&self) -> Result<Installation, StoreError> {
        let find = Sql::new("SELECT id, epoch, set_up_at, restored_at FROM installation");
        let row: InstallationRow = find
            .one(&self.database)
            .await?
            .ok_or(StoreError::NotFound)?;
        let InstallationRow {
            id,
            epoch,
            set_up_at,
            restored_at,
        } = row;
        Ok(Installation {
            id,
            epoch: epoch.unsigned_abs(),
            set_up: set_up_at.is_some(),
            restored: restored_at,
        })
    }

    /// Whether a set-up link of this hash works now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_setup_link(&self, hash: &str, now: Timestamp) -> Result<bool, StoreError> {
        let find = Sql::new("SELECT 1 AS one FROM setup_links WHERE used_at IS NULL AND hash =")
            .value(hash);
        let found: Option<One> = find
            .then("AND expires_at >")
            .value(now.millis())
            .one(&self.database)
            .await?;
        Ok(found.is_some())
    }

    /// Whom a sign-in link of this hash would sign in now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_in_link(
        &self,
        hash: &str,
        now: Timestamp,
    ) -> Result<Option<Operator>, StoreError> {
        let find =
            Sql::new("SELECT operator_id FROM sign_in_links WHERE used_at IS NULL AND hash =")
                .value(hash);
        let found = find
            .then("AND expires_at >")
            .value(now.millis())
            .one::<LinkRow>(&self.database)
            .await?;
        match found {
            Some(link) => Ok(Some(self.operator(link.operator_id).await?)),
            None => Ok(None),
        }
    }

    /// An operator. For use-cases that act on people by id; the caller's permit says whether they may.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn operator(&self, id: OperatorId) -> Result<Operator, StoreError> {
        rows::operator::load(&self.database, id).await
    }

    /// The operator who signs in with this name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn operator_named(&self, name: &Name) -> Result<Option<Operator>, StoreError> {
        match rows::operator::load_named(&self.database, name).await {
            Ok(operator) => Ok(Some(operator)),
            Err(StoreError::NotFound) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// The session whose secret has this hash.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, hash: &str) -> Result<Option<Session>, StoreError> {
        let find =
            Sql::new("SELECT id, operator_id, last_seen_at, expires_at FROM sessions WHERE hash =");
        let Some(row) = find.value(hash).one::<SessionRow>(&self.database).await? else {
            return Ok(None);
        };
        let SessionRow {
            id,
            operator_id,
            last_seen_at: last_seen,
            expires_at: expires,
        } = row;
        let operator = self.operator(operator_id).await?;
        Ok(Some(Session {
            id,
            operator,
            last_seen,
            expires,
        }))
    }

    /// A personal access token.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn access_token(&self, id: AccessTokenId) -> Result<AccessToken, StoreError> {
        rows::access_token::load(&self.database, id).await
    }

    /// The access token whose text has this hash, with its owner.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn access_token_by_hash(
        &self,
        hash: &str,
    ) -> Result<Option<(AccessToken, Operator)>, StoreError> {
        let find = Sql::new("SELECT id FROM access_tokens WHERE hash =").value(hash);
        let Some(row) = find.one::<TokenRow>(&self.database).await? else {
            return Ok(None);
        };
        let token = self.access_token(row.id).await?;
        let owner = self.operator(token.operator).await?;
        Ok(Some((token, owner)))
    }

    /// The API key whose text has this fingerprint, with its application.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_key_by_fingerprint(
        &self,
        fingerprint: &Fingerprint,
    ) -> Result<Option<(ApiKey, Application)>, StoreError> {
        let found = rows::api_key::load_by_fingerprint(&self.database, fingerprint).await;
        let key = match found {
            Ok(key) => key,
            Err(StoreError::NotFound) => return Ok(None),
            Err(other) => return Err(other),
        };
        let application = rows::application::load(&self.database, key.application).await?;
        Ok(Some((key, application)))
    }

    /// The gateway whose enrolment secret has this hash.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn gateway_by_hash(&self, hash: &str) -> Result<Option<Gateway>, StoreError> {
        let find = Sql::new("SELECT id FROM gateways WHERE hash =").value(hash);
        let Some(row) = find.one::<GatewayRow>(&self.database).await? else {
            return Ok(None);
        };
        Ok(Some(rows::gateway::load(&self.database, row.id).await?))
    }

    /// Every key-encryption key, those that are over included, oldest first.
    ///
    /// # Errors
    /// `Corrupt`; when the database fails.
    pub async fn keks(&self) -> Result<Vec<KeyEncryptionKey>, StoreError> {
        rows::kek_check::all(&self.database).await
    }

    /// Every signing key, those that are over included, oldest first. For signing, verifying and the public key set.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signing_keys(&self) -> Result<Vec<SigningKey>, StoreError> {
        rows::signing_key::all(&self.database).await
    }

    /// Every key ring, in the order of purposes and algorithms.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn key_rings(&self) -> Result<Vec<KeyRing>, StoreError> {
        rows::key_ring::all(&self.database).await
    }
}
