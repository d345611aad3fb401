//! The snapshot for gateways, read at one revision.

use std::collections::BTreeMap;

use gatewright_domain::{
    consumer::ClientId,
    id::{ApplicationId, ConsumerId, InstallationId, PlanId, SubscriptionId, VersionId},
    key::RingName,
    limit::RateParts,
    plan::Lifetime,
    revocation::{EVERYTHING, RevocationKind},
    ring::Timing,
    snapshot::{
        Client, PlanTerms, RevokedSession, Right, SCHEMA, Snapshot, VerificationKey,
        VerificationState,
    },
    text::{ApiName, Name, VersionNumber},
    time::Timestamp,
};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, FromQueryResult, IsolationLevel, Statement,
    TransactionTrait,
};

use crate::{
    error::StoreError,
    reader::Reader,
    rows::key_ring,
    snapshot_api_keys, snapshot_families, snapshot_issuers,
    snapshot_revocations::{self, Watermarks},
    snapshot_versions,
};

/// What a snapshot says beside what is stored.
#[derive(Clone, Debug)]
pub struct SnapshotTerms {
    /// The issuer of our tokens.
    pub issuer: String,
    /// What audiences begin with; `/{api}/{version}` follows.
    pub audience_base: String,
    /// The clock skew forgiven, in seconds.
    pub leeway_s: u32,
    /// The longest lifetime of any token, in seconds.
    pub max_lifetime_s: u32,
}

impl SnapshotTerms {
    /// The audience of a version's tokens (RFC 8707).
    #[must_use]
    pub fn audience(&self, api: &ApiName, number: VersionNumber) -> String {
        format!("{}/{api}/{number}", self.audience_base)
    }

    /// The installation's times, as far as they bound what a gateway accepts.
    fn timing(&self) -> Timing {
        let longest = Lifetime::try_from(u64::from(self.max_lifetime_s));
        Timing {
            leeway: std::time::Duration::from_secs(u64::from(self.leeway_s)),
            max_lifetime: longest.unwrap_or(Lifetime::LONGEST),
            ..Timing::DEFAULT
        }
    }
}

impl Reader {
    /// Everything a gateway is told, as of one revision: read in one transaction that sees one state.
    ///
    /// # Errors
    /// `Corrupt` names the row that means nothing; `Database` when the database fails.
    pub async fn snapshot(
        &self,
        terms: &SnapshotTerms,
        now: Timestamp,
    ) -> Result<Snapshot, StoreError> {
        let isolation = Some(IsolationLevel::RepeatableRead);
        let tx = self
            .database
            .begin_with_config(isolation, Some(AccessMode::ReadOnly))
            .await?;
        let snapshot = read(&tx, terms, now).await;
        tx.rollback().await?;
        snapshot
    }
}

async fn read(
    tx: &DatabaseTransaction,
    terms: &SnapshotTerms,
    now: Timestamp,
) -> Result<Snapshot, StoreError> {
    let head: Vec<Head> = all(
        tx,
        "SELECT installation.id AS installation, audit_head.epoch, audit_head.size, audit_event.at FROM audit_head \
         CROSS JOIN installation LEFT JOIN audit_event ON audit_event.seq = audit_head.size - 1",
        vec![],
    )
    .await?;
    let head = head.into_iter().next().ok_or(StoreError::NotFound)?;
    let watermarks = Watermarks::read(tx).await?;
    Ok(Snapshot {
        schema: SCHEMA,
        installation: head.installation,
        epoch: head.epoch.unsigned_abs(),
        revision: head.size.unsigned_abs(),
        at: head.at,
        issuer: terms.issuer.clone(),
        leeway_s: terms.leeway_s,
        max_lifetime_s: terms.max_lifetime_s,
        not_before: watermarks.of(RevocationKind::Issuer, EVERYTHING),
        keys: keys(tx, terms, now).await?,
        versions: snapshot_versions::versions(tx, terms, &watermarks).await?,
        clients: clients(tx, &watermarks).await?,
        plans: plans(tx).await?,
        revoked: snapshot_revocations::tokens(tx, terms, now).await?,
        issuers: snapshot_issuers::issuers(tx).await?,
        revoked_sessions: sessions(tx, terms, now).await?,
        api_keys: snapshot_api_keys::api_keys(tx, now).await?,
    })
}

pub(crate) async fn all<T: FromQueryResult>(
    tx: &DatabaseTransaction,
    sql: &str,
    values: Vec<sea_orm::Value>,
) -> Result<Vec<T>, StoreError> {
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(T::find_by_statement(statement).all(tx).await?)
}

#[derive(FromQueryResult)]
struct Head {
    installation: InstallationId,
    epoch: i64,
    size: i64,
    at: Option<Timestamp>,
}

#[derive(FromQueryResult)]
struct KeyRow {
    kid: String,
    purpose: String,
    algorithm: String,
    public_jwk: String,
    state: String,
    activated_at: Option<Timestamp>,
    deactivated_at: Option<Timestamp>,
}

/// The keys that may be met in an access token: those that nobody knows or that are retired are not among them,
/// compromised ones are named so that they are refused, and keys for other documents are none of a gateway's business.
async fn keys(
    tx: &DatabaseTransaction,
    terms: &SnapshotTerms,
    now: Timestamp,
) -> Result<Vec<VerificationKey>, StoreError> {
    let installation = terms.timing();
    let rings = key_ring::all(tx).await?;
    let lives: BTreeMap<RingName, Lifetime> = rings
        .iter()
        .map(|ring| (ring.name(), ring.ceiling(installation, now)))
        .collect();
    let sql = "SELECT kid, purpose, algorithm, public_jwk, \
        CASE WHEN EXISTS (SELECT 1 FROM revocations WHERE revocations.kind = 'key' \
        AND revocations.key = signing_keys.kid) THEN 'compromised' ELSE state END AS state, activated_at, deactivated_at \
        FROM signing_keys WHERE state NOT IN ('staged', 'retired') ORDER BY kid";
    let rows: Vec<KeyRow> = all(tx, sql, vec![]).await?;
    let keys = rows.into_iter().map(|row| listed(row, &lives));
    let keys = keys.collect::<Result<Vec<VerificationKey>, _>>()?;
    let opens = |key: &VerificationKey| key.purpose.opens_apis();
    Ok(keys.into_iter().filter(opens).collect())
}

fn listed(
    row: KeyRow,
    lives: &BTreeMap<RingName, Lifetime>,
) -> Result<VerificationKey, StoreError> {
    let KeyRow {
        kid,
        purpose,
        algorithm,
        public_jwk: jwk,
        state,
        activated_at,
        deactivated_at: until,
    } = row;
    let corrupt = |column| StoreError::Corrupt {
        table: "signing_keys",
        column,
        row: kid.clone(),
    };
    let purpose = purpose.parse().map_err(|_| corrupt("purpose"))?;
    let algorithm = algorithm.parse().map_err(|_| corrupt("algorithm"))?;
    let state = match (state.as_str(), activated_at) {
        ("compromised", _) => VerificationState::Compromised,
        ("suspended", _) => VerificationState::Suspended,
        ("published", _) => VerificationState::Published,
        ("active" | "deactivated", Some(from)) => VerificationState::Signed { from, until },
        _ => return Err(corrupt("state")),
    };
    let ring = RingName { purpose, algorithm };
    Ok(VerificationKey {
        kid: kid.parse().map_err(|_| corrupt("kid"))?,
        jwk,
        purpose,
        max_lifetime: lives.get(&ring).copied(),
        state,
    })
}

#[derive(FromQueryResult)]
struct ClientRow {
    id: ApplicationId,
    consumer_id: ConsumerId,
    consumer: String,
    name: String,
    not_before: Option<Timestamp>,
    disabled_at: Option<Timestamp>,
}

#[derive(FromQueryResult)]
struct RightRow {
    application_id: ApplicationId,
    version_id: VersionId,
    id: SubscriptionId,
    plan_id: PlanId,
    status: String,
}

async fn clients(
    tx: &DatabaseTransaction,
    watermarks: &Watermarks,
) -> Result<Vec<Client>, StoreError> {
    let sql = "SELECT application_id, version_id, id, plan_id, status FROM subscriptions \
        WHERE status <> 'closed' ORDER BY version_id";
    let rights: Vec<RightRow> = all(tx, sql, vec![]).await?;
    let mut of: BTreeMap<ApplicationId, Vec<Right>> = BTreeMap::new();
    for RightRow {
        application_id,
        version_id: version,
        id: subscription,
        plan_id: plan,
        status,
    } in rights
    {
        let right = Right {
            version,
            subscription,
            plan,
            paused: status == "paused",
            not_before: watermarks.of(RevocationKind::Subscription, &subscription.to_string()),
        };
        of.entry(application_id).or_default().push(right);
    }
    let sql = "SELECT applications.id, applications.consumer_id, consumers.name AS consumer, applications.name, \
        applications.not_before, applications.disabled_at FROM applications \
        JOIN consumers ON consumers.id = applications.consumer_id ORDER BY applications.id";
    let rows: Vec<ClientRow> = all(tx, sql, vec![]).await?;
    rows.into_iter()
        .map(|row| {
            let ClientRow {
                id,
                consumer_id: consumer,
                consumer: consumer_name,
                name,
                not_before,
                disabled_at,
            } = row;
            let corrupt = |column| StoreError::Corrupt {
                table: "applications",
                column,
                row: id.to_string(),
            };
            let mut rights = of.remove(&id).unwrap_or_default();
            rights.sort_by_key(|right| right.version);
            Ok(Client {
                client_id: ClientId::of(id),
                application: id,
                consumer,
                consumer_name: consumer_name
                    .parse::<Name>()
                    .map_err(|_| corrupt("consumer"))?,
                name: name.parse::<Name>().map_err(|_| corrupt("name"))?,
                not_before: not_before
                    .max(watermarks.of(RevocationKind::Application, &id.to_string())),
                consumer_not_before: watermarks.of(RevocationKind::Consumer, &consumer.to_string()),
                disabled: disabled_at.is_some(),
                rights,
            })
        })
        .collect()
}

#[derive(FromQueryResult)]
struct PlanRow {
    id: PlanId,
    name: String,
    rate_requests: i64,
    rate_per_seconds: i64,
    rate_burst: i64,
    daily_quota: Option<i64>,
}

async fn plans(tx: &DatabaseTransaction) -> Result<Vec<PlanTerms>, StoreError> {
    let sql = "SELECT id, name, rate_requests, rate_per_seconds, rate_burst, daily_quota FROM plans ORDER BY id";
    let rows: Vec<PlanRow> = all(tx, sql, vec![]).await?;
    rows.into_iter()
        .map(|row| {
            let PlanRow {
                id,
                name,
                rate_requests,
                rate_per_seconds,
                rate_burst,
                daily_quota,
            } = row;
            let corrupt = |column| StoreError::Corrupt {
                table: "plans",
                column,
                row: id.to_string(),
            };
            let part = |stored: i64| u32::try_from(stored).map_err(|_| corrupt("rate"));
            let parts = RateParts {
                requests: part(rate_requests)?,
                per_seconds: part(rate_per_seconds)?,
                burst: part(rate_burst)?,
            };
            Ok(PlanTerms {
                id,
                name: name.parse().map_err(|_| corrupt("name"))?,
                rate: parts.try_into().map_err(|_| corrupt("rate"))?,
                daily_quota: daily_quota.and_then(|quota| u64::try_from(quota).ok()),
            })
        })
        .collect()
}

/// Families of tokens revoked as one: by name, and because a refresh token of theirs was used twice. Each once, in order.
async fn sessions(
    tx: &DatabaseTransaction,
    terms: &SnapshotTerms,
    now: Timestamp,
) -> Result<Vec<RevokedSession>, StoreError> {
    let named = snapshot_revocations::sessions(tx, terms, now).await?;
    let families = snapshot_families::revoked(tx, terms, now).await?;
    let mut last = BTreeMap::new();
    for RevokedSession { sid, expires } in named.into_iter().chain(families) {
        let known = last.entry(sid).or_insert(expires);
        *known = expires.max(*known);
    }
    let revoked = |(sid, expires)| RevokedSession { sid, expires };
    Ok(last.into_iter().map(revoked).collect())
}
