//! Use-cases on APIs, versions, contracts, plans, consumers, applications, subscriptions and gateways.
//! Forbids SQL and HTTP: it asks the policy, applies the rules of `domain`, and writes through `Store::write`.
//! Start with `versions`, whose moves show the pattern that every other file follows.

mod analyses;
mod apis;
mod applications;
mod assessments;
mod comparisons;
mod consumers;
mod contracts;
mod found;
mod gateways;
mod gravity;
mod linting;
mod plans;
mod publishing;
mod reference_book;
mod references;
mod rulesets;
mod subscriptions;
mod traffic;
mod upstreams;
mod versions;

use std::sync::Arc;

use gatewright_domain::{entropy::Entropy, time::Clock};
use gatewright_store::Store;

pub use analyses::Busy;
pub use apis::{ApiError, RegisterApi};
pub use applications::ApplicationUseError;
pub use assessments::{AssessError, Assessment, Chosen};
pub use comparisons::{CompareError, Comparison};
pub use consumers::ConsumerError;
pub use contracts::{Objections, Upload, UploadError, Uploaded};
pub use found::{Found, PlaceFound, RuleFound, Tally, Wanted};
pub use gateways::{EnrolledGateway, GatewayError};
pub use gravity::{Gravity, NotAGravity};
pub use linting::LintErrors;
pub use plans::{OpenPlan, PlanError};
pub use reference_book::{Entry, ReferenceBook, Tag};
pub use references::{ReferenceError, Referenced};
pub use rulesets::{ChosenRuleset, RulesetUseError};
pub use subscriptions::{Subscribe, SubscribeError};
pub use traffic::Applied;
pub use upstreams::{UpstreamPolicy, UpstreamRefused};
pub use versions::{DraftError, MoveError, VersionAt};

/// The use-cases, with what they need to act.
#[derive(Clone)]
pub struct Registry {
    store: Store,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    upstreams: Arc<UpstreamPolicy>,
    references: Arc<references::Shelf>,
    analyses: Arc<analyses::Analyses>,
}

impl Registry {
    /// The use-cases over a store, with the upstreams that the operator allows.
    #[must_use]
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        upstreams: UpstreamPolicy,
    ) -> Self {
        Self {
            store,
            clock,
            entropy,
            upstreams: Arc::new(upstreams),
            references: Arc::default(),
            analyses: Arc::default(),
        }
    }
}
