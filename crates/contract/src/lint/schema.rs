//! Schemas: values held against JSON Schema.
//!
//! Written anew over our own tree: the libraries take values without places, and a document can bring a schema and an
//! example that keep them busy for years. Here every keyword looked at burns fuel.

mod check;
mod combine;
mod flaws;
mod keywords;
mod structure;
mod told;
mod unevaluated;
mod wording;

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use super::{fuel::Fuel, pattern::Pattern};

pub(crate) use check::Check;
pub(crate) use flaws::{Flaw, Flaws, Looking};
pub(crate) use told::relevant;

/// Which JSON Schema is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Draft 4, with which OpenAPI 2.0 and 3.0 begin; `nullable` counts.
    Draft4,
    /// Drafts 6 and 7.
    Draft7,
    /// 2019-09 and 2020-12.
    Modern,
}

/// What a value travels in, which decides whether `readOnly` and `writeOnly` members may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Travel {
    Request,
    Response,
    Neither,
}

/// How many failures are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Those up to the first keyword that does not hold.
    First,
    All,
}

/// The most patterns kept at a time.
const PATTERNS: usize = 100;

/// The patterns of schemas, read once.
#[derive(Debug, Default)]
pub(crate) struct Schemas {
    patterns: RefCell<HashMap<String, Option<Rc<Pattern>>>>,
}

impl Schemas {
    /// A pattern of a schema; `None` when it is none or there is no fuel left to read it.
    pub(crate) fn pattern(&self, source: &str, fuel: &Fuel) -> Option<Rc<Pattern>> {
        if let Some(known) = self.patterns.borrow().get(source) {
            return known.clone();
        }
        let pattern = Pattern::afford(source, fuel)?.ok().map(Rc::new);
        let mut patterns = self.patterns.borrow_mut();
        if patterns.len() >= PATTERNS {
            patterns.clear();
        }
        patterns.insert(source.to_owned(), pattern.clone());
        pattern
    }
}
