//! Key files: one key-encryption key, readable by nobody but the user that runs the program.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use gatewright_domain::{entropy::Entropy, secret::Secret};
use zeroize::Zeroizing;

use crate::{
    error::SourceError,
    kek::{Kek, Origin},
};

/// More than any way to write a key or a token, and little enough to read whatever the path points at.
const LONGEST: u64 = 4096;

/// As much, from the start, so that no copy of a secret is left behind by growing.
const CAPACITY: usize = 4096;

impl Kek {
    /// Reads a key file.
    ///
    /// # Errors
    /// `Unreadable`, `NotAFile`; `Exposed` and `Foreign` when others than its owner, or another owner, can reach it;
    /// those of `from_text`.
    pub fn read_file(path: &Path) -> Result<Self, SourceError> {
        Self::read(&read_private(path)?, Origin::File)
    }

    /// Draws a key and writes it to a new file of mode 0600. The file appears whole or not at all, and never in the
    /// place of another.
    ///
    /// # Errors
    /// `Exists`; `Unwritable`.
    pub fn generate_file(path: &Path, entropy: &dyn Entropy) -> Result<Self, SourceError> {
        let kek = Self::draw(entropy);
        let line = kek.line().unwrap_or_default();
        write_new(path, &line, entropy).map_err(|cause| {
            let path = path.to_owned();
            match cause.kind() {
                io::ErrorKind::AlreadyExists => SourceError::Exists { path },
                _ => SourceError::Unwritable { path, cause },
            }
        })?;
        Ok(kek)
    }
}

/// All of a short file that nobody else can read: a key, a passphrase, a PIN or a token.
pub(crate) fn read_private(path: &Path) -> Result<Secret<String>, SourceError> {
    let unreadable = |cause| SourceError::Unreadable {
        path: path.to_owned(),
        cause,
    };
    let file = File::open(path).map_err(unreadable)?;
    is_private(&file, path)?;
    let mut text = Zeroizing::new(String::with_capacity(CAPACITY));
    file.take(LONGEST)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    Ok(Secret::new(std::mem::take(&mut *text)))
}

/// What is asked of the open file, not of the path: nobody can change one for the other in between.
fn is_private(file: &File, path: &Path) -> Result<(), SourceError> {
    let path = || path.to_owned();
    let found = file.metadata().map_err(|cause| SourceError::Unreadable {
        path: path(),
        cause,
    })?;
    if !found.is_file() {
        return Err(SourceError::NotAFile { path: path() });
    }
    let mode = found.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(SourceError::Exposed { path: path(), mode });
    }
    let (owner, own) = (found.uid(), rustix::process::geteuid().as_raw());
    if owner != own {
        return Err(SourceError::Foreign {
            path: path(),
            owner,
            own,
        });
    }
    Ok(())
}

/// Writes a draft beside the place and links it there: a link, unlike a rename, replaces nothing.
fn write_new(path: &Path, text: &str, entropy: &dyn Entropy) -> io::Result<()> {
    let mut drawn = [0; 8];
    entropy.fill(&mut drawn);
    let draft = beside(path, &hex::encode(drawn));
    let written = write_draft(&draft, text).and_then(|()| fs::hard_link(&draft, path));
    let removed = fs::remove_file(&draft);
    written.and(removed)?;
    let home = path.parent().filter(|home| !home.as_os_str().is_empty());
    File::open(home.unwrap_or(Path::new(".")))?.sync_all()
}

fn write_draft(draft: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}
