//! Sealing: how a secret rests in the database (keys-and-tokens section 2.1). Every record has a data key of its own,
//! and only that one is wrapped by the key-encryption key.
//!
//! Invariant: a record opens only under its own key-encryption key, and only in the place it was sealed for.

use gatewright_domain::{entropy::Entropy, kek::Rewrap, key::Sealed, secret::Secret};

use crate::{
    cipher::{CipherError, KEY, NONCE, TAG, decrypt, encrypt},
    error::HolderError,
    kek::{DataKey, Kek},
    keks::Keks,
};

/// How a record begins: its format, and the cipher of the secret (1: AES-256-GCM-SIV).
///
/// Format 2 is `head || length of the wrapped data key, two bytes || wrapped data key || nonce || ciphertext || tag`. What
/// holds the secret does not name the key-encryption key, so that a data key can be wrapped anew without it.
const HEAD: [u8; 2] = [2, 1];

/// Format 1, which is still read: a wrapped data key of fixed length, and the secret bound to its key-encryption key too.
const OLD_HEAD: [u8; 2] = [1, 1];
const OLD_WRAPPED: usize = NONCE + KEY + TAG;

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
        /// Those there are.
        given: String,
    },
    /// Its key-encryption key is retired: what rests under it opens no more, even where the key is still given.
    #[error("it is sealed under {kek}, which is retired")]
    Retired {
        /// Which one.
        kek: String,
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
    /// Who holds the key-encryption key does not use it.
    #[error("the key-encryption key {kek} could not be used")]
    Holder {
        /// Which one.
        kek: String,
        /// Why.
        #[source]
        cause: HolderError,
    },
}

impl Keks {
    /// Seals a secret for one place under the active key, with a data key drawn for it alone.
    ///
    /// # Errors
    /// `NotSealed` when the system has no randomness to give; `Holder`.
    pub async fn seal(
        &self,
        place: &Place<'_>,
        secret: &Secret<Vec<u8>>,
        entropy: &dyn Entropy,
    ) -> Result<Sealed, SealError> {
        self.active().seal(place, secret, entropy).await
    }

    /// Opens what was sealed for this place, with the key it names.
    ///
    /// # Errors
    /// Every variant of `SealError` but `NotSealed`.
    pub async fn open(
        &self,
        place: &Place<'_>,
        sealed: &Sealed,
    ) -> Result<Secret<Vec<u8>>, SealError> {
        self.needed(sealed)?.open(place, sealed).await
    }

    /// The same secret under the active key. The data key is wrapped anew and the secret is not touched, unless the
    /// record is of the old format, or a fresh data key is asked for.
    ///
    /// # Errors
    /// Those of `seal` and `open`.
    pub async fn rewrap(
        &self,
        place: &Place<'_>,
        sealed: &Sealed,
        how: Rewrap,
        entropy: &dyn Entropy,
    ) -> Result<Sealed, SealError> {
        let (from, to) = (self.needed(sealed)?, self.active());
        let record = Record::read(&sealed.record)?;
        if how == Rewrap::FreshDataKeys || record.format == Format::Old {
            let secret = from.open(place, sealed).await?;
            return to.seal(place, &secret, entropy).await;
        }
        let data_key = from
            .unwrap(record.wrapped, &place.wrapping(from.id()))
            .await;
        let data_key = data_key.map_err(|cause| from.failed(cause))?;
        // What cannot be opened is not carried over as if it could.
        let holding = place.holding(Format::New, to.id());
        decrypt(data_key.as_slice(), &holding, record.held)?;
        let wrapped = to.wrap(&data_key, &place.wrapping(to.id())).await;
        let wrapped = wrapped.map_err(|cause| to.failed(cause))?;
        written(to.id(), &wrapped, record.held)
    }

    fn needed(&self, sealed: &Sealed) -> Result<&Kek, SealError> {
        if self.is_retired(&sealed.kek) {
            let kek = sealed.kek.clone();
            return Err(SealError::Retired { kek });
        }
        let found = self.get(&sealed.kek);
        found.map(AsRef::as_ref).ok_or_else(|| SealError::OtherKek {
            needed: sealed.kek.clone(),
            given: self.names(),
        })
    }
}

impl Kek {
    /// Seals a secret for one place, under a data key drawn for it alone.
    ///
    /// # Errors
    /// As `Keks::seal`.
    pub async fn seal(
        &self,
        place: &Place<'_>,
        secret: &Secret<Vec<u8>>,
        entropy: &dyn Entropy,
    ) -> Result<Sealed, SealError> {
        let mut data_key = DataKey::new([0; KEY]);
        entropy.fill(data_key.as_mut_slice());
        let wrapped = self.wrap(&data_key, &place.wrapping(self.id())).await;
        let wrapped = wrapped.map_err(|cause| self.failed(cause))?;
        let holding = place.holding(Format::New, self.id());
        let held = secret.lend(|secret| encrypt(data_key.as_slice(), &holding, secret))?;
        written(self.id(), &wrapped, &held)
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// As `Keks::open`.
    pub async fn open(
        &self,
        place: &Place<'_>,
        sealed: &Sealed,
    ) -> Result<Secret<Vec<u8>>, SealError> {
        if sealed.kek != self.id() {
            let (needed, given) = (sealed.kek.clone(), self.id().to_owned());
            return Err(SealError::OtherKek { needed, given });
        }
        let record = Record::read(&sealed.record)?;
        let data_key = self
            .unwrap(record.wrapped, &place.wrapping(self.id()))
            .await;
        let data_key = data_key.map_err(|cause| self.failed(cause))?;
        let holding = place.holding(record.format, self.id());
        Ok(decrypt(data_key.as_slice(), &holding, record.held)?)
    }

    fn failed(&self, cause: HolderError) -> SealError {
        match cause {
            HolderError::Altered => SealError::Altered,
            HolderError::Away { .. } | HolderError::Refused { .. } => SealError::Holder {
                kek: self.id().to_owned(),
                cause,
            },
        }
    }
}

impl From<CipherError> for SealError {
    fn from(error: CipherError) -> Self {
        match error {
            CipherError::Altered => Self::Altered,
            CipherError::NotSealed => Self::NotSealed,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Old,
    New,
}

/// A record's parts.
struct Record<'a> {
    format: Format,
    wrapped: &'a [u8],
    held: &'a [u8],
}

impl<'a> Record<'a> {
    fn read(record: &'a [u8]) -> Result<Self, SealError> {
        let parts = match record.strip_prefix(&OLD_HEAD) {
            Some(body) => (Format::Old, body.split_at_checked(OLD_WRAPPED)),
            None => (Format::New, record.strip_prefix(&HEAD).and_then(cut)),
        };
        match parts {
            (format, Some((wrapped, held))) => Ok(Self {
                format,
                wrapped,
                held,
            }),
            (Format::Old | Format::New, None) => Err(SealError::NotARecord),
        }
    }
}

/// The wrapped data key, and what comes after it.
fn cut(body: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = body.split_first_chunk::<2>()?;
    rest.split_at_checked(u16::from_be_bytes(*length).into())
}

fn written(kek: &str, wrapped: &[u8], held: &[u8]) -> Result<Sealed, SealError> {
    let length = u16::try_from(wrapped.len()).map_err(|_| SealError::NotSealed)?;
    Ok(Sealed {
        kek: kek.to_owned(),
        record: [HEAD.as_slice(), &length.to_be_bytes(), wrapped, held].concat(),
    })
}

impl Place<'_> {
    /// What the wrapped data key is bound to.
    fn wrapping(&self, kek: &str) -> Vec<u8> {
        self.bound_to("gatewright/data-key/v1", kek)
    }

    /// What the encrypted secret is bound to.
    fn holding(&self, format: Format, kek: &str) -> Vec<u8> {
        match format {
            Format::Old => self.bound_to("gatewright/secret/v1", kek),
            Format::New => self.bound_to("gatewright/secret/v2", ""),
        }
    }

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
