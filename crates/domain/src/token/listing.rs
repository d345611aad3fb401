//! The place of a token in a status list, which stands in its name (keys-and-tokens section 3.1).

use crate::{entropy::Entropy, token::Jti};

/// A place in a status list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Listing {
    list: u32,
    index: u32,
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

impl Listing {
    /// How many places a list has: enough that nobody can tell from a list whose token was revoked, and still a document
    /// of a few kilobytes.
    pub const SIZE: u32 = 1 << 17;

    /// How many lists an epoch can have.
    const LISTS: u64 = 1 << 16;

    /// The place of the so many-th listed token, counted from 0. The epoch is a part of the list's number, because after a
    /// restore the count may begin again where it was. Nothing when there are no places left.
    #[must_use]
    pub fn of(epoch: u64, count: u64) -> Option<Self> {
        let size = u64::from(Self::SIZE);
        let (number, index) = (count / size, count % size);
        if number >= Self::LISTS {
            return None;
        }
        let list = epoch.checked_mul(Self::LISTS)?.checked_add(number)?;
        Some(Self {
            list: u32::try_from(list).ok()?,
            index: u32::try_from(index).ok()?,
        })
    }

    /// Which list.
    #[must_use]
    pub const fn list(self) -> u32 {
        self.list
    }

    /// Which place of it, from 0.
    #[must_use]
    pub const fn index(self) -> u32 {
        self.index
    }

    /// Whether it can have been given in an epoch up to this one.
    #[must_use]
    pub fn is_of_epoch_up_to(self, epoch: u64) -> bool {
        (1..=epoch).contains(&(u64::from(self.list) / Self::LISTS))
    }

    /// A name for the token at this place: 32 bits of the list, 32 of the place, 64 that are drawn.
    #[must_use]
    pub fn name(self, entropy: &dyn Entropy) -> Jti {
        let mut drawn = [0; 8];
        entropy.fill(&mut drawn);
        let place = u128::from(self.list) << 96 | u128::from(self.index) << 64;
        Jti::from_wire(written(place | u128::from(u64::from_be_bytes(drawn))))
    }

    /// The place that a name says; nothing for a name that is no such one. A name that was only drawn can look as if it
    /// said one: whoever asks knows which lists there are.
    #[must_use]
    pub fn of_name(jti: &Jti) -> Option<Self> {
        let number = read(jti.as_str())?;
        let part = |shift: u32| u32::try_from(number >> shift & u128::from(u32::MAX)).ok();
        let place = Self {
            list: part(96)?,
            index: part(64)?,
        };
        (place.index < Self::SIZE).then_some(place)
    }
}

/// 128 bits as 22 characters of base64url; the last carries two of them.
fn written(number: u128) -> String {
    let symbol = |value: u128| {
        let place = usize::try_from(value & 63).unwrap_or(0);
        char::from(ALPHABET.get(place).copied().unwrap_or(b'A'))
    };
    let whole = (0..21).map(|place| symbol(number >> (122 - 6 * place)));
    whole.chain([symbol((number & 3) << 4)]).collect()
}

fn read(text: &str) -> Option<u128> {
    let symbols = text.as_bytes();
    let (last, whole) = symbols.split_last()?;
    let value = |symbol: u8| {
        let place = ALPHABET.iter().position(|own| *own == symbol)?;
        u128::try_from(place).ok()
    };
    if whole.len() != 21 {
        return None;
    }
    let number = whole
        .iter()
        .try_fold(0_u128, |number, symbol| Some(number << 6 | value(*symbol)?))?;
    let last = value(*last)?;
    (last & 15 == 0).then_some(number << 2 | last >> 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Ones;

    impl Entropy for Ones {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0xff);
        }
    }

    #[test]
    fn a_name_says_the_place_it_was_made_for() {
        for (epoch, count) in [
            (1, 0),
            (1, 131_071),
            (1, 131_072),
            (7, 1_000_000),
            (65_535, 5),
        ] {
            let place = Listing::of(epoch, count).unwrap();
            let name = place.name(&Ones);
            assert_eq!(name.as_str().len(), 22);
            assert_eq!(Listing::of_name(&name), Some(place), "{name}");
        }
    }

    #[test]
    fn places_are_never_given_twice_and_end_some_day() {
        let first = Listing::of(1, 131_071).unwrap();
        let second = Listing::of(1, 131_072).unwrap();
        assert_eq!(
            (first.list() + 1, first.index() + 1),
            (second.list(), 131_072)
        );
        assert_eq!(second.index(), 0);
        assert_ne!(Listing::of(2, 0), Listing::of(1, 0));
        let places = u64::from(Listing::SIZE) << 16;
        assert!(Listing::of(1, places - 1).is_some());
        assert_eq!(Listing::of(1, places), None);
        assert_eq!(Listing::of(65_536, 0), None);
    }

    #[test]
    fn what_is_no_name_of_this_kind_says_no_place() {
        for name in [
            "",
            "short",
            "AAAAAAAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAAAAAAAB",
            "AAAAAAAAAAAAAAAAAAAAA=",
        ] {
            assert_eq!(
                Listing::of_name(&Jti::from_wire(name.to_owned())),
                None,
                "{name}"
            );
        }
        // An index beyond the size of a list.
        assert_eq!(
            Listing::of_name(&Jti::from_wire("AAAAAP____8AAAAAAAAAAA".to_owned())),
            None
        );
    }
}
