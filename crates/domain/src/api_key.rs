//! API keys: opaque secrets that an application calls with, judged by the gateways alone. What is kept of one is a
//! fingerprint, so no key is anywhere once it was shown, and signing keys have no part in it.
//!
//! A plan's ceiling on lifetimes is not asked here: it bounds how long a token that others verify by themselves can go on,
//! and a key is refused from the next revision on. No more are versions' ends: a key opens a version as long as it answers.

use std::{collections::BTreeSet, time::Duration};

use crate::{
    access::Subject,
    audit::{Aggregate, Change, Facts, Kind, Target, facts, list, or_none},
    consumer::Application,
    credential::Fingerprint,
    id::{ApiKeyId, ApplicationId, TeamId},
    operation::Scope,
    revision::Revision,
    revocation::Revocation,
    text::{Name, Reason},
    time::Timestamp,
    token::{Entitlement, TokenError, covered},
    version::VersionRef,
};

/// The longest an API key may live, when it has an end: ten years, beyond which "for ever" is the more honest word.
pub const LONGEST: Duration = Duration::from_secs(3_653 * 86_400);

/// An API key: everything about it but its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id, by which decisions and records name it.
    pub id: ApiKeyId,
    /// What people call it.
    pub name: Name,
    /// Whose it is.
    pub application: ApplicationId,
    /// SHA-256 of the whole secret.
    pub fingerprint: Fingerprint,
    /// The first characters, for recognising it in a list.
    pub hint: String,
    /// The versions it is for, in order of id.
    pub versions: Vec<VersionRef>,
    /// The scopes it carries.
    pub scopes: BTreeSet<Scope>,
    /// When it was issued, on a whole second, so that a watermark compares it as it compares tokens.
    pub issued: Timestamp,
    /// When it ends, if it does by itself.
    pub expires: Option<Timestamp>,
    /// When it was revoked, if it was.
    pub revoked: Option<Timestamp>,
    /// How often it was written.
    pub revision: Revision,
}

/// What is asked for when an API key is issued.
#[derive(Clone, Debug)]
pub struct ApiKeyWish {
    /// What people will call it.
    pub name: Name,
    /// The scopes it shall carry. With none it reaches every subscribed version, but only operations that need none.
    pub scopes: BTreeSet<Scope>,
    /// How long it shall live; until it is revoked when nothing is said.
    pub lifetime: Option<Duration>,
}

/// What the issuer has drawn for a new API key.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The id.
    pub id: ApiKeyId,
    /// The fingerprint of the secret.
    pub fingerprint: Fingerprint,
    /// The secret's first characters.
    pub hint: String,
}

/// Whether an API key is good for anything now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is, as far as subscriptions and scopes let it.
    Live,
    /// It has ended by itself.
    Expired,
    /// It was revoked, alone or with everything else of its application.
    Revoked,
    /// Its application may not call.
    Disabled,
}

/// Why no API key is issued, or why one cannot be revoked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiKeyError {
    /// The application may not have one, for the reason for which it may not have a token.
    #[error(transparent)]
    Refused(#[from] TokenError),
    /// It would live too shortly or too long.
    #[error("an API key lives from one minute to ten years, or until it is revoked")]
    Lifetime,
    /// It was revoked before.
    #[error("the API key is revoked already")]
    AlreadyRevoked,
}

impl ApiKey {
    /// Decides a new API key.
    ///
    /// # Errors
    /// `Refused` when the application is disabled, was just told to revoke everything, or has not subscribed to what is
    /// asked for; `Lifetime`.
    pub fn issue(
        application: &Application,
        entitlements: &[Entitlement],
        wish: ApiKeyWish,
        drawn: Drawn,
        now: Timestamp,
    ) -> Result<Change<Self>, ApiKeyError> {
        let issued = application.may_issue(now)?;
        let ApiKeyWish {
            name,
            scopes,
            lifetime,
        } = wish;
        let fits = |life: &Duration| (Duration::from_secs(60)..=LONGEST).contains(life);
        if !lifetime.as_ref().is_none_or(fits) {
            return Err(ApiKeyError::Lifetime);
        }
        let Drawn {
            id,
            fingerprint,
            hint,
        } = drawn;
        let key = Self {
            id,
            name,
            application: application.id,
            fingerprint,
            hint,
            versions: covered(entitlements, &scopes)?,
            scopes,
            issued,
            expires: lifetime.map(|life| issued.plus(life)),
            revoked: None,
            revision: Revision::NEW,
        };
        Ok(Change::first(Kind::ApiKeyIssued, key))
    }

    /// Whether it is good for anything now.
    #[must_use]
    pub fn standing(&self, application: &Application, now: Timestamp) -> Standing {
        let with_all = application
            .not_before
            .is_some_and(|watermark| self.issued < watermark);
        if self.revoked.is_some() || with_all {
            return Standing::Revoked;
        }
        if self.expires.is_some_and(|end| end <= now) {
            return Standing::Expired;
        }
        match application.disabled {
            Some(_) => Standing::Disabled,
            None => Standing::Live,
        }
    }

    /// Ends it.
    ///
    /// # Errors
    /// `AlreadyRevoked`.
    pub fn revoke(
        self,
        reason: Option<Reason>,
        now: Timestamp,
    ) -> Result<Change<Self>, ApiKeyError> {
        if self.revoked.is_some() {
            return Err(ApiKeyError::AlreadyRevoked);
        }
        let revocation = Revocation::of_api_key(&self);
        let revoke = |key| Self {
            revoked: Some(now),
            ..key
        };
        let change = Change::step(Kind::ApiKeyRevoked, self, revoke);
        Ok(change.because(reason).revoking(revocation))
    }
}

impl Aggregate for ApiKey {
    fn target(&self) -> Target {
        let (id, label) = (self.id.to_string(), self.name.to_string());
        Target {
            kind: "api-key",
            id,
            label,
            parent: Some(self.application.to_string()),
        }
    }

    fn subject(&self) -> Subject {
        let versions = self.versions.iter();
        let teams: BTreeSet<TeamId> = versions.map(|version| version.api.team).collect();
        Subject::Grant {
            application: self.application,
            teams,
        }
    }

    fn facts(&self) -> Facts {
        facts([
            ("hint", self.hint.clone()),
            ("versions", list(&self.versions)),
            ("scopes", list(&self.scopes)),
            ("expires", or_none(self.expires)),
            ("revoked", or_none(self.revoked)),
        ])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}
