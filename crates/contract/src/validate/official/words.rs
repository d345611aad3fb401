//! Words for what a schema does not allow: what is wrong, and what would be right.

use crate::{
    report::Quoted,
    schema::{
        Schemas,
        compiled::{Bound, Check, Id, Side},
        pattern::{Pattern, Published},
        violation::{Violation, What},
    },
    tree::node::{Kind, Node},
};

/// The title of what is not part of a definition.
pub(super) const DOCUMENT: &str = "OpenAPI document";

/// The most values that are listed.
const LISTED: usize = 20;

/// How many letters may differ in a name that was probably meant.
const LETTERS: usize = 2;

/// What there is to say about a violation.
pub(super) fn message(schemas: &Schemas<'_>, violation: &Violation<'_, '_>) -> String {
    let Violation { node, what } = violation;
    let this = named(*node);
    match what {
        What::Kind { kinds, .. } => {
            format!("{this} must be {}, not {}", kinds.in_words(), node.kind())
        }
        What::Missing(name) | What::MissingBeside { name, .. } => {
            format!("{} is missing here", Quoted(name))
        }
        What::MissingAll(names) => format!("one of {} must stand here", list(names, "and")),
        What::Unknown { key, owner } => unknown(schemas, key.written(), *owner),
        What::Value { values, .. } => {
            let values: Vec<&str> = values.iter().map(|value| value.written()).collect();
            let found = match node.kind() {
                Kind::List | Kind::Object => node.kind().to_string(),
                Kind::Null | Kind::Boolean | Kind::Number | Kind::Text => {
                    Quoted(node.written()).to_string()
                }
            };
            match values.as_slice() {
                [one] => format!("{this} must be {}, not {found}", Quoted(one)),
                many => format!("{this} must be one of {}, not {found}", list(many, "and")),
            }
        }
        What::Pattern(pattern) => {
            format!("{} must {}", Quoted(node.written()), in_pattern(*pattern))
        }
        What::Name(key) => format!("{} is no name for a member", Quoted(key.written())),
        What::Format(format) => format!(
            "{} must be written as {}",
            Quoted(node.written()),
            Quoted(format)
        ),
        What::Beyond(bound) => format!("{this} must be {}", in_bound(*bound)),
        What::NoMultiple(step) => format!("{this} must be a multiple of {step}"),
        What::Fewer { least, of, .. } => format!("{this} must have at least {least} {of}"),
        What::Rare(least) => format!("{this} must have at least {least} items of one kind"),
        What::More { most, .. } | What::Frequent(most) => {
            format!("{this} must have no more than {most}")
        }
        What::Repeated => format!("{this} must not have an item twice"),
        What::Not(id) => match schemas.get(*id).checks.as_slice() {
            [Check::Required(names)] => {
                let names: Vec<&str> = names.iter().map(|it| it.name).collect();
                together(&names)
            }
            _ => format!("{this} must not stand here as it is"),
        },
        What::Never | What::NotAny | What::NotOne => {
            format!("{this} must not stand here as it is")
        }
        What::Together(names) => together(names),
        What::Several => format!("{this} fits several of the kinds it may be of, and must fit one"),
    }
}

fn together(names: &[&str]) -> String {
    match names {
        [one] => format!("{} must not stand here", Quoted(one)),
        many => format!(
            "{} exclude one another; keep one of them",
            list(many, "and")
        ),
    }
}

fn in_bound(bound: Bound) -> String {
    let words = match (bound.side, bound.strict) {
        (Side::Least, false) => "at least",
        (Side::Least, true) => "more than",
        (Side::Most, false) => "at most",
        (Side::Most, true) => "less than",
    };
    format!("{words} {}", bound.limit)
}

fn in_pattern(pattern: Pattern<'_>) -> String {
    match pattern {
        Pattern::Published(pattern) => pattern.in_words(),
        Pattern::Written(source) => format!("match {}", Quoted(source)),
    }
}

/// A value by the key it stands under.
fn named(node: Node<'_>) -> String {
    match node.key() {
        Some(key) => Quoted(key.written()).to_string(),
        None if node.is_key() => Quoted(node.written()).to_string(),
        None => "this".to_owned(),
    }
}

fn list(names: &[&str], last: &str) -> String {
    let mut words = String::new();
    for (position, name) in names.iter().take(LISTED).enumerate() {
        if position > 0 {
            let end = position + 1 == names.len();
            words.push_str(&if end {
                format!(" {last} ")
            } else {
                ", ".to_owned()
            });
        }
        words.push_str(&Quoted(name).to_string());
    }
    if names.len() > LISTED {
        words.push_str(", …");
    }
    words
}

/// A member that an object of this kind does not have, and the one that was probably meant.
fn unknown(schemas: &Schemas<'_>, name: &str, owner: Id) -> String {
    let mut known = Known::default();
    known.gather(schemas, owner, 0);
    let what = in_words(schemas.get(owner).title);
    let close = known
        .names
        .iter()
        .filter_map(|it| Some((distance(name, it)?, *it)));
    if let Some((_, meant)) = close.min() {
        let meant = Quoted(meant);
        return format!("{} is no member of {what}; {meant} is", Quoted(name));
    }
    let name = Quoted(name);
    match known.pattern {
        Some(pattern) => format!(
            "{name} is no member of {what}: it must {}",
            in_pattern(pattern)
        ),
        None if known.extensions => {
            format!("{name} is no member of {what}; the name of one of your own begins with `x-`")
        }
        None => format!("{name} is no member of {what}"),
    }
}

/// The members that a schema knows.
#[derive(Default)]
struct Known<'s> {
    names: Vec<&'s str>,
    pattern: Option<Pattern<'s>>,
    extensions: bool,
}

impl<'s> Known<'s> {
    fn gather(&mut self, schemas: &Schemas<'s>, id: Id, depth: usize) {
        for check in &schemas.get(id).checks {
            match check {
                Check::Members(members) => {
                    let names = members.named.iter();
                    self.names.extend(
                        names
                            .filter(|(_, id)| !schemas.is_never(**id))
                            .map(|(name, _)| *name),
                    );
                    for (pattern, _) in &members.patterns {
                        match pattern {
                            Pattern::Published(Published::Extension) => self.extensions = true,
                            other => self.pattern = Some(*other),
                        }
                    }
                }
                Check::Same(other) if depth < 3 => self.gather(schemas, *other, depth + 1),
                Check::All(all) if depth < 3 => {
                    for other in all {
                        self.gather(schemas, *other, depth + 1);
                    }
                }
                _ => {}
            }
        }
    }
}

/// A definition's name as words: `media-type` and `MediaType` are "a media type object".
fn in_words(title: &str) -> String {
    if title == DOCUMENT {
        return "the document".to_owned();
    }
    let mut words = String::with_capacity(title.len());
    let mut before = 'A';
    for c in title.chars() {
        if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
            words.push(' ');
        }
        words.push(if c == '-' {
            ' '
        } else {
            c.to_ascii_lowercase()
        });
        before = c;
    }
    let vowel = words.starts_with(['a', 'e', 'i', 'o', 'u', 'x']);
    let article = if vowel { "an" } else { "a" };
    format!("{article} {words} object")
}

/// In how many letters two names differ, when it is few.
fn distance(one: &str, other: &str) -> Option<usize> {
    let (one, other): (Vec<char>, Vec<char>) =
        (one.chars().take(40).collect(), other.chars().collect());
    if one.len().abs_diff(other.len()) > LETTERS || other.len() < 4 {
        return None;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, a) in one.iter().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(above + 1);
        for ((b, up), (diagonal, left)) in other
            .iter()
            .zip(row.iter().skip(1))
            .zip(row.iter().zip(0..))
        {
            let before = next.get(left).copied().unwrap_or_default();
            let change = diagonal + usize::from(a != b);
            next.push(change.min(up + 1).min(before + 1));
        }
        row = next;
    }
    row.last().copied().filter(|letters| *letters <= LETTERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_close_when_few_letters_differ() {
        assert_eq!(distance("descripton", "description"), Some(1));
        assert_eq!(distance("sumary", "summary"), Some(1));
        assert_eq!(distance("tags", "security"), None);
        assert_eq!(distance("in", "id"), None);
    }

    #[test]
    fn a_definition_has_words() {
        assert_eq!(in_words("media-type"), "a media type object");
        assert_eq!(in_words("OAuthFlow"), "an oauth flow object");
        assert_eq!(in_words("Info"), "an info object");
    }
}
