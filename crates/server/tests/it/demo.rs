//! `gatewright demo`: one JSON object once ready, calls that are answered as promised, and nothing left behind.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::program::{Place, Running};

const FREE: [&str; 5] = [
    "demo",
    "--portal",
    "127.0.0.1:0",
    "--gateway",
    "127.0.0.1:0",
];

/// The status of a GET through the gateway of a demo.
fn status(demo: &Value, path: &str, token: Option<&str>) -> u16 {
    let gateway = demo["gateway"]
        .as_str()
        .unwrap()
        .trim_start_matches("http://");
    let mut stream = TcpStream::connect(gateway).unwrap();
    let bearer = token.map_or_else(String::new, |token| {
        format!("Authorization: Bearer {token}\r\n")
    });
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {gateway}\r\n{bearer}Connection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_demo_shows_the_path_and_cleans_up() {
    let place = Place::new();
    let mut arguments = FREE.to_vec();
    arguments.extend(["--output", "json"]);
    let running = Running::start(place.command(&arguments));
    let (lines, _) = running.until("\"data_dir\"");
    let (rest, _) = running.until("}");
    let start = lines.iter().position(|line| line == "{").unwrap();
    let text = [&lines[start..], &rest].concat().join("\n");
    let demo: Value = serde_json::from_str(&text).unwrap();
    let members = [
        "portal",
        "gateway",
        "login_url",
        "admin_token",
        "application",
        "token",
        "sample_path",
        "issuer",
        "data_dir",
    ];
    for member in members {
        assert!(demo[member].is_string(), "{member} is not in {demo}");
    }
    let token = demo["token"].as_str().unwrap();
    let sample = demo["sample_path"].as_str().unwrap();
    assert_eq!(status(&demo, sample, Some(token)), 200);
    assert_eq!(status(&demo, sample, None), 401);
    assert_eq!(status(&demo, "/orders/v1/status", Some(token)), 200);
    assert_eq!(status(&demo, "/orders/v1/events", Some(token)), 200);

    // Another process revokes; the gateway hears of it.
    let data = demo["data_dir"].as_str().unwrap();
    let on_data = |arguments: &[&str]| {
        let issuer = demo["issuer"].as_str().unwrap();
        let gateway = demo["gateway"].as_str().unwrap();
        let mut command = place.command(arguments);
        command
            .args(["--data-dir", data])
            .env("GATEWRIGHT_ISSUER", issuer)
            .env("GATEWRIGHT_GATEWAY_URL", gateway);
        crate::program::ran(&mut command)
    };
    let rotated = on_data(&["key", "rotate"]);
    assert_eq!(rotated.code, Some(0), "{rotated:?}");
    assert_eq!(
        status(&demo, sample, Some(token)),
        200,
        "a rotation breaks nothing"
    );
    let revoked = on_data(&["token", "revoke", demo["token_id"].as_str().unwrap()]);
    assert_eq!(revoked.code, Some(0), "{revoked:?}");
    let began = Instant::now();
    while status(&demo, sample, Some(token)) != 401 {
        assert!(
            began.elapsed() < Duration::from_secs(1),
            "the revocation is not in force"
        );
    }
    assert_eq!(on_data(&["audit", "verify"]).code, Some(0));

    let dir = std::path::PathBuf::from(data);
    assert_eq!(running.end(), Some(0));
    assert!(!dir.exists(), "{} was left behind", dir.display());
}

#[test]
fn a_directory_that_no_demo_made_is_left_alone() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("mine")).unwrap();
    std::fs::write(place.path().join("mine/thesis.txt"), "years of work").unwrap();
    let refused = place.run(&["demo", "--dir", "mine"]);
    assert_eq!(refused.code, Some(5), "{refused:?}");
    assert!(place.path().join("mine/thesis.txt").exists());
}
