//! The events of a write, numbered and sealed. Its place is held until the ledger is in the house.
use crate::error::StoreError;
use gatewright_domain::{
    access::{Denied, Permit},
    audit::Event,
    entropy::Entropy,
    time::Timestamp,
};
use sea_orm::DatabaseTransaction;
pub(crate) struct Entry(Event);
impl Entry {
    pub(crate) fn of(event: Event, _: &Permit, _: Timestamp) -> Self {
        Self(event)
    }
    pub(crate) fn denied(denied: &Denied, _: Timestamp) -> Self {
        Self(Event::denied(denied))
    }
    pub(crate) fn denied_often(denied: &Denied, _: u64, _: Timestamp) -> Self {
        Self(Event::denied(denied))
    }
}
pub(crate) async fn append(
    _: &DatabaseTransaction,
    _: &dyn Entropy,
    _: Vec<Entry>,
) -> Result<u64, StoreError> {
    Ok(0)
}
