//! Functions about one value: whether it is there, and how its text or size is.

use std::sync::Arc;

use serde_json::Value;

use super::{Found, Function, Subject};
use crate::{
    lint::{message, run::Scope},
    pattern::Pattern,
    tree::node::{Kind, Node},
};

/// Whether JavaScript takes a value for true.
fn is_true(node: Node<'_>) -> bool {
    match node.kind() {
        Kind::Null => false,
        Kind::Boolean => node.boolean() == Some(true),
        Kind::Number => node
            .written()
            .parse::<f64>()
            .is_ok_and(|number| number != 0.0),
        Kind::Text => !node.written().is_empty(),
        Kind::List | Kind::Object => true,
    }
}

pub(super) fn truthy(subject: Subject<'_>) -> Option<Found<'_>> {
    match subject.value {
        Some(value) if is_true(value) => None,
        Some(value) => Some(Found::new(value, "this must say something")),
        None => Some(Found::new(subject.at, "what the rule asks for is missing")),
    }
}

pub(super) fn falsy(subject: Subject<'_>) -> Option<Found<'_>> {
    let value = subject.value.filter(|value| is_true(*value))?;
    Some(Found::new(value, "this must be empty or left out"))
}

pub(super) fn defined(subject: Subject<'_>) -> Option<Found<'_>> {
    match subject.value {
        Some(_) => None,
        None => Some(Found::new(subject.at, "what the rule asks for is missing")),
    }
}

pub(super) fn undefined(subject: Subject<'_>) -> Option<Found<'_>> {
    let value = subject.value?;
    Some(Found::new(value, "this must be left out"))
}

pub(super) fn pattern(options: &Value) -> Result<Function, String> {
    let one = |key: &str| match options.get(key).and_then(Value::as_str) {
        Some(written) => Pattern::of_rule(written).map(Arc::new).map(Some),
        None => Ok(None),
    };
    let (matches, not) = (one("match")?, one("notMatch")?);
    if matches.is_none() && not.is_none() {
        return Err("its function has neither `match` nor `notMatch`".to_owned());
    }
    Ok(Function::Pattern { matches, not })
}

pub(super) fn patterned<'r>(
    subject: Subject<'r>,
    (matches, not): (Option<&Pattern>, Option<&Pattern>),
    scope: &Scope<'r>,
    found: &mut Vec<Found<'r>>,
) {
    let Some(value) = subject.value.filter(|value| value.kind() == Kind::Text) else {
        return;
    };
    for (pattern, wanted) in [(matches, true), (not, false)] {
        let Some(pattern) = pattern else {
            continue;
        };
        match pattern.is_in(value.written(), scope.fuel) {
            Some(is_in) if is_in == wanted => {}
            Some(_) => {
                let not = if wanted {
                    "does not match"
                } else {
                    "must not match"
                };
                let said = message::value(value);
                found.push(Found::new(
                    value,
                    format!("{said} {not} the pattern `{pattern:?}`"),
                ));
            }
            None => scope.undecided.borrow_mut().push(value),
        }
    }
}

/// A way of writing names.
#[derive(Debug)]
pub(crate) struct Casing {
    name: String,
    pattern: Pattern,
    /// A separator that may stand alone.
    alone: Option<String>,
}

impl Casing {
    pub(crate) fn ready(options: &Value) -> Result<Self, String> {
        let name = super::text(options, "type")?;
        let digits = match options.get("disallowDigits") {
            Some(Value::Bool(true)) => "",
            _ => "0-9",
        };
        let word = match name.as_str() {
            "flat" => format!("[a-z][a-z{digits}]*"),
            "camel" => format!("[a-z][a-z{digits}]*(?:[A-Z{digits}](?:[a-z{digits}]+|$))*"),
            "pascal" => format!("[A-Z][a-z{digits}]*(?:[A-Z{digits}](?:[a-z{digits}]+|$))*"),
            "kebab" => format!("[a-z][a-z{digits}]*(?:-[a-z{digits}]+)*"),
            "cobol" => format!("[A-Z][A-Z{digits}]*(?:-[A-Z{digits}]+)*"),
            "snake" => format!("[a-z][a-z{digits}]*(?:_[a-z{digits}]+)*"),
            "macro" => format!("[A-Z][A-Z{digits}]*(?:_[A-Z{digits}]+)*"),
            _ => return Err(format!("there is no casing `{name}`")),
        };
        let separator = options.get("separator");
        let sign = separator
            .and_then(|it| it.get("char"))
            .and_then(Value::as_str);
        let leading = separator.and_then(|it| it.get("allowLeading")) == Some(&Value::Bool(true));
        let whole = match sign {
            Some(sign) => {
                let between: String = sign.chars().take(1).flat_map(|c| ['\\', c]).collect();
                let first = if leading {
                    format!("[{between}]?")
                } else {
                    String::new()
                };
                format!("^{first}{word}(?:[{between}]{word})*$")
            }
            None => format!("^{word}$"),
        };
        Ok(Self {
            pattern: Pattern::new(&whole, "")?,
            alone: sign.filter(|_| leading).map(str::to_owned),
            name,
        })
    }

    pub(super) fn check<'r>(&self, subject: Subject<'r>, scope: &Scope<'r>) -> Option<Found<'r>> {
        let value = subject.value.filter(|value| value.kind() == Kind::Text)?;
        let text = value.written();
        if text.is_empty() || self.alone.as_deref() == Some(text) {
            return None;
        }
        let fits = self.pattern.is_in(text, scope.fuel)?;
        (!fits).then(|| {
            Found::new(
                value,
                format!("{} must be in {} case", message::value(value), self.name),
            )
        })
    }
}

pub(super) fn length<'r>(
    subject: Subject<'r>,
    min: Option<f64>,
    max: Option<f64>,
    found: &mut Vec<Found<'r>>,
) {
    let Some(value) = subject.value else {
        return;
    };
    let count = |count: usize| u32::try_from(count).map_or(f64::INFINITY, f64::from);
    let length = match value.kind() {
        Kind::Text => count(value.written().encode_utf16().count()),
        Kind::Number => value.written().parse().unwrap_or(f64::NAN),
        Kind::List => count(value.items().count()),
        Kind::Object => count(value.members().count()),
        Kind::Null | Kind::Boolean => return,
    };
    if let Some(min) = min.filter(|min| length < *min) {
        found.push(Found::new(
            value,
            format!("the length must be at least {min}, and it is {length}"),
        ));
    }
    if let Some(max) = max.filter(|max| length > *max) {
        found.push(Found::new(
            value,
            format!("the length must be at most {max}, and it is {length}"),
        ));
    }
}

pub(super) fn enumeration<'r>(subject: Subject<'r>, values: &[Value]) -> Option<Found<'r>> {
    let value = subject.value.filter(|value| !value.is_container())?;
    if values.iter().any(|one| is(value, one)) {
        return None;
    }
    let told: Vec<String> = values.iter().take(20).map(Value::to_string).collect();
    let said = message::value(value);
    Some(Found::new(
        value,
        format!("{said} must be one of {}", told.join(", ")),
    ))
}

/// Whether a node is this value; containers are none.
fn is(node: Node<'_>, value: &Value) -> bool {
    match (node.kind(), value) {
        (Kind::Null, Value::Null) => true,
        (Kind::Boolean, Value::Bool(truth)) => node.boolean() == Some(*truth),
        (Kind::Number, Value::Number(number)) => node.written().parse().ok() == number.as_f64(),
        (Kind::Text, Value::String(text)) => node.written() == text,
        _ => false,
    }
}
