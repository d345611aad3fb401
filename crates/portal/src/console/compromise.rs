//! A key that may be in other hands: what ends, what will happen, the rehearsal, and the declaration itself.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use gatewright_domain::{
    key::{KeyState, KeyStateName, Kid},
    revision::Revision,
    text::Reason,
};
use gatewright_keys::Seen;
use gatewright_store::views::blast::BlastRadius;

use crate::{
    console::{
        issue::size,
        keys::{Found, Raised, find},
        ring::short,
        tokens, visit, words,
    },
    page::{
        form::{Control, Fault, Faults, Field},
        frame::Link,
        moment::{Moment, span},
        number::counted,
    },
    pages::{
        keys::{Blast, CompromisePage, LiveRow, NamedRow, VerifierRow},
        tokens::Receipt,
    },
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

/// What a key holds up, as far as the caller sees it.
pub(super) async fn blast(app: &App, who: &SignedIn, kid: &Kid) -> Result<Blast, Problem> {
    let now = app.now();
    let sight = app.reader.as_seen_by(&who.caller);
    let BlastRadius {
        tokens,
        named,
        verifiers,
    } = sight.blast_radius(kid, now).await?;
    let live = tokens.into_iter().map(|row| LiveRow {
        application: format!("{} of {}", row.application, row.consumer),
        version: format!("{} v{}", row.api, row.number),
        live: words::number(row.live),
    });
    let named = named.into_iter().map(|row| NamedRow {
        name: row.name,
        application: row.application,
        expires: Moment::exact(row.expires_at),
    });
    let verifiers = verifiers.into_iter().map(|row| VerifierRow {
        agent: match row.agent.as_str() {
            "" => "It does not say".to_owned(),
            agent => agent.to_owned(),
        },
        network: row.network,
        first: Moment::seen_from(now, row.first_seen_at),
        last: Moment::seen_from(now, row.last_seen_at),
    });
    Ok(Blast {
        tokens: live.collect(),
        named: named.collect(),
        verifiers: verifiers.collect(),
    })
}

/// Asks before a key is declared compromised, after saying what ends.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    kid: Path<String>,
) -> Result<HttpResponse, Problem> {
    let found = find(&app, &who, &kid).await?;
    let typed = (None, Faults::default());
    visit::page(&page(&request, (&app, &who), &found, typed, None).await?)
}

/// Rehearses it: the same is asked and worked out, it stands in the trail, and nothing changes.
///
/// # Errors
/// What the rules refuse is the page again.
pub async fn rehearse(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    kid: Path<String>,
    _form: Form,
) -> Result<HttpResponse, Problem> {
    let found = find(&app, &who, &kid).await?;
    let (at, kid) = (app.now(), found.kid()?);
    let before = app.reader.revision().await?;
    match app.keys.rehearse_compromise(&who.caller, &kid).await {
        Ok(_) => {
            let told = tokens::receipt(&app, before, at).await?;
            let rehearsal = Receipt {
                words: "Nothing changed. On the day these gateways are told; one that enforces the latest revision now would learn it at once."
                    .to_owned(),
                ..told
            };
            let typed = (None, Faults::default());
            visit::page(&page(&request, (&app, &who), &found, typed, Some(rehearsal)).await?)
        }
        Err(error) => {
            let typed = (None, words::faults(&error.into(), "kid"));
            visit::page(&page(&request, (&app, &who), &found, typed, None).await?)
        }
    }
}

/// Declares a key compromised. Its page then shows which gateways refuse it, and since when.
///
/// # Errors
/// A name that was not typed, a reason that is missing and what the ring refuses are the page again.
pub async fn declare(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    kid: Path<String>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let found = find(&app, &who, &kid).await?;
    let mut faults = Faults::default();
    let reason: Option<Reason> = form.parse("reason", &mut faults);
    if form.one("kid") != found.row.kid {
        faults.0.push(Fault {
            field: "kid".to_owned(),
            words: format!("Type {} exactly.", found.row.kid),
        });
    }
    let (Some(reason), true) = (reason, faults.0.is_empty()) else {
        let typed = (Some(&form), faults);
        return visit::page(&page(&request, (&app, &who), &found, typed, None).await?);
    };
    let key = Seen {
        kid: found.kid()?,
        at: form.one("revision").parse().ok().map(Revision::from_number),
    };
    let at = app.now();
    match app.keys.compromise_seen(&who.caller, key, reason).await {
        Ok(done) => {
            let to = format!("{}{}", found.here(), Raised::query(done.revision, at));
            let said = "The key is declared compromised. Nothing it signed is accepted any more.";
            Ok(visit::go_saying(to, said, &app))
        }
        Err(error) => {
            let found = find(&app, &who, &kid).await?;
            let typed = (Some(&form), words::faults(&error.into(), "kid"));
            visit::page(&page(&request, (&app, &who), &found, typed, None).await?)
        }
    }
}

async fn page(
    request: &HttpRequest,
    (app, who): (&App, &SignedIn),
    found: &Found,
    (typed, faults): (Option<&Form>, Faults),
    rehearsal: Option<Receipt>,
) -> Result<CompromisePage, Problem> {
    let (kid, here) = (found.kid()?, found.here());
    let blast = blast(app, who, &kid).await?;
    let title = format!("Declare {} compromised", short(&found.row.kid));
    let mut trail = found.frame(request, who, title);
    // A rehearsal is posted; the page to come back to is this one.
    let visited = trail.visit.here.trim_end_matches("/rehearse");
    if visited.len() < trail.visit.here.len() {
        trail.visit.here = format!("{visited}/compromise");
    }
    let mut steps = trail.trail.clone();
    steps.push(Link::new(
        format!("Key {}", short(&found.row.kid)),
        here.clone(),
    ));
    let reason = typed.map_or("", |form| form.one("reason"));
    Ok(CompromisePage {
        consequences: consequences(app, found, &blast).await?,
        frame: trail.below(steps),
        rehearsal,
        blast,
        revision: found.row.revision.number().to_string(),
        fields: vec![
            Field::new("reason", "Reason", Control::Text)
                .hint("It stands in the trail.")
                .value(reason)
                .fault(faults.of("reason")),
            Field::new(
                "kid",
                format!("Type {} to confirm", found.row.kid),
                Control::Mono,
            )
            .must_equal(found.row.kid.clone())
            .fault(faults.of("kid")),
        ],
        faults,
        action: format!("{here}/compromise"),
        rehearse: format!("{here}/rehearse"),
        back: here,
    })
}

/// What will happen, in order.
async fn consequences(app: &App, found: &Found, blast: &Blast) -> Result<Vec<String>, Problem> {
    let key = found.key()?;
    if let over @ (KeyStateName::Retired | KeyStateName::Compromised) = key.state().name() {
        return Ok(vec![format!(
            "Nothing: it is {over}, and nothing about it changes any more."
        )]);
    }
    let revision = app.reader.revision().await?;
    let gateways = app.reader.receipts(revision).await?;
    let config = app.keys.config();
    let mut lines = vec![format!(
        "What it signed is refused at {} from the next revision on, usually within a second; the receipts follow on the page of the key.",
        counted(size(gateways.len()), "gateway")
    )];
    if matches!(key.state(), KeyState::Active { .. }) {
        let ready = found.ring.ready_at();
        lines.push(match (found.ring.standby(), ready) {
            (Some(next), Some(ready)) if ready <= app.now() => format!(
                "{} signs at once, and a new key is published as the next one.",
                short(next.kid().as_str())
            ),
            (Some(next), _) => format!(
                "{} signs at once, although it was not published long enough: an emergency, and the trail says so. A new key is published as the next one.",
                short(next.kid().as_str())
            ),
            (None, _) => "A fresh key signs at once, because none stands by: an emergency, and the trail says so.".to_owned(),
        });
    }
    lines.push(format!(
        "It leaves the key set, and its private part is erased. Verifiers that we do not run may hold it for up to {}: {}.",
        span(config.verifier_cache.max(config.jwks_max_age).as_secs()),
        match blast.verifiers.len() {
            0 => "none was seen".to_owned(),
            seen => format!("{} below", counted(size(seen), "verifier")),
        }
    ));
    lines.push(
        "Verifiers are asked to keep the key set for 30 seconds at most, for a day.".to_owned(),
    );
    lines.push(match blast.named.len() {
        0 => "Applications with a secret or a refresh token fetch new tokens by themselves.".to_owned(),
        named => format!(
            "Applications with a secret or a refresh token fetch new tokens by themselves; {} that people hold must be issued anew.",
            counted(size(named), "token")
        ),
    });
    Ok(lines)
}
