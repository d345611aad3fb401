//! How a command fails: with a number for scripts, and with the next step for people.

use std::{
    fmt,
    io::{self, ErrorKind},
    process::ExitCode,
};

use gatewright_domain::{access::Denied, ring::RingError};
use gatewright_keys::{
    AlgorithmError, ApiKeyUseError, ClientSecretUseError, InitialTokenUseError, IssueError,
    IssuerError, KekUseError, ReplaceError, RevokeError, RingUseError,
};
use gatewright_operators::{AccessTokenError, AdmissionError, SetUpError, TeamError};
use gatewright_registry::{GatewayError, MoveError};
use gatewright_store::StoreError;

/// What the exit code of a command means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// It did not work.
    Failed,
    /// The command line or a setting is wrong.
    Usage,
    /// There is no such thing.
    NotFound,
    /// The policy forbids it.
    Denied,
    /// It does not fit what is there.
    Conflict,
    /// It worked, and found something to be looked at.
    Findings,
}

impl Code {
    /// The number.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::Denied => 4,
            Self::Conflict => 5,
            Self::Findings => 10,
        }
    }

    /// What an error means that says nothing of it itself.
    fn of(error: &anyhow::Error) -> Self {
        let known = error.chain().find_map(|cause| {
            if let Some(failure) = cause.downcast_ref::<Failure>() {
                return Some(failure.code);
            }
            if cause.is::<Denied>() {
                return Some(Self::Denied);
            }
            of_store(cause).or_else(|| of_use_case(cause))
        });
        known.unwrap_or(Self::Failed)
    }
}

fn of_store(cause: &(dyn std::error::Error + 'static)) -> Option<Code> {
    match cause.downcast_ref::<StoreError>()? {
        StoreError::NotFound => Some(Code::NotFound),
        StoreError::Stale | StoreError::Taken { .. } | StoreError::Ambiguous => {
            Some(Code::Conflict)
        }
        StoreError::OutsidePermit
        | StoreError::Corrupt { .. }
        | StoreError::Busy
        | StoreError::TooLarge
        | StoreError::Full
        | StoreError::Interrupted
        | StoreError::Unusable(_)
        | StoreError::Database(_) => None,
    }
}

/// What the refusals of the use-cases mean that commands run.
fn of_use_case(cause: &(dyn std::error::Error + 'static)) -> Option<Code> {
    let missing = matches!(
        cause.downcast_ref(),
        Some(AdmissionError::NotFound | AdmissionError::NoSuchTeam)
    ) || matches!(cause.downcast_ref(), Some(AccessTokenError::NotFound))
        || matches!(cause.downcast_ref(), Some(IssueError::NotFound))
        || matches!(cause.downcast_ref(), Some(RevokeError::NotFound))
        || matches!(cause.downcast_ref(), Some(ApiKeyUseError::NotFound))
        || matches!(cause.downcast_ref(), Some(ReplaceError::NotFound))
        || matches!(cause.downcast_ref(), Some(InitialTokenUseError::NotFound))
        || matches!(cause.downcast_ref(), Some(ClientSecretUseError::NotFound))
        || matches!(cause.downcast_ref(), Some(GatewayError::NotFound))
        || matches!(cause.downcast_ref(), Some(KekUseError::NoSuchKek(_)))
        || matches!(cause.downcast_ref(), Some(IssuerError::NotFound))
        || matches!(cause.downcast_ref(), Some(AlgorithmError::NotFound))
        || matches!(cause.downcast_ref(), Some(MoveError::NotFound))
        || matches!(
            cause.downcast_ref(),
            Some(RingUseError::NoSuchRing | RingUseError::Ring(RingError::NoSuchKey))
        );
    if missing {
        return Some(Code::NotFound);
    }
    let conflict = matches!(
        cause.downcast_ref(),
        Some(AdmissionError::NameTaken | AdmissionError::AlreadyDisabled(_))
    ) || matches!(cause.downcast_ref(), Some(TeamError::NameTaken))
        || matches!(cause.downcast_ref(), Some(SetUpError::Done))
        || matches!(
            cause.downcast_ref(),
            Some(IssuerError::Taken | IssuerError::Refused(_) | IssuerError::Stale)
        )
        || matches!(
            cause.downcast_ref(),
            Some(GatewayError::NameTaken(_) | GatewayError::AlreadyRemoved(_))
        )
        || matches!(
            cause.downcast_ref(),
            Some(RingUseError::Ring(_) | RingUseError::Formed(_) | RingUseError::Stale)
        )
        || matches!(
            cause.downcast_ref(),
            Some(KekUseError::Move(_) | KekUseError::Known(_) | KekUseError::Stale)
        )
        || matches!(
            cause.downcast_ref(),
            Some(IssueError::Refused(_) | IssueError::Ambiguous | IssueError::Stale)
        )
        || matches!(
            cause.downcast_ref(),
            Some(ApiKeyUseError::Refused(_) | ApiKeyUseError::Ambiguous | ApiKeyUseError::Stale)
        );
    let conflict = conflict
        || matches!(
            cause.downcast_ref(),
            Some(ReplaceError::Refused(_) | ReplaceError::Stale)
        )
        || matches!(
            cause.downcast_ref(),
            Some(AlgorithmError::Refused(_) | AlgorithmError::Stale)
        )
        || matches!(
            cause.downcast_ref(),
            Some(MoveError::Refused(_) | MoveError::Stale)
        );
    let conflict = conflict
        || matches!(
            cause.downcast_ref(),
            Some(InitialTokenUseError::Refused(_) | InitialTokenUseError::Stale)
        )
        || matches!(
            cause.downcast_ref(),
            Some(
                ClientSecretUseError::Refused(_)
                    | ClientSecretUseError::Ambiguous
                    | ClientSecretUseError::Stale
            )
        );
    conflict.then_some(Code::Conflict)
}

/// A failure that knows its code, and maybe the next step.
#[derive(Debug)]
pub(crate) struct Failure {
    code: Code,
    message: String,
    next: Option<String>,
}

impl Failure {
    /// A failure.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            next: None,
        }
    }

    /// What another error means for the exit code.
    pub(crate) fn of(code: Code, error: impl Into<anyhow::Error>) -> Self {
        Self::new(code, words(&error.into()))
    }

    /// With what to do next.
    pub(crate) fn next(self, next: impl Into<String>) -> Self {
        Self {
            next: Some(next.into()),
            ..self
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// What keeps something from being read, with what helps against that.
pub(crate) fn unreadable(what: impl fmt::Display) -> impl FnOnce(io::Error) -> Failure {
    move |error| {
        let next = match error.kind() {
            ErrorKind::NotFound => {
                "check the path; a relative one begins in the directory that the command runs in"
            }
            ErrorKind::PermissionDenied => "run it as a user who may read that",
            ErrorKind::IsADirectory => "name a file in that directory",
            ErrorKind::InvalidData => "save it as UTF-8",
            _ => "see whether another program can read it",
        };
        Failure::new(Code::Failed, format!("could not read {what}: {error}")).next(next)
    }
}

/// An error and its causes, each said once: some libraries repeat the cause in their own words.
pub(crate) fn words(error: &anyhow::Error) -> String {
    let mut words = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if words.is_empty() {
            words = cause;
        } else if !words.contains(&cause) {
            words = format!("{words}: {cause}");
        }
    }
    words
}

/// Tells a failure on standard error and gives its exit code.
pub(crate) fn tell(error: &anyhow::Error) -> ExitCode {
    let code = Code::of(error);
    crate::say!("error: {}", words(error));
    let next = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<Failure>()?.next.as_deref());
    match (next, code) {
        (Some(next), _) => crate::say!("next:  {next}"),
        (None, Code::Failed) => crate::say!("next:  gatewright doctor"),
        (None, _) => {}
    }
    ExitCode::from(code.number())
}
