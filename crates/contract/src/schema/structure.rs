//! Keywords about numbers, texts, lists and objects.

use crate::{tree::node::Node, written::is_written_as};

use super::{
    check::{Checker, Manner, Travel, Wanted},
    compiled::{Bound, Dependency, Id, Limits, Members, Required},
    pattern::Pattern,
    same::{is_repeated, number},
    seen::Seen,
    violation::What,
};

impl<'s, 'd> Checker<'_, 's, 'd> {
    pub(super) fn number(
        &mut self,
        bounds: &[Bound],
        step: Option<f64>,
        format: Option<&'s str>,
        value: Node<'d>,
    ) -> bool {
        if bounds.is_empty() && step.is_none() {
            return self.format(format, value);
        }
        let is = number(value);
        if let Some(bound) = bounds.iter().find(|bound| !bound.allows(is)) {
            return self.fail(value, What::Beyond(*bound));
        }
        if let Some(step) = step.filter(|step| (is / step).fract() != 0.0) {
            return self.fail(value, What::NoMultiple(step));
        }
        self.format(format, value)
    }

    pub(super) fn text(
        &mut self,
        length: Limits,
        pattern: Option<Pattern<'s>>,
        format: Option<&'s str>,
        value: Node<'d>,
    ) -> bool {
        let text = value.written();
        let mut holds = true;
        if !length.are_none() {
            if !self.schemas.fuel.burn_for(text) {
                return true;
            }
            holds = self.size(length, "characters", text.chars().count(), value);
        }
        if let Some(pattern) = pattern.filter(|_| self.goes_on(holds))
            && !self.matches(pattern, text, Otherwise::Matches)
        {
            holds = self.fail(value, What::Pattern(pattern));
        }
        self.goes_on(holds) && self.format(format, value) && holds
    }

    /// Whether a text matches; what is not decided counts as is said.
    fn matches(&self, pattern: Pattern<'s>, text: &str, otherwise: Otherwise) -> bool {
        let matches = pattern.matches(text, self.schemas.patterns, self.schemas.fuel);
        matches.unwrap_or(otherwise == Otherwise::Matches)
    }

    fn format(&mut self, format: Option<&'s str>, value: Node<'d>) -> bool {
        let Some(format) = format else {
            return true;
        };
        let paid = self.schemas.fuel.burn_for(value.written());
        !paid || is_written_as(value, format) || self.fail(value, What::Format(format))
    }

    /// Whether a size is within its limits.
    pub(super) fn size(
        &mut self,
        limits: Limits,
        of: &'static str,
        size: usize,
        value: Node<'d>,
    ) -> bool {
        let has = u32::try_from(size).map_or(f64::INFINITY, f64::from);
        if let Some(least) = limits.least.filter(|least| has < *least) {
            return self.fail(value, What::Fewer { least, of, has });
        }
        if let Some(most) = limits.most.filter(|most| has > *most) {
            return self.fail(value, What::More { most, of, has });
        }
        true
    }

    pub(super) fn different(&mut self, value: Node<'d>) -> bool {
        let repeated = is_repeated(value, self.values, self.schemas.fuel);
        !repeated || self.fail(value, What::Repeated)
    }

    pub(super) fn items(
        &mut self,
        (first, rest): (&[Id], Option<Id>),
        value: Node<'d>,
        seen: &mut Seen,
    ) -> bool {
        let (mut holds, values) = (true, self.values);
        let mut schemas = first.iter().copied();
        for item in values.items(value) {
            let Some(schema) = schemas.next().or(rest) else {
                break;
            };
            if !self.goes_on(holds) {
                return false;
            }
            holds &= self.part(schema, item);
        }
        seen.items(first.len());
        if rest.is_some() {
            seen.all_items();
        }
        holds
    }

    pub(super) fn contains(
        &mut self,
        id: Id,
        (least, most): (f64, Option<f64>),
        value: Node<'d>,
    ) -> bool {
        let (mut count, mut failed, values) = (0.0, Vec::new(), self.values);
        for item in values.items(value) {
            if self.manner == Manner::Meant {
                count += if self.is(id, item) { 1.0 } else { 0.0 };
                continue;
            }
            match self.tried(id, item, &mut Seen::default()) {
                Ok(()) => count += 1.0,
                Err(violations) => self.failed(&mut failed, violations),
            }
        }
        let what = match most.filter(|most| count > *most) {
            _ if count < least => What::Rare(least),
            Some(most) => What::Frequent(most),
            None => return true,
        };
        self.note(failed.into_iter().flatten().collect());
        self.fail(value, what)
    }

    pub(super) fn required(&mut self, required: &[Required<'s>], value: Node<'d>) -> bool {
        let mut holds = true;
        for one in required {
            let may_be_left_out = match self.travel {
                Travel::Request => one.read_only,
                Travel::Response => one.write_only,
                Travel::Neither => false,
            };
            if may_be_left_out || value.get(one.name).is_some() {
                continue;
            }
            holds = self.fail(value, What::Missing(one.name));
            if !self.goes_on(holds) {
                return false;
            }
        }
        holds
    }

    pub(super) fn names(&mut self, names: Id, value: Node<'d>) -> bool {
        let mut holds = true;
        for (key, _) in value.members() {
            if !self.goes_on(holds) {
                return false;
            }
            holds &= match self.manner {
                Manner::Meant => self.part(names, key),
                Manner::Each => self.is(names, key) || self.fail(value, What::Name(key)),
            };
        }
        holds
    }

    /// The members that are not described, before the others, where the first violation is wanted.
    pub(super) fn others(
        &mut self,
        id: Id,
        members: &Members<'s>,
        value: Node<'d>,
        seen: &mut Seen,
    ) -> bool {
        let Some(others) = members.others.filter(|_| self.wanted == Wanted::First) else {
            return true;
        };
        let values = self.values;
        for (key, member) in values.members(value) {
            let name = key.written();
            let mut patterns = members.patterns.iter();
            let described = members.named.contains_key(name)
                || patterns.any(|(it, _)| self.matches(*it, name, Otherwise::Differs));
            if !described {
                seen.key(key);
                if !self.other(id, others, (key, member)) {
                    return false;
                }
            }
        }
        true
    }

    pub(super) fn members(
        &mut self,
        id: Id,
        members: &Members<'s>,
        value: Node<'d>,
        seen: &mut Seen,
    ) -> bool {
        if self.wanted == Wanted::First {
            return self.members_by_name(members, value, seen);
        }
        let (mut holds, values) = (true, self.values);
        for (key, member) in values.members(value) {
            let name = key.written();
            let mut known = false;
            if let Some(schema) = members.named.get(name) {
                known = true;
                holds &= self.part(*schema, member);
            }
            for (pattern, schema) in &members.patterns {
                if self.matches(*pattern, name, Otherwise::Differs) {
                    known = true;
                    holds &= self.part(*schema, member);
                }
            }
            if let Some(others) = members.others.filter(|_| !known) {
                known = true;
                holds &= self.other(id, others, (key, member));
            }
            if known {
                seen.key(key);
            }
            if !self.goes_on(holds) {
                return false;
            }
        }
        holds
    }

    /// The members that are described, in the order of the schema.
    fn members_by_name(&mut self, members: &Members<'s>, value: Node<'d>, seen: &mut Seen) -> bool {
        let values = self.values;
        for (name, schema) in &members.in_order {
            if let Some((key, member)) = value.member(name) {
                seen.key(key);
                if !self.part(*schema, values.see(member).node) {
                    return false;
                }
            }
        }
        for (pattern, schema) in &members.patterns {
            for (key, member) in values.members(value) {
                if self.matches(*pattern, key.written(), Otherwise::Differs) {
                    seen.key(key);
                    if !self.part(*schema, member) {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// A member that no name and no pattern describes.
    fn other(&mut self, owner: Id, others: Id, (key, member): (Node<'d>, Node<'d>)) -> bool {
        if self.schemas.is_never(others) {
            return self.fail(member, What::Unknown { key, owner });
        }
        self.part(others, member)
    }

    pub(super) fn dependent(
        &mut self,
        of: &[(&'s str, Dependency<'s>)],
        value: Node<'d>,
        seen: &mut Seen,
    ) -> bool {
        let mut holds = true;
        for (beside, asked) in of {
            if value.get(beside).is_none() || !self.goes_on(holds) {
                continue;
            }
            holds &= match asked {
                Dependency::Schema(id) => self.holds(*id, value, seen),
                Dependency::Names(names) => {
                    let missing = names.iter().find(|name| value.get(name).is_none());
                    missing
                        .is_none_or(|name| self.fail(value, What::MissingBeside { name, beside }))
                }
            };
        }
        holds
    }

    pub(super) fn rest_of_members(
        &mut self,
        id: Id,
        others: Id,
        value: Node<'d>,
        seen: &mut Seen,
    ) -> bool {
        let (known, values) = (seen.keys(), self.values);
        let mut holds = true;
        for (key, member) in values.members(value) {
            if known.binary_search(&key.number()).is_ok() {
                continue;
            }
            if !self.goes_on(holds) {
                return false;
            }
            seen.key(key);
            holds &= self.other(id, others, (key, member));
        }
        holds
    }

    pub(super) fn rest_of_items(&mut self, others: Id, value: Node<'d>, seen: &mut Seen) -> bool {
        let (mut holds, values) = (true, self.values);
        let Some(known) = seen.count() else {
            return true;
        };
        for item in values.items(value).skip(known) {
            if !self.goes_on(holds) {
                return false;
            }
            holds &= self.part(others, item);
        }
        seen.all_items();
        holds
    }
}

/// What a text counts as when nobody can decide whether it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Otherwise {
    Matches,
    Differs,
}
