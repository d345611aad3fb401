//! The list of protocol cases names tests that exist, each case once and in order.

use regex::Regex;

use crate::{
    Violation, demand_none,
    tree::{Page, pages},
};

const LIST: &str = "docs/protocol-cases.md";

/// How many cases there are.
const CASES: usize = 60;

#[test]
fn every_case_is_listed_once_and_names_tests_that_exist() {
    let pages = pages();
    let list = pages.iter().find(|page| page.path == LIST);
    let list = list.unwrap_or_else(|| panic!("{LIST} is missing"));
    let cases: Vec<&str> = rows(list).map(|(_, case, _)| case).collect();
    let expected: Vec<String> = (1..=CASES).map(|case| format!("P{case:02}")).collect();
    assert_eq!(cases, expected, "each case once, in order");
    demand_none(violations(list, &pages));
}

#[test]
fn a_case_that_names_no_test_is_found() {
    let list = Page::new(
        LIST,
        "| P01 | a | `keys/a::good` |\n| P02 | b | `keys/a::gone` |\n| P03 | c | |\n| P04 | d | missing: so |\n",
    );
    let tests = Page::new("crates/keys/tests/it/a.rs", "fn good() {}\n");
    let found = violations(&list, &[tests]);
    let places: Vec<&str> = found.iter().map(|one| &*one.place).collect();
    assert_eq!(places, [format!("{LIST}:2"), format!("{LIST}:3")]);
}

fn violations(list: &Page, pages: &[Page]) -> Vec<Violation> {
    let named = Regex::new("`([a-z]+)/([a-z_/]+)::([a-z0-9_]+)`").unwrap();
    let exists = |room: &str, file: &str, test: &str| {
        let path = format!("crates/{room}/tests/it/{file}.rs");
        let page = pages.iter().find(|page| page.path == path);
        page.is_some_and(|page| page.text.contains(&format!("fn {test}(")))
    };
    let rule = "every case is played by a test, or it is said why not";
    let mut violations = Vec::new();
    for (line, _, played) in rows(list) {
        let mut tests = named.captures_iter(played).peekable();
        let is_explained = played.contains("missing: ") || played.contains("measured, not ");
        if tests.peek().is_none() && !is_explained {
            violations.push(list.breaks(line, rule, "name a test, or say `missing: ` and why"));
        }
        for test in tests {
            if !exists(&test[1], &test[2], &test[3]) {
                let mend = format!("name the test that there is instead of {}", &test[0]);
                violations.push(list.breaks(line, rule, &mend));
            }
        }
    }
    violations
}

/// The rows of the table: their line, case, and what plays it.
fn rows(list: &Page) -> impl Iterator<Item = (usize, &str, &str)> {
    let lines = list.text.lines().enumerate();
    lines.filter_map(|(at, line)| {
        let mut cells = line.strip_prefix("| P")?.splitn(3, " | ");
        let (_, _, played) = (cells.next()?, cells.next()?, cells.next()?);
        Some((at + 1, line.get(2..5)?, played))
    })
}
