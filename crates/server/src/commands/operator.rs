//! `gatewright operator …`: people who sign in to the portal.

use std::{collections::BTreeSet, time::Duration};

use anyhow::Result;
use clap::Subcommand;
use gatewright_domain::{
    access::{Caller, Role},
    handle::TeamHandle,
    id::OperatorId,
    operator::{Assignment, Operator},
    text::Name,
};
use gatewright_operators::{AccessTokenWish, Admit, SetUpError};
use serde_json::json;

use crate::{
    commands::password::PasswordSource,
    config::Settings,
    failure::{Code, Failure},
    house::House,
    output::Printer,
    say,
};

/// People who sign in to the portal
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Admit an operator; the first one of an installation is its administrator
    #[command(after_help = "\
Examples:
  gatewright operator add ada --role admin
  gatewright operator add bob --role publisher --team payments --password-file /run/secrets/bob")]
    Add {
        /// The name to sign in with
        name: Name,
        /// admin, publisher, security or auditor
        #[arg(long)]
        role: Role,
        /// A team, for a publisher; can be repeated
        #[arg(long = "team", value_name = "TEAM")]
        teams: Vec<TeamHandle>,
        #[command(flatten)]
        password: PasswordSource,
    },
    /// List the operators
    List,
    /// Disable an operator: no sign-in, no session, no access token works any more
    Disable {
        /// The operator's name or id
        operator: String,
    },
    /// Set a new password; every session of the operator ends
    Password {
        /// The operator's name or id
        operator: String,
        #[command(flatten)]
        password: PasswordSource,
    },
    /// Make a link that signs an operator in once, within 15 minutes; for whoever has lost the password
    #[command(after_help = "\
Example:
  gatewright operator sign-in-link ada")]
    SignInLink {
        /// The operator's name or id
        operator: String,
    },
    /// Issue an access token for the JSON API; it is printed once
    #[command(after_help = "\
Example:
  TOKEN=$(gatewright operator access-token ada --name ci --quiet)
  curl -H \"Authorization: Bearer $TOKEN\" http://127.0.0.1:8600/api/v1/apis")]
    AccessToken {
        /// The operator's name or id
        operator: String,
        /// What people will call the token
        #[arg(long)]
        name: Name,
        /// A role not above the operator's
        #[arg(long)]
        role: Option<Role>,
        /// For how many days it works
        #[arg(long, default_value_t = 90, value_name = "DAYS")]
        days: u32,
    },
}

/// Runs one of them.
pub(crate) async fn run(command: Command, settings: &Settings, printer: Printer) -> Result<()> {
    let house = House::for_command(settings).await?;
    let caller = Caller::command_line();
    match command {
        Command::Add {
            name,
            role,
            teams,
            password,
        } => {
            let operator = add(&house, &caller, name, (role, teams), password).await?;
            print(&operator, printer)
        }
        Command::List => list(&house, &caller, printer).await,
        Command::Disable { operator } => {
            let id = find(&house, &operator).await?.id();
            let operator = house.operators.disable(&caller, id).await?;
            say!("Disabled {}.", operator.name());
            Ok(())
        }
        Command::Password { operator, password } => {
            let id = find(&house, &operator).await?.id();
            let password = password.read()?;
            let operator = house
                .operators
                .reset_password(&caller, id, password)
                .await?;
            say!("Set a new password for {}.", operator.name());
            Ok(())
        }
        Command::SignInLink { operator } => {
            let owner = find(&house, &operator).await?.id();
            let link = house.operators.issue_sign_in_link(&caller, owner).await?;
            let url = house.place.sign_in_url(link.secret);
            say!("The link is shown once and works once, for 15 minutes.");
            let value = json!({ "url": *url, "expires_at": link.expires });
            let facts = [
                ("link", url.to_string()),
                ("expires", link.expires.to_string()),
            ];
            printer.one(&value, &url, &facts)
        }
        Command::AccessToken {
            operator,
            name,
            role,
            days,
        } => {
            let lifetime = Duration::from_secs(u64::from(days) * 24 * 3600);
            let wish = AccessTokenWish {
                name,
                role,
                lifetime,
            };
            let owner = find(&house, &operator).await?.id();
            let issued = house
                .operators
                .issue_access_token(&caller, owner, wish)
                .await?;
            let (id, expires) = (issued.token.id.to_string(), issued.token.expires);
            let text = issued.text.expose_once();
            say!("The token is shown once.");
            let value = json!({ "id": id, "token": *text, "expires_at": expires });
            let facts = [
                ("token", text.to_string()),
                ("id", id),
                ("expires", expires.to_string()),
            ];
            printer.one(&value, &text, &facts)
        }
    }
}

/// Admits an operator; where there is none yet, founds the installation with them.
async fn add(
    house: &House,
    caller: &Caller,
    name: Name,
    (role, teams): (Role, Vec<TeamHandle>),
    password: PasswordSource,
) -> Result<Operator> {
    let password = password.read()?;
    if !house.store.reader().installation().await?.set_up {
        if role != Role::Admin {
            let first = "the first operator of an installation is its administrator";
            return Err(Failure::new(Code::Conflict, first)
                .next("repeat with --role admin")
                .into());
        }
        return match house.operators.set_up_at_terminal(name, password).await {
            Err(SetUpError::Done) => Err(Failure::new(Code::Conflict, "somebody else was faster")
                .next("repeat the command")
                .into()),
            other => Ok(other?),
        };
    }
    let sight = house.store.reader().as_seen_by(caller);
    let mut ids = BTreeSet::new();
    for team in &teams {
        ids.insert(sight.find_team(team).await?.id);
    }
    let assignment = Assignment { role, teams: ids };
    let admit = Admit {
        name,
        assignment,
        password,
    };
    Ok(house.operators.admit(caller, admit).await?)
}

fn print(operator: &Operator, printer: Printer) -> Result<()> {
    let (id, name, role) = (
        operator.id().to_string(),
        operator.name().to_string(),
        operator.role().to_string(),
    );
    let value = json!({ "id": id, "name": name, "role": role });
    let facts = [("operator", name), ("role", role), ("id", id.clone())];
    printer.one(&value, &id, &facts)
}

async fn list(house: &House, caller: &Caller, printer: Printer) -> Result<()> {
    let operators = house.store.reader().as_seen_by(caller).operators().await?;
    let rows = operators.iter().map(|operator| {
        let state = if operator.disabled_at.is_some() {
            "disabled"
        } else {
            "active"
        };
        vec![
            operator.name.clone(),
            operator.role.clone(),
            operator.teams.join(", "),
            state.to_owned(),
            operator
                .last_seen_at
                .map_or_else(String::new, |at| at.to_string()),
            operator.id.to_string(),
        ]
    });
    let heads = ["name", "role", "teams", "state", "last seen", "id"];
    printer.rows(&operators, &heads, rows.collect())
}

/// The operator of an id or a name.
async fn find(house: &House, handle: &str) -> Result<Operator> {
    let reader = house.store.reader();
    if let Ok(id) = handle.parse::<OperatorId>() {
        return Ok(reader.operator(id).await?);
    }
    let found = match handle.parse::<Name>() {
        Ok(name) => reader.operator_named(&name).await?,
        Err(_) => None,
    };
    found.ok_or_else(|| {
        Failure::new(Code::NotFound, format!("there is no operator `{handle}`"))
            .next("gatewright operator list")
            .into()
    })
}
