//! Publishing a version: the last look before it, what stands in the way, and the reason to publish all the same.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use gatewright_domain::{contract::ContractAt, revision::Revision, ruleset::RulesetName};
use gatewright_registry::{Chosen, Found, Gravity, MoveError, Wanted};
use gatewright_store::views::versions::VersionPage;

use crate::{
    console::{findings, visit, words},
    page::{
        form::{Control, Faults, Field},
        frame::{Frame, Link},
        place::Place,
        steps::{Mend, Outcome, Step, Steps},
    },
    pages::versions::PublishPage,
    web::{app::App, caller::SignedIn, findings::called, form::Form, problem::Problem},
};

use super::versions::{At, facts, operations_count};

/// What is said when a contract has errors of the ruleset.
const ERRORS: &str = "The contract has errors of the ruleset that the API chose. Mend them, or say why it is to be published \
    all the same.";

/// What the ruleset of an API finds in the contract of a version.
struct Held {
    ruleset: RulesetName,
    errors: Found,
}

/// What was typed, and what is wrong with it.
#[derive(Default)]
struct Typed {
    reason: String,
    faults: Faults,
}

/// The last look before publishing.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn publish_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<At>,
) -> Result<HttpResponse, Problem> {
    let page = last_look(&request, &app, &who, (&at, Typed::default())).await?;
    visit::page(&page)
}

/// Publishes.
///
/// # Errors
/// What the lifecycle refuses. Errors of the ruleset are the page again.
pub async fn publish(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<At>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut typed = Typed {
        reason: form.one("reason").to_owned(),
        ..Typed::default()
    };
    let reason = form.optional("reason", &mut typed.faults);
    if typed.faults.0.is_empty() {
        let expected = form.one("revision").parse().ok().map(Revision::from_number);
        let place = at.place();
        let publishing = app
            .registry
            .publish_version(&who.caller, &place, reason, expected);
        match publishing.await {
            Ok(version) => {
                let said = format!("{} is {} now.", version.place(), version.status().name());
                return Ok(visit::go_saying(at.here(), &said, &app));
            }
            Err(MoveError::Lint(_)) => typed.faults.0.push(words::fault("reason", ERRORS)),
            Err(error) => return Err(error.into()),
        }
    }
    let page = last_look(&request, &app, &who, (&at, typed)).await?;
    let mut response = visit::page(&page)?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// What the ruleset of the API finds; nothing where none was chosen, or there is no contract to hold against it.
async fn held(
    app: &App,
    who: &SignedIn,
    at: &At,
    version: &VersionPage,
) -> Result<Option<Held>, Problem> {
    if version.contract.is_none() {
        return Ok(None);
    }
    let contract = ContractAt {
        version: at.version,
        revision: None,
    };
    let wanted = Wanted {
        gravity: Some(Gravity::Error),
        rule: None,
    };
    let assessing = app.registry.assess(&who.caller, &at.api, contract, wanted);
    let assessed = assessing.await?;
    Ok((assessed.chosen == Chosen::ByApi).then_some(Held {
        ruleset: assessed.ruleset,
        errors: assessed.found,
    }))
}

async fn last_look(
    request: &HttpRequest,
    app: &App,
    who: &SignedIn,
    (at, typed): (&At, Typed),
) -> Result<PublishPage, Problem> {
    let sight = app.reader.as_seen_by(&who.caller);
    let found = sight.version(&at.api, at.version, app.now()).await?;
    let held = held(app, who, at, &found).await?;
    let title = format!("Publish {} {}", found.version.api, found.version.number);
    let errors = held.as_ref().filter(|held| held.errors.tally.errors > 0);
    let here = format!("{}/contract/findings", at.here());
    let Typed { reason, faults } = typed;
    Ok(PublishPage {
        frame: Frame::new(visit::signed_in(request, who), Place::Apis, title).below(at.trail()),
        lede: "From then on gateways answer at its address, for applications that are subscribed."
            .to_owned(),
        facts: facts(&found, app),
        checks: checks(&found, held.as_ref(), at),
        findings: errors.map(|held| findings::list(&held.errors, Some(&here))),
        reason: errors.map(|_| {
            Field::new("reason", "Reason", Control::Text)
                .value(&reason)
                .hint("Why it is to be published with these errors. It stays in the trail.")
                .fault(faults.of("reason"))
                .optional()
        }),
        faults,
        blocked: !is_draft(&found),
        revision: found.version.revision.number().to_string(),
        action: format!("{}/publish", at.here()),
        button: format!("Publish {}", found.version.number),
        back: at.here(),
    })
}

/// Whether it can be published at all.
fn is_draft(found: &VersionPage) -> bool {
    found.moves.contains(&"publish")
}

fn checks(found: &VersionPage, held: Option<&Held>, at: &At) -> Steps {
    let check = |holds: bool, rule: &str, found: String, mend: &str, link: Link| Step {
        outcome: if holds {
            Outcome::Passed
        } else {
            Outcome::Failed
        },
        rule: rule.to_owned(),
        found,
        mend: (!holds).then(|| Mend {
            words: mend.to_owned(),
            link: Some(link),
        }),
    };
    let has_contract = found.contract.is_some();
    let upload = || Link::new("Upload a contract", format!("{}/contract", at.here()));
    let mut checks = vec![
        check(
            has_contract,
            "It has a contract",
            operations_count(Some(found)),
            "A contract, which says what it serves.",
            upload(),
        ),
        check(
            is_draft(found) || !has_contract,
            "It is a draft",
            if is_draft(found) {
                "Nobody calls it yet.".to_owned()
            } else {
                format!("It is {} already.", found.version.status)
            },
            "A draft; what is published already stays published.",
            Link::new("See the version", at.here()),
        ),
    ];
    checks.extend(held.map(|held| {
        check(
            held.errors.tally.errors == 0,
            "It follows the ruleset of its API",
            format!(
                "{} of {}",
                findings::said(held.errors.tally, Gravity::Error),
                called(held.ruleset)
            ),
            "A contract without these errors, or a reason to publish it all the same.",
            upload(),
        )
    }));
    Steps(checks)
}
