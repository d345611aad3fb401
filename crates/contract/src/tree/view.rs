//! Views: a document as a rule sees it, with references replaced by what they lead to, or as it is written.
//!
//! What is seen through a reference is the node of the component itself, so that it is found where it stands in the
//! text, however many references lead to it.

use std::collections::{HashMap, HashSet};

use crate::tree::{
    document::Document,
    node::{Kind, Node},
    resolve::{Resolver, reference},
};

/// Where the references of a document lead.
#[derive(Debug, Default)]
pub(crate) struct References {
    /// In the end, by the number of the object that is a reference.
    ends: HashMap<u32, u32>,
    /// In one step, from outside of what it leads to.
    direct: HashSet<u32>,
}

impl References {
    /// Follows every reference of a document. One that leads nowhere is left as it is.
    pub(crate) fn of(document: &Document<'_>, longest_chain: usize) -> Self {
        let mut resolver = Resolver::default();
        let (mut ends, mut direct) = (HashMap::new(), HashSet::new());
        for number in 0..document.size() {
            let key = document.node(number);
            if !key.is_key() || key.written() != "$ref" {
                continue;
            }
            let Some((object, written)) = key.parent().and_then(|it| Some((it, reference(it)?)))
            else {
                continue;
            };
            if let Ok(target) = resolver.target(document, written.written(), longest_chain)
                && !(target.number()..target.after()).contains(&number)
            {
                direct.insert(target.number());
            }
            if let Ok(end) = resolver.follow(document, object, longest_chain) {
                ends.insert(object.number(), end.number());
            }
        }
        Self { ends, direct }
    }

    /// What references lead to in one step, without those that lead from something to itself.
    pub(crate) fn direct(&self) -> &HashSet<u32> {
        &self.direct
    }
}

/// A value as it stands somewhere, and what is seen there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen<'d> {
    /// The node that stands there: the reference, where there is one.
    pub(crate) stands: Node<'d>,
    /// What is seen in its place.
    pub(crate) node: Node<'d>,
}

/// A document as a rule sees it.
#[derive(Clone, Copy)]
pub(crate) struct View<'d> {
    document: &'d Document<'d>,
    references: Option<&'d References>,
}

impl<'d> View<'d> {
    /// With references replaced.
    pub(crate) fn resolved(document: &'d Document<'d>, references: &'d References) -> Self {
        Self {
            document,
            references: Some(references),
        }
    }

    /// As it is written.
    pub(crate) fn written(document: &'d Document<'d>) -> Self {
        Self {
            document,
            references: None,
        }
    }

    /// Whether references are replaced.
    pub(crate) fn is_resolved(self) -> bool {
        self.references.is_some()
    }

    pub(crate) fn document(self) -> &'d Document<'d> {
        self.document
    }

    pub(crate) fn root(self) -> Seen<'d> {
        self.see(self.document.root())
    }

    /// What is seen where a node stands.
    pub(crate) fn see(self, stands: Node<'d>) -> Seen<'d> {
        let seen = || {
            let target = self.references?.ends.get(&stands.number())?;
            Some(self.document.node(*target))
        };
        let node = match stands.kind() {
            Kind::Object => seen().unwrap_or(stands),
            Kind::Null | Kind::Boolean | Kind::Number | Kind::Text | Kind::List => stands,
        };
        Seen { stands, node }
    }

    /// What is seen under a key of an object.
    pub(crate) fn get(self, object: Node<'d>, key: &str) -> Option<Node<'d>> {
        object.get(key).map(|stands| self.see(stands).node)
    }

    /// What is seen in a list or under the keys of an object, in the order of the text.
    pub(crate) fn children(self, container: Node<'d>) -> impl Iterator<Item = Seen<'d>> {
        let items = container.items();
        let values = container.members().map(|(_, value)| value);
        items.chain(values).map(move |stands| self.see(stands))
    }

    /// The items of a list.
    pub(crate) fn items(self, list: Node<'d>) -> impl Iterator<Item = Node<'d>> {
        list.items().map(move |stands| self.see(stands).node)
    }

    /// The members of an object: the key, and what is seen under it.
    pub(crate) fn members(self, object: Node<'d>) -> impl Iterator<Item = (Node<'d>, Node<'d>)> {
        object
            .members()
            .map(move |(key, stands)| (key, self.see(stands).node))
    }
}
