//! The one cipher of this house: AES-256-GCM-SIV (RFC 8452), which forgives a repeated nonce.

use aws_lc_rs::{
    aead::{AES_256_GCM_SIV, Aad, Nonce, RandomizedNonceKey},
    error::Unspecified,
};
use gatewright_domain::secret::Secret;
use zeroize::Zeroizing;

/// The bytes of a key.
pub(crate) const KEY: usize = 32;
/// The bytes of a nonce.
pub(crate) const NONCE: usize = 12;
/// The bytes of a tag.
pub(crate) const TAG: usize = 16;

/// Why nothing comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CipherError {
    /// It was altered, or it is bound to something else.
    Altered,
    /// The system has no randomness to give.
    NotSealed,
}

/// `nonce || ciphertext || tag`; the nonce is drawn inside.
pub(crate) fn encrypt(key: &[u8], bound: &[u8], secret: &[u8]) -> Result<Vec<u8>, CipherError> {
    let failed = |_: Unspecified| CipherError::NotSealed;
    let cipher = RandomizedNonceKey::new(&AES_256_GCM_SIV, key).map_err(failed)?;
    // With room for the tag from the start, so that no copy of the secret is left behind by growing.
    let mut buffer = Zeroizing::new(Vec::with_capacity(secret.len().saturating_add(TAG)));
    buffer.extend_from_slice(secret);
    let nonce = cipher
        .seal_in_place_append_tag(Aad::from(bound), &mut *buffer)
        .map_err(failed)?;
    Ok([nonce.as_ref().as_slice(), &buffer].concat())
}

/// What `encrypt` was given.
pub(crate) fn decrypt(
    key: &[u8],
    bound: &[u8],
    sealed: &[u8],
) -> Result<Secret<Vec<u8>>, CipherError> {
    let altered = |_: Unspecified| CipherError::Altered;
    let cipher = RandomizedNonceKey::new(&AES_256_GCM_SIV, key).map_err(altered)?;
    let parts = sealed.split_at_checked(NONCE);
    let (nonce, body) = parts.ok_or(CipherError::Altered)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(altered)?;
    let mut buffer = Zeroizing::new(body.to_vec());
    let secret = cipher
        .open_in_place(nonce, Aad::from(bound), buffer.as_mut_slice())
        .map_err(altered)?;
    Ok(Secret::new(secret.to_vec()))
}
