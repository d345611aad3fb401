//! Issued tokens: everything but their text. The versions stand in `token_version`.

use gatewright_domain::{
    audit::Aggregate,
    id::{ApplicationId, FamilyId, TokenId},
    revision::Revision,
    time::Timestamp,
    token::{Jti, Token, TokenParts},
    version::VersionRef,
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    DatabaseTransaction,
    entity::prelude::*,
};

use super::{Place, Stored, save, token_version};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tokens")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: TokenId,
    #[sea_orm(column_type = "Text")]
    pub(crate) jti: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) name: String,
    pub(crate) application_id: ApplicationId,
    #[sea_orm(column_type = "Text")]
    pub(crate) kid: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) scopes: Json,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) revoked_at: Option<Timestamp>,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) family_id: Option<FamilyId>,
    #[sea_orm(column_type = "Text")]
    pub(crate) binding: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) lineage: Option<Json>,
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

/// The token of this id.
pub(crate) async fn load<C: ConnectionTrait>(db: &C, id: TokenId) -> Result<Token, StoreError> {
    let model = Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(StoreError::NotFound)?;
    let versions = token_version::of_token(db, id).await?;
    restore(model, versions)
}

/// The token that carries this name.
pub(crate) async fn load_named<C: ConnectionTrait>(db: &C, jti: &Jti) -> Result<Token, StoreError> {
    let named = Entity::find().filter(Column::Jti.eq(jti.as_str()));
    let model = named.one(db).await?.ok_or(StoreError::NotFound)?;
    let versions = token_version::of_token(db, model.id).await?;
    restore(model, versions)
}

/// The token of a row and of the versions found beside it.
pub(crate) fn restore(model: Model, versions: Vec<VersionRef>) -> Result<Token, StoreError> {
    let Model {
        id,
        jti,
        name,
        application_id,
        kid,
        scopes,
        issued_at,
        expires_at,
        revoked_at,
        last_used_at: _,
        family_id,
        binding,
        lineage,
        revision,
    } = model;
    let at = Place::of("tokens", id);
    Ok(Token::restore(TokenParts {
        id,
        jti: Jti::from_wire(jti),
        name: at.parse("name", &name)?,
        application: application_id,
        kid: at.parse("kid", &kid)?,
        versions,
        scopes: at.json("scopes", scopes)?,
        issued: issued_at,
        expires: expires_at,
        revoked: revoked_at,
        family: family_id,
        binding: binding
            .map(|binding| at.parse("binding", &binding))
            .transpose()?,
        lineage: lineage
            .map(|lineage| at.json("lineage", lineage))
            .transpose()?,
        revision,
    }))
}

/// Stores new tokens, in two statements however many they are.
pub(crate) async fn insert_all(
    transaction: &DatabaseTransaction,
    tokens: Vec<Token>,
) -> Result<(), StoreError> {
    let first = |token: Token| {
        let was = token.revision();
        token.at(was.next())
    };
    let tokens: Vec<Token> = tokens.into_iter().map(first).collect();
    Entity::insert_many(tokens.iter().map(active))
        .exec_without_returning(transaction)
        .await?;
    let versions = tokens.iter().map(|token| (token.id(), token.versions()));
    token_version::insert_all(transaction, versions).await
}

fn active(token: &Token) -> ActiveModel {
    ActiveModel {
        id: Set(token.id()),
        jti: Set(token.jti().to_string()),
        name: Set(token.name().to_string()),
        application_id: Set(token.application()),
        kid: Set(token.kid().to_string()),
        scopes: Set(serde_json::json!(token.scopes())),
        issued_at: Set(token.issued()),
        expires_at: Set(token.expires()),
        revoked_at: Set(token.revoked()),
        last_used_at: NotSet,
        family_id: Set(token.family()),
        binding: Set(token.binding().map(ToString::to_string)),
        lineage: Set(token.lineage().map(|lineage| serde_json::json!(lineage))),
        revision: Set(token.revision()),
    }
}

impl Stored for Token {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision();
        let token = self.at(was.next());
        let active = active(&token);
        let this = Column::Id.eq(token.id());
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        if was == Revision::NEW {
            let versions = [(token.id(), token.versions())];
            token_version::insert_all(transaction, versions).await?;
        }
        Ok(token)
    }
}
