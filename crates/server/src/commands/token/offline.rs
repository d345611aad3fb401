//! What can be done with tokens without an installation.

use std::{fs, path::Path, time::Duration};

use anyhow::{Result, bail};
use gatewright_domain::{
    decision::{Step, Verdict},
    key::Purpose,
    plan::Lifetime,
    snapshot::{VerificationKey, VerificationState},
    time::{Clock, Timestamp},
};
use gatewright_token::{
    corpus,
    inspect::{DecodedPart, decode_unverified, inspect},
    jwks,
    policy::Policy,
    ring::VerifierRing,
};
use serde_json::json;

use super::{Command, TokenSource};
use crate::{
    failure::{Code, unreadable},
    output::Printer,
    say,
    system::SystemClock,
};

/// Runs one of the commands that need no installation, and gives its exit code.
pub(crate) fn run_offline(command: Command, printer: Printer) -> Result<u8> {
    match command {
        Command::CheckCorpus { file } => check_corpus(&file, printer),
        Command::Inspect {
            token,
            jwks: Some(keys),
            issuer,
        } => inspect_by(token, &keys, issuer, printer),
        Command::Issue { .. }
        | Command::List { .. }
        | Command::Replace { .. }
        | Command::Revoke { .. }
        | Command::RevokeAll { .. }
        | Command::Inspect { .. }
        | Command::Verify { .. } => bail!("this command needs an installation"),
    }
}

fn check_corpus(file: &Path, printer: Printer) -> Result<u8> {
    let bytes = fs::read(file).map_err(unreadable(file.display()))?;
    let report = corpus::check(&bytes)?;
    let agreed = report.cases - report.disagreements.len();
    let lines: Vec<String> = report
        .disagreements
        .iter()
        .map(ToString::to_string)
        .collect();
    let value = json!({ "cases": report.cases, "agreed": agreed, "disagreements": lines });
    let told = format!("{agreed} of {}", report.cases);
    printer.one(&value, &told, &[("agreed", told.clone())])?;
    for line in &lines {
        say!("{line}");
    }
    Ok(if lines.is_empty() {
        0
    } else {
        Code::Findings.number()
    })
}

/// Judges a token by a key set alone: nothing is known of revocation, and of each key only that it may sign.
fn inspect_by(
    token: TokenSource,
    keys: &Path,
    issuer: Option<String>,
    printer: Printer,
) -> Result<u8> {
    let token = token.read()?;
    let set = fs::read(keys).map_err(unreadable(keys.display()))?;
    let listed = jwks::read(&set)?.into_iter().map(|key| VerificationKey {
        kid: key.kid().clone(),
        jwk: key.to_json(),
        purpose: Purpose::Access,
        max_lifetime: None,
        state: VerificationState::Signed {
            from: Timestamp::from_millis(0),
            until: None,
        },
    });
    let ring = VerifierRing::of(&listed.collect::<Vec<_>>())?;
    let longest = Duration::from_secs(Lifetime::LONGEST.seconds().into());
    let issuer = issuer.unwrap_or_else(|| said_issuer(&token));
    let policy = Policy::new(issuer, Duration::from_secs(30), longest);
    let inspection = inspect(token.as_bytes(), &ring, &policy, SystemClock.now());
    let decoded = decode_unverified(token.as_bytes(), &policy).ok();
    let value = json!({
        "valid": inspection.outcome.is_ok(),
        "header": decoded.as_ref().map(|decoded| text(&decoded.header)),
        "claims": decoded.as_ref().map(|decoded| text(&decoded.claims)),
        "steps": inspection.steps,
    });
    print_steps(&value, &inspection.steps, printer)?;
    say!("Judged by the key set alone: whether it was revoked, only the installation knows.");
    let good = inspection.outcome.is_ok();
    Ok(if good { 0 } else { Code::Findings.number() })
}

/// The issuer that the token itself names; with no other to compare it with, that step cannot refuse.
fn said_issuer(token: &str) -> String {
    let any = Policy::new(String::new(), Duration::ZERO, Duration::MAX);
    let decoded = decode_unverified(token.as_bytes(), &any).ok();
    let claims = decoded
        .and_then(|decoded| serde_json::from_str::<serde_json::Value>(text(&decoded.claims)).ok());
    let issuer = claims.and_then(|claims| claims.get("iss")?.as_str().map(str::to_owned));
    issuer.unwrap_or_default()
}

fn text(part: &DecodedPart) -> &str {
    match part {
        DecodedPart::Json(text) | DecodedPart::Text(text, _) => text,
    }
}

/// Prints how every rule judged; the exit code is that of findings when one refused.
pub(super) fn print_steps(
    value: &serde_json::Value,
    steps: &[Step],
    printer: Printer,
) -> Result<std::process::ExitCode> {
    let mark = |verdict: &Verdict| match verdict {
        Verdict::Passed => "passed",
        Verdict::Refused => "refused",
        Verdict::NotAsked => "not asked",
    };
    let rows = steps.iter().map(|step| {
        vec![
            step.rule.clone(),
            mark(&step.verdict).to_owned(),
            step.compared.clone(),
            step.mend.clone().unwrap_or_default(),
        ]
    });
    printer.rows(
        value,
        &["rule", "verdict", "compared", "what would pass"],
        rows.collect(),
    )?;
    let refused = steps.iter().any(|step| step.verdict == Verdict::Refused);
    let code = if refused { Code::Findings.number() } else { 0 };
    Ok(code.into())
}
