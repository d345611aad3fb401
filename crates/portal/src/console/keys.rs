//! Signing keys: the ring over time, its rotation, and what to do when a key may be in other hands.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use gatewright_domain::{key::Kid, ring::Haste, text::Reason, time::Timestamp};
use gatewright_keys::{HolderRow, Outlook};
use gatewright_store::views::keys::KeyRow as Row;

use crate::{
    console::{
        elsewhere,
        ring::{short, timeline},
        visit, words,
    },
    page::{
        fact::{Fact, Facts, Value},
        form::{Control, Fault, Faults, Field},
        frame::{Frame, Link},
        moment::{Moment, span},
        number::counted,
        place::Place,
        remark::{Danger, Dangers},
    },
    pages::{
        confirm::{Confirm, Weight},
        keys::{KeyRow, KeysPage},
    },
    web::{app::App, caller::SignedIn, catalogue::Kind, form::Form, problem::Problem},
};

/// The ring.
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
    // The sort is stable: within a state the newest stays first.
    keys.sort_by_key(|key| rank(&key.state));
    let outlook = app.keys.outlook().await?;
    let config = app.keys.config();
    visit::page(&KeysPage {
        frame: Frame::new(
            visit::signed_in(&request, &who),
            Place::Keys,
            "Signing keys",
        )
        .also(elsewhere::call(&app, "/keys").or("gatewright key list")),
        ring: ring(&outlook, now) + &failing(&app.keys.holders().await?),
        timeline: timeline(&keys, now),
        keys: keys.iter().map(|key| row(key, &outlook, now)).collect(),
        dangers: dangers(&keys),
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

fn rank(state: &str) -> u8 {
    match state {
        "published" => 0,
        "active" => 1,
        "deactivated" => 2,
        "compromised" => 3,
        _ => 4,
    }
}

fn ring(outlook: &Outlook, now: Timestamp) -> String {
    match outlook.rotates_at {
        Some(at) if at <= now => "The next key may sign as soon as you rotate.".to_owned(),
        Some(at) => format!(
            "The next key may sign from {} on: verifiers have to know it first.",
            Moment::exact(at).words
        ),
        None => "There is no next key; start the server once, which makes one.".to_owned(),
    }
}

/// Who holds signing keys and does not sign now, in sentences that follow another.
fn failing(holders: &[HolderRow]) -> String {
    let sentence = |holder: &HolderRow| {
        let why = holder.failure.as_ref()?;
        Some(format!(" {} does not sign now: {why}.", holder.holder))
    };
    holders.iter().filter_map(sentence).collect()
}

fn row(key: &Row, outlook: &Outlook, now: Timestamp) -> KeyRow {
    let (next, why) = next(key, outlook, now);
    let day = |at: Timestamp| Moment::day(at).words;
    let signs = match (key.activated_at, key.deactivated_at) {
        (None, _) => "Not yet".to_owned(),
        (Some(from), None) if key.state == "active" => format!("Since {}", day(from)),
        (Some(from), None) => format!("From {}", day(from)),
        (Some(from), Some(until)) => format!("{} to {}", day(from), day(until)),
    };
    let over = matches!(key.state.as_str(), "retired" | "compromised");
    KeyRow {
        kid: key.kid.clone(),
        ring: format!(
            "{}, {}, {} old{}",
            key.purpose,
            key.algorithm,
            span(now.since(key.generated_at).as_secs()),
            match key.provider.as_str() {
                "software" => String::new(),
                held => format!(", held in {held}"),
            }
        ),
        state: words::key(&key.state),
        over,
        signs,
        live_tokens: words::number(key.live_tokens),
        next,
        why,
    }
}

/// What comes next for a key, and why then.
fn next(key: &Row, outlook: &Outlook, now: Timestamp) -> (String, String) {
    let exact = |at: Timestamp| Moment::exact(at).words;
    let kid: Option<Kid> = key.kid.parse().ok();
    let (next, why) = match key.state.as_str() {
        "staged" => (
            "Is published, or discarded".to_owned(),
            "Nobody knows it yet.".to_owned(),
        ),
        "published" => match kid.and_then(|kid| outlook.signs_from.get(&kid).copied()) {
            Some(at) if at > now => (
                format!("May sign from {} on", exact(at)),
                "Verifiers have to know it first.".to_owned(),
            ),
            _ => (
                "Signs when its ring rotates".to_owned(),
                "Published long enough ago: verifiers know it.".to_owned(),
            ),
        },
        "active" => (
            "Signs until its ring rotates".to_owned(),
            "The one key of its ring that signs.".to_owned(),
        ),
        "suspended" => (
            "Is resumed, or declared compromised".to_owned(),
            "Our gateways accept nothing it signed meanwhile.".to_owned(),
        ),
        "deactivated" => {
            let at = kid.and_then(|kid| outlook.retires_at.get(&kid).copied());
            let next = at.map_or_else(
                || "Retires when its last token has expired".to_owned(),
                |at| format!("Retires {}", exact(at)),
            );
            let why = key.last_expiry.map_or_else(
                || "It signed no token.".to_owned(),
                |at| format!("Its last token expires {}.", exact(at)),
            );
            (next, why)
        }
        "compromised" => (
            "Nothing".to_owned(),
            "Nothing it signed is accepted.".to_owned(),
        ),
        _ => (
            "Nothing".to_owned(),
            "The last token it signed has expired.".to_owned(),
        ),
    };
    (next, why)
}

/// A key that still counts for something can be declared compromised.
fn dangers(keys: &[Row]) -> Dangers {
    let counts = |key: &&Row| !matches!(key.state.as_str(), "retired" | "compromised");
    let danger = |key: &Row| {
        let follows = match key.state.as_str() {
            "active" => ", and the next key takes over",
            _ => "",
        };
        let live = counted(u64::try_from(key.live_tokens).unwrap_or(0), "live token");
        Danger {
            title: format!("Declare {} compromised", short(&key.kid)),
            words: format!("Nothing it signed is accepted from then on: {live}{follows}."),
            link: Link::new("Declare", format!("/console/keys/{}/compromise", key.kid)),
        }
    };
    Dangers(keys.iter().filter(counts).map(danger).collect())
}

/// Asks before the ring rotates.
///
/// # Errors
/// When the store fails.
pub async fn rotate_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
) -> Result<HttpResponse, Problem> {
    let outlook = app.keys.outlook().await?;
    visit::page(&rotate_form(
        &request,
        &app,
        &who,
        &outlook,
        Faults::default(),
    ))
}

/// Rotates.
///
/// # Errors
/// What the ring refuses is the page again.
pub async fn rotate(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut faults = Faults::default();
    let reason: Option<Reason> = match form.one("reason") {
        "" => None,
        _ => form.parse("reason", &mut faults),
    };
    if faults.0.is_empty() {
        let haste = reason.map_or(Haste::None, Haste::Because);
        match app.keys.rotate(&who.caller, haste).await {
            Ok(rotated) => {
                let said = format!("{} signs now.", rotated.active.kid());
                return Ok(visit::go_saying("/console/keys", &said, &app));
            }
            Err(error) => faults = words::faults(&error.into(), "reason"),
        }
    }
    let outlook = app.keys.outlook().await?;
    visit::page(&rotate_form(&request, &app, &who, &outlook, faults))
}

fn rotate_form(
    request: &HttpRequest,
    app: &App,
    who: &SignedIn,
    outlook: &Outlook,
    faults: Faults,
) -> Confirm {
    let early = outlook.rotates_at.filter(|at| *at > app.now());
    let mut sentences = vec![
        "The next key signs from now on; the one that signs now stops, and its private part is erased in the same step. A new key is published as the next one."
            .to_owned(),
        "No token breaks: a key is kept until the last token it signed has expired.".to_owned(),
        "This moves the ring `access`, which signs tokens of at most an hour. The others rotate by themselves.".to_owned(),
    ];
    let mut breaks = Vec::new();
    let mut fields = Vec::new();
    if let Some(at) = early {
        sentences.push(format!(
            "The next key is ready from {} on. To rotate before that, say why.",
            Moment::exact(at).words
        ));
        breaks.push(
            "Verifiers that have not fetched the key set lately refuse new tokens until they do"
                .to_owned(),
        );
        fields.push(
            Field::new("reason", "Reason to rotate early", Control::Text)
                .hint("It stands in the trail.")
                .fault(faults.of("reason")),
        );
    }
    Confirm {
        frame: frame(request, who, "Rotate the signing key"),
        faults,
        sentences,
        breaks,
        headers: None,
        revision: None,
        fields,
        weight: if early.is_some() {
            Weight::Final
        } else {
            Weight::Plain
        },
        action: "/console/keys/rotate".to_owned(),
        button: "Rotate now".to_owned(),
        back: "/console/keys".to_owned(),
    }
}

fn frame(request: &HttpRequest, who: &SignedIn, title: &str) -> Frame {
    Frame::new(visit::signed_in(request, who), Place::Keys, title)
        .below([Link::new("Keys", "/console/keys")])
}

/// Asks before a key is declared compromised.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn compromise_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    kid: Path<String>,
) -> Result<HttpResponse, Problem> {
    let key = find(&app, &who, &kid).await?;
    visit::page(&compromise_form(&request, &who, &key, Faults::default()))
}

/// Declares a key compromised.
///
/// # Errors
/// A name that was not typed, a reason that is missing and what the ring refuses are the page again.
pub async fn compromise(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    kid: Path<String>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let key = find(&app, &who, &kid).await?;
    let mut faults = Faults::default();
    let reason: Option<Reason> = form.parse("reason", &mut faults);
    if form.one("kid") != key.kid {
        faults.0.push(Fault {
            field: "kid".to_owned(),
            words: format!("Type {} exactly.", key.kid),
        });
    }
    let (Some(reason), true) = (reason, faults.0.is_empty()) else {
        return visit::page(&compromise_form(&request, &who, &key, faults));
    };
    let kid: Kid = key.kid.parse().map_err(|_| Problem::unexpected())?;
    match app.keys.compromise(&who.caller, &kid, reason).await {
        Ok(_) => Ok(visit::go_saying(
            "/console/keys",
            "The key is declared compromised. Nothing it signed is accepted any more.",
            &app,
        )),
        Err(error) => {
            let faults = words::faults(&error.into(), "kid");
            visit::page(&compromise_form(&request, &who, &key, faults))
        }
    }
}

async fn find(app: &App, who: &SignedIn, kid: &str) -> Result<Row, Problem> {
    let keys = app.reader.as_seen_by(&who.caller).keys(app.now()).await?;
    let found = keys.into_iter().find(|key| key.kid == kid);
    found.ok_or_else(|| Problem::of(Kind::NOT_FOUND))
}

fn compromise_form(request: &HttpRequest, who: &SignedIn, key: &Row, faults: Faults) -> Confirm {
    Confirm {
        frame: frame(request, who, "Declare a key compromised"),
        sentences: vec![
            "From the next revision on, gateways accept nothing this key signed, and it leaves the key set. When it is the key that signs, the next one takes over at once."
                .to_owned(),
        ],
        breaks: vec![format!("{} live tokens", words::number(key.live_tokens))],
        headers: None,
        revision: None,
        fields: vec![
            Field::new("reason", "Reason", Control::Text)
                .hint("It stands in the trail.")
                .fault(faults.of("reason")),
            Field::new("kid", format!("Type {} to confirm", key.kid), Control::Mono)
                .must_equal(key.kid.clone())
                .fault(faults.of("kid")),
        ],
        faults,
        weight: Weight::Final,
        action: format!("/console/keys/{}/compromise", key.kid),
        button: "Declare it compromised".to_owned(),
        back: "/console/keys".to_owned(),
    }
}
