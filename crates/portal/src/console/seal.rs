//! How far the trail is known to be as it was written.

use gatewright_domain::time::Timestamp;
use gatewright_operators::Verified;

use crate::{
    console::words,
    page::{
        badge::{Badge, Tone},
        icon::Icon,
        moment::Moment,
        number::{count, counted},
    },
    web::{app::App, problem::Problem},
};

/// What the last verification found, and how much has come since.
pub(super) async fn standing(
    app: &App,
    now: Timestamp,
) -> Result<(Badge, String, String), Problem> {
    let size = app.reader.revision().await?;
    let Some(last) = app.reader.last_verification().await? else {
        let seal = Badge::new(Tone::Quiet, Icon::Shield, "Not verified yet");
        return Ok((seal, counted(size, "event"), String::new()));
    };
    let when = Moment::seen_from(now, last.at).words;
    Ok(match last.first_bad {
        None => {
            let seal = Badge::new(Tone::Good, Icon::Shield, "Verified");
            let since = counted(size.saturating_sub(last.size), "event");
            let said = format!(
                "the first {} agreed {when}; {since} since",
                counted(last.size, "event")
            );
            (seal, said, last.root)
        }
        Some(bad) => {
            let seal = Badge::new(Tone::Bad, Icon::Warning, "Broken");
            let said = format!("event {} did not agree, {when}", count(bad));
            (seal, said, last.root)
        }
    })
}

/// What a verification has just found.
pub(super) fn sealed(verified: Verified) -> (Badge, String, String) {
    let (seal, said) = match verified.first_bad {
        None => (
            Badge::new(Tone::Good, Icon::Shield, "Verified"),
            format!("all {} agree, just now", counted(verified.size, "event")),
        ),
        Some(bad) => (
            Badge::new(Tone::Bad, Icon::Warning, "Broken"),
            format!("event {}: {}", words::number(bad.seq), bad.what),
        ),
    };
    (seal, said, verified.root)
}
