//! Pairs: a schema of the base with the schema of the revision that takes its place.
//!
//! Invariant: two schemas are paired once, however many references lead to them, so the pairs are a graph and not a
//! tree, and reading them ends although schemas refer to themselves.

use std::collections::BTreeMap;

use crate::{
    diff::{
        schema::{Fact, Step, reading},
        side::{Schema, Side},
    },
    tree::{node::Node, slot::wide},
};

/// The pair of schemas that are alike.
const ALIKE: u32 = 0;

pub(crate) struct Pairs<'d> {
    pub(crate) base: Side<'d>,
    pub(crate) revision: Side<'d>,
    known: BTreeMap<(u32, u32), u32>,
    pairs: Vec<Pair<'d>>,
    unread: Vec<(u32, Schema<'d>, Schema<'d>)>,
    steps: usize,
}

/// What is between two schemas.
#[derive(Debug, Default)]
pub(crate) struct Pair<'d> {
    pub(crate) facts: Vec<Fact<'d>>,
    pub(crate) links: Vec<(Step<'d>, u32)>,
    /// What the revision says of who may write and read it.
    pub(crate) read_only: bool,
    pub(crate) write_only: bool,
    /// Whether it, or a pair inside it, has a fact.
    pub(crate) changed: bool,
}

impl<'d> Pairs<'d> {
    pub(crate) fn new(base: Side<'d>, revision: Side<'d>, steps: usize) -> Self {
        Self {
            base,
            revision,
            known: BTreeMap::new(),
            pairs: vec![Pair::default()],
            unread: Vec::new(),
            steps,
        }
    }

    /// The number of the pair of two schemas, which is read later.
    pub(crate) fn pair(&mut self, was: Node<'d>, is: Node<'d>) -> u32 {
        if self.written_alike(was, is) {
            return ALIKE;
        }
        let (was, is) = (self.base.schema(was), self.revision.schema(is));
        let (from, to) = (was.place(), is.place());
        if self.written_alike(from, to) {
            return ALIKE;
        }
        let next = u32::try_from(self.pairs.len()).unwrap_or(u32::MAX);
        let key = (from.number(), to.number());
        let number = *self.known.entry(key).or_insert(next);
        if number == next {
            self.pairs.push(Pair::default());
            self.unread.push((number, was, is));
        }
        number
    }

    /// Whether two nodes are written alike and refer to nothing, so that there is nothing between them.
    pub(crate) fn written_alike(&self, was: Node<'d>, is: Node<'d>) -> bool {
        self.hashed_alike(was, is) && !self.base.likeness.holds_reference(was)
    }

    /// Whether two nodes are written alike, whatever they refer to.
    pub(crate) fn hashed_alike(&self, was: Node<'d>, is: Node<'d>) -> bool {
        self.base.likeness.hash(was) == self.revision.likeness.hash(is)
    }

    /// Takes so many steps of the budget; whether there were as many left.
    pub(crate) fn spend(&mut self, steps: usize) -> bool {
        let left = self.steps.checked_sub(steps);
        self.steps = left.unwrap_or(0);
        left.is_some()
    }

    /// How many pairs there are.
    pub(crate) fn len(&self) -> usize {
        self.pairs.len()
    }

    /// The steps that are left.
    pub(crate) const fn left(&self) -> usize {
        self.steps
    }

    /// Reads every pair that is known of and finds out which of them hold changes. Whether the budget was enough.
    pub(crate) fn read(&mut self) -> bool {
        while let Some((number, was, is)) = self.unread.pop() {
            if !self.spend(1) {
                return false;
            }
            let pair = reading::read(self, was, is);
            if let Some(place) = self.pairs.get_mut(wide(number)) {
                *place = pair;
            }
        }
        self.mark();
        true
    }

    pub(crate) fn get(&self, number: u32) -> Option<&Pair<'d>> {
        self.pairs.get(wide(number))
    }

    /// Marks the pairs that hold changes, from those that have some themselves to those that lead there.
    fn mark(&mut self) {
        let mut holders: Vec<Vec<u32>> = vec![Vec::new(); self.pairs.len()];
        let mut changed = Vec::new();
        for (number, pair) in (0..).zip(&self.pairs) {
            for (_, inside) in &pair.links {
                if let Some(holders) = holders.get_mut(wide(*inside)) {
                    holders.push(number);
                }
            }
            if !pair.facts.is_empty() {
                changed.push(number);
            }
        }
        while let Some(number) = changed.pop() {
            let Some(pair) = self.pairs.get_mut(wide(number)) else {
                continue;
            };
            if !pair.changed {
                pair.changed = true;
                changed.extend(holders.get(wide(number)).into_iter().flatten());
            }
        }
    }
}
