//! The catalogue: every rule of a comparison with the level it has unless the settings say otherwise.

use std::collections::BTreeMap;

use crate::rule::Level;

/// One rule a line: its level, then its id. The ids, levels and meanings are those of oasdiff 1.28.
const RULES: &str = include_str!("rules.txt");

/// A comparison that would cost more than its budget was not finished. The one rule of our own.
pub(crate) const OVER_BUDGET: &str = "comparison-over-budget";

/// A rule of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its stable name.
    pub id: &'static str,
    /// How grave what it finds is, unless settings say otherwise: an error breaks callers, a warning may, an info does
    /// not.
    pub level: Level,
}

impl Check {
    /// Every rule, by id.
    pub fn all() -> impl Iterator<Item = Self> {
        let own = Self {
            id: OVER_BUDGET,
            level: Level::Error,
        };
        RULES.lines().filter_map(Self::of_line).chain([own])
    }

    fn of_line(line: &'static str) -> Option<Self> {
        let (level, id) = line.split_once(' ')?;
        let level = match level {
            "error" => Level::Error,
            "warning" => Level::Warning,
            _ => Level::Info,
        };
        Some(Self { id, level })
    }
}

/// The rules by their ids.
#[derive(Debug)]
pub(crate) struct Catalogue(BTreeMap<&'static str, Level>);

impl Catalogue {
    pub(crate) fn new() -> Self {
        Self(Check::all().map(|check| (check.id, check.level)).collect())
    }

    /// The rule with this id, if there is one.
    pub(crate) fn check(&self, id: &str) -> Option<Check> {
        let (id, level) = self.0.get_key_value(id)?;
        Some(Check { id, level: *level })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_has_the_rules_of_the_specification_and_one_of_our_own() {
        let count = |level| Check::all().filter(|check| check.level == level).count();
        assert_eq!(count(Level::Error), 213 + 1);
        assert_eq!(count(Level::Warning), 30);
        assert_eq!(count(Level::Info), 266);
        assert!(Catalogue::new().check("request-body-removed").is_some());
        assert!(Catalogue::new().check("request-body-changed").is_none());
    }
}
