//! From an event to its exact bytes and back.
//!
//! Invariant: what is hashed is what is stored. Only writers need the canonical form; whoever verifies hashes the
//! bytes as they lie there and never writes them anew.

use std::io;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::event::{Change, Entry, VERSION};

/// The size in bytes above which an event loses differences, and says so.
pub const SOFT_LIMIT: usize = 16 * 1024;

/// The size in bytes that no event exceeds: a length that fits in 16 bits, as tile formats store it.
pub const HARD_LIMIT: usize = 65_535;

/// An event that is larger than `HARD_LIMIT` even without its differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event is larger than {HARD_LIMIT} bytes even without its differences")]
pub struct TooLarge;

/// Bytes that are not an event.
#[derive(Debug, thiserror::Error)]
pub enum NotAnEvent {
    /// It is larger than any event may be.
    #[error("it is larger than {HARD_LIMIT} bytes")]
    TooLarge,
    /// It is not JSON, or has a member too many, too few, twice, or of another type.
    #[error("it does not have the shape of an event")]
    Shape(#[source] serde_json::Error),
    /// It is of a version that this code does not know.
    #[error("its version is {0}, and only version {VERSION} is known")]
    Version(u32),
    /// Its time is not spelled `2026-11-23T15:04:05.123Z`.
    #[error("its time is not spelled like 2026-11-23T15:04:05.123Z")]
    Time,
}

impl Entry {
    /// The bytes that are hashed and stored: JSON in the form of RFC 8785, at most `HARD_LIMIT` long.
    ///
    /// Above `SOFT_LIMIT` differences are left out, each that no longer fits, and `change.omitted` counts them;
    /// the hashes of the states still vouch for what they were.
    ///
    /// # Errors
    /// `TooLarge` when the rest of the event alone exceeds `HARD_LIMIT`.
    pub fn canonical(&self) -> Result<Vec<u8>, TooLarge> {
        write(self, SOFT_LIMIT).or_else(|TooLarge| write(&self.shortened()?, HARD_LIMIT))
    }

    /// Reads what `canonical` wrote. A missing member that may be null counts as null; anything else that the format
    /// does not know is refused: a member unknown or given twice, a version to come.
    ///
    /// # Errors
    /// `NotAnEvent`, saying what is wrong with the bytes.
    pub fn read(canonical: &[u8]) -> Result<Self, NotAnEvent> {
        if canonical.len() > HARD_LIMIT {
            return Err(NotAnEvent::TooLarge);
        }
        let entry: Self = serde_json::from_slice(canonical).map_err(NotAnEvent::Shape)?;
        match (entry.v, entry.at_ms()) {
            (VERSION, Some(_)) => Ok(entry),
            (VERSION, None) => Err(NotAnEvent::Time),
            (unknown, _) => Err(NotAnEvent::Version(unknown)),
        }
    }

    /// The same event with only those differences that fit into `SOFT_LIMIT`.
    fn shortened(&self) -> Result<Self, TooLarge> {
        let Some(change) = &self.change else {
            return Ok(self.clone());
        };
        let with = |diff, omitted| {
            let change = Change {
                diff,
                omitted,
                ..change.clone()
            };
            Self {
                change: Some(change),
                ..self.clone()
            }
        };
        // Measured with the longest count, so that the count that is written in the end fits too.
        let mut size = write(&with(Vec::new(), u64::MAX), HARD_LIMIT)?.len();
        let (mut kept, mut omitted) = (Vec::new(), change.omitted);
        for difference in &change.diff {
            let comma = 1;
            match write(difference, SOFT_LIMIT.saturating_sub(size + comma)) {
                Ok(bytes) => {
                    size += bytes.len() + comma;
                    kept.push(difference.clone());
                }
                Err(TooLarge) => omitted += 1,
            }
        }
        Ok(with(kept, omitted))
    }
}

/// The hash of a thing's whole state: SHA-256, in hexadecimal, of its named values as one canonical JSON object.
///
/// The order of `fields` does not matter; their names are distinct.
#[must_use]
pub fn state_hash(fields: &[(&str, &str)]) -> String {
    let mut fields = fields.to_vec();
    // RFC 8785 sorts by UTF-16 code units, which is another order than that of UTF-8 beyond the basic plane.
    fields.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
    let members: Vec<String> = fields
        .into_iter()
        .map(|(name, value)| format!("{}:{}", Value::from(name), Value::from(value)))
        .collect();
    hex::encode(Sha256::digest(format!("{{{}}}", members.join(","))))
}

/// Writes at most `limit` bytes of JSON. Numbers are integers and members are in order by their types, and serde_json
/// escapes what RFC 8785 escapes; so the only way to fail is to be too large.
fn write(value: &impl Serialize, limit: usize) -> Result<Vec<u8>, TooLarge> {
    let mut sheet = Sheet {
        bytes: Vec::with_capacity(limit.min(1024)),
        limit,
    };
    serde_json::to_writer(&mut sheet, value).map_err(|_| TooLarge)?;
    Ok(sheet.bytes)
}

/// Room for so many bytes and no more.
struct Sheet {
    bytes: Vec<u8>,
    limit: usize,
}

impl io::Write for Sheet {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + more.len() > self.limit {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
