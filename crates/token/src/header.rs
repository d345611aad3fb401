//! The header of an access token: `alg`, `typ` and `kid` matter, what could change a verifier's mind is refused.

use crate::{
    json::{Object, Value},
    refusal::Refusal,
};

/// Members that bring a key, a critical extension, another encoding or another content. Our tokens need none of them,
/// and each has been somebody's vulnerability (RFC 8725). `crit` in particular must be refused by whoever does not
/// understand what it lists (RFC 7515 section 4.1.11).
const FORBIDDEN: [&str; 11] = [
    "crit", "jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "b64", "zip", "enc", "cty",
];

/// Members that bring a key of the sender's choice or change how the rest is read (RFC 8725): refused in what others sign.
/// Hints at a key by its certificate's hash (`x5t`) are common there and harmless: nothing is looked up by them.
const FORBIDDEN_TO_OTHERS: [&str; 8] = ["crit", "jwk", "jku", "x5u", "x5c", "b64", "zip", "enc"];

/// Refuses the header of another signer for what no such header needs.
pub(crate) fn plain(header: &Object<'_>) -> Result<(), Refusal> {
    let forbidden = FORBIDDEN_TO_OTHERS
        .into_iter()
        .find(|name| header.get(name).is_some());
    forbidden.map_or(Ok(()), |name| Err(Refusal::HeaderMember(name)))
}

/// The types an access token may have (RFC 9068 section 4); media types are compared without regard to case.
const TYPES: [&str; 2] = ["at+jwt", "application/at+jwt"];

/// A header without anything forbidden, from which the three members that matter can be asked.
pub(crate) struct Header<'a>(Object<'a>);

impl<'a> Header<'a> {
    pub(crate) fn read(json: &'a [u8]) -> Result<Self, Refusal> {
        let header = Object::read(json).map_err(Refusal::HeaderNotJson)?;
        let forbidden = FORBIDDEN
            .into_iter()
            .find(|name| header.get(name).is_some());
        if let Some(name) = forbidden {
            return Err(Refusal::HeaderMember(name));
        }
        for name in ["alg", "typ", "kid"] {
            if header.get(name).and_then(Value::as_text).is_none() {
                return Err(Refusal::HeaderText(name));
            }
        }
        Ok(Self(header))
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.0.names().collect()
    }

    pub(crate) fn algorithm(&self) -> &str {
        self.text("alg")
    }

    pub(crate) fn kid(&self) -> &str {
        self.text("kid")
    }

    pub(crate) fn typ(&self) -> &str {
        self.text("typ")
    }

    pub(crate) fn kind(&self) -> Result<&str, Refusal> {
        let kind = self.text("typ");
        let known = TYPES.iter().any(|known| known.eq_ignore_ascii_case(kind));
        if known { Ok(kind) } else { Err(Refusal::Type) }
    }

    /// A member whose presence `read` has made sure of.
    fn text(&self, name: &str) -> &str {
        self.0
            .get(name)
            .and_then(Value::as_text)
            .unwrap_or_default()
    }
}
