//! The pages: one struct for each, beside the handler that fills it. Every value is ready to be read.

pub mod account;
pub mod apis;
pub mod applications;
pub mod audit;
pub mod clients;
pub mod confirm;
pub mod consent;
pub mod consumers;
pub mod contracts;
pub mod decisions;
pub mod entry;
pub mod gateways;
pub mod home;
pub mod inspector;
pub mod issuers;
pub mod keks;
pub mod keys;
pub mod operators;
pub mod problem;
pub mod revocations;
pub mod search;
pub mod settings;
pub mod tokens;
pub mod usage;
pub mod verifiers;
pub mod versions;
