//! The program `gatewright-gateway`: how it starts, refuses to, and ends.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use crate::{
    control::{Control, TOKEN},
    town::{Mint, snapshot},
    wire::Line,
};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatewright-gateway"));
    command
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn run(arguments: &[&str]) -> Output {
    program()
        .args(arguments)
        .output()
        .expect("the program runs")
}

/// The next line of the log that holds this text.
fn wait_for(text: &str, log: &mut impl BufRead) -> String {
    let mut lines = log.lines().map_while(Result::ok);
    lines
        .find(|line| line.contains(text))
        .unwrap_or_else(|| panic!("the log never said: {text}"))
}

fn terminate(child: &mut Child) -> Option<i32> {
    let pid = child.id().to_string();
    Command::new("kill")
        .args(["-TERM", &pid])
        .status()
        .expect("a signal");
    child.wait().expect("an end").code()
}

#[test]
fn it_serves_what_its_control_plane_says_and_ends_on_a_signal() {
    let (control, state) = (Control::new(), tempfile::tempdir().expect("a directory"));
    let (mint, secret) = (Mint::new(), state.path().join("token"));
    std::fs::write(&secret, format!("{TOKEN}\n")).expect("a file");
    control.publish(&snapshot("http://127.0.0.1:9", vec![mint.listed()]));
    let mut child = program()
        .args(["--listen", "127.0.0.1:0", "--control-plane", &control.url()])
        .args([
            "--snapshot-key",
            &control.key.pinned().expect("a key").to_string(),
        ])
        .arg("--token-file")
        .arg(&secret)
        .arg("--state-dir")
        .arg(state.path().join("state"))
        .spawn()
        .expect("the program starts");
    let mut log = BufReader::new(child.stderr.take().expect("a log"));
    let listening = wait_for("Listening", &mut log);
    let listening: serde_json::Value = serde_json::from_str(&listening).expect("a line of JSON");
    let address = listening["fields"]["address"]
        .as_str()
        .expect("an address")
        .parse()
        .expect("one");
    wait_for("Put a snapshot in force", &mut log);
    let ask = |path: &str| {
        let head = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Line::to(address).send(head).answer()
    };
    assert_eq!(ask("/-/readyz").status, 200);
    assert_eq!(ask("/orders/v1/orders").status, 401);
    std::thread::sleep(Duration::from_millis(1500));
    let posted = control.with(|state| state.posted.len());
    assert_eq!(posted, 1);
    assert_eq!(terminate(&mut child), Some(0));
}

#[test]
fn a_wrong_command_line_is_2_and_says_what_to_do() {
    let output = run(&["--listen", "nowhere"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--listen"));
    let output = run(&[
        "--control-plane",
        "http://127.0.0.1:1",
        "--snapshot-key",
        "short",
    ]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("43 characters of base64url"));
}

#[test]
fn what_stands_in_the_way_of_starting_is_1_and_named() {
    let (control, state) = (Control::new(), tempfile::tempdir().expect("a directory"));
    let key = control.key.pinned().expect("a key").to_string();
    let directory = state.path().join("state").display().to_string();
    let common = [
        "--control-plane",
        &control.url(),
        "--snapshot-key",
        &key,
        "--state-dir",
        &directory,
    ];
    let refused = |more: &[&str], words: &str| {
        let output = run(&[&common, more].concat());
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{log}");
        assert!(log.contains(words), "{log}");
    };
    refused(&[], "--token-file");
    refused(&["--token-file", "/nowhere"], "/nowhere");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    refused(
        &["--token", TOKEN, "--listen", &address],
        &format!("could not listen on {address}"),
    );
}

#[test]
fn help_teaches() {
    let output = run(&["--help"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0));
    for words in [
        "--control-plane",
        "Enrol a gateway in the portal",
        "/-/readyz",
        "Exit codes",
    ] {
        assert!(text.contains(words), "{words}");
    }
}

#[test]
fn the_book_shows_its_command_line() {
    let page = include_str!("../../../../docs/book/src/gateways.md");
    let help = run(&["--help"]).stdout;
    let help = String::from_utf8(help).expect("text");
    let shown = format!("```text\n{}\n```\n", help.trim_end());
    assert!(
        page.ends_with(&shown),
        "docs/book/src/gateways.md has to end with:\n{shown}"
    );
}
