//! What is kept of a ring beside its keys: its times, whether it signs, and when it turns next.

use crate::{
    access::Subject,
    audit::{Aggregate, Change, Facts, Kind, Target, facts, or_none},
    key::RingName,
    plan::Lifetime,
    revision::Revision,
    ring::{Bounds, OwnTimes, RingError, Timing, TimingError},
    text::Reason,
    time::Timestamp,
};

/// A ring's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRing {
    name: RingName,
    standing: Standing,
    times: OwnTimes,
    outlived: Option<Outlived>,
    turn: u32,
    rotates: Timestamp,
    held: Option<Timestamp>,
    formed: Timestamp,
    version: u64,
    revision: Revision,
}

/// A ring's row as stored; only the store restores one (`tidy` checks).
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of `KeyRing`")]
pub struct KeyRingParts {
    pub name: RingName,
    pub standing: Standing,
    pub times: OwnTimes,
    pub outlived: Option<Outlived>,
    pub turn: u32,
    pub rotates: Timestamp,
    pub held: Option<Timestamp>,
    pub formed: Timestamp,
    pub version: u64,
    pub revision: Revision,
}

/// Whether a ring signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// One of its keys does.
    Enabled,
    /// None does; what they signed lives on.
    Disabled,
}

/// A longer lifetime than the ring signs now, which verifiers go on accepting while such tokens may live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outlived {
    /// The lifetime.
    pub lifetime: Lifetime,
    /// When the last token that was promised it is dead.
    pub until: Timestamp,
}

impl Standing {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
        }
    }
}

impl KeyRing {
    /// A ring that is formed now, with the installation's times.
    pub(crate) fn form(name: RingName, installation: Timing, now: Timestamp) -> Change<Self> {
        let ring = Self {
            name,
            standing: Standing::Enabled,
            times: OwnTimes::default(),
            outlived: None,
            turn: 0,
            rotates: now.plus(installation.rotation_period),
            held: None,
            formed: now,
            version: 1,
            revision: Revision::NEW,
        };
        Change::first(Kind::RingFormed, ring)
    }

    /// The ring of stored parts.
    #[must_use]
    pub fn restore(parts: KeyRingParts) -> Self {
        let KeyRingParts {
            name,
            standing,
            times,
            outlived,
            turn,
            rotates,
            held,
            formed,
            version,
            revision,
        } = parts;
        Self {
            name,
            standing,
            times,
            outlived,
            turn,
            rotates,
            held,
            formed,
            version,
            revision,
        }
    }

    /// The times it keeps, where those it leaves open are the installation's. T is that of its purpose unless set, and
    /// never longer than the installation allows.
    #[must_use]
    pub fn timing(&self, installation: Timing) -> Timing {
        let OwnTimes {
            rotation_period,
            publication_lead,
            max_lifetime,
        } = self.times;
        let max_lifetime = max_lifetime.unwrap_or(self.name.purpose.max_lifetime());
        Timing {
            rotation_period: rotation_period.unwrap_or(installation.rotation_period),
            publication_lead: publication_lead.unwrap_or(installation.publication_lead),
            leeway: installation.leeway,
            max_lifetime: max_lifetime.min(installation.max_lifetime),
        }
    }

    /// The longest life that a verifier accepts (invariant I6): T, or what it was while tokens of then may live.
    #[must_use]
    pub fn ceiling(&self, installation: Timing, now: Timestamp) -> Lifetime {
        let signs = self.timing(installation).max_lifetime;
        let outlived = self.outlived.filter(|outlived| now < outlived.until);
        outlived.map_or(signs, |outlived| outlived.lifetime.max(signs))
    }

    /// Gives the ring other times. A shorter lifetime is that of new tokens only; the time of its next rotation stays,
    /// unless the new period ends before it.
    ///
    /// # Errors
    /// `Timing` when a promise would break.
    pub fn retime(
        self,
        times: OwnTimes,
        installation: Timing,
        bounds: Bounds,
        now: Timestamp,
    ) -> Result<Change<Self>, TimingError> {
        let (was, longest) = (self.timing(installation), self.ceiling(installation, now));
        let next = Self {
            times,
            ..self.clone()
        };
        let timing = next.timing(installation);
        timing.check(bounds)?;
        let outlived = (timing.max_lifetime < longest).then(|| Outlived {
            lifetime: longest,
            until: now.plus(longest.duration()).plus(was.leeway),
        });
        let rotates = self.rotates.min(now.plus(timing.rotation_period));
        let retimed = Self {
            outlived,
            rotates,
            ..next
        };
        Ok(Change::step(Kind::RingRetimed, self, |_| retimed))
    }

    /// Counts a change of the signer, and says when the next is due.
    pub(crate) fn turned(
        self,
        timing: Timing,
        reason: Option<Reason>,
        now: Timestamp,
    ) -> Change<Self> {
        let turned = |ring: Self| Self {
            turn: ring.turn.saturating_add(1),
            rotates: now.plus(timing.rotation_period),
            held: None,
            ..ring
        };
        Change::step(Kind::RingRotated, self, turned).because(reason)
    }

    /// Notes that a rotation is due and waits; nothing when that was noted before.
    #[must_use]
    pub fn hold(self, now: Timestamp) -> Option<Change<Self>> {
        if self.held.is_some() {
            return None;
        }
        let held = |ring| Self {
            held: Some(now),
            ..ring
        };
        Some(Change::step(Kind::RotationHeld, self, held))
    }

    pub(crate) fn stand(
        self,
        standing: Standing,
        reason: Option<Reason>,
    ) -> Result<Change<Self>, RingError> {
        let name = self.name;
        let kind = match (self.standing, standing) {
            (Standing::Enabled, Standing::Enabled) => return Err(RingError::Enabled(name)),
            (Standing::Disabled, Standing::Disabled) => return Err(RingError::Disabled(name)),
            (Standing::Disabled, Standing::Enabled) => Kind::RingEnabled,
            (Standing::Enabled, Standing::Disabled) => Kind::RingDisabled,
        };
        Ok(Change::step(kind, self, |ring| Self { standing, ..ring }).because(reason))
    }

    /// Which ring it is.
    #[must_use]
    pub fn name(&self) -> RingName {
        self.name
    }

    /// Whether it signs.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// The times that are its own.
    #[must_use]
    pub fn times(&self) -> OwnTimes {
        self.times
    }

    /// The lifetime that its older tokens were promised, while it is longer than that of new ones.
    #[must_use]
    pub fn outlived(&self) -> Option<Outlived> {
        self.outlived
    }

    /// How often the signer has changed.
    #[must_use]
    pub fn turn(&self) -> u32 {
        self.turn
    }

    /// When the signer is to change next.
    #[must_use]
    pub fn rotates(&self) -> Timestamp {
        self.rotates
    }

    /// Since when a rotation that is due waits.
    #[must_use]
    pub fn held(&self) -> Option<Timestamp> {
        self.held
    }

    /// When it was formed.
    #[must_use]
    pub fn formed(&self) -> Timestamp {
        self.formed
    }

    /// How often anything about the ring or its keys was written; it only rises (invariant I8).
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }
}

impl Aggregate for KeyRing {
    fn target(&self) -> Target {
        Target {
            kind: "key-ring",
            id: self.name.to_string(),
            label: self.name.to_string(),
            parent: None,
        }
    }

    fn subject(&self) -> Subject {
        Subject::KeyRing
    }

    fn facts(&self) -> Facts {
        let OwnTimes {
            rotation_period,
            publication_lead,
            max_lifetime,
        } = self.times;
        facts([
            ("ring", self.name.to_string()),
            ("standing", self.standing.as_str().to_owned()),
            (
                "period_s",
                or_none(rotation_period.map(|span| span.as_secs())),
            ),
            (
                "lead_s",
                or_none(publication_lead.map(|span| span.as_secs())),
            ),
            (
                "max_lifetime_s",
                or_none(max_lifetime.map(Lifetime::seconds)),
            ),
            ("turn", self.turn.to_string()),
            ("rotates", self.rotates.to_string()),
            ("held", or_none(self.held)),
        ])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}
