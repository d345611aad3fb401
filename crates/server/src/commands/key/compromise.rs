//! A key that may be in other hands: what it holds up, the rehearsal, and the declaration.

use anyhow::Result;
use gatewright_domain::{access::Caller, key::Kid, text::Reason};
use gatewright_keys::Rehearsal;
use gatewright_store::views::blast::{BlastRadius, LiveTokens, NamedToken, Verifier};
use serde_json::json;

use super::{enforced, keyring_version, kid, receipts};
use crate::{
    failure::{Code, Failure},
    house::House,
    output::Printer,
    say,
};

/// Shows what a key holds up.
pub(super) async fn blast_radius(
    house: &House,
    by: &Caller,
    named: &Kid,
    printer: Printer,
) -> Result<()> {
    let now = house.clock.now();
    let sight = house.store.reader().as_seen_by(by);
    let keys = sight.keys(now).await?;
    if !keys.iter().any(|key| key.kid == named.as_str()) {
        let missing = Failure::new(Code::NotFound, format!("there is no key {named}"));
        return Err(missing.next("gatewright key list").into());
    }
    let radius = sight.blast_radius(named, now).await?;
    printer.rows(&radius, &HEADS, rows(&radius))
}

const HEADS: [&str; 4] = ["what", "of", "for", "live"];

/// A line for each application and version, each token that somebody holds, and each verifier.
fn rows(radius: &BlastRadius) -> Vec<Vec<String>> {
    let BlastRadius {
        tokens,
        named,
        verifiers,
    } = radius;
    let live = |row: &LiveTokens| {
        vec![
            "tokens".to_owned(),
            format!("{} of {}", row.application, row.consumer),
            format!("{}/v{}", row.api, row.number),
            row.live.to_string(),
        ]
    };
    let held = |row: &NamedToken| {
        vec![
            "held by somebody".to_owned(),
            format!("{} of {}", row.name, row.application),
            format!("until {}", row.expires_at),
            "1".to_owned(),
        ]
    };
    let verifier = |row: &Verifier| {
        vec![
            "verifier".to_owned(),
            format!("{} at {}", row.agent, row.network),
            format!("fetched {}", row.last_seen_at),
            String::new(),
        ]
    };
    let (tokens, named) = (tokens.iter().map(live), named.iter().map(held));
    let rows = tokens.chain(named);
    rows.chain(verifiers.iter().map(verifier)).collect()
}

/// Says what would happen; nothing does.
pub(super) async fn rehearse(
    house: &House,
    by: &Caller,
    named: &Kid,
    printer: Printer,
) -> Result<()> {
    let Rehearsal {
        successor,
        blast,
        gateways,
    } = house.keys.rehearse_compromise(by, named).await?;
    match &successor {
        Some(successor) => say!("{successor} would sign at once."),
        None => say!("Nobody has to take over: it does not sign, or a fresh key would be made."),
    }
    let up_to_date = gateways
        .iter()
        .filter(|gateway| gateway.applied_at.is_some());
    say!(
        "{} of {} gateways are up to date and would refuse what it signed at once.",
        up_to_date.count(),
        gateways.len()
    );
    say!("Nothing was changed. The trail holds the rehearsal.");
    let rows = rows(&blast);
    let value = json!({ "successor": successor, "blast_radius": blast, "gateways": gateways });
    printer.rows(&value, &HEADS, rows)
}

/// Declares it, and says what came in its place.
pub(super) async fn declare(
    house: &House,
    by: &Caller,
    named: &Kid,
    (reason, yes): (Reason, bool),
    printer: Printer,
) -> Result<()> {
    crate::commands::confirm(yes, &format!("Every token of {named} is refused at once."))?;
    let done = house.keys.compromise(by, named, reason).await?;
    let receipts = receipts(house, done.revision).await?;
    let mut replaced: Vec<String> = done.replaced_by.iter().map(kid).collect();
    replaced.dedup();
    let value = json!({
        "compromised": kid(&done.key), "replaced_by": replaced,
        "keyring_version": keyring_version(house).await?, "revision": done.revision, "receipts": receipts,
    });
    let facts = [
        ("compromised", kid(&done.key)),
        ("replaced by", replaced.join(", ")),
        ("gateways", enforced(&receipts)),
    ];
    printer.one(&value, &kid(&done.key), &facts)
}
