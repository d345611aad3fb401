//! The commands of a Markdown document, as a script that keeps the promises of its comments.
//!
//! A reader pastes the `sh` blocks one after another; so does the script. What a comment at the end of a command says is held:
//!
//! - `# 201`: the last call of `curl` in that command was answered with this status. More words may follow.
//! - `# prints true`: what the command printed holds these words.
//! - `# leave it running`: the command, which is one line, stays; the script goes on when it says that it is ready.
//!
//! Every other command has to succeed.

use std::fmt::Write as _;

/// What the commands of a document need around them: `curl` keeps the status it was answered with, and what stays running is
/// ended at the end.
const PROLOGUE: &str = r##"
set -euo pipefail
exec >> printed 2>&1
notes=$PWD/notes background=0 read_so_far=$(stat --format %s printed)
mkdir -p "$notes"
trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT

curl() { command curl --dump-header "$notes/head" "$@"; }

fail() { printf '\nPROMISE BROKEN at %s: %s\n' "$1" "$2"; exit 1; }

expect_status() {
    local got
    got=$(sed -n 's|^HTTP/[0-9.]* \([0-9]*\).*|\1|p' "$notes/head" | tail -n 1)
    rm "$notes/head"
    [[ $got == "$2" ]] || fail "$1" "it says $2, and the answer was $got"
    printf '\n-- %s: %s, as it says\n' "$1" "$got"
}

expect_words() {
    local printed size
    size=$(stat --format %s printed)
    printed=$(tail --bytes +$((read_so_far + 1)) printed)
    read_so_far=$size
    [[ $printed == *"$2"* ]] || fail "$1" "it says that $2 is printed"
}

await() {
    local turns=0
    until grep --quiet --extended-regexp 'Ready\. Portal|Put a snapshot in force|Serving HTTP' "$2"; do
        kill -0 "$3" 2>/dev/null || { cat "$2"; fail "$1" 'it says that this runs on, and it has ended'; }
        ((turns += 1)); ((turns < 600)) || { cat "$2"; fail "$1" 'it is not ready after a minute'; }
        sleep 0.1
    done
    cat "$2"
}
"##;

/// A part of a document with its own shell: what stays running in it ends with it.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) heading: String,
    /// The lines of its `sh` blocks, with their numbers in the document.
    pub(crate) lines: Vec<(usize, String)>,
}

/// The parts of a document that show commands; a part begins at each heading of the second level.
pub(crate) fn parts(document: &str) -> Vec<Part> {
    let mut parts = vec![Part {
        heading: String::new(),
        lines: Vec::new(),
    }];
    let mut fence: Option<String> = None;
    for (number, line) in (1..).zip(document.lines()) {
        match (&fence, line.strip_prefix("```")) {
            (None, Some(language)) => fence = Some(language.to_owned()),
            (Some(_), Some(_)) => fence = None,
            (Some(language), None) if language == "sh" => {
                let part = parts.last_mut().unwrap();
                part.lines.push((number, line.to_owned()));
            }
            (None, None) if line.starts_with("## ") => {
                let heading = line[3..].to_owned();
                parts.push(Part {
                    heading,
                    lines: Vec::new(),
                });
            }
            (Some(_) | None, None) => {}
        }
    }
    parts.retain(|part| !part.lines.is_empty());
    parts
}

/// The script of some lines of a document called `name`.
pub(crate) fn script(name: &str, lines: &[(usize, String)]) -> String {
    let mut script = PROLOGUE.to_owned();
    for (number, line) in lines {
        let place = format!("{name}:{number}");
        let (command, promise) = line.split_once("   # ").unwrap_or((line, ""));
        let status = promise
            .get(..3)
            .filter(|start| start.bytes().all(|byte| byte.is_ascii_digit()));
        // Writing to a text does not fail.
        let _ = if promise == "leave it running" {
            writeln!(
                script,
                "((background += 1))\n{command} > background-$background.log 2>&1 &\n\
                 await {place} background-$background.log $!"
            )
        } else if let Some(status) = status {
            writeln!(script, "{command}\nexpect_status {place} {status}")
        } else if let Some(words) = promise.strip_prefix("prints ") {
            writeln!(script, "{command}\nexpect_words {place} '{words}'")
        } else {
            assert!(
                promise.is_empty(),
                "{place}: nothing holds what `# {promise}` says"
            );
            writeln!(script, "{command}")
        };
    }
    script
}

#[test]
fn a_document_is_cut_into_parts_and_its_promises_are_checked() {
    let document = "# A\n## B\n```sh\none\ntwo   # 201, of course\n```\n```text\nno\n```\n## C\nwords\n## D\n```sh\nstay   # leave it running\n```\n";
    let parts = parts(document);
    let headings: Vec<&str> = parts.iter().map(|part| &*part.heading).collect();
    assert_eq!(headings, ["B", "D"]);
    let checked = script("a.md", &parts[0].lines);
    assert!(
        checked.ends_with("one\ntwo\nexpect_status a.md:5 201\n"),
        "{checked}"
    );
    assert!(script("a.md", &parts[1].lines).contains("await a.md:14 "));
}
