//! Requests that two readers could frame differently (T18): refused, or read by the upstream exactly as we read them.
//!
//! The oracle is the upstream's count: it saw the requests that were admitted, and no other.

use std::time::Duration;

use crate::{
    town::Town,
    wire::{Answer, find},
};

/// How long a gateway that waits for more is given before it counts as silent.
const SILENCE: Duration = Duration::from_millis(400);

struct Street {
    town: Town,
    token: String,
}

impl Street {
    fn new() -> Self {
        let town = Town::new();
        let token = town.mint.sign(|claims| {
            claims.scopes = vec!["orders:v1:read".to_owned(), "orders:v1:write".to_owned()];
        });
        Self { town, token }
    }

    /// Replaces `@` by the credential's line, then sends.
    fn send(&self, bytes: &[u8]) -> Vec<Answer> {
        let credential = format!("Authorization: Bearer {}\r\n", self.token);
        let mut full = Vec::new();
        let mut rest = bytes;
        while let Some(at) = find(rest, b"@@") {
            full.extend_from_slice(&rest[..at]);
            full.extend_from_slice(credential.as_bytes());
            rest = &rest[at + 2..];
        }
        full.extend_from_slice(rest);
        self.town.line().send(full).answers_until(SILENCE)
    }

    /// The upstream sees nothing, the client one 400, and the connection ends.
    fn refuses(&self, name: &str, bytes: &[u8]) {
        let before = self.town.upstream.requests();
        let answers = self.send(bytes);
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses, [400], "{name}");
        assert_eq!(answers[0].problem(), "request-malformed", "{name}");
        assert_eq!(answers[0].header("connection"), Some("close"), "{name}");
        assert_eq!(self.town.upstream.requests(), before, "{name}");
    }
}

#[test]
fn a_head_that_can_be_framed_in_two_ways_is_refused() {
    let street = Street::new();
    let cases: &[(&str, &[u8])] = &[
        ("CL and TE", b"POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("TE and CL", b"POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
        ("two CL, same", b"POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
        ("two CL, other", b"POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
        ("CL list", b"POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Content-Length: 2,2\r\n\r\n{}"),
        ("CL plus", b"POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Content-Length: +2\r\n\r\n{}"),
        ("CL minus", b"POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Content-Length: -2\r\n\r\n{}"),
        ("CL hex", b"POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Content-Length: 0x2\r\n\r\n{}"),
        ("CL empty", b"POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Content-Length:\r\n\r\n{}"),
        ("CL huge", b"POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Content-Length: 99999999999999999999\r\n\r\n{}"),
        ("CL blank inside", b"POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Content-Length: 1 2\r\n\r\n{}"),
        ("TE list", b"POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
        ("TE gzip", b"POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        ("TE x", b"POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        ("TE VT", b"POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Transfer-Encoding: chunked\x0b\r\n\r\n0\r\n\r\n"),
        ("TE quoted", b"POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"),
        ("two TE", b"POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("TE blank before colon", b"POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
        ("TE in 1.0", b"POST /orders/v1/orders HTTP/1.0\r\nHost: a\r\n@@Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("TE folded", b"POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
        ("obs-fold", b"GET /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@X-A: 1\r\n 2\r\n\r\n"),
        ("obs-fold tab", b"GET /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@X-A: 1\r\n\t2\r\n\r\n"),
        ("bare LF", b"GET /orders/v1/orders HTTP/1.1\nHost: a\n@@\n"),
        ("one bare LF", b"GET /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@X-A: 1\nX-B: 2\r\n\r\n"),
        ("bare LF at the end", b"GET /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@\n"),
        ("bare CR", b"GET /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@X-A: 1\rX-B: 2\r\n\r\n"),
        ("NUL", b"GET /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@X-A: 1\x00\r\n\r\n"),
        ("NUL in name", b"GET /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@X\x00A: 1\r\n\r\n"),
        ("no colon", b"GET /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@X-A\r\n\r\n"),
        ("empty name", b"GET /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@: 1\r\n\r\n"),
        ("name with blank", b"GET /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@X A: 1\r\n\r\n"),
        ("name in UTF-8", b"GET /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@X\xc3\xa9: 1\r\n\r\n"),
        ("no Host", b"GET /orders/v1/orders HTTP/1.1\r\n@@\r\n"),
        ("no Host in 1.0", b"GET /orders/v1/orders HTTP/1.0\r\n@@\r\n"),
        ("two Hosts", b"GET /orders/v1/orders HTTP/1.1\r\nHost: a\r\nHost: a\r\n@@\r\n"),
        ("Host empty", b"GET /orders/v1/orders HTTP/1.1\r\nHost:\r\n@@\r\n"),
        ("Host with user", b"GET /orders/v1/orders HTTP/1.1\r\nHost: u@a\r\n@@\r\n"),
        ("Host with path", b"GET /orders/v1/orders HTTP/1.1\r\nHost: a/b\r\n@@\r\n"),
        ("Host list", b"GET /orders/v1/orders HTTP/1.1\r\nHost: a, b\r\n@@\r\n"),
        ("Host bad port", b"GET /orders/v1/orders HTTP/1.1\r\nHost: a:x\r\n@@\r\n"),
        ("absolute, other host", b"GET http://b/orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@\r\n"),
        ("absolute with user", b"GET http://u@a/orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@\r\n"),
        ("absolute, other scheme", b"GET ftp://a/orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@\r\n"),
        ("fragment", b"GET /orders/v1/orders#/../admin HTTP/1.1\r\nHost: a\r\n@@\r\n"),
        ("asterisk", b"OPTIONS * HTTP/1.1\r\nHost: a\r\n@@\r\n"),
        ("CONNECT", b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n@@\r\n"),
        ("HTTP/0.9", b"GET /orders/v1/orders\r\n\r\n"),
        ("HTTP/2.0", b"GET /orders/v1/orders HTTP/2.0\r\nHost: a\r\n@@\r\n"),
        ("HTTP/1.2", b"GET /orders/v1/orders HTTP/1.2\r\nHost: a\r\n@@\r\n"),
        ("http/1.1", b"GET /orders/v1/orders http/1.1\r\nHost: a\r\n@@\r\n"),
        ("two blanks", b"GET  /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@\r\n"),
        ("a blank in the target", b"GET /orders/v1/orders /x HTTP/1.1\r\nHost: a\r\n@@\r\n"),
        ("tab in request line", b"GET\t/orders/v1/orders\tHTTP/1.1\r\nHost: a\r\n@@\r\n"),
        ("empty line first", b"\r\nGET /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@\r\n"),
        ("header before request line", b" X: 1\r\nGET /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@\r\n"),
        ("non-ASCII target", b"GET /orders/v1/orders/\xc3\xa9 HTTP/1.1\r\nHost: a\r\n@@\r\n"),
        ("h2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        ("upgrade", b"GET /orders/v1/open HTTP/1.1\r\nHost: a\r\n@@Connection: upgrade\r\nUpgrade: foo\r\n\r\nGET /admin HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("websocket", b"GET /orders/v1/open HTTP/1.1\r\nHost: a\r\n@@Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
        ("expect", b"POST /orders/v1/open HTTP/1.1\r\nHost: a\r\n@@Expect: 200-ok\r\nContent-Length: 2\r\n\r\n{}"),
    ];
    for (name, bytes) in cases {
        street.refuses(name, bytes);
    }
}

#[test]
fn a_body_that_cannot_be_followed_ends_the_connection() {
    let street = Street::new();
    let cases: &[(&str, &[u8])] = &[
        ("chunk size signed", b"+2\r\n{}\r\n0\r\n\r\n"),
        ("chunk size hex prefix", b"0x2\r\n{}\r\n0\r\n\r\n"),
        ("chunk size empty", b"\r\n{}\r\n0\r\n\r\n"),
        (
            "chunk size too large",
            b"ffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        ),
        ("chunk size blank", b"2 \r\n{}\r\n0\r\n\r\n"),
        ("chunk size bare LF", b"2\n{}\r\n0\r\n\r\n"),
        ("chunk extension", b"2;a=b\r\n{}\r\n0\r\n\r\n"),
        ("chunk extension with LF", b"2;a\nb\r\n{}\r\n0\r\n\r\n"),
        ("chunk too long", b"2\r\n{}{}\r\n0\r\n\r\n"),
        ("chunk ended by LF", b"2\r\n{}\n0\r\n\r\n"),
        ("trailer ended by LF", b"2\r\n{}\r\n0\r\nA: b\n\r\n"),
        ("trailer with NUL", b"2\r\n{}\r\n0\r\nA: \x00\r\n\r\n"),
    ];
    for (name, body) in cases {
        let mut bytes =
            b"POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Transfer-Encoding: chunked\r\n\r\n"
                .to_vec();
        bytes.extend_from_slice(body);
        bytes.extend_from_slice(b"GET /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@\r\n");
        let answers = street.send(&bytes);
        assert!(answers.len() <= 1, "{name}: {answers:?}");
        assert!(
            answers.iter().all(|answer| answer.status == 400),
            "{name}: {answers:?}"
        );
    }
}

#[test]
fn what_follows_a_body_is_the_next_request_and_is_judged_as_one() {
    let street = Street::new();
    let smuggled = "GET /orders/v1/orders HTTP/1.1\r\nHost: a\r\n\r\n";
    let bytes = format!(
        "POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Content-Length: {}\r\n\r\n{smuggled}\
         POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\n@@Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{smuggled}\r\n0\r\n\r\n\
         GET /orders/v1/orders/1 HTTP/1.1\r\nHost: a\r\n@@\r\n\
         {smuggled}",
        smuggled.len(),
        smuggled.len(),
    );
    let answers = street.send(bytes.as_bytes());
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 200, 200, 401]);
    assert_eq!(street.town.upstream.requests(), 3);
    let seen: Vec<_> = answers[..3]
        .iter()
        .map(|answer| answer.json()["body"].clone())
        .collect();
    assert_eq!(seen, [smuggled, smuggled, ""]);
}

#[test]
fn a_body_where_none_is_usual_is_forwarded_as_one() {
    let street = Street::new();
    for framing in [
        "Content-Length: 4\r\n\r\nbody",
        "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
    ] {
        let bytes =
            format!("GET /orders/v1/open HTTP/1.1\r\nHost: a\r\nConnection: close\r\n@@{framing}");
        let answers = street.send(bytes.as_bytes());
        assert_eq!(answers.len(), 1);
        assert_eq!(answers[0].json()["body"], "body", "{framing}");
    }
}

#[test]
fn a_head_that_arrives_byte_by_byte_is_the_same_head() {
    let street = Street::new();
    let mut line = street.town.line();
    let head = format!(
        "POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {}\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\nX: y\r\n\r\n",
        street.token
    );
    for byte in head.as_bytes() {
        line.send([*byte]);
    }
    let answer = line.answer();
    assert_eq!((answer.status, &answer.json()["body"]), (200, &"{}".into()));
}

#[test]
fn trailers_stay_behind() {
    let street = Street::new();
    let bytes = b"POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\n@@TE: trailers\r\nTrailer: Gatewright-Consumer\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nGatewright-Consumer: evil\r\nAuthorization: Bearer evil\r\n\r\n";
    let answers = street.send(bytes);
    assert_eq!((answers.len(), answers[0].status), (1, 200));
    assert_eq!(
        answers[0].seen("gatewright-consumer"),
        ["Acme & S%C3%B6hne"]
    );
    assert!(answers[0].seen("trailer").is_empty() && answers[0].seen("te").is_empty());
}

#[test]
fn an_absolute_target_that_agrees_with_host_is_the_same_request() {
    let street = Street::new();
    let bytes = b"GET http://GW.test:80/orders/v1/orders?a=b HTTP/1.1\r\nHost: gw.test:80\r\nConnection: close\r\n@@\r\n";
    let answers = street.send(bytes);
    assert_eq!(
        (answers[0].status, &answers[0].json()["path"]),
        (200, &"/orders".into())
    );
}

#[test]
fn an_offer_of_h2c_is_declined_and_the_request_served() {
    let street = Street::new();
    let bytes = b"GET /orders/v1/orders HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n@@\r\n";
    let answers = street.send(bytes);
    assert_eq!(answers[0].status, 200);
    for name in ["upgrade", "http2-settings", "connection"] {
        assert!(answers[0].seen(name).is_empty(), "{name}");
    }
}

#[test]
fn a_head_that_is_too_large_is_413_and_one_of_many_lines_too() {
    let street = Street::new();
    let long = format!(
        "GET /orders/v1/orders HTTP/1.1\r\nHost: a\r\nX-Long: {}\r\n@@\r\n",
        "x".repeat(33 * 1024)
    );
    let many = format!(
        "GET /orders/v1/orders HTTP/1.1\r\nHost: a\r\n{}@@\r\n",
        "X-Many: 1\r\n".repeat(100)
    );
    let token = format!(
        "GET /orders/v1/orders HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n\r\n",
        "x".repeat(97 * 1024)
    );
    for (name, bytes) in [("long", long), ("many", many), ("token", token)] {
        let answers = street.send(bytes.as_bytes());
        assert_eq!(answers.len(), 1, "{name}");
        assert_eq!(
            (answers[0].status, answers[0].problem().as_str()),
            (413, "request-too-large"),
            "{name}"
        );
    }
    assert_eq!(street.town.upstream.requests(), 0);
}
