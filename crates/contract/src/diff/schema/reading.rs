//! Reading a pair of schemas: its facts, and the links to what is inside it.

use crate::diff::{
    lifecycle::{Levels, Lifetime},
    schema::{
        Fact, What, alike, bounds, branches,
        kinds::{self, Kinds},
        pairs::{Pair, Pairs},
        parts, properties, values,
    },
    side::Schema,
    teller::Spots,
};
use crate::tree::node::Node;

/// A pair that is being read.
pub(crate) struct Reading<'p, 'd> {
    pub(crate) pairs: &'p mut Pairs<'d>,
    pub(crate) was: Schema<'d>,
    pub(crate) is: Schema<'d>,
    pub(crate) pair: Pair<'d>,
}

pub(crate) fn read<'d>(pairs: &mut Pairs<'d>, was: Schema<'d>, is: Schema<'d>) -> Pair<'d> {
    let mut reading = Reading {
        pairs,
        was,
        is,
        pair: Pair {
            read_only: is.is("readOnly"),
            write_only: is.is("writeOnly"),
            ..Pair::default()
        },
    };
    reading.all();
    reading.pair
}

impl<'d> Reading<'_, 'd> {
    /// Adds a fact about the schema itself.
    pub(crate) fn push(&mut self, what: What<'d>, spots: Spots<'d>) {
        self.pair.facts.push(Fact {
            what,
            property: None,
            spots,
        });
    }

    pub(crate) fn fact(&mut self, name: &'static str, text: String, spots: Spots<'d>) {
        self.pair.facts.push(Fact::plain(name, text, spots));
    }

    /// Where both keywords stand, or the schemas when they do not.
    pub(crate) fn spots(&self, keyword: &str) -> Spots<'d> {
        Spots {
            base: Some(self.was.get(keyword).unwrap_or(self.was.place())),
            revision: Some(self.is.get(keyword).unwrap_or(self.is.place())),
        }
    }

    fn all(&mut self) {
        if let Some(name) = self.wrapped_for_null() {
            let spots = self.spots("oneOf");
            self.nullable(name, spots);
            return self.lifecycle();
        }
        let wrapped = branches::wrapped_in_one_of(self);
        let listed = kinds::list_of_types(self);
        if !wrapped && !listed {
            self.kinds();
        }
        self.nullability();
        self.lifecycle();
        values::read(self);
        bounds::read(self);
        match (wrapped, listed) {
            (_, true) => branches::follow(self),
            (wrapped, false) => branches::read(self, wrapped),
        }
        properties::read(self, wrapped);
        parts::read(self);
        if wrapped || listed {
            self.pair.facts.retain(|fact| !fact.is_of_structure());
        }
    }

    fn kinds(&mut self) {
        let (was, is) = (Kinds::of(self.was), Kinds::of(self.is));
        if was.differ(&is) {
            let keyword = if was.format == is.format {
                "type"
            } else {
                "format"
            };
            let spots = self.spots(keyword);
            let listed = kinds::listed(self);
            let what = What::Kinds { was, is, listed };
            self.push(what, spots);
        }
    }

    /// `null` was or is allowed. A schema that says nothing of types says nothing of null.
    fn nullability(&mut self) {
        let (was, is) = (Kinds::of(self.was), Kinds::of(self.is));
        let by_type = |kinds: &Kinds<'_>, other: &Kinds<'_>| {
            kinds.names.contains(&"null") && !other.names.is_empty()
        };
        let from = by_type(&was, &is) || self.was.is("nullable");
        let to = by_type(&is, &was) || self.is.is("nullable");
        let keyword = if self.was.is("nullable") || self.is.is("nullable") {
            "nullable"
        } else {
            "type"
        };
        let spots = self.spots(keyword);
        match (from, to) {
            (false, true) => self.nullable("became-nullable", spots),
            (true, false) => self.nullable("became-not-nullable", spots),
            (true, true) | (false, false) => (),
        }
    }

    /// How far it may be relied on, and for how long. Rules tell so of properties alone.
    fn lifecycle(&mut self) {
        let (was, is) = (self.was, self.is);
        let spots = self.spots("x-stability-level");
        let levels = Levels::of(was.get("x-stability-level"), is.get("x-stability-level"));
        if levels.differ() {
            self.push(What::Stability(levels.was, levels.is), spots);
        }
        for none in levels.none {
            self.push(What::NoStability(none.written()), spots);
        }
        let from = Lifetime::of(|key| was.get(key));
        let to = Lifetime::of(|key| is.get(key));
        if from != to {
            let mut spots = self.spots("deprecated");
            if let (Lifetime::Lasting, Lifetime::Sunset(date, _) | Lifetime::Unreadable(date)) =
                (from, to)
            {
                spots.revision = Some(date);
            }
            self.push(What::Ending(levels.was, from, to), spots);
        }
    }

    fn nullable(&mut self, name: &'static str, spots: Spots<'d>) {
        let text = match name {
            "became-nullable" => "may be null now",
            _ => "may not be null any more",
        };
        self.fact(name, text.to_owned(), spots);
    }

    /// The name of the fact when the schema was put into a `oneOf` beside `null`, or taken out of one, and is the same
    /// otherwise.
    fn wrapped_for_null(&mut self) -> Option<&'static str> {
        let inside = |schema: Schema<'d>| {
            let mut items = schema.items("oneOf");
            let (one, other) = (items.next()?, items.next()?);
            let null = |node: Node<'d>| {
                let only = alike::binds(node.members(), "type").next().is_none();
                only && kinds::names(node.get("type")) == ["null"]
            };
            let alone =
                items.next().is_none() && alike::binds(schema.all(), "oneOf").next().is_none();
            match (alone, null(one), null(other)) {
                (true, true, false) => Some(other),
                (true, false, true) => Some(one),
                _ => None,
            }
        };
        let plain = |schema: Schema<'d>| {
            let built = ["oneOf", "anyOf", "allOf"].into_iter();
            built
                .flat_map(|keyword| schema.items(keyword))
                .next()
                .is_none()
                && schema.get("not").is_none()
                && !schema.is("nullable")
                && !Kinds::of(schema).names.contains(&"null")
        };
        match (inside(self.was), inside(self.is)) {
            (None, Some(wrapped)) if plain(self.was) => {
                let was = self.was.place();
                alike::schemas(self.pairs, was, wrapped).then_some("became-nullable")
            }
            (Some(wrapped), None) if plain(self.is) => {
                let is = self.is.place();
                alike::schemas(self.pairs, wrapped, is).then_some("became-not-nullable")
            }
            (_, _) => None,
        }
    }
}
