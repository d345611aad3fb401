//! Subscriptions. An application has at most one to a version that is not closed.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_domain::{
    api::TokenAlgorithm,
    audit::Aggregate,
    id::{ApplicationId, PlanId, SubscriptionId, TeamId, VersionId},
    plan::Plan,
    revision::Revision,
    subscription::{Subscription, SubscriptionParts, SubscriptionStatus},
    time::Timestamp,
    token::Entitlement,
    version::Version,
};
use sea_orm::{
    ActiveValue::Set, DatabaseTransaction, JoinType, QueryOrder, QuerySelect, entity::prelude::*,
};

use super::{Place, Stored, api, plan, save, version};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "subscriptions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: SubscriptionId,
    pub(crate) application_id: ApplicationId,
    pub(crate) version_id: VersionId,
    pub(crate) plan_id: PlanId,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) scopes: Json,
    #[sea_orm(column_type = "Text")]
    pub(crate) status: String,
    pub(crate) opened_at: Timestamp,
    pub(crate) revision: Revision,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::application::Entity",
        from = "Column::ApplicationId",
        to = "super::application::Column::Id"
    )]
    Application,
    #[sea_orm(
        belongs_to = "super::version::Entity",
        from = "Column::VersionId",
        to = "super::version::Column::Id"
    )]
    Version,
    #[sea_orm(
        belongs_to = "super::plan::Entity",
        from = "Column::PlanId",
        to = "super::plan::Column::Id"
    )]
    Plan,
}

impl Related<super::application::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Application.def()
    }
}

impl Related<super::version::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Version.def()
    }
}

impl Related<super::plan::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Plan.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The subscription of this id.
pub(crate) async fn load<C: ConnectionTrait>(
    db: &C,
    id: SubscriptionId,
) -> Result<Subscription, StoreError> {
    let model = Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(StoreError::NotFound)?;
    let version = version::load(db, model.version_id).await?;
    let plan = plan::load(db, model.plan_id).await?;
    restore(model, &version, &plan)
}

/// What an application may have tokens for: its subscriptions that are not closed, in order of id.
pub(crate) async fn entitlements<C: ConnectionTrait>(
    db: &C,
    application: ApplicationId,
) -> Result<Vec<Entitlement>, StoreError> {
    let found = not_closed(application)
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    let ids = found.iter().map(|row| row.version_id);
    let versions = version::load_with_algorithms(db, ids).await?;
    let versions: BTreeMap<VersionId, (Version, TokenAlgorithm)> = versions
        .into_iter()
        .map(|both| (both.0.place().id, both))
        .collect();
    let plans = plan::load_many(db, found.iter().map(|row| row.plan_id)).await?;
    let plans: BTreeMap<PlanId, Plan> = plans.into_iter().map(|plan| (plan.id, plan)).collect();
    let entitle = |model: Model| {
        let at = Place::of("subscriptions", model.id);
        let (version, signed_with) = at
            .present("version_id", versions.get(&model.version_id))?
            .clone();
        let plan = at.present("plan_id", plans.get(&model.plan_id))?.clone();
        let subscription = restore(model, &version, &plan)?;
        Ok(Entitlement {
            subscription,
            plan,
            version,
            signed_with,
        })
    };
    found.into_iter().map(entitle).collect()
}

/// The teams whose APIs an application has subscriptions to that are not closed.
pub(crate) async fn teams_reached<C: ConnectionTrait>(
    db: &C,
    application: ApplicationId,
) -> Result<BTreeSet<TeamId>, StoreError> {
    let reached: Vec<TeamId> = not_closed(application)
        .join(JoinType::InnerJoin, Relation::Version.def())
        .join(JoinType::InnerJoin, version::Relation::Api.def())
        .select_only()
        .column(api::Column::TeamId)
        .distinct()
        .into_tuple()
        .all(db)
        .await?;
    Ok(reached.into_iter().collect())
}

fn not_closed(application: ApplicationId) -> Select<Entity> {
    Entity::find()
        .filter(Column::ApplicationId.eq(application))
        .filter(Column::Status.ne(SubscriptionStatus::Closed.as_str()))
}

/// The subscription of a row, its version and its plan.
pub(crate) fn restore(
    model: Model,
    version: &Version,
    plan: &Plan,
) -> Result<Subscription, StoreError> {
    let Model {
        id,
        application_id,
        version_id: _,
        plan_id,
        scopes,
        status,
        opened_at,
        revision,
    } = model;
    let at = Place::of("subscriptions", id);
    Ok(Subscription::restore(SubscriptionParts {
        id,
        application: application_id,
        version: version.place().clone(),
        plan: plan_id,
        plan_name: plan.name.clone(),
        scopes: at.json("scopes", scopes)?,
        status: at.json("status", status.into())?,
        opened: opened_at,
        revision,
    }))
}

impl Stored for Subscription {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision();
        let subscription = self.at(was.next());
        let active = ActiveModel {
            id: Set(subscription.id()),
            application_id: Set(subscription.application()),
            version_id: Set(subscription.version().id),
            plan_id: Set(subscription.plan()),
            scopes: Set(serde_json::json!(subscription.scopes())),
            status: Set(subscription.status().to_string()),
            opened_at: Set(subscription.opened()),
            revision: Set(subscription.revision()),
        };
        let this = Column::Id.eq(subscription.id());
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        Ok(subscription)
    }
}
