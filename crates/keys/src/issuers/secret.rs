//! The secrets that outside issuers share with us: sealed at rest, opened for snapshots, shown to nobody.

use std::{collections::BTreeMap, sync::Arc};

use arc_swap::ArcSwap;
use gatewright_domain::{
    id::OutsideIssuerId,
    key::Kid,
    outside::{TravellingSecret, TrustedKeys},
    secret::Secret,
    snapshot::Snapshot,
    time::Timestamp,
};
use gatewright_store::StoreError;
use gatewright_token::outside::{NotASharedSecret, SharedSecret};
use tracing::error;

use super::IssuerError;
use crate::{Keys, secrets::place};

/// The secrets that were opened, by their names: a snapshot does not ask who keeps the key-encryption key each time.
#[derive(Default)]
pub(crate) struct Opened(ArcSwap<BTreeMap<Kid, Arc<Secret<Vec<u8>>>>>);

impl Keys {
    /// Everything a gateway is told, as of one revision, with the secrets of outside issuers in it. One that does not open is
    /// left out with its issuer, whose tokens are then refused, and all others serve.
    ///
    /// # Errors
    /// What the store says.
    pub async fn snapshot(&self, now: Timestamp) -> Result<Snapshot, StoreError> {
        let reader = self.store.reader();
        let mut snapshot = reader.snapshot(&self.config.terms(), now).await?;
        let mut issuers = Vec::with_capacity(snapshot.issuers.len());
        for mut issuer in snapshot.issuers {
            if let TrustedKeys::Secret { kid, secret } = &mut issuer.keys {
                match self.secret_of(issuer.id, kid).await {
                    Ok(opened) => *secret = opened.lend(|bytes| TravellingSecret::of(bytes)),
                    Err(cause) => {
                        let error = Chain(&cause).to_string();
                        error!(issuer.id = %issuer.id, error, "Left out the issuer {}", issuer.name);
                        continue;
                    }
                }
            }
            issuers.push(issuer);
        }
        snapshot.issuers = issuers;
        Ok(snapshot)
    }

    /// Seals a new issuer's secret. Alone it means nothing: whose it is, and that it is trusted, is written afterwards.
    pub(super) async fn keep_secret(
        &self,
        id: OutsideIssuerId,
        secret: Secret<String>,
    ) -> Result<(), IssuerError> {
        self.check_kek().await?;
        let bytes = Secret::new(secret.lend(|text| text.as_bytes().to_vec()));
        let name = id
            .to_string()
            .parse()
            .map_err(|_| NotASharedSecret::Length)?;
        SharedSecret::of(name, &bytes)?;
        let (installation, name) = (self.installation().await?, name_of(id));
        let place = place(&installation, &name);
        let sealed = self.kek.seal(&place, &bytes, &*self.entropy).await?;
        let now = self.clock.now();
        Ok(self.store.keep_sealed_secret(&name, sealed, now).await?)
    }

    /// Forgets an issuer's secret. What cannot be forgotten now is of no use to anybody: no issuer points at it.
    pub(super) async fn forget_secret(&self, id: OutsideIssuerId) {
        if let Err(cause) = self.store.forget_sealed_secret(&name_of(id)).await {
            let error = Chain(&cause).to_string();
            error!(issuer.id = %id, error, "Could not forget the secret of an outside issuer");
        }
    }

    /// The open secret of an issuer.
    pub(super) async fn secret_of(
        &self,
        id: OutsideIssuerId,
        kid: &Kid,
    ) -> Result<Arc<Secret<Vec<u8>>>, IssuerError> {
        let known = self.opened.0.load();
        if let Some(open) = known.get(kid) {
            return Ok(Arc::clone(open));
        }
        let name = name_of(id);
        let sealed = self.store.sealed_secret(&name).await?;
        let sealed = sealed.ok_or(IssuerError::NotFound)?;
        let installation = self.installation().await?;
        let open = self.kek.open(&place(&installation, &name), &sealed).await?;
        let open = Arc::new(open);
        self.opened.0.rcu(|known| {
            let mut known = BTreeMap::clone(known);
            known.insert(kid.clone(), Arc::clone(&open));
            known
        });
        Ok(open)
    }
}

fn name_of(id: OutsideIssuerId) -> String {
    format!("outside-issuer/{id}")
}

/// An error with its causes.
struct Chain<'a>(&'a dyn std::error::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(cause) = next {
            write!(f, ": {cause}")?;
            next = cause.source();
        }
        Ok(())
    }
}
