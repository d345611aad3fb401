//! Contract revisions. Large: a list of them must not load `document` and `operations`.

use gatewright_domain::{
    audit::Aggregate,
    contract::ContractRevision,
    id::{RevisionId, VersionId},
    revision::Revision,
    time::Timestamp,
};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, QuerySelect, entity::prelude::*};

use super::{Place, Stored, save, version};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contract_revisions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: RevisionId,
    pub(crate) version_id: VersionId,
    pub(crate) number: i64,
    #[sea_orm(column_type = "Blob")]
    pub(crate) document: Vec<u8>,
    #[sea_orm(column_type = "Text")]
    pub(crate) digest: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) title: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) operations: Json,
    pub(crate) operation_count: i64,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) scopes: Json,
    pub(crate) uploaded_at: Timestamp,
    pub(crate) revision: Revision,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::version::Entity",
        from = "Column::VersionId",
        to = "super::version::Column::Id"
    )]
    Version,
}

impl Related<super::version::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Version.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The contract revision of this id, with its document.
pub(crate) async fn load<C: ConnectionTrait>(
    db: &C,
    id: RevisionId,
) -> Result<ContractRevision, StoreError> {
    let model = Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(StoreError::NotFound)?;
    let Model {
        id,
        version_id,
        number,
        document,
        digest,
        title,
        operations,
        operation_count: _,
        scopes,
        uploaded_at,
        revision,
    } = model;
    let at = Place::of("contract_revisions", id);
    Ok(ContractRevision {
        id,
        version: version::load(db, version_id).await?.place().clone(),
        number: at.number("number", number)?,
        document,
        digest,
        title,
        operations: at.json("operations", operations)?,
        scopes: at.json("scopes", scopes)?,
        uploaded: uploaded_at,
        revision,
    })
}

/// The number that the next upload of a version's contract takes.
pub(crate) async fn next_number<C: ConnectionTrait>(
    db: &C,
    version: VersionId,
) -> Result<u32, StoreError> {
    let of_version = Entity::find().filter(Column::VersionId.eq(version));
    let last: Option<Option<i64>> = of_version
        .select_only()
        .column_as(Column::Number.max(), "last")
        .into_tuple()
        .one(db)
        .await?;
    let next = last.flatten().unwrap_or(0).saturating_add(1);
    Place::of("contract_revisions", version).number("number", next)
}

impl Stored for ContractRevision {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision;
        let contract = self.at(was.next());
        let active = ActiveModel {
            id: Set(contract.id),
            version_id: Set(contract.version.id),
            number: Set(i64::from(contract.number)),
            document: Set(contract.document.clone()),
            digest: Set(contract.digest.clone()),
            title: Set(contract.title.clone()),
            operations: Set(serde_json::json!(contract.operations)),
            operation_count: Set(i64::try_from(contract.operations.len()).unwrap_or(i64::MAX)),
            scopes: Set(serde_json::json!(contract.scopes)),
            uploaded_at: Set(contract.uploaded),
            revision: Set(contract.revision),
        };
        let this = Column::Id.eq(contract.id);
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        Ok(contract)
    }
}
