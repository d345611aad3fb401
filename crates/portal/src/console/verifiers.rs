//! Verifiers that are not ours: what to tell them, and how to find out whether they listen.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use gatewright_keys::Recipe;
use serde::Deserialize;

use crate::{
    api::verifiers::{self, VerifierConfiguration},
    console::{elsewhere, versions::At, visit},
    page::{
        code::Code,
        fact::{Fact, Facts, Value},
        frame::Frame,
        place::Place,
    },
    pages::verifiers::{Choice, VerifiersPage},
    web::{app::App, caller::SignedIn, problem::Problem},
};

/// Which verifier.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    with: String,
}

/// A configuration for a version, with the others a click away.
///
/// # Errors
/// `NOT_FOUND` for a version that does not exist.
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<At>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    // A word that names none shows the safest.
    let recipe = asked.with.parse().unwrap_or(Recipe::Nginx);
    let place = (&at.api, at.version);
    let found = verifiers::of(&app, &who.caller, place, recipe).await?;
    let here = format!("{}/verifiers", at.here());
    let called = format!(
        "/apis/{}/versions/{}/verifiers/{}",
        at.api, at.version, found.verifier
    );
    let command = format!(
        "gatewright verifier config {} --api {}/{}",
        found.verifier, at.api, at.version
    );
    let choice = |one: Recipe| Choice {
        name: one.as_str(),
        href: format!("{here}?with={}", one.as_str()),
        is_chosen: one == recipe,
    };
    visit::page(&VerifiersPage {
        frame: Frame::new(
            visit::signed_in(&request, &who),
            Place::Apis,
            "Verify elsewhere",
        )
        .below(at.trail())
        .also(elsewhere::call(&app, &called).or(command)),
        choices: Recipe::ALL.map(choice).to_vec(),
        what: found.what,
        facts: facts(&found),
        trial: Code::new("trial", "A trial", trial(&found)),
        configuration: Code::new("configuration", found.verifier, found.configuration),
    })
}

fn facts(found: &VerifierConfiguration) -> Facts {
    let copied = |name: &str, id: &'static str, text: &str| {
        let text = text.to_owned();
        Fact::new(name, Value::Copied { id, text })
    };
    Facts(vec![
        copied("Issuer", "issuer", &found.issuer).hint("What tokens say as iss, byte for byte"),
        copied("Audience", "audience", &found.audience).hint("What they say as aud, whole"),
        copied("Key set", "key-set", &found.jwks_uri).hint("Where the public keys are"),
        Fact::code("Type", "at+jwt").hint("What their header says as typ"),
    ])
}

/// The commands that try a copy of the verifier with hostile tokens.
fn trial(found: &VerifierConfiguration) -> String {
    let verifier = found.verifier;
    let keys = match verifier {
        "haproxy" => " --keys-dir trial/keys --write-keys",
        _ => "",
    };
    format!(
        "gatewright verifier sandbox trial\n\
         gatewright verifier config {verifier} --sandbox trial{keys}   # for a copy of the verifier\n\
         gatewright verifier serve-keys trial   # leave it running\n\
         gatewright verifier check http://127.0.0.1:8080/ --sandbox trial"
    )
}
