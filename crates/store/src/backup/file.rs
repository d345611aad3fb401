//! The form of a backup: lines, the first of which says what it is of, and the last of which says that it is whole.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{BackupEnd, BackupHead, END, FORMAT};
use crate::error::StoreError;

/// Lines on their way out, and their checksum.
pub(super) struct Lines<'a> {
    out: &'a mut (dyn Write + Send),
    sum: Sha256,
}

impl<'a> Lines<'a> {
    pub(super) fn to(out: &'a mut (dyn Write + Send)) -> Self {
        Self {
            out,
            sum: Sha256::new(),
        }
    }

    pub(super) fn put(&mut self, mark: &str, text: &str) -> Result<(), StoreError> {
        for part in [mark, text, "\n"] {
            self.sum.update(part);
            self.out.write_all(part.as_bytes()).map_err(full)?;
        }
        Ok(())
    }

    /// The last line.
    pub(super) fn end(self, rows: u64) -> Result<BackupEnd, StoreError> {
        let end = BackupEnd {
            rows,
            sha256: hex(self.sum),
        };
        let text = serde_json::to_string(&end).map_err(|_| StoreError::TooLarge)?;
        writeln!(self.out, "{END}{text}").map_err(full)?;
        Ok(end)
    }
}

fn full(error: io::Error) -> StoreError {
    StoreError::Unusable(format!("the backup could not be written: {error}"))
}

fn hex(sum: Sha256) -> String {
    sum.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A backup that is whole, as its checksum says.
#[derive(Debug)]
pub struct BackupFile {
    path: PathBuf,
    /// What it is of.
    pub head: BackupHead,
    /// How many rows it holds, and its checksum.
    pub end: BackupEnd,
}

/// Why a file is not restored from.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("the backup cannot be read")]
    Read(#[from] io::Error),
    /// It does not begin as a backup does.
    #[error("it is no backup of this program: its first line is not that of {FORMAT}")]
    NotABackup,
    /// It has no last line: it was cut off, or is still being written.
    #[error("the backup has no end: it was cut off, or is still being written")]
    CutOff,
    /// It is not as it was written.
    #[error(
        "the backup was damaged or changed: its checksum is {found}, and its last line says {said}"
    )]
    Damaged {
        /// What it should be.
        said: String,
        /// What it is.
        found: String,
    },
}

impl BackupFile {
    /// Reads a whole backup once, and gives it if its checksum is right.
    ///
    /// # Errors
    /// Every variant of `FileError`.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let mut file = BufReader::new(File::open(path)?);
        let (mut sum, mut line) = (Sha256::new(), Vec::new());
        let mut head: Option<BackupHead> = None;
        loop {
            line.clear();
            if file.read_until(b'\n', &mut line)? == 0 {
                return Err(match head {
                    Some(_) => FileError::CutOff,
                    None => FileError::NotABackup,
                });
            }
            let Some(head) = &head else {
                let read: Result<BackupHead, _> = serde_json::from_slice(&line);
                let read = read.map_err(|_| FileError::NotABackup)?;
                if read.format != FORMAT {
                    return Err(FileError::NotABackup);
                }
                sum.update(&line);
                head = Some(read);
                continue;
            };
            let Some(end) = line.strip_prefix(END.as_bytes()) else {
                sum.update(&line);
                continue;
            };
            let end: BackupEnd = serde_json::from_slice(end).map_err(|_| FileError::CutOff)?;
            let found = hex(sum);
            if found != end.sha256 {
                let said = end.sha256;
                return Err(FileError::Damaged { said, found });
            }
            return Ok(Self {
                path: path.to_owned(),
                head: head.clone(),
                end,
            });
        }
    }

    /// The lines between the first and the last.
    pub(super) fn lines(&self) -> io::Result<impl Iterator<Item = io::Result<String>> + use<>> {
        let lines = BufReader::new(File::open(&self.path)?).lines().skip(1);
        Ok(lines.take_while(|line| !matches!(line, Ok(text) if text.starts_with(END))))
    }
}
