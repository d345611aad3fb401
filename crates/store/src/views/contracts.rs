//! The revisions of a version's contract: as a list, the latest first, and each as it was uploaded.

use gatewright_domain::{
    handle::ApiHandle,
    id::{RevisionId, VersionId},
    text::VersionNumber,
    time::Timestamp,
};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    views::{
        Sight, Sql,
        page::{Page, Paged},
    },
};

/// A revision of a contract in a list.
#[derive(Clone, Debug, Serialize, FromQueryResult)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContractRow {
    /// Its id.
    pub id: RevisionId,
    /// Its number within the version, from 1.
    pub number: i64,
    /// The document's own title.
    pub title: String,
    /// SHA-256 of the document, in hexadecimal.
    pub digest: String,
    /// The size of the document, in bytes.
    pub bytes: i64,
    /// How many operations it describes.
    pub operation_count: i64,
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
    /// Whether it is the one in use.
    pub in_use: bool,
}

/// A contract as it was uploaded.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ContractDocument {
    /// The revision.
    pub id: RevisionId,
    /// The version it is of.
    pub version_id: VersionId,
    /// Its number within the version, from 1.
    pub number: i64,
    /// The document.
    #[sea_orm(from_alias = "document")]
    pub bytes: Vec<u8>,
    /// SHA-256 of it, in hexadecimal.
    pub digest: String,
}

impl Sight {
    /// The revisions of a version's contract, the latest first. The cursor is the number of a revision.
    ///
    /// # Errors
    /// `NotFound` when there is no such version, or not for this caller; and for a cursor that is not a number.
    pub async fn contracts(
        &self,
        api: &ApiHandle,
        number: VersionNumber,
        page: &Page,
        now: Timestamp,
    ) -> Result<Paged<ContractRow>, StoreError> {
        let version = self.version_row(api, number, now).await?;
        let before = page.after().map(str::parse::<i64>).transpose();
        let before = before.map_err(|_| StoreError::NotFound)?;
        let in_use = version.contract_id.map(RevisionId::uuid);
        let find = Sql::new(
            "SELECT id, number, title, digest, CAST(length(document) AS bigint) AS bytes, operation_count, uploaded_at, \
             COALESCE(id =",
        )
        .value(in_use)
        .then(", FALSE) AS in_use FROM contract_revisions WHERE version_id =")
        .value(version.id.uuid())
        .maybe("AND number <", before)
        .then("ORDER BY number DESC LIMIT")
        .value(page.fetch());
        let rows = find.all(&self.database).await?;
        Ok(page.cut(rows, |row: &ContractRow| row.number.to_string()))
    }

    /// One revision of a contract, exactly as it was uploaded: the one with this number, or the one in use.
    ///
    /// # Errors
    /// `NotFound` when there is none, or not for this caller.
    pub async fn contract_document(
        &self,
        api: &ApiHandle,
        number: VersionNumber,
        revision: Option<u32>,
        now: Timestamp,
    ) -> Result<ContractDocument, StoreError> {
        let version = self.version_row(api, number, now).await?;
        let find = Sql::new(
            "SELECT id, version_id, number, document, digest FROM contract_revisions WHERE version_id =",
        );
        let find = find.value(version.id.uuid());
        let find = match revision {
            Some(revision) => find.then("AND number =").value(i64::from(revision)),
            None => {
                let in_use = version.contract_id.ok_or(StoreError::NotFound)?;
                find.then("AND id =").value(in_use.uuid())
            }
        };
        find.one(&self.database).await?.ok_or(StoreError::NotFound)
    }
}
