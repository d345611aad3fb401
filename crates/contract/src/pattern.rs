//! Patterns: regular expressions as JavaScript writes them.
//!
//! Invariant: a pattern takes time linear in the text. One that looks around or back cannot promise that; it is tried a
//! bounded number of times, and the text counts as not decided when they do not suffice.

mod dialect;

use std::fmt;

use crate::fuel::Fuel;

use dialect::{ASCII_EDGE, translate};

/// The longest pattern that is read.
const LONGEST: usize = 5_000;

/// The most memory a pattern may take, in bytes.
const MEMORY: usize = 1 << 18;

/// The memory up to which a pattern is a light one, in bytes.
const LIGHT: usize = 1 << 13;

/// What looking for a light pattern costs, per four bytes of a text, and for a heavy one. A text in which every byte may
/// be the beginning and the end of a match is looked through once for every state that the pattern can be in.
const LIGHT_COST: u64 = 1;
const HEAVY_COST: u64 = 256;

/// How often a pattern that looks around may go back in one text.
const BACKTRACKS: usize = 50_000;

/// What it costs to read a pattern, in all and by the byte.
const COMPILING: u64 = 2_000;
const COMPILING_BYTE: u64 = 16;

/// A pattern that was read.
pub(crate) struct Pattern {
    written: String,
    /// None when it takes more than it may: then it is not decided what matches.
    form: Option<Form>,
}

enum Form {
    Linear { regex: regex::Regex, cost: u64 },
    LookingAround(fancy_regex::Regex),
}

impl Pattern {
    /// Reads a pattern as `new RegExp(source, flags)` does; otherwise says why it cannot.
    pub(crate) fn new(source: &str, flags: &str) -> Result<Self, String> {
        match form(source, flags)? {
            None => Err(format!(
                "the pattern `{source}` is longer than {LONGEST} characters or takes more than {MEMORY} bytes of memory"
            )),
            form => {
                let written = source.to_owned();
                Ok(Self { written, form })
            }
        }
    }

    /// Reads a pattern of a rule: `/source/flags`, or the source alone.
    pub(crate) fn of_rule(written: &str) -> Result<Self, String> {
        let parts = written
            .strip_prefix('/')
            .and_then(|rest| rest.rsplit_once('/'));
        match parts {
            Some((source, flags))
                if !source.is_empty() && flags.chars().all(|c| c.is_ascii_lowercase()) =>
            {
                Self::new(source, flags)
            }
            _ => Self::new(written, ""),
        }
    }

    /// Reads a pattern out of the document, and pays for it. One that takes too much is a pattern nevertheless.
    pub(crate) fn afford(source: &str, fuel: &Fuel) -> Option<Result<Self, String>> {
        let length = u64::try_from(source.len()).unwrap_or(u64::MAX);
        let cost = length.saturating_mul(COMPILING_BYTE);
        let read = || {
            let written = source.to_owned();
            form(source, "").map(|form| Self { written, form })
        };
        fuel.burn(cost.saturating_add(COMPILING)).then(read)
    }

    /// Whether it is found in a text; `None` when that takes more than there is.
    pub(crate) fn is_in(&self, text: &str, fuel: &Fuel) -> Option<bool> {
        let length = 1 + u64::try_from(text.len() / 4).unwrap_or(u64::MAX);
        match self.form.as_ref()? {
            Form::Linear { regex, cost } => {
                let cost = length.saturating_mul(*cost);
                fuel.burn(cost).then(|| regex.is_match(text))
            }
            Form::LookingAround(regex) => {
                let cost = length.saturating_mul(HEAVY_COST);
                fuel.burn(cost).then_some(())?;
                regex.is_match(text).ok()
            }
        }
    }
}

/// What a pattern is read as; nothing when it takes too much.
fn form(source: &str, flags: &str) -> Result<Option<Form>, String> {
    if source.len() > LONGEST {
        return Ok(None);
    }
    let translated = translate(source, flags)?;
    let linear = |memory: usize| {
        regex::RegexBuilder::new(&translated)
            .size_limit(memory)
            .build()
    };
    let light = linear(LIGHT).map(|regex| (regex, LIGHT_COST));
    match light.or_else(|_| linear(MEMORY).map(|regex| (regex, HEAVY_COST))) {
        Ok((regex, cost)) => Ok(Some(Form::Linear { regex, cost })),
        Err(regex::Error::CompiledTooBig(_)) => Ok(None),
        Err(_) => {
            // Its parser does not know how to take Unicode from an edge of words.
            let regex = fancy_regex::RegexBuilder::new(&translated.replace(ASCII_EDGE, "\\b"))
                .backtrack_limit(BACKTRACKS)
                .delegate_size_limit(MEMORY)
                .build();
            let regex =
                regex.map_err(|_| format!("`{source}` is no pattern that is understood"))?;
            Ok(Some(Form::LookingAround(regex)))
        }
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/", self.written)
    }
}
