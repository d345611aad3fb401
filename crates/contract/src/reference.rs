//! The reference: what a reader who wants to call an API needs of its document, operation by operation.
//!
//! Invariant: pure, the same for the same document, and bounded: cycles are cut, and a document whose schemas unfold into more
//! than `MOST_STEPS`, or say more than `MOST_TEXT`, has the rest of its examples, fields and descriptions left out, and says so.

mod bodies;
mod curl;
mod example;
mod fields;
mod kind;
mod parameters;
mod responses;

use std::collections::BTreeMap;

use gatewright_domain::operation::{Method, Requirement};
use serde::Serialize;

use crate::{
    budget::Budgets,
    model::{
        Model,
        paths::{Described, Path},
        reading::{Reading, one_line},
    },
    report::cut,
    tree::{
        document::Document,
        node::{Kind, Node},
    },
};

/// Schemas looked at for the lines, fields and examples of one document. GitHub's takes 220,000, Stripe's 640,000; that of
/// Microsoft Graph, with 11,000 operations, is cut.
const MOST_STEPS: usize = 1_000_000;

/// The texts of one reference, in bytes: descriptions, examples and the lines of fields. A description of a shared schema is
/// told wherever the schema is, so that a document of a megabyte could say a gigabyte. GitHub's reference has 9 MB.
const MOST_TEXT: usize = 48 * 1024 * 1024;

/// The texts of one operation, in bytes. The longest of GitHub's has 63 KB.
const MOST_TEXT_OF_ONE: usize = 512 * 1024;

/// What a field takes beside its texts, in bytes.
const FIELD: usize = 64;

/// The longest name, path or other text on one line, in characters.
const LINE: usize = 300;

/// The longest description, in characters.
const DESCRIPTION: usize = 5_000;

/// What a reader needs of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// The operations by their first tag: the tags that the document describes in its order, then the others by name,
    /// then what has no tag, under an empty name.
    pub groups: Vec<ReferenceGroup>,
    /// Whether something was left out because the document's schemas unfold into too much, or say too much.
    pub cut: bool,
}

/// The operations of one tag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReferenceGroup {
    /// The tag; empty for operations without one.
    pub name: String,
    /// What the document says of it (Markdown, not to be trusted).
    pub description: Option<String>,
    /// In the order of the document.
    pub operations: Vec<ReferenceOperation>,
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReferenceOperation {
    /// The method.
    pub method: Method,
    /// The path template.
    pub path: String,
    /// Its `operationId`.
    pub operation_id: Option<String>,
    /// What it does, on one line.
    pub summary: Option<String>,
    /// What it does (Markdown, not to be trusted).
    pub description: Option<String>,
    /// Whether the document calls it deprecated.
    pub deprecated: bool,
    /// What a token must carry.
    pub requires: Requirement,
    /// Its parameters: path, query, header, cookie, each in the order of the document.
    pub parameters: Vec<ReferenceParameter>,
    /// Its body, if it takes one.
    pub body: Option<ReferenceBody>,
    /// Its responses, in the order of the document.
    pub responses: Vec<ReferenceResponse>,
}

/// A parameter of an operation, or a header of a response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReferenceParameter {
    /// Its name.
    pub name: String,
    /// Where it stands: `path`, `query`, `querystring`, `header` or `cookie`.
    pub place: String,
    /// Whether it must be there.
    pub required: bool,
    /// What it is, on one line: `integer ≥ 1, 20 if left out`.
    pub kind: String,
    /// What it is for (Markdown, not to be trusted).
    pub description: Option<String>,
    /// A value of it.
    pub example: Option<String>,
}

/// A body of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReferenceBody {
    /// Whether it must be there.
    pub required: bool,
    /// What it is (Markdown, not to be trusted).
    pub description: Option<String>,
    /// The forms it may take.
    pub media: Vec<ReferenceMedia>,
}

/// One media type of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReferenceMedia {
    /// The media type, for instance `application/json`.
    pub media_type: String,
    /// What it holds, on one line.
    pub kind: String,
    /// Its members, those inside others behind them.
    pub fields: Vec<ReferenceField>,
    /// One that could be sent or answered: the document's own, or one made from its schema.
    pub example: Option<String>,
}

/// A member of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReferenceField {
    /// Its name, with the names it stands under: `items[].id`.
    pub name: String,
    /// What it is, on one line.
    pub kind: String,
    /// Whether it must be there.
    pub required: bool,
    /// What it is for (Markdown, not to be trusted).
    pub description: Option<String>,
}

/// A response of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReferenceResponse {
    /// Its status, a range of them such as `4XX`, or `default`.
    pub status: String,
    /// When it comes (Markdown, not to be trusted).
    pub description: Option<String>,
    /// Its headers.
    pub headers: Vec<ReferenceParameter>,
    /// The forms it may take.
    pub media: Vec<ReferenceMedia>,
}

/// The reference of a document. What cannot be read is left out; `examine` says why.
#[must_use]
pub fn reference(document: &Document<'_>, budgets: &Budgets) -> Reference {
    let mut reading = Reading::new(document, *budgets);
    let Some(model) = Model::read(&mut reading) else {
        return Reference::default();
    };
    let mut writer = Writer {
        root: model.root,
        reading,
        way: Way::Sent,
        left: MOST_STEPS,
        text: MOST_TEXT,
        text_of_one: MOST_TEXT_OF_ONE,
        is_cut: false,
    };
    let mut groups = Groups::of(model.root);
    for path in &model.paths {
        for operation in &path.operations {
            let tags = operation.node.get("tags").into_iter().flat_map(Node::items);
            let tag = tags.filter_map(Node::text).next().unwrap_or_default();
            let tag = one_line(tag, LINE);
            writer.text_of_one = MOST_TEXT_OF_ONE;
            groups.add(&tag, writer.operation(path, operation));
        }
    }
    Reference {
        groups: groups.finish(),
        cut: writer.is_cut,
    }
}

/// Which way a body goes. What is only read is not sent, and what is only written is not answered.
#[derive(Clone, Copy)]
enum Way {
    Sent,
    Answered,
}

/// Writes a reference.
pub(crate) struct Writer<'d> {
    root: Node<'d>,
    reading: Reading<'d>,
    way: Way,
    /// Steps that may still be taken.
    left: usize,
    /// Bytes that may still be said.
    text: usize,
    /// Bytes that may still be said of this operation.
    text_of_one: usize,
    is_cut: bool,
}

impl<'d> Writer<'d> {
    fn operation(&mut self, path: &Path<'d>, operation: &Described<'d>) -> ReferenceOperation {
        self.way = Way::Sent;
        let description = self.described(operation.node);
        let parameters = self.parameters(path.item, operation.node);
        let body = self.body(path.item, operation.node);
        self.way = Way::Answered;
        let responses = self.responses(operation.node);
        ReferenceOperation {
            method: operation.method,
            path: path.template.written.to_owned(),
            operation_id: operation.operation_id.map(str::to_owned),
            summary: operation.summary.map(|summary| one_line(summary, LINE)),
            description,
            deprecated: operation.deprecated,
            requires: operation.requires.clone(),
            parameters,
            body,
            responses,
        }
    }

    /// The node, or what its reference leads to, when that is an object.
    fn object(&mut self, node: Node<'d>) -> Option<Node<'d>> {
        let target = self.reading.follow(node).ok()?;
        (target.kind() == Kind::Object).then_some(target)
    }

    /// Whether a member is not there on the way that the body goes.
    fn is_hidden(&mut self, member: Node<'d>) -> bool {
        let key = match self.way {
            Way::Sent => "readOnly",
            Way::Answered => "writeOnly",
        };
        let target = self.object(member).unwrap_or(member);
        let says = |node: Node<'d>| node.get(key).and_then(Node::boolean) == Some(true);
        says(member) || says(target)
    }

    /// Takes one step; `false` when all are used up, or no more may be said.
    fn step(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left > 0 && self.has_room() || self.cut()
    }

    /// What an object says of itself, unless no more may be said.
    fn described(&mut self, node: Node<'d>) -> Option<String> {
        let said = description(node)?;
        if !self.has_room() {
            self.cut();
            return None;
        }
        self.say(said.len());
        Some(said)
    }

    /// Counts what is said, in bytes.
    fn say(&mut self, bytes: usize) {
        self.text = self.text.saturating_sub(bytes);
        self.text_of_one = self.text_of_one.saturating_sub(bytes);
    }

    fn has_room(&self) -> bool {
        self.text > 0 && self.text_of_one > 0
    }

    /// Notes that something is left out.
    fn cut(&mut self) -> bool {
        self.is_cut = true;
        false
    }
}

/// The groups while they are filled.
struct Groups {
    groups: Vec<ReferenceGroup>,
    positions: BTreeMap<String, usize>,
    described: usize,
}

impl Groups {
    fn of(root: Node<'_>) -> Self {
        let mut groups = Self {
            groups: Vec::new(),
            positions: BTreeMap::new(),
            described: 0,
        };
        for tag in root.get("tags").into_iter().flat_map(Node::items) {
            if let Some(name) = tag.get("name").and_then(Node::text) {
                let position = groups.position(&one_line(name, LINE));
                if let Some(group) = groups.groups.get_mut(position) {
                    group.description = description(tag);
                }
            }
        }
        groups.described = groups.groups.len();
        groups
    }

    fn position(&mut self, name: &str) -> usize {
        if let Some(position) = self.positions.get(name) {
            return *position;
        }
        let position = self.groups.len();
        self.positions.insert(name.to_owned(), position);
        self.groups.push(ReferenceGroup {
            name: name.to_owned(),
            ..ReferenceGroup::default()
        });
        position
    }

    fn add(&mut self, name: &str, operation: ReferenceOperation) {
        let position = self.position(name);
        if let Some(group) = self.groups.get_mut(position) {
            group.operations.push(operation);
        }
    }

    fn finish(mut self) -> Vec<ReferenceGroup> {
        let mut others = self.groups.split_off(self.described);
        others.sort_by_key(|group| (group.name.is_empty(), group.name.clone()));
        self.groups.extend(others);
        self.groups.retain(|group| !group.operations.is_empty());
        self.groups
    }
}

/// What an object says of itself.
fn description(node: Node<'_>) -> Option<String> {
    let said = node.get("description").and_then(Node::text)?;
    let (said, whole) = cut(said.trim(), DESCRIPTION);
    let end = if whole { "" } else { "…" };
    (!said.is_empty()).then(|| format!("{said}{end}"))
}
