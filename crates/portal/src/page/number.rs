//! Numbers as people read them.

/// A count with its thousands parted: `12,345`.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at != 0 && at % 3 == first {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count and its noun: `1 call`, `2 calls`. The plural is the noun and an `s`.
#[must_use]
pub fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(number))
}

/// A part of a whole in tenths of a per cent: `0.4 %`; a whole of nothing is `–`.
#[must_use]
pub fn share(part: u64, whole: u64) -> String {
    let per_mille = u128::from(part)
        .saturating_mul(1000)
        .checked_div(u128::from(whole));
    per_mille.map_or_else(
        || "–".to_owned(),
        |tenths| format!("{}.{} %", tenths / 10, tenths % 10),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted() {
        let shown = [0, 999, 1_000, 12_345, 1_234_567].map(count);
        assert_eq!(shown, ["0", "999", "1,000", "12,345", "1,234,567"]);
    }

    #[test]
    fn one_is_singular() {
        assert_eq!(counted(1, "call"), "1 call");
        assert_eq!(counted(0, "call"), "0 calls");
    }

    #[test]
    fn a_share_of_nothing_is_a_dash() {
        assert_eq!(share(4, 1000), "0.4 %");
        assert_eq!(share(1, 0), "–");
    }
}
