//! The life of one request on one thread: admit, forward, relay, or refuse.

use std::{convert::Infallible, rc::Rc, sync::Arc, time::Duration};

use gatewright_domain::{refusal::Refusal, time::Clock};
use http::{HeaderValue, Request, Response};
use hyper::body::Incoming;
use tokio::time::Instant;

use crate::{
    admit::{Admission, Admitted, Refused},
    authz::{self, Adviser},
    dice::Dice,
    forward::Forward,
    framing::Fault,
    head::malformed,
    line::Line,
    memory::Memory,
    meter::Meter,
    probe::{self, Probes},
    record::Desk,
    reject::reject,
    relay::{Answer, relay},
    replays::Replays,
    steps,
    trace::Trace,
    upstream::{Failure, Upstreams},
    verifier::Facts,
    watch::Watch,
};

/// What one thread serves requests with.
pub(crate) struct Exchange {
    pub(crate) watch: Arc<Watch>,
    pub(crate) memory: Arc<Memory<Facts>>,
    pub(crate) replays: Arc<Replays>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) probes: Arc<Probes>,
    pub(crate) meter: Arc<Meter>,
    pub(crate) desk: Rc<Desk>,
    pub(crate) dice: Dice,
    pub(crate) upstreams: Upstreams,
    pub(crate) portal: String,
    pub(crate) total: Duration,
}

impl Exchange {
    /// Answers one request of a connection.
    pub(crate) async fn answer(
        &self,
        line: &Rc<Line>,
        request: Request<Incoming>,
    ) -> Result<Response<Answer>, Infallible> {
        let fault = line.begin();
        if fault.is_none()
            && let Some(adviser) = authz::at(request.uri().path())
        {
            return Ok(self.advise(adviser, line, request));
        }
        if fault.is_none() && probe::is_one(request.uri().path()) {
            line.answered(Instant::now().into_std());
            return Ok(self.probes.answer(&request, self.clock.now()));
        }
        let now = self.clock.now();
        let mut trace = Trace::begin(&self.desk, line, self.dice.request(now), now);
        if let Some(fault) = fault {
            return Ok(self.refuse(refusal_of(fault).into(), trace));
        }
        trace.method = request.method().as_str().parse().ok();
        let (parts, body) = request.into_parts();
        let judged = self.judge(&parts, &mut trace);
        match judged {
            Ok(admitted) => {
                let request_id = request_id(&trace);
                match Forward::of(&admitted, line.peer(), request_id.clone(), parts, body) {
                    Some(forward) => Ok(self.call(admitted, forward, request_id, trace).await),
                    None => Ok(self.refuse(malformed("the target is no address").into(), trace)),
                }
            }
            Err(refused) => Ok(self.refuse(refused, trace)),
        }
    }

    /// Answers a proxy that asks about a request it will forward itself.
    fn advise(
        &self,
        adviser: Adviser,
        line: &Rc<Line>,
        question: Request<Incoming>,
    ) -> Response<Answer> {
        let now = self.clock.now();
        let mut trace = Trace::begin(&self.desk, line, self.dice.request(now), now);
        let judged = match authz::asked_about(question) {
            Ok(parts) => {
                trace.method = parts.method.as_str().parse().ok();
                self.judge(&parts, &mut trace)
            }
            Err(refusal) => Err(refusal.into()),
        };
        match judged {
            Ok(admitted) => {
                let answer = authz::admitted(&admitted, request_id(&trace));
                trace.answered(answer.status().as_u16());
                answer.map(|text| Answer::own(text, trace))
            }
            Err(refused) => authz::refused(adviser, self.refuse(refused, trace)),
        }
    }

    fn judge(&self, parts: &http::request::Parts, trace: &mut Trace) -> Result<Admitted, Refused> {
        let table = self.watch.table();
        let table = table.as_ref().ok_or(Refusal::NotReady)?;
        trace.revision = table.revision;
        let (memory, meter) = (self.memory.as_ref(), self.meter.as_ref());
        let admission = Admission {
            table,
            memory,
            meter,
            replays: &self.replays,
            age: self.watch.age(),
            now: trace.at(),
        };
        admission.admit(parts, trace)
    }

    async fn call(
        &self,
        admitted: Admitted,
        forward: Forward,
        request_id: HeaderValue,
        mut trace: Trace,
    ) -> Response<Answer> {
        let deadline = Instant::now() + self.total;
        match self.upstreams.call(forward, deadline).await {
            Ok(answer) => {
                trace.upstream_answered();
                relay(answer, admitted.route(), request_id, deadline, trace)
                    .unwrap_or_else(|trace| self.refuse(Refusal::UpstreamUnreachable.into(), trace))
            }
            Err(failure) => {
                let broken = trace.line().broken();
                let refusal = broken.map_or_else(|| refusal_for(failure), refusal_of);
                self.refuse(refusal.into(), trace)
            }
        }
    }

    fn refuse(&self, refused: Refused, mut trace: Trace) -> Response<Answer> {
        let Refused {
            refusal,
            rules,
            limits,
        } = refused;
        if let Refusal::Stale { .. } = refusal {
            self.meter.stale();
        }
        let decision = self.dice.decision(trace.at());
        let mut answer = reject(&refusal, decision, &trace, &self.portal);
        answer.headers_mut().extend(limits);
        trace.answered(answer.status().as_u16());
        let steps = steps::of(&refusal, &trace, rules);
        trace.refused(decision, refusal, steps);
        answer.map(|text| Answer::own(text, trace))
    }
}

fn request_id(trace: &Trace) -> HeaderValue {
    let text = trace.request.to_string();
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}

fn refusal_of(fault: Fault) -> Refusal {
    match fault {
        Fault::Malformed(what) => malformed(what),
        Fault::TooLarge => Refusal::TooLarge,
    }
}

fn refusal_for(failure: Failure) -> Refusal {
    match failure {
        Failure::Unreachable => Refusal::UpstreamUnreachable,
        Failure::Late => Refusal::UpstreamTimeout,
    }
}
