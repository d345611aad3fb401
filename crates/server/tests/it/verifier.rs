//! Other people's verifiers: HAProxy and Apache of the distribution, under the configurations that we print, tried by the
//! program as their operator would try them. nginx asks a gateway, and is tried with the gateway's own corpus there.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::program::{Place, Ran, Running, ran};

pub(crate) fn free() -> SocketAddr {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap()
}

/// A service that answers everything with one status.
fn service(status: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                let (mut head, mut piece) = (Vec::new(), [0; 4096]);
                while !head.windows(4).any(|window| window == b"\r\n\r\n") {
                    match stream.read(&mut piece) {
                        Ok(0) | Err(_) => return,
                        Ok(size) => head.extend_from_slice(&piece[..size]),
                    }
                }
                let answer =
                    format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                let _ = stream.write_all(answer.as_bytes());
            });
        }
    });
    address
}

/// A proxy that runs until it is dropped.
pub(crate) struct Proxy(Child);

impl Proxy {
    pub(crate) fn start(command: &mut Command, address: SocketAddr) -> Self {
        let spawned = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let proxy = Self(spawned.expect("a proxy, which scripts/test installs"));
        let end = Instant::now() + Duration::from_secs(15);
        while TcpStream::connect(address).is_err() {
            assert!(Instant::now() < end, "{command:?} did not start");
            thread::sleep(Duration::from_millis(20));
        }
        proxy
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Apache's children go with it only when it is asked to end.
        let id = self.0.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.0.wait();
    }
}

fn sandbox(place: &Place, algorithm: &str) {
    let made = place.run(&["verifier", "sandbox", "trial", "--algorithm", algorithm]);
    assert_eq!(made.code, Some(0), "{made:?}");
}

fn check(place: &Place, at: SocketAddr, more: &[&str]) -> Ran {
    let url = format!("http://{at}/");
    let arguments = ["verifier", "check", &url, "--sandbox", "trial"];
    place.run(&[&arguments, more].concat())
}

/// The trials that were judged otherwise than they must be.
fn wrong(report: &Ran) -> Vec<String> {
    let trials: Value = serde_json::from_str(&report.out).unwrap();
    let trials = trials.as_array().unwrap();
    assert!(trials.len() > 120, "{}", trials.len());
    let wrong = trials.iter().filter(|trial| trial["verdict"] != "sound");
    wrong
        .map(|trial| trial["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn haproxy_under_the_printed_configuration_judges_every_trial_soundly() {
    for algorithm in ["ES256", "RS256"] {
        let (place, upstream, listen) = (Place::new(), service("200 OK"), free());
        sandbox(&place, algorithm);
        let keys = place.path().join("keys");
        let printed = place.run(&[
            "verifier",
            "config",
            "haproxy",
            "--sandbox",
            "trial",
            "--keys-dir",
            keys.to_str().unwrap(),
            "--write-keys",
            "--listen",
            &listen.to_string(),
            "--upstream",
            &format!("http://{upstream}"),
        ]);
        assert_eq!(printed.code, Some(0), "{printed:?}");
        let defaults = "defaults\n timeout client 5s\n timeout server 5s\n timeout connect 5s\n";
        let config = place.path().join("haproxy.cfg");
        fs::write(&config, format!("{defaults}{}", printed.out)).unwrap();
        let mut command = Command::new("/usr/sbin/haproxy");
        let _haproxy = Proxy::start(command.arg("-f").arg(&config), listen);
        let report = check(&place, listen, &["--strict", "--output", "json"]);
        assert_eq!(wrong(&report), Vec::<String>::new(), "{algorithm}");
        assert_eq!(report.code, Some(0), "{report:?}");
    }
}

#[test]
fn apache_under_the_printed_configuration_is_loose_about_one_trial_only() {
    for algorithm in ["ES256", "RS256"] {
        let (place, upstream) = (Place::new(), service("200 OK"));
        let (listen, served) = (free(), free());
        sandbox(&place, algorithm);
        let keys = Running::start(place.command(&[
            "verifier",
            "serve-keys",
            "trial",
            "--listen",
            &served.to_string(),
        ]));
        keys.until("/jwks");
        let printed = place.run(&[
            "verifier",
            "config",
            "apache",
            "--sandbox",
            "trial",
            "--jwks-uri",
            &format!("http://{served}/jwks"),
            "--listen",
            &listen.to_string(),
            "--upstream",
            &format!("http://{upstream}"),
        ]);
        assert_eq!(printed.code, Some(0), "{printed:?}");
        let config = place.path().join("apache.conf");
        fs::write(&config, format!("{}{}", apache(&place), printed.out)).unwrap();
        let mut command = Command::new("/usr/sbin/apache2");
        let _apache = Proxy::start(command.arg("-f").arg(&config).arg("-DFOREGROUND"), listen);
        let report = check(&place, listen, &["--output", "json"]);
        assert_eq!(wrong(&report), ["exp-decade"], "{algorithm}");
        assert_eq!(report.code, Some(0), "looseness alone is no finding");
        let strict = check(&place, listen, &["--strict"]);
        assert_eq!(strict.code, Some(10), "{strict:?}");
        assert!(strict.err.contains("Demand `iat`"), "{}", strict.err);
    }
}

/// What a main configuration of Apache says around ours. Its children run as another user when we are root.
fn apache(place: &Place) -> String {
    let dir = place.path();
    fs::set_permissions(dir, fs::Permissions::from_mode(0o755)).unwrap();
    let here = dir.display();
    let modules =
        "mpm_event authn_core authz_core authz_host headers setenvif proxy proxy_http oauth2";
    let modules: String = modules
        .split(' ')
        .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
        .collect();
    let id = ran(Command::new("id").arg("-u")).out;
    let user = match id.trim() {
        "0" => "User nobody\nGroup nogroup\n",
        _ => "",
    };
    format!(
        "ServerRoot {here}\nDefaultRuntimeDir {here}\nPidFile {here}/pid\nServerName localhost\n\
         ErrorLog {here}/error.log\n{modules}{user}"
    )
}

#[test]
fn a_service_that_accepts_everything_is_told_what_that_means() {
    let (place, careless) = (Place::new(), service("200 OK"));
    sandbox(&place, "ES256");
    let report = check(&place, careless, &[]);
    assert_eq!(report.code, Some(10), "{report:?}");
    let first = report.out.lines().nth(1).unwrap();
    assert!(first.contains("forgery"), "the worst comes first: {first}");
    assert!(report.out.contains("alg-none"), "{}", report.out);
    assert!(report.err.contains("Pin the algorithm"), "{}", report.err);
}

#[test]
fn a_service_that_refuses_what_is_good_was_not_given_the_sandbox() {
    let (place, closed) = (Place::new(), service("401 Unauthorized"));
    sandbox(&place, "ES256");
    let report = check(&place, closed, &[]);
    assert_eq!(report.code, Some(1), "{report:?}");
    assert!(report.err.contains("refuses a good token (status 401)"));
    let absent = check(&place, free(), &[]);
    assert_eq!(absent.code, Some(1), "{absent:?}");
    assert!(absent.err.contains("does not answer"), "{}", absent.err);
}

#[test]
fn what_is_asked_for_wrongly_is_named_with_the_next_step() {
    let place = Place::new();
    let cases: [(&[&str], i32, &str); 8] = [
        (
            &["verifier", "check", "http://127.0.0.1:9/", "--sandbox", "x"],
            3,
            "gatewright verifier sandbox x",
        ),
        (&["verifier", "config", "nginx"], 2, "--api"),
        (
            &["verifier", "config", "nginx", "--api", "orders"],
            2,
            "--api orders/v1",
        ),
        (
            &["verifier", "config", "nginx", "--api", "or\"ders/v1"],
            2,
            "names no version",
        ),
        (
            &["verifier", "config", "iis", "--api", "orders/v1"],
            2,
            "haproxy",
        ),
        (
            &["verifier", "sandbox", "s", "--algorithm", "HS256"],
            2,
            "ES256",
        ),
        (
            &["verifier", "sandbox", "s", "--algorithm", "EdDSA"],
            2,
            "ES256 or RS256",
        ),
        (
            &["verifier", "config", "nginx", "--api", "orders/v1"],
            3,
            "gatewright serve",
        ),
    ];
    for (arguments, code, hint) in cases {
        let refused = place.run(arguments);
        assert_eq!(refused.code, Some(code), "{arguments:?}: {refused:?}");
        assert!(refused.err.contains(hint), "{arguments:?}: {}", refused.err);
    }
    sandbox(&place, "ES256");
    let again = place.run(&["verifier", "sandbox", "trial"]);
    assert_eq!(again.code, Some(1), "{again:?}");
    let ftp = place.run(&["verifier", "check", "ftp://a/", "--sandbox", "trial"]);
    assert_eq!(ftp.code, Some(2), "{ftp:?}");
    let header = ["--header", "no colon"];
    let url = "http://127.0.0.1:9/";
    let bad = place.run(
        &[
            &["verifier", "check", url, "--sandbox", "trial"],
            &header[..],
        ]
        .concat(),
    );
    assert_eq!(bad.code, Some(2), "{bad:?}");
    let quoted = "http://x/\";evil";
    let evil = place.run(&[
        "verifier",
        "config",
        "nginx",
        "--sandbox",
        "trial",
        "--upstream",
        quoted,
    ]);
    assert_eq!(evil.code, Some(2), "{evil:?}");
    assert!(evil.out.is_empty());
}

#[test]
fn every_kind_of_configuration_is_filled_in_whole() {
    let place = Place::new();
    sandbox(&place, "RS256");
    for kind in ["nginx", "haproxy", "apache", "spring", "node", "python"] {
        let printed = place.run(&["verifier", "config", kind, "--sandbox", "trial"]);
        assert_eq!(printed.code, Some(0), "{printed:?}");
        assert!(!printed.out.contains("{{"), "{kind}: {}", printed.out);
        if kind != "nginx" {
            assert!(printed.out.contains("RS256"), "{kind} pins the algorithm");
            assert!(printed.out.contains("https://api.sandbox.example/trial/v1"));
        }
    }
}
