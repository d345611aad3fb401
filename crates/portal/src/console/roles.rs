//! Roles: their words, the choice of one, and what each may do.

use gatewright_domain::access::{Action, Role};

use crate::{
    console::words,
    page::form::{Choice, ChoiceState},
    pages::operators::PolicyRow,
};

/// The word of a role that a view wrote.
pub(crate) fn role_word(text: &str) -> &'static str {
    text.parse::<Role>().map_or("–", title)
}

/// A role as people read it.
pub(crate) const fn title(role: Role) -> &'static str {
    match role {
        Role::Admin => "Admin",
        Role::Publisher => "Publisher",
        Role::Security => "Security",
        Role::Auditor => "Auditor",
    }
}

/// What each role may do, in the words with which the policy refuses.
pub(super) fn policy() -> Vec<PolicyRow> {
    let actions = Action::ALL
        .iter()
        .filter(|action| action.who() != Action::Operate.who());
    let row = |action: &Action| PolicyRow {
        action: words::capital(action.as_str()),
        cells: Role::ALL
            .iter()
            .map(|role| is_named(action.who(), *role))
            .collect(),
    };
    actions.map(row).collect()
}

fn is_named(who: &str, role: Role) -> bool {
    let word = match role {
        Role::Admin => "administrator",
        Role::Publisher => "publisher",
        Role::Security => "security",
        Role::Auditor => "auditor",
    };
    who.contains(word) || who == Action::SignOut.who()
}

/// The roles to choose from.
pub(crate) fn roles(chosen: &str) -> Vec<Choice> {
    let choice = |role: &Role| Choice {
        value: role.as_str().to_owned(),
        label: title(*role).to_owned(),
        hint: None,
        state: if role.as_str() == chosen {
            ChoiceState::Chosen
        } else {
            ChoiceState::Open
        },
    };
    Role::ALL.iter().map(choice).collect()
}
