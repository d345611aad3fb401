//! Applications as clients. An application without a row has the registration that nobody has edited.

use gatewright_domain::{
    client::{ClientTerms, Registration},
    consumer::Application,
    id::ApplicationId,
    plan::Lifetime,
    revision::Revision,
};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, entity::prelude::*};

use super::{Place, Stored, ceiling::words, save};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "registrations")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) application_id: ApplicationId,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) grants: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) methods: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) scopes: Option<Json>,
    pub(crate) token_lifetime_s: i64,
    pub(crate) tokens_per_minute: i64,
    #[sea_orm(column_type = "Text")]
    pub(crate) key_set: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub(crate) key_address: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub(crate) certificate_name: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) serves: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) redirects: Json,
    #[sea_orm(column_type = "Text")]
    pub(crate) senders: String,
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

/// The registration of an application.
pub(crate) async fn of_application<C: ConnectionTrait>(
    db: &C,
    application: &Application,
) -> Result<Registration, StoreError> {
    let untouched = Registration::untouched(application);
    let Some(model) = Entity::find_by_id(application.id).one(db).await? else {
        return Ok(untouched);
    };
    let Model {
        application_id,
        grants,
        methods,
        scopes,
        token_lifetime_s,
        tokens_per_minute,
        key_set,
        key_address,
        certificate_name,
        serves,
        redirects,
        senders,
        revision,
    } = model;
    let at = Place::of("registrations", application_id);
    let lifetime: u64 = at.number("token_lifetime_s", token_lifetime_s)?;
    let pace: u64 = at.number("tokens_per_minute", tokens_per_minute)?;
    let terms = ClientTerms {
        grants: words(&at, "grants", grants)?,
        methods: words(&at, "methods", methods)?,
        scopes: scopes.map(|scopes| at.json("scopes", scopes)).transpose()?,
        lifetime: Lifetime::try_from(lifetime).map_err(|_| at.corrupt("token_lifetime_s"))?,
        pace: pace
            .try_into()
            .map_err(|_| at.corrupt("tokens_per_minute"))?,
        key_set,
        key_address: key_address
            .map(|address| at.parse("key_address", &address))
            .transpose()?,
        certificate_name: certificate_name
            .map(|name| at.parse("certificate_name", &name))
            .transpose()?,
        redirects: at.json("redirects", redirects)?,
        serves: at.json("serves", serves)?,
        senders: at.parse("senders", &senders)?,
    };
    Ok(Registration {
        terms,
        revision,
        ..untouched
    })
}

impl Stored for Registration {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision;
        let registration = Self {
            revision: was.next(),
            ..self
        };
        let terms = &registration.terms;
        let words = |words: Vec<&'static str>| serde_json::json!(words);
        let active = ActiveModel {
            application_id: Set(registration.application),
            grants: Set(words(terms.grants.iter().map(|one| one.as_str()).collect())),
            methods: Set(words(
                terms.methods.iter().map(|one| one.as_str()).collect(),
            )),
            scopes: Set(terms.scopes.as_ref().map(|all| serde_json::json!(all))),
            token_lifetime_s: Set(i64::from(terms.lifetime.seconds())),
            tokens_per_minute: Set(i64::from(terms.pace.per_minute())),
            key_set: Set(terms.key_set.clone()),
            key_address: Set(terms.key_address.clone().map(Into::into)),
            certificate_name: Set(terms.certificate_name.as_ref().map(ToString::to_string)),
            serves: Set(serde_json::json!(terms.serves)),
            redirects: Set(serde_json::json!(terms.redirects)),
            senders: Set(terms.senders.to_string()),
            revision: Set(registration.revision),
        };
        let this = Column::ApplicationId.eq(registration.application);
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        Ok(registration)
    }
}
