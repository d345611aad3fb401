//! Kinds: the types and the format of a schema, and what a change of them means to whoever sends and receives it.

use std::collections::BTreeSet;

use crate::{
    diff::{
        schema::{What, alike, reading::Reading},
        side::Schema,
        teller::Spots,
    },
    tree::node::{Kind, Node},
};

/// The types of a schema, none when it allows all, and its format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kinds<'d> {
    pub(crate) names: Vec<&'d str>,
    pub(crate) format: Option<&'d str>,
}

/// What became of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Became {
    /// It allows more.
    General,
    /// It allows less.
    Special,
    /// It allows something else.
    Other,
    /// It allows something else that is written the same way where there are only texts.
    Compatible,
}

impl<'d> Kinds<'d> {
    pub(crate) fn of(schema: Schema<'d>) -> Self {
        Self {
            names: names(schema.get("type")),
            format: schema.text("format").filter(|format| !format.is_empty()),
        }
    }

    /// The types other than `null`.
    fn plain(&self) -> impl Iterator<Item = &'d str> {
        self.names.iter().copied().filter(|name| *name != "null")
    }

    /// Whether more than `null` is different.
    pub(crate) fn differ(&self, other: &Self) -> bool {
        let (one, another) = (self.plain(), other.plain());
        let (one, another): (BTreeSet<_>, BTreeSet<_>) = (one.collect(), another.collect());
        one != another || self.format != other.format
    }

    fn any(&self) -> bool {
        self.names.is_empty()
    }

    fn is_text(&self) -> bool {
        self.names == ["string"] && self.format.is_none()
    }

    /// The types of these that are not among others.
    fn beyond(&self, others: &Self) -> Vec<&'d str> {
        let beyond = |name: &&&'d str| !others.names.contains(*name);
        self.names.iter().filter(beyond).copied().collect()
    }

    /// Whether every type of others is among these; every integer is a number.
    fn cover(&self, others: &Self) -> bool {
        let covered = |name: &&str| {
            self.names.contains(name) || (*name == "integer" && self.names.contains(&"number"))
        };
        self.any() || (!others.any() && others.names.iter().all(covered))
    }

    fn format_covers(&self, other: &Self) -> bool {
        self.format.is_none()
            || self.format == other.format
            || matches!(
                (other.format, self.format),
                (Some("int32"), Some("int64"))
                    | (Some("float"), Some("double"))
                    | (Some("date"), Some("date-time"))
            )
    }

    /// Whether these allow all that others allow.
    fn contain(&self, others: &Self) -> bool {
        (self.any() && !others.any()) || (self.cover(others) && self.format_covers(others))
    }

    /// Whether these read what others write, where all that is written is text.
    fn read_texts_of(&self, others: &Self) -> bool {
        let new = self.beyond(others);
        let gone = others.beyond(self);
        let widened = new == ["number"] && gone == ["integer"];
        self.format_covers(others) && (new.is_empty() || new == ["string"] || widened)
    }

    /// What a request body's type became, for a sender of what it was.
    pub(crate) fn of_request(&self, is: &Self, texts: Texts) -> Became {
        let new = is.beyond(self);
        let plain = texts == Texts::Only;
        if is.contain(self) || (plain && self.any() && is.is_text()) {
            Became::General
        } else if plain && is.format_covers(self) && (new.is_empty() || new == ["string"]) {
            Became::Compatible
        } else {
            Became::Other
        }
    }

    /// What the type of a response's body or header became, for a receiver of what it was.
    pub(crate) fn of_response(&self, is: &Self, texts: Texts) -> Became {
        let gone = self.beyond(is);
        let plain = texts == Texts::Only;
        if self.contain(is) || (plain && self.is_text() && is.any()) {
            Became::Special
        } else if plain && self.format_covers(is) && (gone.is_empty() || gone == ["string"]) {
            Became::Compatible
        } else if !is.any() && is.names != self.names && is.cover(self) {
            Became::General
        } else {
            Became::Other
        }
    }

    /// What a parameter's type became, for a sender of what it was. In a query, one value and a list of one are
    /// written alike.
    pub(crate) fn of_parameter(&self, is: &Self, listed: bool) -> Became {
        if listed || is.read_texts_of(self) {
            Became::General
        } else {
            Became::Other
        }
    }

    /// What the type of a property inside a parameter became. How it is written is not known, so that what would do
    /// as text may do here.
    pub(crate) fn of_parameter_property(&self, is: &Self) -> Became {
        let (new, gone) = (is.beyond(self), self.beyond(is));
        let widened = new.is_empty() && gone.is_empty() || new == ["number"] && gone == ["integer"];
        if widened && is.format_covers(self) {
            Became::General
        } else if is.read_texts_of(self) {
            Became::Other
        } else {
            Became::Special
        }
    }

    /// Whether a list of these holds what others are. Every value is written as text.
    fn hold(&self, others: &Self) -> bool {
        let mut kinds = self.plain();
        match (kinds.next(), kinds.next()) {
            (None, _) | (Some("string"), None) => true,
            (Some(kind), None) => others
                .plain()
                .all(|name| name == kind || (name == "integer" && kind == "number")),
            (Some(_), Some(_)) => false,
        }
    }

    /// The types as they are told.
    pub(crate) fn told(&self) -> String {
        let names = if self.any() {
            "any type".to_owned()
        } else {
            self.names.join(" or ")
        };
        match self.format {
            Some(format) => format!("{names} ({format})"),
            None => names,
        }
    }
}

/// Whether only texts are written where a schema is used, as in a form or in XML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Texts {
    Only,
    NotOnly,
}

/// Whether the schema became a list of what it was, so that one value in a query is still one.
pub(crate) fn listed(reading: &mut Reading<'_, '_>) -> bool {
    let (was, is) = (Kinds::of(reading.was), Kinds::of(reading.is));
    let Some(items) = reading.is.get("items") else {
        return false;
    };
    let items = reading.pairs.revision.schema(items);
    let mut new = is.plain().filter(|name| !was.names.contains(name));
    !was.any()
        && !was.names.contains(&"array")
        && (new.next(), new.next()) == (Some("array"), None)
        && Kinds::of(items).hold(&was)
        && alike::bound_alike(reading.pairs, reading.was, items)
}

pub(crate) fn names(node: Option<Node<'_>>) -> Vec<&str> {
    match node {
        Some(node) if node.kind() == Kind::List => node.items().map(Node::written).collect(),
        Some(node) => node.text().into_iter().collect(),
        None => Vec::new(),
    }
}

/// A list of simple types: a `oneOf` or `anyOf` of nothing but types, or one type alone. Tells whether the change was
/// one from list to list, which takes the place of what the keywords would tell.
pub(crate) fn list_of_types<'d>(reading: &mut Reading<'_, 'd>) -> bool {
    let was = Listed::of(reading, Which::Was);
    let is = Listed::of(reading, Which::Is);
    let (Some(was), Some(is)) = (was, is) else {
        return false;
    };
    if (was.keyword, is.keyword) == ("type", "type") {
        return false;
    }
    // Each where its list is: the other document may have one that does not count.
    let spots = Spots {
        base: reading.spots(was.keyword).base,
        revision: reading.spots(is.keyword).revision,
    };
    let beyond = |one: &Listed<'d>, other: &Listed<'d>| {
        let names = one.names.iter().filter(|name| !other.names.contains(name));
        names.copied().collect::<Vec<_>>().join(", ")
    };
    let (gone, new) = (beyond(&was, &is), beyond(&is, &was));
    // As many as there were, and none that was not: what changed is told of the branches.
    if new.is_empty() && (gone.is_empty() || was.names.len() == is.names.len()) {
        return false;
    }
    let what = What::List { gone, new };
    reading.push(what, spots);
    true
}

#[derive(Clone, Copy)]
enum Which {
    Was,
    Is,
}

struct Listed<'d> {
    keyword: &'static str,
    names: Vec<&'d str>,
}

impl<'d> Listed<'d> {
    fn of(reading: &mut Reading<'_, 'd>, which: Which) -> Option<Self> {
        let schema = match which {
            Which::Was => reading.was,
            Which::Is => reading.is,
        };
        if schema.get("not").is_some() || holds(schema, "allOf") || holds(schema, "properties") {
            return None;
        }
        if let Some(first) = names(schema.get("type")).into_iter().next() {
            return Some(Self {
                keyword: "type",
                names: vec![first],
            });
        }
        let side = match which {
            Which::Was => &mut reading.pairs.base,
            Which::Is => &mut reading.pairs.revision,
        };
        ["oneOf", "anyOf"].into_iter().find_map(|keyword| {
            let items = schema.items(keyword);
            let names: Option<Vec<_>> = items.map(|item| simple(side.schema(item))).collect();
            let names = names.filter(|names| !names.is_empty())?;
            Some(Self { keyword, names })
        })
    }
}

/// The type of a schema that is bound to one type and built of nothing.
fn simple(schema: Schema<'_>) -> Option<&str> {
    let built = ["properties", "oneOf", "anyOf", "allOf"];
    let names = names(schema.get("type"));
    match names.as_slice() {
        [name] if !built.into_iter().any(|keyword| holds(schema, keyword)) => Some(name),
        _ => None,
    }
}

/// Whether a keyword holds anything.
fn holds(schema: Schema<'_>, keyword: &str) -> bool {
    schema.items(keyword).next().is_some() || schema.members(keyword).next().is_some()
}
