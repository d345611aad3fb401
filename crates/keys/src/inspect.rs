//! The inspector: what a token says, and what every rule makes of it now. The same functions judge it as at the gateways.
//!
//! Invariant: nothing of a token is logged or kept here.

use std::time::Duration;

use gatewright_domain::{
    access::Caller,
    decision::{Rule, Step, TokenFacts, Verdict},
    id::TokenId,
    outside::TrustedIssuer,
    snapshot::Snapshot,
    time::Timestamp,
};
use gatewright_store::StoreError;
use gatewright_token::{
    inspect::{self, DecodedPart},
    policy::Policy,
    ring::{NotARing, VerifierRing},
    verify::Verified,
};
use serde::Serialize;

use crate::{
    Keys,
    issuers::{claimed, judge},
    opening::{Bearer, Opening},
};

/// A token as every rule judges it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Inspection {
    /// Its header; nothing when it has none that can be decoded.
    pub header: Option<Part>,
    /// Its claims; likewise.
    pub claims: Option<Part>,
    /// The row of the token, when it verifies and the caller may see it.
    pub token: Option<TokenId>,
    /// The verifier's steps, in order.
    pub steps: Vec<Step>,
    /// What it opens, version by version; empty when it does not verify.
    pub openings: Vec<Opening>,
}

/// A decoded part of a token.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Part {
    /// What it says: JSON, indented, or else what it holds, unreadable bytes replaced.
    pub text: String,
    /// Why it is not JSON, when it is not.
    pub fault: Option<String>,
}

/// Why nothing can be inspected.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// The stored keys make no ring.
    #[error("the public keys cannot be used")]
    Keys(#[from] NotARing),
    /// The store failed.
    #[error("could not read what tokens are judged by")]
    Store(#[from] StoreError),
}

/// Why a token is not good.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// A rule refuses it.
    #[error("{}: {}", .0.rule, .0.compared)]
    Refused(Box<Step>),
    /// It could not be judged.
    #[error(transparent)]
    NotJudged(#[from] InspectError),
}

impl Keys {
    /// Judges a token, and says of every rule what it compared and what would have passed.
    ///
    /// # Errors
    /// `Keys`, `Store`; never for what the token is.
    pub async fn inspect(&self, caller: &Caller, token: &str) -> Result<Inspection, InspectError> {
        let judgement = self.judge(token).await?;
        let sight = self.store.reader().as_seen_by(caller);
        let row = match &judgement.facts {
            Some(facts) => sight.find_token_by_jti(&facts.jti).await.ok(),
            None => None,
        };
        let decoded = inspect::decode_unverified(token.as_bytes(), &judgement.policy).ok();
        let (header, claims) = decoded
            .map(|decoded| (Part::of(decoded.header), Part::of(decoded.claims)))
            .unzip();
        Ok(Inspection {
            header,
            claims,
            token: row.map(|row| row.id()),
            steps: judgement.steps,
            openings: judgement.openings,
        })
    }

    /// Whether a token is good for anything now: it verifies, and at least one of its versions takes it.
    ///
    /// # Errors
    /// `Refused` with the first rule that does not let it pass; `NotJudged`.
    pub async fn verify(&self, token: &str) -> Result<TokenFacts, VerifyError> {
        let Judged {
            policy: _,
            facts,
            steps,
            openings,
        } = self.judge(token).await?;
        let refusal = |steps: &[Step]| {
            let mut refused = steps.iter().filter(|step| step.verdict == Verdict::Refused);
            refused.next().cloned()
        };
        let refused = match openings
            .iter()
            .find(|opening| refusal(&opening.steps).is_none())
        {
            Some(_) => None,
            None => openings.first().and_then(|opening| refusal(&opening.steps)),
        };
        match (refusal(&steps).or(refused), facts) {
            (None, Some(facts)) => Ok(facts),
            (Some(step), _) => Err(VerifyError::Refused(Box::new(step))),
            (None, None) => Err(VerifyError::Refused(Box::new(unknown()))),
        }
    }

    async fn judge(&self, token: &str) -> Result<Judged, InspectError> {
        let now = self.clock.now();
        let snapshot = self.snapshot(now).await?;
        if let Some(issuer) = claimed(&snapshot, token.as_bytes()) {
            return Ok(outside(issuer, &snapshot, token, now));
        }
        let Judgement {
            policy,
            verified,
            steps,
        } = self.judge_by(&snapshot, token)?;
        let openings = match &verified {
            Some(verified) => Bearer::of(verified, &snapshot, now).openings(),
            None => Vec::new(),
        };
        Ok(Judged {
            policy,
            facts: verified.map(|verified| verified.facts().clone()),
            steps,
            openings,
        })
    }

    /// What the verifier makes of a token by a snapshot, as a gateway that holds it would.
    pub(crate) fn judge_by(
        &self,
        snapshot: &Snapshot,
        token: &str,
    ) -> Result<Judgement, InspectError> {
        let policy = policy(snapshot);
        let ring = VerifierRing::of(&snapshot.keys)?;
        let now = self.clock.now();
        let inspection = inspect::inspect(token.as_bytes(), &ring, &policy, now);
        Ok(Judgement {
            policy,
            verified: inspection.outcome.ok(),
            steps: inspection.steps,
        })
    }
}

/// What is demanded of tokens of ours by a snapshot.
fn policy(snapshot: &Snapshot) -> Policy {
    let leeway = Duration::from_secs(u64::from(snapshot.leeway_s));
    let lifetime = Duration::from_secs(u64::from(snapshot.max_lifetime_s));
    let ours = snapshot
        .versions
        .iter()
        .map(|version| version.audience.clone());
    let policy = Policy::new(snapshot.issuer.clone(), leeway, lifetime);
    // Whoever asks has no request of its sender's before them, and is told what it is bound to.
    policy.only_for(ours.collect()).for_bound_tokens_too()
}

/// What a trusted outside issuer's registration makes of a token, and what it opens by the rule that matches.
fn outside(issuer: &TrustedIssuer, snapshot: &Snapshot, token: &str, now: Timestamp) -> Judged {
    let (trial, taken) = judge(issuer, snapshot, token, now);
    let facts = taken.map(|taken| {
        let mut clients = snapshot.clients.iter();
        let client = clients.find(|client| client.client_id == taken.mapped.client_id);
        let rights = client.into_iter().flat_map(|client| &client.rights);
        let versions = rights.filter_map(|right| {
            let mut versions = snapshot.versions.iter();
            versions.find(|version| version.id == right.version)
        });
        let audience = versions.map(|version| version.audience.clone()).collect();
        taken.outside.facts(issuer, &taken.mapped, audience)
    });
    let bearer = facts
        .as_ref()
        .map(|facts| Bearer::of_facts(facts, None, snapshot, now));
    let openings = bearer.map(|bearer| bearer.openings());
    Judged {
        policy: policy(snapshot),
        steps: trial.steps,
        openings: openings.unwrap_or_default(),
        facts,
    }
}

/// A token as it is judged, whoever issued it.
struct Judged {
    policy: Policy,
    facts: Option<TokenFacts>,
    steps: Vec<Step>,
    openings: Vec<Opening>,
}

/// What the verifier made of a token.
pub(crate) struct Judgement {
    policy: Policy,
    pub(crate) verified: Option<Verified>,
    steps: Vec<Step>,
}

impl Part {
    fn of(part: DecodedPart) -> Self {
        match part {
            DecodedPart::Json(text) => Self { text, fault: None },
            DecodedPart::Text(text, fault) => Self {
                text,
                fault: Some(fault.to_string()),
            },
        }
    }
}

/// What is said of a token that is for none of our versions: the verifier, which knows them all, refused it before.
fn unknown() -> Step {
    Step {
        rule: Rule::Audience.title().to_owned(),
        verdict: Verdict::Refused,
        compared: "for no version of this installation".to_owned(),
        mend: None,
    }
}
