//! Parameters: those of a path item and of its operation, the operation's own in front.

use crate::{
    model::{edition::Edition, reading::one_line},
    tree::node::{Kind, Node},
};

use super::{FIELD, LINE, ReferenceParameter, Writer, example::copy};

/// The places of parameters, in the order in which a request shows them.
const PLACES: [&str; 5] = ["path", "query", "querystring", "header", "cookie"];

impl<'d> Writer<'d> {
    pub(super) fn parameters(
        &mut self,
        item: Node<'d>,
        operation: Node<'d>,
    ) -> Vec<ReferenceParameter> {
        let mut parameters = Vec::new();
        for (place, name, node) in self.declared(item, operation) {
            if PLACES.contains(&place) {
                parameters.push(self.parameter(place, name, node));
            }
        }
        parameters.sort_by_key(|it| PLACES.iter().position(|place| *place == it.place));
        parameters
    }

    /// Every parameter of an operation: where it stands, its name, and its object.
    pub(super) fn declared(
        &mut self,
        item: Node<'d>,
        operation: Node<'d>,
    ) -> Vec<(&'d str, &'d str, Node<'d>)> {
        let mut declared: Vec<(&str, &str, Node<'d>)> = Vec::new();
        for holder in [operation, item] {
            let list = holder
                .get("parameters")
                .filter(|it| it.kind() == Kind::List);
            for node in list.into_iter().flat_map(Node::items) {
                if !self.reading.afford_parameter(node) {
                    return declared;
                }
                let Some(node) = self.object(node) else {
                    continue;
                };
                let text = |key| node.get(key).and_then(Node::text);
                let (Some(place), Some(name)) = (text("in"), text("name")) else {
                    continue;
                };
                let known = declared.iter().any(|(p, n, _)| (*p, *n) == (place, name));
                if !known {
                    declared.push((place, name, node));
                }
            }
        }
        declared
    }

    pub(super) fn parameter(
        &mut self,
        place: &str,
        name: &str,
        node: Node<'d>,
    ) -> ReferenceParameter {
        let content = node
            .get("content")
            .and_then(|content| content.members().next());
        let schema = match content {
            Some((_, media)) => media.get("schema"),
            // A parameter of OpenAPI 2.0 is a schema itself.
            None if self.reading.edition == Edition::V2_0 => Some(node),
            None => node.get("schema"),
        };
        let kind = schema.map_or_else(|| "anything".to_owned(), |schema| self.kind(schema));
        let example = match self.given(node) {
            Some(given) => Some(copy(given)),
            None => schema.and_then(|schema| self.example(schema)),
        };
        let example = example.map(|example| example.bare());
        self.say(FIELD + name.len() + example.as_ref().map_or(0, String::len));
        ReferenceParameter {
            name: one_line(name, LINE),
            place: place.to_owned(),
            required: node.get("required").and_then(Node::boolean) == Some(true) || place == "path",
            kind,
            description: self.described(node),
            example,
        }
    }

    /// The example that an object gives: `example`, or the first of `examples`.
    pub(super) fn given(&mut self, node: Node<'d>) -> Option<Node<'d>> {
        if let Some(example) = node.get("example") {
            return Some(example);
        }
        let (_, first) = node.get("examples")?.members().next()?;
        let first = self.object(first)?;
        ["value", "dataValue"]
            .into_iter()
            .find_map(|key| first.get(key))
    }
}
