//! Reading one source, whatever it holds, in pieces.

use std::io::{ErrorKind, Read};

use anyhow::Result;
use gatewright_token::find::{Candidate, Finder};

use super::{finding::Finding, known::Known, walk::Source};

/// How much is read at once.
const PIECE: usize = 64 * 1024;

/// How archives and compressed files begin: what is inside them is not looked at, and the report says so.
const ARCHIVES: [&[u8]; 7] = [
    b"\x1f\x8b",
    b"PK\x03\x04",
    b"\xfd7zXZ\0",
    b"BZh",
    b"\x28\xb5\x2f\xfd",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
];

/// Everything that was looked through, and what was found.
#[derive(Debug, Default)]
pub(super) struct Looked {
    pub(super) files: u64,
    pub(super) bytes: u64,
    /// Archives, in which more may be.
    pub(super) archives: Vec<String>,
    /// What could not be read.
    pub(super) unread: Vec<String>,
    pub(super) findings: Vec<Finding>,
}

impl Looked {
    /// How far it is, in a sentence.
    pub(super) fn so_far(&self) -> String {
        let (files, mebibytes) = (self.files, self.bytes / (1024 * 1024));
        let mut words = format!(
            "Looked through {files} {} ({mebibytes} MiB), found {}.",
            if files == 1 { "file" } else { "files" },
            self.findings.len()
        );
        if !self.archives.is_empty() {
            words.push_str(&format!(
                " {} are archives, which were not opened.",
                self.archives.len()
            ));
        }
        if !self.unread.is_empty() {
            words.push_str(&format!(" {} could not be read.", self.unread.len()));
        }
        words
    }
}

/// Looks through one source, and adds what is found.
///
/// # Errors
/// When it cannot be read to its end. What was found before stands.
pub(super) async fn look_through(
    source: &Source,
    known: &Known,
    looked: &mut Looked,
) -> Result<()> {
    let Some(mut input) = source.open()? else {
        return Ok(());
    };
    looked.files += 1;
    let (mut finder, mut piece) = (Finder::default(), vec![0; PIECE]);
    let mut first = true;
    loop {
        let (filled, ended) = fill(&mut *input, &mut piece);
        let bytes = piece.get(..filled).unwrap_or_default();
        if first && ARCHIVES.iter().any(|magic| bytes.starts_with(magic)) {
            looked.archives.push(source.name());
        }
        first = false;
        looked.bytes += u64::try_from(filled).unwrap_or_default();
        let found = finder.feed(bytes);
        judge(found, source, known, looked).await?;
        if filled < PIECE {
            judge(finder.finish(), source, known, looked).await?;
            return Ok(ended?);
        }
    }
}

/// Reads until the buffer is full or the input is at its end, and says how that came.
fn fill(input: &mut dyn Read, buffer: &mut [u8]) -> (usize, std::io::Result<()>) {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return (filled, Err(error)),
        }
    }
    (filled, Ok(()))
}

async fn judge(
    candidates: Vec<Candidate>,
    source: &Source,
    known: &Known,
    looked: &mut Looked,
) -> Result<()> {
    for candidate in candidates {
        if let Some(finding) = known.judge(candidate, &source.name()).await? {
            looked.findings.push(finding);
        }
    }
    Ok(())
}
