//! The teller: where changes gather.
//!
//! Invariant: what it holds is bounded, all of it is counted, and no number of harmless changes crowds out a grave one.

use std::borrow::Cow;

use gatewright_domain::operation::Method;

use crate::{
    diff::{
        catalogue::{Catalogue, OVER_BUDGET},
        change::{Bump, Change, Changes, Counts, Section, Spot},
        rewrite::Rewritten,
        settings::Settings,
    },
    rule::Level,
    tree::node::Node,
};

/// What a change belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Subject<'d> {
    pub(crate) section: Section,
    pub(crate) method: Option<Method>,
    pub(crate) path: Option<Cow<'d, str>>,
    pub(crate) operation_id: Option<&'d str>,
    /// Its place in the order of telling.
    pub(crate) order: u32,
}

impl Subject<'_> {
    /// A part of the document.
    pub(crate) const fn part(section: Section) -> Self {
        Self {
            section,
            method: None,
            path: None,
            operation_id: None,
            order: u32::MAX,
        }
    }
}

/// Where a change stands in the base and in the revision.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spots<'d> {
    pub(crate) base: Option<Node<'d>>,
    pub(crate) revision: Option<Node<'d>>,
}

impl<'d> Spots<'d> {
    pub(crate) const fn both(base: Node<'d>, revision: Node<'d>) -> Self {
        Self {
            base: Some(base),
            revision: Some(revision),
        }
    }

    /// At a member of two objects, or at the object that has no such member.
    pub(crate) fn member(base: Node<'d>, revision: Node<'d>, key: &str) -> Self {
        let member = |object: Node<'d>| object.get(key).unwrap_or(object);
        Self::both(member(base), member(revision))
    }

    pub(crate) const fn gone(base: Node<'d>) -> Self {
        Self {
            base: Some(base),
            revision: None,
        }
    }

    pub(crate) const fn new(revision: Node<'d>) -> Self {
        Self {
            base: None,
            revision: Some(revision),
        }
    }
}

/// What a document was made into to be compared: first upgraded, then flattened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Made<'s> {
    pub(crate) upgraded: &'s Rewritten<'s>,
    pub(crate) flat: &'s Rewritten<'s>,
}

impl<'s> Made<'s> {
    /// Where somebody wrote what a node says.
    fn origin(self, node: Node<'_>) -> Node<'s> {
        self.upgraded.origin(self.flat.origin(node))
    }
}

#[derive(Debug)]
pub(crate) struct Teller<'s> {
    settings: &'s Settings,
    base: Made<'s>,
    revision: Made<'s>,
    catalogue: Catalogue,
    errors: Vec<(u32, Change)>,
    warnings: Vec<(u32, Change)>,
    infos: Vec<(u32, Change)>,
    counts: Counts,
    over_budget: bool,
}

impl<'s> Teller<'s> {
    pub(crate) fn new(settings: &'s Settings, base: Made<'s>, revision: Made<'s>) -> Self {
        Self {
            settings,
            base,
            revision,
            catalogue: Catalogue::new(),
            errors: Vec::new(),
            warnings: Vec::new(),
            infos: Vec::new(),
            counts: Counts::default(),
            over_budget: false,
        }
    }

    /// Tells a change, if the catalogue has a rule of that name and the settings do not silence it.
    pub(crate) fn tell(
        &mut self,
        subject: &Subject<'_>,
        id: &str,
        spots: Spots<'_>,
        text: impl FnOnce() -> String,
    ) {
        let Some(check) = self.catalogue.check(id) else {
            return;
        };
        let Some(level) = self.settings.levels.of(check.id, check.level) else {
            return;
        };
        let judged = level != Level::Info && self.settings.accepted != Default::default();
        let full = self.pile(level).len() >= self.settings.most;
        if full && !judged {
            self.counts.add(level);
            return;
        }
        let change = Change {
            id: check.id,
            level,
            section: subject.section,
            method: subject.method,
            path: subject.path.as_deref().map(str::to_owned),
            operation_id: subject.operation_id.map(str::to_owned),
            text: text(),
            base: spots.base.map(|node| Spot::of(self.base.origin(node))),
            revision: spots
                .revision
                .map(|node| Spot::of(self.revision.origin(node))),
        };
        if judged && self.settings.accepted.accepts(&change) {
            return;
        }
        self.counts.add(level);
        if !full {
            self.pile(level).push((subject.order, change));
        }
    }

    /// Ends the comparison: not everything was looked at.
    pub(crate) fn over_budget(&mut self) {
        self.over_budget = true;
    }

    /// Everything told, the gravest kept, in the order of telling.
    pub(crate) fn finish(mut self, base: Node<'_>, revision: Node<'_>) -> Changes {
        if self.over_budget {
            // Whoever reads that nothing more breaks must also read that not everything was looked at.
            self.errors.truncate(self.settings.most.saturating_sub(1));
            let subject = Subject::part(Section::Info);
            self.tell(&subject, OVER_BUDGET, Spots::both(base, revision), || {
                "the schemas of the two documents refer to one another in more ways than are looked at (the budget \
                 `steps`), so there may be changes that are not told"
                    .to_owned()
            });
        }
        versions(&mut self, base, revision);
        let Self {
            settings,
            errors,
            warnings,
            infos,
            counts,
            ..
        } = self;
        let mut told = errors;
        told.extend(warnings);
        told.extend(infos);
        told.truncate(settings.most);
        told.sort_by_key(|(order, _)| *order);
        Changes {
            told: told.into_iter().map(|(_, change)| change).collect(),
            counts,
            bump: Bump::of(counts),
        }
    }

    fn pile(&mut self, level: Level) -> &mut Vec<(u32, Change)> {
        match level {
            Level::Error => &mut self.errors,
            Level::Warning => &mut self.warnings,
            Level::Info => &mut self.infos,
        }
    }
}

/// Whether the version the document gives itself follows from what changed.
fn versions(teller: &mut Teller<'_>, base: Node<'_>, revision: Node<'_>) {
    if teller.counts.errors == 0 {
        return;
    }
    let (Some(from), Some(to)) = (version(base), version(revision)) else {
        return;
    };
    let (was, is) = (from.written(), to.written());
    let (Some(old), Some(new)) = (numbers(was), numbers(is)) else {
        return;
    };
    // Below 1.0.0 the minor number has the part of the major one.
    let major = |[major, minor, _]: [u64; 3]| if major == 0 { (0, minor) } else { (major, 0) };
    let id = if new == old {
        "api-version-not-bumped"
    } else if new < old {
        "api-version-decreased"
    } else if major(new) == major(old) {
        "api-major-version-not-bumped"
    } else {
        return;
    };
    let subject = Subject::part(Section::Info);
    let text =
        || format!("callers break, and the version of the document went from `{was}` to `{is}`");
    teller.tell(&subject, id, Spots::both(from, to), text);
}

fn version(root: Node<'_>) -> Option<Node<'_>> {
    root.get("info")?.get("version")
}

/// The three numbers of a semantic version.
fn numbers(version: &str) -> Option<[u64; 3]> {
    let version = version.strip_prefix('v').unwrap_or(version);
    let numbers = version.split(['-', '+']).next()?;
    let plain = |number: &&str| *number == "0" || !number.starts_with(['0', '+']);
    let number = |number: &str| Some(number).filter(plain)?.parse().ok();
    let mut numbers = numbers.split('.').map(number);
    let three = [numbers.next()??, numbers.next()??, numbers.next()??];
    numbers.next().is_none().then_some(three)
}
