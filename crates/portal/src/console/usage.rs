//! Usage: calls by the hour or by the day and by operation, and the same as CSV.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use gatewright_domain::time::Timestamp;
use gatewright_store::views::usage::{UsageFilter, UsageRow as Row};
use serde::Deserialize;

use crate::{
    console::{elsewhere, versions, visit, words},
    page::{
        chart::{Count, Hours, Meter},
        empty::Empty,
        fact::{Figure, Figures},
        form::{Choice, ChoiceState, Control, Field},
        frame::{Frame, Link},
        icon::Icon,
        list::{Filters, Pages},
        moment::{Moment, brief},
        number::{count, counted, share},
        place::Place,
    },
    pages::usage::{UsagePage, UsageRow},
    web::{app::App, caller::SignedIn, problem::Problem},
};

const HERE: &str = "/console/usage";

/// How many operations the table shows.
const MOST: usize = 100;

/// Which calls to count.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    api: String,
    version: String,
    application: String,
    days: String,
}

impl Asked {
    /// How many days back: one unless another span is chosen.
    fn days(&self) -> u64 {
        match self.days.as_str() {
            "7" => 7,
            "30" => 30,
            _ => 1,
        }
    }

    /// The filter. A name that is none finds nothing, so it is left out and its field says so by staying.
    fn filter(&self, now: Timestamp) -> UsageFilter {
        let span = Duration::from_secs(self.days() * 86_400);
        UsageFilter {
            api: self.api.trim().parse().ok(),
            version: self.version.trim().parse().ok(),
            application: self.application.trim().parse().ok(),
            from: Some(now.minus(span)),
            to: None,
        }
    }

    fn at(&self, place: &str) -> String {
        let pairs = [
            ("api", self.api.as_str()),
            ("version", &self.version),
            ("application", &self.application),
            ("days", &self.days),
        ];
        words::query(place, &pairs)
    }
}

/// Usage in a span of time.
///
/// # Errors
/// `NOT_FOUND` for an application that does not exist.
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let now = app.now();
    let sight = app.reader.as_seen_by(&who.caller);
    let found = sight.usage(&asked.filter(now)).await?;
    let rows = by_operation(&found);
    let empty = rows.is_empty().then(|| Empty {
        icon: Icon::Usage,
        title: "Nothing was called".to_owned(),
        words: "Calls appear here a moment after a gateway has answered them.".to_owned(),
        actions: vec![Link::new("Look at 30 days", format!("{HERE}?days=30"))],
    });
    let title = match asked.days() {
        1 => "Calls in the last 24 hours".to_owned(),
        days => format!("Calls in the last {days} days"),
    };
    let called = words::query(
        "/usage",
        &[
            ("api", &asked.api),
            ("version", &asked.version),
            ("application", &asked.application),
        ],
    );
    visit::page(&UsagePage {
        frame: Frame::new(visit::signed_in(&request, &who), Place::Usage, "Usage")
            .also(elsewhere::call(&app, &called)),
        csv: asked.at("/console/usage.csv"),
        filters: filters(&asked),
        figures: figures(&found),
        calls: Hours::new("calls", title, &bars(&found, asked.days(), now)),
        empty,
        pages: Pages {
            shown: counted(u64::try_from(rows.len()).unwrap_or(0), "row"),
            first: None,
            next: None,
        },
        rows,
    })
}

fn filters(asked: &Asked) -> Filters {
    let word = |name, label: &str, value: &str| {
        Field::new(name, label, Control::Mono)
            .value(value)
            .optional()
    };
    let choice = |(value, label): (&str, &str)| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        hint: None,
        state: if value == asked.days().to_string() {
            ChoiceState::Chosen
        } else {
            ChoiceState::Open
        },
    };
    let spans = [("1", "24 hours"), ("7", "7 days"), ("30", "30 days")];
    let days = Control::Select(spans.map(choice).into());
    let is_open = asked.at(HERE) == HERE;
    Filters {
        label: "Filter the usage",
        fields: vec![
            word("api", "API", &asked.api),
            word("version", "Version", &asked.version),
            word("application", "Application", &asked.application),
            Field::new("days", "Within", days).value(asked.days().to_string()),
        ],
        clear: (!is_open).then(|| HERE.to_owned()),
    }
}

fn part(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}

/// What a sum of calls came to.
#[derive(Default)]
struct Sum {
    calls: u64,
    refused: u64,
    errors: u64,
}

impl Sum {
    fn add(&mut self, row: &Row) {
        let calls = part(row.calls);
        self.calls += calls;
        if !row.reason.is_empty() {
            self.refused += calls;
        } else if row.status >= 500 {
            self.errors += calls;
        }
    }

    fn of<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Self {
        let mut sum = Self::default();
        rows.into_iter().for_each(|row| sum.add(row));
        sum
    }
}

fn figures(rows: &[Row]) -> Figures {
    let sum = Sum::of(rows);
    let callers: BTreeSet<_> = rows.iter().filter_map(|row| row.application_id).collect();
    let figure = |name, value: u64, hint: String| Figure {
        name,
        value: count(value),
        hint,
    };
    let callers = u64::try_from(callers.len()).unwrap_or(0);
    Figures(vec![
        figure("Calls", sum.calls, "in this span".to_owned()),
        figure(
            "Refused",
            sum.refused,
            format!("{} of all", share(sum.refused, sum.calls)),
        ),
        figure(
            "Upstream errors",
            sum.errors,
            format!("{} of all", share(sum.errors, sum.calls)),
        ),
        figure("Applications", callers, "that called".to_owned()),
    ])
}

/// One bar an hour for a day, one bar a day for more.
fn bars(rows: &[Row], days: u64, now: Timestamp) -> Vec<Count> {
    let (slots, width, every) = match days {
        1 => (24, 3_600, 6),
        7 => (7, 86_400, 1),
        _ => (30, 86_400, 7),
    };
    let start = |at: Timestamp| if days == 1 { at.hour() } else { at.day() };
    let bar = |back: u64| {
        let slot = start(now).minus(Duration::from_secs(back * width));
        let sum = Sum::of(rows.iter().filter(|row| start(row.hour) == slot));
        let when = if days == 1 {
            format!("{:02}:00", slot.date_time().hour())
        } else {
            Moment::day(slot).words
        };
        let tick = if back.is_multiple_of(every) {
            brief(&when)
        } else {
            String::new()
        };
        Count {
            when,
            tick,
            calls: sum.calls,
            refused: Some(sum.refused),
        }
    };
    (0..slots).rev().map(bar).collect()
}

/// The calls by operation and application, the busiest first.
fn by_operation(rows: &[Row]) -> Vec<UsageRow> {
    let mut sums: BTreeMap<_, Sum> = BTreeMap::new();
    for row in rows {
        let key = (
            &row.api,
            &row.version,
            &row.path,
            &row.method,
            &row.application,
        );
        sums.entry(key).or_default().add(row);
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.calls));
    let busiest = sums.first().map_or(0, |(_, sum)| sum.calls);
    let row = |((api, version, path, method, application), sum): (
        (&String, &String, &String, &String, &Option<String>),
        Sum,
    )| UsageRow {
        method: versions::method(method),
        path: if path.is_empty() {
            "No operation".to_owned()
        } else {
            path.clone()
        },
        version: format!("{api} {version}"),
        application: application.clone().unwrap_or_else(|| "–".to_owned()),
        meter: Meter::new(sum.calls, busiest),
        calls: count(sum.calls),
        refused: count(sum.refused),
        errors: count(sum.errors),
    };
    sums.into_iter().take(MOST).map(row).collect()
}

/// The same calls hour by hour, as CSV (RFC 4180).
///
/// # Errors
/// `NOT_FOUND` for an application that does not exist.
pub async fn csv(
    app: Data<App>,
    who: SignedIn,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let sight = app.reader.as_seen_by(&who.caller);
    let found = sight.usage(&asked.filter(app.now())).await?;
    let mut text =
        "hour,api,version,method,path,application,status,reason,calls,bytes\r\n".to_owned();
    for row in &found {
        let cells = [
            row.hour.to_string(),
            row.api.clone(),
            row.version.clone(),
            row.method.clone(),
            row.path.clone(),
            row.application.clone().unwrap_or_default(),
            row.status.to_string(),
            row.reason.clone(),
            row.calls.to_string(),
            row.bytes.to_string(),
        ];
        text.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        text.push_str("\r\n");
    }
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(("content-disposition", "attachment; filename=\"usage.csv\""))
        .body(text))
}

/// A cell. Names that a spreadsheet would take for a formula are made text.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let guard = if formula { "'" } else { "" };
    if formula || cell.contains([',', '"', '\n', '\r']) {
        format!("\"{guard}{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_where_it_has_to_be() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("a \"b\", c"), "\"a \"\"b\"\", c\"");
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
    }
}
