//! The framing of HTTP/1 requests, read strictly and before anything else reads it.
//!
//! Invariant: bytes that pass can be framed in one way only. What two readers might frame differently is refused, not
//! repaired (RFC 9112 sections 2.2, 5 and 6; `gateway.md` section 4).

use http::Uri;
use memchr::memchr;

use crate::chunks::{BodyReader, Chunks};

/// The most bytes of a head, credentials apart.
const HEAD: usize = 32 * 1024;

/// The most bytes of all `Authorization` lines. Far above the 8 KiB that the verifier reads, so that an oversized token is
/// answered as the bad token it is; bounded, because a head is held in memory until it is complete.
const CREDENTIAL: usize = 96 * 1024;

/// The most header lines.
const HEADERS: usize = 100;

/// Why bytes are not passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// They can be read in two ways, or in none.
    Malformed(&'static str),
    /// There are too many of them.
    TooLarge,
}

use Fault::{Malformed, TooLarge};

/// A complete head: its size in bytes, and how the body after it is framed.
#[derive(Debug)]
pub(crate) struct Head {
    /// Bytes up to and including the empty line.
    pub(crate) size: usize,
    /// The body, if there is one.
    pub(crate) body: Option<BodyReader>,
}

/// Reads one head, however many pieces it arrives in, looking at every byte once.
#[derive(Debug, Default)]
pub(crate) struct HeadReader {
    line_start: usize,
    lines: usize,
    seen: usize,
    credential: usize,
    hosts: usize,
    length: Option<u64>,
    chunked: bool,
    http_1_0: bool,
}

impl HeadReader {
    /// Reads on. `bytes` begin where the head begins and are those of the last call and more.
    pub(crate) fn read(&mut self, bytes: &[u8]) -> Result<Option<Head>, Fault> {
        while let Some(found) = bytes.get(self.seen..).and_then(|rest| memchr(b'\n', rest)) {
            let end = self.seen + found;
            let line = bytes.get(self.line_start..end).unwrap_or_default();
            let line = line
                .strip_suffix(b"\r")
                .ok_or(Malformed("a line of the head does not end with CR and LF"))?;
            (self.line_start, self.seen) = (end + 1, end + 1);
            if line.is_empty() && self.lines > 0 {
                return self.complete().map(Some);
            }
            self.line(line)?;
        }
        self.seen = bytes.len();
        self.fits(bytes.get(self.line_start..).unwrap_or_default())?;
        Ok(None)
    }

    fn line(&mut self, line: &[u8]) -> Result<(), Fault> {
        if holds_control(line) {
            return Err(Malformed("the head holds a control byte"));
        }
        self.lines += 1;
        if self.lines == 1 {
            self.request_line(line)?;
        } else {
            self.field(line)?;
        }
        self.fits(&[])
    }

    /// Whether what was read and the beginning of one more line keep to the caps.
    fn fits(&self, partial: &[u8]) -> Result<(), Fault> {
        const NAME: &[u8] = b"authorization:";
        let secret = partial
            .get(..NAME.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(NAME));
        let (credential, other) = if secret {
            (partial.len(), 0)
        } else {
            (0, partial.len())
        };
        let head = self.line_start - self.credential + other;
        let credential = self.credential + credential;
        if head > HEAD || credential > CREDENTIAL || self.lines > HEADERS + 1 {
            return Err(TooLarge);
        }
        Ok(())
    }

    fn request_line(&mut self, line: &[u8]) -> Result<(), Fault> {
        let mut parts = line.split(|byte| *byte == b' ');
        let (Some(method), Some(target), Some(version), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Malformed(
                "the request line is not method, target and version",
            ));
        };
        if method.is_empty() || !method.iter().all(|byte| is_token(*byte)) {
            return Err(Malformed("the method is not a token"));
        }
        if method == b"CONNECT" {
            return Err(Malformed("tunnels are not offered"));
        }
        if target.is_empty() || !target.iter().all(|byte| is_target(*byte)) {
            return Err(Malformed(
                "the target holds a character that must be percent-encoded",
            ));
        }
        // In origin form these characters always make a target; in any other form they may not.
        if !target.starts_with(b"/") && Uri::try_from(target).is_err() {
            return Err(Malformed("the target is no address"));
        }
        match version {
            b"HTTP/1.1" => {}
            b"HTTP/1.0" => self.http_1_0 = true,
            _ => return Err(Malformed("the version is neither HTTP/1.1 nor HTTP/1.0")),
        }
        Ok(())
    }

    fn field(&mut self, line: &[u8]) -> Result<(), Fault> {
        let colon = memchr(b':', line).ok_or(Malformed("a header line has no colon"))?;
        let (name, value) = line.split_at(colon);
        if name.is_empty() || !name.iter().all(|byte| is_token(*byte)) {
            return Err(Malformed(
                "a header line is folded, or its name is not a token",
            ));
        }
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        if name.eq_ignore_ascii_case(b"host") {
            self.hosts += 1;
        } else if name.eq_ignore_ascii_case(b"content-length") {
            if self.length.is_some() {
                return Err(Malformed("Content-Length is repeated"));
            }
            self.length = Some(content_length(value)?);
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if self.chunked || !value.eq_ignore_ascii_case(b"chunked") {
                return Err(Malformed(
                    "Transfer-Encoding is something else than `chunked`, once",
                ));
            }
            self.chunked = true;
        } else if name.eq_ignore_ascii_case(b"authorization") {
            self.credential += line.len() + 2;
        }
        Ok(())
    }

    fn complete(&self) -> Result<Head, Fault> {
        if self.hosts != 1 {
            return Err(Malformed("Host is missing or repeated"));
        }
        let body = match (self.length, self.chunked) {
            (Some(_), true) => {
                return Err(Malformed(
                    "Content-Length and Transfer-Encoding stand together",
                ));
            }
            (None, true) if self.http_1_0 => {
                return Err(Malformed("HTTP/1.0 knows no Transfer-Encoding"));
            }
            (None, true) => Some(BodyReader::Chunked(Chunks::Size {
                value: 0,
                digits: 0,
            })),
            (None | Some(0), false) => None,
            (Some(length), false) => Some(BodyReader::Exactly(length)),
        };
        let size = self.line_start;
        Ok(Head { size, body })
    }
}

/// Digits only: no sign, no blank, no list (RFC 9110 section 8.6).
fn content_length(value: &[u8]) -> Result<u64, Fault> {
    let digits = (1..=18).contains(&value.len()) && value.iter().all(u8::is_ascii_digit);
    if !digits {
        return Err(Malformed("Content-Length is not a whole number"));
    }
    let add = |sum: u64, digit: &u8| sum * 10 + u64::from(digit - b'0');
    Ok(value.iter().fold(0, add))
}

/// HTAB is the one control that may stand in a header's value (RFC 9110 section 5.5).
pub(crate) fn is_control(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\t') || byte == 0x7f
}

/// Whether any of the bytes is a control. All of them are looked at, because many at a time cost less than one by one until
/// the first that is.
fn holds_control(bytes: &[u8]) -> bool {
    let either = |found, byte: &u8| found | is_control(*byte);
    bytes.iter().fold(false, either)
}

/// RFC 9110 section 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// What may stand in a target: RFC 3986, and in queries the few others that clients are known to send bare. Fragments
/// have no place in requests, and a reader that cuts one off would see another path.
fn is_target(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\"<>\\`#".contains(&byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads bytes that arrive in pieces; gives the sizes of head and body.
    fn read(bytes: &[u8], pieces: &[usize]) -> Result<Option<(usize, usize)>, Fault> {
        let mut reader = HeadReader::default();
        let mut ends: Vec<usize> = pieces.iter().map(|end| end % (bytes.len() + 1)).collect();
        ends.sort_unstable();
        ends.push(bytes.len());
        let mut head = None;
        for end in &ends {
            head = reader.read(&bytes[..*end])?;
            if head.is_some() {
                break;
            }
        }
        let Some(Head { size, body }) = head else {
            return Ok(None);
        };
        let Some(mut body) = body else {
            return Ok(Some((size, 0)));
        };
        let mut at = size;
        for end in ends.into_iter().filter(|end| *end > size) {
            let followed = body.read(&bytes[at..end])?;
            at += followed.bytes;
            if followed.ended {
                return Ok(Some((size, at - size)));
            }
        }
        Ok(None)
    }

    const LENGTH: &[u8] = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET";
    const CHUNKED: &[u8] =
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\n\r\nA\r\n0123456789\r\n01\r\nx\r\n0\r\nT: u\r\n\r\nGET";

    #[test]
    fn a_body_ends_where_its_framing_says() {
        assert_eq!(read(LENGTH, &[]), Ok(Some((47, 5))));
        assert_eq!(read(CHUNKED, &[]), Ok(Some((56, 33))));
    }

    proptest! {
        #[test]
        fn how_the_bytes_arrive_makes_no_difference(
            which in 0_usize..2,
            pieces in proptest::collection::vec(0_usize..200, 0..12),
            flip in proptest::option::of((0_usize..90, any::<u8>())),
        ) {
            let mut bytes = [LENGTH, CHUNKED][which].to_vec();
            if let Some((place, byte)) = flip {
                let place = place % bytes.len();
                bytes[place] = byte;
            }
            let (whole, pieced) = (read(&bytes, &[]), read(&bytes, &pieces));
            prop_assert_eq!(whole.is_err(), pieced.is_err());
            if let (Ok(whole), Ok(pieced)) = (whole, pieced) {
                prop_assert_eq!(whole, pieced);
            }
        }
    }
}
