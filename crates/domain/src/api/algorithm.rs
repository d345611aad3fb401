//! What an API's tokens are signed with, and from when.
//!
//! Invariant I2: what was chosen signs no token before whoever verifies the API's tokens can have learnt its keys, unless in
//! haste. What signed before stays in the API's key set for as long as a token that it signed may live.

use std::{collections::BTreeSet, fmt, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    key::{Algorithm, Purpose, RingName},
    plan::Lifetime,
    ring::{Haste, Ring},
    time::Timestamp,
};

/// What an API's tokens are signed with: what was chosen last, and what signed before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenAlgorithm {
    chosen: Option<Algorithm>,
    since: Option<Timestamp>,
    past: Past,
}

/// What signed an API's tokens before what was chosen last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Past {
    /// What was in force when that was chosen, and signs until its own time is over.
    pub stays: Option<Earlier>,
    /// What signed before, the latest first, while a token of it may live.
    pub before: Vec<Earlier>,
}

/// What signed an API's tokens before, or does so until another algorithm begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earlier {
    /// The algorithm.
    pub algorithm: Algorithm,
    /// Since when its keys are in the key set of the API; nothing for always.
    pub since: Option<Timestamp>,
    /// Until when it signs, or did.
    pub until: Timestamp,
}

/// The rings that sign access tokens, as far as a choice depends on them.
#[derive(Clone, Copy, Debug)]
pub struct TokenRings<'a> {
    /// Every ring.
    pub rings: &'a [Ring],
    /// What signs the tokens of an API for which nothing is chosen.
    pub installation: Algorithm,
}

/// Why an algorithm is not chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// There is no ring of it that signs.
    #[error("no key of the ring {0} signs; form the ring first, or enable it")]
    NoRing(RingName),
    /// It was chosen before.
    #[error("{0} is what was chosen already")]
    Chosen(Algorithm),
    /// Nothing was chosen before either.
    #[error("the API has the installation's algorithm already")]
    Nothing,
}

impl TokenAlgorithm {
    /// What was stored: the choice, since when its keys are in the key set, and what signed before.
    #[must_use]
    pub fn restore(chosen: Option<Algorithm>, since: Option<Timestamp>, past: Past) -> Self {
        Self {
            chosen,
            since,
            past,
        }
    }

    /// What was chosen last; nothing for what the installation says.
    #[must_use]
    pub fn chosen(&self) -> Option<Algorithm> {
        self.chosen
    }

    /// Since when the keys of what was chosen are in the key set of the API; nothing for always.
    #[must_use]
    pub fn since(&self) -> Option<Timestamp> {
        self.since
    }

    /// What signed before.
    #[must_use]
    pub fn past(&self) -> &Past {
        &self.past
    }

    /// What signs once every choice counts, where the installation has this algorithm.
    #[must_use]
    pub fn meant(&self, installation: Algorithm) -> Algorithm {
        self.chosen.unwrap_or(installation)
    }

    /// What signs at a moment, where the installation has this algorithm.
    #[must_use]
    pub fn signs(&self, installation: Algorithm, now: Timestamp) -> Algorithm {
        let waits = self.waits(now).map(|earlier| earlier.algorithm);
        waits.unwrap_or_else(|| self.meant(installation))
    }

    /// What signs on, and until when, while what was chosen does not yet.
    #[must_use]
    pub fn waits(&self, now: Timestamp) -> Option<Earlier> {
        self.past.stays.filter(|earlier| now < earlier.until)
    }

    /// The algorithms whose keys a verifier of the API's tokens needs, each once: what signs, what is going to, and what
    /// signed while a token of it may live.
    #[must_use]
    pub fn shown(&self, rings: TokenRings<'_>, now: Timestamp) -> Vec<Algorithm> {
        let mut known = BTreeSet::new();
        let all = self
            .current(rings.installation, now)
            .into_iter()
            .chain(self.may_live(rings, now));
        all.filter(|algorithm| known.insert(*algorithm)).collect()
    }

    /// What signs, and what is going to.
    fn current(&self, installation: Algorithm, now: Timestamp) -> [Algorithm; 2] {
        [self.signs(installation, now), self.meant(installation)]
    }

    /// What signed, the latest first, while a token of it may live.
    fn may_live(&self, rings: TokenRings<'_>, now: Timestamp) -> impl Iterator<Item = Algorithm> {
        let lives = move |earlier: &&Earlier| rings.may_live(**earlier, now);
        let past = self.past.all().filter(lives);
        past.map(|earlier| earlier.algorithm)
    }

    /// Since when the keys of an algorithm are in the key set, when it is chosen now; nothing for always.
    fn shown_since(
        &self,
        algorithm: Algorithm,
        rings: TokenRings<'_>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        if algorithm == self.meant(rings.installation) {
            return self.since;
        }
        let mut past = self.past.all();
        let shown =
            past.find(|earlier| earlier.algorithm == algorithm && rings.may_live(**earlier, now));
        shown.map_or(Some(now), |earlier| earlier.since)
    }

    /// Another choice. It signs once its keys have been in the API's key set for the lead of their rings, or at once in haste. Its
    /// keys may be there already: because it waits, or because a token that it signed earlier may live.
    ///
    /// # Errors
    /// `NoRing` where a ring of it does not sign; `Chosen` and `Nothing` where nothing would change.
    pub fn choose(
        &self,
        chosen: Option<Algorithm>,
        haste: &Haste,
        rings: TokenRings<'_>,
        now: Timestamp,
    ) -> Result<Self, ChoiceError> {
        let (hurries, waits) = (*haste != Haste::None, self.waits(now));
        if chosen == self.chosen && !(hurries && waits.is_some()) {
            return Err(chosen.map_or(ChoiceError::Nothing, ChoiceError::Chosen));
        }
        let next = chosen.unwrap_or(rings.installation);
        let lead = rings.lead(next)?;
        let signs = self.signs(rings.installation, now);
        let since = self.shown_since(next, rings, now);
        let stays = Earlier {
            algorithm: signs,
            since: waits.map_or(self.since, |earlier| earlier.since),
            until: match since {
                Some(since) if !hurries => now.max(since.plus(lead)),
                Some(_) | None => now,
            },
        };
        // On a server whose clock is ahead of ours, what waits may have begun to sign.
        let begins = waits.filter(|earlier| earlier.until <= now.plus(rings.leeway()));
        let begun = begins.map(|_| Earlier {
            algorithm: self.meant(rings.installation),
            since: self.since,
            until: now,
        });
        let stays = (signs != next).then_some(stays);
        let begun = begun.filter(|earlier| earlier.algorithm != next);
        let is_told = |algorithm| {
            let mut told = stays.iter().chain(&begun);
            told.any(|earlier| earlier.algorithm == algorithm)
        };
        let others = self.past.all();
        let others = others.filter(|it| it.algorithm != signs && !is_told(it.algorithm));
        // What signed by such a clock, and by ours is not over, is over all the same.
        let over = others.map(|earlier| Earlier {
            until: earlier.until.min(now),
            ..*earlier
        });
        let before = begun.into_iter().chain(over);
        let before = before.filter(|earlier| rings.may_live(*earlier, now));
        Ok(Self {
            chosen,
            since,
            past: Past {
                before: before.collect(),
                stays,
            },
        })
    }
}

impl Past {
    /// All that signed, the latest first.
    pub fn all(&self) -> impl Iterator<Item = &Earlier> {
        self.stays.iter().chain(&self.before)
    }
}

impl TokenRings<'_> {
    fn of(&self, algorithm: Algorithm) -> impl Iterator<Item = (RingName, Option<&Ring>)> {
        let signs_tokens = Purpose::ALL.into_iter().filter(|it| it.opens_apis());
        signs_tokens.map(move |purpose| {
            let name = RingName { purpose, algorithm };
            let mut rings = self.rings.iter();
            (name, rings.find(|ring| ring.name() == name))
        })
    }

    /// How long the keys of an algorithm are to be known before they sign.
    fn lead(&self, algorithm: Algorithm) -> Result<Duration, ChoiceError> {
        let mut longest = Duration::ZERO;
        for (name, ring) in self.of(algorithm) {
            let signs = ring.filter(|ring| ring.active().is_some());
            let ring = signs.ok_or(ChoiceError::NoRing(name))?;
            longest = longest.max(ring.timing().publication_lead);
        }
        Ok(longest)
    }

    /// How much the clocks of two servers may differ.
    fn leeway(&self) -> Duration {
        let each = self.rings.iter().map(|ring| ring.timing().leeway);
        each.max().unwrap_or_default()
    }

    /// Whether a token may live that an algorithm signed while it did. Of a ring that is not there nothing is known, so that
    /// its tokens may live as long as any.
    fn may_live(&self, earlier: Earlier, now: Timestamp) -> bool {
        let lives = |(_, ring): (RingName, Option<&Ring>)| match ring {
            Some(ring) => {
                let (timing, record) = (ring.timing(), ring.record());
                let ceiling = record.ceiling(timing, now).duration();
                ceiling.saturating_add(timing.leeway)
            }
            None => Lifetime::LONGEST.duration(),
        };
        let longest = self.of(earlier.algorithm).map(lives).max();
        now < earlier.until.plus(longest.unwrap_or_default())
    }
}

impl fmt::Display for Earlier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-until-{}", self.algorithm, self.until)
    }
}
