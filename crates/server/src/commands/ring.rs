//! `gatewright ring …`: key rings, each the keys of one purpose and one algorithm.

use std::time::Duration;

use anyhow::Result;
use clap::{Args, Subcommand};
use gatewright_domain::{
    access::Caller,
    key::RingName,
    plan::Lifetime,
    ring::{OwnTimes, Ring},
    text::Reason,
    time::Timestamp,
};
use gatewright_keys::Moved;
use serde_json::{Value, json};

use super::key;
use crate::{
    config::{Settings, refuse},
    failure::{Code, Failure},
    house::House,
    output::Printer,
};

/// Key rings, each the keys of one purpose and one algorithm
#[derive(Debug, Subcommand)]
#[command(after_help = "\
A ring is named by its purpose and its algorithm: access/ES256 signs tokens of programs, dev-access/ES256 those that people
hold, introspection/ES256 answers about tokens. Purposes: access, dev-access, introspection, status-list. Algorithms: ES256,
ES384, EdDSA, RS256, PS256.

One key of a ring signs, and the next stands by, published before anybody needs it. A ring rotates by itself, once every
gateway knows the next key and a key set with it was fetched; `gatewright ring show` says who is missing.")]
pub(crate) enum Command {
    /// List the rings: who signs, when each rotates, and what stands in the way
    List,
    /// Show one ring: its times, and who does not know the next key yet
    Show {
        /// The ring, for instance access/ES256
        ring: RingName,
    },
    /// Form a ring: two keys of its own, of which one signs and one stands by
    #[command(after_help = "\
It signs nothing until something chooses it: the setting `token_algorithm`, or an API.")]
    Form {
        /// The ring, for instance access/RS256
        ring: RingName,
    },
    /// Let the standby key sign, and publish a new standby
    Rotate {
        /// The ring
        ring: RingName,
        /// Rotate before everybody can know the standby, for this reason
        #[arg(long, value_name = "REASON")]
        now_because: Option<Reason>,
    },
    /// Give a ring other times; what is not given is as the installation says
    #[command(after_help = "\
A shorter life is that of new tokens only: verifiers accept the old one until the last token of it is dead.")]
    Retime(Times),
    /// Let a disabled ring sign again, with its standby
    Enable {
        /// The ring
        ring: RingName,
        /// Why, for the trail
        #[arg(long)]
        reason: Reason,
    },
    /// Let a ring sign no more; what it signed lives on
    Disable {
        /// The ring
        ring: RingName,
        /// Why, for the trail
        #[arg(long)]
        reason: Reason,
        /// Do it without asking back
        #[arg(long)]
        yes: bool,
    },
}

/// The times of a ring.
#[derive(Args, Debug)]
pub(crate) struct Times {
    /// The ring
    ring: RingName,
    /// How long a key signs before the next one does
    #[arg(long, value_name = "SECONDS")]
    rotation_period_s: Option<u64>,
    /// How long a key is published before it may sign
    #[arg(long, value_name = "SECONDS")]
    publication_lead_s: Option<u64>,
    /// The longest life of a token it signs
    #[arg(long, value_name = "SECONDS")]
    max_lifetime_s: Option<u64>,
}

/// Runs one of them.
pub(crate) async fn run(command: Command, settings: &Settings, printer: Printer) -> Result<()> {
    let house = House::for_command(settings).await?;
    let caller = Caller::command_line();
    let (keys, by) = (&house.keys, &caller);
    let moved = match command {
        Command::List => return list(&house, printer).await,
        Command::Show { ring } => return show(&house, ring, printer).await,
        Command::Form { ring } => keys.form_ring(by, ring).await?,
        Command::Rotate { ring, now_because } => {
            return key::rotate(&house, by, ring, now_because, printer).await;
        }
        Command::Retime(times) => {
            let (ring, times) = times.read()?;
            keys.retime_ring(by, ring.into(), times).await?
        }
        Command::Enable { ring, reason } => keys.enable_ring(by, ring.into(), reason).await?,
        Command::Disable { ring, reason, yes } => {
            super::confirm(yes, &format!("{ring} signs nothing any more."))?;
            keys.disable_ring(by, ring.into(), reason).await?
        }
    };
    told(&house, &moved, printer).await
}

impl Times {
    fn read(self) -> Result<(RingName, OwnTimes)> {
        let lifetime = self.max_lifetime_s.map(Lifetime::try_from).transpose();
        let max_lifetime = lifetime.map_err(|error| refuse("--max-lifetime-s", error.to_string()));
        let times = OwnTimes {
            rotation_period: self.rotation_period_s.map(Duration::from_secs),
            publication_lead: self.publication_lead_s.map(Duration::from_secs),
            max_lifetime: max_lifetime?,
        };
        Ok((self.ring, times))
    }
}

/// A ring, for programs.
async fn value(house: &House, ring: &Ring) -> Result<Value> {
    let (record, timing) = (ring.record(), ring.timing());
    let evidence = house.keys.evidence(ring).await?;
    let obstacle = ring.may_rotate(&evidence, house.clock.now()).err();
    Ok(json!({
        "ring": ring.name().to_string(), "standing": record.standing().as_str(),
        "rotation_period_s": timing.rotation_period.as_secs(),
        "publication_lead_s": timing.publication_lead.as_secs(),
        "max_lifetime_s": timing.max_lifetime.seconds(), "turn": record.turn(),
        "rotates_at": record.rotates(), "held_at": record.held(),
        "active": ring.active().map(|key| key.kid()), "standby": ring.standby().map(|key| key.kid()),
        "ready_at": ring.ready_at(), "missing": evidence.missing, "is_served": evidence.is_served,
        "obstacle": obstacle.map(|obstacle| obstacle.to_string()), "keyring_version": record.version(),
    }))
}

fn when(at: Option<Timestamp>) -> String {
    at.map_or_else(String::new, |at| at.to_string())
}

/// Why a ring would not rotate now; nothing when it would.
async fn obstacle(house: &House, ring: &Ring) -> Result<String> {
    let evidence = house.keys.evidence(ring).await?;
    let obstacle = ring.may_rotate(&evidence, house.clock.now()).err();
    Ok(obstacle.map_or_else(String::new, |obstacle| obstacle.to_string()))
}

async fn list(house: &House, printer: Printer) -> Result<()> {
    let (mut values, mut rows) = (Vec::new(), Vec::new());
    for ring in house.keys.read_rings().await? {
        let signer = ring.active().map(|key| key.kid().to_string());
        rows.push(vec![
            ring.name().to_string(),
            ring.record().standing().as_str().to_owned(),
            signer.unwrap_or_default(),
            ring.record().rotates().to_string(),
            when(ring.record().held()),
            obstacle(house, &ring).await?,
        ]);
        values.push(value(house, &ring).await?);
    }
    let heads = [
        "ring",
        "standing",
        "signer",
        "rotates",
        "held since",
        "in the way of rotating now",
    ];
    printer.rows(&values, &heads, rows)
}

async fn show(house: &House, name: RingName, printer: Printer) -> Result<()> {
    let rings = house.keys.read_rings().await?;
    let found = rings.into_iter().find(|ring| ring.name() == name);
    let ring = found.ok_or_else(|| {
        Failure::new(Code::NotFound, format!("there is no key ring {name}")).next(format!(
            "gatewright ring list, or gatewright ring form {name}"
        ))
    })?;
    let timing = ring.timing();
    let kid = |key: Option<&gatewright_domain::key::SigningKey>| {
        key.map_or_else(String::new, |key| key.kid().to_string())
    };
    let facts = [
        ("ring", name.to_string()),
        ("standing", ring.record().standing().as_str().to_owned()),
        ("signer", kid(ring.active())),
        ("standby", kid(ring.standby())),
        ("standby may sign from", when(ring.ready_at())),
        ("in the way of rotating now", obstacle(house, &ring).await?),
        ("rotates", ring.record().rotates().to_string()),
        ("held since", when(ring.record().held())),
        (
            "a key signs for, seconds",
            timing.rotation_period.as_secs().to_string(),
        ),
        (
            "published before for, seconds",
            timing.publication_lead.as_secs().to_string(),
        ),
        (
            "tokens live at most, seconds",
            timing.max_lifetime.seconds().to_string(),
        ),
    ];
    printer.one(
        &value(house, &ring).await?,
        name.to_string().as_str(),
        &facts,
    )
}

/// Says how the ring stands now, and which gateways know it.
async fn told(house: &House, moved: &Moved, printer: Printer) -> Result<()> {
    let receipts = key::receipts(house, moved.revision).await?;
    let name = moved.ring.name().to_string();
    let told = json!({
        "ring": value(house, &moved.ring).await?, "keyring_version": key::keyring_version(house).await?,
        "revision": moved.revision, "receipts": receipts,
    });
    let signer = moved.ring.active().map(|key| key.kid().to_string());
    let facts = [
        ("ring", name.clone()),
        (
            "standing",
            moved.ring.record().standing().as_str().to_owned(),
        ),
        ("signer", signer.unwrap_or_default()),
        ("rotates", moved.ring.record().rotates().to_string()),
        ("gateways", key::enforced(&receipts)),
    ];
    printer.one(&told, &name, &facts)
}
