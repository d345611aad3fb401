//! The form that says what becomes of a version's calls at gateways that are out of touch.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use gatewright_domain::{
    revision::Revision,
    staleness::{Patience, Staleness, WhenStale},
};
use gatewright_store::views::versions::VersionRow;

use super::{clients::choices, versions::At};
use crate::{
    console::{visit, words},
    page::{
        form::{Control, Faults, Field},
        frame::Frame,
        moment::span,
        place::Place,
    },
    pages::confirm::{Confirm, Weight},
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

/// What may become of calls.
const OUTCOMES: [(&str, &str); 2] = [
    ("serve", "Serve them by what the gateway knows"),
    ("refuse", "Refuse them: 503, with Retry-After"),
];

/// A contract in words.
pub(super) fn in_words(staleness: &Staleness) -> String {
    let after = span(staleness.after.seconds().into());
    match (staleness.reads, staleness.writes) {
        (WhenStale::Serve, WhenStale::Serve) => "Reads and writes are served".to_owned(),
        (WhenStale::Serve, WhenStale::Refuse) => {
            format!("Reads are served; writes are refused after {after}")
        }
        (WhenStale::Refuse, WhenStale::Serve) => {
            format!("Reads are refused after {after}; writes are served")
        }
        (WhenStale::Refuse, WhenStale::Refuse) => {
            format!("Reads and writes are refused after {after}")
        }
    }
}

/// The form.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn edit_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<At>,
) -> Result<HttpResponse, Problem> {
    let found = version(&app, &who, &at).await?;
    let Staleness {
        after,
        reads,
        writes,
    } = found.staleness;
    let typed = Typed {
        after: after.seconds().to_string(),
        reads: reads.as_str().to_owned(),
        writes: writes.as_str().to_owned(),
    };
    visit::page(&form_page(
        &request,
        &who,
        (&at, &found),
        &typed,
        Faults::default(),
    ))
}

/// Changes it.
///
/// # Errors
/// What is wrong with the form is the form again.
pub async fn edit(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<At>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let found = version(&app, &who, &at).await?;
    let expected = form.one("revision").parse().ok().map(Revision::from_number);
    let typed = Typed {
        after: form.one("after_s").to_owned(),
        reads: form.one("reads").to_owned(),
        writes: form.one("writes").to_owned(),
    };
    let agreed = match typed.staleness() {
        Ok(staleness) => {
            let (registry, place) = (&app.registry, at.place());
            let agreed = registry.agree_on_staleness(&who.caller, &place, staleness, expected);
            agreed
                .await
                .map_err(|error| words::faults(&error.into(), "after_s"))
        }
        Err(faults) => Err(faults),
    };
    match agreed {
        Ok(version) => {
            let said = format!("{}: {}.", version.place(), in_words(&version.staleness()));
            Ok(visit::go_saying(at.here(), &said, &app))
        }
        Err(faults) => visit::page(&form_page(&request, &who, (&at, &found), &typed, faults)),
    }
}

async fn version(app: &App, who: &SignedIn, at: &At) -> Result<VersionRow, Problem> {
    let sight = app.reader.as_seen_by(&who.caller);
    Ok(sight.version_row(&at.api, at.version, app.now()).await?)
}

struct Typed {
    after: String,
    reads: String,
    writes: String,
}

impl Typed {
    fn staleness(&self) -> Result<Staleness, Faults> {
        let mut faults = Faults::default();
        let mut wrong = |field: &str, words: &str| faults.0.push(words::fault(field, words));
        let after = self.after.parse::<u64>().map(Patience::try_from);
        match &after {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => wrong("after_s", &format!("{error}.")),
            Err(_) => wrong("after_s", "A whole number of seconds."),
        }
        let (reads, writes) = (self.reads.parse(), self.writes.parse());
        if reads.is_err() {
            wrong("reads", "Choose one of the two.");
        }
        if writes.is_err() {
            wrong("writes", "Choose one of the two.");
        }
        match (after, reads, writes) {
            (Ok(Ok(after)), Ok(reads), Ok(writes)) => Ok(Staleness {
                after,
                reads,
                writes,
            }),
            _ => Err(faults),
        }
    }
}

fn form_page(
    request: &HttpRequest,
    who: &SignedIn,
    (at, found): (&At, &VersionRow),
    typed: &Typed,
    faults: Faults,
) -> Confirm {
    let outcome = |name, label, chosen: &str| {
        let control = Control::Select(choices(&OUTCOMES, chosen));
        Field::new(name, label, control).fault(faults.of(name))
    };
    let title = format!("Staleness of {} {}", found.api, found.number);
    Confirm {
        frame: Frame::new(visit::signed_in(request, who), Place::Apis, title).below(at.trail()),
        sentences: vec![
            "A gateway that has not heard from its control plane does not know what was revoked since. This says how long it \
             may go on with calls of this version, and what it refuses then."
                .to_owned(),
        ],
        breaks: Vec::new(),
        headers: None,
        revision: Some(found.revision.number().to_string()),
        fields: vec![
            Field::new("after_s", "Without news for", Control::Number { unit: "seconds" })
                .value(&typed.after)
                .hint("5 seconds to 30 days (2592000).")
                .fault(faults.of("after_s")),
            outcome("reads", "Then reads (GET, HEAD, OPTIONS)", &typed.reads),
            outcome("writes", "Then all other calls", &typed.writes),
        ],
        faults,
        weight: Weight::Plain,
        action: format!("{}/staleness", at.here()),
        button: "Agree".to_owned(),
        back: at.here(),
    }
}
