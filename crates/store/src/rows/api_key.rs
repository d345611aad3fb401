//! API keys of applications. The fingerprint of the secret is unique; the secret is nowhere. The versions stand in
//! `api_key_version`.

use gatewright_domain::{
    api_key::ApiKey,
    credential::Fingerprint,
    id::{ApiKeyId, ApplicationId},
    revision::Revision,
    time::Timestamp,
    version::VersionRef,
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    DatabaseTransaction,
    entity::prelude::*,
};

use super::{Place, Stored, api_key_version, save};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "api_keys")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: ApiKeyId,
    pub(crate) application_id: ApplicationId,
    #[sea_orm(column_type = "Text")]
    pub(crate) name: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) fingerprint: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) hint: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) scopes: Json,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) revoked_at: Option<Timestamp>,
    pub(crate) last_used_at: Option<Timestamp>,
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
}

impl Related<super::application::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Application.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The API key of this id.
pub(crate) async fn load<C: ConnectionTrait>(db: &C, id: ApiKeyId) -> Result<ApiKey, StoreError> {
    let model = Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(StoreError::NotFound)?;
    let versions = api_key_version::of_key(db, id).await?;
    restore(model, versions)
}

/// The API key whose secret has this fingerprint.
pub(crate) async fn load_by_fingerprint<C: ConnectionTrait>(
    db: &C,
    fingerprint: &Fingerprint,
) -> Result<ApiKey, StoreError> {
    let found = Entity::find().filter(Column::Fingerprint.eq(fingerprint.as_str()));
    let model = found.one(db).await?.ok_or(StoreError::NotFound)?;
    let versions = api_key_version::of_key(db, model.id).await?;
    restore(model, versions)
}

fn restore(model: Model, versions: Vec<VersionRef>) -> Result<ApiKey, StoreError> {
    let Model {
        id,
        application_id: application,
        name,
        fingerprint,
        hint,
        scopes,
        issued_at: issued,
        expires_at: expires,
        revoked_at: revoked,
        last_used_at: _,
        revision,
    } = model;
    let at = Place::of("api_keys", id);
    Ok(ApiKey {
        id,
        name: at.parse("name", &name)?,
        application,
        fingerprint: Fingerprint::from_row(fingerprint),
        hint,
        versions,
        scopes: at.json("scopes", scopes)?,
        issued,
        expires,
        revoked,
        revision,
    })
}

impl Stored for ApiKey {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision;
        let key = Self {
            revision: was.next(),
            ..self
        };
        let active = ActiveModel {
            id: Set(key.id),
            application_id: Set(key.application),
            name: Set(key.name.to_string()),
            fingerprint: Set(key.fingerprint.as_str().to_owned()),
            hint: Set(key.hint.clone()),
            scopes: Set(serde_json::json!(key.scopes)),
            issued_at: Set(key.issued),
            expires_at: Set(key.expires),
            revoked_at: Set(key.revoked),
            last_used_at: NotSet,
            revision: Set(key.revision),
        };
        let this = Column::Id.eq(key.id);
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        if was == Revision::NEW {
            api_key_version::insert(transaction, key.id, &key.versions).await?;
        }
        Ok(key)
    }
}
