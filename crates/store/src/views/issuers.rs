//! Outside issuers: whom we trust, by which rules, and how old what we know of their keys is.

use gatewright_domain::{
    id::OutsideIssuerId,
    outside::{IssuerStanding, KeySource, MappingRule, OutsideIssuer},
    time::Timestamp,
};
use sea_orm::{EntityTrait, QueryOrder};
use serde::Serialize;

use crate::{
    error::StoreError,
    rows::{issuer_fetch, outside_issuer},
    views::Sight,
};

/// An outside issuer.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IssuerRow {
    /// Its id.
    pub id: OutsideIssuerId,
    /// What people call it.
    pub name: String,
    /// The `iss` of its tokens.
    pub issuer: String,
    /// What their `aud` must hold.
    pub audience: String,
    /// Which `typ` they have: `any-jwt` or `access-tokens`.
    pub kinds: String,
    /// The longest life they may have, in seconds.
    pub max_lifetime_s: u32,
    /// Where its keys come from: `discovery`, `address` or `secret`.
    pub source: String,
    /// The address of its key set, where it was given.
    pub key_set_address: Option<String>,
    /// What its keys may sign with; HS256 for a shared secret.
    pub algorithms: Vec<String>,
    /// What its tokens may do, in the order in which the rules are tried.
    pub rules: Vec<MappingRule>,
    /// `trusted`, `suspended` or `withdrawn`.
    pub state: String,
    /// Since when it has been trusted.
    pub trusted_at: Timestamp,
    /// Since when it is in its state, where that is not `trusted`.
    pub state_since: Option<Timestamp>,
    /// The key set as last fetched, in JSON.
    pub key_set: Option<String>,
    /// Since when it has had these keys.
    pub keys_since: Option<Timestamp>,
    /// When its keys were last fetched, the same or others.
    pub fetched_at: Option<Timestamp>,
    /// When fetching was last tried.
    pub tried_at: Option<Timestamp>,
    /// When it is tried next.
    pub next_at: Option<Timestamp>,
    /// Why the last try failed, if it did.
    pub failure: Option<String>,
}

impl Sight {
    /// The issuers by name, those that were withdrawn last.
    ///
    /// # Errors
    /// `Corrupt`; `Database`.
    pub async fn issuers(&self) -> Result<Vec<IssuerRow>, StoreError> {
        let found = outside_issuer::Entity::find();
        let found = found.order_by_asc(outside_issuer::Column::NameFolded);
        let found = found.all(&self.database).await?;
        let fetches = issuer_fetch::Entity::find().all(&self.database).await?;
        let row = |model: outside_issuer::Model| {
            let fetch = fetches.iter().find(|fetch| fetch.issuer_id == model.id);
            Ok(shown(&model.try_into()?, fetch))
        };
        let mut rows: Vec<IssuerRow> = found
            .into_iter()
            .map(row)
            .collect::<Result<_, StoreError>>()?;
        rows.sort_by_key(|row| row.state == "withdrawn");
        Ok(rows)
    }

    /// One issuer.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Database`.
    pub async fn issuer(&self, id: OutsideIssuerId) -> Result<IssuerRow, StoreError> {
        let issuer = outside_issuer::load(&self.database, id).await?;
        let fetch = issuer_fetch::Entity::find_by_id(id);
        let fetch = fetch.one(&self.database).await?;
        Ok(shown(&issuer, fetch.as_ref()))
    }
}

fn shown(issuer: &OutsideIssuer, fetch: Option<&issuer_fetch::Model>) -> IssuerRow {
    let (terms, source, keys) = (issuer.terms(), issuer.source(), issuer.keys());
    let algorithms = match source.algorithms() {
        Some(algorithms) => algorithms.names().map(str::to_owned).collect(),
        None => vec!["HS256".to_owned()],
    };
    IssuerRow {
        id: issuer.id(),
        name: terms.name.to_string(),
        issuer: terms.issuer.to_string(),
        audience: terms.audience.to_string(),
        kinds: terms.kinds.as_str().to_owned(),
        max_lifetime_s: terms.max_lifetime.seconds(),
        source: source.word().to_owned(),
        key_set_address: match source {
            KeySource::Address { address, .. } => Some(address.as_str().to_owned()),
            KeySource::Discovery { .. } | KeySource::Secret { .. } => None,
        },
        algorithms,
        rules: terms.rules.as_slice().to_vec(),
        state: issuer.standing().word().to_owned(),
        trusted_at: issuer.trusted(),
        state_since: match issuer.standing() {
            IssuerStanding::Trusted => None,
            IssuerStanding::Suspended { at } | IssuerStanding::Withdrawn { at } => Some(at),
        },
        key_set: keys.map(|keys| keys.set.clone()),
        keys_since: keys.map(|keys| keys.taken),
        fetched_at: fetch.and_then(|fetch| fetch.fetched_at),
        tried_at: fetch
            .map(|fetch| fetch.tried_at)
            .filter(|tried| tried.millis() > 0),
        next_at: fetch
            .map(|fetch| fetch.next_at)
            .filter(|next| next.millis() > 0),
        failure: fetch.and_then(|fetch| fetch.failure.clone()),
    }
}
