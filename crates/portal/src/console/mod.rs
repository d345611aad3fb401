//! The handlers of the pages: each fills one page from one view, or does one thing and leads to the next page.

pub mod account;
pub mod api_forms;
pub mod apis;
pub mod applications;
pub mod audit;
pub mod consumers;
pub mod contracts;
pub mod decisions;
pub mod entry;
mod examples;
pub mod gateways;
pub mod home;
pub mod inspector;
pub mod keys;
pub mod moves;
pub mod operators;
pub mod problem;
pub mod routes;
pub mod search;
pub mod settings;
pub mod subscribe;
pub mod tokens;
pub mod usage;
pub mod versions;
pub mod visit;
mod words;
