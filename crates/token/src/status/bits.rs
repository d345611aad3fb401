//! The bits of a list: as many as there are places, whether they are taken or not, so that a list tells nobody how many.

use std::io::Read;

use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use gatewright_domain::token::Listing;

/// One bit for each place of a list of ours.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bits(Vec<u8>);

impl Default for Bits {
    /// Nobody is revoked.
    fn default() -> Self {
        let bytes = usize::try_from(Listing::SIZE / 8).unwrap_or(0);
        Self(vec![0; bytes])
    }
}

impl Bits {
    /// Says that the token at this place is revoked. The first place is the lowest bit of the first byte.
    pub fn revoke(&mut self, place: Listing) {
        let byte = usize::try_from(place.index() / 8).ok();
        if let Some(byte) = byte.and_then(|byte| self.0.get_mut(byte)) {
            *byte |= 1 << (place.index() % 8);
        }
    }
}

/// Packed as the draft asks (section 4.1): DEFLATE in ZLIB's wrapping, as small as it gets.
pub(super) fn deflated(bits: &Bits) -> Vec<u8> {
    let mut packing = ZlibEncoder::new(Vec::new(), Compression::best());
    // Writing to memory does not fail.
    let _ = std::io::Write::write_all(&mut packing, &bits.0);
    packing.finish().unwrap_or_default()
}

/// Unpacked, when that gives no more than so many bytes and is whole to the last.
pub(super) fn inflated(packed: &[u8], most: usize) -> Option<Vec<u8>> {
    let limit = u64::try_from(most).ok()?.checked_add(1)?;
    let mut list = Vec::new();
    let mut unpacking = ZlibDecoder::new(packed);
    (&mut unpacking).take(limit).read_to_end(&mut list).ok()?;
    let used = usize::try_from(unpacking.total_in()).ok()?;
    (list.len() <= most && used == packed.len()).then_some(list)
}
