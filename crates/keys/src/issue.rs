//! Issuing a token. Ink before seal: its row and event are committed before it is signed, so no token exists without.

use std::time::Duration;

use gatewright_domain::{
    access::{Action, Caller, Denied},
    consumer::Application,
    handle::ApplicationHandle,
    id::TokenId,
    key::{Algorithm, Purpose, RingName, SigningKey},
    plan::Lifetime,
    secret::Secret,
    time::Timestamp,
    token::{Issuance, Jti, Token, TokenError, TokenWish},
};
use gatewright_store::StoreError;

use crate::{Keys, signer::SignerError};

/// The longest a caller waits until a revocation of all tokens has passed: such a watermark is the next whole second.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often it is tried: the second may turn out not to be over, and a rotation may come in between.
const ATTEMPTS: usize = 3;

/// A token, with its text for the only time there is.
#[derive(Debug)]
pub struct IssuedToken {
    /// What is kept of it.
    pub token: Token,
    /// What the application sends.
    pub text: Secret<String>,
}

/// Why no token was issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such application.
    #[error("no such application")]
    NotFound,
    /// Several consumers have an application of that name.
    #[error("several consumers have an application of that name; use its id")]
    Ambiguous,
    /// The rules refuse.
    #[error(transparent)]
    Refused(#[from] TokenError),
    /// The ring signs no token that lives so long.
    #[error("this installation's keys sign tokens that live at most {max} seconds")]
    LongerThanRing {
        /// The ring's ceiling in seconds.
        max: u32,
    },
    /// There is no key that signs.
    #[error("there is no signing key; start the server once, which makes one")]
    NoKey,
    /// Nothing can be signed now.
    #[error("nothing can be signed now")]
    NotNow(#[source] SignerError),
    /// The row is there, but the token was not signed. It is revoked, if that was still possible.
    #[error("the token {token} was recorded but could not be signed; it was never usable")]
    NotSigned {
        /// The row.
        token: TokenId,
        /// Why.
        #[source]
        cause: SignerError,
    },
    /// The application or the ring changed meanwhile.
    #[error("the application or the keys were changed meanwhile; look again and repeat")]
    Stale,
    /// The store failed.
    #[error("the token could not be recorded")]
    Store(#[source] StoreError),
}

impl From<StoreError> for IssueError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Ambiguous => Self::Ambiguous,
            // The permit was asked for the subscriptions as they were before; now they reach other teams.
            StoreError::Stale | StoreError::OutsidePermit => Self::Stale,
            other => Self::Store(other),
        }
    }
}

impl From<SignerError> for IssueError {
    fn from(error: SignerError) -> Self {
        match error {
            SignerError::NoKey => Self::NoKey,
            SignerError::Store(store) => store.into(),
            other => Self::NotNow(other),
        }
    }
}

impl IssueError {
    /// After how long another attempt may do better; nothing when it would not.
    fn pause(&self, now: Timestamp) -> Option<Duration> {
        if let Self::Refused(TokenError::TooSoon(passed)) = self {
            return Some(passed.since(now)).filter(|pause| *pause <= PATIENCE);
        }
        matches!(self, Self::Stale).then_some(Duration::ZERO)
    }
}

impl Keys {
    /// Issues a token for an application. Right after a revocation of all its tokens it waits for the second to pass.
    ///
    /// # Errors
    /// Every variant of `IssueError`. After `NotSigned` the row stands in the trail and nothing can be done with it.
    pub async fn issue(
        &self,
        caller: &Caller,
        application: &ApplicationHandle,
        wish: TokenWish,
    ) -> Result<IssuedToken, IssueError> {
        let sight = self.store.reader().as_seen_by(caller);
        let application = sight.find_application(application).await?;
        let (token, key) = self.record(caller, &application, wish).await?;
        match self.sign(&token, &key).await {
            Ok(text) => Ok(IssuedToken { token, text }),
            Err(cause) => {
                let id = token.id();
                self.give_up(caller, token).await;
                Err(IssueError::NotSigned { token: id, cause })
            }
        }
    }

    /// The ring of an algorithm that signs a token of such a life: that of programs as long as it may, else that of people.
    async fn ring_for(
        &self,
        algorithm: Algorithm,
        lifetime: Lifetime,
    ) -> Result<RingName, IssueError> {
        let rings = self.rings().await?;
        let mut max = None;
        for purpose in [Purpose::Access, Purpose::DevAccess] {
            let name = RingName { purpose, algorithm };
            let ring = rings.iter().find(|ring| ring.name() == name);
            let longest = ring.map(|ring| ring.timing().max_lifetime);
            if longest.is_some_and(|longest| lifetime <= longest) {
                return Ok(name);
            }
            max = max.max(longest);
        }
        let max = max.ok_or(IssueError::NoKey)?.seconds();
        Err(IssueError::LongerThanRing { max })
    }

    /// The row, once nothing is in the way of it any more.
    async fn record(
        &self,
        caller: &Caller,
        application: &Application,
        wish: TokenWish,
    ) -> Result<(Token, SigningKey), IssueError> {
        for _ in 1..ATTEMPTS {
            let now = self.clock.now();
            let outcome = self
                .try_record(caller, application, wish.clone(), now)
                .await;
            let Some(pause) = outcome.as_ref().err().and_then(|error| error.pause(now)) else {
                return outcome;
            };
            tokio::time::sleep(pause).await;
        }
        let now = self.clock.now();
        self.try_record(caller, application, wish, now).await
    }

    async fn try_record(
        &self,
        caller: &Caller,
        application: &Application,
        wish: TokenWish,
        now: Timestamp,
    ) -> Result<(Token, SigningKey), IssueError> {
        let entitlements = self.store.reader().entitlements(application.id).await?;
        let teams = Token::reach(&entitlements, &wish.scopes)?;
        let installation = self.config.token_algorithm;
        let algorithm = Token::algorithm_for(&entitlements, &wish.scopes, installation, now)?;
        let ring = self.ring_for(algorithm, wish.lifetime).await?;
        let on = application.grant(teams);
        let permit = self
            .store
            .permit(caller, Action::IssueToken, on, now)
            .await?;
        let id = TokenId::draw(now, &*self.entropy);
        // The token ends no later than that: its second began before now.
        let expires = now.plus(wish.lifetime.duration());
        let key = self.leased(ring, expires).await?;
        self.store
            .write(permit, now, async move |tx| {
                if let Some(ahead) = tx.watermark_ahead().await? {
                    return Err(TokenError::TooSoon(ahead).into());
                }
                let application = tx.application(application.id).await?;
                let entitlements = tx.entitlements(application.id).await?;
                let scopes = &wish.scopes;
                if Token::algorithm_for(&entitlements, scopes, installation, now)? != algorithm {
                    return Err(IssueError::Stale);
                }
                let kid = key.kid().clone();
                let listing = match ring.purpose {
                    Purpose::DevAccess => tx.allot_listing().await?,
                    Purpose::Access | Purpose::Introspection | Purpose::StatusList => None,
                };
                // When every place is taken, the token is one that no list speaks of.
                let jti = match listing {
                    Some(listing) => listing.name(&*self.entropy),
                    None => Jti::draw(&*self.entropy),
                };
                let issuance = Issuance { id, jti, kid };
                let change = Token::issue(&application, &entitlements, wish, issuance, now)?;
                Ok((tx.write(change).await?, key))
            })
            .await
    }

    /// Revokes a row that has no token, so that nobody takes it for a live one. When that fails too, it still ends by
    /// itself, and the log says so.
    pub(crate) async fn give_up(&self, caller: &Caller, token: Token) {
        let id = token.id();
        if let Err(error) = self.end(caller, token).await {
            tracing::warn!(token.id = %id, %error, "Could not revoke token {id}, which was recorded but never signed");
        }
    }
}
