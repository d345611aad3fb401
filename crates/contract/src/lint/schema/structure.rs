//! Keywords about numbers, texts, lists and objects.

use super::{
    Travel,
    check::{Check, number},
    combine::keep,
    keywords::Keywords,
    wording,
};
use crate::{
    lint::message,
    tree::node::{Kind, Node},
    written::is_written_as,
};

impl<'s, 'r> Check<'s, 'r> {
    pub(super) fn number(&mut self, said: &Keywords<'s>, value: Node<'r>) -> bool {
        let is = number(value);
        let strict = |limit: Option<Node<'s>>| limit.and_then(Node::boolean) == Some(true);
        let limit =
            |limit: Option<Node<'s>>| limit.filter(|it| it.kind() == Kind::Number).map(number);
        let limits = [
            (
                "minimum",
                limit(said.minimum),
                strict(said.exclusive_minimum),
                1.0,
            ),
            (
                "maximum",
                limit(said.maximum),
                strict(said.exclusive_maximum),
                -1.0,
            ),
            ("exclusiveMinimum", limit(said.exclusive_minimum), true, 1.0),
            (
                "exclusiveMaximum",
                limit(said.exclusive_maximum),
                true,
                -1.0,
            ),
        ];
        for (keyword, limit, strict, sign) in limits {
            let Some(limit) = limit else {
                continue;
            };
            let beyond = (is - limit) * sign;
            if beyond < 0.0 || (strict && beyond == 0.0) {
                return self.fail(keyword, value, wording::beyond(sign, strict, limit));
            }
        }
        if let Some(step) = limit(said.multiple_of).filter(|step| *step > 0.0) {
            let times = is / step;
            if times.fract() != 0.0 {
                return self.fail(
                    "multipleOf",
                    value,
                    format!("this must be a multiple of {step}"),
                );
            }
        }
        self.format(said, value)
    }

    pub(super) fn text(&mut self, said: &Keywords<'s>, value: Node<'r>) -> bool {
        let text = value.written();
        if said.min_length.or(said.max_length).is_some() {
            if !self.fuel.burn_for(text) {
                return true;
            }
            let length = text.chars().count();
            if !self.size(
                "Length",
                "characters",
                length,
                (said.min_length, said.max_length),
                value,
            ) {
                return false;
            }
        }
        if let Some(source) = said.pattern.and_then(Node::text)
            && let Some(pattern) = self.patterns.pattern(source, self.fuel)
            && pattern.is_in(text, self.fuel) == Some(false)
        {
            let message = format!("this must match the pattern `{}`", message::short(source));
            return self.fail("pattern", value, message);
        }
        self.format(said, value)
    }

    fn format(&mut self, said: &Keywords<'s>, value: Node<'r>) -> bool {
        let Some(format) = said.format.and_then(Node::text) else {
            return true;
        };
        if !self.fuel.burn_for(value.written()) {
            return true;
        }
        if is_written_as(value, format) {
            return true;
        }
        self.fail(
            "format",
            value,
            format!("this must be written as `{format}`"),
        )
    }

    /// Whether a size is within its limits.
    fn size(
        &mut self,
        of: &'static str,
        what: &str,
        size: usize,
        (min, max): (Option<Node<'s>>, Option<Node<'s>>),
        value: Node<'r>,
    ) -> bool {
        let size = u32::try_from(size).map_or(f64::INFINITY, f64::from);
        if let Some(min) = min.map(number).filter(|min| size < *min) {
            return self.fail(
                of,
                value,
                format!("this must have at least {min} {what}, and has {size}"),
            );
        }
        if let Some(max) = max.map(number).filter(|max| size > *max) {
            return self.fail(
                of,
                value,
                format!("this must have at most {max} {what}, and has {size}"),
            );
        }
        true
    }

    pub(super) fn list(&mut self, said: &Keywords<'s>, value: Node<'r>) -> bool {
        let limits = (said.min_items, said.max_items);
        let mut holds = match limits {
            (None, None) => true,
            _ => self.size("Items", "items", value.items().count(), limits, value),
        };
        if self.goes_on(holds) && said.unique_items.and_then(Node::boolean) == Some(true) {
            holds &= self.unique(value);
        }
        let positional = match said.items.filter(|it| it.kind() == Kind::List) {
            Some(items) => Some(items),
            None => said.prefix_items,
        };
        let mut first: Vec<Node<'s>> = positional.into_iter().flat_map(Node::items).collect();
        first.reverse();
        let rest = match said.items.filter(|it| it.kind() != Kind::List) {
            Some(items) => Some(items),
            None if positional.is_some() => said.additional_items,
            None => None,
        };
        let values = self.values;
        for item in values.items(value) {
            if !self.goes_on(holds) {
                return false;
            }
            if let Some(schema) = first.pop().or(rest) {
                holds &= self.holds(schema, item);
            }
        }
        if self.goes_on(holds) {
            holds &= self.contains(said, value);
        }
        holds
    }

    fn unique(&mut self, value: Node<'r>) -> bool {
        let items: Vec<Node<'r>> = self.values.items(value).collect();
        let simple = items.iter().all(|item| !item.is_container());
        let twice = if simple {
            // Every number is written in one way only where it matters: `1` and `1.0` in one list are nobody's.
            let mut sorted: Vec<_> = items
                .iter()
                .map(|item| (item.kind().to_string(), item.written()))
                .collect();
            sorted.sort_unstable();
            let paid = self
                .fuel
                .burn(u64::try_from(items.len()).unwrap_or(u64::MAX));
            paid && sorted.windows(2).any(|pair| pair.first() == pair.last())
        } else {
            items.iter().enumerate().any(|(at, one)| {
                items
                    .iter()
                    .take(at)
                    .any(|other| !self.fuel.is_out() && self.same(*one, *other))
            })
        };
        !twice || self.fail("uniqueItems", value, "two items of this list are the same")
    }

    fn contains(&mut self, said: &Keywords<'s>, value: Node<'r>) -> bool {
        let Some(schema) = said.contains else {
            return true;
        };
        let (mut count, mut failed, values) = (0.0, Vec::new(), self.values);
        for item in values.items(value) {
            match self.tried(schema, item) {
                Ok(()) => count += 1.0,
                Err(failures) => keep(&mut failed, failures),
            }
        }
        let enough = count >= said.min_contains.map_or(1.0, number);
        if enough && said.max_contains.is_none_or(|max| count <= number(max)) {
            return true;
        }
        self.note(failed);
        self.fail(
            "contains",
            value,
            "the number of items of the wanted kind is wrong",
        )
    }

    pub(super) fn object(&mut self, said: &Keywords<'s>, value: Node<'r>) -> bool {
        let limits = (said.min_properties, said.max_properties);
        let mut holds = match limits {
            (None, None) => true,
            _ => self.size(
                "Properties",
                "members",
                value.members().count(),
                limits,
                value,
            ),
        };
        if self.goes_on(holds) {
            holds &= self.required(said, value);
        }
        if let (true, Some(names)) = (self.goes_on(holds), said.property_names) {
            for (key, _) in value.members() {
                if let (true, Err(())) = (self.goes_on(holds), self.first_of(names, key)) {
                    holds = self.fail(
                        "propertyNames",
                        value,
                        format!("{} is no name for a member", message::value(key)),
                    );
                }
            }
        }
        if self.goes_on(holds) {
            holds &= self.additional(said, value);
        }
        if self.goes_on(holds) {
            holds &= self.dependent(said, value);
        }
        let values = self.values;
        for (name, schema) in said.properties.into_iter().flat_map(Node::members) {
            if !self.goes_on(holds) {
                return false;
            }
            if let Some(member) = values.get(value, name.written()) {
                holds &= self.holds(schema, member);
            }
        }
        for (source, schema) in said.pattern_properties.into_iter().flat_map(Node::members) {
            for (key, member) in values.members(value) {
                if self.goes_on(holds) && self.is_named(source, key) {
                    holds &= self.holds(schema, member);
                }
            }
        }
        holds
    }

    fn required(&mut self, said: &Keywords<'s>, value: Node<'r>) -> bool {
        let mut holds = true;
        for name in said.required.into_iter().flat_map(Node::items) {
            let missing = name.text().is_some_and(|name| value.get(name).is_none());
            if !missing || self.may_be_left_out(said, name.written()) {
                continue;
            }
            holds = self.fail(
                "required",
                value,
                format!("the member {} is missing", message::value(name)),
            );
            if !self.goes_on(holds) {
                return false;
            }
        }
        holds
    }

    /// Whether a member does not travel in this direction.
    fn may_be_left_out(&self, said: &Keywords<'s>, name: &str) -> bool {
        let flag = match self.travel {
            Travel::Request => "readOnly",
            Travel::Response => "writeOnly",
            Travel::Neither => return false,
        };
        let property = said.properties.and_then(|it| self.schemas.get(it, name));
        property.and_then(|it| it.get(flag)).and_then(Node::boolean) == Some(true)
    }

    fn additional(&mut self, said: &Keywords<'s>, value: Node<'r>) -> bool {
        let Some(schema) = said.additional_properties else {
            return true;
        };
        let (mut holds, values) = (true, self.values);
        for (key, member) in values.members(value) {
            if !self.goes_on(holds) {
                return false;
            }
            if self.is_declared(said, key) {
                continue;
            }
            holds &= match schema.boolean() {
                Some(true) => true,
                Some(false) => self.fail("additionalProperties", value, wording::unexpected(key)),
                None => self.holds(schema, member),
            };
        }
        holds
    }

    /// Whether `properties` or `patternProperties` speak of a member.
    pub(super) fn is_declared(&self, said: &Keywords<'s>, key: Node<'_>) -> bool {
        let named = said
            .properties
            .is_some_and(|it| it.get(key.written()).is_some());
        let mut patterns = said.pattern_properties.into_iter().flat_map(Node::members);
        named || patterns.any(|(source, _)| self.is_named(source, key))
    }

    pub(super) fn is_named(&self, source: Node<'s>, key: Node<'_>) -> bool {
        let pattern = self.patterns.pattern(source.written(), self.fuel);
        pattern.is_some_and(|pattern| pattern.is_in(key.written(), self.fuel) == Some(true))
    }

    fn dependent(&mut self, said: &Keywords<'s>, value: Node<'r>) -> bool {
        let mut holds = true;
        let all = [
            said.dependencies,
            said.dependent_required,
            said.dependent_schemas,
        ];
        for (name, wanted) in all.into_iter().flatten().flat_map(Node::members) {
            if value.get(name.written()).is_none() || !self.goes_on(holds) {
                continue;
            }
            if wanted.kind() != Kind::List {
                holds &= self.holds(wanted, value);
                continue;
            }
            let missing = wanted.items().find(|it| value.get(it.written()).is_none());
            if let Some(missing) = missing {
                let (name, missing) = (message::value(name), message::value(missing));
                holds = self.fail(
                    "dependencies",
                    value,
                    format!("with {name} there must be {missing}"),
                );
            }
        }
        holds
    }
}
