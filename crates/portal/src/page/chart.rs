//! Charts drawn by the server as SVG, in per cent of their width, each with a title and a description.

use askama::Template;

use super::{
    icon::Icon,
    number::{count, counted},
};

/// Calls and refusals by hour or by day, as bars; a table with the same numbers is folded below.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/hours.html")]
pub struct Hours {
    /// Its id on the page.
    pub id: &'static str,
    /// What it shows: `Calls in the last 24 hours`.
    pub title: String,
    /// The same in a sentence, with the largest and the total.
    pub description: String,
    /// The bars, from left to right.
    pub bars: Vec<Bar>,
    /// The largest number, at the top of the scale.
    pub top: String,
    /// Whether refusals were counted apart.
    pub tells_refused: bool,
}

/// One bar: an hour or a day.
#[derive(Clone, Debug)]
pub struct Bar {
    /// The hour or day, in words.
    pub when: String,
    /// What stands below the axis; empty for most.
    pub tick: String,
    /// The left edge, in per cent.
    pub x: String,
    /// The middle, in per cent: where its tick stands.
    pub middle: String,
    /// The width, in per cent.
    pub width: String,
    /// The top edge of all calls, in pixels of the drawing.
    pub y: u64,
    /// The height of all calls.
    pub height: u64,
    /// The top edge of the refused ones.
    pub refused_y: u64,
    /// The height of the refused ones.
    pub refused_height: u64,
    /// All calls, as read.
    pub calls: String,
    /// Refused calls, as read.
    pub refused: String,
    /// The whole bar in words: `14:00: 12 calls, 3 refused`.
    pub words: String,
}

/// What one bar counts.
#[derive(Clone, Debug)]
pub struct Count {
    /// The hour or day, in words: `14:00`.
    pub when: String,
    /// What stands below the axis; empty for most.
    pub tick: String,
    /// All calls.
    pub calls: u64,
    /// Those that were refused; nothing where they are not counted apart.
    pub refused: Option<u64>,
}

/// The height of the drawing's field of bars.
const FIELD: u64 = 120;

impl Hours {
    /// The chart of these counts, from left to right.
    #[must_use]
    pub fn new(id: &'static str, title: impl Into<String>, counts: &[Count]) -> Self {
        let most = counts.iter().map(|count| count.calls).max().unwrap_or(0);
        let total = counts.iter().map(|count| count.calls).sum();
        let refused: Option<u64> = counts.iter().map(|count| count.refused).sum();
        let slots = u64::try_from(counts.len()).unwrap_or(u64::MAX).max(1);
        let bars = (0..)
            .zip(counts)
            .map(|(slot, count)| bar(slot, slots, most, count))
            .collect();
        Self {
            id,
            title: title.into(),
            description: described(total, refused, most),
            bars,
            top: count(most),
            tells_refused: refused.is_some(),
        }
    }
}

fn described(total: u64, refused: Option<u64>, most: u64) -> String {
    let parted = refused.map_or_else(String::new, |refused| {
        format!(", {} of them refused", count(refused))
    });
    let total = counted(total, "call");
    format!(
        "{total} in all{parted}; the tallest bar stands for {}.",
        count(most)
    )
}

fn bar(slot: u64, slots: u64, most: u64, of: &Count) -> Bar {
    let refused = of.refused.unwrap_or(0);
    let (height, refused_height) = (scaled(of.calls, most, FIELD), scaled(refused, most, FIELD));
    let parted = of.refused.map_or_else(String::new, |refused| {
        format!(", {} refused", count(refused))
    });
    Bar {
        when: of.when.clone(),
        tick: of.tick.clone(),
        x: per_cent(slot, slots),
        middle: per_cent(slot * 5 + 2, slots * 5),
        width: per_cent(4, slots * 5),
        y: FIELD - height,
        height,
        refused_y: FIELD - refused_height,
        refused_height,
        calls: count(of.calls),
        refused: count(refused),
        words: format!("{}: {}{parted}", of.when, counted(of.calls, "call")),
    }
}

/// A row of small bars in a line of text, for a trend.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/spark.html")]
pub struct Spark {
    /// What it shows, for those who do not see it: `Calls a day, 30 days: 0 to 1,240`.
    pub title: String,
    /// The bars.
    pub bars: Vec<SparkBar>,
}

/// One small bar.
#[derive(Clone, Debug)]
pub struct SparkBar {
    /// The left edge, in per cent.
    pub x: String,
    /// The width, in per cent.
    pub width: String,
    /// The top edge.
    pub y: u64,
    /// The height.
    pub height: u64,
}

/// The height of a small drawing.
const LINE: u64 = 20;

impl Spark {
    /// The trend of these numbers, from left to right.
    #[must_use]
    pub fn new(title: impl Into<String>, numbers: &[u64]) -> Self {
        let most = numbers.iter().copied().max().unwrap_or(0);
        let slots = u64::try_from(numbers.len()).unwrap_or(u64::MAX).max(1);
        let bar = |(slot, number): (u64, &u64)| {
            let height = scaled(*number, most, LINE).max(1);
            let (x, width) = (per_cent(slot, slots), per_cent(7, slots * 10));
            SparkBar {
                x,
                width,
                y: LINE - height,
                height,
            }
        };
        Self {
            title: title.into(),
            bars: (0..).zip(numbers).map(bar).collect(),
        }
    }
}

/// One number beside the largest of its column.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/meter.html")]
pub struct Meter {
    /// How much of the width is filled, in per cent.
    pub width: String,
}

impl Meter {
    /// A part of a whole.
    #[must_use]
    pub fn new(part: u64, whole: u64) -> Self {
        Self {
            width: per_cent(part.min(whole), whole.max(1)),
        }
    }
}

/// A number on a scale from 0 to `most`, in whole steps of `height`; anything above 0 shows.
fn scaled(number: u64, most: u64, height: u64) -> u64 {
    let exact = u128::from(number) * u128::from(height) / u128::from(most.max(1));
    u64::try_from(exact)
        .unwrap_or(height)
        .max(u64::from(number > 0))
}

/// A part of a whole in hundredths of a per cent, as SVG reads it: `12.50%`.
pub(super) fn per_cent(part: u64, whole: u64) -> String {
    let exact = u128::from(part) * 10_000 / u128::from(whole.max(1));
    format!("{}.{:02}%", exact / 100, exact % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_call_among_many_still_shows() {
        assert_eq!(scaled(1, 1_000_000, FIELD), 1);
        assert_eq!(scaled(0, 1_000_000, FIELD), 0);
    }

    #[test]
    fn a_chart_of_nothing_is_flat() {
        let empty = Count {
            when: "14:00".into(),
            tick: String::new(),
            calls: 0,
            refused: Some(0),
        };
        let chart = Hours::new("calls", "Calls", &[empty]);
        assert!(chart.bars.iter().all(|bar| bar.height == 0));
    }

    #[test]
    fn per_cent_are_parts_of_the_width() {
        assert_eq!(per_cent(1, 8), "12.50%");
        assert_eq!(per_cent(3, 3), "100.00%");
    }
}
