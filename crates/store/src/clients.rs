//! Clients as the token service keeps them in memory: read whole at one revision, and good until something else than a
//! token has changed.

use gatewright_domain::{
    client::{ClientSecret, Registration, SecretId},
    consumer::Application,
    id::ApplicationId,
    token::{Entitlement, Jti, Token},
};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};

use crate::{error::StoreError, reader::Reader, rows};

/// A client with everything that decides what it is granted.
#[derive(Clone, Debug)]
pub struct ClientRecord {
    /// The application.
    pub application: Application,
    /// What it may ask for.
    pub registration: Registration,
    /// Its secrets, the oldest first.
    pub secrets: Vec<ClientSecret>,
    /// What it has subscribed to.
    pub entitlements: Vec<Entitlement>,
    /// The revision it was read at, or an earlier one.
    pub revision: u64,
}

/// What has happened since a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// The revision now.
    pub revision: u64,
    /// How many events may have changed what clients are granted or gateways are told.
    pub changes: u64,
}

/// What changes neither what a client is granted nor what a gateway is told, and happens often.
const HARMLESS: &str = "'token.issue', 'token.issue-many', 'access.deny', 'session.start', 'session.end', \
    'session.refuse', 'audit.verify', 'server.start', 'initial-token.issue', 'initial-token.revoke', \
    'own-registration.turn'";

#[derive(FromQueryResult)]
struct Counted {
    size: i64,
    changes: i64,
}

impl Reader {
    /// A client, whoever asks: it is known by what it proves next.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Database`.
    pub async fn client_record(&self, id: ApplicationId) -> Result<ClientRecord, StoreError> {
        // Read before the rest, so that what changes in between is noticed later.
        let revision = self.revision().await?;
        load(&self.database, id, revision).await
    }

    /// The client that has, or had, the secret of this id.
    ///
    /// # Errors
    /// `Corrupt`; `Database`.
    pub async fn client_of_secret(
        &self,
        id: &SecretId,
    ) -> Result<Option<ClientRecord>, StoreError> {
        match rows::client_secret::owner(&self.database, id).await? {
            Some(application) => Ok(Some(self.client_record(application).await?)),
            None => Ok(None),
        }
    }

    /// The token of this name, if it is this application's own.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Database`.
    pub async fn token_of_client(
        &self,
        client: ApplicationId,
        jti: &Jti,
    ) -> Result<Token, StoreError> {
        let token = rows::token::load_named(&self.database, jti).await?;
        if token.application() == client {
            Ok(token)
        } else {
            Err(StoreError::NotFound)
        }
    }

    /// What has happened since a revision.
    ///
    /// # Errors
    /// `Database`.
    pub async fn since(&self, revision: u64) -> Result<Since, StoreError> {
        since(&self.database, revision).await
    }
}

pub(crate) async fn load<C: ConnectionTrait>(
    db: &C,
    id: ApplicationId,
    revision: u64,
) -> Result<ClientRecord, StoreError> {
    let application = rows::application::load(db, id).await?;
    Ok(ClientRecord {
        registration: rows::registration::of_application(db, &application).await?,
        secrets: rows::client_secret::of_application(db, &application).await?,
        entitlements: rows::subscription::entitlements(db, id).await?,
        application,
        revision,
    })
}

pub(crate) async fn since<C: ConnectionTrait>(db: &C, revision: u64) -> Result<Since, StoreError> {
    let sql = format!(
        "SELECT size, (SELECT COUNT(*) FROM audit_event WHERE seq >= $1 AND action NOT IN ({HARMLESS})) AS changes \
         FROM audit_head"
    );
    let from = i64::try_from(revision).map_err(|_| StoreError::TooLarge)?;
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [from.into()]);
    let counted = Counted::find_by_statement(statement).one(db).await?;
    let Counted { size, changes } = counted.ok_or(StoreError::NotFound)?;
    Ok(Since {
        revision: size.unsigned_abs(),
        changes: changes.unsigned_abs(),
    })
}
