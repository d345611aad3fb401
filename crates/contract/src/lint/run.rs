//! Running a ruleset: every rule on every place it is given.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use super::{
    LintBudgets, Linted,
    finish::Gathering,
    flaws::Flaws,
    formats::{self, Formats},
    functions::{Found, Subject},
    path::Walk,
    ruleset::{
        Ruleset,
        rule::{Field, Given, Rule, Then},
    },
};
use crate::{
    fuel::Fuel,
    schema::{Patterns, Schemas, Source},
    tree::{
        document::Document,
        node::Node,
        view::{References, Seen, View},
    },
};

/// What the functions of rules may look at beside their subject.
pub(crate) struct Scope<'r> {
    pub(crate) formats: Formats,
    pub(crate) references: &'r References,
    pub(crate) resolved: View<'r>,
    pub(crate) written: View<'r>,
    pub(crate) fuel: &'r Fuel,
    /// How many findings are kept, so that a function that looks at the whole document need not find more.
    pub(crate) findings: usize,
    pub(crate) patterns: &'r Patterns,
    /// The schemas of the document with references replaced, and as they are written.
    resolved_schemas: Schemas<'r>,
    written_schemas: Schemas<'r>,
    pub(crate) flaws: Flaws,
    /// The texts that a pattern has not been decided on within its budget.
    pub(crate) undecided: RefCell<Vec<Node<'r>>>,
}

impl<'r> Scope<'r> {
    /// The schemas of the document as a rule sees them.
    pub(crate) fn schemas(&self, view: View<'r>) -> &Schemas<'r> {
        if view.is_resolved() {
            &self.resolved_schemas
        } else {
            &self.written_schemas
        }
    }
}

/// Where the paths of rules have led: rules that are given the same share it.
type Known<'r> = HashMap<(&'r str, bool), Rc<[Seen<'r>]>>;

pub(super) fn run(document: &Document<'_>, ruleset: &Ruleset, budgets: &LintBudgets) -> Linted {
    let bytes = u64::try_from(document.text.len()).unwrap_or(u64::MAX);
    let more = bytes.saturating_mul(budgets.steps_per_byte);
    let steps = budgets.steps.saturating_add(more);
    let fuel = Fuel::of(steps);
    let references = References::of(document, budgets.reference_chain);
    let patterns = Patterns::default();
    let formats = formats::of_document(document.root());
    let resolved = View::resolved(document, &references);
    let written = View::written(document);
    let dialect = formats::dialect(&formats);
    let schemas = |view| Schemas::new(Source::Document(view), dialect, (&fuel, &patterns));
    let scope = Scope {
        formats,
        references: &references,
        resolved,
        written,
        fuel: &fuel,
        findings: budgets.findings,
        patterns: &patterns,
        resolved_schemas: schemas(resolved),
        written_schemas: schemas(written),
        flaws: Flaws::default(),
        undecided: RefCell::default(),
    };
    let mut gathering = Gathering::within(budgets.findings);
    let mut known = Known::new();
    for rule in &ruleset.rules {
        if formats::fit(rule.formats.as_ref(), &scope.formats) {
            hold(rule, &scope, &mut known, &mut gathering);
        }
    }
    if fuel.is_out() {
        gathering.over_budget(document.root(), steps, "steps");
    }
    for text in scope.undecided.take() {
        gathering.undecided(text);
    }
    Linted {
        findings: gathering.finish(&ruleset.pointed),
        unsupported: ruleset.unsupported().to_vec(),
    }
}

fn hold<'r>(
    rule: &'r Rule,
    scope: &Scope<'r>,
    known: &mut Known<'r>,
    gathering: &mut Gathering<'r>,
) {
    let view = if rule.resolved {
        scope.resolved
    } else {
        scope.written
    };
    for given in &rule.given {
        if !formats::fit(given.formats.as_ref(), &scope.formats) {
            continue;
        }
        for seen in places(given, view, rule.resolved, scope, known).iter() {
            for then in &rule.then {
                let mut found = Vec::new();
                for subject in subjects(then, *seen, view, scope) {
                    then.function.run(subject, scope, &mut found);
                    for Found { at, message } in found.drain(..) {
                        let missing = if at == subject.at {
                            subject.missing
                        } else {
                            &[]
                        };
                        gathering.add(rule, (at, missing), &message);
                    }
                }
                if scope.fuel.is_out() || gathering.is_full() {
                    return;
                }
            }
        }
    }
}

fn places<'r>(
    given: &'r Given,
    view: View<'r>,
    resolved: bool,
    scope: &Scope<'r>,
    known: &mut Known<'r>,
) -> Rc<[Seen<'r>]> {
    let walk = || {
        let walk = Walk {
            view,
            fuel: scope.fuel,
        };
        walk.along(&given.path, view.root()).into()
    };
    Rc::clone(known.entry((&given.written, resolved)).or_insert_with(walk))
}

/// The parts of a value that a rule looks at.
fn subjects<'r>(
    then: &'r Then,
    seen: Seen<'r>,
    view: View<'r>,
    scope: &Scope<'r>,
) -> Vec<Subject<'r>> {
    let of = seen.node;
    let whole = Subject::of(view, seen);
    if !of.is_container() {
        return vec![whole];
    }
    match &then.field {
        Field::Whole => vec![whole],
        Field::Keys => {
            let keys = of.members().map(|(key, _)| key);
            keys.map(|key| Subject::of(view, view.see(key))).collect()
        }
        Field::Member { written, steps } => vec![member(of, written, steps, view)],
        Field::Everything(path) => {
            let walk = Walk {
                view,
                fuel: scope.fuel,
            };
            let found = walk.along(path, seen);
            if found.is_empty() {
                return vec![Subject::missing(view, of, &[])];
            }
            found
                .into_iter()
                .map(|seen| Subject::of(view, seen))
                .collect()
        }
    }
}

/// The member of a member that a field names, or the deepest value that should hold it.
fn member<'r>(of: Node<'r>, written: &str, steps: &'r [String], view: View<'r>) -> Subject<'r> {
    if let Some(stands) = of.get(written) {
        return Subject::of(view, view.see(stands));
    }
    let mut seen = view.see(of);
    for (taken, step) in steps.iter().enumerate() {
        match seen.node.step(step) {
            Some(stands) => seen = view.see(stands),
            None => {
                let missing = steps.get(taken..).unwrap_or_default();
                return Subject::missing(view, seen.node, missing);
            }
        }
    }
    Subject::of(view, seen)
}
