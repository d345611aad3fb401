//! The way a request took to us, as upstreams are told: what we saw, and what trusted proxies before us saw.
//!
//! Invariant: from anybody else than a trusted proxy, nothing about the way is believed (CVE-2026-35051).

use std::{cell::RefCell, net::IpAddr};

use gatewright_domain::network::Network;
use http::{HeaderMap, HeaderName, HeaderValue};

const FORWARDED: HeaderName = HeaderName::from_static("forwarded");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

const HTTP: HeaderValue = HeaderValue::from_static("http");
const UNKNOWN: HeaderValue = HeaderValue::from_static("unknown");

/// The client of one connection.
#[derive(Debug)]
pub(crate) struct Peer {
    address: HeaderValue,
    trusted: bool,
    /// The last `Forwarded` that was written, with the `Host` it says: most connections name one host.
    last: RefCell<Option<(HeaderValue, HeaderValue)>>,
}

/// What a client said about the way.
#[derive(Default)]
pub(crate) struct Said {
    forwarded: Option<HeaderValue>,
    addresses: Option<HeaderValue>,
    host: Option<HeaderValue>,
    proto: Option<HeaderValue>,
}

impl Peer {
    pub(crate) fn new(address: IpAddr, trusted: &[Network]) -> Self {
        Self {
            trusted: trusted.iter().any(|network| network.contains(address)),
            address: HeaderValue::try_from(address.to_string()).unwrap_or(UNKNOWN),
            last: RefCell::new(None),
        }
    }

    /// Whether it is a proxy that is believed.
    pub(crate) fn is_trusted(&self) -> bool {
        self.trusted
    }

    /// What the client said, if it is one that is believed. Call before such headers are removed.
    pub(crate) fn said(&self, headers: &HeaderMap) -> Said {
        if !self.trusted {
            return Said::default();
        }
        Said {
            forwarded: joined(headers, &FORWARDED),
            addresses: joined(headers, &FORWARDED_FOR),
            host: headers.get(FORWARDED_HOST).cloned(),
            proto: headers.get(FORWARDED_PROTO).cloned(),
        }
    }

    /// Tells the way: what was said and is believed, and ourselves after it.
    pub(crate) fn tell(&self, headers: &mut HeaderMap, host: HeaderValue, said: Said) {
        headers.insert(FORWARDED, after(said.forwarded, self.forwarded(&host)));
        headers.insert(FORWARDED_FOR, after(said.addresses, self.address.clone()));
        headers.insert(FORWARDED_HOST, said.host.unwrap_or(host));
        headers.insert(FORWARDED_PROTO, said.proto.unwrap_or(HTTP));
    }

    /// The `Forwarded` of a request that names this host (RFC 7239).
    fn forwarded(&self, host: &HeaderValue) -> HeaderValue {
        let mut last = self.last.borrow_mut();
        if let Some((_, forwarded)) = last.as_ref().filter(|(known, _)| known == host) {
            return forwarded.clone();
        }
        let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let (address, name) = (text(&self.address), text(host));
        let node = if address.contains(':') {
            format!("\"[{address}]\"")
        } else {
            address
        };
        let forwarded = format!("for={node};host=\"{name}\";proto=http");
        let forwarded = HeaderValue::try_from(forwarded).unwrap_or(UNKNOWN);
        *last = Some((host.clone(), forwarded.clone()));
        forwarded
    }
}

fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<HeaderValue> {
    let mut values = headers.get_all(name).iter().cloned();
    let first = values.next()?;
    Some(values.fold(first, |before, value| after(Some(before), value)))
}

/// A list with one more value. What cannot be a header's value is left out.
fn after(list: Option<HeaderValue>, value: HeaderValue) -> HeaderValue {
    let Some(list) = list else { return value };
    let both = [list.as_bytes(), b", ", value.as_bytes()].concat();
    HeaderValue::try_from(both).unwrap_or(value)
}
