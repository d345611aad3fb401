//! APIs: named products, owned by a team.

mod algorithm;
mod choice;

use crate::{
    access::Subject,
    audit::{Aggregate, Change, Facts, Kind, Target, facts, list, or_none},
    id::{ApiId, TeamId},
    key::Algorithm,
    revision::Revision,
    ring::Haste,
    text::{ApiName, Title},
    time::Timestamp,
};

pub use algorithm::{ChoiceError, Earlier, Past, TokenAlgorithm, TokenRings};
pub use choice::{AlgorithmChoice, NotAChoice};

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
    /// What its tokens are signed with.
    pub token_algorithm: TokenAlgorithm,
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
            token_algorithm: TokenAlgorithm::default(),
            registered: now,
            revision: Revision::NEW,
        };
        Change::first(Kind::ApiRegistered, api)
    }

    /// Changes what people call it.
    pub fn edit(self, title: Title) -> Change<Self> {
        Change::step(Kind::ApiEdited, self, |api| Self { title, ..api })
    }

    /// Chooses what its tokens are signed with, nothing for what the installation says: see `TokenAlgorithm::choose`. Tokens
    /// that were signed before stay good.
    ///
    /// # Errors
    /// Every variant of `ChoiceError`.
    pub fn choose_algorithm(
        self,
        chosen: Option<Algorithm>,
        haste: Haste,
        rings: TokenRings<'_>,
        now: Timestamp,
    ) -> Result<Change<Self>, ChoiceError> {
        let algorithm = &self.token_algorithm;
        let token_algorithm = algorithm.choose(chosen, &haste, rings, now)?;
        let choose = |api| Self {
            token_algorithm,
            ..api
        };
        let reason = match haste {
            Haste::None => None,
            Haste::Because(reason) => Some(reason),
        };
        Ok(Change::step(Kind::AlgorithmChosen, self, choose).because(reason))
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
            ("token_algorithm", or_none(self.token_algorithm.chosen())),
            (
                "token_algorithms_before",
                list(self.token_algorithm.past().all()),
            ),
        ])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}
