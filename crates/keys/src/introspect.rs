//! Introspection (RFC 7662): whether a token is good now, for those who stand behind the API it is for. The same functions
//! judge it as at the gateways, so that both say the same of every token.
//!
//! Invariant: an answer that is signed (RFC 9701) names the one who asked, and the ring that signs it signs no tokens.

use gatewright_domain::{
    access::{Actor, Caller, Horizon},
    binding::Binding,
    decision::TokenFacts,
    key::{Purpose, RingName},
    ring::Standing,
    snapshot::{RoutedVersion, Snapshot},
};
use gatewright_store::StoreError;
use gatewright_token::{
    mint::{DocumentType, MintError},
    verify::Verified,
};
use serde::Serialize;
use serde_json::Value;

use crate::{
    Keys, clients::Authenticated, inspect::InspectError, opening::Bearer, signer::SignerError,
};

/// Who asks about a token.
#[derive(Debug)]
pub enum Asker<'a> {
    /// A client that stands behind some versions.
    Client(&'a Authenticated),
    /// An operator, with a personal access token.
    Operator(&'a Caller),
}

/// A token that is good now.
#[derive(Clone, Debug)]
pub struct ActiveToken {
    /// What it says.
    pub facts: TokenFacts,
    /// Whom it is about.
    pub subject: String,
    /// The family it belongs to.
    pub session: Option<String>,
    /// What its sender must prove to hold, to whoever takes it.
    pub binding: Option<Binding>,
    /// Who acts for whom it is about, the newest first.
    pub actors: Vec<String>,
}

/// The asker is an operator who does not see every API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("asking about any token needs a role that sees every API")]
pub struct NotAnAsker;

impl Asker<'_> {
    /// Whether this asker may ask at all.
    ///
    /// # Errors
    /// `NotAnAsker`.
    pub fn is_one(&self) -> Result<(), NotAnAsker> {
        match self {
            Self::Client(_) => Ok(()),
            Self::Operator(caller) => match caller.horizon() {
                Horizon::Everything => Ok(()),
                Horizon::Teams(_) => Err(NotAnAsker),
            },
        }
    }

    /// The name under which a signed answer is for this asker and nobody else.
    fn name(&self) -> String {
        match self {
            Self::Client(client) => client.client.application.client_id().to_string(),
            Self::Operator(caller) => match caller.actor() {
                Actor::Operator { id, .. } => id.to_string(),
                Actor::CommandLine
                | Actor::Job(_)
                | Actor::Gateway(_)
                | Actor::Application(_)
                | Actor::Newcomer(_)
                | Actor::Founder
                | Actor::Stranger => "installation".to_owned(),
            },
        }
    }

    /// Whether this asker stands behind a version.
    fn serves(&self, version: &RoutedVersion) -> bool {
        match self {
            Self::Client(client) => {
                let serves = &client.client.registration.terms.serves;
                serves.contains(&(version.api.clone(), version.number))
            }
            Self::Operator(_) => true,
        }
    }
}

impl Keys {
    /// A token, when it is good now for a version that the asker stands behind; of any other nothing is said.
    ///
    /// # Errors
    /// `Keys`, `Store`; never for what the token is.
    pub async fn introspect(
        &self,
        snapshot: &Snapshot,
        asker: &Asker<'_>,
        token: &str,
    ) -> Result<Option<ActiveToken>, InspectError> {
        let judgement = self.judge_by(snapshot, token)?;
        let Some(verified) = judgement.verified else {
            return Ok(None);
        };
        let versions = snapshot.versions.iter();
        let mut served = versions.filter(|version| asker.serves(version));
        let bearer = Bearer::of(&verified, snapshot, self.clock.now());
        let opens = served.any(|version| bearer.opens(version));
        let active = opens && self.is_bound_by_us(&verified).await?;
        Ok(active.then(|| active_token(&verified)))
    }

    /// Whether answers can be had signed at all: not where their ring was disabled.
    ///
    /// # Errors
    /// `Lease` and `Store` when that cannot be found out.
    pub async fn signs_answers(&self) -> Result<bool, SignerError> {
        let name = self.answering_ring();
        let rings = self.rings().await?;
        let mut enabled = rings
            .iter()
            .filter(|ring| ring.record().standing() == Standing::Enabled);
        Ok(enabled.any(|ring| ring.name() == name))
    }

    /// Signs what was answered about a token, for the one who asked (RFC 9701 section 5).
    ///
    /// # Errors
    /// `NoKey`, `Lease`, `Clock`, `Open`, `Unusable`, `Mint`, `Store`.
    pub async fn sign_answer(
        &self,
        asker: &Asker<'_>,
        answer: &Value,
    ) -> Result<String, SignerError> {
        let now = self.clock.now();
        let claims = serde_json::to_vec(&SignedAnswer {
            iss: &self.config.issuer,
            aud: &asker.name(),
            iat: now.seconds(),
            token_introspection: answer,
        });
        let claims = claims.map_err(MintError::NotWritten)?;
        let RingName { purpose, .. } = self.answering_ring();
        // The answer says of no end, since it is true of one moment only. Its key is shown for as long as the longest
        // answer of its ring could be kept.
        let until = now.plus(purpose.max_lifetime().duration());
        self.sign_document(purpose, DocumentType::Introspection, &claims, until)
            .await
    }

    /// The ring that signs answers.
    fn answering_ring(&self) -> RingName {
        RingName {
            purpose: Purpose::Introspection,
            algorithm: self.config.token_algorithm,
        }
    }

    /// Whether a binding is the one that the token was issued with. Who asks is going to trust it in our name, so what
    /// nobody may send as a bearer token is not called good on its own word.
    async fn is_bound_by_us(&self, verified: &Verified) -> Result<bool, InspectError> {
        let Some(binding) = verified.binding() else {
            return Ok(true);
        };
        let facts = verified.facts();
        let Some(application) = facts.client_id.application() else {
            return Ok(false);
        };
        let row = self
            .store
            .reader()
            .token_of_client(application, &facts.jti)
            .await;
        match row {
            Ok(token) => Ok(token.binding() == Some(binding)),
            Err(StoreError::NotFound) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// What a token says, when it is ours and holds, whatever it opens.
    ///
    /// # Errors
    /// `Keys`.
    pub fn holder_of(
        &self,
        snapshot: &Snapshot,
        token: &str,
    ) -> Result<Option<TokenFacts>, InspectError> {
        let judgement = self.judge_by(snapshot, token)?;
        Ok(judgement.verified.map(|verified| verified.facts().clone()))
    }
}

/// A signed answer. It has neither `sub` nor `exp`, so that nobody takes it for a token (RFC 9701 section 8.1).
#[derive(Serialize)]
struct SignedAnswer<'a> {
    iss: &'a str,
    aud: &'a str,
    iat: i64,
    token_introspection: &'a Value,
}

fn active_token(verified: &Verified) -> ActiveToken {
    ActiveToken {
        facts: verified.facts().clone(),
        subject: verified.subject().to_owned(),
        session: verified.session().map(str::to_owned),
        binding: verified.binding().cloned(),
        actors: verified.actors().to_vec(),
    }
}
