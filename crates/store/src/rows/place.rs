//! Reading a stored value back into the vocabulary, and naming the place when it does not mean anything.

use std::{fmt::Display, str::FromStr};

use sea_orm::JsonValue;
use serde::de::DeserializeOwned;

use crate::error::StoreError;

/// A row of a table, for naming what is wrong with it.
pub(crate) struct Place {
    table: &'static str,
    row: String,
}

impl Place {
    /// The row with this key.
    pub(crate) fn of(table: &'static str, row: impl Display) -> Self {
        Self {
            table,
            row: row.to_string(),
        }
    }

    /// The value in this column does not mean anything.
    pub(crate) fn corrupt(&self, column: &'static str) -> StoreError {
        StoreError::Corrupt {
            table: self.table,
            column,
            row: self.row.clone(),
        }
    }

    /// A text that was written by `Display`.
    pub(crate) fn parse<T: FromStr>(
        &self,
        column: &'static str,
        text: &str,
    ) -> Result<T, StoreError> {
        text.parse().map_err(|_| self.corrupt(column))
    }

    /// A number that was narrower, or bounded, before it was stored.
    pub(crate) fn number<T: TryFrom<i64>>(
        &self,
        column: &'static str,
        number: i64,
    ) -> Result<T, StoreError> {
        T::try_from(number).map_err(|_| self.corrupt(column))
    }

    /// A value that was written as JSON.
    pub(crate) fn json<T: DeserializeOwned>(
        &self,
        column: &'static str,
        json: JsonValue,
    ) -> Result<T, StoreError> {
        serde_json::from_value(json).map_err(|_| self.corrupt(column))
    }

    /// A value that this state of the row cannot be without.
    pub(crate) fn present<T>(
        &self,
        column: &'static str,
        value: Option<T>,
    ) -> Result<T, StoreError> {
        value.ok_or_else(|| self.corrupt(column))
    }
}
