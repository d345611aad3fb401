//! Sentences about documents: what stands in backticks in them is a name or a value of the document.

use std::fmt::{self, Display, Formatter};

use askama::filters::{Escaper, Html};

/// A sentence, with its names and values as code.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a>(pub &'a str);

impl Display for Said<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let is_paired = self.0.matches('`').count().is_multiple_of(2);
        if !is_paired {
            return Html.write_escaped_str(f, self.0);
        }
        for (at, part) in self.0.split('`').enumerate() {
            let is_code = !at.is_multiple_of(2);
            f.write_str(if is_code { "<code>" } else { "" })?;
            Html.write_escaped_str(&mut *f, part)?;
            f.write_str(if is_code { "</code>" } else { "" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_backticks_is_code_and_nothing_is_markup() {
        for (text, html) in [
            ("Plain <b>", "Plain &#60;b&#62;"),
            (
                "`a` is `<b>` now.",
                "<code>a</code> is <code>&#60;b&#62;</code> now.",
            ),
            ("One ` alone, `twice`", "One ` alone, `twice`"),
            ("", ""),
        ] {
            assert_eq!(Said(text).to_string(), html);
        }
    }
}
