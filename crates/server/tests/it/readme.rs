//! Every command that the README shows is run, and answered as it says.

use std::fs;

use crate::{
    checkout::{ADDRESSES, Checkout, DATABASE, TOP},
    document::{Part, parts, script},
};

/// Commands of the README that are not run here, and why.
const NOT_RUN: [(&str, &str); 6] = [
    (
        "cargo run --release -- demo",
        "`tour.rs` runs the demo, and everything it prints",
    ),
    ("scripts/test", "it runs this test"),
    (
        "cargo build --release",
        "this test runs the programs that were built for it, in the place of those",
    ),
    ("docker compose up", "a test has no container engine"),
    (
        "printf 'COMPOSE_PROFILES=prod\\nPOSTGRES_PASSWORD=%s\\n' \"$(openssl rand -hex 24)\" > .env",
        "as above",
    ),
    ("docker compose up", "as above"),
];

#[test]
fn every_command_of_the_readme_does_what_it_says() {
    let readme = fs::read_to_string(format!("{TOP}/README.md")).unwrap();
    let (parts, left_out) = without_exceptions(parts(&readme));
    let expected: Vec<&str> = NOT_RUN.iter().map(|(command, _)| *command).collect();
    assert_eq!(
        left_out, expected,
        "an exception is no longer in the README: remove it from NOT_RUN"
    );
    for replaced in ADDRESSES.iter().chain([&DATABASE]) {
        assert!(
            readme.contains(replaced),
            "the README no longer speaks of {replaced}"
        );
    }
    let checkout = Checkout::new();
    let headings: Vec<&str> = parts.iter().map(|part| &*part.heading).collect();
    assert_eq!(
        headings,
        ["The whole path, by curl", "Configuration", "PostgreSQL"]
    );
    for part in &parts {
        checkout.run(&part.heading, &script("README.md", &part.lines));
    }
}

/// The parts without the commands that are not run, and those, in their order.
fn without_exceptions(parts: Vec<Part>) -> (Vec<Part>, Vec<String>) {
    let mut left_out = Vec::new();
    let mut kept = Vec::new();
    for mut part in parts {
        part.lines.retain(|(_, line)| {
            let excepted = NOT_RUN.iter().any(|(command, _)| command == line);
            if excepted {
                left_out.push(line.clone());
            }
            !excepted
        });
        kept.push(part);
    }
    kept.retain(|part| !part.lines.is_empty());
    (kept, left_out)
}
