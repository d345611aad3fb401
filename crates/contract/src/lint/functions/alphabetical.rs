//! The function `alphabetical`.

use std::cmp::Ordering;

use super::{Found, Subject};
use crate::{
    lint::{message, run::Scope},
    tree::node::{Kind, Node},
};

pub(super) fn check<'r>(
    subject: Subject<'r>,
    keyed_by: Option<&str>,
    scope: &Scope<'r>,
) -> Option<Found<'r>> {
    let container = subject.value.filter(|value| value.is_container())?;
    let entries: Vec<Node<'r>> = match container.kind() {
        Kind::List => subject.view.items(container).collect(),
        _ => container.members().map(|(key, _)| key).collect(),
    };
    if entries.len() < 2 {
        return None;
    }
    let mut names = Vec::with_capacity(entries.len());
    for entry in &entries {
        let name = match keyed_by {
            Some(key) => subject.view.get(*entry, key),
            None => Some(*entry),
        };
        match name.filter(|name| matches!(name.kind(), Kind::Text | Kind::Number)) {
            Some(name) => names.push(name),
            None => {
                return Some(Found::new(
                    container,
                    "what is ordered must have texts or numbers to order by",
                ));
            }
        }
    }
    for (entry, pair) in entries.iter().zip(names.windows(2)) {
        let [one, next] = pair else {
            continue;
        };
        if !scope.fuel.burn(1) {
            return None;
        }
        if compare(*one, *next) == Ordering::Greater {
            let (one, next) = (message::value(*one), message::value(*next));
            let at = if keyed_by.is_some() {
                container
            } else {
                *entry
            };
            return Some(Found::new(at, format!("{one} must stand behind {next}")));
        }
    }
    None
}

fn compare(one: Node<'_>, other: Node<'_>) -> Ordering {
    let number = |node: Node<'_>| node.written().parse::<f64>().ok();
    match (one.kind(), other.kind()) {
        (Kind::Number, Kind::Number) => number(one)
            .partial_cmp(&number(other))
            .unwrap_or(Ordering::Equal),
        (Kind::Text, Kind::Text) => {
            let (one, other) = (one.written(), other.written());
            let primary = letters(one).cmp(letters(other));
            // Between words of the same letters, small ones come first.
            primary.then_with(|| other.cmp(one))
        }
        _ => Ordering::Equal,
    }
}

/// A word as a dictionary orders it: signs before digits before letters, whatever the case.
fn letters(word: &str) -> impl Iterator<Item = (u8, char)> {
    word.chars().flat_map(char::to_lowercase).map(|c| match c {
        c if c.is_alphabetic() => (2, c),
        c if c.is_numeric() => (1, c),
        c => (0, c),
    })
}
