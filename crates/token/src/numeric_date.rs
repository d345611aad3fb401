//! `NumericDate` (RFC 7519 section 2): seconds since 1970 as a JSON number, fractions allowed.

use gatewright_domain::time::Timestamp;

/// The moment a JSON number stands for, to the millisecond below it; nothing before 1970 or after the year 9999.
///
/// Read from the digits, never through a float, so that no rounding decides whether a token lives.
pub(crate) fn moment(number: &str) -> Option<Timestamp> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i32 = exponent.parse().ok()?;
    let places = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
    // Where the milliseconds end, counted in digits. Nineteen digits are more than a moment has.
    let end = usize::try_from(places.checked_add(3)?.max(0)).ok()?;
    if end > 19 {
        return None;
    }
    let digits = whole.bytes().chain(fraction.bytes());
    let mut padded = digits.chain(std::iter::repeat(b'0')).take(end);
    let millis = padded.try_fold(0_i64, |millis, digit| {
        let digit = char::from(digit).to_digit(10)?;
        millis.checked_mul(10)?.checked_add(i64::from(digit))
    })?;
    let moment = Timestamp::from_millis(millis);
    // A sign is no digit, but a number that rounds to zero could hide one.
    let signed = whole.starts_with('-');
    (!signed && moment.millis() == millis).then_some(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_their_fractions_are_moments() {
        let read = |number| moment(number).map(Timestamp::millis);
        assert_eq!(read("1800000240"), Some(1_800_000_240_000));
        assert_eq!(read("1800000240.5"), Some(1_800_000_240_500));
        assert_eq!(read("1800000240.9999"), Some(1_800_000_240_999));
        assert_eq!(read("1.80000024e9"), Some(1_800_000_240_000));
        assert_eq!(read("18000002400E-1"), Some(1_800_000_240_000));
        assert_eq!(read("0"), Some(0));
        assert_eq!(read("1e-30"), Some(0));
    }

    #[test]
    fn what_no_calendar_holds_is_no_moment() {
        for number in [
            "-1",
            "-0.0",
            "-1e-30",
            "1e18",
            "1800000240000",
            "253402300800",
            "18446744073709551615",
            "18446744073709551616",
            "1e99999999999",
            "1e-99999999999",
            "1e2147483647",
        ] {
            assert_eq!(moment(number), None, "{number}");
        }
    }
}
