//! Linting from outside: rulesets and documents in, findings out.

mod functions;
mod hostile;
mod oas;
mod owasp;
mod paths;
mod properties;
mod rulesets;
mod schemas;

use std::{borrow::Cow, collections::BTreeSet};

use gatewright_contract::{Budgets, Document, LintFinding, Linted, Ruleset, lint, read};

use crate::second::{Part, Second};

/// A rule of a built-in set, the edition of the document, and the rest of the document.
type Case = (&'static str, &'static str, &'static str);

const OAS2: &str = "swagger: '2.0'";
const OAS30: &str = "openapi: 3.0.3";
const OAS31: &str = "openapi: 3.1.0";
const OAS32: &str = "openapi: 3.2.0";

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

/// What a rule of a set finds stands on the lines with a mark and on no other; what a finding's pointer leads to stands
/// at its line and column, in YAML and in JSON.
fn points_at_its_marks(set: &str, (rule, edition, rest): Case) {
    let text = format!("{edition}\n{rest}");
    let by = format!("{{extends: [['{set}', off]], rules: {{'{rule}': error}}}}");
    let told: BTreeSet<u32> = found(&text, &by).into_iter().map(|it| it.line).collect();
    let marked = text
        .lines()
        .zip(1..)
        .filter(|(line, _)| line.ends_with("# here"));
    let mut marked: BTreeSet<u32> = marked.map(|(_, number)| number).collect();
    if marked.is_empty() {
        // About the document as a whole.
        marked.insert(1);
    }
    assert_eq!(told, marked, "{rule}\n{text}");
    let json = Second::read(&text).json();
    assert_eq!(parts(&text, &by), parts(&json, &by), "{rule}\n{json}");
}

/// The pointers of what is found, each with what of it stands at the place that is told.
fn parts(text: &str, by: &str) -> BTreeSet<(String, Part)> {
    let second = Second::read(text);
    let found = lint(&document(text), &ruleset(by)).findings.into_iter();
    let part = |finding: LintFinding| {
        let part = second.part(&finding.pointer, (finding.line, finding.column));
        let part =
            part.unwrap_or_else(|| panic!("{finding}: not at `{}`\n{text}", finding.pointer));
        (finding.pointer, part)
    };
    found.map(part).collect()
}
