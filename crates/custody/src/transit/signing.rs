//! Signing keys in a transit engine: each is a key of its own with one version, made not to be exported. A signature of any other
//! version is not of this key.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use gatewright_domain::{key::Algorithm, secret::Secret};
use http::Method;
use serde_json::{Value, json};
use std::sync::Arc;

use crate::{
    error::{HolderError, SourceError},
    holder::PublicHalf,
    transit::{
        TransitMount,
        access::{Access, Advice, unreadable},
        spki,
    },
};

/// What precedes every signature of the one version.
const VERSION: &str = "vault:v1:";

const MISSING: &str = "restore the key service from a copy that has it, or rotate to another key";

/// A transit engine that keys are made in. Cheap to clone.
#[derive(Clone)]
pub(crate) struct TransitEngine(Arc<Desk>);

struct Desk {
    mount: TransitMount,
    access: Access,
}

/// A key of a transit engine, ready to sign.
#[derive(Clone)]
pub struct TransitSigner {
    engine: TransitEngine,
    algorithm: Algorithm,
    key: String,
}

impl TransitEngine {
    pub(crate) fn at(
        mount: TransitMount,
        token: Option<Secret<String>>,
    ) -> Result<Self, SourceError> {
        let access = Access::with(token, mount.token_file(), &mount.to_string())?;
        Ok(Self(Arc::new(Desk { mount, access })))
    }

    pub(crate) async fn generate(
        &self,
        algorithm: Algorithm,
        key: &str,
    ) -> Result<(TransitSigner, PublicHalf), HolderError> {
        let wanted = json!({
            "type": kind(algorithm), "exportable": false, "allow_plaintext_backup": false,
        });
        // The same again makes no second key: the engine keeps the one of this name.
        self.ask(Method::POST, "keys", key, Some(&wanted)).await?;
        let half = self.public(algorithm, key).await?;
        Ok((self.signer(algorithm, key), half))
    }

    pub(crate) async fn bind(
        &self,
        algorithm: Algorithm,
        key: &str,
        expected: &PublicHalf,
    ) -> Result<TransitSigner, HolderError> {
        if self.public(algorithm, key).await? != *expected {
            return Err(HolderError::Refused {
                why:
                    "the key service has another key under this name; restore the one that was made"
                        .to_owned(),
            });
        }
        Ok(self.signer(algorithm, key))
    }

    pub(crate) async fn destroy(&self, key: &str) -> Result<(), HolderError> {
        if !self.is_there(key).await? {
            return Ok(());
        }
        let allowed = json!({ "deletion_allowed": true });
        let settings = format!("{key}/config");
        self.ask(Method::POST, "keys", &settings, Some(&allowed))
            .await?;
        self.ask(Method::DELETE, "keys", key, None).await?;
        Ok(())
    }

    /// Whether it answers, and lets us look at keys: at one that nobody has made.
    pub(crate) async fn check(&self) -> Result<(), HolderError> {
        self.is_there("gatewright-none").await.map(|_| ())
    }

    async fn is_there(&self, key: &str) -> Result<bool, HolderError> {
        match self.ask(Method::GET, "keys", key, None).await {
            Ok(about) if about.pointer("/data/type").is_some() => Ok(true),
            Ok(_) => Err(unreadable()),
            Err(HolderError::Refused { why }) if why.ends_with(MISSING) => Ok(false),
            Err(other) => Err(other),
        }
    }

    fn signer(&self, algorithm: Algorithm, key: &str) -> TransitSigner {
        TransitSigner {
            engine: self.clone(),
            algorithm,
            key: key.to_owned(),
        }
    }

    /// The public half of the first version.
    async fn public(&self, algorithm: Algorithm, key: &str) -> Result<PublicHalf, HolderError> {
        let about = self.ask(Method::GET, "keys", key, None).await?;
        let said = about.pointer("/data/type").and_then(Value::as_str);
        if said != Some(kind(algorithm)) {
            let said = said.unwrap_or("of no known type");
            return Err(HolderError::Refused {
                why: format!("the key {key} is {said}, and not {}", kind(algorithm)),
            });
        }
        if about.pointer("/data/exportable").and_then(Value::as_bool) == Some(true) {
            return Err(HolderError::Refused {
                why: format!("the key {key} can be exported; make another"),
            });
        }
        let public = about
            .pointer("/data/keys/1/public_key")
            .and_then(Value::as_str);
        let half = public.and_then(|text| match algorithm {
            Algorithm::EdDsa => {
                let bytes = STANDARD
                    .decode(text)
                    .ok()
                    .filter(|bytes| bytes.len() == 32)?;
                Some(PublicHalf::Edwards(bytes))
            }
            Algorithm::Es256 => spki::point(text, 32),
            Algorithm::Es384 => spki::point(text, 48),
            Algorithm::Rs256 | Algorithm::Ps256 => spki::rsa(text),
        });
        half.ok_or_else(unreadable)
    }

    async fn ask(
        &self,
        method: Method,
        verb: &str,
        key: &str,
        question: Option<&Value>,
    ) -> Result<Value, HolderError> {
        let Desk { mount, access } = &*self.0;
        let engine = mount.mount();
        let advice = Advice {
            policy: &format!(
                "create, read, update and delete {engine}/keys/gatewright-* and update {engine}/sign/gatewright-*"
            ),
            missing: MISSING,
        };
        let url = mount.to(verb, key);
        access.ask((method, &url), question, advice).await
    }
}

impl TransitSigner {
    /// Signs, in the form of a JWS.
    ///
    /// # Errors
    /// `Away`; `Refused`, also when another version of the key has signed, or in another form.
    pub async fn sign(&self, input: &[u8]) -> Result<Vec<u8>, HolderError> {
        let mut question = json!({
            "input": STANDARD.encode(input), "key_version": 1, "marshaling_algorithm": "jws",
        });
        if let Value::Object(members) = &mut question {
            for (name, value) in how(self.algorithm) {
                members.insert((*name).to_owned(), (*value).into());
            }
        }
        let answer = self
            .engine
            .ask(Method::POST, "sign", &self.key, Some(&question))
            .await?;
        let signature = answer.pointer("/data/signature").and_then(Value::as_str);
        let signature = signature.ok_or_else(unreadable)?;
        let signature = signature
            .strip_prefix(VERSION)
            .ok_or_else(|| HolderError::Refused {
                why: format!("another version of the key {} has signed", self.key),
            })?;
        // One in DER may happen to read as base64url; it is never as long.
        let signature = URL_SAFE_NO_PAD.decode(signature).ok();
        signature
            .filter(|signature| signature.len() == length(self.algorithm))
            .ok_or_else(|| HolderError::Refused {
                why: "its signature is not in the form of a JWS".to_owned(),
            })
    }
}

/// How many bytes a signature has (RFC 7518 section 3, RFC 8037 section 3.1).
const fn length(algorithm: Algorithm) -> usize {
    match algorithm {
        Algorithm::Es256 | Algorithm::EdDsa => 64,
        Algorithm::Es384 => 96,
        Algorithm::Rs256 | Algorithm::Ps256 => 384,
    }
}

/// The engine's type of an algorithm's keys.
const fn kind(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Es256 => "ecdsa-p256",
        Algorithm::Es384 => "ecdsa-p384",
        Algorithm::EdDsa => "ed25519",
        Algorithm::Rs256 | Algorithm::Ps256 => "rsa-3072",
    }
}

/// What the engine must be told for each algorithm, beside what it is told for all.
const fn how(algorithm: Algorithm) -> &'static [(&'static str, &'static str)] {
    match algorithm {
        Algorithm::Es256 => &[("hash_algorithm", "sha2-256")],
        Algorithm::Es384 => &[("hash_algorithm", "sha2-384")],
        // Ed25519 hashes by itself.
        Algorithm::EdDsa => &[],
        Algorithm::Rs256 => &[
            ("hash_algorithm", "sha2-256"),
            ("signature_algorithm", "pkcs1v15"),
        ],
        // Unless it is told, the salt is as long as fits, which strict verifiers refuse (RFC 7518 section 3.5).
        Algorithm::Ps256 => &[
            ("hash_algorithm", "sha2-256"),
            ("signature_algorithm", "pss"),
            ("salt_length", "hash"),
        ],
    }
}
