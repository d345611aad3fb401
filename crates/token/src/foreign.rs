//! Public keys of others: the key set that a client registered to be known by (RFC 7517 section 5).
//!
//! Read leniently where the RFC asks for it (a key without a name, a use or an algorithm; a key of a kind we do not know,
//! which is passed over), and never where something private shows: then the whole set is refused, because its owner has
//! a key to replace.

use crate::{
    json::{NotStrictJson, Object, Value},
    jwk::{NotAJwk, PublicJwk, refuse_private},
};
use gatewright_domain::key::Algorithm;

/// The largest set that is read, a registered one or a fetched one.
pub const MAX_SET_BYTES: usize = 65_536;

/// The most keys in a set. An assertion without `kid` may cost one signature check for each.
pub const MAX_KEYS: usize = 32;

/// The longest name that another gives a key.
const MAX_KID: usize = 255;

/// The keys that somebody else signs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKeys(Vec<ForeignKey>);

/// One of them: an RSA key that names no algorithm may be used with two.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ForeignKey {
    kid: Option<String>,
    uses: Vec<PublicJwk>,
}

/// Why no key is the one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoSuchKey {
    /// None is of that name and algorithm.
    None,
    /// Several are.
    Several,
}

/// Why a document is no key set to know somebody by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotForeignKeys {
    /// More bytes than a key set needs.
    #[error("the key set has more than {MAX_SET_BYTES} bytes")]
    TooLarge,
    /// It is not JSON.
    #[error("the key set is not JSON")]
    NotJson(#[source] NotStrictJson),
    /// It has no list `keys` of objects.
    #[error("the key set has no list `keys` of objects")]
    NoKeys,
    /// More keys than anybody needs at once.
    #[error("the key set has more than {MAX_KEYS} keys")]
    TooMany,
    /// One of the keys must not be registered.
    #[error("key {index} of the set cannot be registered")]
    Key {
        /// Which, from 0.
        index: usize,
        /// Why.
        #[source]
        cause: NotAJwk,
    },
    /// None of its keys verifies signatures of a kind that is taken.
    #[error(
        "none of the keys of the set verifies signatures with ES256, ES384, EdDSA, RS256 or PS256"
    )]
    NoneUsable,
}

impl ForeignKeys {
    /// Reads a key set.
    ///
    /// # Errors
    /// Every variant of `NotForeignKeys`.
    pub fn read(document: &[u8]) -> Result<Self, NotForeignKeys> {
        if document.len() > MAX_SET_BYTES {
            return Err(NotForeignKeys::TooLarge);
        }
        let set = Object::read(document).map_err(NotForeignKeys::NotJson)?;
        let Some(Value::List(members)) = set.get("keys") else {
            return Err(NotForeignKeys::NoKeys);
        };
        if members.len() > MAX_KEYS {
            return Err(NotForeignKeys::TooMany);
        }
        let mut keys = Vec::new();
        for (index, member) in members.iter().enumerate() {
            let Value::Object(jwk) = member else {
                return Err(NotForeignKeys::NoKeys);
            };
            let read = ForeignKey::read(jwk);
            keys.extend(read.map_err(|cause| NotForeignKeys::Key { index, cause })?);
        }
        if keys.is_empty() {
            return Err(NotForeignKeys::NoneUsable);
        }
        Ok(Self(keys))
    }

    /// The keys, in the order of the set; an RSA key that names no algorithm stands once for each of its two.
    pub fn keys(&self) -> impl Iterator<Item = &PublicJwk> {
        self.0.iter().flat_map(|key| &key.uses)
    }

    /// The one key that a signature is checked with: that of the name; for a signature without one, or a set without names,
    /// the only one of the algorithm. Nobody's token costs more than one check, and which key counts is never a guess.
    pub(crate) fn one(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<&PublicJwk, NoSuchKey> {
        let named = kid.is_some_and(|kid| self.0.iter().any(|key| key.kid.as_deref() == Some(kid)));
        let asked = |key: &&ForeignKey| match kid {
            Some(kid) if named => key.kid.as_deref() == Some(kid),
            Some(_) => key.kid.is_none(),
            None => true,
        };
        let keys = self.0.iter().filter(asked).flat_map(|key| &key.uses);
        let mut keys = keys.filter(|key| key.algorithm() == algorithm);
        match (keys.next(), keys.next()) {
            (Some(only), None) => Ok(only),
            (Some(_), Some(_)) => Err(NoSuchKey::Several),
            (None, _) => Err(NoSuchKey::None),
        }
    }

    /// Those that may have made a signature of this algorithm: all of that name, and those that have none.
    pub(crate) fn candidates(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> impl Iterator<Item = &PublicJwk> {
        let named = move |key: &&ForeignKey| match (kid, key.kid.as_deref()) {
            (Some(asked), Some(own)) => asked == own,
            (None, _) | (_, None) => true,
        };
        let keys = self.0.iter().filter(named).flat_map(|key| &key.uses);
        keys.filter(move |key| key.algorithm() == algorithm)
    }
}

impl ForeignKey {
    /// The key; none when it is of a kind or for a use that we need not know.
    fn read(jwk: &Object<'_>) -> Result<Option<Self>, NotAJwk> {
        refuse_private(jwk)?;
        if !for_signatures(jwk) {
            return Ok(None);
        }
        let uses = algorithms(jwk)
            .into_iter()
            .map(|algorithm| PublicJwk::for_algorithm(jwk, algorithm))
            .collect::<Result<Vec<_>, _>>()?;
        let kid = match jwk.get("kid") {
            None => None,
            Some(Value::Text(kid)) if kid.len() <= MAX_KID => Some(kid.to_string()),
            Some(_) => return Err(NotAJwk::Kid),
        };
        Ok((!uses.is_empty()).then_some(Self { kid, uses }))
    }
}

/// Whether the key's `use` and `key_ops`, where it has them, allow verifying (RFC 7517 sections 4.2 and 4.3).
pub(crate) fn for_signatures(jwk: &Object<'_>) -> bool {
    let purpose = jwk
        .get("use")
        .is_none_or(|value| value.as_text() == Some("sig"));
    let verifies = |value: &Value<'_>| match value {
        Value::List(operations) => operations
            .iter()
            .any(|operation| operation.as_text() == Some("verify")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Object(_) => {
            false
        }
    };
    purpose && jwk.get("key_ops").is_none_or(verifies)
}

/// The algorithms a key may be used with: the one it names, or those of its kind.
fn algorithms(jwk: &Object<'_>) -> Vec<Algorithm> {
    let text = |name| jwk.get(name).and_then(Value::as_text);
    if let Some(named) = jwk.get("alg") {
        let named = named.as_text().and_then(|name| name.parse().ok());
        return named.into_iter().collect();
    }
    match (text("kty"), text("crv")) {
        (Some("EC"), Some("P-256")) => vec![Algorithm::Es256],
        (Some("EC"), Some("P-384")) => vec![Algorithm::Es384],
        (Some("OKP"), Some("Ed25519")) => vec![Algorithm::EdDsa],
        (Some("RSA"), _) => vec![Algorithm::Rs256, Algorithm::Ps256],
        _ => Vec::new(),
    }
}
