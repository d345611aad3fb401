//! Who may do what. The policy is `allows`, one pure `match`; the only way to a `Permit` is through it.

use std::collections::BTreeSet;

use crate::{
    audit::Event,
    id::{
        AccessTokenId, ApplicationId, ConsumerId, GatewayId, InitialTokenId, OperatorId, RequestId,
        SessionId, TeamId,
    },
};

pub use crate::access_action::Action;
pub use crate::access_role::{NotARole, Role};
pub use crate::access_subject::Subject;

/// How an operator proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A signed-in session of the portal.
    Session(SessionId),
    /// A personal access token.
    AccessToken(AccessTokenId),
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person.
    Operator {
        /// Who.
        id: OperatorId,
        /// How they proved it.
        proof: Proof,
    },
    /// The person at the terminal of the machine that holds the data.
    CommandLine,
    /// A timed job of the server, by its name.
    Job(&'static str),
    /// A gateway.
    Gateway(GatewayId),
    /// An application that proved who it is, at the token endpoint or with the token for its registration.
    Application(ApplicationId),
    /// A program that registers itself, with an initial access token.
    Newcomer(InitialTokenId),
    /// Whoever makes the first administrator: with the set-up link, or at the terminal.
    Founder,
    /// Nobody known.
    Stranger,
}

/// Where a request came from; recorded beside what it did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// `portal`, `api`, `cli` or `job`.
    pub via: &'static str,
    /// The request, when there was one.
    pub request: Option<RequestId>,
    /// `METHOD /route/template`, when there was one.
    pub route: Option<String>,
    /// The caller's network address: personal data, kept apart from the event.
    pub address: Option<String>,
}

/// Somebody who asks for something to be done, with what they are trusted with.
#[derive(Clone, Debug)]
pub struct Caller {
    actor: Actor,
    standing: Standing,
    origin: Origin,
}

/// What a caller is trusted with.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Standing {
    Console,
    Operator { role: Role, teams: BTreeSet<TeamId> },
    Machine,
    Application(ApplicationId),
    Newcomer(ConsumerId),
    Registrant(ApplicationId),
    Founder,
    Stranger,
}

impl Caller {
    /// A person with a role, in their teams. Who may call this is a checked list (`tidy`).
    #[must_use]
    pub fn operator(
        id: OperatorId,
        proof: Proof,
        role: Role,
        teams: BTreeSet<TeamId>,
        origin: Origin,
    ) -> Self {
        let actor = Actor::Operator { id, proof };
        Self {
            actor,
            standing: Standing::Operator { role, teams },
            origin,
        }
    }

    /// The person at the terminal of the machine that holds the data: trusted as an administrator.
    #[must_use]
    pub fn command_line() -> Self {
        let origin = Origin {
            via: "cli",
            ..Origin::default()
        };
        Self {
            actor: Actor::CommandLine,
            standing: Standing::Console,
            origin,
        }
    }

    /// A timed job of the server.
    #[must_use]
    pub fn job(name: &'static str) -> Self {
        let origin = Origin {
            via: "job",
            ..Origin::default()
        };
        Self {
            actor: Actor::Job(name),
            standing: Standing::Machine,
            origin,
        }
    }

    /// An application that proved who it is: trusted with its own tokens. Who may call this is a checked list (`tidy`).
    #[must_use]
    pub fn application(id: ApplicationId, origin: Origin) -> Self {
        Self {
            actor: Actor::Application(id),
            standing: Standing::Application(id),
            origin,
        }
    }

    /// A program that showed an initial access token: trusted to register itself as an application of that consumer, once.
    /// Who may call this is a checked list (`tidy`).
    #[must_use]
    pub fn newcomer(with: InitialTokenId, consumer: ConsumerId, origin: Origin) -> Self {
        Self {
            actor: Actor::Newcomer(with),
            standing: Standing::Newcomer(consumer),
            origin,
        }
    }

    /// An application that showed the token for its own registration: trusted with that, and with no token of its own. Who
    /// may call this is a checked list (`tidy`).
    #[must_use]
    pub fn registrant(id: ApplicationId, origin: Origin) -> Self {
        Self {
            actor: Actor::Application(id),
            standing: Standing::Registrant(id),
            origin,
        }
    }

    /// Whoever makes the first administrator: with the set-up link, or at the terminal.
    #[must_use]
    pub fn founder(origin: Origin) -> Self {
        Self {
            actor: Actor::Founder,
            standing: Standing::Founder,
            origin,
        }
    }

    /// Somebody who has not proved anything.
    #[must_use]
    pub fn stranger(origin: Origin) -> Self {
        Self {
            actor: Actor::Stranger,
            standing: Standing::Stranger,
            origin,
        }
    }

    /// Who it is.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Where the request came from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The role, when it is a person.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        match &self.standing {
            Standing::Operator { role, .. } => Some(*role),
            Standing::Console
            | Standing::Machine
            | Standing::Application(_)
            | Standing::Newcomer(_)
            | Standing::Registrant(_)
            | Standing::Founder
            | Standing::Stranger => None,
        }
    }

    /// Which teams' APIs the caller sees: all of them, or only these.
    #[must_use]
    pub fn horizon(&self) -> Horizon {
        match &self.standing {
            Standing::Operator {
                role: Role::Publisher,
                teams,
            } => Horizon::Teams(teams.clone()),
            Standing::Operator { .. } | Standing::Console | Standing::Machine => {
                Horizon::Everything
            }
            Standing::Application(_)
            | Standing::Newcomer(_)
            | Standing::Registrant(_)
            | Standing::Founder
            | Standing::Stranger => Horizon::Teams(BTreeSet::new()),
        }
    }

    /// Asks the policy. The only way to a permit.
    ///
    /// # Errors
    /// `Denied` when the policy forbids it; the attempt is an audit event of its own.
    pub fn may(&self, action: Action, on: Subject) -> Result<Permit, Denied> {
        if allows(self, action, &on) {
            Ok(Permit {
                actor: self.actor.clone(),
                origin: self.origin.clone(),
                action,
                on,
            })
        } else {
            Err(Denied {
                actor: self.actor.clone(),
                origin: self.origin.clone(),
                action,
                on,
            })
        }
    }

    /// Whether the policy would allow it; for showing or hiding a button, never for acting.
    #[must_use]
    pub fn could(&self, action: Action, on: &Subject) -> bool {
        allows(self, action, on)
    }
}

/// Which teams' APIs a caller sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Horizon {
    /// Those of every team.
    Everything,
    /// Those of these teams only.
    Teams(BTreeSet<TeamId>),
}

/// The right to do one thing to one subject, once.
#[must_use]
#[derive(Debug)]
pub struct Permit {
    actor: Actor,
    origin: Origin,
    action: Action,
    on: Subject,
}

impl Permit {
    /// Who acts.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Where the request came from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether this permit is for what the event says: the one place where action and subject are compared.
    /// Founding an installation reaches everything in it, since there is nothing else yet.
    #[must_use]
    pub fn covers(&self, event: &Event) -> bool {
        let reaches = self.on.reaches(event.subject()) || self.action == Action::SetUp;
        reaches && event.kind().is_allowed_by(self.action)
    }
}

/// A refusal of the policy: who, what, on what.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("your role does not allow this: {} needs {}", self.action.as_str(), self.action.who())]
pub struct Denied {
    actor: Actor,
    origin: Origin,
    action: Action,
    on: Subject,
}

impl Denied {
    /// Who asked.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Where the request came from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// What was asked for.
    #[must_use]
    pub fn action(&self) -> Action {
        self.action
    }

    /// On what.
    #[must_use]
    pub fn on(&self) -> &Subject {
        &self.on
    }
}

/// The policy. Deny is the default: what no arm allows is forbidden.
fn allows(caller: &Caller, action: Action, on: &Subject) -> bool {
    match &caller.standing {
        Standing::Console => !action.is_reserved_for_the_door(),
        Standing::Operator { .. } if action.is_personal() => caller.is_at_home(action, on),
        Standing::Operator { role, teams } => role.allows(teams, action, on),
        Standing::Machine => matches!(action, Action::Operate),
        Standing::Application(own) => action.is_for_clients() && on.is_of(*own),
        Standing::Newcomer(own) => action == Action::RegisterOneself && on.is_to_join(*own),
        Standing::Registrant(own) => action == Action::ManageOwnRegistration && on.is_of(*own),
        Standing::Founder => matches!(action, Action::SetUp),
        Standing::Stranger => matches!(action, Action::SignIn),
    }
}

impl Role {
    /// What somebody with this role in these teams may do, beside what is personal.
    pub(crate) fn allows(self, teams: &BTreeSet<TeamId>, action: Action, on: &Subject) -> bool {
        match self {
            Self::Admin => !action.is_reserved(),
            Self::Publisher => action.is_publishing() && on.is_within(teams),
            Self::Security => action.is_guarding(),
            Self::Auditor => action.is_reading(),
        }
    }
}

impl Caller {
    /// Whether a personal action is on the caller's own account, proved by a session: an access token makes no
    /// access tokens and changes no password. An administrator may also revoke the access tokens of others.
    fn is_at_home(&self, action: Action, on: &Subject) -> bool {
        let Actor::Operator { id, proof } = &self.actor else {
            return false;
        };
        let own = *on == Subject::Operator(*id);
        let revokes = matches!(action, Action::RevokeAccessToken);
        let signed_in = matches!(proof, Proof::Session(_));
        (own && (signed_in || revokes)) || (revokes && self.role() == Some(Role::Admin))
    }
}
