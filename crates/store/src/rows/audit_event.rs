//! The ledger. `canonical` is what was hashed; every other column is made of it, for indexes only.

use gatewright_domain::time::Timestamp;
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};

use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_event")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) seq: i64,
    #[sea_orm(column_type = "Blob")]
    pub(crate) canonical: Vec<u8>,
    #[sea_orm(column_type = "Blob")]
    pub(crate) leaf_hash: Vec<u8>,
    #[sea_orm(column_type = "Blob")]
    pub(crate) root_after: Vec<u8>,
    pub(crate) at: Timestamp,
    #[sea_orm(column_type = "Text")]
    pub(crate) action: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) actor_kind: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) actor_id: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) target_kind: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) target_id: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) outcome: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) request_id: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How many rows the verifier holds at a time: at most 64 MB of them, in practice one.
const PAGE: u64 = 1000;

/// The rows after this number, in order.
pub(crate) async fn page<C: ConnectionTrait>(
    db: &C,
    after: Option<i64>,
) -> Result<Vec<Model>, StoreError> {
    let mut rows = Entity::find().order_by_asc(Column::Seq).limit(PAGE);
    if let Some(after) = after {
        rows = rows.filter(Column::Seq.gt(after));
    }
    Ok(rows.all(db).await?)
}
