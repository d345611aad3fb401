//! Refresh families: one grant each, and where its chain stands. The tokens stand in `refresh_token`.

use gatewright_domain::{
    audit::Aggregate,
    binding::Binding,
    family::{Family, FamilyParts, Person},
    id::{ApplicationId, FamilyId, OperatorId, VersionId},
    revision::Revision,
    time::Timestamp,
    version::VersionRef,
};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, QuerySelect, entity::prelude::*};

use super::{Place, Stored, save, version};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "refresh_families")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: FamilyId,
    pub(crate) application_id: ApplicationId,
    #[sea_orm(column_type = "Text")]
    pub(crate) name: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) versions: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) scopes: Json,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) bound_key: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) bound_certificate: Option<String>,
    pub(crate) operator_id: Option<OperatorId>,
    pub(crate) signed_in_at: Option<Timestamp>,
    pub(crate) begun_at: Timestamp,
    pub(crate) idle_end: Timestamp,
    pub(crate) absolute_end: Timestamp,
    pub(crate) head: i64,
    pub(crate) last_expiry: Timestamp,
    pub(crate) revoked_at: Option<Timestamp>,
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
        belongs_to = "super::operator::Entity",
        from = "Column::OperatorId",
        to = "super::operator::Column::Id"
    )]
    Operator,
}

impl Related<super::application::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Application.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The family of this id.
pub(crate) async fn load<C: ConnectionTrait>(db: &C, id: FamilyId) -> Result<Family, StoreError> {
    let model = Entity::find_by_id(id).one(db).await?;
    whole(db, model.ok_or(StoreError::NotFound)?).await
}

/// The family of this id, which nobody else changes until the transaction is over: of several uses at one moment, each
/// sees what the one before it did.
pub(crate) async fn load_alone(
    transaction: &DatabaseTransaction,
    id: FamilyId,
) -> Result<Family, StoreError> {
    let find = Entity::find_by_id(id).lock_exclusive();
    let model = find.one(transaction).await?;
    whole(transaction, model.ok_or(StoreError::NotFound)?).await
}

async fn whole<C: ConnectionTrait>(db: &C, model: Model) -> Result<Family, StoreError> {
    let ids: Vec<VersionId> =
        Place::of("refresh_families", model.id).json("versions", model.versions.clone())?;
    let versions = version::load_many(db, ids).await?;
    let versions = versions
        .into_iter()
        .map(|version| version.place().clone())
        .collect();
    restore(model, versions)
}

fn restore(model: Model, places: Vec<VersionRef>) -> Result<Family, StoreError> {
    let Model {
        id,
        application_id,
        name,
        versions: _,
        scopes,
        bound_key,
        bound_certificate,
        operator_id,
        signed_in_at,
        begun_at,
        idle_end,
        absolute_end,
        head,
        last_expiry,
        revoked_at,
        revision,
    } = model;
    let at = Place::of("refresh_families", id);
    let binding = match (bound_key, bound_certificate) {
        (None, None) => None,
        (Some(key), None) => Some(Binding::Key(at.parse("bound_key", &key)?)),
        (None, Some(bound)) => Some(Binding::Certificate(at.parse("bound_certificate", &bound)?)),
        (Some(_), Some(_)) => return Err(at.corrupt("bound_certificate")),
    };
    Ok(Family::restore(FamilyParts {
        id,
        application: application_id,
        name: at.parse("name", &name)?,
        versions: places,
        scopes: at.json("scopes", scopes)?,
        binding,
        person: operator_id
            .zip(signed_in_at)
            .map(|(operator, signed_in)| Person {
                operator,
                signed_in,
            }),
        begun: begun_at,
        idle_end,
        absolute_end,
        head: at.number("head", head)?,
        last_expiry,
        revoked: revoked_at,
        revision,
    }))
}

impl Stored for Family {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision();
        let family = self.at(was.next());
        let versions: Vec<VersionId> = family.versions().iter().map(|place| place.id).collect();
        let (bound_key, bound_certificate) = match family.binding() {
            None => (None, None),
            Some(Binding::Key(key)) => (Some(key.to_string()), None),
            Some(Binding::Certificate(bound)) => (None, Some(bound.to_string())),
        };
        let active = ActiveModel {
            id: Set(family.id()),
            application_id: Set(family.application()),
            name: Set(family.name().to_string()),
            versions: Set(serde_json::json!(versions)),
            scopes: Set(serde_json::json!(family.scopes())),
            bound_key: Set(bound_key),
            bound_certificate: Set(bound_certificate),
            operator_id: Set(family.person().map(|person| person.operator)),
            signed_in_at: Set(family.person().map(|person| person.signed_in)),
            begun_at: Set(family.begun()),
            idle_end: Set(family.idle_end()),
            absolute_end: Set(family.absolute_end()),
            head: Set(family.head().into()),
            last_expiry: Set(family.last_expiry()),
            revoked_at: Set(family.revoked()),
            revision: Set(family.revision()),
        };
        let this = Column::Id.eq(family.id());
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        Ok(family)
    }
}
