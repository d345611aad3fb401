//! `gatewright serve`: how fast it is ready, what it prints, and how it ends.

use std::time::Duration;

use crate::program::{Place, Running, ran};

const FREE: [&str; 5] = [
    "serve",
    "--listen",
    "127.0.0.1:0",
    "--gateway-listen",
    "127.0.0.1:0",
];

#[test]
fn it_is_ready_within_a_second_and_invites_the_first_operator() {
    let place = Place::new();
    let serving = Running::start(place.command(&FREE));
    let (lines, took) = serving.until("Gateway http://127.0.0.1:");
    assert!(
        lines.iter().any(|line| line.contains("/set-up")),
        "{lines:#?}"
    );
    assert!(took < Duration::from_secs(1), "it took {took:?}");
    assert_eq!(serving.end(), Some(0));

    // The second start finds everything in its place.
    let again = Running::start(place.command(&FREE));
    again.until("Gateway http://127.0.0.1:");
    assert_eq!(again.end(), Some(0));
    assert_eq!(place.run(&["audit", "verify"]).code, Some(0));
}

#[test]
fn a_taken_port_is_told_with_a_way_out() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = Place::new().run(&["serve", "--listen", &address]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains("--listen"), "{}", refused.err);
}

#[test]
fn the_doctor_knows_a_running_server_by_its_answer() {
    let place = Place::new();
    let serving = Running::start(place.command(&FREE));
    let (lines, _) = serving.until("Gateway http://127.0.0.1:");
    let address = |name: &str| {
        let mut lines = lines.iter();
        let line = lines.find(|line| line.contains(&format!("{name} http://")));
        line.unwrap().rsplit("//").next().unwrap().to_owned()
    };
    let doctor = ran(place
        .command(&["doctor"])
        .env("GATEWRIGHT_LISTEN", address("Portal"))
        .env("GATEWRIGHT_GATEWAY_LISTEN", address("Gateway")));
    assert_eq!(doctor.code, Some(0), "{}", doctor.out);
    let answering = doctor.out.matches("it answers at").count();
    assert_eq!(answering, 2, "{}", doctor.out);
    assert_eq!(serving.end(), Some(0));
}
