//! DPoP proofs (RFC 9449): whoever sends a request proves that he holds the key to which a token is bound.
//!
//! How to call it: make a `Target` of the URL under which the request arrived, and `verify` the one `DPoP` header. What
//! comes back counts once: the caller remembers `Proof::replay_name` until `Proof::remember_until`, in the same breath in
//! which it looks whether it knows it already; and compares `Proof::thumbprint` with the binding of the token, or
//! binds a new token to it. A refusal's `error` is the OAuth error to answer with.

mod target;

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use gatewright_domain::{binding::Thumbprint, key::Algorithm, time::Timestamp};

pub use target::{NotATarget, Target};

use crate::{
    base64url,
    claims::Members,
    compact::Compact,
    foreign::for_signatures,
    json::{Object, Value},
    jwk::{NotAJwk, PublicJwk},
    refusal::{Part, Refusal},
};

/// The largest proof: room for an RSA key of 8192 bits and its signature. It is checked before anything is decoded,
/// because anybody may send one.
pub const MAX_PROOF_BYTES: usize = 4096;

/// How far the time of a proof may be from ours, in both directions. Within it every proof is remembered, so it bounds
/// the memory; and it is how long a stolen proof could be used at a server that forgot it.
pub const WINDOW: Duration = Duration::from_secs(60);

/// The algorithms of proofs: those of tokens, all of them asymmetric.
pub const ALGORITHMS: [Algorithm; 5] = [
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::EdDsa,
    Algorithm::Rs256,
    Algorithm::Ps256,
];

/// Members that bring a key from elsewhere or change how the rest is read (RFC 8725).
const FORBIDDEN: [&str; 8] = ["crit", "jku", "x5u", "x5c", "b64", "zip", "enc", "cty"];

/// The types a proof may have; media types are compared without regard to case.
const TYPES: [&str; 2] = ["dpop+jwt", "application/dpop+jwt"];

/// What a proof must say to be taken.
#[derive(Clone, Copy, Debug)]
pub struct Demands<'a> {
    /// The method of the request, byte for byte.
    pub method: &'a str,
    /// Where the request went.
    pub target: &'a Target,
    /// The access token that came with it, where one came.
    pub access_token: Option<&'a str>,
    /// How the proof shows that it is new.
    pub freshness: Freshness<'a>,
}

/// How a proof shows that it was made for this request.
#[derive(Clone, Copy, Debug)]
pub enum Freshness<'a> {
    /// By its time, within `WINDOW` of ours.
    Clock,
    /// By one of these nonces of ours, whatever the sender's clock says (RFC 9449 section 8).
    Nonce(&'a [&'a str]),
    /// By a nonce where it carries one, and by its time where it does not.
    NonceOrClock(&'a [&'a str]),
}

/// A proof that holds. Only `verify` makes one; it counts once, which the caller makes sure of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    thumbprint: Thumbprint,
    jti: String,
    issued: Timestamp,
    newness: Newness,
}

/// What showed that a proof was new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newness {
    /// Its time.
    Time,
    /// A nonce of ours.
    Nonce,
}

/// Why a proof is refused. `Display` is for operators and holds no text of the proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofRefusal {
    /// It is not formed as a proof is.
    #[error(transparent)]
    Form(#[from] Refusal),
    /// It is a JWT for another purpose.
    #[error("the type is not dpop+jwt")]
    Type,
    /// Its algorithm is none, symmetric, or unknown.
    #[error("the algorithm is not one of ES256, ES384, EdDSA, RS256, PS256")]
    Algorithm,
    /// It brings no key that could be taken.
    #[error("the key in the header cannot be taken: {0}")]
    Key(NotAJwk),
    /// Its own key has not signed it.
    #[error("the signature does not match")]
    Signature,
    /// It was made for another method.
    #[error("`htm` is not the method of the request")]
    Method,
    /// It was made for another address, or names one with a query or fragment.
    #[error("`htu` is not the address of the request")]
    Target,
    /// It was made too long ago, or later than now.
    #[error("`iat` is {0}, more than a minute from now")]
    Time(Timestamp),
    /// It carries none of our nonces, and must.
    #[error("it carries no nonce of ours that is still taken")]
    Nonce,
    /// It was made for another access token, or for none.
    #[error("`ath` is not the hash of the access token")]
    AccessToken,
}

/// Verifies a proof: what it returns was signed for this request by the key whose thumbprint it gives.
///
/// # Errors
/// Every variant of `ProofRefusal`.
pub fn verify(proof: &[u8], demands: &Demands<'_>, now: Timestamp) -> Result<Proof, ProofRefusal> {
    let (length, max) = (proof.len(), MAX_PROOF_BYTES);
    if length > max {
        return Err(Refusal::TooLarge { length, max }.into());
    }
    let compact = Compact::split(proof)?;
    let header = compact.decode(Part::Header)?;
    let header = Object::read(&header).map_err(Refusal::HeaderNotJson)?;
    let key = key(&header)?;

    let signature = compact.decode(Part::Signature)?;
    if !key.signed(compact.signed, &signature) {
        return Err(ProofRefusal::Signature);
    }

    let claims = compact.decode(Part::Claims)?;
    let claims = Object::read(&claims).map_err(Refusal::ClaimsNotJson)?;
    let (jti, issued, newness) = judge(&Members(&claims), demands, now)?;
    let thumbprint = key.thumbprint().parse();
    Ok(Proof {
        thumbprint: thumbprint.map_err(|_| ProofRefusal::Key(NotAJwk::Invalid))?,
        jti,
        issued,
        newness,
    })
}

impl Proof {
    /// The RFC 7638 thumbprint of the key that made it.
    #[must_use]
    pub fn thumbprint(&self) -> &Thumbprint {
        &self.thumbprint
    }

    /// Its own name, as its maker drew it.
    #[must_use]
    pub fn jti(&self) -> &str {
        &self.jti
    }

    /// When it says it was made.
    #[must_use]
    pub fn issued(&self) -> Timestamp {
        self.issued
    }

    /// What showed that it is new.
    #[must_use]
    pub fn newness(&self) -> Newness {
        self.newness
    }

    /// The name under which to remember it: 32 bytes of its key's thumbprint and its `jti`, so that no sender can use up
    /// a name of another's, and that a long `jti` takes no more room than a short one.
    #[must_use]
    pub fn replay_name(&self) -> [u8; 32] {
        let name = format!("{}.{}", self.thumbprint, self.jti);
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, name.as_bytes()).as_ref());
        bytes
    }

    /// Until when its name must be remembered, where time alone makes it fresh: after that it is too old to be taken.
    /// Where a nonce does, remember it for as long as the nonce is taken.
    #[must_use]
    pub fn remember_until(&self) -> Timestamp {
        self.issued.plus(WINDOW)
    }
}

impl ProofRefusal {
    /// The OAuth error (RFC 9449 sections 5, 7.1 and 8).
    #[must_use]
    pub const fn error(&self) -> &'static str {
        match self {
            Self::Nonce => "use_dpop_nonce",
            Self::Form(_)
            | Self::Type
            | Self::Algorithm
            | Self::Key(_)
            | Self::Signature
            | Self::Method
            | Self::Target
            | Self::Time(_)
            | Self::AccessToken => "invalid_dpop_proof",
        }
    }
}

/// The `ath` of an access token: base64url of its SHA-256 (RFC 9449 section 4.2).
#[must_use]
pub fn access_token_hash(access_token: &str) -> String {
    base64url::encode(digest(&SHA256, access_token.as_bytes()).as_ref())
}

/// The key that the header brings, fit for the algorithm that the header names.
fn key(header: &Object<'_>) -> Result<PublicJwk, ProofRefusal> {
    if let Some(name) = FORBIDDEN
        .into_iter()
        .find(|name| header.get(name).is_some())
    {
        return Err(Refusal::HeaderMember(name).into());
    }
    let text = |name| {
        let value = header.get(name).and_then(Value::as_text);
        value.ok_or(Refusal::HeaderText(name))
    };
    let kind = text("typ")?;
    if !TYPES.iter().any(|known| known.eq_ignore_ascii_case(kind)) {
        return Err(ProofRefusal::Type);
    }
    let named = text("alg")?;
    let algorithm = named.parse().map_err(|_| ProofRefusal::Algorithm)?;
    let Some(Value::Object(jwk)) = header.get("jwk") else {
        return Err(ProofRefusal::Key(NotAJwk::Missing("jwk")));
    };
    let key = PublicJwk::for_algorithm(jwk, algorithm).map_err(ProofRefusal::Key)?;
    let alg = jwk.get("alg").map(Value::as_text);
    if alg.is_some_and(|own| own != Some(named)) {
        return Err(ProofRefusal::Key(NotAJwk::Algorithm));
    }
    if for_signatures(jwk) {
        Ok(key)
    } else {
        Err(ProofRefusal::Key(NotAJwk::NotForSignatures))
    }
}

fn judge(
    claims: &Members<'_>,
    demands: &Demands<'_>,
    now: Timestamp,
) -> Result<(String, Timestamp, Newness), ProofRefusal> {
    let (jti, issued) = (claims.identifier("jti")?, claims.moment("iat")?);
    if claims.text("htm")? != demands.method {
        return Err(ProofRefusal::Method);
    }
    // Both are compared in the one form an address has; one that has no such form is none of ours.
    let target: Result<Target, NotATarget> = claims.text("htu")?.parse();
    if target.as_ref() != Ok(demands.target) {
        return Err(ProofRefusal::Target);
    }
    let nonce = claims.if_there("nonce", Members::text)?;
    let by_nonce = match (demands.freshness, nonce) {
        (Freshness::Nonce(ours), nonce) => Some((ours, nonce)),
        (Freshness::NonceOrClock(ours), Some(nonce)) => Some((ours, Some(nonce))),
        (Freshness::NonceOrClock(_), None) | (Freshness::Clock, _) => None,
    };
    match by_nonce {
        Some((ours, nonce)) if !nonce.is_some_and(|nonce| ours.contains(&nonce)) => {
            return Err(ProofRefusal::Nonce);
        }
        None if now.plus(WINDOW) < issued || issued.plus(WINDOW) < now => {
            return Err(ProofRefusal::Time(issued));
        }
        Some(_) | None => {}
    }
    let hash = claims.if_there("ath", Members::text)?;
    if let Some(token) = demands.access_token
        && hash != Some(access_token_hash(token).as_str())
    {
        return Err(ProofRefusal::AccessToken);
    }
    let newness = match by_nonce {
        Some(_) => Newness::Nonce,
        None => Newness::Time,
    };
    Ok((jti, issued, newness))
}
