//! Documents do not rot: rooms are described, links lead somewhere, the book lists its pages.

use std::path::Path;

use regex::Regex;

use crate::{
    Violation, demand_none,
    tree::{Page, crate_folders, pages},
};

const BOOK: &str = "docs/book/src/";

/// What every decision record says, under these headings.
const HEADINGS: [&str; 4] = [
    "## Context",
    "## Decision",
    "## Consequence",
    "## What would change our mind",
];

/// A decision record is one page.
const RECORD: usize = 80;

fn documents() -> Vec<Page> {
    let mut pages = pages();
    pages.retain(|page| page.path.ends_with(".md"));
    pages
}

fn text_of(path: &str) -> String {
    let page = pages().into_iter().find(|page| page.path == path);
    page.unwrap_or_else(|| panic!("{path} is missing")).text
}

#[test]
fn every_room_is_in_the_architecture() {
    let architecture = text_of("docs/ARCHITECTURE.md");
    let missing = |folder: &String| !architecture.contains(&format!("`{folder}`"));
    let violations = crate_folders()
        .into_iter()
        .filter(missing)
        .map(|folder| Violation {
            rule: "every room is described where newcomers start".to_owned(),
            place: "docs/ARCHITECTURE.md:1".to_owned(),
            mend: format!("say what `{folder}` is for and where to start reading in it"),
        });
    demand_none(violations.collect());
}

#[test]
fn every_link_leads_somewhere() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let exists = |path: &Path| top.join(path).exists();
    demand_none(
        documents()
            .iter()
            .flat_map(|page| dead_links(page, exists))
            .collect(),
    );
}

#[test]
fn every_page_of_the_book_is_in_its_summary() {
    let summary = text_of(&format!("{BOOK}SUMMARY.md"));
    let unlisted = |page: &Page| {
        let path = page.path.strip_prefix(BOOK)?;
        let listed = path == "SUMMARY.md" || summary.contains(&format!("({path})"));
        let rule = "a page that the summary does not list is not in the book";
        (!listed).then(|| page.breaks(1, rule, "list it in docs/book/src/SUMMARY.md"))
    };
    demand_none(documents().iter().filter_map(unlisted).collect());
}

#[test]
fn every_decision_record_is_one_page_under_four_headings() {
    let records = documents()
        .into_iter()
        .filter(|page| page.path.starts_with("docs/adr/"));
    demand_none(records.flat_map(|page| record_breaks(&page)).collect());
}

#[test]
fn the_rules_of_a_document_find_what_breaks_them() {
    let text = "[a](gone.md#b) [c](there.md) [d](https://example.org)\n```\n[e](shown.md)\n```\n";
    let dead = dead_links(&Page::new("docs/x.md", text), |path| {
        path.ends_with("docs/there.md")
    });
    let places: Vec<&str> = dead.iter().map(|dead| &*dead.place).collect();
    assert_eq!(places, ["docs/x.md:1"]);
    assert_eq!(
        record_breaks(&Page::new("docs/adr/1.md", "## Context\n")).len(),
        3
    );
    assert_eq!(
        record_breaks(&Page::new("docs/adr/1.md", &HEADINGS.join("\n"))).len(),
        0
    );
}

/// Links to files that are not there. What stands in a code block is not a link.
fn dead_links(page: &Page, exists: impl Fn(&Path) -> bool) -> Vec<Violation> {
    let link = Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    let folder = Path::new(&page.path).parent().unwrap();
    let mut dead = Vec::new();
    let mut in_code = false;
    for (line, text) in (1..).zip(page.text.lines()) {
        in_code ^= text.trim_start().starts_with("```");
        for found in link.captures_iter(text).filter(|_| !in_code) {
            let target = found[1].split('#').next().unwrap_or_default();
            let elsewhere =
                target.is_empty() || target.contains("://") || target.starts_with("mailto:");
            if !elsewhere && !exists(&folder.join(target)) {
                let rule = format!("a link leads somewhere, and `{target}` is not there");
                dead.push(page.breaks(line, &rule, "mend the link or write the page"));
            }
        }
    }
    dead
}

fn record_breaks(page: &Page) -> Vec<Violation> {
    let lines: Vec<&str> = page.text.lines().collect();
    let missing = HEADINGS
        .into_iter()
        .filter(|heading| !lines.contains(heading))
        .map(|heading| {
            page.breaks(
                1,
                "a decision record says four things",
                &format!("add `{heading}`"),
            )
        });
    let long = (lines.len() > RECORD).then(|| {
        let rule = format!("a decision record is one page, at most {RECORD} lines");
        page.breaks(lines.len(), &rule, "cut it to the decision")
    });
    missing.chain(long).collect()
}
