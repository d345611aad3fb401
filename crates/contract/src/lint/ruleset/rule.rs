//! Rules: a definition made ready to run.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::gather::{Definition, severity};
use crate::lint::{
    Severity,
    formats::{self, Formats},
    functions::Function,
    path::Path,
};

/// How deep aliases may refer to one another, and how many places one rule may be given.
const DEEPEST: usize = 10;
const MOST_PLACES: usize = 200;

/// A rule that can be run.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) severity: Severity,
    pub(crate) message: Option<String>,
    pub(crate) description: String,
    /// Whether it looks through references.
    pub(crate) resolved: bool,
    pub(crate) formats: Option<Formats>,
    pub(crate) given: Vec<Given>,
    pub(crate) then: Vec<Then>,
}

/// Where a rule looks.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// The path as it is written, with aliases replaced: rules that are given the same share what it leads to.
    pub(crate) written: String,
    pub(crate) path: Path,
    pub(crate) formats: Option<Formats>,
}

/// What a rule asks of what it is given.
#[derive(Clone, Debug)]
pub(crate) struct Then {
    pub(crate) field: Field,
    pub(crate) function: Function,
}

/// Which part of a value is looked at.
#[derive(Clone, Debug)]
pub(crate) enum Field {
    Whole,
    Keys,
    /// A member of a member; first tried as one key, dots and all.
    Member {
        written: String,
        steps: Vec<String>,
    },
    Everything(Path),
}

impl Rule {
    /// Makes a definition ready; otherwise says what in it cannot be run.
    pub(super) fn ready(
        name: &str,
        definition: &Definition,
        aliases: &Map<String, Value>,
    ) -> Result<Self, String> {
        let members = &definition.members;
        let text = |key: &str| members.get(key).and_then(Value::as_str).map(str::to_owned);
        Ok(Self {
            name: name.to_owned(),
            severity: severity(members.get("severity"))
                .flatten()
                .unwrap_or(Severity::Warn),
            message: text("message"),
            description: text("description").unwrap_or_default(),
            resolved: members.get("resolved") != Some(&Value::Bool(false)),
            formats: formats::listed(members.get("formats")).or_else(|| definition.formats.clone()),
            given: given(members.get("given"), aliases)?,
            then: then(members.get("then"))?,
        })
    }
}

fn given(value: Option<&Value>, aliases: &Map<String, Value>) -> Result<Vec<Given>, String> {
    let mut all = Vec::new();
    for written in texts(value) {
        expand(written, aliases, None, 0, &mut all)?;
    }
    if all.is_empty() {
        return Err("it has no `given`".to_owned());
    }
    Ok(all)
}

/// Replaces the alias that a path begins with, if it begins with one.
fn expand(
    written: &str,
    aliases: &Map<String, Value>,
    formats: Option<&Formats>,
    depth: usize,
    all: &mut Vec<Given>,
) -> Result<(), String> {
    let Some(behind) = written.strip_prefix('#') else {
        if all.len() >= MOST_PLACES {
            return Err(format!("its `given` are more than {MOST_PLACES}"));
        }
        let path = Path::parse(written).map_err(|why| format!("the path `{written}`: {why}"))?;
        all.push(Given {
            written: written.to_owned(),
            path,
            formats: formats.cloned(),
        });
        return Ok(());
    };
    if depth > DEEPEST {
        return Err(format!(
            "the alias `{written}` leads through more than {DEEPEST} others"
        ));
    }
    let end = behind.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-'));
    let (name, rest) = behind
        .split_at_checked(end.unwrap_or(behind.len()))
        .unwrap_or((behind, ""));
    let Some(alias) = aliases.get(name) else {
        return Err(format!("the alias `#{name}` is defined nowhere"));
    };
    let Some(targets) = alias.get("targets").and_then(Value::as_array) else {
        for text in texts(Some(alias)) {
            expand(&format!("{text}{rest}"), aliases, formats, depth + 1, all)?;
        }
        return Ok(());
    };
    for target in targets {
        let own = formats::listed(target.get("formats"));
        let both: Option<Formats> = match (own, formats) {
            (Some(own), Some(outer)) => Some(meet(&own, outer)),
            (own, outer) => own.or_else(|| outer.cloned()),
        };
        for text in texts(target.get("given")) {
            expand(
                &format!("{text}{rest}"),
                aliases,
                both.as_ref(),
                depth + 1,
                all,
            )?;
        }
    }
    Ok(())
}

/// The formats that are in both.
fn meet(one: &Formats, other: &Formats) -> Formats {
    one.intersection(other).copied().collect::<BTreeSet<_>>()
}

fn then(value: Option<&Value>) -> Result<Vec<Then>, String> {
    let all = match value {
        Some(Value::Array(many)) => many.iter().map(one).collect::<Result<Vec<_>, _>>()?,
        Some(only) => vec![one(only)?],
        None => Vec::new(),
    };
    if all.is_empty() {
        return Err("it has no `then`".to_owned());
    }
    Ok(all)
}

fn one(then: &Value) -> Result<Then, String> {
    let Some(name) = then.get("function").and_then(Value::as_str) else {
        return Err("a `then` of it names no `function`".to_owned());
    };
    let field = match then.get("field").and_then(Value::as_str) {
        None => Field::Whole,
        Some("@key") => Field::Keys,
        Some(path) if path == "$" || path.starts_with("$.") || path.starts_with("$[") => {
            let path = Path::parse(path).map_err(|why| format!("the field `{path}`: {why}"));
            Field::Everything(path?)
        }
        Some(written) => Field::Member {
            written: written.to_owned(),
            steps: steps(written),
        },
    };
    let function = Function::ready(name, then.get("functionOptions").unwrap_or(&Value::Null))?;
    Ok(Then { field, function })
}

/// The steps of a field such as `info.contact` or `tags[0]['name']`.
fn steps(written: &str) -> Vec<String> {
    let parts = written
        .split(['.', '[', ']'])
        .map(|part| part.trim_matches(['\'', '"']));
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// One text, or all those of a list.
fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let (one, many) = match value {
        Some(Value::Array(many)) => (None, Some(many)),
        Some(Value::String(text)) => (Some(text.as_str()), None),
        _ => (None, None),
    };
    one.into_iter()
        .chain(many.into_iter().flatten().filter_map(Value::as_str))
}
