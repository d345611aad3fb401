//! From the errors of use-cases to problems: the one place where an outcome becomes HTTP.

use gatewright_domain::{
    access::Denied, client::ClientSecretError, subscription::SubscriptionError, token::TokenError,
    version::VersionError,
};
use gatewright_keys::{
    ClientSecretUseError, InspectError, IssueError, JwksError, RevokeError, SnapshotKeyError,
    TermsError, Unknowable,
};
use gatewright_registry::{
    ApiError, ApplicationUseError, ConsumerError, DraftError, GatewayError, MoveError, PlanError,
    SubscribeError, UpstreamRefused,
};
use tracing::error;

use crate::web::{catalogue::Kind, problem::Problem, problems_contracts::lint_errors};

/// A cause that is ours: the log gets the whole chain, the caller a constant.
pub(super) fn ours(cause: &dyn std::error::Error) -> Problem {
    let mut chain = cause.to_string();
    let mut next = cause.source();
    while let Some(source) = next {
        chain.push_str(": ");
        chain.push_str(&source.to_string());
        next = source.source();
    }
    error!(error = %chain, "A request failed through no fault of its own");
    Problem::unexpected()
}

pub(super) fn of(kind: Kind, error: &dyn std::fmt::Display) -> Problem {
    Problem::of(kind).because(capital(&error.to_string()))
}

/// A sentence of an error, as it stands in a document: with a capital and a full stop. One that begins with a name such as
/// `orders/v1` keeps it as it is written.
pub(super) fn capital(text: &str) -> String {
    let first_word = text.split(' ').next().unwrap_or_default();
    let is_name = first_word
        .chars()
        .any(|letter| !letter.is_alphabetic() && !",'’".contains(letter));
    if is_name {
        return format!("{text}.");
    }
    let mut letters = text.chars();
    let first: String = letters
        .next()
        .map(|letter| letter.to_uppercase().collect())
        .unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

impl From<Denied> for Problem {
    fn from(error: Denied) -> Self {
        of(Kind::DENIED, &error)
    }
}

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::Denied(denied) => denied.into(),
            ApiError::NotFound => Self::of(Kind::NOT_FOUND),
            ApiError::NameTaken(_) => of(Kind::TAKEN, &error),
            ApiError::NoSuchTeam | ApiError::WhichTeam => {
                Self::field("/team", capital(&error.to_string()))
            }
            ApiError::Stale => Self::of(Kind::STALE),
            ApiError::Store(store) => store.into(),
        }
    }
}

impl From<UpstreamRefused> for Problem {
    fn from(error: UpstreamRefused) -> Self {
        of(Kind::UPSTREAM_REFUSED, &error)
    }
}

impl From<DraftError> for Problem {
    fn from(error: DraftError) -> Self {
        match error {
            DraftError::Denied(denied) => denied.into(),
            DraftError::NotFound => Self::of(Kind::NOT_FOUND),
            DraftError::NumberTaken(_) => of(Kind::TAKEN, &error),
            DraftError::Upstream(refused) => refused.into(),
            DraftError::Store(store) => store.into(),
        }
    }
}

impl From<VersionError> for Problem {
    fn from(error: VersionError) -> Self {
        match error {
            VersionError::SunsetInThePast(_) => Self::field("/sunset", capital(&error.to_string())),
            VersionError::NotADraft(_)
            | VersionError::NoContract
            | VersionError::NotPublished(_)
            | VersionError::NotDeprecated(_)
            | VersionError::NotLive(_)
            | VersionError::NotBlocked(_)
            | VersionError::Over(_) => of(Kind::STATE, &error),
        }
    }
}

impl From<MoveError> for Problem {
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::Denied(denied) => denied.into(),
            MoveError::NotFound => Self::of(Kind::NOT_FOUND),
            MoveError::Refused(refused) => refused.into(),
            MoveError::Upstream(refused) => refused.into(),
            MoveError::Lint(errors) => lint_errors(*errors),
            MoveError::Stale => Self::of(Kind::STALE),
            MoveError::Busy(busy) => busy.into(),
            MoveError::Broken => ours(&error),
            MoveError::Store(store) => store.into(),
        }
    }
}

impl From<PlanError> for Problem {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Denied(denied) => denied.into(),
            PlanError::NotFound => Self::of(Kind::NOT_FOUND),
            PlanError::NameTaken(_) => of(Kind::TAKEN, &error),
            PlanError::AlreadyClosed(_) => of(Kind::STATE, &error),
            PlanError::Stale => Self::of(Kind::STALE),
            PlanError::Store(store) => store.into(),
        }
    }
}

impl From<ConsumerError> for Problem {
    fn from(error: ConsumerError) -> Self {
        match error {
            ConsumerError::Denied(denied) => denied.into(),
            ConsumerError::NameTaken(_) => of(Kind::TAKEN, &error),
            ConsumerError::Store(store) => store.into(),
        }
    }
}

impl From<ApplicationUseError> for Problem {
    fn from(error: ApplicationUseError) -> Self {
        match error {
            ApplicationUseError::Denied(denied) => denied.into(),
            ApplicationUseError::NotFound => Self::of(Kind::NOT_FOUND),
            ApplicationUseError::Ambiguous => Self::of(Kind::AMBIGUOUS),
            ApplicationUseError::NameTaken(_) => of(Kind::TAKEN, &error),
            ApplicationUseError::Refused(_) => of(Kind::STATE, &error),
            ApplicationUseError::Stale => Self::of(Kind::STALE),
            ApplicationUseError::Store(store) => store.into(),
        }
    }
}

impl From<SubscribeError> for Problem {
    fn from(error: SubscribeError) -> Self {
        match &error {
            SubscribeError::NoSuchApplication | SubscribeError::NotFound => {
                Self::of(Kind::NOT_FOUND)
            }
            SubscribeError::Ambiguous => Self::of(Kind::AMBIGUOUS),
            SubscribeError::NoSuchVersion => Self::field("/version", capital(&error.to_string())),
            SubscribeError::NoSuchPlan => Self::field("/plan", capital(&error.to_string())),
            SubscribeError::AlreadySubscribed => of(Kind::TAKEN, &error),
            SubscribeError::Stale => Self::of(Kind::STALE),
            SubscribeError::Refused(refused) => match refused {
                SubscriptionError::VersionNotPublished { .. } | SubscriptionError::NotFrom(..) => {
                    of(Kind::STATE, refused)
                }
                SubscriptionError::PlanOfAnotherApi(_) | SubscriptionError::PlanClosed(_) => {
                    Self::field("/plan", capital(&refused.to_string()))
                }
                SubscriptionError::UnknownScope { .. } => {
                    Self::field("/scopes", capital(&refused.to_string()))
                }
            },
            SubscribeError::Denied(denied) => denied.clone().into(),
            SubscribeError::Store(_) => match error {
                SubscribeError::Store(store) => store.into(),
                _ => Self::unexpected(),
            },
        }
    }
}

impl From<GatewayError> for Problem {
    fn from(error: GatewayError) -> Self {
        match error {
            GatewayError::Denied(denied) => denied.into(),
            GatewayError::NotFound => Self::of(Kind::NOT_FOUND),
            GatewayError::NameTaken(_) => of(Kind::TAKEN, &error),
            GatewayError::AlreadyRemoved(_) => of(Kind::STATE, &error),
            GatewayError::Store(store) => store.into(),
        }
    }
}

impl From<IssueError> for Problem {
    fn from(error: IssueError) -> Self {
        match error {
            IssueError::Denied(denied) => denied.into(),
            IssueError::NotFound => Self::of(Kind::NOT_FOUND),
            IssueError::Ambiguous => Self::of(Kind::AMBIGUOUS),
            IssueError::Refused(refused) => refused.into(),
            IssueError::LongerThanRing { .. } => {
                Self::field("/lifetime_s", capital(&error.to_string()))
            }
            IssueError::Stale => Self::of(Kind::STALE),
            IssueError::NoKey | IssueError::NotNow(_) | IssueError::NotSigned { .. } => {
                let _ = ours(&error);
                Self::of(Kind::BUSY)
            }
            IssueError::Store(store) => store.into(),
        }
    }
}

impl From<ClientSecretUseError> for Problem {
    fn from(error: ClientSecretUseError) -> Self {
        match error {
            ClientSecretUseError::Denied(denied) => denied.into(),
            ClientSecretUseError::NotFound => Self::of(Kind::NOT_FOUND),
            ClientSecretUseError::Ambiguous => Self::of(Kind::AMBIGUOUS),
            ClientSecretUseError::Refused(ClientSecretError::NotAnEnd) => {
                Self::field("/expires_in_s", capital(&error.to_string()))
            }
            ClientSecretUseError::Refused(
                ClientSecretError::TwoAlready | ClientSecretError::AlreadyOver,
            ) => of(Kind::STATE, &error),
            ClientSecretUseError::Unknowable(why) => {
                let pointer = match why {
                    Unknowable::KeySet(_) | Unknowable::TwoKeySets | Unknowable::NoCertificate => {
                        "/key_set"
                    }
                    Unknowable::Subject(_) => "/tls_client_auth_subject_dn",
                    Unknowable::NoCertificateName => "/auth_methods",
                };
                Self::field(pointer, capital(&why.to_string()))
            }
            ClientSecretUseError::Pepper(_) => {
                let _ = ours(&error);
                Self::of(Kind::BUSY)
            }
            ClientSecretUseError::Stale => Self::of(Kind::STALE),
            ClientSecretUseError::Store(store) => store.into(),
        }
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::ApplicationDisabled | TokenError::AlreadyRevoked => of(Kind::STATE, &error),
            TokenError::TooSoon(_) => {
                of(Kind::BUSY, &error).after(std::time::Duration::from_secs(1))
            }
            TokenError::NoSubscription => of(Kind::RULE_REFUSES, &error),
            TokenError::ScopeNotSubscribed(_) | TokenError::AlgorithmsDiffer { .. } => {
                Self::field("/scopes", capital(&error.to_string()))
            }
            TokenError::LongerThanPlan { .. } | TokenError::BeyondSunset { .. } => {
                Self::field("/lifetime_s", capital(&error.to_string()))
            }
        }
    }
}

impl From<RevokeError> for Problem {
    fn from(error: RevokeError) -> Self {
        match error {
            RevokeError::Denied(denied) => denied.into(),
            RevokeError::NotFound => Self::of(Kind::NOT_FOUND),
            RevokeError::Ambiguous => Self::of(Kind::AMBIGUOUS),
            RevokeError::Malformed { .. } => Self::field("/key", error),
            RevokeError::Key(ring) => ring.into(),
            RevokeError::Stale => Self::of(Kind::STALE),
            RevokeError::Store(store) => store.into(),
        }
    }
}

impl From<InspectError> for Problem {
    fn from(error: InspectError) -> Self {
        match error {
            InspectError::Keys(_) => ours(&error),
            InspectError::Store(store) => store.into(),
        }
    }
}

impl From<JwksError> for Problem {
    fn from(error: JwksError) -> Self {
        let _ = ours(&error);
        Self::of(Kind::BUSY)
    }
}

impl From<TermsError> for Problem {
    fn from(error: TermsError) -> Self {
        match error {
            TermsError::Jwks(jwks) => jwks.into(),
            TermsError::Keys(_) => ours(&error),
        }
    }
}

impl From<SnapshotKeyError> for Problem {
    fn from(error: SnapshotKeyError) -> Self {
        let _ = ours(&error);
        Self::of(Kind::BUSY)
    }
}
