//! Statements in both dialects at once: standard SQL with numbered parameters, which SQLite and PostgreSQL both read.

use gatewright_domain::{access::Horizon, id::TeamId};
use sea_orm::{DatabaseConnection, FromQueryResult, Statement, Value};

use crate::error::StoreError;

/// A statement under construction. Values only ever become parameters.
pub(crate) struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    /// Begins with a text of the program, never of a caller.
    pub(crate) fn new(text: &'static str) -> Self {
        Self {
            text: text.to_owned(),
            values: Vec::new(),
        }
    }

    /// Goes on with a text of the program.
    pub(crate) fn then(mut self, text: &'static str) -> Self {
        self.text.push(' ');
        self.text.push_str(text);
        self
    }

    /// Goes on with a parameter.
    pub(crate) fn value(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self.text.push_str(&format!(" ${}", self.values.len()));
        self
    }

    /// Goes on with `text` and a parameter, when there is a value.
    pub(crate) fn maybe(self, text: &'static str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.then(text).value(value),
            None => self,
        }
    }

    /// Goes on with a condition that the team in `column` lies within the horizon.
    pub(crate) fn within(self, column: &'static str, horizon: &Horizon) -> Self {
        match horizon {
            Horizon::Everything => self.then("TRUE"),
            Horizon::Teams(teams) if teams.is_empty() => self.then("FALSE"),
            Horizon::Teams(teams) => {
                let mut sql = self.then(column).then("IN (");
                for (index, team) in teams.iter().enumerate() {
                    sql = if index == 0 { sql } else { sql.then(",") };
                    sql = sql.value(uuid_of(*team));
                }
                sql.then(")")
            }
        }
    }

    /// Every row.
    pub(crate) async fn all<T: FromQueryResult>(
        self,
        on: &DatabaseConnection,
    ) -> Result<Vec<T>, StoreError> {
        let statement = self.on(on);
        Ok(T::find_by_statement(statement).all(on).await?)
    }

    /// The first row.
    pub(crate) async fn one<T: FromQueryResult>(
        self,
        on: &DatabaseConnection,
    ) -> Result<Option<T>, StoreError> {
        let statement = self.on(on);
        Ok(T::find_by_statement(statement).one(on).await?)
    }

    fn on(self, database: &DatabaseConnection) -> Statement {
        Statement::from_sql_and_values(database.get_database_backend(), self.text, self.values)
    }
}

fn uuid_of(team: TeamId) -> Value {
    team.uuid().into()
}
