//! What holds for every comparison: no documents panic, a document and itself have nothing between them, and what is
//! new one way is gone the other way.

use gatewright_contract::{Settings, diff, read};
use proptest::prelude::*;

use crate::{
    changes::settings,
    properties::{BUDGETS, words},
};

/// A document with something of everything that is compared, to cut to pieces.
const WHOLE: &str = include_str!("../pairs/whole.yaml");

/// Cuts a piece out of a text and puts words there.
fn damaged() -> impl Strategy<Value = String> {
    let size = WHOLE.len();
    (0..size, 0..60_usize, words()).prop_map(move |(from, length, words)| {
        let from = (0..=from).rev().find(|at| WHOLE.is_char_boundary(*at));
        let from = from.unwrap_or(0);
        let to = (from + length).min(size);
        let to = (to..=size)
            .find(|at| WHOLE.is_char_boundary(*at))
            .unwrap_or(size);
        format!("{}{words}{}", &WHOLE[..from], &WHOLE[to..])
    })
}

/// Moves a line of the text somewhere else, so that documents stay readable more often.
fn moved() -> impl Strategy<Value = String> {
    let count = WHOLE.lines().count();
    (0..count, 0..count).prop_map(|(from, to)| {
        let mut lines: Vec<_> = WHOLE.lines().collect();
        let line = lines.remove(from);
        lines.insert(to.min(lines.len()), line);
        lines.join("\n")
    })
}

fn documents() -> impl Strategy<Value = String> {
    prop_oneof![damaged(), moved(), Just(WHOLE.to_owned())]
}

/// What is told between two texts that can be read; nothing when one cannot.
fn compare(
    base: &str,
    revision: &str,
    settings: &Settings,
) -> Option<gatewright_contract::Changes> {
    let base = read(base.as_bytes(), &BUDGETS).ok()?;
    let revision = read(revision.as_bytes(), &BUDGETS).ok()?;
    Some(diff(&base, &revision, settings))
}

/// The paths of endpoints that one rule, or some, tell of.
fn paths(changes: &gatewright_contract::Changes, rules: &[&str]) -> Vec<String> {
    let found = changes
        .told
        .iter()
        .filter(|change| rules.contains(&change.id));
    let mut paths: Vec<_> = found
        .map(|change| format!("{:?} {:?}", change.method, change.path))
        .collect();
    paths.sort();
    paths
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_damaged_documents_panic(base in documents(), revision in documents()) {
        if let Some(changes) = compare(&base, &revision, &settings()) {
            let told = changes.told.len();
            prop_assert!(told <= settings().most);
            prop_assert_eq!(told + changes.untold(), changes.counts.all());
            for change in &changes.told {
                prop_assert!(change.base.is_some() || change.revision.is_some());
                prop_assert!(!change.text.is_empty());
            }
        }
    }

    #[test]
    fn a_document_and_itself_have_nothing_between_them(text in documents()) {
        if let Some(changes) = compare(&text, &text, &settings()) {
            prop_assert_eq!(changes.counts.all(), 0, "{:#?}", changes.told);
        }
    }

    #[test]
    fn what_is_new_one_way_is_gone_the_other_way(base in documents(), revision in documents()) {
        let there = compare(&base, &revision, &settings());
        let back = compare(&revision, &base, &settings());
        if let (Some(there), Some(back)) = (there, back) {
            let pairs = [
                (&["webhook-added"][..], &["webhook-removed"][..]),
                (&["response-success-status-added"], &["response-success-status-removed"]),
                (&["response-header-added"], &["optional-response-header-removed", "required-response-header-removed"]),
            ];
            for (added, removed) in pairs {
                prop_assert_eq!(paths(&there, added).len(), paths(&back, removed).len());
                prop_assert_eq!(paths(&back, added).len(), paths(&there, removed).len());
            }
        }
    }
}
