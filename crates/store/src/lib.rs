//! The only room where SQL is spoken: rows, views, and the one write path.
//! Forbids HTTP, cryptography, and any write of an audited thing without a permit and an event.
//! Start with `tx` (how a change is written), then `rows` (what is kept) and `views` (what is shown).

mod error;
mod migrate;
mod open;
mod reader;
#[expect(
    dead_code,
    reason = "the derives of SeaORM make more of each table than is used"
)]
mod rows;
mod store;
mod taken;
mod transaction;

pub use crate::{
    error::{DatabaseError, StoreError},
    reader::Reader,
    store::Store,
};
