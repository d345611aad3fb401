//! The outside issuers of a snapshot: a token that says it is from one of them is judged by that one alone.
//!
//! Invariant: no fetch, whatever a token names. A key that is not known here is a refusal, which the control plane is told of
//! with all others; it fetches, and the next snapshot says so.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use gatewright_domain::{
    consumer::ClientId, decision::TokenFacts, id::VersionId, outside::TrustedIssuer,
    refusal::Refusal, snapshot::Snapshot, time::Timestamp,
};
use gatewright_token::outside::{OutsideRefusal, Trust, claimed_issuer, verify};
use tracing::error;

use crate::bearer::Bearer;

/// The outside issuers, by the `iss` of their tokens.
#[derive(Default)]
pub(crate) struct Outsiders(HashMap<String, Arc<Outsider>>);

/// One of them, with everything that its tokens are judged by. Shared by every later snapshot in which all of it is the same.
pub(crate) struct Outsider {
    issuer: TrustedIssuer,
    trust: Trust,
    /// What the application of each rule may call.
    audiences: Vec<Vec<String>>,
    over: AtomicBool,
}

impl Outsiders {
    /// The issuers of a snapshot. One that cannot be used is left out, so its tokens are refused and all others serve.
    pub(crate) fn of(snapshot: &Snapshot, before: Option<&Self>) -> Self {
        if snapshot.issuers.is_empty() {
            return Self::default();
        }
        let leeway = Duration::from_secs(u64::from(snapshot.leeway_s));
        let callable = callable(snapshot);
        let outsider = |issuer: &TrustedIssuer| {
            let rules = issuer.rules.iter().map(|trusted| {
                let client = ClientId::of(trusted.rule.application);
                callable.get(&client).cloned().unwrap_or_default()
            });
            let audiences: Vec<Vec<String>> = rules.collect();
            let name = issuer.issuer.to_string();
            let known = before.and_then(|before| before.0.get(&name));
            if let Some(known) = known.filter(|known| known.is(issuer, &audiences, leeway)) {
                return Some((name, Arc::clone(known)));
            }
            let trust = Trust::of(issuer, leeway);
            let trust = trust.inspect_err(|fault| {
                error!(issuer.id = %issuer.id, %fault, "Left out an outside issuer that cannot be used");
            });
            let outsider = Outsider {
                issuer: issuer.clone(),
                trust: trust.ok()?,
                audiences,
                over: AtomicBool::new(false),
            };
            Some((name, Arc::new(outsider)))
        };
        // Our own name is never looked up here, whoever wrote it into a snapshot.
        let theirs = snapshot.issuers.iter();
        let theirs = theirs.filter(|issuer| !issuer.issuer.reads_like(&snapshot.issuer));
        Self(theirs.filter_map(outsider).collect())
    }

    /// Lets nothing stand that was known under `before` and would not be known the same way now.
    pub(crate) fn disown(&self, before: &Self) {
        for (name, outsider) in &before.0 {
            let kept = self.0.get(name);
            if !kept.is_some_and(|kept| Arc::ptr_eq(kept, outsider)) {
                outsider.over.store(true, Ordering::Release);
            }
        }
    }

    /// The issuer that a token says it is from, when it is one of them. Nothing is believed by that but who judges it.
    pub(crate) fn of_token(&self, token: Bearer<'_>) -> Option<&Arc<Outsider>> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&claimed_issuer(token.0).ok()?)
    }
}

/// The audiences of the versions that each application is subscribed to.
fn callable(snapshot: &Snapshot) -> HashMap<ClientId, Vec<String>> {
    let versions = snapshot.versions.iter();
    let audiences: HashMap<VersionId, &str> = versions
        .map(|version| (version.id, version.audience.as_str()))
        .collect();
    let clients = snapshot.clients.iter().map(|client| {
        let rights = client.rights.iter();
        let audiences = rights.filter_map(|right| audiences.get(&right.version));
        let audiences = audiences.map(|audience| (*audience).to_owned());
        (client.client_id.clone(), audiences.collect())
    });
    clients.collect()
}

impl Outsider {
    fn is(&self, issuer: &TrustedIssuer, audiences: &[Vec<String>], leeway: Duration) -> bool {
        self.issuer == *issuer && self.audiences == audiences && self.trust.leeway == leeway
    }

    /// Verifies a token, signature and all, and maps it by the first rule that matches.
    ///
    /// # Errors
    /// `IssuerKeyUnknown` when the keys may have changed there; `TokenInvalid` with what refused, for the operator.
    pub(crate) fn verify(&self, token: Bearer<'_>, now: Timestamp) -> Result<TokenFacts, Refusal> {
        let outside = verify(token.0, &self.trust, now).map_err(|refusal| match refusal {
            OutsideRefusal::UnknownKey => Refusal::IssuerKeyUnknown {
                issuer: self.issuer.id,
            },
            other => self.invalid(&other.to_string()),
        })?;
        let mapped = self.issuer.map(outside.claims());
        let mapped = mapped
            .ok_or_else(|| self.invalid("none of the issuer's rules matches the token's claims"))?;
        let audience = self.audiences.get(mapped.rule).cloned();
        Ok(outside.facts(&self.issuer, &mapped, audience.unwrap_or_default()))
    }

    fn invalid(&self, why: &str) -> Refusal {
        let name = &self.issuer.name;
        Refusal::TokenInvalid {
            step: format!("of the outside issuer {name}: {why}"),
        }
    }

    /// Whether what was known of its tokens still stands.
    pub(crate) fn stands(&self) -> bool {
        !self.over.load(Ordering::Acquire)
    }
}
