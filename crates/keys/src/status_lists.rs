//! The status lists as they are served: made when something changed, signed, and held in memory, so that verifiers reach no
//! database.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use arc_swap::ArcSwapOption;
use gatewright_domain::{
    consumer::ClientId,
    decision::{Counters, Question, Rule, TokenFacts},
    digest::sha256_hex,
    id::VersionId,
    key::{Kid, Purpose},
    snapshot::{Client, RoutedVersion, Snapshot, VerificationState},
    time::Timestamp,
    token::{Jti, Listing},
};
use gatewright_store::{StoreError, listed::ListedToken};
use gatewright_token::{
    mint::DocumentType,
    status::{Bits, StatusListClaims},
};
use tokio::sync::Mutex;

use crate::{Keys, RingUseError, SignerError, opening::any_operation};

/// How long a verifier may keep a list before it asks again: as long as a revocation may go unnoticed there.
pub const TTL: Duration = Duration::from_secs(60);

/// How long a list is relied on at most, when it cannot be asked for again.
const LIFE: Duration = Duration::from_secs(3600);

/// How long what another process may have changed can go unnoticed.
const GLANCE: Duration = Duration::from_secs(1);

/// What revokes a token, whatever it is sent for.
const REVOKING: [Rule; 3] = [Rule::Revocation, Rule::Application, Rule::Watermark];

/// A status list, ready to be sent.
#[derive(Clone, Debug)]
pub struct SignedList {
    /// The document, `application/statuslist+jwt`.
    pub document: Arc<str>,
    /// Its strong entity tag, quotes included.
    pub etag: Arc<str>,
    bits: Bits,
    made: Timestamp,
}

/// Why there are no status lists.
#[derive(Debug, thiserror::Error)]
pub enum StatusListError {
    /// A list could not be signed.
    #[error("a status list could not be signed")]
    Sign(#[from] SignerError),
    /// The ring that signs them could not be formed.
    #[error("the ring that signs status lists could not be formed")]
    Ring(#[from] RingUseError),
    /// The store failed.
    #[error("the revoked tokens could not be read")]
    Store(#[from] StoreError),
}

/// The lists that were made last, and who may make the next ones.
#[derive(Default)]
pub(crate) struct Kept {
    held: ArcSwapOption<Held>,
    making: Mutex<()>,
}

struct Held {
    position: (u64, u64),
    looked: Timestamp,
    /// Whether they could be made the last time; if not, they serve on until they end.
    is_stuck: bool,
    lists: Arc<BTreeMap<u32, SignedList>>,
}

impl Keys {
    /// The status lists there are, by number. While the database is away, those that have not ended are served.
    ///
    /// # Errors
    /// Every variant of `StatusListError`, when there are none that could be served instead.
    pub async fn status_lists(&self) -> Result<Arc<BTreeMap<u32, SignedList>>, StatusListError> {
        let now = self.clock.now();
        let announced = *self.store.revisions().borrow();
        let held = self.status_lists.held.load_full();
        if let Some(held) = held.filter(|held| held.is_current(announced, now)) {
            return Ok(Arc::clone(&held.lists));
        }
        let _one = self.status_lists.making.lock().await;
        let held = self.status_lists.held.load_full();
        if let Some(held) = held.as_ref().filter(|held| held.is_current(announced, now)) {
            return Ok(Arc::clone(&held.lists));
        }
        let next = match (self.make_status_lists(held.as_deref(), now).await, held) {
            (Ok(next), _) => next,
            (Err(error), Some(held)) if held.has_not_ended(now) => {
                tracing::warn!(%error, "Serving the status lists as they were: they could not be made again");
                held.stuck_at(now)
            }
            (Err(error), _) => return Err(error),
        };
        let lists = Arc::clone(&next.lists);
        self.status_lists.held.store(Some(Arc::new(next)));
        Ok(lists)
    }

    /// Where a list is served.
    #[must_use]
    pub fn status_list_uri(&self, list: u32) -> String {
        format!("{}/{list}", self.config.status_lists)
    }

    async fn make_status_lists(
        &self,
        held: Option<&Held>,
        now: Timestamp,
    ) -> Result<Held, StatusListError> {
        let reader = self.store.reader();
        // Read before everything else: what is added in between is looked at once more, and nothing is missed.
        let position = reader.position().await?;
        let bits = match held.filter(|held| held.position == position) {
            Some(held) => held.bits(),
            None => {
                let tokens = reader.listed_tokens(now).await?;
                revoked(&self.snapshot(now).await?, &tokens, now)
            }
        };
        let mut lists = BTreeMap::new();
        for (list, bits) in bits {
            let kept = held.and_then(|held| held.lists.get(&list));
            let kept = kept.filter(|kept| kept.bits == bits && now < kept.made.plus(TTL / 2));
            let signed = match kept {
                Some(kept) => kept.clone(),
                None => self.sign_status_list(list, bits, now).await?,
            };
            lists.insert(list, signed);
        }
        Ok(Held {
            position,
            looked: now,
            is_stuck: false,
            lists: Arc::new(lists),
        })
    }

    async fn sign_status_list(
        &self,
        list: u32,
        bits: Bits,
        now: Timestamp,
    ) -> Result<SignedList, StatusListError> {
        let (uri, expires) = (self.status_list_uri(list), now.plus(LIFE));
        let claims = StatusListClaims {
            issuer: &self.config.issuer,
            uri: &uri,
            issued: now,
            expires,
            ttl: TTL,
        };
        let claims = claims.with(&bits);
        let (purpose, kind) = (Purpose::StatusList, DocumentType::StatusList);
        let sign = || self.sign_document(purpose, kind, &claims, expires);
        let document = match sign().await {
            // The ring is formed with the first list: an installation without developer tokens needs none.
            Err(SignerError::NoKey) => {
                self.ensure_status_ring().await?;
                sign().await?
            }
            signed => signed?,
        };
        Ok(SignedList {
            etag: format!("\"{}\"", sha256_hex(document.as_bytes())).into(),
            document: document.into(),
            bits,
            made: now,
        })
    }
}

impl Held {
    fn is_current(&self, announced: u64, now: Timestamp) -> bool {
        let (_, revision) = self.position;
        let is_fresh = |list: &SignedList| now < list.made.plus(TTL / 2);
        let is_glance = now.since(self.looked) < GLANCE;
        // While they cannot be made, nobody waits for another attempt but who comes first in a second.
        let is_done = announced <= revision && self.lists.values().all(is_fresh);
        is_glance && (is_done || (self.is_stuck && self.has_not_ended(now)))
    }

    fn stuck_at(&self, now: Timestamp) -> Self {
        Self {
            position: self.position,
            looked: now,
            is_stuck: true,
            lists: Arc::clone(&self.lists),
        }
    }

    fn has_not_ended(&self, now: Timestamp) -> bool {
        self.lists.values().all(|list| now < list.made.plus(LIFE))
    }

    fn bits(&self) -> BTreeMap<u32, Bits> {
        let lists = self.lists.iter();
        lists
            .map(|(list, signed)| (*list, signed.bits.clone()))
            .collect()
    }
}

/// The bits of every list that has a token, or of which a revocation is known. A token for several versions is revoked when
/// it is for any of them: whoever reads the list does not say which one is asked about.
fn revoked(snapshot: &Snapshot, tokens: &[ListedToken], now: Timestamp) -> BTreeMap<u32, Bits> {
    let judge = Judge::of(snapshot, now);
    let mut lists: BTreeMap<u32, Bits> = BTreeMap::new();
    for token in tokens {
        let Some(place) = Listing::of_name(&token.jti) else {
            continue;
        };
        let bits = lists.entry(place.list()).or_default();
        if judge.has_revoked(token) {
            bits.revoke(place);
        }
    }
    // Also those of which only the revocation is known, since a restore: their places cannot have been given again.
    let known = snapshot.revoked.iter();
    let known: BTreeSet<Listing> = known
        .filter_map(|revoked| Listing::of_name(&revoked.jti))
        .filter(|place| place.is_of_epoch_up_to(snapshot.epoch))
        .collect();
    for place in known {
        lists.entry(place.list()).or_default().revoke(place);
    }
    lists
}

/// What decides whether tokens were revoked.
struct Judge<'a> {
    snapshot: &'a Snapshot,
    versions: HashMap<VersionId, &'a RoutedVersion>,
    clients: HashMap<&'a ClientId, &'a Client>,
    names: HashSet<&'a Jti>,
    /// The keys of which tokens are accepted.
    keys: BTreeSet<&'a Kid>,
    now: Timestamp,
}

impl<'a> Judge<'a> {
    fn of(snapshot: &'a Snapshot, now: Timestamp) -> Self {
        let versions = snapshot.versions.iter();
        let clients = snapshot.clients.iter();
        let signed = snapshot
            .keys
            .iter()
            .filter(|key| matches!(key.state, VerificationState::Signed { .. }));
        Self {
            snapshot,
            versions: versions.map(|version| (version.id, version)).collect(),
            clients: clients.map(|client| (&client.client_id, client)).collect(),
            names: snapshot
                .revoked
                .iter()
                .map(|revoked| &revoked.jti)
                .collect(),
            keys: signed.map(|key| &key.kid).collect(),
            now,
        }
    }

    fn has_revoked(&self, token: &ListedToken) -> bool {
        if !self.keys.contains(&token.kid) {
            return true;
        }
        let Some(version) = self.versions.get(&token.version) else {
            return false;
        };
        let client_id = ClientId::of(token.application);
        let client = self.clients.get(&client_id).copied();
        let mut rights = client.into_iter().flat_map(|client| &client.rights);
        let facts = TokenFacts {
            jti: token.jti.clone(),
            client_id: client_id.clone(),
            kid: Some(token.kid.clone()),
            issued: token.issued,
            expires: token.expires,
            audience: Vec::new(),
            scopes: Vec::new(),
        };
        let question = Question {
            version,
            operation: &any_operation(),
            token: &facts,
            revoked: self.names.contains(&token.jti),
            not_before: self.snapshot.not_before,
            client,
            right: rights.find(|right| right.version == version.id),
            plan: None,
            counters: Counters::default(),
            age: Duration::ZERO,
            leeway_s: self.snapshot.leeway_s,
            now: self.now,
        };
        REVOKING.iter().any(|rule| rule.judge(&question).is_err())
    }
}
