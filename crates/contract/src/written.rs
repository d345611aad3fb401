//! How things are written: the formats of JSON Schema's `format`. One that is not known holds of everything.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::tree::node::{Kind, Node};

/// Whether a value is written as a format says.
pub(crate) fn is_written_as(value: Node<'_>, format: &str) -> bool {
    match value.kind() {
        Kind::Number => match format {
            "int32" => {
                is_whole(value) && (-2_147_483_648.0..=2_147_483_647.0).contains(&number(value))
            }
            "int64" => is_whole(value),
            _ => true,
        },
        Kind::Text => is_text_of(value.written(), format),
        Kind::Null | Kind::Boolean | Kind::List | Kind::Object => true,
    }
}

fn is_whole(value: Node<'_>) -> bool {
    number(value).fract() == 0.0
}

fn is_text_of(text: &str, format: &str) -> bool {
    match format {
        "date" => is_date(text),
        "time" => is_time(text),
        "date-time" => {
            let mut parts = text.split(|c: char| matches!(c, 't' | 'T') || c.is_whitespace());
            let (date, time) = (parts.next(), parts.next());
            date.is_some_and(is_date) && time.is_some_and(is_time) && parts.next().is_none()
        }
        "duration" => is_duration(text),
        "uri" => is_uri(text),
        "url" => is_url(text),
        "uri-reference" => is_uri(text) || is_reference(text),
        "email" => is_email(text),
        "hostname" => is_hostname(text),
        "ipv4" => is_ipv4(text),
        "ipv6" => text.parse::<Ipv6Addr>().is_ok(),
        "uuid" => is_uuid(text),
        "byte" => text.split('\n').any(is_base64),
        "json-pointer" => is_pointer(text),
        _ => true,
    }
}

/// The number that is written; what is too large for one is infinite.
fn number(node: Node<'_>) -> f64 {
    node.written().parse().unwrap_or(f64::NAN)
}

/// The numbers of a text of so many digits between separators.
fn digits<const N: usize>(text: &str, widths: [usize; N], separator: char) -> Option<[u32; N]> {
    let mut numbers = [0; N];
    let mut parts = text.split(separator);
    for (number, width) in numbers.iter_mut().zip(widths) {
        let part = parts.next()?;
        let sound = part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit());
        *number = part.parse().ok().filter(|_| sound)?;
    }
    parts.next().is_none().then_some(numbers)
}

fn is_date(text: &str) -> bool {
    let Some([year, month, day]) = digits(text, [4, 2, 2], '-') else {
        return false;
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// A time of RFC 3339, whose offset may be left out: examples leave it out far too often to complain.
fn is_time(text: &str) -> bool {
    let end = text.find(['z', 'Z', '+', '-', '.']).unwrap_or(text.len());
    let (clock, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let Some([hour, minute, second]) = digits(clock, [2, 2, 2], ':') else {
        return false;
    };
    let leap = (hour, minute, second) == (23, 59, 60);
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => {
            let after = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            if after.len() == fraction.len() {
                return false;
            }
            after
        }
        None => rest,
    };
    (leap || (hour < 24 && minute < 60 && second < 60)) && is_offset(rest)
}

fn is_offset(text: &str) -> bool {
    let Some(clock) = text.strip_prefix(['+', '-']) else {
        return matches!(text, "" | "z" | "Z");
    };
    let short = clock.len() == 2 || clock.len() == 4;
    digits(clock, [2, 2], ':').is_some()
        || (short && clock.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('P') else {
        return false;
    };
    let weeks = rest.strip_suffix('W').is_some_and(is_number);
    let (date, time) = match rest.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (rest, None),
    };
    let sound = are_counts(date, "YMD")
        && time.is_none_or(|time| !time.is_empty() && are_counts(time, "HMS"));
    weeks || (!rest.is_empty() && sound)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is numbers with these units, each at most once and in this order.
fn are_counts(text: &str, units: &str) -> bool {
    let (mut rest, mut units) = (text, units.chars());
    while !rest.is_empty() {
        let behind = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let Some(unit) = behind.chars().next().filter(|_| behind.len() < rest.len()) else {
            return false;
        };
        if !units.any(|known| known == unit) {
            return false;
        }
        rest = behind.get(1..).unwrap_or_default();
    }
    true
}

fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let named = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    named && !rest.is_empty() && is_reference(rest)
}

/// Whether a text has the characters that may stand in an address, and an authority that is one.
fn is_reference(text: &str) -> bool {
    let bytes = text.as_bytes();
    let sound = bytes.iter().enumerate().all(|(at, byte)| match byte {
        b'%' => {
            let escaped = bytes.get(at + 1..at + 3);
            escaped.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        }
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => true,
        _ => b"-._~!$&'\"()*+,;=:@/?#[]".contains(byte),
    });
    let authority = text.strip_prefix("//").map(|rest| {
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    });
    let rest = authority.map_or(text, |authority| {
        text.get(authority.len() + 2..).unwrap_or_default()
    });
    sound
        && !rest.contains(['[', ']'])
        && text.matches('#').count() < 2
        && authority.is_none_or(is_authority)
}

fn is_authority(text: &str) -> bool {
    let host = text.rsplit_once('@').map_or(text, |(_, host)| host);
    let port = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((_, behind)) => behind.strip_prefix(':').unwrap_or(behind),
        None => host.split_once(':').map_or("", |(_, port)| port),
    };
    port.bytes().all(|byte| byte.is_ascii_digit())
}

/// An address of the web: a name under a top-level domain, or an IPv4 address that anyone may have.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    let schemes = ["http", "https", "ftp"];
    let known = schemes.iter().any(|it| it.eq_ignore_ascii_case(scheme));
    let (authority, _) = rest.split_once('/').unwrap_or((rest, ""));
    let host = authority.rsplit_once('@').map_or(authority, |(_, it)| it);
    let (host, port) = host
        .split_once(':')
        .map_or((host, None), |(host, port)| (host, Some(port)));
    let letter = |c: char| c.is_ascii_alphabetic() || c >= '\u{a1}';
    let label = |label: &str| {
        let edged = label.starts_with('-') || label.ends_with('-');
        let fits = |c: char| letter(c) || c.is_ascii_digit() || c == '-';
        !label.is_empty() && !edged && label.chars().all(fits)
    };
    let top = host.rsplit_once('.').map(|(_, top)| top);
    let named = host.split('.').all(label)
        && top.is_some_and(|top| top.chars().count() > 1 && top.chars().all(letter));
    known
        && !text.contains(char::is_whitespace)
        && port.is_none_or(|port| (2..=5).contains(&port.len()) && is_number(port))
        && (named || host.parse().is_ok_and(is_public))
}

/// Whether an IPv4 address is one that a host may have on the Internet.
fn is_public(address: Ipv4Addr) -> bool {
    let [first, .., last] = address.octets();
    let own = address.is_private() || address.is_loopback() || address.is_link_local();
    (1..=223).contains(&first) && (1..=254).contains(&last) && !own
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let atom = |atom: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c);
        !atom.is_empty() && atom.chars().all(fits)
    };
    local.split('.').all(atom)
        && domain.contains('.')
        && domain.split('.').all(|it| is_label(it, usize::MAX))
}

fn is_hostname(text: &str) -> bool {
    let name = text.strip_suffix('.').unwrap_or(text);
    name.len() <= 253 && name.split('.').all(|it| is_label(it, 63))
}

fn is_label(text: &str, longest: usize) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let edged = text.starts_with('-') || text.ends_with('-');
    !text.is_empty() && text.len() <= longest && !edged && text.bytes().all(fits)
}

fn is_ipv4(text: &str) -> bool {
    let number = |part: &str| part.len() <= 3 && is_number(part) && part.parse::<u8>().is_ok();
    text.split('.').count() == 4 && text.split('.').all(number)
}

fn is_uuid(text: &str) -> bool {
    let lower = text
        .get(..9)
        .is_some_and(|start| start.eq_ignore_ascii_case("urn:uuid:"));
    let text = if lower {
        text.get(9..).unwrap_or_default()
    } else {
        text
    };
    let widths = [8, 4, 4, 4, 12];
    let sound = |(part, width): (&str, usize)| {
        part.len() == width && part.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    text.split('-').count() == widths.len() && text.split('-').zip(widths).all(sound)
}

fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let padding = text.len() - body.len();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    padding <= 2 && text.len().is_multiple_of(4) && body.bytes().all(fits)
}

fn is_pointer(text: &str) -> bool {
    let escaped = |part: &str| part.starts_with(['0', '1']);
    (text.is_empty() || text.starts_with('/')) && text.split('~').skip(1).all(escaped)
}
