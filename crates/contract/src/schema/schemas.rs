//! The schemas that values are held against, by their numbers: where they stand, and where their references lead. Each is
//! compiled when it is first asked for.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use crate::{
    fuel::Fuel,
    tree::{node::Node, pointer, view::View},
};

use super::{
    Dialect,
    compile::compile,
    compiled::{Id, Schema},
    pattern::{Pattern, Patterns, Published},
};

/// Where schemas come from.
pub(crate) enum Source<'s> {
    /// Those of one document, or one schema alone.
    Document(View<'s>),
    /// Published ones, each with its address, which refer to one another.
    Published {
        documents: Vec<(&'s str, View<'s>)>,
        /// The number of the document that the Schema Objects of the first one are held against; when there is none,
        /// they are not looked into.
        dialect: Option<usize>,
    },
}

/// A schema where it stands: the number of its document, and its node there.
pub(super) type At<'s> = (usize, Node<'s>);

/// Schemas by their numbers.
pub(crate) struct Schemas<'s> {
    source: Source<'s>,
    pub(super) dialect: Dialect,
    pub(super) fuel: &'s Fuel,
    pub(super) patterns: &'s Patterns,
    known: RefCell<HashMap<(usize, u32), Id>>,
    all: RefCell<Vec<Slot<'s>>>,
    /// References and patterns of published schemas that are not understood: none, as a test says.
    not_understood: RefCell<Vec<String>>,
}

enum Slot<'s> {
    Met(At<'s>, &'s str),
    Compiled(Rc<Schema<'s>>),
}

impl<'s> Schemas<'s> {
    pub(crate) fn new(
        source: Source<'s>,
        dialect: Dialect,
        (fuel, patterns): (&'s Fuel, &'s Patterns),
    ) -> Self {
        Self {
            source,
            dialect,
            fuel,
            patterns,
            known: RefCell::default(),
            all: RefCell::default(),
            not_understood: RefCell::default(),
        }
    }

    /// The number of a schema of the first document.
    pub(crate) fn id(&self, schema: Node<'s>, title: &'s str) -> Id {
        self.met((0, schema), title)
    }

    /// A schema, ready to hold values against.
    pub(crate) fn get(&self, id: Id) -> Rc<Schema<'s>> {
        let (at, title) = match self.all.borrow().get(id) {
            Some(Slot::Compiled(schema)) => return Rc::clone(schema),
            Some(Slot::Met(at, title)) => (*at, *title),
            None => return Rc::default(),
        };
        let schema = Rc::new(compile(self, at, title));
        if let Some(slot) = self.all.borrow_mut().get_mut(id) {
            *slot = Slot::Compiled(Rc::clone(&schema));
        }
        schema
    }

    /// Whether nothing satisfies a schema.
    pub(crate) fn is_never(&self, id: Id) -> bool {
        self.get(id).never
    }

    pub(super) fn met(&self, at: At<'s>, title: &'s str) -> Id {
        let (file, node) = self.meant(at);
        let mut known = self.known.borrow_mut();
        let mut all = self.all.borrow_mut();
        *known.entry((file, node.number())).or_insert_with(|| {
            all.push(Slot::Met((file, node), title));
            all.len() - 1
        })
    }

    /// A schema behind its reference where references are seen through; the schema that stands for Schema Objects is the
    /// dialect's.
    pub(super) fn meant(&self, at: At<'s>) -> At<'s> {
        let (file, node) = at;
        match &self.source {
            Source::Document(view) => (file, view.see(node).node),
            Source::Published { dialect, .. } => {
                let stands_for_all = file == 0 && node.get("$dynamicAnchor").is_some();
                let dialect = dialect.filter(|_| stands_for_all);
                dialect.and_then(|file| self.root(file)).unwrap_or(at)
            }
        }
    }

    fn view(&self, file: usize) -> Option<View<'s>> {
        match &self.source {
            Source::Document(view) => Some(*view),
            Source::Published { documents, .. } => documents.get(file).map(|(_, view)| *view),
        }
    }

    fn root(&self, file: usize) -> Option<At<'s>> {
        Some((file, self.view(file)?.document().root()))
    }

    /// Where a reference leads, and the name of the definition there.
    pub(super) fn target(
        &self,
        file: usize,
        reference: &'s str,
    ) -> Option<(At<'s>, Option<&'s str>)> {
        let (address, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let file = match &self.source {
            _ if address.is_empty() && reference.starts_with('#') => Some(file),
            Source::Document(_) => None,
            Source::Published { documents, .. } => documents
                .iter()
                .position(|(known, _)| known.ends_with(address)),
        };
        let found = file.and_then(|file| {
            let document = self.view(file)?.document();
            let pointed = document.at(&pointer::percent_decode(fragment)?);
            Some((
                file,
                pointed.or_else(|| anchored(document.root(), fragment))?,
            ))
        });
        if found.is_none() {
            self.misunderstood(reference);
        }
        let defined = fragment
            .strip_prefix("/$defs/")
            .or(fragment.strip_prefix("/definitions/"));
        Some((found?, defined.filter(|name| !name.contains('/'))))
    }

    /// Where `$dynamicRef` leads: of published schemas, the outermost one that has the anchor is the dialect's.
    pub(super) fn dynamic(&self, file: usize, reference: &'s str) -> Option<At<'s>> {
        match &self.source {
            Source::Document(_) => Some(self.target(file, reference)?.0),
            Source::Published { dialect, .. } => dialect.and_then(|file| self.root(file)),
        }
    }

    pub(super) fn pattern(&self, source: &'s str) -> Option<Pattern<'s>> {
        match &self.source {
            Source::Document(_) => Some(Pattern::Written(source)),
            Source::Published { .. } => {
                let known = Published::of(source).map(Pattern::Published);
                if known.is_none() {
                    self.misunderstood(source);
                }
                known
            }
        }
    }

    fn misunderstood(&self, what: &str) {
        if let Source::Published { .. } = &self.source {
            self.not_understood.borrow_mut().push(what.to_owned());
        }
    }

    /// What is not understood of all schemas that the first one leads to, and how many those are.
    #[cfg(test)]
    pub(crate) fn audit(&self) -> (Vec<String>, usize) {
        let mut id = 0;
        while id < self.all.borrow().len() {
            self.get(id);
            id += 1;
        }
        let unknown = self.all.borrow();
        let nodes = self.known.borrow();
        let nodes = nodes.keys().filter_map(|(file, number)| {
            let document = self.view(*file)?.document();
            Some(document.node(*number))
        });
        let keys = nodes.flat_map(Node::members).map(|(key, _)| key.written());
        let keys =
            keys.filter(|key| !super::keywords::Keywords::knows(key) && !SILENT.contains(key));
        let mut all = self.not_understood.borrow().clone();
        all.extend(keys.map(str::to_owned));
        (all, unknown.len())
    }
}

/// Keywords that say nothing about whether a value is right.
#[cfg(test)]
const SILENT: [&str; 13] = [
    "id",
    "$id",
    "$schema",
    "$comment",
    "$defs",
    "definitions",
    "$dynamicAnchor",
    "$vocabulary",
    "title",
    "description",
    "default",
    "deprecated",
    "examples",
];

/// The schema with this anchor, among the definitions of a document.
fn anchored<'s>(root: Node<'s>, name: &str) -> Option<Node<'s>> {
    let has = |schema: &Node<'s>| {
        let keys = ["$anchor", "$dynamicAnchor"];
        keys.iter()
            .any(|key| schema.get(key).and_then(Node::text) == Some(name))
    };
    let definitions = ["$defs", "definitions"]
        .into_iter()
        .filter_map(|key| root.get(key));
    let mut schemas = definitions
        .flat_map(Node::members)
        .map(|(_, schema)| schema);
    schemas.find(has).or_else(|| Some(root).filter(has))
}
