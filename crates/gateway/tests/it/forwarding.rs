//! Upstreams that misbehave, and what of their answers reaches a client.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use gatewright_domain::operation::Method;

use crate::town::{Town, operation};

/// An upstream that answers the n-th connection with the n-th of these texts, and then closes it. An empty one closes it
/// without a word.
fn scripted(answers: Vec<&'static str>) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&seen);
    std::thread::spawn(move || {
        for (answer, stream) in answers.into_iter().zip(listener.incoming()) {
            let mut stream = stream.expect("a connection");
            let mut head = [0; 16 * 1024];
            let _ = stream.read(&mut head);
            counter.fetch_add(1, Ordering::SeqCst);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (address, seen)
}

fn town(upstream: SocketAddr) -> Town {
    Town::with(|snapshot| {
        snapshot.versions[0].upstream = format!("http://{upstream}").parse().expect("an upstream");
    })
}

const FINE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[test]
fn an_idempotent_request_without_a_body_is_tried_once_more() {
    let (upstream, seen) = scripted(vec!["", FINE]);
    let town = town(upstream);
    assert_eq!(town.get("/orders/v1/orders", &town.token()).status, 200);
    assert_eq!(seen.load(Ordering::SeqCst), 2);
    assert_eq!(town.handle().counts().retries, 1);
}

#[test]
fn it_is_tried_twice_and_no_more() {
    let (upstream, seen) = scripted(vec!["", "", FINE]);
    let town = town(upstream);
    assert_eq!(town.get("/orders/v1/orders", &town.token()).status, 502);
    assert_eq!(seen.load(Ordering::SeqCst), 2);
}

#[test]
fn a_request_that_may_not_be_sent_twice_is_sent_once() {
    let (upstream, seen) = scripted(vec!["", FINE]);
    let town = town(upstream);
    let lines = format!("Authorization: Bearer {}\r\n", town.token());
    assert_eq!(town.call("POST", "/orders/v1/open", &lines).status, 502);
    assert_eq!(seen.load(Ordering::SeqCst), 1);
}

#[test]
fn an_idempotent_request_with_a_body_is_sent_once() {
    let (upstream, seen) = scripted(vec!["", FINE]);
    let town = town(upstream);
    let head = format!(
        "PUT /orders/v1/open HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {}\r\nContent-Length: 2\r\n\r\n{{}}",
        town.token()
    );
    assert_eq!(town.line().send(head).answer().status, 502);
    assert_eq!(seen.load(Ordering::SeqCst), 1);
}

#[test]
fn an_upgrade_nobody_asked_for_is_502() {
    let (upstream, _) = scripted(vec![
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: foo\r\n\r\n";
        2
    ]);
    let town = town(upstream);
    let answer = town.get("/orders/v1/orders", &town.token());
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (502, "upstream-unreachable")
    );
}

#[test]
fn an_upstream_cannot_speak_for_the_gateway_or_of_its_own_connection() {
    let (upstream, _) = scripted(vec![
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nGatewright-Decision: dec_evil\r\ngatewright_request_id: evil\r\nGatewright-Request-Id: evil\r\nConnection: close, X-Private\r\nX-Private: 1\r\nKeep-Alive: timeout=9\r\nProxy-Authenticate: Basic\r\nX-Public: 2\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\nok",
    ]);
    let town = town(upstream);
    let answer = town.get("/orders/v1/orders", &town.token());
    assert_eq!(answer.status, 200);
    for name in [
        "gatewright-decision",
        "gatewright_request_id",
        "x-private",
        "keep-alive",
        "proxy-authenticate",
    ] {
        assert_eq!(answer.header(name), None, "{name}");
    }
    assert!(
        answer
            .header("gatewright-request-id")
            .expect("an id")
            .starts_with("req_")
    );
    assert_eq!(answer.header("x-public"), Some("2"));
    assert_eq!(answer.all("set-cookie").collect::<Vec<_>>(), ["a=b", "c=d"]);
}

#[test]
fn an_answer_that_ends_with_its_connection_is_passed_on_whole() {
    let (upstream, _) = scripted(vec![
        "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end",
    ]);
    let town = town(upstream);
    let answer = town.get("/orders/v1/orders", &town.token());
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (200, b"until the end".as_slice())
    );
}

#[test]
fn an_answer_that_is_none_is_502() {
    for answer in [
        "rubbish\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
    ] {
        let (upstream, _) = scripted(vec![answer; 2]);
        let town = town(upstream);
        assert_eq!(
            town.get("/orders/v1/orders", &town.token()).status,
            502,
            "{answer}"
        );
    }
}

#[test]
fn statuses_and_answers_without_a_body_pass_as_they_are() {
    let town = Town::new();
    for status in [201, 204, 301, 304, 400, 404, 418, 500, 503] {
        let answer = town.get(&format!("/orders/v1/status/{status}"), &town.token());
        assert_eq!(answer.status, status);
    }
    let lines = format!("Authorization: Bearer {}\r\n", town.token());
    let answer = town.call("HEAD", "/orders/v1/open", &lines);
    assert_eq!((answer.status, answer.body.len()), (200, 0));
}

#[test]
fn a_question_in_the_body_is_routed_like_any_other_method() {
    let mut town = Town::new();
    let lines = format!("Authorization: Bearer {}\r\n", town.token());
    assert_eq!(town.call("QUERY", "/orders/v1/open", &lines).status, 405);
    town.change(|snapshot| {
        let asked = operation(Method::Query, "/open", &[]);
        snapshot.versions[0].operations.push(asked);
    });
    assert_eq!(town.call("QUERY", "/orders/v1/open", &lines).status, 200);
}
