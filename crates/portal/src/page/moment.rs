//! Times as people read them: relative or absolute in the text, exact in the title, RFC 3339 in the mark-up.

use askama::Template;
use gatewright_domain::time::Timestamp;

use super::number::counted;

/// A moment on a page.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/moment.html")]
pub struct Moment {
    /// RFC 3339.
    pub exact: String,
    /// The title until a script adds the local time.
    pub title: String,
    /// `relative` or `absolute`: whether a script keeps the words fresh.
    pub kind: &'static str,
    /// What is read.
    pub words: String,
}

impl Moment {
    /// How long ago, or how far ahead, seen from `now`.
    #[must_use]
    pub fn seen_from(now: Timestamp, at: Timestamp) -> Self {
        Self::new(at, "relative", distance(now, at))
    }

    /// An hour, for what is counted by the hour: how long ago it was, in hours.
    #[must_use]
    pub fn hour(now: Timestamp, at: Timestamp) -> Self {
        let words = match now.hour().since(at.hour()).as_secs() {
            0 => "this hour".to_owned(),
            seconds => format!("{} ago", span(seconds)),
        };
        Self::new(at, "absolute", words)
    }

    /// The day and the minute, in UTC.
    #[must_use]
    pub fn exact(at: Timestamp) -> Self {
        Self::new(at, "absolute", format!("{}, {}", day(at), clock(at)))
    }

    /// The day, in UTC.
    #[must_use]
    pub fn day(at: Timestamp) -> Self {
        Self::new(at, "absolute", day(at))
    }

    fn new(at: Timestamp, kind: &'static str, words: String) -> Self {
        let exact = at.to_string();
        let title = exact.replace('T', " ").chars().take(19).collect::<String>() + " UTC";
        Self {
            exact,
            title,
            kind,
            words,
        }
    }
}

/// `in 3 days`, `2 hours ago`, `now`.
#[must_use]
pub fn distance(now: Timestamp, at: Timestamp) -> String {
    let ahead = at.since(now).as_secs();
    let behind = now.since(at).as_secs();
    match (ahead, behind) {
        (0, 0) => "now".to_owned(),
        (0, seconds) => format!("{} ago", span(seconds)),
        // What was chosen as 30 days reads so for the first minute as well.
        (seconds, _) => format!("in {}", span(seconds.saturating_add(59))),
    }
}

/// A length of time in its largest whole unit: `3 days`, `90 days`, `1 hour`.
#[must_use]
pub fn span(seconds: u64) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    match seconds {
        0..MINUTE => counted(seconds, "second"),
        MINUTE..HOUR => counted(seconds / MINUTE, "minute"),
        HOUR..DAY => counted(seconds / HOUR, "hour"),
        DAY.. => counted(seconds / DAY, "day"),
    }
}

fn day(at: Timestamp) -> String {
    let at = at.date_time();
    let month: String = at.month().to_string().chars().take(3).collect();
    format!("{} {month} {}", at.day(), at.year())
}

/// A day or an hour as it stands below an axis: without the year.
#[must_use]
pub fn brief(words: &str) -> String {
    words
        .split_whitespace()
        .take(2)
        .collect::<Vec<_>>()
        .join(" ")
}

fn clock(at: Timestamp) -> String {
    let at = at.date_time();
    format!("{:02}:{:02} UTC", at.hour(), at.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_names_its_largest_unit() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let at = |seconds: i64| Timestamp::from_seconds(1_800_000_000 + seconds);
        assert_eq!(distance(now, at(-61)), "1 minute ago");
        assert_eq!(distance(now, at(3 * 86_400)), "in 3 days");
        assert_eq!(distance(now, now), "now");
    }

    #[test]
    fn a_day_is_written_out() {
        let moment = Moment::exact(Timestamp::from_seconds(1_800_000_000));
        assert_eq!(moment.words, "15 Jan 2027, 08:00 UTC");
        assert_eq!(moment.title, "2027-01-15 08:00:00 UTC");
    }
}
