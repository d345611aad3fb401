//! Clients that manage what they registered (RFC 7592): read it, replace it, give it up. Each answer but the last carries the
//! token for the next time; the one that was shown stays good until that one is used, so that an answer may be lost.

use gatewright_custody::{open_under_secret, seal_under_secret};
use gatewright_domain::{
    access::{Action, Caller, Origin, Permit, Subject},
    client::{
        ClientSecret, ClientTerms, ClientWish, Ending, Held, OwnRegistration, SealedSuccessor,
    },
    consumer::{Application, ClientId},
    credential::{self, CredentialKind, Fingerprint},
    secret::{Secret, equal_in_constant_time},
    time::Timestamp,
};
use gatewright_store::Tx;

use super::joining::{DrawnToken, FreshSecret, Registered, RegistrationError, needs_secret};
use super::known::judge;
use crate::Keys;

/// A client that showed a token for its own registration.
#[derive(Debug)]
pub struct Registrant {
    caller: Caller,
    application: Application,
    text: Secret<String>,
    shown: Fingerprint,
}

/// What a client wants its registration to be.
struct Replacement {
    wish: ClientWish,
    /// The keyed hash of the secret that it sent along.
    secret: Option<Vec<u8>>,
    /// A secret, in case it needs one.
    fresh: FreshSecret,
}

impl Keys {
    /// Whom a token lets manage the registration of a client. What is not believed stands in the trail, and so does a token
    /// for another one.
    ///
    /// # Errors
    /// `NotBelieved`; `OfAnother`; `TooFast`; `Store`.
    pub async fn registrant(
        &self,
        text: Secret<String>,
        client: String,
        origin: Origin,
    ) -> Result<Registrant, RegistrationError> {
        let now = self.clock.now();
        const KIND: CredentialKind = CredentialKind::RegistrationToken;
        let action = Action::ManageOwnRegistration;
        let Ok(shown) = text.lend(|text| credential::fingerprint(KIND, text)) else {
            self.not_registered(action, origin, now).await;
            return Err(RegistrationError::NotBelieved);
        };
        let reader = self.store.reader();
        let found = reader.own_registration_by_fingerprint(&shown).await?;
        let held = found.filter(|(own, application)| {
            own.holds(&shown).is_some() && application.disabled.is_none()
        });
        let Some((_, application)) = held else {
            self.not_registered(action, origin, now).await;
            return Err(RegistrationError::NotBelieved);
        };
        let caller = Caller::registrant(application.id, origin);
        let client = ClientId::from_wire(client);
        if client != application.client_id() {
            let on = client.application().map_or(Subject::Installation, |other| {
                let teams = std::collections::BTreeSet::new();
                Subject::Grant {
                    application: other,
                    teams,
                }
            });
            // Always refused, and written down.
            let _ = self.store.permit(&caller, action, on, now).await;
            return Err(RegistrationError::OfAnother);
        }
        self.heed_visits(application.id.uuid().as_u128(), now)?;
        Ok(Registrant {
            caller,
            application,
            text,
            shown,
        })
    }

    /// What a client has registered, with the token for the next time.
    ///
    /// # Errors
    /// `NotBelieved`; `Drawn`; `Seal`; `Store`.
    pub async fn read_own_registration(
        &self,
        registrant: &Registrant,
    ) -> Result<Registered, RegistrationError> {
        let (permit, now) = self.permit_own(registrant).await?;
        let next = self.draw_registration_token()?;
        self.store
            .write(permit, now, async move |tx| {
                let (application, own) = registrant.hold(tx).await?;
                let terms = tx.registration(&application).await?.terms;
                let name = own.name.clone();
                let text = registrant.turn(tx, own, next).await?;
                Ok(Registered {
                    application,
                    name,
                    terms,
                    secret: None,
                    text,
                })
            })
            .await
    }

    /// Replaces what a client has registered by something else below its ceiling. A secret is issued where it needs one and has
    /// none, and revoked where it needs none any more.
    ///
    /// # Errors
    /// Every variant of `RegistrationError` but `OfAnother`, `TooFast`.
    pub async fn replace_own_registration(
        &self,
        registrant: &Registrant,
        wish: ClientWish,
        secret: Option<Secret<String>>,
    ) -> Result<Registered, RegistrationError> {
        let (permit, now) = self.permit_own(registrant).await?;
        let next = self.draw_registration_token()?;
        let pepper = self.pepper().await?;
        let replacement = Replacement {
            wish,
            secret: secret.map(|secret| pepper.hash(&secret)),
            fresh: self.draw_client_secret().await?,
        };
        self.store
            .write(permit, now, async move |tx| {
                let (application, own) = registrant.hold(tx).await?;
                let name = replacement.wish.name.clone();
                let (terms, secret) = replace(tx, &application, &own, replacement).await?;
                let own = match own.name == name {
                    true => own,
                    false => tx.write(own.rename(name.clone())).await?,
                };
                let text = registrant.turn(tx, own, next).await?;
                Ok(Registered {
                    application,
                    name,
                    terms,
                    secret,
                    text,
                })
            })
            .await
    }

    /// Gives a registration up: the application is disabled, every token that it was issued is revoked, and the token that was
    /// shown proves nothing any more.
    ///
    /// # Errors
    /// `NotBelieved`; `Store`.
    pub async fn give_up_own_registration(
        &self,
        registrant: &Registrant,
    ) -> Result<(), RegistrationError> {
        let (permit, now) = self.permit_own(registrant).await?;
        self.store
            .write(permit, now, async move |tx| {
                let (application, own) = registrant.hold(tx).await?;
                tx.write(own.end(now)).await?;
                let application = tx.write(application.revoke_tokens(None, now)).await?;
                tx.write(application.disable(now)?).await?;
                Ok(())
            })
            .await
    }

    async fn permit_own(
        &self,
        registrant: &Registrant,
    ) -> Result<(Permit, Timestamp), RegistrationError> {
        let now = self.clock.now();
        let application = &registrant.application;
        let on = application.grant(application.teams.clone());
        let action = Action::ManageOwnRegistration;
        let permit = self
            .store
            .permit(&registrant.caller, action, on, now)
            .await?;
        Ok((permit, now))
    }
}

impl Registrant {
    /// The application and its hold, which nobody else has meanwhile and which the token still is one of.
    async fn hold(
        &self,
        tx: &mut Tx<'_>,
    ) -> Result<(Application, OwnRegistration), RegistrationError> {
        let application = tx.application_alone(self.application.id).await?;
        let own = tx.own_registration(&application).await?;
        let held = own.filter(|own| own.holds(&self.shown).is_some());
        match held {
            Some(own) if application.disabled.is_none() => Ok((application, own)),
            Some(_) | None => Err(RegistrationError::NotBelieved),
        }
    }

    /// The token for the next time: another one, or the one that was given before where that answer may have been lost.
    async fn turn(
        &self,
        tx: &mut Tx<'_>,
        own: OwnRegistration,
        next: DrawnToken,
    ) -> Result<Secret<String>, RegistrationError> {
        let place = format!(
            "own-registration/{}/{}",
            own.application,
            self.shown.as_str()
        );
        match (own.holds(&self.shown), &own.before) {
            (Some(Held::Newest), _) => {
                let sealed = seal_under_secret(&self.text, &place, &next.text)?;
                tx.write(own.turn(next.fingerprint, SealedSuccessor(sealed)))
                    .await?;
                Ok(next.text)
            }
            (Some(Held::Before), Some((_, sealed))) => {
                Ok(open_under_secret(&self.text, &place, &sealed.0)?)
            }
            (Some(Held::Before), None) | (None, _) => Err(RegistrationError::NotBelieved),
        }
    }
}

/// Writes what the client may ask for from now on, and sees to its secret.
async fn replace(
    tx: &mut Tx<'_>,
    application: &Application,
    own: &OwnRegistration,
    replacement: Replacement,
) -> Result<(ClientTerms, Option<Secret<String>>), RegistrationError> {
    let Replacement {
        wish,
        secret,
        fresh,
    } = replacement;
    let now = tx.now();
    let registration = tx.registration(application).await?;
    let terms = wish.within(&own.ceiling, registration.terms.clone())?;
    judge(&terms)?;
    let secrets = tx.client_secrets(application).await?;
    let working: Vec<ClientSecret> = secrets.into_iter().filter(|one| one.works(now)).collect();
    let is_own = |hash: &Vec<u8>| {
        let same = |one: &ClientSecret| equal_in_constant_time(one.hmac(), hash);
        working.iter().any(same)
    };
    if !secret.as_ref().is_none_or(is_own) {
        return Err(RegistrationError::OtherSecret);
    }
    let mut issued = None;
    match (needs_secret(&terms), working.is_empty()) {
        (true, true) => {
            let FreshSecret { drawn, text } = fresh;
            let secret = ClientSecret::issue(application, &[], drawn, Ending::Never, now)?;
            tx.write(secret).await?;
            issued = Some(text);
        }
        (true, false) => {}
        (false, _) => {
            for secret in working {
                tx.write(secret.revoke(None, now)?).await?;
            }
        }
    }
    if terms != registration.terms {
        tx.write(registration.edit(terms.clone())).await?;
    }
    Ok((terms, issued))
}
