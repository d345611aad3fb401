//! The builder: what both readers hand values to, and where the budgets of the tree are kept.

use std::{fmt::Arguments, ops::Range};

use crate::{
    budget::Budgets,
    report::{Quoted, Report},
    rule::Rule,
    tree::{
        document::Document,
        index::{self, Entry, WALKED},
        slot::{Form, Role, Slot, narrow, wide},
    },
};

/// Reading has ended; the report says why.
#[derive(Debug)]
pub(crate) struct Stop;

/// Where a container ends that is still being read.
const UNCLOSED: u32 = u32::MAX;

pub(crate) struct Builder<'a, 'b> {
    document: Document<'a>,
    budgets: &'b Budgets,
    open: Vec<Open>,
    repeated: usize,
    last_end: usize,
    /// Working space of `index`, kept so that not every object allocates its own.
    entries: Vec<Entry>,
    report: Report,
}

/// A container that is not closed yet.
#[derive(Clone, Copy)]
struct Open {
    at: u32,
    form: Form,
    children: usize,
}

impl<'a, 'b> Builder<'a, 'b> {
    pub(crate) fn new(document: Document<'a>, budgets: &'b Budgets, report: Report) -> Self {
        Self {
            document,
            budgets,
            open: Vec::new(),
            repeated: 0,
            last_end: 0,
            entries: Vec::new(),
            report,
        }
    }

    /// Forgets what was read, and keeps what there is to say about it: the same is found again at the same places.
    pub(crate) fn begin_again(&mut self) {
        let Document { text, format, .. } = self.document;
        self.document = Document::new(text, format, self.budgets.nodes);
        self.open.clear();
        (self.repeated, self.last_end) = (0, 0);
    }

    /// The container being read, if any, and whether anything stands in it yet.
    pub(crate) fn innermost(&self) -> Option<(Form, usize)> {
        self.open.last().map(|open| (open.form, open.children))
    }

    /// Whether the next value is the key of a member.
    pub(crate) fn wants_key(&self) -> bool {
        self.innermost()
            .is_some_and(|(form, children)| form == Form::Object && children % 2 == 0)
    }

    /// The slot that is added next.
    pub(crate) fn next(&self) -> u32 {
        narrow(self.document.slots.len())
    }

    /// Where the container being read begins, and where what was read last ends.
    pub(crate) fn extent(&self) -> (usize, usize) {
        let start = self
            .open
            .last()
            .map_or(0, |open| self.document.slot(open.at).start);
        (wide(start), self.last_end)
    }

    pub(crate) fn budgets(&self) -> &'b Budgets {
        self.budgets
    }

    /// Begins a list or an object.
    pub(crate) fn open(&mut self, form: Form, start: usize) -> Result<u32, Stop> {
        self.is_not_too_deep(self.open.len(), start)?;
        let at = self.push(form, start, start)?;
        if let Some(slot) = self.document.slots.get_mut(wide(at)) {
            slot.next = UNCLOSED;
        }
        let children = 0;
        self.open.push(Open { at, form, children });
        Ok(at)
    }

    /// Ends the container being read, and refuses keys that it holds twice.
    pub(crate) fn close(&mut self, end: usize) {
        let Some(Open { at, .. }) = self.open.pop() else {
            return;
        };
        let next = self.next();
        if let Some(slot) = self.document.slots.get_mut(wide(at)) {
            slot.end = narrow(end);
            slot.next = next;
        }
        self.last_end = end;
        self.index(at);
    }

    /// A value or key that is no container.
    pub(crate) fn scalar(&mut self, form: Form, start: usize, end: usize) -> Result<u32, Stop> {
        self.push(form, start, end)
    }

    /// Text that the document writes with escapes, folds or indentation.
    pub(crate) fn rewritten(&mut self, text: &str, start: usize, end: usize) -> Result<u32, Stop> {
        let next = self.next();
        self.document.rewrite(next, text);
        self.push(Form::Rewritten, start, end)
    }

    /// A value and everything in it once more, because an alias says so.
    pub(crate) fn repeat(&mut self, original: u32, alias: Range<usize>) -> Result<(), Stop> {
        let offset = alias.start;
        let until = self.document.slot(original).next;
        if until == UNCLOSED {
            let message = format_args!("an alias stands inside the value that it repeats");
            return Err(self.fail(Rule::NotJson, offset, message));
        }
        self.repeated += wide(until - original);
        if self.repeated > self.budgets.repeated_nodes {
            let message = format_args!(
                "aliases repeat more than {} values and keys (the budget `repeated_nodes`); use `$ref` instead",
                self.budgets.repeated_nodes
            );
            return Err(self.fail(Rule::OverBudget, offset, message));
        }
        let shift = self.next() - original;
        let mut around = Vec::new();
        for at in original..until {
            let slot = self.document.slot(at);
            while around.last().is_some_and(|until| *until <= at) {
                around.pop();
            }
            if slot.form == Form::Rewritten {
                self.document.rewrite_like(at + shift, at);
            }
            if matches!(slot.form, Form::List | Form::Object) {
                self.is_not_too_deep(self.open.len() + around.len(), offset)?;
                around.push(slot.next);
            }
            self.is_not_too_much(offset)?;
            self.document.slots.push(Slot {
                parent: slot.parent.saturating_add(shift),
                next: slot.next + shift,
                ..slot
            });
        }
        let (parent, role) = self.takes_in();
        if let Some(copy) = self.document.slots.get_mut(wide(original + shift)) {
            (copy.parent, copy.role) = (parent, role);
        }
        self.document.index.repeat(original..until, shift);
        self.last_end = alias.end;
        Ok(())
    }

    /// Reports something at a byte and ends the reading.
    pub(crate) fn fail(&mut self, rule: Rule, offset: usize, message: Arguments<'_>) -> Stop {
        self.note(rule, offset, message);
        Stop
    }

    /// Reports something at a byte.
    pub(crate) fn note(&mut self, rule: Rule, offset: usize, message: Arguments<'_>) {
        let inside = self.open.last().map_or(0, |open| open.at);
        let place = (inside, offset);
        self.report.add_at(rule, &self.document, place, message);
    }

    /// What was read, and what there is to say about it.
    pub(crate) fn finish(self) -> (Document<'a>, Report) {
        (self.document, self.report)
    }

    fn push(&mut self, form: Form, start: usize, end: usize) -> Result<u32, Stop> {
        self.is_not_too_much(start)?;
        let at = self.next();
        let (parent, role) = self.takes_in();
        self.document.slots.push(Slot {
            start: narrow(start),
            end: narrow(end),
            parent,
            next: at + 1,
            form,
            role,
        });
        self.last_end = end;
        Ok(at)
    }

    /// Counts one more value in the container being read; says which container that is, and whether it is a key.
    fn takes_in(&mut self) -> (u32, Role) {
        let role = if self.wants_key() {
            Role::Key
        } else {
            Role::Value
        };
        let Some(open) = self.open.last_mut() else {
            return (0, role);
        };
        open.children += 1;
        (open.at, role)
    }

    fn is_not_too_deep(&mut self, depth: usize, offset: usize) -> Result<(), Stop> {
        let most = self.budgets.depth;
        if depth < most {
            return Ok(());
        }
        let message = format_args!(
            "objects and lists stand more than {most} deep inside one another (the budget `depth`)"
        );
        Err(self.fail(Rule::OverBudget, offset, message))
    }

    fn is_not_too_much(&mut self, offset: usize) -> Result<(), Stop> {
        let most = self.budgets.nodes;
        if self.document.slots.len() < most {
            return Ok(());
        }
        let message =
            format_args!("the document has more than {most} values and keys (the budget `nodes`)");
        Err(self.fail(Rule::OverBudget, offset, message))
    }

    /// Indexes a container that is whole.
    fn index(&mut self, container: u32) {
        let mut entries = std::mem::take(&mut self.entries);
        entries.clear();
        let document = &self.document;
        let children = document.children(container);
        match document.slot(container).form {
            Form::List => entries.extend(children.map(|at| Entry { hash: 0, at })),
            Form::Object => {
                let entry = |at| Entry {
                    hash: index::hash(document.text_of(at)),
                    at,
                };
                entries.extend(children.step_by(2).map(entry));
                entries.sort_unstable_by(|one, other| {
                    let texts = || document.text_of(one.at).cmp(document.text_of(other.at));
                    let numbers = one.hash.cmp(&other.hash);
                    numbers.then_with(texts).then(one.at.cmp(&other.at))
                });
                for (one, other) in entries.iter().zip(entries.iter().skip(1)) {
                    let key = document.text_of(other.at);
                    if one.hash == other.hash && document.text_of(one.at) == key {
                        self.report.add(
                            Rule::DuplicateKey,
                            document.node(other.at),
                            format_args!(
                                "the key {} stands in this object before; keep one of the two",
                                Quoted(key)
                            ),
                        );
                    }
                }
            }
            Form::Null
            | Form::True
            | Form::False
            | Form::Number
            | Form::Bare
            | Form::Quoted
            | Form::Rewritten => {}
        }
        if entries.len() > WALKED {
            self.document.index.add(container, &entries);
        }
        self.entries = entries;
    }
}
