//! Gathering what was found, and telling it in the order of the document.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use super::{
    LINT_OVER_BUDGET, LintFinding, Severity, message,
    ruleset::{Pointed, rule::Rule},
};
use crate::{report::brief, tree::node::Node};

/// Findings while rules run.
pub(super) struct Gathering<'r> {
    most: usize,
    /// What is known, by rule, node and the hash of what is said.
    known: HashSet<(&'r str, u32, u64)>,
    found: Vec<Raw<'r>>,
}

struct Raw<'r> {
    rule: &'r str,
    severity: Severity,
    at: Node<'r>,
    message: String,
}

impl<'r> Gathering<'r> {
    pub(super) fn within(most: usize) -> Self {
        Self {
            most,
            known: HashSet::new(),
            found: Vec::new(),
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= self.most
    }

    /// What a rule has found, unless it has found the same there before: a component is met at every reference to it.
    pub(super) fn add(
        &mut self,
        rule: &'r Rule,
        (at, missing): (Node<'r>, &[String]),
        error: &str,
    ) {
        let message = message::told(rule, (at, missing), error);
        let mut hasher = DefaultHasher::new();
        message.hash(&mut hasher);
        let known = (rule.name.as_str(), at.number(), hasher.finish());
        if self.is_full() || !self.known.insert(known) {
            return;
        }
        let (rule, severity) = (rule.name.as_str(), rule.severity);
        self.found.push(Raw {
            rule,
            severity,
            at,
            message,
        });
    }

    pub(super) fn over_budget(&mut self, root: Node<'r>, most: impl ToString, budget: &str) {
        let most = most.to_string();
        self.budget(root, format!("linting stopped after {most} {budget} (the budget `{budget}`); what the rules would find beyond is not told"));
    }

    pub(super) fn undecided(&mut self, at: Node<'r>) {
        let message = "a pattern with a look-around went back and forth in this text for too long (the budget `backtracks`)";
        self.budget(at, message.to_owned());
    }

    fn budget(&mut self, at: Node<'r>, message: String) {
        let (rule, severity) = (LINT_OVER_BUDGET, Severity::Error);
        self.found.push(Raw {
            rule,
            severity,
            at,
            message,
        });
    }

    /// Everything found, in the order of the document, with the severities that parts of it have.
    pub(super) fn finish(mut self, pointed: &[Pointed]) -> Vec<LintFinding> {
        if let (true, Some(first)) = (self.is_full(), self.found.first()) {
            let (root, most) = (root(first.at), self.most);
            self.over_budget(root, most, "findings");
        }
        let told = self.found.into_iter().filter_map(|raw| told(raw, pointed));
        let mut told: Vec<_> = told.collect();
        told.sort_by(|one, other| order(one).cmp(&order(other)));
        told
    }
}

fn order(finding: &LintFinding) -> (u32, u32, &str, &str) {
    (
        finding.line,
        finding.column,
        &finding.rule,
        &finding.pointer,
    )
}

fn told(raw: Raw<'_>, pointed: &[Pointed]) -> Option<LintFinding> {
    let Raw {
        rule,
        severity,
        at,
        message,
    } = raw;
    let severity = match pointed.is_empty() {
        true => severity,
        false => pointed_severity(rule, &at.pointer(), pointed).unwrap_or(Some(severity))?,
    };
    let place = at.told_place();
    Some(LintFinding {
        rule: rule.to_owned(),
        severity,
        pointer: brief(at),
        line: place.line,
        column: place.column,
        message,
    })
}

/// The severity that the last override for the part of the document has given a rule, if one has.
fn pointed_severity(rule: &str, pointer: &str, pointed: &[Pointed]) -> Option<Option<Severity>> {
    let is_for = |part: &&Pointed| {
        let inside = pointer.strip_prefix(part.pointer.as_str());
        part.rule == rule && inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    pointed.iter().rev().find(is_for).map(|part| part.severity)
}

fn root(node: Node<'_>) -> Node<'_> {
    let mut node = node;
    while let Some(parent) = node.parent() {
        node = parent;
    }
    node
}
