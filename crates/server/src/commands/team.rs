//! `gatewright team …`.

use anyhow::Result;
use clap::Subcommand;
use gatewright_domain::{access::Caller, text::Name};
use serde_json::json;

use crate::{config::Settings, house::House, output::Printer};

/// Teams, which own APIs
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Form a team
    Add {
        /// What people will call it
        name: Name,
    },
    /// List the teams
    List,
}

/// Runs one of them.
pub(crate) async fn run(command: Command, settings: &Settings, printer: Printer) -> Result<()> {
    let house = House::for_command(settings).await?;
    let caller = Caller::command_line();
    match command {
        Command::Add { name } => {
            let team = house.operators.form_team(&caller, name).await?;
            let (id, name) = (team.id.to_string(), team.name.to_string());
            let value = json!({ "id": id, "name": name });
            printer.one(&value, &id, &[("team", name), ("id", id.clone())])
        }
        Command::List => {
            let teams = house.store.reader().as_seen_by(&caller).teams().await?;
            let rows = teams.iter().map(|team| {
                vec![
                    team.name.clone(),
                    team.operators.to_string(),
                    team.apis.to_string(),
                    team.id.to_string(),
                ]
            });
            printer.rows(&teams, &["name", "operators", "apis", "id"], rows.collect())
        }
    }
}
