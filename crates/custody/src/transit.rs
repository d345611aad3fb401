//! Keys in the transit engine of Vault or OpenBao. Of a key-encryption key there are three calls (read the key, encrypt,
//! decrypt): only data keys go there; the secrets themselves never leave this machine. Signing keys are in `signing`.

mod access;
mod address;
mod call;
mod signing;
mod spki;

use base64::{Engine, engine::general_purpose::STANDARD};
use gatewright_domain::secret::Secret;
use http::Method;
use serde_json::{Value, json};
use zeroize::Zeroizing;

pub use address::{TransitAddress, TransitMount};
pub(crate) use signing::TransitEngine;
pub use signing::TransitSigner;

use crate::{
    error::{HolderError, SourceError},
    kek::DataKey,
};
use access::{Access, Advice, unreadable};

/// A key of a key service.
pub(crate) struct TransitKey {
    address: TransitAddress,
    access: Access,
}

impl TransitKey {
    /// The key at an address. Nothing is asked yet.
    ///
    /// # Errors
    /// `Unfit` when TLS cannot be set up.
    pub(crate) fn at(
        address: TransitAddress,
        token: Option<Secret<String>>,
    ) -> Result<Self, SourceError> {
        let access = Access::with(token, address.token_file(), &address.to_string())?;
        Ok(Self { address, access })
    }

    /// What its name is made of: the engine and the key, and not the address, which may change.
    pub(crate) fn name(&self) -> String {
        format!("{}/{}", self.address.mount(), self.address.key())
    }

    /// Whether the key is there, and of a type that takes associated data.
    ///
    /// # Errors
    /// `Holder`; `Unfit`.
    pub(crate) async fn check(&self) -> Result<(), SourceError> {
        let key = || self.address.to_string();
        let answer = self.ask(Method::GET, &self.address.about(), None).await;
        let answer = answer.map_err(|cause| SourceError::Holder { key: key(), cause })?;
        let kind = answer.pointer("/data/type").and_then(Value::as_str);
        match kind {
            Some("aes256-gcm96" | "chacha20-poly1305") => {}
            other => {
                let other = other.unwrap_or("of no known type");
                return Err(SourceError::Unfit {
                    key: key(),
                    why: format!(
                        "it is {other}, and data keys are wrapped by aes256-gcm96 or chacha20-poly1305; make another key"
                    ),
                });
            }
        }
        let derived = answer.pointer("/data/derived").and_then(Value::as_bool);
        if derived == Some(true) {
            return Err(SourceError::Unfit {
                key: key(),
                why: "it derives keys from a context; make one without derived=true".to_owned(),
            });
        }
        Ok(())
    }

    pub(crate) async fn wrap(
        &self,
        data_key: &DataKey,
        bound: &[u8],
    ) -> Result<Vec<u8>, HolderError> {
        let question = json!({
            "plaintext": STANDARD.encode(data_key.as_slice()),
            "associated_data": STANDARD.encode(bound),
        });
        let url = self.address.to("encrypt");
        let answer = self.ask(Method::POST, &url, Some(&question)).await?;
        let wrapped = answer.pointer("/data/ciphertext").and_then(Value::as_str);
        let wrapped = wrapped.ok_or_else(unreadable)?;
        Ok(wrapped.as_bytes().to_vec())
    }

    pub(crate) async fn unwrap(
        &self,
        wrapped: &[u8],
        bound: &[u8],
    ) -> Result<Secret<Vec<u8>>, HolderError> {
        let wrapped = std::str::from_utf8(wrapped).map_err(|_| HolderError::Altered)?;
        let question = json!({
            "ciphertext": wrapped,
            "associated_data": STANDARD.encode(bound),
        });
        let url = self.address.to("decrypt");
        let answer = self.ask(Method::POST, &url, Some(&question)).await?;
        let plain = answer.pointer("/data/plaintext").and_then(Value::as_str);
        let plain = Zeroizing::new(plain.ok_or_else(unreadable)?.to_owned());
        let plain = STANDARD
            .decode(plain.as_bytes())
            .map_err(|_| unreadable())?;
        Ok(Secret::new(plain))
    }

    async fn ask(
        &self,
        method: Method,
        url: &str,
        question: Option<&Value>,
    ) -> Result<Value, HolderError> {
        let (mount, key) = (self.address.mount(), self.address.key());
        let advice = Advice {
            policy: &format!(
                "read {mount}/keys/{key} and update {mount}/encrypt/{key} and {mount}/decrypt/{key}"
            ),
            missing: &format!("make it with: vault write -f {mount}/keys/{key} type=aes256-gcm96"),
        };
        self.access.ask((method, url), question, advice).await
    }
}
