//! `gatewright issuer …`: outside issuers.

use std::{fs, path::PathBuf};

use anyhow::Result;
use clap::{Args, Subcommand};
use gatewright_domain::{
    access::Caller,
    id::OutsideIssuerId,
    outside::{
        Algorithms, IssuerAudience, IssuerLifetime, IssuerName, IssuerTerms, KeySetAddress, Rules,
        TokenKinds,
    },
    secret::Secret,
    text::{Name, Reason},
    time::Timestamp,
};
use gatewright_keys::{NewKeySource, Refreshed, TrustIssuer};
use serde_json::json;

use crate::{
    config::Settings,
    failure::{Code, Failure, unreadable},
    house::House,
    output::Printer,
    say,
};

/// Outside issuers, whose tokens are accepted beside our own
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the issuers, with the age of their keys
    List,
    /// Trust an issuer from now on
    #[command(after_help = "\
Example: an issuer that is discovered, and a script that shares a secret.
  gatewright issuer trust keycloak --issuer https://login.example/realms/a --audience orders --rules rules.json
  gatewright issuer trust billing --issuer billing-script --audience orders --secret-file secret --rules rules.json

rules.json: the first rule whose every condition is met says what a token may do.
  [{ \"when\": [{ \"claim\": \"azp\", \"is\": \"shop\" }],
     \"application\": \"app_…\", \"scopes\": { \"fixed\": [\"orders:v1:read\"] } }]")]
    Trust(Box<Trust>),
    /// Give an issuer's tokens other rules
    Rules {
        /// Its name or id
        issuer: String,
        /// The file with the rules
        #[arg(value_name = "FILE")]
        rules: PathBuf,
    },
    /// Accept none of an issuer's tokens for now
    Suspend {
        /// Its name or id
        issuer: String,
        /// Why, for the trail
        #[arg(long)]
        reason: Option<Reason>,
    },
    /// Accept an issuer's tokens again
    Resume {
        /// Its name or id
        issuer: String,
    },
    /// Accept none of an issuer's tokens ever again
    Withdraw {
        /// Its name or id
        issuer: String,
        /// Why, for the trail
        #[arg(long)]
        reason: Option<Reason>,
        /// Do it without asking back
        #[arg(long)]
        yes: bool,
    },
    /// Fetch an issuer's keys now
    Refresh {
        /// Its name or id
        issuer: String,
    },
}

/// An issuer to trust.
#[derive(Args, Debug)]
pub(crate) struct Trust {
    /// What people will call it
    name: Name,
    /// The `iss` of its tokens, exactly
    #[arg(long, value_name = "ISS")]
    issuer: IssuerName,
    /// What the `aud` of its tokens must hold, exactly
    #[arg(long, value_name = "AUD")]
    audience: IssuerAudience,
    /// The file with the rules that map its tokens, in JSON
    #[arg(long, value_name = "FILE")]
    rules: PathBuf,
    /// The address of its key set; without one, it is discovered
    #[arg(long, value_name = "URL", conflicts_with = "secret_file")]
    key_set: Option<KeySetAddress>,
    /// A file with the secret it shares with us, for an issuer that signs with HS256
    #[arg(long, value_name = "FILE", conflicts_with = "algorithms")]
    secret_file: Option<PathBuf>,
    /// What its keys may sign with
    #[arg(long, value_name = "NAMES", default_value = "RS256,ES256")]
    algorithms: Algorithms,
    /// Take tokens of type at+jwt only
    #[arg(long)]
    access_tokens_only: bool,
    /// The longest life of its tokens, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "3600")]
    max_lifetime: IssuerLifetime,
}

/// Runs one of them.
pub(crate) async fn run(command: Command, settings: &Settings, printer: Printer) -> Result<()> {
    let house = House::for_command(settings).await?;
    let caller = Caller::command_line();
    let keys = &house.keys;
    match command {
        Command::List => list(&house, &caller, printer).await,
        Command::Trust(asked) => {
            let trusted = keys.trust_issuer(&caller, asked.read()?).await?;
            let id = trusted.id();
            if trusted.source().algorithms().is_some() {
                told(&keys.refresh_issuer(&caller, id).await?);
            }
            let (name, id) = (trusted.terms().name.to_string(), id.to_string());
            let value = json!({ "id": id, "name": name });
            printer.one(&value, &id, &[("issuer", name), ("id", id.clone())])
        }
        Command::Rules { issuer, rules } => {
            let id = find(&house, &caller, &issuer).await?;
            let edited = keys
                .edit_issuer_rules(&caller, id, read_rules(&rules)?)
                .await?;
            say!("Tokens of {} follow the new rules.", edited.terms().name);
            Ok(())
        }
        Command::Suspend { issuer, reason } => {
            let id = find(&house, &caller, &issuer).await?;
            let issuer = keys.suspend_issuer(&caller, id, reason).await?;
            say!("Tokens of {} are refused for now.", issuer.terms().name);
            Ok(())
        }
        Command::Resume { issuer } => {
            let id = find(&house, &caller, &issuer).await?;
            let issuer = keys.resume_issuer(&caller, id).await?;
            say!("Tokens of {} are accepted again.", issuer.terms().name);
            Ok(())
        }
        Command::Withdraw {
            issuer,
            reason,
            yes,
        } => {
            let id = find(&house, &caller, &issuer).await?;
            super::confirm(
                yes,
                &format!("No token of {issuer} is ever accepted again."),
            )?;
            let issuer = keys.withdraw_issuer(&caller, id, reason).await?;
            say!("Withdrew {}.", issuer.terms().name);
            Ok(())
        }
        Command::Refresh { issuer } => {
            let id = find(&house, &caller, &issuer).await?;
            told(&keys.refresh_issuer(&caller, id).await?);
            Ok(())
        }
    }
}

impl Trust {
    fn read(self) -> Result<TrustIssuer> {
        let source = match (self.secret_file, self.key_set) {
            (Some(path), _) => {
                let text = fs::read_to_string(&path);
                let text = text.map_err(unreadable(path.display()))?;
                NewKeySource::Secret(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned()))
            }
            (None, Some(address)) => NewKeySource::Address(address, self.algorithms),
            (None, None) => NewKeySource::Discovery(self.algorithms),
        };
        let kinds = match self.access_tokens_only {
            true => TokenKinds::AccessTokens,
            false => TokenKinds::AnyJwt,
        };
        Ok(TrustIssuer {
            terms: IssuerTerms {
                name: self.name,
                issuer: self.issuer,
                audience: self.audience,
                kinds,
                max_lifetime: self.max_lifetime,
                rules: read_rules(&self.rules)?,
            },
            source,
        })
    }
}

fn read_rules(path: &PathBuf) -> Result<Rules> {
    let text = fs::read_to_string(path);
    let text = text.map_err(unreadable(path.display()))?;
    text.parse::<Rules>().map_err(|error| {
        let message = format!("{}: {error}", path.display());
        let next = "gatewright issuer trust --help shows an example";
        Failure::new(Code::Usage, message).next(next).into()
    })
}

fn told(refreshed: &Refreshed) {
    match refreshed {
        Refreshed::Changed => say!("Its keys were fetched, and are others than before."),
        Refreshed::Unchanged => say!("Its keys were fetched, and are the same as before."),
        Refreshed::TooSoon => say!("Its keys were fetched a moment ago; nothing was asked now."),
        Refreshed::Failed(why) => {
            say!("Its keys could not be fetched, and those that are known are kept: {why}.");
        }
    }
}

async fn list(house: &House, caller: &Caller, printer: Printer) -> Result<()> {
    let issuers = house.store.reader().as_seen_by(caller).issuers().await?;
    let when = |at: Option<Timestamp>| at.map_or_else(String::new, |at| at.to_string());
    let rows = issuers.iter().map(|issuer| {
        vec![
            issuer.name.clone(),
            issuer.state.clone(),
            issuer.issuer.clone(),
            issuer.source.clone(),
            when(issuer.fetched_at),
            issuer.failure.clone().unwrap_or_default(),
            issuer.id.to_string(),
        ]
    });
    let heads = [
        "name", "state", "issuer", "keys", "fetched", "failure", "id",
    ];
    printer.rows(&issuers, &heads, rows.collect())
}

/// The issuer of an id or a name; of the last that was withdrawn only by its id.
async fn find(house: &House, caller: &Caller, handle: &str) -> Result<OutsideIssuerId> {
    if let Ok(id) = handle.parse() {
        return Ok(id);
    }
    let issuers = house.store.reader().as_seen_by(caller).issuers().await?;
    let folded = handle.to_lowercase();
    let mut issuers = issuers.into_iter();
    let found = issuers.find(|issuer| issuer.name.to_lowercase() == folded);
    found.map(|issuer| issuer.id).ok_or_else(|| {
        Failure::new(Code::NotFound, format!("there is no issuer `{handle}`"))
            .next("gatewright issuer list")
            .into()
    })
}
