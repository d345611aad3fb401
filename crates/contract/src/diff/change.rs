//! Changes: what a comparison tells.

use std::{collections::BTreeMap, fmt};

use gatewright_domain::operation::Method;
use serde::Serialize;

use crate::{
    report::brief,
    rule::Level,
    tree::{node::Node, places::Place},
};

/// One change, at one place of one or both documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The rule that tells it.
    pub id: &'static str,
    /// How grave it is: an error breaks callers, a warning may, an info does not.
    pub level: Level,
    /// The part of the document it belongs to.
    pub section: Section,
    /// The method of the endpoint, when it belongs to one.
    #[serde(rename = "operation")]
    pub method: Option<Method>,
    /// The path of the endpoint as the base writes it, or the revision when only that has it; `webhook:` and the name
    /// for a webhook.
    pub path: Option<String>,
    /// The endpoint's `operationId`.
    #[serde(rename = "operationId")]
    pub operation_id: Option<String>,
    /// What changed, in a sentence.
    pub text: String,
    /// Where it stands in the base, unless it is new.
    pub base: Option<Spot>,
    /// Where it stands in the revision, unless it is gone.
    pub revision: Option<Spot>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            id, level, text, ..
        } = self;
        write!(f, "{level} {id}: ")?;
        if let (Some(method), Some(path)) = (self.method, &self.path) {
            write!(f, "{} {path}: ", method.as_str())?;
        }
        f.write_str(text)
    }
}

/// The part of a document a change belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Section {
    /// An endpoint under `paths` or `webhooks`.
    Paths,
    /// `components`, and the lists of webhooks.
    Components,
    /// The security of the document as a whole.
    Security,
    /// `info`.
    Info,
}

impl Section {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paths => "paths",
            Self::Components => "components",
            Self::Security => "security",
            Self::Info => "info",
        }
    }
}

/// A place in one of the two documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spot {
    /// The JSON pointer (RFC 6901), cut off with `…` when very long.
    pub pointer: String,
    /// The line, from 1: of the key, for an object or a list that stands under one; else of the thing itself.
    pub line: u32,
    /// The column within the line, in characters, from 1.
    pub column: u32,
}

impl Spot {
    pub(crate) fn of(node: Node<'_>) -> Self {
        let Place { line, column } = node.told_place();
        Self {
            pointer: brief(node),
            line,
            column,
        }
    }
}

/// The changes from one document to another, in the order of endpoints, the gravest of each first. Bounded: all are
/// counted, and the gravest are told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Those that are told.
    pub told: Vec<Change>,
    /// How many there are, told or not, by level.
    pub counts: Counts,
    /// What the version of the API should become.
    pub bump: Bump,
}

/// How many changes there are of each level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Those that break callers.
    pub errors: usize,
    /// Those that may.
    pub warnings: usize,
    /// Those that do not.
    pub infos: usize,
}

impl Counts {
    pub(crate) fn add(&mut self, level: Level) {
        match level {
            Level::Error => self.errors += 1,
            Level::Warning => self.warnings += 1,
            Level::Info => self.infos += 1,
        }
    }

    /// How many there are of all levels.
    #[must_use]
    pub const fn all(self) -> usize {
        self.errors + self.warnings + self.infos
    }
}

/// The part of a semantic version that the changes ask to raise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Bump {
    /// Nothing that a caller sees changed.
    #[default]
    Patch,
    /// Something changed, and no caller breaks.
    Minor,
    /// Callers break, or may.
    Major,
}

impl Bump {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }

    pub(crate) fn of(counts: Counts) -> Self {
        match counts {
            Counts {
                errors: 0,
                warnings: 0,
                infos: 0,
            } => Self::Patch,
            Counts {
                errors: 0,
                warnings: 0,
                infos: _,
            } => Self::Minor,
            Counts { .. } => Self::Major,
        }
    }
}

impl Changes {
    /// Whether any change is at this level or graver.
    #[must_use]
    pub fn reach(&self, level: Level) -> bool {
        let Counts {
            errors,
            warnings,
            infos,
        } = self.counts;
        match level {
            Level::Error => errors > 0,
            Level::Warning => errors + warnings > 0,
            Level::Info => errors + warnings + infos > 0,
        }
    }

    /// How many changes are not told.
    #[must_use]
    pub fn untold(&self) -> usize {
        self.counts.all().saturating_sub(self.told.len())
    }

    /// The changes grouped by what they belong to, as a changelog has them.
    #[must_use]
    pub fn changelog(&self) -> BTreeMap<Group<'_>, Vec<&Change>> {
        let mut groups: BTreeMap<Group<'_>, Vec<&Change>> = BTreeMap::new();
        for change in &self.told {
            groups.entry(Group::of(change)).or_default().push(change);
        }
        groups
    }
}

/// What a group of changes belongs to: endpoints by path and method, then the parts of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Group<'c> {
    /// The part of the document.
    pub section: Section,
    /// The path of the endpoint, if they belong to one.
    pub path: Option<&'c str>,
    /// The method of the endpoint, if they belong to one.
    pub method: Option<Method>,
}

impl<'c> Group<'c> {
    fn of(change: &'c Change) -> Self {
        Self {
            section: change.section,
            path: change.path.as_deref(),
            method: change.method,
        }
    }
}
