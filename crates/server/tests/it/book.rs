//! Every command that the book shows is run, and answered as it says.

use std::fs;

use crate::{
    checkout::{Checkout, TOP},
    document::{Part, parts, script},
};

/// Where the commands of a page begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begins {
    /// Nowhere: there is nothing yet.
    Anew,
    /// In the terminal in which those of the README have been run.
    AfterTheReadme,
}

/// Commands that are not run, and why.
const NOT_RUN: [(&str, &str); 3] = [
    (
        "cargo build --release",
        "this test runs the programs that were built for it, in the place of those",
    ),
    (
        "gatewright demo",
        "`tour.rs` runs the demo, and everything it prints",
    ),
    ("docker compose up", "a test has no container engine"),
];

#[test]
fn the_page_about_installing_is_true() {
    try_page("install.md", Begins::Anew);
}

#[test]
fn the_page_about_configuration_is_true() {
    try_page("configuration.md", Begins::Anew);
}

#[test]
fn the_page_about_postgresql_is_true() {
    try_page("postgresql.md", Begins::Anew);
}

#[test]
fn the_first_hour_of_an_operator_is_true() {
    try_page("operators.md", Begins::AfterTheReadme);
}

#[test]
fn the_first_hour_of_a_developer_is_true() {
    try_page("developers.md", Begins::AfterTheReadme);
}

#[test]
fn the_page_about_gateways_is_true() {
    try_page("gateways.md", Begins::AfterTheReadme);
}

#[test]
fn the_page_about_keys_is_true() {
    try_page("keys.md", Begins::AfterTheReadme);
}

#[test]
fn the_page_about_leaks_is_true() {
    try_page("leaks.md", Begins::AfterTheReadme);
}

#[test]
fn the_page_about_verifiers_is_true() {
    try_page("verifiers.md", Begins::Anew);
}

#[test]
fn the_page_about_contracts_is_true() {
    try_page("contracts.md", Begins::Anew);
}

#[test]
fn the_page_about_the_trail_is_true() {
    try_page("audit.md", Begins::AfterTheReadme);
}

#[test]
fn the_page_about_backups_is_true() {
    try_page("backup.md", Begins::AfterTheReadme);
}

#[test]
fn the_page_about_trouble_is_true() {
    try_page("troubleshooting.md", Begins::AfterTheReadme);
}

#[test]
fn no_page_with_commands_is_left_out() {
    let tried = include_str!("book.rs");
    let entries = fs::read_dir(format!("{TOP}/docs/book/src")).unwrap();
    for path in entries.map(|entry| entry.unwrap().path()) {
        let Some(name) = path
            .file_name()
            .and_then(|name| name.to_str())
            .filter(|name| name.ends_with(".md"))
        else {
            continue;
        };
        let shows_commands = !parts(&fs::read_to_string(&path).unwrap()).is_empty();
        let is_tried = tried.contains(&format!("try_page(\"{name}\""));
        assert!(
            is_tried || !shows_commands,
            "{name} shows commands, and no test here runs them"
        );
    }
}

/// Runs the commands of a page in one terminal.
fn try_page(name: &str, begins: Begins) {
    let checkout = Checkout::new();
    let mut lines = Vec::new();
    if begins == Begins::AfterTheReadme {
        let readme = parts(&fs::read_to_string(format!("{TOP}/README.md")).unwrap());
        let mut path = to_be_run(readme);
        path.retain(|part| part.heading == "The whole path, by curl");
        lines.extend(path.into_iter().flat_map(|part| part.lines));
        // The page's own gateway listens where the README's does.
        lines.retain(|(_, line)| !line.contains("127.0.0.1:8602"));
    }
    let page = parts(&fs::read_to_string(format!("{TOP}/docs/book/src/{name}")).unwrap());
    lines.extend(to_be_run(page).into_iter().flat_map(|part| part.lines));
    checkout.run(name, &script(name, &lines));
}

fn to_be_run(mut parts: Vec<Part>) -> Vec<Part> {
    for part in &mut parts {
        part.lines
            .retain(|(_, line)| !NOT_RUN.iter().any(|(command, _)| command == line));
    }
    parts
}
