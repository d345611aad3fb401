//! Messages: what a rule says, with what it has found filled in.

use super::ruleset::rule::Rule;
use crate::{
    report::cut,
    tree::node::{Kind, Node},
};

/// The longest message, and the most that one filled-in text takes of it, in characters.
const LONGEST: usize = 600;
const LONGEST_PART: usize = 200;

/// What a rule says about a node, or about what it misses there, given what its function says.
pub(super) fn told(rule: &Rule, at: (Node<'_>, &[String]), error: &str) -> String {
    let filled = match &rule.message {
        Some(template) => fill(template, rule, at, error),
        None if !rule.description.is_empty() => rule.description.clone(),
        None => error.to_owned(),
    };
    one_line(&filled)
}

fn fill(template: &str, rule: &Rule, (at, missing): (Node<'_>, &[String]), error: &str) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once("{{") {
        let Some((name, after)) = behind.split_once("}}") else {
            break;
        };
        filled.push_str(before);
        match name.trim() {
            "error" => filled.push_str(error),
            "description" => filled.push_str(&rule.description),
            "property" => filled.push_str(&short(&property(at, missing))),
            "path" => filled.push_str(&format!("#{}", short(&at.pointer()))),
            "value" if at.kind() == Kind::Text => filled.push_str(&short(at.written())),
            "value" => filled.push_str(&value(at)),
            _ => {}
        }
        rest = after;
    }
    filled + rest
}

/// The key or position of a node, and the way from there to what it misses.
fn property(at: Node<'_>, missing: &[String]) -> String {
    let here = at.steps().pop().unwrap_or_default();
    match missing.split_last() {
        None => here.into_owned(),
        // The document has no key.
        Some((last, _)) if at.parent().is_none() => last.clone(),
        Some(_) => {
            let mut way = String::new();
            for step in std::iter::once(here.as_ref()).chain(missing.iter().map(String::as_str)) {
                if !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit()) {
                    way.push_str(&format!("[{step}]"));
                } else {
                    if !way.is_empty() {
                        way.push('.');
                    }
                    way.push_str(step);
                }
            }
            way
        }
    }
}

/// A value as it may stand in a message.
pub(super) fn value(node: Node<'_>) -> String {
    match node.kind() {
        Kind::Object => "an object".to_owned(),
        Kind::List => "a list".to_owned(),
        Kind::Text => format!("`{}`", short(node.written())),
        Kind::Null | Kind::Boolean | Kind::Number => short(node.written()),
    }
}

/// A text of the document, short enough for a message.
pub(super) fn short(text: &str) -> String {
    let (text, whole) = cut(text, LONGEST_PART);
    let end = if whole { "" } else { "…" };
    format!("{text}{end}")
}

fn one_line(text: &str) -> String {
    let (text, whole) = cut(text, LONGEST);
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let end = if whole { "" } else { "…" };
    format!("{}{end}", clean.trim())
}
