//! Where a command gets a password from: a file, standard input, or a question; never an argument, which others can read.

use std::{
    fs,
    io::{IsTerminal, Read, stdin},
    path::PathBuf,
};

use anyhow::Result;
use clap::Args;
use gatewright_operators::Password;
use zeroize::Zeroizing;

use crate::{
    failure::{Code, Failure, unreadable},
    say,
};

/// Where the password comes from.
#[derive(Debug, Args)]
pub(crate) struct PasswordSource {
    /// Read the password from a file
    #[arg(long, value_name = "FILE", conflicts_with = "password_stdin")]
    password_file: Option<PathBuf>,
    /// Read the password from standard input
    #[arg(long)]
    password_stdin: bool,
}

impl PasswordSource {
    /// Reads it. One line break at its end is not part of it.
    pub(crate) fn read(&self) -> Result<Password> {
        let text = match &self.password_file {
            Some(file) => fs::read_to_string(file).map_err(unreadable(file.display()))?,
            None if self.password_stdin => {
                let mut text = String::new();
                stdin().take(4096).read_to_string(&mut text)?;
                text
            }
            None => ask()?,
        };
        let text = Zeroizing::new(text);
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        Password::new(line.to_owned()).map_err(|error| Failure::of(Code::Usage, error).into())
    }
}

/// Asks twice on a terminal, without showing what is typed.
fn ask() -> Result<String> {
    if !stdin().is_terminal() {
        let missing = Failure::new(Code::Usage, "no password was given");
        return Err(missing
            .next("add --password-file FILE or --password-stdin")
            .into());
    }
    say!("Password (at least 12 characters):");
    let first = Zeroizing::new(unseen()?);
    say!("Once more:");
    let second = Zeroizing::new(unseen()?);
    if *first != *second {
        return Err(Failure::new(Code::Usage, "the two passwords differ").into());
    }
    Ok(first.to_string())
}

/// A line that is typed and not shown.
fn unseen() -> Result<String> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
    let terminal = stdin();
    let before = tcgetattr(&terminal)?;
    let mut hidden = before.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&terminal, OptionalActions::Flush, &hidden)?;
    let mut line = String::new();
    let read = terminal.read_line(&mut line);
    tcsetattr(&terminal, OptionalActions::Flush, &before)?;
    read?;
    Ok(line)
}
