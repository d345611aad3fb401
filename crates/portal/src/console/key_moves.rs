//! The moves of one key: what can be done with it and what cannot, a page that asks, and the move itself.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use gatewright_domain::{
    key::{KeyError, KeyStateName, Listing},
    revision::Revision,
    ring::{Haste, RingError},
    text::Reason,
    time::Timestamp,
};
use gatewright_keys::{Moved, RingUseError, Seen};

use crate::{
    console::{
        keys::{Found, Raised, find},
        ring::short,
        rings::obstacle,
        visit, words,
    },
    page::{
        form::{Choice, ChoiceState, Control, Faults, Field},
        moment::Moment,
        number::counted,
    },
    pages::{
        confirm::{Confirm, Weight},
        keys::MoveRow,
    },
    web::{app::App, caller::SignedIn, catalogue::Kind, form::Form, problem::Problem},
};

/// Every move of a key, in the order of its life: the verb, the word, and what it does.
const MOVES: [(&str, &str, &str); 7] = [
    (
        "publish",
        "Publish",
        "It joins the key set, so that verifiers know it before it signs.",
    ),
    ("discard", "Discard", "It is given up; nobody ever knew it."),
    (
        "activate",
        "Activate",
        "It signs from now on, and the key that signs stops.",
    ),
    (
        "suspend",
        "Suspend",
        "It signs nothing, and our gateways accept nothing it signed, until it is resumed. Where it signs, the next key takes over.",
    ),
    (
        "resume",
        "Resume",
        "It returns to where it stood, and what it signed is accepted again.",
    ),
    (
        "retire",
        "Retire",
        "It leaves the key set: the last token it signed is dead.",
    ),
    (
        "compromise",
        "Compromise",
        "Nothing it signed is accepted any more, anywhere we run. This cannot be taken back.",
    ),
];

/// Every move of a key: what it does, or why it is not to be had.
pub(super) fn all(found: &Found, now: Timestamp) -> Result<Vec<MoveRow>, Problem> {
    let key = found.key()?;
    let state = key.state().name();
    let row = |(verb, name, does): (&str, &'static str, &str)| {
        let refused = refused(found, verb, state, now);
        MoveRow {
            name,
            href: refused
                .is_none()
                .then(|| format!("{}/{verb}", found.here())),
            words: refused.unwrap_or_else(|| hurried(found, verb, does, now)),
        }
    };
    Ok(MOVES.into_iter().map(row).collect())
}

/// Why a move is not to be had; nothing when it is.
fn refused(found: &Found, verb: &str, state: KeyStateName, now: Timestamp) -> Option<String> {
    if state.moves().contains(&verb) {
        let alive = found.ring.retires_at(found.key().ok()?)?;
        return (verb == "retire" && now < alive).then(|| {
            format!(
                "A token it signed may live until {}; then it retires by itself.",
                Moment::exact(alive).words
            )
        });
    }
    let why = match verb {
        _ if state.moves().is_empty() => KeyError::Over(state),
        "publish" | "discard" => KeyError::NotStaged(state),
        "activate" => KeyError::NotPublished(state),
        "suspend" => KeyError::NotSuspendable(state),
        "resume" => KeyError::NotSuspended(state),
        "retire" => KeyError::NotDeactivated(state),
        _ => KeyError::Over(state),
    };
    Some(words::capital(&format!("{why}.")))
}

/// What a move does, and what it would need beside.
fn hurried(found: &Found, verb: &str, does: &str, now: Timestamp) -> String {
    match waits(found, verb, now) {
        Some(why) => format!("{does} {} Before that it needs a reason.", obstacle(&why)),
        None => does.to_owned(),
    }
}

/// Why a key would have to wait before it signs.
fn waits(found: &Found, verb: &str, now: Timestamp) -> Option<RingError> {
    if verb != "activate" {
        return None;
    }
    let kid = found.kid().ok()?;
    let waits = found.ring.may_take_over(&kid, &found.evidence, now).err()?;
    matches!(waits, RingError::NotReady(_) | RingError::Held(_)).then_some(waits)
}

/// Asks before a key moves.
///
/// # Errors
/// `NOT_FOUND`, also for a move that is none.
pub async fn move_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (kid, verb) = at.into_inner();
    let found = find(&app, &who, &kid).await?;
    let asked = Asked { found, verb };
    visit::page(&asked.form(&request, &app, &who, None, Faults::default())?)
}

/// Moves a key.
///
/// # Errors
/// What is wrong with the form, and what the rules refuse, is the page again.
pub async fn do_move(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<(String, String)>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let (kid, verb) = at.into_inner();
    let found = find(&app, &who, &kid).await?;
    let asked = Asked { found, verb };
    let mut faults = Faults::default();
    let wish = asked.wish(&form, &mut faults)?;
    let Some(wish) = wish.filter(|_| faults.0.is_empty()) else {
        return visit::page(&asked.form(&request, &app, &who, Some(&form), faults)?);
    };
    let (at, key) = (app.now(), asked.seen(&form)?);
    match carry_out(&app, &who, key, wish).await {
        Ok((said, moved)) => {
            let raised = Raised::query(moved.revision, at);
            let to = format!("{}{raised}", asked.found.here());
            Ok(visit::go_saying(to, said, &app))
        }
        Err(error) => {
            let faults = words::faults(&error.into(), "reason");
            let found = find(&app, &who, &kid).await?;
            let asked = Asked { found, ..asked };
            visit::page(&asked.form(&request, &app, &who, Some(&form), faults)?)
        }
    }
}

/// What is wanted of a key.
enum Wish {
    Publish,
    Discard,
    Activate(Haste),
    Suspend(Listing, Reason),
    Resume(Reason),
    Retire,
}

/// Carries it out, and says what it did.
async fn carry_out(
    app: &App,
    who: &SignedIn,
    key: Seen,
    wish: Wish,
) -> Result<(&'static str, Moved), RingUseError> {
    let (keys, by) = (&app.keys, &who.caller);
    Ok(match wish {
        Wish::Publish => ("It is published.", keys.publish(by, key).await?),
        Wish::Discard => ("It is given up.", keys.discard(by, key).await?),
        Wish::Activate(haste) => ("It signs now.", keys.activate(by, key, haste).await?),
        Wish::Suspend(listing, reason) => (
            "It is suspended.",
            keys.suspend(by, key, listing, reason).await?,
        ),
        Wish::Resume(reason) => ("It is resumed.", keys.resume(by, key, reason).await?),
        Wish::Retire => ("It is retired.", keys.retire(by, key).await?),
    })
}

/// A key, and what is asked of it.
struct Asked {
    found: Found,
    verb: String,
}

impl Asked {
    fn seen(&self, form: &Form) -> Result<Seen, Problem> {
        Ok(Seen {
            kid: self.found.kid()?,
            at: form.one("revision").parse().ok().map(Revision::from_number),
        })
    }

    fn wish(&self, form: &Form, faults: &mut Faults) -> Result<Option<Wish>, Problem> {
        let reason = |faults: &mut Faults| form.parse::<Reason>("reason", faults);
        let listing = match form.one("listing") {
            "withdrawn" => Listing::Withdrawn,
            _ => Listing::Listed,
        };
        Ok(match self.verb.as_str() {
            "publish" => Some(Wish::Publish),
            "discard" => Some(Wish::Discard),
            "activate" if form.one("reason").is_empty() => Some(Wish::Activate(Haste::None)),
            "activate" => reason(faults).map(|why| Wish::Activate(Haste::Because(why))),
            "suspend" => reason(faults).map(|why| Wish::Suspend(listing, why)),
            "resume" => reason(faults).map(Wish::Resume),
            "retire" => Some(Wish::Retire),
            _ => return Err(Problem::of(Kind::NOT_FOUND)),
        })
    }

    fn form(
        &self,
        request: &HttpRequest,
        app: &App,
        who: &SignedIn,
        typed: Option<&Form>,
        faults: Faults,
    ) -> Result<Confirm, Problem> {
        let Self { found, verb } = self;
        let known = MOVES.into_iter().find(|(known, ..)| known == verb);
        let (_, act, does) = known.ok_or_else(|| Problem::of(Kind::NOT_FOUND))?;
        let waits = waits(found, verb, app.now());
        let typed = |name: &str| typed.map_or("", |form| form.one(name)).to_owned();
        let reason = |label: &str| {
            Field::new("reason", label, Control::Text)
                .hint("It stands in the trail.")
                .value(typed("reason"))
                .fault(faults.of("reason"))
        };
        let fields = match verb.as_str() {
            "activate" if waits.is_some() => vec![reason("Reason to let it sign already")],
            "suspend" => vec![listing(&typed("listing")), reason("Reason")],
            "resume" => vec![reason("Reason")],
            _ => Vec::new(),
        };
        let here = found.here();
        let title = format!("{act} {}", short(&found.row.kid));
        let is_final = verb == "suspend" || waits.is_some();
        Ok(Confirm {
            frame: found.frame(request, who, title.clone()),
            faults,
            sentences: vec![does.to_owned()],
            breaks: self.breaks(waits.as_ref()),
            headers: None,
            revision: Some(found.row.revision.number().to_string()),
            fields,
            weight: match is_final {
                true => Weight::Final,
                false => Weight::Plain,
            },
            action: format!("{here}/{verb}"),
            button: title,
            back: here,
        })
    }

    fn breaks(&self, waits: Option<&RingError>) -> Vec<String> {
        let live = u64::try_from(self.found.row.live_tokens).unwrap_or(0);
        let suspended = (self.verb == "suspend" && live > 0).then(|| {
            let tokens = counted(live, "live token");
            format!("{tokens}, which our gateways refuse meanwhile")
        });
        let early = waits.map(|why| {
            format!(
                "{} Who does not know the key refuses new tokens until it learns it",
                obstacle(why)
            )
        });
        suspended.into_iter().chain(early).collect()
    }
}

/// Whether a suspended key stays in the key set.
fn listing(typed: &str) -> Field {
    let choice = |value: &str, label: &str| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        hint: None,
        state: match value == typed {
            true => ChoiceState::Chosen,
            false => ChoiceState::Open,
        },
    };
    let choices = vec![
        choice(
            "listed",
            "It stays: other verifiers go on accepting what it signed",
        ),
        choice(
            "withdrawn",
            "It leaves: other verifiers refuse it once they fetch the set again",
        ),
    ];
    Field::new("listing", "In the key set", Control::Select(choices))
}
