//! Evaluating the expression of a filter.
//!
//! Invariant: whatever JavaScript would throw at is `None`, and a filter that throws selects nothing.

use std::borrow::Cow;

use super::expression::{Comparison, Expression, Method};
use crate::{
    fuel::Fuel,
    pattern::Pattern,
    tree::{
        node::{Kind, Node},
        view::{Seen, View},
    },
};

/// A value on the way through an expression.
#[derive(Clone, Debug)]
enum Value<'v> {
    Undefined,
    Null,
    Boolean(bool),
    Number(f64),
    Text(Cow<'v, str>),
    /// A list or an object of the document.
    Node(Node<'v>),
    List(Vec<Value<'v>>),
    Pattern(&'v Pattern),
    /// What `.constructor` is of a value: its class by name.
    Class(&'static str),
}

/// What a filter is asked about.
pub(super) struct Question<'v> {
    pub(super) view: View<'v>,
    pub(super) seen: Seen<'v>,
    pub(super) fuel: &'v Fuel,
}

impl<'v> Question<'v> {
    /// Whether the expression is true.
    pub(super) fn holds(&self, expression: &'v Expression) -> bool {
        self.value(expression).is_some_and(|value| value.is_true())
    }

    fn value(&self, expression: &'v Expression) -> Option<Value<'v>> {
        if !self.fuel.burn(1) {
            return None;
        }
        let stands = self.seen.stands;
        Some(match expression {
            Expression::Undefined => Value::Undefined,
            Expression::Null => Value::Null,
            Expression::Boolean(truth) => Value::Boolean(*truth),
            Expression::Number(number) => Value::Number(*number),
            Expression::Text(text) => Value::Text(Cow::Borrowed(text)),
            Expression::Pattern(pattern) => Value::Pattern(pattern),
            Expression::List(items) => {
                let items = items.iter().map(|item| self.value(item));
                Value::List(items.collect::<Option<_>>()?)
            }
            Expression::Current => Value::of(self.seen.node),
            Expression::Property => property(stands),
            Expression::Parent => stands.parent().map_or(Value::Undefined, Value::Node),
            Expression::ParentProperty => stands.parent().map_or(Value::Undefined, property),
            Expression::Where => Value::Text(Cow::Owned(place(stands))),
            Expression::Root => Value::of(self.view.root().node),
            Expression::Member(of, name) => {
                let (of, name) = (self.value(of)?, self.value(name)?);
                self.member(of, &name.to_text())?
            }
            Expression::Call(of, method, arguments) => {
                let of = self.value(of)?;
                let first = match arguments.first() {
                    Some(argument) => self.value(argument)?,
                    None => Value::Undefined,
                };
                self.call(of, *method, first)?
            }
            Expression::Not(of) => Value::Boolean(!self.value(of)?.is_true()),
            Expression::Negative(of) => Value::Number(-self.value(of)?.to_number()),
            Expression::TypeOf(of) => Value::Text(Cow::Borrowed(self.value(of)?.type_name())),
            Expression::Both(left, right) => {
                let left = self.value(left)?;
                if left.is_true() {
                    self.value(right)?
                } else {
                    left
                }
            }
            Expression::Either(left, right) => {
                let left = self.value(left)?;
                if left.is_true() {
                    left
                } else {
                    self.value(right)?
                }
            }
            Expression::Compare(left, comparison, right) => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                Value::Boolean(self.compare(&left, *comparison, &right)?)
            }
            Expression::Add(left, right) => match (self.value(left)?, self.value(right)?) {
                (left @ Value::Text(_), right) | (left, right @ Value::Text(_)) => {
                    let both = left.to_text().into_owned() + &right.to_text();
                    self.afford(&both)?;
                    Value::Text(Cow::Owned(both))
                }
                (left, right) => Value::Number(left.to_number() + right.to_number()),
            },
            Expression::Subtract(left, right) => {
                Value::Number(self.value(left)?.to_number() - self.value(right)?.to_number())
            }
        })
    }

    fn member(&self, of: Value<'v>, name: &str) -> Option<Value<'v>> {
        Some(match (of, name) {
            (Value::Undefined | Value::Null, _) => return None,
            (Value::Node(node), _) if node.kind() == Kind::Object => {
                match self.view.get(node, name) {
                    Some(value) => Value::of(value),
                    None if name == "constructor" => Value::Class("Object"),
                    None => Value::Undefined,
                }
            }
            (Value::Node(_) | Value::List(_), "constructor") => Value::Class("Array"),
            (Value::Node(list), "length") => Value::count(self.view.items(list).count()),
            (Value::Node(list), _) => match list.step(name) {
                Some(item) => Value::of(self.view.see(item).node),
                None => Value::Undefined,
            },
            (Value::List(items), "length") => Value::count(items.len()),
            (Value::Text(text), "length") => Value::count(text.encode_utf16().count()),
            (Value::Text(_), "constructor") => Value::Class("String"),
            (Value::Text(_), _) if Method::named(name).is_some() => Value::Class("Function"),
            (Value::Text(text), _) => {
                let position = name.parse().ok();
                let letter = position.and_then(|position| text.chars().nth(position));
                letter.map_or(Value::Undefined, |c| Value::Text(Cow::Owned(c.to_string())))
            }
            (Value::Number(_), "constructor") => Value::Class("Number"),
            (Value::Boolean(_), "constructor") => Value::Class("Boolean"),
            (Value::Class(class), "name") => Value::Text(Cow::Borrowed(class)),
            _ => Value::Undefined,
        })
    }

    fn call(&self, of: Value<'v>, method: Method, given: Value<'v>) -> Option<Value<'v>> {
        match (method, of) {
            (Method::Match, Value::Text(text)) => self.matches(&text, &given),
            (Method::Test, Value::Pattern(pattern)) => {
                let text = given.to_text();
                self.matches(&text, &Value::Pattern(pattern))
            }
            (Method::Includes, Value::Text(text)) => {
                self.afford(&text)?;
                Some(Value::Boolean(text.contains(&*given.to_text())))
            }
            (Method::Includes, list) => {
                Some(Value::Boolean(self.position(&list, &given)?.is_some()))
            }
            (Method::IndexOf, Value::Text(text)) => {
                self.afford(&text)?;
                Some(Value::position(text.find(&*given.to_text())))
            }
            (Method::IndexOf, list) => Some(Value::position(self.position(&list, &given)?)),
            (Method::StartsWith, Value::Text(text)) => {
                Some(Value::Boolean(text.starts_with(&*given.to_text())))
            }
            (Method::EndsWith, Value::Text(text)) => {
                Some(Value::Boolean(text.ends_with(&*given.to_text())))
            }
            (Method::ToLowerCase, Value::Text(text)) => {
                self.afford(&text)?;
                Some(Value::Text(Cow::Owned(text.to_lowercase())))
            }
            (Method::ToUpperCase, Value::Text(text)) => {
                self.afford(&text)?;
                Some(Value::Text(Cow::Owned(text.to_uppercase())))
            }
            (Method::HasOwnProperty, Value::Node(node)) => {
                Some(Value::Boolean(node.step(&given.to_text()).is_some()))
            }
            (Method::Keys, Value::Node(node)) => {
                let keys = node.members().map(|(key, _)| key.written());
                let keys =
                    keys.map(|key| self.fuel.burn(1).then_some(Value::Text(Cow::Borrowed(key))));
                Some(Value::List(keys.collect::<Option<_>>()?))
            }
            (Method::IsArray, of) => Some(Value::Boolean(of.is_list())),
            _ => None,
        }
    }

    fn matches(&self, text: &str, pattern: &Value<'v>) -> Option<Value<'v>> {
        let found = match pattern {
            Value::Pattern(pattern) => pattern.is_in(text, self.fuel)?,
            Value::Text(source) => Pattern::new(source, "").ok()?.is_in(text, self.fuel)?,
            _ => return None,
        };
        Some(Value::Boolean(found))
    }

    /// Where in a list a value stands; `None` when it is no list.
    fn position(&self, list: &Value<'v>, value: &Value<'v>) -> Option<Option<usize>> {
        match list {
            Value::Node(node) if node.kind() == Kind::List => {
                let mut items = self.view.items(*node);
                Some(items.position(|item| self.fuel.burn(1) && Value::of(item).is_same(value)))
            }
            Value::List(items) => Some(items.iter().position(|item| item.is_same(value))),
            _ => None,
        }
    }

    fn compare(&self, left: &Value<'v>, comparison: Comparison, right: &Value<'v>) -> Option<bool> {
        let ordered =
            |less: fn(f64, f64) -> bool, before: fn(&str, &str) -> bool| match (left, right) {
                (Value::Text(left), Value::Text(right)) => before(left, right),
                _ => less(left.to_number(), right.to_number()),
            };
        Some(match comparison {
            Comparison::Same => left.is_same(right),
            Comparison::NotSame => !left.is_same(right),
            Comparison::Equal => left.is_alike(right),
            Comparison::NotEqual => !left.is_alike(right),
            Comparison::Less => ordered(|a, b| a < b, |a, b| a < b),
            Comparison::AtMost => ordered(|a, b| a <= b, |a, b| a <= b),
            Comparison::More => ordered(|a, b| a > b, |a, b| a > b),
            Comparison::AtLeast => ordered(|a, b| a >= b, |a, b| a >= b),
            Comparison::In => match right {
                Value::Node(node) => node.step(&left.to_text()).is_some(),
                _ => return None,
            },
        })
    }

    /// Pays for work on a text, which may be megabytes long.
    fn afford(&self, text: &str) -> Option<()> {
        self.fuel.burn_for(text).then_some(())
    }
}

impl<'v> Value<'v> {
    fn of(node: Node<'v>) -> Self {
        match node.kind() {
            Kind::Null => Self::Null,
            Kind::Boolean => Self::Boolean(node.boolean() == Some(true)),
            Kind::Number => Self::Number(node.written().parse().unwrap_or(f64::NAN)),
            Kind::Text => Self::Text(Cow::Borrowed(node.written())),
            Kind::List | Kind::Object => Self::Node(node),
        }
    }

    fn count(count: usize) -> Self {
        Self::Number(u32::try_from(count).map_or(f64::INFINITY, f64::from))
    }

    fn position(position: Option<usize>) -> Self {
        position.map_or(Self::Number(-1.0), Self::count)
    }

    fn is_true(&self) -> bool {
        match self {
            Self::Undefined | Self::Null => false,
            Self::Boolean(truth) => *truth,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::Node(_) | Self::List(_) | Self::Pattern(_) | Self::Class(_) => true,
        }
    }

    fn is_list(&self) -> bool {
        match self {
            Self::Node(node) => node.kind() == Kind::List,
            Self::List(_) => true,
            _ => false,
        }
    }

    /// As `===`.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Undefined, Self::Undefined) | (Self::Null, Self::Null) => true,
            (Self::Boolean(one), Self::Boolean(other)) => one == other,
            (Self::Number(one), Self::Number(other)) => one == other,
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::Node(one), Self::Node(other)) => one == other,
            (Self::Class(one), Self::Class(other)) => one == other,
            _ => false,
        }
    }

    /// As `==`.
    fn is_alike(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Undefined | Self::Null, Self::Undefined | Self::Null) => true,
            (
                Self::Number(_) | Self::Boolean(_),
                Self::Text(_) | Self::Number(_) | Self::Boolean(_),
            )
            | (Self::Text(_), Self::Number(_) | Self::Boolean(_)) => {
                self.to_number() == other.to_number()
            }
            _ => self.is_same(other),
        }
    }

    fn to_number(&self) -> f64 {
        match self {
            Self::Null => 0.0,
            Self::Boolean(truth) => f64::from(*truth),
            Self::Number(number) => *number,
            Self::Text(text) if text.trim().is_empty() => 0.0,
            Self::Text(text) => text.trim().parse().unwrap_or(f64::NAN),
            _ => f64::NAN,
        }
    }

    fn to_text(&self) -> Cow<'v, str> {
        match self {
            Self::Undefined => Cow::Borrowed("undefined"),
            Self::Null => Cow::Borrowed("null"),
            Self::Boolean(truth) => Cow::Owned(truth.to_string()),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Text(text) => text.clone(),
            Self::Node(_) | Self::List(_) => Cow::Borrowed("[object Object]"),
            Self::Pattern(_) => Cow::Borrowed("/pattern/"),
            Self::Class(class) => Cow::Borrowed(class),
        }
    }

    fn type_name(&self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::Boolean(_) => "boolean",
            Self::Number(_) => "number",
            Self::Text(_) => "string",
            Self::Null | Self::Node(_) | Self::List(_) | Self::Pattern(_) => "object",
            Self::Class(_) => "function",
        }
    }
}

/// The key a node stands under, or its position.
fn property(stands: Node<'_>) -> Value<'_> {
    match (stands.key(), stands.parent()) {
        (Some(key), _) => Value::Text(Cow::Borrowed(key.written())),
        (None, Some(_)) => match stands.steps().pop().and_then(|step| step.parse().ok()) {
            Some(position) => Value::Number(position),
            None => Value::Undefined,
        },
        (None, None) => Value::Undefined,
    }
}

/// The path of a node as `@path` has it: `$['paths']['/orders'][0]`.
fn place(stands: Node<'_>) -> String {
    let mut path = "$".to_owned();
    for step in stands.steps() {
        path.push_str("['");
        path.push_str(&step);
        path.push_str("']");
    }
    path
}
