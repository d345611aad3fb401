//! From the text of the published schemas to schemas that can be checked with.

use std::collections::BTreeMap;

use crate::tree::{
    document::Document,
    node::{Kind, Node},
};

use super::{
    pattern::Pattern,
    schema::{Check, Id, Kinds, Members, Schema, Schemas},
};

/// Keywords that say nothing about whether a value is right, or are read together with another one.
const SILENT: [&str; 21] = [
    "id",
    "$id",
    "$schema",
    "$comment",
    "$defs",
    "definitions",
    "$dynamicAnchor",
    "$vocabulary",
    "title",
    "description",
    "default",
    "deprecated",
    "examples",
    "patternProperties",
    "additionalProperties",
    "exclusiveMinimum",
    "minContains",
    "maxContains",
    "then",
    "else",
    "additionalItems",
];

/// A schema, where it stands: the number of its document, and its node there.
type At<'s> = (usize, Node<'s>);

struct Compiler<'s> {
    documents: &'s [(&'static str, Document<'static>)],
    /// The document that the Schema Objects of the first one are held against; when there is none, they are not looked into.
    dialect: Option<usize>,
    known: BTreeMap<(usize, u32), Id>,
    schemas: Schemas<'s>,
}

/// Makes the schemas that the first document needs ready; the first of them is its root.
pub(super) fn compile<'s>(
    documents: &'s [(&'static str, Document<'static>)],
    dialect: Option<usize>,
) -> Schemas<'s> {
    let mut compiler = Compiler {
        documents,
        dialect,
        known: BTreeMap::new(),
        schemas: Schemas::default(),
    };
    if let Some((_, first)) = documents.first() {
        compiler.schema((0, first.root()), "OpenAPI document");
    }
    compiler.schemas
}

impl<'s> Compiler<'s> {
    fn schema(&mut self, at: At<'s>, title: &'s str) -> Id {
        let at = self.in_dialect(at);
        let (file, node) = at;
        if let Some(known) = self.known.get(&(file, node.number())) {
            return *known;
        }
        let id = self.schemas.all.len();
        self.known.insert((file, node.number()), id);
        self.schemas.all.push(Schema {
            title,
            ..Schema::default()
        });
        let made = Schema {
            title,
            never: node.boolean() == Some(false),
            kinds: node.get("type").map(kinds),
            checks: self.checks(at, title),
        };
        if let Some(place) = self.schemas.all.get_mut(id) {
            *place = made;
        }
        id
    }

    /// The schema that stands for Schema Objects is the dialect's, where there is one.
    fn in_dialect(&self, at: At<'s>) -> At<'s> {
        let (file, node) = at;
        let stands_for_all = file == 0 && node.get("$dynamicAnchor").is_some();
        match self.dialect.filter(|_| stands_for_all) {
            Some(dialect) => self.root_of(dialect).unwrap_or(at),
            None => at,
        }
    }

    fn root_of(&self, file: usize) -> Option<At<'s>> {
        let (_, document) = self.documents.get(file)?;
        Some((file, document.root()))
    }

    fn checks(&mut self, at: At<'s>, title: &'s str) -> Vec<Check<'s>> {
        let (file, node) = at;
        let mut checks = Vec::new();
        let mut rest = None;
        if let Some(members) = self.members(at, title) {
            checks.push(Check::Members(members));
        }
        for (key, value) in node.members() {
            let below = (file, value);
            let check = match key.written() {
                "type" | "properties" => continue,
                silent if SILENT.contains(&silent) => {
                    if silent == "exclusiveMinimum" && value.kind() == Kind::Number {
                        checks.push(least(value, false));
                    }
                    continue;
                }
                "required" => Check::Required(value.items().map(Node::written).collect()),
                "enum" => Check::Values(value.items().map(scalar).collect()),
                "const" => Check::Values(vec![scalar(value)]),
                "pattern" => match self.pattern(value.written()) {
                    Some(pattern) => Check::Pattern(pattern),
                    None => continue,
                },
                "format" => Check::Format(value.written()),
                "minLength" => Check::LeastLength(number(value)),
                "minimum" => {
                    let exclusive = node.get("exclusiveMinimum").and_then(Node::boolean);
                    least(value, exclusive != Some(true))
                }
                "items" => Check::Items(self.schema(below, title)),
                "minItems" => Check::LeastItems(number(value)),
                "uniqueItems" if value.boolean() == Some(true) => Check::Different,
                "uniqueItems" => continue,
                "contains" => Check::Contains {
                    id: self.schema(below, title),
                    least: node.get("minContains").map_or(1, number),
                    most: node.get("maxContains").map_or(usize::MAX, number),
                },
                "minProperties" => Check::LeastMembers(number(value)),
                "maxProperties" => Check::MostMembers(number(value)),
                "propertyNames" => Check::Names(self.schema(below, title)),
                "dependentSchemas" => {
                    let of = |(key, value): (Node<'s>, _)| {
                        (key.written(), self.schema((file, value), title))
                    };
                    Check::Dependent(value.members().map(of).collect())
                }
                "dependencies" => Check::Dependent(self.dependencies(below, title)),
                "$ref" => match self.target(file, value.written()) {
                    Some((target, name)) => Check::Same(self.schema(target, name.unwrap_or(title))),
                    None => continue,
                },
                "$dynamicRef" => match self.dynamic() {
                    Some(target) => Check::Same(self.schema(target, title)),
                    None => continue,
                },
                "allOf" => Check::All(self.each(below, title)),
                "anyOf" => Check::Any(self.each(below, title)),
                "oneOf" => Check::One(self.each(below, title)),
                "not" => Check::Not(self.schema(below, title)),
                "if" => Check::If {
                    condition: self.schema(below, title),
                    then: self.optional((file, node), "then", title),
                    otherwise: self.optional((file, node), "else", title),
                },
                "unevaluatedProperties" => {
                    rest = Some(Check::Rest(self.schema(below, title)));
                    continue;
                }
                other => {
                    self.schemas.not_understood.push(other.to_owned());
                    continue;
                }
            };
            checks.push(check);
        }
        checks.extend(rest);
        checks
    }

    fn members(&mut self, (file, node): At<'s>, title: &'s str) -> Option<Members<'s>> {
        let (named, patterns) = (node.get("properties"), node.get("patternProperties"));
        let others = node.get("additionalProperties");
        if named.is_none() && patterns.is_none() && others.is_none() {
            return None;
        }
        let mut members = Members::default();
        for (key, value) in named.into_iter().flat_map(Node::members) {
            let id = self.schema((file, value), title);
            members.named.insert(key.written(), id);
        }
        for (key, value) in patterns.into_iter().flat_map(Node::members) {
            let id = self.schema((file, value), title);
            if let Some(pattern) = self.pattern(key.written()) {
                members.patterns.push((pattern, id));
            }
        }
        members.others = others.map(|others| self.schema((file, others), title));
        Some(members)
    }

    /// The `dependencies` of draft 4: members that another one requires, or a schema.
    fn dependencies(&mut self, (file, value): At<'s>, title: &'s str) -> Vec<(&'s str, Id)> {
        let mut dependencies = Vec::new();
        for (key, value) in value.members() {
            let id = if value.kind() == Kind::List {
                let required = value.items().map(Node::written).collect();
                self.schemas.all.push(Schema {
                    title,
                    checks: vec![Check::Required(required)],
                    ..Schema::default()
                });
                self.schemas.all.len() - 1
            } else {
                self.schema((file, value), title)
            };
            dependencies.push((key.written(), id));
        }
        dependencies
    }

    fn each(&mut self, (file, list): At<'s>, title: &'s str) -> Vec<Id> {
        let schema = |item| self.schema((file, item), title);
        list.items().map(schema).collect()
    }

    fn optional(&mut self, (file, node): At<'s>, key: &str, title: &'s str) -> Option<Id> {
        let value = node.get(key)?;
        Some(self.schema((file, value), title))
    }

    /// Where a reference leads, and the name of the definition there.
    fn target(&mut self, file: usize, reference: &'s str) -> Option<(At<'s>, Option<&'s str>)> {
        let (address, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let named = |(known, _): &(&str, _)| known.ends_with(address);
        let file = if address.is_empty() {
            Some(file)
        } else {
            self.documents.iter().position(named)
        };
        let found = file.and_then(|file| {
            let (_, document) = self.documents.get(file)?;
            Some((file, document.at(fragment)?))
        });
        let Some(at) = found else {
            self.schemas.not_understood.push(reference.to_owned());
            return None;
        };
        let defined = fragment
            .strip_prefix("/$defs/")
            .or(fragment.strip_prefix("/definitions/"));
        Some((at, defined.filter(|name| !name.contains('/'))))
    }

    /// Where `#meta` leads: the outermost schema that has that anchor is the dialect's.
    fn dynamic(&self) -> Option<At<'s>> {
        self.dialect.and_then(|dialect| self.root_of(dialect))
    }

    fn pattern(&mut self, expression: &'s str) -> Option<Pattern<'s>> {
        let pattern = Pattern::of(expression);
        if pattern.is_none() {
            self.schemas.not_understood.push(expression.to_owned());
        }
        pattern
    }
}

fn kinds(value: Node<'_>) -> Kinds {
    match value.kind() {
        Kind::List => value
            .items()
            .fold(Kinds::default(), |kinds, item| kinds.with(item.written())),
        _ => Kinds::default().with(value.written()),
    }
}

fn scalar<'s>(value: Node<'s>) -> (Kind, &'s str) {
    (value.kind(), value.written())
}

fn number(value: Node<'_>) -> usize {
    value.written().parse().unwrap_or_default()
}

fn least<'s>(value: Node<'_>, inclusive: bool) -> Check<'s> {
    let bound = value.written().parse().unwrap_or_default();
    Check::Least { bound, inclusive }
}
