//! HTML in Markdown: what it says is kept, what it is dressed in is ours or nothing.
//!
//! A tag that belongs in a description becomes an element of ours or is left out; whatever else looks like a tag (a
//! `<token>` that stands for something, a `<script>`) is shown as the text that it is.

use super::{
    address,
    elements::{By, Elements},
    escape,
    tag::{End, Meaning, Tag},
};

/// The longest name of an entity, in characters.
const LONGEST_ENTITY: usize = 32;

/// How HTML stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    /// By itself, in paragraphs and lists.
    Alone,
    /// Within the words of a paragraph.
    Within,
}

/// Writes HTML of others.
pub(super) fn write(elements: &mut Elements, text: &str, stands: Stands) {
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("<!--") {
            rest = after.split_once("-->").map_or("", |(_, after)| after);
        } else if let Some((tag, after)) = Tag::first(rest) {
            element(elements, &tag, stands);
            rest = after;
        } else {
            // At least one character, which is no tag.
            let first = rest.chars().next().map_or(0, char::len_utf8);
            let (_, others) = rest.split_at(first);
            let end = others
                .find('<')
                .map_or(rest.len(), |at| first.saturating_add(at));
            let (words, after) = rest.split_at(end);
            self::words(elements, words, stands);
            rest = after;
        }
    }
}

/// Text, in a paragraph where it stands alone.
fn words(elements: &mut Elements, words: &str, stands: Stands) {
    if stands == Stands::Alone {
        if words.trim().is_empty() && !elements.is_in_words() {
            return;
        }
        elements.begin_words();
    }
    let mut parts = words.split('&');
    escape(&mut elements.html, parts.next().unwrap_or_default());
    for part in parts {
        // A browser reads a character where an entity stands, and never markup.
        elements
            .html
            .push_str(if is_entity(part) { "&" } else { "&#38;" });
        escape(&mut elements.html, part);
    }
}

/// Whether what follows an ampersand makes it an entity.
fn is_entity(part: &str) -> bool {
    let Some((name, _)) = part.split_once(';') else {
        return false;
    };
    let name = name.strip_prefix('#').unwrap_or(name);
    (1..=LONGEST_ENTITY).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric())
}

fn element(elements: &mut Elements, tag: &Tag<'_>, stands: Stands) {
    match (tag.meaning, tag.end, stands) {
        (Meaning::Nothing, ..) | (Meaning::Break | Meaning::Image, End::Closing, _) => {}
        (Meaning::Words(name), End::Opening, _) => {
            begin(elements, stands);
            elements.open_words(name);
        }
        (Meaning::Words(name), End::Closing, _) => elements.close_words(name),
        (Meaning::Link, End::Opening, _) => {
            begin(elements, stands);
            let to = tag.attribute("href");
            elements.link(By::Html, to.as_deref().and_then(address::safe));
        }
        (Meaning::Link, End::Closing, _) => elements.close_words("a"),
        (Meaning::Image, End::Opening, _) => {
            begin(elements, stands);
            let to = tag.attribute("src");
            elements.link(By::Html, to.as_deref().and_then(address::safe));
            escape(
                &mut elements.html,
                &tag.attribute("alt").unwrap_or_default(),
            );
            elements.close_words("a");
        }
        (Meaning::Break, End::Opening, Stands::Alone) if !elements.is_in_words() => {}
        (Meaning::Break, End::Opening, _) => elements.html.push_str("<br>"),
        (Meaning::Block | Meaning::List(_) | Meaning::Item, _, Stands::Within) => {
            elements.next_line(tag.meaning == Meaning::Item && tag.end == End::Opening);
        }
        (Meaning::Block, _, Stands::Alone) => elements.end_words(),
        (Meaning::List(name), End::Opening, Stands::Alone) => elements.open_list(name),
        (Meaning::List(name), End::Closing, Stands::Alone) => elements.close_list(name),
        (Meaning::Item, End::Opening, Stands::Alone) => elements.open_item(),
        (Meaning::Item, End::Closing, Stands::Alone) => elements.end_words(),
    }
}

fn begin(elements: &mut Elements, stands: Stands) {
    if stands == Stands::Alone {
        elements.begin_words();
    }
}
