//! Reading a document as OpenAPI: values of the type that OpenAPI gives them, or a finding that says which it is.

use crate::{
    budget::Budgets,
    model::edition::Edition,
    report::{Quoted, Report, cut},
    rule::Rule,
    tree::{
        document::Document,
        node::{Kind, Node},
        resolve::{Broken, Resolver, reference},
    },
};

/// A document with the report on it.
pub(crate) struct Reading<'d> {
    pub(crate) document: &'d Document<'d>,
    pub(crate) budgets: Budgets,
    /// The newest until the document has said which it is.
    pub(crate) edition: Edition,
    pub(crate) report: Report,
    resolver: Resolver,
    scopes: usize,
    parameters: usize,
}

impl<'d> Reading<'d> {
    pub(crate) fn new(document: &'d Document<'d>, budgets: Budgets) -> Self {
        Self {
            document,
            budgets,
            edition: Edition::V3_2,
            report: Report::default(),
            resolver: Resolver::default(),
            scopes: 0,
            parameters: 0,
        }
    }

    /// The node when it is of this kind; a finding otherwise.
    pub(crate) fn expect(&mut self, node: Node<'d>, kind: Kind) -> Option<Node<'d>> {
        if node.kind() == kind {
            return Some(node);
        }
        let found = node.kind();
        let message = match node.key() {
            Some(key) => format!("{} must be {kind}, not {found}", Quoted(key.written())),
            None => format!("{kind} must stand here, not {found}"),
        };
        self.report
            .add(Rule::WrongType, node, format_args!("{message}"));
        None
    }

    /// The member of an object when it is there and of this kind.
    pub(crate) fn member(
        &mut self,
        object: Node<'d>,
        key: &'static str,
        kind: Kind,
    ) -> Option<Node<'d>> {
        let value = object.get(key)?;
        self.expect(value, kind)
    }

    /// The member of an object when it is there and of this kind; a finding when it is not there.
    pub(crate) fn required(
        &mut self,
        object: Node<'d>,
        key: &'static str,
        kind: Kind,
    ) -> Option<Node<'d>> {
        if object.get(key).is_none() {
            self.missing(object, key);
        }
        self.member(object, key, kind)
    }

    /// The text of a member. A number or truth value counts as the text it is written with, because YAML makes one of
    /// `version: 1.0` when nobody quotes it.
    pub(crate) fn text(&mut self, object: Node<'d>, key: &'static str) -> Option<&'d str> {
        let value = object.get(key)?;
        if let Kind::Number | Kind::Boolean = value.kind() {
            let written = value.written();
            let message = format_args!(
                "`{key}` must be text, and {} is {}; put it in quotes",
                Quoted(written),
                value.kind()
            );
            self.report.add(Rule::UnquotedText, value, message);
            return Some(written);
        }
        self.expect(value, Kind::Text).map(Node::written)
    }

    /// A text that is used as a name, so that it must not be longer than names are.
    pub(crate) fn name(&mut self, node: Node<'d>, most_bytes: usize) -> Option<&'d str> {
        let text = node.text()?;
        if text.len() <= most_bytes {
            return Some(text);
        }
        let message =
            format_args!("this is longer than {most_bytes} bytes; give it a shorter name");
        self.report.add(Rule::TextTooLong, node, message);
        None
    }

    /// The truth value of a member.
    pub(crate) fn truth(&mut self, object: Node<'d>, key: &'static str) -> Option<bool> {
        self.member(object, key, Kind::Boolean)?.boolean()
    }

    pub(crate) fn missing(&mut self, object: Node<'d>, key: &'static str) {
        let message = format_args!("`{key}` is missing here");
        self.report.add(Rule::MissingMember, object, message);
    }

    /// The node, or what its reference leads to.
    pub(crate) fn follow(&mut self, node: Node<'d>) -> Result<Node<'d>, Broken> {
        let most_steps = self.budgets.reference_chain;
        self.resolver.follow(self.document, node, most_steps)
    }

    /// What a reference leads to in one step.
    pub(crate) fn target(&mut self, reference: &str) -> Result<Node<'d>, Broken> {
        let most_steps = self.budgets.reference_chain;
        self.resolver.target(self.document, reference, most_steps)
    }

    /// The node, or what its reference leads to; an error when it leads nowhere, because the operations or what they
    /// require would not be known.
    pub(crate) fn follow_or_fail(&mut self, node: Node<'d>) -> Option<Node<'d>> {
        match self.follow(node) {
            Ok(target) => Some(target),
            Err(broken) => {
                let at = reference(node).unwrap_or(node);
                let message = format_args!("the reference {} {broken}", Quoted(at.written()));
                self.report.add(Rule::ReferenceUnusable, at, message);
                None
            }
        }
    }

    /// Takes so many from the budget of scopes; `false`, with a finding, when it is used up.
    pub(crate) fn afford_scopes(&mut self, node: Node<'d>, count: usize) -> bool {
        self.scopes = self.scopes.saturating_add(count);
        let most = self.budgets.scopes;
        if self.scopes > most {
            self.over_budget(node, most, "scopes, declared and required", "scopes");
        }
        self.scopes <= most
    }

    /// Takes one from the budget of parameters; `false`, with a finding, when it is used up.
    pub(crate) fn afford_parameter(&mut self, node: Node<'d>) -> bool {
        self.parameters = self.parameters.saturating_add(1);
        let most = self.budgets.parameters;
        if self.parameters > most {
            self.over_budget(node, most, "parameters", "parameters");
        }
        self.parameters <= most
    }

    /// Reports that a budget is exceeded.
    pub(crate) fn over_budget(&mut self, node: Node<'d>, most: usize, what: &str, budget: &str) {
        let message = format_args!("there are more than {most} {what} (the budget `{budget}`)");
        self.report.add(Rule::OverBudget, node, message);
    }
}

/// A text on one line, cut off with `…` after this many characters.
pub(crate) fn one_line(text: &str, characters: usize) -> String {
    let (text, whole) = cut(text, characters);
    let mut line = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if !word.is_empty() && !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !whole {
        line.push('…');
    }
    line
}
