//! `gatewright revoke …`: every kind of revocation in one place.

use anyhow::Result;
use clap::{Args, Subcommand};
use gatewright_domain::{
    access::Caller,
    revocation::{EVERYTHING, RevocationKind},
    text::Reason,
};
use gatewright_store::views::{page::Page, revocations::RevocationRow};

use super::token::receipts;
use crate::{config::Settings, house::House, output::Printer, say};

/// Refuse tokens before their time, and say which gateways do
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Which one to use:
  One token leaked                               gatewright revoke token TOKEN
  A whole sign-in leaked, refreshes included     gatewright revoke session SID
  An application's secret leaked                 gatewright revoke application shop
  …but only its access to one version is meant   gatewright revoke subscription SUBSCRIPTION
  A customer left, or was broken into            gatewright revoke consumer acme
  A version handed out too much                  gatewright revoke version orders/v1
  A private key leaked                           gatewright revoke key KID
  You do not know what leaked                    gatewright revoke everything

All but a token, a session and a key refuse what was issued up to now: applications take a new token, from the next second
on, and go on. Nothing un-revokes; a restore from a backup neither (see `gatewright restore --help`).")]
pub(crate) enum Command {
    /// One token, by its id or the `jti` it carries
    Token {
        /// The token's id or jti
        // One jti in 64 begins with a hyphen.
        #[arg(allow_hyphen_values = true)]
        token: String,
        #[command(flatten)]
        why: Why,
    },
    /// Every token of a session or refresh family, by the `sid` they carry
    Session {
        /// The sid
        #[arg(allow_hyphen_values = true)]
        sid: String,
        #[command(flatten)]
        why: Why,
    },
    /// Every token of an application issued so far
    Application {
        /// The application, by name or id
        application: String,
        #[command(flatten)]
        why: Why,
    },
    /// Every token of an application issued so far, as far as the subscribed version goes
    Subscription {
        /// The subscription's id
        subscription: String,
        #[command(flatten)]
        why: Why,
    },
    /// Every token of all applications of a consumer issued so far
    Consumer {
        /// The consumer, by name or id
        consumer: String,
        #[command(flatten)]
        why: Why,
    },
    /// Every token issued so far, as far as one version goes
    Version {
        /// The version, such as orders/v1
        version: String,
        #[command(flatten)]
        why: Why,
    },
    /// Everything one key signed: declares it compromised, and the standby takes over
    Key {
        /// The key's kid
        #[arg(allow_hyphen_values = true)]
        kid: String,
        #[command(flatten)]
        why: Why,
    },
    /// Every token of this installation issued so far: the panic button
    Everything {
        #[command(flatten)]
        why: Why,
    },
    /// List what was revoked, the newest first, and how soon the gateways enforced it
    List {
        /// Only this kind
        #[arg(long)]
        kind: Option<RevocationKind>,
    },
}

/// What every revocation is asked.
#[derive(Debug, Args)]
pub(crate) struct Why {
    /// Why, for the trail
    #[arg(long)]
    reason: Reason,
    /// Do it without asking back
    #[arg(long)]
    yes: bool,
}

/// Runs one of them.
pub(crate) async fn run(command: Command, settings: &Settings, printer: Printer) -> Result<()> {
    let house = House::for_command(settings).await?;
    let caller = Caller::command_line();
    let (kind, key, why) = match command {
        Command::Token { token, why } => (RevocationKind::Token, token, why),
        Command::Session { sid, why } => (RevocationKind::Session, sid, why),
        Command::Application { application, why } => {
            (RevocationKind::Application, application, why)
        }
        Command::Subscription { subscription, why } => {
            (RevocationKind::Subscription, subscription, why)
        }
        Command::Consumer { consumer, why } => (RevocationKind::Consumer, consumer, why),
        Command::Version { version, why } => (RevocationKind::Version, version, why),
        Command::Key { kid, why } => (RevocationKind::Key, kid, why),
        Command::Everything { why } => (RevocationKind::Issuer, EVERYTHING.to_owned(), why),
        Command::List { kind } => return list(&house, &caller, kind, printer).await,
    };
    if !matches!(kind, RevocationKind::Token | RevocationKind::Session) {
        let stopped = format!("This stops {}: {key}.", kind.stops());
        super::confirm(why.yes, &stopped)?;
    }
    let revision = house
        .keys
        .revoke_named(&caller, kind, &key, why.reason)
        .await?;
    receipts(&house, revision, printer).await
}

async fn list(
    house: &House,
    caller: &Caller,
    kind: Option<RevocationKind>,
    printer: Printer,
) -> Result<()> {
    let sight = house.store.reader().as_seen_by(caller);
    let page = sight.revocations(kind, &Page::first()).await?;
    let rows = page.items.iter().map(|row| {
        vec![
            row.number.to_string(),
            row.kind.to_string(),
            row.label.clone(),
            row.at.to_string(),
            enforced(row),
            row.actor.clone(),
            row.reason.clone().unwrap_or_default(),
        ]
    });
    let heads = ["number", "kind", "what", "at", "enforced", "by", "reason"];
    printer.rows(&page.items, &heads, rows.collect())?;
    if page.next_cursor.is_some() {
        say!("There are older ones; the portal shows them.");
    }
    Ok(())
}

/// `3 of 3 in 84 ms`.
fn enforced(row: &RevocationRow) -> String {
    let applied = row
        .receipts
        .iter()
        .filter(|receipt| receipt.applied_at.is_some());
    let (applied, all) = (applied.count(), row.receipts.len());
    match row.enforced_after_ms {
        Some(millis) => format!("{applied} of {all} in {millis} ms"),
        None => format!("{applied} of {all}"),
    }
}
