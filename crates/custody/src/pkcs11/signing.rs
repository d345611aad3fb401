//! Signing keys in a hardware module: made there, used there, and never seen here. A key is bound by its `CKA_ID` and by its
//! public half; its label is for people.

use aws_lc_rs::digest;
use cryptoki::{
    mechanism::{
        Mechanism, MechanismType,
        eddsa::{EddsaParams, EddsaSignatureScheme},
        rsa::{PkcsMgfType, PkcsPssParams},
    },
    object::{Attribute, AttributeType, ObjectClass, ObjectHandle},
    session::Session,
};
use gatewright_domain::key::Algorithm;

use crate::{
    error::HolderError,
    holder::PublicHalf,
    pkcs11::{Module, module::TokenError},
};

/// The OIDs of curves, in DER.
const P256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: &[u8] = &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];
const ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];

/// The bits of RSA keys, and their public exponent.
const RSA_BITS: u64 = 3072;
const RSA_EXPONENT: &[u8] = &[1, 0, 1];

/// A private key in a token, bound to one public half.
#[derive(Clone, Debug)]
pub struct ModuleSigner {
    module: Module,
    algorithm: Algorithm,
    id: Vec<u8>,
}

impl ModuleSigner {
    /// Makes a key pair in the token under an id that nothing there has yet. It cannot be read out.
    ///
    /// # Errors
    /// `Away`; `Refused` when the module cannot make such keys, or the id is taken.
    pub async fn generate(
        module: &Module,
        algorithm: Algorithm,
        id: &[u8],
    ) -> Result<(Self, PublicHalf), HolderError> {
        let wanted = id.to_vec();
        let made = module.ask(move |session| {
            // What was made before the answer was lost is used, because nobody else draws this id.
            if !find(session, ObjectClass::PRIVATE_KEY, &wanted)?.is_empty() {
                return public(session, algorithm, &wanted);
            }
            make(session, algorithm, &wanted)?;
            public(session, algorithm, &wanted)
        });
        let half = made.await?;
        let signer = Self {
            module: module.clone(),
            algorithm,
            id: id.to_vec(),
        };
        Ok((signer, half))
    }

    /// The key of this id, if there is exactly one and it is the other half of `expected`.
    ///
    /// # Errors
    /// `Refused` when there are several, or it is another key; `Away` when there is none, or no token.
    pub async fn bind(
        module: &Module,
        algorithm: Algorithm,
        id: &[u8],
        expected: &PublicHalf,
    ) -> Result<Self, HolderError> {
        let wanted = id.to_vec();
        let found = module.ask(move |session| {
            only(session, ObjectClass::PRIVATE_KEY, &wanted)?;
            public(session, algorithm, &wanted)
        });
        if found.await? != *expected {
            return Err(HolderError::Refused {
                why: "the token has another key under this id; put back the token it was made in"
                    .to_owned(),
            });
        }
        Ok(Self {
            module: module.clone(),
            algorithm,
            id: id.to_vec(),
        })
    }

    /// Signs, in the form of a JWS: `R || S`, or the signature of Ed25519 or RSA as it is.
    ///
    /// # Errors
    /// `Away`; `Refused`.
    pub async fn sign(&self, input: &[u8]) -> Result<Vec<u8>, HolderError> {
        let (algorithm, id, input) = (self.algorithm, self.id.clone(), input.to_vec());
        let signed = self.module.ask(move |session| {
            let key = only(session, ObjectClass::PRIVATE_KEY, &id)?;
            sign(session, algorithm, key, &input)
        });
        Ok(signed.await?)
    }
}

/// Destroys both halves of the key of this id. One that is gone already is no fault.
///
/// # Errors
/// `Away`; `Refused`.
pub(crate) async fn destroy(module: &Module, id: &[u8]) -> Result<(), HolderError> {
    let id = id.to_vec();
    let destroyed = module.ask(move |session| {
        for class in [ObjectClass::PRIVATE_KEY, ObjectClass::PUBLIC_KEY] {
            for object in find(session, class, &id)? {
                session.destroy_object(object)?;
            }
        }
        Ok(())
    });
    Ok(destroyed.await?)
}

fn sign(
    session: &Session,
    algorithm: Algorithm,
    key: ObjectHandle,
    input: &[u8],
) -> Result<Vec<u8>, TokenError> {
    let hashed = |hash| digest::digest(hash, input);
    let signature = match algorithm {
        // Modules know ECDSA over a digest; over a message, many do not.
        Algorithm::Es256 => session.sign(&Mechanism::Ecdsa, key, hashed(&digest::SHA256).as_ref()),
        Algorithm::Es384 => session.sign(&Mechanism::Ecdsa, key, hashed(&digest::SHA384).as_ref()),
        Algorithm::EdDsa => {
            let pure = EddsaParams::new(EddsaSignatureScheme::Pure);
            session.sign(&Mechanism::Eddsa(pure), key, input)
        }
        Algorithm::Rs256 => session.sign(&Mechanism::Sha256RsaPkcs, key, input),
        Algorithm::Ps256 => {
            // A salt as long as the hash (RFC 7518 section 3.5); the longest that fits is refused by strict verifiers.
            let params = PkcsPssParams {
                hash_alg: MechanismType::SHA256,
                mgf: PkcsMgfType::MGF1_SHA256,
                s_len: 32.into(),
            };
            session.sign(&Mechanism::Sha256RsaPkcsPss(params), key, input)
        }
    };
    Ok(signature?)
}

fn make(session: &Session, algorithm: Algorithm, id: &[u8]) -> Result<(), TokenError> {
    let label = format!("gatewright {}", hex::encode(id)).into_bytes();
    let mut public = vec![
        Attribute::Token(true),
        Attribute::Verify(true),
        Attribute::Label(label.clone()),
        Attribute::Id(id.to_vec()),
    ];
    let private = [
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
        Attribute::Label(label),
        Attribute::Id(id.to_vec()),
    ];
    let how = match algorithm {
        Algorithm::Es256 => {
            public.push(Attribute::EcParams(P256.to_vec()));
            Mechanism::EccKeyPairGen
        }
        Algorithm::Es384 => {
            public.push(Attribute::EcParams(P384.to_vec()));
            Mechanism::EccKeyPairGen
        }
        Algorithm::EdDsa => {
            public.push(Attribute::EcParams(ED25519.to_vec()));
            Mechanism::EccEdwardsKeyPairGen
        }
        Algorithm::Rs256 | Algorithm::Ps256 => {
            public.push(Attribute::ModulusBits(RSA_BITS.into()));
            public.push(Attribute::PublicExponent(RSA_EXPONENT.to_vec()));
            Mechanism::RsaPkcsKeyPairGen
        }
    };
    session.generate_key_pair(&how, &public, &private)?;
    Ok(())
}

fn find(session: &Session, class: ObjectClass, id: &[u8]) -> Result<Vec<ObjectHandle>, TokenError> {
    let template = [Attribute::Class(class), Attribute::Id(id.to_vec())];
    Ok(session.find_objects(&template)?)
}

fn only(session: &Session, class: ObjectClass, id: &[u8]) -> Result<ObjectHandle, TokenError> {
    match find(session, class, id)?.as_slice() {
        [one] => Ok(*one),
        [] => Err(TokenError::NoKey),
        several => Err(TokenError::Unfit(format!(
            "the token has {} keys under the id {}; remove those that were not made by gatewright",
            several.len(),
            hex::encode(id)
        ))),
    }
}

fn public(session: &Session, algorithm: Algorithm, id: &[u8]) -> Result<PublicHalf, TokenError> {
    let key = only(session, ObjectClass::PUBLIC_KEY, id)?;
    let asked = [
        AttributeType::EcPoint,
        AttributeType::Modulus,
        AttributeType::PublicExponent,
    ];
    let (mut point, mut modulus, mut exponent) = (None, None, None);
    for attribute in session.get_attributes(key, &asked)? {
        match attribute {
            Attribute::EcPoint(bytes) => point = Some(bytes),
            Attribute::Modulus(bytes) => modulus = Some(bytes),
            Attribute::PublicExponent(bytes) => exponent = Some(bytes),
            _ => {}
        }
    }
    let half = match algorithm {
        Algorithm::Es256 => point.and_then(|point| coordinates(&point, 32)),
        Algorithm::Es384 => point.and_then(|point| coordinates(&point, 48)),
        Algorithm::EdDsa => point.and_then(|point| edwards(&point)),
        Algorithm::Rs256 | Algorithm::Ps256 => {
            modulus.zip(exponent).map(|(n, e)| PublicHalf::Rsa {
                n: without_zeros(&n),
                e: without_zeros(&e),
            })
        }
    };
    let unfit = || {
        TokenError::Unfit(format!(
            "the key {} is none of {algorithm}",
            hex::encode(id)
        ))
    };
    half.ok_or_else(unfit)
}

/// A point is an octet string in DER around `04 || x || y`; some modules leave the octet string out.
fn coordinates(point: &[u8], length: usize) -> Option<PublicHalf> {
    let bare = octets(point).unwrap_or(point);
    let bare = bare.strip_prefix(&[4])?;
    let (x, y) = bare.split_at_checked(length)?;
    (y.len() == length).then(|| PublicHalf::Point {
        x: x.to_vec(),
        y: y.to_vec(),
    })
}

fn edwards(point: &[u8]) -> Option<PublicHalf> {
    let bare = match point.len() {
        32 => point,
        _ => octets(point)?,
    };
    (bare.len() == 32).then(|| PublicHalf::Edwards(bare.to_vec()))
}

/// What is in an octet string in DER, of fewer than 128 bytes, or of fewer than 256 with the longer form of length.
fn octets(der: &[u8]) -> Option<&[u8]> {
    let (length, rest) = match der {
        [4, 0x81, length, rest @ ..] => (*length, rest),
        [4, length, rest @ ..] if *length < 0x80 => (*length, rest),
        _ => return None,
    };
    (rest.len() == usize::from(length)).then_some(rest)
}

fn without_zeros(number: &[u8]) -> Vec<u8> {
    number
        .iter()
        .copied()
        .skip_while(|byte| *byte == 0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_read_with_and_without_its_wrapping() {
        let bare = [&[4][..], &[7; 64]].concat();
        let wrapped = [&[4, 65][..], &bare].concat();
        let expected = Some(PublicHalf::Point {
            x: vec![7; 32],
            y: vec![7; 32],
        });
        assert_eq!(coordinates(&bare, 32), expected);
        assert_eq!(coordinates(&wrapped, 32), expected);
        assert_eq!(coordinates(&wrapped, 48), None);
        assert_eq!(coordinates(&[4, 65], 32), None);
        let edwards_key = [&[4, 32][..], &[9; 32]].concat();
        assert_eq!(
            edwards(&edwards_key),
            Some(PublicHalf::Edwards(vec![9; 32]))
        );
        assert_eq!(edwards(&[9; 31]), None);
    }

    #[test]
    fn a_number_loses_its_leading_zeros() {
        assert_eq!(without_zeros(&[0, 0, 1, 0]), [1, 0]);
    }
}
