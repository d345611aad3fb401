//! `gatewright restore FILE`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use gatewright_domain::{
    access::{Action, Caller, Subject},
    time::Clock,
};
use gatewright_store::{BackupFile, Onto, RestoreError};

use super::reconcile;
use crate::{
    config::Settings,
    failure::{Code, Failure},
    house::open_store,
    output::Printer,
    say,
    system::SystemClock,
};

/// Put a backup in the place of everything, un-revoking nothing
///
/// Stop the server first. The backup is checked (checksum, trail) and taken whole or not at all. A new epoch begins, which every
/// gateway follows.
#[derive(Debug, Args)]
#[command(after_help = "\
A backup does not know what was revoked after it was made. So, unless somebody remembers, a restore trusts nothing: every token
issued before is refused, every signing key is replaced, grants end, operators' access tokens are revoked, and everybody signs in
again. Applications take new tokens and go on.

Who remembers: the journal in the data directory, which is used when it is there; a database that is replaced; gateways that run
apart, in their state directories. With --keep-tokens only what they tell of is refused, and all other tokens and keys go on.
Use it when the journal, or the state of a gateway that ran until the end, survived.

Examples:
  gatewright restore backup/monday.gwb
  gatewright restore backup/monday.gwb --replace --keep-tokens
  gatewright restore monday.gwb --keep-tokens --revocations-from /mnt/old/revocations.journal

If it is interrupted, or the key-encryption key is missing, nothing is served until `gatewright reconcile` has ended.")]
pub(crate) struct Arguments {
    /// The backup
    file: PathBuf,
    /// Remove what the database holds now
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    sources: reconcile::Sources,
}

/// Restores, then reconciles.
pub(crate) async fn run(
    arguments: &Arguments,
    settings: &Settings,
    printer: Printer,
) -> Result<()> {
    let path = &arguments.file;
    let file = BackupFile::open(path).map_err(|error| {
        let error = anyhow::Error::from(error).context(path.display().to_string());
        Failure::of(Code::Failed, error).next("choose another backup; nothing was changed")
    })?;
    arguments.sources.check(settings, arguments.replace)?;
    let head = &file.head;
    say!(
        "A backup of revision {} made at {}, {} rows, whole. It needs the key {}.",
        head.revision,
        head.made_at,
        file.end.rows,
        head.keks.join(" ")
    );
    let store = open_store(settings).await?;
    let onto = match arguments.replace {
        true => Onto::Replacing,
        false => Onto::Nothing,
    };
    if onto == Onto::Replacing {
        arguments
            .sources
            .confirm("Everything that the database holds now is removed.")?;
    }
    let now = SystemClock.now();
    let caller = Caller::command_line();
    let permit = store
        .permit(&caller, Action::Restore, Subject::Installation, now)
        .await?;
    let mut progress = |table: &str, rows: u64| say!("{rows:>9}  {table}");
    let restored = store.restore(permit, &file, onto, now, &mut progress).await;
    let restored = restored.map_err(explain)?;
    store.close().await?;
    say!(
        "Restored {} rows; epoch {} begins.",
        restored.rows,
        restored.epoch
    );
    if restored.carried > 0 {
        let carried = restored.carried;
        say!(
            "The replaced database knew of {carried} revocations that the backup did not; they are kept."
        );
    }
    reconcile::finish(&arguments.sources, settings, printer).await
}

fn explain(error: RestoreError) -> anyhow::Error {
    let next = match &error {
        RestoreError::NotEmpty(_) => "to remove what is there, add --replace; nothing was changed",
        RestoreError::OtherRelease { .. } => {
            "restore it with a release that is at least as new as the one that made it; nothing was changed"
        }
        RestoreError::NoSuchTable(_)
        | RestoreError::Rows { .. }
        | RestoreError::Trail(_)
        | RestoreError::File(_) => "choose another backup; nothing was changed",
        RestoreError::Store(_) => "gatewright doctor; nothing was changed",
    };
    let code = match &error {
        RestoreError::NotEmpty(_) | RestoreError::OtherRelease { .. } => Code::Conflict,
        _ => Code::Failed,
    };
    Failure::of(code, error).next(next).into()
}
