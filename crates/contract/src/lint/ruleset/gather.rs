//! Gathering: a ruleset with everything it extends, as one set of definitions.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Pointed, RulesetError, built_in, glob, value};
use crate::lint::{
    Severity, Unsupported,
    formats::{self, Formats},
};

/// How deep rulesets may extend one another, and how many may be read in all.
const DEEPEST: usize = 10;
const MOST: usize = 100;

/// Who is asked for the text of a ruleset by its name.
pub(crate) type Resolve<'r> = dyn Fn(&str) -> Option<String> + 'r;

/// Definitions from all over a ruleset and what it extends; the later ones have had their say over the earlier ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    pub(super) aliases: Map<String, Value>,
    pub(super) definitions: BTreeMap<String, Definition>,
    overrides: Vec<Value>,
    pub(super) unsupported: Vec<Unsupported>,
}

/// A rule as it is defined.
#[derive(Clone, Debug)]
pub(super) struct Definition {
    pub(super) members: Map<String, Value>,
    /// The formats of the ruleset it stands in, for when it has none of its own.
    pub(super) formats: Option<Formats>,
    pub(super) enabled: bool,
}

/// Which rules of an extended ruleset are turned on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Recommended,
    All,
    Off,
}

impl Gathered {
    pub(super) fn of(ruleset: &Value, resolve: &Resolve<'_>) -> Result<Self, RulesetError> {
        let mut read = 0;
        Self::gather(ruleset, resolve, 0, &mut read)
    }

    fn gather(
        ruleset: &Value,
        resolve: &Resolve<'_>,
        depth: usize,
        read: &mut usize,
    ) -> Result<Self, RulesetError> {
        let Some(members) = ruleset.as_object() else {
            return Err(not_a_ruleset("it is not an object"));
        };
        if !["extends", "rules", "overrides"]
            .iter()
            .any(|key| members.contains_key(*key))
        {
            return Err(not_a_ruleset(
                "it has none of `extends`, `rules` and `overrides`",
            ));
        }
        let rules = members.get("rules").unwrap_or(&Value::Null);
        if !rules.is_object() && !rules.is_null() {
            return Err(not_a_ruleset("its `rules` are not an object"));
        }
        let mut gathered = Self::default();
        for (name, mode) in extended(members.get("extends")) {
            *read += 1;
            if depth >= DEEPEST || *read > MOST {
                return Err(not_a_ruleset("it extends too many others, or itself"));
            }
            let text = match built_in::text(&name) {
                Some(text) => Some(text.to_owned()),
                None => resolve(&name),
            };
            let Some(text) = text else {
                gathered.unsupported(
                    None,
                    format!("the ruleset `{name}` that it extends is not at hand"),
                );
                continue;
            };
            let mut other = Self::gather(&value(&text)?, resolve, depth + 1, read)?;
            for definition in other.definitions.values_mut() {
                match mode {
                    Mode::Recommended => {}
                    Mode::All => definition.enabled = true,
                    Mode::Off => definition.enabled = false,
                }
            }
            gathered.take_in(other);
        }
        gathered.own(members);
        Ok(gathered)
    }

    fn take_in(&mut self, other: Self) {
        self.aliases.extend(other.aliases);
        self.definitions.extend(other.definitions);
        self.overrides.extend(other.overrides);
        self.unsupported.extend(other.unsupported);
    }

    /// What the ruleset says itself.
    fn own(&mut self, members: &Map<String, Value>) {
        for key in ["functions", "functionsDir"] {
            let named = members.get(key).and_then(Value::as_array);
            if named.is_some_and(|named| !named.is_empty()) {
                self.unsupported(None, format!("`{key}` holds JavaScript, which is not run"));
            }
        }
        if let Some(aliases) = members.get("aliases").and_then(Value::as_object) {
            self.aliases.extend(aliases.clone());
        }
        let formats = formats::listed(members.get("formats"));
        for (name, rule) in members
            .get("rules")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            self.rule(name, rule, formats.as_ref());
        }
        let overrides = members.get("overrides").and_then(Value::as_array);
        self.overrides
            .extend(overrides.into_iter().flatten().cloned());
        for (place, rules) in members
            .get("except")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let names = rules
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            let off = names.map(|name| (name.to_owned(), Value::from("off")));
            let off = Value::Object(off.collect());
            self.overrides
                .push(serde_json::json!({ "files": [place], "rules": off }));
        }
    }

    /// One entry of `rules`: a definition, a change of one, or no more than a severity.
    fn rule(&mut self, name: &str, rule: &Value, formats: Option<&Formats>) {
        if let Value::Object(members) = rule {
            let off = severity(members.get("severity")) == Some(None);
            if let Some(known) = self.definitions.get_mut(name) {
                known.members.extend(members.clone());
                known.enabled = !off;
                return;
            }
            let recommended = members.get("recommended") != Some(&Value::Bool(false));
            let definition = Definition {
                members: members.clone(),
                formats: formats.cloned(),
                enabled: recommended && !off,
            };
            self.definitions.insert(name.to_owned(), definition);
            return;
        }
        let Some(definition) = self.definitions.get_mut(name) else {
            let reason = "it is turned on or off and defined nowhere".to_owned();
            return self.unsupported(Some(name), reason);
        };
        // `[severity, options]` is how older rulesets say it.
        let said = rule
            .as_array()
            .and_then(|list| list.first())
            .unwrap_or(rule);
        match (said, severity(Some(said))) {
            (Value::Bool(enabled), _) => definition.enabled = *enabled,
            (_, Some(None)) => definition.enabled = false,
            (_, Some(Some(_))) => {
                definition.enabled = true;
                definition
                    .members
                    .insert("severity".to_owned(), said.clone());
            }
            (_, None) => self.unsupported(Some(name), format!("`{said}` is no severity")),
        }
    }

    /// Applies the overrides for a file; what they say of parts of it is returned.
    pub(super) fn override_for(&mut self, path: &str) -> Vec<Pointed> {
        let mut pointed = Vec::new();
        for said in std::mem::take(&mut self.overrides) {
            let Some(members) = said.as_object() else {
                continue;
            };
            let files = members.get("files").and_then(Value::as_array);
            for file in files.into_iter().flatten().filter_map(Value::as_str) {
                let (pattern, pointer) = match file.split_once('#') {
                    Some((pattern, pointer)) => (pattern, Some(pointer)),
                    None => (file, None),
                };
                if !pattern.is_empty() && !glob::matches(pattern, path) {
                    continue;
                }
                if members.contains_key("extends") {
                    let reason = format!(
                        "the override for `{file}` extends a ruleset, which overrides cannot"
                    );
                    self.unsupported(None, reason);
                }
                match pointer {
                    None => self.own(members),
                    Some(pointer) => pointed.extend(parts(pointer, members)),
                }
            }
        }
        pointed
    }

    fn unsupported(&mut self, rule: Option<&str>, reason: String) {
        let rule = rule.map(str::to_owned);
        self.unsupported.push(Unsupported { rule, reason });
    }
}

fn parts(pointer: &str, members: &Map<String, Value>) -> Vec<Pointed> {
    let rules = members.get("rules").and_then(Value::as_object);
    let part = |(rule, said): (&String, &Value)| Pointed {
        pointer: pointer.to_owned(),
        rule: rule.clone(),
        severity: severity(Some(said)).flatten(),
    };
    rules.into_iter().flatten().map(part).collect()
}

fn extended(value: Option<&Value>) -> Vec<(String, Mode)> {
    let one = |value: &Value| match value {
        Value::String(name) => Some((name.clone(), Mode::Recommended)),
        Value::Array(pair) => {
            let name = pair.first()?.as_str()?.to_owned();
            let mode = match pair.get(1).and_then(Value::as_str) {
                Some("all") => Mode::All,
                Some("off") => Mode::Off,
                _ => Mode::Recommended,
            };
            Some((name, mode))
        }
        _ => None,
    };
    match value {
        Some(Value::Array(many)) => many.iter().filter_map(one).collect(),
        Some(only) => one(only).into_iter().collect(),
        None => Vec::new(),
    }
}

/// The severity that a value is: `None` when it is none, `Some(None)` when it is `off`.
pub(super) fn severity(value: Option<&Value>) -> Option<Option<Severity>> {
    Some(match value? {
        Value::String(name) => match name.as_str() {
            "error" => Some(Severity::Error),
            "warn" => Some(Severity::Warn),
            "info" => Some(Severity::Info),
            "hint" => Some(Severity::Hint),
            "off" => None,
            _ => return None,
        },
        Value::Number(number) => match number.as_i64() {
            Some(0) => Some(Severity::Error),
            Some(1) => Some(Severity::Warn),
            Some(2) => Some(Severity::Info),
            Some(3) => Some(Severity::Hint),
            Some(-1) => None,
            _ => return None,
        },
        Value::Bool(false) => None,
        _ => return None,
    })
}

fn not_a_ruleset(why: &str) -> RulesetError {
    RulesetError::NotARuleset(why.to_owned())
}
