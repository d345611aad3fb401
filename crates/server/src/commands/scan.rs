//! `gatewright scan …`: leaked secrets of ours in files, verified, so that what is reported is one.

mod advice;
mod finding;
mod key_set;
mod known;
mod reading;
mod report;
mod sarif;
mod walk;

use std::{
    io::{IsTerminal, stderr},
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::Result;
use clap::{Args, ValueEnum};
use gatewright_domain::text::Reason;

use crate::{
    config::Settings,
    failure::{Code, Failure},
    house::House,
    output::Printer,
    say,
};

use finding::{Finding, Status};
use known::Known;
use reading::Looked;
use walk::{Source, Walk};

/// How often a terminal is told how far it is.
const TELL: Duration = Duration::from_secs(2);

/// Find leaked tokens, API keys and other credentials in files
#[derive(Debug, Args)]
#[command(after_help = "\
Every hit is verified: tokens by their signature, opaque credentials by checksum and fingerprint. Files of any kind and
size are read whole, hidden and ignored ones too; symbolic links are not followed, and archives are not opened.

Examples:
  gatewright scan .
  git log -p --all | gatewright scan -
  gatewright scan --jwks https://portal.example/oauth2/jwks --format sarif . > scan.sarif
  gatewright scan --revoke build.log

Exit codes: 0 nothing live was found, 10 something was, 1 not everything could be read.")]
pub(crate) struct Arguments {
    /// Files and directories; `-` reads standard input
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    /// Recognise tokens by this key set instead of the installation's, which then is not needed
    #[arg(long, value_name = "FILE|URL")]
    jwks: Option<String>,
    /// Of this issuer only, with --jwks
    #[arg(long, value_name = "URL", requires = "jwks")]
    issuer: Option<String>,
    /// The form of the report; --output json prints JSON as well
    #[arg(long, value_enum, value_name = "FORM")]
    format: Option<Form>,
    /// Revoke what is live and can be revoked
    #[arg(long, conflicts_with = "jwks")]
    revoke: bool,
    /// Why, for the trail, with --revoke
    #[arg(long, requires = "revoke")]
    reason: Option<Reason>,
    /// Count what has ended or was revoked as found too
    #[arg(long)]
    strict: bool,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Lines for people.
    Text,
    /// One JSON value.
    Json,
    /// SARIF 2.1.0, which code hosts and editors show beside the code.
    Sarif,
}

impl Arguments {
    /// Whether it works without an installation.
    pub(crate) const fn needs_no_database(&self) -> bool {
        self.jwks.is_some()
    }
}

/// Scans by a key set alone.
pub(crate) async fn run_offline(arguments: Arguments, printer: Printer) -> Result<ExitCode> {
    let keys = arguments.jwks.clone().unwrap_or_default();
    let known = Known::by_key_set(&keys, arguments.issuer.clone())?;
    scan(arguments, &known, printer).await
}

/// Scans with the installation at hand.
pub(crate) async fn run(
    arguments: Arguments,
    settings: &Settings,
    printer: Printer,
) -> Result<ExitCode> {
    let house = House::for_command(settings).await.map_err(|error| {
        Failure::of(Code::NotFound, error)
            .next("without an installation, say by which key set: --jwks https://portal.example/oauth2/jwks")
    })?;
    let known = Known::by_installation(house).await?;
    scan(arguments, &known, printer).await
}

async fn scan(arguments: Arguments, known: &Known, printer: Printer) -> Result<ExitCode> {
    let mut looked = Looked::default();
    let (begun, mut told) = (Instant::now(), Duration::ZERO);
    for source in Walk::over(&arguments.paths) {
        match source {
            Ok(source) => {
                let found = reading::look_through(&source, known, &mut looked).await;
                if let Err(error) = found {
                    unreadable(&mut looked, &source, &error);
                }
            }
            Err((path, error)) => unreadable(&mut looked, &Source::Unopened(path), &error.into()),
        }
        if told + TELL < begun.elapsed() && stderr().is_terminal() {
            told = begun.elapsed();
            say!("{}", looked.so_far());
        }
    }
    if arguments.revoke {
        let mut done: Vec<Finding> = Vec::new();
        for finding in &mut looked.findings {
            // What stands in several places is revoked once.
            match done.iter().find(|one| one.is_same_as(finding)) {
                Some(one) => finding.revocation = one.revocation.clone(),
                None => {
                    known.revoke(finding, arguments.reason.clone()).await;
                    done.push(finding.clone());
                }
            }
        }
    }
    report::print(&looked, arguments.format, printer)?;
    say!("{}", looked.so_far());
    let counts = |finding: &Finding| arguments.strict || finding.status.is_to_be_acted_on();
    let code = if looked.findings.iter().any(counts) {
        Code::Findings.number()
    } else if looked.unread.is_empty() && !looked.findings.iter().any(Finding::is_not_revoked) {
        0
    } else {
        Code::Failed.number()
    };
    Ok(code.into())
}

fn unreadable(looked: &mut Looked, source: &Source, error: &anyhow::Error) {
    let name = source.name();
    say!("Not read: {name}: {}", crate::failure::words(error));
    looked.unread.push(name);
}

impl Status {
    /// Whether somebody has to do something about it.
    const fn is_to_be_acted_on(self) -> bool {
        match self {
            Self::Live | Self::Unended | Self::Unrecorded | Self::Unknown => true,
            Self::Expired | Self::Revoked => false,
        }
    }
}
