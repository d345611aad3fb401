//! The first start: a one-time link makes the first administrator. There is no default account.

use std::{collections::BTreeSet, time::Duration};

use gatewright_domain::{
    access::{Action, Caller, Denied, Origin, Role, Subject},
    audit::{Event, Kind, Outcome},
    credential::{self, CredentialKind},
    id::{OperatorId, TeamId},
    operator::{Assignment, Operator},
    secret::Secret,
    team::Team,
    text::Name,
};
use gatewright_store::StoreError;

use crate::{Operators, Password, PasswordError, SignInError, SignedIn, sign_in::Door};

/// How long the set-up link works.
const LINK_LIVES: Duration = Duration::from_secs(15 * 60);

/// Why the installation was not set up.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// Not the link, or no longer.
    #[error("this set-up link is not valid, or no longer; restart the server to get a new one")]
    NotTheLink,
    /// There is an administrator already.
    #[error("this installation is set up already; sign in")]
    Done,
    /// The password is not taken.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The new administrator could not be signed in.
    #[error("the administrator was made, but could not be signed in")]
    SignIn(#[from] SignInError),
    /// The store failed.
    #[error("the set-up could not be stored")]
    Store(#[from] StoreError),
}

impl Operators {
    /// A fresh set-up secret, which replaces an earlier one; nothing when the installation is set up.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn set_up_secret(&self) -> Result<Option<Secret<String>>, StoreError> {
        if self.store.reader().installation().await?.set_up {
            return Ok(None);
        }
        let secret = credential::draw(CredentialKind::SetUp, &*self.entropy);
        let hash = secret.lend(|text| credential::fingerprint(CredentialKind::SetUp, text));
        let Ok(hash) = hash else { return Ok(None) };
        let now = self.clock.now();
        self.store
            .keep_setup_link(hash.as_str(), now, now.plus(LINK_LIVES))
            .await?;
        Ok(Some(secret))
    }

    /// Whether a text is the set-up secret and still works; for showing the form.
    ///
    /// # Errors
    /// `NotTheLink`, `Done`.
    pub async fn check_set_up(&self, secret: &str) -> Result<(), SetUpError> {
        if self.store.reader().installation().await?.set_up {
            return Err(SetUpError::Done);
        }
        let hash = credential::fingerprint(CredentialKind::SetUp, secret)
            .map_err(|_| SetUpError::NotTheLink)?;
        let known = self
            .store
            .reader()
            .has_setup_link(hash.as_str(), self.clock.now())
            .await?;
        if known {
            Ok(())
        } else {
            Err(SetUpError::NotTheLink)
        }
    }

    /// Makes the first administrator and the first team, uses the link up, and signs the administrator in.
    ///
    /// # Errors
    /// `NotTheLink`, `Done`, `Password`.
    pub async fn set_up(
        &self,
        secret: &str,
        name: Name,
        password: Password,
        origin: Origin,
    ) -> Result<SignedIn, SetUpError> {
        self.check_set_up(secret).await?;
        let hash = credential::fingerprint(CredentialKind::SetUp, secret)
            .map_err(|_| SetUpError::NotTheLink)?;
        let caller = Caller::founder(origin.clone());
        let operator = self
            .found(&caller, name, password, Some(hash.as_str().to_owned()))
            .await?;
        Ok(self
            .open_session(
                Caller::stranger(origin),
                operator,
                Door::Open,
                self.clock.now(),
            )
            .await?)
    }

    /// Makes the first administrator from the terminal of the machine that holds the data.
    ///
    /// # Errors
    /// `Done`, `Password`.
    pub async fn set_up_at_terminal(
        &self,
        name: Name,
        password: Password,
    ) -> Result<Operator, SetUpError> {
        let origin = Origin {
            via: "cli",
            ..Origin::default()
        };
        self.found(&Caller::founder(origin), name, password, None)
            .await
    }

    /// One transaction for everything a new installation has: its first team and its first administrator.
    async fn found(
        &self,
        caller: &Caller,
        name: Name,
        password: Password,
        link: Option<String>,
    ) -> Result<Operator, SetUpError> {
        let now = self.clock.now();
        let password = self.hasher.hash(password).await?;
        let (team, operator) = (
            TeamId::draw(now, &*self.entropy),
            OperatorId::draw(now, &*self.entropy),
        );
        let permit = self
            .store
            .permit(caller, Action::SetUp, Subject::Installation, now)
            .await?;
        self.store
            .write(permit, now, async move |tx| {
                tx.set_up(link.as_deref())
                    .await
                    .map_err(|error| match error {
                        StoreError::NotFound => SetUpError::NotTheLink,
                        other => other.into(),
                    })?;
                let platform = first_team()?;
                tx.write(Team::form(team, platform)).await?;
                let teams = BTreeSet::from([team]);
                let assignment = Assignment {
                    role: Role::Admin,
                    teams,
                };
                let admitted = Operator::admit(operator, name, assignment, password, now);
                let operator = tx.write(admitted).await?;
                let on = Subject::Installation;
                let target = on.target();
                tx.note(Event::note(
                    Kind::InstallationSetUp,
                    Outcome::Success,
                    on,
                    target,
                ))?;
                Ok(operator)
            })
            .await
    }
}

/// The team that a new installation starts with.
fn first_team() -> Result<Name, SetUpError> {
    "platform".parse().map_err(|_| SetUpError::NotTheLink)
}
