//! Time as the product knows it: UTC milliseconds, handed in by the caller, never read from a clock here.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize, de};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// A moment in UTC, in milliseconds since 1970. Stored as an integer, shown as RFC 3339.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::DeriveValueType))]
pub struct Timestamp(i64);

/// A text that is not a moment in RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time: expected RFC 3339, for instance 2026-11-23T15:04:05Z")]
pub struct NotATime;

impl Timestamp {
    /// The last moment that RFC 3339 can show (the end of the year 9999), so that every timestamp can be shown.
    const MAX: i64 = 253_402_300_799_999;

    /// That last moment, which stands for "never".
    pub const END: Self = Self(Self::MAX);

    /// The moment so many milliseconds after 1970; clamped to the years 1970 to 9999.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        if millis < 0 {
            return Self(0);
        }
        if millis > Self::MAX {
            Self(Self::MAX)
        } else {
            Self(millis)
        }
    }

    /// The moment so many whole seconds after 1970; clamped as `from_millis`.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self::from_millis(seconds.saturating_mul(1000))
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down (JWT's `NumericDate`).
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This moment and so much later.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self::from_millis(self.0.saturating_add(millis(span)))
    }

    /// This moment and so much earlier.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self::from_millis(self.0.saturating_sub(millis(span)))
    }

    /// The time from an earlier moment to this one; nothing when `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The start of the hour this moment lies in.
    #[must_use]
    pub const fn hour(self) -> Self {
        Self(self.0 - self.0.rem_euclid(3_600_000))
    }

    /// The start of the UTC day this moment lies in.
    #[must_use]
    pub const fn day(self) -> Self {
        Self(self.0 - self.0.rem_euclid(86_400_000))
    }

    /// This moment as the `time` crate has it, for formats other than RFC 3339.
    #[must_use]
    pub fn date_time(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.date_time();
        let year = u16::try_from(at.year()).unwrap_or(0);
        let (month, day) = (u8::from(at.month()).into(), at.day().into());
        let (hour, minute, second) = (at.hour().into(), at.minute().into(), at.second().into());
        // Written digit by digit, because every access record shows a moment and formatting costs ten times as much.
        let mut text = *b"0000-00-00T00:00:00.000Z";
        put(text.get_mut(0..4), year);
        put(text.get_mut(5..7), month);
        put(text.get_mut(8..10), day);
        put(text.get_mut(11..13), hour);
        put(text.get_mut(14..16), minute);
        put(text.get_mut(17..19), second);
        put(text.get_mut(20..23), at.millisecond());
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

/// Writes a number's digits, as many as there is room for.
fn put(room: Option<&mut [u8]>, mut number: u16) {
    for digit in room.into_iter().flatten().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let at = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| NotATime)?;
        let millis =
            i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000)).map_err(|_| NotATime)?;
        if (0..=Self::MAX).contains(&millis) {
            Ok(Self(millis))
        } else {
            Err(NotATime)
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// Where the time comes from. The real one lives in the binaries, the fixed one in `testkit`.
pub trait Clock: Send + Sync {
    /// The moment it is.
    fn now(&self) -> Timestamp;

    /// The time since a moment that means nothing by itself. It never goes back and never jumps, whatever becomes of `now`;
    /// the difference of two is the time between them.
    fn steady(&self) -> Duration;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_in_rfc_3339_with_milliseconds() {
        assert_eq!(
            Timestamp::from_millis(1_800_000_000_123).to_string(),
            "2027-01-15T08:00:00.123Z"
        );
    }

    #[test]
    fn every_moment_is_shown_as_the_library_shows_it() {
        for seconds in (0..Timestamp::MAX / 1000).step_by(86_399 * 997) {
            let at = Timestamp::from_millis(seconds * 1000 + 7);
            let shown = at.to_string();
            let expected = at.date_time().format(&Rfc3339).unwrap();
            assert_eq!(shown, expected);
            assert_eq!(shown.parse(), Ok(at));
        }
        let last = Timestamp::from_millis(i64::MAX).to_string();
        assert_eq!(last, "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn an_offset_is_read_as_utc() {
        assert_eq!(
            "2027-01-15T09:00:00+01:00".parse(),
            Ok(Timestamp::from_seconds(1_800_000_000))
        );
    }

    #[test]
    fn a_time_before_1970_is_refused() {
        assert_eq!("1969-12-31T23:59:59Z".parse::<Timestamp>(), Err(NotATime));
    }
}
