//! `gatewright backup FILE`.

use std::{
    fs::{self, File, OpenOptions},
    io::{BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use clap::Args;
use gatewright_domain::{access::Caller, time::Clock};
use gatewright_operators::Operators;
use gatewright_store::{BackupEnd, BackupHead, Store};

use crate::{
    config::Settings,
    failure::{Code, Failure},
    house::existing_store,
    output::Printer,
    say,
    system::{SystemClock, SystemEntropy},
};

/// Write everything that is stored to one file, while the server goes on
///
/// The file holds one consistent state, a checksum, and what it needs to be restored. It can be restored into either engine:
/// that is also the way from SQLite to PostgreSQL. Secrets in it stay sealed under the key-encryption key, which is NOT in it:
/// back that up apart from the file.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gatewright backup backup/monday.gwb
  gatewright backup - --quiet | age -r age1… > monday.gwb.age

A backup does not know what is revoked after it. Keep the file `revocations.journal` of the data directory as well, on another
disk if you can: a restore that has it needs to refuse no token (see `gatewright restore --help`).")]
pub(crate) struct Arguments {
    /// The file to write; `-` writes to standard output
    file: PathBuf,
    /// Write over a file that is there
    #[arg(long)]
    overwrite: bool,
}

/// Writes it.
pub(crate) async fn run(
    arguments: &Arguments,
    settings: &Settings,
    printer: Printer,
) -> Result<()> {
    let store = existing_store(settings).await?;
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    let operators = Operators::new(store.clone(), clock, entropy);
    operators.record_backup(&Caller::command_line()).await?;
    if arguments.file.as_os_str() == "-" {
        write(&store, &mut std::io::stdout()).await?;
        return Ok(());
    }
    if arguments.file.exists() && !arguments.overwrite {
        let there = format!("{} is there already", arguments.file.display());
        return Err(Failure::new(Code::Conflict, there)
            .next("choose another name, or write over it with --overwrite")
            .into());
    }
    let (head, end) = write_file(&store, &arguments.file)
        .await
        .with_context(|| format!("could not write {}", arguments.file.display()))?;
    let file = arguments.file.display().to_string();
    let value = serde_json::json!({ "file": file, "head": head, "end": end });
    let facts = [
        ("file", file.clone()),
        ("revision", head.revision.to_string()),
        ("root", head.root),
        ("rows", end.rows.to_string()),
        ("sha256", end.sha256),
        ("needs the key", head.keks.join(" ")),
    ];
    printer.one(&value, &file, &facts)
}

async fn write(store: &Store, out: &mut (dyn Write + Send)) -> Result<(BackupHead, BackupEnd)> {
    let keks = store.sealed_under().await?.into_keys().collect();
    let mut progress = |table: &str, rows: u64| say!("{rows:>9}  {table}");
    let reader = store.reader();
    Ok(reader
        .back_up(out, keks, SystemClock.now(), &mut progress)
        .await?)
}

/// Written beside, forced to disk and renamed: a file of that name is always whole.
async fn write_file(store: &Store, path: &Path) -> Result<(BackupHead, BackupEnd)> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".unfinished");
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    let mut out = BufWriter::new(file);
    let written = match write(store, &mut out).await {
        Ok(written) => written,
        Err(error) => {
            // What is left of it is of no use.
            let _ = fs::remove_file(&beside);
            return Err(error);
        }
    };
    out.into_inner()
        .map_err(|error| error.into_error())?
        .sync_all()?;
    fs::rename(&beside, path)?;
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    File::open(directory.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(written)
}
