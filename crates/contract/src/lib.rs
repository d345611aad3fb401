//! OpenAPI documents: parse them losslessly, check them, and list what they offer and require.
//! Forbids I/O, clocks, and every other room of the house except `domain`: bytes in, findings out.
//! Start with `examine`, the front door, and follow a document through `read`, `document`, `model` and `validate`; two of
//! them meet in `diff`, and one meets a ruleset in `lint`.

mod budget;
mod diff;
mod examine;
mod excerpt;
mod finding;
mod fuel;
mod report;
mod rule;

mod lint;
mod model;
mod pattern;
mod read;
mod reference;
mod schema;
mod tree;
mod validate;
mod written;

pub use budget::Budgets;
pub use diff::{
    catalogue::Check,
    change::{Bump, Change, Changes, Counts, Group, Section, Spot},
    diff,
    settings::{Accepted, AllOf, Levels, NotALevel, NotAStability, Settings, Stability},
};
pub use examine::{Examined, Format, Summary, describe, examine};
pub use excerpt::{Excerpt, Source};
pub use finding::{Finding, Findings};
pub use lint::{
    LINT_OVER_BUDGET, LintBudgets, LintFinding, Linted, Severity, Unsupported, lint, lint_within,
    ruleset::{Ruleset, RulesetError},
};
pub use model::edition::Edition;
pub use read::read;
pub use reference::{
    Reference, ReferenceBody, ReferenceField, ReferenceGroup, ReferenceMedia, ReferenceOperation,
    ReferenceParameter, ReferenceResponse, reference,
};
pub use rule::{Level, Rule};
pub use tree::{
    document::Document,
    node::{Kind, Node},
    places::Place,
};
