//! Bodies that stream, deadlines, disconnects, and the end of a gateway.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::mpsc,
    time::{Duration, Instant},
};

use crate::{town::Town, wire::find};

fn head(town: &Town, path: &str) -> String {
    let token = town.token();
    format!("GET {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n")
}

#[test]
fn server_sent_events_pass_one_by_one() {
    let town = Town::new();
    let mut line = town.line();
    line.send(head(&town, "/orders/v1/sse?events=3&ms=300"));
    let (began, mut text, mut seen) = (Instant::now(), String::new(), Vec::new());
    while !text.contains("\r\n0\r\n\r\n") {
        text.push_str(&line.piece());
        let events = text.matches("data:").count();
        while seen.len() < events {
            seen.push(began.elapsed());
        }
    }
    assert_eq!(seen.len(), 3);
    assert!(
        seen[0] < Duration::from_millis(250),
        "the first at once: {seen:?}"
    );
    assert!(
        seen[2] - seen[0] > Duration::from_millis(450),
        "one by one: {seen:?}"
    );
}

#[test]
fn a_large_answer_arrives_whole() {
    let town = Town::new();
    let answer = town.get("/orders/v1/big?bytes=20000001", &town.token());
    assert_eq!((answer.status, answer.body.len()), (200, 20_000_001));
}

#[test]
fn a_large_request_arrives_whole_in_either_framing() {
    let town = Town::new();
    let (token, body) = (town.token(), vec![b'x'; 9_000_001]);
    for chunked in [false, true] {
        let framing = if chunked {
            "Transfer-Encoding: chunked".to_owned()
        } else {
            format!("Content-Length: {}", body.len())
        };
        let mut line = town.line();
        line.send(format!("POST /orders/v1/open HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n{framing}\r\n\r\n"));
        if chunked {
            for piece in body.chunks(70_000) {
                line.send(format!("{:x}\r\n", piece.len()))
                    .send(piece)
                    .send("\r\n");
            }
            line.send("0\r\n\r\n");
        } else {
            line.send(&body);
        }
        assert_eq!(
            line.answer().json()["body_length"],
            body.len(),
            "chunked: {chunked}"
        );
    }
}

#[test]
fn a_client_that_does_not_read_holds_the_upstream_back() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("the gateway");
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n");
        stream
            .set_write_timeout(Some(Duration::from_millis(700)))
            .expect("a deadline");
        let (mut sent, piece) = (0, vec![0; 64 * 1024]);
        while let Ok(size) = stream.write(&piece) {
            sent += size;
        }
        let _ = tell.send(sent);
    });
    let town = Town::with(|snapshot| {
        snapshot.versions[0].upstream = format!("http://{address}").parse().expect("an upstream");
    });
    let mut line = town.line();
    line.send(head(&town, "/orders/v1/big"));
    let sent = told
        .recv_timeout(Duration::from_secs(20))
        .expect("the upstream gave up");
    assert!(
        sent < 50_000_000,
        "{sent} bytes were taken from the upstream"
    );
}

#[test]
fn a_client_that_goes_away_ends_the_call_to_the_upstream() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("the gateway");
        let _ = stream.read(&mut [0; 4096]);
        let _ = tell.send(());
        stream
            .set_read_timeout(Some(Duration::from_secs(5)))
            .expect("a deadline");
        // The gateway closes, which reads as the end.
        if matches!(stream.read(&mut [0; 16]), Ok(0)) {
            let _ = tell.send(());
        }
    });
    let mut town = Town::with(|snapshot| {
        snapshot.versions[0].upstream = format!("http://{address}").parse().expect("an upstream");
    });
    let mut line = town.line();
    line.send(head(&town, "/orders/v1/slow"));
    told.recv_timeout(Duration::from_secs(5))
        .expect("the request arrived");
    drop(line);
    told.recv_timeout(Duration::from_secs(5))
        .expect("the call was ended");
    let batch = town.drain();
    assert_eq!(batch.records.len(), 1);
    assert_eq!(batch.records[0].status, 499);
}

#[test]
fn an_answer_that_breaks_off_does_not_end_as_if_it_were_whole() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("the gateway");
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    });
    let town = Town::with(|snapshot| {
        snapshot.versions[0].upstream = format!("http://{address}").parse().expect("an upstream");
    });
    let mut line = town.line();
    line.send(head(&town, "/orders/v1/big"));
    let bytes = line.rest(Duration::from_secs(5));
    assert!(find(&bytes, b"hello").is_some());
    assert!(find(&bytes, b"0\r\n\r\n").is_none());
}

#[test]
fn a_head_that_never_ends_is_cut_off_by_its_own_deadline() {
    let town = Town::configured(
        |config| config.deadlines.head = Duration::from_millis(500),
        |_| {},
    );
    let (began, mut line) = (Instant::now(), town.line());
    line.send("GET /orders/v1/orders HTTP/1.1\r\nHost: a\r\nX-Slow: ");
    // Bytes that keep coming do not move the deadline.
    while began.elapsed() < Duration::from_millis(400) {
        line.send("x");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(line.is_closed_within(Duration::from_secs(2)));
    assert!(began.elapsed() < Duration::from_millis(1500));
    let mut silent = town.line();
    assert!(silent.is_closed_within(Duration::from_secs(2)));
}

#[test]
fn an_idle_connection_and_a_stalled_body_end() {
    let town = Town::configured(
        |config| {
            config.deadlines.keep_alive = Duration::from_millis(300);
            config.deadlines.idle_body = Duration::from_millis(300);
        },
        |_| {},
    );
    let mut idle = town.line();
    idle.send(head(&town, "/orders/v1/orders"));
    assert!(idle.piece().starts_with("HTTP/1.1 200"));
    assert!(idle.is_closed_within(Duration::from_secs(2)));
    let mut stalled = town.line();
    let token = town.token();
    stalled.send(format!("POST /orders/v1/open HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nContent-Length: 10\r\n\r\nabc"));
    assert!(stalled.is_closed_within(Duration::from_secs(2)));
}

#[test]
fn a_slow_answer_is_no_idle_connection() {
    let town = Town::configured(
        |config| {
            config.deadlines.keep_alive = Duration::from_millis(200);
            config.deadlines.idle_body = Duration::from_millis(200);
            config.deadlines.head = Duration::from_millis(200);
        },
        |_| {},
    );
    assert_eq!(
        town.get("/orders/v1/slow?ms=900", &town.token()).status,
        200
    );
    let answer = town.get("/orders/v1/sse?events=2&ms=900", &town.token());
    assert_eq!(
        String::from_utf8_lossy(&answer.body)
            .matches("data:")
            .count(),
        2
    );
}

#[test]
fn the_total_deadline_ends_a_stream() {
    let town = Town::configured(
        |config| config.deadlines.total = Duration::from_millis(400),
        |_| {},
    );
    let (began, mut line) = (Instant::now(), town.line());
    line.send(head(&town, "/orders/v1/sse?events=100&ms=100"));
    let bytes = line.rest(Duration::from_secs(5));
    assert!(began.elapsed() < Duration::from_secs(2));
    assert!(find(&bytes, b"data:").is_some() && find(&bytes, b"\r\n0\r\n\r\n").is_none());
}

#[test]
fn a_client_is_told_to_go_on_before_it_sends_a_body() {
    let town = Town::new();
    let (token, mut line) = (town.token(), town.line());
    line.send(format!("POST /orders/v1/open HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {token}\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
    assert!(line.piece().starts_with("HTTP/1.1 100 Continue"));
    let answer = line.send("{}").answer();
    assert_eq!((answer.status, answer.seen("expect").len()), (200, 0));
}

#[test]
fn a_refusal_is_read_even_when_much_was_still_to_be_sent() {
    let town = Town::new();
    let mut line = town.line();
    line.send(format!(
        "POST /orders/v1/open HTTP/1.1\r\nHost: a\r\nContent-Length: 150000\r\n\r\n{}",
        "x".repeat(150_000)
    ));
    let answers = line.answers();
    assert_eq!((answers.len(), answers[0].status), (1, 401));
}

#[test]
fn draining_finishes_what_is_in_flight_and_takes_nothing_new() {
    let mut town = Town::new();
    let (mut busy, mut idle) = (town.line(), town.line());
    idle.send(head(&town, "/orders/v1/orders"));
    assert!(idle.piece().starts_with("HTTP/1.1 200"));
    busy.send(head(&town, "/orders/v1/sse?events=4&ms=250"));
    assert!(busy.piece().starts_with("HTTP/1.1 200"));
    let address = town.address();
    let reading = std::thread::spawn(move || busy.rest(Duration::from_secs(5)));
    let batch = town.drain();
    let bytes = reading.join().expect("the stream");
    assert!(find(&bytes, b"{\"n\":4}").is_some() && find(&bytes, b"\r\n0\r\n\r\n").is_some());
    assert!(idle.is_closed_within(Duration::from_secs(1)));
    assert!(std::net::TcpStream::connect(address).is_err());
    assert_eq!(batch.records.len(), 2);
}

#[test]
fn what_outlasts_the_grace_period_is_cut_off_and_counted() {
    let mut town = Town::new();
    let mut busy = town.line();
    busy.send(head(&town, "/orders/v1/sse?events=100&ms=100"));
    assert!(busy.piece().starts_with("HTTP/1.1 200"));
    let gateway = town.gateway.take().expect("a gateway");
    let began = Instant::now();
    let cut_off = town
        .runtime
        .block_on(gateway.drain(Duration::from_millis(300)));
    assert_eq!(cut_off, 1);
    assert!(began.elapsed() < Duration::from_secs(2));
    let batch = town.runtime.block_on(town.records.recv()).expect("a batch");
    assert_eq!(batch.records.len(), 1);
}

#[test]
fn a_refused_head_is_answered_whatever_follows_it() {
    let town = Town::new();
    let mut line = town.line();
    line.send("GET / HTTP/1.1\r\nX: y\r\n\r\n")
        .send(vec![b'x'; 1_000_000]);
    let answers = line.answers();
    assert_eq!((answers.len(), answers[0].status), (1, 400));
}

#[test]
fn a_long_upload_is_no_late_answer() {
    let town = Town::configured(
        |config| config.deadlines.first_byte = Duration::from_millis(400),
        |_| {},
    );
    let (token, mut line) = (town.token(), town.line());
    line.send(format!("POST /orders/v1/open HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {token}\r\nContent-Length: 8\r\n\r\n"));
    for _ in 0..8 {
        std::thread::sleep(Duration::from_millis(150));
        line.send("x");
    }
    assert_eq!(line.answer().json()["body_length"], 8);
}

#[test]
fn one_address_has_so_many_connections_and_no_more() {
    let few = std::num::NonZeroUsize::MIN.saturating_add(1);
    let town = Town::configured(|config| config.connections_per_address = few, |_| {});
    let (first, second, mut third) = (town.line(), town.line(), town.line());
    assert!(third.is_closed_within(Duration::from_secs(2)));
    drop((first, second));
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(town.get("/orders/v1/orders", &town.token()).status, 200);
}

#[test]
fn beyond_the_cap_connections_wait_until_one_closes() {
    let town = Town::configured(
        |config| config.connections = std::num::NonZeroUsize::MIN,
        |_| {},
    );
    let first = town.line();
    std::thread::sleep(Duration::from_millis(100));
    let mut second = town.line();
    second.send(head(&town, "/orders/v1/orders"));
    assert!(!second.is_closed_within(Duration::from_millis(300)));
    drop(first);
    second
        .0
        .set_read_timeout(Some(Duration::from_secs(5)))
        .expect("a deadline");
    assert!(second.piece().starts_with("HTTP/1.1 200"));
}
