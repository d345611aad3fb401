//! Why a gateway refuses a request: one closed list, with status, stable name and words for the caller.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{id::OutsideIssuerId, text::VersionNumber, time::Timestamp};

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Refusal {
    /// The request itself is malformed or can be read in two ways.
    Malformed {
        /// What is wrong with it.
        what: String,
    },
    /// No version answers at this address.
    NoRoute,
    /// The version has no such operation.
    NoOperation,
    /// The path is known, but not with this method.
    MethodNotAllowed {
        /// The methods there are, in order.
        allowed: Vec<String>,
    },
    /// The version is over.
    Retired {
        /// What to use instead.
        successor: Option<VersionNumber>,
    },
    /// The version is stopped.
    Blocked {
        /// Why.
        reason: String,
    },
    /// No token was sent.
    NoCredential,
    /// More than one credential, or one that is no bearer token.
    CredentialMalformed,
    /// The token does not verify. Callers are told no more than that; the step is for the operator.
    TokenInvalid {
        /// The step that refused, in words.
        step: String,
    },
    /// The proof that came with a bound token does not hold. Callers are told no more than that.
    ProofInvalid {
        /// What is wrong with it, in words.
        step: String,
    },
    /// The token was revoked.
    TokenRevoked,
    /// The token is of a trusted outside issuer, and names a key that is not known here, or not yet.
    IssuerKeyUnknown {
        /// The issuer.
        issuer: OutsideIssuerId,
    },
    /// Every token of the application up to a moment was revoked.
    TokenBeforeWatermark {
        /// The moment.
        not_before: Timestamp,
    },
    /// No application has the token's client id.
    ClientUnknown,
    /// The application is disabled.
    ClientDisabled,
    /// The token is for something else.
    WrongAudience {
        /// What it would have to be for.
        expected: String,
    },
    /// The token lacks a scope.
    InsufficientScope {
        /// What would have been enough: the first alternative.
        required: Vec<String>,
        /// What the token holds.
        held: Vec<String>,
    },
    /// The application has no subscription to the version.
    NotSubscribed,
    /// The subscription is paused.
    SubscriptionPaused,
    /// Too many requests at once.
    RateExceeded {
        /// When the next one will be let through, in milliseconds from now.
        retry_after_ms: u64,
    },
    /// The day's quota is used up.
    QuotaExceeded {
        /// When the next day begins, in milliseconds from now.
        retry_after_ms: u64,
    },
    /// The gateway has not been told anything yet.
    NotReady,
    /// The gateway has not known for longer than the version's contract allows that it is up to date.
    Stale {
        /// For how long, in seconds.
        age_s: u64,
        /// What the contract allows, in seconds.
        after_s: u32,
    },
    /// The upstream cannot be reached or broke off before it answered.
    UpstreamUnreachable,
    /// The upstream did not answer in time.
    UpstreamTimeout,
    /// The request is larger than the gateway takes.
    TooLarge,
}

impl Refusal {
    /// The status of the answer (RFC 9110, RFC 6585).
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed { .. } | Self::CredentialMalformed => 400,
            Self::NoCredential
            | Self::TokenInvalid { .. }
            | Self::ProofInvalid { .. }
            | Self::TokenRevoked
            | Self::IssuerKeyUnknown { .. }
            | Self::TokenBeforeWatermark { .. }
            | Self::ClientUnknown
            | Self::ClientDisabled
            | Self::WrongAudience { .. } => 401,
            Self::InsufficientScope { .. } | Self::NotSubscribed | Self::SubscriptionPaused => 403,
            Self::NoRoute | Self::NoOperation => 404,
            Self::MethodNotAllowed { .. } => 405,
            Self::Retired { .. } => 410,
            Self::TooLarge => 413,
            Self::RateExceeded { .. } | Self::QuotaExceeded { .. } => 429,
            Self::UpstreamUnreachable => 502,
            Self::Blocked { .. } | Self::NotReady | Self::Stale { .. } => 503,
            Self::UpstreamTimeout => 504,
        }
    }

    /// The stable name that callers see: the last part of the problem's `type`. One for every bad token.
    #[must_use]
    pub const fn problem(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "request-malformed",
            Self::NoRoute => "no-such-version",
            Self::NoOperation => "no-such-operation",
            Self::MethodNotAllowed { .. } => "method-not-allowed",
            Self::Retired { .. } => "version-retired",
            Self::Blocked { .. } => "version-blocked",
            Self::NoCredential => "token-missing",
            Self::CredentialMalformed => "credential-malformed",
            Self::TokenInvalid { .. }
            | Self::TokenRevoked
            | Self::IssuerKeyUnknown { .. }
            | Self::TokenBeforeWatermark { .. }
            | Self::ClientUnknown
            | Self::ClientDisabled
            | Self::WrongAudience { .. } => "token-invalid",
            Self::ProofInvalid { .. } => "proof-invalid",
            Self::InsufficientScope { .. } => "insufficient-scope",
            Self::NotSubscribed => "subscription-missing",
            Self::SubscriptionPaused => "subscription-paused",
            Self::RateExceeded { .. } => "rate-exceeded",
            Self::QuotaExceeded { .. } => "quota-exceeded",
            Self::NotReady => "gateway-not-ready",
            Self::Stale { .. } => "gateway-stale",
            Self::UpstreamUnreachable => "upstream-unreachable",
            Self::UpstreamTimeout => "upstream-timeout",
            Self::TooLarge => "request-too-large",
        }
    }

    /// The name for operators, in records and on the decision page: tells the bad tokens apart.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::TokenRevoked => "token-revoked",
            Self::IssuerKeyUnknown { .. } => "issuer-key-unknown",
            Self::TokenBeforeWatermark { .. } => "token-before-watermark",
            Self::ClientUnknown => "client-unknown",
            Self::ClientDisabled => "client-disabled",
            Self::WrongAudience { .. } => "wrong-audience",
            Self::Malformed { .. }
            | Self::NoRoute
            | Self::NoOperation
            | Self::MethodNotAllowed { .. }
            | Self::Retired { .. }
            | Self::Blocked { .. }
            | Self::NoCredential
            | Self::CredentialMalformed
            | Self::TokenInvalid { .. }
            | Self::ProofInvalid { .. }
            | Self::InsufficientScope { .. }
            | Self::NotSubscribed
            | Self::SubscriptionPaused
            | Self::RateExceeded { .. }
            | Self::QuotaExceeded { .. }
            | Self::NotReady
            | Self::Stale { .. }
            | Self::UpstreamUnreachable
            | Self::UpstreamTimeout
            | Self::TooLarge => self.problem(),
        }
    }

    /// The error code of RFC 6750 section 3.1 or of RFC 9449 section 7.1, where there is one.
    #[must_use]
    pub fn bearer_error(&self) -> Option<&'static str> {
        match self.status() {
            401 if matches!(self, Self::ProofInvalid { .. }) => Some("invalid_dpop_proof"),
            401 if !matches!(self, Self::NoCredential) => Some("invalid_token"),
            403 if matches!(self, Self::InsufficientScope { .. }) => Some("insufficient_scope"),
            400 if matches!(self, Self::CredentialMalformed) => Some("invalid_request"),
            _ => None,
        }
    }

    /// How long to wait before trying again, where waiting helps.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateExceeded { retry_after_ms } | Self::QuotaExceeded { retry_after_ms } => {
                Some(Duration::from_millis(*retry_after_ms))
            }
            Self::Blocked { .. } => Some(Duration::from_secs(60)),
            Self::NotReady => Some(Duration::from_secs(1)),
            // A gateway that is back in touch is up to date within a second; another one may be in touch now.
            Self::Stale { .. } => Some(Duration::from_secs(5)),
            _ => None,
        }
    }

    /// What the caller is told: what is wrong and what would be right, and nothing about why a token is bad.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::Malformed { what } => format!("The request was not forwarded: {what}."),
            Self::NoRoute => {
                "No published version answers here. Addresses are /{api}/{version}/…".to_owned()
            }
            Self::NoOperation => "The contract of this version has no such path.".to_owned(),
            Self::MethodNotAllowed { allowed } => {
                format!(
                    "The contract knows this path with {} only.",
                    allowed.join(", ")
                )
            }
            Self::Retired {
                successor: Some(next),
            } => format!("This version has ended. Use {next}."),
            Self::Retired { successor: None } => {
                "This version has ended and has no successor.".to_owned()
            }
            Self::Blocked { reason } => format!("This version is stopped for now: {reason}"),
            Self::NoCredential => "Send a token: Authorization: Bearer <token>.".to_owned(),
            Self::CredentialMalformed => {
                "Send exactly one Authorization header of the form: Bearer <token>.".to_owned()
            }
            Self::TokenInvalid { .. }
            | Self::TokenRevoked
            | Self::IssuerKeyUnknown { .. }
            | Self::TokenBeforeWatermark { .. }
            | Self::ClientUnknown
            | Self::ClientDisabled
            | Self::WrongAudience { .. } => "The access token is invalid.".to_owned(),
            Self::ProofInvalid { .. } => {
                "Send exactly one DPoP proof: made now, for this method, address and token, by the key the token is bound to, and never sent before."
                    .to_owned()
            }
            Self::InsufficientScope { required, .. } => {
                format!(
                    "The token lacks what this operation requires: {}.",
                    required.join(" ")
                )
            }
            Self::NotSubscribed => {
                "The application has no subscription to this version.".to_owned()
            }
            Self::SubscriptionPaused => {
                "The application's subscription to this version is paused.".to_owned()
            }
            Self::RateExceeded { .. } => {
                "Too many requests for the plan's rate. Wait and try again.".to_owned()
            }
            Self::QuotaExceeded { .. } => {
                "The plan's daily quota is used up. It starts anew at 00:00 UTC.".to_owned()
            }
            Self::NotReady => "The gateway has no configuration yet.".to_owned(),
            Self::Stale { .. } => {
                "The gateway has been out of touch for too long to let such a request through. Try again soon."
                    .to_owned()
            }
            Self::UpstreamUnreachable => {
                "The service behind this API cannot be reached.".to_owned()
            }
            Self::UpstreamTimeout => {
                "The service behind this API did not answer in time.".to_owned()
            }
            Self::TooLarge => "The request is larger than this gateway takes.".to_owned(),
        }
    }
}
