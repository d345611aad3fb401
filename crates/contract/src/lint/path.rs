//! Paths: the JSONPath of Spectral's rulesets, read once and followed through any document.
//!
//! Written anew over our own tree: what the libraries offer finds values, and a rule needs places; and none of them can
//! be told when to stop. See `docs/adr/0022-rulesets-without-javascript.md`.

pub(crate) mod cursor;
mod evaluate;
pub(crate) mod expression;
mod parse;
mod walk;

use expression::Expression;

pub(crate) use walk::Walk;

/// A path that was read.
#[derive(Clone, Debug)]
pub(crate) struct Path(Vec<Segment>);

/// One step of a path.
#[derive(Clone, Debug)]
enum Segment {
    /// What stands directly in the container and is selected.
    Children(Vec<Selector>),
    /// What stands anywhere in the container and is selected.
    Descendants(Vec<Selector>),
    /// The container.
    Parent,
    /// The key instead of the value.
    Key,
}

/// What a step selects of a container.
#[derive(Clone, Debug)]
enum Selector {
    Every,
    Name(String),
    /// An item, counted from the end when negative.
    Index(i64),
    Slice {
        from: Option<i64>,
        to: Option<i64>,
        step: usize,
    },
    /// Whatever the expression is true of.
    Where(Expression),
}
