//! Outside issuers. Their source is a word with columns for its data; a CHECK refuses combinations that mean nothing.

use gatewright_domain::{
    audit::Aggregate,
    id::OutsideIssuerId,
    outside::{
        IssuerStanding, IssuerTerms, KeptKeys, KeySource, OutsideIssuer, OutsideIssuerParts,
    },
    revision::Revision,
    time::Timestamp,
};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, JsonValue, entity::prelude::*};

use super::{Place, Stored, save};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outside_issuers")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: OutsideIssuerId,
    #[sea_orm(column_type = "Text")]
    pub(crate) name: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) name_folded: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) issuer: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) audience: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) kinds: String,
    pub(crate) max_lifetime_s: i64,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) rules: JsonValue,
    #[sea_orm(column_type = "Text")]
    pub(crate) source: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) key_set_address: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) algorithms: Option<String>,
    pub(crate) secret_generation: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) key_set: Option<String>,
    pub(crate) key_set_taken_at: Option<Timestamp>,
    pub(crate) trusted_at: Timestamp,
    pub(crate) suspended_at: Option<Timestamp>,
    pub(crate) withdrawn_at: Option<Timestamp>,
    pub(crate) revision: Revision,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The issuer of this id.
pub(crate) async fn load<C: ConnectionTrait>(
    db: &C,
    id: OutsideIssuerId,
) -> Result<OutsideIssuer, StoreError> {
    let found = Entity::find_by_id(id).one(db).await?;
    found.ok_or(StoreError::NotFound)?.try_into()
}

/// Those that are not withdrawn.
pub(crate) async fn standing<C: ConnectionTrait>(db: &C) -> Result<Vec<OutsideIssuer>, StoreError> {
    let found = Entity::find().filter(Column::WithdrawnAt.is_null());
    let found: Vec<Model> = found.all(db).await?;
    found.into_iter().map(TryInto::try_into).collect()
}

impl TryFrom<Model> for OutsideIssuer {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let Model {
            id,
            name,
            name_folded: _,
            issuer,
            audience,
            kinds,
            max_lifetime_s,
            rules,
            source,
            key_set_address,
            algorithms,
            secret_generation,
            key_set,
            key_set_taken_at,
            trusted_at,
            suspended_at,
            withdrawn_at,
            revision,
        } = model;
        let at = Place::of("outside_issuers", id);
        let algorithms = algorithms
            .map(|names| at.parse("algorithms", &names))
            .transpose()?;
        let source = match (
            source.as_str(),
            algorithms,
            key_set_address,
            secret_generation,
        ) {
            ("discovery", Some(algorithms), None, None) => KeySource::Discovery { algorithms },
            ("address", Some(algorithms), Some(address), None) => KeySource::Address {
                address: at.parse("key_set_address", &address)?,
                algorithms,
            },
            ("secret", None, None, Some(generation)) => KeySource::Secret {
                generation: at.number("secret_generation", generation)?,
            },
            _ => return Err(at.corrupt("source")),
        };
        let lifetime: u32 = at.number("max_lifetime_s", max_lifetime_s)?;
        let lifetime = lifetime
            .try_into()
            .map_err(|_| at.corrupt("max_lifetime_s"))?;
        let keys = match (key_set, key_set_taken_at) {
            (Some(set), Some(taken)) => Some(KeptKeys { set, taken }),
            (None, None) => None,
            _ => return Err(at.corrupt("key_set")),
        };
        Ok(Self::restore(OutsideIssuerParts {
            id,
            terms: IssuerTerms {
                name: at.parse("name", &name)?,
                issuer: at.parse("issuer", &issuer)?,
                audience: at.parse("audience", &audience)?,
                kinds: at.parse("kinds", &kinds)?,
                max_lifetime: lifetime,
                rules: at.json("rules", rules)?,
            },
            source,
            standing: match (withdrawn_at, suspended_at) {
                (Some(at), _) => IssuerStanding::Withdrawn { at },
                (None, Some(at)) => IssuerStanding::Suspended { at },
                (None, None) => IssuerStanding::Trusted,
            },
            keys,
            trusted: trusted_at,
            revision,
        }))
    }
}

impl Stored for OutsideIssuer {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision();
        let issuer = self.at(was.next());
        let active = row(&issuer)?;
        let this = Column::Id.eq(issuer.id());
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        Ok(issuer)
    }
}

fn row(issuer: &OutsideIssuer) -> Result<ActiveModel, StoreError> {
    let (terms, source) = (issuer.terms(), issuer.source());
    let (address, generation) = match source {
        KeySource::Discovery { .. } => (None, None),
        KeySource::Address { address, .. } => (Some(address.as_str().to_owned()), None),
        KeySource::Secret { generation } => (None, Some(i64::from(*generation))),
    };
    let (suspended, withdrawn) = match issuer.standing() {
        IssuerStanding::Trusted => (None, None),
        IssuerStanding::Suspended { at } => (Some(at), None),
        IssuerStanding::Withdrawn { at } => (None, Some(at)),
    };
    let place = Place::of("outside_issuers", issuer.id());
    let rules = serde_json::to_value(&terms.rules).map_err(|_| place.corrupt("rules"))?;
    Ok(ActiveModel {
        id: Set(issuer.id()),
        name: Set(terms.name.to_string()),
        name_folded: Set(terms.name.folded()),
        issuer: Set(terms.issuer.to_string()),
        audience: Set(terms.audience.to_string()),
        kinds: Set(terms.kinds.as_str().to_owned()),
        max_lifetime_s: Set(terms.max_lifetime.seconds().into()),
        rules: Set(rules),
        source: Set(source.word().to_owned()),
        key_set_address: Set(address),
        algorithms: Set(source.algorithms().map(ToString::to_string)),
        secret_generation: Set(generation),
        key_set: Set(issuer.keys().map(|keys| keys.set.clone())),
        key_set_taken_at: Set(issuer.keys().map(|keys| keys.taken)),
        trusted_at: Set(issuer.trusted()),
        suspended_at: Set(suspended),
        withdrawn_at: Set(withdrawn),
        revision: Set(issuer.revision()),
    })
}
