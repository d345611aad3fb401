//! The numbers of a public key that a key service shows as PEM: SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), as far as two
//! kinds of key need it. Whether the numbers make a key is seen when they are used.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::holder::PublicHalf;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;

/// The point of a key of a curve whose field has this many bytes.
pub(super) fn point(pem: &str, field: usize) -> Option<PublicHalf> {
    let der = der(pem)?;
    let bare = key(&der)?.strip_prefix(&[4])?;
    let (x, y) = bare.split_at_checked(field)?;
    (y.len() == field).then(|| PublicHalf::Point {
        x: x.to_vec(),
        y: y.to_vec(),
    })
}

/// The numbers of an RSA key.
pub(super) fn rsa(pem: &str) -> Option<PublicHalf> {
    let der = der(pem)?;
    let (numbers, _) = tagged(key(&der)?, SEQUENCE)?;
    let (n, rest) = tagged(numbers, INTEGER)?;
    let (e, _) = tagged(rest, INTEGER)?;
    let bare = |number: &[u8]| {
        number
            .iter()
            .copied()
            .skip_while(|byte| *byte == 0)
            .collect()
    };
    Some(PublicHalf::Rsa {
        n: bare(n),
        e: bare(e),
    })
}

fn der(pem: &str) -> Option<Vec<u8>> {
    let body = pem.trim().strip_prefix("-----BEGIN PUBLIC KEY-----")?;
    let body = body.strip_suffix("-----END PUBLIC KEY-----")?;
    let body: String = body.split_whitespace().collect();
    STANDARD.decode(body).ok()
}

/// What is in the bit string, after the algorithm.
fn key(der: &[u8]) -> Option<&[u8]> {
    let (info, _) = tagged(der, SEQUENCE)?;
    let (_, rest) = tagged(info, SEQUENCE)?;
    let (bits, _) = tagged(rest, BIT_STRING)?;
    // No bit of the last byte is unused.
    bits.strip_prefix(&[0])
}

/// What is under a tag, and what follows it.
fn tagged(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let rest = der.strip_prefix(&[tag])?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0x81 => {
            let (length, rest) = rest.split_first()?;
            (usize::from(*length), rest)
        }
        0x82 => {
            let (length, rest) = rest.split_first_chunk::<2>()?;
            (usize::from(u16::from_be_bytes(*length)), rest)
        }
        short if *short < 0x80 => (usize::from(*short), rest),
        _ => return None,
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The head of a P-256 key, and a point of sevens and nines.
    const EC: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEBwcHBwcHBwcHBwcHBwcHBwcHBwcH
BwcHBwcHBwcHBwcJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQ==
-----END PUBLIC KEY-----
";

    #[test]
    fn a_point_is_read() {
        let expected = PublicHalf::Point {
            x: vec![7; 32],
            y: vec![9; 32],
        };
        assert_eq!(point(EC, 32), Some(expected));
    }

    #[test]
    fn what_is_no_key_is_not_read_as_one() {
        for wrong in [
            "",
            "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
            EC,
        ] {
            assert_eq!(rsa(wrong), None);
            assert_eq!(point(wrong, 48), None);
        }
    }

    #[test]
    fn a_length_is_read_in_each_of_its_forms() {
        let of = |head: &[u8], length: usize| [head, &vec![7; length], &[9]].concat();
        for (head, length) in [
            (&[4, 3][..], 3),
            (&[4, 0x81, 0x90], 0x90),
            (&[4, 0x82, 1, 2], 258),
        ] {
            let whole = of(head, length);
            let (body, rest) = tagged(&whole, 4).unwrap();
            assert_eq!((body.len(), rest), (length, &[9][..]));
        }
        assert_eq!(tagged(&[4, 5, 1], 4), None, "it is cut off");
        assert_eq!(
            tagged(&[4, 0x84, 0, 0, 0, 1, 1], 4),
            None,
            "no key is so long"
        );
    }
}
