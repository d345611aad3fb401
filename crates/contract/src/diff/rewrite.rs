//! Rewriting: a document made of the nodes of another one, each of which remembers the one it was made of, so that changes
//! are told where somebody wrote them.

use crate::{
    budget::Budgets,
    report::Report,
    tree::{
        builder::{Builder, Stop},
        document::Document,
        node::{Kind, Node},
        slot::{Form, wide},
    },
};

/// How many times as large as itself a document may become, and what any may grow by.
const GROWTH: (usize, usize) = (4, 100_000);

/// A document as it is compared: as it is written, or rewritten.
#[derive(Debug)]
pub(crate) struct Rewritten<'d> {
    written: &'d Document<'d>,
    anew: Option<(Document<'d>, Vec<u32>)>,
}

/// Rewriting would take more room than it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

impl<'d> Rewritten<'d> {
    /// The document as it is written.
    pub(crate) const fn unchanged(document: &'d Document<'d>) -> Self {
        Self {
            written: document,
            anew: None,
        }
    }

    /// What is compared.
    pub(crate) fn document(&self) -> &Document<'d> {
        self.anew.as_ref().map_or(self.written, |(anew, _)| anew)
    }

    /// The node that one of what is compared was made of.
    pub(crate) fn origin(&self, node: Node<'_>) -> Node<'d> {
        let origin = self.anew.as_ref().and_then(|(_, origins)| {
            let origin = origins.get(wide(node.number()));
            origin.copied()
        });
        self.written.node(origin.unwrap_or(node.number()))
    }
}

/// A document being rewritten: what is written here stands in the order of the calls.
pub(crate) struct Rewriter<'d, 'b> {
    document: &'d Document<'d>,
    builder: Builder<'d, 'b>,
    /// For every node that was written, the one it was made of.
    origins: Vec<u32>,
}

/// How large a document may become, when no more steps than these are to be taken.
pub(crate) fn budgets(document: &Document<'_>, steps: usize) -> Budgets {
    let (times, more) = GROWTH;
    let size = wide(document.size()).saturating_mul(times);
    Budgets {
        nodes: size.saturating_add(more).min(steps),
        ..Budgets::OWN_FILES
    }
}

impl<'d, 'b> Rewriter<'d, 'b> {
    pub(crate) fn new(document: &'d Document<'d>, budgets: &'b Budgets) -> Self {
        let empty = Document::new(document.text, document.format, budgets.nodes);
        Self {
            document,
            builder: Builder::new(empty, budgets, Report::default()),
            origins: Vec::new(),
        }
    }

    pub(crate) fn finish(self) -> Rewritten<'d> {
        Rewritten {
            written: self.document,
            anew: Some((self.builder.finish().0, self.origins)),
        }
    }

    /// Begins a list or an object that stands for a node.
    pub(crate) fn open(&mut self, node: Node<'d>, form: Form) -> Result<(), Stop> {
        self.builder.open(form, node.span().start)?;
        self.origins.push(node.number());
        Ok(())
    }

    pub(crate) fn close(&mut self, node: Node<'d>) {
        self.builder.close(node.span().end);
    }

    /// Writes a key, or a value that is no container, as it is.
    pub(crate) fn scalar(&mut self, node: Node<'d>) -> Result<(), Stop> {
        let form = self.document.slot(node.number()).form;
        if form == Form::Rewritten {
            return self.text(node, node.written());
        }
        let span = node.span();
        self.builder.scalar(form, span.start, span.end)?;
        self.origins.push(node.number());
        Ok(())
    }

    /// Writes a text that stands for a node.
    pub(crate) fn text(&mut self, node: Node<'d>, text: &str) -> Result<(), Stop> {
        let span = node.span();
        self.builder.rewritten(text, span.start, span.end)?;
        self.origins.push(node.number());
        Ok(())
    }

    /// Writes `false` for a node.
    pub(crate) fn false_for(&mut self, node: Node<'d>) -> Result<(), Stop> {
        let span = node.span();
        self.builder.scalar(Form::False, span.start, span.end)?;
        self.origins.push(node.number());
        Ok(())
    }

    /// Writes a value as it is, whatever it is.
    pub(crate) fn data(&mut self, node: Node<'d>) -> Result<(), Stop> {
        match node.kind() {
            Kind::Object => {
                self.open(node, Form::Object)?;
                for (key, value) in node.members() {
                    self.member(key, value)?;
                }
                self.close(node);
            }
            Kind::List => {
                self.open(node, Form::List)?;
                for item in node.items() {
                    self.data(item)?;
                }
                self.close(node);
            }
            Kind::Null | Kind::Boolean | Kind::Number | Kind::Text => self.scalar(node)?,
        }
        Ok(())
    }

    /// Writes a member as it is.
    pub(crate) fn member(&mut self, key: Node<'d>, value: Node<'d>) -> Result<(), Stop> {
        self.scalar(key)?;
        self.data(value)
    }
}
