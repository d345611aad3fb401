//! What an upstream is sent: the request that was admitted, in our words where it matters.
//!
//! Invariant: hop-by-hop headers and those nominated by `Connection` go first, then what only gateways may say, and ours are
//! set last, so that nothing a client sends can remove or imitate them.

use std::sync::Arc;

use bytes::Bytes;
use gatewright_domain::text::Upstream;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Uri,
    header::{
        AUTHORIZATION, CONNECTION, EXPECT, HOST, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE,
        TRAILER, TRANSFER_ENCODING, UPGRADE, VIA,
    },
    request::Parts,
    uri::{Authority, PathAndQuery, Scheme},
};
use hyper::body::{Body, Incoming};

use crate::{
    admit::Admitted, identity::is_for_gateways, outgoing::Outgoing, sender::DPOP, way::Peer,
};

pub(crate) const CONSUMER: HeaderName = HeaderName::from_static("gatewright-consumer");
pub(crate) const APPLICATION: HeaderName = HeaderName::from_static("gatewright-application");
pub(crate) const SCOPES: HeaderName = HeaderName::from_static("gatewright-scopes");
/// The request's id, to the upstream and to the client.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("gatewright-request-id");

/// Headers that mean one connection only (RFC 9110 section 7.6.1), and two that never were standard.
static HOP_BY_HOP: [HeaderName; 10] = [
    CONNECTION,
    TRANSFER_ENCODING,
    UPGRADE,
    TE,
    TRAILER,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    HeaderName::from_static("http2-settings"),
];

/// Where a version's requests go, in the parts that requests are built of.
pub(crate) struct Target {
    scheme: Scheme,
    authority: Authority,
    host: HeaderValue,
    base: Box<str>,
}

impl Target {
    /// The target of an upstream's address.
    pub(crate) fn of(upstream: &Upstream) -> Option<Self> {
        let uri: Uri = upstream.as_str().parse().ok()?;
        let authority = uri.authority()?.clone();
        Some(Self {
            scheme: uri.scheme()?.clone(),
            host: HeaderValue::try_from(authority.as_str()).ok()?,
            authority,
            base: uri.path().trim_end_matches('/').into(),
        })
    }

    fn uri(&self, path: &str, query: Option<&str>) -> Option<Uri> {
        let mut target = String::with_capacity(self.base.len() + path.len() + 64);
        target.push_str(&self.base);
        target.push_str(path);
        if let Some(query) = query {
            target.push('?');
            target.push_str(query);
        }
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(PathAndQuery::from_maybe_shared(Bytes::from(target)).ok()?);
        Uri::from_parts(parts).ok()
    }
}

/// A name as a header's value: what is not visible ASCII, and `%` itself, percent-encoded as UTF-8.
pub(crate) fn told(name: &str) -> HeaderValue {
    let mut value = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b' '..=b'~' if byte != b'%' => value.push(char::from(byte)),
            byte => value.push_str(&format!("%{byte:02X}")),
        }
    }
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static(""))
}

/// A request to an upstream. Only an admitted request becomes one.
pub(crate) struct Forward(Request<Outgoing>);

impl Forward {
    /// Rewrites an admitted request; nothing for a target that does not fit into a URI.
    pub(crate) fn of(
        admitted: &Admitted,
        peer: &Peer,
        request_id: HeaderValue,
        mut parts: Parts,
        body: Incoming,
    ) -> Option<Self> {
        let target = &admitted.route().target;
        let uri = target.uri(admitted.path(), parts.uri.query())?;
        let headers = &mut parts.headers;
        let chunked = headers.contains_key(TRANSFER_ENCODING);
        let asked_host = headers.insert(HOST, target.host.clone())?;
        remove_hop_by_hop(headers);
        let said = peer.said(headers);
        remove_those(headers, |name| is_for_gateways(name.as_str()));
        headers.remove(AUTHORIZATION);
        headers.remove(DPOP);
        // The gateway has answered `100-continue` itself.
        headers.remove(EXPECT);
        if chunked {
            headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
        }
        peer.tell(headers, asked_host, said);
        headers.append(VIA, HeaderValue::from_static("1.1 gatewright"));
        headers.insert(CONSUMER, admitted.caller().consumer.clone());
        headers.insert(APPLICATION, admitted.caller().application.clone());
        headers.insert(SCOPES, admitted.facts().scopes.clone());
        headers.insert(REQUEST_ID, request_id);
        let body = if body.is_end_stream() {
            Outgoing::Nothing
        } else {
            Outgoing::Stream {
                body,
                progress: Arc::default(),
            }
        };
        let mut request = Request::new(body);
        *request.method_mut() = parts.method;
        *request.uri_mut() = uri;
        *request.headers_mut() = parts.headers;
        Some(Self(request))
    }

    /// The same once more, if sending it twice is as good as sending it once (RFC 9110 section 9.2.2) and it has no body.
    pub(crate) fn spare(&self) -> Option<Self> {
        let idempotent = matches!(
            *self.0.method(),
            Method::GET
                | Method::HEAD
                | Method::PUT
                | Method::DELETE
                | Method::OPTIONS
                | Method::TRACE
        );
        if !idempotent || !matches!(self.0.body(), Outgoing::Nothing) {
            return None;
        }
        let mut spare = Request::new(Outgoing::Nothing);
        *spare.method_mut() = self.0.method().clone();
        *spare.uri_mut() = self.0.uri().clone();
        *spare.headers_mut() = self.0.headers().clone();
        Some(Self(spare))
    }

    /// The request as the client sends it.
    pub(crate) fn into_request(self) -> Request<Outgoing> {
        self.0
    }
}

/// Removes what means one connection only, and what `Connection` nominates.
pub(crate) fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let nominated: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok())
        .filter(|name| *name != HOST)
        .collect();
    remove_those(headers, |name| {
        HOP_BY_HOP.contains(name) || nominated.contains(name)
    });
}

/// Removes every header whose name is one of those. Looks through the few that there are, because looking up each of the
/// many that there could be costs more.
pub(crate) fn remove_those(headers: &mut HeaderMap, those: impl Fn(&HeaderName) -> bool) {
    let found: Vec<HeaderName> = headers.keys().filter(|name| those(name)).cloned().collect();
    for name in found {
        headers.remove(name);
    }
}
