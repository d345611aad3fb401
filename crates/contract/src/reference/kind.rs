//! Kinds: what a schema allows, on one line, as a reader would say it.

use crate::{
    model::reading::one_line,
    report::cut,
    tree::{
        node::{Kind, Node},
        resolve,
    },
};

use super::Writer;

/// The most alternatives and values that are listed.
const LISTED: usize = 8;

/// The longest value or expression that is shown, in characters.
const VALUE: usize = 60;

/// How deep lists in lists and choices in choices are followed.
const DEEPEST: usize = 4;

impl<'d> Writer<'d> {
    /// A schema on one line.
    pub(super) fn kind(&mut self, schema: Node<'d>) -> String {
        let kind = self.kind_at(schema, 0);
        self.say(kind.len());
        kind
    }

    fn kind_at(&mut self, schema: Node<'d>, depth: usize) -> String {
        if depth > DEEPEST || !self.step() {
            return "…".to_owned();
        }
        if let Some(name) = name(schema) {
            return name;
        }
        let Some(schema) = self.object(schema) else {
            return if schema.boolean() == Some(false) {
                "nothing"
            } else {
                "anything"
            }
            .to_owned();
        };
        if let Some(value) = schema.get("const") {
            return shown(value);
        }
        if let Some(values) = schema
            .get("enum")
            .filter(|values| values.kind() == Kind::List)
        {
            return listed(values.items().map(shown), " or ");
        }
        let mut line = self.type_of(schema, depth);
        for (key, before) in [
            ("minimum", "≥ "),
            ("maximum", "≤ "),
            ("minLength", "at least "),
            ("maxLength", "at most "),
            ("minItems", "at least "),
            ("maxItems", "at most "),
        ] {
            let Some(bound) = schema.get(key).filter(|bound| bound.kind() == Kind::Number) else {
                continue;
            };
            let after = match key {
                "minLength" | "maxLength" => " characters",
                "minItems" | "maxItems" => " items",
                _ => "",
            };
            line += &format!(", {before}{}{after}", bound.written());
        }
        if let Some(pattern) = schema.get("pattern").and_then(Node::text) {
            line += &format!(", matching {}", one_line(pattern, VALUE));
        }
        if let Some(value) = schema.get("default").filter(|value| is_scalar(*value)) {
            line += &format!(", {} if left out", shown(value));
        }
        line
    }

    fn type_of(&mut self, schema: Node<'d>, depth: usize) -> String {
        for (key, between) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")] {
            let choices = schema.get(key).filter(|it| it.kind() == Kind::List);
            let Some(choices) = choices.filter(|it| it.items().next().is_some()) else {
                continue;
            };
            let kinds: Vec<String> = choices
                .items()
                .take(LISTED + 1)
                .map(|choice| self.kind_at(choice, depth + 1))
                .collect();
            return listed(kinds.into_iter(), between);
        }
        let nullable = schema.get("nullable").and_then(Node::boolean) == Some(true);
        let mut kinds: Vec<String> = types(schema)
            .into_iter()
            .map(|kind| match kind {
                "array" => match schema.get("items") {
                    Some(items) => format!("list of {}", self.kind_at(items, depth + 1)),
                    None => "list".to_owned(),
                },
                "object" => match schema.get("additionalProperties") {
                    Some(values) if values.kind() == Kind::Object => {
                        format!("map of {}", self.kind_at(values, depth + 1))
                    }
                    _ => "object".to_owned(),
                },
                other => match schema.get("format").and_then(Node::text) {
                    Some(format) => format!("{other} ({})", one_line(format, VALUE)),
                    None => one_line(other, VALUE),
                },
            })
            .collect();
        if nullable {
            kinds.push("null".to_owned());
        }
        if kinds.is_empty() {
            "anything".to_owned()
        } else {
            kinds.join(" or ")
        }
    }
}

/// The types a schema names, or the one that its other keywords are about.
pub(super) fn types<'d>(schema: Node<'d>) -> Vec<&'d str> {
    match schema.get("type") {
        Some(kind) if kind.kind() == Kind::List => {
            kind.items().filter_map(Node::text).take(7).collect()
        }
        Some(kind) => kind.text().into_iter().collect(),
        None if schema.get("properties").is_some() => vec!["object"],
        None if schema.get("items").is_some() => vec!["array"],
        None => Vec::new(),
    }
}

/// The name of the component that a reference leads to.
pub(super) fn name(schema: Node<'_>) -> Option<String> {
    let reference = resolve::reference(schema)?.written();
    let (_, last) = reference.rsplit_once('/')?;
    Some(one_line(&last.replace("~1", "/").replace("~0", "~"), VALUE))
}

pub(super) fn is_scalar(node: Node<'_>) -> bool {
    !matches!(node.kind(), Kind::List | Kind::Object)
}

/// A value as it is written, short; text in quotes.
fn shown(value: Node<'_>) -> String {
    match value.kind() {
        Kind::Text => {
            let (text, whole) = cut(value.written(), VALUE);
            let end = if whole { "" } else { "…" };
            format!("\"{}{end}\"", one_line(text, VALUE))
        }
        Kind::List => "[…]".to_owned(),
        Kind::Object => "{…}".to_owned(),
        Kind::Null => "null".to_owned(),
        Kind::Boolean | Kind::Number => one_line(value.written(), VALUE),
    }
}

fn listed(all: impl Iterator<Item = String>, between: &str) -> String {
    let mut all: Vec<String> = all.take(LISTED + 1).collect();
    if all.len() > LISTED {
        all.truncate(LISTED);
        all.push("…".to_owned());
    }
    all.join(between)
}
