//! Forms of pages. Every one arrives through here, after it is sure that one of our own pages sent it.

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Data};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use crate::web::{app::App, catalogue::Kind, problem::Problem};

/// The largest form, in bytes: a contract that is pasted, written as a form writes it.
const LARGEST: usize = 16 * 1024 * 1024;

/// What a form of one of our pages sent.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let ours = is_ours(request);
        let bytes = actix_web::web::Bytes::from_request(request, payload);
        Box::pin(async move {
            ours?;
            let bytes = bytes.await.map_err(|_| Problem::of(Kind::BODY_TOO_LARGE))?;
            if bytes.len() > LARGEST {
                return Err(Problem::of(Kind::BODY_TOO_LARGE));
            }
            let form = actix_web::web::Query::<T>::from_query(&String::from_utf8_lossy(&bytes));
            let refused = |error: actix_web::error::QueryPayloadError| {
                Problem::of(Kind::FORM_INVALID).because(error.to_string())
            };
            Ok(Self(form.map_err(refused)?.into_inner()))
        })
    }
}

/// Whether a request that may change something comes from one of our own pages: the browser says so itself
/// (Fetch Metadata), or its origin is ours. When it says neither, it is refused.
pub(crate) fn is_ours(request: &HttpRequest) -> Result<(), Problem> {
    let foreign = || Problem::of(Kind::CROSS_SITE);
    let app = request.app_data::<Data<App>>().ok_or_else(Problem::unexpected)?;
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site")
        && site != "same-origin"
    {
        return Err(foreign());
    }
    match text(header::ORIGIN.as_str()) {
        Some(origin) if origin == app.place.portal || is_this_host(request, origin) => Ok(()),
        // A browser that withholds its origin on purpose (`Referrer-Policy: no-referrer`) still says where it is.
        Some("null") | None if text("sec-fetch-site") == Some("same-origin") => Ok(()),
        Some(_) | None => Err(foreign()),
    }
}

/// Whether an origin names the host that the request was sent to, as on a laptop with several names for itself.
fn is_this_host(request: &HttpRequest, origin: &str) -> bool {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let place = origin.split_once("://").map(|(_, place)| place);
    host.is_some() && host == place
}
