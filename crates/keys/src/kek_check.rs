//! The check value: what tells at the start, before anything is opened or made, that the right key-encryption key was
//! given.

use gatewright_domain::{key::Sealed, secret::Secret};
use gatewright_store::StoreError;

use crate::{
    Keys,
    kek::KekError,
    seal::{KEY, Place},
};

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
        let id = self.kek.id();
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
            None if rows == 0 => self.leave_check().await?,
            None => {
                let kek = id.to_owned();
                return Err(KekError::Unchecked { rows, kek });
            }
        };
        let installation = self.installation().await?;
        let kek = id.to_owned();
        let check = Sealed {
            kek: kek.clone(),
            record,
        };
        let opened = self.kek.open(&place(&installation, &kek), &check);
        opened.map_err(|_| KekError::Mismatch { rows, kek })?;
        Ok(())
    }

    /// Leaves a check value, and reads back what counts: the one of whichever server was faster.
    async fn leave_check(&self) -> Result<Vec<u8>, KekError> {
        let id = self.kek.id();
        let installation = self.installation().await?;
        let zeros = Secret::new(vec![0; KEY]);
        let place = place(&installation, id);
        let check = self.kek.seal(&place, &zeros, &*self.entropy);
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
