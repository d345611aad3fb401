//! The last good snapshots on disk, so that a gateway starts and goes on without its control plane.
//!
//! Invariant: what is loaded was signed by the control plane, byte for byte; a damaged generation falls back to the one
//! before it, and never to an empty table. A damaged note of when it was the newest is none.

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use gatewright_domain::{digest::sha256_hex, snapshot::Snapshot, time::Timestamp};
use gatewright_token::detached::PinnedKey;
use serde::{Deserialize, Serialize};
use tracing::warn;

use crate::{
    chain::chain,
    sealed::{LARGEST, SealError, Sealed},
};

/// Of how many epochs snapshots are kept: what was revoked before a restore is still enforced after it.
const EPOCHS: usize = 3;

/// How many snapshots of the newest epoch are kept.
const GENERATIONS: usize = 3;

/// The first line of a file.
const MAGIC: &str = "gatewright-snapshot/1";

const SUFFIX: &str = ".snapshot";
const UNFINISHED: &str = "unfinished";

/// The note of when which snapshot was the newest, and what it is called before it is whole.
const KNOWN: &str = "known";
const UNFINISHED_KNOWN: &str = "known.unfinished";

/// The longest head of a file: the magic line and the signature's.
const HEAD: usize = 256;

/// A directory of snapshots.
#[derive(Clone, Debug)]
pub struct LastGood {
    directory: PathBuf,
    key: PinnedKey,
}

/// That a snapshot was known to be the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Known {
    /// Its epoch.
    pub(crate) epoch: u64,
    /// Its revision.
    pub(crate) revision: u64,
    /// When that was known.
    pub(crate) at: Timestamp,
}

#[derive(Debug, thiserror::Error)]
enum LoadError {
    #[error("the file cannot be read")]
    Read(#[source] io::Error),
    #[error("the file does not begin as a snapshot does")]
    Head,
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl LastGood {
    /// Opens a directory, making it if there is none. Only its owner may look into it: it names routes and applications.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(directory: &Path, key: PinnedKey) -> io::Result<Self> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)?;
        let directory = directory.to_owned();
        Ok(Self { directory, key })
    }

    /// The newest snapshot that is whole. Files that are not are passed over, each with a warning.
    #[must_use]
    pub fn load(&self) -> Option<Snapshot> {
        self.load_epochs().pop()
    }

    /// The newest whole snapshot of each epoch, in their order. Whoever puts them in force one after the other enforces what
    /// was revoked in any of them, whatever a restored control plane knows of it.
    #[must_use]
    pub fn load_epochs(&self) -> Vec<Snapshot> {
        let mut newest: BTreeMap<u64, Snapshot> = BTreeMap::new();
        for path in self.generations() {
            match self.read(&path) {
                Ok(snapshot) => {
                    let known = newest.get(&snapshot.epoch);
                    if known.is_none_or(|known| age(known) < age(&snapshot)) {
                        newest.insert(snapshot.epoch, snapshot);
                    }
                }
                Err(error) => {
                    let (file, error) = (path.display(), chain(&error));
                    warn!(%file, error, "Passed over a damaged snapshot");
                }
            }
        }
        newest.into_values().collect()
    }

    /// Keeps a snapshot: written beside, forced to disk, renamed, and the directory forced to disk. Then the oldest beyond
    /// three of its epoch go, and all but the last of the two epochs before it.
    ///
    /// # Errors
    /// When any of that fails; what was kept before is still there.
    pub(crate) fn save(&self, sealed: &Sealed, snapshot: &Snapshot) -> io::Result<()> {
        let unfinished = self.directory.join(UNFINISHED);
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)?;
        file.write_all(format!("{MAGIC}\n{}\n", sealed.signature).as_bytes())?;
        file.write_all(&sealed.bytes)?;
        file.sync_data()?;
        let (epoch, revision) = age(snapshot);
        let name = format!("{epoch:020}-{revision:020}{SUFFIX}");
        fs::rename(&unfinished, self.directory.join(name))?;
        File::open(&self.directory)?.sync_all()?;
        let (mut epochs, mut of_epoch) = (Vec::new(), 0);
        for file in self.generations() {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let epoch = name.split('-').next().unwrap_or_default().to_owned();
            if epochs.last() != Some(&epoch) {
                epochs.push(epoch);
                of_epoch = 0;
            }
            of_epoch += 1;
            let most = if epochs.len() == 1 { GENERATIONS } else { 1 };
            if of_epoch > most || epochs.len() > EPOCHS {
                fs::remove_file(file)?;
            }
        }
        Ok(())
    }

    /// Notes that a snapshot is known to be the newest. Not forced to disk: a note that is lost makes a restart older, which
    /// is safe.
    ///
    /// # Errors
    /// When it cannot be written; what was noted before is still there.
    pub(crate) fn note(&self, known: Known) -> io::Result<()> {
        let text = serde_json::to_string(&known)?;
        let unfinished = self.directory.join(UNFINISHED_KNOWN);
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)?;
        file.write_all(format!("{} {text}\n", sha256_hex(text.as_bytes())).as_bytes())?;
        fs::rename(&unfinished, self.directory.join(KNOWN))
    }

    /// What was noted last, if that is whole.
    pub(crate) fn known(&self) -> Option<Known> {
        let mut text = String::new();
        let file = File::open(self.directory.join(KNOWN)).ok()?;
        let limit = u64::try_from(HEAD).ok()?;
        file.take(limit).read_to_string(&mut text).ok()?;
        let (digest, text) = text.strip_suffix('\n')?.split_once(' ')?;
        if sha256_hex(text.as_bytes()) != digest {
            return None;
        }
        serde_json::from_str(text).ok()
    }

    /// The files, newest name first. Names give the order of tidying only; what counts is inside.
    fn generations(&self) -> Vec<PathBuf> {
        let is_snapshot = |path: &PathBuf| path.to_string_lossy().ends_with(SUFFIX);
        let entries = fs::read_dir(&self.directory)
            .into_iter()
            .flatten()
            .flatten();
        let mut files: Vec<PathBuf> = entries
            .map(|entry| entry.path())
            .filter(is_snapshot)
            .collect();
        files.sort_unstable_by(|a, b| b.cmp(a));
        files
    }

    fn read(&self, path: &Path) -> Result<Snapshot, LoadError> {
        let mut bytes = Vec::new();
        let limit = u64::try_from(LARGEST + HEAD).unwrap_or(u64::MAX);
        let file = File::open(path).map_err(LoadError::Read)?;
        file.take(limit)
            .read_to_end(&mut bytes)
            .map_err(LoadError::Read)?;
        let (magic, rest) = line(&bytes).ok_or(LoadError::Head)?;
        let (signature, body) = line(rest).ok_or(LoadError::Head)?;
        if magic != MAGIC {
            return Err(LoadError::Head);
        }
        let sealed = Sealed {
            signature: signature.to_owned(),
            bytes: body.to_vec(),
        };
        Ok(sealed.open(&self.key)?)
    }
}

fn age(snapshot: &Snapshot) -> (u64, u64) {
    (snapshot.epoch, snapshot.revision)
}

fn line(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.iter().take(HEAD).position(|byte| *byte == b'\n')?;
    let (line, rest) = bytes.split_at_checked(end)?;
    Some((std::str::from_utf8(line).ok()?, rest.get(1..)?))
}
