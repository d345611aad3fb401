//! What an unquoted word of YAML means (the core schema, YAML 1.2.2 section 10.3.2).

/// What a scalar means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    Null,
    True,
    False,
    Number,
    Text,
    /// Infinity or not a number.
    NoNumber,
}

/// What an unquoted scalar means.
pub(crate) fn meaning(word: &str) -> Meaning {
    match word {
        "" | "~" | "null" | "Null" | "NULL" => Meaning::Null,
        "true" | "True" | "TRUE" => Meaning::True,
        "false" | "False" | "FALSE" => Meaning::False,
        ".nan" | ".NaN" | ".NAN" => Meaning::NoNumber,
        _ if is_infinity(word) => Meaning::NoNumber,
        _ if is_number(word) => Meaning::Number,
        _ => Meaning::Text,
    }
}

fn is_infinity(word: &str) -> bool {
    matches!(unsigned(word), ".inf" | ".Inf" | ".INF")
}

fn is_number(word: &str) -> bool {
    let all =
        |digits: &str, is: fn(&u8) -> bool| !digits.is_empty() && digits.as_bytes().iter().all(is);
    if let Some(octal) = word.strip_prefix("0o") {
        return all(octal, |byte| matches!(byte, b'0'..=b'7'));
    }
    if let Some(hexadecimal) = word.strip_prefix("0x") {
        return all(hexadecimal, u8::is_ascii_hexdigit);
    }
    let (mantissa, exponent) = match unsigned(word).split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned(word), None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_is_fine =
        digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    let exponent_is_fine =
        exponent.is_none_or(|exponent| all(unsigned(exponent), u8::is_ascii_digit));
    mantissa_is_fine && exponent_is_fine
}

fn unsigned(word: &str) -> &str {
    word.strip_prefix(['-', '+']).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_schema_decides_what_a_word_means() {
        let words = [
            ("null", Meaning::Null),
            ("~", Meaning::Null),
            ("True", Meaning::True),
            ("false", Meaning::False),
            ("12", Meaning::Number),
            ("-0.5e+3", Meaning::Number),
            ("+1", Meaning::Number),
            (".5", Meaning::Number),
            ("5.", Meaning::Number),
            ("0o17", Meaning::Number),
            ("0xFf", Meaning::Number),
            (".NaN", Meaning::NoNumber),
            ("-.inf", Meaning::NoNumber),
            ("yes", Meaning::Text),
            ("on", Meaning::Text),
            ("1.2.3", Meaning::Text),
            ("1e", Meaning::Text),
            ("1_000", Meaning::Text),
            ("0x", Meaning::Text),
            ("2020-01-01", Meaning::Text),
            (".", Meaning::Text),
            ("-", Meaning::Text),
        ];
        for (word, expected) in words {
            assert_eq!(meaning(word), expected, "{word}");
        }
    }
}
