//! Claims to signed token, token to verified claims, JWKS: the one room that signs and verifies.
//! Forbids storage, HTTP, clocks, and dice other than those the crypto library throws when it makes a key or a signature.
//! Start with `verify` (the steps a token must pass), then `mint` (how one comes to be), then `jwks` (what others verify with).

#![deny(missing_docs)]

mod base64url;
mod json;
mod numeric_date;

pub mod jwk;
mod jwk_pem;
pub mod jwks;

pub mod claims;
pub mod mint;

mod compact;
mod header;
pub mod policy;
pub mod refusal;
pub mod ring;
pub mod verify;

pub mod assertion;
pub mod certificate;
pub mod client_cert;
pub mod client_keys;
pub mod foreign;
pub mod outside;
pub mod proof;
pub mod status;

pub mod corpus;
pub mod detached;
pub mod find;
pub mod hostile;
pub mod inspect;
pub mod recognise;

pub use json::{Fault, NotStrictJson};
