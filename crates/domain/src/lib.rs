//! The vocabulary and the rules of Gatewright.
//! Forbids I/O, async, clocks, randomness, HTTP and SQL: everything here is a value or a pure function.
//! Start with `version` (a lifecycle), then `access` and `audit` (how a change comes to be), then `decision`.

pub mod credential;
pub mod digest;
mod drawn;
pub mod entropy;
pub mod handle;
pub mod id;
pub mod network;
pub mod revision;
pub mod secret;
pub mod text;
pub mod time;

pub mod access;
mod access_action;
mod access_role;
mod access_subject;
pub mod audit;
mod audit_kind;

pub mod api;
pub mod api_key;
pub mod binding;
pub mod client;
pub mod code;
pub mod consumer;
pub mod contract;
pub mod family;
pub mod gateway;
pub mod kek;
pub mod key;
pub mod limit;
pub mod operation;
pub mod operator;
pub mod outside;
pub mod plan;
pub mod revocation;
pub mod ring;
pub mod ruleset;
pub mod subscription;
pub mod succession;
pub mod team;
pub mod token;
pub mod version;

pub mod decision;
pub mod record;
pub mod refusal;
pub mod snapshot;
pub mod staleness;

#[cfg(feature = "openapi")]
mod schema;
