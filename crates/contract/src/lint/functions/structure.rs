//! Functions that ask for a structure: some members, or a whole schema.

use std::sync::Arc;

use serde_json::Value;

use super::{Found, Several, Subject};
use crate::{
    budget::Budgets,
    lint::{
        failures::told,
        formats::{Format, dialect},
        message,
        run::Scope,
    },
    model::edition::Edition,
    read::read,
    schema::{Checker, Dialect, Manner, Schemas, Source, Wanted},
    tree::{
        node::{Kind, Node},
        view::View,
    },
    validate::official,
};

/// Members of which one must be there.
pub(super) fn members<'r>(
    subject: Subject<'r>,
    names: &[String],
    several: Several,
) -> Option<Found<'r>> {
    let object = subject.value.filter(|value| value.kind() == Kind::Object)?;
    let there = names
        .iter()
        .filter(|name| object.get(name).is_some())
        .count();
    let told = message::short(&names.join("`, `"));
    match (there, several) {
        _ if names.len() < 2 => None,
        (0, Several::Allowed) => Some(Found::new(
            object,
            format!("one of `{told}` must be there at least"),
        )),
        (0, Several::Forbidden) => {
            Some(Found::new(object, format!("one of `{told}` must be there")))
        }
        (1, _) | (_, Several::Allowed) => None,
        (_, Several::Forbidden) => Some(Found::new(
            object,
            format!("only one of `{told}` may be there"),
        )),
    }
}

/// A schema of a rule. It is kept as text and read when a document is linted.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    text: Arc<str>,
    dialect: Dialect,
    wanted: Wanted,
}

impl Schema {
    pub(super) fn ready(options: &Value) -> Result<Self, String> {
        let Some(schema) = options.get("schema").filter(|it| it.is_object()) else {
            return Err("its function has no `schema`".to_owned());
        };
        let named = options.get("dialect").or_else(|| schema.get("$schema"));
        let named = named.and_then(Value::as_str).unwrap_or_default();
        let dialect = match named {
            _ if named.contains("draft4") || named.contains("draft-04") => Dialect::Draft4,
            _ if named.contains("2019-09") || named.contains("2020-12") => Dialect::Modern,
            _ => Dialect::Draft7,
        };
        let wanted = match options.get("allErrors") {
            Some(Value::Bool(true)) => Wanted::All,
            _ => Wanted::First,
        };
        let text = schema.to_string().into();
        Ok(Self {
            text,
            dialect,
            wanted,
        })
    }

    pub(super) fn check<'r>(
        &self,
        subject: Subject<'r>,
        scope: &Scope<'r>,
        found: &mut Vec<Found<'r>>,
    ) {
        self.check_in(self.dialect, subject, scope, found);
    }

    pub(super) fn check_as_document<'r>(
        &self,
        subject: Subject<'r>,
        scope: &Scope<'r>,
        found: &mut Vec<Found<'r>>,
    ) {
        self.check_in(dialect(&scope.formats), subject, scope, found);
    }

    fn check_in<'r>(
        &self,
        dialect: Dialect,
        subject: Subject<'r>,
        scope: &Scope<'r>,
        found: &mut Vec<Found<'r>>,
    ) {
        let Some(value) = subject.value else {
            return found.push(Found::new(subject.at, "what the rule asks for is missing"));
        };
        if !scope.fuel.burn_for(&self.text) {
            return;
        }
        let Ok(document) = read(self.text.as_bytes(), &Budgets::default()) else {
            return;
        };
        let source = Source::Document(View::written(&document));
        let schemas = Schemas::new(source, dialect, (scope.fuel, scope.patterns));
        let id = schemas.id(document.root(), "");
        let mut checker = Checker::new(&schemas, subject.view);
        checker.manner = Manner::Each;
        checker.wanted = self.wanted;
        let failures = told(checker.violations(id, value), value);
        found.extend(failures.into_iter().map(|it| Found::new(it.at, it.message)));
    }
}

/// The values of `enum` are of the type beside it.
pub(super) fn typed_enum<'r>(subject: Subject<'r>, scope: &Scope<'r>, found: &mut Vec<Found<'r>>) {
    let view = subject.view;
    let Some(schema) = subject.value.filter(|value| value.kind() == Kind::Object) else {
        return;
    };
    let (Some(values), Some(kind)) = (view.get(schema, "enum"), view.get(schema, "type")) else {
        return;
    };
    let mut kinds: Vec<&str> = match kind.kind() {
        Kind::Text => vec![kind.written()],
        Kind::List if view.items(kind).all(|it| it.text().is_some()) => {
            view.items(kind).map(Node::written).collect()
        }
        _ => return,
    };
    let flags = [("nullable", Format::Oas30), ("x-nullable", Format::Oas2)];
    let is_set = |(flag, format): (&str, Format)| {
        scope.formats.contains(&format)
            && view.get(schema, flag).and_then(Node::boolean) == Some(true)
    };
    if flags.into_iter().any(is_set) {
        kinds.push("null");
    }
    for value in view.items(values) {
        if !scope.fuel.burn(1) {
            return;
        }
        let is = match value.kind() {
            Kind::Null => "null",
            Kind::Boolean => "boolean",
            Kind::Number => match value.written().parse::<f64>() {
                Ok(number) if number.fract() == 0.0 && kinds.contains(&"integer") => "integer",
                _ => "number",
            },
            Kind::Text => "string",
            Kind::List => "array",
            Kind::Object => "object",
        };
        if !kinds.contains(&is) {
            let said = message::value(value);
            let kinds = message::short(&kinds.join(" or "));
            found.push(Found::new(
                value,
                format!("{said} is not of the type beside it, {kinds}"),
            ));
        }
    }
}

/// The member that tells the kinds of a definition apart is defined and required.
pub(super) fn discriminator<'r>(subject: Subject<'r>, found: &mut Vec<Found<'r>>) {
    let view = subject.view;
    let Some(schema) = subject.value else {
        return;
    };
    let Some(name) = view.get(schema, "discriminator").and_then(Node::text) else {
        return;
    };
    let told = message::short(name);
    let properties = view.get(schema, "properties");
    if properties.is_none_or(|it| it.get(name).is_none()) {
        let at = properties.unwrap_or(schema);
        found.push(Found::new(
            at,
            format!("the discriminator `{told}` is not among the properties"),
        ));
    }
    let required = view.get(schema, "required");
    let is_required = |list: Node<'r>| view.items(list).any(|it| it.text() == Some(name));
    if !required.is_some_and(is_required) {
        let at = required.unwrap_or(schema);
        found.push(Found::new(
            at,
            format!("the discriminator `{told}` is not required"),
        ));
    }
}

/// The document is what the specification of its edition says.
pub(super) fn document<'r>(subject: Subject<'r>, scope: &Scope<'r>) -> Vec<Found<'r>> {
    let editions = [
        (Format::Oas2, Edition::V2_0),
        (Format::Oas30, Edition::V3_0),
        (Format::Oas31, Edition::V3_1),
        (Format::Oas32, Edition::V3_2),
    ];
    let edition = editions
        .into_iter()
        .find(|(format, _)| scope.formats.contains(format));
    let size = u64::from(subject.view.document().size());
    match (subject.value, edition) {
        (Some(_), Some((_, edition))) if scope.fuel.burn(size) => {
            let broken = official::broken(subject.view.document(), edition).into_iter();
            broken.map(|it| Found::new(it.at, it.message)).collect()
        }
        _ => Vec::new(),
    }
}
