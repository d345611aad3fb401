use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use gatewright_testkit::echo::EchoUpstream;

/// Sends a request as written and returns the whole answer.
fn exchange(upstream: &EchoUpstream, request: &str) -> String {
    let mut stream = TcpStream::connect(upstream.address()).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn get(upstream: &EchoUpstream, path: &str) -> String {
    exchange(
        upstream,
        &format!("GET {path} HTTP/1.1\r\nhost: up\r\nconnection: close\r\n\r\n"),
    )
}

#[test]
fn an_answer_says_what_was_seen() {
    let upstream = EchoUpstream::start().unwrap();
    let answer = exchange(
        &upstream,
        "POST /orders/7?q=1 HTTP/1.1\r\nhost: up\r\nx-a: 1\r\nx-a: 2\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello",
    );
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    let seen: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(seen["method"], "POST");
    assert_eq!(seen["path"], "/orders/7");
    assert_eq!(seen["query"], "q=1");
    assert_eq!(seen["headers"]["x-a"], serde_json::json!(["1", "2"]));
    assert_eq!(seen["body_length"], 5);
    assert_eq!(seen["body"], "hello");
    assert_eq!(upstream.requests(), 1);
}

#[test]
fn a_status_is_answered_as_asked_and_a_wrong_one_refused() {
    let upstream = EchoUpstream::start().unwrap();
    assert!(get(&upstream, "/status/503").starts_with("HTTP/1.1 503 "));
    assert!(get(&upstream, "/status/204").starts_with("HTTP/1.1 204 "));
    assert!(get(&upstream, "/status/teapot").starts_with("HTTP/1.1 400 "));
}

#[test]
fn a_slow_answer_takes_its_time() {
    let upstream = EchoUpstream::start().unwrap();
    let start = Instant::now();
    get(&upstream, "/slow?ms=120");
    assert!(start.elapsed() >= Duration::from_millis(120));
}

#[test]
fn events_come_one_chunk_each() {
    let upstream = EchoUpstream::start().unwrap();
    let answer = get(&upstream, "/sse?events=2&ms=5");
    assert!(answer.contains("content-type: text/event-stream"));
    assert!(answer.contains("data: {\"n\":1}\n\n\r\n"));
    assert!(answer.contains("data: {\"n\":2}\n\n\r\n0\r\n"));
}

#[test]
fn a_big_answer_is_as_big_as_asked() {
    let upstream = EchoUpstream::start().unwrap();
    let zeros = get(&upstream, "/big?bytes=100000")
        .bytes()
        .filter(|byte| *byte == 0)
        .count();
    assert_eq!(zeros, 100_000);
}
