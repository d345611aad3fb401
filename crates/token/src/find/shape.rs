//! What our secrets look like among other bytes.

use gatewright_domain::{
    client,
    credential::{self, CredentialKind},
    family,
    secret::Secret,
};
use memchr::memmem;

use super::{Candidate, Place, Reading, What};
use crate::policy::{MAX_HEADER_BYTES, MAX_TOKEN_BYTES};

/// How header and claims of ours begin: `{"` in base64url.
const OBJECT: &[u8] = b"eyJ";

/// How many beginnings of a token are tried from either side, when letters adjoin it.
const TRIED: usize = 4;

/// How long the signatures of our algorithms are in base64url: P-256 and Ed25519, P-384, RSA of 2048, 3072 and 4096 bits.
const SIGNATURES: [usize; 5] = [86, 128, 342, 512, 683];

/// A text found: where it may begin and end, and its bytes from the first beginning to the last end.
pub(super) struct Shape {
    what: What,
    /// In order. Counted in bytes of the window, and in characters of the text.
    starts: Vec<(usize, usize)>,
    /// In characters of the text, the likeliest first.
    ends: Vec<usize>,
    text: Secret<Vec<u8>>,
}

/// Everything that is found by a point that counts.
pub(super) fn all(bytes: &[u8], counts: impl Fn(usize) -> bool) -> Vec<Shape> {
    let credentials = memmem::find_iter(bytes, b"gw_").filter(|at| counts(*at));
    let credentials = credentials.filter_map(|at| credential(bytes, at));
    let tokens = memmem::find_iter(bytes, b".eyJ").filter(|at| counts(*at));
    let tokens = tokens.filter_map(|dot| token(bytes, dot));
    credentials.chain(tokens).collect()
}

/// The credential that begins here: prefix, length, alphabet and checksum, whatever adjoins it.
fn credential(bytes: &[u8], at: usize) -> Option<Shape> {
    let rest = bytes.get(at..)?;
    let whole = |what: What, text: &[u8]| Shape {
        what,
        starts: vec![(at, 0)],
        ends: vec![text.len()],
        text: Secret::new(text.to_vec()),
    };
    if let Some(secret) = client_secret(rest) {
        return Some(whole(What::ClientSecret, secret));
    }
    if let Some(token) = refresh_token(rest) {
        return Some(whole(What::RefreshToken, token));
    }
    let begins = |kind: &CredentialKind| rest.starts_with(kind.prefix().as_bytes());
    let kind = CredentialKind::ALL.into_iter().find(begins)?;
    let text = rest.get(..kind.length())?;
    credential::digest(kind, std::str::from_utf8(text).ok()?).ok()?;
    Some(whole(What::Credential(kind), text))
}

/// The client secret that comes first.
fn client_secret(bytes: &[u8]) -> Option<&[u8]> {
    let text = bytes.get(..client::SECRET_LENGTH)?;
    client::secret_id(std::str::from_utf8(text).ok()?)?;
    Some(text)
}

/// The refresh token that comes first.
fn refresh_token(bytes: &[u8]) -> Option<&[u8]> {
    let text = bytes.get(..family::LENGTH)?;
    family::id_of(std::str::from_utf8(text).ok()?).ok()?;
    Some(text)
}

/// The token whose header ends at this dot: three parts of base64url, of which two begin as objects do.
fn token(bytes: &[u8], dot: usize) -> Option<Shape> {
    let before = bytes.get(dot.saturating_sub(MAX_HEADER_BYTES)..dot)?;
    let header = before.iter().rev().take_while(|byte| is_inside(**byte));
    let header = before.len() - header.count();
    let after = bytes.get(dot + 1..)?;
    let claims = run(after);
    if after.get(claims) != Some(&b'.') {
        return None;
    }
    let signature = run(after.get(claims + 1..)?);
    let begins = memmem::find_iter(before.get(header..)?, OBJECT);
    let begins: Vec<usize> = begins.map(|at| dot - before.len() + header + at).collect();
    let first = *begins.first()?;
    let to_signature = dot + 1 + claims + 1 - first;
    if signature == 0 || to_signature + signature > MAX_TOKEN_BYTES {
        return None;
    }
    let shorter = SIGNATURES
        .iter()
        .rev()
        .filter(|length| **length < signature);
    let ends = std::iter::once(&signature).chain(shorter);
    let tried = |(index, _): &(usize, &usize)| *index < TRIED || *index + TRIED >= begins.len();
    let starts = begins.iter().enumerate().filter(tried);
    let text = bytes.get(first..first + to_signature + signature)?;
    Some(Shape {
        what: What::Token,
        starts: starts.map(|(_, at)| (*at, *at - first)).collect(),
        ends: ends.map(|length| to_signature + length).collect(),
        text: Secret::new(text.to_vec()),
    })
}

/// How many bytes of base64url come first; not more than any token has.
fn run(bytes: &[u8]) -> usize {
    let inside = bytes.iter().take_while(|byte| is_inside(**byte));
    inside.take(MAX_TOKEN_BYTES).count()
}

const fn is_inside(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

impl Shape {
    /// Where it begins at the earliest.
    pub(super) fn first(&self) -> usize {
        self.starts.first().map_or(0, |(at, _)| *at)
    }

    /// The same with its beginnings elsewhere in the window.
    pub(super) fn moved(self, to: impl Fn(usize) -> usize) -> Self {
        let moved = |(at, skipped): (usize, usize)| (to(at), skipped);
        Self {
            starts: self.starts.into_iter().map(moved).collect(),
            ..self
        }
    }

    /// The candidate, whose first beginning is at `place`.
    pub(super) fn candidate(self, place: Place) -> Candidate {
        let (first, what) = (self.first(), self.what);
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let reading = |(at, skipped): &(usize, usize), end: usize| {
            let text = self.text.lend(|text| {
                let text = text.get(*skipped..end)?;
                Some(String::from_utf8_lossy(text).into_owned())
            })?;
            let place = Place {
                offset: place.offset + count(*at - first),
                line: place.line,
                column: place.column + count(*skipped),
            };
            let length = count(text.len());
            let text = Secret::new(text);
            Some(Reading {
                place,
                length,
                text,
            })
        };
        let of = |start| self.ends.iter().filter_map(move |end| reading(start, *end));
        Candidate {
            what,
            readings: self.starts.iter().flat_map(of).collect(),
        }
    }
}
