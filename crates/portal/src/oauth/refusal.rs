//! How registration fails: RFC 7591 section 3.2.2 and RFC 7592 section 2. Descriptions are constant, so that nothing of a request
//! is echoed.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use gatewright_domain::client::WishRefused;
use gatewright_keys::{RegistrationError, Unknowable};
use serde_json::json;

use super::error::{ours, unkept};

/// After how long a client may try again where nothing more precise is known.
const A_MOMENT: Duration = Duration::from_secs(1);

/// Why nothing is registered, read, replaced or given up.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    code: &'static str,
    status: StatusCode,
    description: &'static str,
    header: Option<(header::HeaderName, String)>,
}

impl Refusal {
    const fn new(code: &'static str, status: StatusCode, description: &'static str) -> Self {
        Self {
            code,
            status,
            description,
            header: None,
        }
    }

    const fn bad(code: &'static str, description: &'static str) -> Self {
        Self::new(code, StatusCode::BAD_REQUEST, description)
    }

    /// One of the redirect URIs is none, or one is missing.
    pub(super) const fn redirect(description: &'static str) -> Self {
        Self::bad("invalid_redirect_uri", description)
    }

    /// Anything else of the metadata cannot be granted.
    pub(super) const fn metadata(description: &'static str) -> Self {
        Self::bad("invalid_client_metadata", description)
    }

    /// The software statement is none.
    pub(super) const fn statement(description: &'static str) -> Self {
        Self::bad("invalid_software_statement", description)
    }

    /// The software statement is of somebody whom nobody here trusts.
    pub(super) const fn unapproved_statement() -> Self {
        let description = "No issuer of software statements is trusted here; leave it out";
        Self::bad("unapproved_software_statement", description)
    }

    /// The body is larger than is read, or could not be.
    pub(super) fn unread(error: &actix_web::Error) -> Self {
        match error.as_response_error().status_code() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(
                "invalid_client_metadata",
                StatusCode::PAYLOAD_TOO_LARGE,
                "The body has at most 64 KiB",
            ),
            _ => Self::metadata("The body could not be read"),
        }
    }

    /// No token was sent (RFC 6750 section 3.1: without an error in the header).
    pub(super) fn missing() -> Self {
        let realm = r#"Bearer realm="gatewright""#.to_owned();
        Self {
            header: Some((header::WWW_AUTHENTICATE, realm)),
            ..Self::new(
                "invalid_token",
                StatusCode::UNAUTHORIZED,
                "Send the token as Authorization: Bearer",
            )
        }
    }

    /// The token that was sent proves nothing, or not any more.
    pub(super) fn invalid() -> Self {
        let description = "The token is not good for this, or not any more";
        let realm = format!(
            r#"Bearer realm="gatewright", error="invalid_token", error_description="{description}""#
        );
        Self {
            header: Some((header::WWW_AUTHENTICATE, realm)),
            ..Self::new("invalid_token", StatusCode::UNAUTHORIZED, description)
        }
    }

    /// The address takes other methods.
    pub(super) fn method(allowed: &'static str) -> Self {
        Self {
            header: Some((header::ALLOW, allowed.to_owned())),
            ..Self::new(
                "invalid_request",
                StatusCode::METHOD_NOT_ALLOWED,
                "This endpoint takes other methods",
            )
        }
    }

    fn later(status: StatusCode, wait: Duration) -> Self {
        let seconds = wait
            .as_secs()
            .saturating_add(u64::from(wait.subsec_nanos() > 0));
        Self {
            header: Some((header::RETRY_AFTER, seconds.max(1).to_string())),
            ..Self::new(
                "temporarily_unavailable",
                status,
                "The server does not get to it now; nothing was changed",
            )
        }
    }

    /// The answer.
    pub(super) fn answer(self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        unkept(&mut response);
        if let Some(header) = self.header {
            response.insert_header(header);
        }
        response.json(json!({ "error": self.code, "error_description": self.description }))
    }
}

impl From<RegistrationError> for Refusal {
    fn from(error: RegistrationError) -> Self {
        match error {
            RegistrationError::NotBelieved => Self::invalid(),
            RegistrationError::OfAnother => Self::new(
                "access_denied",
                StatusCode::FORBIDDEN,
                "The token is for the registration of another client",
            ),
            RegistrationError::TooFast(wait) => Self::later(StatusCode::TOO_MANY_REQUESTS, wait),
            RegistrationError::Refused(WishRefused::Redirect(why)) => Self::redirect(why),
            RegistrationError::Refused(WishRefused::Metadata(why)) => Self::metadata(why),
            RegistrationError::Unknowable(why) => Self::metadata(match why {
                Unknowable::KeySet(_) => {
                    "jwks is a set of public keys that verify signatures, and holds nothing private"
                }
                Unknowable::TwoKeySets => "jwks and jwks_uri exclude each other",
                Unknowable::Subject(_) => "tls_client_auth_subject_dn is no name of RFC 4514",
                Unknowable::NoCertificateName => {
                    "tls_client_auth needs one of the tls_client_auth names (RFC 8705 section 2.1.2)"
                }
                Unknowable::NoCertificate => {
                    "self_signed_tls_client_auth needs a certificate in x5c of jwks, or jwks_uri"
                }
            }),
            RegistrationError::OtherSecret => {
                Self::metadata("client_secret is none of the client's")
            }
            RegistrationError::TooLarge => Self::metadata("This is more than is kept of a client"),
            RegistrationError::Pepper(_)
            | RegistrationError::Drawn(_)
            | RegistrationError::Seal(_)
            | RegistrationError::Name(_)
            | RegistrationError::Secret(_)
            | RegistrationError::Store(_) => {
                let _ = ours(&error);
                Self::later(StatusCode::SERVICE_UNAVAILABLE, A_MOMENT)
            }
        }
    }
}
