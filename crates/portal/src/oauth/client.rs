//! Who a client is: exactly one way of proving it, in the header, in the body, or by the certificate of its connection.

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderName},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use gatewright_domain::secret::Secret;
use gatewright_keys::{Authenticated, ClientProof, Presented, ShownCertificate};

use super::{
    error::Fault,
    form::{Form, decoded},
};
use crate::web::{app::App, context::origin};

/// The one type of assertions that clients send (RFC 7523 section 2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The certificate of a client, as a proxy that ended its TLS connection tells it (RFC 9440).
const CLIENT_CERT: HeaderName = HeaderName::from_static("client-cert");

/// The client that sent a request.
///
/// # Errors
/// `invalid_request` for two proofs at once, and for a proxy that does not tell one certificate; `invalid_client` for none, or one that proves nothing.
pub(super) async fn authenticate(
    app: &App,
    request: &HttpRequest,
    form: &Form,
) -> Result<Authenticated, Fault> {
    let presented = presented(request, form, certificate(app, request)?)?;
    Ok(app
        .keys
        .authenticate(&presented, origin(request, "oauth"))
        .await?)
}

/// The certificate that the client showed to a proxy that is believed. What anybody else says of it is nothing.
fn certificate(app: &App, request: &HttpRequest) -> Result<Option<ShownCertificate>, Fault> {
    if !app.proxies.are_at(request.peer_addr()) {
        return Ok(None);
    }
    let why = "The proxy does not tell one certificate in Client-Cert (RFC 9440)";
    let mut told = request.headers().get_all(&CLIENT_CERT);
    match (told.next(), told.next()) {
        (None, _) => Ok(None),
        (Some(one), None) => ShownCertificate::read(one.as_bytes(), app.proxies.vouched)
            .map(Some)
            .map_err(|_| Fault::invalid_request(why)),
        // The proxy lets through what its client says of itself.
        (Some(_), Some(_)) => Err(Fault::invalid_request(why)),
    }
}

fn presented(
    request: &HttpRequest,
    form: &Form,
    certificate: Option<ShownCertificate>,
) -> Result<Presented, Fault> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let (header, another) = (headers.next(), headers.next());
    let posted = form.one("client_secret");
    let asserted = form.one("client_assertion");
    let proofs = [
        header.is_some(),
        another.is_some(),
        posted.is_some(),
        asserted.is_some(),
    ];
    if proofs.into_iter().filter(|is_there| *is_there).count() > 1 {
        let why = "There is more than one way of client authentication";
        return Err(Fault::invalid_request(why));
    }
    let said = form.one("client_id");
    if let Some(header) = header {
        let header = header.to_str().map_err(|_| Fault::invalid_client())?;
        let (client, secret) = basic(header).ok_or_else(Fault::invalid_client)?;
        if said.is_some_and(|said| said != client) {
            let why = "client_id is another than that of the Authorization header";
            return Err(Fault::invalid_request(why));
        }
        return Ok(Presented {
            client: Some(client),
            proof: ClientProof::Basic(secret),
            certificate,
        });
    }
    if let Some(assertion) = asserted {
        if form.one("client_assertion_type") != Some(JWT_BEARER) {
            let why = "client_assertion_type is that of RFC 7523";
            return Err(Fault::invalid_request(why));
        }
        return Ok(Presented {
            client: said.map(str::to_owned),
            proof: ClientProof::Assertion(Secret::new(assertion.to_owned())),
            certificate,
        });
    }
    let Some(secret) = posted else {
        let client = said.ok_or_else(Fault::invalid_client)?.to_owned();
        return Ok(Presented {
            client: Some(client),
            proof: ClientProof::Nothing,
            certificate,
        });
    };
    let why = "client_secret comes with client_id";
    let client = said.ok_or_else(|| Fault::invalid_request(why))?.to_owned();
    Ok(Presented {
        client: Some(client),
        proof: ClientProof::Post(Secret::new(secret.to_owned())),
        certificate,
    })
}

/// Name and secret of the `Basic` scheme, each of them form-encoded before (RFC 6749 section 2.3.1).
fn basic(header: &str) -> Option<(String, Secret<String>)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = BASE64_STANDARD.decode(encoded.trim()).ok()?;
    let pair = Secret::new(String::from_utf8(pair).ok()?);
    pair.lend(|pair| {
        let (client, secret) = pair.split_once(':')?;
        Some((decoded(client)?, Secret::new(decoded(secret)?)))
    })
}
