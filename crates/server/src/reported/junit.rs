//! JUnit's XML: a suite for each file and a test for each finding, failed when it is grave enough.

use anyhow::Result;

use crate::output::line;

use super::{Report, Reported};

pub(super) fn print(report: &Report) -> Result<()> {
    let failed = |found: &&Reported| report.fail_on.is_met_by(found.level);
    let all = report.found.iter().filter(failed).count();
    let clean = report.files.len().saturating_sub(found_in(report));
    line("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    line(&format!(
        "<testsuites name=\"{}\" tests=\"{}\" failures=\"{all}\">",
        escaped(report.tool),
        report.found.len() + clean
    ))?;
    for file in report.files.keys() {
        let own: Vec<&Reported> = report.found.iter().filter(|it| it.file == *file).collect();
        let failures = own.iter().copied().filter(|it| failed(it)).count();
        let (name, tests) = (escaped(file), own.len().max(1));
        line(&format!(
            "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\">"
        ))?;
        if own.is_empty() {
            line(&format!(
                "    <testcase classname=\"{name}\" name=\"nothing found\"/>"
            ))?;
        }
        for found in own {
            case(report, found)?;
        }
        line("  </testsuite>")?;
    }
    line("</testsuites>")
}

fn case(report: &Report, found: &Reported) -> Result<()> {
    let (class, place) = (escaped(&found.file), found.place());
    let name = escaped(&format!("{} at {}", found.rule, place));
    let message = match &found.operation {
        Some(operation) => escaped(&format!("{operation}: {}", found.message)),
        None => escaped(&found.message),
    };
    line(&format!(
        "    <testcase classname=\"{class}\" name=\"{name}\">"
    ))?;
    if report.fail_on.is_met_by(found.level) {
        let (level, pointer) = (found.level.word(), escaped(&found.pointer));
        line(&format!(
            "      <failure type=\"{level}\" message=\"{message}\">{pointer}</failure>"
        ))?;
    } else {
        line(&format!("      <system-out>{message}</system-out>"))?;
    }
    line("    </testcase>")
}

/// How many files something was found in.
fn found_in(report: &Report) -> usize {
    let has = |file: &&String| report.found.iter().any(|it| it.file == **file);
    report.files.keys().filter(has).count()
}

/// A text in XML: without what would end it, and without the characters that XML 1.0 cannot hold.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' | '\r' | '\t' => safe.push(' '),
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            c if c.is_control() => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_can_end_it() {
        assert_eq!(
            escaped("<a href=\"x\">&\u{0}\n"),
            "&lt;a href=&quot;x&quot;&gt;&amp;\u{fffd} "
        );
    }
}
