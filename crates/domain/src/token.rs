//! Tokens: what an application calls with. A row for every token, committed before it is signed; the text is never kept.

mod entitlement;
mod grant;
mod jti;
mod lineage;
mod listing;

use std::collections::BTreeSet;

use crate::{
    access::Subject,
    audit::{Aggregate, Change, Facts, Kind, Target, facts, list, or_none},
    binding::Binding,
    consumer::{Application, ClientId},
    id::{ApplicationId, FamilyId, TeamId, TokenId},
    key::{Algorithm, Kid},
    operation::Scope,
    plan::Lifetime,
    revision::Revision,
    revocation::Revocation,
    text::{ApiName, Name, Reason},
    time::Timestamp,
    version::VersionRef,
};

pub use entitlement::Entitlement;
pub(crate) use entitlement::covered;
use entitlement::covering;
pub use grant::{GrantRefused, GrantWish, Grantee, Within};
pub use jti::Jti;
pub use lineage::{Acting, Lineage, LineageError, of_session};
pub use listing::Listing;

/// An issued token: everything about it but its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    id: TokenId,
    jti: Jti,
    name: Name,
    application: ApplicationId,
    kid: Kid,
    versions: Vec<VersionRef>,
    scopes: BTreeSet<Scope>,
    issued: Timestamp,
    expires: Timestamp,
    revoked: Option<Timestamp>,
    family: Option<FamilyId>,
    binding: Option<Binding>,
    lineage: Option<Lineage>,
    revision: Revision,
}

/// A token as stored; only the store restores one (`tidy` checks).
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of `Token`")]
pub struct TokenParts {
    pub id: TokenId,
    pub jti: Jti,
    pub name: Name,
    pub application: ApplicationId,
    pub kid: Kid,
    pub versions: Vec<VersionRef>,
    pub scopes: BTreeSet<Scope>,
    pub issued: Timestamp,
    pub expires: Timestamp,
    pub revoked: Option<Timestamp>,
    pub family: Option<FamilyId>,
    pub binding: Option<Binding>,
    pub lineage: Option<Lineage>,
    pub revision: Revision,
}

/// What is asked for when a token is issued.
#[derive(Clone, Debug)]
pub struct TokenWish {
    /// What people will call it.
    pub name: Name,
    /// The scopes it shall carry. With none it reaches every subscribed version, but only operations that need none.
    pub scopes: BTreeSet<Scope>,
    /// How long it shall live.
    pub lifetime: Lifetime,
}

/// What the issuer has drawn and looked up for a new token.
#[derive(Clone, Debug)]
pub struct Issuance {
    /// The id drawn for it.
    pub id: TokenId,
    /// The name drawn for it.
    pub jti: Jti,
    /// The key that signs now.
    pub kid: Kid,
}

/// Why no token is issued.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The application may not call.
    #[error("the application is disabled; enable it first")]
    ApplicationDisabled,
    /// Every token up to a moment was revoked, and that moment has not passed.
    #[error("tokens were just revoked; try again after {0}")]
    TooSoon(Timestamp),
    /// The application has no active subscription.
    #[error("the application has no active subscription; subscribe it to a version first")]
    NoSubscription,
    /// A scope is not covered by an active subscription.
    #[error("the scope {0} is not part of an active subscription of this application")]
    ScopeNotSubscribed(Scope),
    /// A plan allows no such lifetime.
    #[error("the plan {plan} allows tokens to live at most {max} seconds")]
    LongerThanPlan {
        /// The plan.
        plan: Name,
        /// Its ceiling in seconds.
        max: u32,
    },
    /// No token outlives the version it is for.
    #[error("{version} ends at {sunset}, and no token outlives the version it is for")]
    BeyondSunset {
        /// The version.
        version: String,
        /// When it ends.
        sunset: Timestamp,
    },
    /// It would be for APIs whose tokens are signed with different algorithms.
    #[error(
        "tokens for {} are signed with {}, and those for {} with {}; ask for one for each",
        .one.0, .one.1, .other.0, .other.1
    )]
    AlgorithmsDiffer {
        /// An API, and its algorithm.
        one: (ApiName, Algorithm),
        /// Another.
        other: (ApiName, Algorithm),
    },
    /// The token was revoked before.
    #[error("the token is revoked already")]
    AlreadyRevoked,
}

impl Token {
    /// Decides a new token. `iat` is this second, `exp` so much later (RFC 7519 `NumericDate`: whole seconds).
    ///
    /// # Errors
    /// Every variant of `TokenError` but `AlreadyRevoked`.
    pub fn issue(
        application: &Application,
        entitlements: &[Entitlement],
        wish: TokenWish,
        issuance: Issuance,
        now: Timestamp,
    ) -> Result<Change<Self>, TokenError> {
        let issued = application.may_issue(now)?;
        let TokenWish {
            name,
            scopes,
            lifetime,
        } = wish;
        let used = covering(entitlements, &scopes)?;
        let expires = issued.plus(lifetime.duration());
        used.iter()
            .try_for_each(|entitlement| entitlement.allows(lifetime, expires))?;
        let Issuance { id, jti, kid } = issuance;
        let versions = entitlement::places(&used);
        let token = Self {
            id,
            jti,
            name,
            application: application.id,
            kid,
            versions,
            scopes,
            issued,
            expires,
            revoked: None,
            family: None,
            binding: None,
            lineage: None,
            revision: Revision::NEW,
        };
        Ok(Change::first(Kind::TokenIssued, token))
    }

    /// The token of stored parts.
    #[must_use]
    pub fn restore(parts: TokenParts) -> Self {
        let TokenParts {
            id,
            jti,
            name,
            application,
            kid,
            versions,
            scopes,
            issued,
            expires,
            revoked,
            family,
            binding,
            lineage,
            revision,
        } = parts;
        Self {
            id,
            jti,
            name,
            application,
            kid,
            versions,
            scopes,
            issued,
            expires,
            revoked,
            family,
            binding,
            lineage,
            revision,
        }
    }

    /// Ends it before its time.
    ///
    /// # Errors
    /// `AlreadyRevoked`.
    pub fn revoke(
        self,
        reason: Option<Reason>,
        now: Timestamp,
    ) -> Result<Change<Self>, TokenError> {
        if self.revoked.is_some() {
            return Err(TokenError::AlreadyRevoked);
        }
        let revocation = Revocation::of_token(&self);
        let revoke = |token| Self {
            revoked: Some(now),
            ..token
        };
        let change = Change::step(Kind::TokenRevoked, self, revoke);
        Ok(change.because(reason).revoking(revocation))
    }

    /// The id of its row.
    #[must_use]
    pub fn id(&self) -> TokenId {
        self.id
    }

    /// The name it carries.
    #[must_use]
    pub fn jti(&self) -> &Jti {
        &self.jti
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Whose it is.
    #[must_use]
    pub fn application(&self) -> ApplicationId {
        self.application
    }

    /// The key that signs it.
    #[must_use]
    pub fn kid(&self) -> &Kid {
        &self.kid
    }

    /// The versions it is for: its audience.
    #[must_use]
    pub fn versions(&self) -> &[VersionRef] {
        &self.versions
    }

    /// The scopes it carries.
    #[must_use]
    pub fn scopes(&self) -> &BTreeSet<Scope> {
        &self.scopes
    }

    /// When it was issued, on a whole second.
    #[must_use]
    pub fn issued(&self) -> Timestamp {
        self.issued
    }

    /// When it ends, on a whole second.
    #[must_use]
    pub fn expires(&self) -> Timestamp {
        self.expires
    }

    /// When it was revoked, if it was.
    #[must_use]
    pub fn revoked(&self) -> Option<Timestamp> {
        self.revoked
    }

    /// The refresh family it came of, with which it is revoked.
    #[must_use]
    pub fn family(&self) -> Option<FamilyId> {
        self.family
    }

    /// What its sender must prove to hold.
    #[must_use]
    pub fn binding(&self) -> Option<&Binding> {
        self.binding.as_ref()
    }

    /// Where it came from, when it is not just its application's own.
    #[must_use]
    pub fn lineage(&self) -> Option<&Lineage> {
        self.lineage.as_ref()
    }

    /// Whom it is about: its `sub`.
    #[must_use]
    pub fn subject_name(&self) -> String {
        match &self.lineage {
            Some(lineage) => lineage.subject.clone(),
            None => ClientId::of(self.application).to_string(),
        }
    }

    /// The name of its session, its `sid`: it dies with everything that stands in it.
    #[must_use]
    pub fn session(&self) -> Option<String> {
        lineage::session(self.family, self.lineage.as_ref())
    }
}

impl Aggregate for Token {
    fn target(&self) -> Target {
        let (id, label) = (self.id.to_string(), self.name.to_string());
        Target {
            kind: "token",
            id,
            label,
            parent: Some(self.application.to_string()),
        }
    }

    fn subject(&self) -> Subject {
        let teams: BTreeSet<TeamId> = self
            .versions
            .iter()
            .map(|version| version.api.team)
            .collect();
        Subject::Grant {
            application: self.application,
            teams,
        }
    }

    fn facts(&self) -> Facts {
        let mut facts = facts([
            ("jti", self.jti.to_string()),
            ("kid", self.kid.to_string()),
            ("versions", list(&self.versions)),
            ("scopes", list(&self.scopes)),
            ("expires", self.expires.to_string()),
            ("revoked", or_none(self.revoked)),
        ]);
        // Said only of tokens that have them: most have none.
        let family = self.family.map(|family| ("family", family.to_string()));
        let binding = self.binding.as_ref();
        let binding = binding.map(|binding| ("binding", binding.to_string()));
        let about = self.lineage.iter().flat_map(|lineage| {
            let (subject, actors) = (lineage.subject.clone(), list(&lineage.actors));
            [("about", subject), ("actors", actors)]
        });
        facts.extend(family.into_iter().chain(binding).chain(about));
        facts
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}
