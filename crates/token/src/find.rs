//! Finding leaked secrets of ours in bytes of any kind: texts of the shape of a token, and credentials whose checksum holds.
//!
//! Invariant: memory is bounded by one window, whatever the input, and a text is found wherever a border of what is fed
//! falls in it. UTF-16 is read as well, anywhere: a text whose every second byte is zero is found like any other.
//! What is found is a candidate: whether a token really is ours, `recognise` says by its signature.

mod narrow;
mod shape;

use gatewright_domain::{credential::CredentialKind, secret::Secret};

use crate::policy::{MAX_HEADER_BYTES, MAX_TOKEN_BYTES};
use narrow::Narrow;
use shape::Shape;

/// What a text may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A signed token, by its shape.
    Token,
    /// An opaque credential, by prefix, length and checksum.
    Credential(CredentialKind),
    /// A client secret, by prefix, length and checksum.
    ClientSecret,
    /// A refresh token, by prefix, length and the id in it. It has no checksum: only its installation can be sure.
    RefreshToken,
}

/// Where a text begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// In bytes from the beginning.
    pub offset: u64,
    /// The line, from 1.
    pub line: u64,
    /// The character within the line, from 1: continuation bytes of UTF-8 and the zero bytes of UTF-16 do not count.
    pub column: u64,
}

/// A text that may be a secret of ours.
#[derive(Debug)]
pub struct Candidate {
    /// What it may be.
    pub what: What,
    /// How it can be read, the likeliest first: where letters adjoin a token, nothing but its signature says where it begins.
    pub readings: Vec<Reading>,
}

/// One way to read a candidate.
#[derive(Debug)]
pub struct Reading {
    /// Where it begins.
    pub place: Place,
    /// How many characters it has.
    pub length: u64,
    /// The text itself.
    pub text: Secret<String>,
}

/// How far a text reaches beyond the point by which it is found, at two bytes a character.
const AFTER: usize = 2 * MAX_TOKEN_BYTES;
const BEFORE: usize = 2 * MAX_HEADER_BYTES;

/// How much is looked through at once, so that a trickle of bytes costs no more than a stream of them.
const STRIDE: usize = 64 * 1024;

/// Looks through bytes as they come.
#[derive(Debug)]
pub struct Finder {
    window: Vec<u8>,
    /// What has been searched already, from the beginning of the window.
    searched: usize,
    /// Where the window begins.
    begins: Place,
}

impl Default for Finder {
    fn default() -> Self {
        Self {
            window: Vec::new(),
            searched: 0,
            begins: Place {
                offset: 0,
                line: 1,
                column: 1,
            },
        }
    }
}

impl Finder {
    /// Looks through more bytes. What lies near their end is told when more come, or at the end.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Candidate> {
        self.window.extend_from_slice(bytes);
        let limit = self.window.len().saturating_sub(AFTER);
        if limit < self.searched + STRIDE {
            return Vec::new();
        }
        let found = self.search(limit);
        self.forget(limit);
        found
    }

    /// There are no more bytes: tells what lies near their end.
    #[must_use]
    pub fn finish(self) -> Vec<Candidate> {
        self.search(self.window.len())
    }

    /// What is found by a point from where was searched already up to `limit`.
    fn search(&self, limit: usize) -> Vec<Candidate> {
        let fresh = self.searched..limit;
        let mut shapes = shape::all(&self.window, |at| fresh.contains(&at));
        if let Some(narrow) = Narrow::of(&self.window) {
            let is_fresh = |at| fresh.contains(&narrow.place(at));
            let wide = shape::all(narrow.bytes(), is_fresh);
            shapes.extend(wide.into_iter().map(|shape| narrow.widen(shape)));
        }
        shapes.sort_by_key(Shape::first);
        let mut cursor = (0, self.begins);
        shapes
            .into_iter()
            .map(|shape| {
                cursor = self.advanced(cursor, shape.first());
                shape.candidate(cursor.1)
            })
            .collect()
    }

    /// Drops what no text can begin in any more.
    fn forget(&mut self, limit: usize) {
        let keep = limit.saturating_sub(BEFORE);
        (_, self.begins) = self.advanced((0, self.begins), keep);
        self.window.drain(..keep);
        self.searched = limit.max(self.searched) - keep;
    }

    /// The place so far into the window, counted on from one that is known.
    fn advanced(&self, (from, mut place): (usize, Place), to: usize) -> (usize, Place) {
        let passed = self.window.get(from..to).unwrap_or_default();
        for byte in passed {
            match byte {
                b'\n' => {
                    place.line += 1;
                    place.column = 1;
                }
                0 | 0x80..=0xbf => {}
                _ => place.column += 1,
            }
        }
        place.offset += u64::try_from(passed.len()).unwrap_or_default();
        (from.max(to), place)
    }
}
