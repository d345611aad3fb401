//! Traffic is the other ledger: counted by gateways, added up by the hour.

use gatewright_domain::{
    id::{ApplicationId, VersionId},
    operation::Method,
    time::Timestamp,
};
use sea_orm::{ActiveValue::Set, ExprTrait, entity::prelude::*, sea_query::OnConflict};
use uuid::Uuid;

use crate::{
    error::StoreError,
    rows::usage_hour::{ActiveModel, Column, Entity},
    store::Store,
};

/// How often something happened within an hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The start of the hour.
    pub hour: Timestamp,
    /// The version addressed, if any was.
    pub version: Option<VersionId>,
    /// The operation addressed, if any was: method and path template.
    pub operation: Option<(Method, String)>,
    /// The application that called, if it is known.
    pub application: Option<ApplicationId>,
    /// The status of the answers.
    pub status: u16,
    /// Why they were refused, if they were.
    pub refused: Option<String>,
    /// How many.
    pub calls: u64,
    /// The bytes of their bodies.
    pub bytes: u64,
}

impl Store {
    /// Adds to what was counted, all of it or nothing.
    ///
    /// # Errors
    /// `Database`.
    pub async fn add_usage(&self, tallies: Vec<Tally>) -> Result<(), StoreError> {
        let together = self.begin_quietly().await?;
        for tally in tallies {
            let sum = |column| Expr::col((Entity, column));
            let added = OnConflict::columns(KEY)
                .value(Column::Calls, sum(Column::Calls).add(signed(tally.calls)))
                .value(Column::Bytes, sum(Column::Bytes).add(signed(tally.bytes)))
                .to_owned();
            let insert = Entity::insert(active(tally)).on_conflict(added);
            insert
                .exec_without_returning(together.transaction()?)
                .await?;
        }
        together.commit().await
    }
}

const KEY: [Column; 7] = [
    Column::Hour,
    Column::VersionId,
    Column::Method,
    Column::Path,
    Column::ApplicationId,
    Column::Status,
    Column::Reason,
];

fn active(tally: Tally) -> ActiveModel {
    let Tally {
        hour,
        version,
        operation,
        application,
        status,
        refused,
        calls,
        bytes,
    } = tally;
    let (method, path) = operation
        .map(|(method, path)| (method.to_string(), path))
        .unwrap_or_default();
    ActiveModel {
        hour: Set(hour.hour()),
        version_id: Set(version.unwrap_or(VersionId::from_uuid(Uuid::nil()))),
        method: Set(method),
        path: Set(path),
        application_id: Set(application.unwrap_or(ApplicationId::from_uuid(Uuid::nil()))),
        status: Set(i64::from(status)),
        reason: Set(refused.unwrap_or_default()),
        calls: Set(signed(calls)),
        bytes: Set(signed(bytes)),
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
