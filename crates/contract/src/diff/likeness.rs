//! Likeness: a hash of every value of a document, so that parts that are written alike are recognised at once.
//!
//! Invariant: the order of an object's members does not matter, that of a list does. Numbers are hashed by what they are
//! worth. References are hashed as they are written; whoever compares two parts must follow them (`holds_reference`).

use crate::tree::{
    document::Document,
    node::{Kind, Node},
    slot::wide,
};

#[derive(Debug)]
pub(crate) struct Likeness {
    hashes: Vec<u64>,
    references: Vec<bool>,
}

impl Likeness {
    pub(crate) fn of(document: &Document<'_>) -> Self {
        let size = wide(document.size());
        let mut likeness = Self {
            hashes: vec![0; size],
            references: vec![false; size],
        };
        // Containers stand before what they hold, so from the end every part is known before its whole.
        for number in (0..document.size()).rev() {
            likeness.take(document.node(number));
        }
        likeness
    }

    /// The hash of a value.
    pub(crate) fn hash(&self, node: Node<'_>) -> u64 {
        self.hashes.get(wide(node.number())).copied().unwrap_or(0)
    }

    /// Whether a value holds a reference at any depth.
    pub(crate) fn holds_reference(&self, node: Node<'_>) -> bool {
        let holds = self.references.get(wide(node.number()));
        holds.copied().unwrap_or(false)
    }

    fn take(&mut self, node: Node<'_>) {
        let kind = node.kind();
        let (mut hash, mut references) = (seed(kind), false);
        match kind {
            Kind::Object => {
                for (key, value) in node.members() {
                    hash = hash.wrapping_add(mix(self.hash(key), self.hash(value)));
                    references |= self.holds_reference(value) || key.written() == "$ref";
                }
            }
            Kind::List => {
                for item in node.items() {
                    hash = mix(hash, self.hash(item));
                    references |= self.holds_reference(item);
                }
            }
            Kind::Number => {
                let worth = node
                    .written()
                    .parse()
                    .ok()
                    .filter(|it: &f64| it.is_finite());
                hash = match worth {
                    Some(worth) => mix(hash, (worth + 0.0).to_bits()),
                    None => text(hash, node.written()),
                };
            }
            Kind::Null | Kind::Boolean | Kind::Text => hash = text(hash, node.written()),
        }
        let at = wide(node.number());
        if let Some(place) = self.hashes.get_mut(at) {
            *place = mix(hash, seed(kind));
        }
        if let Some(place) = self.references.get_mut(at) {
            *place = references;
        }
    }
}

/// Where the hash of each kind begins, so that `1` and `"1"` differ.
fn seed(kind: Kind) -> u64 {
    match kind {
        Kind::Null => 0x9e37_79b9_7f4a_7c15,
        Kind::Boolean => 0xbf58_476d_1ce4_e5b9,
        Kind::Number => 0x94d0_49bb_1331_11eb,
        Kind::Text => 0xd6e8_feb8_6659_fd93,
        Kind::List => 0xa076_1d64_78bd_642f,
        Kind::Object => 0xe703_7ed1_a0b4_28db,
    }
}

/// Folds one hash into another (the finish of SplitMix64).
fn mix(one: u64, other: u64) -> u64 {
    let mut hash = one.rotate_left(23) ^ other;
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// Folds a text into a hash, eight bytes at a time.
fn text(hash: u64, text: &str) -> u64 {
    let word = |bytes: &[u8]| {
        let shift = |word: u64, byte: &u8| word << 8 | u64::from(*byte);
        bytes.iter().fold(0, shift)
    };
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    let chunks = text.as_bytes().chunks(8).map(word);
    chunks.fold(hash ^ length, mix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{budget::Budgets, read::read};

    fn hash(text: &str) -> u64 {
        let text = format!("it:\n  {text}");
        let document = read(text.as_bytes(), &Budgets::default()).expect("a document");
        Likeness::of(&document).hash(document.root())
    }

    #[test]
    fn the_order_of_members_does_not_matter_and_that_of_items_does() {
        assert_eq!(hash("{a: 1, b: [x, y]}"), hash("b: [x, y]\n  a: 1"));
        assert_ne!(hash("{a: 1, b: [x, y]}"), hash("{a: 1, b: [y, x]}"));
        assert_ne!(hash("{a: 1, b: 2}"), hash("{a: 2, b: 1}"));
    }

    #[test]
    fn a_number_is_not_its_digits_as_text() {
        assert_ne!(hash("{a: 1}"), hash("{a: '1'}"));
        assert_ne!(hash("{a: null}"), hash("{a: 'null'}"));
        assert_ne!(hash("{a: []}"), hash("{a: {}}"));
    }

    #[test]
    fn a_number_is_what_it_is_worth() {
        assert_eq!(hash("{a: 10}"), hash("{a: 1.0e1}"));
        assert_ne!(hash("{a: 10}"), hash("{a: 10.5}"));
    }
}
