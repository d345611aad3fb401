//! What a client may register for itself at most, as four columns of two tables have it.

use std::{collections::BTreeSet, str::FromStr};

use gatewright_domain::client::Ceiling;
use sea_orm::JsonValue as Json;

use super::Place;
use crate::error::StoreError;

/// The four columns.
pub(crate) struct Columns {
    pub(crate) grants: Json,
    pub(crate) methods: Json,
    pub(crate) scopes: Option<Json>,
    pub(crate) senders: String,
}

impl Columns {
    /// The columns of a ceiling.
    pub(crate) fn of(ceiling: &Ceiling) -> Self {
        let Ceiling {
            grants,
            methods,
            scopes,
            senders,
        } = ceiling;
        let grants: Vec<&str> = grants.iter().map(|one| one.as_str()).collect();
        let methods: Vec<&str> = methods.iter().map(|one| one.as_str()).collect();
        Self {
            grants: serde_json::json!(grants),
            methods: serde_json::json!(methods),
            scopes: scopes.as_ref().map(|all| serde_json::json!(all)),
            senders: senders.to_string(),
        }
    }

    /// The ceiling of the columns.
    pub(crate) fn read(self, at: &Place) -> Result<Ceiling, StoreError> {
        let Self {
            grants,
            methods,
            scopes,
            senders,
        } = self;
        Ok(Ceiling {
            grants: words(at, "grants", grants)?,
            methods: words(at, "methods", methods)?,
            scopes: scopes.map(|scopes| at.json("scopes", scopes)).transpose()?,
            senders: at.parse("senders", &senders)?,
        })
    }
}

/// A set of words of the vocabulary.
pub(crate) fn words<T: FromStr + Ord>(
    at: &Place,
    column: &'static str,
    stored: Json,
) -> Result<BTreeSet<T>, StoreError> {
    let words: Vec<String> = at.json(column, stored)?;
    words.iter().map(|word| at.parse(column, word)).collect()
}
