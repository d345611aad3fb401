//! Operators: the people who sign in to the portal, and their personal access tokens.

use std::{collections::BTreeSet, fmt};

use crate::{
    access::{Action, Role, Subject},
    audit::{Aggregate, Change, Facts, Kind, Target, facts, list, or_none},
    id::{AccessTokenId, OperatorId, TeamId},
    revision::Revision,
    revocation::{Revocation, RevocationKind},
    text::Name,
    time::Timestamp,
};

/// A password's Argon2id hash in PHC form. Never printed, though it is not the password.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Takes a PHC string.
    #[must_use]
    pub fn from_phc(phc: String) -> Self {
        Self(phc)
    }

    /// The PHC string, for storing and for verifying a password against.
    #[must_use]
    pub fn phc(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[password hash]")
    }
}

/// A person who signs in to the portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    id: OperatorId,
    name: Name,
    role: Role,
    teams: BTreeSet<TeamId>,
    password: PasswordHash,
    disabled: Option<Timestamp>,
    admitted: Timestamp,
    revision: Revision,
}

/// An operator as stored; only the store restores one (`tidy` checks).
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of `Operator`")]
pub struct OperatorParts {
    pub id: OperatorId,
    pub name: Name,
    pub role: Role,
    pub teams: BTreeSet<TeamId>,
    pub password: PasswordHash,
    pub disabled: Option<Timestamp>,
    pub admitted: Timestamp,
    pub revision: Revision,
}

/// The operator is disabled already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operator is disabled already")]
pub struct AlreadyDisabled;

/// The operator is not disabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operator is not disabled")]
pub struct NotDisabled;

impl Operator {
    /// A new operator, admitted by an administrator.
    pub fn admit(
        id: OperatorId,
        name: Name,
        assignment: Assignment,
        password: PasswordHash,
        now: Timestamp,
    ) -> Change<Self> {
        let Assignment { role, teams } = assignment;
        let (disabled, revision) = (None, Revision::NEW);
        let operator = Self {
            id,
            name,
            role,
            teams,
            password,
            disabled,
            admitted: now,
            revision,
        };
        Change::first(Kind::OperatorAdmitted, operator)
    }

    /// The operator of stored parts.
    #[must_use]
    pub fn restore(parts: OperatorParts) -> Self {
        let OperatorParts {
            id,
            name,
            role,
            teams,
            password,
            disabled,
            admitted,
            revision,
        } = parts;
        Self {
            id,
            name,
            role,
            teams,
            password,
            disabled,
            admitted,
            revision,
        }
    }

    /// Gives the operator another role or other teams.
    pub fn reassign(self, assignment: Assignment) -> Change<Self> {
        let Assignment { role, teams } = assignment;
        Change::step(Kind::OperatorReassigned, self, |operator| Self {
            role,
            teams,
            ..operator
        })
    }

    /// Replaces the password.
    pub fn change_password(self, password: PasswordHash) -> Change<Self> {
        Change::step(Kind::PasswordChanged, self, |operator| Self {
            password,
            ..operator
        })
    }

    /// Stops the operator from signing in and from using access tokens.
    ///
    /// # Errors
    /// When the operator is disabled already.
    pub fn disable(self, now: Timestamp) -> Result<Change<Self>, AlreadyDisabled> {
        if self.disabled.is_some() {
            return Err(AlreadyDisabled);
        }
        let disable = |operator| Self {
            disabled: Some(now),
            ..operator
        };
        Ok(Change::step(Kind::OperatorDisabled, self, disable))
    }

    /// Lets a disabled operator in again.
    ///
    /// # Errors
    /// When the operator is not disabled.
    pub fn enable(self) -> Result<Change<Self>, NotDisabled> {
        if self.disabled.is_none() {
            return Err(NotDisabled);
        }
        let enable = |operator| Self {
            disabled: None,
            ..operator
        };
        Ok(Change::step(Kind::OperatorEnabled, self, enable))
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> OperatorId {
        self.id
    }

    /// The name they sign in with, unique without regard to case.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// What they are trusted with.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// The teams they are in.
    #[must_use]
    pub fn teams(&self) -> &BTreeSet<TeamId> {
        &self.teams
    }

    /// Whether they may do something now, beside what is personal: for what they began and others go on with.
    #[must_use]
    pub fn may(&self, action: Action, on: &Subject) -> bool {
        self.disabled.is_none() && self.role.allows(&self.teams, action, on)
    }

    /// The hash of their password.
    #[must_use]
    pub fn password(&self) -> &PasswordHash {
        &self.password
    }

    /// Since when they are disabled, if they are.
    #[must_use]
    pub fn disabled(&self) -> Option<Timestamp> {
        self.disabled
    }

    /// When they were admitted.
    #[must_use]
    pub fn admitted(&self) -> Timestamp {
        self.admitted
    }
}

/// What an operator is trusted with, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The role.
    pub role: Role,
    /// The teams; they matter to publishers only.
    pub teams: BTreeSet<TeamId>,
}

impl Aggregate for Operator {
    /// The label is left out: operators are people, and the trail names them when it is read.
    fn target(&self) -> Target {
        Target {
            kind: "operator",
            id: self.id.to_string(),
            label: String::new(),
            parent: None,
        }
    }

    fn subject(&self) -> Subject {
        Subject::Operator(self.id)
    }

    fn facts(&self) -> Facts {
        facts([
            ("role", self.role.to_string()),
            ("teams", list(&self.teams)),
            ("disabled", or_none(self.disabled)),
        ])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}

/// A personal access token: a long-lived secret of an operator for the JSON API. Only its hash is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken {
    /// Its id.
    pub id: AccessTokenId,
    /// Whose it is.
    pub operator: OperatorId,
    /// What it is called.
    pub name: Name,
    /// What it is trusted with: never more than its owner.
    pub role: Role,
    /// SHA-256 of the whole secret, in hexadecimal.
    pub hash: String,
    /// The first characters, for recognising it in a list.
    pub hint: String,
    /// When it was issued.
    pub issued: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// When it was revoked, if it was.
    pub revoked: Option<Timestamp>,
    /// How often it was written.
    pub revision: Revision,
}

/// The access token was revoked before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the access token is revoked already")]
pub struct AlreadyRevoked;

impl AccessToken {
    /// Records a new access token.
    pub fn issue(token: Self) -> Change<Self> {
        Change::first(
            Kind::AccessTokenIssued,
            Self {
                revision: Revision::NEW,
                ..token
            },
        )
    }

    /// Ends it before its time.
    ///
    /// # Errors
    /// When it was revoked before.
    pub fn revoke(self, now: Timestamp) -> Result<Change<Self>, AlreadyRevoked> {
        if self.revoked.is_some() {
            return Err(AlreadyRevoked);
        }
        let revocation = Revocation {
            expires: Some(self.expires),
            ..Revocation::whole(RevocationKind::AccessToken, &self)
        };
        let revoke = |token| Self {
            revoked: Some(now),
            ..token
        };
        Ok(Change::step(Kind::AccessTokenRevoked, self, revoke).revoking(revocation))
    }
}

impl Aggregate for AccessToken {
    fn target(&self) -> Target {
        let (id, parent) = (self.id.to_string(), Some(self.operator.to_string()));
        Target {
            kind: "access-token",
            id,
            label: self.name.to_string(),
            parent,
        }
    }

    fn subject(&self) -> Subject {
        Subject::Operator(self.operator)
    }

    fn facts(&self) -> Facts {
        facts([
            ("name", self.name.to_string()),
            ("role", self.role.to_string()),
            ("expires", self.expires.to_string()),
            ("revoked", or_none(self.revoked)),
        ])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}
