//! Client secrets: `gw_cs_<8 characters of id>_<43 drawn characters>_<6 of checksum>`. Shown once; only a keyed hash is kept.
//!
//! An application has at most two that work at once, so that one can be replaced while the other still serves.

use std::{collections::BTreeSet, fmt, str::FromStr, time::Duration};

use crate::{
    access::Subject,
    audit::{Aggregate, Change, Facts, Kind, Target, facts, or_none},
    consumer::Application,
    credential::{ALPHABET, checksum, symbol},
    entropy::Entropy,
    id::{ApplicationId, TeamId},
    revision::Revision,
    revocation::{Revocation, RevocationKind},
    secret::Secret,
    text::Reason,
    time::Timestamp,
};

const PREFIX: &str = "gw_cs_";
const ID: usize = 8;

/// 43 characters of base 62 are 256 drawn bits: too many to guess, so that a keyed hash is enough to keep of them.
const DRAWN: usize = 43;
const CHECKSUM: usize = 6;

/// As many secrets of one application work at once: the one in use, and its successor.
const AT_ONCE: usize = 2;

/// The public part of a client secret, by which it is named and found.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretId(String);

/// A text that names no client secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the id of a client secret: expected 8 letters or digits")]
pub struct NotASecretId;

impl SecretId {
    /// The 8 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SecretId {
    type Err = NotASecretId;

    fn from_str(text: &str) -> Result<Self, NotASecretId> {
        if text.len() == ID && is_drawn(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotASecretId)
        }
    }
}

impl fmt::Display for SecretId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SecretId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for SecretId {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for SecretId {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Draws the text of a new secret, with the id inside it.
#[must_use]
pub fn draw(entropy: &dyn Entropy) -> (SecretId, Secret<String>) {
    let id: String = (0..ID).map(|_| symbol(entropy)).collect();
    let mut text = String::with_capacity(PREFIX.len() + ID + DRAWN + CHECKSUM + 2);
    text.push_str(PREFIX);
    text.push_str(&id);
    text.push('_');
    (0..DRAWN).for_each(|_| text.push(symbol(entropy)));
    let checksum = checksum(&text);
    text.push('_');
    text.push_str(&checksum);
    (SecretId(id), Secret::new(text))
}

/// How many characters a client secret has.
pub const SECRET_LENGTH: usize = PREFIX.len() + ID + 1 + DRAWN + 1 + CHECKSUM;

/// The id inside a text that is a whole client secret; nothing for any other text, before anything is looked up.
#[must_use]
pub fn secret_id(text: &str) -> Option<SecretId> {
    let (signed, given) = text.rsplit_once('_')?;
    let (id, drawn) = signed.strip_prefix(PREFIX)?.split_once('_')?;
    let whole = drawn.len() == DRAWN && is_drawn(drawn) && checksum(signed) == given;
    id.parse().ok().filter(|_| whole)
}

fn is_drawn(text: &str) -> bool {
    text.bytes().all(|byte| ALPHABET.contains(&byte))
}

/// What was drawn for a new secret.
#[derive(Debug)]
pub struct DrawnSecret {
    /// Its id.
    pub id: SecretId,
    /// The keyed hash of its text.
    pub hmac: Vec<u8>,
}

/// When a secret shall stop working.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// When somebody revokes it.
    Never,
    /// After this time.
    After(Duration),
}

/// A client secret: everything about it but its text.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret {
    id: SecretId,
    application: ApplicationId,
    teams: BTreeSet<TeamId>,
    hmac: Vec<u8>,
    issued: Timestamp,
    expires: Option<Timestamp>,
    revoked: Option<Timestamp>,
    revision: Revision,
}

/// A client secret as stored; only the store restores one (`tidy` checks).
#[expect(missing_docs, reason = "the fields are those of `ClientSecret`")]
pub struct ClientSecretParts {
    pub id: SecretId,
    pub application: ApplicationId,
    pub teams: BTreeSet<TeamId>,
    pub hmac: Vec<u8>,
    pub issued: Timestamp,
    pub expires: Option<Timestamp>,
    pub revoked: Option<Timestamp>,
    pub revision: Revision,
}

/// Why a move of a client secret is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientSecretError {
    /// Two work already.
    #[error("the application has two secrets that work; revoke one first")]
    TwoAlready,
    /// It does not work any more.
    #[error("it is revoked or over already")]
    AlreadyOver,
    /// An end that is too near or too far.
    #[error("a secret or an overlap lasts from one minute to ten years")]
    NotAnEnd,
}

/// The bounds of an end: below a minute nobody can deploy a secret, beyond ten years nobody remembers it.
const SHORTEST: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(10 * 366 * 86_400);

impl ClientSecret {
    /// A new secret of an application, beside those it has.
    ///
    /// # Errors
    /// `TwoAlready`; `NotAnEnd`.
    pub fn issue(
        application: &Application,
        others: &[Self],
        drawn: DrawnSecret,
        ending: Ending,
        now: Timestamp,
    ) -> Result<Change<Self>, ClientSecretError> {
        if others.iter().filter(|other| other.works(now)).count() >= AT_ONCE {
            return Err(ClientSecretError::TwoAlready);
        }
        let DrawnSecret { id, hmac } = drawn;
        let secret = Self {
            id,
            application: application.id,
            teams: application.teams.clone(),
            hmac,
            issued: now,
            expires: match ending {
                Ending::Never => None,
                Ending::After(span) => Some(end(span, now)?),
            },
            revoked: None,
            revision: Revision::NEW,
        };
        Ok(Change::first(Kind::ClientSecretIssued, secret))
    }

    /// The secret of stored parts.
    #[must_use]
    pub fn restore(parts: ClientSecretParts) -> Self {
        let ClientSecretParts {
            id,
            application,
            teams,
            hmac,
            issued,
            expires,
            revoked,
            revision,
        } = parts;
        Self {
            id,
            application,
            teams,
            hmac,
            issued,
            expires,
            revoked,
            revision,
        }
    }

    /// Lets it work for this long beside its successor, and no longer. One that ends sooner keeps its end.
    ///
    /// # Errors
    /// `AlreadyOver`; `NotAnEnd`.
    pub fn overlap(
        self,
        span: Duration,
        now: Timestamp,
    ) -> Result<Change<Self>, ClientSecretError> {
        if !self.works(now) {
            return Err(ClientSecretError::AlreadyOver);
        }
        let end = end(span, now)?;
        let end = self.expires.map_or(end, |earlier| earlier.min(end));
        let step = |secret| Self {
            expires: Some(end),
            ..secret
        };
        Ok(Change::step(Kind::ClientSecretEnding, self, step))
    }

    /// Stops it at once.
    ///
    /// # Errors
    /// `AlreadyOver`.
    pub fn revoke(
        self,
        reason: Option<Reason>,
        now: Timestamp,
    ) -> Result<Change<Self>, ClientSecretError> {
        if !self.works(now) {
            return Err(ClientSecretError::AlreadyOver);
        }
        let revocation = Revocation {
            expires: self.expires,
            ..Revocation::whole(RevocationKind::ClientSecret, &self)
        };
        let step = |secret| Self {
            revoked: Some(now),
            ..secret
        };
        let change = Change::step(Kind::ClientSecretRevoked, self, step);
        Ok(change.because(reason).revoking(revocation))
    }

    /// Whether it proves anything now.
    #[must_use]
    pub fn works(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|end| now < end)
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &SecretId {
        &self.id
    }

    /// Whose it is.
    #[must_use]
    pub fn application(&self) -> ApplicationId {
        self.application
    }

    /// The keyed hash of its text.
    #[must_use]
    pub fn hmac(&self) -> &[u8] {
        &self.hmac
    }

    /// When it was issued.
    #[must_use]
    pub fn issued(&self) -> Timestamp {
        self.issued
    }

    /// When it ends by itself, if it does.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        self.expires
    }

    /// When it was revoked, if it was.
    #[must_use]
    pub fn revoked(&self) -> Option<Timestamp> {
        self.revoked
    }
}

fn end(span: Duration, now: Timestamp) -> Result<Timestamp, ClientSecretError> {
    if (SHORTEST..=LONGEST).contains(&span) {
        Ok(now.plus(span))
    } else {
        Err(ClientSecretError::NotAnEnd)
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientSecret({})", self.id)
    }
}

impl Aggregate for ClientSecret {
    fn target(&self) -> Target {
        Target {
            kind: "client-secret",
            id: self.id.to_string(),
            label: format!("{PREFIX}{}", self.id),
            parent: Some(self.application.to_string()),
        }
    }

    fn subject(&self) -> Subject {
        Subject::Grant {
            application: self.application,
            teams: self.teams.clone(),
        }
    }

    fn facts(&self) -> Facts {
        facts([
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
