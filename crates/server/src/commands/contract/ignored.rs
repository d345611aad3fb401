//! What is known and not told: a file with a rule on each line, and maybe the part of the document that is meant.

use std::{cell::RefCell, collections::BTreeSet, fs, path::Path};

use anyhow::Result;

use crate::{
    failure::{Code, Failure, unreadable},
    say,
};

/// The lines of such a file.
#[derive(Debug, Default)]
pub(super) struct Ignored {
    lines: Vec<Line>,
    /// The numbers of the lines that something was found for.
    used: RefCell<BTreeSet<usize>>,
}

#[derive(Debug)]
struct Line {
    number: usize,
    rule: String,
    /// Empty for the whole document.
    pointer: String,
}

impl Ignored {
    /// Reads the file, if one was named.
    pub(super) fn of(file: Option<&Path>) -> Result<Self> {
        let Some(file) = file else {
            return Ok(Self::default());
        };
        let name = file.display();
        let text = fs::read_to_string(file).map_err(unreadable(&name))?;
        let lines = lines(&text).map_err(|number| {
            Failure::new(
                Code::Usage,
                format!("{name}:{number}: a line is a rule, and maybe a JSON pointer after it"),
            )
        })?;
        Ok(Self {
            lines,
            ..Self::default()
        })
    }

    /// Whether what a rule found at a place is known.
    pub(super) fn holds(&self, rule: &str, pointer: &str) -> bool {
        let mut found = false;
        for line in self.lines.iter().filter(|line| line.rule == rule) {
            let rest = pointer.strip_prefix(line.pointer.as_str());
            if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
                self.used.borrow_mut().insert(line.number);
                found = true;
            }
        }
        found
    }

    /// Says which lines nothing was found for: what they speak of was mended, or is written wrongly.
    pub(super) fn say_what_was_not_there(&self) {
        let used = self.used.borrow();
        for line in self
            .lines
            .iter()
            .filter(|line| !used.contains(&line.number))
        {
            let Line {
                number,
                rule,
                pointer,
            } = line;
            say!("Nothing to ignore for line {number}: {rule} {pointer}");
        }
    }
}

/// The lines of a text; the number of the first that is none.
fn lines(text: &str) -> Result<Vec<Line>, usize> {
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        // A pointer may hold the mark of a remark, so that a remark has a blank in front of it.
        let line = if line.starts_with('#') { "" } else { line };
        let line = line.split_once(" #").map_or(line, |(line, _)| line);
        let mut words = line.split_whitespace();
        let Some(rule) = words.next() else { continue };
        let pointer = words.next().unwrap_or_default();
        let well_formed = pointer.is_empty() || pointer.starts_with('/');
        if words.next().is_some() || !well_formed {
            return Err(number);
        }
        lines.push(Line {
            number,
            rule: rule.to_owned(),
            pointer: pointer.to_owned(),
        });
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ignores_a_rule_everywhere_or_in_one_part() {
        let text = "# known\nown-rule\n\nother /paths/~1a#b   # remark\n";
        let ignored = Ignored {
            lines: lines(text).unwrap(),
            ..Ignored::default()
        };
        assert!(ignored.holds("own-rule", "/info"));
        assert!(ignored.holds("other", "/paths/~1a#b/get"));
        assert!(ignored.holds("other", "/paths/~1a#b"));
        assert!(!ignored.holds("other", "/paths/~1a#bc"));
        assert!(!ignored.holds("third", ""));
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        assert_eq!(lines("a\nb paths").unwrap_err(), 2);
        assert_eq!(lines("a /b c").unwrap_err(), 1);
    }
}
