//! The only room where SQL is spoken: rows, views, and the one write path.
//! Forbids HTTP, cryptography, and any write of an audited thing without a permit and an event.
//! Start with `tx` (how a change is written), then `rows` (what is kept) and `views` (what is shown).

mod backup;
mod clients;
mod deny;
mod entitlements;
mod error;
mod find;
mod flood;
#[cfg(doctest)]
mod forgeries;
mod joint;
mod journal;
mod ledger;
pub mod listed;
mod migrate;
mod occurrence;
mod open;
mod permit;
pub mod quiet;
mod reader;
mod registering;
mod rows;
mod sentence;
mod snapshot;
mod snapshot_api_keys;
mod snapshot_families;
mod snapshot_issuers;
mod snapshot_revocations;
mod snapshot_versions;
mod store;
mod taken;
mod transaction;
mod tx;
mod tx_families;
mod tx_reads;
mod verify;
pub mod views;

pub use crate::{
    backup::{
        BackupEnd, BackupFile, BackupHead, FileError, Onto, Recovered, RestoreError, Restored,
        Trust,
    },
    clients::{ClientRecord, Since},
    error::{DatabaseError, StoreError},
    joint::Joint,
    journal::{Journal, JournalError, Line},
    permit::expect,
    reader::Reader,
    rows::Row,
    snapshot::SnapshotTerms,
    store::Store,
    tx::Tx,
    views::Sight,
};
