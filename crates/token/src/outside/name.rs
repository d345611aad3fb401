//! What a token without a `jti` is called.

use aws_lc_rs::digest::{SHA256, digest};

use crate::{base64url, claims::Members, refusal::Refusal};

/// Its `jti`, when that is a name as ours are; else a hash of what was signed.
pub(super) fn of(claims: &Members<'_>, signed: &[u8]) -> Result<String, Refusal> {
    let given = claims.if_there("jti", Members::identifier)?;
    Ok(given.unwrap_or_else(|| base64url::encode(digest(&SHA256, signed).as_ref())))
}
