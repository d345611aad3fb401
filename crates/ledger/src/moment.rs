//! The one spelling of a moment in an event: `2026-11-23T15:04:05.123Z`.

/// Milliseconds since 1970, or nothing when the text is spelled otherwise or names no moment.
pub(crate) fn millis(text: &str) -> Option<i64> {
    #[rustfmt::skip]
    let [
        y3, y2, y1, y0, b'-', m1, m0, b'-', d1, d0, b'T',
        h1, h0, b':', i1, i0, b':', s1, s0, b'.', f2, f1, f0, b'Z',
    ] = *text.as_bytes() else {
        return None;
    };
    let days = days(
        number([y3, y2, y1, y0])?,
        number([m1, m0])?,
        number([d1, d0])?,
    )?;
    let hour = number([h1, h0]).filter(|hour| *hour < 24)?;
    let minute = number([i1, i0]).filter(|minute| *minute < 60)?;
    let second = number([s1, s0]).filter(|second| *second < 60)?;
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
    Some(seconds * 1000 + number([f2, f1, f0])?)
}

fn number<const N: usize>(digits: [u8; N]) -> Option<i64> {
    digits.into_iter().try_fold(0, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| digit - b'0')?;
        Some(number * 10 + i64::from(digit))
    })
}

/// Days since 1970 of a date of the Gregorian calendar, whose years begin in January.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = leap_days_through(year) - leap_days_through(year - 1);
    let months = [31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let earlier = usize::try_from(month - 1).ok()?;
    let length = *months.get(earlier)?;
    if !(1..=length).contains(&day) {
        return None;
    }
    let before_year = (year - 1970) * 365 + leap_days_through(year - 1) - leap_days_through(1969);
    let before_month: i64 = months.iter().take(earlier).sum();
    Some(before_year + before_month + day - 1)
}

/// How many leap days lie in the years from 1 to `year`.
fn leap_days_through(year: i64) -> i64 {
    year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400)
}

#[cfg(test)]
mod tests {
    use super::millis;

    #[test]
    fn known_moments() {
        assert_eq!(millis("1970-01-01T00:00:00.000Z"), Some(0));
        assert_eq!(millis("2000-02-29T00:00:00.000Z"), Some(951_782_400_000));
        assert_eq!(millis("2027-01-15T08:00:00.123Z"), Some(1_800_000_000_123));
        assert_eq!(
            millis("9999-12-31T23:59:59.999Z"),
            Some(253_402_300_799_999)
        );
        assert_eq!(millis("1969-12-31T23:59:59.999Z"), Some(-1));
    }

    #[test]
    fn what_names_no_moment_or_is_spelled_otherwise_is_refused() {
        let refused = [
            "2027-02-29T00:00:00.000Z",
            "2100-02-29T00:00:00.000Z",
            "2027-13-01T00:00:00.000Z",
            "2027-00-01T00:00:00.000Z",
            "2027-01-00T00:00:00.000Z",
            "2027-01-01T24:00:00.000Z",
            "2027-01-01T23:59:60.000Z",
            "2027-01-01T00:00:00Z",
            "2027-01-01T00:00:00.000000Z",
            "2027-01-01T00:00:00.000+00:00",
            "2027-01-01t00:00:00.000z",
            "",
        ];
        for text in refused {
            assert_eq!(millis(text), None, "{text}");
        }
    }
}
