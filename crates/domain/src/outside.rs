//! Outside issuers: whose tokens we accept beside our own, and what each of those tokens may do here.
//!
//! Invariant: an outside issuer never has our own name or one that reads like it, and what its tokens may do is what a rule
//! gives them, within what the application of that rule is subscribed to.

mod claim;
mod kept;
mod lifetime;
mod name;
mod rule;
mod source;
mod trusted;

use crate::{
    access::Subject,
    audit::{Aggregate, Change, Facts, Kind, Target, facts, or_none},
    digest::sha256_hex,
    id::OutsideIssuerId,
    revision::Revision,
    text::{Name, Reason},
    time::Timestamp,
};

pub use claim::{ClaimPath, NotAClaimPath};
pub use kept::KeptKeys;
pub use lifetime::{IssuerLifetime, LONGEST_LIFE, NotALifetime};
pub use name::{IssuerAudience, IssuerName, NotAnIssuerName};
pub use rule::{Condition, MappingRule, Matched, NotRules, Rules, ScopeGrant};
pub use source::{Algorithms, KeySetAddress, KeySource, NotAKeySource, TokenKinds};
pub use trusted::{Mapped, TravellingSecret, TrustedIssuer, TrustedKeys, TrustedRule};

/// An issuer whose tokens are accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsideIssuer {
    id: OutsideIssuerId,
    terms: IssuerTerms,
    source: KeySource,
    standing: IssuerStanding,
    keys: Option<KeptKeys>,
    trusted: Timestamp,
    revision: Revision,
}

/// What an issuer's tokens are judged by, apart from their signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerTerms {
    /// What people call it, unique without regard to case among those that are not withdrawn.
    pub name: Name,
    /// The `iss` of its tokens, byte for byte; unique likewise.
    pub issuer: IssuerName,
    /// What their `aud` must hold.
    pub audience: IssuerAudience,
    /// Which `typ` they have.
    pub kinds: TokenKinds,
    /// The longest life they may have.
    pub max_lifetime: IssuerLifetime,
    /// What they may do here: the first rule that matches says so.
    pub rules: Rules,
}

/// Where an issuer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssuerStanding {
    /// Its tokens are accepted.
    Trusted,
    /// They are not for now.
    Suspended {
        /// Since when.
        at: Timestamp,
    },
    /// They never are again.
    Withdrawn {
        /// Since when.
        at: Timestamp,
    },
}

/// An outside issuer as stored; only the store restores one (`tidy` checks).
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of `OutsideIssuer`")]
pub struct OutsideIssuerParts {
    pub id: OutsideIssuerId,
    pub terms: IssuerTerms,
    pub source: KeySource,
    pub standing: IssuerStanding,
    pub keys: Option<KeptKeys>,
    pub trusted: Timestamp,
    pub revision: Revision,
}

/// Why a move of an outside issuer is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutsideIssuerError {
    /// It is our own, or reads like it.
    #[error(
        "this is the name of our own issuer, or reads like it; our own tokens are never taken from outside"
    )]
    OurOwn,
    /// Its key set is discovered, and its name is no address.
    #[error("discovery needs an issuer that is an https address; give the address of its key set")]
    NotDiscoverable,
    /// It is suspended already.
    #[error("the issuer is suspended already")]
    AlreadySuspended,
    /// It is not suspended.
    #[error("the issuer is not suspended")]
    NotSuspended,
    /// It was withdrawn.
    #[error("the issuer was withdrawn, and nothing about it changes any more")]
    Withdrawn,
    /// It has no key set to fetch.
    #[error("the issuer signs with a shared secret and has no key set to fetch")]
    NoKeySet,
}

impl OutsideIssuer {
    /// Trusts an issuer from now on. `ours` is the name of our own.
    ///
    /// # Errors
    /// `OurOwn`; `NotDiscoverable`.
    pub fn trust(
        id: OutsideIssuerId,
        terms: IssuerTerms,
        source: KeySource,
        ours: &str,
        now: Timestamp,
    ) -> Result<Change<Self>, OutsideIssuerError> {
        if terms.issuer.reads_like(ours) {
            return Err(OutsideIssuerError::OurOwn);
        }
        if matches!(source, KeySource::Discovery { .. }) && !terms.issuer.is_an_address() {
            return Err(OutsideIssuerError::NotDiscoverable);
        }
        Ok(Change::first(
            Kind::IssuerTrusted,
            Self {
                id,
                terms,
                source,
                standing: IssuerStanding::Trusted,
                keys: None,
                trusted: now,
                revision: Revision::NEW,
            },
        ))
    }

    /// Gives its tokens other rules.
    ///
    /// # Errors
    /// `Withdrawn`.
    pub fn map_by(self, rules: Rules) -> Result<Change<Self>, OutsideIssuerError> {
        self.is_there()?;
        Ok(Change::step(Kind::IssuerRulesEdited, self, |issuer| Self {
            terms: IssuerTerms {
                rules,
                ..issuer.terms
            },
            ..issuer
        }))
    }

    /// Accepts none of its tokens for now.
    ///
    /// # Errors
    /// `AlreadySuspended`; `Withdrawn`.
    pub fn suspend(
        self,
        reason: Option<Reason>,
        now: Timestamp,
    ) -> Result<Change<Self>, OutsideIssuerError> {
        self.is_there()?;
        if matches!(self.standing, IssuerStanding::Suspended { .. }) {
            return Err(OutsideIssuerError::AlreadySuspended);
        }
        let standing = IssuerStanding::Suspended { at: now };
        let suspend = |issuer| Self { standing, ..issuer };
        Ok(Change::step(Kind::IssuerSuspended, self, suspend).because(reason))
    }

    /// Accepts its tokens again.
    ///
    /// # Errors
    /// `NotSuspended`; `Withdrawn`.
    pub fn resume(self) -> Result<Change<Self>, OutsideIssuerError> {
        self.is_there()?;
        if !matches!(self.standing, IssuerStanding::Suspended { .. }) {
            return Err(OutsideIssuerError::NotSuspended);
        }
        let standing = IssuerStanding::Trusted;
        Ok(Change::step(Kind::IssuerResumed, self, |issuer| Self {
            standing,
            ..issuer
        }))
    }

    /// Accepts none of its tokens ever again, and forgets its keys.
    ///
    /// # Errors
    /// `Withdrawn`.
    pub fn withdraw(
        self,
        reason: Option<Reason>,
        now: Timestamp,
    ) -> Result<Change<Self>, OutsideIssuerError> {
        self.is_there()?;
        let standing = IssuerStanding::Withdrawn { at: now };
        let withdraw = |issuer| Self {
            standing,
            keys: None,
            ..issuer
        };
        Ok(Change::step(Kind::IssuerWithdrawn, self, withdraw).because(reason))
    }

    /// Takes the keys that were fetched; nothing changes when they are those that are kept.
    ///
    /// # Errors
    /// `NoKeySet`; `Withdrawn`.
    pub fn take_keys(self, keys: KeptKeys) -> Result<Option<Change<Self>>, OutsideIssuerError> {
        self.is_there()?;
        if matches!(self.source, KeySource::Secret { .. }) {
            return Err(OutsideIssuerError::NoKeySet);
        }
        if self.keys.as_ref().is_some_and(|kept| kept.set == keys.set) {
            return Ok(None);
        }
        let take = |issuer| Self {
            keys: Some(keys),
            ..issuer
        };
        Ok(Some(Change::step(Kind::IssuerKeysTaken, self, take)))
    }

    fn is_there(&self) -> Result<(), OutsideIssuerError> {
        match self.standing {
            IssuerStanding::Trusted | IssuerStanding::Suspended { .. } => Ok(()),
            IssuerStanding::Withdrawn { .. } => Err(OutsideIssuerError::Withdrawn),
        }
    }

    /// Brings a stored issuer back to life.
    #[must_use]
    pub fn restore(parts: OutsideIssuerParts) -> Self {
        let OutsideIssuerParts {
            id,
            terms,
            source,
            standing,
            keys,
            trusted,
            revision,
        } = parts;
        Self {
            id,
            terms,
            source,
            standing,
            keys,
            trusted,
            revision,
        }
    }
}

/// What it is.
impl OutsideIssuer {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> OutsideIssuerId {
        self.id
    }

    /// What its tokens are judged by.
    #[must_use]
    pub fn terms(&self) -> &IssuerTerms {
        &self.terms
    }

    /// Where its keys come from.
    #[must_use]
    pub fn source(&self) -> &KeySource {
        &self.source
    }

    /// Where it stands.
    #[must_use]
    pub fn standing(&self) -> IssuerStanding {
        self.standing
    }

    /// Its keys as last fetched, if they ever were.
    #[must_use]
    pub fn keys(&self) -> Option<&KeptKeys> {
        self.keys.as_ref()
    }

    /// Since when it has been trusted.
    #[must_use]
    pub fn trusted(&self) -> Timestamp {
        self.trusted
    }
}

impl IssuerStanding {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Suspended { .. } => "suspended",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }
}

impl Aggregate for OutsideIssuer {
    fn target(&self) -> Target {
        Target {
            kind: "issuer",
            id: self.id.to_string(),
            label: self.terms.name.to_string(),
            parent: None,
        }
    }

    fn subject(&self) -> Subject {
        if self.revision == Revision::NEW {
            return Subject::Installation;
        }
        Subject::Issuer(self.id)
    }

    fn facts(&self) -> Facts {
        let keys = self.keys.as_ref();
        facts([
            ("name", self.terms.name.to_string()),
            ("issuer", self.terms.issuer.to_string()),
            ("audience", self.terms.audience.to_string()),
            ("kinds", self.terms.kinds.as_str().to_owned()),
            (
                "max-lifetime",
                self.terms.max_lifetime.seconds().to_string(),
            ),
            ("rules", self.terms.rules.to_string()),
            ("source", self.source.to_string()),
            ("standing", self.standing.word().to_owned()),
            (
                "keys",
                or_none(keys.map(|keys| sha256_hex(keys.set.as_bytes()))),
            ),
        ])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}
