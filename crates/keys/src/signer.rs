//! The key that signs, open in memory: opened and tested when the first token needs it, dropped when the ring moves.

use std::{collections::BTreeMap, sync::Arc};

use arc_swap::ArcSwapOption;
use gatewright_custody::{Place, SealError};
use gatewright_domain::{
    consumer::ClientId,
    id::KeyId,
    key::{KeyState, Kid, Purpose, RingName, Sealed, SigningKey},
    secret::Secret,
    time::Timestamp,
    token::Token,
    version::VersionRef,
};
use gatewright_store::StoreError;
use gatewright_token::{
    claims::AccessClaims,
    mint::{DocumentType, KeyFault, MintError, NewKey, PrivateKey},
};

use crate::Keys;

/// Why nothing is signed.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// The key's private part does not open.
    #[error("could not open the sealed key {kid}")]
    Open {
        /// The key.
        kid: Kid,
        /// Why.
        #[source]
        cause: SealError,
    },
    /// What was sealed is not that key.
    #[error("the private part of {kid} is not usable")]
    Unusable {
        /// The key.
        kid: Kid,
        /// Why.
        #[source]
        cause: KeyFault,
    },
    /// A fresh key's private part could not be sealed.
    #[error("could not seal the private part of {kid}")]
    Seal {
        /// The key.
        kid: Kid,
        /// Why.
        #[source]
        cause: SealError,
    },
    /// No key could be made.
    #[error("no key could be made")]
    NotMade(#[source] KeyFault),
    /// There is no key that signs.
    #[error("there is no signing key")]
    NoKey,
    /// The key does not sign, so it has no private part.
    #[error("the key {kid} does not sign")]
    NotSigning {
        /// The key.
        kid: Kid,
    },
    /// The rings were read too long ago to sign by them (invariant I13).
    #[error("the key rings could not be read for too long; nothing is signed until they are")]
    Lease {
        /// Why they could not.
        #[source]
        cause: StoreError,
    },
    /// Our clock says that the key has not begun to sign: what it signed would be outside its window (invariant I5).
    #[error(
        "the clock of this server is behind: it is {now} here, and the key signs since {begins}"
    )]
    Clock {
        /// What our clock says.
        now: Timestamp,
        /// When the key began to sign.
        begins: Timestamp,
    },
    /// The token could not be written or signed.
    #[error("the token could not be made")]
    Mint(#[from] MintError),
    /// The store failed.
    #[error("could not read what the key is bound to")]
    Store(#[from] StoreError),
}

/// The keys that are open: those that signed since the rings moved last.
#[derive(Default)]
pub(crate) struct Kept(ArcSwapOption<BTreeMap<Kid, Arc<PrivateKey>>>);

impl Kept {
    fn of(&self, kid: &Kid) -> Option<Arc<PrivateKey>> {
        self.0.load().as_ref()?.get(kid).map(Arc::clone)
    }

    fn keep(&self, open: &Arc<PrivateKey>) {
        self.0.rcu(|kept| {
            let mut next = kept.as_deref().cloned().unwrap_or_default();
            next.insert(open.public().kid().clone(), Arc::clone(open));
            Some(Arc::new(next))
        });
    }

    /// Drops the open keys: after a move of the rings they may never be asked for again.
    pub(crate) fn forget(&self) {
        self.0.store(None);
    }
}

impl Keys {
    /// Whether tokens could be signed now: opens the key that signs access tokens, unless it is open already, and says
    /// which it is.
    ///
    /// # Errors
    /// `NoKey`, `Open`, `Unusable`, `Store`.
    pub async fn check_signer(&self) -> Result<Kid, SignerError> {
        let [access, ..] = self.own_rings();
        let ring = self.read_ring(access).await?;
        let active = ring.as_ref().and_then(|ring| ring.active());
        let active = active.ok_or(SignerError::NoKey)?;
        self.signer(active).await?;
        Ok(active.kid().clone())
    }

    /// Signs a document that is no access token, with the ring of its purpose: `claims` is its JSON, `expires` the moment
    /// after which nobody accepts it.
    ///
    /// # Errors
    /// `NoKey`, `Lease`, `Open`, `Unusable`, `Mint`, `Store`.
    pub async fn sign_document(
        &self,
        purpose: Purpose,
        kind: DocumentType,
        claims: &[u8],
        expires: Timestamp,
    ) -> Result<String, SignerError> {
        let algorithm = self.config.token_algorithm;
        let key = self
            .leased(RingName { purpose, algorithm }, expires)
            .await?;
        Ok(self.signer(&key).await?.sign_document(kind, claims)?)
    }

    /// Signs a token whose row is committed.
    pub(crate) async fn sign(
        &self,
        token: &Token,
        key: &SigningKey,
    ) -> Result<Secret<String>, SignerError> {
        let signer = self.signer(key).await?;
        Ok(signer.sign(&self.claims(token))?)
    }

    /// The open private key; opening has it prove itself against its public half.
    async fn signer(&self, key: &SigningKey) -> Result<Arc<PrivateKey>, SignerError> {
        if let Some(open) = self.signer.of(key.kid()) {
            return Ok(open);
        }
        let kid = || key.kid().clone();
        let KeyState::Active { private, .. } = key.state() else {
            return Err(SignerError::NotSigning { kid: kid() });
        };
        let (installation, row) = (self.installation().await?, key.id().to_string());
        let place = place(&installation, &row, key.kid(), key.ring());
        let private = self.kek.open(&place, private).await;
        let private = private.map_err(|cause| SignerError::Open { kid: kid(), cause })?;
        let open = PrivateKey::open(key.ring().algorithm, &private, key.kid());
        let open = open.map_err(|cause| SignerError::Unusable { kid: kid(), cause })?;
        let open = Arc::new(open);
        self.signer.keep(&open);
        Ok(open)
    }

    /// Seals the private half of a new key for the row it will have.
    pub(crate) async fn seal_private(
        &self,
        id: KeyId,
        ring: RingName,
        new: &NewKey,
    ) -> Result<Sealed, SignerError> {
        let kid = new.public.kid();
        let (installation, row) = (self.installation().await?, id.to_string());
        let place = place(&installation, &row, kid, ring);
        let sealed = self.kek.seal(&place, &new.private, &*self.entropy).await;
        sealed.map_err(|cause| SignerError::Seal {
            kid: kid.clone(),
            cause,
        })
    }

    /// What the token says: who it is of and what it is for, and nothing that may change while it lives.
    fn claims(&self, token: &Token) -> AccessClaims {
        let client_id = ClientId::of(token.application());
        let terms = self.config.terms();
        let audience = |version: &VersionRef| terms.audience(&version.api.name, version.number);
        AccessClaims {
            issuer: self.config.issuer.clone(),
            subject: client_id.to_string(),
            audience: token.versions().iter().map(audience).collect(),
            client_id: client_id.to_string(),
            issued: token.issued(),
            expires: token.expires(),
            not_before: None,
            jti: token.jti().to_string(),
            scopes: token.scopes().iter().map(ToString::to_string).collect(),
            session: token.family().map(|family| family.to_string()),
            binding: token.binding().cloned(),
        }
    }
}

/// A private key is sealed once, when it is made, and never again: there is only a first version of it.
pub(crate) fn place<'a>(
    installation: &'a str,
    row: &'a str,
    kid: &'a Kid,
    ring: RingName,
) -> Place<'a> {
    Place {
        installation,
        table: "signing_keys",
        row,
        purpose: ring.purpose.as_str(),
        kid: kid.as_str(),
        algorithm: ring.algorithm.name(),
        version: 1,
    }
}
