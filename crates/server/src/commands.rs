//! The commands, one file for each noun.

pub(crate) mod serve;

pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod init;
pub(crate) mod migrate;

pub(crate) mod api;
pub(crate) mod api_key;
pub(crate) mod application;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod gateway;
pub(crate) mod initial_token;
pub(crate) mod issuer;
pub(crate) mod kek;
pub(crate) mod key;
pub(crate) mod operator;
mod password;
pub(crate) mod reconcile;
pub(crate) mod restore;
pub(crate) mod revoke;
pub(crate) mod ring;
pub(crate) mod scan;
pub(crate) mod team;
pub(crate) mod token;
pub(crate) mod verifier;

pub(crate) mod completions;
pub(crate) mod contract;
pub(crate) mod version;

use std::io::{BufRead, IsTerminal, stdin};

use anyhow::Result;

use crate::{
    failure::{Code, Failure},
    say,
};

/// Asks back before something that cannot be undone; where nobody can answer, only `--yes` will do.
fn confirm(yes: bool, what: &str) -> Result<()> {
    if yes {
        return Ok(());
    }
    let refused = |next: &str| Failure::new(Code::Usage, "nothing was done").next(next.to_owned());
    if !stdin().is_terminal() {
        return Err(refused("add --yes to do it without being asked").into());
    }
    say!("{what} Go on? [y/N]");
    let mut answer = String::new();
    stdin().lock().read_line(&mut answer)?;
    match answer.trim() {
        "y" | "yes" => Ok(()),
        _ => Err(refused("answer y to do it").into()),
    }
}
