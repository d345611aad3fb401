//! Holding one value against one schema.

use super::{Dialect, Schemas, Travel, Wanted, keywords::Keywords, wording};
use crate::{
    lint::{fuel::Fuel, message, view::View},
    tree::{
        node::{Kind, Node},
        pointer,
    },
};

/// How deep schemas may lead into one another.
const DEEPEST: usize = 150;

/// The most failures that are kept of one value: schemas that each try the next one twice make as many as they like.
pub(super) const MOST: usize = 1_000;

/// What it costs to say what does not hold.
const FAILING: u64 = 20;

/// A value while it is held against a schema.
pub(crate) struct Check<'s, 'r> {
    pub(crate) dialect: Dialect,
    pub(crate) wanted: Wanted,
    pub(crate) travel: Travel,
    /// How the schema is seen.
    pub(crate) schemas: View<'s>,
    /// How the value is seen.
    pub(crate) values: View<'r>,
    pub(crate) fuel: &'r Fuel,
    pub(crate) patterns: &'r Schemas,
    failures: Vec<Failure<'r>>,
    depth: usize,
}

/// A keyword that does not hold.
#[derive(Clone, Debug)]
pub(crate) struct Failure<'r> {
    pub(crate) keyword: &'static str,
    /// The value that the keyword is about.
    pub(crate) at: Node<'r>,
    pub(crate) message: String,
}

impl<'s, 'r> Check<'s, 'r> {
    pub(crate) fn new(
        dialect: Dialect,
        schemas: View<'s>,
        values: View<'r>,
        (fuel, patterns): (&'r Fuel, &'r Schemas),
    ) -> Self {
        Self {
            dialect,
            wanted: Wanted::First,
            travel: Travel::Neither,
            schemas,
            values,
            fuel,
            patterns,
            failures: Vec::new(),
            depth: 0,
        }
    }

    /// Everything that does not hold, as far as it is wanted.
    pub(crate) fn failures(mut self, schema: Node<'s>, value: Node<'r>) -> Vec<Failure<'r>> {
        self.holds(schema, value);
        self.failures
    }

    /// Whether a value is what a schema says; otherwise the failures have grown.
    pub(super) fn holds(&mut self, schema: Node<'s>, value: Node<'r>) -> bool {
        if !self.fuel.burn(1) {
            return true;
        }
        let schema = self.schemas.see(schema).node;
        match schema.kind() {
            Kind::Boolean if schema.boolean() == Some(false) => {
                return self.fail("false schema", value, "nothing may stand here");
            }
            Kind::Object => {}
            Kind::Null | Kind::Boolean | Kind::Number | Kind::Text | Kind::List => return true,
        }
        if self.depth >= DEEPEST {
            return true;
        }
        self.depth += 1;
        let holds = self.keywords(Keywords::of(schema), schema, value);
        self.depth -= 1;
        holds
    }

    /// The keywords by what they are about, in the order that decides which failure is the first.
    fn keywords(&mut self, said: Keywords<'s>, schema: Node<'s>, value: Node<'r>) -> bool {
        let mut holds = self.referred(&said, value);
        let alone = said.reference.is_some() && self.dialect != Dialect::Modern;
        if alone || !self.goes_on(holds) {
            return holds;
        }
        holds &= self.kind(&said, value);
        if self.goes_on(holds) {
            holds &= self.choice(&said, value);
        }
        if self.goes_on(holds) {
            holds &= self.combined(&said, value);
        }
        if self.goes_on(holds) {
            holds &= match value.kind() {
                Kind::Number => self.number(&said, value),
                Kind::Text => self.text(&said, value),
                Kind::List => self.list(&said, value),
                Kind::Object => self.object(&said, value),
                Kind::Null | Kind::Boolean => true,
            };
        }
        if self.goes_on(holds) {
            holds &= self.unevaluated(&said, schema, value);
        }
        holds
    }

    pub(super) fn goes_on(&self, holds: bool) -> bool {
        holds || self.wanted == Wanted::All
    }

    /// Notes what does not hold.
    pub(super) fn fail(
        &mut self,
        keyword: &'static str,
        at: Node<'r>,
        message: impl Into<String>,
    ) -> bool {
        let message = message.into();
        if self.fuel.burn(FAILING) {
            self.note(vec![Failure {
                keyword,
                at,
                message,
            }]);
        }
        false
    }

    /// Whether a value holds, and what fails when it does not, without noting it.
    pub(super) fn tried(
        &mut self,
        schema: Node<'s>,
        value: Node<'r>,
    ) -> Result<(), Vec<Failure<'r>>> {
        let before = self.failures.len();
        let holds = self.holds(schema, value);
        let failed = self.failures.split_off(before);
        if holds { Ok(()) } else { Err(failed) }
    }

    /// Takes in failures that were found when it was tried, as far as so many are kept.
    pub(super) fn note(&mut self, failures: Vec<Failure<'r>>) {
        let room = MOST.saturating_sub(self.failures.len());
        self.failures.extend(failures.into_iter().take(room));
    }

    /// What a reference inside the schema's own document leads to; nothing when it leads nowhere.
    pub(super) fn target(&self, reference: Node<'s>) -> Option<Node<'s>> {
        let fragment = reference.text()?.strip_prefix('#')?;
        let document = self.schemas.document();
        match document.at(&pointer::percent_decode(fragment)?) {
            Some(target) => Some(target),
            None => anchored(document.root(), fragment),
        }
    }

    fn referred(&mut self, said: &Keywords<'s>, value: Node<'r>) -> bool {
        let references = [said.reference, said.dynamic_reference];
        let targets = references.map(|reference| self.target(reference?));
        let mut holds = true;
        for target in targets.into_iter().flatten() {
            holds &= self.holds(target, value);
        }
        holds
    }

    fn kind(&mut self, said: &Keywords<'s>, value: Node<'r>) -> bool {
        let Some(kind) = said.kind else {
            return true;
        };
        let is_null = value.kind() == Kind::Null;
        let mut nullable = [said.nullable, said.x_nullable].into_iter().flatten();
        if is_null && nullable.any(|it| it.boolean() == Some(true)) {
            return true;
        }
        let holds = match kind.kind() {
            Kind::List => kind.items().any(|one| is_a(value, one.written())),
            Kind::Text => is_a(value, kind.written()),
            Kind::Null | Kind::Boolean | Kind::Number | Kind::Object => true,
        };
        holds || self.fail("type", value, wording::wrong_type(kind, value))
    }

    fn choice(&mut self, said: &Keywords<'s>, value: Node<'r>) -> bool {
        if let Some(constant) = said.constant
            && !self.same(constant, value)
        {
            let message = format!("this must be {}", message::value(constant));
            return self.fail("const", value, message);
        }
        let Some(allowed) = said.allowed.filter(|it| it.kind() == Kind::List) else {
            return true;
        };
        if allowed.items().any(|one| self.same(one, value)) {
            return true;
        }
        self.fail("enum", value, wording::not_allowed(allowed, value))
    }

    /// Whether two values, of whichever document, are the same.
    pub(super) fn same(&self, one: Node<'_>, other: Node<'_>) -> bool {
        if !self.fuel.burn(1) {
            return true;
        }
        if one.kind() != other.kind() {
            return false;
        }
        match one.kind() {
            Kind::Null => true,
            Kind::Boolean => one.boolean() == other.boolean(),
            Kind::Text => one.written() == other.written(),
            Kind::Number => number(one) == number(other),
            Kind::List => {
                let (mut left, mut right) = (one.items(), other.items());
                loop {
                    match (left.next(), right.next()) {
                        (Some(left), Some(right)) if self.same(left, right) => {}
                        (None, None) => return true,
                        _ => return false,
                    }
                }
            }
            Kind::Object => {
                let count = one.members().count() == other.members().count();
                let has = |(key, value): (Node<'_>, Node<'_>)| {
                    other
                        .get(key.written())
                        .is_some_and(|it| self.same(value, it))
                };
                count && one.members().all(has)
            }
        }
    }
}

/// The number that is written; what is too large for one is infinite.
pub(super) fn number(node: Node<'_>) -> f64 {
    node.written().parse().unwrap_or(f64::NAN)
}

fn is_a(value: Node<'_>, name: &str) -> bool {
    match (name, value.kind()) {
        ("null", Kind::Null)
        | ("boolean", Kind::Boolean)
        | ("number", Kind::Number)
        | ("string", Kind::Text)
        | ("array", Kind::List)
        | ("object", Kind::Object) => true,
        ("integer", Kind::Number) => number(value).fract() == 0.0,
        _ => false,
    }
}

/// The schema with this anchor, among the definitions of a document.
fn anchored<'s>(root: Node<'s>, name: &str) -> Option<Node<'s>> {
    let has = |schema: &Node<'s>| {
        let keys = ["$anchor", "$dynamicAnchor"];
        keys.iter()
            .any(|key| schema.get(key).and_then(Node::text) == Some(name))
    };
    let definitions = ["$defs", "definitions"]
        .into_iter()
        .filter_map(|key| root.get(key));
    let mut schemas = definitions
        .flat_map(Node::members)
        .map(|(_, schema)| schema);
    schemas.find(has).or_else(|| Some(root).filter(has))
}
