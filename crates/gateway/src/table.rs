//! The snapshot as requests need it: every question of the hot path is one look-up.
//!
//! Invariant: a table is never changed. What must outlive it (usage, the standing of keys) is shared between tables.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use gatewright_domain::{
    consumer::ClientId,
    id::{InstallationId, PlanId, SubscriptionId, VersionId},
    key::Kid,
    operation::Method,
    refusal::Refusal,
    snapshot::{
        Client, PlanTerms, Right, RoutedOperation, RoutedVersion, Snapshot, VerificationState,
    },
    staleness::{Staleness, WhenStale},
    time::Timestamp,
};
use http::{HeaderName, HeaderValue};
use tracing::warn;

use crate::{
    api_keys::ApiKeys,
    forward::{Target, told},
    limit::Usage,
    matcher::{Found, Matcher},
    relay::notices,
    revoked::{Carried, InForce, RevokedSet},
    verifier::{Facts, Verifier},
};

/// A snapshot, compiled.
pub(crate) struct Table {
    pub(crate) installation: InstallationId,
    pub(crate) epoch: u64,
    pub(crate) revision: u64,
    pub(crate) leeway_s: u32,
    /// Tokens of whomever issued before this moment are refused.
    pub(crate) not_before: Option<Timestamp>,
    pub(crate) verifier: Verifier,
    /// By `{api}/{number}`.
    routes: HashMap<Box<str>, Arc<Route>>,
    callers: HashMap<ClientId, Arc<Caller>>,
    plans: HashMap<PlanId, PlanTerms>,
    revoked: RevokedSet,
    /// Keys of which nothing is accepted.
    compromised: BTreeSet<Kid>,
    /// What is still in force from before a restore of the control plane.
    carried: Option<Arc<Carried>>,
    pub(crate) api_keys: ApiKeys,
}

/// How many versions are refused because the gateway is out of date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct StaleVersions {
    /// As far as calls by safe methods go.
    pub(crate) reads: usize,
    /// As far as all other calls go.
    pub(crate) writes: usize,
}

/// One version as requests meet it.
pub(crate) struct Route {
    pub(crate) version: RoutedVersion,
    pub(crate) target: Target,
    /// What every answer says about the version's end.
    pub(crate) notices: Vec<(HeaderName, HeaderValue)>,
    matcher: Matcher,
}

/// One application as requests meet it.
pub(crate) struct Caller {
    pub(crate) client: Client,
    /// Its consumer's name and its own, as upstreams are told.
    pub(crate) consumer: HeaderValue,
    pub(crate) application: HeaderValue,
    /// In order of the rights.
    usages: Vec<Arc<Usage>>,
}

impl Table {
    /// Compiles a snapshot, taking over from the table before it what has not changed; and, when the control plane was
    /// restored in between, what was revoked.
    pub(crate) fn of(
        mut snapshot: Snapshot,
        before: Option<&Self>,
        portal: &str,
        now: Timestamp,
    ) -> Self {
        let carried = before.and_then(|before| before.carried_into(&snapshot, now));
        if let Some(carried) = carried.as_deref() {
            carried.apply(&mut snapshot);
        }
        let mut revoked = RevokedSet::of(
            std::mem::take(&mut snapshot.revoked),
            std::mem::take(&mut snapshot.revoked_sessions),
        );
        if let Some(carried) = carried.as_deref() {
            carried.add_to(&mut revoked, now);
        }
        let compromised = snapshot
            .keys
            .iter()
            .filter(|key| key.state == VerificationState::Compromised);
        let compromised = compromised.map(|key| key.kid.clone()).collect();
        let verifier = Verifier::of(&snapshot, before.map(|table| &table.verifier));
        let api_keys = ApiKeys::of(&snapshot, before.map(|table| &table.api_keys));
        let routes = snapshot.versions.into_iter().filter_map(|version| {
            let key = format!("{}/{}", version.api, version.number).into_boxed_str();
            let known = before.and_then(|table| table.routes.get(&key));
            let route = match known.filter(|route| route.version == version) {
                Some(known) => Arc::clone(known),
                None => Arc::new(Route::of(version, portal)?),
            };
            Some((key, route))
        });
        let routes = routes.collect();
        let usages = before.map(Self::usages).unwrap_or_default();
        let callers = snapshot.clients.into_iter().map(|client| {
            let known = before.and_then(|table| table.callers.get(&client.client_id));
            let caller = match known.filter(|caller| caller.client == client) {
                Some(known) => Arc::clone(known),
                None => Arc::new(Caller::of(client, &usages)),
            };
            (caller.client.client_id.clone(), caller)
        });
        let callers = callers.collect();
        Self {
            installation: snapshot.installation,
            epoch: snapshot.epoch,
            revision: snapshot.revision,
            leeway_s: snapshot.leeway_s,
            not_before: snapshot.not_before,
            verifier,
            routes,
            callers,
            plans: snapshot
                .plans
                .into_iter()
                .map(|plan| (plan.id, plan))
                .collect(),
            revoked,
            compromised,
            carried,
            api_keys,
        }
    }

    /// What is carried into a snapshot: within an epoch what this table carries itself; into a later one, everything that
    /// is in force.
    fn carried_into(&self, next: &Snapshot, now: Timestamp) -> Option<Arc<Carried>> {
        if next.epoch <= self.epoch {
            return self.carried.clone();
        }
        let in_force = InForce {
            names: &self.revoked,
            everything: self.not_before,
            compromised: self.compromised.clone(),
            carried: self.carried.as_ref(),
        };
        let versions = self.routes.values().map(|route| &route.version);
        let versions = versions.map(|version| (version.id, version.not_before));
        let clients = self.callers.values().map(|caller| caller.client.clone());
        Some(Arc::new(Carried::from(in_force, versions, clients, now)))
    }

    fn usages(&self) -> HashMap<SubscriptionId, Arc<Usage>> {
        let of_caller = |caller: &Arc<Caller>| {
            let rights = caller.client.rights.iter().map(|right| right.subscription);
            rights
                .zip(caller.usages.iter().cloned())
                .collect::<Vec<_>>()
        };
        self.callers.values().flat_map(of_caller).collect()
    }

    /// The version that answers at a canonical path, and the rest of the path.
    pub(crate) fn route<'p>(&self, path: &'p str) -> Option<(&Arc<Route>, &'p str)> {
        let inner = path.strip_prefix('/')?;
        let api = inner.find('/')?;
        let end = inner
            .get(api + 1..)?
            .find('/')
            .map_or(inner.len(), |number| api + 1 + number);
        let (key, rest) = (inner.get(..end)?, inner.get(end..)?);
        let rest = if rest.is_empty() { "/" } else { rest };
        Some((self.routes.get(key)?, rest))
    }

    /// The application of a client id.
    pub(crate) fn caller(&self, client: &ClientId) -> Option<&Arc<Caller>> {
        self.callers.get(client)
    }

    /// The terms of a plan.
    pub(crate) fn plan(&self, plan: PlanId) -> Option<&PlanTerms> {
        self.plans.get(&plan)
    }

    /// How many versions are refused at this age.
    pub(crate) fn stale_versions(&self, age: Duration) -> StaleVersions {
        let mut stale = StaleVersions::default();
        for contract in self.contracts().filter(|contract| contract.is_over(age)) {
            stale.reads += usize::from(contract.reads == WhenStale::Refuse);
            stale.writes += usize::from(contract.writes == WhenStale::Refuse);
        }
        stale
    }

    /// The shortest time after which a version is refused.
    pub(crate) fn patience(&self) -> Option<Duration> {
        let refuses = |contract: &&Staleness| {
            contract.reads == WhenStale::Refuse || contract.writes == WhenStale::Refuse
        };
        let bounded = self.contracts().filter(refuses);
        bounded.map(|contract| contract.after.span()).min()
    }

    /// The staleness contracts of the versions that can be called.
    fn contracts(&self) -> impl Iterator<Item = &Staleness> {
        let versions = self.routes.values().map(|route| &route.version);
        versions
            .filter(|version| version.answers().is_ok())
            .map(|version| &version.staleness)
    }

    /// Whether the token, or the family it is of, was revoked by name.
    pub(crate) fn is_revoked(&self, facts: &Facts) -> bool {
        let session = facts.session();
        self.revoked.has_token(&facts.token().jti)
            || facts.is_listed_as_revoked()
            || session.is_some_and(|sid| self.revoked.has_session(sid))
    }
}

impl Route {
    /// Nothing for an upstream that cannot be called: the version is left out, and all others serve.
    fn of(version: RoutedVersion, portal: &str) -> Option<Self> {
        let (matcher, left_out) = Matcher::of(&version.operations);
        for operation in left_out
            .iter()
            .filter_map(|place| version.operations.get(*place))
        {
            let (api, number, path) = (&version.api, version.number, &operation.path);
            warn!(%api, %number, path, "Left out an operation of {api}/{number} whose path is no template");
        }
        let Some(target) = Target::of(&version.upstream) else {
            let (api, number) = (&version.api, version.number);
            warn!(%api, %number, "Left out {api}/{number}, whose upstream is no address");
            return None;
        };
        let notices = notices(&version, portal);
        Some(Self {
            version,
            target,
            notices,
            matcher,
        })
    }

    /// The place of the operation that is addressed.
    ///
    /// # Errors
    /// `NoOperation`, `MethodNotAllowed`; `Malformed` when the path can be read as two operations.
    pub(crate) fn operation(&self, path: &str, method: Option<Method>) -> Result<usize, Refusal> {
        let found = self
            .matcher
            .find(path, method)
            .map_err(|_| Refusal::Malformed {
                what: "the path addresses one operation as it stands and another when decoded"
                    .to_owned(),
            })?;
        match found {
            Found::Operation(place) => Ok(place),
            Found::Nothing => Err(Refusal::NoOperation),
            Found::OtherMethod(methods) => {
                let allowed = methods.iter().map(ToString::to_string).collect();
                Err(Refusal::MethodNotAllowed { allowed })
            }
        }
    }

    /// The operation at a place.
    pub(crate) fn at(&self, place: usize) -> Option<&RoutedOperation> {
        self.version.operations.get(place)
    }
}

impl Caller {
    fn of(mut client: Client, known: &HashMap<SubscriptionId, Arc<Usage>>) -> Self {
        client.rights.sort_by_key(|right| right.version);
        let usage = |right: &Right| known.get(&right.subscription).cloned().unwrap_or_default();
        Self {
            consumer: told(client.consumer_name.as_str()),
            application: told(client.name.as_str()),
            usages: client.rights.iter().map(usage).collect(),
            client,
        }
    }

    /// The right to a version, with what has been used of it.
    pub(crate) fn right(&self, version: VersionId) -> Option<(&Right, &Usage)> {
        let place = self
            .client
            .rights
            .binary_search_by_key(&version, |right| right.version)
            .ok()?;
        Some((
            self.client.rights.get(place)?,
            self.usages.get(place)?.as_ref(),
        ))
    }
}
