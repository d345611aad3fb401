//! Key-encryption keys: which seals, what still rests under others, and whether each answers.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use gatewright_domain::time::Timestamp;
use gatewright_keys::KekRow as Row;

use crate::{
    console::{elsewhere, visit},
    page::{
        badge::{Badge, Tone},
        frame::{Frame, Link},
        icon::Icon,
        moment::{Moment, span},
        number::{count, counted},
        place::Place,
    },
    pages::keks::{KekRow, KeksPage},
    web::{app::App, caller::SignedIn, problem::Problem},
};

/// The key-encryption keys.
///
/// # Errors
/// When the store fails.
pub async fn list(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
) -> Result<HttpResponse, Problem> {
    let now = app.now();
    let keks = app.keys.keks().await?;
    visit::page(&KeksPage {
        frame: Frame::new(
            visit::signed_in(&request, &who),
            Place::Keys,
            "Key-encryption keys",
        )
        .below([Link::new("Keys", "/console/keys")])
        .also(elsewhere::call(&app, "/keks").or("gatewright kek list")),
        rest: rest(&keks),
        keks: keks.iter().map(|kek| row(kek, now)).collect(),
    })
}

/// How far a rotation is, in a sentence.
fn rest(keks: &[Row]) -> String {
    let all: u64 = keks.iter().map(|kek| kek.rows).sum();
    let under_active: u64 = keks
        .iter()
        .filter(|kek| kek.state == "active")
        .map(|kek| kek.rows)
        .sum();
    match all.saturating_sub(under_active) {
        0 => format!(
            "All that is sealed, {}, rests under the active key.",
            counted(all, "secret")
        ),
        left => format!(
            "{} of {} moved to the active key; {} to go. A server moves them once a minute, or gatewright kek rotate at once.",
            count(under_active),
            counted(all, "secret"),
            count(left)
        ),
    }
}

fn row(kek: &Row, now: Timestamp) -> KekRow {
    let since = match (kek.changed_at, kek.made_at) {
        (Some(at), _) => format!("{} {}", word(&kek.state), Moment::day(at).words),
        (None, Some(_)) => "Never sealed".to_owned(),
        (None, None) => "Given, and never made known".to_owned(),
    };
    let age = kek.made_at.map_or_else(String::new, |made| {
        format!(", {} old", span(now.since(made).as_secs()))
    });
    let (health, told) = match &kek.health {
        None if kek.given => (None, "Not asked yet".to_owned()),
        None => (None, "Not given to this server".to_owned()),
        Some(health) => match (&health.failure, health.took_us) {
            (Some(why), _) => (
                Some(Badge::new(Tone::Bad, Icon::Cross, "Fails")),
                why.clone(),
            ),
            (None, took) => (
                Some(Badge::new(Tone::Good, Icon::Check, "Answers")),
                format!("in {} µs", count(took.unwrap_or(0))),
            ),
        },
    };
    KekRow {
        id: kek.id.clone(),
        source: format!("{}{age}", source(&kek.source)),
        state: badge(&kek.state),
        over: kek.state == "retired",
        since,
        secrets: count(kek.rows),
        health,
        told,
    }
}

fn source(word: &str) -> &'static str {
    match word {
        "file" => "File",
        "environment" => "Environment",
        "passphrase" => "Passphrase",
        "pkcs11" => "Hardware module",
        "vault" => "Key service",
        _ => "Before sources were noted",
    }
}

fn word(state: &str) -> &'static str {
    match state {
        "active" => "Seals since",
        "superseded" => "Superseded",
        "retired" => "Retired",
        _ => "Since",
    }
}

fn badge(state: &str) -> Badge {
    match state {
        "active" => Badge::new(Tone::Good, Icon::Check, "Active"),
        "superseded" => Badge::new(Tone::Warning, Icon::Warning, "Superseded"),
        "retired" => Badge::new(Tone::Quiet, Icon::Cross, "Retired"),
        "known" => Badge::new(Tone::Notice, Icon::Notice, "Known"),
        _ => Badge::new(Tone::Quiet, Icon::Notice, "Given"),
    }
}
