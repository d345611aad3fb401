//! Key-encryption keys as the installation knows them: which there are, which one seals, which is over. What they are made of
//! is never here.
//!
//! Invariant: at most one is active, and one that any secret still needs is never retired.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    access::Subject,
    audit::{Aggregate, Change, Facts, Kind, Target, facts, or_none},
    revision::Revision,
    time::Timestamp,
};

/// The name of a key-encryption key: who keeps it, and twelve hexadecimal digits of a fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KekId(String);

/// A text that cannot name a key-encryption key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not the name of a key-encryption key: expected kek-, hsm- or vault- and 12 hexadecimal digits"
)]
pub struct NotAKekId;

impl KekId {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for KekId {
    type Error = NotAKekId;

    fn try_from(text: String) -> Result<Self, NotAKekId> {
        let (keeper, digits) = text.split_once('-').ok_or(NotAKekId)?;
        let is_digit = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
        let fits = matches!(keeper, "kek" | "hsm" | "vault")
            && digits.len() == 12
            && digits.bytes().all(is_digit);
        if fits { Ok(Self(text)) } else { Err(NotAKekId) }
    }
}

impl FromStr for KekId {
    type Err = NotAKekId;

    fn from_str(text: &str) -> Result<Self, NotAKekId> {
        text.to_owned().try_into()
    }
}

impl From<KekId> for String {
    fn from(id: KekId) -> Self {
        id.0
    }
}

impl fmt::Display for KekId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How secrets come under the active key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rewrap {
    /// Their data keys are wrapped anew.
    #[default]
    DataKeys,
    /// They are encrypted anew under fresh data keys: after the database and a key-encryption key may both have leaked.
    FreshDataKeys,
}

impl Rewrap {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DataKeys => "data-keys",
            Self::FreshDataKeys => "fresh-data-keys",
        }
    }
}

/// Where a key-encryption key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KekState {
    /// It opens what is sealed under it, and seals nothing yet.
    Known,
    /// It seals.
    Active {
        /// Since when.
        at: Timestamp,
        /// How what rests under others comes under it.
        rewrap: Rewrap,
    },
    /// It sealed, and now only opens what still rests under it.
    Superseded {
        /// Since when.
        at: Timestamp,
    },
    /// It opens nothing any more.
    Retired {
        /// Since when.
        at: Timestamp,
    },
}

impl KekState {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Active { .. } => "active",
            Self::Superseded { .. } => "superseded",
            Self::Retired { .. } => "retired",
        }
    }
}

/// A key-encryption key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyEncryptionKey {
    /// Its name.
    pub id: KekId,
    /// Who keeps it, in one word: `file`, `environment`, `passphrase`, `pkcs11`, `vault`; empty where nobody has said.
    pub source: String,
    /// A sealed constant, which only it opens.
    pub check: Vec<u8>,
    /// When it was first known.
    pub made: Timestamp,
    /// Where it stands.
    pub state: KekState,
    /// How often it was written.
    pub revision: Revision,
}

/// How long a key-encryption key rests after it was superseded, before it can be retired: a server that had not noticed
/// may have sealed under it until then.
pub const SETTLING: Duration = Duration::from_secs(120);

/// Why a key-encryption key does not move.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KekMoveError {
    /// It seals already.
    #[error("{0} is active already")]
    Active(KekId),
    /// It seals, so it cannot be done without.
    #[error("{0} is active; rotate to another first")]
    StillActive(KekId),
    /// It is over.
    #[error("{0} is retired, and nothing comes under it again")]
    Retired(KekId),
    /// Secrets rest under it.
    #[error(
        "{rows} secrets still rest under {id}; wait for the rewrap, or see what stopped it with: gatewright kek rotate --to the active key"
    )]
    Needed {
        /// The key.
        id: KekId,
        /// How many.
        rows: u64,
    },
    /// Backups need it.
    #[error("the backup {backup} needs {id}; delete that backup first, or keep the key")]
    NeededByBackup {
        /// The key.
        id: KekId,
        /// One of them.
        backup: String,
    },
    /// It was superseded a moment ago.
    #[error(
        "{id} was superseded a moment ago, and a server may not have noticed yet; try again after {after}"
    )]
    Settling {
        /// The key.
        id: KekId,
        /// When it can be retired.
        after: Timestamp,
    },
}

/// What still needs a key-encryption key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// How many secrets rest under it.
    pub rows: u64,
    /// The retained backups that name it.
    pub backups: Vec<String>,
}

impl KeyEncryptionKey {
    /// Makes it known, with its check value.
    pub fn add(id: KekId, source: &str, check: Vec<u8>, now: Timestamp) -> Change<Self> {
        Change::first(
            Kind::KekAdded,
            Self {
                id,
                source: source.to_owned(),
                check,
                made: now,
                state: KekState::Known,
                revision: Revision::NEW,
            },
        )
    }

    /// Seals from now on. The one that did stands down first.
    ///
    /// # Errors
    /// `Active`; `Retired`.
    pub fn activate(self, rewrap: Rewrap, now: Timestamp) -> Result<Change<Self>, KekMoveError> {
        match self.state {
            KekState::Known | KekState::Superseded { .. } => {
                let state = KekState::Active { at: now, rewrap };
                Ok(self.becomes(Kind::KekActivated, state))
            }
            KekState::Active { .. } => Err(KekMoveError::Active(self.id)),
            KekState::Retired { .. } => Err(KekMoveError::Retired(self.id)),
        }
    }

    /// Seals no more, because another does; nothing for one that did not.
    pub fn stand_down(self, now: Timestamp) -> Option<Change<Self>> {
        let state = KekState::Superseded { at: now };
        matches!(self.state, KekState::Active { .. })
            .then(|| self.becomes(Kind::KekSuperseded, state))
    }

    /// Opens nothing any more.
    ///
    /// # Errors
    /// `StillActive`; `Needed` and `NeededByBackup` while anything needs it; `Settling`; `Retired`.
    pub fn retire(self, needs: &Needs, now: Timestamp) -> Result<Change<Self>, KekMoveError> {
        let id = || self.id.clone();
        match self.state {
            KekState::Active { .. } => return Err(KekMoveError::StillActive(id())),
            KekState::Retired { .. } => return Err(KekMoveError::Retired(id())),
            KekState::Superseded { at } if now < at.plus(SETTLING) => {
                let (id, after) = (id(), at.plus(SETTLING));
                return Err(KekMoveError::Settling { id, after });
            }
            KekState::Known | KekState::Superseded { .. } => {}
        }
        if needs.rows > 0 {
            let (id, rows) = (id(), needs.rows);
            return Err(KekMoveError::Needed { id, rows });
        }
        if let Some(backup) = needs.backups.first() {
            let (id, backup) = (id(), backup.clone());
            return Err(KekMoveError::NeededByBackup { id, backup });
        }
        Ok(self.becomes(Kind::KekRetired, KekState::Retired { at: now }))
    }

    fn becomes(self, kind: Kind, state: KekState) -> Change<Self> {
        Change::step(kind, self, |kek| Self { state, ..kek })
    }
}

impl Aggregate for KeyEncryptionKey {
    fn target(&self) -> Target {
        Target {
            kind: "kek",
            id: self.id.to_string(),
            label: self.id.to_string(),
            parent: None,
        }
    }

    fn subject(&self) -> Subject {
        Subject::Installation
    }

    fn facts(&self) -> Facts {
        let rewrap = match self.state {
            KekState::Active { rewrap, .. } => Some(rewrap.as_str()),
            KekState::Known | KekState::Superseded { .. } | KekState::Retired { .. } => None,
        };
        facts([
            ("source", self.source.clone()),
            ("state", self.state.as_str().to_owned()),
            ("rewrap", or_none(rewrap)),
        ])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}
