//! The authorization endpoint (RFC 6749 section 3.1): a signed-in person is asked whether an application may act for them.
//!
//! Invariant: what goes wrong is told to the application only where client and redirect URI were found to belong together; before
//! that the person sees a page, and the browser goes nowhere. What was asked for is read anew when the person answers.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderName, HeaderValue},
    web::Data,
};
use gatewright_domain::client::place_of;
use gatewright_keys::{Asking, AuthorizeError, Doorway};
use url::form_urlencoded;

use super::{
    error::{Fault, ours},
    form::Form as Parameters,
    token::{known, named, scopes},
};
use crate::{
    console::visit,
    page::{frame::Frame, place::Place},
    pages::consent::{Asked, ConsentPage},
    web::{
        app::App, caller::SignedIn, catalogue::Kind, form::Form, headers::policy_leading_to,
        problem::Problem,
    },
};

/// The longest `state` that is carried back. What needs more is kept by the application itself.
const LONGEST_STATE: usize = 4096;

/// A request of an application whose redirect URI is its own.
struct Request<'a> {
    said: &'a Parameters,
    door: Doorway,
}

/// Why the application gets no code (RFC 6749 section 4.1.2.1).
struct Refused(&'static str, &'static str);

/// Asks the person.
pub(super) async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
) -> Result<HttpResponse, Problem> {
    let query = request.query_string();
    let said = parameters(query)?;
    let asked = Request::read(&app, &said).await?;
    let proposal = asked.asking().and_then(|asking| {
        let considered = app.keys.consider(&who.caller, &asked.door, &asking);
        considered.map_err(Refused::from)
    });
    let proposal = match proposal {
        Ok(proposal) => proposal,
        Err(refused) => return Ok(asked.refuse(&app, refused)),
    };
    let title = format!("Let {} act for you?", proposal.application);
    let place = place_of(asked.door.redirect()).to_owned();
    let page = ConsentPage {
        frame: Frame::new(visit::signed_in(&request, &who), Place::Home, title),
        person: who.operator.name().to_string(),
        application: proposal.application.to_string(),
        client: asked.door.client_id().to_string(),
        asked: Asked::of(&proposal),
        request: query.to_owned(),
        place: place.clone(),
    };
    let mut response = visit::page(&page)?;
    let policy = policy_leading_to(&who.context.nonce, &place);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

/// Takes the person's answer, and sends the browser back with it.
pub(super) async fn decide(
    app: Data<App>,
    who: SignedIn,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let query = form.exact("request");
    let said = parameters(&query)?;
    let asked = Request::read(&app, &said).await?;
    let allowed = match asked.asking() {
        Ok(_) if form.one("decision") != "allow" => {
            Err(Refused("access_denied", "The person refused"))
        }
        Ok(asking) => {
            let allowed = app.keys.allow(&who.caller, &asked.door, asking).await;
            allowed.map_err(Refused::from)
        }
        Err(refused) => Err(refused),
    };
    Ok(match allowed {
        Ok(code) => asked.back(&app, &[("code", code.expose_once().as_str())]),
        Err(refused) => asked.refuse(&app, refused),
    })
}

/// What stands in the address. What can be read in two ways is not acted upon, nor told to anybody else.
fn parameters(query: &str) -> Result<Parameters, Problem> {
    Parameters::of_query(query).map_err(|fault| not_asked(fault.description()))
}

/// What the person sees when nothing is known of who asks.
fn not_asked(why: &'static str) -> Problem {
    Problem::of(Kind::REQUEST_INVALID).because(why)
}

impl<'a> Request<'a> {
    async fn read(app: &App, said: &'a Parameters) -> Result<Self, Problem> {
        let why =
            "The application did not say who it is and where to go back to. Tell whoever runs it.";
        let (client, redirect) = (said.one("client_id"), said.one("redirect_uri"));
        let (client, redirect) = client.zip(redirect).ok_or_else(|| not_asked(why))?;
        let found = app.keys.doorway(client, redirect).await?;
        let why = "No application is registered under this name with this address to go back to. \
            If you came here by a link, do not trust it.";
        let door = found.ok_or_else(|| not_asked(why))?;
        Ok(Self { said, door })
    }

    /// What it asks for, as far as that can be said without asking anybody.
    fn asking(&self) -> Result<Asking, Refused> {
        let said = self.said;
        if said
            .one("state")
            .is_some_and(|state| LONGEST_STATE < state.len())
        {
            return Err(Refused("invalid_request", "state has at most 4096 bytes"));
        }
        if said.one("request").is_some() {
            return Err(Refused(
                "request_not_supported",
                "Requests are not taken as objects",
            ));
        }
        if said.one("request_uri").is_some() {
            return Err(Refused(
                "request_uri_not_supported",
                "Requests are not fetched",
            ));
        }
        match said.one("response_type") {
            Some("code") => {}
            Some(_) => {
                return Err(Refused(
                    "unsupported_response_type",
                    "Only code is answered",
                ));
            }
            None => return Err(Refused("invalid_request", "response_type is missing")),
        }
        if said
            .one("response_mode")
            .is_some_and(|mode| mode != "query")
        {
            return Err(Refused(
                "invalid_request",
                "Answers are carried in the query",
            ));
        }
        if said.one("code_challenge_method") != Some("S256") {
            return Err(Refused("invalid_request", "code_challenge_method is S256"));
        }
        let challenge = said
            .one("code_challenge")
            .and_then(|text| text.parse().ok());
        let why = "code_challenge is the SHA-256 of a verifier";
        let challenge = challenge.ok_or(Refused("invalid_request", why))?;
        let key = said.one("dpop_jkt").map(str::parse).transpose();
        let key = key.map_err(|_| Refused("invalid_request", "dpop_jkt is no thumbprint"))?;
        let asked = said.one("scope").map(scopes).transpose()?;
        Ok(Asking {
            scopes: asked.as_ref().map(known),
            resources: named(said, &["resource"])?,
            challenge,
            key,
        })
    }

    fn refuse(&self, app: &App, Refused(error, description): Refused) -> HttpResponse {
        self.back(app, &[("error", error), ("error_description", description)])
    }

    /// Sends the browser back. By a GET, whatever it came with (RFC 9700 section 4.12).
    fn back(&self, app: &App, answer: &[(&str, &str)]) -> HttpResponse {
        let state = self.said.one("state");
        let state = state.filter(|state| state.len() <= LONGEST_STATE);
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(answer);
        query.extend_pairs(state.map(|state| ("state", state)));
        query.append_pair("iss", &app.terms.issuer);
        let redirect = self.door.redirect();
        let between = match redirect.find('?') {
            None => "?",
            Some(_) if redirect.ends_with(['?', '&']) => "",
            Some(_) => "&",
        };
        let place = format!("{redirect}{between}{}", query.finish());
        HttpResponse::SeeOther()
            .insert_header((header::LOCATION, place))
            .insert_header((HeaderName::from_static("referrer-policy"), "no-referrer"))
            .finish()
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self(fault.code(), fault.description())
    }
}

impl From<AuthorizeError> for Refused {
    fn from(error: AuthorizeError) -> Self {
        match error {
            AuthorizeError::NotThisGrant => {
                Self("unauthorized_client", "The application may not ask people")
            }
            AuthorizeError::NoTarget => Self(
                "invalid_target",
                "The application has no active subscription to that",
            ),
            AuthorizeError::Algorithms(_) => Self(
                "invalid_target",
                "Tokens for these resources are signed with different algorithms; ask for one of them",
            ),
            AuthorizeError::NoScope => Self(
                "invalid_scope",
                "The application may have none of these scopes",
            ),
            AuthorizeError::Denied(_) | AuthorizeError::NotAPerson => {
                Self("access_denied", "The person may not allow that")
            }
            AuthorizeError::Pepper(_) | AuthorizeError::Store(_) => {
                let _ = ours(&error);
                Self("temporarily_unavailable", "The server cannot get to it now")
            }
        }
    }
}
