//! `gatewright init`: a file of settings that explains itself, the data directory, the key-encryption key.

use std::{
    fmt::Write as _,
    fs::{DirBuilder, OpenOptions},
    io::{ErrorKind, Write as _},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use clap::Args;
use gatewright_custody::{Kek, SourceError};

use crate::{
    config::{
        FILE,
        key::{Fallback, KEYS},
    },
    failure::{Code, Failure},
    say,
    system::SystemEntropy,
};

/// Write gatewright.toml, the data directory and a key-encryption key
///
/// Every setting stands in the file, commented out at its default. Nothing that is there already is changed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gatewright init
  gatewright init --dir /var/lib/gatewright --config /etc/gatewright.toml")]
pub(crate) struct Arguments {
    /// The data directory
    #[arg(long, value_name = "DIR", default_value = "gatewright-data")]
    dir: PathBuf,
}

/// Writes what is missing.
pub(crate) fn run(arguments: &Arguments, config: Option<&Path>) -> Result<()> {
    let file = config.unwrap_or(Path::new(FILE));
    let dir = &arguments.dir;
    write_settings(file, dir)?;
    let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
    made.with_context(|| format!("could not make {}", dir.display()))?;
    let kek = dir.join("kek");
    match Kek::generate_file(&kek, &SystemEntropy) {
        Ok(made) => say!(
            "Made {} ({}). Back it up apart from the database: nothing sealed opens without it.",
            kek.display(),
            made.id()
        ),
        Err(SourceError::Exists { path }) => say!("Kept {}.", path.display()),
        Err(other) => return Err(other.into()),
    }
    say!("next:  gatewright doctor, then gatewright serve");
    Ok(())
}

fn write_settings(file: &Path, dir: &Path) -> Result<()> {
    let shown = file.display();
    match OpenOptions::new().write(true).create_new(true).open(file) {
        Ok(mut open) => {
            let text = settings(dir);
            let written = open.write_all(text.as_bytes());
            written.with_context(|| format!("could not write {shown}"))?;
            say!("Wrote {shown}.");
            Ok(())
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let there = format!("there is a {shown} already, and it is not written over");
            let next = "edit it, or name another with --config";
            Err(Failure::new(Code::Conflict, there).next(next).into())
        }
        Err(error) => Err(error).with_context(|| format!("could not write {shown}")),
    }
}

/// The file: every setting with its purpose, commented out at its default, but for the data directory.
fn settings(dir: &Path) -> String {
    let mut text = String::from(
        "# Settings of Gatewright. The environment (GATEWRIGHT_…) and flags win over this file.\n\
         # `gatewright doctor` shows every setting with its source.\n",
    );
    for key in &KEYS {
        let (name, purpose) = (key.name, key.purpose);
        let line = match key.default {
            _ if name == "data_dir" => format!("{name} = {:?}", dir.display().to_string()),
            Fallback::Is(value) => format!("# {name} = {value}"),
            Fallback::Follows(words) => format!("# {name} =        # default: {words}"),
        };
        // Writing to a text does not fail.
        let _ = write!(text, "\n# {purpose}\n{line}\n");
    }
    text
}
