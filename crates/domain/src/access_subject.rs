//! What a permit is for: the thing acted on, with the owner that the policy looks at.

use std::collections::BTreeSet;

use crate::{
    audit::Target,
    id::{ApiId, ApplicationId, ConsumerId, GatewayId, OperatorId, OutsideIssuerId, TeamId},
};

/// The thing acted on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The installation as a whole.
    Installation,
    /// A team.
    Team(TeamId),
    /// An API, or anything inside it, with its owner.
    Api {
        /// The API.
        api: ApiId,
        /// The team that owns it.
        team: TeamId,
    },
    /// A consumer.
    Consumer(ConsumerId),
    /// What an application may do to APIs: its subscriptions and tokens, with the owners of those APIs.
    Grant {
        /// The application.
        application: ApplicationId,
        /// The teams whose APIs the grant reaches; empty when it reaches none yet.
        teams: BTreeSet<TeamId>,
    },
    /// An application that registers itself: the consumer it will be of, and what it will reach, which is nothing yet.
    Newcomer {
        /// The consumer.
        consumer: ConsumerId,
        /// The application that it will be.
        application: ApplicationId,
    },
    /// The signing keys.
    KeyRing,
    /// An operator.
    Operator(OperatorId),
    /// A gateway.
    Gateway(GatewayId),
    /// An outside issuer.
    Issuer(OutsideIssuerId),
}

impl Subject {
    /// Whether everything it reaches belongs to these teams; what belongs to no team is open to every publisher.
    #[must_use]
    pub fn is_within(&self, teams: &BTreeSet<TeamId>) -> bool {
        match self {
            Self::Team(team) | Self::Api { team, .. } => teams.contains(team),
            Self::Grant { teams: reached, .. } => reached.is_subset(teams),
            Self::Installation | Self::Consumer(_) => true,
            Self::KeyRing
            | Self::Newcomer { .. }
            | Self::Operator(_)
            | Self::Gateway(_)
            | Self::Issuer(_) => false,
        }
    }

    /// Whether a permit for it is one for this as well. Everything is for itself; a newcomer is for its consumer and for
    /// itself, as long as it reaches no API.
    #[must_use]
    pub fn reaches(&self, other: &Self) -> bool {
        let Self::Newcomer {
            consumer,
            application,
        } = self
        else {
            return self == other;
        };
        let bare = Self::Grant {
            application: *application,
            teams: BTreeSet::new(),
        };
        *other == Self::Consumer(*consumer) || *other == bare
    }

    /// Whether it is what this application itself may do to APIs.
    #[must_use]
    pub fn is_of(&self, own: ApplicationId) -> bool {
        match self {
            Self::Grant { application, .. } => *application == own,
            Self::Installation
            | Self::Team(_)
            | Self::Api { .. }
            | Self::Consumer(_)
            | Self::Newcomer { .. }
            | Self::KeyRing
            | Self::Operator(_)
            | Self::Gateway(_)
            | Self::Issuer(_) => false,
        }
    }

    /// Whether it is somebody who becomes an application of this consumer.
    #[must_use]
    pub fn is_to_join(&self, own: ConsumerId) -> bool {
        matches!(self, Self::Newcomer { consumer, .. } if *consumer == own)
    }

    /// What an event points at when nothing more precise is known: a refusal, for instance.
    #[must_use]
    pub fn target(&self) -> Target {
        let (kind, id) = match self {
            Self::Installation => ("installation", "installation".to_owned()),
            Self::Team(id) => ("team", id.to_string()),
            Self::Api { api, .. } => ("api", api.to_string()),
            Self::Consumer(id) => ("consumer", id.to_string()),
            Self::Grant { application, .. } => ("application", application.to_string()),
            Self::Newcomer { consumer, .. } => ("consumer", consumer.to_string()),
            Self::KeyRing => ("key-ring", "access".to_owned()),
            Self::Operator(id) => ("operator", id.to_string()),
            Self::Gateway(id) => ("gateway", id.to_string()),
            Self::Issuer(id) => ("issuer", id.to_string()),
        };
        Target {
            kind,
            id,
            label: String::new(),
            parent: None,
        }
    }
}
