//! The report as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the code.

use serde_json::{Value, json};

use super::{
    finding::{Finding, Kind},
    report::message,
};
use crate::reported::sarif;

/// One log with one run.
pub(super) fn log(findings: &[Finding]) -> Value {
    let rules = Kind::ALL.map(rule).to_vec();
    let results = findings.iter().map(result).collect();
    sarif::log("gatewright scan", rules, results)
}

fn rule(kind: Kind) -> Value {
    let words = format!("A {} stands where others can read it.", kind.words());
    json!({
        "id": kind.name(),
        "shortDescription": { "text": words },
        "help": { "text": "Revoke it, take it out, and issue another. Versions of the past keep it: revoking is what counts." },
        "properties": { "tags": ["security", "secret"] },
    })
}

fn result(finding: &Finding) -> Value {
    let at = finding.at;
    let level = if finding.status.is_to_be_acted_on() {
        "error"
    } else {
        "note"
    };
    let region = json!({
        "startLine": at.line,
        "startColumn": at.column,
        "endColumn": at.column + at.length,
    });
    let index = Kind::ALL.iter().position(|kind| *kind == finding.kind);
    json!({
        "ruleId": finding.kind.name(),
        "ruleIndex": index,
        "level": level,
        "message": { "text": message(finding) },
        "locations": [sarif::location(&finding.file, Some(region))],
        // The same secret at the same place is the same result in the next run.
        "partialFingerprints": { "gatewright/v1": format!("{} {}", finding.kind.name(), finding.hint) },
        "properties": { "status": finding.status, "until": finding.until },
    })
}
