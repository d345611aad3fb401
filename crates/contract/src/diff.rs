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
pub(crate) mod rewrite;
pub(crate) mod schema;
pub(crate) mod security;
pub(crate) mod settings;
pub(crate) mod side;
pub(crate) mod teller;
pub(crate) mod upgrade;
pub(crate) mod uses;

use crate::{
    diff::{
        change::Changes,
        endpoints::Endpoints,
        flat::flatten,
        rewrite::{Rewritten, TooLarge},
        schema::pairs::Pairs,
        settings::{AllOf, Settings},
        side::Side,
        teller::{Made, Teller},
        upgrade::upgrade,
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
    let (upgraded, fits) = both([base, revision], |document| {
        upgrade(document, settings.steps)
    });
    let documents = upgraded.each_ref().map(Rewritten::document);
    let (flat, also_fits) = both(documents, |document| match settings.all_of {
        AllOf::Listed => Ok(Rewritten::unchanged(document)),
        AllOf::Merged => flatten(document, settings.steps),
    });
    let ([base, revision], [upgraded_base, upgraded_revision]) = (&flat, &upgraded);
    let was = Made {
        upgraded: upgraded_base,
        flat: base,
    };
    let is = Made {
        upgraded: upgraded_revision,
        flat: revision,
    };
    let mut teller = Teller::new(settings, was, is);
    if !fits || !also_fits {
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

/// Both documents as a step makes them, or as they are when one of them would become too large; and whether they fit.
fn both<'d>(
    documents: [&'d Document<'d>; 2],
    make: impl Fn(&'d Document<'d>) -> Result<Rewritten<'d>, TooLarge>,
) -> ([Rewritten<'d>; 2], bool) {
    match documents.map(make) {
        [Ok(base), Ok(revision)] => ([base, revision], true),
        [_, _] => (documents.map(Rewritten::unchanged), false),
    }
}

/// A comparison under way.
pub(crate) struct Comparison<'d, 's> {
    pub(crate) settings: &'s Settings,
    pub(crate) pairs: Pairs<'d>,
    /// Where pairs of schemas are used; told when all of them are known.
    pub(crate) uses: Vec<Use<'d>>,
    pub(crate) teller: Teller<'s>,
}
