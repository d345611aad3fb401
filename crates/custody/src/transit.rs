//! A key-encryption key in the transit engine of Vault or OpenBao: three calls (read the key, encrypt, decrypt). Only data
//! keys go there; the secrets themselves never leave this machine.

mod address;
mod call;

use base64::{Engine, engine::general_purpose::STANDARD};
use gatewright_domain::secret::Secret;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use zeroize::Zeroizing;

pub use address::TransitAddress;

use crate::{
    error::{HolderError, SourceError},
    kek::DataKey,
    key_file::read_private,
};
use call::{Answer, Caller};

/// A key of a key service.
pub(crate) struct TransitKey {
    address: TransitAddress,
    token: Option<Secret<String>>,
    caller: Caller,
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
        let caller = Caller::new().map_err(|why| SourceError::Unfit {
            key: address.to_string(),
            why: format!("TLS cannot be set up: {why}"),
        })?;
        Ok(Self {
            address,
            token,
            caller,
        })
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
        let answer = match (&self.token, self.address.token_file()) {
            (Some(token), _) => self.caller.ask(method, url, token, question).await?,
            // Read anew each time: an agent renews it there.
            (None, Some(path)) => {
                let token = read_private(path).map_err(|error| HolderError::Refused {
                    why: error.to_string(),
                })?;
                self.caller.ask(method, url, &token, question).await?
            }
            (None, None) => {
                return Err(HolderError::Refused {
                    why: "there is no token; give GATEWRIGHT_KEK_TOKEN".to_owned(),
                });
            }
        };
        self.judge(answer)
    }

    fn judge(&self, answer: Answer) -> Result<Value, HolderError> {
        let said: Vec<&str> = answer
            .body
            .get("errors")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let said = said.join("; ");
        let (mount, key) = (self.address.mount(), self.address.key());
        let refused = |why: String| Err(HolderError::Refused { why });
        match answer.status {
            status if status.is_success() => Ok(answer.body),
            StatusCode::BAD_REQUEST if said.contains("message authentication failed") => {
                Err(HolderError::Altered)
            }
            StatusCode::BAD_REQUEST => refused(format!("it says: {said}")),
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => refused(format!(
                "its token was not let in; renew it, and let its policy read {mount}/keys/{key} and update \
                 {mount}/encrypt/{key} and {mount}/decrypt/{key}"
            )),
            StatusCode::NOT_FOUND => refused(format!(
                "there is no such key; make it with: vault write -f {mount}/keys/{key} type=aes256-gcm96"
            )),
            StatusCode::SERVICE_UNAVAILABLE => Err(HolderError::Away {
                why: "it is sealed or in maintenance; unseal it".to_owned(),
            }),
            status => Err(HolderError::Away {
                why: format!("it answered {status} {said}"),
            }),
        }
    }
}

fn unreadable() -> HolderError {
    HolderError::Away {
        why: "its answer is not one of a transit engine; is the address right?".to_owned(),
    }
}
