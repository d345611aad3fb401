//! The form that chooses what an API's tokens are signed with.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use gatewright_domain::{
    api::AlgorithmChoice,
    handle::ApiHandle,
    key::{Algorithm, Purpose, RingName},
    revision::Revision,
    ring::{Haste, Ring},
    text::Reason,
};
use gatewright_keys::{AlgorithmWish, ApiSigning};

use crate::{
    console::{visit, words},
    page::{
        form::{Choice, ChoiceState, Control, Faults, Field},
        frame::{Frame, Link},
        moment::Moment,
        place::Place,
    },
    pages::confirm::{Confirm, Weight},
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

/// What signs the tokens of an API, in a sentence.
pub(super) fn in_words(signing: &ApiSigning) -> String {
    let ApiSigning {
        api,
        signs,
        next,
        waits,
        ..
    } = signing;
    let why = match api.token_algorithm.chosen() {
        Some(_) => "",
        None => ", as the installation says",
    };
    match waits {
        Some(earlier) => {
            let until = Moment::exact(earlier.until).words;
            format!("{signs} signs until {until}, then {next}{why}.")
        }
        None => format!("{signs} signs{why}."),
    }
}

fn here(api: &str) -> String {
    format!("/console/apis/{api}")
}

/// The form.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn choose_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    api: Path<ApiHandle>,
) -> Result<HttpResponse, Problem> {
    let signing = app.keys.api_signing(&who.caller, &api).await?;
    let rings = app.keys.read_rings().await?;
    let chosen = AlgorithmChoice(signing.api.token_algorithm.chosen()).to_string();
    let form = form_page(
        &request,
        &who,
        (&signing, &rings),
        [&chosen, ""],
        Faults::default(),
    );
    visit::page(&form)
}

/// Chooses.
///
/// # Errors
/// What is wrong with the form, and what the rules refuse, is the form again.
pub async fn choose(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    api: Path<ApiHandle>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut faults = Faults::default();
    let choice: Option<AlgorithmChoice> = form.parse("algorithm", &mut faults);
    let haste = match form.one("force") {
        "" => Some(Haste::None),
        _ => form
            .parse::<Reason>("force", &mut faults)
            .map(Haste::Because),
    };
    if let (Some(choice), Some(haste)) = (choice, haste) {
        let wish = AlgorithmWish {
            chosen: choice.0,
            haste,
            at: form.one("revision").parse().ok().map(Revision::from_number),
        };
        match app.keys.choose_algorithm(&who.caller, &api, wish).await {
            Ok(signing) => {
                let name = signing.api.name.as_str();
                let said = format!("Tokens of {name}: {}", in_words(&signing));
                return Ok(visit::go_saying(here(name), &said, &app));
            }
            Err(error) => faults = words::faults(&error.into(), "algorithm"),
        }
    }
    let signing = app.keys.api_signing(&who.caller, &api).await?;
    let rings = app.keys.read_rings().await?;
    let typed = [form.one("algorithm"), form.one("force")];
    visit::page(&form_page(
        &request,
        &who,
        (&signing, &rings),
        typed,
        faults,
    ))
}

/// Whether both rings of an algorithm sign: without, it cannot be chosen.
fn has_rings(rings: &[Ring], algorithm: Algorithm) -> bool {
    let signs = |purpose: &Purpose| {
        let name = RingName {
            purpose: *purpose,
            algorithm,
        };
        let mut rings = rings.iter();
        rings.any(|ring| ring.name() == name && ring.active().is_some())
    };
    let mut purposes = Purpose::ALL.iter().filter(|it| it.opens_apis());
    purposes.all(signs)
}

fn choices(rings: &[Ring], typed: &str) -> Vec<Choice> {
    let installation = Choice {
        value: AlgorithmChoice::default().to_string(),
        label: "What the installation says".to_owned(),
        hint: None,
        state: ChoiceState::Open,
    };
    let named = Algorithm::ALL.into_iter().map(|algorithm| {
        let (label, state) = if has_rings(rings, algorithm) {
            (algorithm.to_string(), ChoiceState::Open)
        } else {
            (
                format!("{algorithm} (form its rings first)"),
                ChoiceState::Closed,
            )
        };
        Choice {
            value: algorithm.to_string(),
            label,
            hint: None,
            state,
        }
    });
    let chosen = |choice: Choice| Choice {
        state: match choice.state {
            ChoiceState::Open if choice.value == typed => ChoiceState::Chosen,
            state => state,
        },
        ..choice
    };
    [installation]
        .into_iter()
        .chain(named)
        .map(chosen)
        .collect()
}

fn form_page(
    request: &HttpRequest,
    who: &SignedIn,
    (signing, rings): (&ApiSigning, &[Ring]),
    [algorithm, force]: [&str; 2],
    faults: Faults,
) -> Confirm {
    let (name, here) = (signing.api.name.as_str(), here(signing.api.name.as_str()));
    let trail = [
        Link::new("APIs", "/console/apis"),
        Link::new(name, here.clone()),
    ];
    let title = format!("What signs the tokens of {name}");
    Confirm {
        frame: Frame::new(visit::signed_in(request, who), Place::Apis, title).below(trail),
        sentences: vec![
            in_words(signing),
            "The keys of what you choose join the key set of the API at once. They sign when everybody who keeps that set can know \
             them: after the lead of their rings. Until then, what signs now goes on."
                .to_owned(),
            "Tokens that were signed before stay good, and their keys stay in the set while they live.".to_owned(),
        ],
        breaks: Vec::new(),
        headers: None,
        revision: Some(signing.api.revision.number().to_string()),
        fields: vec![
            Field::new("algorithm", "Algorithm", Control::Select(choices(rings, algorithm)))
                .hint("ES256 unless a verifier cannot; RS256 is understood everywhere.")
                .fault(faults.of("algorithm")),
            Field::new("force", "Reason to sign with it at once", Control::Text)
                .optional()
                .value(force)
                .hint("Verifiers that keep the old key set refuse the tokens until they fetch the new one. It stands in the trail.")
                .fault(faults.of("force")),
        ],
        faults,
        weight: Weight::Plain,
        action: format!("{here}/algorithm"),
        button: "Choose".to_owned(),
        back: here,
    }
}
