//! `gatewright token …`: tokens of applications.

mod offline;
mod source;

use std::{collections::BTreeSet, path::PathBuf, process::ExitCode, time::Duration};

use anyhow::Result;
use clap::Subcommand;
use gatewright_domain::{
    access::Caller,
    handle::ApplicationHandle,
    id::TokenId,
    operation::Scope,
    plan::Lifetime,
    succession::Replacement,
    text::{Name, Reason},
    token::TokenWish,
};
use gatewright_keys::{IssuedToken, VerifyError};
use gatewright_store::views::{gateways::Receipt, page::Page};
use serde_json::json;

use crate::{
    config::Settings,
    failure::{Code, Failure},
    house::House,
    output::Printer,
    say,
};

use source::TokenSource;

pub(crate) use offline::run_offline;

/// How long a revocation waits for the gateways to say that they enforce it.
const WAIT: Duration = Duration::from_secs(2);

/// Tokens of applications
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Issue a token; it is printed once
    #[command(after_help = "\
Examples:
  gatewright token issue shop --name laptop --scope orders:v1:read
  TOKEN=$(gatewright token issue shop --name ci --lifetime-s 86400 --quiet)

Without a scope the token opens only operations that require none.")]
    Issue {
        /// The application, by name or id
        application: ApplicationHandle,
        /// What people will call the token
        #[arg(long)]
        name: Name,
        /// A scope, such as orders:v1:read; can be repeated
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<Scope>,
        /// How long it lives, in seconds
        #[arg(long, default_value_t = 3600, value_name = "SECONDS")]
        lifetime_s: u64,
    },
    /// List the tokens of an application
    List {
        /// The application, by name or id
        application: ApplicationHandle,
    },
    /// Replace a token: prints a new one, once, while the old one goes on for a while
    #[command(after_help = "\
Example:
  TOKEN=$(gatewright token replace tok_… --overlap-s 604800 --quiet)

The new one carries the scopes of the old one, or those of them that are named. When the overlap is over, the server
revokes the old one by itself.")]
    Replace {
        /// The token's id
        token: TokenId,
        /// A scope of the old one that the new one carries; can be repeated; without any, all of them
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<Scope>,
        /// How long the old one goes on, in seconds; at most 30 days
        #[arg(long, default_value_t = 86_400, value_name = "SECONDS")]
        overlap_s: u64,
    },
    /// Revoke a token, and say which gateways enforce it
    Revoke {
        /// The token's id
        token: TokenId,
        /// Why, for the trail
        #[arg(long)]
        reason: Option<Reason>,
    },
    /// Revoke every token that an application holds now
    RevokeAll {
        /// The application, by name or id
        application: ApplicationHandle,
        /// Why, for the trail
        #[arg(long)]
        reason: Option<Reason>,
        /// Do it without asking back
        #[arg(long)]
        yes: bool,
    },
    /// Show what a token says and how every rule judges it
    #[command(after_help = "\
Prefer standard input or a file: others on this machine can read a command line.
With --jwks no installation is needed.

Example:
  pbpaste | gatewright token inspect -")]
    Inspect {
        /// A file with the token, or the token itself; `-` reads standard input
        #[arg(default_value = "-", value_name = "FILE|TOKEN")]
        token: TokenSource,
        /// Judge by this key set instead of the installation's
        #[arg(long, value_name = "FILE")]
        jwks: Option<PathBuf>,
        /// The issuer it must be of, with --jwks
        #[arg(long, value_name = "URL", requires = "jwks")]
        issuer: Option<String>,
    },
    /// Verify a token: exit code 0 when it is good now, 10 when it is not
    Verify {
        /// A file with the token, or the token itself; `-` reads standard input
        #[arg(default_value = "-", value_name = "FILE|TOKEN")]
        token: TokenSource,
    },
    /// Judge every token of a corpus of hostile tokens, and say where the verdict is another than expected
    CheckCorpus {
        /// The corpus
        file: PathBuf,
    },
}

impl Command {
    /// Whether it works without an installation.
    pub(crate) const fn needs_no_database(&self) -> bool {
        matches!(
            self,
            Self::CheckCorpus { .. } | Self::Inspect { jwks: Some(_), .. }
        )
    }
}

/// Runs one of those that need the database.
pub(crate) async fn run(
    command: Command,
    settings: &Settings,
    printer: Printer,
) -> Result<ExitCode> {
    let house = House::for_command(settings).await?;
    let caller = Caller::command_line();
    let done = |()| ExitCode::SUCCESS;
    match command {
        Command::Issue {
            application,
            name,
            scopes,
            lifetime_s,
        } => {
            let lifetime = Lifetime::try_from(lifetime_s)
                .map_err(|error| Failure::new(Code::Usage, error.to_string()))?;
            let scopes = scopes.into_iter().collect();
            let wish = TokenWish {
                name,
                scopes,
                lifetime,
            };
            issue(&house, &caller, &application, wish, printer)
                .await
                .map(done)
        }
        Command::List { application } => {
            list(&house, &caller, &application, printer).await.map(done)
        }
        Command::Replace {
            token,
            scopes,
            overlap_s,
        } => {
            let scopes: BTreeSet<Scope> = scopes.into_iter().collect();
            let replacement = Replacement {
                scopes: Some(scopes).filter(|scopes| !scopes.is_empty()),
                lifetime: None,
                overlap: Duration::from_secs(overlap_s),
            };
            let issued = house.keys.replace(&caller, token, replacement).await?;
            print_issued(issued, printer).map(done)
        }
        Command::Revoke { token, reason } => {
            let revoked = house.keys.revoke(&caller, token, reason).await?;
            receipts(&house, revoked.revision, printer).await.map(done)
        }
        Command::RevokeAll {
            application,
            reason,
            yes,
        } => {
            super::confirm(
                yes,
                "Every token that the application holds now stops working.",
            )?;
            let revoked = house.keys.revoke_all(&caller, &application, reason).await?;
            receipts(&house, revoked.revision, printer).await.map(done)
        }
        Command::Inspect { token, .. } => {
            let token = token.read()?;
            let inspection = house.keys.inspect(&caller, &token).await?;
            offline::print_steps(&json!(inspection), &inspection.steps, printer)
        }
        Command::Verify { token } => {
            let token = token.read()?;
            match house.keys.verify(&token).await {
                Ok(facts) => {
                    let value = json!({ "valid": true, "client_id": facts.client_id.as_str() });
                    let client = facts.client_id.as_str().to_owned();
                    printer.one(
                        &value,
                        &client,
                        &[("good", "yes".to_owned()), ("client", client.clone())],
                    )?;
                    Ok(ExitCode::SUCCESS)
                }
                Err(VerifyError::Refused(step)) => {
                    let value = json!({ "valid": false, "step": step });
                    let facts = [("good", format!("no: {}: {}", step.rule, step.compared))];
                    printer.one(&value, &step.rule, &facts)?;
                    Ok(ExitCode::from(Code::Findings.number()))
                }
                Err(other) => Err(other.into()),
            }
        }
        Command::CheckCorpus { .. } => Ok(ExitCode::SUCCESS),
    }
}

async fn issue(
    house: &House,
    caller: &Caller,
    application: &ApplicationHandle,
    wish: TokenWish,
    printer: Printer,
) -> Result<()> {
    print_issued(house.keys.issue(caller, application, wish).await?, printer)
}

/// Prints a token, the only time there is.
fn print_issued(issued: IssuedToken, printer: Printer) -> Result<()> {
    let (id, expires) = (issued.token.id().to_string(), issued.token.expires());
    let scopes: BTreeSet<String> = issued
        .token
        .scopes()
        .iter()
        .map(ToString::to_string)
        .collect();
    let text = issued.text.expose_once();
    say!("The token is shown once.");
    let value = json!({ "id": id, "token": *text, "expires_at": expires, "scopes": scopes });
    let facts = [
        ("token", text.to_string()),
        ("id", id),
        ("expires", expires.to_string()),
        ("scopes", scopes.into_iter().collect::<Vec<_>>().join(" ")),
    ];
    printer.one(&value, &text, &facts)
}

async fn list(
    house: &House,
    caller: &Caller,
    application: &ApplicationHandle,
    printer: Printer,
) -> Result<()> {
    let sight = house.store.reader().as_seen_by(caller);
    let application = sight.find_application(application).await?;
    let page = Page::first();
    let tokens = sight
        .tokens(application.id, &page, house.clock.now())
        .await?;
    let rows = tokens.items.iter().map(|token| {
        vec![
            token.id.to_string(),
            token.name.clone(),
            token.status.to_owned(),
            token.scopes.join(" "),
            token.expires_at.to_string(),
            token
                .last_used_at
                .map_or_else(String::new, |at| at.to_string()),
        ]
    });
    let heads = ["id", "name", "status", "scopes", "expires", "last used"];
    printer.rows(&tokens.items, &heads, rows.collect())?;
    if tokens.next_cursor.is_some() {
        say!("There are older ones; the portal shows them.");
    }
    Ok(())
}

/// Which gateways enforce a revocation, and since when.
pub(super) async fn receipts(house: &House, revision: u64, printer: Printer) -> Result<()> {
    let receipts = house.keys.receipts(revision, WAIT).await?;
    let since = |receipt: &Receipt| {
        let at = receipt.applied_at;
        at.map_or_else(|| "not yet".to_owned(), |at| at.to_string())
    };
    let rows = receipts
        .iter()
        .map(|receipt| vec![receipt.gateway.clone(), since(receipt)]);
    let value = json!({ "revision": revision, "receipts": receipts });
    printer.rows(&value, &["gateway", "enforced since"], rows.collect())?;
    if receipts.iter().any(|receipt| receipt.applied_at.is_none()) {
        say!("Revoked. A gateway that is away takes it up as soon as it is back.");
    }
    Ok(())
}
