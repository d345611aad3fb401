//! Access records: one per request, always. No bodies, no queries, no tokens, no raw paths.

use serde::{Deserialize, Serialize};

use crate::{
    decision::Step,
    id::{ApplicationId, DecisionId, GatewayId, RequestId, VersionId},
    operation::Method,
    refusal::Refusal,
    time::Timestamp,
    token::Jti,
};

/// What a gateway did with one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessRecord {
    /// When it came in.
    pub at: Timestamp,
    /// The request.
    pub request: RequestId,
    /// The version addressed, if any was.
    pub version: Option<VersionId>,
    /// The operation addressed, if any was: method and path template, never the raw path.
    pub operation: Option<(Method, String)>,
    /// The application that called, if it is known.
    pub application: Option<ApplicationId>,
    /// The token it used, if it verified.
    pub jti: Option<Jti>,
    /// Why it was refused, if it was: `Refusal::reason`.
    pub refused: Option<String>,
    /// The status of the answer.
    pub status: u16,
    /// Bytes of the answer's body that were sent on.
    pub bytes: u64,
    /// From the request's arrival to the upstream's first byte, in microseconds.
    pub upstream_us: Option<u64>,
    /// From the request's arrival to the answer's end, in microseconds.
    pub total_us: u64,
}

/// A refusal as it is kept, so that it can explain itself for seven days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Its id, which the caller was given.
    pub id: DecisionId,
    /// When.
    pub at: Timestamp,
    /// Which gateway.
    pub gateway: Option<GatewayId>,
    /// The request.
    pub request: RequestId,
    /// The method of the request, if it is one that a contract can describe.
    pub method: Option<Method>,
    /// The version addressed, if any was.
    pub version: Option<VersionId>,
    /// The path template of the operation addressed, if any was.
    pub operation: Option<String>,
    /// The application that called, if it is known.
    pub application: Option<ApplicationId>,
    /// The token it used, if it verified.
    pub jti: Option<Jti>,
    /// Why it was refused.
    pub refusal: Refusal,
    /// Every rule looked at, in order.
    pub steps: Vec<Step>,
    /// The snapshot it was decided under.
    pub revision: u64,
}

/// What a gateway hands on about its traffic, some time after it happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// One record per request.
    pub records: Vec<AccessRecord>,
    /// Every refusal.
    pub decisions: Vec<Decision>,
    /// How many records were lost since the last batch, because nobody took them in time.
    pub dropped: u64,
}

impl Batch {
    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.decisions.is_empty() && self.dropped == 0
    }
}
