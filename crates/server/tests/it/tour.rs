//! What the demo prints to be pasted is pasted, and answered as its comments say.

use std::{fs, process::Command, sync::LazyLock};

use regex::Regex;

use crate::program::{Place, Running, ran};

/// Keeps the status of every call of `curl`, in order; everything else is as printed.
const PROLOGUE: &str = r#"
curl() {
    command curl --dump-header head "$@"
    sed -n 's|^HTTP/[0-9.]* \([0-9]*\).*|\1|p' head | tail -n 1 >> statuses
    rm head
}
"#;

/// What is expected of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Promise {
    /// Exactly this status.
    Status(u16),
    /// It succeeds.
    Success,
}

/// A status that a comment speaks of.
static STATUS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b[1-5][0-9]{2}\b").unwrap());

#[test]
fn what_the_demo_prints_to_be_pasted_does_what_it_says() {
    let place = Place::new();
    let arguments = [
        "demo",
        "--portal",
        "127.0.0.1:0",
        "--gateway",
        "127.0.0.1:0",
    ];
    let demo = Running::start(place.command(&arguments));
    let (printed, _) = demo.until("It runs until");
    let start = printed
        .iter()
        .position(|line| line.contains("Paste these"))
        .unwrap()
        + 1;
    let pasted = &printed[start..printed.len() - 1];
    let promises = promises(pasted);
    assert!(
        promises.len() >= 9,
        "the tour is shorter than it was: {pasted:#?}"
    );

    fs::write(
        place.path().join("pasted.sh"),
        format!("{PROLOGUE}{}", pasted.join("\n")),
    )
    .unwrap();
    let mut bash = Command::new("bash");
    bash.arg("pasted.sh").current_dir(place.path()).env_clear();
    let ran = ran(bash.env("PATH", std::env::var_os("PATH").unwrap_or_default()));
    let statuses = fs::read_to_string(place.path().join("statuses")).unwrap();
    let statuses: Vec<u16> = statuses
        .lines()
        .map(|status| status.parse().unwrap())
        .collect();
    let kept = |(promise, status): (&Promise, &u16)| match promise {
        Promise::Status(promised) => promised == status,
        Promise::Success => (200..300).contains(status),
    };
    assert!(
        promises.len() == statuses.len() && promises.iter().zip(&statuses).all(kept),
        "promised {promises:?}\nanswered {statuses:?}\n{}\n{}",
        ran.out,
        ran.err,
    );
    assert!(
        ran.out.contains(r#""valid":true"#),
        "the trail is not sound: {}",
        ran.out
    );
    assert_eq!(demo.end(), Some(0));
}

/// What the comments promise of each call. The status that a comment speaks of is that of the last call under it; the others
/// succeed.
fn promises(lines: &[String]) -> Vec<Promise> {
    let mut promises: Vec<Promise> = Vec::new();
    let mut last_under_comment = None;
    let mut spoken = None;
    for line in lines {
        let line = line.trim_start();
        if line.starts_with('#') {
            keep(&mut promises, last_under_comment.take(), spoken.take());
            spoken = STATUS
                .find(line)
                .map(|found| found.as_str().parse().unwrap());
        } else if line.starts_with("curl ") {
            last_under_comment = Some(promises.len());
            promises.push(Promise::Success);
        }
    }
    keep(&mut promises, last_under_comment, spoken);
    promises
}

fn keep(promises: &mut [Promise], call: Option<usize>, spoken: Option<u16>) {
    if let (Some(call), Some(status)) = (call, spoken) {
        promises[call] = Promise::Status(status);
    }
}

#[test]
fn a_comment_speaks_of_the_last_call_under_it() {
    let lines = [
        "# 1. Revoke: the next call is refused with 401",
        "  curl a",
        "  curl b",
        "# 2. Go on",
        "  curl c",
    ];
    let lines = lines.map(str::to_owned);
    assert_eq!(
        promises(&lines),
        [Promise::Success, Promise::Status(401), Promise::Success]
    );
}
