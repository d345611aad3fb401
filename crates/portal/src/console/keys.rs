//! Signing keys: every ring with what it is about to do, and one key with what can be done to it.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use gatewright_domain::{
    key::{Kid, SigningKey},
    ring::{Evidence, Ring, Standing},
    time::Timestamp,
};
use gatewright_keys::HolderRow;
use gatewright_store::views::keys::KeyRow as Row;
use serde::Deserialize;

use crate::{
    console::{
        compromise, elsewhere, key_moves,
        ring::{short, timeline},
        rings, tokens, visit, words,
    },
    page::{
        badge::{Badge, Tone},
        code::Code,
        empty::Empty,
        fact::{Fact, Facts, Value},
        frame::{Frame, Link},
        icon::Icon,
        moment::{Moment, span},
        place::Place,
        remark::{Remark, Remarks},
    },
    pages::{
        keys::{KeyPage, KeysPage, RingRow},
        tokens::Receipt,
    },
    web::{app::App, caller::SignedIn, catalogue::Kind, problem::Problem},
};

/// Where the keys are.
pub(super) const HERE: &str = "/console/keys";

/// Which move a page tells of: the revision it raised, and when, in milliseconds.
#[derive(Deserialize)]
pub struct Raised {
    receipt: Option<u64>,
    at: Option<i64>,
}

impl Raised {
    /// The query that has a page tell of a move.
    pub(super) fn query(revision: u64, at: Timestamp) -> String {
        format!("?receipt={revision}&at={}", at.millis())
    }

    /// What the gateways say of it: `Enforced on 3 of 3 gateways.`
    pub(super) async fn receipt(&self, app: &App) -> Result<Option<Receipt>, Problem> {
        let (Some(revision), Some(at)) = (self.receipt, self.at) else {
            return Ok(None);
        };
        let at = Timestamp::from_millis(at);
        tokens::receipt(app, revision, at).await.map(Some)
    }
}

/// The rings.
///
/// # Errors
/// When the store fails.
pub async fn list(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
) -> Result<HttpResponse, Problem> {
    let now = app.now();
    let mut keys = app.reader.as_seen_by(&who.caller).keys(now).await?;
    keys.sort_by(|one, other| one.purpose.cmp(&other.purpose));
    let found = app.keys.read_rings().await?;
    let (mut rows, mut remarks) = (Vec::new(), failing(&app.keys.holders().await?));
    for ring in &found {
        let evidence = app.keys.evidence(ring).await?;
        remarks.extend(rings::remarks(ring, &evidence, now));
        rows.push(row(ring, &keys, &evidence, now));
    }
    let config = app.keys.config();
    let empty = found.is_empty().then(|| Empty {
        icon: Icon::Token,
        title: "No ring yet".to_owned(),
        words: "The server makes the first ones when it starts.".to_owned(),
        actions: Vec::new(),
    });
    visit::page(&KeysPage {
        frame: Frame::new(
            visit::signed_in(&request, &who),
            Place::Keys,
            "Signing keys",
        )
        .also(elsewhere::call(&app, "/rings").or("gatewright ring list")),
        remarks: Remarks(remarks),
        empty,
        rings: rows,
        timeline: timeline(&keys, of_ring, now),
        addresses: Facts(vec![
            Fact::new(
                "JWKS",
                Value::Copied {
                    id: "jwks",
                    text: format!("{}/oauth2/jwks", app.place.portal),
                },
            )
            .hint(format!(
                "Verifiers may keep it for {}.",
                span(config.jwks_max_age.as_secs())
            )),
            Fact::code("Issuer", config.issuer.clone()),
        ]),
    })
}

/// Who holds signing keys and does not sign now.
fn failing(holders: &[HolderRow]) -> Vec<Remark> {
    let remark = |holder: &HolderRow| {
        let why = holder.failure.as_ref()?;
        Some(Remark {
            tone: Tone::Bad,
            words: format!("{} does not sign now: {why}.", holder.holder),
            hint: "It is tried again every few seconds; what was signed goes on being verified."
                .to_owned(),
            link: None,
        })
    };
    holders.iter().filter_map(remark).collect()
}

/// A key among those of all rings.
fn of_ring(key: &Row) -> String {
    format!("{} {}", short(&key.kid), key.purpose)
}

fn row(ring: &Ring, keys: &[Row], evidence: &Evidence, now: Timestamp) -> RingRow {
    let record = ring.record();
    let obstacle = ring.may_rotate(evidence, now).err();
    let is_enabled = record.standing() == Standing::Enabled;
    let here = rings::here(ring.name());
    let live = keys.iter().filter(|key| rings::is_of(key, ring.name()));
    RingRow {
        name: Link::new(ring.name().to_string(), here.clone()),
        signs: rings::signs(ring),
        state: state(ring),
        over: !is_enabled,
        signer: ring
            .active()
            .map_or_else(|| "–".to_owned(), |key| short(key.kid().as_str())),
        live_tokens: words::number(live.map(|key| key.live_tokens).sum()),
        next: match is_enabled {
            true => format!(
                "Rotates by itself {}",
                Moment::seen_from(now, record.rotates()).words
            ),
            false => "Signs nothing until it is enabled".to_owned(),
        },
        why: match obstacle {
            None => "The next key may sign as soon as you rotate.".to_owned(),
            Some(obstacle) => rings::obstacle(&obstacle),
        },
        rotate: is_enabled.then(|| format!("{here}/rotate")),
    }
}

/// Whether a ring signs, and whether a rotation of it waits.
pub(super) fn state(ring: &Ring) -> Badge {
    match (ring.record().standing(), ring.record().held()) {
        (Standing::Disabled, _) => Badge::new(Tone::Quiet, Icon::Blocked, "Disabled"),
        (Standing::Enabled, Some(_)) => Badge::new(Tone::Warning, Icon::Pending, "Held"),
        (Standing::Enabled, None) => Badge::active(),
    }
}

/// A key, as the pages and the rules know it.
pub(super) struct Found {
    pub(super) row: Row,
    pub(super) ring: Ring,
    pub(super) evidence: Evidence,
}

impl Found {
    /// The key as the rules know it.
    pub(super) fn key(&self) -> Result<&SigningKey, Problem> {
        Ok(self.ring.key(&self.kid()?)?)
    }

    pub(super) fn kid(&self) -> Result<Kid, Problem> {
        self.row
            .kid
            .parse()
            .map_err(|_| Problem::of(Kind::NOT_FOUND))
    }

    /// Where its page is.
    pub(super) fn here(&self) -> String {
        format!("{HERE}/{}", self.row.kid)
    }

    pub(super) fn frame(&self, request: &HttpRequest, who: &SignedIn, title: String) -> Frame {
        let name = self.ring.name();
        Frame::new(visit::signed_in(request, who), Place::Keys, title).below([
            Link::new("Keys", HERE),
            Link::new(name.to_string(), rings::here(name)),
        ])
    }
}

/// The key of this name.
pub(super) async fn find(app: &App, who: &SignedIn, kid: &str) -> Result<Found, Problem> {
    let nowhere = || Problem::of(Kind::NOT_FOUND);
    let keys = app.reader.as_seen_by(&who.caller).keys(app.now()).await?;
    let row = keys.into_iter().find(|key| key.kid == kid);
    let row = row.ok_or_else(nowhere)?;
    let rings = app.keys.read_rings().await?;
    let ring = rings
        .into_iter()
        .find(|ring| rings::is_of(&row, ring.name()));
    let ring = ring.ok_or_else(nowhere)?;
    let id = row.id;
    Ok(Found {
        evidence: app.reader.evidence(id).await?,
        row,
        ring,
    })
}

/// One key.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    kid: Path<String>,
    raised: Query<Raised>,
) -> Result<HttpResponse, Problem> {
    let found = find(&app, &who, &kid).await?;
    let now = app.now();
    let title = format!("Key {}", short(&found.row.kid));
    let trail = found.frame(&request, &who, title);
    let name = found.ring.name();
    let public = serde_json::from_str::<serde_json::Value>(&found.row.public_jwk);
    let public = public.and_then(|jwk| serde_json::to_string_pretty(&jwk));
    visit::page(&KeyPage {
        frame: trail.also(
            elsewhere::call(&app, &format!("/keys/{}/blast-radius", found.row.kid))
                .or(format!("gatewright key blast-radius {}", found.row.kid)),
        ),
        state: words::key(&found.row.state),
        kid: found.row.kid.clone(),
        ring: Link::new(name.to_string(), rings::here(name)),
        receipt: raised.receipt(&app).await?,
        facts: facts(&found, now),
        moves: key_moves::all(&found, now)?,
        blast: compromise::blast(&app, &who, &found.kid()?).await?,
        public: Code::new(
            "public",
            "JWK",
            public.unwrap_or_else(|_| found.row.public_jwk.clone()),
        ),
    })
}

fn facts(found: &Found, now: Timestamp) -> Facts {
    let key = &found.row;
    let (next, why) = rings::next(key, &found.ring, now);
    let moments = [
        ("Made", Some(key.generated_at)),
        ("Published", key.published_at),
        ("Signs since", key.activated_at),
        ("Stopped signing", key.deactivated_at),
        ("Suspended", key.suspended_at),
        ("Retired", key.retired_at),
        ("Compromised", key.compromised_at),
        ("Its last token ends", key.last_expiry),
    ];
    let moment = |(name, at): (&str, Option<Timestamp>)| {
        Some(Fact::new(name, Value::Moment(Moment::exact(at?))))
    };
    let mut facts = vec![Fact::words("What comes next", next).hint(why)];
    facts.extend(moments.into_iter().filter_map(moment));
    if let Some(listing) = &key.suspended_listing {
        let shown = match listing.as_str() {
            "listed" => "It stays, so that verifiers that are not ours go on",
            _ => "It was withdrawn",
        };
        facts.push(Fact::words("In the key set", shown));
    }
    if key.provider != "software" {
        facts.push(Fact::code("Held in", key.provider.clone()));
    }
    facts.push(Fact::words("Live tokens", words::number(key.live_tokens)));
    Facts(facts)
}
