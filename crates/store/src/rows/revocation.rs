//! Revocations, in the order of their commits and without gaps. A row is never changed; what two of them come to is the later
//! watermark, whoever reads them.

use gatewright_domain::{
    revocation::{Revocation, RevocationKind},
    time::Timestamp,
};
use sea_orm::{
    ActiveValue::Set, DatabaseTransaction, FromQueryResult, QuerySelect, entity::prelude::*,
};

use super::{Place, audit_head};
use crate::{error::StoreError, journal::Line, occurrence::Recorded};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "revocations")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) number: i64,
    pub(crate) epoch: i64,
    pub(crate) revision: i64,
    #[sea_orm(column_type = "Text")]
    pub(crate) kind: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) key: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) label: String,
    pub(crate) not_before: Option<Timestamp>,
    pub(crate) expires_at: Option<Timestamp>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) reason: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub(crate) actor_kind: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) actor_id: String,
    pub(crate) at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How many rows one statement inserts: SQLite takes at most 32,766 parameters.
const AT_ONCE: usize = 1000;

#[derive(FromQueryResult)]
struct Moment {
    moment: Option<Timestamp>,
}

#[derive(FromQueryResult)]
struct Number {
    number: Option<i64>,
}

/// Writes revocations down as part of the commit after which the ledger holds `size` events. The ledger's lock must be held:
/// it makes the numbers gapless.
pub(crate) async fn record(
    transaction: &DatabaseTransaction,
    recorded: Vec<Recorded>,
    size: u64,
) -> Result<Vec<Line>, StoreError> {
    let head = audit_head::read(transaction).await?;
    let mut number = newest(transaction).await?;
    let revision = i64::try_from(size).map_err(|_| StoreError::TooLarge)?;
    let models = recorded.into_iter().map(|recorded| {
        number += 1;
        model(recorded, number, (head.epoch, revision))
    });
    let models: Vec<Model> = models.collect();
    let lines = models.iter().map(line).collect();
    insert(transaction, models).await?;
    lines
}

/// The number of the newest one; 0 when there is none.
pub(crate) async fn newest<C: ConnectionTrait>(db: &C) -> Result<i64, StoreError> {
    let newest = Entity::find()
        .select_only()
        .column_as(Column::Number.max(), "number");
    let row = newest.into_model::<Number>().one(db).await?;
    Ok(row.and_then(|row| row.number).unwrap_or(0))
}

/// The latest watermark after a moment, if there is one.
pub(crate) async fn watermark_after<C: ConnectionTrait>(
    db: &C,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let ahead = Entity::find()
        .select_only()
        .column_as(Column::NotBefore.max(), "moment")
        // That of an application stands in its own row as well, and is waited for by that one alone.
        .filter(Column::Kind.ne(RevocationKind::Application.as_str()))
        .filter(Column::NotBefore.gt(now));
    let row = ahead.into_model::<Moment>().one(db).await?;
    Ok(row.and_then(|row| row.moment))
}

pub(crate) async fn insert(
    transaction: &DatabaseTransaction,
    models: Vec<Model>,
) -> Result<(), StoreError> {
    let mut rows = models.into_iter().map(active);
    loop {
        let chunk: Vec<ActiveModel> = rows.by_ref().take(AT_ONCE).collect();
        if chunk.is_empty() {
            return Ok(());
        }
        Entity::insert_many(chunk)
            .exec_without_returning(transaction)
            .await?;
    }
}

pub(crate) fn model(recorded: Recorded, number: i64, (epoch, revision): (i64, i64)) -> Model {
    let Recorded {
        revocation,
        reason,
        actor_kind,
        actor_id,
        at,
    } = recorded;
    let Revocation {
        kind,
        key,
        label,
        not_before,
        expires,
    } = revocation;
    Model {
        number,
        epoch,
        revision,
        kind: kind.as_str().to_owned(),
        key,
        label,
        not_before,
        expires_at: expires,
        reason,
        actor_kind,
        actor_id,
        at,
    }
}

/// A row as the journal has it.
pub(crate) fn line(model: &Model) -> Result<Line, StoreError> {
    let Model {
        number,
        epoch,
        revision,
        kind,
        key,
        label,
        not_before,
        expires_at,
        reason,
        actor_kind,
        actor_id,
        at,
    } = model.clone();
    let place = Place::of("revocations", number);
    Ok(Line {
        number: place.number("number", number)?,
        epoch: place.number("epoch", epoch)?,
        revision: place.number("revision", revision)?,
        revocation: Revocation {
            kind: place.parse("kind", &kind)?,
            key,
            label,
            not_before,
            expires: expires_at,
        },
        reason,
        actor_kind,
        actor_id,
        at,
    })
}

fn active(model: Model) -> ActiveModel {
    let Model {
        number,
        epoch,
        revision,
        kind,
        key,
        label,
        not_before,
        expires_at,
        reason,
        actor_kind,
        actor_id,
        at,
    } = model;
    ActiveModel {
        number: Set(number),
        epoch: Set(epoch),
        revision: Set(revision),
        kind: Set(kind),
        key: Set(key),
        label: Set(label),
        not_before: Set(not_before),
        expires_at: Set(expires_at),
        reason: Set(reason),
        actor_kind: Set(actor_kind),
        actor_id: Set(actor_id),
        at: Set(at),
    }
}
