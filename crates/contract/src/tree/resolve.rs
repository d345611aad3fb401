//! References: `$ref` followed inside the document, and nowhere else.

use std::{collections::BTreeMap, fmt};

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

/// Where a reference leads in one step.
pub(crate) fn target<'d>(document: &'d Document<'d>, reference: &str) -> Result<Node<'d>, Broken> {
    let fragment = fragment(document, reference).ok_or(Broken::Outside)?;
    if fragment.len() > LONGEST {
        return Err(Broken::Nothing);
    }
    let pointer = pointer::percent_decode(fragment).ok_or(Broken::Nothing)?;
    document.at(&pointer).ok_or(Broken::Nothing)
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
#[derive(Debug, Default)]
pub(crate) struct Resolver {
    ends: BTreeMap<u32, (Result<u32, Broken>, usize)>,
}

impl Resolver {
    /// The node itself, or what its reference leads to in the end.
    pub(crate) fn follow<'d>(
        &mut self,
        document: &'d Document<'d>,
        node: Node<'d>,
        most_steps: usize,
    ) -> Result<Node<'d>, Broken> {
        let mut through = Vec::new();
        let mut at = node;
        let (end, beyond) = loop {
            if let Some(known) = self.ends.get(&at.number()) {
                break *known;
            }
            let Some(reference) = reference(at) else {
                break (Ok(at.number()), 0);
            };
            if through.contains(&at.number()) {
                break (Err(Broken::Circle), 0);
            }
            if through.len() > most_steps {
                break (Err(Broken::TooFar), 0);
            }
            through.push(at.number());
            match target(document, reference.written()) {
                Ok(next) => at = next,
                Err(broken) => break (Err(broken), 0),
            }
        };
        let steps = through.len() + beyond;
        for (done, at) in through.into_iter().enumerate().skip(1) {
            self.ends.insert(at, (end, steps - done));
        }
        match end {
            Ok(_) if steps > most_steps => Err(Broken::TooFar),
            Ok(at) => Ok(document.node(at)),
            Err(broken) => Err(broken),
        }
    }
}
