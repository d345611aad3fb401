//! The crate from outside: uploads in, operations and findings out.

#![cfg(test)]

mod bombs;
mod changes;
mod damaged;
mod editions;
mod flat;
mod hostile;
mod lint;
mod margins;
mod official;
mod operations;
mod pairs;
mod placed;
mod places;
mod properties;
mod reading;
mod reference;
mod second;
mod spots;
mod through;
mod upgraded;
mod validation;

use gatewright_contract::{Budgets, Examined, Finding, Findings, Rule, examine};

/// What every document of these tests begins with.
const HEAD: &str = "openapi: 3.1.0\ninfo: {title: Orders, version: '1'}\n";

/// Examines a document that must be fine.
fn accepted(text: &str) -> Examined {
    examine(text.as_bytes(), &Budgets::default()).unwrap_or_else(|findings| panic!("{findings}"))
}

/// Examines a document that must not be stored.
fn refused(bytes: impl AsRef<[u8]>) -> Findings {
    let result = examine(bytes.as_ref(), &Budgets::default());
    let findings = result.expect_err("a document that must not be stored");
    assert!(
        findings.has_errors(),
        "refused without an error: {findings}"
    );
    findings
}

/// What our own rules find in a document, stored or not. The documents of these tests are as small as can be, and the
/// official schemas would have more of them; what they find is tested in `official`.
fn findings(text: &str) -> Vec<Finding> {
    let mut found = everything(text);
    found.retain(|it| it.rule != Rule::SchemaViolation);
    found
}

/// Everything that is found in a document, stored or not.
fn everything(text: &str) -> Vec<Finding> {
    match examine(text.as_bytes(), &Budgets::default()) {
        Ok(examined) => examined.findings.into_vec(),
        Err(findings) => findings.into_vec(),
    }
}

/// The rules that find something in a document, in its order.
fn rules(text: &str) -> Vec<Rule> {
    findings(text).into_iter().map(|found| found.rule).collect()
}

/// The only thing found in a document.
fn only(text: &str) -> Finding {
    let mut found = findings(text);
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

/// The rules of findings.
fn rules_of(findings: &Findings) -> Vec<Rule> {
    let rules = findings.as_slice().iter().map(|found| found.rule);
    rules
        .filter(|rule| *rule != Rule::SchemaViolation)
        .collect()
}
