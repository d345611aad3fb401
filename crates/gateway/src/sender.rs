//! Senders of bound tokens: what each request proves beside its token (RFC 9449 for keys, RFC 8705 for certificates).
//!
//! Invariant: what a token says may be remembered; that its sender holds the key is asked of every request anew.

use gatewright_domain::{
    binding::{Binding, Thumbprint},
    refusal::Refusal,
    time::Timestamp,
};
use gatewright_token::{
    client_cert,
    proof::{Demands, Freshness, Proof, Target, verify},
};
use http::{HeaderMap, HeaderName, request::Parts};

use crate::{bearer::Scheme, way::Peer};

/// The header of a proof.
pub(crate) const DPOP: HeaderName = HeaderName::from_static("dpop");

/// The certificate of a client, as a proxy that ended its TLS connection tells it (RFC 9440).
const CLIENT_CERT: HeaderName = HeaderName::from_static(client_cert::HEADER);

/// A request whose sender is to be judged.
pub(crate) struct Sent<'a> {
    /// How its token was sent.
    pub(crate) scheme: Scheme,
    /// Its token.
    pub(crate) token: &'a [u8],
    /// Its head.
    pub(crate) parts: &'a Parts,
    /// The public address of the version.
    pub(crate) audience: &'a str,
    /// The canonical path under it.
    pub(crate) path: &'a str,
    /// Who is connected to us.
    pub(crate) peer: &'a Peer,
}

impl Sent<'_> {
    /// Proves what the token is bound to. A proof of a key that comes back still has to be counted, once.
    ///
    /// # Errors
    /// `TokenInvalid` where token and way of sending do not go together; `ProofInvalid`.
    pub(crate) fn prove(
        &self,
        binding: Option<&Binding>,
        now: Timestamp,
    ) -> Result<Option<Proof>, Refusal> {
        match (binding, self.scheme) {
            (None, Scheme::Bearer) => Ok(None),
            (None, Scheme::Dpop) => Err(unfit("the token is bound to no key, but sent as DPoP")),
            (Some(Binding::Key(key)), Scheme::Dpop) => self.proof_of(key, now).map(Some),
            (Some(Binding::Key(_)), Scheme::Bearer) => {
                Err(unfit("the token is bound to a key, but sent as Bearer"))
            }
            (Some(Binding::Certificate(certificate)), Scheme::Bearer) => {
                self.shows(certificate).map(|()| None)
            }
            (Some(Binding::Certificate(_)), Scheme::Dpop) => Err(unfit(
                "the token is bound to a certificate, but sent as DPoP",
            )),
        }
    }

    fn proof_of(&self, key: &Thumbprint, now: Timestamp) -> Result<Proof, Refusal> {
        let proof = only(&self.parts.headers, &DPOP)
            .ok_or_else(|| unproved("there is not exactly one DPoP header"))?;
        let address = format!("{}{}", self.audience, self.path);
        let target = Target::of_request(&address);
        let target = target.map_err(|_| unproved("no proof can name this address"))?;
        let token = std::str::from_utf8(self.token);
        let demands = Demands {
            method: self.parts.method.as_str(),
            target: &target,
            access_token: Some(token.map_err(|_| unfit("the token is not text"))?),
            freshness: Freshness::Clock,
        };
        let proof = verify(proof, &demands, now).map_err(|fault| unproved(&fault.to_string()))?;
        if proof.thumbprint() != key {
            return Err(unfit(
                "the proof is of another key than the token is bound to",
            ));
        }
        Ok(proof)
    }

    /// Whether the client showed this certificate to a proxy that is believed. What anybody else says of it is nothing.
    fn shows(&self, certificate: &Thumbprint) -> Result<(), Refusal> {
        let told = only(&self.parts.headers, &CLIENT_CERT).filter(|_| self.peer.is_trusted());
        let told = told.ok_or_else(|| {
            unfit("the token is bound to a certificate, and no trusted proxy says which was shown")
        })?;
        let shown = client_cert::read(told)
            .ok_or_else(|| unfit("Client-Cert is not one certificate in base64 between colons"))?;
        if shown.thumbprint() == certificate {
            Ok(())
        } else {
            Err(unfit(
                "the token is bound to another certificate than was shown",
            ))
        }
    }
}

/// The only value of a header.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h [u8]> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    values.next().is_none().then_some(value.as_bytes())
}

fn unfit(step: &str) -> Refusal {
    Refusal::TokenInvalid {
        step: step.to_owned(),
    }
}

/// The refusal of a proof.
pub(crate) fn unproved(step: &str) -> Refusal {
    Refusal::ProofInvalid {
        step: step.to_owned(),
    }
}
