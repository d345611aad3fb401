//! A key that is held elsewhere, as one signs with it here: it proves itself before the first signature, and again when it has
//! failed, without anybody asking.
//!
//! Invariant: what its public half does not verify leaves nobody. While the key fails, whoever wants a signature is told so at
//! once, before anything is written down for them.

use std::{
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use gatewright_custody::{HeldSigner, HolderError, PublicHalf};
use gatewright_domain::{
    entropy::Entropy,
    key::{Held, Kid, SigningKey},
    secret::Secret,
};
use gatewright_token::{
    claims::AccessClaims,
    jwk::{Numbers, PublicJwk},
    mint::{self, DocumentType, Draft, KeyFault},
};
use tokio::{sync::Mutex, time::sleep};

use crate::{Keys, holders::Holder, signer::SignerError};

/// How long a key that failed is left alone before it is tried again: a second first, then twice as long each time, up to this.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// What a key signs to prove itself: random, so that nobody can have kept the answer.
const PROOF: usize = 32;

/// A key that is held elsewhere.
pub(crate) struct HeldKey {
    kid: Kid,
    held: Held,
    key: mint::HeldKey,
    holder: Arc<Holder>,
    entropy: Arc<dyn Entropy>,
    state: ArcSwap<State>,
    /// One at a time proves it: those who waited find it done.
    proving: Mutex<()>,
}

/// The circuit.
enum State {
    /// It has not proved itself yet.
    New,
    /// It signs.
    Closed(HeldSigner),
    /// It fails, and somebody looks after it.
    Open(HolderError),
}

impl HeldKey {
    /// Waits until the key has proved itself, the first time; after that, says at once how it stands.
    ///
    /// # Errors
    /// `NotHeld`.
    pub(crate) async fn ready(self: &Arc<Self>) -> Result<(), SignerError> {
        self.signer().await.map(|_| ())
    }

    pub(super) async fn sign(
        self: &Arc<Self>,
        claims: &AccessClaims,
    ) -> Result<Secret<String>, SignerError> {
        let draft = self.key.draft(claims)?;
        let signature = self.signature(&draft).await?;
        let sealed = self.key.seal(draft, &signature);
        sealed.map_err(|error| self.unlike(error))
    }

    pub(super) async fn sign_document(
        self: &Arc<Self>,
        kind: DocumentType,
        claims: &[u8],
    ) -> Result<String, SignerError> {
        let draft = self.key.draft_document(kind, claims);
        let signature = self.signature(&draft).await?;
        let sealed = self.key.seal_document(draft, &signature);
        sealed.map_err(|error| self.unlike(error))
    }

    async fn signature(self: &Arc<Self>, draft: &Draft) -> Result<Vec<u8>, SignerError> {
        let signed = self.signer().await?.sign(draft.input()).await;
        signed.map_err(|cause| {
            self.fail(cause.clone());
            self.failed(cause)
        })
    }

    /// A signature that does not verify is a failure of who holds the key.
    fn unlike(self: &Arc<Self>, error: mint::MintError) -> SignerError {
        if matches!(error, mint::MintError::NotSigned) {
            self.fail(not_verified());
        }
        error.into()
    }

    async fn signer(self: &Arc<Self>) -> Result<HeldSigner, SignerError> {
        match &**self.state.load() {
            State::Closed(signer) => return Ok(signer.clone()),
            State::Open(cause) => return Err(self.failed(cause.clone())),
            State::New => {}
        }
        let _one = self.proving.lock().await;
        match &**self.state.load() {
            State::Closed(signer) => return Ok(signer.clone()),
            State::Open(cause) => return Err(self.failed(cause.clone())),
            State::New => {}
        }
        match self.prove().await {
            Ok(signer) => {
                self.state.store(Arc::new(State::Closed(signer.clone())));
                Ok(signer)
            }
            Err(cause) => {
                self.fail(cause.clone());
                Err(self.failed(cause))
            }
        }
    }

    /// Has it sign, and looks whether its public half verifies that.
    async fn prove(&self) -> Result<HeldSigner, HolderError> {
        let began = Instant::now();
        let outcome = self.try_to_prove().await;
        let felt = outcome.as_ref().map(|_| began.elapsed());
        self.holder.felt(felt.map_err(Clone::clone));
        outcome
    }

    async fn try_to_prove(&self) -> Result<HeldSigner, HolderError> {
        let (_, name) = self.held.parts();
        let public = self.key.public();
        let signer = self
            .holder
            .door
            .bind(public.algorithm(), name, &half(public.numbers()))
            .await?;
        let mut drawn = [0; PROOF];
        self.entropy.fill(&mut drawn);
        let signature = signer.sign(&drawn).await?;
        if public.signed(&drawn, &signature) {
            Ok(signer)
        } else {
            Err(not_verified())
        }
    }

    /// Opens the circuit, unless it is open, and has somebody look after it.
    fn fail(self: &Arc<Self>, cause: HolderError) {
        self.holder.felt(Err(cause.clone()));
        let before = self.state.swap(Arc::new(State::Open(cause.clone())));
        if !matches!(*before, State::Open(_)) {
            tracing::warn!(
                key.kid = %self.kid, error = %cause,
                "The key {} in {} does not sign; it is tried again until it does", self.kid, self.held
            );
            tokio::spawn(look_after(Arc::downgrade(self)));
        }
    }

    fn failed(&self, cause: HolderError) -> SignerError {
        SignerError::NotHeld {
            held: self.held.clone(),
            kid: self.kid.clone(),
            cause,
        }
    }
}

/// Tries a key that fails until it signs again, or until nobody wants it any more.
async fn look_after(key: Weak<HeldKey>) {
    let mut pause = FIRST_PAUSE;
    loop {
        sleep(pause).await;
        pause = LONGEST_PAUSE.min(pause.saturating_mul(2));
        let Some(key) = key.upgrade() else { return };
        match key.prove().await {
            Ok(signer) => {
                key.state.store(Arc::new(State::Closed(signer)));
                tracing::info!(key.kid = %key.kid, "The key {} in {} signs again", key.kid, key.held);
                return;
            }
            Err(cause) => key.state.store(Arc::new(State::Open(cause))),
        }
    }
}

impl Keys {
    /// A key that is held elsewhere. Who holds it is not asked yet.
    ///
    /// # Errors
    /// `NoHolder`; `Unusable` when its stored public half is none.
    pub(super) fn find_held(
        &self,
        key: &SigningKey,
        held: &Held,
    ) -> Result<Arc<HeldKey>, SignerError> {
        let kid = || key.kid().clone();
        let holder = self.holders.of(held);
        let holder = holder.ok_or_else(|| SignerError::NoHolder {
            held: held.clone(),
            kid: kid(),
        })?;
        let public: Result<PublicJwk, _> = key.public_jwk().parse();
        let public = public.map_err(|cause| SignerError::Unusable {
            kid: kid(),
            cause: KeyFault::Public(cause),
        })?;
        Ok(self.held_key(held.clone(), public, holder))
    }

    /// A key pair of which the private half was made elsewhere.
    pub(crate) fn held_key(
        &self,
        held: Held,
        public: PublicJwk,
        holder: Arc<Holder>,
    ) -> Arc<HeldKey> {
        Arc::new(HeldKey {
            kid: public.kid().clone(),
            held,
            key: mint::HeldKey::new(public),
            holder,
            entropy: Arc::clone(&self.entropy),
            state: ArcSwap::from_pointee(State::New),
            proving: Mutex::default(),
        })
    }
}

fn not_verified() -> HolderError {
    HolderError::Refused {
        why: "what it signs is not verified by the public half of the key, or not in the form of a JWS"
            .to_owned(),
    }
}

/// The public half as who holds keys writes it.
fn half(numbers: &Numbers) -> PublicHalf {
    match numbers.clone() {
        Numbers::Curve { x, y } => PublicHalf::Point { x, y },
        Numbers::Edwards { x } => PublicHalf::Edwards(x),
        Numbers::Rsa { n, e } => PublicHalf::Rsa { n, e },
    }
}
