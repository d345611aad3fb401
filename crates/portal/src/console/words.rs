//! How views are said on pages: states as badges, numbers and times in words.

use gatewright_domain::{decision::Verdict, limit::RateParts, time::Timestamp};

use crate::page::{
    badge::{Badge, Tone},
    fact::{Last, Scopes},
    form::{Fault, Faults},
    icon::Icon,
    moment::Moment,
    number::count,
    steps::{Mend, Outcome, Step, Steps},
};
use crate::web::{catalogue::Kind, problem::Problem};

/// The lifecycle of a version.
pub(crate) fn lifecycle(status: &str) -> Badge {
    match status {
        "published" => Badge::published(),
        "deprecated" => Badge::deprecated(),
        "blocked" => Badge::blocked(),
        "retired" => Badge::retired(),
        _ => Badge::draft(),
    }
}

/// The state of a token or an access token.
pub(crate) fn token(status: &str) -> Badge {
    match status {
        "revoked" => Badge::revoked(),
        "expired" => Badge::expired(),
        _ => Badge::active(),
    }
}

/// The state of a subscription.
pub(crate) fn subscription(status: &str) -> Badge {
    match status {
        "active" => Badge::active(),
        "paused" => Badge::new(Tone::Warning, Icon::Pending, "Paused"),
        _ => Badge::new(Tone::Quiet, Icon::Retired, "Closed"),
    }
}

/// The state of a signing key.
pub(crate) fn key(state: &str) -> Badge {
    match state {
        "active" => Badge::active(),
        "published" => Badge::next(),
        "staged" => Badge::staged(),
        "suspended" => Badge::suspended(),
        "deactivated" => Badge::draining(),
        "compromised" => Badge::compromised(),
        _ => Badge::retired(),
    }
}

/// A count of the database.
pub(crate) fn number(stored: i64) -> String {
    count(u64::try_from(stored).unwrap_or(0))
}

/// A time that may never have come.
pub(crate) fn last(at: Option<Timestamp>, now: Timestamp, never: &'static str) -> Last {
    Last::new(at.map(|at| Moment::seen_from(now, at)), never)
}

/// The hour of a last call, which is counted by the hour and so known no better.
pub(crate) fn last_hour(at: Option<Timestamp>, now: Timestamp, never: &'static str) -> Last {
    Last::new(at.map(|at| Moment::hour(now, at)), never)
}

/// Why a request was refused, in words, from the name that records hold.
pub(crate) fn reason(name: &str) -> String {
    let told = match name {
        "issuer-key-unknown" => "A key of an outside issuer that is not known here",
        "token-revoked" => "The token was revoked",
        "token-before-watermark" => "Every token of the application was revoked",
        "client-unknown" => "The application is not known",
        "client-disabled" => "The application is disabled",
        "wrong-audience" => "The token is for another version",
        other => Kind::named(other).map_or(other, |entry| entry.title),
    };
    told.to_owned()
}

/// A rate.
pub(crate) fn rate(rate: RateParts) -> String {
    let RateParts {
        requests,
        per_seconds,
        burst,
    } = rate;
    let period = if per_seconds == 1 {
        "a second".to_owned()
    } else {
        format!("in {per_seconds} seconds")
    };
    format!(
        "{} requests {period}, burst {}",
        count(u64::from(requests)),
        count(u64::from(burst))
    )
}

/// A quota.
pub(crate) fn quota(quota: Option<i64>) -> String {
    quota.map_or_else(
        || "none".to_owned(),
        |quota| format!("{} a day", number(quota)),
    )
}

/// The steps of a verdict.
pub(crate) fn steps(steps: &[gatewright_domain::decision::Step]) -> Steps {
    let step = |step: &gatewright_domain::decision::Step| Step {
        outcome: match step.verdict {
            Verdict::Passed => Outcome::Passed,
            Verdict::Refused => Outcome::Failed,
            Verdict::NotAsked => Outcome::NotReached,
        },
        rule: step.rule.clone(),
        found: step.compared.clone(),
        mend: step.mend.clone().map(|words| Mend { words, link: None }),
    };
    Steps(steps.iter().map(step).collect())
}

/// Scopes from a view.
pub(crate) fn scopes(scopes: &[String]) -> Scopes {
    Scopes(scopes.to_vec())
}

/// What was wrong with a form, from the problem that a use-case answered with.
pub(crate) fn faults(problem: &Problem, field: &str) -> Faults {
    if problem.faults.is_empty() {
        return Faults(vec![Fault {
            field: field.to_owned(),
            words: problem.detail.clone(),
        }]);
    }
    let fault = |fault: &crate::web::problem::Fault| Fault {
        field: fault.pointer.trim_start_matches('/').to_owned(),
        words: fault.detail.clone(),
    };
    Faults(problem.faults.iter().map(fault).collect())
}

/// Text as one segment of a path.
pub(crate) fn segment(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}

/// One fault of a form.
pub(crate) fn fault(field: &str, words: &str) -> Fault {
    Fault {
        field: field.to_owned(),
        words: words.to_owned(),
    }
}

/// An address with the parameters that are not empty.
pub(crate) fn query(place: &str, pairs: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let said = pairs.iter().filter(|(_, value)| !value.is_empty());
    query.extend_pairs(said);
    match query.finish().as_str() {
        "" => place.to_owned(),
        query => format!("{place}?{query}"),
    }
}

/// A text that begins with a capital letter.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}
