//! The form that chooses what an API's contracts must have no error of.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use gatewright_contract::RulesetError;
use gatewright_domain::{
    handle::ApiHandle,
    revision::Revision,
    ruleset::{RulesetChoice, RulesetName, RulesetText},
};
use gatewright_registry::{ChosenRuleset, Found, RulesetUseError};

use crate::{
    console::{findings, visit, words},
    page::{
        form::{Choice, ChoiceState, Control, Faults, Field},
        frame::{Frame, Link},
        place::Place,
    },
    pages::rulesets::RulesetPage,
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

/// What a choice means, in a sentence.
pub(super) fn in_words(choice: &RulesetChoice) -> String {
    let ruleset = match choice {
        RulesetChoice::None => {
            return "No ruleset is chosen: contracts are asked for nothing beyond that they are right."
                .to_owned();
        }
        RulesetChoice::Oas => "spectral:oas",
        RulesetChoice::OasAndOwasp => "spectral:oas or the OWASP set",
        RulesetChoice::Own(_) => "the ruleset of the API",
    };
    format!(
        "Nothing reaches callers while {ruleset} finds errors in its contract, unless somebody says why."
    )
}

fn label(name: RulesetName) -> &'static str {
    match name {
        RulesetName::None => "None",
        RulesetName::Oas => "spectral:oas",
        RulesetName::OasAndOwasp => "spectral:oas and OWASP API Security",
        RulesetName::Own => "The one below",
    }
}

/// What was typed, to come back.
struct Typed {
    ruleset: String,
    text: String,
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
    let ruleset = app.registry.ruleset(&who.caller, &api).await?;
    let text = ruleset.choice.text();
    let typed = Typed {
        ruleset: ruleset.choice.name().to_string(),
        text: text.map_or_else(String::new, |text| text.as_str().to_owned()),
    };
    let said = Said::default();
    visit::page(&form_page(&request, &who, ruleset, &typed, said))
}

/// Chooses.
///
/// # Errors
/// What is wrong with the form, and a text that is no ruleset, is the form again.
pub async fn choose(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    api: Path<ApiHandle>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let typed = Typed {
        ruleset: form.one("ruleset").to_owned(),
        text: form.exact("text"),
    };
    let mut said = Said::default();
    if let Some(choice) = wanted(&form, &typed, &mut said.faults) {
        let expected = form.one("revision").parse().ok().map(Revision::from_number);
        let choosing = app
            .registry
            .choose_ruleset(&who.caller, &api, choice, expected);
        match choosing.await {
            Ok(chosen) => {
                let words = in_words(&chosen.choice);
                return Ok(match chosen.unsupported.as_slice() {
                    [] => visit::go_saying(here(chosen.api.as_str()), &words, &app),
                    // What cannot be run is said on the page of the ruleset itself.
                    _ => visit::go_saying(action(chosen.api.as_str()), &words, &app),
                });
            }
            Err(RulesetUseError::Invalid(error)) => said.take(&error, &typed),
            Err(error @ RulesetUseError::Stale) => {
                said.faults = words::faults(&error.into(), "ruleset");
            }
            Err(error) => return Err(error.into()),
        }
    }
    let ruleset = app.registry.ruleset(&who.caller, &api).await?;
    let mut response = visit::page(&form_page(&request, &who, ruleset, &typed, said))?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// The choice that a form makes. A text beside a built-in ruleset is kept in the form and not sent along.
fn wanted(form: &Form, typed: &Typed, faults: &mut Faults) -> Option<RulesetChoice> {
    let name: RulesetName = form.parse("ruleset", faults)?;
    let text = match name {
        RulesetName::Own => match typed.text.parse::<RulesetText>() {
            Ok(text) => Some(text),
            Err(error) => {
                faults.0.push(words::fault("text", &format!("It {error}.")));
                return None;
            }
        },
        RulesetName::None | RulesetName::Oas | RulesetName::OasAndOwasp => None,
    };
    name.with(text).ok()
}

/// What the form has to say.
#[derive(Default)]
struct Said {
    faults: Faults,
    found: Option<Found>,
}

impl Said {
    /// Takes in why a text is no ruleset.
    fn take(&mut self, error: &RulesetError, typed: &Typed) {
        let words = match error {
            RulesetError::Unreadable(findings) => {
                self.found = Some(Found::in_upload(findings, &typed.text));
                "It cannot be read; what is wrong stands above, with the place.".to_owned()
            }
            RulesetError::NotARuleset(why) => format!("{}.", words::capital(why)),
        };
        self.faults.0.push(words::fault("text", &words));
    }
}

fn here(api: &str) -> String {
    format!("/console/apis/{api}")
}

fn action(api: &str) -> String {
    format!("/console/apis/{api}/ruleset")
}

fn form_page(
    request: &HttpRequest,
    who: &SignedIn,
    ruleset: ChosenRuleset,
    typed: &Typed,
    said: Said,
) -> RulesetPage {
    let ChosenRuleset {
        api,
        choice,
        number,
        chosen: _,
        unsupported,
    } = ruleset;
    let choices = RulesetName::ALL.into_iter().map(|name| Choice {
        value: name.to_string(),
        label: label(name).to_owned(),
        hint: None,
        state: match name.as_str() == typed.ruleset {
            true => ChoiceState::Chosen,
            false => ChoiceState::Open,
        },
    });
    let Said { faults, found } = said;
    let here = here(api.as_str());
    let trail = [
        Link::new("APIs", "/console/apis"),
        Link::new(api.as_str(), here.clone()),
    ];
    let title = format!("Ruleset of {api}");
    RulesetPage {
        frame: Frame::new(visit::signed_in(request, who), Place::Apis, title).below(trail),
        now: in_words(&choice),
        not_run: findings::not_run(unsupported),
        findings: found.map(|found| findings::list(&found, None)),
        fields: vec![
            Field::new("ruleset", "Ruleset", Control::Select(choices.collect()))
                .fault(faults.of("ruleset")),
            Field::new("text", "A ruleset of your own", Control::Code)
                .value(&typed.text)
                .hint("In the format of Spectral, JSON or YAML. It may extend spectral:oas and spectral:owasp, and nothing else.")
                .fault(faults.of("text"))
                .optional(),
        ],
        faults,
        revision: number.to_string(),
        action: action(api.as_str()),
        back: here,
    }
}
