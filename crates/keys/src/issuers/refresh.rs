//! Fetching the keys of outside issuers: when the clock says so, when a token surprises, when a person asks. However many
//! servers there are, one of them fetches; and the last good set is kept when a fetch fails.

use std::{sync::Arc, time::Duration};

use gatewright_domain::{
    access::{Action, Caller, Subject},
    id::OutsideIssuerId,
    outside::{IssuerStanding, KeptKeys, KeySource, OutsideIssuer, OutsideIssuerError},
    time::Timestamp,
};
use gatewright_store::quiet::issuer_fetches::{Claim, Fetched};
use gatewright_token::foreign::ForeignKeys;

use super::{
    IssuerError,
    discovery::{self, NoKeySet},
};
use crate::{Keys, fetch::Document};

/// How long a set is kept when its owner does not say.
const USUAL: Duration = Duration::from_secs(3600);

/// The shortest and the longest that an owner may say: below, we would be a burden; above, a key that was withdrawn there
/// would verify here for too long.
const BOUNDS: [Duration; 2] = [Duration::from_secs(300), Duration::from_secs(86_400)];

/// How long nothing is asked after a failure (keys-and-tokens section 5, P22).
const AFTER_FAILURE: Duration = Duration::from_secs(60);

/// How long nothing is asked because of a token after anything was asked (P23).
const AFTER_SURPRISE: Duration = Duration::from_secs(30);

/// How long nothing is asked because of a person after anything was asked.
const AFTER_ASKING: Duration = Duration::from_secs(2);

/// What a refresh came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// Other keys than before.
    Changed,
    /// The same as before.
    Unchanged,
    /// It was asked a moment ago, here or by another server: nothing was asked now.
    TooSoon,
    /// It failed, and the last good keys are kept. Why, and what to do.
    Failed(String),
}

impl Refreshed {
    /// The word for it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::TooSoon => "too-soon",
            Self::Failed(_) => "failed",
        }
    }
}

impl Keys {
    /// Fetches an issuer's keys, because a person asks.
    ///
    /// # Errors
    /// `Denied`; `NotFound`; `Refused` for one that shares a secret or was withdrawn; `Store`.
    pub async fn refresh_issuer(
        &self,
        caller: &Caller,
        id: OutsideIssuerId,
    ) -> Result<Refreshed, IssuerError> {
        let now = self.clock.now();
        let (action, on) = (Action::RefreshIssuer, Subject::Issuer(id));
        // Whether they may is asked first; what is written later asks again, for what there then is to write.
        let _permit = self.store.permit(caller, action, on, now).await?;
        let sight = self.store.reader().as_seen_by(caller);
        let issuer = sight.find_issuer(id).await?;
        self.refresh(caller, issuer, Claim::Asked(now.minus(AFTER_ASKING)))
            .await
    }

    /// Fetches the keys of every issuer for which it is time. One that fails does not keep the others from it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn refresh_due_issuers(
        &self,
        caller: &Caller,
    ) -> Result<Vec<(OutsideIssuer, Refreshed)>, IssuerError> {
        let mut done = Vec::new();
        for issuer in self.store.outside_issuers().await? {
            if matches!(issuer.source(), KeySource::Secret { .. }) {
                continue;
            }
            let refreshed = self.refresh(caller, issuer.clone(), Claim::Due).await?;
            if refreshed != Refreshed::TooSoon {
                done.push((issuer, refreshed));
            }
        }
        Ok(done)
    }

    /// Fetches an issuer's keys because a token of it names one that is not known: at most every 30 seconds, and not within
    /// 60 of a failure, whatever anybody sends.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn surprised_by(
        &self,
        caller: &Caller,
        id: OutsideIssuerId,
    ) -> Result<Refreshed, IssuerError> {
        let now = self.clock.now();
        let sight = self.store.reader().as_seen_by(caller);
        let issuer = sight.find_issuer(id).await?;
        let claim = Claim::Surprised {
            tried: now.minus(AFTER_SURPRISE),
            failed: now.minus(AFTER_FAILURE),
        };
        self.refresh(caller, issuer, claim).await
    }

    async fn refresh(
        &self,
        caller: &Caller,
        issuer: OutsideIssuer,
        claim: Claim,
    ) -> Result<Refreshed, IssuerError> {
        if matches!(issuer.source(), KeySource::Secret { .. }) {
            return Err(OutsideIssuerError::NoKeySet.into());
        }
        if matches!(issuer.standing(), IssuerStanding::Withdrawn { .. }) {
            return Err(OutsideIssuerError::Withdrawn.into());
        }
        let (id, now) = (issuer.id(), self.clock.now());
        let until = now.plus(AFTER_FAILURE);
        if !self.store.claim_fetch(id, claim, now, until).await? {
            return Ok(Refreshed::TooSoon);
        }
        let document = self.fetch_keys(issuer).await;
        let now = self.clock.now();
        let (fetched, refreshed) = match document {
            Ok(Document { bytes, max_age }) => {
                let refreshed = self.take_keys(caller, id, bytes, now).await?;
                let [shortest, longest] = BOUNDS;
                let good = max_age.unwrap_or(USUAL).clamp(shortest, longest);
                let next = now.plus(good);
                (Fetched::Good { next }, refreshed)
            }
            Err(fault) => {
                let (next, why) = (now.plus(AFTER_FAILURE), fault.to_string());
                let failed = Fetched::Failed {
                    next,
                    why: why.clone(),
                };
                (failed, Refreshed::Failed(why))
            }
        };
        self.store.note_fetch(id, fetched, now).await?;
        Ok(refreshed)
    }

    /// The issuer's key set, read once to see that it is one. Blocking, so on a thread that may.
    async fn fetch_keys(&self, issuer: OutsideIssuer) -> Result<Document, NoKeySet> {
        let fetch = Arc::clone(&self.fetch);
        let fetched = tokio::task::spawn_blocking(move || {
            let document = match issuer.source() {
                KeySource::Address { address, .. } => fetch.fetch(address.as_str())?,
                KeySource::Discovery { .. } | KeySource::Secret { .. } => {
                    discovery::key_set(&*fetch, issuer.terms().issuer.as_str())?
                }
            };
            readable(&document)?;
            Ok(document)
        });
        fetched
            .await
            .unwrap_or_else(|_| Err(NoKeySet::Keys("fetching did not end; try again".to_owned())))
    }

    async fn take_keys(
        &self,
        caller: &Caller,
        id: OutsideIssuerId,
        bytes: Vec<u8>,
        now: Timestamp,
    ) -> Result<Refreshed, IssuerError> {
        let set = String::from_utf8_lossy(&bytes).into_owned();
        let action = match caller.may(Action::RefreshIssuer, Subject::Issuer(id)) {
            Ok(_) => Action::RefreshIssuer,
            Err(_) => Action::Operate,
        };
        let on = Subject::Issuer(id);
        let permit = self.store.permit(caller, action, on, now).await?;
        self.store
            .write(permit, now, async |tx| {
                let keys = KeptKeys {
                    set: set.clone(),
                    taken: now,
                };
                let issuer = tx.outside_issuer(id).await?;
                let Some(change) = issuer.take_keys(keys)? else {
                    return Ok(Refreshed::Unchanged);
                };
                tx.write(change).await?;
                Ok(Refreshed::Changed)
            })
            .await
    }
}

/// What is kept can be used, here and at every gateway.
fn readable(document: &Document) -> Result<(), NoKeySet> {
    ForeignKeys::read(&document.bytes)
        .map(drop)
        .map_err(|fault| {
            let cause = std::error::Error::source(&fault).map(|cause| format!(" ({cause})"));
            NoKeySet::Keys(format!("{fault}{}", cause.unwrap_or_default()))
        })
}
