//! The document: a lossless tree over the upload's own text.
//!
//! Invariant: every node knows the bytes it was written with, so that whatever is found about it has a place. A node
//! that a YAML alias repeats has the place where it was written.

use std::{cell::OnceCell, ops::Range};

use crate::{
    examine::Format,
    finding::Findings,
    tree::{
        index::{self, Index},
        node::Node,
        places::{Place, Places},
        pointer,
        slot::{Form, Role, Slot, narrow, wide},
    },
};

/// About the fewest bytes that a node takes in documents that people write. Room for as many nodes as that is made at once: what
/// of it stays empty is never touched, while a list that grows is for a moment there twice.
const BYTES_OF_A_NODE: usize = 8;

/// A document that was read. Borrows the upload.
#[derive(Clone, Debug)]
pub struct Document<'a> {
    pub(crate) text: &'a str,
    pub(crate) format: Format,
    pub(crate) slots: Vec<Slot>,
    pub(crate) index: Index,
    pub(crate) findings: Findings,
    places: OnceCell<Places>,
    /// Texts that are not in the upload as they are: by slot, where in `buffer` they begin and end.
    rewritten: Vec<(u32, u32, u32)>,
    buffer: String,
}

impl<'a> Document<'a> {
    pub(crate) fn new(text: &'a str, format: Format, most_nodes: usize) -> Self {
        let expected = (text.len() / BYTES_OF_A_NODE).min(most_nodes);
        Self {
            text,
            format,
            slots: Vec::with_capacity(expected),
            index: Index::default(),
            findings: Findings::default(),
            places: OnceCell::new(),
            rewritten: Vec::new(),
            buffer: String::new(),
        }
    }

    /// How it is written.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// What was noteworthy in reading it; no errors, or it would not have been read.
    #[must_use]
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// The outermost value.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        self.node(0)
    }

    /// The node a JSON pointer leads to, if it leads to one.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<Node<'_>> {
        pointer::steps(pointer)?.try_fold(self.root(), |node, step| node.step(&step))
    }

    /// The line and column of a byte of the text.
    #[must_use]
    pub fn place(&self, offset: usize) -> Place {
        let places = self.places.get_or_init(|| Places::of(self.text));
        places.at(self.text, offset)
    }

    /// The number of nodes.
    pub(crate) fn size(&self) -> u32 {
        narrow(self.slots.len())
    }

    pub(crate) fn node(&self, at: u32) -> Node<'_> {
        Node::new(self, at)
    }

    pub(crate) fn slot(&self, at: u32) -> Slot {
        self.slots.get(wide(at)).copied().unwrap_or(Slot {
            start: 0,
            end: 0,
            parent: 0,
            next: u32::MAX,
            form: Form::Null,
            role: Role::Value,
        })
    }

    /// The text of a key or of a value that is text; of anything else, the way it is written.
    pub(crate) fn text_of(&self, at: u32) -> &str {
        let slot = self.slot(at);
        let Range { start, end } = slot.span();
        let written = match slot.form {
            Form::Rewritten => return self.rewritten_text(at),
            Form::Quoted => start + 1..end.saturating_sub(1),
            Form::Null
            | Form::True
            | Form::False
            | Form::Number
            | Form::Bare
            | Form::List
            | Form::Object => start..end,
        };
        self.text.get(written).unwrap_or_default()
    }

    fn rewritten_text(&self, at: u32) -> &str {
        let range = self.rewritten_range(at);
        let text = range.and_then(|(from, to)| self.buffer.get(wide(from)..wide(to)));
        text.unwrap_or_default()
    }

    fn rewritten_range(&self, at: u32) -> Option<(u32, u32)> {
        let found = self.rewritten.binary_search_by_key(&at, |(slot, ..)| *slot);
        let (_, from, to) = self.rewritten.get(found.ok()?)?;
        Some((*from, *to))
    }

    /// Keeps the text of the slot that is added next. Slots only ever grow in number, so the list stays sorted.
    pub(crate) fn rewrite(&mut self, at: u32, text: &str) {
        let from = narrow(self.buffer.len());
        self.buffer.push_str(text);
        self.rewritten.push((at, from, narrow(self.buffer.len())));
    }

    /// Gives the slot that is added next the text of another one, without a copy of it.
    pub(crate) fn rewrite_like(&mut self, at: u32, original: u32) {
        if let Some((from, to)) = self.rewritten_range(original) {
            self.rewritten.push((at, from, to));
        }
    }

    /// The member of an object with this key: the key's slot.
    pub(crate) fn member(&self, object: u32, key: &str) -> Option<u32> {
        let Some(entries) = self.index.entries(object) else {
            let mut members = self.children(object).step_by(2);
            return members.find(|member| self.text_of(*member) == key);
        };
        let hash = index::hash(key);
        let found = entries.binary_search_by(|entry| {
            let text = || self.text_of(entry.at).cmp(key);
            entry.hash.cmp(&hash).then_with(text)
        });
        entries.get(found.ok()?).map(|entry| entry.at)
    }

    /// The item of a list at this position.
    pub(crate) fn item(&self, list: u32, position: usize) -> Option<u32> {
        match self.index.entries(list) {
            Some(entries) => entries.get(position).map(|entry| entry.at),
            None => self.children(list).nth(position),
        }
    }

    /// What stands directly in a container, in the order of the text: items, or keys and values in turn.
    pub(crate) fn children(&self, container: u32) -> Children<'_> {
        let slot = self.slot(container);
        let inside = matches!(slot.form, Form::List | Form::Object);
        Children {
            slots: &self.slots,
            at: container.saturating_add(1),
            end: if inside { slot.next } else { 0 },
        }
    }
}

/// An iterator over what stands directly in a container.
#[derive(Clone, Debug)]
pub(crate) struct Children<'d> {
    slots: &'d [Slot],
    at: u32,
    end: u32,
}

impl Iterator for Children<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if self.at >= self.end {
            return None;
        }
        let at = self.at;
        self.at = self.slots.get(wide(at))?.next;
        Some(at)
    }
}
