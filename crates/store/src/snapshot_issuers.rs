//! The outside issuers of a snapshot. Secrets are not in it yet: who can open them puts them in.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_domain::{
    id::ApplicationId,
    key::Kid,
    operation::Scope,
    outside::{
        IssuerStanding, KeySource, OutsideIssuer, TravellingSecret, TrustedIssuer, TrustedKeys,
        TrustedRule,
    },
    text::ScopeName,
};
use sea_orm::{DatabaseTransaction, FromQueryResult};

use crate::{error::StoreError, rows::outside_issuer, snapshot::all};

/// Those that are trusted and have something to check signatures with, in order of id.
pub(crate) async fn issuers(tx: &DatabaseTransaction) -> Result<Vec<TrustedIssuer>, StoreError> {
    let mut issuers = outside_issuer::standing(tx).await?;
    issuers.retain(|issuer| issuer.standing() == IssuerStanding::Trusted);
    if issuers.is_empty() {
        return Ok(Vec::new());
    }
    issuers.sort_by_key(OutsideIssuer::id);
    let subscribed = subscribed(tx).await?;
    let told = issuers
        .iter()
        .filter_map(|issuer| told(issuer, &subscribed));
    told.collect()
}

/// What an issuer is told as; nothing when its keys were never fetched.
fn told(
    issuer: &OutsideIssuer,
    subscribed: &BTreeMap<ApplicationId, BTreeSet<Scope>>,
) -> Option<Result<TrustedIssuer, StoreError>> {
    let keys = match issuer.source() {
        KeySource::Discovery { algorithms } | KeySource::Address { algorithms, .. } => {
            TrustedKeys::Set {
                set: issuer.keys()?.set.clone(),
                algorithms: algorithms.clone(),
            }
        }
        KeySource::Secret { generation } => match secret_name(issuer, *generation) {
            Ok(kid) => TrustedKeys::Secret {
                kid,
                secret: TravellingSecret::of(b""),
            },
            Err(corrupt) => return Some(Err(corrupt)),
        },
    };
    let terms = issuer.terms();
    let rules = terms.rules.as_slice().iter().map(|rule| TrustedRule {
        rule: rule.clone(),
        within: subscribed
            .get(&rule.application)
            .cloned()
            .unwrap_or_default(),
    });
    Some(Ok(TrustedIssuer {
        id: issuer.id(),
        name: terms.name.clone(),
        issuer: terms.issuer.clone(),
        audience: terms.audience.clone(),
        kinds: terms.kinds,
        max_lifetime_s: terms.max_lifetime,
        keys,
        rules: rules.collect(),
    }))
}

/// What a secret is called: its issuer, and which of its secrets it is.
fn secret_name(issuer: &OutsideIssuer, generation: u32) -> Result<Kid, StoreError> {
    let name = format!("{}-{generation}", issuer.id());
    name.parse().map_err(|_| StoreError::Corrupt {
        table: "outside_issuers",
        column: "id",
        row: issuer.id().to_string(),
    })
}

#[derive(FromQueryResult)]
struct Row {
    application_id: ApplicationId,
    api: String,
    number: i64,
    scopes: sea_orm::JsonValue,
}

/// The scopes of each application's subscriptions, as tokens carry them.
async fn subscribed(
    tx: &DatabaseTransaction,
) -> Result<BTreeMap<ApplicationId, BTreeSet<Scope>>, StoreError> {
    let sql = "SELECT subscriptions.application_id, apis.name AS api, versions.number, subscriptions.scopes \
        FROM subscriptions JOIN versions ON versions.id = subscriptions.version_id \
        JOIN apis ON apis.id = versions.api_id WHERE subscriptions.status <> 'closed'";
    let rows: Vec<Row> = all(tx, sql, vec![]).await?;
    let mut of: BTreeMap<ApplicationId, BTreeSet<Scope>> = BTreeMap::new();
    for row in rows {
        let (application, scopes) = row.scopes()?;
        of.entry(application).or_default().extend(scopes);
    }
    Ok(of)
}

impl Row {
    fn scopes(self) -> Result<(ApplicationId, Vec<Scope>), StoreError> {
        let Self {
            application_id,
            api,
            number,
            scopes,
        } = self;
        let corrupt = |column| StoreError::Corrupt {
            table: "subscriptions",
            column,
            row: application_id.to_string(),
        };
        let names: Vec<ScopeName> =
            serde_json::from_value(scopes).map_err(|_| corrupt("scopes"))?;
        let number = u16::try_from(number).map_err(|_| corrupt("number"))?;
        let version = number.try_into().map_err(|_| corrupt("number"))?;
        let api: gatewright_domain::text::ApiName = api.parse().map_err(|_| corrupt("api"))?;
        let scope = |name| Scope {
            api: api.clone(),
            version,
            name,
        };
        Ok((application_id, names.into_iter().map(scope).collect()))
    }
}
