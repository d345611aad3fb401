//! The credential of a request: exactly one `Authorization`, of scheme `Bearer` or `DPoP`.

use gatewright_domain::refusal::Refusal;
use http::{HeaderMap, header::AUTHORIZATION};

/// The text after the scheme, not looked at yet. Bytes, because what is no text is no token either.
#[derive(Clone, Copy)]
pub(crate) struct Bearer<'a>(pub(crate) &'a [u8]);

/// How a token is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// For whoever bears it (RFC 6750).
    Bearer,
    /// With a proof of the key it is bound to (RFC 9449).
    Dpop,
}

/// A token and how it was sent.
#[derive(Clone, Copy)]
pub(crate) struct Credential<'a> {
    pub(crate) scheme: Scheme,
    pub(crate) token: Bearer<'a>,
}

impl<'a> Bearer<'a> {
    /// The one credential, when it is sent as a bearer token.
    ///
    /// # Errors
    /// Those of `Credential::of`; `CredentialMalformed` for another scheme.
    pub(crate) fn of(headers: &'a HeaderMap) -> Result<Self, Refusal> {
        let Credential { scheme, token } = Credential::of(headers)?;
        match scheme {
            Scheme::Bearer => Ok(token),
            Scheme::Dpop => Err(Refusal::CredentialMalformed),
        }
    }
}

impl<'a> Credential<'a> {
    /// Reads the one credential. Strict in what no client that works today sends otherwise: the scheme in one spelling and
    /// one blank (a lax reader here and a strict one behind it is GHSA-gv94-wp4h-vv8p). What follows is the verifier's.
    ///
    /// # Errors
    /// `NoCredential`; `CredentialMalformed` for several, or another scheme.
    pub(crate) fn of(headers: &'a HeaderMap) -> Result<Self, Refusal> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let value = values.next().ok_or(Refusal::NoCredential)?;
        if values.next().is_some() {
            return Err(Refusal::CredentialMalformed);
        }
        let schemes = [(&b"Bearer"[..], Scheme::Bearer), (b"DPoP", Scheme::Dpop)];
        let sent = schemes
            .into_iter()
            .find_map(|(name, scheme)| Some((scheme, value.as_bytes().strip_prefix(name)?)));
        let (scheme, rest) = sent.ok_or(Refusal::CredentialMalformed)?;
        let token = match rest.split_first() {
            None => Bearer(rest),
            Some((b' ', token)) => Bearer(token),
            Some(_) => return Err(Refusal::CredentialMalformed),
        };
        Ok(Self { scheme, token })
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn sent(values: &[&'static str]) -> Result<(Scheme, Vec<u8>), Refusal> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_static(value));
        }
        let credential = Credential::of(&headers)?;
        Ok((credential.scheme, credential.token.0.to_vec()))
    }

    fn read(values: &[&'static str]) -> Result<Vec<u8>, Refusal> {
        sent(values).map(|(_, token)| token)
    }

    #[test]
    fn one_bearer_token_is_taken_as_it_is() {
        assert_eq!(read(&["Bearer a.b.c"]), Ok(b"a.b.c".to_vec()));
        assert_eq!(read(&["Bearer  a.b.c"]), Ok(b" a.b.c".to_vec()));
        assert_eq!(read(&["Bearer"]), Ok(Vec::new()));
    }

    #[test]
    fn the_scheme_says_how_a_token_is_sent() {
        let token = b"a.b.c".to_vec();
        assert_eq!(sent(&["Bearer a.b.c"]), Ok((Scheme::Bearer, token.clone())));
        assert_eq!(sent(&["DPoP a.b.c"]), Ok((Scheme::Dpop, token)));
        assert_eq!(sent(&["DPoP"]), Ok((Scheme::Dpop, Vec::new())));
    }

    #[test]
    fn several_credentials_and_other_schemes_are_malformed() {
        for bad in [
            "bearer a",
            "BEARER a",
            "Bearer\ta",
            "Bearera",
            "Basic YTpi",
            "dpop a",
            "DPOP a",
            "DPoPa",
            "",
        ] {
            assert_eq!(read(&[bad]), Err(Refusal::CredentialMalformed), "{bad}");
        }
        assert_eq!(
            read(&["Bearer a", "DPoP a"]),
            Err(Refusal::CredentialMalformed)
        );
        assert_eq!(
            read(&["Bearer a", "Bearer a"]),
            Err(Refusal::CredentialMalformed)
        );
        assert_eq!(read(&[]), Err(Refusal::NoCredential));
    }
}
