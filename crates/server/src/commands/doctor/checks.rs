//! The checks, each on its own: one that cannot be made says why, and the others go on.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    os::unix::fs::PermissionsExt,
    time::Duration,
};

use gatewright_domain::{
    access::Caller,
    key::{Purpose, RingName},
    ring::Ring,
    time::{Clock, Timestamp},
};
use gatewright_store::{
    Store, StoreError,
    views::{
        events::{EventFilter, Order},
        page::Page,
    },
};

use super::Check;
use crate::{
    ask,
    config::Settings,
    failure::words,
    house::{House, Place, open_store, sqlite_path},
    system::SystemClock,
};

/// 2026-01-01, before which this program did not exist.
const BEFORE_US: i64 = 1_767_225_600;

/// How far the newest event may lie ahead of the clock: two servers never agree to the millisecond.
const SKEW: Duration = Duration::from_secs(5);

/// Every check, in the order in which things depend on each other.
pub(super) async fn all(settings: &Settings) -> Vec<Check> {
    let mut checks = vec![clock()];
    checks.extend(directory(settings));
    let (database, store) = database(settings).await;
    checks.push(database);
    if let Some(store) = store {
        checks.extend(inside(settings, store).await);
    }
    checks.push(port("portal", settings.listen, "/healthz", "--listen").await);
    if settings.gateway {
        let at = settings.gateway_listen;
        checks.push(port("gateway", at, "/-/healthz", "--gateway-listen").await);
    }
    checks
}

fn clock() -> Check {
    let now = SystemClock.now();
    if now < Timestamp::from_seconds(BEFORE_US) {
        let mend = "set the clock, for instance with NTP: tokens are judged by it";
        return Check::wrong("clock", format!("it says {now}"), mend);
    }
    Check::fine("clock", now.to_string())
}

/// Who can look into the data directory, and into what is in it.
fn directory(settings: &Settings) -> Vec<Check> {
    let dir = &settings.data_dir;
    let mut paths = vec![dir.clone()];
    paths.extend(sqlite_path(settings));
    let there = paths.into_iter().filter_map(|path| {
        let mode = fs::metadata(&path).ok()?.permissions().mode() & 0o7777;
        Some((path, mode))
    });
    let checks = there.map(|(path, mode)| {
        let shown = path.display();
        let found = format!("{shown} (mode {mode:04o})");
        let inside = path.parent() == Some(dir.as_path());
        if mode & 0o077 == 0 || inside {
            return Check::fine("permissions", found);
        }
        Check::note(
            "permissions",
            found + ": others can look in",
            format!("chmod 700 {shown}"),
        )
    });
    checks.collect()
}

/// Whether the database answers and is up to date. The doctor makes none.
async fn database(settings: &Settings) -> (Check, Option<Store>) {
    let name = "database";
    if let Some(path) = sqlite_path(settings)
        && !path.exists()
    {
        let found = format!("there is none at {} yet", path.display());
        return (Check::note(name, found, "gatewright serve makes it"), None);
    }
    let store = match open_store(settings).await {
        Ok(store) => store,
        Err(error) => {
            let mend = "is the address right, and does the server run? see database_url above";
            return (Check::wrong(name, words(&error), mend), None);
        }
    };
    match store.pending_migrations().await {
        Ok(pending) if pending.is_empty() => {
            let found = "it answers and is up to date";
            (Check::fine(name, found), Some(store))
        }
        Ok(pending) => {
            let found = format!("it lacks {}", pending.join(", "));
            (Check::wrong(name, found, "gatewright migrate"), None)
        }
        Err(error) => {
            let mend = "is it of a newer release than this program?";
            (Check::wrong(name, error.to_string(), mend), None)
        }
    }
}

/// What can be asked once the database answers.
async fn inside(settings: &Settings, store: Store) -> Vec<Check> {
    let place = Place::of(settings, settings.listen, settings.gateway_listen);
    let mut checks = Vec::new();
    if let Some(missing) = missing_kek(settings) {
        checks.push(missing);
    } else {
        match House::open(settings, store.clone(), place).await {
            Ok(house) => {
                checks.push(match house.keys.check_kek().await {
                    Ok(()) => kek_rest(&house).await,
                    Err(error) => wrong_kek(&words(&error.into())),
                });
                checks.extend(holders(&house).await);
            }
            Err(error) => checks.push(wrong_kek(&words(&error))),
        }
    }
    checks.push(told("database clock", database_clock(&store).await));
    checks.push(told("signing keys", signing_keys(settings, &store).await));
    checks.push(told("trail", newest_event(&store).await));
    checks.push(told("gateways", gateways(&store).await));
    checks
}

/// The doctor makes no key-encryption key, so it looks whether opening the rooms would.
fn missing_kek(settings: &Settings) -> Option<Check> {
    let gatewright_custody::KekSource::File(path) = &settings.kek else {
        return None;
    };
    let found = format!("there is none at {}", path.display());
    (!path.exists()).then(|| {
        Check::wrong(
            "key-encryption",
            found,
            "put back the file, or on a new installation: gatewright init",
        )
    })
}

fn wrong_kek(found: &str) -> Check {
    Check::wrong(
        "key-encryption",
        found,
        "give the key that the secrets were sealed with, in a file of mode 0600",
    )
}

/// Every key-encryption key that is given, and whether all that is sealed rests under the active one.
async fn kek_rest(house: &House) -> Check {
    let name = "key-encryption";
    house.keys.ask_keks().await;
    let shown = match house.keys.keks().await {
        Ok(shown) => shown,
        Err(error) => {
            return Check::wrong(name, error.to_string(), "see the check of the database");
        }
    };
    let failed = shown.iter().find_map(|kek| {
        let failure = kek.health.as_ref()?.failure.as_ref()?;
        Some(format!("{} ({}): {failure}", kek.id, kek.source))
    });
    if let Some(failed) = failed {
        return Check::wrong(name, failed, "do as it says; nothing is lost meanwhile");
    }
    let elsewhere: u64 = shown
        .iter()
        .filter(|kek| kek.state != "active")
        .map(|kek| kek.rows)
        .sum();
    if elsewhere > 0 {
        let found = format!("{elsewhere} secrets do not rest under the active key yet");
        let mend =
            "gatewright serve moves them; or at once: gatewright kek rotate --to the active key";
        return Check::note(name, found, mend);
    }
    Check::fine(name, "it opens what is sealed")
}

/// Those who hold signing keys elsewhere, each with whether it signs.
async fn holders(house: &House) -> Vec<Check> {
    let name = "signing";
    let asked = house.keys.ask_holders().await;
    let shown = match asked {
        Ok(()) => house.keys.holders().await,
        Err(error) => Err(error),
    };
    let shown = match shown {
        Ok(shown) => shown,
        Err(error) => return vec![told(name, Err(error))],
    };
    let check = |holder: gatewright_keys::HolderRow| match holder.failure {
        None => Check::fine(
            name,
            format!("{} signs, with {} keys", holder.holder, holder.keys),
        ),
        Some(why) => Check::wrong(
            name,
            format!("{}: {why}", holder.holder),
            "do as it says; tokens go on being verified meanwhile, and none are signed",
        ),
    };
    shown.into_iter().map(check).collect()
}

fn told(name: &'static str, outcome: Result<Check, StoreError>) -> Check {
    outcome.unwrap_or_else(|error| {
        Check::wrong(name, error.to_string(), "see the check of the database")
    })
}

/// Whether this machine and the database's agree on the time: a server that is off signs nothing.
async fn database_clock(store: &Store) -> Result<Check, StoreError> {
    let name = "database clock";
    let Some(theirs) = store.reader().clock().await? else {
        return Ok(Check::fine(name, "it is this machine's"));
    };
    let ours = SystemClock.now();
    let differs = ours.since(theirs).max(theirs.since(ours));
    if differs > SKEW {
        let found = format!("it says {theirs}, this machine {ours}");
        let mend = "set both by NTP; a server that is off by half of the leeway signs nothing";
        return Ok(Check::wrong(name, found, mend));
    }
    Ok(Check::fine(name, theirs.to_string()))
}

async fn signing_keys(settings: &Settings, store: &Store) -> Result<Check, StoreError> {
    let name = "signing keys";
    let (records, keys) = (
        store.reader().key_rings().await?,
        store.reader().signing_keys().await?,
    );
    let access = RingName {
        purpose: Purpose::Access,
        algorithm: settings.token_algorithm,
    };
    let record = records.into_iter().find(|record| record.name() == access);
    let ring = record.map(|record| Ring::of(record, keys, settings.timing));
    let mend = "gatewright serve makes what is missing at its start";
    Ok(
        match (
            ring.as_ref().and_then(Ring::active),
            ring.as_ref().and_then(Ring::standby),
        ) {
            (Some(active), Some(standby)) => {
                let found = format!("{} signs, {} stands by", active.kid(), standby.kid());
                Check::fine(name, found)
            }
            (Some(active), None) => Check::note(
                name,
                format!("{} signs, none stands by", active.kid()),
                mend,
            ),
            (None, _) => Check::note(name, "none signs", mend),
        },
    )
}

async fn newest_event(store: &Store) -> Result<Check, StoreError> {
    let name = "trail";
    let sight = store.reader().as_seen_by(&Caller::command_line());
    let (filter, page) = (EventFilter::default(), Page::first());
    let events = sight.events(&filter, Order::Newest, &page).await?;
    let Some(newest) = events.items.first() else {
        return Ok(Check::fine(name, "it is empty"));
    };
    // Events are numbered from 0.
    let (seq, at) = (newest.seq, newest.at);
    if SystemClock.now().plus(SKEW) < at {
        let found = format!("event {seq} is of {at}, which is yet to come");
        return Ok(Check::wrong(
            name,
            found,
            "set this machine's clock, or that of the one that wrote it",
        ));
    }
    Ok(Check::fine(
        name,
        format!("the newest event is {seq}, of {at}"),
    ))
}

async fn gateways(store: &Store) -> Result<Check, StoreError> {
    let name = "gateways";
    let newest = store.reader().revision().await?;
    let sight = store.reader().as_seen_by(&Caller::command_line());
    let behind: Vec<String> = sight
        .gateways(SystemClock.now())
        .await?
        .into_iter()
        .filter(|gateway| {
            gateway
                .revision
                .is_none_or(|own| own.unsigned_abs() < newest)
        })
        .map(|gateway| gateway.name)
        .collect();
    if behind.is_empty() {
        return Ok(Check::fine(name, format!("all enforce revision {newest}")));
    }
    let found = format!("behind revision {newest}: {}", behind.join(", "));
    Ok(Check::note(
        name,
        found,
        "does it run, and does it reach the portal?",
    ))
}

/// Whether an address is free, or ours already.
async fn port(name: &'static str, at: SocketAddr, path: &str, flag: &str) -> Check {
    if TcpListener::bind(at).is_ok() {
        return Check::fine(name, format!("{at} is free"));
    }
    match ask::get(at, path, None).await {
        Ok(answer) if answer.status == 200 => Check::fine(name, format!("it answers at {at}")),
        Ok(_) | Err(_) => {
            let found = format!("{at} cannot be listened on, and no {name} answers there");
            Check::wrong(name, found, format!("choose another with {flag}"))
        }
    }
}
