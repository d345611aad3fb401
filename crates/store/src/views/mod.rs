//! What is shown: one struct and one query a file, seen through a caller's horizon.

mod sql;

pub mod access_tokens;
pub mod api_keys;
pub mod apis;
pub mod applications;
pub mod blast;
pub mod clients;
pub mod consumers;
pub mod contracts;
pub mod decisions;
pub mod events;
mod evidence;
pub mod gateways;
pub mod grants;
pub mod home;
pub mod initial_tokens;
pub mod issuers;
pub mod keys;
pub mod operations;
pub mod operators;
pub mod page;
pub mod plans;
pub mod revocations;
pub mod subscriptions;
pub mod successions;
pub mod token_algorithms;
pub mod token_uses;
pub mod tokens;
pub mod usage;
pub mod verifications;
pub mod versions;

use gatewright_domain::access::{Caller, Horizon};
use sea_orm::DatabaseConnection;

use crate::reader::Reader;

pub(crate) use sql::Sql;

/// The reading side as one caller sees it: the APIs of other teams, and all that is inside them, are not there.
#[derive(Clone, Debug)]
pub struct Sight {
    pub(crate) database: DatabaseConnection,
    pub(crate) horizon: Horizon,
}

impl Reader {
    /// What this caller sees.
    #[must_use]
    pub fn as_seen_by(&self, caller: &Caller) -> Sight {
        Sight {
            database: self.database.clone(),
            horizon: caller.horizon(),
        }
    }
}
