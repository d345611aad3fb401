//! From what a snapshot says of an issuer to how its tokens are judged, and from a token to the facts of it.

use std::time::Duration;

use gatewright_domain::{
    decision::TokenFacts,
    outside::{Mapped, TrustedIssuer, TrustedKeys},
    secret::Secret,
    token::Jti,
};

use super::{NotASharedSecret, Outside, SharedSecret, Signers, Trust};
use crate::foreign::{ForeignKeys, NotForeignKeys};

/// Why an issuer of a snapshot cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTrusted {
    /// Its keys are none.
    #[error("its keys cannot be used: {0}")]
    Keys(#[from] NotForeignKeys),
    /// Its secret is none.
    #[error("its secret cannot be used: {0}")]
    Secret(#[from] NotASharedSecret),
}

impl Trust {
    /// How the tokens of an issuer of a snapshot are judged.
    ///
    /// # Errors
    /// When it cannot be used. Its tokens are then refused, and all others judged.
    pub fn of(issuer: &TrustedIssuer, leeway: Duration) -> Result<Self, NotTrusted> {
        let signers = match &issuer.keys {
            TrustedKeys::Set { set, algorithms } => Signers::Keys {
                keys: ForeignKeys::read(set.as_bytes())?,
                algorithms: algorithms.iter().collect(),
            },
            TrustedKeys::Secret { kid, secret } => {
                let bytes = Secret::new(secret.arrived().to_vec());
                Signers::Secret(SharedSecret::of(kid.clone(), &bytes)?)
            }
        };
        Ok(Self {
            issuer: issuer.issuer.to_string(),
            audience: issuer.audience.to_string(),
            kinds: issuer.kinds,
            signers,
            leeway,
            max_lifetime: Duration::from_secs(u64::from(issuer.max_lifetime_s.seconds())),
        })
    }
}

impl Outside {
    /// What the decision asks for, once a rule has mapped the token. Its name begins with its issuer's id, so that it is
    /// never taken for one of ours; `audience` is what the application may call.
    #[must_use]
    pub fn facts(
        &self,
        issuer: &TrustedIssuer,
        mapped: &Mapped,
        audience: Vec<String>,
    ) -> TokenFacts {
        TokenFacts {
            jti: Jti::from_wire(format!("{}/{}", issuer.id, self.name)),
            client_id: mapped.client_id.clone(),
            kid: Some(self.kid.clone()),
            issued: self.issued,
            expires: self.expires,
            audience,
            scopes: mapped.scopes.clone(),
        }
    }
}
