//! The report: where findings gather while a document is read and checked.
//!
//! Invariant: what a report holds is bounded, and no number of warnings can crowd out an error.

use std::{collections::BTreeSet, fmt};

use crate::{
    finding::{Finding, Findings},
    rule::{Level, Rule},
    tree::{document::Document, node::Node, places::Place, pointer},
};

/// Findings counted after which counting stops; the answer says "at least".
const COUNTED: usize = 10_000;

/// The longest pointer told. Keys are as long as an attacker likes, and the answer must stay small.
const POINTER: usize = 1_000;

/// The most of a document's own text that a message repeats.
const QUOTED: usize = 80;

#[derive(Debug, Default)]
pub(crate) struct Report {
    errors: Pile,
    others: Pile,
}

/// Findings of one gravity.
#[derive(Debug, Default)]
struct Pile {
    /// What was found, by rule and place, because a component is read at every place that refers to it.
    seen: BTreeSet<(Rule, usize, u32)>,
    kept: Vec<Finding>,
}

impl Report {
    /// Something about a node.
    pub(crate) fn add(&mut self, rule: Rule, node: Node<'_>, message: fmt::Arguments<'_>) {
        let start = node.span().start;
        let keep = || {
            let Place { line, column } = node.told_place();
            Finding {
                rule,
                level: rule.level(),
                pointer: brief(node),
                line,
                column,
                message: message.to_string(),
            }
        };
        self.pile(rule).add((rule, start, node.number()), keep);
    }

    /// Something about a byte of a document that is still being read, inside the given container.
    pub(crate) fn add_at(
        &mut self,
        rule: Rule,
        document: &Document<'_>,
        (inside, offset): (u32, usize),
        message: fmt::Arguments<'_>,
    ) {
        let keep = || {
            let Place { line, column } = document.place(offset);
            let pointer = brief(document.node(inside));
            Finding {
                rule,
                level: rule.level(),
                pointer,
                line,
                column,
                message: message.to_string(),
            }
        };
        self.pile(rule).add((rule, offset, inside), keep);
    }

    /// Something about the upload as a whole, before there is a document.
    pub(crate) fn add_whole(&mut self, rule: Rule, place: Place, message: fmt::Arguments<'_>) {
        let Place { line, column } = place;
        let keep = || Finding {
            rule,
            level: rule.level(),
            pointer: String::new(),
            line,
            column,
            message: message.to_string(),
        };
        self.pile(rule).add((rule, 0, 0), keep);
    }

    /// Whether anything found so far forbids storing the document.
    pub(crate) fn has_errors(&self) -> bool {
        !self.errors.seen.is_empty()
    }

    /// Whether a rule has found something about a node.
    pub(crate) fn has(&self, rule: Rule, node: Node<'_>) -> bool {
        let what = (rule, node.span().start, node.number());
        self.errors.seen.contains(&what) || self.others.seen.contains(&what)
    }

    /// Everything found, in the order of the document, errors first to be kept.
    pub(crate) fn finish(self) -> Findings {
        let Self { errors, others } = self;
        let counted = errors.seen.len() + others.seen.len();
        let at_least = if errors.is_full() || others.is_full() {
            "at least "
        } else {
            ""
        };
        let mut kept = errors.kept;
        kept.extend(others.kept);
        kept.truncate(Findings::MOST);
        kept.sort_by(|one, other| order(one).cmp(&order(other)));
        let rest = counted - kept.len();
        if rest > 0 {
            let rule = Rule::MoreFindings;
            let Place { line, column } = Place::START;
            let message = format!(
                "{at_least}{rest} more findings are not told here; mend these first and upload again"
            );
            kept.push(Finding {
                rule,
                level: rule.level(),
                pointer: String::new(),
                line,
                column,
                message,
            });
        }
        Findings::from_sorted(kept)
    }

    fn pile(&mut self, rule: Rule) -> &mut Pile {
        match rule.level() {
            Level::Error => &mut self.errors,
            Level::Warning | Level::Info => &mut self.others,
        }
    }
}

impl Pile {
    fn add(&mut self, what: (Rule, usize, u32), keep: impl FnOnce() -> Finding) {
        if self.is_full() || !self.seen.insert(what) {
            return;
        }
        if self.kept.len() < Findings::MOST {
            self.kept.push(keep());
        }
    }

    fn is_full(&self) -> bool {
        self.seen.len() >= COUNTED
    }
}

fn order(finding: &Finding) -> (u32, u32, Rule, &str) {
    (finding.line, finding.column, finding.rule, &finding.pointer)
}

/// The pointer of a node, cut off when it is longer than a pointer to anything sensible.
pub(crate) fn brief(node: Node<'_>) -> String {
    let mut told = String::new();
    for step in node.steps() {
        let (step, whole) = cut(&step, POINTER);
        pointer::push(&mut told, step);
        if !whole || told.len() > POINTER {
            told.push('…');
            break;
        }
    }
    told
}

/// A text of the document as it may stand in a message: short, on one line, in backquotes.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (text, whole) = cut(self.0, QUOTED);
        f.write_str("`")?;
        for c in text.chars() {
            if c.is_control() {
                write!(f, "{}", c.escape_default())?;
            } else {
                write!(f, "{c}")?;
            }
        }
        f.write_str(if whole { "`" } else { "…`" })
    }
}

/// The first characters of a text, and whether they are all of it.
pub(crate) fn cut(text: &str, characters: usize) -> (&str, bool) {
    match text.char_indices().nth(characters) {
        Some((end, _)) => (text.get(..end).unwrap_or(text), false),
        None => (text, true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_text_is_short_and_on_one_line() {
        assert_eq!(Quoted("a\nb\u{7}").to_string(), "`a\\nb\\u{7}`");
        let long = Quoted(&"ö".repeat(500)).to_string();
        assert_eq!(long.chars().count(), QUOTED + 3);
        assert!(long.ends_with("…`"));
    }
}
