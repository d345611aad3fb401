//! Versions. The status is a word with columns for its data; a CHECK refuses combinations that mean nothing.

use gatewright_domain::{
    api::TokenAlgorithm,
    audit::Aggregate,
    id::{ApiId, RevisionId, VersionId},
    revision::Revision,
    staleness::{Patience, Staleness},
    text::VersionNumber,
    time::Timestamp,
    version::{Live, Status, Version, VersionParts, VersionRef},
};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, QueryOrder, entity::prelude::*};

use super::{Place, Stored, api, save};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "versions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: VersionId,
    pub(crate) api_id: ApiId,
    pub(crate) number: i64,
    #[sea_orm(column_type = "Text")]
    pub(crate) status: String,
    pub(crate) published_at: Option<Timestamp>,
    pub(crate) deprecated_at: Option<Timestamp>,
    pub(crate) sunset_at: Option<Timestamp>,
    pub(crate) blocked_at: Option<Timestamp>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) blocked_reason: Option<String>,
    pub(crate) retired_at: Option<Timestamp>,
    pub(crate) discarded_at: Option<Timestamp>,
    #[sea_orm(column_type = "Text")]
    pub(crate) upstream: String,
    pub(crate) contract_id: Option<RevisionId>,
    pub(crate) stale_after_s: i64,
    #[sea_orm(column_type = "Text")]
    pub(crate) stale_reads: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) stale_writes: String,
    pub(crate) drafted_at: Timestamp,
    pub(crate) revision: Revision,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::api::Entity",
        from = "Column::ApiId",
        to = "super::api::Column::Id"
    )]
    Api,
}

impl Related<super::api::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Api.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The version of this id.
pub(crate) async fn load<C: ConnectionTrait>(db: &C, id: VersionId) -> Result<Version, StoreError> {
    let found = Entity::find_by_id(id)
        .find_also_related(api::Entity)
        .one(db)
        .await?;
    let (model, api) = found.ok_or(StoreError::NotFound)?;
    restore(model, api)
}

/// The versions of these ids, in order of id.
pub(crate) async fn load_many<C: ConnectionTrait>(
    db: &C,
    ids: impl IntoIterator<Item = VersionId>,
) -> Result<Vec<Version>, StoreError> {
    let chosen = Entity::find()
        .filter(Column::Id.is_in(ids))
        .find_also_related(api::Entity);
    let found = chosen.order_by_asc(Column::Id).all(db).await?;
    found
        .into_iter()
        .map(|(model, api)| restore(model, api))
        .collect()
}

/// The same, each with what tokens for its API are signed with.
pub(crate) async fn load_with_algorithms<C: ConnectionTrait>(
    db: &C,
    ids: impl IntoIterator<Item = VersionId>,
) -> Result<Vec<(Version, TokenAlgorithm)>, StoreError> {
    let chosen = Entity::find()
        .filter(Column::Id.is_in(ids))
        .find_also_related(api::Entity);
    let found = chosen.order_by_asc(Column::Id).all(db).await?;
    let with = |(model, api): (Model, Option<api::Model>)| {
        let at = Place::of("versions", model.id);
        let api = at.present("api_id", api)?;
        let place = Place::of("apis", api.id);
        let chosen = (api.token_algorithm.as_deref(), api.token_algorithm_since);
        let algorithm = api::algorithm(&place, chosen, api.token_algorithm_past.clone())?;
        Ok((restore(model, Some(api))?, algorithm))
    };
    found.into_iter().map(with).collect()
}

/// The version of a row and of its API's row.
pub(crate) fn restore(model: Model, api: Option<api::Model>) -> Result<Version, StoreError> {
    let place = reference(&model, api.as_ref())?;
    let status = status(&model)?;
    let at = Place::of("versions", model.id);
    Ok(Version::restore(VersionParts {
        place,
        status,
        upstream: at.parse("upstream", &model.upstream)?,
        contract: model.contract_id,
        staleness: staleness(
            &at,
            model.stale_after_s,
            &model.stale_reads,
            &model.stale_writes,
        )?,
        drafted: model.drafted_at,
        revision: model.revision,
    }))
}

/// The staleness contract of a row's columns.
pub(crate) fn staleness(
    at: &Place,
    after: i64,
    reads: &str,
    writes: &str,
) -> Result<Staleness, StoreError> {
    let seconds = u64::try_from(after).map_err(|_| at.corrupt("stale_after_s"))?;
    Ok(Staleness {
        after: Patience::try_from(seconds).map_err(|_| at.corrupt("stale_after_s"))?,
        reads: at.parse("stale_reads", reads)?,
        writes: at.parse("stale_writes", writes)?,
    })
}

/// The version as the things that point at it know it.
pub(crate) fn reference(model: &Model, api: Option<&api::Model>) -> Result<VersionRef, StoreError> {
    let at = Place::of("versions", model.id);
    let api = api::reference(at.present("api_id", api)?)?;
    let major: u16 = at.number("number", model.number)?;
    let number = VersionNumber::try_from(major).map_err(|_| at.corrupt("number"))?;
    Ok(VersionRef {
        id: model.id,
        api,
        number,
    })
}

/// The status of a row, with its data.
pub(crate) fn status(model: &Model) -> Result<Status, StoreError> {
    let at = Place::of("versions", model.id);
    match model.status.as_str() {
        "draft" => Ok(Status::Draft),
        "published" | "deprecated" => Ok(Status::Live(live(model, &at)?)),
        "blocked" => {
            let reason = at.present("blocked_reason", model.blocked_reason.as_deref())?;
            Ok(Status::Blocked {
                at: at.present("blocked_at", model.blocked_at)?,
                reason: at.parse("blocked_reason", reason)?,
                live: live(model, &at)?,
            })
        }
        "retired" => Ok(Status::Retired {
            at: at.present("retired_at", model.retired_at)?,
            live: live(model, &at)?,
        }),
        "discarded" => Ok(Status::Discarded {
            at: at.present("discarded_at", model.discarded_at)?,
        }),
        _ => Err(at.corrupt("status")),
    }
}

fn live(model: &Model, at: &Place) -> Result<Live, StoreError> {
    let published = at.present("published_at", model.published_at)?;
    let Some(deprecated) = model.deprecated_at else {
        return Ok(Live::Published { at: published });
    };
    let sunset = at.present("sunset_at", model.sunset_at)?;
    Ok(Live::Deprecated {
        published,
        at: deprecated,
        sunset,
    })
}

impl Stored for Version {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision();
        let version = self.at(was.next());
        let this = Column::Id.eq(version.place().id);
        save::<Entity>(transaction, active(&version), this, Column::Revision, was).await?;
        Ok(version)
    }
}

fn active(version: &Version) -> ActiveModel {
    let (place, staleness) = (version.place(), version.staleness());
    let mut active = ActiveModel {
        id: Set(place.id),
        api_id: Set(place.api.id),
        number: Set(i64::from(place.number.major())),
        status: Set(version.status().name().to_string()),
        published_at: Set(None),
        deprecated_at: Set(None),
        sunset_at: Set(None),
        blocked_at: Set(None),
        blocked_reason: Set(None),
        retired_at: Set(None),
        discarded_at: Set(None),
        upstream: Set(version.upstream().to_string()),
        contract_id: Set(version.contract()),
        stale_after_s: Set(i64::from(staleness.after.seconds())),
        stale_reads: Set(staleness.reads.as_str().to_owned()),
        stale_writes: Set(staleness.writes.as_str().to_owned()),
        drafted_at: Set(version.drafted()),
        revision: Set(version.revision()),
    };
    let live = match version.status() {
        Status::Draft => None,
        Status::Live(live) => Some(*live),
        Status::Blocked { at, reason, live } => {
            active.blocked_at = Set(Some(*at));
            active.blocked_reason = Set(Some(reason.to_string()));
            Some(*live)
        }
        Status::Retired { at, live } => {
            active.retired_at = Set(Some(*at));
            Some(*live)
        }
        Status::Discarded { at } => {
            active.discarded_at = Set(Some(*at));
            None
        }
    };
    match live {
        None => {}
        Some(Live::Published { at }) => active.published_at = Set(Some(at)),
        Some(Live::Deprecated {
            published,
            at,
            sunset,
        }) => {
            active.published_at = Set(Some(published));
            active.deprecated_at = Set(Some(at));
            active.sunset_at = Set(Some(sunset));
        }
    }
    active
}
