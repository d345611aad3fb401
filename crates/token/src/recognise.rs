//! Recognising: whether a text is a token that a key of ours has signed, at whatever time and whatever became of the key.
//! For those who find one where it should not be. It says nothing about whether anybody would accept it: `verify` does.

use gatewright_domain::decision::TokenFacts;

use crate::{
    claims::ReadClaims,
    compact::Compact,
    header::Header,
    policy::{MAX_HEADER_BYTES, MAX_TOKEN_BYTES},
    refusal::Part,
    ring::VerifierRing,
};

/// What the token says; nothing when no key of the ring has signed it, it is of another issuer, or it is no access token.
#[must_use]
pub fn recognise(token: &[u8], ring: &VerifierRing, issuer: Option<&str>) -> Option<TokenFacts> {
    if token.len() > MAX_TOKEN_BYTES {
        return None;
    }
    let compact = Compact::split(token).ok()?;
    if compact.header.len() > MAX_HEADER_BYTES {
        return None;
    }
    let header = compact.decode(Part::Header).ok()?;
    let header = Header::read(&header).ok()?;
    header.kind().ok()?;
    let (kid, key) = ring.get(header.kid()).ok()?;
    if header.algorithm() != key.public.algorithm().name() {
        return None;
    }
    let signature = compact.decode(Part::Signature).ok()?;
    if !key.public.signed(compact.signed, &signature) {
        return None;
    }
    let claims = ReadClaims::read(&compact.decode(Part::Claims).ok()?).ok()?;
    if issuer.is_some_and(|issuer| issuer != claims.issuer) {
        return None;
    }
    Some(claims.verified(kid.clone()).facts().clone())
}
