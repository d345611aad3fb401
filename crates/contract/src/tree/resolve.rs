//! References: `$ref` followed inside the document, and nowhere else.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use crate::tree::{
    document::Document,
    node::{Kind, Node},
    pointer,
};

/// The longest reference looked at; longer ones point at nothing that a contract holds.
const LONGEST: usize = 2_000;

/// Why a reference leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// It leaves the document.
    Outside,
    /// There is nothing at its pointer.
    Nothing,
    /// Following it comes back to it.
    Circle,
    /// It takes more steps than the budget allows.
    TooFar,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Outside => {
                "leaves the document, and nothing is fetched; bundle the documents into one"
            }
            Self::Nothing => "points at nothing in this document",
            Self::Circle => "comes back to itself",
            Self::TooFar => "takes more steps than are followed (the budget `reference_chain`)",
        })
    }
}

/// The reference an object is, if it is one.
pub(crate) fn reference(node: Node<'_>) -> Option<Node<'_>> {
    node.get("$ref")
        .filter(|target| target.kind() == Kind::Text)
}

/// What stands where a reference points.
pub(crate) fn target<'d>(document: &'d Document<'d>, reference: &str) -> Result<Node<'d>, Broken> {
    document
        .at(&pointer_of(document, reference)?)
        .ok_or(Broken::Nothing)
}

/// The JSON pointer that a reference is within the document.
fn pointer_of<'r>(document: &Document<'_>, reference: &'r str) -> Result<Cow<'r, str>, Broken> {
    let fragment = fragment(document, reference).ok_or(Broken::Outside)?;
    if fragment.len() > LONGEST {
        return Err(Broken::Nothing);
    }
    pointer::percent_decode(fragment).ok_or(Broken::Nothing)
}

/// The fragment of a reference into this document: one that is a fragment alone, or one that begins with the address
/// that the document gives itself (`$self` of OpenAPI 3.2).
fn fragment<'r>(document: &Document<'_>, reference: &'r str) -> Option<&'r str> {
    if let Some(fragment) = reference.strip_prefix('#') {
        return Some(fragment);
    }
    let own = document.root().get("$self")?.text()?;
    reference.strip_prefix(own)?.strip_prefix('#')
}

/// Follows references to their end, and remembers the ends, so that a long chain is walked once and not once for each
/// of its users.
///
/// A pointer that leads through an object that is a reference itself goes on in what that one leads to. Nothing in a
/// JSON pointer says so, but documents are written so, and most who read them follow.
#[derive(Debug, Default)]
pub(crate) struct Resolver {
    ends: BTreeMap<u32, (Result<u32, Broken>, usize)>,
    /// The references that are being followed, from the one asked for to those that its pointer leads through.
    open: Vec<u32>,
}

impl Resolver {
    /// The node itself, or what its reference leads to in the end.
    pub(crate) fn follow<'d>(
        &mut self,
        document: &'d Document<'d>,
        node: Node<'d>,
        most_steps: usize,
    ) -> Result<Node<'d>, Broken> {
        match self.walk(document, node, most_steps) {
            (Ok(_), steps) if steps > most_steps => Err(Broken::TooFar),
            (Ok(at), _) => Ok(document.node(at)),
            (Err(broken), _) => Err(broken),
        }
    }

    /// Where a reference leads in one step.
    pub(crate) fn target<'d>(
        &mut self,
        document: &'d Document<'d>,
        reference: &str,
        most_steps: usize,
    ) -> Result<Node<'d>, Broken> {
        let (target, steps) = self.step(document, reference, most_steps)?;
        (steps <= most_steps)
            .then_some(target)
            .ok_or(Broken::TooFar)
    }

    /// The end of a node's reference, and the references on the way.
    fn walk<'d>(
        &mut self,
        document: &'d Document<'d>,
        node: Node<'d>,
        most_steps: usize,
    ) -> (Result<u32, Broken>, usize) {
        let outside = self.open.len();
        let mut at = node;
        // The references gone through, with the steps before each.
        let mut through = Vec::new();
        let mut steps = 0;
        let (end, beyond) = loop {
            if let Some(known) = self.ends.get(&at.number()) {
                break *known;
            }
            let Some(reference) = reference(at) else {
                break (Ok(at.number()), 0);
            };
            if self.open.contains(&at.number()) {
                break (Err(Broken::Circle), 0);
            }
            if self.open.len() > most_steps {
                break (Err(Broken::TooFar), 0);
            }
            self.open.push(at.number());
            through.push((at.number(), steps));
            match self.step(document, reference.written(), most_steps) {
                Ok((next, more)) => {
                    steps += 1 + more;
                    at = next;
                }
                Err(broken) => break (Err(broken), 0),
            }
        };
        self.open.truncate(outside);
        let steps = steps + beyond;
        // A reference that others do not share is not worth remembering, unless a pointer leads through it.
        let first = usize::from(outside == 0);
        for (at, before) in through.into_iter().skip(first) {
            self.ends.insert(at, (end, steps - before));
        }
        (end, steps)
    }

    /// Where a reference leads in one step, and the references that its pointer leads through.
    fn step<'d>(
        &mut self,
        document: &'d Document<'d>,
        reference: &str,
        most_steps: usize,
    ) -> Result<(Node<'d>, usize), Broken> {
        let pointer = pointer_of(document, reference)?;
        let (mut at, mut through) = (document.root(), 0);
        for step in pointer::steps(&pointer).ok_or(Broken::Nothing)? {
            if let Some(next) = at.step(&step) {
                at = next;
                continue;
            }
            let (end, steps) = self.walk(document, at, most_steps);
            through += steps;
            at = document.node(end?).step(&step).ok_or(Broken::Nothing)?;
        }
        Ok((at, through))
    }
}
