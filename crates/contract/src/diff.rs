//! The comparison of two documents: what changed for those who call the API, and what of it breaks them.
//!
//! `diff(base, revision, settings)` pairs the endpoints of two documents (the names of path parameters do not matter),
//! walks each pair and tells its `Changes`. Every change names a rule of the catalogue (`rules.txt`): the ids, levels
//! and meanings that `oasdiff` has, so that results can be held against each other; the words are our own. What is
//! implemented, and where we differ on purpose, stands in `docs/contract-diff.md`.
//!
//! Three decisions carry the rest:
//!
//! - Whether a change breaks anybody depends on its direction. Schemas are compared once, without direction, into
//!   neutral facts (`schema`); `naming` turns a fact into a rule where the schema is used.
//! - Two schemas are paired once, however often they are referred to (`schema::pairs`); pairs that hold no change are
//!   never walked again. So the cost grows with the documents and the changes, and recursion ends by itself.
//! - A fact for which the catalogue has no rule at its place is no change. `rules.txt` is the only list of rules.

pub(crate) mod bodies;
pub(crate) mod catalogue;
pub(crate) mod change;
pub(crate) mod components;
pub(crate) mod endpoints;
pub(crate) mod flat;
pub(crate) mod lifecycle;
pub(crate) mod likeness;
pub(crate) mod naming;
pub(crate) mod operation;
pub(crate) mod parameters;
pub(crate) mod responses;
pub(crate) mod schema;
pub(crate) mod security;
pub(crate) mod settings;
pub(crate) mod side;
pub(crate) mod teller;
pub(crate) mod uses;

use crate::{
    diff::{
        change::Changes,
        endpoints::Endpoints,
        flat::{Flat, TooLarge},
        schema::pairs::Pairs,
        settings::{AllOf, Settings},
        side::Side,
        teller::Teller,
        uses::Use,
    },
    tree::document::Document,
};

/// What changed from one document to another.
///
/// Neither needs to be valid: what is not understood is passed over, on both sides alike. A document and itself have
/// no changes between them.
#[must_use]
pub fn diff<'d>(
    base: &'d Document<'d>,
    revision: &'d Document<'d>,
    settings: &Settings,
) -> Changes {
    let written = || [Flat::written(base), Flat::written(revision)];
    let flat = match settings.all_of {
        AllOf::Listed => Ok(written()),
        AllOf::Merged => {
            let flat = |document| Flat::of(document, settings.steps);
            flat(base).and_then(|base| Ok([base, flat(revision)?]))
        }
    };
    let too_large = flat.is_err();
    let [base, revision] = &flat.unwrap_or_else(|TooLarge| written());
    let mut teller = Teller::new(settings, base, revision);
    if too_large {
        teller.over_budget();
    }
    let (base, revision) = (base.document(), revision.document());
    let mut comparison = Comparison {
        settings,
        pairs: Pairs::new(Side::of(base), Side::of(revision), settings.steps),
        uses: Vec::new(),
        teller,
    };
    let (base, revision) = (base.root(), revision.root());
    endpoints::compare(&mut comparison, Endpoints::Paths, base, revision);
    endpoints::compare(&mut comparison, Endpoints::Webhooks, base, revision);
    components::compare(&mut comparison, base, revision);
    security::compare_document(&mut comparison, base, revision);
    uses::tell(&mut comparison);
    comparison.teller.finish(base, revision)
}

/// A comparison under way.
pub(crate) struct Comparison<'d, 's> {
    pub(crate) settings: &'s Settings,
    pub(crate) pairs: Pairs<'d>,
    /// Where pairs of schemas are used; told when all of them are known.
    pub(crate) uses: Vec<Use<'d>>,
    pub(crate) teller: Teller<'s>,
}
