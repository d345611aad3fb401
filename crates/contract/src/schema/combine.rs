//! Keywords that combine schemas.

use crate::tree::node::Node;

use super::{
    check::{Checker, Manner, Wanted},
    closest,
    compiled::Id,
    seen::Seen,
    violation::{Violation, What, keep},
};

impl<'s, 'd> Checker<'_, 's, 'd> {
    pub(super) fn all(&mut self, of: &[Id], value: Node<'d>, seen: &mut Seen) -> bool {
        let mut holds = true;
        for id in of {
            if self.goes_on(holds) {
                holds &= self.holds(*id, value, seen);
            }
        }
        holds
    }

    pub(super) fn any(&mut self, of: &[Id], value: Node<'d>, seen: &mut Seen) -> bool {
        let (mut holds, mut failed) = (false, Vec::new());
        for id in of {
            let mut own = seen.fresh();
            match self.tried(*id, value, &mut own) {
                Ok(()) => {
                    seen.add(own);
                    holds = true;
                }
                Err(violations) => self.failed(&mut failed, violations),
            }
            if holds && !seen.is_tracking() {
                break;
            }
        }
        holds || self.none(failed, value, What::NotAny)
    }

    pub(super) fn one_of(&mut self, of: &[Id], value: Node<'d>, seen: &mut Seen) -> bool {
        let (mut count, mut failed) = (0_u8, Vec::new());
        for id in of {
            let mut own = seen.fresh();
            match self.tried(*id, value, &mut own) {
                Ok(()) => {
                    seen.add(own);
                    count += 1;
                }
                Err(violations) => self.failed(&mut failed, violations),
            }
            if count > 1 {
                return self.several(of, value);
            }
        }
        count == 1 || self.none(failed, value, What::NotOne)
    }

    pub(super) fn conditional(
        &mut self,
        condition: Id,
        (then, otherwise): (Option<Id>, Option<Id>),
        value: Node<'d>,
        seen: &mut Seen,
    ) -> bool {
        let mut own = seen.fresh();
        let holds = self.is_seen(condition, value, &mut own);
        if holds {
            seen.add(own);
        }
        let next = if holds { then } else { otherwise };
        next.is_none_or(|next| self.holds(next, value, seen))
    }

    /// Keeps what a branch does not allow: apart from the others where the closest one is looked for.
    pub(super) fn failed(
        &self,
        failed: &mut Vec<Vec<Violation<'s, 'd>>>,
        violations: Vec<Violation<'s, 'd>>,
    ) {
        match failed.last_mut() {
            _ if self.wanted == Wanted::None => {}
            Some(all) if self.manner == Manner::Each => {
                keep(all, violations, self.manner.most());
            }
            Some(_) | None => failed.push(violations),
        }
    }

    /// Tells that a value is none of several.
    fn none(
        &mut self,
        failed: Vec<Vec<Violation<'s, 'd>>>,
        value: Node<'d>,
        what: What<'s, 'd>,
    ) -> bool {
        match self.manner {
            _ if self.wanted == Wanted::None => {}
            Manner::Each => {
                self.note(failed.into_iter().flatten().collect());
                self.fail(value, what);
            }
            Manner::Meant => match closest::missing_all(&failed, value) {
                Some(what) => {
                    self.fail(value, what);
                }
                None => self.note(closest::branch(failed, value)),
            },
        }
        false
    }

    /// Tells that a value is of several kinds, by the members that say so.
    fn several(&mut self, of: &[Id], value: Node<'d>) -> bool {
        if self.manner == Manner::Each || self.wanted == Wanted::None {
            return self.fail(value, What::Several);
        }
        let names = closest::names(self.schemas, of, value);
        let what = if names.len() > 1 {
            What::Together(names)
        } else {
            What::Several
        };
        self.fail(value, what)
    }
}
