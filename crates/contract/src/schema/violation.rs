//! Violations: what a schema does not allow, and where. The words for it are found by whoever asked.

use std::rc::Rc;

use crate::tree::node::Node;

use super::{
    compiled::{Bound, Id},
    kinds::Kinds,
    pattern::Pattern,
};

/// Something that a schema does not allow.
#[derive(Clone, Debug)]
pub(crate) struct Violation<'s, 'd> {
    /// The value; the key, where a name is wrong.
    pub(crate) node: Node<'d>,
    pub(crate) what: What<'s, 'd>,
}

/// What it is.
#[derive(Clone, Debug)]
pub(crate) enum What<'s, 'd> {
    /// Nothing may stand here.
    Never,
    /// It is of another type than these.
    Kind { kinds: Kinds, written: Node<'s> },
    /// It is none of these values.
    Value {
        keyword: &'static str,
        values: Rc<[Node<'s>]>,
    },
    /// The number is beyond a bound.
    Beyond(Bound),
    /// The number is no multiple of this.
    NoMultiple(f64),
    /// It holds fewer of something.
    Fewer {
        least: f64,
        of: &'static str,
        has: f64,
    },
    /// It holds more of something.
    More {
        most: f64,
        of: &'static str,
        has: f64,
    },
    /// It does not match.
    Pattern(Pattern<'s>),
    /// It is not written as this format says.
    Format(&'s str),
    /// An item stands in the list before.
    Repeated,
    /// The list holds fewer items of the wanted kind than this.
    Rare(f64),
    /// The list holds more items of the wanted kind than this.
    Frequent(f64),
    /// A member is missing.
    Missing(&'s str),
    /// A member is missing beside another one.
    MissingBeside { name: &'s str, beside: &'s str },
    /// None of these members is there.
    MissingAll(Vec<&'s str>),
    /// The key is no name for a member.
    Name(Node<'d>),
    /// A member that an object of this kind does not have.
    Unknown { key: Node<'d>, owner: Id },
    /// It is what this schema says, which it must not be.
    Not(Id),
    /// These members exclude one another.
    Together(Vec<&'s str>),
    /// It is none of the branches of `anyOf`.
    NotAny,
    /// It is none of the branches of `oneOf`.
    NotOne,
    /// It is of several kinds, and must be of one.
    Several,
}

/// Takes in violations, as far as so many are kept.
pub(super) fn keep<'s, 'd>(
    kept: &mut Vec<Violation<'s, 'd>>,
    more: Vec<Violation<'s, 'd>>,
    most: usize,
) {
    let room = most.saturating_sub(kept.len());
    kept.extend(more.into_iter().take(room));
}
