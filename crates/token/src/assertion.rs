//! Client assertions: a client proves who it is with a signature instead of a secret (`private_key_jwt`; RFC 7523
//! section 3, and draft-ietf-oauth-rfc7523bis for the audience).
//!
//! How to call it, at the token endpoint: `claimed_client` says whose keys to look up when the form names no `client_id`
//! (when it does, the two must be the same); `verify` judges the assertion by that client's registered keys; then the
//! caller makes it single-use, by remembering `Assertion::jti` for that client until `Assertion::remember_until`, in the
//! same breath in which it looks whether it knows it already. Every refusal is `invalid_client` to the client.
//!
//! ```
//! use gatewright_domain::{consumer::ClientId, key::Algorithm, time::Timestamp};
//! use gatewright_token::{
//!     assertion::{self, Audience, Demands},
//!     foreign::ForeignKeys,
//! };
//!
//! fn authenticate(form: &[u8], registered: &ForeignKeys, now: Timestamp) -> Option<ClientId> {
//!     let client_id = assertion::claimed_client(form).ok()?;
//!     let demands = Demands {
//!         client_id: &client_id,
//!         issuer: "https://id.example",
//!         audience: Audience::IssuerOnly,
//!         algorithms: &[Algorithm::Es256, Algorithm::EdDsa],
//!     };
//!     let proved = assertion::verify(form, registered, &demands, now).ok()?;
//!     // Here: remember `proved.jti()` until `proved.remember_until()`, or refuse.
//!     Some(proved.client_id().clone())
//! }
//! # assert!(authenticate(b"a.b.c", &ForeignKeys::read(br#"{"keys":[{"kty":"OKP","crv":"Ed25519",
//! #   "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#).unwrap(), Timestamp::from_seconds(0)).is_none());
//! ```

use std::time::Duration;

use gatewright_domain::{consumer::ClientId, key::Algorithm, time::Timestamp};

use crate::{
    claims::Members,
    compact::Compact,
    foreign::ForeignKeys,
    header::plain,
    json::{Object, Value},
    refusal::{Part, Refusal},
};

/// The farthest end of an assertion: its `jti` is remembered until then, so that a long life costs memory and buys nothing.
pub const MAX_AHEAD: Duration = Duration::from_secs(300);

/// The clock skew between a client and us that is forgiven, in both directions.
pub const LEEWAY: Duration = Duration::from_secs(30);

/// The types an assertion may have; media types are compared without regard to case. Most clients send none or `JWT`.
const TYPES: [&str; 3] = [
    "JWT",
    "client-authentication+jwt",
    "application/client-authentication+jwt",
];

/// What an assertion must say to be taken.
#[derive(Clone, Copy, Debug)]
pub struct Demands<'a> {
    /// Who it must be from.
    pub client_id: &'a ClientId,
    /// Our issuer identifier, byte for byte.
    pub issuer: &'a str,
    /// What else than the issuer it may be addressed to.
    pub audience: Audience<'a>,
    /// The algorithms that the client registered.
    pub algorithms: &'a [Algorithm],
}

/// To whom an assertion may be addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience<'a> {
    /// To our issuer alone: an assertion for one server can then not be used at another.
    IssuerOnly,
    /// For clients that are older than that rule: alone to our issuer, or alone to this URL of our token endpoint.
    IssuerOr(&'a str),
}

/// An assertion that proved its client. Only `verify` makes one; it counts once, which the caller makes sure of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    client_id: ClientId,
    jti: String,
    expires: Timestamp,
    addressed: Addressed,
}

/// To whom an assertion was addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressed {
    /// To our issuer.
    Issuer,
    /// To the token endpoint: taken for compatibility, and worth a line in the log.
    TokenEndpoint,
}

/// Why an assertion is refused. `Display` is for operators and holds no text of the assertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssertionRefusal {
    /// It is not formed as an assertion is.
    #[error(transparent)]
    Form(#[from] Refusal),
    /// It is a JWT for another purpose, for instance an access token.
    #[error("the type is not that of a client assertion")]
    Type,
    /// Its algorithm is not one the client registered, or none that proves anything.
    #[error("the algorithm is not one that the client registered")]
    Algorithm,
    /// The client has registered no such key.
    #[error("the client has no key of this name and algorithm")]
    UnknownKey,
    /// None of the client's keys has signed it.
    #[error("the signature does not match")]
    Signature,
    /// It is from somebody else, or about somebody else.
    #[error("the claim `{0}` is not the client's id")]
    Client(&'static str),
    /// It is not addressed to us alone.
    #[error("the audience is not our issuer alone")]
    Audience,
    /// It was made later than now.
    #[error("it was issued at {0}, which is later than now")]
    IssuedInTheFuture(Timestamp),
    /// It does not hold yet.
    #[error("it holds from {0}, which is later than now")]
    NotYetValid(Timestamp),
    /// It has ended.
    #[error("it ended at {0}")]
    Expired(Timestamp),
    /// It ends too far ahead.
    #[error("it ends at {0}, more than five minutes ahead")]
    TooFarAhead(Timestamp),
}

/// Who an assertion says it is from, read before anything is proved: to look up keys, and for nothing else.
///
/// # Errors
/// `Form`.
pub fn claimed_client(assertion: &[u8]) -> Result<ClientId, AssertionRefusal> {
    let claims = Compact::split_bounded(assertion)?.decode(Part::Claims)?;
    let claims = Object::read(&claims).map_err(Refusal::ClaimsNotJson)?;
    let subject = Members(&claims).identifier("sub")?;
    Ok(ClientId::from_wire(subject))
}

/// Verifies an assertion: what it returns was signed by one of the keys, for us alone, and holds now.
///
/// # Errors
/// Every variant of `AssertionRefusal`.
pub fn verify(
    assertion: &[u8],
    keys: &ForeignKeys,
    demands: &Demands<'_>,
    now: Timestamp,
) -> Result<Assertion, AssertionRefusal> {
    let compact = Compact::split_bounded(assertion)?;
    let header = compact.decode(Part::Header)?;
    let header = Object::read(&header).map_err(Refusal::HeaderNotJson)?;
    let (kid, algorithm) = judge_header(&header, demands)?;

    let signature = compact.decode(Part::Signature)?;
    let mut candidates = keys.candidates(kid, algorithm).peekable();
    if candidates.peek().is_none() {
        return Err(AssertionRefusal::UnknownKey);
    }
    if !candidates.any(|key| key.signed(compact.signed, &signature)) {
        return Err(AssertionRefusal::Signature);
    }

    let claims = compact.decode(Part::Claims)?;
    let claims = Object::read(&claims).map_err(Refusal::ClaimsNotJson)?;
    judge_claims(&Members(&claims), demands, now)
}

impl Assertion {
    /// Who proved to be there.
    #[must_use]
    pub fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// Its name, which counts once for this client.
    #[must_use]
    pub fn jti(&self) -> &str {
        &self.jti
    }

    /// Until when its name must be remembered: no assertion of this name is taken after that for its age alone.
    #[must_use]
    pub fn remember_until(&self) -> Timestamp {
        self.expires.plus(LEEWAY)
    }

    /// To whom it was addressed.
    #[must_use]
    pub fn addressed(&self) -> Addressed {
        self.addressed
    }
}

fn judge_header<'a>(
    header: &'a Object<'_>,
    demands: &Demands<'_>,
) -> Result<(Option<&'a str>, Algorithm), AssertionRefusal> {
    plain(header)?;
    let text = |name| match header.get(name) {
        None => Ok(None),
        Some(Value::Text(text)) => Ok(Some(&**text)),
        Some(_) => Err(Refusal::HeaderText(name)),
    };
    let known = |kind| TYPES.iter().any(|known| known.eq_ignore_ascii_case(kind));
    if !text("typ")?.is_none_or(known) {
        return Err(AssertionRefusal::Type);
    }
    let named = text("alg")?.ok_or(Refusal::HeaderText("alg"))?;
    let algorithm = named.parse().map_err(|_| AssertionRefusal::Algorithm)?;
    if !demands.algorithms.contains(&algorithm) {
        return Err(AssertionRefusal::Algorithm);
    }
    Ok((text("kid")?, algorithm))
}

fn judge_claims(
    claims: &Members<'_>,
    demands: &Demands<'_>,
    now: Timestamp,
) -> Result<Assertion, AssertionRefusal> {
    for name in ["iss", "sub"] {
        if claims.text(name)? != demands.client_id.as_str() {
            return Err(AssertionRefusal::Client(name));
        }
    }
    let addressed = addressed(&claims.audience()?, demands)?;
    let (expires, soon) = (claims.moment("exp")?, now.plus(LEEWAY));
    if expires.plus(LEEWAY) <= now {
        return Err(AssertionRefusal::Expired(expires));
    }
    if soon.plus(MAX_AHEAD) < expires {
        return Err(AssertionRefusal::TooFarAhead(expires));
    }
    let later = |moment: &Timestamp| soon < *moment;
    if let Some(issued) = claims.if_there("iat", Members::moment)?.filter(later) {
        return Err(AssertionRefusal::IssuedInTheFuture(issued));
    }
    if let Some(from) = claims.if_there("nbf", Members::moment)?.filter(later) {
        return Err(AssertionRefusal::NotYetValid(from));
    }
    Ok(Assertion {
        client_id: demands.client_id.clone(),
        jti: claims.identifier("jti")?,
        expires,
        addressed,
    })
}

/// The audience is the one value, be it a text or alone in a list.
fn addressed(audience: &[String], demands: &Demands<'_>) -> Result<Addressed, AssertionRefusal> {
    match (audience, demands.audience) {
        ([only], _) if only == demands.issuer => Ok(Addressed::Issuer),
        ([only], Audience::IssuerOr(endpoint)) if only == endpoint => Ok(Addressed::TokenEndpoint),
        _ => Err(AssertionRefusal::Audience),
    }
}
