//! Status lists (draft-ietf-oauth-status-list): for every listed token one bit, which says whether it was revoked; many of
//! them compressed in one signed document, which anybody may keep for a while.
//!
//! Invariant: of a token a list says what its signer wrote, or nothing: what cannot be read whole is no list.

mod bits;
mod fault;

use std::time::Duration;

use gatewright_domain::{key::Kid, time::Timestamp};
use serde::Serialize;

use crate::{
    base64url,
    compact::Compact,
    header::Header,
    json::{Object, Value},
    jwk::PublicJwk,
    mint::DocumentType,
    numeric_date::moment,
    refusal::{Part, Refusal},
};
use bits::{deflated, inflated};

pub use bits::Bits;
pub use fault::NotAStatusList;

/// The largest document that is read: what a million tokens of one bit make at most, twice over.
const MAX_DOCUMENT_BYTES: usize = 512 * 1024;

/// The most bytes that a list may unfold to.
const MAX_LIST_BYTES: usize = 1024 * 1024;

/// The skew forgiven to the clock of whoever signed.
const LEEWAY: Duration = Duration::from_secs(30);

/// What a status list is to say.
#[derive(Clone, Copy, Debug)]
pub struct StatusListClaims<'a> {
    /// Who issues it.
    pub issuer: &'a str,
    /// Where it is served: what the tokens in it name.
    pub uri: &'a str,
    /// When it is made.
    pub issued: Timestamp,
    /// After which moment nobody relies on it.
    pub expires: Timestamp,
    /// How long it may be kept before it is asked for again.
    pub ttl: Duration,
}

/// A status list that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusList {
    bits: u8,
    list: Vec<u8>,
    expires: Option<Timestamp>,
    ask_again: Option<Timestamp>,
}

/// What a list says of a token (draft section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is as good as it says itself.
    Valid,
    /// It was revoked, for good.
    Invalid,
    /// It is not good for now.
    Suspended,
    /// Something that only its issuer knows the meaning of; whoever does not, lets no such token pass.
    Unknown(u8),
}

#[derive(Serialize)]
struct Written<'a> {
    iss: &'a str,
    sub: &'a str,
    iat: i64,
    exp: i64,
    ttl: u64,
    status_list: List,
}

#[derive(Serialize)]
struct List {
    bits: u8,
    lst: String,
}

impl StatusListClaims<'_> {
    /// The claims as JSON, to be signed as `DocumentType::StatusList`.
    #[must_use]
    pub fn with(&self, bits: &Bits) -> Vec<u8> {
        let written = Written {
            iss: self.issuer,
            sub: self.uri,
            iat: self.issued.seconds(),
            exp: self.expires.seconds(),
            ttl: self.ttl.as_secs(),
            status_list: List {
                bits: 1,
                lst: base64url::encode(&deflated(bits)),
            },
        };
        // Texts and numbers always have a form in JSON.
        serde_json::to_vec(&written).unwrap_or_default()
    }
}

impl StatusList {
    /// Reads the list that is served at this address, signed by one of these keys.
    ///
    /// # Errors
    /// Every variant of `NotAStatusList` but `OutOfRange`: then nothing is known of any token in it.
    pub fn read(
        document: &[u8],
        keys: &[PublicJwk],
        uri: &str,
        now: Timestamp,
    ) -> Result<Self, NotAStatusList> {
        if document.len() > MAX_DOCUMENT_BYTES {
            return Err(NotAStatusList::TooLarge);
        }
        let compact = Compact::split(document)?;
        let header = compact.decode(Part::Header)?;
        let header = Header::read(&header)?;
        if !is_list(header.typ()) {
            return Err(NotAStatusList::Type);
        }
        let kid: Kid = header.kid().parse().map_err(|_| Refusal::Kid)?;
        let key = keys.iter().find(|key| *key.kid() == kid);
        let key = key.ok_or(Refusal::UnknownKey)?;
        let expected = key.algorithm();
        if header.algorithm() != expected.name() {
            return Err(Refusal::Algorithm { expected }.into());
        }
        if !key.signed(compact.signed, &compact.decode(Part::Signature)?) {
            return Err(Refusal::Signature.into());
        }
        let claims = compact.decode(Part::Claims)?;
        let claims = Object::read(&claims).map_err(Refusal::ClaimsNotJson)?;
        Self::of(&claims, uri, now)
    }

    fn of(claims: &Object<'_>, uri: &str, now: Timestamp) -> Result<Self, NotAStatusList> {
        if claims.get("sub").and_then(Value::as_text) != Some(uri) {
            return Err(NotAStatusList::Subject);
        }
        let issued = time(claims, "iat")?.ok_or(NotAStatusList::Claim("iat"))?;
        if now.plus(LEEWAY) < issued {
            return Err(NotAStatusList::FromTheFuture);
        }
        let expires = time(claims, "exp")?;
        if expires.is_some_and(|expires| expires <= now) {
            return Err(NotAStatusList::Stale);
        }
        let ttl = match claims.get("ttl") {
            None => None,
            Some(value) => Some(
                whole(value)
                    .filter(|ttl| *ttl > 0)
                    .ok_or(NotAStatusList::Claim("ttl"))?,
            ),
        };
        let Some(Value::Object(list)) = claims.get("status_list") else {
            return Err(NotAStatusList::Claim("status_list"));
        };
        let bits = list.get("bits").and_then(whole);
        let bits = bits.and_then(|bits| u8::try_from(bits).ok());
        let bits = bits.filter(|bits| [1, 2, 4, 8].contains(bits));
        let text = list.get("lst").and_then(Value::as_text);
        let packed = text.and_then(|text| base64url::decode(text.as_bytes()));
        let packed = packed.ok_or(NotAStatusList::Claim("lst"))?;
        Ok(Self {
            bits: bits.ok_or(NotAStatusList::Claim("bits"))?,
            list: inflated(&packed, MAX_LIST_BYTES).ok_or(NotAStatusList::Compression)?,
            expires,
            ask_again: ttl.map(|ttl| issued.plus(Duration::from_secs(ttl))),
        })
    }

    /// What the list says of the token at this place.
    ///
    /// # Errors
    /// `OutOfRange` when it has no such place; `Stale` when it ended since it was read.
    pub fn status(&self, index: u64, now: Timestamp) -> Result<Status, NotAStatusList> {
        if self.expires.is_some_and(|expires| expires <= now) {
            return Err(NotAStatusList::Stale);
        }
        let each = u64::from(8 / self.bits);
        let byte = usize::try_from(index / each).ok();
        let byte = byte.and_then(|byte| self.list.get(byte));
        let byte = byte.ok_or(NotAStatusList::OutOfRange(index))?;
        let shift = u32::try_from(index % each).unwrap_or(0) * u32::from(self.bits);
        let mask = u8::MAX >> (8 - self.bits);
        Ok(match byte.wrapping_shr(shift) & mask {
            0 => Status::Valid,
            1 => Status::Invalid,
            2 => Status::Suspended,
            other => Status::Unknown(other),
        })
    }

    /// Whether it is time to ask for a newer one.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.ask_again.is_some_and(|moment| moment <= now)
    }
}

impl Status {
    /// Whether a token of this status may pass: only one that is known to be good.
    #[must_use]
    pub const fn lets_pass(self) -> bool {
        matches!(self, Self::Valid)
    }
}

/// Media types are compared without regard to case, and `application/` may be left out.
fn is_list(typ: &str) -> bool {
    let short = DocumentType::StatusList.typ();
    let bare = typ
        .get(.."application/".len())
        .filter(|head| head.eq_ignore_ascii_case("application/"));
    let name = bare.map_or(typ, |head| typ.get(head.len()..).unwrap_or_default());
    name.eq_ignore_ascii_case(short)
}

fn time(claims: &Object<'_>, claim: &'static str) -> Result<Option<Timestamp>, NotAStatusList> {
    match claims.get(claim) {
        None => Ok(None),
        Some(Value::Number(number)) => match moment(number) {
            Some(moment) => Ok(Some(moment)),
            None => Err(NotAStatusList::Claim(claim)),
        },
        Some(_) => Err(NotAStatusList::Claim(claim)),
    }
}

/// A whole number without a sign, as it stands.
fn whole(value: &Value<'_>) -> Option<u64> {
    let Value::Number(number) = value else {
        return None;
    };
    number.parse().ok()
}
