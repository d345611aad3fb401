//! Contract revisions: the immutable uploads of a version's OpenAPI document.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    access::Subject,
    audit::{Aggregate, Change, Facts, Kind, Target, facts},
    id::RevisionId,
    operation::Operation,
    revision::Revision,
    text::{ScopeName, VersionNumber},
    time::Timestamp,
    version::VersionRef,
};

/// One upload of a version's contract. Never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractRevision {
    /// Its id.
    pub id: RevisionId,
    /// The version it is of.
    pub version: VersionRef,
    /// Its number within the version, from 1.
    pub number: u32,
    /// The document exactly as uploaded.
    pub document: Vec<u8>,
    /// SHA-256 of the document, in hexadecimal.
    pub digest: String,
    /// The document's own title.
    pub title: String,
    /// The operations it describes, in the document's order.
    pub operations: Vec<Operation>,
    /// The scopes it names, used by an operation or not.
    pub scopes: BTreeSet<ScopeName>,
    /// When it was uploaded.
    pub uploaded: Timestamp,
    /// How often it was written: once.
    pub revision: Revision,
}

/// Which contract of an API is meant: `v1` for the revision that v1 uses, `v1@3` for its third.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContractAt {
    /// The version.
    pub version: VersionNumber,
    /// The number of the revision within the version, from 1; nothing for the one in use.
    pub revision: Option<u32>,
}

/// A text that names no contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a version such as `v1`, or one of its revisions such as `v1@3`")]
pub struct NotAContract;

impl FromStr for ContractAt {
    type Err = NotAContract;

    fn from_str(text: &str) -> Result<Self, NotAContract> {
        let (version, revision) = match text.split_once('@') {
            Some((version, revision)) => (version, Some(revision)),
            None => (text, None),
        };
        let plain = |text: &str| text.starts_with(|first: char| matches!(first, '1'..='9'));
        let number = |text: &str| text.parse::<u32>().ok().filter(|_| plain(text));
        Ok(Self {
            version: version.parse().map_err(|_| NotAContract)?,
            revision: match revision {
                Some(text) => Some(number(text).ok_or(NotAContract)?),
                None => None,
            },
        })
    }
}

impl TryFrom<String> for ContractAt {
    type Error = NotAContract;

    fn try_from(text: String) -> Result<Self, NotAContract> {
        text.parse()
    }
}

impl From<ContractAt> for String {
    fn from(at: ContractAt) -> Self {
        at.to_string()
    }
}

impl fmt::Display for ContractAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.version.fmt(f)?;
        self.revision
            .map_or(Ok(()), |revision| write!(f, "@{revision}"))
    }
}

impl ContractRevision {
    /// Records an upload.
    pub fn upload(upload: Self) -> Change<Self> {
        Change::first(
            Kind::ContractUploaded,
            Self {
                revision: Revision::NEW,
                ..upload
            },
        )
    }
}

impl Aggregate for ContractRevision {
    fn target(&self) -> Target {
        let label = format!("{} revision {}", self.version, self.number);
        let parent = Some(self.version.id.to_string());
        Target {
            kind: "contract",
            id: self.id.to_string(),
            label,
            parent,
        }
    }

    fn subject(&self) -> Subject {
        self.version.api.subject()
    }

    fn facts(&self) -> Facts {
        facts([
            ("number", self.number.to_string()),
            ("digest", self.digest.clone()),
            ("bytes", self.document.len().to_string()),
            ("operations", self.operations.len().to_string()),
        ])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_is_named_by_version_and_revision() {
        for good in ["v1", "v1@1", "v12@4000000000"] {
            assert_eq!(good.parse::<ContractAt>().unwrap().to_string(), good);
        }
        for bad in [
            "",
            "1",
            "v1@",
            "v1@0",
            "v1@+1",
            "v1@01",
            "v1@5000000000",
            "v1@1@1",
            "@1",
        ] {
            assert_eq!(bad.parse::<ContractAt>(), Err(NotAContract), "{bad}");
        }
    }
}
