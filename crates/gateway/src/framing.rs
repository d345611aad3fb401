//! The framing of HTTP/1 requests, read strictly and before anything else reads it.
//!
//! Invariant: bytes that pass can be framed in one way only. What two readers might frame differently is refused, not
//! repaired (RFC 9112 sections 2.2, 5 and 6; `gateway.md` section 4).

use memchr::memchr;

/// The most bytes of a head, credentials apart.
const HEAD: usize = 32 * 1024;

/// The most bytes of all `Authorization` lines. Far above the 8 KiB that the verifier reads, so that an oversized token is
/// answered as the bad token it is; bounded, because a head is held in memory until it is complete.
const CREDENTIAL: usize = 96 * 1024;

/// The most header lines.
const HEADERS: usize = 100;

/// The most bytes of a trailer section. Trailers are read and dropped, so only their end matters.
const TRAILERS: usize = 8 * 1024;

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
        if line.iter().any(|byte| is_control(*byte)) {
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

/// Follows a body to its end, so that the next head is found where it really begins.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BodyReader {
    /// So many bytes are still to come.
    Exactly(u64),
    /// Chunks are still to come.
    Chunked(Chunks),
}

/// Where in a chunked body the reader stands (RFC 9112 section 7.1).
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Chunks {
    /// In the digits of a chunk's size. Extensions are refused: nobody here reads them, and somebody behind might.
    Size { value: u64, digits: u8 },
    /// Before the LF after the size.
    SizeEnd(u64),
    /// So many bytes before the end of a chunk.
    Data(u64),
    /// Before the CR, or after it before the LF, that end a chunk.
    DataEnd { cr: bool },
    /// In the trailers: bytes so far, bytes of this line, and whether its CR was seen.
    Trailers { size: usize, line: usize, cr: bool },
}

/// How far a body was followed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Followed {
    /// So many of the bytes belong to the body.
    pub(crate) bytes: usize,
    /// Whether the body ends there.
    pub(crate) ended: bool,
}

impl BodyReader {
    /// Follows the body through these bytes.
    pub(crate) fn read(&mut self, bytes: &[u8]) -> Result<Followed, Fault> {
        match self {
            Self::Exactly(left) => {
                let bytes = take(left, bytes.len());
                let ended = *left == 0;
                Ok(Followed { bytes, ended })
            }
            Self::Chunked(chunks) => chunks.read(bytes),
        }
    }
}

impl Chunks {
    fn read(&mut self, bytes: &[u8]) -> Result<Followed, Fault> {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if let Self::Data(left) = self {
                at += take(left, bytes.len() - at);
                if *left == 0 {
                    *self = Self::DataEnd { cr: false };
                }
                continue;
            }
            at += 1;
            let Some(next) = self.step(byte)? else {
                return Ok(Followed {
                    bytes: at,
                    ended: true,
                });
            };
            *self = next;
        }
        Ok(Followed {
            bytes: at,
            ended: false,
        })
    }

    /// The state after one more byte of framing; nothing after the last one.
    fn step(&self, byte: u8) -> Result<Option<Self>, Fault> {
        const BAD_SIZE: Fault = Malformed("a chunk's size is malformed");
        let next = match (self, byte) {
            (Self::Size { value, digits }, b'\r') if *digits > 0 => Self::SizeEnd(*value),
            (Self::Size { value, digits }, digit) if *digits < 15 => {
                let digit = char::from(digit).to_digit(16).ok_or(BAD_SIZE)?;
                let value = value * 16 + u64::from(digit);
                Self::Size {
                    value,
                    digits: digits + 1,
                }
            }
            (Self::SizeEnd(0), b'\n') => Self::Trailers {
                size: 0,
                line: 0,
                cr: false,
            },
            (Self::SizeEnd(size), b'\n') => Self::Data(*size),
            (Self::Size { .. } | Self::SizeEnd(_), _) => return Err(BAD_SIZE),
            (Self::DataEnd { cr: false }, b'\r') => Self::DataEnd { cr: true },
            (Self::DataEnd { cr: true }, b'\n') => Self::Size {
                value: 0,
                digits: 0,
            },
            (Self::DataEnd { .. }, _) => {
                return Err(Malformed("a chunk does not end where its size says"));
            }
            (
                Self::Trailers {
                    line: 0, cr: true, ..
                },
                b'\n',
            ) => return Ok(None),
            (Self::Trailers { size, cr: true, .. }, b'\n') => Self::Trailers {
                size: size + 1,
                line: 0,
                cr: false,
            },
            (
                Self::Trailers {
                    size,
                    line,
                    cr: false,
                },
                b'\r',
            ) => Self::Trailers {
                size: size + 1,
                line: *line,
                cr: true,
            },
            (Self::Trailers { cr: true, .. }, _) => {
                return Err(Malformed("a trailer line does not end with CR and LF"));
            }
            (Self::Trailers { size, line, .. }, byte) if !is_control(byte) => Self::Trailers {
                size: size + 1,
                line: line + 1,
                cr: false,
            },
            (Self::Trailers { .. }, _) => return Err(Malformed("a trailer holds a control byte")),
            (Self::Data(left), _) => Self::Data(*left),
        };
        match next {
            Self::Trailers { size, .. } if size > TRAILERS => Err(TooLarge),
            next => Ok(Some(next)),
        }
    }
}

/// Takes as many of `left` as there are, and says how many that was.
fn take(left: &mut u64, available: usize) -> usize {
    let taken = usize::try_from(*left).map_or(available, |left| left.min(available));
    *left -= u64::try_from(taken).unwrap_or(*left);
    taken
}

/// HTAB is the one control that may stand in a header's value (RFC 9110 section 5.5).
fn is_control(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\t') || byte == 0x7f
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
