//! A file is a page: short, well named, with a head, without silent exceptions.

use crate::{
    Violation, demand_none,
    tree::{Page, pages},
};

const LONGEST: usize = 400;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 12] = [
    "common", "util", "utils", "helper", "helpers", "types", "core", "base", "misc", "manager",
    "service", "services",
];

type Rule = fn(&Page) -> Option<Violation>;

fn demand_of_every_page(rule: Rule) {
    demand_none(pages().iter().filter_map(rule).collect());
}

#[test]
fn a_file_is_at_most_four_hundred_lines() {
    demand_of_every_page(too_long);
}

#[test]
fn a_name_says_what_is_inside() {
    demand_of_every_page(named_emptily);
}

#[test]
fn the_first_page_of_a_room_says_what_it_is_what_it_forbids_and_where_to_start() {
    demand_of_every_page(headless);
}

#[test]
fn a_crate_of_tests_says_that_it_is_one() {
    demand_of_every_page(hides_that_it_tests);
}

#[test]
fn a_lint_is_never_switched_off() {
    demand_of_every_page(allows);
}

#[test]
fn nothing_is_left_undone_and_no_test_is_left_out() {
    demand_of_every_page(undone);
}

#[test]
fn the_rules_of_a_page_find_what_breaks_them() {
    let finds = |rule: Rule, path: &str, text: &str| rule(&Page::new(path, text)).is_some();
    assert!(finds(too_long, "crates/a/src/b.rs", &"\n".repeat(401)));
    assert!(!finds(too_long, "crates/a/src/b.rs", &"\n".repeat(400)));
    assert!(!finds(too_long, "crates/a/tests/b.rs", &"\n".repeat(401)));
    assert!(finds(named_emptily, "crates/a/src/utils.rs", ""));
    assert!(finds(named_emptily, "crates/a/src/helpers/b.rs", ""));
    assert!(!finds(named_emptily, "crates/a/src/helps.rs", ""));
    let head = "//! What it is.\n//! Forbids much.\n//! Start with `b`.\n";
    assert!(!finds(headless, "crates/a/src/lib.rs", head));
    assert!(finds(headless, "crates/a/src/lib.rs", "//! What it is.\n"));
    assert!(finds(
        hides_that_it_tests,
        "crates/a/tests/it/main.rs",
        "mod b;"
    ));
    assert!(finds(
        hides_that_it_tests,
        "crates/a/tests/b.rs",
        "fn f() {}"
    ));
    assert!(!finds(
        hides_that_it_tests,
        "crates/a/tests/it/b.rs",
        "fn f() {}"
    ));
    assert!(finds(
        allows,
        "crates/a/tests/b.rs",
        concat!("#", "[allow(dead_code)]")
    ));
    assert!(finds(
        undone,
        "crates/a/src/b.rs",
        concat!("// TO", "DO: think")
    ));
    assert!(finds(
        undone,
        "crates/a/tests/b.rs",
        concat!("#[", "ignore]")
    ));
}

fn too_long(page: &Page) -> Option<Violation> {
    let lines = page.text.lines().count();
    (page.is_product() && lines > LONGEST).then(|| {
        let rule = format!("a file is a page: at most {LONGEST} lines, and this one has {lines}");
        page.breaks(
            lines,
            &rule,
            "move a part that has a name of its own to a file of that name",
        )
    })
}

fn named_emptily(page: &Page) -> Option<Violation> {
    let mut parts = page
        .path
        .split('/')
        .map(|part| part.strip_suffix(".rs").unwrap_or(part));
    let empty = parts.find(|part| page.is_rust() && EMPTY_NAMES.contains(part))?;
    let rule = format!("a name says what is inside, and `{empty}` does not");
    Some(page.breaks(1, &rule, "name the noun or the verb that is inside"))
}

fn headless(page: &Page) -> Option<Violation> {
    let heads = ["//! ", "//! Forbids ", "//! Start with "];
    let mut lines = page.text.lines();
    let good = heads
        .iter()
        .all(|head| lines.next().is_some_and(|line| line.starts_with(head)));
    (page.name() == "lib.rs" && !good).then(|| {
        let rule =
            "a room's first page begins with three lines: what it is, `Forbids …`, `Start with …`";
        page.breaks(1, rule, "write them, as crates/domain/src/lib.rs does")
    })
}

fn hides_that_it_tests(page: &Page) -> Option<Violation> {
    let mut parts = page
        .path
        .split('/')
        .skip_while(|part| *part != "tests")
        .skip(1);
    let root = match (parts.next(), parts.next(), parts.next()) {
        (Some(file), None, None) => file.ends_with(".rs"),
        (Some(_), Some(file), None) => file == "main.rs",
        _ => false,
    };
    (root && !page.text.contains("#![cfg(test)]")).then(|| {
        let rule = "clippy allows `unwrap` in the helper functions of tests only where it can tell that they are";
        page.breaks(1, rule, "write `#![cfg(test)]` below the `//!` lines")
    })
}

fn allows(page: &Page) -> Option<Violation> {
    let marks = [concat!("#", "[allow"), concat!("#!", "[allow")];
    let rule = "a lint is met or expected with a reason, never switched off";
    let mend = "mend the code, or say `#[expect(…, reason = \"…\")]`";
    find(page, &marks, rule, mend)
}

fn undone(page: &Page) -> Option<Violation> {
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("#[", "ignore"),
        concat!("todo", "!("),
    ];
    let rule = "what is merged is done, and every test runs";
    find(
        page,
        &marks,
        rule,
        "do it now, or open an issue and leave no mark",
    )
}

/// The first line of a Rust file that holds one of the marks.
fn find(page: &Page, marks: &[&str], rule: &str, mend: &str) -> Option<Violation> {
    let mut lines = (1..).zip(page.text.lines());
    let found = |(_, line): &(usize, &str)| marks.iter().any(|mark| line.contains(mark));
    let (line, _) = lines.find(|line| page.is_rust() && found(line))?;
    Some(page.breaks(line, rule, mend))
}
