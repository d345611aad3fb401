//! The token endpoint (RFC 6749 section 3.2).

use std::collections::BTreeSet;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data},
};
use gatewright_domain::{operation::Scope, secret::Secret};
use gatewright_keys::{
    Authenticated, IssuedToken, RedeemedGrant, Redeeming, RefreshError, RefreshedGrant, Refreshing,
    Wanted,
};
use serde_json::{Value, json};

use super::{
    client::authenticate,
    error::{Fault, answered, unkept},
    exchange::{self, TOKEN_EXCHANGE},
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
        Some("authorization_code") => authorization_code(app, &client, &form, &sender).await,
        Some("refresh_token") => refresh_token(app, &client, &form, &sender).await,
        Some(TOKEN_EXCHANGE) => exchange::exchange(app, &client, &form, &sender).await,
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
        binding: sender.binding(),
    };
    let issued = app.keys.grant_to_client(client, wanted).await?;
    let asked = asked.unwrap_or_default();
    Ok(granted(issued, &asked, sender, Beside::Nothing))
}

async fn authorization_code(
    app: &App,
    client: &Authenticated,
    form: &Form,
    sender: &Sender,
) -> Result<HttpResponse, Fault> {
    let needed = |name: &str, why| {
        let said = form.one(name).map(str::to_owned);
        said.ok_or_else(|| Fault::invalid_request(why))
    };
    let redeeming = Redeeming {
        code: Secret::new(needed("code", "code is missing")?),
        verifier: Secret::new(needed("code_verifier", "code_verifier is missing")?),
        redirect: needed("redirect_uri", "redirect_uri is missing")?,
        resources: resources(form)?,
        proved: sender.binding(),
    };
    let RedeemedGrant { issued, refresh } = app.keys.redeem(client, redeeming).await?;
    let beside = refresh.map_or(Beside::Nothing, Beside::Refresh);
    Ok(granted(issued, &BTreeSet::new(), sender, beside))
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
        proved: sender.binding(),
    };
    let RefreshedGrant { issued, text } = app.keys.refresh_grant(client, refreshing).await?;
    let asked = asked.unwrap_or_default();
    Ok(granted(issued, &asked, sender, Beside::Refresh(text)))
}

/// What stands beside an access token in the answer.
pub(super) enum Beside {
    /// Nothing.
    Nothing,
    /// The refresh token that follows.
    Refresh(Secret<String>),
    /// The kind of token that was issued for another one.
    Kind(&'static str),
}

/// The resources that are named (RFC 8707).
fn resources(form: &Form) -> Result<BTreeSet<String>, Fault> {
    named(form, &["resource"])
}

/// The resources that these parameters name.
pub(super) fn named(form: &Form, names: &[&str]) -> Result<BTreeSet<String>, Fault> {
    let all = || names.iter().flat_map(|name| form.all(name));
    if all().count() > RESOURCES {
        return Err(Fault::invalid_target(
            "At most 16 resources are named at once",
        ));
    }
    Ok(all().map(str::to_owned).collect())
}

/// The answer with a token. Its scopes are said when they are not those that were asked for.
pub(super) fn granted(
    issued: IssuedToken,
    asked: &BTreeSet<String>,
    sender: &Sender,
    beside: Beside,
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
    let mut say = |name: &str, value: Value| {
        if let Some(answer) = answer.as_object_mut() {
            answer.insert(name.to_owned(), value);
        }
    };
    if *asked != granted {
        let granted: Vec<String> = granted.into_iter().collect();
        say("scope", json!(granted.join(" ")));
    }
    match beside {
        Beside::Nothing => {}
        Beside::Refresh(text) => say("refresh_token", json!(*text.expose_once())),
        Beside::Kind(kind) => say("issued_token_type", json!(kind)),
    }
    let mut response = HttpResponse::Ok();
    unkept(&mut response);
    sender.tell(&mut response);
    response.json(answer)
}

/// The scopes that are asked for, as they are written (RFC 6749 section 3.3).
pub(super) fn scopes(text: &str) -> Result<BTreeSet<String>, Fault> {
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
pub(super) fn known(asked: &BTreeSet<String>) -> BTreeSet<Scope> {
    asked
        .iter()
        .filter_map(|scope| scope.parse().ok())
        .collect()
}
