//! `gatewright key …`: signing keys, and the moves of one.

mod compromise;

use std::time::Duration;

use anyhow::Result;
use clap::Subcommand;
use gatewright_domain::{
    access::Caller,
    key::{Kid, Listing, RingName, SigningKey},
    ring::Haste,
    text::Reason,
    time::Timestamp,
};
use gatewright_keys::{Moved, Rotated, Seen};
use gatewright_store::views::gateways::Receipt;
use serde_json::json;

use crate::{
    config::Settings,
    house::House,
    output::{Printer, line},
    say,
};

/// How long a command waits for the gateways to say that they know what it did.
const WAIT: Duration = Duration::from_secs(2);

/// Signing keys
#[derive(Debug, Subcommand)]
#[command(after_help = "\
The life of a key: staged, published (everybody has it before it signs), active (it signs), deactivated (its tokens live on),
retired. Beside that it can be suspended, and resumed; or declared compromised, which cannot be taken back.

A key that may be in other hands:  gatewright key compromise KID --rehearse, then the same without --rehearse
One that only may be:              gatewright key suspend KID --reason …
Rings, of which each has keys:     gatewright ring list")]
pub(crate) enum Command {
    /// List the keys with their states
    List {
        /// Only those of this ring, for instance access/ES256
        #[arg(long)]
        ring: Option<RingName>,
    },
    /// Let the standby key sign, and publish a new standby
    #[command(after_help = "\
A key signs only after it was published long enough for everybody to have fetched it. Tokens of the old key stay good until
they expire: a rotation breaks nothing.")]
    Rotate {
        /// The ring, instead of the one that signs access tokens
        #[arg(long)]
        ring: Option<RingName>,
        /// Rotate before the standby was published long enough, for this reason
        #[arg(long, value_name = "REASON")]
        now_because: Option<Reason>,
    },
    /// Make a key that nobody shall know yet
    Stage {
        /// The ring it is for, for instance access/ES256
        ring: RingName,
    },
    /// Publish a staged key: one more that stands by
    Publish {
        /// The key's kid
        // One kid in 64 begins with a hyphen.
        #[arg(allow_hyphen_values = true)]
        kid: Kid,
    },
    /// Give a staged key up
    Discard {
        /// The key's kid
        #[arg(allow_hyphen_values = true)]
        kid: Kid,
    },
    /// Let a published key sign; the one that signs stops
    Activate {
        /// The key's kid
        #[arg(allow_hyphen_values = true)]
        kid: Kid,
        /// Before it was published long enough, for this reason
        #[arg(long, value_name = "REASON")]
        now_because: Option<Reason>,
    },
    /// Set a key aside: it signs nothing, and our gateways accept nothing it signed
    #[command(after_help = "\
Where it is the key that signs, the standby takes over at once. Verifiers that are not ours go on accepting what it signed,
as long as it stays in the key set.")]
    Suspend {
        /// The key's kid
        #[arg(allow_hyphen_values = true)]
        kid: Kid,
        /// Why, for the trail
        #[arg(long)]
        reason: Reason,
        /// Take it out of the key set as well
        #[arg(long)]
        withdraw: bool,
    },
    /// Let a suspended key return to where it stood
    Resume {
        /// The key's kid
        #[arg(allow_hyphen_values = true)]
        kid: Kid,
        /// Why, for the trail
        #[arg(long)]
        reason: Reason,
    },
    /// Retire a deactivated key whose last token is dead, before the server does
    Retire {
        /// The key's kid
        #[arg(allow_hyphen_values = true)]
        kid: Kid,
    },
    /// Declare a key compromised: its tokens are refused at once
    #[command(after_help = "\
Rehearse it first: everything is asked and worked out as on the day itself, it stands in the trail, and nothing changes.
Applications with a secret or a refresh token fetch new tokens by themselves; tokens that people hold must be issued anew.")]
    Compromise {
        /// The key's kid
        #[arg(allow_hyphen_values = true)]
        kid: Kid,
        /// Why, for the trail
        #[arg(long, required_unless_present = "rehearse")]
        reason: Option<Reason>,
        /// Only say what would happen
        #[arg(long)]
        rehearse: bool,
        /// Do it without asking back
        #[arg(long)]
        yes: bool,
    },
    /// Show what a key holds up: its live tokens, and who fetched the key set
    BlastRadius {
        /// The key's kid
        #[arg(allow_hyphen_values = true)]
        kid: Kid,
    },
    /// Print the public key set, as /oauth2/jwks serves it
    Jwks,
}

/// Runs one of them.
pub(crate) async fn run(command: Command, settings: &Settings, printer: Printer) -> Result<()> {
    let house = House::for_command(settings).await?;
    let caller = Caller::command_line();
    let (keys, by) = (&house.keys, &caller);
    let moved = match command {
        Command::List { ring } => return list(&house, by, ring, printer).await,
        Command::Rotate { ring, now_because } => {
            let [access, ..] = keys.own_rings();
            let ring = ring.unwrap_or(access);
            return rotate(&house, by, ring, now_because, printer).await;
        }
        Command::Stage { ring } => keys.stage(by, ring).await?,
        Command::Publish { kid } => keys.publish(by, kid.into()).await?,
        Command::Discard { kid } => keys.discard(by, kid.into()).await?,
        Command::Activate { kid, now_because } => {
            let haste = now_because.map_or(Haste::None, Haste::Because);
            keys.activate(by, kid.into(), haste).await?
        }
        Command::Suspend {
            kid,
            reason,
            withdraw,
        } => {
            let listing = match withdraw {
                true => Listing::Withdrawn,
                false => Listing::Listed,
            };
            keys.suspend(by, kid.into(), listing, reason).await?
        }
        Command::Resume { kid, reason } => keys.resume(by, kid.into(), reason).await?,
        Command::Retire { kid } => keys.retire(by, Seen::from(kid)).await?,
        Command::Compromise {
            kid,
            reason,
            rehearse,
            yes,
        } => {
            return match reason.filter(|_| !rehearse) {
                Some(reason) => compromise::declare(&house, by, &kid, (reason, yes), printer).await,
                None => compromise::rehearse(&house, by, &kid, printer).await,
            };
        }
        Command::BlastRadius { kid } => {
            return compromise::blast_radius(&house, by, &kid, printer).await;
        }
        Command::Jwks => {
            let set = keys.jwks().await?;
            say!("ETag {}", set.etag);
            return line(&set.body);
        }
    };
    told(&house, &moved, printer).await
}

fn kid(key: &SigningKey) -> String {
    key.kid().to_string()
}

/// Says what moved: each key with its state, and which gateways know it.
async fn told(house: &House, moved: &Moved, printer: Printer) -> Result<()> {
    let state = |key: &SigningKey| json!({ "kid": kid(key), "state": key.state().name() });
    let after = |key: &&SigningKey| moved.ring.key(key.kid()).ok();
    let mut now: Vec<&SigningKey> = Vec::new();
    for key in moved.keys.iter().filter_map(|key| after(&key)) {
        if !now.iter().any(|known| known.kid() == key.kid()) {
            now.push(key);
        }
    }
    let receipts = receipts(house, moved.revision).await?;
    let value = json!({
        "ring": moved.ring.name().to_string(), "keys": now.iter().map(|key| state(key)).collect::<Vec<_>>(),
        "keyring_version": keyring_version(house).await?, "revision": moved.revision, "receipts": receipts,
    });
    let mut facts = vec![("ring", moved.ring.name().to_string())];
    for key in &now {
        facts.push((key.state().name().as_str(), kid(key)));
    }
    facts.push(("gateways", enforced(&receipts)));
    let bare = now.first().map_or_else(String::new, |key| kid(key));
    printer.one(&value, &bare, &facts)
}

/// What the gateways say of a revision.
pub(super) async fn receipts(house: &House, revision: u64) -> Result<Vec<Receipt>> {
    Ok(house.keys.receipts(revision, WAIT).await?)
}

/// How often anything about any ring was written.
pub(super) async fn keyring_version(house: &House) -> Result<u64> {
    let rings = house.keys.read_rings().await?;
    Ok(rings.iter().map(|ring| ring.record().version()).sum())
}

/// `2 of 3 know it; not yet: edge-eu`.
pub(super) fn enforced(receipts: &[Receipt]) -> String {
    let behind: Vec<&str> = receipts
        .iter()
        .filter(|receipt| receipt.applied_at.is_none())
        .map(|receipt| receipt.gateway.as_str())
        .collect();
    let (all, known) = (receipts.len(), receipts.len() - behind.len());
    match behind.is_empty() {
        true => format!("{known} of {all} know it"),
        false => format!("{known} of {all} know it; not yet: {}", behind.join(", ")),
    }
}

/// Rotates a ring, and says who signs now.
pub(super) async fn rotate(
    house: &House,
    by: &Caller,
    ring: RingName,
    now_because: Option<Reason>,
    printer: Printer,
) -> Result<()> {
    let haste = now_because.map_or(Haste::None, Haste::Because);
    let Rotated {
        active,
        deactivated,
        standby,
        revision,
    } = house.keys.rotate_ring(by, ring.into(), haste).await?;
    let receipts = receipts(house, revision).await?;
    let (active, standby) = (kid(&active), kid(&standby));
    let old = deactivated.as_ref().map(kid);
    let value = json!({
        "ring": ring.to_string(), "active": active, "deactivated": old, "standby": standby,
        "keyring_version": keyring_version(house).await?, "revision": revision, "receipts": receipts,
    });
    let facts = [
        ("ring", ring.to_string()),
        ("active", active.clone()),
        ("deactivated", old.unwrap_or_default()),
        ("standby", standby),
        ("gateways", enforced(&receipts)),
    ];
    printer.one(&value, &active, &facts)
}

async fn list(
    house: &House,
    caller: &Caller,
    ring: Option<RingName>,
    printer: Printer,
) -> Result<()> {
    let now = house.clock.now();
    let mut keys = house.store.reader().as_seen_by(caller).keys(now).await?;
    if let Some(ring) = ring {
        let name = ring.to_string();
        keys.retain(|key| format!("{}/{}", key.purpose, key.algorithm) == name);
    }
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
