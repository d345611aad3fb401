//! What gateways say they enforce: a measurement, repeated every second, of what was decided elsewhere.

use gatewright_domain::{id::GatewayId, time::Timestamp};
use sea_orm::{
    ActiveValue::Set,
    ExprTrait,
    entity::prelude::*,
    sea_query::{CaseStatement, OnConflict},
};

use crate::{
    error::StoreError,
    rows::gateway_ack::{ActiveModel, Column, Entity},
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
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
