//! The snapshot: everything a gateway is told, at one revision number. Plain data, the same bytes wherever it is read.

use serde::{Deserialize, Serialize};

use crate::{
    consumer::ClientId,
    decision::TokenFacts,
    id::{ApiKeyId, ApplicationId, ConsumerId, InstallationId, PlanId, SubscriptionId, VersionId},
    key::{Kid, Purpose},
    limit::Rate,
    operation::Method,
    outside::TrustedIssuer,
    plan::Lifetime,
    refusal::Refusal,
    staleness::Staleness,
    text::{ApiName, Name, Upstream, VersionNumber},
    time::Timestamp,
    token::Jti,
};

/// The shape of the snapshot that this program writes and reads.
pub const SCHEMA: u16 = 1;

/// Everything a gateway is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The shape: `SCHEMA`.
    pub schema: u16,
    /// The installation it is of.
    pub installation: InstallationId,
    /// Raised by a restore; a gateway follows the higher epoch, whatever its revision.
    pub epoch: u64,
    /// The number of the last audit event it reflects; within an epoch it never goes backwards.
    pub revision: u64,
    /// When the last event it reflects was written: at that moment it was the newest there was.
    #[serde(default)]
    pub at: Option<Timestamp>,
    /// The issuer of our tokens, byte for byte.
    pub issuer: String,
    /// The clock skew forgiven, in seconds.
    pub leeway_s: u32,
    /// The longest lifetime of any token, in seconds.
    pub max_lifetime_s: u32,
    /// Tokens of whomever issued before this moment are refused.
    #[serde(default)]
    pub not_before: Option<Timestamp>,
    /// The keys whose tokens may be accepted, and those that never may.
    pub keys: Vec<VerificationKey>,
    /// Every version that was ever published.
    pub versions: Vec<RoutedVersion>,
    /// Every application with its rights.
    pub clients: Vec<Client>,
    /// The plans.
    pub plans: Vec<PlanTerms>,
    /// Tokens revoked one by one that would otherwise still live, in order.
    pub revoked: Vec<RevokedToken>,
    /// Families of tokens (`sid`) revoked as one that would otherwise still live, in order.
    #[serde(default)]
    pub revoked_sessions: Vec<RevokedSession>,
    /// The API keys that live, and those that ended lately, so that their ends can be told from a key that never was.
    #[serde(default)]
    pub api_keys: Vec<ApiKeyTerms>,
    /// The outside issuers whose tokens are accepted.
    #[serde(default)]
    pub issuers: Vec<TrustedIssuer>,
}

/// An API key as a gateway recognises it: a fingerprint, never a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyTerms {
    /// Its id, by which records and decisions name it.
    pub id: ApiKeyId,
    /// SHA-256 of its text, in hexadecimal.
    pub fingerprint: String,
    /// Whose it is.
    pub application: ApplicationId,
    /// The versions it is for, in order.
    pub versions: Vec<VersionId>,
    /// The scopes it carries, as tokens carry them.
    pub scopes: Vec<String>,
    /// When it was issued.
    pub issued: Timestamp,
    /// When it ends, if it does by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// Whether it was revoked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub revoked: bool,
}

/// A public key and the window in which it signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationKey {
    /// Its name.
    pub kid: Kid,
    /// The public key, a JWK in JSON.
    pub jwk: String,
    /// What its ring is for.
    #[serde(default)]
    pub purpose: Purpose,
    /// The longest life of a token of its ring (invariant I6); nothing when that of the snapshot holds.
    #[serde(default, rename = "max_lifetime_s")]
    pub max_lifetime: Option<Lifetime>,
    /// What it may do.
    pub state: VerificationState,
}

/// What a key in a snapshot may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum VerificationState {
    /// Known, but has signed nothing yet.
    Published,
    /// Signed from then on, until then if it has stopped.
    Signed {
        /// The first moment.
        from: Timestamp,
        /// The last moment.
        until: Option<Timestamp>,
    },
    /// Set aside: nothing it signed is accepted for now.
    Suspended,
    /// Compromised: nothing it signed is accepted.
    Compromised,
}

/// A version as the gateway routes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutedVersion {
    /// The version.
    pub id: VersionId,
    /// Its API.
    pub api: ApiName,
    /// Its number; requests come to `/{api}/{number}/…`.
    pub number: VersionNumber,
    /// The audience of its tokens (RFC 8707 resource identifier).
    pub audience: String,
    /// Where its requests go.
    pub upstream: Upstream,
    /// Where it stands.
    pub state: RouteState,
    /// Tokens issued before this moment are refused here.
    #[serde(default)]
    pub not_before: Option<Timestamp>,
    /// What becomes of its calls at a gateway that is out of date.
    #[serde(default)]
    pub staleness: Staleness,
    /// The highest other live version of the API, if there is one.
    pub successor: Option<VersionNumber>,
    /// Its operations.
    pub operations: Vec<RoutedOperation>,
}

/// Where a routed version stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum RouteState {
    /// In good standing.
    Published,
    /// Announced to end.
    Deprecated {
        /// When that was announced.
        at: Timestamp,
        /// When it is to end.
        sunset: Timestamp,
    },
    /// Stopped.
    Blocked {
        /// What callers are told.
        reason: String,
    },
    /// Over.
    Retired {
        /// Since when.
        at: Timestamp,
    },
}

/// An operation as the gateway matches it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutedOperation {
    /// The method.
    pub method: Method,
    /// The path template under `/{api}/{number}`, for instance `/orders/{id}`.
    pub path: String,
    /// The alternatives of scopes as tokens carry them; a token must hold one of them whole. Empty: none required.
    pub requires: Vec<Vec<String>>,
}

/// An application with its rights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Its public name in tokens.
    pub client_id: ClientId,
    /// The application.
    pub application: ApplicationId,
    /// Its consumer.
    pub consumer: ConsumerId,
    /// The consumer's name, which upstreams are told.
    pub consumer_name: Name,
    /// The application's name, which upstreams are told.
    pub name: Name,
    /// Tokens issued before this moment are refused.
    pub not_before: Option<Timestamp>,
    /// Tokens of any application of the consumer issued before this moment are refused.
    #[serde(default)]
    pub consumer_not_before: Option<Timestamp>,
    /// Whether it may not call at all.
    pub disabled: bool,
    /// What it may call, in order of version.
    pub rights: Vec<Right>,
}

/// A subscription as the gateway checks it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Right {
    /// The version it opens.
    pub version: VersionId,
    /// The subscription.
    pub subscription: SubscriptionId,
    /// The plan it is under.
    pub plan: PlanId,
    /// Whether it is paused.
    pub paused: bool,
    /// Tokens issued before this moment are refused for this version.
    #[serde(default)]
    pub not_before: Option<Timestamp>,
}

/// The limits of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanTerms {
    /// The plan.
    pub id: PlanId,
    /// Its name.
    pub name: Name,
    /// How fast.
    pub rate: Rate,
    /// How many per UTC day.
    pub daily_quota: Option<u64>,
}

/// A token revoked before its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedToken {
    /// Its name.
    pub jti: Jti,
    /// When it would have ended; the entry may be dropped some time after.
    pub expires: Timestamp,
}

/// A family of tokens, all of one session (`sid`), revoked before its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedSession {
    /// The family's name.
    pub sid: String,
    /// When its last token would have ended; the entry may be dropped some time after.
    pub expires: Timestamp,
}

impl ApiKeyTerms {
    /// What the decision is told of it: the same facts as of a token. `audience` says what the versions are called.
    #[must_use]
    pub fn facts<'a>(&self, audience: impl Fn(VersionId) -> Option<&'a str>) -> TokenFacts {
        let versions = self.versions.iter();
        TokenFacts {
            jti: Jti::from_wire(self.id.to_string()),
            client_id: ClientId::of(self.application),
            kid: None,
            issued: self.issued,
            expires: self.expires.unwrap_or(Timestamp::END),
            audience: versions
                .filter_map(|version| audience(*version).map(str::to_owned))
                .collect(),
            scopes: self.scopes.clone(),
        }
    }
}

impl RoutedVersion {
    /// Whether the version can be called as it stands. Asked before a token is looked at, and again by the decision.
    ///
    /// # Errors
    /// `Blocked` and `Retired`.
    pub fn answers(&self) -> Result<(), Refusal> {
        match &self.state {
            RouteState::Published | RouteState::Deprecated { .. } => Ok(()),
            RouteState::Blocked { reason } => Err(Refusal::Blocked {
                reason: reason.clone(),
            }),
            RouteState::Retired { .. } => Err(Refusal::Retired {
                successor: self.successor,
            }),
        }
    }
}

impl RouteState {
    /// The word for it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Deprecated { .. } => "deprecated",
            Self::Blocked { .. } => "blocked",
            Self::Retired { .. } => "retired",
        }
    }
}
