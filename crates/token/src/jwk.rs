//! Public keys as JWK (RFC 7517): typed, canonical, and named by their thumbprint (RFC 7638).
//!
//! Invariant: a `PublicJwk` holds no private member, because it has nowhere to put one, and its key is fit to verify with.

use std::{fmt, str::FromStr};

use aws_lc_rs::{
    digest::{SHA256, digest},
    rsa::PublicKeyComponents,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey,
        RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, VerificationAlgorithm,
    },
};
use gatewright_domain::key::{Algorithm, Kid};

use crate::{
    base64url,
    json::{NotStrictJson, Object, Value},
};

/// Members that only a private or symmetric key has (RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The bytes of an RSA modulus we take: 2048 bits (RFC 7518 section 3.3) to 8192, beyond which verifying is a burden.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=1024;

/// A public key that verifies signatures of one algorithm.
#[derive(Clone)]
pub struct PublicJwk {
    kid: Kid,
    algorithm: Algorithm,
    numbers: Numbers,
    parsed: ParsedPublicKey,
}

/// What a public key consists of, big-endian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// A point of the curve that the algorithm says.
    Curve {
        /// The first coordinate, as long as the field.
        x: Vec<u8>,
        /// The second coordinate, as long as the field.
        y: Vec<u8>,
    },
    /// An Ed25519 key.
    Edwards {
        /// The point, 32 bytes.
        x: Vec<u8>,
    },
    /// An RSA key.
    Rsa {
        /// The modulus, 2048 to 8192 bits, without leading zeros.
        n: Vec<u8>,
        /// The exponent, odd and at least 65537, without leading zeros.
        e: Vec<u8>,
    },
}

/// Why a JWK is no public key of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAJwk {
    /// It is not JSON.
    #[error("the key is not JSON")]
    NotJson(#[source] NotStrictJson),
    /// It holds part of a private key.
    #[error("the key holds the private member `{0}`, which must never leave its owner")]
    Private(&'static str),
    /// A member is missing or not a text.
    #[error("the key has no text member `{0}`")]
    Missing(&'static str),
    /// It is for something other than signatures.
    #[error("the key's `use` is not `sig`")]
    NotForSignatures,
    /// Its name cannot name a key.
    #[error("the key's `kid` is not 1 to 64 characters of A-Z, a-z, 0-9, `-` and `_`")]
    Kid,
    /// Its algorithm is not one of ours.
    #[error("the key's `alg` is not one of ES256, ES384, EdDSA, RS256, PS256")]
    Algorithm,
    /// Its type or curve is not that of its algorithm.
    #[error("the key's `kty` or `crv` does not fit its `alg`")]
    Type,
    /// A number that is not written in the one way there is: its full length, no padding, no loose bits.
    #[error("the key's `{0}` is not canonical base64url of the right length")]
    Number(&'static str),
    /// An RSA exponent that is even or below 65537.
    #[error("the key's `e` is even or below 65537")]
    Exponent,
    /// Numbers that make no key: for instance a point beside the curve.
    #[error("the key's numbers make no valid key")]
    Invalid,
}

impl PublicJwk {
    /// The key of these numbers, under its own name: its RFC 7638 thumbprint.
    ///
    /// # Errors
    /// `Type`, `Number`, `Exponent` and `Invalid`.
    pub fn own(algorithm: Algorithm, numbers: Numbers) -> Result<Self, NotAJwk> {
        let parsed = parse(algorithm, &numbers)?;
        let kid = thumbprint(algorithm, &numbers);
        let kid = kid.parse().map_err(|_| NotAJwk::Kid)?;
        Ok(Self {
            kid,
            algorithm,
            numbers,
            parsed,
        })
    }

    /// Its name.
    #[must_use]
    pub fn kid(&self) -> &Kid {
        &self.kid
    }

    /// Its one algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// What it consists of.
    #[must_use]
    pub fn numbers(&self) -> &Numbers {
        &self.numbers
    }

    /// The RFC 7638 SHA-256 thumbprint: 43 characters of base64url. For our own keys it is the `kid`.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        thumbprint(self.algorithm, &self.numbers)
    }

    /// Whether it signed these bytes. The signature is in its JWS form (RFC 7518 section 3): `R || S`, RSA or Ed25519.
    #[must_use]
    pub fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        self.parsed.verify_sig(message, signature).is_ok()
    }

    /// The JWK as JSON, canonical, with `kid`, `use` and `alg`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut members = members(self.algorithm, &self.numbers);
        members.push(("kid", self.kid.to_string()));
        members.push(("use", "sig".to_owned()));
        members.push(("alg", self.algorithm.name().to_owned()));
        object(&members)
    }

    pub(crate) fn of_object(jwk: &Object<'_>) -> Result<Self, NotAJwk> {
        refuse_private(jwk)?;
        if text(jwk, "use")? != "sig" {
            return Err(NotAJwk::NotForSignatures);
        }
        let algorithm = text(jwk, "alg")?.parse().map_err(|_| NotAJwk::Algorithm)?;
        let key = Self::for_algorithm(jwk, algorithm)?;
        let kid = text(jwk, "kid")?.parse().map_err(|_| NotAJwk::Kid)?;
        Ok(Self { kid, ..key })
    }

    /// The key of these members for one algorithm, whatever they say of name, use and algorithm. Its own name is its
    /// thumbprint, since what its owner calls it may be anything.
    pub(crate) fn for_algorithm(jwk: &Object<'_>, algorithm: Algorithm) -> Result<Self, NotAJwk> {
        refuse_private(jwk)?;
        let number = |name| {
            let value = base64url::decode(text(jwk, name)?.as_bytes());
            value.ok_or(NotAJwk::Number(name))
        };
        let (kty, curve) = kind(algorithm);
        if text(jwk, "kty")? != kty || curve.is_some_and(|curve| text(jwk, "crv") != Ok(curve)) {
            return Err(NotAJwk::Type);
        }
        let numbers = match algorithm {
            Algorithm::Es256 | Algorithm::Es384 => Numbers::Curve {
                x: number("x")?,
                y: number("y")?,
            },
            Algorithm::EdDsa => Numbers::Edwards { x: number("x")? },
            Algorithm::Rs256 | Algorithm::Ps256 => Numbers::Rsa {
                n: number("n")?,
                e: number("e")?,
            },
        };
        Self::own(algorithm, numbers)
    }
}

/// Reads one JWK, which must say `kid`, `use` and `alg`. Members we do not know are ignored (RFC 7517 section 4).
impl FromStr for PublicJwk {
    type Err = NotAJwk;

    fn from_str(text: &str) -> Result<Self, NotAJwk> {
        Self::of_object(&Object::read(text.as_bytes()).map_err(NotAJwk::NotJson)?)
    }
}

impl PartialEq for PublicJwk {
    fn eq(&self, other: &Self) -> bool {
        (&self.kid, self.algorithm, &self.numbers) == (&other.kid, other.algorithm, &other.numbers)
    }
}

impl Eq for PublicJwk {}

impl fmt::Debug for PublicJwk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}

/// What shows part of a private key is refused before anything else of it is looked at.
pub(crate) fn refuse_private(jwk: &Object<'_>) -> Result<(), NotAJwk> {
    match PRIVATE.into_iter().find(|name| jwk.get(name).is_some()) {
        Some(private) => Err(NotAJwk::Private(private)),
        None => Ok(()),
    }
}

fn text<'a>(jwk: &'a Object<'_>, name: &'static str) -> Result<&'a str, NotAJwk> {
    let value = jwk.get(name).and_then(Value::as_text);
    value.ok_or(NotAJwk::Missing(name))
}

/// The `kty` and `crv` of an algorithm's keys.
const fn kind(algorithm: Algorithm) -> (&'static str, Option<&'static str>) {
    match algorithm {
        Algorithm::Es256 => ("EC", Some("P-256")),
        Algorithm::Es384 => ("EC", Some("P-384")),
        Algorithm::EdDsa => ("OKP", Some("Ed25519")),
        Algorithm::Rs256 | Algorithm::Ps256 => ("RSA", None),
    }
}

/// The members that make the key, in the order in which RFC 7638 hashes them.
fn members(algorithm: Algorithm, numbers: &Numbers) -> Vec<(&'static str, String)> {
    let (kty, curve) = kind(algorithm);
    let kty = ("kty", kty.to_owned());
    let curve = ("crv", curve.unwrap_or_default().to_owned());
    let number = |name, value: &[u8]| (name, base64url::encode(value));
    match numbers {
        Numbers::Curve { x, y } => vec![curve, kty, number("x", x), number("y", y)],
        Numbers::Edwards { x } => vec![curve, kty, number("x", x)],
        Numbers::Rsa { n, e } => vec![number("e", e), kty, number("n", n)],
    }
}

fn thumbprint(algorithm: Algorithm, numbers: &Numbers) -> String {
    let canonical = object(&members(algorithm, numbers));
    base64url::encode(digest(&SHA256, canonical.as_bytes()).as_ref())
}

/// A JSON object of texts that need no escaping: names, base64url and kids.
fn object(members: &[(&'static str, String)]) -> String {
    let members: Vec<String> = members
        .iter()
        .map(|(name, value)| format!("\"{name}\":\"{value}\""))
        .collect();
    format!("{{{}}}", members.join(","))
}

fn parse(algorithm: Algorithm, numbers: &Numbers) -> Result<ParsedPublicKey, NotAJwk> {
    let of = |algorithm: &'static dyn VerificationAlgorithm, bytes: &[u8]| {
        ParsedPublicKey::new(algorithm, bytes).map_err(|_| NotAJwk::Invalid)
    };
    match (algorithm, numbers) {
        (Algorithm::Es256, Numbers::Curve { x, y }) => {
            of(&ECDSA_P256_SHA256_FIXED, &point(x, y, 32)?)
        }
        (Algorithm::Es384, Numbers::Curve { x, y }) => {
            of(&ECDSA_P384_SHA384_FIXED, &point(x, y, 48)?)
        }
        (Algorithm::EdDsa, Numbers::Edwards { x }) if x.len() == 32 => of(&ED25519, x),
        (Algorithm::EdDsa, Numbers::Edwards { .. }) => Err(NotAJwk::Number("x")),
        (Algorithm::Rs256 | Algorithm::Ps256, Numbers::Rsa { n, e }) => rsa(algorithm, n, e),
        (_, Numbers::Curve { .. } | Numbers::Edwards { .. } | Numbers::Rsa { .. }) => {
            Err(NotAJwk::Type)
        }
    }
}

/// The uncompressed point of SEC 1 section 2.3.3.
fn point(x: &[u8], y: &[u8], field: usize) -> Result<Vec<u8>, NotAJwk> {
    if x.len() != field {
        return Err(NotAJwk::Number("x"));
    }
    if y.len() != field {
        return Err(NotAJwk::Number("y"));
    }
    Ok([&[4], x, y].concat())
}

fn rsa(algorithm: Algorithm, n: &[u8], e: &[u8]) -> Result<ParsedPublicKey, NotAJwk> {
    let minimal = |bytes: &[u8]| bytes.first().is_some_and(|first| *first != 0);
    // A modulus of 256 bytes has 2048 bits only when its highest bit is set.
    let short = n.len() == *MODULUS.start() && n.first().is_some_and(|first| *first < 0x80);
    if !minimal(n) || !MODULUS.contains(&n.len()) || short {
        return Err(NotAJwk::Number("n"));
    }
    if !minimal(e) || e.len() > 8 {
        return Err(NotAJwk::Number("e"));
    }
    let odd = e.last().is_some_and(|last| last & 1 == 1);
    if !odd || e.len() < 3 {
        return Err(NotAJwk::Exponent);
    }
    let parameters = if algorithm == Algorithm::Ps256 {
        &RSA_PSS_2048_8192_SHA256
    } else {
        &RSA_PKCS1_2048_8192_SHA256
    };
    PublicKeyComponents { n, e }
        .to_parsed_public_key(parameters)
        .map_err(|_| NotAJwk::Invalid)
}
