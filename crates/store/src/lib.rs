//! The only room where SQL is spoken: rows, views, and the one write path.
//! Forbids HTTP, cryptography, and any write of an audited thing without a permit and an event.
//! Start with `tx` (how a change is written), then `rows` (what is kept) and `views` (what is shown).

mod deny;
mod error;
mod flood;
mod ledger;
mod migrate;
mod occurrence;
mod open;
pub mod quiet;
mod reader;
mod rows;
mod store;
mod taken;
mod transaction;
mod tx;
mod tx_reads;
mod verify;

pub use crate::{
    error::{DatabaseError, StoreError},
    reader::Reader,
    rows::Row,
    store::Store,
    tx::Tx,
};
