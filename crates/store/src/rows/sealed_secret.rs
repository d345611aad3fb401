//! Secrets of the server itself, sealed; a name has one.

use std::collections::BTreeMap;

use gatewright_domain::time::Timestamp;
use sea_orm::{FromQueryResult, QuerySelect, entity::prelude::*};

use super::signing_key;
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sealed_secrets")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(crate) name: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) kek: String,
    #[sea_orm(column_type = "Blob")]
    pub(crate) record: Vec<u8>,
    pub(crate) made_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(FromQueryResult)]
struct Under {
    kek: String,
    rows: i64,
}

/// How many secrets rest under each key-encryption key, private signing keys included.
pub(crate) async fn count_under<C: ConnectionTrait>(
    db: &C,
) -> Result<BTreeMap<String, u64>, StoreError> {
    let private = signing_key::Entity::find()
        .select_only()
        .column_as(signing_key::Column::SealedKek, "kek")
        .column_as(signing_key::Column::Id.count(), "rows")
        .filter(signing_key::Column::SealedKek.is_not_null())
        .group_by(signing_key::Column::SealedKek);
    let own = Entity::find()
        .select_only()
        .column(Column::Kek)
        .column_as(Column::Name.count(), "rows")
        .group_by(Column::Kek);
    let mut found = private.into_model::<Under>().all(db).await?;
    found.extend(own.into_model::<Under>().all(db).await?);
    let mut under = BTreeMap::new();
    for Under { kek, rows } in found {
        let count: &mut u64 = under.entry(kek).or_default();
        *count = count.saturating_add(rows.unsigned_abs());
    }
    Ok(under)
}
