//! Applications at the token endpoint: who proves to be one. Everything it takes is in memory, until something changes.

mod assertion;
mod certificate;
mod directory;
mod initial_tokens;
mod joining;
mod known;
mod own;
mod pepper;
mod published;
mod secrets;

use std::sync::Arc;

use gatewright_domain::{
    access::{Action, Caller, Origin, Subject},
    binding::{Binding, Thumbprint},
    client::{self, AuthMethod, Senders},
    consumer::ClientId,
    id::ApplicationId,
    secret::{Secret, equal_in_constant_time},
    time::Timestamp,
};
use gatewright_store::{ClientRecord, StoreError};
use tracing::warn;

use crate::{GrantError, Keys};
use certificate::is_known_by_certificates;

pub use certificate::{NotShownCertificate, ShownCertificate};
pub(crate) use directory::Directory;
pub use initial_tokens::{InitialTokenUseError, IssuedInitialToken};
pub use joining::{Newcomer, Registered, RegistrationError};
pub use known::Unknowable;
pub use own::Registrant;
pub(crate) use pepper::Kept as Pepper;
pub use pepper::PepperError;
pub(crate) use published::Published;
pub use secrets::{ClientSecretUseError, IssuedSecret, SecretWish};

/// What a client shows to prove who it is.
#[derive(Debug)]
pub struct Presented {
    /// Who it says it is; an assertion says so itself.
    pub client: Option<String>,
    /// What it proves it with.
    pub proof: ClientProof,
    /// The certificate of its TLS connection, as far as somebody is believed about it.
    pub certificate: Option<ShownCertificate>,
}

/// What a client proves with.
#[derive(Debug)]
pub enum ClientProof {
    /// Its secret in the `Authorization` header.
    Basic(Secret<String>),
    /// Its secret in the body.
    Post(Secret<String>),
    /// A signed assertion in the body (RFC 7523).
    Assertion(Secret<String>),
    /// Nothing but its certificate, if it showed one: it only says who it is.
    Nothing,
}

impl Presented {
    /// Who it says it is.
    fn claimed(&self) -> Option<ClientId> {
        let named = self.client.clone().map(ClientId::from_wire);
        match &self.proof {
            ClientProof::Basic(_) | ClientProof::Post(_) | ClientProof::Nothing => named,
            ClientProof::Assertion(text) => named.or_else(|| assertion::claimed(text)),
        }
    }
}

/// A client that proved who it is.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// Who acts: the application, trusted with its own tokens.
    pub caller: Caller,
    pub(crate) client: Arc<ClientRecord>,
    /// How it proved it.
    method: AuthMethod,
    /// The certificate that it showed, if it is good now.
    certificate: Option<Thumbprint>,
    /// Nothing had changed since it was read, up to this revision.
    pub(crate) as_of: u64,
}

impl Authenticated {
    /// The same, with what is known of the client now.
    pub(crate) fn known_as(self, client: Arc<ClientRecord>) -> Self {
        Self { client, ..self }
    }

    /// The application.
    #[must_use]
    pub fn application(&self) -> ApplicationId {
        self.client.application.id
    }

    /// Whether it showed what it must, and nothing else beside it.
    pub(crate) fn asks_as_it_must(&self, shown: Option<&Binding>) -> Result<(), GrantError> {
        match (self.client.registration.terms.senders, shown) {
            (Senders::Anybody, _)
            | (Senders::Holders, Some(Binding::Key(_)))
            | (Senders::Certified, Some(Binding::Certificate(_))) => Ok(()),
            (Senders::Holders, None | Some(Binding::Certificate(_))) => {
                Err(GrantError::ProofNeeded)
            }
            (Senders::Certified, None | Some(Binding::Key(_))) => {
                Err(GrantError::CertificateNeeded)
            }
        }
    }

    /// The certificate to which its tokens are bound: the one that it showed, where its registration says so.
    #[must_use]
    pub fn certificate(&self) -> Option<&Thumbprint> {
        let binds = self.client.registration.terms.senders == Senders::Certified;
        self.certificate.as_ref().filter(|_| binds)
    }

    /// Whether it proved nothing: anybody may have said its name.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.method == AuthMethod::Public
    }

    /// Whether its registration lets it use a grant. A client that proved nothing has only what a person allowed it.
    pub(crate) fn may_use(&self, grant: client::Grant) -> Result<(), GrantError> {
        let grants = &self.client.registration.terms.grants;
        let of_a_person = match grant {
            client::Grant::AuthorizationCode | client::Grant::RefreshToken => true,
            client::Grant::ClientCredentials | client::Grant::TokenExchange => false,
        };
        if grants.contains(&grant) && (of_a_person || !self.is_public()) {
            return Ok(());
        }
        Err(GrantError::NotThisGrant)
    }
}

/// Why nobody is believed to be a client.
#[derive(Debug, thiserror::Error)]
pub enum ClientRefused {
    /// The client is unknown, disabled, may not prove itself this way, or its proof is wrong. Which, nobody is told.
    #[error("the client could not be authenticated")]
    NotBelieved,
    /// The pepper of the keyed hashes cannot be had.
    #[error("client secrets cannot be compared")]
    Pepper(#[from] PepperError),
    /// The store failed.
    #[error("the client could not be looked up")]
    Store(#[from] StoreError),
}

impl Keys {
    /// Whom a proof makes a client. What is not believed stands in the trail, a flood of it as a number.
    ///
    /// # Errors
    /// Every variant of `ClientRefused`.
    pub async fn authenticate(
        &self,
        presented: &Presented,
        origin: Origin,
    ) -> Result<Authenticated, ClientRefused> {
        let now = self.clock.now();
        let found = match presented.claimed().and_then(|id| id.application()) {
            Some(id) => self.client(id, now).await?,
            None => None,
        };
        let Some((client, as_of)) = found else {
            self.not_believed(Subject::Installation, origin, now).await;
            return Err(ClientRefused::NotBelieved);
        };
        let Some(method) = self.believes(&client, presented, now).await? else {
            let on = client.application.grant(client.application.teams.clone());
            self.not_believed(on, origin, now).await;
            return Err(ClientRefused::NotBelieved);
        };
        let certificate = presented.certificate.as_ref();
        Ok(Authenticated {
            caller: Caller::application(client.application.id, origin),
            client,
            method,
            certificate: certificate.and_then(|one| one.thumbprint(now).cloned()),
            as_of,
        })
    }

    /// By which method it is believed, if by any that its registration allows.
    async fn believes(
        &self,
        client: &ClientRecord,
        presented: &Presented,
        now: Timestamp,
    ) -> Result<Option<AuthMethod>, ClientRefused> {
        let terms = &client.registration.terms;
        if client.application.disabled.is_some() {
            return Ok(None);
        }
        if let (ClientProof::Nothing, Some(shown)) = (&presented.proof, &presented.certificate)
            && is_known_by_certificates(terms)
        {
            return Ok(self.believes_certificate(client, shown, now).await);
        }
        let method = match &presented.proof {
            ClientProof::Basic(_) => AuthMethod::SecretBasic,
            ClientProof::Post(_) => AuthMethod::SecretPost,
            ClientProof::Assertion(_) => AuthMethod::PrivateKeyJwt,
            ClientProof::Nothing => AuthMethod::Public,
        };
        if !terms.methods.contains(&method) {
            return Ok(None);
        }
        let is_believed = match &presented.proof {
            ClientProof::Basic(secret) | ClientProof::Post(secret) => {
                self.believes_secret(client, secret, now).await?
            }
            ClientProof::Assertion(text) => self.believes_assertion(client, text, now).await?,
            // Its registration says that it keeps no secret. What it may ask for is asked of a person.
            ClientProof::Nothing => true,
        };
        Ok(is_believed.then_some(method))
    }

    async fn believes_secret(
        &self,
        client: &ClientRecord,
        secret: &Secret<String>,
        now: Timestamp,
    ) -> Result<bool, ClientRefused> {
        let Some(id) = secret.lend(|text| client::secret_id(text)) else {
            return Ok(false);
        };
        let hash = self.pepper().await?.hash(secret);
        let mut secrets = client.secrets.iter();
        let found = secrets.find(|one| *one.id() == id && one.works(now));
        if !found.is_some_and(|one| equal_in_constant_time(one.hmac(), &hash)) {
            return Ok(false);
        }
        if self.directory.is_first_use(&id, now) {
            // Introspection needs no room where none is left.
            if let Err(error) = self.store.touch_client_secret(&id, now).await {
                warn!(%error, "Could not note when a client secret was last used");
            }
        }
        Ok(true)
    }

    async fn not_believed(&self, on: Subject, origin: Origin, now: Timestamp) {
        let stranger = Caller::stranger(origin);
        // Always refused: the policy lets strangers sign in and nothing else. Asking it writes the refusal down.
        let asked = self.store.permit(&stranger, Action::IssueToken, on, now);
        if asked.await.is_ok() {
            tracing::error!("The policy let a stranger issue a token; nothing was issued");
        }
    }
}
