//! Annotations of GitHub Actions: a command on each line, which the runner shows at its place in the change.

use anyhow::Result;

use crate::output::line;

use super::{Gravity, Report, Reported};

pub(super) fn print(report: &Report) -> Result<()> {
    report
        .found
        .iter()
        .try_for_each(|found| line(&command(found)))
}

fn command(found: &Reported) -> String {
    let command = match found.level {
        Gravity::Error => "error",
        Gravity::Warning => "warning",
        Gravity::Info | Gravity::Hint => "notice",
    };
    let mut properties = vec![format!("file={}", property(&found.file))];
    properties.extend(found.line.map(|line| format!("line={line}")));
    properties.extend(found.column.map(|column| format!("col={column}")));
    properties.push(format!("title={}", property(&found.rule)));
    let message = match &found.operation {
        Some(operation) => format!("{operation}: {}", found.message),
        None => found.message.clone(),
    };
    format!("::{command} {}::{}", properties.join(","), data(&message))
}

/// The text after the command: what would end its line is escaped.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property: what would end it is escaped, too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_finding_can_end_its_command_or_begin_another() {
        let found = Reported {
            file: "a,b:c.yaml".to_owned(),
            line: Some(3),
            column: None,
            level: Gravity::Info,
            rule: "x".to_owned(),
            message: "50%\r\n::error::no".to_owned(),
            pointer: String::new(),
            operation: None,
        };
        assert_eq!(
            command(&found),
            "::notice file=a%2Cb%3Ac.yaml,line=3,title=x::50%25%0D%0A::error::no"
        );
    }
}
