//! Fetching somebody else's document: where it may lead, and what it may cost (keys-and-tokens section 5, P22).

use std::{
    io::{self, Write},
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use gatewright_domain::network::HostPattern;
use gatewright_keys::fetch::{Fetch, FetchFault, LARGEST, Reach, Web};

use crate::somebody::{Somebody, answer};

const ABROAD: &str = "https://id.example";
const AT_HOME: &str = "http://127.0.0.1:8600";

fn at_home() -> Web {
    Web::within(Reach::of(AT_HOME, Vec::new()))
}

/// The web as a host that resolves to these, first to one and then to the other.
fn resolving(ours: &str, allow: &[&str], answers: &[&[&str]]) -> Web {
    let answers: Vec<Vec<SocketAddr>> = answers
        .iter()
        .map(|answer| {
            answer
                .iter()
                .map(|address| address.parse().unwrap())
                .collect()
        })
        .collect();
    let asked = AtomicUsize::new(0);
    let lookup = move |_: &str, _: u16| -> io::Result<Vec<SocketAddr>> {
        let turn = asked.fetch_add(1, Ordering::SeqCst);
        Ok(answers[turn.min(answers.len() - 1)].clone())
    };
    let allow = allow
        .iter()
        .map(|host| host.parse::<HostPattern>().unwrap());
    let reach = Reach::of(ours, allow.collect()).looking_up(Arc::new(lookup));
    Web::within(reach).less_patient(Duration::from_millis(500))
}

#[test]
fn a_document_comes_with_the_age_its_owner_gives_it() {
    let headers = "Content-Type: application/json\r\nCache-Control: public, max-age=900\r\n";
    let somebody = Somebody::saying(answer("200 OK", headers, "{}"));
    let document = at_home().fetch(&somebody.url()).unwrap();
    assert_eq!(document.bytes, b"{}");
    assert_eq!(document.max_age, Some(Duration::from_secs(900)));
    let silent = Somebody::saying(answer("200 OK", "Cache-Control: max-age=soon\r\n", "{}"));
    assert_eq!(at_home().fetch(&silent.url()).unwrap().max_age, None);
}

#[test]
fn no_address_that_is_not_public_is_ever_connected_to() {
    let canary = Somebody::saying(answer("200 OK", "", "{}"));
    let port = canary.address.port();
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:7f00:1]",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "0.0.0.0",
        "169.254.169.254",
        "10.1.2.3",
        "192.168.0.1",
        "172.16.0.1",
        "100.64.0.1",
        "[fc00::1]",
        "[fe80::1]",
        "[64:ff9b::a00:1]",
        "[2002:7f00:1::]",
        "224.0.0.1",
        "[ff02::1]",
    ] {
        let web =
            Web::within(Reach::of(ABROAD, Vec::new())).less_patient(Duration::from_millis(300));
        for scheme in ["https", "http"] {
            let refused = web.fetch(&format!("{scheme}://{host}:{port}/keys"));
            let expected = matches!(
                refused,
                Err(FetchFault::NotPublic { .. }
                    | FetchFault::Unresolved(_)
                    | FetchFault::Address(_))
            );
            assert!(expected, "{scheme}://{host}: {refused:?}");
        }
    }
    assert_eq!(canary.came(), 0);
}

#[test]
fn one_bad_address_among_good_ones_is_enough_to_refuse() {
    let web = resolving(ABROAD, &[], &[&["93.184.216.34:443", "127.0.0.1:443"]]);
    let refused = web.fetch("https://id.partner.test/keys");
    assert!(
        matches!(refused, Err(FetchFault::NotPublic { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_name_that_changes_its_mind_leads_where_it_was_looked_at() {
    // First at an address of the documentation's network, which answers nobody, allowed by name; then at this machine.
    let canary = Somebody::saying(answer("200 OK", "", "{}"));
    let here = canary.address.to_string();
    let web = resolving(ABROAD, &["*"], &[&["192.0.2.1:443"], &[&here]]);
    let refused = web.fetch("https://rebind.test/keys");
    let nobody = matches!(
        refused,
        Err(FetchFault::TooSlow(_) | FetchFault::Unreachable { .. })
    );
    assert!(nobody, "{refused:?}");
    assert_eq!(canary.came(), 0);
    // And the other way round: looked at is refused, whatever it would be the next time.
    let web = resolving(ABROAD, &[], &[&[&here], &["93.184.216.34:443"]]);
    let refused = web.fetch("https://rebind.test/keys");
    assert!(
        matches!(refused, Err(FetchFault::NotPublic { .. })),
        "{refused:?}"
    );
    assert_eq!(canary.came(), 0);
}

#[test]
fn an_allowed_host_may_be_private_but_never_the_links_own() {
    let web = resolving(ABROAD, &["id.internal"], &[&["169.254.169.254:443"]]);
    let refused = web.fetch("https://id.internal/keys");
    assert!(
        matches!(refused, Err(FetchFault::NotPublic { .. })),
        "{refused:?}"
    );
    let web = resolving(ABROAD, &["id.internal"], &[&["127.0.0.1:1"]]);
    let tried = web.fetch("https://id.internal:1/keys");
    assert!(
        matches!(tried, Err(FetchFault::Unreachable { .. })),
        "{tried:?}"
    );
    // In clear only at home.
    let refused = web.fetch("http://id.internal:1/keys");
    assert!(
        matches!(refused, Err(FetchFault::Address(_))),
        "{refused:?}"
    );
}

#[test]
fn this_machine_is_asked_only_by_an_installation_of_this_machine() {
    let somebody = Somebody::saying(answer("200 OK", "", "{}"));
    let abroad = Web::within(Reach::of(ABROAD, Vec::new()));
    assert!(abroad.fetch(&somebody.url()).is_err());
    assert!(at_home().fetch(&somebody.url()).is_ok());
    // A name that only looks like home.
    let reach = Reach::of("http://127.0.0.1.nip.io:8600", Vec::new());
    assert!(Web::within(reach).fetch(&somebody.url()).is_err());
    assert_eq!(somebody.came(), 1);
}

#[test]
fn what_is_no_address_is_not_asked() {
    for bad in [
        "",
        "keys",
        "ftp://127.0.0.1/keys",
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/",
        "http://",
        "https:///keys",
        "https://user@127.0.0.1/keys",
        "https://user:password@93.184.216.34/",
        "http://127.0.0.1\\@93.184.216.34/",
        "https://93.184.216.34 /",
    ] {
        let refused = at_home().fetch(bad);
        assert!(
            matches!(refused, Err(FetchFault::Address(_))),
            "{bad}: {refused:?}"
        );
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let canary = Somebody::saying(answer("200 OK", "", "{}"));
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        let headers = format!("Location: {}\r\n", canary.url());
        let somebody = Somebody::saying(answer(status, &headers, ""));
        let refused = at_home().fetch(&somebody.url());
        assert!(
            matches!(refused, Err(FetchFault::Status { .. })),
            "{status}: {refused:?}"
        );
        let told = refused.unwrap_err().to_string();
        assert!(told.contains("redirects are not followed"), "{told}");
    }
    assert_eq!(canary.came(), 0);
}

#[test]
fn a_document_of_ten_megabytes_is_not_read() {
    let chunk = vec![b'x'; 65_536];
    let somebody = Somebody::doing(chunk, |stream, chunk| {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n";
        let _ = stream.write_all(head.as_bytes());
        for _ in 0..160 {
            if stream.write_all(chunk).is_err() {
                return;
            }
        }
    });
    let refused = at_home().fetch(&somebody.url());
    assert!(
        matches!(refused, Err(FetchFault::TooLarge(_))),
        "{refused:?}"
    );
    // Without a length, and one byte too many.
    let body = "x".repeat(usize::try_from(LARGEST).unwrap() + 1);
    let somebody = Somebody::saying(format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{body}"
    ));
    let refused = at_home().fetch(&somebody.url());
    assert!(
        matches!(refused, Err(FetchFault::TooLarge(_))),
        "{refused:?}"
    );
}

#[test]
fn one_who_answers_byte_by_byte_is_given_up() {
    let text = answer("200 OK", "", &"x".repeat(1000)).into_bytes();
    let somebody = Somebody::doing(text, |stream, text| {
        for byte in text {
            if stream.write_all(&[*byte]).is_err() {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
    });
    let (web, begun) = (
        at_home().less_patient(Duration::from_millis(600)),
        Instant::now(),
    );
    let refused = web.fetch(&somebody.url());
    assert!(
        matches!(refused, Err(FetchFault::TooSlow(_))),
        "{refused:?}"
    );
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused() {
    // Somebody who speaks no TLS at all stands for all of them.
    let somebody = Somebody::saying(answer("200 OK", "", "{}"));
    let refused = at_home().fetch(&format!("https://{}/keys", somebody.address));
    assert!(
        matches!(refused, Err(FetchFault::Unreachable { .. })),
        "{refused:?}"
    );
}
