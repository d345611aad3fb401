//! The gateway's own pages: `/-/healthz`, `/-/readyz` and `/-/metrics`. No API can be called `-`, because a name begins
//! with a letter or digit (`gatewright_domain::text::ApiName`), so these hide nobody's paths.

use std::{fmt::Write, sync::Arc};

use gatewright_domain::{
    secret::{Secret, equal_in_constant_time},
    time::Timestamp,
};
use http::{
    HeaderValue, Method, Request, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};

use crate::{bearer::Bearer, meter::Meter, relay::Answer, watch::Watch};

const HEALTH: &str = "/-/healthz";
const READY: &str = "/-/readyz";
const METRICS: &str = "/-/metrics";

/// Who answers for the gateway itself.
pub(crate) struct Probes {
    pub(crate) watch: Arc<Watch>,
    pub(crate) meters: Vec<Arc<Meter>>,
    /// Who may read metrics must say this. Without it, nobody may.
    pub(crate) token: Option<Secret<String>>,
}

/// Whether a path is the gateway's own.
pub(crate) fn is_one(path: &str) -> bool {
    path.starts_with("/-/")
}

impl Probes {
    /// Answers without a record, because these are not calls of an API.
    pub(crate) fn answer<B>(&self, request: &Request<B>, now: Timestamp) -> Response<Answer> {
        if *request.method() != Method::GET && *request.method() != Method::HEAD {
            return page(
                StatusCode::METHOD_NOT_ALLOWED,
                "method not allowed\n".to_owned(),
            );
        }
        match request.uri().path() {
            HEALTH => page(StatusCode::OK, "ok\n".to_owned()),
            READY if self.watch.applied().is_some() => page(StatusCode::OK, "ready\n".to_owned()),
            READY => page(
                StatusCode::SERVICE_UNAVAILABLE,
                "not ready: no snapshot yet\n".to_owned(),
            ),
            METRICS if self.may_measure(request) => page(StatusCode::OK, self.metrics(now)),
            _ => page(StatusCode::NOT_FOUND, "not found\n".to_owned()),
        }
    }

    fn may_measure<B>(&self, request: &Request<B>) -> bool {
        let (Some(token), Ok(sent)) = (&self.token, Bearer::of(request.headers())) else {
            return false;
        };
        token.lend(|token| equal_in_constant_time(token.as_bytes(), sent.0))
    }

    /// Prometheus text format 0.0.4. Labels are bounded: nothing of a request stands in one.
    fn metrics(&self, now: Timestamp) -> String {
        let counts = Meter::sum(self.meters.iter().map(AsRef::as_ref));
        let applied = self.watch.applied();
        let (epoch, revision, age) = applied.map_or((0, 0, 0), |applied| {
            (
                applied.epoch,
                applied.revision,
                now.since(applied.at).as_secs(),
            )
        });
        let [given_up, classes @ ..] = counts.answers;
        let mut text = String::new();
        let mut say = |name: &str, kind: &str, rows: &[(String, u64)]| {
            // Writing to a string does not fail.
            let _ = writeln!(text, "# TYPE gatewright_gateway_{name} {kind}");
            for (labels, value) in rows {
                let _ = writeln!(text, "gatewright_gateway_{name}{labels} {value}");
            }
        };
        let one = |value: u64| [(String::new(), value)];
        let answers = classes.iter().enumerate();
        let mut answers: Vec<_> = answers
            .map(|(class, count)| (format!("{{status=\"{}xx\"}}", class + 1), *count))
            .collect();
        answers.push(("{status=\"given_up\"}".to_owned(), given_up));
        say("answers_total", "counter", &answers);
        say(
            "signature_checks_total",
            "counter",
            &one(counts.signature_checks),
        );
        say(
            "remembered_tokens_total",
            "counter",
            &one(counts.remembered),
        );
        say("records_dropped_total", "counter", &one(counts.dropped));
        say(
            "refusals_unexplained_total",
            "counter",
            &one(counts.unexplained),
        );
        say("refusals_stale_total", "counter", &one(counts.stale));
        say("upstream_retries_total", "counter", &one(counts.retries));
        say("connections", "gauge", &one(counts.connections));
        say("snapshot_epoch", "gauge", &one(epoch));
        say("snapshot_revision", "gauge", &one(revision));
        say("snapshot_age_seconds", "gauge", &one(age));
        let out_of_touch = self.watch.age().as_secs();
        say("out_of_touch_seconds", "gauge", &one(out_of_touch));
        let stale = self.watch.stale_versions();
        let stale = [("reads", stale.reads), ("writes", stale.writes)];
        let stale = stale.map(|(calls, count)| {
            let count = u64::try_from(count).unwrap_or(u64::MAX);
            (format!("{{calls=\"{calls}\"}}"), count)
        });
        say("stale_versions", "gauge", &stale);
        text
    }
}

fn page(status: StatusCode, text: String) -> Response<Answer> {
    let mut page = Response::new(Answer::unrecorded(text));
    *page.status_mut() = status;
    let headers = page.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    page
}
