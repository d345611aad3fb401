//! The patterns of schemas: those of the published schemas by hand, all others as regular expressions.

mod published;

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use crate::{fuel::Fuel, pattern};

pub(crate) use published::Published;

/// A pattern that a schema asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pattern<'s> {
    Published(Published<'s>),
    /// A regular expression as it is written.
    Written(&'s str),
}

impl Pattern<'_> {
    /// Whether a text matches; `None` when the pattern is none, or nothing is left to find out.
    pub(super) fn matches(self, text: &str, patterns: &Patterns, fuel: &Fuel) -> Option<bool> {
        match self {
            Self::Published(pattern) => Some(pattern.matches(text)),
            Self::Written(source) => patterns.get(source, fuel)?.is_in(text, fuel),
        }
    }
}

/// The most patterns kept at a time.
const KEPT: usize = 100;

/// Regular expressions, each read once.
#[derive(Debug, Default)]
pub(crate) struct Patterns(RefCell<HashMap<String, Option<Rc<pattern::Pattern>>>>);

impl Patterns {
    /// What is written as a pattern; `None` when it is none or there is no fuel left to read it.
    pub(crate) fn get(&self, source: &str, fuel: &Fuel) -> Option<Rc<pattern::Pattern>> {
        if let Some(known) = self.0.borrow().get(source) {
            return known.clone();
        }
        let pattern = pattern::Pattern::afford(source, fuel)?.ok().map(Rc::new);
        let mut patterns = self.0.borrow_mut();
        if patterns.len() >= KEPT {
            patterns.clear();
        }
        patterns.insert(source.to_owned(), pattern.clone());
        pattern
    }
}
