//! From the errors about people to problems.

use gatewright_operators::{
    AccessTokenError, AdmissionError, PasswordError, SetUpError, SignInError, SignInLinkError,
    TeamError, TrailError,
};

use crate::web::{catalogue::Kind, problem::Problem};

use super::problems::{capital, of, ours};

impl From<PasswordError> for Problem {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::TooShort | PasswordError::TooLong | PasswordError::Monotonous => {
                Self::field("/password", capital(&error.to_string()))
            }
            PasswordError::Busy => {
                of(Kind::TOO_MANY, &error).after(std::time::Duration::from_secs(2))
            }
            PasswordError::Hashing => ours(&error),
        }
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Refused => Self::of(Kind::SIGN_IN_REFUSED),
            SignInError::TooMany { retry_after } => of(Kind::TOO_MANY, &error).after(retry_after),
            SignInError::Password(password) => password.into(),
            SignInError::Denied(denied) => denied.into(),
            SignInError::Store(store) => store.into(),
        }
    }
}

impl From<SetUpError> for Problem {
    fn from(error: SetUpError) -> Self {
        match error {
            SetUpError::NotTheLink | SetUpError::Done => of(Kind::STATE, &error),
            SetUpError::Password(password) => password.into(),
            SetUpError::Denied(denied) => denied.into(),
            SetUpError::SignIn(sign_in) => sign_in.into(),
            SetUpError::Store(store) => store.into(),
        }
    }
}

impl From<SignInLinkError> for Problem {
    fn from(error: SignInLinkError) -> Self {
        match error {
            SignInLinkError::NotALink | SignInLinkError::Disabled => of(Kind::STATE, &error),
            SignInLinkError::Denied(denied) => denied.into(),
            SignInLinkError::SignIn(sign_in) => sign_in.into(),
            SignInLinkError::Store(store) => store.into(),
        }
    }
}

impl From<AdmissionError> for Problem {
    fn from(error: AdmissionError) -> Self {
        match error {
            AdmissionError::Denied(denied) => denied.into(),
            AdmissionError::NotFound => Self::of(Kind::NOT_FOUND),
            AdmissionError::NameTaken => of(Kind::TAKEN, &error),
            AdmissionError::NoSuchTeam => Self::field("/teams", capital(&error.to_string())),
            AdmissionError::Stale => Self::of(Kind::STALE),
            AdmissionError::Password(password) => password.into(),
            AdmissionError::WrongPassword => Self::field("/present", capital(&error.to_string())),
            AdmissionError::AlreadyDisabled(_) | AdmissionError::NotDisabled(_) => {
                of(Kind::STATE, &error)
            }
            AdmissionError::Store(store) => store.into(),
        }
    }
}

impl From<AccessTokenError> for Problem {
    fn from(error: AccessTokenError) -> Self {
        match error {
            AccessTokenError::Denied(denied) => denied.into(),
            AccessTokenError::NotFound => Self::of(Kind::NOT_FOUND),
            AccessTokenError::AboveOwner { .. } => {
                Self::field("/role", capital(&error.to_string()))
            }
            AccessTokenError::Lifetime => Self::field("/lifetime_s", capital(&error.to_string())),
            AccessTokenError::AlreadyRevoked(_) => of(Kind::STATE, &error),
            AccessTokenError::Store(store) => store.into(),
        }
    }
}

impl From<TeamError> for Problem {
    fn from(error: TeamError) -> Self {
        match error {
            TeamError::Denied(denied) => denied.into(),
            TeamError::NameTaken => of(Kind::TAKEN, &error),
            TeamError::Store(store) => store.into(),
        }
    }
}

impl From<TrailError> for Problem {
    fn from(error: TrailError) -> Self {
        match error {
            TrailError::Denied(denied) => denied.into(),
            TrailError::Store(store) => store.into(),
        }
    }
}
