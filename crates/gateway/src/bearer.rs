//! The credential of a request: exactly one `Authorization`, of scheme `Bearer`.

use gatewright_domain::refusal::Refusal;
use http::{HeaderMap, header::AUTHORIZATION};

/// The text after `Bearer`, not looked at yet. Bytes, because what is no text is no token either.
#[derive(Clone, Copy)]
pub(crate) struct Bearer<'a>(pub(crate) &'a [u8]);

impl<'a> Bearer<'a> {
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
        let rest = value
            .as_bytes()
            .strip_prefix(b"Bearer")
            .ok_or(Refusal::CredentialMalformed)?;
        match rest.split_first() {
            None => Ok(Self(rest)),
            Some((b' ', token)) => Ok(Self(token)),
            Some(_) => Err(Refusal::CredentialMalformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(values: &[&'static str]) -> Result<Vec<u8>, Refusal> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_static(value));
        }
        Bearer::of(&headers).map(|bearer| bearer.0.to_vec())
    }

    #[test]
    fn one_bearer_token_is_taken_as_it_is() {
        assert_eq!(read(&["Bearer a.b.c"]), Ok(b"a.b.c".to_vec()));
        assert_eq!(read(&["Bearer  a.b.c"]), Ok(b" a.b.c".to_vec()));
        assert_eq!(read(&["Bearer"]), Ok(Vec::new()));
    }

    #[test]
    fn several_credentials_and_other_schemes_are_malformed() {
        for bad in [
            "bearer a",
            "BEARER a",
            "Bearer\ta",
            "Bearera",
            "Basic YTpi",
            "DPoP a",
            "",
        ] {
            assert_eq!(read(&[bad]), Err(Refusal::CredentialMalformed), "{bad}");
        }
        assert_eq!(
            read(&["Bearer a", "Bearer a"]),
            Err(Refusal::CredentialMalformed)
        );
        assert_eq!(read(&[]), Err(Refusal::NoCredential));
    }
}
