//! Nodes: one value or key of a document, with its place.

use std::{borrow::Cow, fmt, ops::Range};

use crate::tree::{
    document::{Children, Document},
    places::Place,
    pointer,
    slot::{Form, Role},
};

/// A value or key of a document. As cheap to copy as a reference.
#[derive(Clone, Copy)]
pub struct Node<'d> {
    document: &'d Document<'d>,
    at: u32,
}

/// What kind of value a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number of any size; [`Node::written`] has its digits.
    Number,
    /// Text.
    Text,
    /// A list.
    List,
    /// An object.
    Object,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Boolean => "true or false",
            Self::Number => "a number",
            Self::Text => "text",
            Self::List => "a list",
            Self::Object => "an object",
        })
    }
}

impl<'d> Node<'d> {
    pub(crate) fn new(document: &'d Document<'d>, at: u32) -> Self {
        Self { document, at }
    }

    /// Its number in the document.
    pub(crate) fn number(self) -> u32 {
        self.at
    }

    /// The number of the node after it and everything in it.
    pub(crate) fn after(self) -> u32 {
        self.document.slot(self.at).next
    }

    /// Every node in it, and itself.
    pub(crate) fn inside(self) -> impl Iterator<Item = Node<'d>> {
        let document = self.document;
        (self.at..self.after()).map(|at| document.node(at))
    }

    /// What kind of value it is.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self.document.slot(self.at).form {
            Form::Null => Kind::Null,
            Form::True | Form::False => Kind::Boolean,
            Form::Number => Kind::Number,
            Form::Bare | Form::Quoted | Form::Rewritten => Kind::Text,
            Form::List => Kind::List,
            Form::Object => Kind::Object,
        }
    }

    /// Whether it is a list or an object.
    pub(crate) fn is_container(self) -> bool {
        matches!(self.kind(), Kind::List | Kind::Object)
    }

    /// The text, when it is text.
    #[must_use]
    pub fn text(self) -> Option<&'d str> {
        (self.kind() == Kind::Text).then(|| self.document.text_of(self.at))
    }

    /// The truth value, when it is one.
    #[must_use]
    pub fn boolean(self) -> Option<bool> {
        match self.document.slot(self.at).form {
            Form::True => Some(true),
            Form::False => Some(false),
            Form::Null
            | Form::Number
            | Form::Bare
            | Form::Quoted
            | Form::Rewritten
            | Form::List
            | Form::Object => None,
        }
    }

    /// Text without its quotes and escapes; anything else as the document writes it.
    #[must_use]
    pub fn written(self) -> &'d str {
        self.document.text_of(self.at)
    }

    /// The value of the member with this key, when it is an object that has one.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Node<'d>> {
        self.member(key).map(|(_, value)| value)
    }

    /// The member with this key, key and value, when it is an object that has one.
    #[must_use]
    pub fn member(self, key: &str) -> Option<(Node<'d>, Node<'d>)> {
        if self.kind() != Kind::Object {
            return None;
        }
        let key = self.document.member(self.at, key)?;
        Some((self.document.node(key), self.document.node(key + 1)))
    }

    /// The items of a list, in the order of the text; none of anything else.
    pub fn items(self) -> impl Iterator<Item = Node<'d>> {
        let list = self.kind() == Kind::List;
        let document = self.document;
        self.children()
            .filter(move |_| list)
            .map(|at| document.node(at))
    }

    /// The members of an object, key and value, in the order of the text; none of anything else.
    pub fn members(self) -> impl Iterator<Item = (Node<'d>, Node<'d>)> {
        let object = self.kind() == Kind::Object;
        let document = self.document;
        let keys = self.children().step_by(2).filter(move |_| object);
        keys.map(|key| (document.node(key), document.node(key + 1)))
    }

    /// One step of a JSON pointer further.
    #[must_use]
    pub(crate) fn step(self, step: &str) -> Option<Node<'d>> {
        match self.kind() {
            Kind::Object => self.get(step),
            Kind::List => {
                let plain = step == "0" || !step.starts_with(['0', '+']);
                let position = step.parse().ok().filter(|_| plain)?;
                let item = self.document.item(self.at, position)?;
                Some(self.document.node(item))
            }
            Kind::Null | Kind::Boolean | Kind::Number | Kind::Text => None,
        }
    }

    /// What holds it; `None` for the root.
    #[must_use]
    pub fn parent(self) -> Option<Node<'d>> {
        let parent = self.document.slot(self.at).parent;
        (parent != self.at).then(|| self.document.node(parent))
    }

    /// Whether it is the key of a member.
    #[must_use]
    pub fn is_key(self) -> bool {
        self.document.slot(self.at).role == Role::Key
    }

    /// The key it stands under, when it is a member's value.
    #[must_use]
    pub fn key(self) -> Option<Node<'d>> {
        let parent = self.parent()?;
        let valued = parent.kind() == Kind::Object && !self.is_key();
        valued.then(|| self.document.node(self.at.saturating_sub(1)))
    }

    /// The bytes it is written with.
    #[must_use]
    pub fn span(self) -> Range<usize> {
        self.document.slot(self.at).span()
    }

    /// Its line and column.
    #[must_use]
    pub fn place(self) -> Place {
        self.document.place(self.span().start)
    }

    /// The place that a finding about it tells. An object or a list is told by the key it stands under, because that
    /// says what it is, and what begins below it is something else; so is a value that nobody wrote. All else stands
    /// for itself.
    pub(crate) fn told_place(self) -> Place {
        let unseen = self.is_container() || self.span().is_empty();
        let key = self.key().filter(|_| unseen);
        key.unwrap_or(self).place()
    }

    /// Its JSON pointer; that of a key is that of its member.
    #[must_use]
    pub fn pointer(self) -> String {
        let mut pointer = String::new();
        for step in self.steps() {
            pointer::push(&mut pointer, &step);
        }
        pointer
    }

    /// The steps from the root to it.
    pub(crate) fn steps(self) -> Vec<Cow<'d, str>> {
        let mut steps = Vec::new();
        let mut node = self;
        while let Some(parent) = node.parent() {
            steps.push(match parent.kind() {
                Kind::Object => Cow::Borrowed(node.key().unwrap_or(node).written()),
                _ => Cow::Owned(parent.position(node.at).to_string()),
            });
            node = parent;
        }
        steps.reverse();
        steps
    }

    fn position(self, item: u32) -> usize {
        match self.document.index.entries(self.at) {
            Some(entries) => entries.partition_point(|entry| entry.at < item),
            None => self.children().take_while(|at| *at < item).count(),
        }
    }

    fn children(self) -> Children<'d> {
        self.document.children(self.at)
    }
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.at == other.at
    }
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at `{}`", self.kind(), self.pointer())
    }
}
