//! What `diff` and `changelog` have in common: two documents, and what a comparison of them is asked for.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;
use clap::Args;
use gatewright_contract::{
    Accepted, AllOf, Change, Changes, Document, Level, Levels, Settings, Stability, diff, read,
};
use gatewright_domain::time::Clock;

use super::source;
use crate::{
    failure::{Code, Failure, unreadable},
    reported::{Gravity, Report, Reported},
    system::SystemClock,
};

/// The most changes that are told.
const MOST: usize = 100_000;

/// Two documents, and what a comparison of them is asked for.
#[derive(Debug, Args)]
pub(super) struct Pair {
    /// The document as it was; `-` reads standard input
    base: PathBuf,
    /// The document as it is now
    revision: PathBuf,
    /// Other levels for rules: on each line a rule's id, and err, warn, info or none
    #[arg(long, value_name = "FILE")]
    severity_levels: Option<PathBuf>,
    /// Breaking changes that are known: on each line a method, a path, and a rule's id or the words of the change
    #[arg(long, value_name = "FILE")]
    err_ignore: Option<PathBuf>,
    /// The same for changes that may break callers
    #[arg(long, value_name = "FILE")]
    warn_ignore: Option<PathBuf>,
    /// Days between the deprecation of something stable and its sunset; 0 asks for no sunset
    #[arg(long, value_name = "DAYS", default_value_t = 0)]
    deprecation_days_stable: u32,
    /// The same for what is beta
    #[arg(long, value_name = "DAYS", default_value_t = 0)]
    deprecation_days_beta: u32,
    /// Compare what is at least this stable: draft, alpha, beta or stable (x-stability-level)
    #[arg(long, value_name = "LEVEL", default_value = "beta")]
    stability: Stability,
    /// Compare schemas of allOf by what they say together, whichever branch says it
    #[arg(long)]
    flatten_allof: bool,
}

/// Both documents, read.
pub(super) struct Texts {
    base: (String, Vec<u8>),
    revision: (String, Vec<u8>),
}

/// A comparison, and the version that the base gives itself.
pub(super) struct Compared {
    pub(super) changes: Changes,
    pub(super) version: String,
}

impl Pair {
    /// Reads both documents.
    pub(super) fn read(&self) -> Result<Texts> {
        source::are_readable([&self.base, &self.revision])?;
        let text =
            |path: &Path| Ok::<_, anyhow::Error>((path.display().to_string(), source::read(path)?));
        Ok(Texts {
            base: text(&self.base)?,
            revision: text(&self.revision)?,
        })
    }

    fn settings(&self) -> Result<Settings> {
        let mut settings = Settings::at(SystemClock.now());
        settings.most = MOST;
        settings.stable_days = self.deprecation_days_stable;
        settings.beta_days = self.deprecation_days_beta;
        settings.stability = self.stability;
        if self.flatten_allof {
            settings.all_of = AllOf::Merged;
        }
        if let Some(file) = &self.severity_levels {
            let levels: Result<Levels, _> = lines(file)?.parse();
            settings.levels = levels.map_err(|error| {
                Failure::new(Code::Usage, format!("{}: {error}", file.display()))
            })?;
        }
        let accepted = |file: &Option<PathBuf>| match file {
            Some(file) => lines(file).map(|text| Accepted::lines(&text)),
            None => Ok(Vec::new()),
        };
        settings.accepted = Accepted {
            errors: accepted(&self.err_ignore)?,
            warnings: accepted(&self.warn_ignore)?,
        };
        Ok(settings)
    }

    /// Compares the documents; nothing, with findings in the report, when one of them cannot be read.
    pub(super) fn compare(&self, texts: &Texts, report: &mut Report) -> Result<Option<Compared>> {
        let settings = self.settings()?;
        let base = document(&texts.base, report);
        let revision = document(&texts.revision, report);
        let (Some(base), Some(revision)) = (base, revision) else {
            return Ok(None);
        };
        let changes = diff(&base, &revision, &settings);
        let (old, new) = (&texts.base.0, &texts.revision.0);
        let found = changes
            .told
            .iter()
            .map(|change| reported((old, new), change));
        report.found.extend(found);
        let version = base.at("/info/version").map(|it| it.written().to_owned());
        Ok(Some(Compared {
            version: version.unwrap_or_default(),
            changes,
        }))
    }
}

impl Texts {
    /// Hands the texts to the report, which shows what is written in them.
    pub(super) fn into(self, report: &mut Report) {
        for (file, bytes) in [self.base, self.revision] {
            report.looked_at(&file, bytes);
        }
    }
}

fn lines(file: &Path) -> Result<String> {
    fs::read_to_string(file).map_err(|error| unreadable(file.display())(error).into())
}

fn document<'t>((file, bytes): &'t (String, Vec<u8>), report: &mut Report) -> Option<Document<'t>> {
    match read(bytes, &source::BUDGETS) {
        Ok(document) => Some(document),
        Err(findings) => {
            let found = findings.as_slice().iter();
            report
                .found
                .extend(found.map(|finding| source::reported(file, finding)));
            None
        }
    }
}

/// A change, where it stands in the revision; in the base when it is gone.
fn reported((base, revision): (&str, &str), change: &Change) -> Reported {
    let (file, spot) = match (&change.revision, &change.base) {
        (Some(spot), _) => (revision, Some(spot)),
        (None, Some(spot)) => (base, Some(spot)),
        (None, None) => (revision, None),
    };
    let operation = match (change.method, &change.path) {
        (Some(method), Some(path)) => Some(format!("{method} {path}")),
        (None, path) => path.clone(),
        (Some(_), None) => None,
    };
    Reported {
        file: file.to_owned(),
        line: spot.map(|spot| spot.line),
        column: spot.map(|spot| spot.column),
        level: match change.level {
            Level::Error => Gravity::Error,
            Level::Warning => Gravity::Warning,
            Level::Info => Gravity::Info,
        },
        rule: change.id.to_owned(),
        message: change.text.clone(),
        pointer: spot.map(|spot| spot.pointer.clone()).unwrap_or_default(),
        operation,
    }
}

impl Compared {
    /// Says how many changes there are beyond those that are told.
    pub(super) fn say_what_is_not_told(&self) {
        let untold = self.changes.untold();
        if untold > 0 {
            crate::say!("{untold} more changes are not told; mend the gravest first.");
        }
    }
}
