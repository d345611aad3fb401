//! The command line: nouns and verbs, with help that teaches.

#[cfg(test)]
pub(crate) mod reference;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use crate::{
    commands,
    config::said::{self, Said},
    output::{Format, Printer},
};

/// Publish versioned APIs, issue scoped tokens to each consumer, rotate the signing keys, and audit who did and who called
/// what.
#[derive(Debug, Parser)]
#[command(name = "gatewright", version, max_term_width = 100, after_help = AFTER_HELP)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) general: General,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER_HELP: &str = "\
Try it:          gatewright demo
Run it:          gatewright serve
Set it up:       gatewright init, then edit gatewright.toml, then gatewright doctor

Settings come from gatewright.toml, then GATEWRIGHT_… variables (secrets also as …_FILE), then flags.
Commands other than serve and demo work on the database directly, on the machine that holds it.
Data goes to standard output and prose to standard error; --output json prints one JSON value.

Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 denied, 5 conflict, 10 findings.";

/// What every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "General")]
pub(crate) struct General {
    /// The file of settings, instead of ./gatewright.toml
    #[arg(long, global = true, value_name = "FILE", env = "GATEWRIGHT_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The directory of the SQLite database and the key-encryption key
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<String>,
    /// How log lines are written: text or json
    #[arg(long, global = true, value_name = "FORM", hide_short_help = true)]
    log: Option<String>,
    /// What is logged, for instance debug
    #[arg(long, global = true, value_name = "LEVEL", hide_short_help = true)]
    log_level: Option<String>,
    /// The form of what is printed
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        env = "GATEWRIGHT_OUTPUT"
    )]
    output: Format,
    /// Print the bare value only
    #[arg(long, short, global = true)]
    quiet: bool,
    /// When to colour: auto, always or never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", value_parser = ["auto", "always", "never"])]
    color: String,
}

impl General {
    /// What the flags of every command say about settings.
    pub(crate) fn said(&self) -> Result<Vec<Said>> {
        said_by([
            ("data_dir", &self.data_dir),
            ("log", &self.log),
            ("log_level", &self.log_level),
        ])
    }

    /// How to print.
    pub(crate) fn printer(&self) -> Printer {
        Printer {
            format: self.output,
            quiet: self.quiet,
        }
    }

    /// Takes up the choice of colour; `NO_COLOR` and terminals are looked at by the streams themselves.
    pub(crate) fn choose_colour(&self) {
        let choice = match self.color.as_str() {
            "always" => anstream::ColorChoice::Always,
            "never" => anstream::ColorChoice::Never,
            _ => anstream::ColorChoice::Auto,
        };
        choice.write_global();
    }
}

/// What flags say about settings; a flag that was not given says nothing.
pub(crate) fn said_by<const N: usize>(flags: [(&str, &Option<String>); N]) -> Result<Vec<Said>> {
    let given = flags
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_deref()?)));
    given
        .map(|(name, value)| said::by_flag(name, value))
        .collect()
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the portal, the JSON API and a gateway
    Serve(commands::serve::Arguments),
    /// Run a throw-away installation with a sample API, and show what to try
    Demo(commands::demo::Arguments),
    /// Write gatewright.toml, the data directory and a key-encryption key
    Init(commands::init::Arguments),
    /// Show every setting with its source, check everything, and say how to mend what is wrong
    Doctor,
    /// Bring the database up to date
    Migrate(commands::migrate::Arguments),
    /// People who sign in to the portal
    #[command(subcommand)]
    Operator(commands::operator::Command),
    /// Teams, which own APIs
    #[command(subcommand)]
    Team(commands::team::Command),
    /// What an API's tokens are signed with, and what gateways do when they are out of touch
    #[command(subcommand)]
    Api(commands::api::Command),
    /// Key-encryption keys, under which secrets rest in the database
    #[command(subcommand)]
    Kek(commands::kek::Command),
    /// Signing keys
    #[command(subcommand)]
    Key(commands::key::Command),
    /// Key rings, each the keys of one purpose and one algorithm
    #[command(subcommand)]
    Ring(commands::ring::Command),
    /// Tokens of applications
    #[command(subcommand)]
    Token(commands::token::Command),
    /// API keys of applications
    #[command(subcommand)]
    ApiKey(commands::api_key::Command),
    /// Applications as clients of the token endpoint
    #[command(subcommand)]
    Application(commands::application::Command),
    /// Tokens with which programs register themselves as applications
    #[command(subcommand)]
    InitialToken(commands::initial_token::Command),
    /// Find leaked tokens, API keys and other credentials in files
    Scan(commands::scan::Arguments),
    /// Refuse tokens before their time, and say which gateways do
    #[command(subcommand)]
    Revoke(commands::revoke::Command),
    /// Write everything that is stored to one file, while the server goes on
    Backup(commands::backup::Arguments),
    /// Put a backup in the place of everything, un-revoking nothing
    Restore(commands::restore::Arguments),
    /// End a restore: account for what was revoked after the backup was made
    Reconcile(commands::reconcile::Arguments),
    /// Gateways that run apart
    #[command(subcommand)]
    Gateway(commands::gateway::Command),
    /// Outside issuers, whose tokens are accepted beside our own
    #[command(subcommand)]
    Issuer(commands::issuer::Command),
    /// Verifiers that are not ours: configurations for them, and a trial with hostile tokens
    #[command(subcommand)]
    Verifier(commands::verifier::Command),
    /// The audit trail
    #[command(subcommand)]
    Audit(commands::audit::Command),
    /// OpenAPI documents, without an installation
    #[command(subcommand)]
    Contract(commands::contract::Command),
    /// Show the version
    Version,
    /// Print completions for a shell
    Completions(commands::completions::Arguments),
}

impl Command {
    /// What the flags of this command say about settings.
    pub(crate) fn said(&self) -> Result<Vec<Said>> {
        match self {
            Self::Serve(arguments) => arguments.said(),
            Self::Demo(_)
            | Self::Init(_)
            | Self::Doctor
            | Self::Migrate(_)
            | Self::Operator(_)
            | Self::Team(_)
            | Self::Api(_)
            | Self::Kek(_)
            | Self::Key(_)
            | Self::Ring(_)
            | Self::Token(_)
            | Self::ApiKey(_)
            | Self::Application(_)
            | Self::InitialToken(_)
            | Self::Scan(_)
            | Self::Revoke(_)
            | Self::Backup(_)
            | Self::Restore(_)
            | Self::Reconcile(_)
            | Self::Gateway(_)
            | Self::Issuer(_)
            | Self::Verifier(_)
            | Self::Audit(_)
            | Self::Contract(_)
            | Self::Version
            | Self::Completions(_) => Ok(Vec::new()),
        }
    }
}
