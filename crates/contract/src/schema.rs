//! JSON Schema: values held against schemas, and the place of everything that a schema does not allow.
//!
//! One evaluator for two masters. `validate` holds a document against the schemas that the OpenAPI Initiative publishes, and
//! wants the branch of a choice that was meant; `lint` holds values and examples against schemas out of rulesets and
//! documents, and wants what Spectral would tell, in its order (`Manner`). Both go the same way: `compile` reads a schema
//! into `compiled` when it is first met, `check` and its neighbours hold a value against it, and `violation` is what comes
//! out; the words are those of the masters.
//!
//! Invariant: every step burns fuel, so that no schema and no value keeps us busy for longer than is allowed.

mod check;
mod closest;
mod combine;
mod compile;
pub(crate) mod compiled;
pub(crate) mod keywords;
pub(crate) mod kinds;
pub(crate) mod pattern;
mod same;
mod schemas;
mod seen;
mod structure;
pub(crate) mod violation;

pub(crate) use check::{Checker, Manner, Travel, Wanted};
pub(crate) use pattern::Patterns;
pub(crate) use schemas::{Schemas, Source};

/// Which JSON Schema is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Draft 4, with which OpenAPI 2.0 and 3.0 begin; `nullable` counts.
    Draft4,
    /// Drafts 6 and 7.
    Draft7,
    /// 2019-09 and 2020-12.
    Modern,
}
