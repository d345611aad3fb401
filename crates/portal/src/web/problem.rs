//! Problems: what went wrong, for programs (RFC 9457) and for people. The one type that handlers fail with.

use std::{fmt, time::Duration};

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use serde::Serialize;

use crate::web::catalogue::Kind;

/// What went wrong with a request.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Which kind of problem.
    pub kind: Kind,
    /// This one in particular: why, and what would be right.
    pub detail: String,
    /// The places it concerns.
    pub faults: Vec<Fault>,
    /// When to try again.
    pub retry_after: Option<Duration>,
    /// More for programs, beside the standard members.
    pub extra: Option<serde_json::Value>,
}

/// One place that is wrong.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Fault {
    /// Where, as a JSON pointer into what was sent (RFC 6901).
    pub pointer: String,
    /// What is wrong, for programs.
    #[schema(value_type = String)]
    pub code: &'static str,
    /// What is wrong and what would be right, for people.
    pub detail: String,
}

impl Problem {
    /// A problem of a kind, in the kind's own words.
    #[must_use]
    pub fn of(kind: Kind) -> Self {
        let detail = kind.entry().what.to_owned();
        Self {
            kind,
            detail,
            faults: Vec::new(),
            retry_after: None,
            extra: None,
        }
    }

    /// The same problem in words of its own.
    #[must_use]
    pub fn because(self, detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            ..self
        }
    }

    /// The same problem with the places it concerns.
    #[must_use]
    pub fn with(self, faults: Vec<Fault>) -> Self {
        Self { faults, ..self }
    }

    /// The same problem with a time after which to try again.
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        Self {
            retry_after: Some(wait),
            ..self
        }
    }

    /// The same problem with more for programs.
    #[must_use]
    pub fn saying(self, extra: serde_json::Value) -> Self {
        Self {
            extra: Some(extra),
            ..self
        }
    }

    /// Something that is our fault. Its words are constant; the log has the rest.
    #[must_use]
    pub fn unexpected() -> Self {
        Self::of(Kind::UNEXPECTED)
    }

    /// The one field that is wrong.
    #[must_use]
    pub fn field(pointer: &str, detail: impl fmt::Display) -> Self {
        let fault = Fault {
            pointer: pointer.to_owned(),
            code: "invalid",
            detail: detail.to_string(),
        };
        Self::of(Kind::BODY_INVALID).with(vec![fault])
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.entry().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Problem {}

/// The body is made by `present`, which knows the request.
impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status())
    }
}
