//! The `gatewright` program: reads its settings, opens the rooms, and runs one command.
//! Forbids any rule: it wires, prints and waits; what may be done is decided in the rooms it opens.
//! Start with `cli` (what can be said), then `house` (what is opened), then `serve` (what runs).

mod ask;
mod cli;
mod config;
mod failure;
mod logging;
mod output;
mod reported;
mod system;

mod house;
mod issuers;
mod kek;

mod feed;
mod jobs;
mod records;
mod serve;
mod served;
mod signing;
mod wire;

mod commands;

use std::{collections::BTreeMap, process::ExitCode};

use anyhow::Result;
use clap::{CommandFactory, Parser};

use crate::{
    cli::{Cli, Command},
    config::{File, Settings, Sources, gather},
    output::Printer,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    cli.general.choose_colour();
    system::close_the_curtains();
    match run(cli) {
        Ok(code) => code,
        Err(error) => failure::tell(&error),
    }
}

/// Runs the commands that need no settings at once, and the others once their settings are gathered.
#[tokio::main]
async fn run(cli: Cli) -> Result<ExitCode> {
    let printer = cli.general.printer();
    let done = |()| ExitCode::SUCCESS;
    match cli.command {
        Command::Version => commands::version::run(printer).map(done),
        Command::Completions(arguments) => {
            commands::completions::run(&arguments, &mut Cli::command());
            Ok(ExitCode::SUCCESS)
        }
        Command::Contract(command) => commands::contract::run(command, printer),
        Command::Demo(arguments) => commands::demo::run(arguments, printer).await.map(done),
        Command::Init(arguments) => {
            commands::init::run(&arguments, cli.general.config.as_deref()).map(done)
        }
        Command::Token(command) if command.needs_no_database() => {
            commands::token::run_offline(command, printer).map(ExitCode::from)
        }
        Command::Scan(arguments) if arguments.needs_no_database() => {
            commands::scan::run_offline(arguments, printer).await
        }
        command @ (Command::Serve(_)
        | Command::Doctor
        | Command::Migrate(_)
        | Command::Operator(_)
        | Command::Team(_)
        | Command::Api(_)
        | Command::Kek(_)
        | Command::Key(_)
        | Command::Ring(_)
        | Command::Token(_)
        | Command::ApiKey(_)
        | Command::Application(_)
        | Command::InitialToken(_)
        | Command::Scan(_)
        | Command::Revoke(_)
        | Command::Backup(_)
        | Command::Restore(_)
        | Command::Reconcile(_)
        | Command::Gateway(_)
        | Command::Issuer(_)
        | Command::Verifier(_)
        | Command::Audit(_)) => {
            let mut flags = cli.general.said()?;
            flags.extend(command.said()?);
            let environment = environment();
            let settings = gather(Sources {
                file: cli
                    .general
                    .config
                    .as_deref()
                    .map_or(File::IfThere, File::Named),
                environment: &environment,
                flags,
            })?;
            run_with(command, &settings, printer).await
        }
    }
}

async fn run_with(command: Command, settings: &Settings, printer: Printer) -> Result<ExitCode> {
    let done = |()| ExitCode::SUCCESS;
    logging::begin(settings)?;
    match command {
        Command::Serve(_) => commands::serve::run(settings).await.map(done),
        Command::Doctor => commands::doctor::run(settings, printer).await,
        Command::Migrate(arguments) => commands::migrate::run(&arguments, settings, printer).await,
        Command::Operator(command) => commands::operator::run(command, settings, printer)
            .await
            .map(done),
        Command::Team(command) => commands::team::run(command, settings, printer)
            .await
            .map(done),
        Command::Api(command) => commands::api::run(command, settings, printer)
            .await
            .map(done),
        Command::Kek(command) => commands::kek::run(command, settings, printer)
            .await
            .map(done),
        Command::Key(command) => commands::key::run(command, settings, printer)
            .await
            .map(done),
        Command::Ring(command) => commands::ring::run(command, settings, printer)
            .await
            .map(done),
        Command::Token(command) => commands::token::run(command, settings, printer).await,
        Command::Issuer(command) => commands::issuer::run(command, settings, printer)
            .await
            .map(done),
        Command::ApiKey(command) => commands::api_key::run(command, settings, printer).await,
        Command::Application(command) => {
            commands::application::run(command, settings, printer).await
        }
        Command::InitialToken(command) => {
            commands::initial_token::run(command, settings, printer).await
        }
        Command::Scan(arguments) => commands::scan::run(arguments, settings, printer).await,
        Command::Backup(arguments) => commands::backup::run(&arguments, settings, printer)
            .await
            .map(done),
        Command::Restore(arguments) => commands::restore::run(&arguments, settings, printer)
            .await
            .map(done),
        Command::Reconcile(arguments) => commands::reconcile::run(&arguments, settings, printer)
            .await
            .map(done),
        Command::Revoke(command) => commands::revoke::run(command, settings, printer)
            .await
            .map(done),
        Command::Gateway(command) => commands::gateway::run(command, settings, printer)
            .await
            .map(done),
        Command::Audit(command) => commands::audit::run(command, settings, printer).await,
        Command::Verifier(command) => commands::verifier::run(command, settings, printer).await,
        Command::Demo(_)
        | Command::Init(_)
        | Command::Contract(_)
        | Command::Version
        | Command::Completions(_) => Ok(ExitCode::SUCCESS),
    }
}

/// The environment as text; what is not text cannot be meant for us.
fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}
