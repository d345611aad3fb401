//! The check value: what tells at the start, before anything is opened or made, that the right key-encryption key was
//! given.

use std::fmt;

use gatewright_custody::{Kek, Place, SealError};
use gatewright_domain::{key::Sealed, secret::Secret};
use gatewright_store::StoreError;

use crate::Keys;

/// Why the key-encryption keys given are not those of the database. Nothing has been changed.
#[derive(Debug, thiserror::Error)]
pub enum KekError {
    /// The database holds secrets that need another key-encryption key.
    #[error(
        "{rows} sealed in the database under {needed}, but the key-encryption key given is {given}; \
         give the one they were sealed under (no new key is made in its place)",
        rows = Rows(*rows)
    )]
    Other {
        /// How many secrets there are under it.
        rows: u64,
        /// The one they need.
        needed: String,
        /// Those there are.
        given: String,
    },
    /// The check value does not open, though it claims to be of this key-encryption key.
    #[error(
        "the check value of {kek} does not open, and {rows} sealed under it; \
         the database was altered or belongs to another installation",
        rows = Rows(*rows)
    )]
    Mismatch {
        /// How many secrets there are under it.
        rows: u64,
        /// The key-encryption key.
        kek: String,
    },
    /// There is no check value, though there are secrets.
    #[error("the check value of {kek} is missing, and {rows} sealed under it", rows = Rows(*rows))]
    Unchecked {
        /// How many secrets there are under it.
        rows: u64,
        /// The key-encryption key.
        kek: String,
    },
    /// The check value could not be made.
    #[error("could not make a check value")]
    Seal(#[source] SealError),
    /// Who holds the key-encryption key does not use it now.
    #[error("the key-encryption key could not be checked")]
    Holder(#[source] SealError),
    /// The store failed.
    #[error("could not look at the sealed secrets")]
    Store(#[source] StoreError),
}

struct Rows(u64);

impl fmt::Display for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("1 secret is"),
            rows => write!(f, "{rows} secrets are"),
        }
    }
}

/// What the check value holds: 32 bytes of nothing.
const ZEROS: usize = 32;

impl From<StoreError> for KekError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Keys {
    /// Looks whether the key-encryption key opens what is sealed. On a database without secrets it leaves a check
    /// value; otherwise it changes nothing.
    ///
    /// # Errors
    /// `Other`, `Mismatch` and `Unchecked`, each with the number of secrets that would stay shut; `Store`.
    pub async fn check_kek(&self) -> Result<(), KekError> {
        let kek = self.kek.active();
        let id = kek.id();
        let mut rows = 0;
        for (needed, count) in self.store.sealed_under().await? {
            if needed != id {
                let given = id.to_owned();
                let rows = count;
                return Err(KekError::Other {
                    rows,
                    needed,
                    given,
                });
            }
            rows = count;
        }
        let record = match self.store.kek_check(id).await? {
            Some(record) => record,
            None if rows == 0 => self.leave_check(&kek).await?,
            None => {
                let kek = id.to_owned();
                return Err(KekError::Unchecked { rows, kek });
            }
        };
        let installation = self.installation().await?;
        let check = Sealed {
            kek: id.to_owned(),
            record,
        };
        match kek.open(&place(&installation, id), &check).await {
            Ok(_) => Ok(()),
            Err(away @ SealError::Holder { .. }) => Err(KekError::Holder(away)),
            Err(_) => Err(KekError::Mismatch {
                rows,
                kek: id.to_owned(),
            }),
        }
    }

    /// Leaves a check value, and reads back what counts: the one of whichever server was faster.
    async fn leave_check(&self, kek: &Kek) -> Result<Vec<u8>, KekError> {
        let id = kek.id();
        let installation = self.installation().await?;
        let zeros = Secret::new(vec![0; ZEROS]);
        let place = place(&installation, id);
        let check = kek.seal(&place, &zeros, &*self.entropy).await;
        let check = check.map_err(KekError::Seal)?;
        let now = self.clock.now();
        self.store
            .keep_kek_check(id, check.record.clone(), now)
            .await?;
        Ok(self.store.kek_check(id).await?.unwrap_or(check.record))
    }

    /// What binds sealed records to this installation. Not its address, which may change.
    pub(crate) async fn installation(&self) -> Result<String, StoreError> {
        Ok(self.store.reader().installation().await?.id.to_string())
    }
}

fn place<'a>(installation: &'a str, kek: &'a str) -> Place<'a> {
    Place {
        installation,
        table: "kek_checks",
        row: kek,
        purpose: "check",
        kid: "",
        algorithm: "",
        version: 1,
    }
}
