//! What the control plane counts of itself, for Prometheus. Labels are bounded: a route's pattern, never a path, and never
//! anything else of a request.

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use actix_web::{FromRequest, HttpRequest, HttpResponse, http::header, web::Data};
use gatewright_domain::{ring::Ring, secret::equal_in_constant_time};
use gatewright_keys::{HolderRow, KekRow};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

use crate::web::{
    app::App,
    caller::{Bearer, bearer},
    problem::Problem,
};

/// Upper bounds of the histogram, in seconds: from a page out of memory to one that somebody complains about.
const BOUNDS: [f64; 9] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// The media type of OpenMetrics 1.0, which Prometheus asks for.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The counters of one portal; clones count together.
#[derive(Clone)]
pub struct Meters {
    registry: Arc<Registry>,
    answers: Family<Answered, Counter>,
    seconds: Family<Asked, Histogram>,
    revision: Gauge,
    kek_rows: Family<Under, Gauge>,
    holders: Family<Held, Gauge>,
    clock_offset: Gauge<f64, AtomicU64>,
    held: Family<OfRing, Gauge>,
    rotates: Family<OfRing, Gauge>,
}

/// One kind of answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Answered {
    /// The method, one of those that some route takes, or `other`.
    pub method: &'static str,
    /// The pattern of the route, or `none`.
    pub route: String,
    /// The status.
    pub status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRing {
    ring: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Under {
    kek_id: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Held {
    holder: String,
}

impl Default for Meters {
    fn default() -> Self {
        let answers = Family::<Answered, Counter>::default();
        let seconds = Family::<Asked, Histogram>::new_with_constructor(|| Histogram::new(BOUNDS));
        let revision = Gauge::default();
        let kek_rows = Family::<Under, Gauge>::default();
        let clock_offset = Gauge::<f64, AtomicU64>::default();
        let mut all = Registry::with_prefix("gatewright");
        all.register(
            "kek_rows",
            "Sealed secrets that rest under each key-encryption key",
            kek_rows.clone(),
        );
        let holders = Family::<Held, Gauge>::default();
        all.register(
            "signing_holder_signs",
            "Whether each who holds signing keys signed when it was asked last: 1, or 0 while it fails",
            holders.clone(),
        );
        all.register_with_unit(
            "clock_offset",
            "How far this server's clock is ahead of the database's; beyond half of the leeway it signs nothing",
            Unit::Seconds,
            clock_offset.clone(),
        );
        let (held, rotates) = (Family::default(), Family::default());
        all.register(
            "key_ring_rotation_held",
            "Whether a rotation of the key ring is due and waits for those who do not know the next key: 1 or 0",
            held.clone(),
        );
        all.register(
            "key_ring_rotates_at_seconds",
            "When the signer of the key ring is to change next, in seconds since 1970",
            rotates.clone(),
        );
        let registry = all.sub_registry_with_prefix("portal");
        registry.register(
            "answers",
            "Requests answered, by method, route and status",
            answers.clone(),
        );
        registry.register_with_unit(
            "answer",
            "How long answers took, by route",
            Unit::Seconds,
            seconds.clone(),
        );
        registry.register(
            "revision",
            "The number of the newest audit event, which is the revision that gateways follow",
            revision.clone(),
        );
        Self {
            registry: Arc::new(all),
            answers,
            seconds,
            revision,
            kek_rows,
            holders,
            clock_offset,
            held,
            rotates,
        }
    }
}

impl Meters {
    /// Counts an answer.
    pub fn count(&self, answered: Answered, took: Duration) {
        let asked = Asked {
            route: answered.route.clone(),
        };
        self.seconds
            .get_or_create(&asked)
            .observe(took.as_secs_f64());
        self.answers.get_or_create(&answered).inc();
    }

    /// Takes up when each key ring rotates, and whether that waits.
    fn note_rings(&self, rings: &[Ring]) {
        for ring in rings {
            let (name, record) = (ring.name().to_string(), ring.record());
            let of_ring = OfRing { ring: name };
            let held = i64::from(record.held().is_some());
            self.held.get_or_create(&of_ring).set(held);
            let rotates = record.rotates().millis().div_euclid(1000);
            self.rotates.get_or_create(&of_ring).set(rotates);
        }
    }

    /// Everything, in the text format of OpenMetrics.
    fn text(
        &self,
        revision: u64,
        keks: &[KekRow],
        holders: &[HolderRow],
        ahead_ms: i64,
    ) -> Result<String, std::fmt::Error> {
        self.revision
            .set(i64::try_from(revision).unwrap_or(i64::MAX));
        let ahead_ms = i32::try_from(ahead_ms).unwrap_or(i32::MAX);
        self.clock_offset.set(f64::from(ahead_ms) / 1000.0);
        // What is retired and empty stays as a zero, so that a graph ends where the last row moved away.
        for kek in keks {
            let under = Under {
                kek_id: kek.id.clone(),
            };
            let rows = i64::try_from(kek.rows).unwrap_or(i64::MAX);
            self.kek_rows.get_or_create(&under).set(rows);
        }
        for holder in holders {
            let held = Held {
                holder: holder.holder.clone(),
            };
            let signs = i64::from(holder.failure.is_none());
            self.holders.get_or_create(&held).set(signs);
        }
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// `GET /metrics`, for whoever holds the token for metrics, or an operator's access token.
///
/// # Errors
/// The same as any other page for programs when the token is missing or unknown.
pub async fn metrics(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, Problem> {
    if !holds_the_token(&request, &app) {
        Bearer::extract(&request).await?;
    }
    let revision = app.reader.revision().await?;
    let (keks, rings) = (app.keys.keks().await?, app.keys.read_rings().await?);
    let holders = app.keys.holders().await?;
    app.meters.note_rings(&rings);
    let text = app
        .meters
        .text(revision, &keks, &holders, app.keys.clock_offset())
        .map_err(|_| Problem::unexpected())?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, OPEN_METRICS))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(text))
}

fn holds_the_token(request: &HttpRequest, app: &App) -> bool {
    let (Some(token), Ok(sent)) = (&app.metrics_token, bearer(request)) else {
        return false;
    };
    token.lend(|token| equal_in_constant_time(token.as_bytes(), sent.as_bytes()))
}
