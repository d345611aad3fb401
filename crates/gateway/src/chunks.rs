//! The framing of bodies: where one ends and the next head begins (RFC 9112 sections 6 and 7).
//!
//! Invariant: as that of `framing`; what is followed here, every reader follows to the same end.

use crate::framing::{
    Fault,
    Fault::{Malformed, TooLarge},
    is_control,
};

/// The most bytes of a trailer section. Trailers are read and dropped, so only their end matters.
const TRAILERS: usize = 8 * 1024;

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
