//! A side of a comparison: one document, with its references followed and its parts hashed.

use crate::{
    budget::Budgets,
    diff::likeness::Likeness,
    tree::{
        document::Document,
        node::{Kind, Node},
        resolve::{Resolver, reference},
    },
};

pub(crate) struct Side<'d> {
    document: &'d Document<'d>,
    pub(crate) likeness: Likeness,
    resolver: Resolver,
    /// Whether members beside a `$ref` count, as they do since OpenAPI 3.1.
    siblings: bool,
}

/// A schema: an object, behind its reference if it is one. Anything else (`true`, nonsense) is a schema that says
/// nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schema<'d> {
    /// What says most of it.
    pub(crate) node: Node<'d>,
    /// The object with the reference, when its other members count.
    beside: Option<Node<'d>>,
    /// The reference as it is written, when it is one.
    pub(crate) reference: Option<&'d str>,
}

impl<'d> Side<'d> {
    pub(crate) fn of(document: &'d Document<'d>) -> Self {
        Self {
            document,
            likeness: Likeness::of(document),
            resolver: Resolver::default(),
            siblings: has_siblings(document),
        }
    }

    /// The node, or what its reference leads to; the node itself when that is nothing.
    pub(crate) fn follow(&mut self, node: Node<'d>) -> Node<'d> {
        let most = Budgets::default().reference_chain;
        let end = self.resolver.follow(self.document, node, most);
        end.unwrap_or(node)
    }

    /// The schema at a node.
    pub(crate) fn schema(&mut self, node: Node<'d>) -> Schema<'d> {
        let Some(name) = reference(node) else {
            return Schema {
                node,
                beside: None,
                reference: None,
            };
        };
        let more = self.siblings && node.members().nth(1).is_some();
        Schema {
            node: self.follow(node),
            beside: more.then_some(node),
            reference: Some(name.written()),
        }
    }
}

impl<'d> Schema<'d> {
    /// The value of a keyword.
    pub(crate) fn get(self, keyword: &str) -> Option<Node<'d>> {
        let beside = self.beside.and_then(|beside| beside.get(keyword));
        beside.or_else(|| self.node.get(keyword))
    }

    /// All that it says: the members beside its reference, and those behind it that they leave.
    pub(crate) fn all(self) -> impl Iterator<Item = (Node<'d>, Node<'d>)> {
        let beside = self.beside.into_iter().flat_map(Node::members);
        let hidden = move |key: &str| self.beside.is_some_and(|beside| beside.get(key).is_some());
        beside.filter(|(key, _)| key.written() != "$ref").chain(
            self.node
                .members()
                .filter(move |(key, _)| !hidden(key.written())),
        )
    }

    /// The value of a keyword that is an object.
    pub(crate) fn object(self, keyword: &str) -> Option<Node<'d>> {
        self.get(keyword)
            .filter(|value| value.kind() == Kind::Object)
    }

    /// The value of a keyword that is text.
    pub(crate) fn text(self, keyword: &str) -> Option<&'d str> {
        self.get(keyword).and_then(Node::text)
    }

    /// Whether a keyword is `true`.
    pub(crate) fn is(self, keyword: &str) -> bool {
        self.get(keyword).and_then(Node::boolean) == Some(true)
    }

    /// The items of a keyword that is a list.
    pub(crate) fn items(self, keyword: &str) -> impl Iterator<Item = Node<'d>> {
        self.get(keyword).into_iter().flat_map(Node::items)
    }

    /// The members of a keyword that is an object.
    pub(crate) fn members(self, keyword: &str) -> impl Iterator<Item = (Node<'d>, Node<'d>)> {
        self.get(keyword).into_iter().flat_map(Node::members)
    }

    /// Where it is written: the reference when members beside it count, else what it leads to.
    pub(crate) fn place(self) -> Node<'d> {
        self.beside.unwrap_or(self.node)
    }
}

/// Whether members beside a `$ref` count, as they do since OpenAPI 3.1.
pub(crate) fn has_siblings(document: &Document<'_>) -> bool {
    let openapi = document.root().get("openapi").map(Node::written);
    openapi.is_some_and(|openapi| !openapi.starts_with("3.0"))
}
