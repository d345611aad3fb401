//! Redeeming a code: what a person allowed becomes a family, once. Its first tokens come with it.
//!
//! Invariant: of several who bring the same code, one redeems it. Whoever comes after, with the client's own authentication, ends
//! what came of it (RFC 6749 section 4.1.2).

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use gatewright_domain::{
    access::Action,
    audit::Aggregate,
    binding::Binding,
    client::Grant,
    code::{self, Challenge, Claim, Code, CodeError},
    family::{self, Family, NewFamily, RefreshToken},
    id::FamilyId,
    key::SigningKey,
    plan::Lifetime,
    secret::{Secret, equal_in_constant_time},
    text::Reason,
    time::Timestamp,
    token::Token,
};
use gatewright_store::{StoreError, Tx};

use crate::{
    GrantError, IssuedToken, Keys, PepperError, RefreshError, Wanted, clients::Authenticated,
    refresh::is_still_granted,
};

/// The length of a verifier (RFC 7636 section 4.1).
const VERIFIER: std::ops::RangeInclusive<usize> = 43..=128;

/// What a client brings.
#[derive(Debug)]
pub struct Redeeming {
    /// The code.
    pub code: Secret<String>,
    /// What it hashed before.
    pub verifier: Secret<String>,
    /// The redirect URI that it had asked for.
    pub redirect: String,
    /// The audiences; none means all that was allowed.
    pub resources: BTreeSet<String>,
    /// The key or the certificate that it proved to hold.
    pub proved: Option<Binding>,
}

/// What a client gets.
#[derive(Debug)]
pub struct RedeemedGrant {
    /// An access token.
    pub issued: IssuedToken,
    /// The first refresh token, where the client may use it.
    pub refresh: Option<Secret<String>>,
}

/// Why a code is not redeemed.
#[derive(Debug, thiserror::Error)]
pub enum RedeemError {
    /// There is no such code for this client, or not any more. Which, no client is told.
    #[error("the code is not good: {0}")]
    NotGood(NotRedeemed),
    /// Something else than was allowed is asked for; nothing was used up.
    #[error("the code is not for these resources")]
    OtherTarget,
    /// No token is issued.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// Codes cannot be compared.
    #[error("codes cannot be compared")]
    Pepper(#[from] PepperError),
}

/// Why a code is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRedeemed {
    /// It is none that we issued.
    #[error("it is unknown")]
    Unknown,
    /// What is brought beside it does not fit.
    #[error(transparent)]
    Code(CodeError),
    /// Whoever allowed it may not any more.
    #[error("whoever allowed it may not any more")]
    PersonGone,
}

impl From<CodeError> for RedeemError {
    fn from(why: CodeError) -> Self {
        Self::NotGood(NotRedeemed::Code(why))
    }
}

impl From<StoreError> for RedeemError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotGood(NotRedeemed::Unknown),
            other => Self::Grant(other.into()),
        }
    }
}

impl From<RefreshError> for RedeemError {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Grant(error) => Self::Grant(error),
            RefreshError::Pepper(error) => Self::Pepper(error),
            RefreshError::NotGood(_) => Self::NotGood(NotRedeemed::PersonGone),
            RefreshError::WiderScope | RefreshError::OtherTarget | RefreshError::Seal(_) => {
                Self::OtherTarget
            }
        }
    }
}

/// What the transaction came to.
enum Outcome {
    Given(Box<(Token, SigningKey)>),
    Reused(FamilyId),
}

/// What is known before the transaction.
struct Attempt<'a> {
    client: &'a Authenticated,
    asked: &'a Redeeming,
    challenge: &'a Challenge,
    /// The key that signs now, and how long its tokens live at most.
    signer: &'a (SigningKey, Lifetime),
    family: FamilyId,
    now: Timestamp,
}

impl Keys {
    /// Redeems a code for the client that it was given to.
    ///
    /// # Errors
    /// Every variant of `RedeemError`. Whatever is refused uses nothing up, but for a code that was redeemed before: then what
    /// came of it is revoked.
    pub async fn redeem(
        &self,
        client: &Authenticated,
        asked: Redeeming,
    ) -> Result<RedeemedGrant, RedeemError> {
        client.may_use(Grant::AuthorizationCode)?;
        client.asks_as_it_must(asked.proved.as_ref())?;
        let challenge = challenge_of(&asked.verifier);
        let challenge = challenge.ok_or(CodeError::AnotherVerifier)?;
        let code = self.shown_code(&asked.code).await?;
        match self.try_redeem(client, &asked, (&code, &challenge)).await {
            // The key that signs was rotated in between.
            Err(RedeemError::Grant(error)) if error.is_stale() => {
                self.try_redeem(client, &asked, (&code, &challenge)).await
            }
            outcome => outcome,
        }
    }

    /// The code whose text is shown.
    async fn shown_code(&self, text: &Secret<String>) -> Result<Code, RedeemError> {
        let id = text.lend(|text| code::id_of(text));
        let id = id.ok_or(RedeemError::NotGood(NotRedeemed::Unknown))?;
        let code = self.store.reader().code(id).await?;
        let hash = self.pepper().await?.hash(text);
        if equal_in_constant_time(code.hmac(), &hash) {
            Ok(code)
        } else {
            Err(RedeemError::NotGood(NotRedeemed::Unknown))
        }
    }

    async fn try_redeem(
        &self,
        client: &Authenticated,
        asked: &Redeeming,
        (code, challenge): (&Code, &Challenge),
    ) -> Result<RedeemedGrant, RedeemError> {
        let now = self.clock.now();
        // A stranger is refused by the policy, which writes it down; the code stays as it is.
        let (action, on) = (Action::IssueToken, code.subject());
        let permit = self.store.permit(&client.caller, action, on, now).await;
        let permit = permit.map_err(|_| CodeError::AnotherApplication)?;
        let versions = &code.allowed().versions;
        let signer = self.signer_for(client, versions, now).await?;
        let attempt = Attempt {
            client,
            asked,
            challenge,
            signer: &signer,
            family: FamilyId::draw(now, &*self.entropy),
            now,
        };
        let next = match client.may_use(Grant::RefreshToken) {
            Ok(()) => Some(family::draw(now, &*self.entropy)),
            Err(_) => None,
        };
        let kept = match &next {
            Some(next) => {
                let hmac = self.pepper().await?.hash(&next.text);
                Some(RefreshToken::new(next.id, (attempt.family, 0), hmac, now))
            }
            None => None,
        };
        let outcome = self
            .store
            .write(permit, now, async |tx| {
                self.decide_redemption(tx, &attempt, (code, kept.as_ref()))
                    .await
            })
            .await?;
        match outcome {
            Outcome::Given(given) => {
                let (token, key) = *given;
                Ok(RedeemedGrant {
                    issued: self.seal_grant(client, token, &key).await?,
                    refresh: next.map(|next| next.text),
                })
            }
            Outcome::Reused(family) => {
                tracing::warn!(
                    family.id = %family, application.id = %client.application(),
                    "A code was brought again; revoked {family} and every token of it"
                );
                Err(CodeError::Redeemed(family).into())
            }
        }
    }

    /// The one transaction. Nobody else has the code meanwhile.
    async fn decide_redemption(
        &self,
        tx: &mut Tx<'_>,
        attempt: &Attempt<'_>,
        (code, kept): (&Code, Option<&RefreshToken>),
    ) -> Result<Outcome, RedeemError> {
        let Attempt {
            client,
            asked,
            challenge,
            signer,
            family,
            now,
        } = *attempt;
        let code = tx.code_alone(code.id()).await?;
        let allowed = code.allowed().clone();
        let claim = Claim {
            application: client.application(),
            redirect: &asked.redirect,
            challenge,
            proved: asked.proved.as_ref(),
        };
        let redeemed = match code.redeem(claim, family, now) {
            Ok(redeemed) => redeemed,
            Err(CodeError::Redeemed(family)) => return end(tx, family, now).await,
            Err(refused) => return Err(refused.into()),
        };
        // A public client's refresh tokens are bound to what it shows, if anything (RFC 9449 section 5, RFC 8705 section 4).
        let binds = client.is_public() || allowed.key.is_some();
        let new = NewFamily {
            id: family,
            application: allowed.application,
            name: allowed.name,
            versions: allowed.versions,
            scopes: allowed.scopes,
            binding: asked.proved.clone().filter(|_| binds),
            person: Some(allowed.person),
            last_expiry: now.plus(signer.1.duration()),
        };
        let family = tx
            .write(Family::begin(new, self.family_terms(), now))
            .await?;
        is_still_granted(tx, &family).await?;
        tx.write(redeemed).await?;
        if let Some(kept) = kept {
            tx.keep_refresh_token(kept).await?;
        }
        let wanted = Wanted {
            scopes: None,
            resources: asked.resources.clone(),
            binding: asked.proved.clone(),
        };
        let wish = self.wish(&family, wanted)?;
        let token = self.decide_access(tx, &family, wish, (signer, now)).await?;
        Ok(Outcome::Given(Box::new((token, signer.0.clone()))))
    }
}

/// Ends what came of a code that is brought again.
async fn end(tx: &mut Tx<'_>, id: FamilyId, now: Timestamp) -> Result<Outcome, RedeemError> {
    let family = tx.family_alone(id).await?;
    let reason: Option<Reason> = "an authorization code was brought again".parse().ok();
    let revoked = family.revoke(reason, now);
    let revoked = revoked.map_err(|_| CodeError::Redeemed(id))?;
    tx.write(revoked).await?;
    Ok(Outcome::Reused(id))
}

/// The challenge of a verifier (RFC 7636 section 4.6); nothing for a text that can be none.
fn challenge_of(verifier: &Secret<String>) -> Option<Challenge> {
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let hash = verifier.lend(|text| {
        let fits = VERIFIER.contains(&text.len()) && text.bytes().all(inside);
        fits.then(|| digest(&SHA256, text.as_bytes()))
    })?;
    BASE64_URL_SAFE_NO_PAD.encode(hash).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_the_hash_of_its_verifier() {
        // RFC 7636 appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let of = |text: &str| challenge_of(&Secret::new(text.to_owned()));
        let expected = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert_eq!(of(verifier).unwrap().to_string(), expected);
        let long = "a".repeat(129);
        for bad in ["", &verifier[1..], &verifier.replace('_', "+"), &long] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }
}
