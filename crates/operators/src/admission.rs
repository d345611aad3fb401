//! Who is an operator, with which role and teams.

use gatewright_domain::{
    access::{Action, Caller, Denied, Subject},
    id::OperatorId,
    operator::{AlreadyDisabled, Assignment, NotDisabled, Operator},
    revision::Revision,
    secret::Secret,
    text::Name,
};
use gatewright_store::StoreError;

use crate::{Operators, Password, PasswordError, password::Matches};

/// An operator to admit.
pub struct Admit {
    /// The name they sign in with.
    pub name: Name,
    /// Their role and teams.
    pub assignment: Assignment,
    /// Their first password; they are asked to change it.
    pub password: Password,
}

/// Why an operator was not admitted or changed.
#[derive(Debug, thiserror::Error)]
pub enum AdmissionError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such operator.
    #[error("no such operator")]
    NotFound,
    /// An operator of that name exists.
    #[error("an operator of that name exists already")]
    NameTaken,
    /// A team that does not exist.
    #[error("one of the teams does not exist")]
    NoSuchTeam,
    /// Somebody else changed the operator meanwhile.
    #[error("the operator was changed meanwhile; look again and repeat")]
    Stale,
    /// The password is not taken.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The present password was wrong.
    #[error("the present password is wrong")]
    WrongPassword,
    /// Disabled already.
    #[error(transparent)]
    AlreadyDisabled(#[from] AlreadyDisabled),
    /// Not disabled.
    #[error(transparent)]
    NotDisabled(#[from] NotDisabled),
    /// The store failed.
    #[error("the operator could not be stored")]
    Store(#[source] StoreError),
}

impl From<StoreError> for AdmissionError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Taken { .. } => Self::NameTaken,
            StoreError::Stale => Self::Stale,
            other => Self::Store(other),
        }
    }
}

impl Operators {
    /// Admits an operator.
    ///
    /// # Errors
    /// `Denied` unless an administrator asks; `NameTaken`; `NoSuchTeam`; `Password`.
    pub async fn admit(&self, caller: &Caller, admit: Admit) -> Result<Operator, AdmissionError> {
        let Admit {
            name,
            assignment,
            password,
        } = admit;
        let now = self.clock.now();
        let id = OperatorId::draw(now, &*self.entropy);
        let on = Subject::Operator(id);
        let permit = self
            .store
            .permit(caller, Action::AdmitOperator, on, now)
            .await?;
        let password = self.hasher.hash(password).await?;
        self.store
            .write(permit, now, async move |tx| {
                for team in &assignment.teams {
                    tx.team(*team)
                        .await
                        .map_err(|_| AdmissionError::NoSuchTeam)?;
                }
                Ok(tx
                    .write(Operator::admit(id, name, assignment, password, now))
                    .await?)
            })
            .await
    }

    /// Gives an operator another role or other teams.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, `NoSuchTeam`, `Stale` when `expected` is no longer the revision.
    pub async fn reassign(
        &self,
        caller: &Caller,
        operator: OperatorId,
        assignment: Assignment,
        expected: Option<Revision>,
    ) -> Result<Operator, AdmissionError> {
        let now = self.clock.now();
        let on = Subject::Operator(operator);
        let permit = self
            .store
            .permit(caller, Action::ReassignOperator, on, now)
            .await?;
        self.store
            .write(permit, now, async move |tx| {
                for team in &assignment.teams {
                    tx.team(*team)
                        .await
                        .map_err(|_| AdmissionError::NoSuchTeam)?;
                }
                let operator = tx.operator(operator).await?;
                gatewright_store::expect(&operator, expected)?;
                Ok(tx.write(operator.reassign(assignment)).await?)
            })
            .await
    }

    /// Stops an operator from signing in; their sessions and access tokens end with it.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, `AlreadyDisabled`.
    pub async fn disable(
        &self,
        caller: &Caller,
        operator: OperatorId,
    ) -> Result<Operator, AdmissionError> {
        let now = self.clock.now();
        let on = Subject::Operator(operator);
        let permit = self
            .store
            .permit(caller, Action::DisableOperator, on, now)
            .await?;
        self.store
            .write(permit, now, async move |tx| {
                let operator = tx.operator(operator).await?;
                Ok(tx.write(operator.disable(now)?).await?)
            })
            .await
    }

    /// Lets a disabled operator in again.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, `NotDisabled`.
    pub async fn enable(
        &self,
        caller: &Caller,
        operator: OperatorId,
    ) -> Result<Operator, AdmissionError> {
        let now = self.clock.now();
        let on = Subject::Operator(operator);
        let permit = self
            .store
            .permit(caller, Action::EnableOperator, on, now)
            .await?;
        self.store
            .write(permit, now, async move |tx| {
                let operator = tx.operator(operator).await?;
                Ok(tx.write(operator.enable()?).await?)
            })
            .await
    }

    /// Changes one's own password; every other session of the operator ends.
    ///
    /// # Errors
    /// `Denied`; `WrongPassword` when the present one is not right; `Password`.
    pub async fn change_password(
        &self,
        caller: &Caller,
        operator: OperatorId,
        present: Secret<String>,
        new: Password,
    ) -> Result<Operator, AdmissionError> {
        let now = self.clock.now();
        let on = Subject::Operator(operator);
        let permit = self
            .store
            .permit(caller, Action::ChangePassword, on, now)
            .await?;
        let known = self.store.reader().operator(operator).await?;
        if self
            .hasher
            .verify(present, Some(known.password().clone()))
            .await?
            == Matches::No
        {
            return Err(AdmissionError::WrongPassword);
        }
        let password = self.hasher.hash(new).await?;
        let changed = self
            .store
            .write(permit, now, async move |tx| {
                let operator = tx.operator(operator).await?;
                Ok::<_, AdmissionError>(tx.write(operator.change_password(password)).await?)
            })
            .await?;
        self.store.close_sessions_of(operator).await?;
        Ok(changed)
    }

    /// Sets an operator's password without knowing the present one; every session of theirs ends.
    ///
    /// # Errors
    /// `Denied` unless an administrator asks; `NotFound`; `Password`.
    pub async fn reset_password(
        &self,
        caller: &Caller,
        operator: OperatorId,
        new: Password,
    ) -> Result<Operator, AdmissionError> {
        let now = self.clock.now();
        let on = Subject::Operator(operator);
        let permit = self
            .store
            .permit(caller, Action::ResetPassword, on, now)
            .await?;
        let password = self.hasher.hash(new).await?;
        let changed = self
            .store
            .write(permit, now, async move |tx| {
                let operator = tx.operator(operator).await?;
                Ok::<_, AdmissionError>(tx.write(operator.change_password(password)).await?)
            })
            .await?;
        self.store.close_sessions_of(operator).await?;
        Ok(changed)
    }
}
