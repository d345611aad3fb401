//! Flattening: a document whose `allOf` are merged into one schema each, so that moving keywords from a schema into
//! one of its branches, and back, is no change.
//!
//! Invariant: what the document allows stays what it was. Keywords that cannot be merged stay in a branch, and schemas
//! that are built of themselves stay as they are written.

pub(crate) mod merge;

use std::collections::BTreeSet;

use crate::{
    budget::Budgets,
    diff::{
        flat::merge::{Made, Merged},
        rewrite::{self, Rewriter, Rewritten, TooLarge},
        schema::alike,
        side::has_siblings,
    },
    tree::{
        builder::Stop,
        document::Document,
        node::{Kind, Node},
        resolve::{Resolver, reference},
        slot::Form,
    },
};

/// Schemas are not built of one another deeper than this.
const DEEPEST: usize = 100;

/// Keywords that hold data and no schemas.
const DATA: [&str; 5] = ["example", "examples", "default", "enum", "const"];

/// Members whose own members have names of the document's choice.
const NAMED: [&str; 16] = [
    "$defs",
    "callbacks",
    "content",
    "definitions",
    "dependentSchemas",
    "headers",
    "mapping",
    "parameters",
    "pathItems",
    "paths",
    "patternProperties",
    "properties",
    "requestBodies",
    "responses",
    "schemas",
    "webhooks",
];

/// The document flattened, when that takes no more than so many steps.
pub(crate) fn flatten<'d>(
    document: &'d Document<'d>,
    steps: usize,
) -> Result<Rewritten<'d>, TooLarge> {
    let mut nodes = (0..document.size()).map(|at| document.node(at));
    if !nodes.any(|node| node.is_key() && node.written() == "allOf") {
        return Ok(Rewritten::unchanged(document));
    }
    let budgets = rewrite::budgets(document, steps);
    let mut writer = Writer {
        document,
        siblings: has_siblings(document),
        resolver: Resolver::default(),
        out: Rewriter::new(document, &budgets),
        open: Vec::new(),
    };
    let done = writer.value(document.root(), Keys::Keywords);
    done.map_err(|Stop| TooLarge)?;
    Ok(writer.out.finish())
}

/// What the keys of an object are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    Keywords,
    Names,
}

struct Writer<'d, 'b> {
    document: &'d Document<'d>,
    /// Whether members beside a `$ref` count.
    siblings: bool,
    resolver: Resolver,
    out: Rewriter<'d, 'b>,
    /// What is being merged, from the outermost on, by the numbers of the schemas it is made of.
    open: Vec<BTreeSet<u32>>,
}

impl<'d> Writer<'d, '_> {
    fn value(&mut self, node: Node<'d>, keys: Keys) -> Result<(), Stop> {
        let schema = keys == Keys::Keywords && node.kind() == Kind::Object;
        if schema && built(node) {
            return self.all(&[node]);
        }
        if let Some(branch) = reference(node)
            .filter(|_| schema)
            .and_then(|_| self.branch(node))
        {
            return self.all(&[branch]);
        }
        match node.kind() {
            Kind::Object => {
                self.out.open(node, Form::Object)?;
                for (key, value) in node.members() {
                    let name = key.written();
                    self.out.scalar(key)?;
                    let keyword = keys == Keys::Keywords;
                    if keyword && (DATA.contains(&name) || name.starts_with("x-")) {
                        self.out.data(value)?;
                    } else {
                        let named = keyword && NAMED.contains(&name);
                        let keys = if named { Keys::Names } else { Keys::Keywords };
                        self.value(value, keys)?;
                    }
                }
                self.out.close(node);
            }
            Kind::List => {
                self.out.open(node, Form::List)?;
                for item in node.items() {
                    self.value(item, Keys::Keywords)?;
                }
                self.out.close(node);
            }
            Kind::Null | Kind::Boolean | Kind::Number | Kind::Text => self.out.scalar(node)?,
        }
        Ok(())
    }

    /// Writes the one schema that says what all of these say.
    fn all(&mut self, schemas: &[Node<'d>]) -> Result<(), Stop> {
        if let [schema] = schemas
            && let Some(only) = only_branch(*schema)
        {
            return self.value(only, Keys::Keywords);
        }
        let key: BTreeSet<_> = schemas.iter().map(|it| self.follow(*it).number()).collect();
        if self.open.len() >= DEEPEST || self.open.contains(&key) {
            return self.listed(schemas);
        }
        let mut parts = Parts::default();
        for schema in schemas {
            if !self.gather(*schema, &mut parts) {
                return self.listed(schemas);
            }
        }
        let (Some(merged), Some(place)) = (Merged::of(&parts.nodes), schemas.first()) else {
            return self.listed(schemas);
        };
        self.open.push(key);
        self.merged(*place, merged)?;
        self.open.pop();
        Ok(())
    }

    fn merged(&mut self, place: Node<'d>, merged: Merged<'d>) -> Result<(), Stop> {
        self.out.open(place, Form::Object)?;
        for (key, made) in merged.members {
            self.out.scalar(key)?;
            self.made(key.written(), made)?;
        }
        if !merged.left.is_empty() {
            self.out.text(place, "allOf")?;
            self.out.open(place, Form::List)?;
            for branch in merged.left {
                self.out.open(place, Form::Object)?;
                for (key, value) in branch {
                    self.out.scalar(key)?;
                    self.made(key.written(), Made::Node(value))?;
                }
                self.out.close(place);
            }
            self.out.close(place);
        }
        self.out.close(place);
        Ok(())
    }

    fn made(&mut self, keyword: &str, made: Made<'d>) -> Result<(), Stop> {
        match made {
            Made::Node(node) if DATA.contains(&keyword) => self.out.data(node),
            Made::Node(node) if NAMED.contains(&keyword) => self.value(node, Keys::Names),
            Made::Node(node) => self.value(node, Keys::Keywords),
            Made::All(schemas) => self.all(&schemas),
            Made::List(place, items) => {
                self.out.open(place, Form::List)?;
                for item in items {
                    self.out.data(item)?;
                }
                self.out.close(place);
                Ok(())
            }
            Made::Named(place, members) => {
                self.out.open(place, Form::Object)?;
                for (key, schemas) in members {
                    self.out.scalar(key)?;
                    match schemas.as_slice() {
                        [schema] => self.value(*schema, Keys::Keywords)?,
                        _ => self.all(&schemas)?,
                    }
                }
                self.out.close(place);
                Ok(())
            }
        }
    }

    /// Writes schemas that cannot be merged as the branches of one.
    fn listed(&mut self, schemas: &[Node<'d>]) -> Result<(), Stop> {
        if let [schema] = schemas {
            return self.out.data(*schema);
        }
        let Some(place) = schemas.first().copied() else {
            return Ok(());
        };
        self.out.open(place, Form::Object)?;
        self.out.text(place, "allOf")?;
        self.out.open(place, Form::List)?;
        for schema in schemas {
            self.out.data(*schema)?;
        }
        self.out.close(place);
        self.out.close(place);
        Ok(())
    }

    /// Takes in the objects that a schema is built of; whether all of them are some.
    fn gather(&mut self, schema: Node<'d>, parts: &mut Parts<'d>) -> bool {
        if schema.kind() != Kind::Object {
            return schema.boolean() == Some(true);
        }
        if !parts.seen.insert(schema.number()) {
            return true;
        }
        if reference(schema).is_some() {
            let end = self.follow(schema);
            if end == schema {
                return false;
            }
            if self.siblings {
                parts.nodes.push(schema);
            }
            return self.gather(end, parts);
        }
        parts.nodes.push(schema);
        let branches = schema.get("allOf").into_iter().flat_map(Node::items);
        for branch in branches {
            if !self.gather(branch, parts) {
                return false;
            }
        }
        true
    }

    /// What a reference leads to when that is a branch, which no longer has a place of its own.
    fn branch(&mut self, node: Node<'d>) -> Option<Node<'d>> {
        let written = reference(node)?.written();
        let end = written.contains("/allOf/").then(|| self.follow(node))?;
        (end != node).then_some(end)
    }

    fn follow(&mut self, node: Node<'d>) -> Node<'d> {
        let most = Budgets::default().reference_chain;
        let end = self.resolver.follow(self.document, node, most);
        end.unwrap_or(node)
    }
}

/// The objects that one schema is built of.
#[derive(Default)]
struct Parts<'d> {
    nodes: Vec<Node<'d>>,
    seen: BTreeSet<u32>,
}

/// Whether a schema is built of branches.
fn built(node: Node<'_>) -> bool {
    let branches = node.get("allOf");
    branches.is_some_and(|branches| branches.kind() == Kind::List)
}

/// The one branch of a schema that only describes it otherwise, when that is a reference.
fn only_branch(schema: Node<'_>) -> Option<Node<'_>> {
    let mut branches = schema.get("allOf")?.items();
    let (branch, none) = (branches.next()?, branches.next());
    let describes = |key: Node<'_>, value| {
        let only = alike::describes(key.written()) && key.written() != "default";
        key.written() == "allOf" || only || alike::is_empty(key, value)
    };
    let alone = none.is_none() && branch.members().count() == 1;
    let idle = schema.members().all(|(key, value)| describes(key, value));
    (alone && idle && reference(branch).is_some()).then_some(branch)
}
