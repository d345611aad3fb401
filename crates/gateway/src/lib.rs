//! The data plane: admit, route, limit, forward, record.
//! Forbids the database, actix-web and askama, and asking anybody before a client is answered.
//! Start with `admit` (from a request to `Admitted`), then `exchange` (the life of a request), then `serve` (the threads).

mod admit;
mod api_keys;
mod authz;
mod bearer;
mod head;
mod limit;
mod matcher;
mod outsiders;
mod path;
mod replays;
mod sender;
mod steps;
mod table;
mod verifier;

mod forward;
mod identity;
mod outgoing;
mod reject;
mod relay;
mod upstream;
mod way;

mod chunks;
mod framing;
mod line;
mod wire;

mod chain;
mod currency;
mod dice;
mod exchange;
mod meter;
mod open;
mod probe;
mod record;
mod sentinel;
mod serve;
mod trace;

pub mod config;
pub mod control;
pub mod feed;
pub mod handle;
pub mod last_good;
pub mod memory;
pub mod report;
pub mod revoked;
mod sealed;
pub mod watch;

pub use config::Config;
pub use handle::{Gateway, Handle, StartError};
pub use meter::Counts;
pub use upstream::TlsError;
