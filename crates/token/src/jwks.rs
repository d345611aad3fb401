//! The key set (RFC 7517 section 5): the document that everyone else verifies our tokens with.
//!
//! Invariant I7: it holds exactly the keys that may have signed or may come to sign, each once, and nothing private.

use std::collections::BTreeSet;

use gatewright_domain::{
    digest::sha256_hex,
    key::{KeyStateName, Kid},
};

use crate::{
    json::{NotStrictJson, Object, Value},
    jwk::{NotAJwk, PublicJwk},
};

/// The largest key set we read from elsewhere: dozens of RSA keys, and still parsed in no time.
const MAX_SET_BYTES: usize = 65_536;

/// A key set as it is served: made once per change of the ring, sent as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jwks {
    body: String,
    etag: String,
}

/// Why a set of keys is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAKeySet {
    /// More bytes than a key set needs.
    #[error("the key set has more than {MAX_SET_BYTES} bytes")]
    TooLarge,
    /// It is not JSON.
    #[error("the key set is not JSON")]
    NotJson(#[source] NotStrictJson),
    /// It has no list `keys` of objects.
    #[error("the key set has no list `keys` of objects")]
    NoKeys,
    /// One of the keys is none of ours.
    #[error("key {index} of the set cannot be used")]
    Key {
        /// Which, from 0.
        index: usize,
        /// Why.
        #[source]
        cause: NotAJwk,
    },
    /// Two keys have one name.
    #[error("the name {0} stands for two keys")]
    Twice(Kid),
}

impl Jwks {
    /// The set of those of the keys that belong in it, whatever state they are in: the active one first, because many
    /// clients take the first for the newest; then those that come to sign, then those that did. Within a state the
    /// given order is kept.
    ///
    /// # Errors
    /// `Twice`.
    pub fn of(
        keys: impl IntoIterator<Item = (KeyStateName, PublicJwk)>,
    ) -> Result<Self, NotAKeySet> {
        Self::of_groups([keys])
    }

    /// The set of several groups of keys, each in the order of `of`, one after the other: some clients go through a set in
    /// order, and stop at the first key of a kind that they do not know.
    ///
    /// # Errors
    /// `Twice`.
    pub fn of_groups<Keys: IntoIterator<Item = (KeyStateName, PublicJwk)>>(
        groups: impl IntoIterator<Item = Keys>,
    ) -> Result<Self, NotAKeySet> {
        let groups = groups.into_iter().enumerate();
        let numbered = |(group, keys): (usize, Keys)| {
            keys.into_iter()
                .filter_map(move |(state, key)| Some(((group, place(state)?), key)))
        };
        let mut listed: Vec<((usize, u8), PublicJwk)> = groups.flat_map(numbered).collect();
        listed.sort_by_key(|(place, _)| *place);
        once_each(listed.iter().map(|(_, key)| key))?;
        let keys: Vec<String> = listed.iter().map(|(_, key)| key.to_json()).collect();
        let body = format!("{{\"keys\":[{}]}}", keys.join(","));
        let etag = format!("\"{}\"", sha256_hex(body.as_bytes()));
        Ok(Self { body, etag })
    }

    /// The document, `application/json`.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// Its strong entity tag (RFC 9110 section 8.8.3), quotes included: the SHA-256 of the document.
    #[must_use]
    pub fn etag(&self) -> &str {
        &self.etag
    }
}

/// Reads a key set, all of whose keys must be public signature keys that say `kid`, `use` and `alg`.
///
/// # Errors
/// Every variant of `NotAKeySet`.
pub fn read(document: &[u8]) -> Result<Vec<PublicJwk>, NotAKeySet> {
    if document.len() > MAX_SET_BYTES {
        return Err(NotAKeySet::TooLarge);
    }
    let set = Object::read(document).map_err(NotAKeySet::NotJson)?;
    let Some(Value::List(keys)) = set.get("keys") else {
        return Err(NotAKeySet::NoKeys);
    };
    let read = |(index, key): (usize, &Value<'_>)| {
        let Value::Object(key) = key else {
            return Err(NotAKeySet::NoKeys);
        };
        PublicJwk::of_object(key).map_err(|cause| NotAKeySet::Key { index, cause })
    };
    let keys: Vec<PublicJwk> = keys
        .iter()
        .enumerate()
        .map(read)
        .collect::<Result<_, _>>()?;
    once_each(keys.iter())?;
    Ok(keys)
}

/// Where a key stands in the set; nowhere when it must not be in it.
const fn place(state: KeyStateName) -> Option<u8> {
    match state {
        KeyStateName::Active => Some(0),
        KeyStateName::Published => Some(1),
        KeyStateName::Deactivated => Some(2),
        // Those that are withdrawn while they are suspended, the caller leaves out.
        KeyStateName::Suspended => Some(3),
        KeyStateName::Staged | KeyStateName::Retired | KeyStateName::Compromised => None,
    }
}

fn once_each<'a>(keys: impl Iterator<Item = &'a PublicJwk>) -> Result<(), NotAKeySet> {
    let mut known = BTreeSet::new();
    for key in keys {
        if !known.insert(key.kid()) {
            return Err(NotAKeySet::Twice(key.kid().clone()));
        }
    }
    Ok(())
}
