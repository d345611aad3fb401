//! Tokens of another issuer that is trusted: its own keys, its own audience, and claims that are mapped afterwards.
//!
//! Invariant: what verifies a token is chosen by how its issuer was registered, never by the token. Public keys cannot be
//! used as a shared secret, nor a secret as a key, because they are different variants of `Signers`.

use std::time::Duration;

use gatewright_domain::{
    key::{Algorithm, Kid},
    outside::TokenKinds,
    time::Timestamp,
};
use serde_json::{Map, Value as Json};

use crate::{
    claims::Members,
    compact::Compact,
    foreign::{ForeignKeys, NoSuchKey},
    header::plain,
    json::{Object, Value},
    refusal::{Part, Refusal},
};

mod explain;
mod name;
mod refusal;
mod secret;
mod trusted;

pub use explain::{Explained, explain};
pub use refusal::{OutsideRefusal, STAGES, Stage};
pub use secret::{NotASharedSecret, SharedSecret};
pub use trusted::NotTrusted;

/// How the tokens of one outside issuer are judged.
#[derive(Debug)]
pub struct Trust {
    /// Who it is, byte for byte as in `iss`.
    pub issuer: String,
    /// What its tokens must be for, byte for byte as in `aud`.
    pub audience: String,
    /// The types of its tokens.
    pub kinds: TokenKinds,
    /// Who signs them.
    pub signers: Signers,
    /// The clock skew that is forgiven.
    pub leeway: Duration,
    /// The longest life of a token.
    pub max_lifetime: Duration,
}

/// Who signs the tokens of an issuer: one kind of signer, never two.
#[derive(Debug)]
pub enum Signers {
    /// The holders of these keys, with these algorithms.
    Keys {
        /// The keys.
        keys: ForeignKeys,
        /// The algorithms that the registration names.
        algorithms: Vec<Algorithm>,
    },
    /// Whoever knows this secret, with HS256.
    Secret(SharedSecret),
}

/// What a token of an outside issuer says that verified. Only `verify` makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside {
    kid: Kid,
    name: String,
    issued: Timestamp,
    expires: Timestamp,
    claims: Map<String, Json>,
}

/// Who a token says it is from, read before anything is proved: to choose who verifies it, and for nothing else.
///
/// # Errors
/// What is wrong with its form.
pub fn claimed_issuer(token: &[u8]) -> Result<String, Refusal> {
    let claims = Compact::split_bounded(token)?.decode(Part::Claims)?;
    let claims = Object::read(&claims).map_err(Refusal::ClaimsNotJson)?;
    Members(&claims).text("iss").map(str::to_owned)
}

/// Verifies a token: what it returns was signed as the registration says, is for the registered audience, and holds now.
///
/// # Errors
/// The refusal of the first stage that does not let it pass.
pub fn verify(token: &[u8], trust: &Trust, now: Timestamp) -> Result<Outside, OutsideRefusal> {
    let compact = Compact::split_bounded(token)?;
    let header = compact.decode(Part::Header)?;
    let header = Object::read(&header).map_err(Refusal::HeaderNotJson)?;
    let header = Header::judge(&header, trust.kinds)?;
    let signature = compact.decode(Part::Signature)?;
    let kid = trust.signers.check(&header, compact.signed, &signature)?;
    let claims = compact.decode(Part::Claims)?;
    let read = Object::read(&claims).map_err(Refusal::ClaimsNotJson)?;
    let times = judge(&Members(&read), trust, now)?;
    // What the strict reader took, the lenient one reads the same way; numbers that it cannot hold are refused.
    let claims: Map<String, Json> =
        serde_json::from_slice(&claims).map_err(|_| OutsideRefusal::Number)?;
    Ok(Outside {
        kid,
        name: name::of(&Members(&read), compact.signed)?,
        issued: times.0,
        expires: times.1,
        claims,
    })
}

/// What matters of a header.
struct Header<'a> {
    algorithm: &'a str,
    kid: Option<&'a str>,
}

impl<'a> Header<'a> {
    fn judge(header: &'a Object<'_>, kinds: TokenKinds) -> Result<Self, OutsideRefusal> {
        plain(header)?;
        let text = |name| match header.get(name) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(&**text)),
            Some(_) => Err(Refusal::HeaderText(name)),
        };
        let kind = text("typ")?;
        if !takes(kinds, kind) {
            return Err(OutsideRefusal::Type);
        }
        Ok(Self {
            algorithm: text("alg")?.ok_or(Refusal::HeaderText("alg"))?,
            kid: text("kid")?,
        })
    }
}

/// Media types are compared without regard to case (RFC 9068 section 4).
fn takes(kinds: TokenKinds, kind: Option<&str>) -> bool {
    let is = |name: &str| kind.is_some_and(|kind| kind.eq_ignore_ascii_case(name));
    let access = is("at+jwt") || is("application/at+jwt");
    match kinds {
        TokenKinds::AccessTokens => access,
        TokenKinds::AnyJwt => access || is("JWT") || kind.is_none(),
    }
}

impl Signers {
    /// The name of the key that signed these bytes.
    fn check(
        &self,
        header: &Header<'_>,
        signed: &[u8],
        signature: &[u8],
    ) -> Result<Kid, OutsideRefusal> {
        match self {
            Self::Keys { keys, algorithms } => {
                let named = header.algorithm.parse::<Algorithm>().ok();
                let algorithm = named.filter(|named| algorithms.contains(named));
                let algorithm = algorithm.ok_or(OutsideRefusal::Algorithm)?;
                let key = keys.one(header.kid, algorithm).map_err(|no| match no {
                    NoSuchKey::None => OutsideRefusal::UnknownKey,
                    NoSuchKey::Several => OutsideRefusal::SeveralKeys,
                })?;
                let good = key.signed(signed, signature);
                let thumbprint = key.thumbprint().parse();
                thumbprint
                    .ok()
                    .filter(|_| good)
                    .ok_or(OutsideRefusal::Signature)
            }
            Self::Secret(secret) => {
                if header.algorithm != SharedSecret::ALGORITHM {
                    return Err(OutsideRefusal::Algorithm);
                }
                let good = secret.signed(signed, signature);
                good.then(|| secret.name().clone())
                    .ok_or(OutsideRefusal::Signature)
            }
        }
    }
}

/// Compares the claims with the registration and the time; gives when the token was issued, and when it ends.
fn judge(
    claims: &Members<'_>,
    trust: &Trust,
    now: Timestamp,
) -> Result<(Timestamp, Timestamp), OutsideRefusal> {
    if claims.text("iss")? != trust.issuer {
        return Err(OutsideRefusal::Issuer);
    }
    if !claims.audience()?.contains(&trust.audience) {
        return Err(OutsideRefusal::Audience);
    }
    // Bound to a key of its sender, which is proved to the gateways only for tokens of our own.
    if claims.0.get("cnf").is_some() {
        return Err(Refusal::SenderConstrained.into());
    }
    let (expires, soon) = (claims.moment("exp")?, now.plus(trust.leeway));
    let issued = claims.if_there("iat", Members::moment)?;
    let later = |moment: &Timestamp| soon < *moment;
    if let Some(issued) = issued.filter(later) {
        return Err(OutsideRefusal::IssuedInTheFuture(issued));
    }
    if let Some(from) = claims.if_there("nbf", Members::moment)?.filter(later) {
        return Err(OutsideRefusal::NotYetValid(from));
    }
    if expires.plus(trust.leeway) <= now {
        return Err(OutsideRefusal::Expired(expires));
    }
    // Without `iat` a token may be as old as its issuer's tokens can be: so it is the first to go when the application's
    // tokens are revoked, and the ceiling is measured from now.
    let earliest = expires.minus(trust.max_lifetime);
    let too_long = match issued {
        Some(issued) => expires <= issued || expires.since(issued) > trust.max_lifetime,
        None => soon < earliest,
    };
    if too_long {
        return Err(OutsideRefusal::Lifetime {
            expires,
            max_s: trust.max_lifetime.as_secs(),
        });
    }
    Ok((issued.unwrap_or(earliest), expires))
}

impl Outside {
    /// The key that signed it: the RFC 7638 thumbprint of a public one, the given name of a secret.
    #[must_use]
    pub fn kid(&self) -> &Kid {
        &self.kid
    }

    /// What it is called within its issuer: its `jti`, or else a hash of what was signed. Never of the signature, of which
    /// there can be several.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When it was issued, or could have been at the earliest.
    #[must_use]
    pub fn issued(&self) -> Timestamp {
        self.issued
    }

    /// When it ends.
    #[must_use]
    pub fn expires(&self) -> Timestamp {
        self.expires
    }

    /// Everything it says, for the rules that map it.
    #[must_use]
    pub fn claims(&self) -> &Map<String, Json> {
        &self.claims
    }
}
