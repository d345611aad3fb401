//! Use-cases on signing keys and tokens: form and rotate the ring, issue, revoke, seal, inspect.
//! Forbids SQL and HTTP, and gives a secret out only as a `Secret`; a token's text is never stored.
//! Start with `issue`, then `rotate`, then `seal`.

mod algorithms;
mod api_keys;
mod issue;
mod issuers;
mod moves;
mod rehearse;
mod revoke;
mod revoke_named;
mod revoke_widely;
mod rotate;

mod access_signer;
mod authorize;
mod clients;
mod exchange;
mod families;
mod grant;
mod introspect;
mod redeem;
mod refresh;
mod revoke_own;
mod sender;
mod together;

mod clocks;
mod lease;
mod ring;
mod ring_moves;
mod signer;
mod snapshot_key;
mod status_lists;

pub mod fetch;
mod fetches;

mod holders;

mod inspect;
mod jwks;
mod key_sets;
mod opening;
mod prune;
mod receipts;
mod recipe;
mod recognise;
mod reconcile;
mod replace;

mod kek_check;
mod kek_rotate;
mod keks;
mod rewrap;
mod secrets;
mod shut;

use std::{fmt, sync::Arc, time::Duration};

use gatewright_custody::Keks;
use gatewright_domain::{
    entropy::Entropy,
    key::Algorithm,
    ring::{Bounds, Timing},
    time::Clock,
};
use gatewright_store::{SnapshotTerms, Store};

// Whoever opens these use-cases hands one in.
pub use gatewright_custody::{Kek, KeyHolder};

pub use algorithms::{AlgorithmError, AlgorithmWish, ApiSigning};
pub use api_keys::{ApiKeyUseError, IssuedApiKey, RecognisedApiKey, RevokedApiKey};
pub use authorize::{Asking, AuthorizeError, Doorway, Proposal};
pub use clients::{
    Authenticated, ClientProof, ClientRefused, ClientSecretUseError, InitialTokenUseError,
    IssuedInitialToken, IssuedSecret, Newcomer, NotShownCertificate, PepperError, Presented,
    Registered, Registrant, RegistrationError, SecretWish, ShownCertificate, Unknowable,
};
pub use exchange::{ExchangeError, Exchanging, NotShown};
pub use families::{BegunFamily, FamilyUseError, FamilyWish};
pub use grant::{GrantError, NotNow, Wanted};
pub use holders::HolderRow;
pub use inspect::{InspectError, Inspection, Part, VerifyError};
pub use introspect::{ActiveToken, Asker, NotAnAsker};
pub use issue::{IssueError, IssuedToken};
pub use issuers::{IssuerError, IssuerKey, NewKeySource, Refreshed, Trial, TrustIssuer};
pub use jwks::{Jwks, JwksError};
pub use kek_check::KekError;
pub use kek_rotate::{KekRotated, KekUseError};
pub use keks::{KekHealth, KekRow};
pub use moves::{Compromised, Seen};
pub use opening::{OpenedOperation, Opening};
pub use recipe::{NotARecipe, Recipe, TermsError, Unfit, VerifierPlace, VerifierTerms};
pub use recognise::{Recogniser, Worth};
pub use reconcile::{Belief, ReconcileError, Reconciled};
pub use redeem::{NotRedeemed, RedeemError, RedeemedGrant, Redeeming};
pub use refresh::{NotGood, RefreshError, RefreshedGrant, Refreshing};
pub use rehearse::Rehearsal;
pub use replace::ReplaceError;
pub use revoke::{RevokeError, Revoked, RevokedAll};
pub use revoke_own::{RevokeOwnError, RevokedOwn};
pub use revoke_widely::Sweep;
pub use rewrap::{RewrapError, Rewrapped};
pub use ring::{Moved, RingUseError};
pub use ring_moves::RingSeen;
pub use rotate::{Rotated, Turn};
pub use sender::{SenderError, Shown, sender_algorithms};
pub use signer::SignerError;
pub use snapshot_key::SnapshotKeyError;
pub use status_lists::{SignedList, StatusListError, TTL as STATUS_LIST_TTL};

/// What the tokens of an installation say, and the times its ring keeps.
#[derive(Clone, Debug)]
pub struct KeysConfig {
    /// The issuer, byte for byte: an address without a slash at its end.
    pub issuer: String,
    /// What the audiences of tokens begin with, without a slash at its end.
    pub audience_base: String,
    /// The times of the ring.
    pub timing: Timing,
    /// J: how long others may keep the key set.
    pub jwks_max_age: Duration,
    /// V: how long the most patient verifier keeps it, whatever it is told.
    pub verifier_cache: Duration,
    /// What access tokens are signed with, where their API does not say.
    pub token_algorithm: Algorithm,
    /// Where status lists are served, without a slash at its end; the number of a list follows.
    pub status_lists: String,
}

impl KeysConfig {
    /// What bounds how short a ring's lead can be.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds {
            jwks_max_age: self.jwks_max_age,
            verifier_cache: self.verifier_cache,
        }
    }

    /// What gateways are told of it.
    #[must_use]
    pub fn terms(&self) -> SnapshotTerms {
        let leeway_s = u32::try_from(self.timing.leeway.as_secs()).unwrap_or(u32::MAX);
        SnapshotTerms {
            issuer: self.issuer.clone(),
            audience_base: self.audience_base.clone(),
            leeway_s,
            max_lifetime_s: self.timing.max_lifetime.seconds(),
        }
    }
}

/// The use-cases, with what they need to act. Cheap to clone; every clone shares what is kept in memory.
#[derive(Clone)]
pub struct Keys {
    store: Store,
    kek: Arc<Keks>,
    kek_health: Arc<keks::Kept>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    config: Arc<KeysConfig>,
    lease: Arc<lease::Kept>,
    offset: Arc<clocks::Offset>,
    signer: Arc<signer::Kept>,
    holders: Arc<holders::Holders>,
    snapshot_key: Arc<snapshot_key::Kept>,
    key_set: Arc<jwks::Kept>,
    status_lists: Arc<status_lists::Kept>,
    pepper: Arc<clients::Pepper>,
    directory: Arc<clients::Directory>,
    published: Arc<clients::Published>,
    queue: Arc<together::Queue>,
    fetches: fetches::Known,
    opened: Arc<issuers::Opened>,
    surprises: Arc<issuers::Surprises>,
    fetch: Arc<dyn fetch::Fetch>,
}

impl Keys {
    /// The use-cases over a store. Nothing is read, made or opened yet: see `ensure_ring`.
    #[must_use]
    pub fn new(
        store: Store,
        kek: impl Into<Keks>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        config: KeysConfig,
    ) -> Self {
        let reach = fetch::Reach::of(&config.issuer, Vec::new());
        Self {
            store,
            opened: Arc::default(),
            surprises: Arc::default(),
            fetch: Arc::new(fetch::Web::within(reach)),
            kek: Arc::new(kek.into()),
            kek_health: Arc::default(),
            clock,
            entropy,
            config: Arc::new(config),
            lease: Arc::default(),
            offset: Arc::default(),
            signer: Arc::default(),
            holders: Arc::default(),
            snapshot_key: Arc::default(),
            key_set: Arc::default(),
            status_lists: Arc::default(),
            pepper: Arc::default(),
            directory: Arc::default(),
            published: Arc::default(),
            queue: Arc::default(),
            fetches: Arc::default(),
        }
    }

    /// The same, with another to fetch the keys of outside issuers.
    #[must_use]
    pub fn fetching_by(self, fetch: Arc<dyn fetch::Fetch>) -> Self {
        Self { fetch, ..self }
    }

    /// What the tokens say, and the times the ring keeps.
    #[must_use]
    pub fn config(&self) -> &KeysConfig {
        &self.config
    }

    /// The revision of everything that this process has committed, or a later one. Cannot fail after a commit: where the
    /// database does not answer, what was announced in memory does.
    pub(crate) async fn revision(&self) -> u64 {
        let announced = *self.store.revisions().borrow();
        let asked = self.store.reader().revision().await;
        asked.map_or(announced, |asked| asked.max(announced))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("kek", &self.kek)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
