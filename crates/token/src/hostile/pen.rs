//! What writes a token by hand, good or not.

use serde_json::{Map, Value, json};

use crate::{base64url, hostile::Sandbox};

/// A JSON object, whose members keep their order.
pub(super) type Members = Map<String, Value>;

/// Good headers and claims of a sandbox, to be spoilt one by one.
#[derive(Clone, Copy)]
pub(super) struct Pen<'a> {
    pub(super) sandbox: &'a Sandbox,
    pub(super) now: i64,
}

impl<'a> Pen<'a> {
    pub(super) fn new(sandbox: &'a Sandbox, now: i64) -> Self {
        Self { sandbox, now }
    }

    pub(super) fn kid(&self) -> &'a str {
        self.sandbox.signer.public().kid().as_str()
    }

    /// The header of a good token.
    pub(super) fn header(&self) -> Members {
        members(json!({
            "alg": self.sandbox.algorithm.name(), "typ": "at+jwt", "kid": self.kid(),
        }))
    }

    /// The claims of a good token that was issued ten seconds ago and lives for ten minutes.
    pub(super) fn claims(&self) -> Members {
        members(json!({
            "iss": self.sandbox.issuer, "sub": "c_trial", "aud": self.sandbox.audience, "client_id": "c_trial",
            "iat": self.now - 10, "exp": self.now + 590, "jti": "a-trial-of-the-verifier", "scope": "trial",
        }))
    }

    /// The header with one member put in or replaced.
    pub(super) fn header_with(&self, name: &str, value: Value) -> Members {
        with(self.header(), name, value)
    }

    /// The claims with one put in or replaced.
    pub(super) fn claims_with(&self, name: &str, value: Value) -> Members {
        with(self.claims(), name, value)
    }

    /// A token of this header and these claims, signed by the key that signs.
    pub(super) fn signed(&self, header: &Members, claims: &Members) -> String {
        self.signed_text(&text(header), &text(claims))
    }

    /// A token of these very bytes, signed by the key that signs.
    pub(super) fn signed_text(&self, header: &str, claims: &str) -> String {
        self.sealed(header, claims, |input| self.sandbox.signer.sign(input))
    }

    /// A token of these bytes under whatever signature is made of them.
    pub(super) fn sealed(
        &self,
        header: &str,
        claims: &str,
        sign: impl FnOnce(&[u8]) -> Vec<u8>,
    ) -> String {
        let (header, claims) = (header.as_bytes(), claims.as_bytes());
        let input = format!(
            "{}.{}",
            base64url::encode(header),
            base64url::encode(claims)
        );
        let signature = sign(input.as_bytes());
        format!("{input}.{}", base64url::encode(&signature))
    }

    /// A good token.
    pub(super) fn good(&self) -> String {
        self.signed(&self.header(), &self.claims())
    }

    /// A good token's header and claims under its signature, changed.
    pub(super) fn resigned(&self, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> String {
        let (header, claims) = (text(&self.header()), text(&self.claims()));
        self.sealed(&header, &claims, |input| {
            change(self.sandbox.signer.sign(input))
        })
    }
}

/// The object as JSON.
pub(super) fn text(members: &Members) -> String {
    Value::Object(members.clone()).to_string()
}

pub(super) fn with(mut members: Members, name: &str, value: Value) -> Members {
    members.insert(name.to_owned(), value);
    members
}

pub(super) fn without(mut members: Members, name: &str) -> Members {
    members.shift_remove(name);
    members
}

/// The object with one more member in front, whatever others of that name there are.
pub(super) fn doubled(members: &Members, member: &str) -> String {
    text(members).replacen('{', &format!("{{{member},"), 1)
}

fn members(value: Value) -> Members {
    match value {
        Value::Object(members) => members,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Members::new()
        }
    }
}
