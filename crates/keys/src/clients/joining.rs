//! Programs that register themselves as applications (RFC 7591): whoever shows an initial access token that works becomes an
//! application of its consumer, as a client below its ceiling.
//!
//! Invariant: the application, what it may ask for, its secret, its hold on all that and the use of the initial access token
//! are one transaction. Of two who race for the last use, one wins.

use std::time::Duration;

use gatewright_custody::SealError;
use gatewright_domain::{
    access::{Action, Caller, Denied, Origin, Subject},
    client::{
        self, AuthMethod, ClientSecret, ClientSecretError, ClientTerms, ClientWish, DrawnSecret,
        Ending, InitialToken, InitialTokenError, OwnRegistration, Pace, Registration, WishRefused,
    },
    consumer::{Application, ApplicationError, ClientId},
    credential::{self, CredentialKind, Fingerprint, NotACredential},
    id::ApplicationId,
    secret::Secret,
    text::{Name, TextError},
    time::Timestamp,
};
use gatewright_store::StoreError;

use super::known::{Unknowable, judge};
use crate::{Keys, clients::PepperError, grant::keep_pace};

/// A program that showed an initial access token that works.
#[derive(Clone, Debug)]
pub struct Newcomer {
    caller: Caller,
    token: InitialToken,
}

/// A client as it has registered itself.
#[derive(Debug)]
pub struct Registered {
    /// The application.
    pub application: Application,
    /// What it said people are to call it.
    pub name: Option<Name>,
    /// What was granted.
    pub terms: ClientTerms,
    /// Its secret, if one was issued with this answer.
    pub secret: Option<Secret<String>>,
    /// What it manages its registration with from now on.
    pub text: Secret<String>,
}

/// Why nothing is registered, read, replaced or given up.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationError {
    /// The token is unknown, over, revoked or used up, or the client is gone. Which, nobody is told.
    #[error("the token is not good for a registration")]
    NotBelieved,
    /// The token is for the registration of another client.
    #[error("the token is for the registration of another client")]
    OfAnother,
    /// It is asked faster than is answered.
    #[error("registrations are asked for too fast; try again after {0:?}")]
    TooFast(Duration),
    /// What is wished for is not granted.
    #[error(transparent)]
    Refused(#[from] WishRefused),
    /// Nobody could be known to be the client.
    #[error(transparent)]
    Unknowable(#[from] Unknowable),
    /// The secret that was sent along is none of the client.
    #[error("the client secret is not the client's")]
    OtherSecret,
    /// More than can be written down was sent.
    #[error("the registration is too large")]
    TooLarge,
    /// Secrets cannot be hashed.
    #[error("secrets cannot be hashed")]
    Pepper(#[from] PepperError),
    /// What was drawn is no credential, or no name, which no entropy makes it.
    #[error("a token could not be drawn")]
    Drawn(#[from] NotACredential),
    /// The next token could not be sealed, or does not open.
    #[error("the next token could not be sealed or opened")]
    Seal(#[from] SealError),
    /// No name could be made of the client's own.
    #[error("the application could not be named")]
    Name(#[from] TextError),
    /// A rule refuses what no caller can have asked for.
    #[error("the secret could not be issued")]
    Secret(#[from] ClientSecretError),
    /// The store failed, or somebody else changed it meanwhile.
    #[error("the registration could not be stored")]
    Store(#[source] StoreError),
}

impl From<StoreError> for RegistrationError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotBelieved,
            StoreError::TooLarge => Self::TooLarge,
            other => Self::Store(other),
        }
    }
}

impl From<Denied> for RegistrationError {
    fn from(_: Denied) -> Self {
        Self::NotBelieved
    }
}

impl From<InitialTokenError> for RegistrationError {
    fn from(_: InitialTokenError) -> Self {
        Self::NotBelieved
    }
}

impl From<ApplicationError> for RegistrationError {
    fn from(_: ApplicationError) -> Self {
        Self::NotBelieved
    }
}

/// A token for an own registration that was drawn and is kept nowhere yet.
pub(super) struct DrawnToken {
    pub(super) text: Secret<String>,
    pub(super) fingerprint: Fingerprint,
}

/// A client secret that was drawn and is kept nowhere yet.
pub(super) struct FreshSecret {
    pub(super) drawn: DrawnSecret,
    pub(super) text: Secret<String>,
}

/// What is to be written of a newcomer.
struct Arrival {
    id: ApplicationId,
    said: Option<Name>,
    terms: ClientTerms,
}

/// Whether a client proves itself with a secret that we issue.
pub(super) fn needs_secret(terms: &ClientTerms) -> bool {
    terms.methods.iter().any(|method| match method {
        AuthMethod::SecretBasic | AuthMethod::SecretPost => true,
        AuthMethod::PrivateKeyJwt
        | AuthMethod::TlsClientAuth
        | AuthMethod::SelfSigned
        | AuthMethod::Public => false,
    })
}

impl Keys {
    /// Whom an initial access token lets in. What is not believed stands in the trail, a flood of it as a number.
    ///
    /// # Errors
    /// `NotBelieved`; `TooFast`; `Store`.
    pub async fn newcomer(
        &self,
        text: &Secret<String>,
        origin: Origin,
    ) -> Result<Newcomer, RegistrationError> {
        let now = self.clock.now();
        const KIND: CredentialKind = CredentialKind::InitialToken;
        let found = match text.lend(|text| credential::fingerprint(KIND, text)) {
            Ok(shown) => {
                self.store
                    .reader()
                    .initial_token_by_fingerprint(&shown)
                    .await?
            }
            Err(NotACredential) => None,
        };
        let Some(token) = found.filter(|token| token.works(now)) else {
            self.not_registered(Action::RegisterOneself, origin, now)
                .await;
            return Err(RegistrationError::NotBelieved);
        };
        self.heed_visits(token.id.uuid().as_u128(), now)?;
        Ok(Newcomer {
            caller: Caller::newcomer(token.id, token.consumer, origin),
            token,
        })
    }

    /// Registers a newcomer as an application of the consumer that its token is for.
    ///
    /// # Errors
    /// Every variant of `RegistrationError` but `OfAnother`, `OtherSecret`.
    pub async fn register_client(
        &self,
        newcomer: &Newcomer,
        wish: ClientWish,
    ) -> Result<Registered, RegistrationError> {
        let said = wish.name.clone();
        let terms = wish.within(&newcomer.token.ceiling, ClientTerms::default())?;
        judge(&terms)?;
        let id = ApplicationId::draw(self.clock.now(), &*self.entropy);
        let arrival = Arrival { id, said, terms };
        let client = ClientId::of(id);
        let plain = match &arrival.said {
            Some(said) => said.clone(),
            None => client.as_str().parse()?,
        };
        match self.try_register(newcomer, &arrival, plain).await {
            // The consumer has an application of that name; names of applications tell them apart, those of clients need not.
            Err(RegistrationError::Store(StoreError::Taken { .. })) => {
                let longer = distinct(arrival.said.as_ref(), &client)?;
                self.try_register(newcomer, &arrival, longer).await
            }
            registered => registered,
        }
    }

    async fn try_register(
        &self,
        newcomer: &Newcomer,
        arrival: &Arrival,
        name: Name,
    ) -> Result<Registered, RegistrationError> {
        let now = self.clock.now();
        let on = Subject::Newcomer {
            consumer: newcomer.token.consumer,
            application: arrival.id,
        };
        let asked = self
            .store
            .permit(&newcomer.caller, Action::RegisterOneself, on, now);
        let permit = asked.await?;
        let held = self.draw_registration_token()?;
        let secret = match needs_secret(&arrival.terms) {
            true => Some(self.draw_client_secret().await?),
            false => None,
        };
        let (drawn, secret) = secret.map(|fresh| (fresh.drawn, fresh.text)).unzip();
        let Arrival { id, said, terms } = arrival;
        let with = newcomer.token.id;
        let application = self
            .store
            .write(permit, now, async move |tx| {
                let with = tx.initial_token_alone(with).await?;
                let with = tx.write(with.register_one(now)?).await?;
                let consumer = tx.consumer(with.consumer).await?;
                let registered = Application::register(*id, &consumer, name, now);
                let application = tx.write(registered).await?;
                let registration = Registration::untouched(&application);
                tx.write(registration.edit(terms.clone())).await?;
                if let Some(drawn) = drawn {
                    let secret = ClientSecret::issue(&application, &[], drawn, Ending::Never, now)?;
                    tx.write(secret).await?;
                }
                let own = OwnRegistration::begin(
                    &application,
                    &with,
                    said.clone(),
                    held.fingerprint,
                    now,
                );
                tx.write(own).await?;
                Ok::<_, RegistrationError>(application)
            })
            .await?;
        Ok(Registered {
            application,
            name: said.clone(),
            terms: terms.clone(),
            secret,
            text: held.text,
        })
    }

    pub(super) fn draw_registration_token(&self) -> Result<DrawnToken, NotACredential> {
        const KIND: CredentialKind = CredentialKind::RegistrationToken;
        let text = credential::draw(KIND, &*self.entropy);
        let fingerprint = text.lend(|text| credential::fingerprint(KIND, text))?;
        Ok(DrawnToken { text, fingerprint })
    }

    pub(super) async fn draw_client_secret(&self) -> Result<FreshSecret, PepperError> {
        let (id, text) = client::draw(&*self.entropy);
        let hmac = self.pepper().await?.hash(&text);
        Ok(FreshSecret {
            drawn: DrawnSecret { id, hmac },
            text,
        })
    }

    /// Counts a visit of whoever shows this, or says how long it is too early.
    pub(super) fn heed_visits(&self, shown: u128, now: Timestamp) -> Result<(), RegistrationError> {
        let visits = self.directory.visits_of(shown);
        keep_pace(&visits, Pace::DEFAULT, now).map_err(RegistrationError::TooFast)
    }

    pub(super) async fn not_registered(&self, action: Action, origin: Origin, now: Timestamp) {
        let stranger = Caller::stranger(origin);
        // Always refused: the policy lets strangers sign in and nothing else. Asking it writes the refusal down.
        let asked = self
            .store
            .permit(&stranger, action, Subject::Installation, now);
        if asked.await.is_ok() {
            tracing::error!("The policy let a stranger register; nothing was registered");
        }
    }
}

/// A name that no other application has: with the end of the client's own.
fn distinct(said: Option<&Name>, client: &ClientId) -> Result<Name, TextError> {
    let Some(said) = said else {
        return client.as_str().parse();
    };
    let end: String = client.as_str().chars().rev().take(8).collect();
    let end: String = end.chars().rev().collect();
    let kept: String = said.as_str().chars().take(90).collect();
    format!("{} {end}", kept.trim_end()).parse()
}
