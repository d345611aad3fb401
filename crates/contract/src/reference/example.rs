//! Examples: the document's own where it has one, otherwise one made from the schema, with its cycles cut.

use std::fmt::Write as _;

use crate::tree::node::{Kind, Node};

use super::{Writer, kind::types};

/// The most values of one example.
const VALUES: usize = 200;

/// How deep an example goes.
const DEEPEST: usize = 8;

/// The longest text in an example, in characters.
const TEXT: usize = 300;

/// A value of an example.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// As JSON writes it.
    Plain(String),
    List(Vec<Value>),
    Object(Vec<(String, Value)>),
}

/// One example while it is made.
struct Making {
    left: usize,
    /// The schemas it is inside of, so that none stands in itself.
    inside: Vec<u32>,
}

impl<'d> Writer<'d> {
    /// A value that a schema allows.
    pub(super) fn example(&mut self, schema: Node<'d>) -> Option<Value> {
        let mut making = Making {
            left: VALUES,
            inside: Vec::new(),
        };
        self.made(schema, &mut making)
    }

    fn made(&mut self, schema: Node<'d>, making: &mut Making) -> Option<Value> {
        let schema = self.object(schema)?;
        let inside = making.inside.contains(&schema.number());
        if inside || making.inside.len() > DEEPEST || making.left == 0 || !self.step() {
            return None;
        }
        making.left -= 1;
        if let Some(own) = own(schema) {
            return Some(copied(own, &mut making.left, 0));
        }
        making.inside.push(schema.number());
        let made = self.by_keywords(schema, making);
        making.inside.pop();
        made
    }

    fn by_keywords(&mut self, schema: Node<'d>, making: &mut Making) -> Option<Value> {
        for key in ["oneOf", "anyOf"] {
            let first = schema.get(key).and_then(|choices| choices.items().next());
            if let Some(first) = first.filter(|_| schema.get("properties").is_none()) {
                return self.made(first, making);
            }
        }
        let mut members: Vec<(String, Value)> = Vec::new();
        for part in schema.get("allOf").into_iter().flat_map(Node::items) {
            match self.made(part, making) {
                Some(Value::Object(more)) => members.extend(more),
                Some(other) => return Some(other),
                None => {}
            }
        }
        let kind = types(schema).into_iter().find(|kind| *kind != "null");
        match kind {
            Some("object") | None if kind.is_some() || !members.is_empty() => {
                for (key, value) in schema.get("properties").into_iter().flat_map(Node::members) {
                    let hidden = self.is_hidden(value);
                    let known = members.iter().any(|(name, _)| name == key.written());
                    if !hidden
                        && !known
                        && let Some(made) = self.made(value, making)
                    {
                        members.push((short(key.written()), made));
                    }
                }
                Some(Value::Object(members))
            }
            Some("array") => {
                let items = schema
                    .get("items")
                    .and_then(|items| self.made(items, making));
                Some(Value::List(items.into_iter().collect()))
            }
            Some("integer" | "number") => {
                let least = schema
                    .get("minimum")
                    .filter(|least| least.kind() == Kind::Number);
                Some(Value::Plain(least.map_or("0", Node::written).to_owned()))
            }
            Some("boolean") => Some(Value::Plain("true".to_owned())),
            Some("string") => Some(Value::Plain(quoted(of_format(schema)))),
            _ => Some(Value::Plain("null".to_owned())),
        }
    }
}

/// The value a schema itself names.
fn own<'d>(schema: Node<'d>) -> Option<Node<'d>> {
    let first = |key| {
        schema
            .get(key)
            .and_then(|list: Node<'d>| list.items().next())
    };
    let one = schema.get("example").or_else(|| first("examples"));
    let one = one
        .or_else(|| schema.get("default"))
        .or_else(|| schema.get("const"));
    one.or_else(|| first("enum"))
}

/// A text of a format.
fn of_format(schema: Node<'_>) -> &'static str {
    match schema.get("format").and_then(Node::text) {
        Some("date-time") => "2026-01-31T12:00:00Z",
        Some("date") => "2026-01-31",
        Some("time") => "12:00:00Z",
        Some("duration") => "PT1H",
        Some("email" | "idn-email") => "ada@example.com",
        Some("uri" | "url" | "iri") => "https://example.com",
        Some("uri-reference") => "/a",
        Some("hostname") => "example.com",
        Some("ipv4") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        Some("uuid") => "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        Some("byte") => "dGV4dA==",
        Some(_) | None => "text",
    }
}

/// A value of the document, cut where it is large.
pub(super) fn copied(node: Node<'_>, left: &mut usize, depth: usize) -> Value {
    *left = left.saturating_sub(1);
    match node.kind() {
        Kind::Null => Value::Plain("null".to_owned()),
        Kind::Boolean => Value::Plain(
            if node.boolean() == Some(true) {
                "true"
            } else {
                "false"
            }
            .to_owned(),
        ),
        Kind::Number => Value::Plain(node.written().to_owned()),
        Kind::Text => Value::Plain(quoted(node.written())),
        Kind::List | Kind::Object if depth > DEEPEST => Value::Plain("null".to_owned()),
        Kind::List => {
            let mut items = Vec::new();
            for item in node.items() {
                if *left == 0 {
                    break;
                }
                items.push(copied(item, left, depth + 1));
            }
            Value::List(items)
        }
        Kind::Object => {
            let mut members = Vec::new();
            for (key, value) in node.members() {
                if *left == 0 {
                    break;
                }
                members.push((short(key.written()), copied(value, left, depth + 1)));
            }
            Value::Object(members)
        }
    }
}

/// A value of the document as it may be shown.
pub(super) fn copy(node: Node<'_>) -> Value {
    copied(node, &mut VALUES.clone(), 0)
}

fn short(text: &str) -> String {
    text.chars().take(TEXT).collect()
}

/// A text as JSON writes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars().take(TEXT) {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => {
                // Writing to a text does not fail.
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

impl Value {
    /// As JSON, on lines for people.
    pub(super) fn pretty(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, Some(0));
        text
    }

    /// As JSON, on one line.
    pub(super) fn compact(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, None);
        text
    }

    /// A scalar without quotes, as it stands in an address.
    pub(super) fn bare(&self) -> String {
        match self {
            Self::Plain(plain) => {
                let inside = plain.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
                inside.unwrap_or(plain).to_owned()
            }
            Self::List(_) | Self::Object(_) => self.compact(),
        }
    }

    fn write(&self, text: &mut String, indent: Option<usize>) {
        let deeper = indent.map(|indent| indent + 1);
        match self {
            Self::Plain(plain) => text.push_str(plain),
            Self::List(items) if items.is_empty() => text.push_str("[]"),
            Self::Object(members) if members.is_empty() => text.push_str("{}"),
            Self::List(items) => {
                text.push('[');
                for (position, item) in items.iter().enumerate() {
                    separate(text, position, deeper);
                    item.write(text, deeper);
                }
                end(text, indent);
                text.push(']');
            }
            Self::Object(members) => {
                text.push('{');
                for (position, (key, value)) in members.iter().enumerate() {
                    separate(text, position, deeper);
                    text.push_str(&quoted(key));
                    text.push_str(if indent.is_some() { ": " } else { ":" });
                    value.write(text, deeper);
                }
                end(text, indent);
                text.push('}');
            }
        }
    }
}

fn separate(text: &mut String, position: usize, indent: Option<usize>) {
    if position > 0 {
        text.push(',');
    }
    end(text, indent);
}

fn end(text: &mut String, indent: Option<usize>) {
    if let Some(indent) = indent {
        text.push('\n');
        text.push_str(&"  ".repeat(indent));
    }
}
