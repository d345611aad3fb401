//! The forms of the OAuth endpoints, read strictly: what could be read in two ways is refused.

use actix_web::{
    HttpRequest,
    http::header,
    web::{Bytes, PayloadConfig},
};

use super::error::Fault;

/// The largest body, in bytes. The longest honest one, a token exchange, has some kilobytes.
const LARGEST: usize = 64 * 1024;

/// What may be said more than once (RFC 8707 section 2, RFC 8693 section 2.1).
const REPEATED: [&str; 2] = ["resource", "audience"];

/// A form: names and values, in order; what was sent empty was not sent (RFC 6749 section 3.1).
pub(super) struct Form(Vec<(String, String)>);

/// What bounds the body before it is read.
pub(super) fn limit() -> PayloadConfig {
    PayloadConfig::new(LARGEST)
}

impl Form {
    /// The form of a request.
    ///
    /// # Errors
    /// `invalid_request`, for what is too large, of another type, malformed, or said twice.
    pub(super) fn read(
        request: &HttpRequest,
        body: Result<Bytes, actix_web::Error>,
    ) -> Result<Self, Fault> {
        if !request.query_string().is_empty() {
            let why = "Parameters belong into the body, where no log keeps them";
            return Err(Fault::invalid_request(why));
        }
        if !is_a_form(request) {
            let why = "The body is application/x-www-form-urlencoded, in UTF-8";
            return Err(Fault::invalid_request(why));
        }
        let body =
            body.map_err(
                |error| match error.as_response_error().status_code().as_u16() {
                    413 => Fault::too_large(),
                    _ => Fault::invalid_request("The body could not be read"),
                },
            )?;
        Self::parse(&body)
    }

    /// The parameters of an address, read as strictly.
    ///
    /// # Errors
    /// `invalid_request`, for what is malformed, or said twice.
    pub(super) fn of_query(query: &str) -> Result<Self, Fault> {
        Self::parse(query.as_bytes())
    }

    fn parse(body: &[u8]) -> Result<Self, Fault> {
        let malformed = || Fault::invalid_request("The body is not a well-formed form");
        let text = std::str::from_utf8(body).map_err(|_| malformed())?;
        let mut said: Vec<(String, String)> = Vec::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decoded(name).ok_or_else(malformed)?;
            let value = decoded(value).ok_or_else(malformed)?;
            if value.is_empty() {
                continue;
            }
            let again = said.iter().any(|(earlier, _)| *earlier == name);
            if again && !REPEATED.contains(&name.as_str()) {
                return Err(Fault::invalid_request(
                    "A parameter is there more than once",
                ));
            }
            said.push((name, value));
        }
        Ok(Self(said))
    }

    /// The value of a parameter, when it was sent.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        let mut said = self.0.iter();
        let found = said.find(|(sent, _)| sent == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Every value of a parameter that may be repeated.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let of = move |(sent, _): &&(String, String)| sent == name;
        self.0.iter().filter(of).map(|(_, value)| value.as_str())
    }
}

/// Whether the body is what the endpoints take; a `charset` other than UTF-8 would mean another text.
fn is_a_form(request: &HttpRequest) -> bool {
    let mut types = request.headers().get_all(header::CONTENT_TYPE);
    let (Some(media), None) = (types.next(), types.next()) else {
        return false;
    };
    let Ok(media) = media.to_str() else {
        return false;
    };
    let mut parts = media.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let is_utf8 = |part: &str| match part.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            let value = value.trim().trim_matches('"');
            value.eq_ignore_ascii_case("utf-8")
        }
        Some(_) | None => true,
    };
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") && parts.all(is_utf8)
}

/// A text as a form encodes it: `+` is a blank, and every `%` is followed by two hexadecimal digits that are UTF-8 in the
/// end. Nothing for what is malformed: guessing would read two texts as one.
pub(super) fn decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    let digit = |byte: Option<u8>| char::from(byte?).to_digit(16).map(u8::try_from);
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = digit(bytes.next())?.ok()?;
                let low = digit(bytes.next())?.ok()?;
                high << 4 | low
            }
            other => other,
        });
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p29_a_secret_with_reserved_characters_is_decoded() {
        assert_eq!(
            decoded("a%3Ab%25c%2Bd+e%20f").as_deref(),
            Some("a:b%c+d e f")
        );
        assert_eq!(decoded("gr%C3%BC%C3%9Fe").as_deref(), Some("grüße"));
        assert_eq!(decoded("grüße").as_deref(), Some("grüße"));
    }

    #[test]
    fn what_is_cut_off_or_no_text_is_refused() {
        for text in ["%", "%2", "%zz", "%+1", "%ff", "%C3"] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }

    #[test]
    fn p28_a_parameter_twice_is_refused_except_the_two_that_may_be() {
        let read = |body: &str| Form::parse(body.as_bytes());
        assert!(read("grant_type=a&grant_type=a").is_err());
        assert!(read("unknown=a&unknown=b").is_err());
        let form = read("resource=a&resource=b&audience=c&audience=d&scope=&scope=e").ok();
        let form = form.expect("the two may be repeated, and what is empty was not sent");
        assert_eq!(form.all("resource").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(form.one("scope"), Some("e"));
        assert_eq!(form.one("absent"), None);
    }
}
