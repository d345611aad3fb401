//! Teams: the owners of APIs.

use crate::{
    access::Subject,
    audit::{Aggregate, Change, Facts, Kind, Target, facts},
    id::TeamId,
    revision::Revision,
    text::Name,
};

/// A team. Publishers act on the APIs of the teams they are in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Its name, unique without regard to case.
    pub name: Name,
    /// How often it was written.
    pub revision: Revision,
}

impl Team {
    /// A new team.
    pub fn form(id: TeamId, name: Name) -> Change<Self> {
        Change::first(
            Kind::TeamFormed,
            Self {
                id,
                name,
                revision: Revision::NEW,
            },
        )
    }
}

impl Aggregate for Team {
    fn target(&self) -> Target {
        let label = self.name.to_string();
        Target {
            kind: "team",
            id: self.id.to_string(),
            label,
            parent: None,
        }
    }

    fn subject(&self) -> Subject {
        Subject::Team(self.id)
    }

    fn facts(&self) -> Facts {
        facts([("name", self.name.to_string())])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}
