//! What the sample pages share: a fixed now, a person, and short ways to say things.

use std::time::Duration;

use gatewright_domain::time::Timestamp;
use gatewright_portal::page::{
    badge::Tone,
    chart::{Count, Hours, Spark},
    empty::Empty,
    fact::{Last, Scopes},
    form::{Choice, ChoiceState, Control, Field},
    frame::{Account, Frame, Link, Theme, Visit},
    icon::Icon,
    lanes::Span,
    list::{Filters, Pages},
    moment::Moment,
    place::Place,
    steps::{Outcome, Step},
};

pub(crate) const DAY: u64 = 86_400;

/// 23 November 2026, 15:04:05 UTC.
pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_795_446_245);

pub(crate) fn ago(seconds: u64) -> Moment {
    Moment::seen_from(NOW, NOW.minus(Duration::from_secs(seconds)))
}

pub(crate) fn ahead(seconds: u64) -> Moment {
    Moment::seen_from(NOW, NOW.plus(Duration::from_secs(seconds)))
}

pub(crate) fn last(seconds: u64) -> Last {
    Last::new(Some(ago(seconds)), "Never used")
}

pub(crate) fn never() -> Last {
    Last::new(None, "Never used")
}

pub(crate) fn visit(here: &str) -> Visit {
    Visit {
        nonce: "c2FtcGxl".into(),
        theme: Theme::System,
        here: here.into(),
        account: Some(Account {
            name: "Ada Byron".into(),
            role: "Admin",
        }),
        flash: None,
    }
}

pub(crate) fn frame(place: Place, title: &str) -> Frame {
    Frame::new(visit(place.href()), place, title)
}

pub(crate) fn stranger(title: &str) -> Frame {
    let visit = Visit {
        account: None,
        ..visit("/")
    };
    Frame::new(visit, Place::Home, title)
}

pub(crate) fn link(words: &str) -> Link {
    Link::new(words, "#")
}

pub(crate) fn scopes(names: &[&str]) -> Scopes {
    Scopes(names.iter().map(|name| (*name).to_owned()).collect())
}

pub(crate) fn choice(value: &str, label: &str, hint: &str, state: ChoiceState) -> Choice {
    let hint = Some(hint.to_owned()).filter(|hint| !hint.is_empty());
    Choice {
        value: value.into(),
        label: label.into(),
        hint,
        state,
    }
}

pub(crate) fn any(name: &'static str, label: &str, options: &[&str]) -> Field {
    let options = options
        .iter()
        .map(|option| choice(option, option, "", ChoiceState::Open))
        .collect();
    Field::new(name, label, Control::Select(options)).optional()
}

pub(crate) fn filters(fields: Vec<Field>) -> Filters {
    Filters {
        label: "Filter the list",
        fields,
        clear: None,
    }
}

pub(crate) fn all_shown(words: &str) -> Pages {
    Pages {
        shown: words.into(),
        first: None,
        next: None,
    }
}

pub(crate) fn more(words: &str) -> Pages {
    Pages {
        shown: words.into(),
        first: None,
        next: Some("#".into()),
    }
}

pub(crate) fn nothing(icon: Icon, title: &str, words: &str, action: &str) -> Empty {
    Empty {
        icon,
        title: title.into(),
        words: words.into(),
        actions: vec![link(action)],
    }
}

/// A wave that is the same on every run.
pub(crate) fn wave(length: u64, height: u64) -> Vec<u64> {
    let at = |hour: u64| (hour * hour * 7 + hour * 31) % 11 + 14 - (hour + 4) % 12;
    (0..length).map(|hour| at(hour) * height / 24).collect()
}

pub(crate) fn trend(height: u64) -> Spark {
    Spark::new("Calls a day, 30 days", &wave(30, height))
}

pub(crate) fn day_of_calls(title: &str) -> Hours {
    let count = |(hour, calls): (u64, u64)| Count {
        when: format!("{:02}:00", (hour + 16) % 24),
        tick: if hour % 6 == 2 {
            format!("{:02}:00", (hour + 16) % 24)
        } else {
            String::new()
        },
        calls,
        refused: Some(calls / 23 + if hour == 17 { 160 } else { 0 }),
    };
    let counts: Vec<Count> = (0..).zip(wave(24, 900)).map(count).collect();
    Hours::new("calls", title, &counts)
}

pub(crate) fn day(days: i64) -> Timestamp {
    Timestamp::from_seconds(NOW.seconds() + days * 86_400)
}

pub(crate) fn span(tone: Tone, word: &'static str, from: i64, until: i64) -> Span {
    Span {
        tone,
        word,
        from: day(from),
        until: day(until),
    }
}

pub(crate) fn step(outcome: Outcome, rule: &str, found: &str) -> Step {
    Step {
        outcome,
        rule: rule.into(),
        found: found.into(),
        mend: None,
    }
}
