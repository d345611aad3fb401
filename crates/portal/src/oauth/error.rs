//! How the OAuth endpoints fail: RFC 6749 section 5.2, with the codes of RFC 7009, RFC 8707 and RFC 9449. The one place that knows
//! which outcome has which code, status and headers. Descriptions are constant, so that nothing of a request is echoed.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use gatewright_domain::token::LineageError;
use gatewright_keys::{
    ClientRefused, ExchangeError, GrantError, InspectError, RedeemError, RefreshError,
    RevokeOwnError, SignerError,
};
use serde_json::json;
use tracing::error;

use crate::web::problem::Problem;

/// After how long a client may try again where nothing more precise is known.
const A_MOMENT: Duration = Duration::from_secs(1);

/// Why a request at an OAuth endpoint failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    code: &'static str,
    status: StatusCode,
    description: &'static str,
    retry_after: Option<Duration>,
    nonce: Option<String>,
}

impl Fault {
    const fn new(code: &'static str, status: StatusCode, description: &'static str) -> Self {
        Self {
            code,
            status,
            description,
            retry_after: None,
            nonce: None,
        }
    }

    /// The request itself is wrong.
    pub(super) const fn invalid_request(description: &'static str) -> Self {
        Self::new("invalid_request", StatusCode::BAD_REQUEST, description)
    }

    /// The request is larger than is read.
    pub(super) const fn too_large() -> Self {
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        Self::new("invalid_request", status, "The body has at most 64 KiB")
    }

    /// The address takes POST only.
    pub(super) const fn method() -> Self {
        let status = StatusCode::METHOD_NOT_ALLOWED;
        Self::new("invalid_request", status, "This endpoint takes POST only")
    }

    /// Nobody was authenticated.
    pub(super) const fn invalid_client() -> Self {
        let status = StatusCode::UNAUTHORIZED;
        Self::new("invalid_client", status, "Client authentication failed")
    }

    /// The grant is none that there is.
    pub(super) const fn unsupported_grant_type() -> Self {
        let status = StatusCode::BAD_REQUEST;
        let description = "There is no such grant type here";
        Self::new("unsupported_grant_type", status, description)
    }

    /// The scope is not written as scopes are, or nothing is left of it.
    pub(super) const fn invalid_scope(description: &'static str) -> Self {
        Self::new("invalid_scope", StatusCode::BAD_REQUEST, description)
    }

    /// No resource is meant that the client may call.
    pub(super) const fn invalid_target(description: &'static str) -> Self {
        Self::new("invalid_target", StatusCode::BAD_REQUEST, description)
    }

    /// A live token of somebody else is not ended.
    pub(super) const fn of_another() -> Self {
        let description = "The token was issued to another client";
        Self::new("invalid_grant", StatusCode::BAD_REQUEST, description)
    }

    /// The operator's role does not see every API.
    pub(super) const fn not_an_asker() -> Self {
        let description = "Asking about any token needs a role that sees every API";
        Self::new("insufficient_scope", StatusCode::FORBIDDEN, description)
    }

    /// What is traded for a token is not good, or not any more. Which, no client is told.
    const fn invalid_grant(description: &'static str) -> Self {
        Self::new("invalid_grant", StatusCode::BAD_REQUEST, description)
    }

    /// The proof of the sender's key does not hold.
    pub(super) const fn invalid_dpop_proof() -> Self {
        let description = "Send one new DPoP proof, made now for POST and this endpoint";
        Self::new("invalid_dpop_proof", StatusCode::BAD_REQUEST, description)
    }

    /// The proof carries a nonce that is not taken any more; here is one that is.
    pub(super) fn use_dpop_nonce(nonce: String) -> Self {
        let description = "Put the nonce of the DPoP-Nonce header into the proof";
        Self {
            nonce: Some(nonce),
            ..Self::new("use_dpop_nonce", StatusCode::BAD_REQUEST, description)
        }
    }

    const fn unauthorized_client(description: &'static str) -> Self {
        Self::new("unauthorized_client", StatusCode::BAD_REQUEST, description)
    }

    /// Another attempt may do better.
    pub(super) fn not_now() -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let description = "The server cannot get to it now; nothing was issued";
        Self {
            retry_after: Some(A_MOMENT),
            ..Self::new("temporarily_unavailable", status, description)
        }
    }

    fn too_fast(wait: Duration) -> Self {
        let status = StatusCode::TOO_MANY_REQUESTS;
        let description = "The client asks for tokens faster than it may";
        Self {
            retry_after: Some(wait),
            ..Self::new("temporarily_unavailable", status, description)
        }
    }

    /// The code.
    pub(super) const fn code(&self) -> &'static str {
        self.code
    }

    /// What is wrong, in words.
    pub(super) const fn description(&self) -> &'static str {
        self.description
    }

    /// The answer.
    pub(super) fn answer(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        unkept(&mut response);
        if let Some(wait) = self.retry_after {
            let seconds = wait
                .as_secs()
                .saturating_add(u64::from(wait.subsec_nanos() > 0));
            response.insert_header((header::RETRY_AFTER, seconds.max(1)));
        }
        if let Some(nonce) = &self.nonce {
            response.insert_header(("dpop-nonce", nonce.as_str()));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            // Whatever the client tried: RFC 6749 demands it for the header, and no client minds it elsewhere.
            response.insert_header((header::WWW_AUTHENTICATE, r#"Basic realm="gatewright""#));
        }
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            response.insert_header((header::ALLOW, "POST"));
        }
        response.json(json!({ "error": self.code, "error_description": self.description }))
    }
}

/// Marks an answer that no cache may keep (RFC 6749 section 5.1).
pub(super) fn unkept(response: &mut actix_web::HttpResponseBuilder) {
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::PRAGMA, "no-cache"));
}

/// An answer, or the fault as one.
pub(super) fn answered(outcome: Result<HttpResponse, Fault>) -> HttpResponse {
    outcome.unwrap_or_else(|fault| fault.answer())
}

/// What is our fault: the log gets the whole chain, the client a constant.
pub(super) fn ours(cause: &dyn std::error::Error) -> Fault {
    let mut chain = cause.to_string();
    let mut next = cause.source();
    while let Some(source) = next {
        chain.push_str(": ");
        chain.push_str(&source.to_string());
        next = source.source();
    }
    error!(error = %chain, "An OAuth request failed through no fault of its own");
    Fault::not_now()
}

/// What keeps the page or document from being made is ours too; its own answer was logged where it arose.
pub(super) fn unavailable(_: Problem) -> Fault {
    Fault::not_now()
}

impl From<InspectError> for Fault {
    fn from(error: InspectError) -> Self {
        ours(&error)
    }
}

impl From<SignerError> for Fault {
    fn from(error: SignerError) -> Self {
        ours(&error)
    }
}

impl From<RevokeOwnError> for Fault {
    fn from(error: RevokeOwnError) -> Self {
        ours(&error)
    }
}

impl From<ClientRefused> for Fault {
    fn from(refused: ClientRefused) -> Self {
        match refused {
            ClientRefused::NotBelieved => Self::invalid_client(),
            ClientRefused::Pepper(_) | ClientRefused::Store(_) => ours(&refused),
        }
    }
}

impl From<GrantError> for Fault {
    fn from(refused: GrantError) -> Self {
        match refused {
            GrantError::Disabled => Self::invalid_client(),
            GrantError::NotThisGrant => {
                Self::unauthorized_client("The client may not use this grant")
            }
            GrantError::ProofNeeded => Self::invalid_dpop_proof(),
            GrantError::CertificateNeeded => Self::invalid_request(
                "Tokens of this client are bound to its certificate: show one, and no DPoP proof",
            ),
            GrantError::Denied(_) => {
                Self::unauthorized_client("The client may not have this token")
            }
            GrantError::NoTarget => Self::invalid_target(
                "Name the resource: one that the client has an active subscription to",
            ),
            GrantError::Algorithms(_) => Self::invalid_target(
                "Tokens for these resources are signed with different algorithms; ask for one token for each",
            ),
            GrantError::NoScope => {
                Self::invalid_scope("The client may have none of the scopes it asked for")
            }
            GrantError::TooFast(wait) => Self::too_fast(wait),
            GrantError::NotNow(_) => ours(&refused),
        }
    }
}

impl From<ExchangeError> for Fault {
    fn from(refused: ExchangeError) -> Self {
        match refused {
            ExchangeError::Subject(_) => {
                Self::invalid_request("subject_token is not good here, or not any more")
            }
            ExchangeError::Actor(_) => {
                Self::invalid_request("actor_token is not a good token of the client itself")
            }
            ExchangeError::WiderScope => {
                Self::invalid_scope("The subject_token does not carry all of these scopes")
            }
            ExchangeError::Lineage(LineageError::Loop) => {
                Self::invalid_request("Nobody acts for themselves, or for who acts for them")
            }
            ExchangeError::Lineage(LineageError::TooDeep) => {
                Self::invalid_request("Too many act for one another already")
            }
            ExchangeError::Grant(refused) => refused.into(),
            ExchangeError::NotJudged(error) => error.into(),
        }
    }
}

impl From<RedeemError> for Fault {
    fn from(refused: RedeemError) -> Self {
        match refused {
            RedeemError::NotGood(_) => {
                Self::invalid_grant("The code is not good with these, or not any more")
            }
            RedeemError::OtherTarget => {
                Self::invalid_target("Name every resource that was allowed, or none")
            }
            RedeemError::Grant(refused) => refused.into(),
            RedeemError::Pepper(_) => ours(&refused),
        }
    }
}

impl From<RefreshError> for Fault {
    fn from(refused: RefreshError) -> Self {
        match refused {
            RefreshError::NotGood(_) => {
                Self::invalid_grant("The refresh token is not good, or not any more")
            }
            RefreshError::WiderScope => {
                Self::invalid_scope("The grant does not carry all of these scopes")
            }
            RefreshError::OtherTarget => {
                Self::invalid_target("Name every resource of the grant, or none")
            }
            RefreshError::Grant(refused) => refused.into(),
            RefreshError::Pepper(_) | RefreshError::Seal(_) => ours(&refused),
        }
    }
}
