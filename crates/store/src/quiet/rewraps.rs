//! The same secrets under another key-encryption key. That the key changed is an event; that each of a thousand rows follows
//! is not, because nothing that anybody can see changes by it.

use gatewright_domain::{
    id::KeyId,
    key::{Kid, RingName, Sealed},
    revision::Revision,
};
use sea_orm::{
    Condition, QueryFilter, QueryOrder, QuerySelect, entity::prelude::*, sea_query::Expr,
};

use crate::{
    error::StoreError,
    rows::{Place, sealed_secret, signing_key},
    store::Store,
};

/// A secret in its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRow {
    /// Which row.
    pub at: SealedAt,
    /// What is in it.
    pub sealed: Sealed,
}

/// A row that holds a secret. In the order in which they are gone through.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SealedAt {
    /// A private signing key.
    SigningKey {
        /// The key.
        id: KeyId,
        /// Its public name.
        kid: Kid,
        /// The ring it is of.
        ring: RingName,
        /// How often it was written.
        revision: Revision,
    },
    /// A secret of the server itself.
    Secret {
        /// Its name.
        name: String,
    },
}

impl Store {
    /// Secrets that do not rest under this key-encryption key, from the one after `after` on, at most `limit`.
    ///
    /// # Errors
    /// `Database`; `Corrupt`.
    pub async fn sealed_elsewhere(
        &self,
        kek: &str,
        after: Option<&SealedAt>,
        limit: u64,
    ) -> Result<Vec<SealedRow>, StoreError> {
        let mut found = Vec::new();
        if !matches!(after, Some(SealedAt::Secret { .. })) {
            found = self.keys_elsewhere(kek, after, limit).await?;
        }
        let room = limit.saturating_sub(u64::try_from(found.len()).unwrap_or(u64::MAX));
        if room > 0 {
            found.extend(self.secrets_elsewhere(kek, after, room).await?);
        }
        Ok(found)
    }

    async fn keys_elsewhere(
        &self,
        kek: &str,
        after: Option<&SealedAt>,
        limit: u64,
    ) -> Result<Vec<SealedRow>, StoreError> {
        use signing_key::{Column, Entity, Model};
        let mut these = Condition::all().add(Column::SealedKek.ne(kek));
        if let Some(SealedAt::SigningKey { id, .. }) = after {
            these = these.add(Column::Id.gt(*id));
        }
        let rows: Vec<Model> = Entity::find()
            .filter(these)
            .order_by_asc(Column::Id)
            .limit(limit)
            .all(self.quietly())
            .await?;
        let read = |row: Model| {
            let at = Place::of("signing_keys", row.id);
            Ok(SealedRow {
                sealed: Sealed {
                    kek: at.present("sealed_kek", row.sealed_kek)?,
                    record: at.present("sealed_record", row.sealed_record)?,
                },
                at: SealedAt::SigningKey {
                    id: row.id,
                    kid: at.parse("kid", &row.kid)?,
                    ring: RingName {
                        purpose: at.parse("purpose", &row.purpose)?,
                        algorithm: at.parse("algorithm", &row.algorithm)?,
                    },
                    revision: row.revision,
                },
            })
        };
        rows.into_iter().map(read).collect()
    }

    async fn secrets_elsewhere(
        &self,
        kek: &str,
        after: Option<&SealedAt>,
        limit: u64,
    ) -> Result<Vec<SealedRow>, StoreError> {
        use sealed_secret::{Column, Entity, Model};
        let mut these = Condition::all().add(Column::Kek.ne(kek));
        if let Some(SealedAt::Secret { name }) = after {
            these = these.add(Column::Name.gt(name.as_str()));
        }
        let rows: Vec<Model> = Entity::find()
            .filter(these)
            .order_by_asc(Column::Name)
            .limit(limit)
            .all(self.quietly())
            .await?;
        let read = |row: Model| SealedRow {
            at: SealedAt::Secret { name: row.name },
            sealed: Sealed {
                kek: row.kek,
                record: row.record,
            },
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// Puts the same secret under another key-encryption key in place of exactly what was read.
    ///
    /// # Errors
    /// `Stale` when the row was written meanwhile, by a rewrap elsewhere or by whoever it belongs to; `Database`.
    pub async fn swap_sealed(&self, was: &SealedRow, now: Sealed) -> Result<(), StoreError> {
        let Sealed { kek, record } = now;
        let swapped = match &was.at {
            SealedAt::SigningKey { id, revision, .. } => {
                use signing_key::{Column, Entity};
                let same = Condition::all()
                    .add(Column::Id.eq(*id))
                    .add(Column::SealedKek.eq(was.sealed.kek.as_str()))
                    .add(Column::Revision.eq(*revision));
                // The revision rises, so that whoever read the row before does not write the old record back.
                Entity::update_many()
                    .col_expr(Column::SealedKek, Expr::value(kek))
                    .col_expr(Column::SealedRecord, Expr::value(record))
                    .col_expr(Column::Revision, Expr::value(revision.next()))
                    .filter(same)
                    .exec(self.quietly())
                    .await?
            }
            SealedAt::Secret { name } => {
                use sealed_secret::{Column, Entity};
                let same = Condition::all()
                    .add(Column::Name.eq(name.as_str()))
                    .add(Column::Kek.eq(was.sealed.kek.as_str()))
                    .add(Column::Record.eq(was.sealed.record.clone()));
                Entity::update_many()
                    .col_expr(Column::Kek, Expr::value(kek))
                    .col_expr(Column::Record, Expr::value(record))
                    .filter(same)
                    .exec(self.quietly())
                    .await?
            }
        };
        match swapped.rows_affected {
            0 => Err(StoreError::Stale),
            _ => Ok(()),
        }
    }
}
