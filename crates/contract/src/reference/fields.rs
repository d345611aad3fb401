//! Fields: the members of a body, those inside others behind them under a longer name.

use std::collections::BTreeSet;

use crate::{
    model::reading::one_line,
    tree::node::{Kind, Node},
};

use super::{FIELD, LINE, ReferenceField, Writer};

/// The most fields of one body.
const FIELDS: usize = 200;

/// How deep members in members are listed.
const DEEPEST: usize = 4;

/// The fields of one body while they are listed.
#[derive(Default)]
struct Listing {
    fields: Vec<ReferenceField>,
    names: BTreeSet<String>,
    inside: Vec<u32>,
}

impl<'d> Writer<'d> {
    /// The members of what a schema describes.
    pub(super) fn fields(&mut self, schema: Node<'d>) -> Vec<ReferenceField> {
        let mut listing = Listing::default();
        self.list(schema, "", &mut listing);
        listing.fields
    }

    fn list(&mut self, schema: Node<'d>, prefix: &str, listing: &mut Listing) {
        let Some(schema) = self.object(schema) else {
            return;
        };
        let inside = listing.inside.contains(&schema.number());
        if inside || listing.inside.len() > DEEPEST * 2 || !self.step() {
            return;
        }
        listing.inside.push(schema.number());
        for key in ["allOf", "oneOf", "anyOf"] {
            for part in schema.get(key).into_iter().flat_map(Node::items) {
                self.list(part, prefix, listing);
            }
        }
        if let Some(items) = schema.get("items") {
            self.list(items, &format!("{prefix}[]"), listing);
        }
        self.members(schema, prefix, listing);
        listing.inside.pop();
    }

    fn members(&mut self, schema: Node<'d>, prefix: &str, listing: &mut Listing) {
        let depth = prefix.matches(['.', '[']).count();
        let required = schema.get("required");
        for (key, value) in schema.get("properties").into_iter().flat_map(Node::members) {
            if listing.fields.len() >= FIELDS || depth > DEEPEST || !self.step() {
                return;
            }
            if self.is_hidden(value) {
                continue;
            }
            let own = one_line(key.written(), LINE);
            let name = if prefix.is_empty() {
                own
            } else {
                format!("{prefix}.{own}")
            };
            if !listing.names.insert(name.clone()) {
                continue;
            }
            let target = self.object(value).unwrap_or(value);
            let kind = self.kind(value);
            self.say(FIELD + name.len());
            listing.fields.push(ReferenceField {
                name: name.clone(),
                kind,
                required: required.is_some_and(|list| lists(list, key.written())),
                description: self.described(value).or_else(|| self.described(target)),
            });
            self.list(value, &name, listing);
        }
    }
}

fn lists(list: Node<'_>, name: &str) -> bool {
    list.kind() == Kind::List && list.items().any(|item| item.text() == Some(name))
}
