//! The most that a client may register for itself: what an operator allowed whoever holds an initial access token, and later
//! what an operator made of the client.

use std::collections::BTreeSet;

use super::{AuthMethod, ClientTerms, Grant, Senders};
use crate::operation::Scope;

/// The most that a client may register for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// The grants it may have.
    pub grants: BTreeSet<Grant>,
    /// The methods of which it may choose one.
    pub methods: BTreeSet<AuthMethod>,
    /// The scopes it may have; nothing means those of its subscriptions, whichever they will be.
    pub scopes: Option<BTreeSet<Scope>>,
    /// Who may send its tokens at most.
    pub senders: Senders,
}

impl Default for Ceiling {
    /// What is usual for a program that a person uses, and for one that acts for itself. A secret in the body stays off, as it
    /// is for every client, and so does exchanging tokens.
    fn default() -> Self {
        Self {
            grants: BTreeSet::from([
                Grant::ClientCredentials,
                Grant::AuthorizationCode,
                Grant::RefreshToken,
            ]),
            methods: BTreeSet::from([
                AuthMethod::SecretBasic,
                AuthMethod::PrivateKeyJwt,
                AuthMethod::Public,
            ]),
            scopes: None,
            senders: Senders::Anybody,
        }
    }
}

impl Ceiling {
    /// What these terms allow, and no more.
    #[must_use]
    pub fn of(terms: &ClientTerms) -> Self {
        Self {
            grants: terms.grants.clone(),
            methods: terms.methods.clone(),
            scopes: terms.scopes.clone(),
            senders: terms.senders,
        }
    }
}
