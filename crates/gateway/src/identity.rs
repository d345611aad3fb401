//! Headers that only a gateway may write: what clients send in their place is removed, in every spelling.
//!
//! Invariant: `-`, `_` and `.` are one character here, because some server behind us makes them one (CVE-2026-33433,
//! CVE-2026-54763); names come in lower case already (`http::HeaderName`).

/// The beginning of every header of ours.
const OURS: &str = "gatewright-";

/// Beginnings of headers by which gateways say who calls and by which way.
const PREFIXES: [&str; 3] = [OURS, "x-forwarded-", "x-original-"];

/// Headers by which a client could say what only a gateway knows, or ask for another operation than it was admitted to.
const NAMES: [&str; 14] = [
    "client-cert",
    "client-cert-chain",
    "forwarded",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "true-client-ip",
    "remote-user",
    "x-remote-user",
    "x-rewrite-url",
    "x-rewrite-uri",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
];

/// Whether a client's header of this name is removed.
pub(crate) fn is_for_gateways(name: &str) -> bool {
    PREFIXES.iter().any(|prefix| begins(name, prefix))
        || NAMES.iter().any(|known| equals(name, known))
}

/// Whether an upstream's header of this name is removed: ours are ours in answers too.
pub(crate) fn is_ours(name: &str) -> bool {
    begins(name, OURS)
}

fn begins(name: &str, prefix: &str) -> bool {
    name.len() >= prefix.len() && folded_alike(name, prefix)
}

fn equals(name: &str, known: &str) -> bool {
    name.len() == known.len() && folded_alike(name, known)
}

/// Compares as far as both reach. The first character decides for nearly all names.
fn folded_alike(name: &str, known: &str) -> bool {
    let fold = |byte: u8| {
        if matches!(byte, b'_' | b'.') {
            b'-'
        } else {
            byte.to_ascii_lowercase()
        }
    };
    name.bytes()
        .zip(known.bytes())
        .all(|(byte, known)| fold(byte) == known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_identity_header_is_for_gateways() {
        for name in [
            "gatewright-consumer",
            "gatewright_consumer",
            "gatewright.consumer",
            "Gatewright_Scopes",
            "x-forwarded-for",
            "x_forwarded_for",
            "x.forwarded.user",
            "x-forwarded_host",
            "forwarded",
            "x-http-method-override",
            "x_http_method_override",
            "x-original-url",
            "remote_user",
            "client_cert",
        ] {
            assert!(is_for_gateways(name), "{name}");
        }
    }

    #[test]
    fn other_headers_are_the_clients() {
        for name in [
            "gatewrightconsumer",
            "gatewright",
            "x-forwarded",
            "accept",
            "x-request-id",
            "cookie",
        ] {
            assert!(!is_for_gateways(name), "{name}");
        }
    }
}
