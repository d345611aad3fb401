//! What is known of one request. Dropping it writes its access record: exactly one, whatever became of the request.

use std::{
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use gatewright_domain::{
    decision::Step,
    id::{ApplicationId, DecisionId, RequestId},
    operation::Method,
    record::{AccessRecord, Decision},
    refusal::Refusal,
    time::Timestamp,
};

use crate::{bearer::Scheme, line::Line, record::Desk, table::Route, verifier::Facts};

/// The status in the record of a request whose client did not wait for the answer.
const GIVEN_UP: u16 = 499;

/// One request on its way through the gateway.
pub(crate) struct Trace {
    pub(crate) request: RequestId,
    pub(crate) method: Option<Method>,
    pub(crate) revision: u64,
    pub(crate) route: Option<Arc<Route>>,
    pub(crate) operation: Option<usize>,
    pub(crate) application: Option<ApplicationId>,
    pub(crate) scheme: Option<Scheme>,
    pub(crate) facts: Option<Arc<Facts>>,
    desk: Rc<Desk>,
    line: Rc<Line>,
    at: Timestamp,
    started: Instant,
    status: Option<u16>,
    bytes: u64,
    upstream_us: Option<u64>,
    decision: Option<Box<Decision>>,
}

impl Trace {
    /// A request that came in now.
    pub(crate) fn begin(
        desk: &Rc<Desk>,
        line: &Rc<Line>,
        request: RequestId,
        at: Timestamp,
    ) -> Self {
        Self {
            request,
            method: None,
            revision: 0,
            route: None,
            operation: None,
            application: None,
            scheme: None,
            facts: None,
            desk: Rc::clone(desk),
            line: Rc::clone(line),
            at,
            started: Instant::now(),
            status: None,
            bytes: 0,
            upstream_us: None,
            decision: None,
        }
    }

    /// When it came in.
    pub(crate) fn at(&self) -> Timestamp {
        self.at
    }

    /// The connection it came by.
    pub(crate) fn line(&self) -> &Rc<Line> {
        &self.line
    }

    /// Method and path template of the operation addressed.
    pub(crate) fn operation(&self) -> Option<(Method, &str)> {
        let operation = self.route.as_ref()?.at(self.operation?)?;
        Some((operation.method, &operation.path))
    }

    /// It is refused, for this reason.
    pub(crate) fn refused(&mut self, id: DecisionId, refusal: Refusal, steps: Vec<Step>) {
        self.decision = Some(Box::new(Decision {
            id,
            at: self.at,
            gateway: self.desk.gateway,
            request: self.request,
            method: self.method,
            version: self.route.as_ref().map(|route| route.version.id),
            operation: self.operation().map(|(_, path)| path.to_owned()),
            application: self.application,
            jti: self.facts.as_ref().map(|facts| facts.token().jti.clone()),
            refusal,
            steps,
            revision: self.revision,
        }));
    }

    /// Its upstream has begun to answer.
    pub(crate) fn upstream_answered(&mut self) {
        self.upstream_us = Some(micros(self.started.elapsed()));
    }

    /// It is being answered with this status.
    pub(crate) fn answered(&mut self, status: u16) {
        self.status = Some(status);
    }

    /// So many more bytes of the answer's body go to the client.
    pub(crate) fn sent(&mut self, bytes: usize) {
        self.bytes = self
            .bytes
            .saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

impl Drop for Trace {
    fn drop(&mut self) {
        let now = Instant::now();
        self.line.answered(now);
        let decision = self.decision.take();
        let record = AccessRecord {
            at: self.at,
            request: self.request,
            version: self.route.as_ref().map(|route| route.version.id),
            operation: self
                .operation()
                .map(|(method, path)| (method, path.to_owned())),
            application: self.application,
            jti: self.facts.as_ref().map(|facts| facts.token().jti.clone()),
            refused: decision
                .as_ref()
                .map(|decision| decision.refusal.reason().to_owned()),
            status: self.status.unwrap_or(GIVEN_UP),
            bytes: self.bytes,
            upstream_us: self.upstream_us,
            total_us: micros(now - self.started),
        };
        self.desk.meter.answered(self.status.unwrap_or(0));
        self.desk.put(record, decision);
    }
}
