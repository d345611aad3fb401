//! Secrets of clients, by keyed hash; their text is nowhere.

use gatewright_domain::{
    audit::Aggregate,
    client::{ClientSecret, ClientSecretParts, SecretId},
    consumer::Application,
    id::ApplicationId,
    revision::Revision,
    time::Timestamp,
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    DatabaseTransaction, QueryOrder,
    entity::prelude::*,
};

use super::{Place, Stored, save};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "client_secrets")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(crate) id: String,
    pub(crate) application_id: ApplicationId,
    #[sea_orm(column_type = "Blob")]
    pub(crate) hmac: Vec<u8>,
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

/// The secrets of an application, the oldest first.
pub(crate) async fn of_application<C: ConnectionTrait>(
    db: &C,
    application: &Application,
) -> Result<Vec<ClientSecret>, StoreError> {
    let rows = Entity::find()
        .filter(Column::ApplicationId.eq(application.id))
        .order_by_asc(Column::IssuedAt)
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| restore(row, application))
        .collect()
}

/// Whose the secret of this id is.
pub(crate) async fn owner<C: ConnectionTrait>(
    db: &C,
    id: &SecretId,
) -> Result<Option<ApplicationId>, StoreError> {
    let found = Entity::find_by_id(id.as_str()).one(db).await?;
    Ok(found.map(|secret| secret.application_id))
}

fn restore(model: Model, application: &Application) -> Result<ClientSecret, StoreError> {
    let Model {
        id,
        application_id,
        hmac,
        issued_at,
        expires_at,
        revoked_at,
        last_used_at: _,
        revision,
    } = model;
    let name: SecretId = Place::of("client_secrets", &id).parse("id", &id)?;
    Ok(ClientSecret::restore(ClientSecretParts {
        id: name,
        application: application_id,
        teams: application.teams.clone(),
        hmac,
        issued: issued_at,
        expires: expires_at,
        revoked: revoked_at,
        revision,
    }))
}

impl Stored for ClientSecret {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision();
        let secret = self.at(was.next());
        let active = ActiveModel {
            id: Set(secret.id().to_string()),
            application_id: Set(secret.application()),
            hmac: Set(secret.hmac().to_vec()),
            issued_at: Set(secret.issued()),
            expires_at: Set(secret.expires()),
            revoked_at: Set(secret.revoked()),
            last_used_at: NotSet,
            revision: Set(secret.revision()),
        };
        let this = Column::Id.eq(secret.id().as_str());
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        Ok(secret)
    }
}
