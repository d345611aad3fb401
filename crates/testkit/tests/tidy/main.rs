//! The rules of the house that neither the compiler nor clippy can see. Each failure names the rule, the place and the way out.
//! Forbids exceptions without a reason: an exception is a row of a table here, beside its reason.
//! Start with `arrows` (which room may use which), then `rooms` (who may name a library or make a call).

#![cfg(test)]

mod arrows;
mod cases;
mod docs;
mod hosts;
mod pages;
mod rooms;
mod tree;

/// One broken rule.
#[derive(Debug)]
pub(crate) struct Violation {
    rule: String,
    place: String,
    mend: String,
}

/// Fails the test with every broken rule, in the order of the tree.
fn demand_none(violations: Vec<Violation>) {
    let report: Vec<String> = violations
        .into_iter()
        .map(|Violation { rule, place, mend }| format!("{place}\n  rule: {rule}\n  do:   {mend}\n"))
        .collect();
    assert!(
        report.is_empty(),
        "{} broken rule(s)\n\n{}",
        report.len(),
        report.join("\n")
    );
}
