//! A second verifier, in another language and written from the book alone, has to find what ours finds.

use std::{
    io::{ErrorKind, Write},
    process::{Command, Stdio},
    sync::OnceLock,
};

use gatewright_ledger::verdict::{Verdict, What};
use serde_json::json;

use crate::log::Log;

const VERIFIER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/verifier.py");

/// Demands that the second verifier says the same of a log. Without Python there is no second opinion.
pub(crate) fn second_opinion(log: &Log, verdict: &Verdict) {
    if !python_is_there() {
        return;
    }
    let mut child = Command::new("python3")
        .args([VERIFIER, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let text = lines(log);
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let expected = match &verdict.first_bad {
        Some(bad) => format!("event {}: {}\n", bad.seq, name(&bad.what)),
        None => format!("sound: {} events, root {}\n", verdict.size, verdict.root),
    };
    assert_eq!(said, expected, "the second verifier says something else");
    let code = if verdict.is_valid() { 0 } else { 10 };
    assert_eq!(output.status.code(), Some(code));
}

fn python_is_there() -> bool {
    static THERE: OnceLock<bool> = OnceLock::new();
    *THERE.get_or_init(|| {
        let asked = Command::new("python3").arg("--version").output();
        !asked.is_err_and(|error| error.kind() == ErrorKind::NotFound)
    })
}

/// The log as the second verifier reads it.
fn lines(log: &Log) -> String {
    let rows = log.rows.iter().map(|row| {
        json!({
            "seq": row.seq,
            "canonical": hex::encode(&row.canonical),
            "leaf_hash": hex::encode(&row.leaf_hash),
            "root_after": hex::encode(&row.root_after),
            "at": row.at_ms,
            "action": row.action,
            "actor_kind": row.actor_kind,
            "actor_id": row.actor_id,
            "target_kind": row.target_kind,
            "target_id": row.target_id,
            "outcome": row.outcome,
            "request_id": row.request_id,
        })
    });
    let head = json!({
        "size": log.head.size,
        "frontier": hex::encode(&log.head.frontier),
        "root": hex::encode(&log.head.root),
        "epoch": log.head.epoch,
    });
    rows.chain([head])
        .map(|line| line.to_string() + "\n")
        .collect()
}

/// The finding as the book names it.
fn name(what: &What) -> &'static str {
    match what {
        What::EditedEvent => "edited event",
        What::EditedLeafHash => "edited leaf hash",
        What::RootDoesNotFollow => "root does not follow",
        What::Missing => "missing",
        What::Inserted => "inserted",
        What::Misplaced { .. } => "misplaced",
        What::Unreadable { .. } => "unreadable",
        What::ColumnDiffers(_) => "column differs",
        What::EpochRunsBackwards => "epoch runs backwards",
        What::Truncated => "truncated",
        What::NotInHead => "not in head",
        What::OtherHistory => "other history",
        What::EditedHead => "edited head",
    }
}

#[test]
fn the_second_verifier_reads_events_as_ours_does() {
    // Each replaces something in the event and forges all that stands beside it.
    let edits = [
        (r#""epoch":1"#, r#""epoch":1.0"#),
        (r#""epoch":1"#, r#""epoch":-0"#),
        (r#""epoch":1"#, r#""epoch":true"#),
        (r#""epoch":1"#, r#""epoch":"1""#),
        (r#""epoch":1"#, r#""epoch":9007199254740993"#),
        (r#""omitted":0"#, r#""omitted":"18446744073709551616""#),
        (r#""omitted":0"#, r#""omitted":"18446744073709551615""#),
        (r#""omitted":0"#, r#""omitted":9007199254740992"#),
        (r#""omitted":0,"#, ""),
        (r#","supersedes":null"#, ""),
        (r#""reason":null"#, r#""reason":7"#),
        (r#""v":1"#, r#""v":2"#),
        (r#""v":1"#, r#""v":1,"w":null"#),
        (r#""v":1}"#, r#""v":1} "#),
        (r#""kind":"version""#, r#""kind":"\ud800""#),
        (r#""via":"portal""#, r#""via":"portal","via":"portal""#),
        ("2026-11-23T00:00:01.123Z", "2026-02-30T00:00:01.123Z"),
        ("2026-11-23T00:00:01.123Z", "2026-11-23T24:00:01.123Z"),
        ("2026-11-23T00:00:01.123Z", "2026-11-23T00:00:60.123Z"),
        ("2026-11-23T00:00:01.123Z", "2026-11-23T00:00:01.1Z"),
        (r#"{"$pii":"bb"#, r#"{"$pII":"bb"#),
    ];
    for (from, to) in edits {
        let mut log = Log::honest(3);
        let text = String::from_utf8(log.rows[1].canonical.clone()).unwrap();
        assert!(text.contains(from), "{from} is not in the event");
        log.rows[1].canonical = text.replacen(from, to, 1).into_bytes();
        log.forge();
        second_opinion(&log, &log.verdict());
    }
}
