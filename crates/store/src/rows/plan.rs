//! Plans of an API.

use gatewright_domain::{
    id::{ApiId, PlanId},
    limit::{Rate, RateParts},
    plan::{Lifetime, Plan, Terms},
    revision::Revision,
    time::Timestamp,
};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, entity::prelude::*};

use super::{Place, Stored, api, save};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "plans")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: PlanId,
    pub(crate) api_id: ApiId,
    #[sea_orm(column_type = "Text")]
    pub(crate) name: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) name_folded: String,
    pub(crate) rate_requests: i64,
    pub(crate) rate_per_seconds: i64,
    pub(crate) rate_burst: i64,
    pub(crate) daily_quota: Option<i64>,
    pub(crate) max_token_lifetime_s: i64,
    pub(crate) opened_at: Timestamp,
    pub(crate) closed_at: Option<Timestamp>,
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

/// The plan of this id.
pub(crate) async fn load<C: ConnectionTrait>(db: &C, id: PlanId) -> Result<Plan, StoreError> {
    let found = Entity::find_by_id(id)
        .find_also_related(api::Entity)
        .one(db)
        .await?;
    let (model, api) = found.ok_or(StoreError::NotFound)?;
    restore(model, api)
}

/// The plans of these ids.
pub(crate) async fn load_many<C: ConnectionTrait>(
    db: &C,
    ids: impl IntoIterator<Item = PlanId>,
) -> Result<Vec<Plan>, StoreError> {
    let chosen = Entity::find()
        .filter(Column::Id.is_in(ids))
        .find_also_related(api::Entity);
    let found = chosen.all(db).await?;
    found
        .into_iter()
        .map(|(model, api)| restore(model, api))
        .collect()
}

/// The plan of a row and of its API's row.
pub(crate) fn restore(model: Model, api: Option<api::Model>) -> Result<Plan, StoreError> {
    let terms = terms(&model)?;
    let at = Place::of("plans", model.id);
    Ok(Plan {
        id: model.id,
        api: api::reference(at.present("api_id", api.as_ref())?)?,
        name: at.parse("name", &model.name)?,
        terms,
        opened: model.opened_at,
        closed: model.closed_at,
        revision: model.revision,
    })
}

/// What the plan of a row allows.
pub(crate) fn terms(model: &Model) -> Result<Terms, StoreError> {
    let at = Place::of("plans", model.id);
    let parts = RateParts {
        requests: at.number("rate_requests", model.rate_requests)?,
        per_seconds: at.number("rate_per_seconds", model.rate_per_seconds)?,
        burst: at.number("rate_burst", model.rate_burst)?,
    };
    let quota = model
        .daily_quota
        .map(|quota| at.number("daily_quota", quota));
    let lifetime: u64 = at.number("max_token_lifetime_s", model.max_token_lifetime_s)?;
    Ok(Terms {
        rate: Rate::try_from(parts).map_err(|_| at.corrupt("rate_requests"))?,
        daily_quota: quota.transpose()?,
        max_token_lifetime: Lifetime::try_from(lifetime)
            .map_err(|_| at.corrupt("max_token_lifetime_s"))?,
    })
}

impl Stored for Plan {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision;
        let plan = Self {
            revision: was.next(),
            ..self
        };
        let Terms {
            rate,
            daily_quota,
            max_token_lifetime,
        } = plan.terms;
        let RateParts {
            requests,
            per_seconds,
            burst,
        } = rate.parts();
        let active = ActiveModel {
            id: Set(plan.id),
            api_id: Set(plan.api.id),
            name: Set(plan.name.to_string()),
            name_folded: Set(plan.name.folded()),
            rate_requests: Set(i64::from(requests)),
            rate_per_seconds: Set(i64::from(per_seconds)),
            rate_burst: Set(i64::from(burst)),
            daily_quota: Set(daily_quota.map(|quota| i64::try_from(quota).unwrap_or(i64::MAX))),
            max_token_lifetime_s: Set(i64::from(max_token_lifetime.seconds())),
            opened_at: Set(plan.opened),
            closed_at: Set(plan.closed),
            revision: Set(plan.revision),
        };
        let this = Column::Id.eq(plan.id);
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        Ok(plan)
    }
}
