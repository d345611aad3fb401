//! What tests need and the product must not have: a clock that stands still, loaded dice, throw-away databases, an upstream that echoes.
//! Forbids being anything but a dev-dependency, and skipping: what is not installed fails a test with the command that installs it.
//! Start with `database` (a fresh database on each engine), then `echo` (what a gateway forwards to).

pub mod certificates;
pub mod clock;
pub mod database;
pub mod echo;
mod echo_answer;
pub mod entropy;
pub mod postgres;
pub mod sender;
pub mod softhsm;
pub mod transit;
