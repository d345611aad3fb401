//! The vocabulary and the rules of Gatewright.
//! Forbids I/O, async, clocks, randomness, HTTP and SQL: everything here is a value or a pure function.
//! Start with `version` (a lifecycle), then `access` and `audit` (how a change comes to be), then `decision`.

pub mod entropy;
pub mod id;
pub mod operation;
pub mod secret;
pub mod text;
pub mod time;
