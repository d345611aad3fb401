//! Where documents come from: files, and standard input for `-`.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use anyhow::Result;
use gatewright_contract::{Budgets, Finding, Level};

use crate::{
    failure::{Code, Failure, unreadable},
    reported::{Gravity, Reported},
};

/// What a document may cost here.
pub(super) const BUDGETS: Budgets = Budgets::OWN_FILES;

/// Refuses standard input for more than one document: it can be read only once.
pub(super) fn are_readable<'p>(
    files: impl IntoIterator<Item = &'p PathBuf>,
) -> Result<(), Failure> {
    let standard = files
        .into_iter()
        .filter(|file| file.as_path() == Path::new("-"));
    if standard.count() < 2 {
        return Ok(());
    }
    let refused = Failure::new(
        Code::Usage,
        "standard input is given twice, and can be read once",
    );
    Err(refused.next("save one of the documents to a file, and name that"))
}

/// The bytes of a document, and no more of them than are looked at.
pub(super) fn read(file: &Path) -> Result<Vec<u8>> {
    let most = u64::try_from(BUDGETS.bytes).unwrap_or(u64::MAX);
    let name = file.display();
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        let input = std::io::stdin().lock();
        let read = input.take(most.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(unreadable("standard input"))?;
        return Ok(bytes);
    }
    let opened = File::open(file).map_err(unreadable(&name))?;
    // One byte more than the file has, so that its end is seen without room for another half of it.
    let size = opened.metadata().map_or(0, |metadata| metadata.len());
    let room = usize::try_from(size.min(most).saturating_add(1)).unwrap_or_default();
    let mut bytes = Vec::with_capacity(room);
    let read = opened.take(most.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(unreadable(&name))?;
    Ok(bytes)
}

/// A finding of the contract engine in a file.
pub(super) fn reported(file: &str, finding: &Finding) -> Reported {
    let level = match finding.level {
        Level::Error => Gravity::Error,
        Level::Warning => Gravity::Warning,
        Level::Info => Gravity::Info,
    };
    Reported {
        file: file.to_owned(),
        line: Some(finding.line),
        column: Some(finding.column),
        level,
        rule: finding.rule.to_string(),
        message: finding.message.clone(),
        pointer: finding.pointer.clone(),
        operation: None,
    }
}
