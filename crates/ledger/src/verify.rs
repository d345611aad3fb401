//! Whether a log is as it was written: fed its rows in order and then its head, in memory that does not grow with it.
//!
//! Invariant: the number that is named is the first at which the rows so far contradict each other. The steps, and
//! what they cannot show, are sections 6 and 7 of `docs/book/src/audit-format.md`.

use std::{error::Error, ops::ControlFlow};

use crate::{
    event::{Entry, NotAnEvent},
    tree::{Frontier, Hash, leaf_hash},
    verdict::{Backwards, Column, FirstBad, Verdict, What},
};

/// One row of the ledger, as the database has it.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the fields are the columns of `audit_event`")]
pub struct Row<'a> {
    pub seq: i64,
    pub canonical: &'a [u8],
    pub leaf_hash: &'a [u8],
    pub root_after: &'a [u8],
    pub at_ms: i64,
    pub action: &'a str,
    pub actor_kind: &'a str,
    pub actor_id: &'a str,
    pub target_kind: &'a str,
    pub target_id: &'a str,
    pub outcome: &'a str,
    pub request_id: Option<&'a str>,
}

/// The ledger's head, as the database has it.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the fields are the columns of `audit_head`")]
pub struct Head<'a> {
    pub size: i64,
    pub root: &'a [u8],
    pub frontier: &'a [u8],
    pub epoch: i64,
}

/// Checks a log row by row.
#[derive(Debug, Default)]
pub struct Verifier {
    /// The tree of the rows that are sound.
    sound: Frontier,
    /// The same tree without its newest leaf.
    before: Frontier,
    /// The time and the epoch of the newest sound event.
    newest: Option<(i64, u64)>,
    first_bad: Option<FirstBad>,
    backwards: Option<Backwards>,
}

impl Verifier {
    /// A verifier that has seen nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many rows were found sound: the number that the next row must have.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.sound.size()
    }

    /// Takes the next row, in the order of `seq`. Breaks as soon as the verdict is known to be bad; rows that are fed
    /// all the same change nothing.
    pub fn feed(&mut self, row: &Row<'_>) -> ControlFlow<()> {
        if self.first_bad.is_none() {
            self.first_bad = self.take(row).err();
        }
        if self.first_bad.is_none() {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }

    /// The verdict, given the head that is stored beside the rows. While the log grows, read the head only when there
    /// are no more rows, and read on when it counts more of them by then.
    #[must_use]
    pub fn finish(self, head: &Head<'_>) -> Verdict {
        let first_bad = self.first_bad.or_else(|| {
            let newest_epoch = self.newest.map(|(_, epoch)| epoch);
            check_head(&self.sound, newest_epoch, head).err()
        });
        Verdict {
            size: self.sound.size(),
            root: self.sound.root(),
            first_bad,
            backwards: self.backwards,
        }
    }

    fn take(&mut self, row: &Row<'_>) -> Result<(), FirstBad> {
        let bad = |what| FirstBad { seq: row.seq, what };
        self.check_number(row)?;
        let leaf = leaf_hash(row.canonical);
        self.check_leaf(row, leaf).map_err(bad)?;
        let entry = Entry::read(row.canonical)
            .map_err(unreadable)
            .map_err(bad)?;
        self.check_place(row, leaf, &entry)?;
        self.before.clone_from(&self.sound);
        self.sound.append(leaf);
        if let Err(what) = self.check_content(row, &entry) {
            self.sound.clone_from(&self.before);
            return Err(bad(what));
        }
        self.note_time(row);
        self.newest = Some((row.at_ms, entry.epoch));
        Ok(())
    }

    fn check_number(&self, row: &Row<'_>) -> Result<(), FirstBad> {
        let expected = stored(self.sound.size());
        if row.seq < expected {
            return Err(FirstBad {
                seq: row.seq,
                what: What::Inserted,
            });
        }
        if expected < row.seq {
            return Err(FirstBad {
                seq: expected,
                what: What::Missing,
            });
        }
        Ok(())
    }

    fn check_leaf(&self, row: &Row<'_>, leaf: Hash) -> Result<(), What> {
        if row.leaf_hash == leaf.as_bytes() {
            return Ok(());
        }
        // The root tells which of the two was edited.
        if row.root_after == self.sound.root_with(leaf).as_bytes() {
            Err(What::EditedLeafHash)
        } else {
            Err(What::EditedEvent)
        }
    }

    fn check_place(&self, row: &Row<'_>, leaf: Hash, entry: &Entry) -> Result<(), FirstBad> {
        let (place, says) = (self.sound.size(), entry.seq);
        if says == place {
            return Ok(());
        }
        // A forger who shifts rows up can make the row that was put in between follow from those before it. But then
        // the root of the next row still follows from them without it.
        let was_shifted = says.checked_add(1) == Some(place)
            && row.root_after == self.before.root_with(leaf).as_bytes();
        Err(if was_shifted {
            FirstBad {
                seq: stored(says),
                what: What::Inserted,
            }
        } else {
            FirstBad {
                seq: row.seq,
                what: What::Misplaced { says },
            }
        })
    }

    fn check_content(&self, row: &Row<'_>, entry: &Entry) -> Result<(), What> {
        if row.root_after != self.sound.root().as_bytes() {
            return Err(What::RootDoesNotFollow);
        }
        if let Some(column) = differing_column(row, entry) {
            return Err(What::ColumnDiffers(column));
        }
        match self.newest {
            Some((_, epoch)) if entry.epoch < epoch => Err(What::EpochRunsBackwards),
            Some(_) | None => Ok(()),
        }
    }

    fn note_time(&mut self, row: &Row<'_>) {
        if self.newest.is_some_and(|(newest, _)| row.at_ms < newest) {
            let first = self.before.size();
            let noted = self.backwards.get_or_insert(Backwards { first, count: 0 });
            noted.count += 1;
        }
    }
}

fn differing_column(row: &Row<'_>, entry: &Entry) -> Option<Column> {
    let request = entry.request.as_ref().map(|request| request.id.as_str());
    let columns = [
        (Column::At, Some(row.at_ms) == entry.at_ms()),
        (Column::Action, row.action == entry.action),
        (Column::ActorKind, row.actor_kind == entry.actor.kind),
        (Column::ActorId, row.actor_id == entry.actor.id),
        (Column::TargetKind, row.target_kind == entry.target.kind),
        (Column::TargetId, row.target_id == entry.target.id),
        (Column::Outcome, row.outcome == entry.outcome),
        (Column::RequestId, row.request_id == request),
    ];
    columns
        .into_iter()
        .find(|(_, same)| !same)
        .map(|(column, _)| column)
}

fn check_head(
    sound: &Frontier,
    newest_epoch: Option<u64>,
    head: &Head<'_>,
) -> Result<(), FirstBad> {
    let end = sound.size();
    let bad = |seq, what| {
        Err(FirstBad {
            seq: stored(seq),
            what,
        })
    };
    let Some(theirs) = whole(head) else {
        return bad(end, What::EditedHead);
    };
    if let Some(seq) = sound.parts_from(&theirs) {
        return bad(seq, What::OtherHistory);
    }
    if end < theirs.size() {
        return bad(end, What::Truncated);
    }
    if theirs.size() < end {
        return bad(theirs.size(), What::NotInHead);
    }
    match newest_epoch {
        Some(newest) if head.epoch < stored(newest) => bad(end, What::EditedHead),
        Some(_) | None => Ok(()),
    }
}

/// The head's frontier, if the parts of the head belong together.
fn whole(head: &Head<'_>) -> Option<Frontier> {
    let size = u64::try_from(head.size).ok()?;
    let frontier = Frontier::from_bytes(size, head.frontier).ok()?;
    (head.root == frontier.root().as_bytes()).then_some(frontier)
}

fn unreadable(error: NotAnEvent) -> What {
    let why = match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    };
    What::Unreadable { why }
}

/// A number as the database stores it; no tree is so large that it does not fit.
fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
