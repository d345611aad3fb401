//! The report as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the code.

use serde_json::{Value, json};

use super::{
    finding::{Finding, Kind},
    report::message,
};

/// One log with one run.
pub(super) fn log(findings: &[Finding]) -> Value {
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "gatewright scan",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": Kind::ALL.map(rule),
            } },
            "columnKind": "unicodeCodePoints",
            "results": findings.iter().map(result).collect::<Vec<_>>(),
        }],
    })
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
    let index = Kind::ALL.iter().position(|kind| *kind == finding.kind);
    json!({
        "ruleId": finding.kind.name(),
        "ruleIndex": index,
        "level": level,
        "message": { "text": message(finding) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&finding.file) },
            "region": {
                "startLine": at.line,
                "startColumn": at.column,
                "endColumn": at.column + at.length,
            },
        } }],
        // The same secret at the same place is the same result in the next run.
        "partialFingerprints": { "gatewright/v1": format!("{} {}", finding.kind.name(), finding.hint) },
        "properties": { "status": finding.status, "until": finding.until },
    })
}

/// A path as a reference (RFC 3986): what is not plain is percent-encoded.
fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}
