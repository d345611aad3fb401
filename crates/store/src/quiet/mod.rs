//! Every write without an audit event, each with its reason. What is not listed here is written through `Tx`.
//!
//! None of them touches a thing that has a life of its own, but for three columns that say when it was last used, for
//! the seal around a secret, which changes while the secret stays, and for the reference to a key that is over and destroyed.

pub mod acknowledgements;
pub mod assertions;
pub mod decisions;
pub mod held_keys;
pub mod idempotency;
pub mod issuer_fetches;
pub mod kek_checks;
pub mod key_rings;
pub mod last_used;
pub mod rewraps;
pub mod sealed_secrets;
pub mod sessions;
pub mod setup_links;
pub mod sign_ins;
pub mod token_operations;
pub mod tokens;
pub mod usage;
pub mod verifications;
