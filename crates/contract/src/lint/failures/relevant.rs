//! Which failures are told. A value that is none of several has failed each of them; what went wrong furthest inside
//! says most.

use super::{Failure, Said};
use crate::tree::node::Node;

/// The failures worth telling, of those of a value.
pub(super) fn relevant<'r>(failures: Vec<Failure<'r>>, value: Node<'r>) -> Vec<Failure<'r>> {
    if failures.len() < 2 {
        return failures;
    }
    let mut tree = Branch::default();
    let outside = value.steps().len();
    for failure in failures {
        let steps = failure.at.steps();
        let mut inside: Vec<String> = Vec::new();
        for step in steps.iter().skip(outside) {
            // An item belongs to the list it is in.
            let position = step.chars().all(|c| c.is_ascii_digit());
            match inside.last_mut() {
                Some(list) if position && !list.contains('/') => {
                    list.push('/');
                    list.push_str(step);
                }
                _ => inside.push(step.replace('/', "~1")),
            }
        }
        // The value itself is a branch beside those of what is in it.
        if inside.is_empty() {
            inside.push(String::new());
        }
        tree.add(&inside, failure);
    }
    tree.prune();
    let mut told = Vec::new();
    tree.collect(&mut told);
    told
}

/// What failed at one place, and inside it.
#[derive(Default)]
struct Branch<'r> {
    failures: Vec<Failure<'r>>,
    inside: Vec<(String, Branch<'r>)>,
}

impl<'r> Branch<'r> {
    fn add(&mut self, steps: &[String], failure: Failure<'r>) {
        let Some((first, rest)) = steps.split_first() else {
            return self.failures.push(failure);
        };
        if let Some((_, branch)) = self.inside.iter_mut().find(|(step, _)| step == first) {
            return branch.add(rest, failure);
        }
        let mut branch = Branch::default();
        branch.add(rest, failure);
        self.inside.push((first.clone(), branch));
    }

    /// Drops what a failure further inside says better: that no alternative fits, and that a value is not allowed
    /// where its neighbours have failed as well.
    fn prune(&mut self) {
        if !self.inside.is_empty() && self.failures.iter().any(|it| it.said == Said::AnyOf) {
            self.failures.clear();
        }
        let mut at = 0;
        while at < self.inside.len() {
            let alone = self.inside.len() == 1;
            let only_choices = self.inside.get(at).is_some_and(|(_, branch)| {
                let all = branch.failures.iter().all(|it| it.said == Said::Enum);
                all && !branch.failures.is_empty()
            });
            if only_choices && !alone {
                self.inside.remove(at);
            } else {
                at += 1;
            }
        }
        for (_, branch) in &mut self.inside {
            branch.prune();
        }
    }

    fn collect(self, told: &mut Vec<Failure<'r>>) {
        told.extend(self.failures);
        for (_, branch) in self.inside {
            branch.collect(told);
        }
    }
}
