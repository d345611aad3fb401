//! The trail: events as sentences.

use std::collections::BTreeMap;

use gatewright_domain::{id::OperatorId, time::Timestamp};
use sea_orm::FromQueryResult;
use serde::Serialize;
use serde_json::Value;

use crate::{
    error::StoreError,
    views::{
        Sight, Sql,
        page::{Page, Paged},
    },
};

/// Which events to show; everything that is not named is shown.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// `noun.verb`, or a noun alone for all its verbs.
    pub action: Option<String>,
    /// Who did it: the id of an operator, access token, gateway or job.
    pub actor: Option<String>,
    /// What it was done to: an id.
    pub target: Option<String>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub to: Option<Timestamp>,
}

/// In which order events are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The oldest first: for programs that follow the trail.
    Oldest,
    /// The newest first: for people.
    Newest,
}

/// An event of the trail.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventRow {
    /// Its number, gapless from 0.
    pub seq: i64,
    /// Its id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// What happened: `noun.verb`.
    pub action: String,
    /// `success`, `denied` or `failure`.
    pub outcome: String,
    /// Who did it.
    pub actor: EventActor,
    /// What it was done to.
    pub target: EventTarget,
    /// Why, in the words of who did it.
    pub reason: Option<String>,
    /// `portal`, `api`, `cli` or `job`.
    pub via: String,
    /// The request.
    pub request: Option<String>,
    /// What changed: the values before and after, by name.
    pub changes: Vec<EventChange>,
    /// All of it in one sentence.
    pub sentence: String,
    /// The bytes that were hashed; programs verify an export of them, not this.
    #[serde(skip)]
    pub canonical: String,
}

/// Who did something.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventActor {
    /// operator, command-line, job, gateway, application, initial-token, founder or stranger.
    pub kind: String,
    /// The id.
    pub id: String,
    /// The name, when it is a person who is still known.
    pub name: Option<String>,
}

/// What something was done to.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventTarget {
    /// The noun.
    pub kind: String,
    /// The id.
    pub id: String,
    /// What people call it.
    pub label: String,
}

/// One value that changed.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventChange {
    /// Its name.
    pub name: String,
    /// Before.
    pub old: Option<String>,
    /// After.
    pub new: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    seq: i64,
    canonical: Vec<u8>,
    at: Timestamp,
    action: String,
    outcome: String,
    actor_kind: String,
    actor_id: String,
    target_kind: String,
    target_id: String,
}

#[derive(FromQueryResult)]
struct Person {
    id: OperatorId,
    name: String,
}

impl Sight {
    /// The events that a filter names. Who may read the trail, the caller's permit has said.
    ///
    /// # Errors
    /// `NotFound` for a cursor that is not a number.
    pub async fn events(
        &self,
        filter: &EventFilter,
        order: Order,
        page: &Page,
    ) -> Result<Paged<EventRow>, StoreError> {
        let EventFilter {
            action,
            actor,
            target,
            from,
            to,
        } = filter;
        let after = page
            .after()
            .map(str::parse::<i64>)
            .transpose()
            .map_err(|_| StoreError::NotFound)?;
        let find = Sql::new(
            "SELECT seq, canonical, at, action, outcome, actor_kind, actor_id, target_kind, target_id \
             FROM audit_event WHERE TRUE",
        );
        let (exact, noun) = match action.as_deref() {
            Some(action) if action.contains('.') => (Some(action.to_owned()), None),
            Some(noun) => (None, Some(format!("{noun}."))),
            None => (None, None),
        };
        let find = find.maybe("AND action =", exact);
        let find = match noun {
            Some(noun) => find
                .then("AND substr(action, 1, length(")
                .value(noun.clone())
                .then(")) =")
                .value(noun),
            None => find,
        };
        let find = find
            .maybe("AND actor_id =", actor.clone())
            .maybe("AND target_id =", target.clone());
        let find = find
            .maybe("AND at >=", from.map(Timestamp::millis))
            .maybe("AND at <", to.map(Timestamp::millis));
        let find = match order {
            Order::Oldest => find.maybe("AND seq >", after).then("ORDER BY seq LIMIT"),
            Order::Newest => find
                .maybe("AND seq <", after)
                .then("ORDER BY seq DESC LIMIT"),
        };
        let rows: Vec<Row> = find.value(page.fetch()).all(&self.database).await?;
        let people = self.people(&rows).await?;
        let shown: Result<Vec<EventRow>, StoreError> =
            rows.into_iter().map(|row| row.shown(&people)).collect();
        Ok(page.cut(shown?, |row| row.seq.to_string()))
    }

    /// The names of the operators in these events: people are named when the trail is read, not when it is written.
    async fn people(&self, rows: &[Row]) -> Result<BTreeMap<String, String>, StoreError> {
        let ids = rows.iter().flat_map(|row| [&row.actor_id, &row.target_id]);
        self.names(ids.map(String::as_str)).await
    }

    /// The names of those among these ids that are operators'.
    pub(crate) async fn names(
        &self,
        ids: impl Iterator<Item = &str>,
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let ids: Vec<OperatorId> = ids.filter_map(|id| id.parse().ok()).collect();
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut find = Sql::new("SELECT id, name FROM operators WHERE id IN (");
        for (index, id) in ids.into_iter().enumerate() {
            find = if index == 0 { find } else { find.then(",") }.value(id.uuid());
        }
        let people: Vec<Person> = find.then(")").all(&self.database).await?;
        Ok(people
            .into_iter()
            .map(|person| (person.id.to_string(), person.name))
            .collect())
    }
}

impl Row {
    fn shown(self, people: &BTreeMap<String, String>) -> Result<EventRow, StoreError> {
        let Self {
            seq,
            canonical,
            at,
            action,
            outcome,
            actor_kind,
            actor_id,
            target_kind,
            target_id,
        } = self;
        let corrupt = |_| StoreError::Corrupt {
            table: "audit_event",
            column: "canonical",
            row: seq.to_string(),
        };
        let event: Value = serde_json::from_slice(&canonical).map_err(corrupt)?;
        let text = |pointer: &str| {
            event
                .pointer(pointer)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let name = people.get(&actor_id).cloned();
        let label = text("/target/label").filter(|label| !label.is_empty());
        let label = label
            .or_else(|| people.get(&target_id).cloned())
            .unwrap_or_else(|| target_id.clone());
        let who = name
            .clone()
            .unwrap_or_else(|| stand_in(&actor_kind, &actor_id));
        Ok(EventRow {
            sentence: crate::sentence::of(
                &who,
                &action,
                &outcome,
                &label,
                text("/reason").as_deref(),
            ),
            canonical: String::from_utf8_lossy(&canonical).into_owned(),
            id: text("/id").unwrap_or_default(),
            reason: text("/reason"),
            via: text("/source/via").unwrap_or_default(),
            request: text("/request/id"),
            changes: changes(&event),
            actor: EventActor {
                kind: actor_kind,
                id: actor_id,
                name,
            },
            target: EventTarget {
                kind: target_kind,
                id: target_id,
                label,
            },
            seq,
            at,
            action,
            outcome,
        })
    }
}

/// What stands for an actor who has no name.
pub(crate) fn stand_in(kind: &str, id: &str) -> String {
    match kind {
        "command-line" => "The command line".to_owned(),
        "job" => format!("The job {id}"),
        "founder" => "The founder".to_owned(),
        "stranger" => "Somebody unknown".to_owned(),
        "gateway" => format!("The gateway {id}"),
        "application" => format!("The application {id}"),
        "initial-token" => format!("Whoever holds the initial access token {id}"),
        _ => id.to_owned(),
    }
}

fn changes(event: &Value) -> Vec<EventChange> {
    let diff = event.pointer("/change/diff").and_then(Value::as_array);
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let change = |entry: &Value| EventChange {
        name: text(entry.get("p"))
            .unwrap_or_default()
            .trim_start_matches('/')
            .to_owned(),
        old: text(entry.get("old")),
        new: text(entry.get("new")),
    };
    diff.map(|entries| entries.iter().map(change).collect())
        .unwrap_or_default()
}
