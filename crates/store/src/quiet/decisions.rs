//! Refusals of gateways, kept for a while so that they can explain themselves: traffic, not change.

use gatewright_domain::{record::Decision, time::Timestamp};
use sea_orm::{ActiveValue::Set, entity::prelude::*, sea_query::OnConflict};

use crate::{
    error::StoreError,
    rows::decision::{ActiveModel, Column, Entity},
    store::Store,
};

/// How many go into one statement: their columns stay well below the 32,766 values that SQLite takes.
const AT_ONCE: usize = 1_000;

impl Store {
    /// Keeps decisions, some at a time; one that is kept already stays as it is, so that a gateway may send them again.
    ///
    /// # Errors
    /// `Database`.
    pub async fn keep_decisions(&self, decisions: Vec<Decision>) -> Result<(), StoreError> {
        let mut left = decisions.into_iter().map(active).peekable();
        while left.peek().is_some() {
            let known = OnConflict::column(Column::Id).do_nothing().to_owned();
            let insert = Entity::insert_many(left.by_ref().take(AT_ONCE)).on_conflict(known);
            insert.exec_without_returning(self.quietly()).await?;
        }
        Ok(())
    }

    /// Forgets decisions from before this moment.
    ///
    /// # Errors
    /// `Database`.
    pub async fn prune_decisions(&self, before: Timestamp) -> Result<u64, StoreError> {
        let old = Entity::delete_many().filter(Column::At.lt(before));
        Ok(old.exec(self.quietly()).await?.rows_affected)
    }
}

fn active(decision: Decision) -> ActiveModel {
    let Decision {
        id,
        at,
        gateway,
        request,
        method,
        version,
        operation,
        application,
        jti,
        refusal,
        steps,
        revision,
    } = decision;
    ActiveModel {
        id: Set(id),
        at: Set(at),
        gateway_id: Set(gateway),
        request_id: Set(request),
        method: Set(method.map(|method| method.to_string())),
        version_id: Set(version),
        operation: Set(operation),
        application_id: Set(application),
        jti: Set(jti.map(|jti| jti.to_string())),
        reason: Set(refusal.reason().to_owned()),
        refusal: Set(serde_json::json!(refusal)),
        steps: Set(serde_json::json!(steps)),
        revision: Set(i64::try_from(revision).unwrap_or(i64::MAX)),
    }
}
