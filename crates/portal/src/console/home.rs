//! The first page: what needs attention, and how the last day went.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use gatewright_domain::time::Timestamp;
use gatewright_store::views::{
    Sight,
    gateways::GatewayRow,
    home::{Counts, HomePage},
    page::Page,
};

use crate::{
    console::{elsewhere, gateways, visit, words},
    page::{
        badge::Tone,
        chart::{Count, Hours, Meter},
        fact::{Fact, Facts, Figure, Figures, Value},
        frame::{Frame, Link},
        moment::Moment,
        number::{counted, share},
        place::Place,
        remark::{Remark, Remarks},
    },
    pages::home::{FirstStep, Home, Refusals},
    web::{app::App, caller::SignedIn, problem::Problem},
};

/// The first page.
///
/// # Errors
/// When the store fails.
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
) -> Result<HttpResponse, Problem> {
    let now = app.now();
    let sight = app.reader.as_seen_by(&who.caller);
    let home = sight.home(now).await?;
    let keys = sight.keys(now).await?;
    let called = home.calls > 0 || was_called(&sight, now).await?;
    let (gateways, latest) = (sight.gateways(now).await?, app.reader.revision().await?);
    let shown = keys
        .iter()
        .filter(|key| matches!(key.state.as_str(), "active" | "published" | "deactivated"));
    let fact = |key: &gatewright_store::views::keys::KeyRow| {
        let short: String = key.kid.chars().take(12).collect();
        Fact::new(short, Value::Status(words::key(&key.state))).hint(match key.live_tokens {
            0 => "No live token".to_owned(),
            live => counted(part(live), "live token"),
        })
    };
    let keys = Facts(shown.map(fact).collect());
    let frame = Frame::new(visit::signed_in(&request, &who), Place::Home, "Home")
        .also(elsewhere::call(&app, "/home"));
    visit::page(&Home {
        frame,
        attention: attention(&home, &gateways, latest, now),
        first_steps: first_steps(home.counts, called),
        figures: figures(&home),
        calls: Hours::new("calls", "Calls in the last 24 hours", &hours(&home, now)),
        refusals: refusals(&home, now),
        keys,
    })
}

fn part(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}

/// What needs somebody, the most urgent first.
fn attention(home: &HomePage, gateways: &[GatewayRow], latest: u64, now: Timestamp) -> Remarks {
    let lagging = gateways
        .iter()
        .filter(|gateway| gateways::is_silent(gateway, latest, now));
    let lagging = lagging.map(|gateway| Remark {
        tone: Tone::Bad,
        words: format!("The gateway {} is behind and silent.", gateway.name),
        hint: "It goes on with the last snapshot it has, and misses what came after.".to_owned(),
        link: Some(Link::new("See the gateways", "/console/gateways")),
    });
    let ending = home.ending.iter().map(|version| Remark {
        tone: Tone::Warning,
        words: format!(
            "{} {} is still called, and its sunset is {}.",
            version.api,
            version.version,
            Moment::seen_from(now, version.sunset).words
        ),
        hint: format!(
            "{} in the last 7 days",
            counted(part(version.calls), "call")
        ),
        link: Some(Link::new(
            "See who calls",
            format!("/console/apis/{}/{}", version.api, version.version),
        )),
    });
    let expiring = home.expiring.iter().map(|token| Remark {
        tone: Tone::Notice,
        words: format!(
            "The token {} of {} expires {}.",
            token.name,
            token.application,
            Moment::seen_from(now, token.expires_at).words
        ),
        hint: "Issue its successor, so that nothing breaks.".to_owned(),
        link: Some(Link::new(
            "See the token",
            format!("/console/tokens/{}", token.id),
        )),
    });
    Remarks(lagging.chain(ending).chain(expiring).collect())
}

/// Whether there was a call in the last 30 days: a quiet day does not make an installation new.
async fn was_called(sight: &Sight, now: Timestamp) -> Result<bool, Problem> {
    let apis = sight.apis(&Page::first(), now).await?;
    Ok(apis.items.iter().any(|api| api.calls_30d > 0))
}

/// The way to the first call, until it has been made.
fn first_steps(counts: Counts, called: bool) -> Vec<FirstStep> {
    const LAST: usize = 4;
    if called {
        return Vec::new();
    }
    let steps = [
        (
            counts.apis > 0,
            "Register an API",
            "A named product with an owner.",
            "/console/apis/new",
        ),
        (
            counts.published > 0,
            "Publish a version",
            "Upload its contract, then open it to callers.",
            "/console/apis",
        ),
        (
            counts.applications > 0,
            "Register an application",
            "A consumer's client that may call.",
            "/console/consumers",
        ),
        (
            counts.tokens > 0,
            "Issue a token",
            "Subscribe the application, then issue.",
            "/console/consumers",
        ),
        (
            called,
            "Make the first call",
            "The page that shows a token has the curl; calls appear under usage.",
            "/console/usage",
        ),
    ];
    let next = steps.iter().position(|(done, ..)| !done);
    let step = |(at, (done, title, words, href)): (usize, (bool, &str, &str, &str))| FirstStep {
        done,
        next: next == Some(at),
        title: title.to_owned(),
        words: words.to_owned(),
        link: Link::new(if at == LAST { "See usage" } else { title }, href),
    };
    steps.into_iter().enumerate().map(step).collect()
}

fn figures(home: &HomePage) -> Figures {
    let refused: i64 = home.refusals.iter().map(|reason| reason.calls).sum();
    let counts = home.counts;
    Figures(vec![
        Figure {
            name: "Calls",
            value: words::number(home.calls),
            hint: "in 24 hours".to_owned(),
        },
        Figure {
            name: "Refused",
            value: words::number(refused),
            hint: format!("{} of all", share(part(refused), part(home.calls))),
        },
        Figure {
            name: "APIs",
            value: words::number(counts.apis),
            hint: counted(part(counts.published), "published version"),
        },
        Figure {
            name: "Applications",
            value: words::number(counts.applications),
            hint: format!("of {}", counted(part(counts.consumers), "consumer")),
        },
    ])
}

/// One bar an hour, hours without calls included.
fn hours(home: &HomePage, now: Timestamp) -> Vec<Count> {
    let bar = |back: u64| {
        let hour = now.hour().minus(Duration::from_secs(back * 3600));
        let found = home.hours.iter().find(|row| row.hour == hour);
        let when = format!("{:02}:00", hour.date_time().hour());
        Count {
            tick: if hour.date_time().hour().is_multiple_of(6) {
                when.clone()
            } else {
                String::new()
            },
            when,
            calls: found.map_or(0, |row| part(row.calls)),
            refused: Some(found.map_or(0, |row| part(row.refused))),
        }
    };
    (0..24).rev().map(bar).collect()
}

fn refusals(home: &HomePage, now: Timestamp) -> Vec<Refusals> {
    let all: u64 = home.refusals.iter().map(|reason| part(reason.calls)).sum();
    let row = |reason: &gatewright_store::views::home::ReasonCount| Refusals {
        reason: Link::new(
            words::reason(&reason.reason),
            format!("/console/decisions?reason={}", reason.reason),
        ),
        status: u16::try_from(reason.status).unwrap_or(0),
        meter: Meter::new(part(reason.calls), all),
        calls: words::number(reason.calls),
        applications: words::number(reason.applications),
        last: Moment::hour(now, reason.last),
    };
    home.refusals.iter().map(row).collect()
}
