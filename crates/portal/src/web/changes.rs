//! Changes of a contract as programs are told them: in answers, and in the problem that refuses a contract.

use gatewright_contract::{Change, Changes, Spot};
use serde::Serialize;
use utoipa::ToSchema;

/// Changes, the breaking ones among them first to be told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Told {
    /// The part of a semantic version that the changes ask to raise: `major`, `minor` or `patch`.
    bump: &'static str,
    /// How many break callers.
    breaking: usize,
    /// How many may break callers.
    warnings: usize,
    /// How many break nobody.
    infos: usize,
    /// The changes, by operation.
    changes: Vec<ToldChange>,
    /// How many more there are.
    untold: usize,
}

/// One change.
#[derive(Debug, Serialize, ToSchema)]
struct ToldChange {
    /// The rule that tells it.
    id: &'static str,
    /// `error` when it breaks callers, `warning` when it may, `info` when it does not.
    level: &'static str,
    /// `paths`, `components`, `security` or `info`.
    section: &'static str,
    /// The method, when it belongs to an operation.
    method: Option<&'static str>,
    /// The path.
    path: Option<String>,
    /// The operation's id in the contract.
    operation_id: Option<String>,
    /// What changed, in a sentence.
    text: String,
    /// Where it stands in the earlier contract.
    base: Option<Where>,
    /// Where it stands in the later one.
    revision: Option<Where>,
}

/// A place in a contract.
#[derive(Debug, Serialize, ToSchema)]
struct Where {
    /// The JSON pointer.
    pointer: String,
    /// The line, from 1.
    line: u32,
    /// The column within the line, from 1.
    column: u32,
}

impl From<Changes> for Told {
    fn from(changes: Changes) -> Self {
        Self {
            bump: changes.bump.as_str(),
            breaking: changes.counts.errors,
            warnings: changes.counts.warnings,
            infos: changes.counts.infos,
            untold: changes.untold(),
            changes: changes.told.into_iter().map(ToldChange::from).collect(),
        }
    }
}

impl From<Change> for ToldChange {
    fn from(change: Change) -> Self {
        Self {
            id: change.id,
            level: change.level.as_str(),
            section: change.section.as_str(),
            method: change.method.map(|method| method.as_str()),
            path: change.path,
            operation_id: change.operation_id,
            text: change.text,
            base: change.base.map(Where::from),
            revision: change.revision.map(Where::from),
        }
    }
}

impl From<Spot> for Where {
    fn from(spot: Spot) -> Self {
        let Spot {
            pointer,
            line,
            column,
        } = spot;
        Self {
            pointer,
            line,
            column,
        }
    }
}
