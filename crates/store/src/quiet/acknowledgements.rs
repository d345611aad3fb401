//! What gateways say they enforce: a measurement, repeated every second, of what was decided elsewhere.

use gatewright_domain::{id::GatewayId, time::Timestamp};
use sea_orm::{
    ActiveValue::Set,
    ExprTrait, QuerySelect,
    entity::prelude::*,
    sea_query::{CaseStatement, OnConflict},
};

use crate::{
    error::StoreError,
    rows::{
        gateway_ack::{ActiveModel, Column, Entity},
        gateway_receipt, revocation,
    },
    store::Store,
};

/// The snapshot a gateway enforces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Which gateway; `EMBEDDED` for the one in the server's own process.
    pub gateway: GatewayId,
    /// The epoch of the snapshot.
    pub epoch: u64,
    /// The revision of the snapshot.
    pub revision: u64,
    /// Since when it enforces that revision.
    pub applied: Timestamp,
}

/// The gateway in the server's own process: it is not enrolled, and has the nil id.
pub const EMBEDDED: GatewayId = GatewayId::from_uuid(uuid::Uuid::nil());

impl Store {
    /// Keeps what a gateway says it enforces. Saying the same again only renews when it was last heard of.
    ///
    /// # Errors
    /// `Database`.
    pub async fn acknowledge(
        &self,
        acknowledgement: Acknowledgement,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Acknowledgement {
            gateway,
            epoch,
            revision,
            applied,
        } = acknowledgement;
        let (epoch, revision) = (signed(epoch), signed(revision));
        self.keep_receipt(gateway, (epoch, revision), applied)
            .await?;
        let first = ActiveModel {
            gateway_id: Set(gateway),
            epoch: Set(epoch),
            revision: Set(revision),
            applied_at: Set(applied),
            seen_at: Set(now),
        };
        let same = Expr::col((Entity, Column::Epoch))
            .eq(epoch)
            .and(Expr::col((Entity, Column::Revision)).eq(revision));
        let since = CaseStatement::new()
            .case(same, Expr::col((Entity, Column::AppliedAt)))
            .finally(Expr::value(applied));
        let next = OnConflict::column(Column::GatewayId)
            .update_columns([Column::Epoch, Column::Revision, Column::SeenAt])
            .value(Column::AppliedAt, since)
            .to_owned();
        Entity::insert(first)
            .on_conflict(next)
            .exec_without_returning(self.quietly())
            .await?;
        Ok(())
    }

    /// Keeps since when a gateway enforces a revision, when a revocation came into force there with it: the first word
    /// counts, whatever the gateway says later.
    async fn keep_receipt(
        &self,
        gateway: GatewayId,
        (epoch, revision): (i64, i64),
        applied: Timestamp,
    ) -> Result<(), StoreError> {
        let before = Entity::find_by_id(gateway).one(self.quietly()).await?;
        let before = before.filter(|before| before.epoch == epoch);
        let known = before.map_or(0, |before| before.revision);
        if revision <= known {
            return Ok(());
        }
        let came = revocation::Entity::find()
            .select_only()
            .column(revocation::Column::Number)
            .filter(revocation::Column::Epoch.eq(epoch))
            .filter(revocation::Column::Revision.gt(known))
            .filter(revocation::Column::Revision.lte(revision))
            .limit(1)
            .into_tuple::<i64>()
            .one(self.quietly())
            .await?;
        if came.is_none() {
            return Ok(());
        }
        let receipt = gateway_receipt::ActiveModel {
            gateway_id: Set(gateway),
            epoch: Set(epoch),
            revision: Set(revision),
            applied_at: Set(applied),
        };
        gateway_receipt::Entity::insert(receipt)
            .on_conflict_do_nothing()
            .exec_without_returning(self.quietly())
            .await?;
        Ok(())
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
