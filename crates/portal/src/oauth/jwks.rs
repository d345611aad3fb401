//! The key set (RFC 7517), for whoever verifies our tokens.

use std::net::IpAddr;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};
use gatewright_keys::Jwks;
use gatewright_store::quiet::key_rings::Fetcher;

use crate::web::{app::App, catalogue::Kind, matching, problem::Problem};

/// Every key.
pub(super) async fn show(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let set = app.keys.jwks().await?;
    Ok(answer(&app, &request, &set))
}

/// The keys that may have signed a token for one API.
pub(super) async fn of_api(
    app: Data<App>,
    request: HttpRequest,
    api: Path<String>,
) -> Result<HttpResponse, Problem> {
    let set = app.keys.key_set_of(&api).await?;
    let set = set.ok_or_else(|| Problem::of(Kind::NOT_FOUND))?;
    Ok(answer(&app, &request, &set))
}

fn answer(app: &App, request: &HttpRequest, set: &Jwks) -> HttpResponse {
    app.keys.note_fetch(set, fetcher(request));
    let is_known = matching::is_fresh(request, &set.etag);
    let mut response = if is_known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    let keep = format!("public, max-age={}, must-revalidate", set.max_age.as_secs());
    response
        .insert_header((header::ETAG, set.etag.to_string()))
        .insert_header((header::CACHE_CONTROL, keep))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header(("cross-origin-resource-policy", "cross-origin"));
    if is_known {
        return response.finish();
    }
    response
        .content_type("application/json")
        .body(set.body.to_string())
}

/// The longest name of a program that is kept.
const LONGEST: usize = 120;

/// Who asks: the network of the connection, and what the program calls itself, as far as that is plain text.
fn fetcher(request: &HttpRequest) -> Fetcher {
    let agent = request.headers().get(header::USER_AGENT);
    let agent = agent.and_then(|agent| agent.to_str().ok()).unwrap_or("");
    Fetcher {
        network: request
            .peer_addr()
            .map_or_else(|| "unknown".to_owned(), |address| network(address.ip())),
        agent: agent.chars().take(LONGEST).collect(),
    }
}

/// The network of an address: 24 bits of IPv4 and 48 of IPv6, which tell organizations apart and people not.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}
