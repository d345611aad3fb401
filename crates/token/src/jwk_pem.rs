//! Public keys as PEM (RFC 7468 section 13), for verifiers that read no key sets: SubjectPublicKeyInfo of RFC 5280
//! section 4.1.2.7, in DER.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::jwk::{Numbers, PublicJwk};
use gatewright_domain::key::Algorithm;

/// What precedes the point of a P-256 key, of a P-384 key (RFC 5480 section 2) and of an Ed25519 key (RFC 8410 section 4):
/// the algorithm and the head of the bit string, whose lengths never vary. The `4` of an uncompressed point is in it.
const P256: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
];
const P384: &[u8] = &[
    0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b,
    0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00, 0x04,
];
const ED25519: &[u8] = &[
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// The algorithm of an RSA key: `rsaEncryption` and no parameters (RFC 8017 appendix A.1).
const RSA: &[u8] = &[
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;

impl PublicJwk {
    /// The key as SubjectPublicKeyInfo, in DER.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        match self.numbers() {
            Numbers::Curve { x, y } => {
                let head = match self.algorithm() {
                    Algorithm::Es384 => P384,
                    Algorithm::Es256 | Algorithm::EdDsa | Algorithm::Rs256 | Algorithm::Ps256 => {
                        P256
                    }
                };
                [head, x, y].concat()
            }
            Numbers::Edwards { x } => [ED25519, x].concat(),
            Numbers::Rsa { n, e } => {
                let key = tagged(SEQUENCE, &[integer(n), integer(e)].concat());
                let key = tagged(BIT_STRING, &[&[0], key.as_slice()].concat());
                tagged(SEQUENCE, &[RSA, &key].concat())
            }
        }
    }

    /// The key as PEM, lines of 64 characters.
    #[must_use]
    pub fn to_pem(&self) -> String {
        let text = STANDARD.encode(self.to_der());
        let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at_checked(64).unwrap_or((rest, ""));
            pem.push_str(line);
            pem.push('\n');
            rest = after;
        }
        pem.push_str("-----END PUBLIC KEY-----\n");
        pem
    }
}

/// A number that is not negative: a zero goes before one whose first bit is set.
fn integer(number: &[u8]) -> Vec<u8> {
    let sign: &[u8] = match number.first() {
        Some(first) if *first < 0x80 => &[],
        Some(_) | None => &[0],
    };
    tagged(INTEGER, &[sign, number].concat())
}

/// A tag, a length in its shortest form (X.690 section 10.1), and what they are of.
fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut bytes: Vec<u8> = length
        .to_be_bytes()
        .into_iter()
        .skip_while(|byte| *byte == 0)
        .collect();
    if length >= 0x80 {
        let count = u8::try_from(bytes.len()).unwrap_or(u8::MAX);
        bytes.insert(0, 0x80 | count);
    } else if bytes.is_empty() {
        bytes.push(0);
    }
    [&[tag], bytes.as_slice(), content].concat()
}
