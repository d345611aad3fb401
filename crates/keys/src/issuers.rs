//! Outside issuers: trusted, given other rules, suspended, resumed, withdrawn. Their keys are fetched in `refresh`, and their
//! tokens tried in `trial`.

mod discovery;
mod refresh;
mod secret;
mod surprise;
mod trial;

use gatewright_domain::{
    access::{Action, Caller, Denied, Subject},
    id::{ApplicationId, OutsideIssuerId},
    outside::{
        Algorithms, IssuerTerms, KeySetAddress, KeySource, OutsideIssuer, OutsideIssuerError, Rules,
    },
    secret::Secret,
    text::Reason,
};
use gatewright_store::{StoreError, Tx};
use gatewright_token::outside::NotASharedSecret;

use crate::{KekError, Keys};

pub use refresh::Refreshed;
pub(crate) use secret::Opened;
pub(crate) use surprise::Surprises;
pub use trial::{IssuerKey, Trial};
pub(crate) use trial::{claimed, judge};

/// An issuer to trust.
pub struct TrustIssuer {
    /// What its tokens are judged by.
    pub terms: IssuerTerms,
    /// Where its keys come from.
    pub source: NewKeySource,
}

/// Where the keys of a new issuer come from.
pub enum NewKeySource {
    /// From the key set that its metadata names.
    Discovery(Algorithms),
    /// From the key set at this address.
    Address(KeySetAddress, Algorithms),
    /// It shares this secret with us.
    Secret(Secret<String>),
}

/// Why nothing was done about an outside issuer.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such issuer.
    #[error("no such issuer")]
    NotFound,
    /// The name or the `iss` is taken by another.
    #[error("an issuer of this name, or with this `iss`, is trusted already")]
    Taken,
    /// A rule speaks of an application that is not there.
    #[error("a rule speaks of the application {0}, which is not there")]
    NoSuchApplication(ApplicationId),
    /// The secret is none.
    #[error(transparent)]
    Secret(#[from] NotASharedSecret),
    /// A rule of the domain refuses.
    #[error(transparent)]
    Refused(#[from] OutsideIssuerError),
    /// It changed meanwhile.
    #[error("the issuer was changed meanwhile; look again and repeat")]
    Stale,
    /// The key-encryption key is not the one the database needs.
    #[error(transparent)]
    Kek(#[from] KekError),
    /// The secret could not be sealed or opened.
    #[error("the shared secret could not be sealed or opened")]
    Seal(#[from] gatewright_custody::SealError),
    /// The store failed.
    #[error("the issuer could not be read or stored")]
    Store(#[source] StoreError),
}

impl From<StoreError> for IssuerError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Taken { .. } => Self::Taken,
            StoreError::Stale | StoreError::OutsidePermit => Self::Stale,
            other => Self::Store(other),
        }
    }
}

impl Keys {
    /// Trusts an issuer from now on. Its keys are fetched afterwards, by `refresh_issuer` or by the clock.
    ///
    /// # Errors
    /// `Denied`; `Taken`; `NoSuchApplication`; `Secret`; `Refused` for our own name; `Kek` and `Seal` for a secret.
    pub async fn trust_issuer(
        &self,
        caller: &Caller,
        trust: TrustIssuer,
    ) -> Result<OutsideIssuer, IssuerError> {
        let now = self.clock.now();
        let on = Subject::Installation;
        let permit = self
            .store
            .permit(caller, Action::TrustIssuer, on, now)
            .await?;
        let id = OutsideIssuerId::draw(now, &*self.entropy);
        let TrustIssuer { terms, source } = trust;
        let source = match source {
            NewKeySource::Discovery(algorithms) => KeySource::Discovery { algorithms },
            NewKeySource::Address(address, algorithms) => KeySource::Address {
                address,
                algorithms,
            },
            NewKeySource::Secret(secret) => {
                self.keep_secret(id, secret).await?;
                KeySource::Secret { generation: 1 }
            }
        };
        let issuer = self
            .store
            .write(permit, now, async |tx| {
                know_applications(tx, &terms.rules).await?;
                let ours = &self.config.issuer;
                let trusted = OutsideIssuer::trust(id, terms.clone(), source.clone(), ours, now)?;
                Ok::<_, IssuerError>(tx.write(trusted).await?)
            })
            .await;
        if issuer.is_err() {
            self.forget_secret(id).await;
        }
        issuer
    }

    /// Gives an issuer's tokens other rules.
    ///
    /// # Errors
    /// `Denied`; `NotFound`; `NoSuchApplication`; `Refused`; `Stale`.
    pub async fn edit_issuer_rules(
        &self,
        caller: &Caller,
        id: OutsideIssuerId,
        rules: Rules,
    ) -> Result<OutsideIssuer, IssuerError> {
        let (now, action) = (self.clock.now(), Action::EditIssuer);
        let on = Subject::Issuer(id);
        let permit = self.store.permit(caller, action, on, now).await?;
        self.store
            .write(permit, now, async |tx| {
                know_applications(tx, &rules).await?;
                let issuer = tx.outside_issuer(id).await?;
                Ok(tx.write(issuer.map_by(rules.clone())?).await?)
            })
            .await
    }

    /// Accepts none of an issuer's tokens for now.
    ///
    /// # Errors
    /// `Denied`; `NotFound`; `Refused`; `Stale`.
    pub async fn suspend_issuer(
        &self,
        caller: &Caller,
        id: OutsideIssuerId,
        reason: Option<Reason>,
    ) -> Result<OutsideIssuer, IssuerError> {
        let (now, action) = (self.clock.now(), Action::SuspendIssuer);
        let on = Subject::Issuer(id);
        let permit = self.store.permit(caller, action, on, now).await?;
        self.store
            .write(permit, now, async |tx| {
                let issuer = tx.outside_issuer(id).await?;
                Ok(tx.write(issuer.suspend(reason.clone(), now)?).await?)
            })
            .await
    }

    /// Accepts an issuer's tokens again.
    ///
    /// # Errors
    /// `Denied`; `NotFound`; `Refused`; `Stale`.
    pub async fn resume_issuer(
        &self,
        caller: &Caller,
        id: OutsideIssuerId,
    ) -> Result<OutsideIssuer, IssuerError> {
        let (now, action) = (self.clock.now(), Action::ResumeIssuer);
        let on = Subject::Issuer(id);
        let permit = self.store.permit(caller, action, on, now).await?;
        self.store
            .write(permit, now, async |tx| {
                let issuer = tx.outside_issuer(id).await?;
                Ok(tx.write(issuer.resume()?).await?)
            })
            .await
    }

    /// Accepts none of an issuer's tokens ever again, and forgets its keys and its secret.
    ///
    /// # Errors
    /// `Denied`; `NotFound`; `Refused`; `Stale`.
    pub async fn withdraw_issuer(
        &self,
        caller: &Caller,
        id: OutsideIssuerId,
        reason: Option<Reason>,
    ) -> Result<OutsideIssuer, IssuerError> {
        let (now, action) = (self.clock.now(), Action::WithdrawIssuer);
        let on = Subject::Issuer(id);
        let permit = self.store.permit(caller, action, on, now).await?;
        let issuer = self
            .store
            .write(permit, now, async |tx| {
                let issuer = tx.outside_issuer(id).await?;
                Ok::<_, IssuerError>(tx.write(issuer.withdraw(reason.clone(), now)?).await?)
            })
            .await?;
        self.forget_secret(id).await;
        Ok(issuer)
    }
}

/// Every rule speaks of an application that is there.
async fn know_applications(tx: &mut Tx<'_>, rules: &Rules) -> Result<(), IssuerError> {
    for application in rules.applications() {
        match tx.application(application).await {
            Err(StoreError::NotFound) => return Err(IssuerError::NoSuchApplication(application)),
            known => known.map(drop)?,
        }
    }
    Ok(())
}
