//! `gatewright gateway …`: gateways that run apart.

use anyhow::Result;
use clap::Subcommand;
use gatewright_domain::{
    access::Caller,
    id::GatewayId,
    text::Name,
    time::{Clock, Timestamp},
};
use serde_json::json;

use crate::{
    config::Settings,
    failure::{Code, Failure},
    house::House,
    output::{Printer, line},
    say,
    system::SystemClock,
};

/// Gateways that run apart
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Enrol a gateway: prints the token it asks for snapshots with, once
    #[command(after_help = "\
Example:
  umask 077; gatewright gateway enrol frankfurt-1 --quiet > gateway-token
  SNAPSHOT_KEY=$(gatewright gateway snapshot-key)
  gatewright-gateway --control-plane http://127.0.0.1:8600 --token-file gateway-token --snapshot-key $SNAPSHOT_KEY")]
    Enrol {
        /// What people will call it
        name: Name,
    },
    /// Print the public key that snapshots are signed with, which every gateway is given
    SnapshotKey,
    /// List the gateways, with what each enforces
    List,
    /// Remove a gateway: it gets no more snapshots
    Remove {
        /// Its name or id
        gateway: String,
    },
}

/// Runs one of them.
pub(crate) async fn run(command: Command, settings: &Settings, printer: Printer) -> Result<()> {
    let house = House::for_command(settings).await?;
    let (caller, now) = (Caller::command_line(), SystemClock.now());
    match command {
        Command::Enrol { name } => {
            let enrolled = house.registry.enrol_gateway(&caller, name).await?;
            let snapshot_key = house.keys.snapshot_public_key().await?;
            let token = enrolled.text.expose_once();
            let (id, name) = (
                enrolled.gateway.id.to_string(),
                enrolled.gateway.name.to_string(),
            );
            let value = json!({
                "id": id, "name": name, "token": *token, "snapshot_key": snapshot_key,
            });
            say!(
                "The token is shown once. Snapshots are signed; the gateway checks them with the snapshot key."
            );
            let facts = [
                ("gateway", name),
                ("id", id),
                ("token", token.to_string()),
                ("snapshot key", snapshot_key),
            ];
            printer.one(&value, &token, &facts)
        }
        Command::SnapshotKey => line(&house.keys.snapshot_public_key().await?),
        Command::List => {
            let gateways = house
                .store
                .reader()
                .as_seen_by(&caller)
                .gateways(now)
                .await?;
            let when = |at: Option<Timestamp>| at.map_or_else(String::new, |at| at.to_string());
            let rows = gateways.iter().map(|gateway| {
                let revision = gateway.revision;
                vec![
                    gateway.name.clone(),
                    revision.map_or_else(String::new, |revision| revision.to_string()),
                    when(gateway.applied_at),
                    when(gateway.seen_at),
                    gateway.id.to_string(),
                ]
            });
            let heads = ["name", "revision", "since", "heard of", "id"];
            printer.rows(&gateways, &heads, rows.collect())
        }
        Command::Remove { gateway } => {
            let id = find(&house, &caller, &gateway).await?;
            let removed = house.registry.remove_gateway(&caller, id).await?;
            say!("Removed the gateway {}.", removed.name);
            Ok(())
        }
    }
}

/// The gateway of an id or a name.
async fn find(house: &House, caller: &Caller, handle: &str) -> Result<GatewayId> {
    if let Ok(id) = handle.parse() {
        return Ok(id);
    }
    let sight = house.store.reader().as_seen_by(caller);
    let gateways = sight.gateways(SystemClock.now()).await?;
    let folded = handle.to_lowercase();
    let mut gateways = gateways.into_iter();
    let found = gateways.find(|gateway| gateway.name.to_lowercase() == folded);
    found.map(|gateway| gateway.id).ok_or_else(|| {
        Failure::new(Code::NotFound, format!("there is no gateway `{handle}`"))
            .next("gatewright gateway list")
            .into()
    })
}
