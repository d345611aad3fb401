//! The check values: what tells at the start, before anything is opened or made, that the right key-encryption keys were
//! given; and following the one that seals.

use std::{collections::BTreeMap, fmt};

use gatewright_custody::{Followed, Kek, Place, SealError};
use gatewright_domain::{
    kek::{KekState, KeyEncryptionKey},
    key::Sealed,
    secret::Secret,
};
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
    /// The one that seals is not given.
    #[error(
        "the active key-encryption key is {active}, and given is {given}; \
         add its source to the setting `kek_others` (no new key is made in its place)"
    )]
    ActiveMissing {
        /// The one that seals.
        active: String,
        /// Those there are.
        given: String,
    },
    /// Secrets rest under one that is retired.
    #[error("{rows} sealed under {kek}, which is retired; restore the database as it was before", rows = Rows(*rows))]
    Retired {
        /// How many secrets there are under it.
        rows: u64,
        /// The key-encryption key.
        kek: String,
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
    /// Looks whether the key-encryption keys open what is sealed, and follows the one that seals. On a database without
    /// secrets it leaves a check value and begins with the key of the setting `kek`; otherwise it changes nothing.
    ///
    /// # Errors
    /// `Other`, `ActiveMissing`, `Retired`, `Mismatch` and `Unchecked`, each with what would stay shut; `Holder`; `Store`.
    pub async fn check_kek(&self) -> Result<(), KekError> {
        let under = self.store.sealed_under().await?;
        let registered = self.store.reader().keks().await?;
        self.follow_retired(&registered, &under)?;
        for (needed, &rows) in &under {
            if self.kek.get(needed).is_none() {
                return Err(self.other(rows, needed));
            }
        }
        let active = self.active_of(&registered, &under).await?;
        for kek in self.kek.iter() {
            let rows = under.get(kek.id()).copied().unwrap_or(0);
            // One that nothing rests under and that does not seal may be away, or have no check value yet.
            if rows > 0 || kek.id() == active {
                self.check(kek, &registered, rows).await?;
            }
        }
        if under.is_empty() {
            self.store.begin_with_kek(&active, self.clock.now()).await?;
        }
        match self.kek.follow(&active) {
            Followed::Now => Ok(()),
            Followed::Unknown => Err(self.missing(active)),
        }
    }

    /// What is retired opens nothing here any more, whoever still gives it.
    fn follow_retired(
        &self,
        registered: &[KeyEncryptionKey],
        under: &BTreeMap<String, u64>,
    ) -> Result<(), KekError> {
        for kek in registered {
            if !matches!(kek.state, KekState::Retired { .. }) {
                continue;
            }
            self.kek.retire(kek.id.as_str());
            if let Some(&rows) = under.get(kek.id.as_str()) {
                let kek = kek.id.to_string();
                return Err(KekError::Retired { rows, kek });
            }
        }
        Ok(())
    }

    /// The one that seals: the one the database names, or where nothing is sealed yet the one of the setting `kek`.
    async fn active_of(
        &self,
        registered: &[KeyEncryptionKey],
        under: &BTreeMap<String, u64>,
    ) -> Result<String, KekError> {
        let is_active = |kek: &&KeyEncryptionKey| matches!(kek.state, KekState::Active { .. });
        let active = registered.iter().find(is_active);
        let first = self.kek.first().id();
        match active {
            Some(active) if self.kek.get(active.id.as_str()).is_some() => Ok(active.id.to_string()),
            Some(active) if !under.is_empty() => Err(self.missing(active.id.to_string())),
            Some(_) | None => {
                let retired = |kek: &KeyEncryptionKey| {
                    kek.id.as_str() == first && matches!(kek.state, KekState::Retired { .. })
                };
                if registered.iter().any(retired) {
                    let (rows, kek) = (0, first.to_owned());
                    return Err(KekError::Retired { rows, kek });
                }
                Ok(first.to_owned())
            }
        }
    }

    fn other(&self, rows: u64, needed: &str) -> KekError {
        KekError::Other {
            rows,
            needed: needed.to_owned(),
            given: self.kek.names(),
        }
    }

    fn missing(&self, active: String) -> KekError {
        KekError::ActiveMissing {
            active,
            given: self.kek.names(),
        }
    }

    /// Whether a key opens its check value. Where nothing rests under it and there is none, one is left.
    async fn check(
        &self,
        kek: &Kek,
        registered: &[KeyEncryptionKey],
        rows: u64,
    ) -> Result<(), KekError> {
        let id = kek.id();
        let known = registered.iter().find(|one| one.id.as_str() == id);
        let record = match known {
            Some(known) => known.check.clone(),
            None if rows == 0 => self.leave_check(kek).await?,
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
        let check = self.check_value(kek).await?;
        let (now, source) = (self.clock.now(), kek.source());
        self.store
            .keep_kek_check(id, source, check.clone(), now)
            .await?;
        Ok(self.store.kek_check(id).await?.unwrap_or(check))
    }

    /// A sealed constant, which only this key opens, and only in this installation.
    pub(crate) async fn check_value(&self, kek: &Kek) -> Result<Vec<u8>, KekError> {
        let installation = self.installation().await?;
        let zeros = Secret::new(vec![0; ZEROS]);
        let place = place(&installation, kek.id());
        let check = kek.seal(&place, &zeros, &*self.entropy).await;
        Ok(check.map_err(KekError::Seal)?.record)
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
