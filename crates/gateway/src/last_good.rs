//! The last good snapshots on disk, so that a gateway starts and goes on without its control plane.
//!
//! Invariant: what is loaded was signed by the control plane, byte for byte; a damaged generation falls back to the one
//! before it, and never to an empty table.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use gatewright_domain::snapshot::Snapshot;
use gatewright_token::detached::PinnedKey;
use tracing::warn;

use crate::{
    chain::chain,
    sealed::{LARGEST, SealError, Sealed},
};

/// How many snapshots are kept.
const GENERATIONS: usize = 3;

/// The first line of a file.
const MAGIC: &str = "gatewright-snapshot/1";

const SUFFIX: &str = ".snapshot";
const UNFINISHED: &str = "unfinished";

/// The longest head of a file: the magic line and the signature's.
const HEAD: usize = 256;

/// A directory of snapshots.
#[derive(Clone, Debug)]
pub struct LastGood {
    directory: PathBuf,
    key: PinnedKey,
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
        let mut newest: Option<Snapshot> = None;
        for path in self.generations() {
            match self.read(&path) {
                Ok(snapshot) => {
                    let newer = |known: &Snapshot| age(known) < age(&snapshot);
                    if newest.as_ref().is_none_or(newer) {
                        newest = Some(snapshot);
                    }
                }
                Err(error) => {
                    let (file, error) = (path.display(), chain(&error));
                    warn!(%file, error, "Passed over a damaged snapshot");
                }
            }
        }
        newest
    }

    /// Keeps a snapshot: written beside, forced to disk, renamed, and the directory forced to disk. Then the oldest beyond
    /// three goes.
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
        for old in self.generations().iter().skip(GENERATIONS) {
            fs::remove_file(old)?;
        }
        Ok(())
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
