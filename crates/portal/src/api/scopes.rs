//! Scopes as programs write them: as tokens carry them (`orders:v1:read`), or as the contract names them (`read`) where only
//! one subscribed version can be meant.

use std::collections::BTreeSet;

use gatewright_domain::{operation::Scope, text::ScopeName};
use gatewright_store::views::subscriptions::SubscriptionRow;

use crate::web::{
    catalogue::Kind,
    problem::{Fault, Problem},
};

/// The scopes, when every one is written as tokens carry it: then nothing has to be looked up.
pub(super) fn whole(written: &BTreeSet<ScopeName>) -> Option<BTreeSet<Scope>> {
    written
        .iter()
        .map(|name| name.as_str().parse().ok())
        .collect()
}

/// The scopes that are meant. A name that is whole already is not looked up: whether it may be issued is for the rules to say.
///
/// # Errors
/// A fault for every name that no subscribed version has, or several.
pub(super) fn carried(
    written: BTreeSet<ScopeName>,
    subscriptions: &[SubscriptionRow],
) -> Result<BTreeSet<Scope>, Problem> {
    let mut meant = BTreeSet::new();
    let mut faults = Vec::new();
    for (index, name) in written.iter().enumerate() {
        match meaning(name, subscriptions) {
            Ok(scope) => {
                meant.insert(scope);
            }
            Err(detail) => faults.push(Fault {
                pointer: format!("/scopes/{index}"),
                code: "invalid",
                detail,
            }),
        }
    }
    if faults.is_empty() {
        Ok(meant)
    } else {
        Err(Problem::of(Kind::BODY_INVALID).with(faults))
    }
}

fn meaning(name: &ScopeName, subscriptions: &[SubscriptionRow]) -> Result<Scope, String> {
    if let Ok(scope) = name.as_str().parse() {
        return Ok(scope);
    }
    let has = |row: &&SubscriptionRow| {
        row.status == "active" && row.scopes.iter().any(|scope| scope == name.as_str())
    };
    let full = |row: &SubscriptionRow| format!("{}:{}:{name}", row.api, row.version);
    let candidates: BTreeSet<String> = subscriptions.iter().filter(has).map(full).collect();
    let mut candidates = candidates.into_iter();
    match (candidates.next(), candidates.next()) {
        (Some(one), None) => one.parse().map_err(|error| format!("{one} is {error}.")),
        (None, _) => Err(format!(
            "No active subscription of this application has the scope `{name}`; a token carries scopes such as orders:v1:read."
        )),
        (Some(one), Some(another)) => {
            Err(format!("`{name}` can be {one} or {another}; write which."))
        }
    }
}
