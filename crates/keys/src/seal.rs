//! Sealing: how a secret rests in the database (keys-and-tokens section 2.1). Every record has a data key of its own,
//! and only that one is encrypted under the key-encryption key.
//!
//! Invariant: a record opens only under its own key-encryption key, and only in the place it was sealed for.

use aws_lc_rs::{
    aead::{AES_256_GCM_SIV, Aad, Nonce, RandomizedNonceKey},
    error::Unspecified,
};
use gatewright_domain::{entropy::Entropy, key::Sealed, secret::Secret};
use zeroize::Zeroizing;

use crate::kek::Kek;

/// The bytes of a key of AES-256-GCM-SIV (RFC 8452), which forgives a repeated nonce.
pub(crate) const KEY: usize = 32;
const NONCE: usize = 12;
const TAG: usize = 16;

/// How a record begins: its format, and the cipher of both its parts.
const HEAD: [u8; 2] = [1, 1];
const WRAPPED: usize = NONCE + KEY + TAG;

/// Where a secret lives. All of it is authenticated with the secret, so that whoever can write to the database can move
/// no record to another row and bring no older one back.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The installation it belongs to.
    pub installation: &'a str,
    /// The table.
    pub table: &'a str,
    /// The row's key.
    pub row: &'a str,
    /// What the secret is for.
    pub purpose: &'a str,
    /// The public name of the key, where the secret is one.
    pub kid: &'a str,
    /// The algorithm it is used with.
    pub algorithm: &'a str,
    /// Which secret of this row it is: raised whenever the row gets a new one.
    pub version: u32,
}

/// Why a secret is not sealed or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It was sealed under another key-encryption key. None is tried in its stead.
    #[error("it is sealed under {needed}, and the key-encryption key given is {given}")]
    OtherKek {
        /// The one it needs.
        needed: String,
        /// The one there is.
        given: String,
    },
    /// It is no record of a format this program knows.
    #[error("it is no sealed record of a known format")]
    NotARecord,
    /// It does not open in this place: it was altered, or it belongs elsewhere.
    #[error("the sealed record was altered, or it belongs to another row")]
    Altered,
    /// The cipher failed.
    #[error("the secret could not be sealed")]
    NotSealed,
}

impl Kek {
    /// Seals a secret for one place, under a data key drawn for it alone.
    ///
    /// # Errors
    /// `NotSealed` when the system has no randomness to give.
    pub fn seal(
        &self,
        place: &Place<'_>,
        secret: &Secret<Vec<u8>>,
        entropy: &dyn Entropy,
    ) -> Result<Sealed, SealError> {
        let mut data_key = Zeroizing::new([0; KEY]);
        entropy.fill(data_key.as_mut_slice());
        let wrapping = place.bound_to("gatewright/data-key/v1", self.id());
        let wrapped = self.lend(|key| encrypt(key, &wrapping, data_key.as_slice()))?;
        let holding = place.bound_to("gatewright/secret/v1", self.id());
        let held = secret.lend(|secret| encrypt(data_key.as_slice(), &holding, secret))?;
        Ok(Sealed {
            kek: self.id().to_owned(),
            record: [HEAD.as_slice(), &wrapped, &held].concat(),
        })
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// Every variant of `SealError` but `NotSealed`.
    pub fn open(&self, place: &Place<'_>, sealed: &Sealed) -> Result<Secret<Vec<u8>>, SealError> {
        if sealed.kek != self.id() {
            let (needed, given) = (sealed.kek.clone(), self.id().to_owned());
            return Err(SealError::OtherKek { needed, given });
        }
        let body = sealed.record.strip_prefix(&HEAD);
        let parts = body.and_then(|body| body.split_at_checked(WRAPPED));
        let (wrapped, held) = parts.ok_or(SealError::NotARecord)?;
        let wrapping = place.bound_to("gatewright/data-key/v1", self.id());
        let data_key = self.lend(|key| decrypt(key, &wrapping, wrapped))?;
        let holding = place.bound_to("gatewright/secret/v1", self.id());
        data_key.lend(|data_key| decrypt(data_key, &holding, held))
    }
}

impl Place<'_> {
    /// The associated data: every part with its length before it, so that no two places read alike.
    fn bound_to(&self, what: &str, kek: &str) -> Vec<u8> {
        let version = self.version.to_string();
        let parts = [
            what,
            kek,
            self.installation,
            self.table,
            self.row,
            self.purpose,
            self.kid,
            self.algorithm,
            &version,
        ];
        let with_length = |part: &str| {
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            [length.to_be_bytes().as_slice(), part.as_bytes()].concat()
        };
        parts.into_iter().flat_map(with_length).collect()
    }
}

/// `nonce || ciphertext || tag`; the nonce is drawn inside.
fn encrypt(key: &[u8], bound: &[u8], secret: &[u8]) -> Result<Vec<u8>, SealError> {
    let failed = |_: Unspecified| SealError::NotSealed;
    let cipher = RandomizedNonceKey::new(&AES_256_GCM_SIV, key).map_err(failed)?;
    // With room for the tag from the start, so that no copy of the secret is left behind by growing.
    let mut buffer = Zeroizing::new(Vec::with_capacity(secret.len().saturating_add(TAG)));
    buffer.extend_from_slice(secret);
    let nonce = cipher
        .seal_in_place_append_tag(Aad::from(bound), &mut *buffer)
        .map_err(failed)?;
    Ok([nonce.as_ref().as_slice(), &buffer].concat())
}

fn decrypt(key: &[u8], bound: &[u8], sealed: &[u8]) -> Result<Secret<Vec<u8>>, SealError> {
    let altered = |_: Unspecified| SealError::Altered;
    let cipher = RandomizedNonceKey::new(&AES_256_GCM_SIV, key).map_err(altered)?;
    let parts = sealed.split_at_checked(NONCE);
    let (nonce, body) = parts.ok_or(SealError::NotARecord)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(altered)?;
    let mut buffer = Zeroizing::new(body.to_vec());
    let secret = cipher
        .open_in_place(nonce, Aad::from(bound), buffer.as_mut_slice())
        .map_err(altered)?;
    Ok(Secret::new(secret.to_vec()))
}
