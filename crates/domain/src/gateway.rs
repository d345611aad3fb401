//! Gateways that run apart: enrolled with a secret, of which only the hash is kept.

use crate::{
    access::Subject,
    audit::{Aggregate, Change, Facts, Kind, Target, facts, or_none},
    id::GatewayId,
    revision::Revision,
    text::Name,
    time::Timestamp,
};

/// An enrolled gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gateway {
    /// Its id.
    pub id: GatewayId,
    /// Its name, unique without regard to case.
    pub name: Name,
    /// SHA-256 of its enrolment secret, in hexadecimal.
    pub hash: String,
    /// When it was enrolled.
    pub enrolled: Timestamp,
    /// When it was removed, if it was.
    pub removed: Option<Timestamp>,
    /// How often it was written.
    pub revision: Revision,
}

/// The gateway was removed before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the gateway is removed already")]
pub struct AlreadyRemoved;

impl Gateway {
    /// Lets a gateway ask for snapshots.
    pub fn enrol(id: GatewayId, name: Name, hash: String, now: Timestamp) -> Change<Self> {
        let (removed, revision) = (None, Revision::NEW);
        Change::first(
            Kind::GatewayEnrolled,
            Self {
                id,
                name,
                hash,
                enrolled: now,
                removed,
                revision,
            },
        )
    }

    /// Gives it no more snapshots.
    ///
    /// # Errors
    /// When it was removed before.
    pub fn remove(self, now: Timestamp) -> Result<Change<Self>, AlreadyRemoved> {
        if self.removed.is_some() {
            return Err(AlreadyRemoved);
        }
        let remove = |gateway| Self {
            removed: Some(now),
            ..gateway
        };
        Ok(Change::step(Kind::GatewayRemoved, self, remove))
    }
}

impl Aggregate for Gateway {
    fn target(&self) -> Target {
        let (id, label) = (self.id.to_string(), self.name.to_string());
        Target {
            kind: "gateway",
            id,
            label,
            parent: None,
        }
    }

    fn subject(&self) -> Subject {
        if self.revision == Revision::NEW {
            return Subject::Installation;
        }
        Subject::Gateway(self.id)
    }

    fn facts(&self) -> Facts {
        facts([
            ("name", self.name.to_string()),
            ("removed", or_none(self.removed)),
        ])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}
