//! Holding a value against a schema: one walk, in which every part of a value meets the schemas that apply to it.
//!
//! Invariant: a value is looked at once for each schema that applies to it. The branches of a choice are told apart by what
//! they find, not by trying again, so that no nesting of choices makes a document cost more than its size.

use crate::tree::{
    node::{Kind, Node},
    view::View,
};

use super::{
    compiled::{Check, Id, Schema},
    same::is_same,
    schemas::Schemas,
    seen::Seen,
    violation::{Violation, What, keep},
};

/// What it costs to say what does not hold.
const FAILING: u64 = 20;

/// What is told of a value that is none of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// What keeps it from being the one that was meant. Nothing more is told of a value of another type.
    Meant,
    /// What keeps it from being each of them, as implementations of JSON Schema have it.
    Each,
}

impl Manner {
    /// The most violations that are kept of one value: schemas that each try the next one twice make as many as they
    /// like.
    pub(super) const fn most(self) -> usize {
        match self {
            Self::Meant => 10_000,
            Self::Each => 1_000,
        }
    }

    /// How deep schemas may lead into one another. Those that are ours go as deep as the document, which has a budget.
    const fn deepest(self) -> usize {
        match self {
            Self::Meant => usize::MAX,
            Self::Each => 150,
        }
    }
}

/// How many violations are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Whether there are any.
    None,
    /// Those up to the first keyword that does not hold.
    First,
    All,
}

/// What a value travels in, which decides whether `readOnly` and `writeOnly` members may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Travel {
    Request,
    Response,
    Neither,
}

/// A value while it is held against schemas.
pub(crate) struct Checker<'c, 's, 'd> {
    pub(crate) manner: Manner,
    pub(crate) wanted: Wanted,
    pub(crate) travel: Travel,
    pub(super) schemas: &'c Schemas<'s>,
    /// How the value is seen.
    pub(super) values: View<'d>,
    violations: Vec<Violation<'s, 'd>>,
    depth: usize,
}

impl<'c, 's, 'd> Checker<'c, 's, 'd> {
    /// For everything that keeps values from being what was meant.
    pub(crate) fn new(schemas: &'c Schemas<'s>, values: View<'d>) -> Self {
        Self {
            manner: Manner::Meant,
            wanted: Wanted::All,
            travel: Travel::Neither,
            schemas,
            values,
            violations: Vec::new(),
            depth: 0,
        }
    }

    /// Everything that does not hold, as far as it is wanted.
    pub(crate) fn violations(mut self, schema: Id, value: Node<'d>) -> Vec<Violation<'s, 'd>> {
        self.holds(schema, value, &mut Seen::default());
        self.violations
    }

    /// Whether a value is what a schema says; otherwise the violations have grown, where any are wanted.
    pub(super) fn holds(&mut self, id: Id, value: Node<'d>, seen: &mut Seen) -> bool {
        if !self.schemas.fuel.burn(1) {
            return true;
        }
        let schema = self.schemas.get(id);
        if schema.never {
            return self.fail(value, What::Never);
        }
        if self.depth >= self.manner.deepest() {
            return true;
        }
        self.depth += 1;
        let holds = self.checks(id, &schema, value, seen);
        self.depth -= 1;
        holds
    }

    /// As [`Self::holds`], for a part of a value.
    pub(super) fn part(&mut self, id: Id, part: Node<'d>) -> bool {
        self.holds(id, part, &mut Seen::default())
    }

    fn checks(&mut self, id: Id, schema: &Schema<'s>, value: Node<'d>, seen: &mut Seen) -> bool {
        if self.manner == Manner::Meant && !self.kinds(schema, value) {
            return false;
        }
        let mut own = match schema.tracks {
            true => Seen::tracking(),
            false => seen.fresh(),
        };
        let mut holds = true;
        for check in &schema.checks {
            holds &= match check {
                Check::Kinds if self.manner == Manner::Meant => true,
                Check::Kinds => self.kinds(schema, value),
                other => self.one(id, other, value, &mut own),
            };
            if !self.goes_on(holds) {
                return false;
            }
        }
        seen.add(own);
        holds
    }

    fn one(&mut self, id: Id, check: &Check<'s>, value: Node<'d>, seen: &mut Seen) -> bool {
        let (list, object) = (value.kind() == Kind::List, value.kind() == Kind::Object);
        match check {
            Check::Kinds => true,
            Check::Same(other) => self.holds(*other, value, seen),
            Check::Values { keyword, values } => {
                let fuel = self.schemas.fuel;
                if values.iter().any(|one| is_same(*one, value, fuel)) {
                    return true;
                }
                let (keyword, values) = (*keyword, values.clone());
                self.fail(value, What::Value { keyword, values })
            }
            Check::Not(other) => !self.is(*other, value) || self.fail(value, What::Not(*other)),
            Check::Any(of) => self.any(of, value, seen),
            Check::One(of) => self.one_of(of, value, seen),
            Check::All(of) => self.all(of, value, seen),
            Check::If {
                condition,
                then,
                otherwise,
            } => self.conditional(*condition, (*then, *otherwise), value, seen),
            Check::Number {
                bounds,
                step,
                format,
            } if value.kind() == Kind::Number => self.number(bounds, *step, *format, value),
            Check::Text {
                length,
                pattern,
                format,
            } if value.kind() == Kind::Text => self.text(*length, *pattern, *format, value),
            Check::ItemCount(limits) if list => {
                self.size(*limits, "items", value.items().count(), value)
            }
            Check::Different if list => self.different(value),
            Check::Items { first, rest } if list => self.items((first, *rest), value, seen),
            Check::Contains { id, least, most } if list => {
                self.contains(*id, (*least, *most), value)
            }
            Check::MemberCount(limits) if object => {
                self.size(*limits, "members", value.members().count(), value)
            }
            Check::Required(required) if object => self.required(required, value),
            Check::Names(names) if object => self.names(*names, value),
            Check::Others(members) if object => self.others(id, members, value, seen),
            Check::Dependent(of) if object => self.dependent(of, value, seen),
            Check::Members(members) if object => self.members(id, members, value, seen),
            Check::RestOfMembers(others) if object => {
                self.rest_of_members(id, *others, value, seen)
            }
            Check::RestOfItems(others) if list => self.rest_of_items(*others, value, seen),
            Check::Number { .. }
            | Check::Text { .. }
            | Check::ItemCount(_)
            | Check::Different
            | Check::Items { .. }
            | Check::Contains { .. }
            | Check::MemberCount(_)
            | Check::Required(_)
            | Check::Names(_)
            | Check::Others(_)
            | Check::Dependent(_)
            | Check::Members(_)
            | Check::RestOfMembers(_)
            | Check::RestOfItems(_) => true,
        }
    }

    fn kinds(&mut self, schema: &Schema<'s>, value: Node<'d>) -> bool {
        match schema.kinds {
            Some((kinds, written)) if !kinds.hold(value) => {
                self.fail(value, What::Kind { kinds, written })
            }
            Some(_) | None => true,
        }
    }

    /// Whether a value is what a schema says, when nobody asks why it is not.
    pub(super) fn is(&mut self, id: Id, value: Node<'d>) -> bool {
        self.is_seen(id, value, &mut Seen::default())
    }

    /// As [`Self::is`], with what was looked at.
    pub(super) fn is_seen(&mut self, id: Id, value: Node<'d>, seen: &mut Seen) -> bool {
        let wanted = std::mem::replace(&mut self.wanted, Wanted::None);
        let holds = self.holds(id, value, seen);
        self.wanted = wanted;
        holds
    }

    /// Whether a value holds, and what does not when it does not, without noting it.
    pub(super) fn tried(
        &mut self,
        id: Id,
        value: Node<'d>,
        seen: &mut Seen,
    ) -> Result<(), Vec<Violation<'s, 'd>>> {
        let before = self.violations.len();
        let holds = self.holds(id, value, seen);
        let failed = self.violations.split_off(before);
        if holds { Ok(()) } else { Err(failed) }
    }

    pub(super) fn goes_on(&self, holds: bool) -> bool {
        holds || self.wanted == Wanted::All
    }

    /// Notes what does not hold; always `false`.
    pub(super) fn fail(&mut self, node: Node<'d>, what: What<'s, 'd>) -> bool {
        if self.wanted != Wanted::None && self.schemas.fuel.burn(FAILING) {
            self.note(vec![Violation { node, what }]);
        }
        false
    }

    /// Takes in violations that were found when something was tried, as far as so many are kept.
    pub(super) fn note(&mut self, violations: Vec<Violation<'s, 'd>>) {
        keep(&mut self.violations, violations, self.manner.most());
    }
}
