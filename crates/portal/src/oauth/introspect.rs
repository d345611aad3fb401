//! Introspection (RFC 7662): who asks is known before the token is looked at.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, Accept, Header, Quality},
    web::{Bytes, Data},
};
use gatewright_domain::binding::Binding;
use gatewright_keys::{ActiveToken, Asker, Authenticated};
use serde_json::{Map, Value, json};

use super::{
    client::authenticate,
    error::{Fault, answered, unavailable, unkept},
    form::Form,
};
use crate::web::{app::App, caller::bearer, context::origin};

/// The media type of a signed answer.
const SIGNED: &str = "application/token-introspection+jwt";

/// Answers a question about a token.
pub(super) async fn introspect(
    app: Data<App>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    answered(ask(&app, &request, body).await)
}

/// Somebody who may ask.
enum Known {
    Client(Authenticated),
    Operator(gatewright_domain::access::Caller),
}

async fn ask(
    app: &App,
    request: &HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> Result<HttpResponse, Fault> {
    let form = Form::read(request, body)?;
    let known = known(app, request, &form).await?;
    let asker = match &known {
        Known::Client(client) => Asker::Client(client),
        Known::Operator(caller) => Asker::Operator(caller),
    };
    asker.is_one().map_err(|_| Fault::not_an_asker())?;
    let token = form.one("token");
    let token = token.ok_or_else(|| Fault::invalid_request("token is missing"))?;
    let snapshot = app.snapshots.current(app).await.map_err(unavailable)?;
    let found = app.keys.introspect(&snapshot, &asker, token).await?;
    let said = match found {
        Some(active) => described(app, &active),
        None => json!({ "active": false }),
    };
    let mut response = HttpResponse::Ok();
    unkept(&mut response);
    if wants_it_signed(request) && app.keys.signs_answers().await? {
        let signed = app.keys.sign_answer(&asker, &said).await?;
        return Ok(response.content_type(SIGNED).body(signed));
    }
    Ok(response.json(said))
}

/// Whether the asker would rather have the answer signed (RFC 9701 section 4). A range such as `*/*` does not say so, and
/// what cannot be read says nothing.
fn wants_it_signed(request: &HttpRequest) -> bool {
    let Ok(accept) = Accept::parse(request) else {
        return false;
    };
    let liked = |media: &str| {
        let named = accept.iter().filter(|one| one.item.essence_str() == media);
        named.map(|one| one.quality).max()
    };
    let plain = liked("application/json").unwrap_or(Quality::ZERO);
    liked(SIGNED).is_some_and(|signed| signed > Quality::ZERO && signed >= plain)
}

/// A client by what it proves, or an operator by their access token.
async fn known(app: &App, request: &HttpRequest, form: &Form) -> Result<Known, Fault> {
    let header = request.headers().get(header::AUTHORIZATION);
    let scheme = header
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let is_bearer = scheme
        .get(..7)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer "));
    if !is_bearer {
        let client = authenticate(app, request, form).await?;
        // Anybody can say the name of a client that proves nothing.
        if client.is_public() {
            return Err(Fault::invalid_client());
        }
        return Ok(Known::Client(client));
    }
    let text = bearer(request).map_err(|_| Fault::invalid_client())?;
    let found = app.operators.bearer(&text, origin(request, "oauth")).await;
    let caller = found.map_err(|error| super::error::ours(&error))?;
    caller
        .map(Known::Operator)
        .ok_or_else(Fault::invalid_client)
}

/// What is said of a token that is good now.
fn described(app: &App, active: &ActiveToken) -> Value {
    let facts = &active.facts;
    let mut said = Map::new();
    let mut say = |name: &str, value: Value| said.insert(name.to_owned(), value);
    say("active", json!(true));
    if !facts.scopes.is_empty() {
        say("scope", json!(facts.scopes.join(" ")));
    }
    say("client_id", json!(facts.client_id));
    let token_type = match &active.binding {
        Some(Binding::Key(_)) => "DPoP",
        Some(Binding::Certificate(_)) | None => "Bearer",
    };
    say("token_type", json!(token_type));
    if let Some(binding) = &active.binding {
        say("cnf", json!({ binding.member(): binding.thumbprint() }));
    }
    say("exp", json!(facts.expires.seconds()));
    say("iat", json!(facts.issued.seconds()));
    say("sub", json!(active.subject));
    say(
        "aud",
        match facts.audience.as_slice() {
            [only] => json!(only),
            several => json!(several),
        },
    );
    say("iss", json!(app.terms.issuer));
    say("jti", json!(facts.jti));
    if let Some(session) = &active.session {
        say("sid", json!(session));
    }
    if let Some(act) = acting(&active.actors) {
        say("act", act);
    }
    Value::Object(said)
}

/// Who acts, around who acted before (RFC 8693 section 4.1).
fn acting(newest_first: &[String]) -> Option<Value> {
    let around = |before: Option<Value>, actor: &String| {
        Some(match before {
            Some(act) => json!({ "sub": actor, "act": act }),
            None => json!({ "sub": actor }),
        })
    };
    newest_first.iter().rfold(None, around)
}
