//! `gatewright verifier …`: other people's verifiers, configured and tried.

mod candidate;
mod check;
mod config;
mod keys;
mod sandbox;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Subcommand;

use crate::{config::Settings, output::Printer};
use gatewright_domain::key::Algorithm;

/// Verifiers that are not ours: configurations for them, and a trial with hostile tokens
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print a configuration that verifies tokens safely
    #[command(after_help = config::AFTER_HELP)]
    Config(config::Arguments),
    /// Make a sandbox: an issuer that is none, whose keys your service is given for a trial
    #[command(after_help = "\
Give a copy of your service the key set (jwks.json, or key.pem), the issuer and the audience that are printed, and nothing it
guards. Then: gatewright verifier check URL --sandbox DIR. Never give a sandbox's keys to a service that guards something.")]
    Sandbox {
        /// The directory to make
        dir: PathBuf,
        /// What its tokens are signed with: ES256 or RS256
        #[arg(long, default_value = "ES256")]
        algorithm: Algorithm,
        /// What its tokens say as `iss`
        #[arg(long, default_value = "https://issuer.sandbox.example")]
        issuer: String,
        /// What its tokens say as `aud`
        #[arg(long, default_value = "https://api.sandbox.example/trial/v1")]
        audience: String,
    },
    /// Serve a sandbox's key set over plain HTTP, for a service that fetches it, until interrupted
    ServeKeys {
        /// The directory of the sandbox
        dir: PathBuf,
        /// Where to listen
        #[arg(long, default_value = "127.0.0.1:8699")]
        listen: SocketAddr,
    },
    /// Try a service with tokens that it must refuse, and say which of them it accepts
    #[command(after_help = check::AFTER_HELP)]
    Check(check::Arguments),
}

/// Runs one of them.
pub(crate) async fn run(
    command: Command,
    settings: &Settings,
    printer: Printer,
) -> Result<ExitCode> {
    match command {
        Command::Config(arguments) => config::print(arguments, settings).await,
        Command::Sandbox {
            dir,
            algorithm,
            issuer,
            audience,
        } => sandbox::make(&dir, algorithm, issuer, audience, printer),
        Command::ServeKeys { dir, listen } => keys::serve(&sandbox::read(&dir)?, listen).await,
        Command::Check(arguments) => check::run(arguments, printer).await,
    }
}
