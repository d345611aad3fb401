//! Client credentials: a client asks for a token of its own, and gets what registration, subscriptions and plans allow.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use gatewright_domain::{
    access::Denied,
    binding::Binding,
    client::{Grant, Pace},
    id::VersionId,
    key::SigningKey,
    operation::Scope,
    text::Name,
    time::Timestamp,
    token::{Entitlement, GrantRefused, GrantWish, Token, TokenError, Within},
};
use gatewright_store::StoreError;

use crate::{IssuedToken, Keys, clients::Authenticated, signer::SignerError, together::Order};

/// How long a client waits for the second of a revocation of all its tokens to pass.
const PATIENCE: Duration = Duration::from_secs(1);

/// What a client asks the token endpoint for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The scopes; nothing means all that it may have.
    pub scopes: Option<BTreeSet<Scope>>,
    /// The audiences (RFC 8707); none means its only subscription.
    pub resources: BTreeSet<String>,
    /// What it proved to hold, to which the token will be bound.
    pub binding: Option<Binding>,
}

/// Why a client gets no token.
#[derive(Clone, Debug, thiserror::Error)]
pub enum GrantError {
    /// The application is disabled.
    #[error("the application is disabled")]
    Disabled,
    /// Its registration names another grant.
    #[error("the client may not use this grant")]
    NotThisGrant,
    /// It must show a key, and showed none.
    #[error("the client must show a key when it asks")]
    ProofNeeded,
    /// It must show a certificate alone, and did not.
    #[error("the client must show its certificate when it asks, and no key beside it")]
    CertificateNeeded,
    /// The policy forbids it.
    #[error(transparent)]
    Denied(Denied),
    /// No single version that it has subscribed to is meant.
    #[error("the client has no active subscription to what it asked for")]
    NoTarget,
    /// It asked for one token for APIs whose tokens are signed with different algorithms.
    #[error(transparent)]
    Algorithms(TokenError),
    /// Nothing is left of the scopes it asked for.
    #[error("the client may have none of these scopes")]
    NoScope,
    /// It has had as many tokens as it may, for now.
    #[error("the client asks for tokens faster than it may; try again after {0:?}")]
    TooFast(Duration),
    /// Not now: another attempt may do better.
    #[error("the token could not be issued now")]
    NotNow(#[source] Arc<NotNow>),
}

/// What is in the way of issuing for now.
#[derive(Debug, thiserror::Error)]
pub enum NotNow {
    /// All tokens of the application were just revoked.
    #[error("tokens of the application were just revoked")]
    TooSoon,
    /// There is no key that signs.
    #[error("there is no signing key")]
    NoKey,
    /// Nothing can be signed for now.
    #[error("nothing can be signed for now")]
    NoSigner(#[source] SignerError),
    /// The row is there, and the token could not be signed.
    #[error("the token was recorded but could not be signed")]
    NotSigned(#[source] SignerError),
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopping,
    /// The store failed.
    #[error("the token could not be recorded")]
    Store(#[from] StoreError),
}

impl From<SignerError> for NotNow {
    fn from(error: SignerError) -> Self {
        match error {
            SignerError::NoKey => Self::NoKey,
            SignerError::Store(store) => Self::Store(store),
            other => Self::NoSigner(other),
        }
    }
}

impl GrantError {
    /// Whether something was changed meanwhile, so that another attempt at once may do better.
    pub(crate) fn is_stale(&self) -> bool {
        matches!(self, Self::NotNow(cause) if matches!(**cause, NotNow::Store(StoreError::Stale)))
    }
}

impl From<NotNow> for GrantError {
    fn from(cause: NotNow) -> Self {
        Self::NotNow(Arc::new(cause))
    }
}

impl From<StoreError> for GrantError {
    fn from(cause: StoreError) -> Self {
        NotNow::from(cause).into()
    }
}

impl From<GrantRefused> for GrantError {
    fn from(refused: GrantRefused) -> Self {
        match refused {
            GrantRefused::NoTarget => Self::NoTarget,
            GrantRefused::NoScope => Self::NoScope,
            GrantRefused::Token(TokenError::ApplicationDisabled) => Self::Disabled,
            GrantRefused::Token(TokenError::TooSoon(_)) => NotNow::TooSoon.into(),
            GrantRefused::Token(differ @ TokenError::AlgorithmsDiffer { .. }) => {
                Self::Algorithms(differ)
            }
            GrantRefused::Token(
                TokenError::NoSubscription
                | TokenError::ScopeNotSubscribed(_)
                | TokenError::LongerThanPlan { .. }
                | TokenError::BeyondSunset { .. }
                | TokenError::AlreadyRevoked,
            ) => Self::NoTarget,
        }
    }
}

impl Keys {
    /// Issues a client's own token. Its row is committed together with those of whoever asks at the same moment; each
    /// is signed after that.
    ///
    /// # Errors
    /// Every variant of `GrantError`.
    pub async fn grant_to_client(
        &self,
        client: &Authenticated,
        wanted: Wanted,
    ) -> Result<IssuedToken, GrantError> {
        client.may_use(Grant::ClientCredentials)?;
        let record = &client.client;
        let wish = GrantWish {
            name: Name::client_credentials(),
            versions: self.versions(&record.entitlements, &wanted.resources)?,
            scopes: wanted.scopes,
            binding: wanted.binding,
            family: None,
            lineage: None,
            within: Within::default(),
        };
        self.grant(client, wish).await
    }

    /// Issues a token that a client may ask for, as fast as it may and bound as it must be.
    pub(crate) async fn grant(
        &self,
        client: &Authenticated,
        wish: GrantWish,
    ) -> Result<IssuedToken, GrantError> {
        let record = &client.client;
        client.asks_as_it_must(wish.binding.as_ref())?;
        let pace = self.directory.pace_of(record.application.id);
        let most = record.registration.terms.pace;
        keep_pace(&pace, most, self.clock.now()).map_err(GrantError::TooFast)?;
        self.wait_for_the_second(record.application.not_before)
            .await;
        let order = |client: &Authenticated, wish| Order {
            client: client.clone(),
            wish,
        };
        let (token, key) = match self.issue_together(order(client, wish.clone())).await {
            // Another algorithm was chosen for an API since the client authenticated.
            Err(error) if error.is_stale() => {
                let newest = self.newest(client, self.clock.now()).await?;
                let client = client.clone().known_as(newest);
                self.issue_together(order(&client, wish)).await?
            }
            issued => issued?,
        };
        self.seal_grant(client, token, &key).await
    }

    /// Signs a token whose row is committed.
    pub(crate) async fn seal_grant(
        &self,
        client: &Authenticated,
        token: Token,
        key: &SigningKey,
    ) -> Result<IssuedToken, GrantError> {
        match self.sign(&token, key).await {
            Ok(text) => Ok(IssuedToken { token, text }),
            Err(cause) => {
                self.give_up(&client.caller, token).await;
                Err(NotNow::NotSigned(cause).into())
            }
        }
    }

    /// The versions of these audiences; nothing when none is named.
    pub(crate) fn versions(
        &self,
        entitlements: &[Entitlement],
        resources: &BTreeSet<String>,
    ) -> Result<Option<BTreeSet<VersionId>>, GrantError> {
        if resources.is_empty() {
            return Ok(None);
        }
        let terms = self.config.terms();
        let of = |resource: &String| {
            let mut places = entitlements.iter().map(|one| one.version.place());
            let found =
                places.find(|place| terms.audience(&place.api.name, place.number) == *resource);
            found.map(|place| place.id).ok_or(GrantError::NoTarget)
        };
        resources.iter().map(of).collect::<Result<_, _>>().map(Some)
    }

    /// A watermark is the next whole second, so that a client need not hear of it.
    async fn wait_for_the_second(&self, not_before: Option<Timestamp>) {
        let wait = not_before.map(|moment| moment.since(self.clock.now()));
        let is_short = |wait: &Duration| !wait.is_zero() && *wait <= PATIENCE;
        if let Some(wait) = wait.filter(is_short) {
            tokio::time::sleep(wait).await;
        }
    }
}

/// A minute.
const MICROS: i64 = 60_000_000;

/// Counts one token, or says how long it is too early. A client that was quiet may have a whole minute's tokens at once.
pub(crate) fn keep_pace(clock: &AtomicI64, pace: Pace, now: Timestamp) -> Result<(), Duration> {
    let step = MICROS / i64::from(pace.per_minute()).max(1);
    let now = now.millis().saturating_mul(1000);
    let due = |last: i64| last.max(now).saturating_add(step);
    let ahead = |last: i64| due(last).saturating_sub(now).saturating_sub(MICROS);
    let counted = clock.fetch_update(Ordering::AcqRel, Ordering::Acquire, |last| {
        (ahead(last) <= 0).then(|| due(last))
    });
    counted.map(|_| ()).map_err(|last| {
        let micros = u64::try_from(ahead(last)).unwrap_or(0);
        Duration::from_micros(micros).max(Duration::from_secs(1))
    })
}
