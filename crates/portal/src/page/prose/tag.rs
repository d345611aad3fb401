//! The tags of HTML that people write into Markdown, as far as they are understood.

/// A tag in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// What it stands for.
    pub(super) meaning: Meaning,
    /// Which end of the element it is.
    pub(super) end: End,
    attributes: &'a str,
}

/// Which end of an element a tag is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The first.
    Opening,
    /// The last.
    Closing,
}

/// What a tag stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Words of this element of ours.
    Words(&'static str),
    /// Words that lead somewhere.
    Link,
    /// A picture.
    Image,
    /// The next line.
    Break,
    /// A list, of this element of ours.
    List(&'static str),
    /// An item of a list.
    Item,
    /// What stands by itself: a paragraph, a cell of a table.
    Block,
    /// A dress that we have no use for.
    Nothing,
}

impl<'a> Tag<'a> {
    /// The tag at the start of a text, and what follows it. `None` for what is no tag, and for elements that have no
    /// business in a description: either is text.
    pub(super) fn first(text: &'a str) -> Option<(Self, &'a str)> {
        let inside = text.strip_prefix('<')?;
        let (inside, end) = match inside.strip_prefix('/') {
            Some(inside) => (inside, End::Closing),
            None => (inside, End::Opening),
        };
        let length = inside.find(|c: char| !c.is_ascii_alphanumeric());
        let (name, rest) = inside.split_at(length.unwrap_or(inside.len()));
        let meaning = meaning(name)?;
        let (attributes, after) = rest.split_at(close(rest)?);
        let starts_well =
            attributes.is_empty() || attributes.starts_with([' ', '\t', '\n', '\r', '/']);
        let tag = Self {
            meaning,
            end,
            attributes,
        };
        starts_well.then_some((tag, after.strip_prefix('>')?))
    }

    /// The value of an attribute, when it stands in quotation marks.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let mut rest = self.attributes;
        loop {
            let (before, after) = rest.split_once('=')?;
            let after = after.trim_start();
            let mark = after.chars().next().filter(|it| matches!(it, '"' | '\''))?;
            let (value, next) = after.strip_prefix(mark)?.split_once(mark)?;
            let found = before.split_whitespace().next_back()?;
            if found.eq_ignore_ascii_case(name) {
                return Some(value.replace("&amp;", "&"));
            }
            rest = next;
        }
    }
}

/// Where a tag ends: its first `>` outside quotation marks.
fn close(rest: &str) -> Option<usize> {
    let mut within = None;
    for (at, c) in rest.char_indices() {
        match (within, c) {
            (None, '>') => return Some(at),
            (None, '<') => return None,
            (None, '"' | '\'') => within = Some(c),
            (Some(mark), _) if mark == c => within = None,
            (None | Some(_), _) => {}
        }
    }
    None
}

fn meaning(name: &str) -> Option<Meaning> {
    Some(match name.to_ascii_lowercase().as_str() {
        "b" | "strong" => Meaning::Words("strong"),
        "i" | "em" => Meaning::Words("em"),
        "code" | "tt" | "kbd" | "samp" => Meaning::Words("code"),
        "s" | "del" | "strike" => Meaning::Words("del"),
        "sub" => Meaning::Words("sub"),
        "sup" => Meaning::Words("sup"),
        "a" => Meaning::Link,
        "img" => Meaning::Image,
        "br" => Meaning::Break,
        "ul" => Meaning::List("ul"),
        "ol" => Meaning::List("ol"),
        "li" => Meaning::Item,
        "p" | "div" | "section" | "center" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "hr"
        | "blockquote" | "pre" | "details" | "summary" | "dl" | "dt" | "dd" | "table"
        | "caption" | "thead" | "tbody" | "tfoot" | "tr" | "th" | "td" => Meaning::Block,
        "span" | "font" | "u" | "mark" | "small" | "big" | "abbr" | "ins" | "q" | "cite"
        | "var" => Meaning::Nothing,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_ends_outside_of_quotation_marks() {
        let (tag, rest) =
            Tag::first(r#"<a class='x>y' HREF = "https://a.example/?a=1&amp;b=2">z"#).unwrap();
        assert_eq!(
            (tag.meaning, tag.end, rest),
            (Meaning::Link, End::Opening, "z")
        );
        assert_eq!(tag.attribute("href").unwrap(), "https://a.example/?a=1&b=2");
        assert_eq!(tag.attribute("class").unwrap(), "x>y");
        assert_eq!(tag.attribute("id"), None);
        let (tag, rest) = Tag::first("</P >x").unwrap();
        assert_eq!(
            (tag.meaning, tag.end, rest),
            (Meaning::Block, End::Closing, "x")
        );
        assert_eq!(Tag::first("<br/>x").unwrap().1, "x");
    }

    #[test]
    fn what_is_no_tag_of_a_description_is_text() {
        for text in [
            "<token>",
            "<script>",
            "<iframe src='x'>",
            "<",
            "<>",
            "< p>",
            "<p",
            "<p <b>",
            "<p\"x\">",
            "<a href=\"x>",
            "<https://example.com>",
            "<b@example.com>",
            "<!-- -->",
        ] {
            assert_eq!(Tag::first(text), None, "{text}");
        }
    }

    #[test]
    fn attributes_without_quotation_marks_have_no_value() {
        for text in ["<a href=x>", "<a href>", "<a =\"x\">", "<a href=\"\" href>"] {
            let (tag, _) = Tag::first(text).unwrap();
            let value = tag.attribute("href").filter(|it| !it.is_empty());
            assert_eq!(value, None, "{text}");
        }
    }
}
