//! Refreshing: a used refresh token gives way to its successor, once, whoever else tries at the same moment.
//!
//! Invariant: every answer to the same token carries the same successor, or the family is over. The use of a token, its
//! successor, the family's new head and the access token's row are one transaction.

use std::collections::BTreeSet;

use gatewright_custody::{SealError, open_under_secret, seal_under_secret};
use gatewright_domain::{
    access::Action,
    audit::Aggregate,
    binding::Binding,
    client::Grant,
    family::{self, Family, FamilyError, Person, RefreshSecret, RefreshToken, Successor, Use},
    id::{TokenId, VersionId},
    key::SigningKey,
    operation::Scope,
    plan::Lifetime,
    secret::{Secret, equal_in_constant_time},
    text::Reason,
    time::Timestamp,
    token::{GrantWish, Grantee, Issuance, Jti, Token, Within},
};
use gatewright_store::{StoreError, Tx};

use crate::{
    IssuedToken, Keys,
    clients::{Authenticated, PepperError},
    grant::{GrantError, Wanted},
};

/// How often it is tried: a rotation of the signing key may come in between.
const ATTEMPTS: usize = 3;

/// What a client shows and asks for.
#[derive(Debug)]
pub struct Refreshing {
    /// The refresh token.
    pub text: Secret<String>,
    /// The scopes; nothing means all of the grant.
    pub scopes: Option<BTreeSet<Scope>>,
    /// The audiences; none means all of the grant.
    pub resources: BTreeSet<String>,
    /// The key or the certificate that it proved to hold.
    pub proved: Option<Binding>,
}

/// What a client gets.
#[derive(Debug)]
pub struct RefreshedGrant {
    /// A new access token.
    pub issued: IssuedToken,
    /// The next refresh token.
    pub text: Secret<String>,
}

/// Why a grant is not refreshed.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// There is no such token for this client, or not any more. Which, no client is told.
    #[error("the refresh token is not good: {0}")]
    NotGood(NotGood),
    /// More than the grant carries was asked for; nothing was used.
    #[error("the grant does not carry all of these scopes")]
    WiderScope,
    /// Something else than the grant is for was asked for; nothing was used.
    #[error("the grant is not for all of these resources")]
    OtherTarget,
    /// No access token is issued.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// Tokens cannot be compared.
    #[error("refresh tokens cannot be compared")]
    Pepper(#[from] PepperError),
    /// The successor could not be sealed, or does not open.
    #[error("the next refresh token could not be sealed or opened")]
    Seal(#[from] SealError),
}

/// Why a refresh token is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotGood {
    /// It is no token that we issued.
    #[error("it is unknown")]
    Unknown,
    /// The family says no.
    #[error(transparent)]
    Family(FamilyError),
    /// It was used before, and the family has ended for it.
    #[error("it was used before; the grant is revoked")]
    Reused,
}

impl From<NotGood> for RefreshError {
    fn from(why: NotGood) -> Self {
        Self::NotGood(why)
    }
}

impl From<FamilyError> for RefreshError {
    fn from(why: FamilyError) -> Self {
        Self::NotGood(NotGood::Family(why))
    }
}

impl From<StoreError> for RefreshError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotGood(NotGood::Unknown),
            other => Self::Grant(other.into()),
        }
    }
}

/// What the transaction came to.
enum Outcome {
    Given {
        token: Token,
        key: Box<SigningKey>,
        text: Secret<String>,
    },
    Reused(Family),
}

/// What is known before the transaction.
struct Attempt<'a> {
    client: &'a Authenticated,
    asked: &'a Refreshing,
    shown: &'a RefreshToken,
    /// The key that signs now, and how long its tokens live at most.
    signer: &'a (SigningKey, Lifetime),
    now: Timestamp,
}

impl Keys {
    /// Refreshes a grant for the client that holds it.
    ///
    /// # Errors
    /// Every variant of `RefreshError`. Whatever is refused uses nothing up, but for a token that was used before: then
    /// the family is revoked.
    pub async fn refresh_grant(
        &self,
        client: &Authenticated,
        asked: Refreshing,
    ) -> Result<RefreshedGrant, RefreshError> {
        client.may_use(Grant::RefreshToken)?;
        client.asks_as_it_must(asked.proved.as_ref())?;
        let shown = self.shown(&asked.text).await?;
        for _ in 1..ATTEMPTS {
            match self.try_refresh_grant(client, &asked, &shown).await {
                Err(RefreshError::Grant(error)) if error.is_stale() => {}
                outcome => return outcome,
            }
        }
        self.try_refresh_grant(client, &asked, &shown).await
    }

    /// The token whose text is shown.
    pub(crate) async fn shown(&self, text: &Secret<String>) -> Result<RefreshToken, RefreshError> {
        let id = text.lend(|text| family::id_of(text));
        let id = id.map_err(|_| NotGood::Unknown)?;
        let token = self.store.reader().refresh_token(id).await?;
        let hash = self.pepper().await?.hash(text);
        if equal_in_constant_time(token.hmac(), &hash) {
            Ok(token)
        } else {
            Err(NotGood::Unknown.into())
        }
    }

    async fn try_refresh_grant(
        &self,
        client: &Authenticated,
        asked: &Refreshing,
        shown: &RefreshToken,
    ) -> Result<RefreshedGrant, RefreshError> {
        let now = self.clock.now();
        let family = self.store.reader().family(shown.family()).await?;
        // A stranger is refused by the policy, which writes it down; the family stays as it is.
        let (action, on) = (Action::IssueToken, family.subject());
        let permit = self.store.permit(&client.caller, action, on, now).await;
        family.admits(client.application(), asked.proved.as_ref(), now)?;
        let permit = permit.map_err(|_| NotGood::Family(FamilyError::AnotherApplication))?;
        let signer = self.signer_for(client, family.versions(), now).await?;
        let attempt = Attempt {
            client,
            asked,
            shown,
            signer: &signer,
            now,
        };
        let next = family::draw(now, &*self.entropy);
        let outcome = self
            .store
            .write(permit, now, async |tx| {
                self.decide_use(tx, &attempt, next).await
            })
            .await?;
        match outcome {
            Outcome::Given { token, key, text } => {
                let issued = self.seal_grant(client, token, &key).await?;
                Ok(RefreshedGrant { issued, text })
            }
            Outcome::Reused(family) => {
                tracing::warn!(
                    family.id = %family.id(), application.id = %family.application(),
                    "A used refresh token was used again; revoked {} and every token of it", family.id()
                );
                Err(NotGood::Reused.into())
            }
        }
    }

    /// The one transaction. Nobody else has the family meanwhile.
    async fn decide_use(
        &self,
        tx: &mut Tx<'_>,
        attempt: &Attempt<'_>,
        next: RefreshSecret,
    ) -> Result<Outcome, RefreshError> {
        let Attempt {
            client,
            asked,
            shown,
            signer,
            now,
        } = *attempt;
        let family = tx.family_alone(shown.family()).await?;
        let token = tx.refresh_token(shown.id()).await?;
        family.admits(client.application(), asked.proved.as_ref(), now)?;
        let terms = self.family_terms();
        let used = family.judge(&token, terms, now);
        if used == Use::Reuse {
            let reason: Option<Reason> = "a used refresh token was used again".parse().ok();
            let revoked = tx.write(family.revoke(reason, now)?).await?;
            return Ok(Outcome::Reused(revoked));
        }
        is_still_granted(tx, &family).await?;
        let wanted = Wanted {
            scopes: asked.scopes.clone(),
            resources: asked.resources.clone(),
            binding: asked.proved.clone(),
        };
        let wish = self.wish(&family, wanted)?;
        let access = self.decide_access(tx, &family, wish, (signer, now)).await?;
        let expires = access.expires();
        let place = place(&token);
        let text = if used == Use::Turn {
            let sealed = seal_under_secret(&asked.text, &place, &next.text)?;
            let hmac = self.pepper().await?.hash(&next.text);
            let generation = token.generation().saturating_add(1);
            let heir = RefreshToken::new(next.id, (family.id(), generation), hmac, now);
            tx.consume_refresh_token(&token.consume(Successor(sealed), now))
                .await?;
            tx.keep_refresh_token(&heir).await?;
            tx.write(family.turn(expires, terms, now)).await?;
            next.text
        } else {
            let sealed = token.successor().ok_or(SealError::NotARecord)?;
            let text = open_under_secret(&asked.text, &place, &sealed.0)?;
            tx.repeat_refresh_token(&token.repeat()).await?;
            tx.write(family.repeat(expires)).await?;
            text
        };
        Ok(Outcome::Given {
            token: access,
            key: Box::new(signer.0.clone()),
            text,
        })
    }

    /// What the access token is to be, within the grant.
    pub(crate) fn wish(&self, family: &Family, asked: Wanted) -> Result<GrantWish, RefreshError> {
        let scopes = match asked.scopes {
            Some(scopes) if scopes.is_subset(family.scopes()) => scopes,
            Some(_) => return Err(RefreshError::WiderScope),
            None => family.scopes().clone(),
        };
        let terms = self.config.terms();
        let named = |resource: &String| {
            let mut places = family.versions().iter();
            places.any(|place| terms.audience(&place.api.name, place.number) == *resource)
        };
        let all: BTreeSet<VersionId> = family.versions().iter().map(|place| place.id).collect();
        // A token for fewer versions would need another permit; the gateway asks for the audience of one anyway.
        let every = asked.resources.is_empty() || asked.resources.len() == all.len();
        if !every || !asked.resources.iter().all(named) {
            return Err(RefreshError::OtherTarget);
        }
        Ok(GrantWish {
            name: family.name().clone(),
            versions: Some(all),
            scopes: Some(scopes),
            binding: asked.binding,
            family: Some(family.id()),
            lineage: family.person().map(Person::lineage),
            within: Within {
                scopes: None,
                end: Some(family.absolute_end()),
            },
        })
    }

    pub(crate) async fn decide_access(
        &self,
        tx: &mut Tx<'_>,
        family: &Family,
        wish: GrantWish,
        ((key, ceiling), now): (&(SigningKey, Lifetime), Timestamp),
    ) -> Result<Token, RefreshError> {
        let application = tx.application(family.application()).await?;
        let registration = tx.registration(&application).await?;
        let entitlements = tx.entitlements(application.id).await?;
        let grantee = Grantee {
            application: &application,
            registration: &registration,
            entitlements: &entitlements,
        };
        let (versions, installation) = (wish.versions.as_ref(), self.config.token_algorithm);
        let algorithm = grantee.algorithm(versions, installation, now);
        if algorithm.map_err(GrantError::from)? != key.ring().algorithm {
            return Err(GrantError::from(StoreError::Stale).into());
        }
        let issuance = Issuance {
            id: TokenId::draw(now, &*self.entropy),
            jti: Jti::draw(&*self.entropy),
            kid: key.kid().clone(),
        };
        let change = Token::grant(grantee, wish, *ceiling, issuance, now);
        let change = change.map_err(GrantError::from)?;
        Ok(tx.write(change).await?)
    }
}

/// Whether the person who granted it still may, as far as it reaches. They may have left, or have another role.
pub(crate) async fn is_still_granted(tx: &mut Tx<'_>, family: &Family) -> Result<(), RefreshError> {
    let Some(person) = family.person() else {
        return Ok(());
    };
    let operator = tx.operator(person.operator).await?;
    if operator.may(Action::IssueToken, &family.subject()) {
        return Ok(());
    }
    Err(FamilyError::PersonGone.into())
}

/// Where a successor rests: it opens for no other token.
fn place(token: &RefreshToken) -> String {
    format!("refresh_tokens/{}/{}", token.family(), token.generation())
}
