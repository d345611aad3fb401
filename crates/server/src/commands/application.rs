//! `gatewright application …`: applications as clients of the token endpoint: their secrets, and what they may ask for.

use std::{process::ExitCode, time::Duration};

use anyhow::Result;
use clap::Subcommand;
use gatewright_domain::{
    access::Caller,
    client::{Ending, SecretId},
    handle::ApplicationHandle,
    text::Reason,
    time::Timestamp,
};
use gatewright_keys::{IssuedSecret, SecretWish};
use serde_json::json;

use crate::{config::Settings, house::House, output::Printer, say};

/// Applications as clients of the token endpoint
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Secrets of an application, two at once at most
    #[command(subcommand)]
    Secret(Secret),
    /// Show what an application may ask the token endpoint for
    Terms {
        /// The application, by name or id
        application: ApplicationHandle,
    },
}

/// Secrets of an application
#[derive(Debug, Subcommand)]
pub(crate) enum Secret {
    /// Issue a secret; it is printed once
    #[command(after_help = "\
Examples:
  gatewright application secret add shop
  gatewright application secret add shop --overlap-hours 24
  CLIENT_SECRET=$(gatewright application secret add shop --expires-in-days 90 --quiet)

With an overlap the secret there is works that long beside the new one, and no longer.")]
    Add {
        /// The application, by name or id
        application: ApplicationHandle,
        /// After how many days it ends; left out, it works until it is revoked
        #[arg(long, value_name = "DAYS")]
        expires_in_days: Option<u16>,
        /// How many hours the secret there is goes on working; left out, as long as before
        #[arg(long, value_name = "HOURS")]
        overlap_hours: Option<u16>,
    },
    /// List the secrets of an application
    List {
        /// The application, by name or id
        application: ApplicationHandle,
    },
    /// Revoke a secret, at once
    Revoke {
        /// The application, by name or id
        application: ApplicationHandle,
        /// The secret's id, which stands in its text
        #[arg(value_parser = str::parse::<SecretId>)]
        secret: SecretId,
        /// Why, for the trail
        #[arg(long)]
        reason: Option<Reason>,
    },
}

/// Runs one of them.
pub(crate) async fn run(
    command: Command,
    settings: &Settings,
    printer: Printer,
) -> Result<ExitCode> {
    let house = House::for_command(settings).await?;
    let caller = Caller::command_line();
    match command {
        Command::Secret(Secret::Add {
            application,
            expires_in_days,
            overlap_hours,
        }) => {
            let span = |seconds: u64, many: u16| Duration::from_secs(seconds * u64::from(many));
            let wish = SecretWish {
                ending: expires_in_days
                    .map_or(Ending::Never, |days| Ending::After(span(86_400, days))),
                overlap: overlap_hours.map(|hours| span(3_600, hours)),
            };
            add(&house, &caller, &application, wish, printer).await?;
        }
        Command::Secret(Secret::List { application }) => {
            list(&house, &caller, &application, printer).await?;
        }
        Command::Secret(Secret::Revoke {
            application,
            secret,
            reason,
        }) => {
            house
                .keys
                .revoke_client_secret(&caller, &application, &secret, reason)
                .await?;
            say!("The secret {secret} proves nothing any more.");
        }
        Command::Terms { application } => terms(&house, &caller, &application, printer).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn add(
    house: &House,
    caller: &Caller,
    application: &ApplicationHandle,
    wish: SecretWish,
    printer: Printer,
) -> Result<()> {
    let issued = house.keys.issue_client_secret(caller, application, wish);
    let IssuedSecret { secret, text } = issued.await?;
    let sight = house.store.reader().as_seen_by(caller);
    let client = sight
        .client(application, house.clock.now())
        .await?
        .client_id;
    let text = text.expose_once();
    say!("The secret is shown once.");
    let value = json!({
        "id": secret.id(), "client_id": client, "client_secret": *text, "expires_at": secret.expires(),
    });
    let facts = [
        ("client id", client.to_string()),
        ("client secret", text.to_string()),
        ("id", secret.id().to_string()),
        (
            "expires",
            or(secret.expires(), "never, until it is revoked"),
        ),
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
    let client = sight.client(application, house.clock.now()).await?;
    let rows = client.secrets.iter().map(|secret| {
        vec![
            secret.id.clone(),
            secret.status.to_owned(),
            secret.issued_at.to_string(),
            or(secret.expires_at, "never"),
            or(secret.last_used_at, ""),
        ]
    });
    let heads = ["id", "status", "issued", "expires", "last used"];
    printer.rows(&client.secrets, &heads, rows.collect())
}

async fn terms(
    house: &House,
    caller: &Caller,
    application: &ApplicationHandle,
    printer: Printer,
) -> Result<()> {
    let sight = house.store.reader().as_seen_by(caller);
    let client = sight.client(application, house.clock.now()).await?;
    let scopes = client.scopes.as_ref().map(|scopes| scopes.join(" "));
    let facts = [
        ("client id", client.client_id.to_string()),
        ("grants", client.grants.join(" ")),
        ("proves itself by", client.auth_methods.join(" ")),
        (
            "scopes",
            scopes.unwrap_or_else(|| "those of its subscriptions".to_owned()),
        ),
        ("redirect uris", client.redirect_uris.join(" ")),
        ("serves", client.serves.join(" ")),
        (
            "tokens live at most",
            format!("{} seconds", client.token_lifetime_s),
        ),
        (
            "pace",
            format!("{} tokens a minute", client.tokens_per_minute),
        ),
    ];
    let name = client.client_id.to_string();
    printer.one(&client, &name, &facts)
}

fn or(at: Option<Timestamp>, never: &str) -> String {
    at.map_or_else(|| never.to_owned(), |at| at.to_string())
}
