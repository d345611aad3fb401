//! Token exchange at the token endpoint (RFC 8693).

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use gatewright_keys::{Authenticated, ExchangeError, Exchanging};

use super::{
    error::{Fault, unavailable},
    form::Form,
    sender::Sender,
    token::{Beside, granted, known, named, scopes},
};
use crate::web::app::App;

/// The grant type.
pub(super) const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// What is exchanged, and what is issued for it (RFC 8693 section 3).
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// What our access tokens are as well.
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

pub(super) async fn exchange(
    app: &App,
    client: &Authenticated,
    form: &Form,
    sender: &Sender,
) -> Result<HttpResponse, Fault> {
    let (subject, actor) = (token(form, "subject")?, token(form, "actor")?);
    let missing = || Fault::invalid_request("subject_token and subject_token_type are missing");
    let subject = subject.ok_or_else(missing)?;
    if form
        .one("requested_token_type")
        .is_some_and(|kind| kind != ACCESS_TOKEN)
    {
        let why = "requested_token_type is that of an access token, or left out";
        return Err(Fault::invalid_request(why));
    }
    let asked = form.one("scope").map(scopes).transpose()?;
    let wanted = asked.as_ref().map(known);
    // A word that is no scope of an API is in no token.
    if wanted.as_ref().map(BTreeSet::len) != asked.as_ref().map(BTreeSet::len) {
        return Err(ExchangeError::WiderScope.into());
    }
    let exchanging = Exchanging {
        subject,
        actor,
        scopes: wanted,
        // An audience is the name of a resource (RFC 8693 section 2.1); here it has no other than its own.
        resources: named(form, &["resource", "audience"])?,
        binding: sender.binding(),
    };
    let snapshot = app.snapshots.current(app).await.map_err(unavailable)?;
    let issued = app.keys.exchange(&snapshot, client, exchanging).await?;
    let asked = asked.unwrap_or_default();
    Ok(granted(issued, &asked, sender, Beside::Kind(ACCESS_TOKEN)))
}

/// A token that is shown, of a type that we issue; nothing when neither token nor type is there.
fn token<'a>(form: &'a Form, whose: &str) -> Result<Option<&'a str>, Fault> {
    let (token, kind) = (format!("{whose}_token"), format!("{whose}_token_type"));
    match (form.one(&token), form.one(&kind)) {
        (None, None) => Ok(None),
        (Some(token), Some(ACCESS_TOKEN | JWT)) => Ok(Some(token)),
        (Some(_), Some(_)) => Err(Fault::invalid_request(
            "Only access tokens are exchanged here",
        )),
        (Some(_), None) | (None, Some(_)) => {
            Err(Fault::invalid_request("A token and its type come together"))
        }
    }
}
