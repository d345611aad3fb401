//! Linting from outside: rulesets and documents in, findings out.

mod functions;
mod hostile;
mod oas;
mod paths;
mod properties;
mod rulesets;
mod schemas;

use std::borrow::Cow;

use gatewright_contract::{Budgets, Document, LintFinding, Linted, Ruleset, lint, read};

fn document(text: &str) -> Document<'_> {
    read(text.as_bytes(), &Budgets::default())
        .unwrap_or_else(|findings| panic!("{findings}\n{text}"))
}

/// YAML for sure: what begins with a brace would be JSON.
fn yaml(text: &str) -> Cow<'_, str> {
    match text.strip_prefix('{') {
        Some(_) => Cow::Owned(format!("--- {text}")),
        None => Cow::Borrowed(text),
    }
}

fn ruleset(text: &str) -> Ruleset {
    Ruleset::read(&yaml(text), &|_| None).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn linted(text: &str, by: &str) -> Linted {
    lint(&document(&yaml(text)), &ruleset(by))
}

/// What a ruleset that must be supported finds.
fn found(text: &str, by: &str) -> Vec<LintFinding> {
    let Linted {
        findings,
        unsupported,
    } = linted(text, by);
    assert_eq!(unsupported, [], "{by}");
    for finding in &findings {
        points_right(&yaml(text), finding);
    }
    findings
}

/// The pointers of what is found.
fn pointers(text: &str, by: &str) -> Vec<String> {
    let found = found(text, by).into_iter();
    found.map(|finding| finding.pointer).collect()
}

/// A finding's line and column are those of the value its pointer leads to, or of the key that the value stands under.
fn points_right(text: &str, finding: &LintFinding) {
    let document = document(text);
    let node = document.at(&finding.pointer);
    let node = node.unwrap_or_else(|| panic!("{finding}: nothing is at `{}`", finding.pointer));
    let places = [Some(node), node.key()].into_iter().flatten();
    let places: Vec<_> = places
        .map(|node| (node.place().line, node.place().column))
        .collect();
    assert!(
        places.contains(&(finding.line, finding.column)),
        "{finding}: `{}` is at {places:?}",
        finding.pointer
    );
}
