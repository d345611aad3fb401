//! `gatewright api …`: what an API's tokens are signed with, what its contracts are held against, and what becomes of its calls at gateways that are out of touch.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;
use clap::{Args, Subcommand};
use gatewright_domain::{
    access::Caller,
    api::AlgorithmChoice,
    handle::ApiHandle,
    ring::Haste,
    ruleset::{RulesetChoice, RulesetName, RulesetText},
    staleness::{Patience, Staleness, WhenStale},
    text::{Reason, VersionNumber},
    version::Version,
};
use gatewright_keys::{AlgorithmWish, ApiSigning};
use gatewright_registry::{ChosenRuleset, VersionAt};
use serde_json::json;

use crate::{
    config::{Settings, refuse},
    failure::unreadable,
    house::House,
    output::Printer,
    say,
};

/// What an API's tokens are signed with, what its contracts are held against, and what gateways do when they are out of touch
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what an API's tokens are signed with, now and next
    Algorithm {
        /// The API, by name or id
        api: ApiHandle,
    },
    /// Choose what an API's tokens are signed with
    #[command(after_help = "\
Both rings of the algorithm have to be there: gatewright ring form access/RS256, and dev-access/RS256. Their keys join the
key set of the API at once, and sign when everybody who keeps that set can know them; until then, what signs now goes on.

Example:
  gatewright api choose-algorithm orders RS256")]
    ChooseAlgorithm {
        /// The API, by name or id
        api: ApiHandle,
        /// ES256, ES384, EdDSA, RS256, PS256, or installation for what the setting token_algorithm says
        algorithm: AlgorithmChoice,
        /// Sign with it before everybody can know its keys, for this reason
        #[arg(long, value_name = "REASON")]
        now_because: Option<Reason>,
    },
    /// Show the ruleset that an API's contracts must have no error of before they reach callers
    Ruleset {
        /// The API, by name or id
        api: ApiHandle,
    },
    /// Choose the ruleset that an API's contracts must have no error of before they reach callers
    #[command(after_help = "\
What is published already stays published. From then on, no version is published and no contract of a published one is taken while
the ruleset finds errors in it, unless somebody gives a reason.

Examples:
  gatewright api choose-ruleset orders spectral:oas
  gatewright api choose-ruleset orders own --file .spectral.yaml
  gatewright api choose-ruleset orders none")]
    ChooseRuleset {
        /// The API, by name or id
        api: ApiHandle,
        /// none, spectral:oas, spectral:oas+owasp, or own
        ruleset: RulesetName,
        /// A ruleset in Spectral's format, for own
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Say what becomes of a version's calls at gateways that are out of touch; without options, show it
    #[command(after_help = "\
Example:
  gatewright api staleness orders v1 --after-s 900 --reads serve --writes refuse")]
    Staleness(Staling),
}

/// What becomes of calls; what is not given stays as it is.
#[derive(Args, Debug)]
pub(crate) struct Staling {
    /// The API, by name or id
    api: ApiHandle,
    /// The version, for instance v1
    version: VersionNumber,
    /// How long a gateway may go on without news, in seconds: 5 to 2592000
    #[arg(long, value_name = "SECONDS")]
    after_s: Option<u64>,
    /// What becomes of reads then: serve or refuse
    #[arg(long, value_name = "OUTCOME")]
    reads: Option<WhenStale>,
    /// What becomes of all other calls then: serve or refuse
    #[arg(long, value_name = "OUTCOME")]
    writes: Option<WhenStale>,
}

/// Runs one of them.
pub(crate) async fn run(command: Command, settings: &Settings, printer: Printer) -> Result<()> {
    let house = House::for_command(settings).await?;
    let caller = Caller::command_line();
    match command {
        Command::Algorithm { api } => signs(&house.keys.api_signing(&caller, &api).await?, printer),
        Command::ChooseAlgorithm {
            api,
            algorithm,
            now_because,
        } => {
            let wish = AlgorithmWish {
                chosen: algorithm.0,
                haste: now_because.map_or(Haste::None, Haste::Because),
                at: None,
            };
            let chosen = house.keys.choose_algorithm(&caller, &api, wish).await?;
            signs(&chosen, printer)
        }
        Command::Ruleset { api } => asks(house.registry.ruleset(&caller, &api).await?, printer),
        Command::ChooseRuleset { api, ruleset, file } => {
            let choice = choice(ruleset, file.as_deref())?;
            let choosing = house.registry.choose_ruleset(&caller, &api, choice, None);
            asks(choosing.await?, printer)
        }
        Command::Staleness(staling) => staling.run(&house, &caller, printer).await,
    }
}

/// Says what an API's tokens are signed with.
fn signs(signing: &ApiSigning, printer: Printer) -> Result<()> {
    let until = signing.waits.map(|earlier| earlier.until);
    let choice = AlgorithmChoice(signing.api.token_algorithm.chosen()).to_string();
    let shown: Vec<&str> = signing.shown.split('+').collect();
    let value = json!({
        "api": signing.api.name, "algorithm": choice, "signs": signing.signs, "next": signing.next, "until": until,
        "shown": shown,
    });
    let facts = [
        ("api", signing.api.name.to_string()),
        ("chosen", choice),
        ("signs", signing.signs.to_string()),
        ("until", until.map_or_else(String::new, |at| at.to_string())),
        ("next", signing.next.to_string()),
        ("keys shown", shown.join(", ")),
    ];
    printer.one(&value, signing.signs.name(), &facts)
}

/// The ruleset of a name, with the text of a file when it is one's own.
fn choice(ruleset: RulesetName, file: Option<&Path>) -> Result<RulesetChoice> {
    let text = file.map(text).transpose()?;
    let choice = ruleset.with(text);
    choice.map_err(|error| refuse("--file", format!("{ruleset} {error}")).into())
}

fn text(file: &Path) -> Result<RulesetText> {
    let name = file.display();
    let text = fs::read_to_string(file).map_err(unreadable(&name))?;
    let text: Result<RulesetText, _> = text.parse();
    text.map_err(|error| refuse("--file", format!("{name} {error}")).into())
}

/// Says what an API's contracts must have no error of, and what of it finds nothing.
fn asks(ruleset: ChosenRuleset, printer: Printer) -> Result<()> {
    let ChosenRuleset {
        api,
        choice,
        number,
        chosen,
        unsupported,
    } = ruleset;
    for unsupported in &unsupported {
        say!("{unsupported}");
    }
    let value = json!({
        "api": api, "ruleset": choice.name(), "number": number, "chosen_at": chosen, "text": choice.text(),
        "not_run": unsupported,
    });
    let facts = [
        ("api", api.to_string()),
        ("ruleset", choice.name().to_string()),
        ("choice", number.to_string()),
        (
            "chosen",
            chosen.map_or_else(String::new, |at| at.to_string()),
        ),
        ("not run", unsupported.len().to_string()),
    ];
    printer.one(&value, choice.name().as_str(), &facts)
}

impl Staling {
    async fn run(self, house: &House, caller: &Caller, printer: Printer) -> Result<()> {
        let Self {
            api,
            version: number,
            after_s,
            reads,
            writes,
        } = self;
        let sight = house.store.reader().as_seen_by(caller);
        let found = sight.find_version(&api, number).await?;
        if after_s.is_none() && reads.is_none() && writes.is_none() {
            return stales(&found, printer);
        }
        let was = found.staleness();
        let after = after_s.map(Patience::try_from).transpose();
        let after = after.map_err(|error| refuse("--after-s", error.to_string()))?;
        let staleness = Staleness {
            after: after.unwrap_or(was.after),
            reads: reads.unwrap_or(was.reads),
            writes: writes.unwrap_or(was.writes),
        };
        let at = VersionAt { api, number };
        let seen = Some(gatewright_domain::audit::Aggregate::revision(&found));
        let agreed = house
            .registry
            .agree_on_staleness(caller, &at, staleness, seen);
        stales(&agreed.await?, printer)
    }
}

/// Says what becomes of a version's calls.
fn stales(version: &Version, printer: Printer) -> Result<()> {
    let Staleness {
        after,
        reads,
        writes,
    } = version.staleness();
    let place = version.place().to_string();
    let value = json!({
        "version": place, "after_s": after.seconds(), "reads": reads, "writes": writes,
    });
    let facts = [
        ("version", place),
        ("after seconds", after.seconds().to_string()),
        ("reads", reads.as_str().to_owned()),
        ("writes", writes.as_str().to_owned()),
    ];
    printer.one(&value, &version.staleness().to_string(), &facts)
}
