//! Key rings: what each is about to do, who is missing, and the moves of a whole ring.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    http::header,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{
    access::Caller,
    audit::Aggregate,
    key::{Algorithm, Kid, Purpose, RingName},
    plan::Lifetime,
    revision::Revision,
    ring::{Haste, OwnTimes, Ring},
    text::Reason,
    time::Timestamp,
};
use gatewright_keys::{Moved, RingSeen};
use gatewright_store::views::keys::KeyRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        key_moves::{keyring_version, of_ring},
        receipts::{self, Receipts},
        slice::Whole,
    },
    web::{
        app::App,
        body::Body,
        caller::Bearer,
        catalogue::Kind,
        expected::{Expected, tag},
        problem::Problem,
    },
};

/// A key ring.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RingRow {
    /// Its name: a purpose and an algorithm, for instance access/ES256.
    ring: String,
    /// Whether one of its keys signs: enabled or disabled.
    standing: &'static str,
    /// R: how long a key signs.
    rotation_period_s: u64,
    /// L: how long a key is published before it may sign.
    publication_lead_s: u64,
    /// T: the longest life of a token it signs.
    max_lifetime_s: u32,
    /// How often the signer has changed.
    turn: u32,
    /// When the signer is to change next.
    rotates_at: Timestamp,
    /// Since when a rotation that is due waits.
    held_at: Option<Timestamp>,
    /// The key that signs.
    active: Option<Kid>,
    /// The key that signs next.
    standby: Option<Kid>,
    /// From when it may.
    ready_at: Option<Timestamp>,
    /// The gateways that do not know it yet.
    missing: Vec<String>,
    /// Whether a key set with it was ever fetched.
    is_served: bool,
    /// Why a rotation would be refused now, unless in haste; nothing when it would not.
    obstacle: Option<String>,
    /// How often anything about the ring or its keys was written.
    keyring_version: u64,
    /// How often the ring itself was written: its `ETag`.
    revision: Revision,
}

/// A ring to form.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRing {
    /// A purpose and an algorithm, for instance access/RS256.
    ring: String,
}

/// The times of a ring. What is left out is as the installation says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Times {
    /// R: how long a key signs.
    rotation_period_s: Option<u64>,
    /// L: how long a key is published before it may sign.
    publication_lead_s: Option<u64>,
    /// T: the longest life of a token it signs from now on.
    max_lifetime_s: Option<u64>,
}

/// Whether the next key begins to sign before everybody can know it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Turning {
    /// Why. Leave it out to keep the lead, and to wait for those who do not know the key.
    force: Option<Reason>,
}

/// Why, for the trail.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wherefore {
    /// Why.
    reason: Reason,
}

/// A ring that moved.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MovedRing {
    /// The ring, as it is now.
    ring: RingRow,
    /// Its keys, as they are now.
    keys: Vec<KeyRow>,
    /// How often anything about any ring was written.
    keyring_version: u64,
    #[serde(flatten)]
    receipts: Receipts,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/rings").get(list).post(form))
        .service(web::resource("/rings/{purpose}/{algorithm}").get(show))
        .service(web::resource("/rings/{purpose}/{algorithm}/rotate").post(rotate))
        .service(web::resource("/rings/{purpose}/{algorithm}/retime").post(retime))
        .service(web::resource("/rings/{purpose}/{algorithm}/enable").post(enable))
        .service(web::resource("/rings/{purpose}/{algorithm}/disable").post(disable));
}

/// List the key rings
#[utoipa::path(get, path = "/api/v1/rings", tag = "Keys", responses((status = 200, body = Whole<RingRow>)))]
pub(super) async fn list(app: Data<App>, _by: Bearer) -> Result<HttpResponse, Problem> {
    let mut items = Vec::new();
    for ring in app.keys.read_rings().await? {
        items.push(row(&app, &ring).await?);
    }
    Ok(HttpResponse::Ok().json(Whole { items }))
}

async fn row(app: &App, ring: &Ring) -> Result<RingRow, Problem> {
    let (record, timing) = (ring.record(), ring.timing());
    let evidence = app.keys.evidence(ring).await?;
    let obstacle = ring.may_rotate(&evidence, app.now()).err();
    Ok(RingRow {
        ring: ring.name().to_string(),
        standing: record.standing().as_str(),
        rotation_period_s: timing.rotation_period.as_secs(),
        publication_lead_s: timing.publication_lead.as_secs(),
        max_lifetime_s: timing.max_lifetime.seconds(),
        turn: record.turn(),
        rotates_at: record.rotates(),
        held_at: record.held(),
        active: ring.active().map(|key| key.kid().clone()),
        standby: ring.standby().map(|key| key.kid().clone()),
        ready_at: ring.ready_at(),
        missing: evidence.missing,
        is_served: evidence.is_served,
        obstacle: obstacle.map(|obstacle| obstacle.to_string()),
        keyring_version: record.version(),
        revision: record.revision(),
    })
}

async fn moved(app: &App, caller: &Caller, moved: Moved) -> Result<MovedRing, Problem> {
    Ok(MovedRing {
        ring: row(app, &moved.ring).await?,
        keys: of_ring(app, caller, moved.ring.name()).await?,
        keyring_version: keyring_version(app).await?,
        receipts: receipts::of(app, moved.revision).await?,
    })
}

/// The ring that a path names.
fn named(at: Path<(Purpose, Algorithm)>) -> RingName {
    let (purpose, algorithm) = at.into_inner();
    RingName { purpose, algorithm }
}

fn seen(at: Path<(Purpose, Algorithm)>, Expected(expected): Expected) -> RingSeen {
    RingSeen {
        name: named(at),
        at: expected,
    }
}

async fn find(app: &App, name: RingName) -> Result<Ring, Problem> {
    let rings = app.keys.read_rings().await?;
    let found = rings.into_iter().find(|ring| ring.name() == name);
    found.ok_or_else(|| Problem::of(Kind::NOT_FOUND))
}

/// Show a key ring
#[utoipa::path(get, path = "/api/v1/rings/{purpose}/{algorithm}", tag = "Keys",
    params(("purpose" = String, Path), ("algorithm" = String, Path)),
    responses((status = 200, body = RingRow)))]
pub(super) async fn show(
    app: Data<App>,
    _by: Bearer,
    at: Path<(Purpose, Algorithm)>,
) -> Result<HttpResponse, Problem> {
    let ring = row(&app, &find(&app, named(at)).await?).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, tag(ring.revision)))
        .json(ring))
}

/// Form a key ring: two keys of its own, of which one signs and one stands by
#[utoipa::path(post, path = "/api/v1/rings", tag = "Keys", request_body = NewRing,
    responses((status = 201, body = MovedRing)))]
pub(super) async fn form(
    app: Data<App>,
    by: Bearer,
    Body(NewRing { ring }): Body<NewRing>,
) -> Result<HttpResponse, Problem> {
    let name: RingName = ring
        .parse()
        .map_err(|_| Problem::field("/ring", "Name a ring, for instance access/RS256."))?;
    let formed = app.keys.form_ring(&by.caller, name).await?;
    let answer = moved(&app, &by.caller, formed).await?;
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/api/v1/rings/{name}")))
        .json(answer))
}

/// Rotate a ring: the standby signs, and a new standby is published
#[utoipa::path(post, path = "/api/v1/rings/{purpose}/{algorithm}/rotate", tag = "Keys", request_body = Turning,
    params(("purpose" = String, Path), ("algorithm" = String, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = MovedRing)))]
pub(super) async fn rotate(
    app: Data<App>,
    by: Bearer,
    at: Path<(Purpose, Algorithm)>,
    expected: Expected,
    Body(Turning { force }): Body<Turning>,
) -> Result<HttpResponse, Problem> {
    let ring = seen(at, expected);
    let haste = force.map_or(Haste::None, Haste::Because);
    let rotated = app.keys.rotate_ring(&by.caller, ring, haste).await?;
    let answer = MovedRing {
        ring: row(&app, &find(&app, ring.name).await?).await?,
        keys: of_ring(&app, &by.caller, ring.name).await?,
        keyring_version: keyring_version(&app).await?,
        receipts: receipts::of(&app, rotated.revision).await?,
    };
    Ok(HttpResponse::Ok().json(answer))
}

/// Give a ring other times
#[utoipa::path(post, path = "/api/v1/rings/{purpose}/{algorithm}/retime", tag = "Keys", request_body = Times,
    params(("purpose" = String, Path), ("algorithm" = String, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = MovedRing)))]
pub(super) async fn retime(
    app: Data<App>,
    by: Bearer,
    at: Path<(Purpose, Algorithm)>,
    expected: Expected,
    Body(times): Body<Times>,
) -> Result<HttpResponse, Problem> {
    let (ring, times) = (seen(at, expected), times.read()?);
    let done = app.keys.retime_ring(&by.caller, ring, times).await?;
    Ok(HttpResponse::Ok().json(moved(&app, &by.caller, done).await?))
}

/// Let a disabled ring sign again
#[utoipa::path(post, path = "/api/v1/rings/{purpose}/{algorithm}/enable", tag = "Keys", request_body = Wherefore,
    params(("purpose" = String, Path), ("algorithm" = String, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = MovedRing)))]
pub(super) async fn enable(
    app: Data<App>,
    by: Bearer,
    at: Path<(Purpose, Algorithm)>,
    expected: Expected,
    Body(Wherefore { reason }): Body<Wherefore>,
) -> Result<HttpResponse, Problem> {
    let ring = seen(at, expected);
    let done = app.keys.enable_ring(&by.caller, ring, reason).await?;
    Ok(HttpResponse::Ok().json(moved(&app, &by.caller, done).await?))
}

/// Let a ring sign no more; what it signed lives on
#[utoipa::path(post, path = "/api/v1/rings/{purpose}/{algorithm}/disable", tag = "Keys", request_body = Wherefore,
    params(("purpose" = String, Path), ("algorithm" = String, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = MovedRing)))]
pub(super) async fn disable(
    app: Data<App>,
    by: Bearer,
    at: Path<(Purpose, Algorithm)>,
    expected: Expected,
    Body(Wherefore { reason }): Body<Wherefore>,
) -> Result<HttpResponse, Problem> {
    let ring = seen(at, expected);
    let done = app.keys.disable_ring(&by.caller, ring, reason).await?;
    Ok(HttpResponse::Ok().json(moved(&app, &by.caller, done).await?))
}

impl Times {
    fn read(self) -> Result<OwnTimes, Problem> {
        let Self {
            rotation_period_s,
            publication_lead_s,
            max_lifetime_s,
        } = self;
        let lifetime = max_lifetime_s.map(Lifetime::try_from).transpose();
        Ok(OwnTimes {
            rotation_period: rotation_period_s.map(Duration::from_secs),
            publication_lead: publication_lead_s.map(Duration::from_secs),
            max_lifetime: lifetime.map_err(|error| Problem::field("/max_lifetime_s", error))?,
        })
    }
}
