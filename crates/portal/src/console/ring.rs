//! The signing keys against dates.

use std::time::Duration;

use gatewright_domain::time::Timestamp;
use gatewright_store::views::keys::KeyRow as Row;

use crate::page::{
    badge::Tone,
    lanes::{Lane, Lanes, Span},
};

/// How far the timeline looks back and ahead.
const BACK: Duration = Duration::from_secs(120 * 86_400);
const AHEAD: Duration = Duration::from_secs(60 * 86_400);

/// Room before now for a ring that has just been made.
const MARGIN: Duration = Duration::from_secs(14 * 86_400);

/// Each key a lane: next, active, draining, suspended, retired or compromised.
pub(super) fn timeline(keys: &[Row], named: fn(&Row) -> String, now: Timestamp) -> Lanes {
    let first = keys
        .iter()
        .filter_map(|key| key.published_at)
        .min()
        .unwrap_or(now);
    let from = first.max(now.minus(BACK)).min(now.minus(MARGIN));
    let last = now.plus(AHEAD);
    let lane = |key: &Row| {
        let over = key.retired_at.or(key.compromised_at);
        let end = over.or(key.suspended_at).unwrap_or(last);
        let active = key.activated_at.unwrap_or(end);
        let drains = key.deactivated_at.unwrap_or(end);
        let span = |tone, word, from: Option<Timestamp>, until: Timestamp| {
            from.map(|from| Span {
                tone,
                word,
                from,
                until,
            })
        };
        let spans = [
            span(Tone::Notice, "Next", key.published_at, active),
            span(Tone::Good, "Active", key.activated_at, drains),
            span(Tone::Warning, "Draining", key.deactivated_at, end),
            span(Tone::Warning, "Suspended", key.suspended_at, last),
            span(Tone::Quiet, "Retired", key.retired_at, last),
            span(Tone::Bad, "Compromised", key.compromised_at, last),
        ];
        // What ended before the picture begins, and what never lasted, is not drawn.
        let drawn = |span: &Span| span.until > from && span.until > span.from;
        Lane {
            name: named(key),
            spans: spans.into_iter().flatten().filter(drawn).collect(),
        }
    };
    let lanes: Vec<Lane> = keys
        .iter()
        .map(lane)
        .filter(|lane| !lane.spans.is_empty())
        .collect();
    Lanes::new("keys", "Signing keys over time", (from, last), now, &lanes)
}

/// The beginning of a key id, enough to tell keys apart.
pub(super) fn short(kid: &str) -> String {
    let begin: String = kid.chars().take(6).collect();
    format!("{begin}…")
}
