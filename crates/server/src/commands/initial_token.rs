//! `gatewright initial-token …`: tokens with which programs register themselves as applications.

use std::{process::ExitCode, time::Duration};

use anyhow::Result;
use clap::Subcommand;
use gatewright_domain::{
    access::Caller,
    client::{AuthMethod, Ceiling, Grant, InitialTokenWish, Senders},
    handle::ConsumerHandle,
    id::InitialTokenId,
    operation::Scope,
    text::{Name, Reason},
};
use gatewright_store::views::page::Page;
use serde_json::json;

use crate::{config::Settings, house::House, output::Printer, say};

/// Tokens with which programs register themselves as applications
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Mint an initial access token for a consumer; it is printed once
    #[command(after_help = "\
Examples:
  gatewright initial-token issue Acme --name 'build servers' --max-registrations 5
  gatewright initial-token issue Acme --name assistant --grant authorization_code --auth-method none
  INITIAL=$(gatewright initial-token issue Acme --name ci --scope orders:v1:read --quiet)

Programs register at {public_url}/oauth2/register (RFC 7591), where the setting client_registration is on.")]
    Issue {
        /// The consumer, by name or id
        consumer: ConsumerHandle,
        /// What people will call the token
        #[arg(long)]
        name: Name,
        /// How many applications are registered with it at most
        #[arg(long, value_name = "NUMBER", default_value_t = 1)]
        max_registrations: u32,
        /// After how many days it ends
        #[arg(long, value_name = "DAYS", default_value_t = 1)]
        expires_in_days: u16,
        /// A grant that they may have, such as authorization_code; can be repeated
        #[arg(long = "grant", value_name = "GRANT")]
        grants: Vec<Grant>,
        /// A way in which they may prove who they are, such as private_key_jwt; can be repeated
        #[arg(long = "auth-method", value_name = "METHOD")]
        methods: Vec<AuthMethod>,
        /// A scope that they may have, such as orders:v1:read; can be repeated
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<Scope>,
        /// They must show a key when they ask for tokens (DPoP)
        #[arg(long)]
        require_dpop: bool,
    },
    /// List the initial access tokens of a consumer
    List {
        /// The consumer, by name or id
        consumer: ConsumerHandle,
    },
    /// Revoke an initial access token; what was registered with it stays
    Revoke {
        /// The token's id
        token: InitialTokenId,
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
            consumer,
            name,
            max_registrations,
            expires_in_days,
            grants,
            methods,
            scopes,
            require_dpop,
        } => {
            let day = Duration::from_secs(86_400);
            let said = Said {
                grants,
                methods,
                scopes,
                require_dpop,
            };
            let wish = InitialTokenWish {
                name,
                ceiling: said.ceiling(),
                lifetime: day * u32::from(expires_in_days),
                most: max_registrations,
            };
            issue(&house, &caller, &consumer, wish, printer).await?;
            if !settings.client_registration {
                say!("Programs cannot register yet: set client_registration to true.");
            }
        }
        Command::List { consumer } => list(&house, &caller, &consumer, printer).await?,
        Command::Revoke { token, reason } => {
            let revoked = house
                .keys
                .revoke_initial_token(&caller, token, reason)
                .await?;
            say!(
                "Revoked {}; what was registered with it stays.",
                revoked.name
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What was said of the most that is registered; what was left out is as usual.
struct Said {
    grants: Vec<Grant>,
    methods: Vec<AuthMethod>,
    scopes: Vec<Scope>,
    require_dpop: bool,
}

impl Said {
    fn ceiling(self) -> Ceiling {
        let mut ceiling = Ceiling::default();
        if !self.grants.is_empty() {
            ceiling.grants = self.grants.into_iter().collect();
        }
        if !self.methods.is_empty() {
            ceiling.methods = self.methods.into_iter().collect();
        }
        if !self.scopes.is_empty() {
            ceiling.scopes = Some(self.scopes.into_iter().collect());
        }
        if self.require_dpop {
            ceiling.senders = Senders::Holders;
        }
        ceiling
    }
}

async fn issue(
    house: &House,
    caller: &Caller,
    consumer: &ConsumerHandle,
    wish: InitialTokenWish,
    printer: Printer,
) -> Result<()> {
    let issued = house.keys.issue_initial_token(caller, consumer, wish);
    let issued = issued.await?;
    let token = issued.token;
    let text = issued.text.expose_once();
    say!("The initial access token is shown once.");
    let value = json!({
        "id": token.id, "initial_access_token": *text, "hint": token.hint, "expires_at": token.expires,
        "max_registrations": token.most,
    });
    let facts = [
        ("initial access token", text.to_string()),
        ("id", token.id.to_string()),
        ("expires", token.expires.to_string()),
        ("registrations", format!("at most {}", token.most)),
    ];
    printer.one(&value, &text, &facts)
}

async fn list(
    house: &House,
    caller: &Caller,
    consumer: &ConsumerHandle,
    printer: Printer,
) -> Result<()> {
    let sight = house.store.reader().as_seen_by(caller);
    let consumer = sight.find_consumer(consumer).await?;
    let (page, now) = (Page::first(), house.clock.now());
    let tokens = sight.initial_tokens(consumer.id, &page, now).await?;
    let rows = tokens.items.iter().map(|token| {
        vec![
            token.id.to_string(),
            token.name.clone(),
            token.hint.clone(),
            token.status.to_owned(),
            format!("{} of {}", token.registrations, token.max_registrations),
            token.expires_at.to_string(),
            token.issued_by.clone().unwrap_or_default(),
        ]
    });
    let heads = [
        "id",
        "name",
        "begins with",
        "status",
        "registrations",
        "expires",
        "minted by",
    ];
    printer.rows(&tokens.items, &heads, rows.collect())?;
    if tokens.next_cursor.is_some() {
        say!("There are older ones; the portal shows them.");
    }
    Ok(())
}
