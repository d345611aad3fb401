//! A key-encryption key in a hardware module: AES-256-GCM with associated data, under a key that cannot leave.

use cryptoki::{
    error::Error,
    mechanism::{Mechanism, aead::GcmParams},
    object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle},
    session::Session,
};
use gatewright_domain::secret::Secret;

use crate::{
    cipher::{KEY, NONCE, TAG},
    error::{HolderError, SourceError},
    kek::DataKey,
    pkcs11::{Module, ObjectUri, module::TokenError},
};

const TAG_BITS: u64 = 128;

/// A secret key in a token.
pub(crate) struct ModuleKey {
    module: Module,
    uri: ObjectUri,
}

impl ModuleKey {
    /// Finds the key and looks whether it is fit: one of AES-256, and none that can be read out.
    ///
    /// # Errors
    /// `Unfit`; `Holder`.
    pub(crate) async fn find(module: Module, uri: ObjectUri) -> Result<Self, SourceError> {
        let meant = uri.clone();
        let found = module.ask(move |session| judge(session, &meant)).await;
        match found {
            Ok(()) => Ok(Self { module, uri }),
            Err(TokenError::Unfit(why)) => Err(SourceError::Unfit {
                key: uri.to_string(),
                why,
            }),
            Err(other) => Err(module.refused(other)),
        }
    }

    /// What its name is made of: where it is in the token, and not where the module is on this machine.
    pub(crate) fn name(&self) -> String {
        let id = self.uri.id().map(hex::encode).unwrap_or_default();
        format!("{}/{}/{id}", self.uri.token().label, self.uri.object())
    }

    pub(crate) async fn wrap(
        &self,
        data_key: &DataKey,
        bound: &[u8],
    ) -> Result<Vec<u8>, HolderError> {
        let (uri, bound, data_key) = (self.uri.clone(), bound.to_vec(), data_key.clone());
        let wrapped = self.module.ask(move |session| {
            let key = only(session, &uri)?;
            let mut nonce = [0; NONCE];
            session.generate_random_slice(&mut nonce)?;
            let mut used = nonce;
            let how = gcm(&mut used, &bound)?;
            let body = session.encrypt(&Mechanism::AesGcm(how), key, data_key.as_slice())?;
            Ok([nonce.as_slice(), &body].concat())
        });
        Ok(wrapped.await?)
    }

    pub(crate) async fn unwrap(
        &self,
        wrapped: &[u8],
        bound: &[u8],
    ) -> Result<Secret<Vec<u8>>, HolderError> {
        if let Ok(plain) = self.decrypt(wrapped, bound).await? {
            return Ok(plain);
        }
        // Modules say in several ways that a tag does not fit, and some say the same when they are away. Only one that
        // does other work, and then refuses this again, means the record.
        self.wrap(&DataKey::new([0; KEY]), bound).await?;
        let again = self.decrypt(wrapped, bound).await?;
        again.map_err(|_| HolderError::Altered)
    }

    /// What the module makes of it: outside, whether it could be asked; inside, whether it said yes.
    async fn decrypt(
        &self,
        wrapped: &[u8],
        bound: &[u8],
    ) -> Result<Result<Secret<Vec<u8>>, Error>, HolderError> {
        let parts = wrapped.split_first_chunk::<NONCE>();
        let (nonce, body) = parts.ok_or(HolderError::Altered)?;
        if body.len() <= TAG {
            return Err(HolderError::Altered);
        }
        let (uri, bound) = (self.uri.clone(), bound.to_vec());
        let (nonce, body) = (*nonce, body.to_vec());
        let opened = self.module.ask(move |session| {
            let key = only(session, &uri)?;
            let mut used = nonce;
            let how = gcm(&mut used, &bound)?;
            Ok(session
                .decrypt(&Mechanism::AesGcm(how), key, &body)
                .map(Secret::new))
        });
        Ok(opened.await?)
    }
}

fn gcm<'a>(nonce: &'a mut [u8], bound: &'a [u8]) -> Result<GcmParams<'a>, TokenError> {
    Ok(GcmParams::new(nonce, bound, TAG_BITS.into())?)
}

/// The one key of this address. Two of one label are never chosen between.
fn only(session: &Session, uri: &ObjectUri) -> Result<ObjectHandle, TokenError> {
    let mut template = vec![
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::Label(uri.object().as_bytes().to_vec()),
    ];
    if let Some(id) = uri.id() {
        template.push(Attribute::Id(id.to_vec()));
    }
    match session.find_objects(&template)?.as_slice() {
        [one] => Ok(*one),
        [] => Err(TokenError::NoKey),
        several => Err(TokenError::Unfit(format!(
            "the token has {} secret keys of this label; say which with id=%NN, its CKA_ID",
            several.len()
        ))),
    }
}

fn judge(session: &Session, uri: &ObjectUri) -> Result<(), TokenError> {
    let key = only(session, uri)?;
    let asked = [
        AttributeType::KeyType,
        AttributeType::ValueLen,
        AttributeType::Extractable,
        AttributeType::Encrypt,
        AttributeType::Decrypt,
    ];
    let unfit = |why: &str| Err(TokenError::Unfit(why.to_owned()));
    for attribute in session.get_attributes(key, &asked)? {
        match attribute {
            Attribute::KeyType(kind) if kind != KeyType::AES => {
                return unfit("it is no AES key; make one of AES-256");
            }
            Attribute::ValueLen(length) if *length != 32 => {
                return unfit("it is shorter than 256 bits; make one of AES-256");
            }
            Attribute::Extractable(true) => {
                return unfit(
                    "it can be read out of the token; make one with CKA_EXTRACTABLE false",
                );
            }
            Attribute::Encrypt(false) | Attribute::Decrypt(false) => {
                return unfit("it may not encrypt and decrypt; make one with both attributes");
            }
            _ => {}
        }
    }
    Ok(())
}
