//! From one schema as it is written to one that values can be held against.

use std::rc::Rc;

use crate::tree::node::{Kind, Node};

use super::{
    Dialect,
    compiled::{Bound, Check, Dependency, Id, Limits, Members, Required, Schema, Side},
    keywords::Keywords,
    kinds::Kinds,
    same::number,
    schemas::{At, Schemas},
};

/// Makes a schema ready. Those in it are only met.
pub(super) fn compile<'s>(schemas: &Schemas<'s>, at: At<'s>, title: &'s str) -> Schema<'s> {
    let (_, node) = at;
    if node.kind() != Kind::Object {
        return Schema {
            title,
            never: node.boolean() == Some(false),
            ..Schema::default()
        };
    }
    let said = Keywords::of(node);
    let members = node.members().count();
    schemas
        .fuel
        .burn(u64::try_from(members).unwrap_or(u64::MAX));
    let rest = said.unevaluated_properties.or(said.unevaluated_items);
    let reading = Reading { schemas, at, title };
    Schema {
        title,
        never: false,
        kinds: said.kind.and_then(|written| kinds(&said, written)),
        tracks: rest.is_some(),
        checks: reading.checks(&said),
    }
}

/// One schema while it is read.
struct Reading<'c, 's> {
    schemas: &'c Schemas<'s>,
    at: At<'s>,
    title: &'s str,
}

impl<'s> Reading<'_, 's> {
    /// Everything that the keywords ask, in the order that decides which violation is the first.
    fn checks(&self, said: &Keywords<'s>) -> Vec<Check<'s>> {
        let mut checks = Vec::new();
        self.references(said, &mut checks);
        if said.reference.is_some() && self.schemas.dialect != Dialect::Modern {
            return checks;
        }
        if said.kind.is_some() {
            checks.push(Check::Kinds);
        }
        values(said, &mut checks);
        self.combinations(said, &mut checks);
        self.number(said, &mut checks);
        self.text(said, &mut checks);
        self.list(said, &mut checks);
        self.object(said, &mut checks);
        let rest = said.unevaluated_properties.map(|it| self.id(it));
        checks.extend(rest.map(Check::RestOfMembers));
        let rest = said.unevaluated_items.map(|it| self.id(it));
        checks.extend(rest.map(Check::RestOfItems));
        checks
    }

    fn id(&self, schema: Node<'s>) -> Id {
        let (file, _) = self.at;
        self.schemas.met((file, schema), self.title)
    }

    fn each(&self, list: Node<'s>) -> Vec<Id> {
        list.items().map(|schema| self.id(schema)).collect()
    }

    fn references(&self, said: &Keywords<'s>, checks: &mut Vec<Check<'s>>) {
        let (file, _) = self.at;
        let schemas = self.schemas;
        if let Some(reference) = said.reference.and_then(Node::text)
            && let Some((target, name)) = schemas.target(file, reference)
        {
            checks.push(Check::Same(schemas.met(target, name.unwrap_or(self.title))));
        }
        if let Some(reference) = said.dynamic_reference.and_then(Node::text)
            && let Some(target) = schemas.dynamic(file, reference)
        {
            checks.push(Check::Same(schemas.met(target, self.title)));
        }
    }

    fn combinations(&self, said: &Keywords<'s>, checks: &mut Vec<Check<'s>>) {
        checks.extend(said.not.map(|it| Check::Not(self.id(it))));
        checks.extend(said.any_of.map(|it| Check::Any(self.each(it))));
        checks.extend(said.one_of.map(|it| Check::One(self.each(it))));
        checks.extend(said.all_of.map(|it| Check::All(self.each(it))));
        checks.extend(said.condition.map(|condition| Check::If {
            condition: self.id(condition),
            then: said.then.map(|it| self.id(it)),
            otherwise: said.otherwise.map(|it| self.id(it)),
        }));
    }

    fn number(&self, said: &Keywords<'s>, checks: &mut Vec<Check<'s>>) {
        let limit = |it: Option<Node<'s>>| it.filter(|it| it.kind() == Kind::Number).map(number);
        let strict = |it: Option<Node<'s>>| it.and_then(Node::boolean) == Some(true);
        let (above, below) = (said.exclusive_minimum, said.exclusive_maximum);
        let bounds = [
            (limit(said.minimum), strict(above), Side::Least),
            (limit(said.maximum), strict(below), Side::Most),
            (limit(above), true, Side::Least),
            (limit(below), true, Side::Most),
        ];
        let bound = |(limit, strict, side): (Option<f64>, bool, Side)| {
            let limit = limit?;
            Some(Bound {
                limit,
                strict,
                side,
            })
        };
        let bounds: Vec<_> = bounds.into_iter().filter_map(bound).collect();
        let step = limit(said.multiple_of).filter(|step| *step > 0.0);
        let format = said.format.and_then(Node::text);
        if !bounds.is_empty() || step.is_some() || format.is_some() {
            checks.push(Check::Number {
                bounds,
                step,
                format,
            });
        }
    }

    fn text(&self, said: &Keywords<'s>, checks: &mut Vec<Check<'s>>) {
        let length = limits(said.min_length, said.max_length);
        let pattern = said.pattern.and_then(Node::text);
        let pattern = pattern.and_then(|it| self.schemas.pattern(it));
        let format = said.format.and_then(Node::text);
        if !length.are_none() || pattern.is_some() || format.is_some() {
            checks.push(Check::Text {
                length,
                pattern,
                format,
            });
        }
    }

    fn list(&self, said: &Keywords<'s>, checks: &mut Vec<Check<'s>>) {
        let count = limits(said.min_items, said.max_items);
        if !count.are_none() {
            checks.push(Check::ItemCount(count));
        }
        if said.unique_items.and_then(Node::boolean) == Some(true) {
            checks.push(Check::Different);
        }
        let is_list = |it: &Node<'s>| it.kind() == Kind::List;
        let listed = said.items.filter(is_list);
        let positional = listed.or(said.prefix_items);
        let rest = match said.items.filter(|it| !is_list(it)) {
            Some(items) => Some(items),
            None => said.additional_items.filter(|_| positional.is_some()),
        };
        if positional.is_some() || rest.is_some() {
            checks.push(Check::Items {
                first: positional.map_or_else(Vec::new, |it| self.each(it)),
                rest: rest.map(|it| self.id(it)),
            });
        }
        checks.extend(said.contains.map(|contains| Check::Contains {
            id: self.id(contains),
            least: said.min_contains.map_or(1.0, number),
            most: said.max_contains.map(number),
        }));
    }

    fn object(&self, said: &Keywords<'s>, checks: &mut Vec<Check<'s>>) {
        let count = limits(said.min_properties, said.max_properties);
        if !count.are_none() {
            checks.push(Check::MemberCount(count));
        }
        if let Some(required) = said.required {
            let required = required
                .items()
                .filter_map(|name| self.required(said, name));
            checks.push(Check::Required(required.collect()));
        }
        checks.extend(said.property_names.map(|it| Check::Names(self.id(it))));
        let members = self.members(said).map(Rc::new);
        if let Some(members) = members.as_ref().filter(|it| it.others.is_some()) {
            checks.push(Check::Others(Rc::clone(members)));
        }
        let dependent = [
            said.dependencies,
            said.dependent_required,
            said.dependent_schemas,
        ];
        let dependent = dependent.into_iter().flatten().flat_map(Node::members);
        let dependent: Vec<_> = dependent
            .map(|(key, value)| self.dependency(key, value))
            .collect();
        if !dependent.is_empty() {
            checks.push(Check::Dependent(dependent));
        }
        checks.extend(members.map(Check::Members));
    }

    fn required(&self, said: &Keywords<'s>, name: Node<'s>) -> Option<Required<'s>> {
        let (file, _) = self.at;
        let name = name.text()?;
        let property = said.properties.and_then(|all| all.get(name));
        let property = property.map(|it| self.schemas.meant((file, it)).1);
        let says = |flag: &str| property.and_then(|it| it.get(flag)?.boolean()) == Some(true);
        Some(Required {
            name,
            read_only: says("readOnly"),
            write_only: says("writeOnly"),
        })
    }

    fn dependency(&self, key: Node<'s>, value: Node<'s>) -> (&'s str, Dependency<'s>) {
        let asked = match value.kind() {
            Kind::List => Dependency::Names(value.items().map(Node::written).collect()),
            _ => Dependency::Schema(self.id(value)),
        };
        (key.written(), asked)
    }

    fn members(&self, said: &Keywords<'s>) -> Option<Members<'s>> {
        let (named, patterns) = (said.properties, said.pattern_properties);
        named.or(patterns).or(said.additional_properties)?;
        let named = named.into_iter().flat_map(Node::members);
        let in_order: Vec<_> = named
            .map(|(key, it)| (key.written(), self.id(it)))
            .collect();
        let patterns = patterns.into_iter().flat_map(Node::members);
        let pattern = |(key, it): (Node<'s>, Node<'s>)| {
            Some((self.schemas.pattern(key.written())?, self.id(it)))
        };
        Some(Members {
            named: in_order.iter().copied().collect(),
            in_order,
            patterns: patterns.filter_map(pattern).collect(),
            others: said.additional_properties.map(|it| self.id(it)),
        })
    }
}

fn values<'s>(said: &Keywords<'s>, checks: &mut Vec<Check<'s>>) {
    checks.extend(said.constant.map(|constant| Check::Values {
        keyword: "const",
        values: Rc::from([constant]),
    }));
    let allowed = said.allowed.filter(|it| it.kind() == Kind::List);
    checks.extend(allowed.map(|allowed| Check::Values {
        keyword: "enum",
        values: allowed.items().collect(),
    }));
}

fn limits(least: Option<Node<'_>>, most: Option<Node<'_>>) -> Limits {
    Limits {
        least: least.map(number),
        most: most.map(number),
    }
}

/// The types that a schema names, and null where it says so beside them.
fn kinds<'s>(said: &Keywords<'s>, written: Node<'s>) -> Option<(Kinds, Node<'s>)> {
    let kinds = Kinds::of(written)?;
    let mut flags = [said.nullable, said.x_nullable].into_iter().flatten();
    let nullable = flags.any(|it| it.boolean() == Some(true));
    let kinds = if nullable { kinds.with("null") } else { kinds };
    Some((kinds, written))
}
