//! Senders of requests: a client that shows a key (RFC 9449 section 5) or a certificate (RFC 8705 section 3) gets tokens that
//! are bound to it. Never to both: what gateways are shown is one of the two.

use actix_web::{HttpRequest, HttpResponseBuilder, http::header::HeaderName};
use gatewright_domain::binding::{Binding, Thumbprint};
use gatewright_keys::{Authenticated, SenderError, Shown};

use super::error::{Fault, ours};
use crate::web::app::App;

const DPOP: HeaderName = HeaderName::from_static("dpop");
const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// What a client showed of itself.
pub(super) enum Sender {
    /// Nothing.
    Bearer,
    /// That it holds a key; with the nonce that its next proof is to carry.
    Holder { key: Thumbprint, nonce: String },
    /// A certificate, to which its tokens are to be bound.
    Certified(Thumbprint),
}

impl Sender {
    /// What its tokens are bound to.
    pub(super) fn binding(&self) -> Option<Binding> {
        match self {
            Self::Bearer => None,
            Self::Holder { key, nonce: _ } => Some(Binding::Key(key.clone())),
            Self::Certified(thumbprint) => Some(Binding::Certificate(thumbprint.clone())),
        }
    }

    /// How its token is to be sent.
    pub(super) const fn token_type(&self) -> &'static str {
        match self {
            Self::Bearer | Self::Certified(_) => "Bearer",
            Self::Holder { .. } => "DPoP",
        }
    }

    /// Tells it the nonce of its next proof.
    pub(super) fn tell(&self, response: &mut HttpResponseBuilder) {
        if let Self::Holder { nonce, .. } = self {
            response.insert_header((DPOP_NONCE, nonce.as_str()));
        }
    }
}

/// The sender of a request to the token endpoint.
///
/// # Errors
/// `invalid_dpop_proof`; `use_dpop_nonce`.
pub(super) async fn sender(
    app: &App,
    request: &HttpRequest,
    client: &Authenticated,
) -> Result<Sender, Fault> {
    let mut proofs = request.headers().get_all(&DPOP);
    let proof = match (proofs.next(), proofs.next()) {
        (None, _) => {
            let certificate = client.certificate().cloned();
            return Ok(certificate.map_or(Sender::Bearer, Sender::Certified));
        }
        (Some(one), None) => one.to_str().map_err(|_| Fault::invalid_dpop_proof())?,
        (Some(_), Some(_)) => return Err(Fault::invalid_dpop_proof()),
    };
    let shown = Shown {
        proof,
        method: request.method().as_str(),
        url: &format!("{}/oauth2/token", app.place.portal),
    };
    let proved = app.keys.prove_sender(client, shown).await;
    let nonce = app.keys.sender_nonce().await;
    let nonce = nonce.map_err(|error| ours(&error))?;
    match proved {
        Ok(key) => Ok(Sender::Holder { key, nonce }),
        Err(error) if error.wants_a_nonce() => Err(Fault::use_dpop_nonce(nonce)),
        Err(SenderError::Refused(_) | SenderError::Again) => Err(Fault::invalid_dpop_proof()),
        Err(error @ (SenderError::NoTarget | SenderError::Pepper(_) | SenderError::Store(_))) => {
            Err(ours(&error))
        }
    }
}
