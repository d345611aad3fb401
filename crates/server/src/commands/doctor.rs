//! `gatewright doctor`: every setting with its source, and every check with how to mend what is wrong.

mod checks;

use std::process::ExitCode;

use anyhow::Result;
use serde::Serialize;
use serde_json::json;

use gatewright_custody::KekSource;

use crate::{
    config::{DEFAULT, Settings, Sourced},
    failure::Code,
    house::{Place, sqlite_path},
    output::{Format, Printer, line},
    say,
};

/// What a check found.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) state: State,
    pub(crate) found: String,
    /// What to do about it.
    pub(crate) mend: Option<String>,
}

/// Whether something has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// Nothing.
    Fine,
    /// Something is worth knowing.
    Note,
    /// Something has to be done.
    Wrong,
}

impl Check {
    fn fine(name: &'static str, found: impl Into<String>) -> Self {
        let (state, found, mend) = (State::Fine, found.into(), None);
        Self {
            name,
            state,
            found,
            mend,
        }
    }

    fn note(name: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        let (state, found, mend) = (State::Note, found.into(), Some(mend.into()));
        Self {
            name,
            state,
            found,
            mend,
        }
    }

    fn wrong(name: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        let state = State::Wrong;
        Self {
            state,
            ..Self::note(name, found, mend)
        }
    }
}

/// Shows the settings and runs every check. The exit code is that of findings when something is wrong.
pub(crate) async fn run(settings: &Settings, printer: Printer) -> Result<ExitCode> {
    let checks = checks::all(settings).await;
    let wrong = checks
        .iter()
        .filter(|check| check.state == State::Wrong)
        .count();
    if printer.format == Format::Json {
        printer.json(&json!({ "settings": in_force(settings), "checks": checks }))?;
    } else {
        show(settings, &checks, printer)?;
    }
    if wrong == 0 {
        say!("Nothing is wrong.");
        return Ok(ExitCode::SUCCESS);
    }
    say!("{wrong} checks found something wrong.");
    Ok(ExitCode::from(Code::Findings.number()))
}

fn show(settings: &Settings, checks: &[Check], printer: Printer) -> Result<()> {
    let rows = in_force(settings)
        .into_iter()
        .map(|said| vec![said.key.to_owned(), said.value, said.source]);
    printer.rows(&(), &["setting", "value", "source"], rows.collect())?;
    line("")?;
    for check in checks {
        let mark = match check.state {
            State::Fine => "fine ",
            State::Note => "note ",
            State::Wrong => "WRONG",
        };
        line(&format!("{mark}  {:<16}  {}", check.name, check.found))?;
        if let Some(mend) = &check.mend {
            line(&format!("       {:<16}  mend: {mend}", ""))?;
        }
    }
    Ok(())
}

/// The settings with their sources; where a default follows from other settings, what came of it.
fn in_force(settings: &Settings) -> Vec<Sourced> {
    let place = Place::of(settings, settings.listen, settings.gateway_listen);
    let followed = |key: &str| match key {
        "database_url" => sqlite_path(settings).map(|path| format!("sqlite://{}", path.display())),
        "public_url" => Some(place.portal.clone()),
        "gateway_url" => Some(place.gateway.clone()),
        "issuer" => Some(place.issuer.clone()),
        "kek" => match &settings.kek {
            KekSource::File(path) => Some(format!("file:{}", path.display())),
            KekSource::Text(_)
            | KekSource::PassphraseFile(_)
            | KekSource::Passphrase
            | KekSource::Module(_)
            | KekSource::Service(_) => None,
        },
        _ => None,
    };
    let resolved = |said: &Sourced| match followed(said.key) {
        Some(value) if said.source == DEFAULT => Sourced {
            value,
            ..said.clone()
        },
        Some(_) | None => said.clone(),
    };
    settings.sources.iter().map(resolved).collect()
}
