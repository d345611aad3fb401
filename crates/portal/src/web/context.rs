//! One request: its id, its nonce, and where it came from.

use actix_web::{HttpMessage, HttpRequest, dev::ServiceRequest};
use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use gatewright_domain::{access::Origin, entropy::Entropy, id::RequestId, time::Timestamp};

/// What is drawn and noted when a request comes in.
#[derive(Clone, Debug)]
pub struct Context {
    /// The request's id: in the answer, in the log, in the trail.
    pub id: RequestId,
    /// The nonce of this answer's content security policy: 128 drawn bits.
    pub nonce: String,
    /// When it came in.
    pub at: Timestamp,
}

impl Context {
    /// Draws a context and notes it with the request.
    pub(crate) fn begin(request: &ServiceRequest, entropy: &dyn Entropy, now: Timestamp) -> Self {
        let mut nonce = [0; 16];
        entropy.fill(&mut nonce);
        let nonce = BASE64_STANDARD_NO_PAD.encode(nonce);
        let context = Self {
            id: RequestId::draw(now, entropy),
            nonce,
            at: now,
        };
        request.extensions_mut().insert(context.clone());
        context
    }

    /// The context of a request; every request that reaches a handler has one.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }
}

/// Where a request came from, for the trail. The address is that of the connection: no header is believed.
#[must_use]
pub fn origin(request: &HttpRequest, via: &'static str) -> Origin {
    let route = request
        .match_pattern()
        .map(|pattern| format!("{} {pattern}", request.method()));
    Origin {
        via,
        request: Context::of(request).map(|context| context.id),
        route,
        address: request.peer_addr().map(|address| address.ip().to_string()),
    }
}
