//! `gatewright api-key …`: API keys of applications.

use std::{process::ExitCode, time::Duration};

use anyhow::Result;
use clap::Subcommand;
use gatewright_domain::{
    access::Caller,
    api_key::ApiKeyWish,
    handle::ApplicationHandle,
    id::ApiKeyId,
    operation::Scope,
    text::{Name, Reason},
};
use gatewright_store::views::page::Page;
use serde_json::json;

use crate::{commands::token::receipts, config::Settings, house::House, output::Printer, say};

/// API keys of applications
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Issue an API key; it is printed once
    #[command(after_help = "\
Examples:
  gatewright api-key issue shop --name pipeline --scope orders:v1:read
  API_KEY=$(gatewright api-key issue shop --name ci --expires-in-days 90 --quiet)

Without a scope the key opens only operations that require none. It is sent like a token:
Authorization: Bearer gw_live_…")]
    Issue {
        /// The application, by name or id
        application: ApplicationHandle,
        /// What people will call the key
        #[arg(long)]
        name: Name,
        /// A scope, such as orders:v1:read; can be repeated
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<Scope>,
        /// After how many days it ends; left out, it lives until it is revoked
        #[arg(long, value_name = "DAYS")]
        expires_in_days: Option<u16>,
    },
    /// List the API keys of an application
    List {
        /// The application, by name or id
        application: ApplicationHandle,
    },
    /// Revoke an API key, and say which gateways enforce it
    Revoke {
        /// The key's id
        key: ApiKeyId,
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
        Command::Issue {
            application,
            name,
            scopes,
            expires_in_days,
        } => {
            let day = Duration::from_secs(86_400);
            let wish = ApiKeyWish {
                name,
                scopes: scopes.into_iter().collect(),
                lifetime: expires_in_days.map(|days| day * u32::from(days)),
            };
            issue(&house, &caller, &application, wish, printer).await?;
        }
        Command::List { application } => list(&house, &caller, &application, printer).await?,
        Command::Revoke { key, reason } => {
            let revoked = house.keys.revoke_api_key(&caller, key, reason).await?;
            receipts(&house, revoked.revision, printer).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn issue(
    house: &House,
    caller: &Caller,
    application: &ApplicationHandle,
    wish: ApiKeyWish,
    printer: Printer,
) -> Result<()> {
    let issued = house.keys.issue_api_key(caller, application, wish).await?;
    let key = issued.key;
    let scopes: Vec<String> = key.scopes.iter().map(ToString::to_string).collect();
    let text = issued.text.expose_once();
    say!("The API key is shown once.");
    let value = json!({
        "id": key.id, "api_key": *text, "hint": key.hint, "expires_at": key.expires, "scopes": scopes,
    });
    let never = || "never, until it is revoked".to_owned();
    let facts = [
        ("api key", text.to_string()),
        ("id", key.id.to_string()),
        (
            "expires",
            key.expires.map_or_else(never, |at| at.to_string()),
        ),
        ("scopes", scopes.join(" ")),
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
    let (page, now) = (Page::first(), house.clock.now());
    let keys = sight.api_keys(application.id, &page, now).await?;
    let or = |at: Option<gatewright_domain::time::Timestamp>, never: &str| {
        at.map_or_else(|| never.to_owned(), |at| at.to_string())
    };
    let rows = keys.items.iter().map(|key| {
        vec![
            key.id.to_string(),
            key.name.clone(),
            key.hint.clone(),
            key.status.to_owned(),
            key.scopes.join(" "),
            or(key.expires_at, "never"),
            or(key.last_used_at, ""),
        ]
    });
    let heads = [
        "id",
        "name",
        "begins with",
        "status",
        "scopes",
        "expires",
        "last used",
    ];
    printer.rows(&keys.items, &heads, rows.collect())?;
    if keys.next_cursor.is_some() {
        say!("There are older ones; the portal shows them.");
    }
    Ok(())
}
