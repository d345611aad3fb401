//! The hold that a client has on its own registration: fingerprints of its tokens, whose texts are nowhere. The newest rests
//! sealed under the one before it, until it was used.

use gatewright_domain::{
    client::{OwnRegistration, SealedSuccessor},
    consumer::Application,
    credential::Fingerprint,
    id::{ApplicationId, InitialTokenId},
    revision::Revision,
    time::Timestamp,
};
use sea_orm::{ActiveValue::Set, Condition, DatabaseTransaction, entity::prelude::*};

use super::{Place, Stored, application, ceiling::Columns, save};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "own_registrations")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) application_id: ApplicationId,
    pub(crate) initial_token_id: InitialTokenId,
    #[sea_orm(column_type = "Text")]
    pub(crate) name: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) grants: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) methods: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) scopes: Option<Json>,
    #[sea_orm(column_type = "Text")]
    pub(crate) senders: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) newest: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) before: Option<String>,
    #[sea_orm(column_type = "Blob", nullable)]
    pub(crate) successor: Option<Vec<u8>>,
    pub(crate) turns: i64,
    pub(crate) begun_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
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
        belongs_to = "super::initial_token::Entity",
        from = "Column::InitialTokenId",
        to = "super::initial_token::Column::Id"
    )]
    InitialToken,
}

impl Related<super::application::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Application.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The hold of an application, if it registered itself.
pub(crate) async fn of_application<C: ConnectionTrait>(
    db: &C,
    application: &Application,
) -> Result<Option<OwnRegistration>, StoreError> {
    let found = Entity::find_by_id(application.id).one(db).await?;
    found.map(|model| restore(model, application)).transpose()
}

/// The hold that has a token of this fingerprint, with its application.
pub(crate) async fn load_by_fingerprint<C: ConnectionTrait>(
    db: &C,
    fingerprint: &Fingerprint,
) -> Result<Option<(OwnRegistration, Application)>, StoreError> {
    let held = Condition::any()
        .add(Column::Newest.eq(fingerprint.as_str()))
        .add(Column::Before.eq(fingerprint.as_str()));
    let Some(model) = Entity::find().filter(held).one(db).await? else {
        return Ok(None);
    };
    let application = application::load(db, model.application_id).await?;
    Ok(Some((restore(model, &application)?, application)))
}

fn restore(model: Model, application: &Application) -> Result<OwnRegistration, StoreError> {
    let Model {
        application_id: id,
        initial_token_id: initial,
        name,
        grants,
        methods,
        scopes,
        senders,
        newest,
        before,
        successor,
        turns,
        begun_at: begun,
        ended_at: ended,
        revision,
    } = model;
    let at = Place::of("own_registrations", id);
    let columns = Columns {
        grants,
        methods,
        scopes,
        senders,
    };
    let before = before.zip(successor);
    Ok(OwnRegistration {
        application: id,
        teams: application.teams.clone(),
        initial,
        name: name.map(|name| at.parse("name", &name)).transpose()?,
        ceiling: columns.read(&at)?,
        newest: Fingerprint::from_row(newest),
        before: before
            .map(|(before, sealed)| (Fingerprint::from_row(before), SealedSuccessor(sealed))),
        turns: at.number("turns", turns)?,
        begun,
        ended,
        revision,
    })
}

impl Stored for OwnRegistration {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision;
        let own = Self {
            revision: was.next(),
            ..self
        };
        let Columns {
            grants,
            methods,
            scopes,
            senders,
        } = Columns::of(&own.ceiling);
        let before = own.before.as_ref();
        let active = ActiveModel {
            application_id: Set(own.application),
            initial_token_id: Set(own.initial),
            name: Set(own.name.as_ref().map(ToString::to_string)),
            grants: Set(grants),
            methods: Set(methods),
            scopes: Set(scopes),
            senders: Set(senders),
            newest: Set(own.newest.as_str().to_owned()),
            before: Set(before.map(|(before, _)| before.as_str().to_owned())),
            successor: Set(before.map(|(_, sealed)| sealed.0.clone())),
            turns: Set(own.turns.into()),
            begun_at: Set(own.begun),
            ended_at: Set(own.ended),
            revision: Set(own.revision),
        };
        let this = Column::ApplicationId.eq(own.application);
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        Ok(own)
    }
}
