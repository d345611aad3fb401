//! The regular expressions that the official schemas use, each by hand: there are a dozen, and an engine for all of them
//! would be larger than what it looks at.

/// One of the expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Published<'s> {
    /// `^x-`
    Extension,
    /// `^/`
    Slash,
    /// A three-digit status, or a range of them.
    Status,
    /// A three-digit status, or `default`, in OpenAPI 2.0.
    OldStatus,
    /// The name of a component.
    Component,
    /// The host of OpenAPI 2.0.
    Host,
    /// `bearer` in any case.
    Bearer,
    /// No braces.
    NoBraces,
    /// No fragment; an empty one is taken for none.
    NoFragment,
    /// A method of HTTP, or another token.
    Token,
    /// The name of an anchor.
    Anchor,
    /// A version that begins like this.
    Version(&'s str),
    /// One of the words in an alternation.
    Words(&'s str),
}

impl<'s> Published<'s> {
    /// Reads an expression; `None` when it is none of those that are known.
    pub(crate) fn of(expression: &'s str) -> Option<Self> {
        Some(match expression {
            "^x-" => Self::Extension,
            "^/" | "^\\/" => Self::Slash,
            "^[1-5](?:\\d{2}|XX)$" | "^[1-5](?:[0-9]{2}|XX)$" => Self::Status,
            "^([0-9]{3})$|^(default)$" => Self::OldStatus,
            "^[a-zA-Z0-9\\.\\-_]+$" | "^[a-zA-Z0-9._-]+$" => Self::Component,
            "^[^{}/ :\\\\]+(?::\\d+)?$" => Self::Host,
            "^[Bb][Ee][Aa][Rr][Ee][Rr]$" => Self::Bearer,
            "^[^{}]+$" => Self::NoBraces,
            "^[^#]*$" | "^[^#]*#?$" => Self::NoFragment,
            "^[0-9A-Za-z!#$%&'*+.^_`|~-]+$" => Self::Token,
            "^[A-Za-z_][-A-Za-z0-9._]*$" => Self::Anchor,
            "^\\$ref$" => Self::Words("$ref"),
            "^3\\.0\\.\\d(-.+)?$" => Self::Version("3.0."),
            "^3\\.1\\.\\d+(-.+)?$" => Self::Version("3.1."),
            "^3\\.2\\.[0-9]+(-.+)?$" => Self::Version("3.2."),
            other => {
                let open = other.strip_prefix("^(?:").or(other.strip_prefix("^("))?;
                let words = open.strip_suffix(")$")?;
                let plain = |byte: u8| byte == b'|' || byte.is_ascii_alphabetic();
                Self::Words(words).when(words.bytes().all(plain))?
            }
        })
    }

    fn when(self, holds: bool) -> Option<Self> {
        holds.then_some(self)
    }

    /// Whether a text matches.
    pub(crate) fn matches(self, text: &str) -> bool {
        let all = |allowed: fn(u8) -> bool| !text.is_empty() && text.bytes().all(allowed);
        match self {
            Self::Extension => text.starts_with("x-"),
            Self::Slash => text.starts_with('/'),
            Self::Status => match text.as_bytes() {
                [b'1'..=b'5', b'X', b'X'] => true,
                [b'1'..=b'5', tens, ones] => tens.is_ascii_digit() && ones.is_ascii_digit(),
                _ => false,
            },
            Self::OldStatus => {
                text == "default" || (text.len() == 3 && all(|byte| byte.is_ascii_digit()))
            }
            Self::Component => all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte)),
            Self::Host => is_host(text),
            Self::Bearer => text.eq_ignore_ascii_case("bearer"),
            Self::NoBraces => all(|byte| byte != b'{' && byte != b'}'),
            Self::NoFragment => !text.strip_suffix('#').unwrap_or(text).contains('#'),
            Self::Token => {
                all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+.^_`|~-".contains(&byte))
            }
            Self::Anchor => {
                all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
                    && !text
                        .starts_with(|first: char| "-.".contains(first) || first.is_ascii_digit())
            }
            Self::Version(start) => text
                .strip_prefix(start)
                .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit())),
            Self::Words(words) => words.split('|').any(|word| word == text),
        }
    }

    /// What a text must be to match.
    pub(crate) fn in_words(self) -> String {
        let words = match self {
            Self::Extension => "begin with `x-`",
            Self::Slash => "begin with `/`",
            Self::Status => "be a status such as `404`, a range such as `4XX`, or `default`",
            Self::OldStatus => "be a status such as `404`, or `default`",
            Self::Component => "be of letters, digits, `.`, `-` and `_`",
            Self::Host => "be a host without a scheme or a path, for instance `api.example.com`",
            Self::Bearer => "be `bearer`",
            Self::NoBraces => "have no braces",
            Self::NoFragment => "have no fragment",
            Self::Token => "be a token of HTTP, without spaces",
            Self::Anchor => "be a name of letters, digits, `.`, `-` and `_`",
            Self::Version(start) => return format!("be a version such as `{start}0`"),
            Self::Words(words) => return format!("be one of {}", words.replace('|', ", ")),
        };
        words.to_owned()
    }
}

/// A host, and maybe a port.
fn is_host(text: &str) -> bool {
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (text, None),
    };
    let bad = |c: char| "{}/ \\".contains(c);
    let digits = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    !host.is_empty() && !host.contains(bad) && port.is_none_or(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_matches_what_it_says() {
        for (expression, good, bad) in [
            ("^x-", "x-own", "own"),
            ("^\\/", "/a", "a"),
            ("^[1-5](?:\\d{2}|XX)$", "404", "600"),
            ("^[1-5](?:[0-9]{2}|XX)$", "4XX", "4xx"),
            ("^([0-9]{3})$|^(default)$", "600", "4XX"),
            ("^[a-zA-Z0-9._-]+$", "A.b-c_1", "a b"),
            (
                "^[^{}/ :\\\\]+(?::\\d+)?$",
                "a.example:80",
                "https://a.example",
            ),
            ("^[Bb][Ee][Aa][Rr][Ee][Rr]$", "Bearer", "bear"),
            ("^[^{}]+$", "id", "{id}"),
            ("^[^#]*$", "a", "a#b"),
            ("^[0-9A-Za-z!#$%&'*+.^_`|~-]+$", "COPY", "CO PY"),
            ("^[A-Za-z_][-A-Za-z0-9._]*$", "_a", "1a"),
            ("^3\\.1\\.\\d+(-.+)?$", "3.1.10", "3.1"),
            ("^(?:schemas|links)$", "links", "link"),
            ("^\\$ref$", "$ref", "ref"),
        ] {
            let pattern = Published::of(expression).expect(expression);
            assert!(pattern.matches(good), "{expression}: {good}");
            assert!(!pattern.matches(bad), "{expression}: {bad}");
        }
        assert_eq!(Published::of("^(a+)$"), None);
    }
}
