//! Authorization codes, by keyed hash; their text is nowhere.

use gatewright_domain::{
    audit::Aggregate,
    code::{Allowed, Code, CodeParts},
    family::Person,
    id::{ApplicationId, CodeId, FamilyId, OperatorId, VersionId},
    revision::Revision,
    time::Timestamp,
    version::VersionRef,
};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, QuerySelect, entity::prelude::*};

use super::{Place, Stored, save, version};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "authorization_codes")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: CodeId,
    pub(crate) application_id: ApplicationId,
    #[sea_orm(column_type = "Text")]
    pub(crate) name: String,
    pub(crate) operator_id: OperatorId,
    pub(crate) signed_in_at: Timestamp,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) versions: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) scopes: Json,
    #[sea_orm(column_type = "Text")]
    pub(crate) redirect: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) challenge: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) bound_key: Option<String>,
    #[sea_orm(column_type = "Blob")]
    pub(crate) hmac: Vec<u8>,
    pub(crate) issued_at: Timestamp,
    pub(crate) family_id: Option<FamilyId>,
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
    #[sea_orm(
        belongs_to = "super::refresh_family::Entity",
        from = "Column::FamilyId",
        to = "super::refresh_family::Column::Id"
    )]
    Family,
}

impl Related<super::application::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Application.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The code of this id.
pub(crate) async fn load<C: ConnectionTrait>(db: &C, id: CodeId) -> Result<Code, StoreError> {
    let model = Entity::find_by_id(id).one(db).await?;
    whole(db, model.ok_or(StoreError::NotFound)?).await
}

/// The code of this id, which nobody else redeems until the transaction is over.
pub(crate) async fn load_alone(
    transaction: &DatabaseTransaction,
    id: CodeId,
) -> Result<Code, StoreError> {
    let find = Entity::find_by_id(id).lock_exclusive();
    let model = find.one(transaction).await?;
    whole(transaction, model.ok_or(StoreError::NotFound)?).await
}

async fn whole<C: ConnectionTrait>(db: &C, model: Model) -> Result<Code, StoreError> {
    let at = Place::of("authorization_codes", model.id);
    let ids: Vec<VersionId> = at.json("versions", model.versions.clone())?;
    let versions = version::load_many(db, ids).await?.into_iter();
    restore(
        model,
        versions.map(|version| version.place().clone()).collect(),
    )
}

fn restore(model: Model, versions: Vec<VersionRef>) -> Result<Code, StoreError> {
    let Model {
        id,
        application_id,
        name,
        operator_id,
        signed_in_at,
        versions: _,
        scopes,
        redirect,
        challenge,
        bound_key,
        hmac,
        issued_at,
        family_id,
        revision,
    } = model;
    let at = Place::of("authorization_codes", id);
    let key = bound_key.map(|key| at.parse("bound_key", &key));
    Ok(Code::restore(CodeParts {
        id,
        allowed: Allowed {
            application: application_id,
            name: at.parse("name", &name)?,
            person: Person {
                operator: operator_id,
                signed_in: signed_in_at,
            },
            versions,
            scopes: at.json("scopes", scopes)?,
            redirect,
            challenge: at.parse("challenge", &challenge)?,
            key: key.transpose()?,
        },
        hmac,
        issued: issued_at,
        redeemed: family_id,
        revision,
    }))
}

impl Stored for Code {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision();
        let code = self.at(was.next());
        let allowed = code.allowed();
        let versions: Vec<VersionId> = allowed.versions.iter().map(|place| place.id).collect();
        let active = ActiveModel {
            id: Set(code.id()),
            application_id: Set(allowed.application),
            name: Set(allowed.name.to_string()),
            operator_id: Set(allowed.person.operator),
            signed_in_at: Set(allowed.person.signed_in),
            versions: Set(serde_json::json!(versions)),
            scopes: Set(serde_json::json!(allowed.scopes)),
            redirect: Set(allowed.redirect.clone()),
            challenge: Set(allowed.challenge.to_string()),
            bound_key: Set(allowed.key.as_ref().map(ToString::to_string)),
            hmac: Set(code.hmac().to_vec()),
            issued_at: Set(code.issued()),
            family_id: Set(code.redeemed()),
            revision: Set(code.revision()),
        };
        let this = Column::Id.eq(code.id());
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        Ok(code)
    }
}
