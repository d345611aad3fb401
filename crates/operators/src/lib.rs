//! Use-cases on the people who run the platform: set-up, sign-in, operators, teams, access tokens.
//! Forbids SQL and HTTP: it asks the policy, applies the rules of `domain`, and writes through `Store::write`.
//! Start with `sign_in`, then `admission`.

mod access_tokens;
mod admission;
mod backups;
mod password;
mod set_up;
mod sign_in;
mod sign_in_links;
mod teams;
mod trail;

use std::sync::Arc;

use gatewright_domain::{entropy::Entropy, time::Clock};
use gatewright_store::Store;

pub use access_tokens::{AccessTokenError, AccessTokenWish, IssuedAccessToken};
pub use admission::{AdmissionError, Admit};
pub use password::{Password, PasswordError};
pub use set_up::SetUpError;
pub use sign_in::{SignInError, SignedIn};
pub use sign_in_links::{SignInLink, SignInLinkError};
pub use teams::TeamError;
pub use trail::{FirstBad, TrailError, Verified};

/// The use-cases, with what they need to act.
#[derive(Clone)]
pub struct Operators {
    store: Store,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    hasher: password::Hasher,
}

impl Operators {
    /// The use-cases over a store.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        let hasher = password::Hasher::new(Arc::clone(&entropy));
        Self {
            store,
            clock,
            entropy,
            hasher,
        }
    }
}
