//! What a comparison is asked for.

use std::{collections::BTreeMap, fmt, str::FromStr, time::Duration};

use gatewright_domain::time::Timestamp;

use crate::{
    diff::{catalogue::Catalogue, change::Change},
    rule::Level,
};

/// What a comparison is asked for. The defaults ask for what `oasdiff changelog` tells by default.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The most changes that are told; the rest are counted. Breaking ones are told first.
    pub most: usize,
    /// The steps through schemas that are taken before the comparison ends with `comparison-over-budget`.
    pub steps: usize,
    /// The moment of the comparison, against which sunset dates are held.
    pub now: Timestamp,
    /// The days that must lie between deprecating something stable and its sunset; 0 asks for no sunset.
    pub stable_days: u32,
    /// The same for what is at the stability level `beta`.
    pub beta_days: u32,
    /// The lowest stability level at which endpoints are compared.
    pub stability: Stability,
    /// How schemas that are built of others by `allOf` are compared.
    pub all_of: AllOf,
    /// Levels other than those of the catalogue.
    pub levels: Levels,
    /// Changes that are known and accepted.
    pub accepted: Accepted,
}

impl Settings {
    /// The steps through schemas that any pair of sensible documents is compared in.
    const STEPS: usize = 10_000_000;

    /// The defaults, at a moment.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            most: 1_000,
            steps: Self::STEPS,
            now,
            stable_days: 0,
            beta_days: 0,
            stability: Stability::Beta,
            all_of: AllOf::Listed,
            levels: Levels::default(),
            accepted: Accepted::default(),
        }
    }

    /// The days that must lie between the deprecation and the sunset of something at this level.
    pub(crate) fn days(&self, stability: Stability) -> u32 {
        match stability {
            Stability::Stable => self.stable_days,
            Stability::Beta => self.beta_days,
            Stability::Alpha | Stability::Draft => 0,
        }
    }

    /// Whether a sunset leaves the time that it must.
    pub(crate) fn leaves_time(&self, sunset: Timestamp, stability: Stability) -> bool {
        let days = Duration::from_secs(u64::from(self.days(stability)) * 86_400);
        sunset >= self.now.day().plus(days)
    }
}

/// How schemas that are built of others by `allOf` are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AllOf {
    /// Branch by branch, as they are written: a branch that came or went is a change.
    Listed,
    /// By what they say together: where a keyword is written does not matter.
    Merged,
}

/// How stable an endpoint or property says it is (`x-stability-level`); what says nothing is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stability {
    /// Being written.
    Draft,
    /// May change at any time.
    Alpha,
    /// May still change, with notice.
    Beta,
    /// Changes by deprecation only.
    Stable,
}

impl Stability {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Alpha => "alpha",
            Self::Beta => "beta",
            Self::Stable => "stable",
        }
    }
}

/// A word that is no stability level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAStability;

impl fmt::Display for NotAStability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a stability level: those are draft, alpha, beta and stable")
    }
}

impl std::error::Error for NotAStability {}

impl FromStr for Stability {
    type Err = NotAStability;

    fn from_str(text: &str) -> Result<Self, NotAStability> {
        let all = [Self::Draft, Self::Alpha, Self::Beta, Self::Stable];
        let found = all.into_iter().find(|level| level.as_str() == text);
        found.ok_or(NotAStability)
    }
}

/// Levels of rules other than those of the catalogue: one rule a line, its id and then `err`, `warn`, `info` or `none`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels(BTreeMap<String, Option<Level>>);

/// A line that gives no level to a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotALevel {
    /// The line, from 1.
    pub line: usize,
    /// What it says.
    pub text: String,
}

impl fmt::Display for NotALevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, text } = self;
        write!(
            f,
            "line {line}, `{text}`, gives no level to a rule: write its id and then err, warn, info or none"
        )
    }
}

impl std::error::Error for NotALevel {}

impl Levels {
    /// The level of a rule; `None` when it is switched off.
    pub(crate) fn of(&self, id: &str, otherwise: Level) -> Option<Level> {
        self.0.get(id).copied().unwrap_or(Some(otherwise))
    }
}

impl FromStr for Levels {
    type Err = NotALevel;

    fn from_str(text: &str) -> Result<Self, NotALevel> {
        let catalogue = Catalogue::new();
        let mut levels = BTreeMap::new();
        for (number, line) in text.lines().enumerate() {
            let not = || NotALevel {
                line: number + 1,
                text: line.to_owned(),
            };
            let mut words = line.split_whitespace();
            let Some(id) = words.next() else { continue };
            let level = match words.next() {
                Some("err" | "error") => Some(Level::Error),
                Some("warn" | "warning") => Some(Level::Warning),
                Some("info") => Some(Level::Info),
                Some("none") => None,
                _ => return Err(not()),
            };
            catalogue.check(id).ok_or_else(not)?;
            levels.insert(id.to_owned(), level);
        }
        Ok(Self(levels))
    }
}

/// Changes that are known and accepted, one a line of any text: a line accepts a change when it holds the method and
/// path (or `components`) and the rule's id or the change's text, in any order and case. Infos need no accepting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Lines that accept errors.
    pub errors: Vec<String>,
    /// Lines that accept warnings.
    pub warnings: Vec<String>,
}

impl Accepted {
    /// Lines of text, as they are looked through.
    #[must_use]
    pub fn lines(text: &str) -> Vec<String> {
        let lines = text.lines().map(|line| line.trim().to_lowercase());
        lines.filter(|line| !line.is_empty()).collect()
    }

    pub(crate) fn accepts(&self, change: &Change) -> bool {
        let lines = match change.level {
            Level::Error => &self.errors,
            Level::Warning => &self.warnings,
            Level::Info => return false,
        };
        let place = match (&change.method, &change.path) {
            (Some(method), Some(path)) => format!("{method} {path}").to_lowercase(),
            _ => change.section.as_str().to_owned(),
        };
        let text = change.text.to_lowercase();
        lines.iter().any(|line| {
            let placed = line.split(' ').collect::<Vec<_>>();
            let at = place.split(' ').all(|word| placed.contains(&word));
            at && (line.contains(change.id) || line.contains(&text))
        })
    }
}
