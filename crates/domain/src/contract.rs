//! Contract revisions: the immutable uploads of a version's OpenAPI document.

use std::collections::BTreeSet;

use crate::{
    access::Subject,
    audit::{Aggregate, Change, Facts, Kind, Target, facts},
    id::RevisionId,
    operation::Operation,
    revision::Revision,
    text::ScopeName,
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
