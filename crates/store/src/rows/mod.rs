//! The tables, one file each. Shut: what comes out of a row is a domain value, and filters stay in here.

pub(crate) mod installation;

pub(crate) mod access_token;
pub(crate) mod operator;
pub(crate) mod operator_team;
pub(crate) mod session;
pub(crate) mod setup_link;
pub(crate) mod sign_in_attempt;
pub(crate) mod sign_in_link;
pub(crate) mod team;

pub(crate) mod api;
pub(crate) mod application;
pub(crate) mod assertion_seen;
pub(crate) mod ceiling;
pub(crate) mod client_secret;
pub(crate) mod consumer;
pub(crate) mod contract_revision;
pub(crate) mod initial_token;
pub(crate) mod own_registration;
pub(crate) mod plan;
pub(crate) mod registration;
pub(crate) mod subscription;
pub(crate) mod version;

pub(crate) mod api_key;
pub(crate) mod api_key_version;
pub(crate) mod api_ruleset;
pub(crate) mod authorization_code;
pub(crate) mod kek_check;
pub(crate) mod kek_derivation;
pub(crate) mod key_ring;
pub(crate) mod key_set_serve;
pub(crate) mod lease;
pub(crate) mod refresh_family;
pub(crate) mod refresh_token;
pub(crate) mod reminder;
pub(crate) mod revocation;
pub(crate) mod sealed_secret;
pub(crate) mod signing_key;
pub(crate) mod status_count;
pub(crate) mod succession;
pub(crate) mod token;
pub(crate) mod token_operation;
pub(crate) mod token_version;
pub(crate) mod verifier;

pub(crate) mod audit_event;
pub(crate) mod audit_head;
pub(crate) mod audit_private;
pub(crate) mod audit_verification;

pub(crate) mod decision;
pub(crate) mod gateway;
pub(crate) mod gateway_ack;
pub(crate) mod gateway_receipt;
pub(crate) mod idempotency_key;
pub(crate) mod issuer_fetch;
pub(crate) mod outside_issuer;
pub(crate) mod usage_hour;

#[cfg(test)]
mod drift;
mod place;
mod save;

pub(crate) use place::Place;
pub use save::Row;
pub(crate) use save::{Stored, save};
