//! The keywords `unevaluatedProperties` and `unevaluatedItems`.

use std::collections::HashSet;

use super::{check::Check, keywords::Keywords, wording};
use crate::tree::node::{Kind, Node};

/// What of a value other keywords have spoken of.
#[derive(Default)]
struct Evaluated {
    members: HashSet<u32>,
    all_members: bool,
    items: usize,
    all_items: bool,
}

impl<'s, 'r> Check<'s, 'r> {
    pub(super) fn unevaluated(
        &mut self,
        said: &Keywords<'s>,
        schema: Node<'s>,
        value: Node<'r>,
    ) -> bool {
        let (members, items) = (said.unevaluated_properties, said.unevaluated_items);
        let wanted = match value.kind() {
            Kind::Object => members,
            Kind::List => items,
            Kind::Null | Kind::Boolean | Kind::Number | Kind::Text => None,
        };
        let Some(wanted) = wanted else {
            return true;
        };
        let mut evaluated = Evaluated::default();
        self.evaluate(schema, value, &mut evaluated, 0);
        let (mut holds, values) = (true, self.values);
        for (key, member) in values.members(value) {
            let known = evaluated.all_members || evaluated.members.contains(&key.number());
            if known || !self.goes_on(holds) {
                continue;
            }
            holds &= match wanted.boolean() {
                Some(true) => true,
                Some(false) => self.fail("unevaluatedProperties", value, wording::unexpected(key)),
                None => self.holds(wanted, member),
            };
        }
        if !evaluated.all_items {
            for item in values.items(value).skip(evaluated.items) {
                if self.goes_on(holds) {
                    holds &= self.holds(wanted, item);
                }
            }
        }
        holds
    }

    /// Notes what a schema, and those it applies in place, speak of.
    fn evaluate(
        &mut self,
        schema: Node<'s>,
        value: Node<'r>,
        evaluated: &mut Evaluated,
        depth: usize,
    ) {
        let schema = self.schemas.see(schema).node;
        if depth > 30 || !self.fuel.burn(1) {
            return;
        }
        let said = Keywords::of(schema);
        let nested = depth > 0;
        evaluated.all_members |= said.additional_properties.is_some()
            || (nested && said.unevaluated_properties.is_some());
        evaluated.all_items |= said.items.is_some_and(|it| it.kind() != Kind::List)
            || said.additional_items.is_some()
            || (nested && said.unevaluated_items.is_some());
        let positional = said.prefix_items.or(said.items);
        let count = positional.into_iter().flat_map(Node::items).count();
        evaluated.items = evaluated.items.max(count);
        for (key, _) in value.members() {
            if self.is_declared(&said, key) {
                evaluated.members.insert(key.number());
            }
        }
        for applied in self.applied(&said, value) {
            self.evaluate(applied, value, evaluated, depth + 1);
        }
    }

    /// The schemas that a schema applies to the same value, as far as the value is what they say.
    fn applied(&mut self, said: &Keywords<'s>, value: Node<'r>) -> Vec<Node<'s>> {
        let mut applied = Vec::new();
        for reference in [said.reference, said.dynamic_reference]
            .into_iter()
            .flatten()
        {
            applied.extend(self.target(reference));
        }
        applied.extend(said.all_of.into_iter().flat_map(Node::items));
        let choices = [said.any_of, said.one_of]
            .into_iter()
            .flatten()
            .flat_map(Node::items);
        for choice in choices {
            if self.first_of(choice, value).is_ok() {
                applied.push(choice);
            }
        }
        if let Some(condition) = said.condition {
            match self.first_of(condition, value) {
                Ok(()) => applied.extend([Some(condition), said.then].into_iter().flatten()),
                Err(()) => applied.extend(said.otherwise),
            }
        }
        let dependent = said.dependent_schemas.into_iter().flat_map(Node::members);
        let present = dependent.filter(|(name, _)| value.get(name.written()).is_some());
        applied.extend(present.map(|(_, schema)| schema));
        applied
    }
}
