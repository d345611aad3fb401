//! From a request to `Admitted`: address, credential, facts, decision. Nothing here waits, and nothing is skipped because
//! of what an earlier request was told.
//!
//! Invariant: an `Admitted` exists only if every stage before it passed; only from one can an upstream be called.

use std::{sync::Arc, time::Duration};

use gatewright_domain::{
    decision::{Question, Step, decide, explain},
    refusal::Refusal,
    snapshot::PlanTerms,
    time::Timestamp,
};
use gatewright_token::proof::Proof;
use http::{HeaderName, HeaderValue, request::Parts};

use crate::{
    bearer::{Bearer, Credential},
    head::{malformed, sane},
    limit::{Taken, Usage, allowance},
    memory::Memory,
    meter::Meter,
    path::canonical,
    replays::{Counted, Replays},
    sender::{Sent, unproved},
    table::{Caller, Route, Table},
    trace::Trace,
    verifier::Facts,
};

/// A request that may be forwarded, with what its upstream is to be told.
pub(crate) struct Admitted {
    route: Arc<Route>,
    caller: Arc<Caller>,
    facts: Arc<Facts>,
    path: Box<str>,
}

/// A request that may not, with every step of the decision if it came to one.
pub(crate) struct Refused {
    pub(crate) refusal: Refusal,
    pub(crate) rules: Option<Vec<Step>>,
    /// What is left of the plan, for those whom a limit stopped.
    pub(crate) limits: Vec<(HeaderName, HeaderValue)>,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self {
            refusal,
            rules: None,
            limits: Vec::new(),
        }
    }
}

impl Admitted {
    /// The version that was addressed.
    pub(crate) fn route(&self) -> &Arc<Route> {
        &self.route
    }

    /// The application that calls.
    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// What its token says.
    pub(crate) fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The canonical path under the version: the very bytes that were decided on.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }
}

/// The stages, with what they share between requests.
pub(crate) struct Admission<'a> {
    pub(crate) table: &'a Table,
    pub(crate) memory: &'a Memory<Facts>,
    pub(crate) meter: &'a Meter,
    pub(crate) replays: &'a Replays,
    /// How long ago the table was known to be the newest.
    pub(crate) age: Duration,
    pub(crate) now: Timestamp,
}

impl Admission<'_> {
    /// Judges one request. What becomes known on the way stands in the trace, whatever the outcome.
    ///
    /// # Errors
    /// The first refusal.
    pub(crate) fn admit(&self, parts: &Parts, trace: &mut Trace) -> Result<Admitted, Refused> {
        sane(parts)?;
        let path = canonical(parts.uri.path()).map_err(malformed)?;
        let (route, path) = self.table.route(&path).ok_or(Refusal::NoRoute)?;
        trace.route = Some(Arc::clone(route));
        route.version.answers()?;
        let operation = route.operation(path, trace.method)?;
        trace.operation = Some(operation);
        let credential = Credential::of(&parts.headers)?;
        trace.scheme = Some(credential.scheme);
        let facts = self.verified(credential.token)?;
        trace.facts = Some(Arc::clone(&facts));
        let sent = Sent {
            scheme: credential.scheme,
            token: credential.token.0,
            parts,
            audience: &route.version.audience,
            path,
            peer: trace.line().peer(),
        };
        let proof = sent.prove(facts.binding(), self.now)?;
        let caller = self.table.caller(&facts.token().client_id);
        trace.application = caller.map(|caller| caller.client.application);
        let caller = self.decided(route, operation, &facts, caller)?;
        // Last, so that only a request that passes uses its proof up, and only such requests can fill the room.
        if let Some(proof) = proof {
            self.counted_once(&proof)?;
        }
        Ok(Admitted {
            route: Arc::clone(route),
            caller: Arc::clone(caller),
            facts,
            path: path.into(),
        })
    }

    /// The facts of a token: remembered, or verified now. Only what verified is remembered. An API key is looked up.
    fn verified(&self, bearer: Bearer<'_>) -> Result<Arc<Facts>, Refusal> {
        if let Some(listed) = self.table.api_keys.find(bearer) {
            return listed.map(Arc::clone);
        }
        let name = self.memory.name(bearer.0);
        if let Some(facts) = name.and_then(|name| self.memory.recall(&name)) {
            self.meter.remembered();
            return Ok(facts);
        }
        self.meter.signature_checked();
        let facts = self.table.verifier.verify(bearer, self.now)?;
        let facts = Arc::new(facts);
        if let Some(name) = name {
            self.memory.remember(name, &facts);
        }
        Ok(facts)
    }

    fn counted_once(&self, proof: &Proof) -> Result<(), Refusal> {
        match self.replays.count(proof, self.now) {
            Counted::Once => Ok(()),
            Counted::Again => Err(unproved("the proof was used before")),
            Counted::NoRoom => Err(unproved(
                "more proofs came within two minutes than there is room for",
            )),
        }
    }

    /// Decides, and counts the request if it passes. Asks again when another request was counted in between.
    fn decided<'c>(
        &self,
        route: &Route,
        operation: usize,
        facts: &Facts,
        caller: Option<&'c Arc<Caller>>,
    ) -> Result<&'c Arc<Caller>, Refused> {
        let right = caller.and_then(|caller| caller.right(route.version.id));
        let plan = right.and_then(|(right, _)| self.table.plan(right.plan));
        let mut question = Question {
            version: &route.version,
            operation: route.at(operation).ok_or(Refusal::NoOperation)?,
            token: facts.token(),
            revoked: self.table.is_revoked(facts),
            not_before: self.table.not_before,
            client: caller.map(|caller| &caller.client),
            right: right.map(|(right, _)| right),
            plan,
            counters: Default::default(),
            age: self.age,
            leeway_s: self.table.leeway_s,
            now: self.now,
        };
        loop {
            if let Some((_, usage)) = right {
                question.counters = usage.counters(self.now);
            }
            decide(&question).map_err(|refusal| refused(refusal, &question))?;
            // A decision that passed had a caller, a right and a plan.
            let (Some(caller), Some((_, usage)), Some(plan)) = (caller, right, plan) else {
                return Err(Refusal::NotSubscribed.into());
            };
            if self.counted(usage, plan, &question) == Taken::Yes {
                return Ok(caller);
            }
        }
    }

    fn counted(&self, usage: &Usage, plan: &PlanTerms, question: &Question<'_>) -> Taken {
        usage.take(plan, question.counters, self.now)
    }
}

fn refused(refusal: Refusal, question: &Question<'_>) -> Refused {
    let stopped_by_limit = matches!(
        refusal,
        Refusal::RateExceeded { .. } | Refusal::QuotaExceeded { .. }
    );
    let limits = match question.plan {
        Some(plan) if stopped_by_limit => allowance(plan, question.counters, question.now),
        Some(_) | None => Vec::new(),
    };
    Refused {
        refusal,
        rules: Some(explain(question)),
        limits,
    }
}
