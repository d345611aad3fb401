//! Fetching a document of somebody else: where an address may lead, how long it may take, how large it may be.
//!
//! Invariant: nothing is asked of an address that was not looked at, and what was looked at is what is asked.

mod reach;
mod web;

use std::{net::IpAddr, time::Duration};

pub use reach::{Lookup, Reach};
pub use web::Web;

/// The longest that a fetch may take, from looking its host up to the last byte (keys-and-tokens section 5, P22).
pub const PATIENCE: Duration = Duration::from_secs(5);

/// The largest document.
pub const LARGEST: u64 = 65_536;

/// Who fetches. Blocks until it is done.
pub trait Fetch: Send + Sync {
    /// The document at an address.
    ///
    /// # Errors
    /// Every variant of `FetchFault`.
    fn fetch(&self, address: &str) -> Result<Document, FetchFault>;
}

/// What was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// All of it.
    pub bytes: Vec<u8>,
    /// How long its owner says it may be kept, if they do.
    pub max_age: Option<Duration>,
}

/// Why there is no document. `Display` says what to do, and nothing of what an answer held.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchFault {
    /// It is no address that is asked.
    #[error(
        "{0} is not an address of https; http is asked only at this machine, when the issuer here is of it too"
    )]
    Address(String),
    /// Its host has no address.
    #[error(
        "the host {0} does not resolve; is it written as it should be, and does DNS work here?"
    )]
    Unresolved(String),
    /// An address that nobody outside may make this machine call.
    #[error(
        "the host {host} is {address}, which is not a public address; allow the host with the setting \
         `issuer_allow` if this is meant"
    )]
    NotPublic {
        /// The host.
        host: String,
        /// What it resolves to.
        address: IpAddr,
    },
    /// Nobody answers there, or not as they should.
    #[error("{address} cannot be asked ({why}); is it up, and does its certificate hold?")]
    Unreachable {
        /// What was asked.
        address: String,
        /// What went wrong.
        why: String,
    },
    /// It took too long.
    #[error("{0} did not answer within 5 s")]
    TooSlow(String),
    /// It answers something else than a document.
    #[error("{address} answers {status}{}", if (300..400).contains(status) { "; redirects are not followed, so give the address it leads to" } else { "; is the address right?" })]
    Status {
        /// What was asked.
        address: String,
        /// The status.
        status: u16,
    },
    /// It has more bytes than such documents have.
    #[error("{0} answers more than 64 KiB, which no key set needs")]
    TooLarge(String),
}
