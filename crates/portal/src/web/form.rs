//! Forms of pages. Every one arrives through here, after it is sure that one of our own pages sent it.

use actix_multipart::Multipart;
use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header,
    web::{Bytes, Data},
};
use futures_util::{StreamExt, future::LocalBoxFuture};

use crate::{
    page::form::{Fault, Faults},
    web::{app::App, catalogue::Kind, problem::Problem},
};

/// The largest form, in bytes: a contract that is pasted or uploaded.
const LARGEST: usize = 16 * 1024 * 1024;

/// What a form of one of our pages sent: names and values, as often as they were sent.
#[derive(Debug)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// The first value of a name, without blanks at its ends; empty when it was not sent.
    #[must_use]
    pub fn one(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(sent, _)| sent == name)
            .map_or("", |(_, value)| value.trim())
    }

    /// The first value of a name exactly as sent: a password may begin with a blank.
    #[must_use]
    pub fn exact(&self, name: &str) -> String {
        self.0
            .iter()
            .find(|(sent, _)| sent == name)
            .map_or_else(String::new, |(_, value)| value.clone())
    }

    /// Every value of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(sent, _)| sent == name)
            .map(|(_, value)| value.as_str())
    }

    /// The value of a name as what it has to be; a fault is noted otherwise.
    pub fn parse<T>(&self, name: &str, faults: &mut Faults) -> Option<T>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        match self.one(name).parse() {
            Ok(value) => Some(value),
            Err(error) => {
                faults.0.push(Fault {
                    field: name.to_owned(),
                    words: format!("It {error}."),
                });
                None
            }
        }
    }

    /// The value of a name that may be left empty, as what it has to be when it is not.
    pub fn optional<T>(&self, name: &str, faults: &mut Faults) -> Option<T>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        match self.one(name) {
            "" => None,
            _ => self.parse(name, faults),
        }
    }
}

impl FromRequest for Form {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if let Err(foreign) = is_ours(request) {
            return Box::pin(async { Err(foreign) });
        }
        let media = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|media| media.to_str().ok());
        if media.is_some_and(|media| media.starts_with("multipart/form-data")) {
            let parts = Multipart::from_request(request, payload);
            return Box::pin(async move {
                let parts = parts.await.map_err(|_| Problem::of(Kind::FORM_INVALID))?;
                Ok(Self(read_parts(parts).await?))
            });
        }
        let bytes = Bytes::from_request(request, payload);
        Box::pin(async move {
            let bytes = bytes.await.map_err(|_| Problem::of(Kind::BODY_TOO_LARGE))?;
            Ok(Self(
                url::form_urlencoded::parse(&bytes).into_owned().collect(),
            ))
        })
    }
}

/// The parts of an upload, whole and in memory, up to the limit.
async fn read_parts(mut parts: Multipart) -> Result<Vec<(String, String)>, Problem> {
    let (mut fields, mut size) = (Vec::new(), 0_usize);
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|_| Problem::of(Kind::FORM_INVALID))?;
        let name = part.name().unwrap_or_default().to_owned();
        let mut value = Vec::new();
        while let Some(chunk) = part.next().await {
            let chunk = chunk.map_err(|_| Problem::of(Kind::FORM_INVALID))?;
            size = size.saturating_add(chunk.len());
            if size > LARGEST || fields.len() > 100 {
                return Err(Problem::of(Kind::BODY_TOO_LARGE));
            }
            value.extend_from_slice(&chunk);
        }
        let value = String::from_utf8(value).map_err(|_| {
            Problem::of(Kind::FORM_INVALID).because("The file is not text in UTF-8.")
        })?;
        fields.push((name, value));
    }
    Ok(fields)
}

/// Whether a request that may change something comes from one of our own pages: the browser says so itself
/// (Fetch Metadata), or its origin is ours. When it says neither, it is refused.
fn is_ours(request: &HttpRequest) -> Result<(), Problem> {
    let foreign = || Problem::of(Kind::CROSS_SITE);
    let app = request
        .app_data::<Data<App>>()
        .ok_or_else(Problem::unexpected)?;
    let text = |name: &str| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let site = text("sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin") {
        return Err(foreign());
    }
    match text(header::ORIGIN.as_str()) {
        Some(origin) if origin == app.place.portal || is_this_host(request, origin) => Ok(()),
        // A browser that withholds its origin still says where the form came from.
        Some("null") | None if site == Some("same-origin") => Ok(()),
        Some(_) | None => Err(foreign()),
    }
}

/// Whether an origin names the host that the request was sent to, as on a laptop with several names for itself.
fn is_this_host(request: &HttpRequest, origin: &str) -> bool {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let place = origin.split_once("://").map(|(_, place)| place);
    host.is_some() && host == place
}
