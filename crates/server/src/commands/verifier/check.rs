//! The trial of a service: every token is sent, and what is accepted that must not be is told, worst first.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Args;
use gatewright_domain::time::Clock;
use gatewright_token::hostile::{Danger, Expect, Trial};
use serde::Serialize;
use ureq::http::{Method, Uri};

use super::{candidate::Candidate, sandbox};
use crate::{
    failure::{Code, Failure},
    output::{Format, Printer},
    say,
    system::SystemClock,
};

pub(super) const AFTER_HELP: &str = "\
A status from 200 to 299 counts as accepted, every other as refused; a status from 500 on is told apart, because a verifier
should refuse and not fall over. What a loose reader accepts is listed as looseness, and counts with --strict only.
The exit code is 10 when the service accepted what it must not, fell over, or refused what is good.";

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// An address of the service that a token opens
    url: Uri,
    /// The directory of the sandbox whose keys the service was given
    #[arg(long, value_name = "DIR")]
    sandbox: PathBuf,
    /// The method of the requests
    #[arg(long, default_value = "GET")]
    method: Method,
    /// A header to send along, as 'Name: value'; may be given several times
    #[arg(long = "header", value_name = "HEADER")]
    headers: Vec<String>,
    /// Let looseness count too
    #[arg(long)]
    strict: bool,
}

/// What a service made of one token.
#[derive(Debug, Serialize)]
struct Outcome {
    #[serde(flatten)]
    trial: Trial,
    expected: &'static str,
    /// The status it answered with; none where it did not answer.
    status: Option<u16>,
    verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Verdict {
    /// As it must be.
    Sound,
    /// It accepted what it must not.
    Accepted,
    /// It refused a good token.
    Refused,
    /// It did not decide.
    FellOver,
}

/// Tries the service.
pub(super) async fn run(arguments: Arguments, printer: Printer) -> Result<ExitCode> {
    let sandbox = sandbox::read(&arguments.sandbox)?;
    let service = Candidate::at(arguments.url.clone(), arguments.method, &arguments.headers)?;
    let trials = sandbox.trials(SystemClock.now());
    say!("Trying {} with {} tokens …", arguments.url, trials.len());
    let outcomes = tokio::task::spawn_blocking(move || try_all(&service, trials)).await??;
    let mut wrong: Vec<&Outcome> = outcomes
        .iter()
        .filter(|outcome| outcome.verdict != Verdict::Sound)
        .collect();
    wrong.sort_by_key(|outcome| (outcome.trial.danger, outcome.verdict));
    show(&outcomes, &wrong, printer)?;
    let counts = |outcome: &&&Outcome| {
        let loose = outcome.trial.danger == Some(Danger::Looseness);
        arguments.strict || !loose || outcome.verdict == Verdict::FellOver
    };
    let serious = wrong.iter().filter(counts).count();
    let loose = wrong.len() - serious;
    let sound = outcomes.len() - wrong.len();
    say!("{sound} judged soundly, {serious} wrongly, {loose} loosely.");
    if serious > 0 {
        return Ok(ExitCode::from(Code::Findings.number()));
    }
    Ok(ExitCode::SUCCESS)
}

/// The good token first: a service that refuses it was not given the sandbox, and nothing else would mean anything.
fn try_all(service: &Candidate, trials: Vec<Trial>) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::with_capacity(trials.len());
    for trial in trials {
        let answered = service.answers(&trial.token);
        if outcomes.is_empty() {
            let next = "does it run, and was it given the sandbox's key set, issuer and audience?";
            let refused = |message: String| Failure::new(Code::Failed, message).next(next);
            match &answered {
                Err(error) => {
                    return Err(refused(format!("the service does not answer: {error:#}")).into());
                }
                Ok(status) if !accepts(*status) => {
                    let message = format!("the service refuses a good token (status {status})");
                    return Err(refused(message).into());
                }
                Ok(_) => {}
            }
        }
        outcomes.push(Outcome::of(trial, answered.ok()));
    }
    Ok(outcomes)
}

const fn accepts(status: u16) -> bool {
    matches!(status, 200..=299)
}

impl Outcome {
    fn of(trial: Trial, status: Option<u16>) -> Self {
        let must = trial.expect == Expect::Accept;
        let verdict = match status {
            // A connection that is closed at once is a refusal, if not a polite one.
            None if !must => Verdict::Sound,
            None | Some(500..) => Verdict::FellOver,
            Some(status) if accepts(status) == must => Verdict::Sound,
            Some(_) if must => Verdict::Refused,
            Some(_) => Verdict::Accepted,
        };
        Self {
            expected: if must { "accept" } else { "refuse" },
            trial,
            status,
            verdict,
        }
    }
}

fn show(outcomes: &[Outcome], wrong: &[&Outcome], printer: Printer) -> Result<()> {
    if printer.format == Format::Json {
        return printer.json(&outcomes);
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let rows = wrong.iter().map(|outcome| {
        let meaning = match outcome.trial.danger {
            Some(Danger::Forgery) => "forgery",
            Some(Danger::Confusion) => "confusion",
            Some(Danger::Overtime) => "overtime",
            Some(Danger::Theft) => "theft",
            Some(Danger::Looseness) => "looseness",
            None => "outage",
        };
        let verdict = match outcome.verdict {
            Verdict::Sound => "sound",
            Verdict::Accepted => "accepted",
            Verdict::Refused => "refused",
            Verdict::FellOver => "fell over",
        };
        vec![
            outcome.trial.id.to_owned(),
            verdict.to_owned(),
            meaning.to_owned(),
            outcome.trial.tries.clone(),
        ]
    });
    let heads = ["trial", "verdict", "means", "what was tried"];
    printer.rows(&wrong, &heads, rows.collect())?;
    let mut lessons: Vec<&str> = wrong.iter().map(|outcome| outcome.trial.lesson).collect();
    lessons.dedup();
    say!("\nWhat to do:");
    for lesson in lessons {
        say!("- {lesson}");
    }
    Ok(())
}
