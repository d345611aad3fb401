//! A timeline: one lane for each key or version, its states as spans against days, and the line of now.

use askama::Template;
use gatewright_domain::time::Timestamp;

use super::{badge::Tone, chart::per_cent, moment::Moment};

/// A timeline. The table beside it holds the same facts for those who do not see it.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/lanes.html")]
pub struct Lanes {
    /// Its id on the page.
    pub id: &'static str,
    /// What it shows: `Signing keys over time`.
    pub title: String,
    /// The same in a sentence.
    pub description: String,
    /// The lanes, from top to bottom.
    pub rows: Vec<Row>,
    /// Days along the axis.
    pub ticks: Vec<Tick>,
    /// Where now is, in per cent.
    pub now: String,
    /// Where the lanes end.
    pub axis: u64,
    /// Where the days stand.
    pub words_y: u64,
    /// The height of the drawing.
    pub height: u64,
}

/// One lane, placed.
#[derive(Clone, Debug)]
pub struct Row {
    /// Whose lane it is.
    pub name: String,
    /// Where its spans begin.
    pub y: u64,
    /// Its spans.
    pub spans: Vec<Placed>,
}

/// One span, placed.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The left edge, in per cent.
    pub x: String,
    /// The width, in per cent.
    pub width: String,
    /// Its tone.
    pub tone: Tone,
    /// The state, as a word.
    pub word: &'static str,
    /// The state, with its days.
    pub words: String,
}

/// One day along the axis.
#[derive(Clone, Debug)]
pub struct Tick {
    /// Where it is, in per cent.
    pub x: String,
    /// The day.
    pub words: String,
}

/// A lane to be placed: a name and what happened when.
#[derive(Clone, Debug)]
pub struct Lane {
    /// Whose lane it is.
    pub name: String,
    /// Its spans, in order.
    pub spans: Vec<Span>,
}

/// A state that lasted, or will last.
#[derive(Clone, Debug)]
pub struct Span {
    /// Its tone.
    pub tone: Tone,
    /// The state, as a word.
    pub word: &'static str,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// The height of a lane: its name beside its spans, and room.
const LANE: u64 = 30;
/// Where the first lane begins: below the word of now.
const HEAD: u64 = 20;
/// Into how many parts the days on the axis divide it.
const TICKS: u64 = 5;

impl Lanes {
    /// The timeline of these lanes between two moments.
    #[must_use]
    pub fn new(
        id: &'static str,
        title: impl Into<String>,
        window: (Timestamp, Timestamp),
        now: Timestamp,
        lanes: &[Lane],
    ) -> Self {
        let rows: Vec<Row> = (0..)
            .zip(lanes)
            .map(|(at, lane)| row(at, lane, window))
            .collect();
        let axis = HEAD + LANE * u64::try_from(rows.len()).unwrap_or(0);
        let described = lanes.iter().map(description).collect::<Vec<_>>().join(" ");
        let ticks = (1..TICKS).map(|at| tick(at, window)).collect();
        let now = place(now, window);
        Self {
            id,
            title: title.into(),
            description: described,
            rows,
            ticks,
            now,
            axis,
            words_y: axis + 16,
            height: axis + 20,
        }
    }
}

fn row(at: u64, lane: &Lane, window: (Timestamp, Timestamp)) -> Row {
    let spans = lane.spans.iter().map(|span| placed(span, window)).collect();
    Row {
        name: lane.name.clone(),
        y: HEAD + at * LANE + 5,
        spans,
    }
}

fn placed(span: &Span, window: (Timestamp, Timestamp)) -> Placed {
    let (from, until) = (span.from.max(window.0), span.until.min(window.1));
    let whole = window.1.since(window.0).as_secs();
    Placed {
        x: place(from, window),
        width: per_cent(until.since(from).as_secs(), whole),
        tone: span.tone,
        word: span.word,
        words: words(span),
    }
}

fn words(span: &Span) -> String {
    let (from, until) = (Moment::day(span.from).words, Moment::day(span.until).words);
    format!("{}: {from} to {until}", span.word)
}

fn description(lane: &Lane) -> String {
    let spans = lane.spans.iter().map(words).collect::<Vec<_>>().join(", ");
    format!("{}: {spans}.", lane.name)
}

fn tick(at: u64, window: (Timestamp, Timestamp)) -> Tick {
    let whole = window.1.since(window.0);
    let steps = u32::try_from(at).unwrap_or(0);
    let day = window
        .0
        .plus(whole * steps / u32::try_from(TICKS).unwrap_or(1));
    Tick {
        x: per_cent(at, TICKS),
        words: Moment::day(day).words,
    }
}

fn place(at: Timestamp, window: (Timestamp, Timestamp)) -> String {
    let whole = window.1.since(window.0).as_secs();
    per_cent(at.since(window.0).as_secs().min(whole), whole)
}
