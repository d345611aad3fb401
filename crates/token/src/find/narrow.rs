//! UTF-16 read as ASCII: of bytes of which every second one is zero, the others.

use super::shape::Shape;

/// What a window says when it is read so, and where in it each byte stands.
pub(super) struct Narrow {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

impl Narrow {
    /// The window read so; nothing when no byte of it is zero. Bytes that have no zero between them are parted by one that
    /// stands in no text of ours, so that what is not UTF-16 does not become a text by being read so.
    pub(super) fn of(window: &[u8]) -> Option<Self> {
        memchr::memchr(0, window)?;
        let mut narrow = Self {
            bytes: Vec::with_capacity(window.len()),
            places: Vec::with_capacity(window.len()),
        };
        let mut zeros = 1;
        for (place, byte) in window.iter().enumerate() {
            if *byte == 0 {
                zeros += 1;
                continue;
            }
            if zeros != 1 {
                narrow.push(b' ', place);
            }
            narrow.push(*byte, place);
            zeros = 0;
        }
        Some(narrow)
    }

    fn push(&mut self, byte: u8, place: usize) {
        self.bytes.push(byte);
        self.places.push(place);
    }

    /// What it says.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where a byte of it stands in the window.
    pub(super) fn place(&self, at: usize) -> usize {
        self.places.get(at).copied().unwrap_or(usize::MAX)
    }

    /// A shape found in it, as it stands in the window.
    pub(super) fn widen(&self, shape: Shape) -> Shape {
        shape.moved(|at| self.place(at))
    }
}
