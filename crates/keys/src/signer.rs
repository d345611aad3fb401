//! The key that signs: a private key open in memory, or a key that is held elsewhere. Opened and tested when the first token needs
//! it, dropped when the ring moves.

mod fault;
mod held;

use std::{collections::BTreeMap, sync::Arc};

use arc_swap::ArcSwapOption;
use gatewright_custody::Place;
use gatewright_domain::{
    consumer::ClientId,
    id::KeyId,
    key::{KeyState, Kid, PrivateHalf, Purpose, RingName, Sealed, SigningKey},
    secret::Secret,
    time::Timestamp,
    token::{Listing, Token},
    version::VersionRef,
};
use gatewright_token::{
    claims::{AccessClaims, StatusPlace},
    mint::{DocumentType, NewKey, PrivateKey},
};

use crate::Keys;
pub use fault::SignerError;
pub(crate) use held::HeldKey;

/// What signs for a key. Whoever asks it waits only where the key is elsewhere.
#[derive(Clone)]
pub(crate) enum Signer {
    /// We do.
    Open(Arc<PrivateKey>),
    /// A hardware module or a key service does.
    Held(Arc<HeldKey>),
}

impl Signer {
    async fn sign(&self, claims: &AccessClaims) -> Result<Secret<String>, SignerError> {
        match self {
            Self::Open(key) => Ok(key.sign(claims)?),
            Self::Held(key) => key.sign(claims).await,
        }
    }

    async fn sign_document(
        &self,
        kind: DocumentType,
        claims: &[u8],
    ) -> Result<String, SignerError> {
        match self {
            Self::Open(key) => Ok(key.sign_document(kind, claims)?),
            Self::Held(key) => key.sign_document(kind, claims).await,
        }
    }
}

/// The signers that were asked for since the rings moved last.
#[derive(Default)]
pub(crate) struct Kept(ArcSwapOption<BTreeMap<Kid, Signer>>);

impl Kept {
    fn of(&self, kid: &Kid) -> Option<Signer> {
        self.0.load().as_ref()?.get(kid).cloned()
    }

    fn keep(&self, kid: &Kid, signer: &Signer) {
        self.0.rcu(|kept| {
            let mut next = kept.as_deref().cloned().unwrap_or_default();
            next.insert(kid.clone(), signer.clone());
            Some(Arc::new(next))
        });
    }

    /// Drops them all: after a move of the rings they may never be asked for again.
    pub(crate) fn forget(&self) {
        self.0.store(None);
    }
}

impl Keys {
    /// Whether tokens could be signed now: opens the key that signs access tokens, unless it is open already, and says
    /// which it is.
    ///
    /// # Errors
    /// `NoKey`, `Open`, `Unusable`, `NotHeld`, `NoHolder`, `Store`.
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
    /// `NoKey`, `Lease`, `Open`, `Unusable`, `NotHeld`, `NoHolder`, `Mint`, `Store`.
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
        self.signer(&key).await?.sign_document(kind, claims).await
    }

    /// Signs a token whose row is committed.
    pub(crate) async fn sign(
        &self,
        token: &Token,
        key: &SigningKey,
    ) -> Result<Secret<String>, SignerError> {
        self.signer(key).await?.sign(&self.claims(token, key)).await
    }

    /// What signs for the active key, once it has proved itself against its public half.
    pub(crate) async fn signer(&self, key: &SigningKey) -> Result<Signer, SignerError> {
        let signer = match self.signer.of(key.kid()) {
            Some(known) => known,
            None => {
                let KeyState::Active { private, .. } = key.state() else {
                    let kid = key.kid().clone();
                    return Err(SignerError::NotSigning { kid });
                };
                let signer = self.open(key, private).await?;
                self.signer.keep(key.kid(), &signer);
                signer
            }
        };
        if let Signer::Held(held) = &signer {
            held.ready().await?;
        }
        Ok(signer)
    }

    /// Has a key prove that it signs, before it is the one that does: 32 random bytes, verified by its public half.
    ///
    /// # Errors
    /// `NotSigning` when its private half is gone; `Open`, `Unusable`, `NotHeld`, `NoHolder`, `Store`.
    pub(crate) async fn prove(&self, key: &SigningKey) -> Result<(), SignerError> {
        let kid = || key.kid().clone();
        let private = key.state().private();
        let private = private.ok_or_else(|| SignerError::NotSigning { kid: kid() })?;
        match self.open(key, private).await? {
            Signer::Open(_) => Ok(()),
            Signer::Held(held) => held.ready().await,
        }
    }

    /// Opens a private key, which proves itself by that; or finds who holds it, who is asked later.
    async fn open(&self, key: &SigningKey, private: &PrivateHalf) -> Result<Signer, SignerError> {
        match private {
            PrivateHalf::Sealed(sealed) => {
                let opened = self.open_sealed(key, sealed).await?;
                Ok(Signer::Open(Arc::new(opened)))
            }
            PrivateHalf::Held(held) => Ok(Signer::Held(self.find_held(key, held)?)),
        }
    }

    async fn open_sealed(
        &self,
        key: &SigningKey,
        private: &Sealed,
    ) -> Result<PrivateKey, SignerError> {
        let kid = || key.kid().clone();
        let (installation, row) = (self.installation().await?, key.id().to_string());
        let place = place(&installation, &row, key.kid(), key.ring());
        let private = self.kek.open(&place, private).await;
        let private = private.map_err(|cause| SignerError::Open { kid: kid(), cause })?;
        let open = PrivateKey::open(key.ring().algorithm, &private, key.kid());
        open.map_err(|cause| SignerError::Unusable { kid: kid(), cause })
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

    /// Where it can be read whether a developer token was revoked; other tokens end before anybody would ask twice.
    fn status_place(&self, token: &Token, key: &SigningKey) -> Option<StatusPlace> {
        let listed = key.ring().purpose == Purpose::DevAccess;
        let place = Listing::of_name(token.jti()).filter(|_| listed)?;
        Some(StatusPlace {
            idx: place.index(),
            uri: self.status_list_uri(place.list()),
        })
    }

    /// What the token says: who it is of and what it is for, and nothing that may change while it lives.
    fn claims(&self, token: &Token, key: &SigningKey) -> AccessClaims {
        let client_id = ClientId::of(token.application());
        let terms = self.config.terms();
        let audience = |version: &VersionRef| terms.audience(&version.api.name, version.number);
        AccessClaims {
            issuer: self.config.issuer.clone(),
            subject: token.subject_name(),
            audience: token.versions().iter().map(audience).collect(),
            client_id: client_id.to_string(),
            issued: token.issued(),
            expires: token.expires(),
            not_before: None,
            jti: token.jti().to_string(),
            scopes: token.scopes().iter().map(ToString::to_string).collect(),
            session: token.session(),
            status: self.status_place(token, key),
            binding: token.binding().cloned(),
            actors: token.lineage().map_or_else(Vec::new, |lineage| {
                lineage.actors.iter().map(ToString::to_string).collect()
            }),
            signed_in: token.lineage().and_then(|lineage| lineage.signed_in),
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
