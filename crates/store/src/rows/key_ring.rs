//! Key rings: one row for each purpose and algorithm. Whoever moves a key of a ring writes its row first, so that moves of
//! one ring never cross.

use std::time::Duration;

use gatewright_domain::{
    audit::Aggregate,
    key::{Purpose, RingName},
    plan::Lifetime,
    revision::Revision,
    ring::{KeyRing, KeyRingParts, Outlived, OwnTimes, Standing},
    time::Timestamp,
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    Condition, DatabaseTransaction, ExprTrait, QuerySelect,
    entity::prelude::*,
};

use super::{Place, Stored, save};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "rings")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(crate) purpose: String,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(crate) algorithm: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) standing: String,
    pub(crate) period_s: Option<i64>,
    pub(crate) lead_s: Option<i64>,
    pub(crate) max_lifetime_s: Option<i64>,
    pub(crate) outlived_s: Option<i64>,
    pub(crate) outlived_until: Option<Timestamp>,
    pub(crate) turn: i64,
    pub(crate) rotates_at: Timestamp,
    pub(crate) held_at: Option<Timestamp>,
    pub(crate) formed_at: Timestamp,
    pub(crate) keyring_version: i64,
    pub(crate) revision: Revision,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Every ring, in the order of purposes and algorithms.
pub(crate) async fn all<C: ConnectionTrait>(db: &C) -> Result<Vec<KeyRing>, StoreError> {
    let found = Entity::find().all(db).await?;
    let rings = found.into_iter().map(TryInto::try_into);
    let mut rings: Vec<KeyRing> = rings.collect::<Result<_, _>>()?;
    rings.sort_by_key(KeyRing::name);
    Ok(rings)
}

/// A ring, its row held until the transaction ends.
pub(crate) async fn lock(
    transaction: &DatabaseTransaction,
    name: RingName,
) -> Result<KeyRing, StoreError> {
    // SQLite has one writer at a time and knows no such lock; it is left out of the statement there.
    let find = Entity::find().filter(this(name)).lock_exclusive();
    let model = find.one(transaction).await?.ok_or(StoreError::NotFound)?;
    model.try_into()
}

/// Counts a change of the ring or of one of its keys (invariant I8), and holds the ring's row.
pub(crate) async fn advance(
    transaction: &DatabaseTransaction,
    name: RingName,
) -> Result<(), StoreError> {
    let next = Expr::col(Column::KeyringVersion).add(1);
    let update = Entity::update_many()
        .col_expr(Column::KeyringVersion, next)
        .filter(this(name));
    update.exec(transaction).await?;
    Ok(())
}

fn this(name: RingName) -> Condition {
    Condition::all()
        .add(Column::Purpose.eq(name.purpose.as_str()))
        .add(Column::Algorithm.eq(name.algorithm.name()))
}

impl TryFrom<Model> for KeyRing {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let Model {
            purpose,
            algorithm,
            standing,
            period_s,
            lead_s,
            max_lifetime_s,
            outlived_s,
            outlived_until,
            turn,
            rotates_at,
            held_at,
            formed_at,
            keyring_version,
            revision,
        } = model;
        let at = Place::of("rings", format!("{purpose}/{algorithm}"));
        let span = |column, seconds: Option<i64>| {
            let seconds = seconds
                .map(|seconds| at.number(column, seconds))
                .transpose()?;
            Ok::<_, StoreError>(seconds.map(Duration::from_secs))
        };
        let lifetime = |column, seconds: Option<i64>| {
            let seconds: Option<u64> = seconds
                .map(|seconds| at.number(column, seconds))
                .transpose()?;
            let lifetime = seconds.map(Lifetime::try_from).transpose();
            lifetime.map_err(|_| at.corrupt(column))
        };
        let purpose: Purpose = at.parse("purpose", &purpose)?;
        Ok(Self::restore(KeyRingParts {
            name: RingName {
                purpose,
                algorithm: at.parse("algorithm", &algorithm)?,
            },
            standing: match standing.as_str() {
                "enabled" => Standing::Enabled,
                "disabled" => Standing::Disabled,
                _ => return Err(at.corrupt("standing")),
            },
            times: OwnTimes {
                rotation_period: span("period_s", period_s)?,
                publication_lead: span("lead_s", lead_s)?,
                max_lifetime: lifetime("max_lifetime_s", max_lifetime_s)?,
            },
            outlived: lifetime("outlived_s", outlived_s)?
                .zip(outlived_until)
                .map(|(lifetime, until)| Outlived { lifetime, until }),
            turn: at.number("turn", turn)?,
            rotates: rotates_at,
            held: held_at,
            formed: formed_at,
            version: at.number("keyring_version", keyring_version)?,
            revision,
        }))
    }
}

impl Stored for KeyRing {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision();
        let ring = self.at(was.next());
        let mut row = active(&ring);
        if was == Revision::NEW {
            row.keyring_version = Set(1);
        } else {
            advance(transaction, ring.name()).await?;
        }
        let this = this(ring.name());
        save::<Entity>(transaction, row, this.into(), Column::Revision, was).await?;
        Ok(ring)
    }
}

fn active(ring: &KeyRing) -> ActiveModel {
    let OwnTimes {
        rotation_period,
        publication_lead,
        max_lifetime,
    } = ring.times();
    let seconds = |span: Duration| i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
    let (lifetime, until) = ring
        .outlived()
        .map(|Outlived { lifetime, until }| (lifetime, until))
        .unzip();
    let in_seconds =
        |lifetime: Option<Lifetime>| lifetime.map(|lifetime| lifetime.seconds().into());
    ActiveModel {
        purpose: Set(ring.name().purpose.to_string()),
        algorithm: Set(ring.name().algorithm.to_string()),
        standing: Set(ring.standing().as_str().to_owned()),
        period_s: Set(rotation_period.map(seconds)),
        lead_s: Set(publication_lead.map(seconds)),
        max_lifetime_s: Set(in_seconds(max_lifetime)),
        outlived_s: Set(in_seconds(lifetime)),
        outlived_until: Set(until),
        turn: Set(ring.turn().into()),
        rotates_at: Set(ring.rotates()),
        held_at: Set(ring.held()),
        formed_at: Set(ring.formed()),
        keyring_version: NotSet,
        revision: Set(ring.revision()),
    }
}
