//! Which key signs a program's token: that of the one algorithm that all the APIs have which the token is for.
//!
//! Invariant: what is looked up here before a transaction is judged again inside it, by what the client is there.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use gatewright_domain::{
    id::VersionId,
    key::{Algorithm, Purpose, RingName, SigningKey},
    plan::Lifetime,
    time::Timestamp,
    token::Grantee,
    version::VersionRef,
};
use gatewright_store::{ClientRecord, StoreError};

use crate::{
    Keys,
    clients::Authenticated,
    grant::{GrantError, NotNow},
    together::Order,
};

/// The keys that sign now, each with how long the longest token of it lives, by algorithm.
pub(crate) struct Signers(BTreeMap<Algorithm, Result<(SigningKey, Lifetime), GrantError>>);

impl Signers {
    /// The key of an algorithm.
    pub(crate) fn of(&self, algorithm: Algorithm) -> Result<(SigningKey, Lifetime), GrantError> {
        let signer = self.0.get(&algorithm);
        // Another algorithm was chosen between the look and the transaction.
        signer.ok_or(StoreError::Stale)?.clone()
    }
}

/// A client, with everything that bounds what it is granted.
pub(crate) fn grantee(record: &ClientRecord) -> Grantee<'_> {
    Grantee {
        application: &record.application,
        registration: &record.registration,
        entitlements: &record.entitlements,
    }
}

impl Keys {
    /// The keys that sign what these orders are for.
    pub(crate) async fn signers_of(&self, orders: &[Order], now: Timestamp) -> Signers {
        let of = |order: &Order| {
            let (record, versions) = (&order.client.client, order.wish.versions.as_ref());
            self.algorithm_of(record, versions, now)
        };
        let algorithms: BTreeSet<Algorithm> = orders.iter().map(of).collect();
        let mut signers = BTreeMap::new();
        for algorithm in algorithms {
            signers.insert(algorithm, self.access_signer(algorithm).await);
        }
        Signers(signers)
    }

    /// The key that signs a token of a grant for all of these versions.
    pub(crate) async fn signer_for(
        &self,
        client: &Authenticated,
        versions: &[VersionRef],
        now: Timestamp,
    ) -> Result<(SigningKey, Lifetime), GrantError> {
        let record = self.newest(client, now).await?;
        let versions = versions.iter().map(|place| place.id).collect();
        let algorithm = self.algorithm_of(&record, Some(&versions), now);
        self.access_signer(algorithm).await
    }

    /// A client as it is now, which may be another than it was when it authenticated.
    pub(crate) async fn newest(
        &self,
        client: &Authenticated,
        now: Timestamp,
    ) -> Result<Arc<ClientRecord>, StoreError> {
        let found = self.client(client.application(), now).await?;
        Ok(found.ok_or(StoreError::NotFound)?.0)
    }

    /// What a client's token is to be signed with. Where that is refused, the transaction says so, which needs some key.
    fn algorithm_of(
        &self,
        record: &ClientRecord,
        versions: Option<&BTreeSet<VersionId>>,
        now: Timestamp,
    ) -> Algorithm {
        let installation = self.config.token_algorithm;
        let one = grantee(record).algorithm(versions, installation, now);
        one.unwrap_or(installation)
    }

    /// The key of an algorithm that signs programs' tokens now, with room for the longest of them, and how long that lives.
    async fn access_signer(
        &self,
        algorithm: Algorithm,
    ) -> Result<(SigningKey, Lifetime), GrantError> {
        let purpose = Purpose::Access;
        let leased = self.leased_whole(RingName { purpose, algorithm }).await;
        Ok(leased.map_err(NotNow::from)?)
    }
}
