//! An honest log, tampered with in every way we could think of: each is found, named, and named at the first number.

use gatewright_ledger::{
    event::Entry,
    tree::Frontier,
    verdict::{Backwards, Column, FirstBad, What},
};
use proptest::prelude::*;

use crate::{
    log::{Log, Stored, append, entry},
    second::second_opinion,
};

const LENGTH: u64 = 300;

/// Tampers with an honest log of 300 events and says what the verifier finds.
fn found(tamper: impl FnOnce(&mut Log)) -> Option<FirstBad> {
    let mut log = Log::honest(LENGTH);
    tamper(&mut log);
    let verdict = log.verdict();
    assert_eq!(verdict.is_valid(), verdict.first_bad.is_none());
    second_opinion(&log, &verdict);
    verdict.first_bad
}

/// An event that never happened.
fn by_a_ghost(seq: u64) -> Entry {
    let mut entry = entry(seq);
    entry.actor.id = "op_ghost".to_owned();
    entry
}

fn bad(seq: i64, what: What) -> Option<FirstBad> {
    Some(FirstBad { seq, what })
}

#[test]
fn a_clean_log_of_any_length_is_valid() {
    let verdict = Log::honest(0).verdict();
    assert!(verdict.is_valid());
    assert_eq!(verdict.root, Frontier::new().root());
    for length in 1..70 {
        let log = Log::honest(length);
        let verdict = log.verdict();
        assert_eq!(verdict.first_bad, None);
        assert_eq!((verdict.size, verdict.backwards), (length, None));
        assert_eq!(&verdict.root.as_bytes()[..], log.head.root);
    }
}

#[test]
fn an_edited_event_is_found() {
    let edit = |log: &mut Log| {
        let text = String::from_utf8(log.rows[137].canonical.clone()).unwrap();
        log.rows[137].canonical = text.replace("success", "failure").into_bytes();
    };
    assert_eq!(found(edit), bad(137, What::EditedEvent));
}

#[test]
fn an_edited_leaf_hash_is_found() {
    let edit = |log: &mut Log| log.rows[137].leaf_hash[0] ^= 1;
    assert_eq!(found(edit), bad(137, What::EditedLeafHash));
    let shorten = |log: &mut Log| log.rows[137].leaf_hash.truncate(31);
    assert_eq!(found(shorten), bad(137, What::EditedLeafHash));
}

#[test]
fn an_event_edited_together_with_its_leaf_hash_is_found() {
    assert_eq!(
        found(|log| log.rewrite(137)),
        bad(137, What::RootDoesNotFollow)
    );
}

#[test]
fn an_edited_root_is_found() {
    let edit = |log: &mut Log| log.rows[137].root_after[31] ^= 1;
    assert_eq!(found(edit), bad(137, What::RootDoesNotFollow));
}

#[test]
fn an_event_edited_together_with_its_leaf_hash_and_root_is_found_at_the_next() {
    let edit = |log: &mut Log| {
        log.rewrite(137);
        let mut resealed = log.clone();
        resealed.reseal();
        log.rows[137].root_after = resealed.rows[137].root_after.clone();
    };
    // Up to the forged event everything is as an honest writer could have left it; the next root gives it away.
    assert_eq!(found(edit), bad(138, What::RootDoesNotFollow));
}

#[test]
fn deleted_events_are_found() {
    let one = |log: &mut Log| drop(log.rows.remove(137));
    assert_eq!(found(one), bad(137, What::Missing));
    let first = |log: &mut Log| drop(log.rows.remove(0));
    assert_eq!(found(first), bad(0, What::Missing));
    let several = |log: &mut Log| drop(log.rows.drain(100..200));
    assert_eq!(found(several), bad(100, What::Missing));
}

#[test]
fn a_deleted_event_is_found_when_the_others_close_ranks() {
    let delete = |log: &mut Log| {
        log.rows.remove(137);
        log.close_ranks();
    };
    assert_eq!(found(delete), bad(137, What::Misplaced { says: 138 }));
}

#[test]
fn a_deleted_tail_is_found() {
    assert_eq!(
        found(|log| log.rows.truncate(290)),
        bad(290, What::Truncated)
    );
    assert_eq!(
        found(|log| log.rows.truncate(299)),
        bad(299, What::Truncated)
    );
    assert_eq!(found(|log| log.rows.clear()), bad(0, What::Truncated));
}

#[test]
fn an_inserted_event_is_found() {
    let insert = |log: &mut Log| {
        let mut forged = log.rows[137].clone();
        forged.becomes(&by_a_ghost(137));
        log.rows.insert(137, forged);
        log.close_ranks();
    };
    assert_eq!(found(insert), bad(137, What::RootDoesNotFollow));
}

#[test]
fn an_event_that_was_inserted_with_a_fitting_root_is_found() {
    let insert = |log: &mut Log| {
        let mut tree = Frontier::new();
        (0..137).for_each(|seq| drop(append(&mut tree, &entry(seq))));
        log.rows.insert(137, append(&mut tree, &by_a_ghost(137)));
        log.close_ranks();
    };
    assert_eq!(found(insert), bad(137, What::Inserted));
}

#[test]
fn a_number_given_twice_or_below_zero_is_found() {
    let twice = |log: &mut Log| log.rows.insert(138, log.rows[137].clone());
    assert_eq!(found(twice), bad(137, What::Inserted));
    let below = |log: &mut Log| {
        let mut row = log.rows[0].clone();
        row.seq = -1;
        log.rows.insert(0, row);
    };
    assert_eq!(found(below), bad(-1, What::Inserted));
}

#[test]
fn swapped_events_are_found() {
    let swap = |log: &mut Log| {
        log.rows.swap(137, 200);
        log.close_ranks();
    };
    assert_eq!(found(swap), bad(137, What::Misplaced { says: 200 }));
    let neighbours = |log: &mut Log| {
        log.rows.swap(137, 138);
        log.close_ranks();
        log.reseal();
    };
    assert_eq!(found(neighbours), bad(137, What::Misplaced { says: 138 }));
}

#[test]
fn a_copied_event_is_found_where_it_was_put() {
    let copy = |log: &mut Log| {
        let copied = log.rows[136].entry();
        log.rows[137].becomes(&copied);
    };
    assert_eq!(found(copy), bad(137, What::Misplaced { says: 136 }));
}

#[test]
fn every_edited_column_is_found_and_named() {
    type Edit = fn(&mut Stored);
    let edits: [(Column, Edit); 8] = [
        (Column::At, |row| row.at_ms += 1),
        (Column::Action, |row| {
            row.action = "version.retire".to_owned()
        }),
        (Column::ActorKind, |row| {
            row.actor_kind = "system".to_owned()
        }),
        (Column::ActorId, |row| row.actor_id = "op_ghost".to_owned()),
        (Column::TargetKind, |row| row.target_kind = "api".to_owned()),
        (Column::TargetId, |row| {
            row.target_id = "ver_ghost".to_owned()
        }),
        (Column::Outcome, |row| row.outcome = "denied".to_owned()),
        (Column::RequestId, |row| row.request_id = None),
    ];
    for (column, edit) in edits {
        let edit = |log: &mut Log| edit(&mut log.rows[137]);
        assert_eq!(found(edit), bad(137, What::ColumnDiffers(column)));
    }
}

#[test]
fn a_head_that_was_rolled_back_is_found() {
    let roll_back = |log: &mut Log| log.head = Log::honest(290).head;
    assert_eq!(found(roll_back), bad(290, What::NotInHead));
    let to_nothing = |log: &mut Log| log.head = Log::honest(0).head;
    assert_eq!(found(to_nothing), bad(0, What::NotInHead));
}

#[test]
fn an_edited_head_is_found() {
    let edits: [fn(&mut Log); 7] = [
        |log| log.head.root[0] ^= 1,
        |log| log.head.frontier[0] ^= 1,
        |log| log.head.frontier.truncate(32),
        |log| log.head.size = -1,
        |log| log.head.size = 290,
        |log| log.head.epoch = 0,
        |log| log.head.root.clear(),
    ];
    for edit in edits {
        assert_eq!(found(edit), bad(300, What::EditedHead));
    }
}

#[test]
fn a_history_that_was_rewritten_up_to_the_head_is_found() {
    let rewrite = |at| {
        move |log: &mut Log| {
            log.rewrite(at);
            log.reseal();
        }
    };
    // 300 = 256 + 32 + 8 + 4: the head vouches for these subtrees, and names the one that was touched.
    assert_eq!(found(rewrite(137)), bad(0, What::OtherHistory));
    assert_eq!(found(rewrite(270)), bad(256, What::OtherHistory));
    assert_eq!(found(rewrite(299)), bad(296, What::OtherHistory));
}

#[test]
fn a_fork_is_found() {
    let fork = |length| {
        move |log: &mut Log| {
            let forked = (137..length).map(by_a_ghost);
            log.rows = Log::of((0..137).map(entry).chain(forked)).rows;
        }
    };
    for length in [290, 300, 310] {
        assert_eq!(found(fork(length)), bad(0, What::OtherHistory));
    }
}

#[test]
fn a_foreign_log_is_found() {
    let foreign = || Log::of((0..LENGTH).map(by_a_ghost));
    let replace = |log: &mut Log| log.rows = foreign().rows;
    assert_eq!(found(replace), bad(0, What::OtherHistory));
    let splice = |log: &mut Log| drop(log.rows.splice(137.., foreign().rows.drain(137..)));
    assert_eq!(found(splice), bad(137, What::RootDoesNotFollow));
    let head = |log: &mut Log| log.head = foreign().head;
    assert_eq!(found(head), bad(0, What::OtherHistory));
}

#[test]
fn bytes_that_are_no_event_are_found_although_the_tree_knows_them() {
    let edit = |log: &mut Log| {
        let text = String::from_utf8(log.rows[137].canonical.clone()).unwrap();
        log.rows[137].canonical = text.replacen('{', r#"{"v":1,"#, 1).into_bytes();
        log.forge();
    };
    let found = found(edit).unwrap();
    assert_eq!(found.seq, 137);
    assert!(
        matches!(&found.what, What::Unreadable { why } if why.contains("duplicate field `v`")),
        "{found}"
    );
}

#[test]
fn an_epoch_that_runs_backwards_is_found() {
    let mut entries: Vec<_> = (0..10).map(entry).collect();
    entries[5].epoch = 2;
    let mut log = Log::of(entries);
    log.head.epoch = 2;
    assert_eq!(log.verdict().first_bad, bad(6, What::EpochRunsBackwards));
}

#[test]
fn time_that_runs_backwards_is_a_warning() {
    let mut entries: Vec<_> = (0..10).map(entry).collect();
    entries[5].at = "2026-11-22T00:00:00.000Z".to_owned();
    entries[8].at = "2026-11-21T00:00:00.000Z".to_owned();
    let verdict = Log::of(entries).verdict();
    assert!(verdict.is_valid());
    assert_eq!(verdict.backwards, Some(Backwards { first: 5, count: 2 }));
}

#[test]
fn the_sound_part_is_told_with_its_root() {
    let mut log = Log::honest(LENGTH);
    log.rows[137].outcome = "denied".to_owned();
    let verdict = log.verdict();
    assert_eq!(verdict.size, 137);
    assert_eq!(&verdict.root.as_bytes()[..], log.rows[136].root_after);
}

#[test]
fn every_finding_is_a_sentence() {
    let found = found(|log| log.rewrite(137)).unwrap();
    assert_eq!(
        found.to_string(),
        "event 137: the root does not follow: this event, its root or what stands before it was replaced"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_flipped_bit_of_a_row_is_found_in_that_row(length in 1_u64..40, at in any::<prop::sample::Index>(), place in any::<prop::sample::Index>()) {
        let mut log = Log::honest(length);
        let at = at.index(log.rows.len());
        let row = &mut log.rows[at];
        let mut bytes: Vec<&mut u8> = row.canonical.iter_mut().chain(&mut row.leaf_hash).chain(&mut row.root_after).collect();
        let place = place.index(bytes.len());
        *bytes[place] ^= 4;
        prop_assert_eq!(log.verdict().first_bad.unwrap().seq, i64::try_from(at).unwrap());
    }
}
