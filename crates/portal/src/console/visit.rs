//! What a page knows of its request: nonce, theme, who is signed in, and what the act before it has to say.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite},
    http::header,
};
use askama::Template;

use crate::{
    page::{
        badge::Tone,
        frame::{Account, Flash, Theme, Visit},
    },
    web::{app::App, caller::SignedIn, context::Context, problem::Problem},
};

/// The cookie that holds the theme.
pub(crate) const THEME: &str = "gatewright-theme";

/// The cookie that carries a sentence over a redirect.
const FLASH: &str = "gatewright-flash";

/// The visit of a request that nobody has signed in for.
#[must_use]
pub fn anonymous(request: &HttpRequest) -> Visit {
    let theme = match request.cookie(THEME).as_ref().map(Cookie::value) {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        Some(_) | None => Theme::System,
    };
    let here = request
        .uri()
        .path_and_query()
        .map_or("/", |place| place.as_str())
        .to_owned();
    let nonce = Context::of(request)
        .map(|context| context.nonce)
        .unwrap_or_default();
    Visit {
        nonce,
        theme,
        here,
        account: None,
        flash: flash(request),
    }
}

/// The visit of somebody who is signed in.
#[must_use]
pub fn signed_in(request: &HttpRequest, who: &SignedIn) -> Visit {
    let account = Account {
        name: who.operator.name().to_string(),
        role: who.operator.role().as_str(),
    };
    Visit {
        account: Some(account),
        ..anonymous(request)
    }
}

/// A page as an answer. What was said by the act before it has been said now.
///
/// # Errors
/// When the template fails, which only a template that formats its own values can.
pub fn page(page: &impl Template) -> Result<HttpResponse, Problem> {
    let html = page.render().map_err(|_| Problem::unexpected())?;
    let mut said = Cookie::new(FLASH, "");
    said.set_path("/");
    said.make_removal();
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .cookie(said)
        .body(html))
}

/// Leads to another page (RFC 9110 section 15.4.4).
#[must_use]
pub fn go(to: impl AsRef<str>) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, to.as_ref()))
        .finish()
}

/// Leads to another page, which says what was done.
#[must_use]
pub fn go_saying(to: impl AsRef<str>, words: &str, app: &App) -> HttpResponse {
    let words: String = url::form_urlencoded::byte_serialize(words.as_bytes()).collect();
    let cookie = Cookie::build(FLASH, words)
        .path("/")
        .http_only(true)
        .secure(app.place.is_secure())
        .same_site(SameSite::Lax)
        .max_age(actix_web::cookie::time::Duration::seconds(30))
        .finish();
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, to.as_ref()))
        .cookie(cookie)
        .finish()
}

fn flash(request: &HttpRequest) -> Option<Flash> {
    let cookie = request.cookie(FLASH)?;
    let (words, _) = url::form_urlencoded::parse(cookie.value().as_bytes()).next()?;
    let words: String = words.chars().take(300).collect();
    (!words.is_empty()).then_some(Flash {
        tone: Tone::Good,
        words,
        link: None,
    })
}
