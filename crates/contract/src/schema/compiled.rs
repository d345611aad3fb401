//! Schemas made ready to hold values against: references are numbers, keywords are values.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::tree::node::Node;

use super::{kinds::Kinds, pattern::Pattern};

/// The number of a schema among all.
pub(crate) type Id = usize;

/// One schema.
#[derive(Debug, Default)]
pub(crate) struct Schema<'s> {
    /// The definition it belongs to, as the schema names it.
    pub(crate) title: &'s str,
    /// Whether nothing satisfies it.
    pub(crate) never: bool,
    /// The types it allows, and where it names them.
    pub(crate) kinds: Option<(Kinds, Node<'s>)>,
    /// Whether it asks which parts of a value other keywords have looked at.
    pub(crate) tracks: bool,
    /// What else it asks, in the order that decides which violation is the first.
    pub(crate) checks: Vec<Check<'s>>,
}

/// What a schema asks of a value.
#[derive(Debug)]
pub(crate) enum Check<'s> {
    /// A reference.
    Same(Id),
    /// The types, in their turn.
    Kinds,
    Values {
        keyword: &'static str,
        values: Rc<[Node<'s>]>,
    },
    Not(Id),
    Any(Vec<Id>),
    One(Vec<Id>),
    All(Vec<Id>),
    If {
        condition: Id,
        then: Option<Id>,
        otherwise: Option<Id>,
    },
    Number {
        bounds: Vec<Bound>,
        step: Option<f64>,
        format: Option<&'s str>,
    },
    Text {
        length: Limits,
        pattern: Option<Pattern<'s>>,
        format: Option<&'s str>,
    },
    ItemCount(Limits),
    Different,
    /// The items, by their place and then all the same.
    Items {
        first: Vec<Id>,
        rest: Option<Id>,
    },
    Contains {
        id: Id,
        least: f64,
        most: Option<f64>,
    },
    MemberCount(Limits),
    Required(Vec<Required<'s>>),
    Names(Id),
    /// The members that are not described, in their turn where the first violation is wanted.
    Others(Rc<Members<'s>>),
    Dependent(Vec<(&'s str, Dependency<'s>)>),
    Members(Rc<Members<'s>>),
    /// The members that no other keyword has looked at.
    RestOfMembers(Id),
    /// The items that no other keyword has looked at.
    RestOfItems(Id),
}

/// How far a number may go in one direction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    pub(crate) limit: f64,
    /// Whether the limit itself is too far.
    pub(crate) strict: bool,
    pub(crate) side: Side,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Least,
    Most,
}

impl Bound {
    pub(super) fn allows(self, number: f64) -> bool {
        let Self {
            limit,
            strict,
            side,
        } = self;
        let beyond = match side {
            Side::Least => number < limit,
            Side::Most => number > limit,
        };
        let at_limit = number == limit;
        !(beyond || strict && at_limit)
    }
}

/// How much something may hold.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limits {
    pub(crate) least: Option<f64>,
    pub(crate) most: Option<f64>,
}

impl Limits {
    pub(super) fn are_none(self) -> bool {
        self.least.is_none() && self.most.is_none()
    }
}

/// A member that must be there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Required<'s> {
    pub(crate) name: &'s str,
    /// Whether only responses have it, or only requests.
    pub(crate) read_only: bool,
    pub(crate) write_only: bool,
}

/// What a member asks of its object.
#[derive(Debug)]
pub(crate) enum Dependency<'s> {
    Names(Vec<&'s str>),
    Schema(Id),
}

/// `properties`, `patternProperties` and `additionalProperties` of one schema.
#[derive(Debug, Default)]
pub(crate) struct Members<'s> {
    pub(crate) named: BTreeMap<&'s str, Id>,
    /// The same in the order of the schema.
    pub(crate) in_order: Vec<(&'s str, Id)>,
    pub(crate) patterns: Vec<(Pattern<'s>, Id)>,
    pub(crate) others: Option<Id>,
}
