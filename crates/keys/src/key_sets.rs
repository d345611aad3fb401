//! What is in each key set: all keys in one, and in that of an API the keys that may have signed its tokens or may come to,
//! algorithm by algorithm, for verifiers that stumble over a key of a kind they do not know.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use gatewright_domain::{
    api::{TokenAlgorithm, TokenRings},
    key::{Algorithm, KeyState, KeyStateName, SigningKey},
    ring::Ring,
    text::ApiName,
    time::Timestamp,
};
use gatewright_store::views::token_algorithms::{ApiAlgorithm, Reach};
use gatewright_token::{jwk::PublicJwk, jwks};

use crate::{JwksError, Keys};

/// Which other algorithms than the installation's live tokens were signed with when this server began, by API.
pub(crate) type AtStart = Arc<BTreeSet<(ApiName, Algorithm)>>;

/// Every key set at one revision.
#[derive(Clone)]
pub(crate) struct Sets {
    /// When a key was declared compromised last.
    pub(crate) compromised: Option<Timestamp>,
    pub(crate) all: Document,
    pub(crate) of_apis: Arc<BTreeMap<String, OfApi>>,
    pub(crate) at_start: AtStart,
}

/// A key set, ready to be sent.
#[derive(Clone)]
pub(crate) struct Document {
    /// Which keys it shows, as it is called where fetches are kept: `all`, or its algorithms, as `ES256+RS256`.
    pub(crate) shown: Arc<str>,
    pub(crate) body: Arc<str>,
    pub(crate) etag: Arc<str>,
}

/// The key set of an API.
#[derive(Clone)]
pub(crate) struct OfApi {
    pub(crate) reach: Reach,
    pub(crate) document: Document,
}

impl Document {
    fn of(shown: &str, set: &jwks::Jwks) -> Self {
        Self {
            shown: shown.into(),
            body: set.body().into(),
            etag: set.etag().into(),
        }
    }
}

impl Keys {
    /// Every key set as it is now.
    pub(crate) async fn read_sets(
        &self,
        at_start: Option<AtStart>,
        now: Timestamp,
    ) -> Result<Sets, JwksError> {
        let reader = self.store.reader();
        let installation = self.config.token_algorithm;
        let rings = self.read_rings().await?;
        let at_start = match at_start {
            Some(known) => known,
            // The setting changes only between two starts. What it was before stands nowhere but in the tokens.
            None => {
                let then = now.minus(self.config.timing.leeway);
                Arc::new(reader.live_algorithms(installation, then).await?)
            }
        };
        // The ring of programs first: many clients take the first key for the one that signs what they get.
        let keys = || rings.iter().flat_map(Ring::keys);
        let all = jwks::Jwks::of(listed(keys())?)?;
        let known = TokenRings {
            rings: &rings,
            installation,
        };
        let mut documents = BTreeMap::new();
        let mut of_apis = BTreeMap::new();
        for api in reader.token_algorithms().await? {
            let shown = shown(&api, &at_start, known, now);
            let document = match documents.get(&shown) {
                Some(made) => Document::clone(made),
                None => of_algorithms(&rings, &shown)?,
            };
            let (name, reach) = (api.name.to_string(), api.reach);
            documents.insert(shown, document.clone());
            of_apis.insert(name, OfApi { reach, document });
        }
        Ok(Sets {
            compromised: keys().filter_map(compromised).max(),
            all: Document::of("all", &all),
            of_apis: Arc::new(of_apis),
            at_start,
        })
    }
}

/// The algorithms whose keys the set of an API shows, the one that signs first.
fn shown(
    api: &ApiAlgorithm,
    at_start: &BTreeSet<(ApiName, Algorithm)>,
    rings: TokenRings<'_>,
    now: Timestamp,
) -> Vec<Algorithm> {
    let ApiAlgorithm {
        name, algorithm, ..
    } = api;
    let mut shown = TokenAlgorithm::shown(algorithm, rings, now);
    let live = at_start.iter().filter(|(of, _)| of == name);
    for (_, also) in live {
        if !shown.contains(also) {
            shown.push(*also);
        }
    }
    shown
}

/// The keys of these algorithms that sign access tokens.
fn of_algorithms(rings: &[Ring], shown: &[Algorithm]) -> Result<Document, JwksError> {
    let group = |algorithm: &Algorithm| {
        let rings = rings.iter().filter(move |ring| {
            let name = ring.name();
            name.purpose.opens_apis() && name.algorithm == *algorithm
        });
        listed(rings.flat_map(Ring::keys))
    };
    let groups: Result<Vec<_>, JwksError> = shown.iter().map(group).collect();
    let names: Vec<&str> = shown.iter().map(|algorithm| algorithm.name()).collect();
    Ok(Document::of(
        &names.join("+"),
        &jwks::Jwks::of_groups(groups?)?,
    ))
}

/// Those of the keys that are shown. One that was withdrawn when it was suspended is in no set.
fn listed<'a>(
    keys: impl Iterator<Item = &'a SigningKey>,
) -> Result<Vec<(KeyStateName, PublicJwk)>, JwksError> {
    let shown = keys.filter(|key| key.state().is_listed());
    let public = |key: &SigningKey| {
        let public = key.public_jwk().parse().map_err(|cause| JwksError::Key {
            kid: key.kid().clone(),
            cause,
        })?;
        Ok((key.state().name(), public))
    };
    shown.map(public).collect()
}

fn compromised(key: &SigningKey) -> Option<Timestamp> {
    match key.state() {
        KeyState::Compromised { at } => Some(*at),
        KeyState::Staged { .. }
        | KeyState::Published { .. }
        | KeyState::Active { .. }
        | KeyState::Deactivated { .. }
        | KeyState::Suspended { .. }
        | KeyState::Retired { .. } => None,
    }
}
