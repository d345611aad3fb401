//! Forms about a whole ring: forming one, rotating it, giving it other times, disabling and enabling it.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use gatewright_domain::{
    key::{Algorithm, Purpose, RingName},
    revision::Revision,
};
use gatewright_keys::RingSeen;

use crate::{
    console::{
        keys::{HERE, Raised},
        ring_asked::{Asked, carry_out},
        rings::here,
        visit, words,
    },
    page::{
        form::{Choice, ChoiceState, Control, Faults, Field},
        frame::{Frame, Link},
        place::Place,
    },
    pages::confirm::{Confirm, Weight},
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

/// The form that forms a ring.
///
/// # Errors
/// When the store fails.
pub async fn new_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
) -> Result<HttpResponse, Problem> {
    visit::page(&new_form(&request, &app, &who, Faults::default()).await?)
}

/// Forms a ring.
///
/// # Errors
/// What is wrong with the form is the form again.
pub async fn new(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut faults = Faults::default();
    let name: Option<RingName> = form.parse("ring", &mut faults);
    let Some(name) = name else {
        return visit::page(&new_form(&request, &app, &who, faults).await?);
    };
    match app.keys.form_ring(&who.caller, name).await {
        Ok(_) => {
            let said = format!("{name} is formed. It signs nothing until something chooses it.");
            Ok(visit::go_saying(here(name), &said, &app))
        }
        Err(error) => {
            let faults = words::faults(&error.into(), "ring");
            visit::page(&new_form(&request, &app, &who, faults).await?)
        }
    }
}

async fn new_form(
    request: &HttpRequest,
    app: &App,
    who: &SignedIn,
    faults: Faults,
) -> Result<Confirm, Problem> {
    let rings = app.keys.read_rings().await?;
    let names = Purpose::ALL
        .into_iter()
        .flat_map(|purpose| Algorithm::ALL.map(|algorithm| RingName { purpose, algorithm }));
    let choice = |name: RingName| {
        let is_there = rings.iter().any(|ring| ring.name() == name);
        Choice {
            value: name.to_string(),
            label: match is_there {
                true => format!("{name} (is there)"),
                false => name.to_string(),
            },
            hint: None,
            state: match is_there {
                true => ChoiceState::Closed,
                false => ChoiceState::Open,
            },
        }
    };
    Ok(Confirm {
        frame: Frame::new(
            visit::signed_in(request, who),
            Place::Keys,
            "Form a key ring",
        )
        .below([Link::new("Keys", HERE)]),
        sentences: vec![
            "Two keys are made: one that may sign, and one that stands by. Both join the key set at once.".to_owned(),
            "Nothing is signed with them until an API, or the installation, chooses the algorithm.".to_owned(),
        ],
        breaks: Vec::new(),
        headers: None,
        revision: None,
        fields: vec![
            Field::new("ring", "Purpose and algorithm", Control::Select(names.map(choice).collect()))
                .hint("ES256 is the one to take unless a verifier cannot; RS256 is understood everywhere.")
                .fault(faults.of("ring")),
        ],
        faults,
        weight: Weight::Plain,
        action: format!("{HERE}/rings/new"),
        button: "Form the ring".to_owned(),
        back: HERE.to_owned(),
    })
}

/// A move of a ring that a page asks about first.
type At = Path<(String, String, String)>;

/// Asks about a move of a ring.
///
/// # Errors
/// `NOT_FOUND`, also for a move that is none.
pub async fn move_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: At,
) -> Result<HttpResponse, Problem> {
    let (purpose, algorithm, verb) = at.into_inner();
    let asked = Asked::of(&app, (&purpose, &algorithm), &verb).await?;
    visit::page(&asked.form(&request, &app, &who, None, Faults::default())?)
}

/// Moves a ring.
///
/// # Errors
/// What is wrong with the form, and what the rules refuse, is the page again.
pub async fn do_move(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: At,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let (purpose, algorithm, verb) = at.into_inner();
    let asked = Asked::of(&app, (&purpose, &algorithm), &verb).await?;
    let mut faults = Faults::default();
    let wish = asked.wish(&form, &mut faults)?;
    let Some(wish) = wish.filter(|_| faults.0.is_empty()) else {
        return visit::page(&asked.form(&request, &app, &who, Some(&form), faults)?);
    };
    let at = app.now();
    let ring = RingSeen {
        name: asked.ring.name(),
        at: form.one("revision").parse().ok().map(Revision::from_number),
    };
    match carry_out(&app, &who, ring, wish).await {
        Ok((said, revision)) => {
            let to = format!("{}{}", here(ring.name), Raised::query(revision, at));
            Ok(visit::go_saying(to, &said, &app))
        }
        Err(error) => {
            let field = if asked.verb == "times" {
                "rotation_period_s"
            } else {
                "reason"
            };
            let faults = words::faults(&error.into(), field);
            let asked = Asked::of(&app, (&purpose, &algorithm), &verb).await?;
            visit::page(&asked.form(&request, &app, &who, Some(&form), faults)?)
        }
    }
}
