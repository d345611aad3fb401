//! The moves of single keys, and what a key holds up.

use actix_web::{
    HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{
    access::Caller,
    key::{Kid, Listing, RingName},
    ring::Haste,
    text::Reason,
};
use gatewright_keys::{Moved, Rehearsal, Seen};
use gatewright_store::views::{blast::BlastRadius, gateways::Receipt, keys::KeyRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::receipts::{self, Receipts},
    web::{
        app::App,
        body::{Body, Nothing},
        caller::Bearer,
        catalogue::Kind,
        expected::Expected,
        problem::Problem,
    },
};

/// Which ring a key is made for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Staging {
    /// The ring, for instance access/ES256.
    ring: String,
}

/// Whether a key begins to sign before everybody can know it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Activation {
    /// Why. Leave it out to keep the lead.
    force: Option<Reason>,
}

/// Why, for the trail.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Because {
    /// Why.
    reason: Reason,
}

/// How a key is set aside.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Suspension {
    /// Why.
    reason: Reason,
    /// Whether verifiers that are not ours go on accepting what it signed.
    listing: Listed,
}

/// Whether a suspended key stays in the key set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Listed {
    /// It stays.
    Listed,
    /// It leaves.
    Withdrawn,
}

/// A key that moved.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MovedKey {
    /// The keys of its ring, as they are now.
    keys: Vec<KeyRow>,
    /// How often anything about any ring was written.
    keyring_version: u64,
    #[serde(flatten)]
    receipts: Receipts,
}

/// What a compromise would do.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Rehearsed {
    /// The key that would sign instead.
    successor: Option<Kid>,
    /// What would end.
    blast_radius: BlastRadius,
    /// The gateways, and since when each enforces what was decided last.
    gateways: Vec<Receipt>,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/keys/stage").post(stage))
        .service(web::resource("/keys/{kid}/publish").post(publish))
        .service(web::resource("/keys/{kid}/discard").post(discard))
        .service(web::resource("/keys/{kid}/activate").post(activate))
        .service(web::resource("/keys/{kid}/suspend").post(suspend))
        .service(web::resource("/keys/{kid}/resume").post(resume))
        .service(web::resource("/keys/{kid}/retire").post(retire))
        .service(web::resource("/keys/{kid}/rehearse-compromise").post(rehearse))
        .service(web::resource("/keys/{kid}/blast-radius").get(blast_radius));
}

async fn moved(app: &App, caller: &Caller, moved: Moved) -> Result<HttpResponse, Problem> {
    let receipts = receipts::of(app, moved.revision).await?;
    Ok(HttpResponse::Ok().json(MovedKey {
        keys: of_ring(app, caller, moved.ring.name()).await?,
        keyring_version: keyring_version(app).await?,
        receipts,
    }))
}

/// The keys of a ring, as this caller sees them.
pub(super) async fn of_ring(
    app: &App,
    caller: &Caller,
    ring: RingName,
) -> Result<Vec<KeyRow>, Problem> {
    let mut keys = app.reader.as_seen_by(caller).keys(app.now()).await?;
    keys.retain(|key| format!("{}/{}", key.purpose, key.algorithm) == ring.to_string());
    Ok(keys)
}

/// How often anything about any ring was written: the version of the whole keyring, which only rises (invariant I8).
pub(super) async fn keyring_version(app: &App) -> Result<u64, Problem> {
    let rings = app.keys.read_rings().await?;
    Ok(rings.iter().map(|ring| ring.record().version()).sum())
}

pub(super) fn seen(kid: Path<Kid>, Expected(at): Expected) -> Seen {
    Seen {
        kid: kid.into_inner(),
        at,
    }
}

/// Make a key that nobody shall know yet
#[utoipa::path(post, path = "/api/v1/keys/stage", tag = "Keys", request_body = Staging,
    responses((status = 200, body = MovedKey)))]
pub(super) async fn stage(
    app: Data<App>,
    by: Bearer,
    Body(Staging { ring }): Body<Staging>,
) -> Result<HttpResponse, Problem> {
    let ring = ring.parse();
    let ring =
        ring.map_err(|_| Problem::field("/ring", "Name a ring, for instance access/ES256."))?;
    let done = app.keys.stage(&by.caller, ring).await?;
    moved(&app, &by.caller, done).await
}

/// Publish a staged key
#[utoipa::path(post, path = "/api/v1/keys/{kid}/publish", tag = "Keys", params(("kid" = Kid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = MovedKey)))]
pub(super) async fn publish(
    app: Data<App>,
    by: Bearer,
    kid: Path<Kid>,
    expected: Expected,
    _: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let done = app.keys.publish(&by.caller, seen(kid, expected)).await?;
    moved(&app, &by.caller, done).await
}

/// Give a staged key up
#[utoipa::path(post, path = "/api/v1/keys/{kid}/discard", tag = "Keys", params(("kid" = Kid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = MovedKey)))]
pub(super) async fn discard(
    app: Data<App>,
    by: Bearer,
    kid: Path<Kid>,
    expected: Expected,
    _: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let done = app.keys.discard(&by.caller, seen(kid, expected)).await?;
    moved(&app, &by.caller, done).await
}

/// Let a published key sign; the one that signs stops
#[utoipa::path(post, path = "/api/v1/keys/{kid}/activate", tag = "Keys", request_body = Activation,
    params(("kid" = Kid, Path), ("If-Match" = Option<String>, Header)), responses((status = 200, body = MovedKey)))]
pub(super) async fn activate(
    app: Data<App>,
    by: Bearer,
    kid: Path<Kid>,
    expected: Expected,
    Body(Activation { force }): Body<Activation>,
) -> Result<HttpResponse, Problem> {
    let haste = force.map_or(Haste::None, Haste::Because);
    let done = app
        .keys
        .activate(&by.caller, seen(kid, expected), haste)
        .await?;
    moved(&app, &by.caller, done).await
}

/// Set a key aside; when it is the one that signs, the next takes over
#[utoipa::path(post, path = "/api/v1/keys/{kid}/suspend", tag = "Keys", request_body = Suspension,
    params(("kid" = Kid, Path), ("If-Match" = Option<String>, Header)), responses((status = 200, body = MovedKey)))]
pub(super) async fn suspend(
    app: Data<App>,
    by: Bearer,
    kid: Path<Kid>,
    expected: Expected,
    Body(Suspension { reason, listing }): Body<Suspension>,
) -> Result<HttpResponse, Problem> {
    let listing = match listing {
        Listed::Listed => Listing::Listed,
        Listed::Withdrawn => Listing::Withdrawn,
    };
    let key = seen(kid, expected);
    let done = app.keys.suspend(&by.caller, key, listing, reason).await?;
    moved(&app, &by.caller, done).await
}

/// Let a suspended key return to where it stood
#[utoipa::path(post, path = "/api/v1/keys/{kid}/resume", tag = "Keys", request_body = Because,
    params(("kid" = Kid, Path), ("If-Match" = Option<String>, Header)), responses((status = 200, body = MovedKey)))]
pub(super) async fn resume(
    app: Data<App>,
    by: Bearer,
    kid: Path<Kid>,
    expected: Expected,
    Body(Because { reason }): Body<Because>,
) -> Result<HttpResponse, Problem> {
    let key = seen(kid, expected);
    let done = app.keys.resume(&by.caller, key, reason).await?;
    moved(&app, &by.caller, done).await
}

/// Retire a deactivated key whose last token is dead
#[utoipa::path(post, path = "/api/v1/keys/{kid}/retire", tag = "Keys", params(("kid" = Kid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = MovedKey)))]
pub(super) async fn retire(
    app: Data<App>,
    by: Bearer,
    kid: Path<Kid>,
    expected: Expected,
    _: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let done = app.keys.retire(&by.caller, seen(kid, expected)).await?;
    moved(&app, &by.caller, done).await
}

/// Rehearse a compromise: what would happen, and nothing does
#[utoipa::path(post, path = "/api/v1/keys/{kid}/rehearse-compromise", tag = "Keys", params(("kid" = Kid, Path)),
    responses((status = 200, body = Rehearsed)))]
pub(super) async fn rehearse(
    app: Data<App>,
    by: Bearer,
    kid: Path<Kid>,
    _: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let Rehearsal {
        successor,
        blast,
        gateways,
    } = app.keys.rehearse_compromise(&by.caller, &kid).await?;
    Ok(HttpResponse::Ok().json(Rehearsed {
        successor,
        blast_radius: blast,
        gateways,
    }))
}

/// What a key holds up: live tokens, and who fetched the key set
#[utoipa::path(get, path = "/api/v1/keys/{kid}/blast-radius", tag = "Keys", params(("kid" = Kid, Path)),
    responses((status = 200, body = BlastRadius)))]
pub(super) async fn blast_radius(
    app: Data<App>,
    by: Bearer,
    kid: Path<Kid>,
) -> Result<HttpResponse, Problem> {
    let sight = app.reader.as_seen_by(&by.caller);
    let keys = sight.keys(app.now()).await?;
    if !keys.iter().any(|key| key.kid == kid.as_str()) {
        return Err(Problem::of(Kind::NOT_FOUND));
    }
    let radius = sight.blast_radius(&kid, app.now()).await?;
    Ok(HttpResponse::Ok().json(radius))
}
