//! Two documents, parted by a line of three hyphens and an arrow. Asserts that a comparison ends within its budget, that
//! every change stands in the documents, and that a document and itself have nothing between them.
#![no_main]

use gatewright_contract::{Budgets, Document, Settings, Spot, diff, read};
use gatewright_domain::time::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(input) = std::str::from_utf8(input) else {
        return;
    };
    let Some((base, revision)) = input.split_once("\n--->\n") else {
        return;
    };
    let (base, revision) = (base.as_bytes(), revision.as_bytes());
    let budgets = Budgets::default();
    let (Ok(base), Ok(revision)) = (read(base, &budgets), read(revision, &budgets)) else {
        return;
    };
    let settings = Settings {
        steps: 1_000_000,
        ..Settings::at(Timestamp::from_seconds(1_800_000_000))
    };
    let changes = diff(&base, &revision, &settings);
    assert!(changes.told.len() <= settings.most);
    assert_eq!(changes.told.len() + changes.untold(), changes.counts.all());
    for change in &changes.told {
        assert!(
            change.base.is_some() || change.revision.is_some(),
            "{change:?}"
        );
        assert!(stands_in(&base, change.base.as_ref()), "{change:?}");
        assert!(stands_in(&revision, change.revision.as_ref()), "{change:?}");
    }
    let same = diff(&base, &base, &settings);
    assert_eq!(same.counts.all(), 0, "{same:?}");
});

/// Whether a place is in a document. A pointer to a key as long as nobody writes one is cut off.
fn stands_in(document: &Document<'_>, spot: Option<&Spot>) -> bool {
    spot.is_none_or(|spot| {
        let found = document.at(&spot.pointer).is_some();
        spot.line >= 1 && spot.column >= 1 && (found || spot.pointer.ends_with('…'))
    })
}
