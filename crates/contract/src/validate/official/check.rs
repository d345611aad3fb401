//! Checking: one walk over the document, in which every value meets the schemas that apply to it.
//!
//! Invariant: a value is looked at once for each schema that applies to it. The branches of a choice are told apart by what
//! they find, not by trying again, so that no nesting of choices makes a document cost more than its size.

use crate::{
    tree::node::{Kind, Node},
    written::is_written_as,
};

use super::{
    branches, same,
    schema::{Check, Id, Kinds, Members, Schemas},
};

/// The most violations kept; the report tells fewer.
pub(super) const MOST: usize = 10_000;

/// Something that a schema does not allow.
#[derive(Clone, Debug)]
pub(super) struct Violation<'s, 'd> {
    pub(super) node: Node<'d>,
    pub(super) what: What<'s, 'd>,
}

/// What it is.
#[derive(Clone, Debug)]
pub(super) enum What<'s, 'd> {
    /// It is of another type.
    Kind(Kinds),
    /// A member is missing.
    Missing(&'s str),
    /// None of these members is there.
    MissingAll(Vec<&'s str>),
    /// A member that an object of this kind does not have.
    Unknown { key: Node<'d>, owner: Id },
    /// It is none of these values.
    Value(Vec<(Kind, &'s str)>),
    /// It does not match.
    Pattern(super::pattern::Pattern<'s>),
    /// It is not written as this format says.
    Format(&'s str),
    /// It is smaller than this.
    Least(String),
    /// It holds fewer of these than this.
    Fewer(usize, &'static str),
    /// It holds more than this.
    Most(usize),
    /// An item stands in the list before.
    Repeated,
    /// It must not stand here.
    Forbidden,
    /// These members exclude one another.
    Together(Vec<&'s str>),
    /// It is of several kinds, and must be of one.
    Several,
}

/// Where violations go.
pub(super) enum Out<'o, 's, 'd> {
    /// Nobody asks which they are: the first one ends the check.
    Nowhere,
    Here(&'o mut Vec<Violation<'s, 'd>>),
}

/// The keys of an object that some keyword has looked at; nothing when nobody will ask.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen(Option<Vec<u32>>);

impl Seen {
    /// For a branch, which may turn out not to count.
    pub(super) fn fresh(&self) -> Self {
        Self(self.0.is_some().then(Vec::new))
    }

    /// Takes over what a branch that counts has seen.
    pub(super) fn add(&mut self, branch: Self) {
        if let (Some(all), Some(more)) = (&mut self.0, branch.0) {
            all.extend(more);
        }
    }

    fn key(&mut self, key: Node<'_>) {
        if let Some(all) = &mut self.0 {
            all.push(key.number());
        }
    }
}

/// Everything in a document that its schema, the first of all, does not allow.
pub(super) fn check<'s, 'd>(schemas: &Schemas<'s>, root: Node<'d>) -> Vec<Violation<'s, 'd>> {
    let mut violations = Vec::new();
    let checker = Checker { schemas };
    checker.check(
        0,
        root,
        &mut Seen::default(),
        &mut Out::Here(&mut violations),
    );
    violations
}

pub(super) struct Checker<'c, 's> {
    pub(super) schemas: &'c Schemas<'s>,
}

impl<'s> Checker<'_, 's> {
    /// Whether a value satisfies a schema.
    pub(super) fn check<'d>(
        &self,
        id: Id,
        node: Node<'d>,
        seen: &mut Seen,
        out: &mut Out<'_, 's, 'd>,
    ) -> bool {
        let Some(schema) = self.schemas.get(id) else {
            return true;
        };
        if schema.never {
            return told(out, node, What::Forbidden);
        }
        if let Some(kinds) = schema.kinds
            && !kinds.hold(node)
        {
            return told(out, node, What::Kind(kinds));
        }
        let rest = matches!(schema.checks.last(), Some(Check::Rest(_)));
        let mut own = if rest {
            Seen(Some(Vec::new()))
        } else {
            seen.fresh()
        };
        let mut holds = true;
        for check in &schema.checks {
            holds &= self.one(id, check, node, &mut own, out);
            if !holds && matches!(out, Out::Nowhere) {
                return false;
            }
        }
        seen.add(own);
        holds
    }

    fn one<'d>(
        &self,
        id: Id,
        check: &Check<'s>,
        node: Node<'d>,
        seen: &mut Seen,
        out: &mut Out<'_, 's, 'd>,
    ) -> bool {
        match check {
            Check::Same(other) => self.check(*other, node, seen, out),
            Check::All(all) => {
                let mut holds = true;
                for other in all {
                    holds &= self.check(*other, node, seen, out);
                }
                holds
            }
            Check::Any(of) => branches::choose(self, (of, false), node, seen, out),
            Check::One(of) => branches::choose(self, (of, true), node, seen, out),
            Check::Not(other) => {
                let holds = self.check(*other, node, &mut Seen::default(), &mut Out::Nowhere);
                !holds || told(out, node, self.forbidden(*other))
            }
            Check::If {
                condition,
                then,
                otherwise,
            } => {
                let mut branch = seen.fresh();
                let holds = self.check(*condition, node, &mut branch, &mut Out::Nowhere);
                if holds {
                    seen.add(branch);
                }
                let next = if holds { then } else { otherwise };
                next.is_none_or(|next| self.check(next, node, seen, out))
            }
            Check::Dependent(of) => {
                let mut holds = true;
                for (key, other) in of {
                    if node.get(key).is_some() {
                        holds &= self.check(*other, node, seen, out);
                    }
                }
                holds
            }
            Check::Members(members) => self.members(id, members, node, seen, out),
            Check::Rest(others) => self.rest(id, *others, node, seen, out),
            Check::Names(names) => {
                let mut holds = true;
                for (key, _) in node.members() {
                    holds &= self.check(*names, key, &mut Seen::default(), out);
                }
                holds
            }
            Check::Items(items) => {
                let mut holds = true;
                for item in node.items() {
                    holds &= self.check(*items, item, &mut Seen::default(), out);
                }
                holds
            }
            Check::Required(required) => {
                let mut holds = true;
                if node.kind() == Kind::Object {
                    for key in required.iter().filter(|key| node.get(key).is_none()) {
                        holds = told(out, node, What::Missing(key));
                    }
                }
                holds
            }
            plain => match self.plain(plain, node) {
                Some(found) => told(out, node, found),
                None => true,
            },
        }
    }

    /// What a check that looks at the value alone finds.
    fn plain<'d>(&self, check: &Check<'s>, node: Node<'d>) -> Option<What<'s, 'd>> {
        let (object, list) = (node.kind() == Kind::Object, node.kind() == Kind::List);
        match check {
            Check::Values(values) => {
                let own = (node.kind(), node.written());
                (!values.contains(&own)).then(|| What::Value(values.clone()))
            }
            Check::Pattern(pattern) => {
                let text = text(node)?;
                (!pattern.matches(text)).then_some(What::Pattern(*pattern))
            }
            Check::Format(format) => (!is_written_as(node, format)).then_some(What::Format(format)),
            Check::LeastLength(least) => {
                let short = text(node)?.chars().take(*least).count() < *least;
                short.then_some(What::Fewer(*least, "characters"))
            }
            Check::Least { bound, inclusive } if node.kind() == Kind::Number => {
                let number: f64 = node.written().parse().ok()?;
                let fits = if *inclusive {
                    number >= *bound
                } else {
                    number > *bound
                };
                let more = if *inclusive { "at least" } else { "more than" };
                (!fits).then(|| What::Least(format!("{more} {bound}")))
            }
            Check::LeastItems(least) if list => {
                let few = node.items().take(*least).count() < *least;
                few.then_some(What::Fewer(*least, "items"))
            }
            Check::Different if list => same::is_repeated(node).then_some(What::Repeated),
            Check::Contains { id, least, most } if list => {
                let fits = |item: &Node<'d>| {
                    self.check(*id, *item, &mut Seen::default(), &mut Out::Nowhere)
                };
                let count = node.items().filter(fits).count();
                let few = (count < *least).then_some(What::Fewer(*least, "items of one kind"));
                few.or_else(|| (count > *most).then_some(What::Most(*most)))
            }
            Check::LeastMembers(least) if object => {
                let few = node.members().take(*least).count() < *least;
                few.then_some(What::Fewer(*least, "members"))
            }
            Check::MostMembers(most) if object => {
                let many = node.members().nth(*most).is_some();
                many.then_some(What::Most(*most))
            }
            _ => None,
        }
    }

    fn members<'d>(
        &self,
        id: Id,
        members: &Members<'s>,
        node: Node<'d>,
        seen: &mut Seen,
        out: &mut Out<'_, 's, 'd>,
    ) -> bool {
        let mut holds = true;
        for (key, value) in node.members() {
            let name = key.written();
            let named = members.named.get(name).copied();
            let patterns = members.patterns.iter().filter(|(it, _)| it.matches(name));
            let mut known = false;
            for other in named.into_iter().chain(patterns.map(|(_, id)| *id)) {
                known = true;
                holds &= self.check(other, value, &mut Seen::default(), out);
            }
            if let Some(others) = members.others.filter(|_| !known) {
                known = true;
                holds &= self.other(id, others, (key, value), out);
            }
            if known {
                seen.key(key);
            }
            if !holds && matches!(out, Out::Nowhere) {
                return false;
            }
        }
        holds
    }

    /// The members that nothing has looked at.
    fn rest<'d>(
        &self,
        id: Id,
        others: Id,
        node: Node<'d>,
        seen: &mut Seen,
        out: &mut Out<'_, 's, 'd>,
    ) -> bool {
        let mut looked_at: Vec<u32> = seen.0.clone().unwrap_or_default();
        looked_at.sort_unstable();
        let mut holds = true;
        for (key, value) in node.members() {
            if looked_at.binary_search(&key.number()).is_err() {
                seen.key(key);
                holds &= self.other(id, others, (key, value), out);
            }
        }
        holds
    }

    /// A member that no name or pattern covers.
    fn other<'d>(
        &self,
        owner: Id,
        others: Id,
        (key, value): (Node<'d>, Node<'d>),
        out: &mut Out<'_, 's, 'd>,
    ) -> bool {
        if self.schemas.is_never(others) {
            return told(out, value, What::Unknown { key, owner });
        }
        self.check(others, value, &mut Seen::default(), out)
    }

    /// What a value must not be, as far as it can be named.
    fn forbidden<'d>(&self, id: Id) -> What<'s, 'd> {
        let checks = self.schemas.get(id).map(|schema| schema.checks.as_slice());
        match checks {
            Some([Check::Required(names)]) => What::Together(names.clone()),
            _ => What::Forbidden,
        }
    }
}

/// Puts a violation where it goes; always `false`.
pub(super) fn told<'s, 'd>(out: &mut Out<'_, 's, 'd>, node: Node<'d>, what: What<'s, 'd>) -> bool {
    if let Out::Here(all) = out
        && all.len() < MOST
    {
        all.push(Violation { node, what });
    }
    false
}

/// The text of a key or of a value that is text.
fn text(node: Node<'_>) -> Option<&str> {
    (node.kind() == Kind::Text).then(|| node.written())
}
