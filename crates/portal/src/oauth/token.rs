//! The token endpoint (RFC 6749 section 3.2).

use std::collections::BTreeSet;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data},
};
use gatewright_domain::operation::Scope;
use gatewright_keys::{Authenticated, Wanted};
use serde_json::json;

use super::{
    client::authenticate,
    error::{Fault, answered, unkept},
    form::Form,
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
    match form.one("grant_type") {
        Some("client_credentials") => client_credentials(app, &client, &form).await,
        Some(_) => Err(Fault::unsupported_grant_type()),
        None => Err(Fault::invalid_request("grant_type is missing")),
    }
}

async fn client_credentials(
    app: &App,
    client: &Authenticated,
    form: &Form,
) -> Result<HttpResponse, Fault> {
    let asked = form.one("scope").map(scopes).transpose()?;
    let resources: BTreeSet<String> = form.all("resource").map(str::to_owned).collect();
    if form.all("resource").count() > RESOURCES {
        return Err(Fault::invalid_target(
            "At most 16 resources are named at once",
        ));
    }
    let wanted = Wanted {
        scopes: asked.as_ref().map(known),
        resources,
    };
    let issued = app.keys.grant_to_client(client, wanted).await?;
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
        "token_type": "Bearer",
        "expires_in": lives.as_secs(),
    });
    if asked.unwrap_or_default() != granted
        && let Some(answer) = answer.as_object_mut()
    {
        let granted: Vec<String> = granted.into_iter().collect();
        answer.insert("scope".to_owned(), json!(granted.join(" ")));
    }
    let mut response = HttpResponse::Ok();
    unkept(&mut response);
    Ok(response.json(answer))
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
