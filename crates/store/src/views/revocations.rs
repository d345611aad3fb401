//! Revocations, and since when each is enforced where.

use std::collections::BTreeMap;

use gatewright_domain::{
    access::Horizon, id::GatewayId, revocation::RevocationKind, time::Timestamp,
};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    rows::Place,
    views::{
        Sight, Sql,
        events::stand_in,
        gateways::Receipt,
        page::{Page, Paged},
    },
};

/// A revocation.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RevocationRow {
    /// Its number, gapless from 1.
    pub number: i64,
    /// What it is of.
    pub kind: RevocationKind,
    /// Which one: a `jti`, a `sid`, an id or a `kid`; `*` for everything.
    pub key: String,
    /// What people call it.
    pub label: String,
    /// Tokens issued before this moment are refused; nothing where it does not depend on that.
    pub not_before: Option<Timestamp>,
    /// When nothing is left that it could refuse.
    pub expires_at: Option<Timestamp>,
    /// Why, in the words of who did it.
    pub reason: Option<String>,
    /// Who did it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
    /// The epoch that its revision is of.
    pub epoch: i64,
    /// The revision from which on gateways enforce it.
    pub revision: i64,
    /// Every gateway, and since when it enforces it.
    pub receipts: Vec<Receipt>,
    /// How long it took until the last gateway enforced it, in milliseconds; nothing while one is behind.
    pub enforced_after_ms: Option<i64>,
}

#[derive(FromQueryResult)]
struct Row {
    number: i64,
    epoch: i64,
    revision: i64,
    kind: String,
    key: String,
    label: String,
    not_before: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    reason: Option<String>,
    actor_kind: String,
    actor_id: String,
    at: Timestamp,
}

#[derive(FromQueryResult)]
struct Applied {
    number: i64,
    gateway_id: GatewayId,
    applied_at: Option<Timestamp>,
}

/// When each gateway first enforced a revocation: the first step at or after its revision.
const APPLIED: &str = "SELECT revocations.number, gateway_acks.gateway_id, (SELECT gateway_receipts.applied_at \
    FROM gateway_receipts WHERE gateway_receipts.gateway_id = gateway_acks.gateway_id \
    AND (gateway_receipts.epoch, gateway_receipts.revision) >= (revocations.epoch, revocations.revision) \
    ORDER BY gateway_receipts.epoch, gateway_receipts.revision LIMIT 1) AS applied_at \
    FROM revocations CROSS JOIN gateway_acks WHERE revocations.number IN (";

impl Sight {
    /// The revocations, the newest first; of one kind if one is named. For callers who see everything: a revocation does
    /// not say whose APIs it is for.
    ///
    /// # Errors
    /// `NotFound` for a cursor that is not a number.
    pub async fn revocations(
        &self,
        kind: Option<RevocationKind>,
        page: &Page,
    ) -> Result<Paged<RevocationRow>, StoreError> {
        let after = page.after().map(str::parse::<i64>).transpose();
        let after = after.map_err(|_| StoreError::NotFound)?;
        let find = Sql::new(
            "SELECT number, epoch, revision, kind, key, label, not_before, expires_at, reason, actor_kind, actor_id, at \
             FROM revocations WHERE",
        );
        let find = match self.horizon {
            Horizon::Everything => find.then("TRUE"),
            Horizon::Teams(_) => find.then("FALSE"),
        };
        let find = find.maybe("AND kind =", kind.map(RevocationKind::as_str));
        let find = find.maybe("AND number <", after);
        let find = find.then("ORDER BY number DESC LIMIT").value(page.fetch());
        let rows: Vec<Row> = find.all(&self.database).await?;
        let people = self
            .names(rows.iter().map(|row| row.actor_id.as_str()))
            .await?;
        let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
        let applied = self.applied(&numbers).await?;
        let gateways: Vec<(GatewayId, String)> = match rows.is_empty() {
            true => Vec::new(),
            false => self.gateway_names().await?,
        };
        let shown = rows
            .into_iter()
            .map(|row| row.shown(&people, &gateways, &applied));
        let shown: Result<Vec<RevocationRow>, StoreError> = shown.collect();
        Ok(page.cut(shown?, |row| row.number.to_string()))
    }

    async fn applied(
        &self,
        numbers: &[i64],
    ) -> Result<BTreeMap<(i64, GatewayId), Timestamp>, StoreError> {
        if numbers.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut find = Sql::new(APPLIED);
        for (index, number) in numbers.iter().enumerate() {
            find = if index == 0 { find } else { find.then(",") }.value(*number);
        }
        let rows: Vec<Applied> = find.then(")").all(&self.database).await?;
        let applied = rows.into_iter().filter_map(|row| {
            let Applied {
                number,
                gateway_id,
                applied_at,
            } = row;
            Some(((number, gateway_id), applied_at?))
        });
        Ok(applied.collect())
    }
}

impl Row {
    fn shown(
        self,
        people: &BTreeMap<String, String>,
        gateways: &[(GatewayId, String)],
        applied: &BTreeMap<(i64, GatewayId), Timestamp>,
    ) -> Result<RevocationRow, StoreError> {
        let Self {
            number,
            epoch,
            revision,
            kind,
            key,
            label,
            not_before,
            expires_at,
            reason,
            actor_kind,
            actor_id,
            at,
        } = self;
        let receipt = |(id, name): &(GatewayId, String)| Receipt {
            gateway: name.clone(),
            applied_at: applied.get(&(number, *id)).copied(),
        };
        let receipts: Vec<Receipt> = gateways.iter().map(receipt).collect();
        let moments: Option<Vec<Timestamp>> =
            receipts.iter().map(|receipt| receipt.applied_at).collect();
        let last = moments.and_then(|moments| moments.into_iter().max());
        let enforced_after_ms = last.map(|last| last.millis().saturating_sub(at.millis()).max(0));
        let actor = people.get(&actor_id).cloned();
        Ok(RevocationRow {
            number,
            kind: Place::of("revocations", number).parse("kind", &kind)?,
            key,
            label,
            not_before,
            expires_at,
            reason,
            actor: actor.unwrap_or_else(|| stand_in(&actor_kind, &actor_id)),
            at,
            epoch,
            revision,
            receipts,
            enforced_after_ms,
        })
    }
}
