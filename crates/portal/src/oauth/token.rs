//! The token endpoint (RFC 6749 section 3.2).

use std::collections::BTreeSet;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data},
};
use gatewright_domain::{binding::Binding, operation::Scope, secret::Secret};
use gatewright_keys::{
    Authenticated, IssuedToken, RefreshError, RefreshedGrant, Refreshing, Wanted,
};
use serde_json::json;

use super::{
    client::authenticate,
    error::{Fault, answered, unkept},
    form::Form,
    sender::{Sender, sender},
};
use crate::web::app::App;

/// As many scopes, and as many resources, may be asked for: more than any contract names.
const SCOPES: usize = 100;
const RESOURCES: usize = 16;

/// Answers a request for a token.
pub(super) async fn token(
    app: Data<App>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    answered(grant(&app, &request, body).await)
}

async fn grant(
    app: &App,
    request: &HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> Result<HttpResponse, Fault> {
    let form = Form::read(request, body)?;
    let client = authenticate(app, request, &form).await?;
    let sender = sender(app, request, &client).await?;
    match form.one("grant_type") {
        Some("client_credentials") => client_credentials(app, &client, &form, &sender).await,
        Some("refresh_token") => refresh_token(app, &client, &form, &sender).await,
        Some(_) => Err(Fault::unsupported_grant_type()),
        None => Err(Fault::invalid_request("grant_type is missing")),
    }
}

async fn client_credentials(
    app: &App,
    client: &Authenticated,
    form: &Form,
    sender: &Sender,
) -> Result<HttpResponse, Fault> {
    let asked = form.one("scope").map(scopes).transpose()?;
    let wanted = Wanted {
        scopes: asked.as_ref().map(known),
        resources: resources(form)?,
        binding: sender.key().cloned().map(Binding::Key),
    };
    let issued = app.keys.grant_to_client(client, wanted).await?;
    Ok(granted(issued, &asked.unwrap_or_default(), sender, None))
}

async fn refresh_token(
    app: &App,
    client: &Authenticated,
    form: &Form,
    sender: &Sender,
) -> Result<HttpResponse, Fault> {
    let missing = || Fault::invalid_request("refresh_token is missing");
    let text = form.one("refresh_token").ok_or_else(missing)?.to_owned();
    let asked = form.one("scope").map(scopes).transpose()?;
    let scopes = asked.as_ref().map(known);
    // A word that is no scope of an API is in no grant.
    if scopes.as_ref().map(BTreeSet::len) != asked.as_ref().map(BTreeSet::len) {
        return Err(RefreshError::WiderScope.into());
    }
    let refreshing = Refreshing {
        text: Secret::new(text),
        scopes,
        resources: resources(form)?,
        proved: sender.key().cloned(),
    };
    let RefreshedGrant { issued, text } = app.keys.refresh_grant(client, refreshing).await?;
    Ok(granted(
        issued,
        &asked.unwrap_or_default(),
        sender,
        Some(text),
    ))
}

/// The resources that are named (RFC 8707).
fn resources(form: &Form) -> Result<BTreeSet<String>, Fault> {
    if form.all("resource").count() > RESOURCES {
        return Err(Fault::invalid_target(
            "At most 16 resources are named at once",
        ));
    }
    Ok(form.all("resource").map(str::to_owned).collect())
}

/// The answer with a token. Its scopes are said when they are not those that were asked for.
fn granted(
    issued: IssuedToken,
    asked: &BTreeSet<String>,
    sender: &Sender,
    refresh: Option<Secret<String>>,
) -> HttpResponse {
    let granted: BTreeSet<String> = issued
        .token
        .scopes()
        .iter()
        .map(ToString::to_string)
        .collect();
    let lives = issued.token.expires().since(issued.token.issued());
    let text = issued.text.expose_once();
    let mut answer = json!({
        "access_token": *text,
        "token_type": sender.token_type(),
        "expires_in": lives.as_secs(),
    });
    if *asked != granted
        && let Some(answer) = answer.as_object_mut()
    {
        let granted: Vec<String> = granted.into_iter().collect();
        answer.insert("scope".to_owned(), json!(granted.join(" ")));
    }
    if let (Some(refresh), Some(answer)) = (refresh, answer.as_object_mut()) {
        answer.insert("refresh_token".to_owned(), json!(*refresh.expose_once()));
    }
    let mut response = HttpResponse::Ok();
    unkept(&mut response);
    sender.tell(&mut response);
    response.json(answer)
}

/// The scopes that are asked for, as they are written (RFC 6749 section 3.3).
fn scopes(text: &str) -> Result<BTreeSet<String>, Fault> {
    let is_token = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    if words.len() > SCOPES {
        return Err(Fault::invalid_scope(
            "At most 100 scopes are asked for at once",
        ));
    }
    if !words.iter().all(|word| word.bytes().all(is_token)) {
        return Err(Fault::invalid_scope(
            "A scope holds a character that scopes do not",
        ));
    }
    Ok(words.into_iter().map(str::to_owned).collect())
}

/// Those that may be scopes of an API; there is no other kind to be granted.
fn known(asked: &BTreeSet<String>) -> BTreeSet<Scope> {
    asked
        .iter()
        .filter_map(|scope| scope.parse().ok())
        .collect()
}
