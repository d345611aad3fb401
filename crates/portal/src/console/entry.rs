//! Before the console: set-up, sign-in, sign-out, and the theme.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    web::{Data, Path, Query},
};
use gatewright_domain::{secret::Secret, text::Name};
use gatewright_operators::{Password, SetUpError, SignedIn as Session};
use serde::Deserialize;

use crate::{
    console::{visit, words},
    page::{
        form::{Control, Fault, Faults, Field},
        frame::Frame,
        place::Place,
    },
    pages::entry::{SetUp, SignIn, SignInLink},
    web::{
        app::App,
        caller::{SignedIn, cookie_name},
        context::origin,
        form::Form,
        problem::Problem,
    },
};

/// Where a sign-in leads back to.
#[derive(Deserialize)]
pub struct Back {
    back: Option<String>,
}

/// The front door leads to the console.
pub async fn front() -> HttpResponse {
    visit::go("/console")
}

/// The sign-in page.
///
/// # Errors
/// Those of the page.
pub async fn sign_in_page(
    request: HttpRequest,
    app: Data<App>,
    query: Query<Back>,
) -> Result<HttpResponse, Problem> {
    let back = query.into_inner().back.filter(|back| is_ours(back));
    // Only a link could be wrong here: what counts is whether anybody has been made yet.
    let is_done = matches!(app.operators.check_set_up("").await, Err(SetUpError::Done));
    let mut page = sign_in_form(&request, back, "", Faults::default());
    page.is_fresh = !is_done;
    visit::page(&page)
}

/// Signs somebody in. What was typed stays, the password never does.
///
/// # Errors
/// Those of the sign-in, but for a wrong name or password, which is the page again.
pub async fn sign_in(
    request: HttpRequest,
    app: Data<App>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let back = Some(form.one("back").to_owned()).filter(|back| is_ours(back));
    let password = Secret::new(form.exact("password"));
    match app
        .operators
        .sign_in(form.one("name"), password, origin(&request, "portal"))
        .await
    {
        Ok(session) => Ok(welcome(
            &app,
            session,
            back.as_deref().unwrap_or("/console"),
        )),
        Err(error) => {
            let problem = Problem::from(error);
            let faults = words::faults(&problem, "name");
            let page = sign_in_form(&request, back, form.one("name"), faults);
            let mut response = visit::page(&page)?;
            *response.status_mut() = problem.status();
            Ok(response)
        }
    }
}

/// The page behind a sign-in link. Looking at it uses nothing up, so that whatever fetches links ahead does no harm.
///
/// # Errors
/// When the link does not work.
pub async fn sign_in_link_page(
    request: HttpRequest,
    app: Data<App>,
    secret: Path<String>,
) -> Result<HttpResponse, Problem> {
    let operator = app.operators.check_sign_in_link(&secret).await?;
    let (frame, name) = (
        Frame::new(visit::anonymous(&request), Place::Home, "Sign in"),
        operator.name().to_string(),
    );
    visit::page(&SignInLink { frame, name })
}

/// Signs in whom the link is for.
///
/// # Errors
/// When the link does not work, or no longer.
pub async fn sign_in_with_link(
    request: HttpRequest,
    app: Data<App>,
    secret: Path<String>,
    _: Form,
) -> Result<HttpResponse, Problem> {
    let session = app
        .operators
        .sign_in_with_link(&secret, origin(&request, "portal"))
        .await?;
    Ok(welcome(&app, session, "/console"))
}

/// Ends the session.
///
/// # Errors
/// Those of the sign-out.
pub async fn sign_out(app: Data<App>, who: SignedIn, _: Form) -> Result<HttpResponse, Problem> {
    app.operators
        .sign_out(&who.caller, who.operator.id(), who.session)
        .await?;
    let mut gone = session_cookie(&app, String::new());
    gone.make_removal();
    let mut response = visit::go("/sign-in");
    let _ = response.add_cookie(&gone);
    Ok(response)
}

/// The set-up page, for whoever has the link.
///
/// # Errors
/// When the link does not work.
pub async fn set_up_page(
    request: HttpRequest,
    app: Data<App>,
    secret: Path<String>,
) -> Result<HttpResponse, Problem> {
    match app.operators.check_set_up(&secret).await {
        Ok(()) => visit::page(&set_up_form(&request, "", Faults::default())),
        Err(SetUpError::Done) => Ok(visit::go("/sign-in")),
        Err(error) => Err(error.into()),
    }
}

/// Makes the first administrator and signs them in.
///
/// # Errors
/// When the link does not work; name and password that are not taken are the page again.
pub async fn set_up(
    request: HttpRequest,
    app: Data<App>,
    secret: Path<String>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut faults = Faults::default();
    let name: Option<Name> = form.parse("name", &mut faults);
    let password = Password::new(form.exact("password"));
    if let Err(error) = &password {
        faults.0.push(Fault {
            field: "password".to_owned(),
            words: format!("Sorry: {error}."),
        });
    }
    let (Some(name), Ok(password)) = (name, password) else {
        return visit::page(&set_up_form(&request, form.one("name"), faults));
    };
    let session = app
        .operators
        .set_up(&secret, name, password, origin(&request, "portal"))
        .await?;
    Ok(welcome(&app, session, "/console"))
}

/// Remembers the theme in a cookie, so that pages come in it.
///
/// # Errors
/// When the form is not one of ours.
pub async fn theme(app: Data<App>, form: Form) -> Result<HttpResponse, Problem> {
    let theme = match form.one("theme") {
        known @ ("light" | "dark") => known.to_owned(),
        _ => "system".to_owned(),
    };
    let cookie = Cookie::build(visit::THEME, theme)
        .path("/")
        .secure(app.place.is_secure())
        .same_site(SameSite::Lax)
        .max_age(Duration::days(365))
        .finish();
    let back = Some(form.one("back"))
        .filter(|back| is_ours(back))
        .unwrap_or("/console");
    let mut response = visit::go(back);
    let _ = response.add_cookie(&cookie);
    Ok(response)
}

/// Whether a place to go back to is a path of this instance, and of nobody else's.
fn is_ours(back: &str) -> bool {
    let plain = back
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    plain && back.starts_with('/') && !back.starts_with("//")
}

fn welcome(app: &App, session: Session, to: &str) -> HttpResponse {
    let cookie = session_cookie(app, session.secret.expose_once().to_string());
    let mut response = visit::go(to);
    let _ = response.add_cookie(&cookie);
    response
}

fn session_cookie(app: &App, value: String) -> Cookie<'static> {
    Cookie::build(cookie_name(app.place.is_secure()), value)
        .path("/")
        .http_only(true)
        .secure(app.place.is_secure())
        .same_site(SameSite::Lax)
        .finish()
}

fn sign_in_form(request: &HttpRequest, back: Option<String>, name: &str, faults: Faults) -> SignIn {
    let fields = vec![
        Field::new("name", "Name", Control::Text)
            .value(name)
            .autocomplete("username")
            .fault(faults.of("name")),
        Field::new("password", "Password", Control::Password).autocomplete("current-password"),
    ];
    let frame = Frame::new(visit::anonymous(request), Place::Home, "Sign in");
    SignIn {
        frame,
        faults,
        fields,
        back,
        is_fresh: false,
    }
}

fn set_up_form(request: &HttpRequest, name: &str, faults: Faults) -> SetUp {
    let fields = vec![
        Field::new("name", "Your name", Control::Text)
            .value(name)
            .autocomplete("username")
            .hint("You sign in with it.")
            .fault(faults.of("name")),
        Field::new("password", "Password", Control::Password)
            .autocomplete("new-password")
            .hint("At least 12 characters.")
            .fault(faults.of("password")),
    ];
    let frame = Frame::new(visit::anonymous(request), Place::Home, "Set up Gatewright");
    SetUp {
        frame,
        faults,
        fields,
    }
}
