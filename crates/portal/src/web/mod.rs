//! What all answers have in common: who asks, what is taken, and how a problem is told.

pub mod app;
pub mod body;
pub mod caller;
pub mod catalogue;
pub(crate) mod changes;
pub mod context;
pub mod expected;
pub mod first;
pub mod form;
pub mod headers;
pub mod idempotency;
pub(crate) mod matching;
pub mod present;
pub mod problem;
mod problems;
mod problems_contracts;
mod problems_grants;
mod problems_issuers;
mod problems_keys;
mod problems_people;
mod problems_registering;
mod problems_store;
mod problems_tokens;
pub mod query;
pub(crate) mod reference;
pub(crate) mod reference_parts;
