//! Flaws: schemas that cannot be used to say whether an example is right.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet},
};

use crate::{
    fuel::Fuel,
    lint::message,
    schema::{Dialect, keywords::Keywords, pattern::Patterns},
    tree::{
        node::{Kind, Node},
        view::View,
    },
};

/// How deep schemas are looked into.
const DEEPEST: usize = 150;

/// The types of JSON Schema.
const TYPES: [&str; 7] = [
    "array", "boolean", "integer", "null", "number", "object", "string",
];

/// Why a schema cannot be used.
#[derive(Clone, Debug)]
pub(crate) enum Flaw {
    /// It says something that JSON Schema does not know. Whatever else is wrong, this is told.
    Malformed(String),
    /// It says something that means nothing where it stands.
    Idle(String),
    /// It leads back into itself.
    Circular,
}

/// What is known of the schemas of a document, by their numbers; `None` while one is looked at.
#[derive(Debug, Default)]
pub(crate) struct Flaws {
    known: RefCell<HashMap<u32, Option<Result<(), Flaw>>>>,
    depth: Cell<usize>,
}

/// What looking at schemas needs.
#[derive(Clone, Copy)]
pub(crate) struct Looking<'r> {
    pub(crate) dialect: Dialect,
    pub(crate) view: View<'r>,
    pub(crate) fuel: &'r Fuel,
    pub(crate) patterns: &'r Patterns,
}

impl Flaws {
    /// What is wrong with a schema or any schema in it.
    pub(crate) fn of<'r>(&self, schema: Node<'r>, looking: Looking<'r>) -> Result<(), Flaw> {
        let schema = looking.view.see(schema).node;
        if schema.kind() != Kind::Object || !looking.fuel.burn(1) {
            return Ok(());
        }
        if let Some(known) = self.known.borrow().get(&schema.number()) {
            return known.clone().unwrap_or(Err(Flaw::Circular));
        }
        if self.depth.get() >= DEEPEST {
            return Err(Flaw::Circular);
        }
        let found = self.looked_at(schema, Keywords::of(schema), looking);
        self.known
            .borrow_mut()
            .insert(schema.number(), Some(found.clone()));
        found
    }

    /// As [`Flaws::of`], of a parameter that says of itself whether it is required.
    pub(crate) fn of_parameter<'r>(
        &self,
        parameter: Node<'r>,
        looking: Looking<'r>,
    ) -> Result<(), Flaw> {
        let mut said = Keywords::of(parameter);
        if said.required.is_none_or(|it| it.kind() != Kind::Boolean) {
            return self.of(parameter, looking);
        }
        said.required = None;
        let known = self.known.borrow_mut().remove(&parameter.number());
        let found = self.looked_at(parameter, said, looking);
        // As a schema within another it is still what it was.
        match known {
            Some(known) => self.known.borrow_mut().insert(parameter.number(), known),
            None => self.known.borrow_mut().remove(&parameter.number()),
        };
        found
    }

    fn looked_at<'r>(
        &self,
        schema: Node<'r>,
        said: Keywords<'r>,
        looking: Looking<'r>,
    ) -> Result<(), Flaw> {
        self.known.borrow_mut().insert(schema.number(), None);
        self.depth.set(self.depth.get() + 1);
        let found = self.flaw(&said, looking);
        self.depth.set(self.depth.get() - 1);
        found
    }

    /// What is malformed anywhere, or else what is wrong first.
    fn flaw<'r>(&self, said: &Keywords<'r>, looking: Looking<'r>) -> Result<(), Flaw> {
        if said.reference.is_some_and(|it| it.kind() == Kind::Text) {
            return Err(Flaw::Circular);
        }
        malformed(said, looking).map_err(Flaw::Malformed)?;
        let nullable = said.nullable.filter(|_| said.kind.is_none());
        let mut found = match nullable.map(Node::kind) {
            Some(Kind::Boolean) => Err(Flaw::Idle(
                "`nullable` without `type` means nothing".to_owned(),
            )),
            _ => Ok(()),
        };
        for inside in inside(said) {
            match (&found, self.of(inside, looking)) {
                (_, Err(Flaw::Malformed(why))) => return Err(Flaw::Malformed(why)),
                (Ok(()), flaw) => found = flaw,
                (Err(_), _) => {}
            }
        }
        found
    }
}

/// The schemas directly in a schema, in the order in which validators read them: those that hold of any value, then
/// those of lists, then those of objects.
fn inside<'r>(said: &Keywords<'r>) -> Vec<Node<'r>> {
    let listed = |list: Option<Node<'r>>| list.into_iter().flat_map(Node::items);
    let named = |names: Option<Node<'r>>| {
        let members = names.into_iter().flat_map(Node::members);
        members.map(|(_, schema)| schema)
    };
    let mut inside: Vec<_> = said.not.into_iter().collect();
    for list in [said.any_of, said.one_of, said.all_of] {
        inside.extend(listed(list));
    }
    let conditions = [said.condition, said.then, said.otherwise];
    inside.extend(conditions.into_iter().flatten());
    inside.extend(listed(said.prefix_items).chain(listed(said.items)));
    let single = [
        said.items,
        said.additional_items,
        said.contains,
        said.property_names,
        said.additional_properties,
    ];
    inside.extend(single.into_iter().flatten());
    let names = [
        said.dependencies,
        said.properties,
        said.pattern_properties,
        said.dependent_schemas,
    ];
    inside.extend(names.into_iter().flat_map(named));
    let rest = [said.unevaluated_items, said.unevaluated_properties];
    inside.extend(rest.into_iter().flatten());
    inside
}

fn malformed(said: &Keywords<'_>, looking: Looking<'_>) -> Result<(), String> {
    kinds(said)?;
    let draft4 = looking.dialect == Dialect::Draft4;
    let numbers = [
        ("minimum", said.minimum),
        ("maximum", said.maximum),
        ("multipleOf", said.multiple_of),
        ("minLength", said.min_length),
        ("maxLength", said.max_length),
        ("minItems", said.min_items),
        ("maxItems", said.max_items),
        ("minProperties", said.min_properties),
        ("maxProperties", said.max_properties),
    ];
    for (keyword, value) in numbers {
        is(keyword, value, Kind::Number)?;
    }
    let exclusive = if draft4 { Kind::Boolean } else { Kind::Number };
    is("exclusiveMinimum", said.exclusive_minimum, exclusive)?;
    is("exclusiveMaximum", said.exclusive_maximum, exclusive)?;
    is("uniqueItems", said.unique_items, Kind::Boolean)?;
    is("format", said.format, Kind::Text)?;
    is("pattern", said.pattern, Kind::Text)?;
    is("properties", said.properties, Kind::Object)?;
    is("enum", said.allowed, Kind::List)?;
    is("required", said.required, Kind::List)?;
    for (keyword, list) in [
        ("allOf", said.all_of),
        ("anyOf", said.any_of),
        ("oneOf", said.one_of),
    ] {
        is(keyword, list, Kind::List)?;
        filled(keyword, list)?;
    }
    if draft4 {
        filled("required", said.required)?;
        filled("enum", said.allowed)?;
        if said
            .allowed
            .is_some_and(|list| has_twice(list, looking.fuel))
        {
            return Err("`enum` holds a value twice".to_owned());
        }
    }
    let mut names = said.required.into_iter().flat_map(Node::items);
    if names.any(|name| name.kind() != Kind::Text) {
        return Err("`required` must be a list of texts".to_owned());
    }
    match said.pattern.map(Node::written) {
        Some(source)
            if looking.patterns.get(source, looking.fuel).is_none() && !looking.fuel.is_out() =>
        {
            Err(format!(
                "`{}` is no pattern that is understood",
                message::short(source)
            ))
        }
        _ => Ok(()),
    }
}

/// Whether a list holds a text twice.
fn has_twice(list: Node<'_>, fuel: &Fuel) -> bool {
    let mut known = HashSet::new();
    let mut texts = list.items().filter_map(Node::text);
    texts.any(|text| fuel.burn(1) && !known.insert(text))
}

fn kinds(said: &Keywords<'_>) -> Result<(), String> {
    let Some(kind) = said.kind else {
        return Ok(());
    };
    let is_type = |it: Node<'_>| it.text().is_some_and(|name| TYPES.contains(&name));
    let sound = match kind.kind() {
        Kind::List => kind.items().next().is_some() && kind.items().all(is_type),
        _ => is_type(kind),
    };
    if sound {
        return Ok(());
    }
    Err(format!("{} is no type", message::value(kind)))
}

fn is(keyword: &str, value: Option<Node<'_>>, kind: Kind) -> Result<(), String> {
    match value {
        Some(value) if value.kind() != kind => Err(format!("`{keyword}` must be {kind}")),
        _ => Ok(()),
    }
}

fn filled(keyword: &str, list: Option<Node<'_>>) -> Result<(), String> {
    match list {
        Some(list) if list.items().next().is_none() => {
            Err(format!("`{keyword}` must not be empty"))
        }
        _ => Ok(()),
    }
}
