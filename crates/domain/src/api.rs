//! APIs: named products, owned by a team.

use crate::{
    access::Subject,
    audit::{Aggregate, Change, Facts, Kind, Target, facts, or_none},
    id::{ApiId, TeamId},
    key::Algorithm,
    revision::Revision,
    text::{ApiName, Title},
    time::Timestamp,
};

/// An API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Api {
    /// Its id.
    pub id: ApiId,
    /// Its name, unique in the installation; it never changes, because scopes and audiences hold it.
    pub name: ApiName,
    /// What people call it.
    pub title: Title,
    /// The team that owns it.
    pub team: TeamId,
    /// What its tokens are signed with; nothing for what the installation says.
    pub token_algorithm: Option<Algorithm>,
    /// When it was registered.
    pub registered: Timestamp,
    /// How often it was written.
    pub revision: Revision,
}

/// An API as the things inside it know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiRef {
    /// The API.
    pub id: ApiId,
    /// Its name.
    pub name: ApiName,
    /// Its owner.
    pub team: TeamId,
}

impl ApiRef {
    /// What a permit to change anything inside the API must be for.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject::Api {
            api: self.id,
            team: self.team,
        }
    }
}

impl Api {
    /// A new API of a team.
    pub fn register(
        id: ApiId,
        name: ApiName,
        title: Title,
        team: TeamId,
        now: Timestamp,
    ) -> Change<Self> {
        let api = Self {
            id,
            name,
            title,
            team,
            token_algorithm: None,
            registered: now,
            revision: Revision::NEW,
        };
        Change::first(Kind::ApiRegistered, api)
    }

    /// Changes what people call it.
    pub fn edit(self, title: Title) -> Change<Self> {
        Change::step(Kind::ApiEdited, self, |api| Self { title, ..api })
    }

    /// Chooses what its tokens are signed with from now on; tokens that were signed before stay good.
    pub fn sign_with(self, token_algorithm: Option<Algorithm>) -> Change<Self> {
        let choose = |api| Self {
            token_algorithm,
            ..api
        };
        Change::step(Kind::ApiEdited, self, choose)
    }

    /// This API as the things inside it know it.
    #[must_use]
    pub fn reference(&self) -> ApiRef {
        ApiRef {
            id: self.id,
            name: self.name.clone(),
            team: self.team,
        }
    }
}

impl Aggregate for Api {
    fn target(&self) -> Target {
        Target {
            kind: "api",
            id: self.id.to_string(),
            label: self.name.to_string(),
            parent: None,
        }
    }

    /// Registering is for the team to allow; afterwards the API itself is the subject.
    fn subject(&self) -> Subject {
        if self.revision == Revision::NEW {
            return Subject::Team(self.team);
        }
        self.reference().subject()
    }

    fn facts(&self) -> Facts {
        facts([
            ("name", self.name.to_string()),
            ("title", self.title.to_string()),
            ("team", self.team.to_string()),
            ("token_algorithm", or_none(self.token_algorithm)),
        ])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}
