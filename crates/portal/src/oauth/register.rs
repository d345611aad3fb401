//! Registration: programs become clients with an initial access token (RFC 7591), and manage what they registered with the token
//! of each answer (RFC 7592). Where the setting is off, nothing of it is there.

use actix_web::{
    HttpRequest, HttpResponse,
    guard::{Guard, fn_guard},
    http::header,
    web::{self, Bytes, Data, Path, PayloadConfig, ServiceConfig},
};
use gatewright_domain::secret::Secret;
use gatewright_keys::{Registered, Registrant};

use super::{
    client_metadata::{Members, told},
    error::unkept,
    refusal::Refusal,
};
use crate::web::{
    app::{App, SelfRegistration},
    caller::bearer,
    catalogue::Kind,
    context::origin,
};

/// The largest body, in bytes; a key set of many keys has some kilobytes.
const LARGEST: usize = 64 * 1024;

/// The two addresses.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/oauth2/register")
                .guard(is_open())
                .app_data(PayloadConfig::new(LARGEST))
                .route(web::post().to(register))
                .default_service(web::to(only_post)),
        )
        .service(
            web::resource("/oauth2/register/{client}")
                .guard(is_open())
                .app_data(PayloadConfig::new(LARGEST))
                .route(web::get().to(read))
                .route(web::put().to(replace))
                .route(web::delete().to(give_up))
                .default_service(web::to(only_these)),
        );
}

/// Whether programs may register themselves: else the addresses are as any that are not there.
fn is_open() -> impl Guard {
    fn_guard(|context| {
        let app = context.app_data::<Data<App>>();
        app.is_some_and(|app| app.registration == SelfRegistration::Open)
    })
}

async fn only_post() -> HttpResponse {
    Refusal::method("POST").answer()
}

async fn only_these() -> HttpResponse {
    Refusal::method("GET, PUT, DELETE").answer()
}

/// Registers a client. Who asks is known before what is asked is read.
async fn register(
    app: Data<App>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let registered = async {
        let text = shown(&request)?;
        let newcomer = app.keys.newcomer(&text, origin(&request, "oauth")).await?;
        let wish = members(&request, body)?.wish()?;
        Ok::<_, Refusal>(app.keys.register_client(&newcomer, wish).await?)
    };
    match registered.await {
        Ok(registered) => answer(HttpResponse::Created(), registered, &app),
        Err(refusal) => refusal.answer(),
    }
}

/// Reads what a client has registered.
async fn read(app: Data<App>, request: HttpRequest, client: Path<String>) -> HttpResponse {
    let found = async {
        let registrant = registrant(&app, &request, client.into_inner()).await?;
        Ok::<_, Refusal>(app.keys.read_own_registration(&registrant).await?)
    };
    match found.await {
        Ok(registered) => answer(HttpResponse::Ok(), registered, &app),
        Err(refusal) => refusal.answer(),
    }
}

/// Replaces what a client has registered.
async fn replace(
    app: Data<App>,
    request: HttpRequest,
    client: Path<String>,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let replaced = async {
        let client = client.into_inner();
        let registrant = registrant(&app, &request, client.clone()).await?;
        let members = members(&request, body)?;
        let (secret, wish) = (members.replaces(&client)?, members.wish()?);
        let replaced = app.keys.replace_own_registration(&registrant, wish, secret);
        Ok::<_, Refusal>(replaced.await?)
    };
    match replaced.await {
        Ok(registered) => answer(HttpResponse::Ok(), registered, &app),
        Err(refusal) => refusal.answer(),
    }
}

/// Gives a registration up.
async fn give_up(app: Data<App>, request: HttpRequest, client: Path<String>) -> HttpResponse {
    let given_up = async {
        let registrant = registrant(&app, &request, client.into_inner()).await?;
        Ok::<_, Refusal>(app.keys.give_up_own_registration(&registrant).await?)
    };
    match given_up.await {
        Ok(()) => {
            let mut response = HttpResponse::NoContent();
            unkept(&mut response);
            response.finish()
        }
        Err(refusal) => refusal.answer(),
    }
}

/// The token that was sent.
fn shown(request: &HttpRequest) -> Result<Secret<String>, Refusal> {
    let sent = bearer(request).map_err(|problem| match problem.kind {
        Kind::ACCESS_TOKEN_MISSING => Refusal::missing(),
        _ => Refusal::invalid(),
    });
    sent.map(Secret::new)
}

async fn registrant(
    app: &App,
    request: &HttpRequest,
    client: String,
) -> Result<Registrant, Refusal> {
    let text = shown(request)?;
    let origin = origin(request, "oauth");
    Ok(app.keys.registrant(text, client, origin).await?)
}

/// The members of the body, which says that it is JSON.
fn members(
    request: &HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> Result<Members, Refusal> {
    let media = request.headers().get(header::CONTENT_TYPE);
    let media = media.and_then(|media| media.to_str().ok());
    let essence = media.and_then(|media| media.split(';').next());
    if !essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json")) {
        return Err(Refusal::metadata("The body is application/json"));
    }
    let body = body.map_err(|error| Refusal::unread(&error))?;
    Members::read(&body)
}

fn answer(
    mut response: actix_web::HttpResponseBuilder,
    registered: Registered,
    app: &App,
) -> HttpResponse {
    unkept(&mut response);
    response.json(told(registered, &app.place.portal))
}
