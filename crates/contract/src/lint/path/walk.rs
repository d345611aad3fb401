//! Following a path through a document.
//!
//! Invariant: what one step has selected, it selects once, however many references lead there. That is what keeps a
//! walk linear where the document with its references written out would be endless.

use std::collections::HashSet;

use super::{Path, Segment, Selector, evaluate::Question};
use crate::{
    fuel::Fuel,
    tree::{
        node::{Kind, Node},
        view::{Seen, View},
    },
};

/// A walk through a document as a rule sees it.
#[derive(Clone, Copy)]
pub(crate) struct Walk<'d> {
    pub(crate) view: View<'d>,
    pub(crate) fuel: &'d Fuel,
}

impl<'d> Walk<'d> {
    /// Everything a path leads to from a value, in the order in which it is met.
    pub(crate) fn along(self, path: &'d Path, from: Seen<'d>) -> Vec<Seen<'d>> {
        let mut front = vec![from];
        for segment in &path.0 {
            let mut next = Selection::default();
            match segment {
                Segment::Children(selectors) => {
                    for seen in front {
                        self.select(selectors, seen.node, &mut next);
                    }
                }
                Segment::Descendants(selectors) => self.descend(selectors, front, &mut next),
                Segment::Parent => {
                    for parent in front.iter().filter_map(|seen| seen.stands.parent()) {
                        next.add(self.view.see(parent));
                    }
                }
                Segment::Key => {
                    for key in front.iter().filter_map(|seen| seen.stands.key()) {
                        next.add(self.view.see(key));
                    }
                }
            }
            front = next.selected;
        }
        front
    }

    /// Selects in everything that stands in these values, and in themselves.
    fn descend(self, selectors: &'d [Selector], front: Vec<Seen<'d>>, next: &mut Selection<'d>) {
        let mut entered = HashSet::new();
        let mut waiting: Vec<Node<'d>> = front.into_iter().rev().map(|seen| seen.node).collect();
        while let Some(container) = waiting.pop() {
            if !container.is_container() || !entered.insert(container.number()) {
                continue;
            }
            if self.fuel.is_out() {
                return;
            }
            self.select(selectors, container, next);
            let first = waiting.len();
            for seen in self.view.children(container) {
                if !self.fuel.burn(1) {
                    return;
                }
                if seen.node.is_container() && !entered.contains(&seen.node.number()) {
                    waiting.push(seen.node);
                }
            }
            if let Some(added) = waiting.get_mut(first..) {
                added.reverse();
            }
        }
    }

    /// Selects of what stands directly in a container.
    fn select(self, selectors: &'d [Selector], container: Node<'d>, next: &mut Selection<'d>) {
        for selector in selectors {
            match selector {
                Selector::Name(name) => {
                    if let Some(stands) = container.step(name) {
                        next.add(self.view.see(stands));
                    }
                    if !self.fuel.burn(1) {
                        return;
                    }
                }
                Selector::Index(index) if container.kind() == Kind::Object => {
                    if let Some(stands) = container.get(&index.to_string()) {
                        next.add(self.view.see(stands));
                    }
                }
                Selector::Index(index) => {
                    let position = from_start(*index, || container.items().count());
                    let item = position.and_then(|position| container.items().nth(position));
                    if let (true, Some(item)) = (self.fuel.burn(1), item) {
                        next.add(self.view.see(item));
                    }
                }
                Selector::Every | Selector::Slice { .. } | Selector::Where(_) => {
                    self.select_each(selector, container, next);
                }
            }
        }
    }

    fn select_each(self, selector: &'d Selector, container: Node<'d>, next: &mut Selection<'d>) {
        let count = || container.items().count();
        let range = match selector {
            Selector::Slice { from, to, .. } => {
                if container.kind() != Kind::List {
                    return;
                }
                let from = from.map_or(0, |from| from_start(from, count).unwrap_or(0));
                let to = to.map_or(usize::MAX, |to| from_start(to, count).unwrap_or(0));
                from..to
            }
            _ => 0..usize::MAX,
        };
        for (position, seen) in self.view.children(container).enumerate() {
            if !self.fuel.burn(1) {
                return;
            }
            let selected = match selector {
                Selector::Where(expression) => {
                    let (view, fuel) = (self.view, self.fuel);
                    Question { view, seen, fuel }.holds(expression)
                }
                Selector::Slice { step, .. } => {
                    range.contains(&position) && (position - range.start).is_multiple_of(*step)
                }
                _ => true,
            };
            if selected {
                next.add(seen);
            }
        }
    }
}

/// What a step has selected, each node once.
#[derive(Default)]
struct Selection<'d> {
    known: HashSet<u32>,
    selected: Vec<Seen<'d>>,
}

impl<'d> Selection<'d> {
    fn add(&mut self, seen: Seen<'d>) {
        if self.known.insert(seen.node.number()) {
            self.selected.push(seen);
        }
    }
}

/// A position counted from the start; `None` when it lies before it.
fn from_start(index: i64, count: impl FnOnce() -> usize) -> Option<usize> {
    match usize::try_from(index) {
        Ok(position) => Some(position),
        Err(_) => count().checked_sub(usize::try_from(index.unsigned_abs()).ok()?),
    }
}
