//! Trying a token of an outside issuer: what every stage makes of it, which rule matches, and what it may then do.

use std::time::Duration;

use gatewright_domain::{
    access::Caller,
    decision::{Step, Verdict},
    id::OutsideIssuerId,
    outside::{Mapped, TrustedIssuer},
    snapshot::Snapshot,
    time::Timestamp,
};
use gatewright_token::{
    foreign::ForeignKeys,
    outside::{Outside, Trust, claimed_issuer, explain},
};
use serde::Serialize;

use super::IssuerError;
use crate::Keys;

/// A token of an outside issuer as it is judged.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Trial {
    /// Every stage of verifying, in order, and last the rules.
    pub steps: Vec<Step>,
    /// Which rule matched, from 1; nothing when none did, or the token does not verify.
    pub rule: Option<usize>,
    /// The client id that it is then taken for.
    pub client_id: Option<String>,
    /// The scopes that it then carries.
    pub scopes: Vec<String>,
}

/// A key of an outside issuer.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IssuerKey {
    /// Its RFC 7638 thumbprint, by which records and decisions name it.
    pub thumbprint: String,
    /// What it signs with.
    pub algorithm: String,
}

/// A token of an outside issuer that verified, with what the rules make of it.
pub(crate) struct Taken {
    pub(crate) outside: Outside,
    pub(crate) mapped: Mapped,
}

impl Keys {
    /// Tries a token with one issuer.     ///
    /// # Errors
    /// `NotFound`; `Store`; never for what the token is.
    pub async fn try_outside_token(
        &self,
        caller: &Caller,
        id: OutsideIssuerId,
        token: &str,
    ) -> Result<Trial, IssuerError> {
        let sight = self.store.reader().as_seen_by(caller);
        sight.find_issuer(id).await?;
        let now = self.clock.now();
        let snapshot = self.snapshot(now).await?;
        let Some(issuer) = snapshot.issuers.iter().find(|issuer| issuer.id == id) else {
            return Ok(Trial::refused(
                "The issuer is trusted and its keys are known",
            ));
        };
        let (trial, _) = judge(issuer, &snapshot, token, now);
        Ok(trial)
    }

    /// The keys of a set as last fetched, for people.
    #[must_use]
    pub fn issuer_keys(&self, set: &str) -> Vec<IssuerKey> {
        let keys = ForeignKeys::read(set.as_bytes());
        let shown = |keys: ForeignKeys| {
            let keys = keys.keys().map(|key| IssuerKey {
                thumbprint: key.thumbprint(),
                algorithm: key.algorithm().to_string(),
            });
            keys.collect()
        };
        keys.map(shown).unwrap_or_default()
    }
}

/// The trusted issuer that a token says it is from, if it is one.
pub(crate) fn claimed<'a>(snapshot: &'a Snapshot, token: &[u8]) -> Option<&'a TrustedIssuer> {
    let claimed = claimed_issuer(token).ok()?;
    let mut issuers = snapshot.issuers.iter();
    issuers.find(|issuer| issuer.issuer.as_str() == claimed)
}

/// What an issuer's registration makes of a token.
pub(crate) fn judge(
    issuer: &TrustedIssuer,
    snapshot: &Snapshot,
    token: &str,
    now: Timestamp,
) -> (Trial, Option<Taken>) {
    let leeway = Duration::from_secs(u64::from(snapshot.leeway_s));
    let trust = match Trust::of(issuer, leeway) {
        Ok(trust) => trust,
        Err(fault) => return (Trial::refused(&fault.to_string()), None),
    };
    let explained = explain(token.as_bytes(), &trust, now);
    let mut steps = explained.steps;
    let outside = match explained.outcome {
        Ok(outside) => outside,
        Err(_) => {
            steps.push(step(Verdict::NotAsked, String::new(), None));
            return (Trial::of(steps, None), None);
        }
    };
    let Some(mapped) = issuer.map(outside.claims()) else {
        let mend =
            "Add a rule that matches the token's claims, or have the issuer say other claims.";
        let compared = format!("none of {} rules matches", issuer.rules.len());
        steps.push(step(Verdict::Refused, compared, Some(mend.to_owned())));
        return (Trial::of(steps, None), None);
    };
    let compared = format!("rule {} matches: {}", mapped.rule + 1, mapped.client_id);
    steps.push(step(Verdict::Passed, compared, None));
    let trial = Trial::of(steps, Some(&mapped));
    (trial, Some(Taken { outside, mapped }))
}

fn step(verdict: Verdict, compared: String, mend: Option<String>) -> Step {
    Step {
        rule: "A rule maps it to an application".to_owned(),
        verdict,
        compared,
        mend,
    }
}

impl Trial {
    fn of(steps: Vec<Step>, mapped: Option<&Mapped>) -> Self {
        Self {
            steps,
            rule: mapped.map(|mapped| mapped.rule + 1),
            client_id: mapped.map(|mapped| mapped.client_id.to_string()),
            scopes: mapped
                .map(|mapped| mapped.scopes.clone())
                .unwrap_or_default(),
        }
    }

    fn refused(rule: &str) -> Self {
        let step = Step {
            rule: rule.to_owned(),
            verdict: Verdict::Refused,
            compared: "no token of it can be judged now".to_owned(),
            mend: Some("Look at where the issuer stands, and refresh its keys.".to_owned()),
        };
        Self::of(vec![step], None)
    }
}
