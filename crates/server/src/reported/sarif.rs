//! SARIF 2.1.0 (OASIS), which code hosts and editors show beside the code. The one place that writes it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Gravity, Report, Reported};

/// One log with one run.
pub(crate) fn log(tool: &str, rules: Vec<Value>, results: Vec<Value>) -> Value {
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": tool,
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// A place in a file; `region` is nothing where it is the file as a whole.
pub(crate) fn location(file: &str, region: Option<Value>) -> Value {
    let mut place = json!({ "artifactLocation": { "uri": uri(file) } });
    if let (Some(region), Some(place)) = (region, place.as_object_mut()) {
        place.insert("region".to_owned(), region);
    }
    json!({ "physicalLocation": place })
}

/// A report as a log.
pub(super) fn of_report(report: &Report) -> Value {
    let names: BTreeSet<&str> = report.found.iter().map(|it| it.rule.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let rules = names.iter().map(|name| json!({ "id": name })).collect();
    let results = report.found.iter().map(|found| result(&names, found));
    log(report.tool, rules, results.collect())
}

fn result(names: &[&str], found: &Reported) -> Value {
    let level = match found.level {
        Gravity::Error => "error",
        Gravity::Warning => "warning",
        Gravity::Info | Gravity::Hint => "note",
    };
    let region = found.line.map(|line| match found.column {
        Some(column) => json!({ "startLine": line, "startColumn": column }),
        None => json!({ "startLine": line }),
    });
    json!({
        "ruleId": found.rule,
        "ruleIndex": names.iter().position(|name| *name == found.rule),
        "level": level,
        "message": { "text": found.message },
        "locations": [location(&found.file, region)],
        // The same finding about the same thing is the same result in the next run, wherever its line has gone.
        "partialFingerprints": { "gatewright/v1": format!("{} {}", found.rule, found.pointer) },
        "properties": { "pointer": found.pointer, "operation": found.operation },
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
