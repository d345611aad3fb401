//! Merging: one schema that says what several say.

use std::collections::BTreeSet;

use crate::{
    diff::schema::alike,
    tree::node::{Kind, Node},
};

/// Keywords that mean something together, so that they are not taken apart.
const TOGETHER: [&[&str]; 4] = [
    &["if", "then", "else"],
    &["contains", "minContains", "maxContains"],
    &["minimum", "exclusiveMinimum"],
    &["maximum", "exclusiveMaximum"],
];

/// A schema made of several: its keywords, and those that could not be merged, by the schema they are of.
#[derive(Debug)]
pub(crate) struct Merged<'d> {
    pub(crate) members: Vec<(Node<'d>, Made<'d>)>,
    pub(crate) left: Vec<Vec<(Node<'d>, Node<'d>)>>,
}

/// What a keyword of several schemas became.
#[derive(Debug)]
pub(crate) enum Made<'d> {
    /// The value of one of them.
    Node(Node<'d>),
    /// The schema that says what all of these say.
    All(Vec<Node<'d>>),
    /// A list of these, standing where that one does.
    List(Node<'d>, Vec<Node<'d>>),
    /// Schemas by name, each made of all that have the name.
    Named(Node<'d>, Vec<(Node<'d>, Vec<Node<'d>>)>),
}

/// A keyword and its values, one of each schema that has it.
struct Keyword<'d> {
    key: Node<'d>,
    /// The schema's place among the others, and its value.
    values: Vec<(usize, Node<'d>)>,
}

impl<'d> Merged<'d> {
    /// The schema that says what these say. `None` when no value at all would do, which nobody means.
    pub(crate) fn of(schemas: &[Node<'d>]) -> Option<Self> {
        let keywords = keywords(schemas);
        let apart = apart(&keywords);
        let mut left = vec![Vec::new(); schemas.len()];
        let mut members = Vec::new();
        for Keyword { key, values } in &keywords {
            let name = key.written();
            let whole = |values: &[Node<'d>]| match name {
                "nullable" => nullable(schemas, values),
                _ => merge(name, values),
            };
            let kept = |(of, _): &&(usize, Node<'d>)| !apart.contains(&(name, *of));
            let together: Vec<_> = values.iter().filter(kept).map(|(_, it)| *it).collect();
            match whole(&together) {
                Outcome::Made(made) => {
                    members.push((*key, made));
                    push(&mut left, *key, values.iter().filter(|it| !kept(it)));
                }
                Outcome::Nothing => (),
                Outcome::Never => return None,
                Outcome::Apart => {
                    let mut each = values.iter();
                    let first = each.next().map(|(_, value)| Made::Node(*value));
                    members.extend(first.map(|made| (*key, made)));
                    push(&mut left, *key, each);
                }
            }
        }
        left.retain(|branch| !branch.is_empty());
        Some(Self { members, left })
    }
}

fn push<'d, 'v>(
    left: &mut [Vec<(Node<'d>, Node<'d>)>],
    key: Node<'d>,
    values: impl Iterator<Item = &'v (usize, Node<'d>)>,
) where
    'd: 'v,
{
    for (of, value) in values {
        if let Some(branch) = left.get_mut(*of) {
            branch.push((key, *value));
        }
    }
}

/// The keywords of schemas in the order they are met.
fn keywords<'d>(schemas: &[Node<'d>]) -> Vec<Keyword<'d>> {
    let mut keywords: Vec<Keyword<'d>> = Vec::new();
    for (of, schema) in schemas.iter().enumerate() {
        for (key, value) in schema.members() {
            let name = key.written();
            if name == "allOf" || name == "$ref" {
                continue;
            }
            match keywords.iter_mut().find(|it| it.key.written() == name) {
                Some(known) => known.values.push((of, value)),
                None => keywords.push(Keyword {
                    key,
                    values: vec![(of, value)],
                }),
            }
        }
    }
    keywords
}

/// The keywords that stay with their schema, because another schema has some that they mean something with.
fn apart<'d>(keywords: &[Keyword<'d>]) -> BTreeSet<(&'d str, usize)> {
    let mut apart = BTreeSet::new();
    for group in TOGETHER {
        let of = |it: &&Keyword<'d>| group.contains(&it.key.written());
        let values = || keywords.iter().filter(of).flat_map(|it| &it.values);
        let holders: BTreeSet<_> = values().map(|(of, _)| *of).collect();
        let plain = values().all(|(_, value)| value.kind() == Kind::Number);
        if plain || holders.len() < 2 {
            continue;
        }
        let first = holders.first().copied();
        for keyword in keywords.iter().filter(of) {
            let later = keyword.values.iter().map(|(of, _)| *of);
            let later = later.filter(|of| Some(*of) != first);
            apart.extend(later.map(|of| (keyword.key.written(), of)));
        }
    }
    apart
}

/// What becomes of the values of a keyword.
enum Outcome<'d> {
    Made(Made<'d>),
    /// It says nothing any more.
    Nothing,
    /// No value would do.
    Never,
    /// They stay in a branch each.
    Apart,
}

fn merge<'d>(name: &'d str, values: &[Node<'d>]) -> Outcome<'d> {
    let mut distinct: Vec<Node<'d>> = Vec::new();
    for value in values {
        if !distinct.iter().any(|it| same(*it, *value)) {
            distinct.push(*value);
        }
    }
    let first = match distinct.as_slice() {
        [] => return Outcome::Nothing,
        [one] => return Outcome::Made(Made::Node(*one)),
        [first, ..] => *first,
    };
    let boolean = |wanted| distinct.iter().find(|it| it.boolean() == Some(wanted));
    match name {
        "properties" | "patternProperties" | "dependentSchemas" | "$defs" | "definitions" => {
            Outcome::Made(Made::Named(first, named(&distinct)))
        }
        "items" | "additionalProperties" | "propertyNames" => match boolean(false) {
            Some(never) => Outcome::Made(Made::Node(*never)),
            None => {
                distinct.retain(|it| it.kind() == Kind::Object);
                Outcome::Made(Made::All(distinct))
            }
        },
        "required" => Outcome::Made(Made::List(first, union(&distinct))),
        "type" => shared(first, &distinct, Which::Types),
        "enum" => shared(first, &distinct, Which::Values),
        "uniqueItems" | "readOnly" | "writeOnly" | "deprecated" => {
            Outcome::Made(Made::Node(*boolean(true).unwrap_or(&first)))
        }
        _ if name.starts_with("min") || name == "exclusiveMinimum" => bound(&distinct, f64::gt),
        _ if name.starts_with("max") || name == "exclusiveMaximum" => bound(&distinct, f64::lt),
        _ if alike::describes(name) || name.starts_with("x-") => Outcome::Made(Made::Node(first)),
        _ => Outcome::Apart,
    }
}

/// Whether two values are written with the same text.
fn same(one: Node<'_>, other: Node<'_>) -> bool {
    one.kind() == other.kind() && one.written() == other.written()
}

fn named<'d>(values: &[Node<'d>]) -> Vec<(Node<'d>, Vec<Node<'d>>)> {
    let mut members: Vec<(Node<'d>, Vec<Node<'d>>)> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for (key, value) in values.iter().flat_map(|it| it.members()) {
        let place = *places.entry(key.written()).or_insert(members.len());
        match members.get_mut(place) {
            Some((_, schemas)) if schemas.iter().any(|it| same(*it, value)) => (),
            Some((_, schemas)) => schemas.push(value),
            None => members.push((key, vec![value])),
        }
    }
    members
}

fn union<'d>(lists: &[Node<'d>]) -> Vec<Node<'d>> {
    let mut seen = BTreeSet::new();
    let items = lists.iter().flat_map(|it| it.items());
    items.filter(|item| seen.insert(item.written())).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Types,
    Values,
}

/// The items that all lists have; of types, a single one may stand for a list of it.
fn shared<'d>(place: Node<'d>, lists: &[Node<'d>], which: Which) -> Outcome<'d> {
    let items = |list: Node<'d>| -> Vec<Node<'d>> {
        match list.kind() {
            Kind::List => list.items().collect(),
            _ => vec![list],
        }
    };
    let allows = |list: &[Node<'d>], item: Node<'d>| {
        let integer = which == Which::Types && item.written() == "integer";
        list.iter()
            .any(|it| same(*it, item) || (integer && it.written() == "number"))
    };
    let mut kept: Vec<Node<'d>> = Vec::new();
    let lists: Vec<_> = lists.iter().map(|list| items(*list)).collect();
    for item in lists.iter().flatten() {
        let everywhere = lists.iter().all(|list| allows(list, *item));
        if everywhere && !kept.iter().any(|it| same(*it, *item)) {
            kept.push(*item);
        }
    }
    match (kept.as_slice(), which) {
        ([], _) => Outcome::Never,
        ([one], Which::Types) => Outcome::Made(Made::Node(*one)),
        (_, _) => Outcome::Made(Made::List(place, kept)),
    }
}

/// The strictest of some numbers.
fn bound<'d>(values: &[Node<'d>], stricter: impl Fn(&f64, &f64) -> bool) -> Outcome<'d> {
    let mut strictest: Option<(f64, Node<'d>)> = None;
    for value in values {
        let number = value.written().parse::<f64>().ok();
        let Some(number) = number.filter(|_| value.kind() == Kind::Number) else {
            return Outcome::Apart;
        };
        if strictest.is_none_or(|(known, _)| stricter(&number, &known)) {
            strictest = Some((number, *value));
        }
    }
    strictest.map_or(Outcome::Nothing, |(_, it)| Outcome::Made(Made::Node(it)))
}

/// `nullable` adds null to the `type` beside it, so null is allowed where every type has it.
fn nullable<'d>(schemas: &[Node<'d>], values: &[Node<'d>]) -> Outcome<'d> {
    let is = |schema: &&Node<'d>| schema.get("nullable").and_then(Node::boolean) == Some(true);
    let mut typed = schemas.iter().filter(|schema| schema.get("type").is_some());
    let says = |wanted| values.iter().find(|it| it.boolean() == Some(wanted));
    match says(typed.all(|schema| is(&schema))) {
        Some(value) => Outcome::Made(Made::Node(*value)),
        None => Outcome::Nothing,
    }
}
