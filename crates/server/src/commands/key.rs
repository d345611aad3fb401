//! `gatewright key …`: signing keys.

use anyhow::Result;
use clap::Subcommand;
use gatewright_domain::{
    access::Caller,
    key::{Kid, SigningKey},
    ring::Haste,
    text::Reason,
    time::Timestamp,
};
use serde_json::json;

use crate::{
    config::Settings,
    house::House,
    output::{Printer, line},
    say,
};

/// Signing keys
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the keys with their states
    List,
    /// Let the standby key sign, and publish a new standby
    #[command(after_help = "\
A key signs only after it was published long enough for everybody to have fetched it. Tokens of the old key stay good until
they expire: a rotation breaks nothing.")]
    Rotate {
        /// Rotate before the standby was published long enough, for this reason
        #[arg(long, value_name = "REASON")]
        now_because: Option<Reason>,
    },
    /// Declare a key compromised: its tokens are refused at once
    Compromise {
        /// The key's kid
        // One kid in 64 begins with a hyphen.
        #[arg(allow_hyphen_values = true)]
        kid: Kid,
        /// Why, for the trail
        #[arg(long)]
        reason: Reason,
        /// Do it without asking back
        #[arg(long)]
        yes: bool,
    },
    /// Print the public key set, as /oauth2/jwks serves it
    Jwks,
}

/// Runs one of them.
pub(crate) async fn run(command: Command, settings: &Settings, printer: Printer) -> Result<()> {
    let house = House::for_command(settings).await?;
    let caller = Caller::command_line();
    match command {
        Command::List => list(&house, &caller, printer).await,
        Command::Rotate { now_because } => {
            let haste = now_because.map_or(Haste::None, Haste::Because);
            let rotated = house.keys.rotate(&caller, haste).await?;
            let (active, standby) = (kid(&rotated.active), kid(&rotated.standby));
            let old = rotated.deactivated.as_ref().map(kid);
            let value = json!({
                "active": active, "deactivated": old, "standby": standby, "revision": rotated.revision,
            });
            let facts = [
                ("active", active.clone()),
                ("deactivated", old.unwrap_or_default()),
                ("standby", standby),
            ];
            printer.one(&value, &active, &facts)
        }
        Command::Compromise {
            kid: named,
            reason,
            yes,
        } => {
            super::confirm(yes, &format!("Every token of {named} is refused at once."))?;
            let done = house.keys.compromise(&caller, &named, reason).await?;
            let replaced: Vec<String> = done.replaced_by.iter().map(kid).collect();
            let value = json!({
                "compromised": kid(&done.key), "replaced_by": replaced, "revision": done.revision,
            });
            let facts = [
                ("compromised", kid(&done.key)),
                ("replaced by", replaced.join(", ")),
            ];
            printer.one(&value, &kid(&done.key), &facts)
        }
        Command::Jwks => {
            let set = house.keys.jwks().await?;
            say!("ETag {}", set.etag);
            line(&set.body)
        }
    }
}

fn kid(key: &SigningKey) -> String {
    key.kid().to_string()
}

async fn list(house: &House, caller: &Caller, printer: Printer) -> Result<()> {
    let now = house.clock.now();
    let keys = house.store.reader().as_seen_by(caller).keys(now).await?;
    let when = |at: Option<Timestamp>| at.map_or_else(String::new, |at| at.to_string());
    let rows = keys.iter().map(|key| {
        vec![
            key.kid.clone(),
            key.state.clone(),
            format!("{}/{}", key.purpose, key.algorithm),
            key.provider.clone(),
            when(key.published_at),
            when(key.activated_at),
            when(key.deactivated_at),
            when(key.last_expiry),
            key.live_tokens.to_string(),
        ]
    });
    let heads = [
        "kid",
        "state",
        "ring",
        "held in",
        "published",
        "activated",
        "deactivated",
        "last expiry",
        "live tokens",
    ];
    printer.rows(&keys, &heads, rows.collect())
}
