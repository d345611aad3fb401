//! What was found: where, what, whose, how long it is good, and what to do. Never the secret itself.

use gatewright_domain::{
    client::SecretId,
    credential::CredentialKind,
    id::{AccessTokenId, ApiKeyId, ApplicationId, FamilyId, InitialTokenId, TokenId},
    time::Timestamp,
};
use gatewright_token::find::Place;
use serde::Serialize;

/// One secret, found.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Finding {
    /// The file, or `-`.
    pub(super) file: String,
    #[serde(flatten)]
    pub(super) at: At,
    pub(super) kind: Kind,
    /// By what it can be recognised: its first characters, or a token's own name.
    pub(super) hint: String,
    /// Whose it is, in words.
    pub(super) holder: Option<String>,
    /// Its id in the installation.
    pub(super) id: Option<String>,
    pub(super) status: Status,
    /// Until when it is good, if it ends by itself.
    pub(super) until: Option<Timestamp>,
    /// What to do.
    pub(super) advice: String,
    /// What became of it with `--revoke`.
    pub(super) revocation: Option<Revocation>,
    /// What can be revoked.
    #[serde(skip)]
    pub(super) handle: Option<Handle>,
}

/// Where in a file.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct At {
    pub(super) line: u64,
    pub(super) column: u64,
    /// In bytes.
    pub(super) offset: u64,
    /// In characters.
    pub(super) length: u64,
}

impl At {
    pub(super) const fn of(place: Place, length: u64) -> Self {
        Self {
            line: place.line,
            column: place.column,
            offset: place.offset,
            length,
        }
    }
}

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    Token,
    ApiKey,
    AccessToken,
    GatewayToken,
    Session,
    SetUpLink,
    SignInLink,
    ClientSecret,
    RefreshToken,
    InitialToken,
    RegistrationToken,
}

impl Kind {
    pub(super) const ALL: [Self; 11] = [
        Self::Token,
        Self::ApiKey,
        Self::AccessToken,
        Self::GatewayToken,
        Self::Session,
        Self::SetUpLink,
        Self::SignInLink,
        Self::ClientSecret,
        Self::RefreshToken,
        Self::InitialToken,
        Self::RegistrationToken,
    ];

    pub(super) const fn of(kind: CredentialKind) -> Self {
        match kind {
            CredentialKind::AccessToken => Self::AccessToken,
            CredentialKind::Gateway => Self::GatewayToken,
            CredentialKind::Session => Self::Session,
            CredentialKind::SetUp => Self::SetUpLink,
            CredentialKind::SignIn => Self::SignInLink,
            CredentialKind::ApiKey => Self::ApiKey,
            CredentialKind::InitialToken => Self::InitialToken,
            CredentialKind::RegistrationToken => Self::RegistrationToken,
        }
    }

    /// Its name in SARIF, the same as in JSON.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::ApiKey => "api-key",
            Self::AccessToken => "access-token",
            Self::GatewayToken => "gateway-token",
            Self::Session => "session",
            Self::SetUpLink => "set-up-link",
            Self::SignInLink => "sign-in-link",
            Self::ClientSecret => "client-secret",
            Self::RefreshToken => "refresh-token",
            Self::InitialToken => "initial-token",
            Self::RegistrationToken => "registration-token",
        }
    }

    /// What people call it.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Token => "token of an application",
            Self::ApiKey => "API key of an application",
            Self::AccessToken => "personal access token",
            Self::GatewayToken => "token of a gateway",
            Self::Session => "session of an operator",
            Self::SetUpLink => "set-up link",
            Self::SignInLink => "sign-in link",
            Self::ClientSecret => "client secret of an application",
            Self::RefreshToken => "refresh token of an application",
            Self::InitialToken => "initial access token",
            Self::RegistrationToken => "registration access token of an application",
        }
    }
}

/// What it is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Status {
    /// It is accepted.
    Live,
    /// It has not ended; whether it was revoked, only its installation knows.
    Unended,
    /// It is accepted, but nobody has recorded it.
    Unrecorded,
    /// A whole credential, of which this installation knows nothing.
    Unknown,
    /// It has ended.
    Expired,
    /// It is refused.
    Revoked,
}

impl Status {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Unended => "not ended",
            Self::Unrecorded => "live but unrecorded",
            Self::Unknown => "unknown here",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

/// What can be revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Handle {
    Token(TokenId),
    ApiKey(ApiKeyId),
    AccessToken(AccessTokenId),
    InitialToken(InitialTokenId),
    ClientSecret(ApplicationId, SecretId),
    Grant(FamilyId),
}

/// What became of it with `--revoke`.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub(super) enum Revocation {
    /// It is revoked now.
    Revoked,
    /// It could not be.
    Failed {
        /// Why.
        because: String,
    },
}

impl Finding {
    /// Whether it is the same secret.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        self.handle.is_some() && self.handle == other.handle
    }

    /// Whether it was to be revoked and was not.
    pub(super) const fn is_not_revoked(&self) -> bool {
        matches!(self.revocation, Some(Revocation::Failed { .. }))
    }
}
