//! `gatewright kek …`: key-encryption keys.

use anyhow::Result;
use clap::Subcommand;
use gatewright_custody::KekSource;
use gatewright_domain::{
    access::Caller,
    kek::{KekId, KekMoveError, Rewrap},
};
use gatewright_keys::KekUseError;
use serde_json::json;

use crate::{
    config::{Settings, refuse},
    failure::{Code, Failure},
    house::House,
    kek,
    output::Printer,
    say,
};

/// Key-encryption keys
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the key-encryption keys with their states, and how much rests under each
    List,
    /// Check that a key-encryption key is fit, and make it known
    #[command(after_help = "\
SOURCE is written as in the setting `kek`: file:PATH, passphrase-file:PATH, passphrase, pkcs11:URI or vault:URL.
A file that is not there yet is made, with a fresh key in it.")]
    Add {
        /// Where the key comes from
        source: String,
    },
    /// Let another key-encryption key seal, and move under it what rests under others
    #[command(after_help = "\
Every server must know the new key first: name its source in `kek_others` and restart them. Stopped half way, it goes on by
itself where a server runs, or here with the same command. What is written meanwhile is sealed under the new key.")]
    Rotate {
        /// The key, as `gatewright kek list` names it
        #[arg(long, value_name = "ID")]
        to: KekId,
        /// Encrypt every secret anew under a fresh data key: after database and key may both have leaked
        #[arg(long)]
        reencrypt: bool,
    },
    /// Retire a key-encryption key that nothing needs any more
    Retire {
        /// The key
        id: KekId,
        /// Do it without asking back
        #[arg(long)]
        yes: bool,
    },
}

/// Runs one of them.
pub(crate) async fn run(command: Command, settings: &Settings, printer: Printer) -> Result<()> {
    let house = House::for_command(settings).await?;
    let caller = Caller::command_line();
    match command {
        Command::List => list(&house, printer).await,
        Command::Add { source } => add(&house, &caller, &source, settings, printer).await,
        Command::Rotate { to, reencrypt } => {
            let how = if reencrypt {
                Rewrap::FreshDataKeys
            } else {
                Rewrap::DataKeys
            };
            rotate(&house, &caller, &to, how, printer).await
        }
        Command::Retire { id, yes } => {
            super::confirm(yes, &format!("What was sealed under {id} opens no more."))?;
            house.keys.retire_kek(&caller, &id).await?;
            let value = json!({ "retired": id });
            printer.one(&value, id.as_str(), &[("retired", id.to_string())])
        }
    }
}

async fn list(house: &House, printer: Printer) -> Result<()> {
    house.keys.ask_keks().await;
    let keks = house.keys.keks().await?;
    let rows = keys_as_rows(&keks);
    let heads = [
        "id",
        "source",
        "state",
        "secrets",
        "here",
        "known since",
        "changed",
        "health",
    ];
    printer.rows(&keks, &heads, rows)
}

fn keys_as_rows(keks: &[gatewright_keys::KekRow]) -> Vec<Vec<String>> {
    let when = |at: Option<gatewright_domain::time::Timestamp>| {
        at.map_or_else(String::new, |at| at.to_string())
    };
    let row = |kek: &gatewright_keys::KekRow| {
        let health = kek.health.as_ref().map_or_else(String::new, |health| {
            let took = health.took_us.map(|took| format!("{took} us"));
            took.or_else(|| health.failure.clone()).unwrap_or_default()
        });
        vec![
            kek.id.clone(),
            kek.source.clone(),
            kek.state.clone(),
            kek.rows.to_string(),
            if kek.given { "yes" } else { "no" }.to_owned(),
            when(kek.made_at),
            when(kek.changed_at),
            health,
        ]
    };
    keks.iter().map(row).collect()
}

async fn add(
    house: &House,
    caller: &Caller,
    text: &str,
    settings: &Settings,
    printer: Printer,
) -> Result<()> {
    let source: KekSource = text
        .parse()
        .map_err(|error| refuse("kek_others", format!("{error}")))?;
    if matches!(source, KekSource::Text(_)) {
        let refused = "a key does not belong on a command line, where others can read it";
        let next = "write it to a file of mode 0600, and name that: file:PATH";
        return Err(Failure::new(Code::Usage, refused).next(next).into());
    }
    if let KekSource::File(path) = &source
        && !path.exists()
    {
        let made = gatewright_custody::Kek::generate_file(path, &*house.entropy)?;
        say!(
            "Made {} ({}). Back it up apart from the database.",
            path.display(),
            made.id()
        );
    }
    let (clock, entropy) = (&*house.clock, &*house.entropy);
    let kek = kek::open(&source, settings, &house.store, clock, entropy).await?;
    let id = house.keys.add_kek(caller, &kek).await?;
    say!(
        "next:  kek_others = [\"{source}\"] on every server, restart them, then: gatewright kek rotate --to {id}"
    );
    let facts = [("id", id.to_string()), ("source", kek.source().to_owned())];
    let value = json!({ "id": id, "source": kek.source() });
    printer.one(&value, id.as_str(), &facts)
}

async fn rotate(
    house: &House,
    caller: &Caller,
    to: &KekId,
    how: Rewrap,
    printer: Printer,
) -> Result<()> {
    let superseded = match house.keys.rotate_kek(caller, to, how).await {
        Ok(rotated) => rotated.superseded,
        // A rotation that was stopped half way goes on.
        Err(KekUseError::Move(KekMoveError::Active(_))) => None,
        Err(other) => return Err(other.into()),
    };
    let all: u64 = house.keys.sealed_under().await?.values().sum();
    let mut before = 0;
    let (moved, stuck) = loop {
        let told = |so_far: &gatewright_keys::Rewrapped| {
            say!("{} of {all} secrets moved", before + so_far.moved);
        };
        let done = house.keys.rewrap(told).await?;
        before += done.moved;
        if done.met == 0 {
            break (before, done.stuck);
        }
    };
    let old = superseded.map_or_else(String::new, |id| id.to_string());
    let value = json!({ "active": to, "superseded": old, "moved": moved, "stuck": stuck.len() });
    let facts = [
        ("active", to.to_string()),
        ("superseded", old.clone()),
        ("moved", moved.to_string()),
    ];
    printer.one(&value, to.as_str(), &facts)?;
    if let Some((row, why)) = stuck.first() {
        let failed = format!(
            "{} secrets do not open, for instance {row}: {why}",
            stuck.len()
        );
        let next = "restore those rows from a backup, or make new ones in their place; the old key stays until then";
        return Err(Failure::new(Code::Findings, failed).next(next).into());
    }
    if !old.is_empty() {
        say!(
            "next:  kek = the new source on every server; two minutes later: gatewright kek retire {old}"
        );
    }
    Ok(())
}
