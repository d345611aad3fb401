//! What is confirmed about an outside issuer: suspending, resuming, withdrawing, refreshing its keys.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use gatewright_domain::text::Reason;
use gatewright_keys::Refreshed;
use gatewright_store::views::issuers::IssuerRow as Row;

use crate::{
    console::{
        issuers::{HERE, find, frame},
        visit, words,
    },
    page::form::{Control, Faults, Field},
    pages::confirm::{Confirm, Weight},
    web::{app::App, caller::SignedIn, catalogue::Kind, form::Form, problem::Problem},
};

/// Asks before an issuer is suspended, resumed, withdrawn or refreshed.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn move_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, verb) = at.into_inner();
    let issuer = find(&app, &who, &id).await?;
    visit::page(&move_form(
        &request,
        &who,
        &issuer,
        &verb,
        Faults::default(),
    )?)
}

/// Does it.
///
/// # Errors
/// What the rules refuse is the page again.
pub async fn do_move(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<(String, String)>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let (id, verb) = at.into_inner();
    let issuer = find(&app, &who, &id).await?;
    let mut faults = Faults::default();
    let reason: Option<Reason> = form.optional("reason", &mut faults);
    let (by, id, keys) = (&who.caller, issuer.id, &app.keys);
    let done = match verb.as_str() {
        _ if !faults.0.is_empty() => {
            return visit::page(&move_form(&request, &who, &issuer, &verb, faults)?);
        }
        "suspend" => keys
            .suspend_issuer(by, id, reason)
            .await
            .map(|_| "Its tokens are refused for now.".to_owned()),
        "resume" => keys
            .resume_issuer(by, id)
            .await
            .map(|_| "Its tokens are accepted again.".to_owned()),
        "withdraw" => keys
            .withdraw_issuer(by, id, reason)
            .await
            .map(|_| "It is trusted no more.".to_owned()),
        "refresh" => keys.refresh_issuer(by, id).await.map(refreshed),
        _ => return Err(Problem::of(Kind::NOT_FOUND)),
    };
    match done {
        Ok(said) => Ok(visit::go_saying(format!("{HERE}/{id}"), &said, &app)),
        Err(error) => {
            let faults = words::faults(&error.into(), "reason");
            visit::page(&move_form(&request, &who, &issuer, &verb, faults)?)
        }
    }
}

fn refreshed(refreshed: Refreshed) -> String {
    match refreshed {
        Refreshed::Changed => "Its keys were fetched, and are others than before.",
        Refreshed::Unchanged => "Its keys were fetched, and are the same as before.",
        Refreshed::TooSoon => "Its keys were fetched a moment ago; nothing was asked now.",
        Refreshed::Failed(_) => "Its keys could not be fetched; those that are known are kept.",
    }
    .to_owned()
}

fn move_form(
    request: &HttpRequest,
    who: &SignedIn,
    issuer: &Row,
    verb: &str,
    faults: Faults,
) -> Result<Confirm, Problem> {
    let (act, sentence, weight) = match verb {
        "suspend" => (
            "Suspend",
            "Its tokens are refused at every gateway from the next revision on, until it is resumed.",
            Weight::Final,
        ),
        "resume" => ("Resume", "Its tokens are accepted again.", Weight::Plain),
        "withdraw" => (
            "Withdraw",
            "Its tokens are never accepted again; its keys and its secret are forgotten. This cannot be taken back.",
            Weight::Final,
        ),
        "refresh" => (
            "Refresh the keys of",
            "Its keys are fetched now. When that fails, those that are known are kept.",
            Weight::Plain,
        ),
        _ => return Err(Problem::of(Kind::NOT_FOUND)),
    };
    let at = format!("{HERE}/{}", issuer.id);
    let reason = || {
        let field = Field::new("reason", "Reason", Control::Text);
        let field = field
            .hint("It stands in the trail.")
            .fault(faults.of("reason"));
        field.optional()
    };
    let fields = if weight == Weight::Final {
        vec![reason()]
    } else {
        Vec::new()
    };
    Ok(Confirm {
        frame: frame(request, who, &format!("{act} {}", issuer.name)),
        sentences: vec![sentence.to_owned()],
        breaks: Vec::new(),
        headers: None,
        revision: None,
        fields,
        faults,
        weight,
        action: format!("{at}/{verb}"),
        button: format!("{act} {}", issuer.name),
        back: at,
    })
}
