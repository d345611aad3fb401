//! Keywords that combine schemas.

use super::{
    Wanted,
    check::{Check, Failure, MOST},
    keywords::Keywords,
};
use crate::tree::node::Node;

impl<'s, 'r> Check<'s, 'r> {
    pub(super) fn combined(&mut self, said: &Keywords<'s>, value: Node<'r>) -> bool {
        let mut holds = self.not(said, value);
        if self.goes_on(holds) {
            holds &= self.any_of(said, value);
        }
        if self.goes_on(holds) {
            holds &= self.one_of(said, value);
        }
        for one in said.all_of.into_iter().flat_map(Node::items) {
            if self.goes_on(holds) {
                holds &= self.holds(one, value);
            }
        }
        if self.goes_on(holds) {
            holds &= self.conditional(said, value);
        }
        holds
    }

    fn not(&mut self, said: &Keywords<'s>, value: Node<'r>) -> bool {
        let Some(not) = said.not else {
            return true;
        };
        if self.first_of(not, value).is_err() {
            return true;
        }
        self.fail("not", value, "this is what the schema says it must not be")
    }

    fn any_of(&mut self, said: &Keywords<'s>, value: Node<'r>) -> bool {
        let Some(schemas) = said.any_of else {
            return true;
        };
        let mut failed = Vec::new();
        for one in schemas.items() {
            match self.tried(one, value) {
                Ok(()) => return true,
                Err(failures) => keep(&mut failed, failures),
            }
        }
        self.note(failed);
        self.fail("anyOf", value, "this is none of what it may be")
    }

    fn one_of(&mut self, said: &Keywords<'s>, value: Node<'r>) -> bool {
        let Some(schemas) = said.one_of else {
            return true;
        };
        let (mut passed, mut failed) = (0, Vec::new());
        for one in schemas.items() {
            match self.tried(one, value) {
                Ok(()) => passed += 1,
                Err(failures) => keep(&mut failed, failures),
            }
            if passed > 1 {
                return self.fail("oneOf", value, "this is more than one of what it may be");
            }
        }
        if passed == 1 {
            return true;
        }
        self.note(failed);
        self.fail("oneOf", value, "this is none of what it may be")
    }

    fn conditional(&mut self, said: &Keywords<'s>, value: Node<'r>) -> bool {
        let Some(condition) = said.condition else {
            return true;
        };
        let branch = match self.first_of(condition, value) {
            Ok(()) => said.then,
            Err(()) => said.otherwise,
        };
        branch.is_none_or(|branch| self.holds(branch, value))
    }

    /// Whether a value holds, when nobody asks why it does not.
    pub(super) fn first_of(&mut self, schema: Node<'s>, value: Node<'r>) -> Result<(), ()> {
        let wanted = std::mem::replace(&mut self.wanted, Wanted::First);
        let tried = self.tried(schema, value);
        self.wanted = wanted;
        tried.map_err(|_| ())
    }
}

/// Takes in failures, as far as so many are kept.
pub(super) fn keep<'r>(kept: &mut Vec<Failure<'r>>, failures: Vec<Failure<'r>>) {
    let room = MOST.saturating_sub(kept.len());
    kept.extend(failures.into_iter().take(room));
}
