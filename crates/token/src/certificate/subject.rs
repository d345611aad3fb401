//! Distinguished names, compared by what they mean (RFC 5280 section 7.1), whatever text they were read from (RFC 4514).
//!
//! Letters of ASCII are compared in any case and blanks by where they are, as the RFC asks. Every other character is only
//! itself: folding all of Unicode would make one name of several that an authority gave to different clients.

use std::{collections::BTreeSet, str::FromStr};

use x509_cert::{
    der::{
        Decode, Encode, Tag, Tagged,
        asn1::{Any, Ia5StringRef, ObjectIdentifier},
    },
    ext::pkix::name::DirectoryString,
    name::Name,
};

/// The types of attributes that have a short name: those of RFC 4514 section 3, and two that subjects often have.
const KINDS: [(&str, &str); 11] = [
    ("CN", "2.5.4.3"),
    ("L", "2.5.4.7"),
    ("ST", "2.5.4.8"),
    ("O", "2.5.4.10"),
    ("OU", "2.5.4.11"),
    ("C", "2.5.4.6"),
    ("STREET", "2.5.4.9"),
    ("DC", "0.9.2342.19200300.100.1.25"),
    ("UID", "0.9.2342.19200300.100.1.1"),
    ("serialNumber", "2.5.4.5"),
    ("emailAddress", "1.2.840.113549.1.9.1"),
];

/// A distinguished name, its most general part first, as certificates have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject(Vec<Part>);

/// Attributes that stand together, in no order.
type Part = BTreeSet<(ObjectIdentifier, Worth)>;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    /// A text, folded.
    Text(String),
    /// Anything else, in DER.
    Other(Vec<u8>),
}

/// A text that is no distinguished name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a distinguished name as RFC 4514 writes them: expected CN=shop,O=Example,C=DE, the most special part first, \
     with a backslash before , + \" \\ < > and ; within a part"
)]
pub struct NotASubject;

impl Subject {
    /// The subject of a certificate; nothing for one that has none, or one that cannot be compared.
    pub(super) fn of(name: &Name) -> Option<Self> {
        let part = |part: &x509_cert::name::RelativeDistinguishedName| {
            let each = part
                .iter()
                .map(|one| Some((one.oid, Worth::of(&one.value)?)));
            each.collect::<Option<Part>>()
        };
        let parts: Vec<Part> = name.iter_rdn().map(part).collect::<Option<_>>()?;
        (!parts.is_empty()).then_some(Self(parts))
    }
}

impl Worth {
    fn of(value: &Any) -> Option<Self> {
        let text = match value.tag() {
            Tag::Ia5String => Ia5StringRef::try_from(value).ok()?.as_str().to_owned(),
            Tag::PrintableString | Tag::TeletexString | Tag::Utf8String | Tag::BmpString => {
                DirectoryString::try_from(value).ok()?.into()
            }
            _ => return value.to_der().ok().map(Self::Other),
        };
        Some(Self::Text(folded(&text)))
    }
}

/// A text in small letters of ASCII, with one blank between its words and none around them.
fn folded(text: &str) -> String {
    let words: Vec<String> = text
        .split_ascii_whitespace()
        .map(str::to_ascii_lowercase)
        .collect();
    words.join(" ")
}

impl FromStr for Subject {
    type Err = NotASubject;

    fn from_str(text: &str) -> Result<Self, NotASubject> {
        let mut parts = vec![Part::new()];
        let mut rest = text;
        loop {
            let (attribute, after) = attribute(rest)?;
            let part = parts.last_mut().ok_or(NotASubject)?;
            if !part.insert(attribute) {
                return Err(NotASubject);
            }
            let mut after = after.chars();
            match after.next() {
                None => break,
                Some('+') => {}
                Some(_) => parts.push(Part::new()),
            }
            rest = after.as_str();
        }
        // A text begins with the most special part (RFC 4514 section 2.1).
        parts.reverse();
        Ok(Self(parts))
    }
}

/// The attribute at the beginning of a text, and what follows: nothing, or a separator and more.
fn attribute(text: &str) -> Result<((ObjectIdentifier, Worth), &str), NotASubject> {
    let (kind, value) = text.split_once('=').ok_or(NotASubject)?;
    let kind = kind_of(kind.trim_matches(' '))?;
    let value = value.trim_start_matches(' ');
    if let Some(digits) = value.strip_prefix('#') {
        let end = digits.find([',', '+']).unwrap_or(digits.len());
        let (digits, rest) = digits.split_at_checked(end).ok_or(NotASubject)?;
        let der = bytes_of(digits.trim_end_matches(' ')).ok_or(NotASubject)?;
        let value = Any::from_der(&der).map_err(|_| NotASubject)?;
        return Ok(((kind, Worth::of(&value).ok_or(NotASubject)?), rest));
    }
    let (value, rest) = unescaped(value)?;
    let value = folded(&value);
    if value.is_empty() {
        return Err(NotASubject);
    }
    Ok(((kind, Worth::Text(value)), rest))
}

fn kind_of(name: &str) -> Result<ObjectIdentifier, NotASubject> {
    let known = |(short, _): &&(&str, &str)| short.eq_ignore_ascii_case(name);
    let dotted = KINDS.iter().find(known).map_or(name, |(_, dotted)| dotted);
    ObjectIdentifier::new(dotted).map_err(|_| NotASubject)
}

/// A value without its backslashes, up to the separator that follows it.
fn unescaped(text: &str) -> Result<(String, &str), NotASubject> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.chars();
    loop {
        let here = rest.as_str();
        match rest.next() {
            None | Some(',' | '+') => {
                let value = String::from_utf8(bytes).map_err(|_| NotASubject)?;
                return Ok((value, here));
            }
            Some('"' | ';' | '<' | '>' | '\0') => return Err(NotASubject),
            Some('\\') => match rest.next().ok_or(NotASubject)? {
                special @ ('\\' | '"' | '+' | ',' | ';' | '<' | '>' | ' ' | '#' | '=') => {
                    bytes.extend(special.to_string().bytes());
                }
                high => {
                    let low = rest.next().ok_or(NotASubject)?;
                    let pair = String::from_iter([high, low]);
                    bytes.extend(bytes_of(&pair).ok_or(NotASubject)?);
                }
            },
            Some(plain) => bytes.extend(plain.to_string().bytes()),
        }
    }
}

/// The bytes of pairs of hexadecimal digits.
fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let digit = |byte: &u8| {
        let digit = char::from(*byte).to_digit(16)?;
        u8::try_from(digit).ok()
    };
    let byte = |[high, low]: &[u8; 2]| Some(digit(high)? << 4 | digit(low)?);
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    bytes.filter(|_| rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Subject, NotASubject> {
        text.parse()
    }

    #[test]
    fn the_same_name_is_written_in_several_ways() {
        let same = |one: &str, other: &str| assert_eq!(read(one).unwrap(), read(other).unwrap());
        // RFC 4514 section 4.
        same(
            "UID=jsmith,DC=example,DC=net",
            "uid=JSmith, dc=example, dc=net",
        );
        same(
            "OU=Sales+CN=J.  Smith,DC=example,DC=net",
            "CN=J. Smith+OU=Sales,DC=example,DC=net",
        );
        same(
            r#"CN=James \"Jim\" Smith\, III,DC=example,DC=net"#,
            r"CN=James \22Jim\22 Smith\2C III,DC=example,DC=net",
        );
        same("CN=Lu\\C4\\8Di\\C4\\87", "CN=Lučić");
        same(r"CN=a\\\,O=b", r"cn=A\5c\2cO=B");
    }

    #[test]
    fn an_escaped_separator_is_part_of_the_value() {
        assert_ne!(read(r"CN=a\\\,O=b"), read(r"CN=a\\,O=b"));
        assert_ne!(read("CN=a,CN=b"), read("CN=b,CN=a"));
        assert_ne!(read("CN=a+OU=b"), read("CN=a,OU=b"));
        assert_ne!(
            read("1.3.6.1.4.1.1466.0=#04024869"),
            read("1.3.6.1.4.1.1466.0=Hi")
        );
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for bad in [
            "",
            "shop",
            "CN",
            "CN=",
            "CN= ",
            "=shop",
            "CN=shop,",
            "CN=shop,,O=a",
            "CN=shop+",
            "CN=shop;O=a",
            "CN=\"shop\"",
            "CN=a\\",
            "CN=a\\z",
            "CN=a\\f",
            "CN=\\ff",
            "CN=#04",
            "CN=#zz",
            "CN=#040248690",
            "XX=shop",
            "CN=a+CN=A",
            "/CN=shop/O=a",
        ] {
            assert_eq!(read(bad), Err(NotASubject), "{bad}");
        }
    }
}
