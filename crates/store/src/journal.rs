//! The journal of revocations: a file beside the database that outlives it. A restored database knows nothing of what was
//! revoked after its copy was made; this does.
//!
//! Invariant: a line is on disk before the transaction of its revocation commits. So the journal may know of a revocation
//! that failed, which refuses a token too many; it never misses one that was acknowledged.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use gatewright_domain::{revocation::Revocation, time::Timestamp};
use serde::{Deserialize, Serialize};

/// A revocation with its circumstances, as the journal and a backup's survivors tell it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its number in the database that committed it.
    pub number: u64,
    /// The epoch it was committed in.
    pub epoch: u64,
    /// The revision from which on gateways enforce it.
    pub revision: u64,
    /// What is refused.
    #[serde(flatten)]
    pub revocation: Revocation,
    /// Why.
    pub reason: Option<String>,
    /// Who: the kind of actor.
    pub actor_kind: String,
    /// Who.
    pub actor_id: String,
    /// When.
    pub at: Timestamp,
}

/// Why a journal cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file cannot be read.
    #[error("could not read {}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: io::Error,
    },
    /// A line in the middle is not one of a journal.
    #[error("{} is no journal of revocations, or was changed: line {line}", .path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
    },
}

/// A journal that is written to.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
}

/// What one process may be writing while another reads or tidies: who holds the lock is alone. One that was replaced while
/// it was waited for is opened anew.
fn open(path: &Path) -> io::Result<File> {
    loop {
        let file = OpenOptions::new()
            .append(true)
            .read(true)
            .create(true)
            .mode(0o600)
            .open(path)?;
        file.lock()?;
        let there = fs::metadata(path).map(|found| found.ino()).ok();
        if there == Some(file.metadata()?.ino()) {
            return Ok(file);
        }
    }
}

impl Journal {
    /// The journal in this file, made when missing. Lines of tokens that ended before `now` are left out from then on.
    ///
    /// # Errors
    /// When the file cannot be made or rewritten.
    pub fn open(path: &Path, now: Timestamp) -> io::Result<Self> {
        let alone = open(path)?;
        let lines = read(path).unwrap_or_default();
        let living = |line: &&Line| line.revocation.expires.is_none_or(|expires| now < expires);
        let kept: Vec<&Line> = lines.iter().filter(living).collect();
        if kept.len() < lines.len() {
            rewrite(path, &kept)?;
        }
        drop(alone);
        Ok(Self {
            path: path.to_owned(),
        })
    }

    /// The lines of a journal, in order. One that a crash cut off is passed over: its revocation was never acknowledged.
    ///
    /// # Errors
    /// When the file cannot be read, or is none.
    pub fn read(path: &Path) -> Result<Vec<Line>, JournalError> {
        read(path)
    }

    /// Appends lines and forces them to disk.
    ///
    /// # Errors
    /// When that fails; what was there before still is.
    pub(crate) fn append(&self, lines: &[Line]) -> io::Result<()> {
        let mut text = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut text, line)?;
            text.push(b'\n');
        }
        let mut file = open(&self.path)?;
        // What a crash cut off is ended first, so that it stays alone on its line.
        if !ends_a_line(&self.path)? {
            file.write_all(b"\n")?;
        }
        file.write_all(&text)?;
        file.sync_data()
    }
}

fn ends_a_line(path: &Path) -> io::Result<bool> {
    use std::io::{Read, Seek, SeekFrom};
    let mut file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

fn rewrite(path: &Path, lines: &[&Line]) -> io::Result<()> {
    let beside = path.with_extension("tidied");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    for line in lines {
        serde_json::to_writer(&mut file, line)?;
        file.write_all(b"\n")?;
    }
    file.sync_data()?;
    fs::rename(&beside, path)?;
    if let Some(directory) = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<Line>, JournalError> {
    let failed = |cause| JournalError::Read {
        path: path.to_owned(),
        cause,
    };
    let mut lines = Vec::new();
    for (index, text) in BufReader::new(File::open(path).map_err(failed)?)
        .split(b'\n')
        .enumerate()
    {
        let text = text.map_err(failed)?;
        match serde_json::from_slice(&text) {
            Ok(line) => lines.push(line),
            Err(error) if error.is_eof() => {}
            Err(_) => {
                return Err(JournalError::Line {
                    path: path.to_owned(),
                    line: index + 1,
                });
            }
        }
    }
    Ok(lines)
}
