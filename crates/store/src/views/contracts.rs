//! The revisions of a version's contract: as a list, the latest first, and each as it was uploaded.

use gatewright_domain::{
    contract::ContractAt,
    handle::ApiHandle,
    id::{RevisionId, VersionId},
    text::{ApiName, VersionNumber},
    time::Timestamp,
};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    rows::Place,
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

/// Which contract a version uses, without the document.
#[derive(Clone, Debug)]
pub struct ContractInUse {
    /// The name of its API.
    pub api: ApiName,
    /// Where the version stands: draft, published, deprecated, blocked, retired.
    pub status: String,
    /// The revision, unless there is none yet.
    pub revision: Option<RevisionMark>,
}

/// A revision of a contract, by its id and its number within the version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevisionMark {
    /// Its id.
    pub id: RevisionId,
    /// Its number within the version, from 1.
    pub number: u32,
}

#[derive(FromQueryResult)]
struct InUse {
    version_id: VersionId,
    api: String,
    status: String,
    id: Option<RevisionId>,
    number: Option<i64>,
}

#[derive(FromQueryResult)]
struct Choice {
    major: i64,
    number: i64,
    in_use: bool,
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

    /// The contracts of all versions of an API, those of the latest version first, and of each the latest first: at most
    /// 200, with whether each is the one in use.
    ///
    /// # Errors
    /// `NotFound` when there is no such API, or not for this caller.
    pub async fn contracts_of(
        &self,
        api: &ApiHandle,
    ) -> Result<Vec<(ContractAt, bool)>, StoreError> {
        let api = self.find_api(api).await?;
        let find = Sql::new(
            "SELECT versions.number AS major, contract_revisions.number, \
             COALESCE(contract_revisions.id = versions.contract_id, FALSE) AS in_use \
             FROM contract_revisions JOIN versions ON versions.id = contract_revisions.version_id \
             WHERE versions.status <> 'discarded' AND versions.api_id =",
        );
        let rows: Vec<Choice> = find
            .value(api.id.uuid())
            .then("ORDER BY versions.number DESC, contract_revisions.number DESC LIMIT 200")
            .all(&self.database)
            .await?;
        let read = |row: Choice| {
            let at = Place::of("contract_revisions", api.id);
            let major: u16 = at.number("number", row.major)?;
            let version = VersionNumber::try_from(major).map_err(|_| at.corrupt("number"))?;
            let revision = Some(at.number("number", row.number)?);
            Ok((ContractAt { version, revision }, row.in_use))
        };
        rows.into_iter().map(read).collect()
    }

    /// Which contract a version uses.
    ///
    /// # Errors
    /// `NotFound` when there is no such version, or not for this caller.
    pub async fn contract_in_use(
        &self,
        api: &ApiHandle,
        number: VersionNumber,
    ) -> Result<ContractInUse, StoreError> {
        let find = Sql::new(
            "SELECT versions.id AS version_id, apis.name AS api, versions.status, contract_revisions.id, \
             contract_revisions.number FROM versions JOIN apis ON apis.id = versions.api_id \
             LEFT JOIN contract_revisions ON contract_revisions.id = versions.contract_id WHERE",
        );
        let find = find.within("apis.team_id", &self.horizon);
        let find = match api {
            ApiHandle::Id(id) => find.then("AND apis.id =").value(id.uuid()),
            ApiHandle::Name(name) => find.then("AND apis.name =").value(name.as_str()),
        };
        let find = find.then("AND versions.status <> 'discarded' AND versions.number =");
        let row: Option<InUse> = find
            .value(i64::from(number.major()))
            .one(&self.database)
            .await?;
        let row = row.ok_or(StoreError::NotFound)?;
        let at = Place::of("versions", row.version_id);
        let revision = match row.id.zip(row.number) {
            Some((id, number)) => Some(RevisionMark {
                id,
                number: at.number("number", number)?,
            }),
            None => None,
        };
        Ok(ContractInUse {
            api: row.api.parse().map_err(|_| at.corrupt("name"))?,
            status: row.status,
            revision,
        })
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
