//! The decision alone: asked by hand, and by the nginx of the distribution under the configuration that we print.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use gatewright_token::corpus::Corpus;
use tempfile::TempDir;

use crate::{
    corpus,
    town::Town,
    wire::{Answer, Line},
};

const RECIPE: &str = include_str!("../../../keys/src/recipes/nginx.conf");

fn ask(town: &Town, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut head = format!("GET {path} HTTP/1.1\r\nHost: api.test\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    Line::to(town.address())
        .send(format!("{head}\r\n"))
        .answer()
}

#[test]
fn a_proxy_is_told_who_calls_and_nothing_is_forwarded() {
    let town = Town::new();
    let token = format!("Bearer {}", town.mint.sign(|_| {}));
    for [method, uri] in [
        ["X-Original-Method", "X-Original-URI"],
        ["X-Forwarded-Method", "X-Forwarded-Uri"],
    ] {
        let told = ask(
            &town,
            "/-/authz",
            &[
                (method, "GET"),
                (uri, "/orders/v1/orders?x=1"),
                ("Authorization", &token),
            ],
        );
        assert_eq!(told.status, 200, "{told:?}");
        assert_eq!(told.header("gatewright-scopes"), Some("orders:v1:read"));
        assert!(told.header("gatewright-consumer").is_some());
        assert!(told.header("gatewright-request-id").is_some());
        assert_eq!(told.body, b"");
    }
    assert_eq!(town.upstream.requests(), 0);
}

#[test]
fn the_request_that_is_asked_about_is_judged_and_not_the_question() {
    let town = Town::new();
    let token = format!("Bearer {}", town.mint.sign(|_| {}));
    let asked = |method, uri, path| {
        let headers = [
            ("X-Original-Method", method),
            ("X-Original-URI", uri),
            ("Authorization", token.as_str()),
        ];
        ask(&town, path, &headers)
    };
    assert_eq!(asked("POST", "/orders/v1/orders", "/-/authz").status, 403);
    assert_eq!(asked("GET", "/nothing/v1/x", "/-/authz").status, 404);
    assert_eq!(
        asked("GET", "/orders/v1/../v1/orders", "/-/authz").status,
        400
    );
    assert_eq!(asked("PATCH", "/orders/v1/orders", "/-/authz").status, 405);

    let told = asked("GET", "/nothing/v1/x", "/-/authz/nginx");
    assert_eq!(told.status, 403);
    assert_eq!(told.header("gatewright-status"), Some("404"));
    assert!(told.header("gatewright-decision").is_some());
}

#[test]
fn a_question_that_is_none_is_malformed() {
    let town = Town::new();
    let bad: [&[(&str, &str)]; 6] = [
        &[],
        &[("X-Original-Method", "GET")],
        &[("X-Original-URI", "/orders/v1/orders")],
        &[("X-Original-Method", "GET"), ("X-Original-URI", "orders")],
        &[
            ("X-Original-Method", "GET"),
            ("X-Original-URI", "/orders/v1/open"),
            ("X-Original-URI", "/orders/v1/orders"),
        ],
        &[
            ("X-Original-Method", "GET"),
            ("X-Original-URI", "/orders/v1/open"),
            ("X-Forwarded-Uri", "/orders/v1/orders"),
        ],
    ];
    for headers in bad {
        let told = ask(&town, "/-/authz", headers);
        assert_eq!(told.status, 400, "{headers:?}: {told:?}");
    }
}

#[test]
fn nginx_under_the_printed_configuration_judges_the_corpus_as_the_gateway_does() {
    let corpus = Corpus::read(corpus::CORPUS).expect("the corpus");
    let town = corpus::town(&corpus);
    let nginx = Nginx::before(&town);
    let mut accepted = 0;
    for case in &corpus.cases {
        let path = match case.required_scope {
            Some(_) => "/orders/v1/orders",
            None => "/orders/v1/open",
        };
        // nginx refuses a header with such bytes before it asks; so would the gateway.
        if case.token.contains('\n') {
            continue;
        }
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: api.test\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n",
            case.token
        );
        let answer = Line::to(nginx.address).send(&request).answer();
        let large = case.token.len() > 32_000;
        let expected = case.http_status.expect("a status");
        if large {
            assert_eq!(answer.status, 400, "{} {}", case.id, case.name);
        } else {
            assert_eq!(answer.status, expected, "{} {}", case.id, case.name);
        }
        if answer.status == 200 {
            accepted += 1;
            assert_eq!(answer.seen("gatewright-consumer").len(), 1);
            assert!(answer.seen("authorization").is_empty());
        }
        if let (Some(error), false) = (&case.error, large) {
            let challenge = answer.header("www-authenticate").unwrap_or_default();
            assert!(challenge.contains(error), "{} {challenge}", case.id);
        }
    }
    assert!(accepted > 0);
    assert_eq!(town.upstream.requests(), accepted);
}

/// nginx with the printed configuration, in a directory of its own.
struct Nginx {
    address: SocketAddr,
    child: Child,
    _dir: TempDir,
}

impl Nginx {
    fn before(town: &Town) -> Self {
        let dir = TempDir::new().expect("a directory");
        let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
        let address = free.expect("a free port");
        let server = RECIPE
            .replace("{{gateway}}", &town.address().to_string())
            .replace("{{listen}}", &address.to_string())
            .replace("{{upstream}}", &town.upstream.url());
        let place = dir.path().display();
        let whole = format!(
            "daemon off; master_process off; pid {place}/pid; error_log {place}/error.log;\n\
             events {{}}\n\
             http {{ access_log off; client_body_temp_path {place}/a; proxy_temp_path {place}/b; fastcgi_temp_path {place}/c;\n\
             uwsgi_temp_path {place}/d; scgi_temp_path {place}/e; large_client_header_buffers 4 32k;\n{server}\n}}\n"
        );
        let path = dir.path().join("nginx.conf");
        fs::write(&path, whole).expect("a configuration");
        let child = Command::new("/usr/sbin/nginx")
            .args(["-p", &place.to_string(), "-c"])
            .arg(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx, which scripts/test installs");
        let nginx = Self {
            address,
            child,
            _dir: dir,
        };
        nginx.wait();
        nginx
    }

    fn wait(&self) {
        let end = Instant::now() + Duration::from_secs(10);
        while std::net::TcpStream::connect(self.address).is_err() {
            assert!(Instant::now() < end, "nginx did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
