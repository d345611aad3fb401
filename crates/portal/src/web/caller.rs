//! Who asks: a person with a session, a program with an access token, a gateway with its secret.

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header, web::Data};
use futures_util::future::LocalBoxFuture;
use gatewright_domain::{
    access::{Actor, Caller, Proof},
    gateway::Gateway,
    id::{OperatorId, SessionId},
    operator::Operator,
};

use crate::web::{
    app::App,
    catalogue::Kind,
    context::{Context, origin},
    problem::Problem,
};

/// The cookie that holds a session's secret. The `__Host-` prefix binds it to this host, whole path, over TLS
/// (RFC 6265bis section 4.1.3); without TLS, on a laptop, browsers refuse the prefix, so it is left out.
#[must_use]
pub const fn cookie_name(is_secure: bool) -> &'static str {
    if is_secure {
        "__Host-gatewright"
    } else {
        "gatewright"
    }
}

/// A signed-in operator.
pub struct SignedIn {
    /// Who asks, with what they are trusted with.
    pub caller: Caller,
    /// The operator.
    pub operator: Operator,
    /// The session.
    pub session: SessionId,
    /// The request.
    pub context: Context,
}

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let app = app(&request)?;
            let context = Context::of(&request).ok_or_else(Problem::unexpected)?;
            let cookie = request.cookie(cookie_name(app.place.is_secure()));
            let cookie = cookie.ok_or_else(|| Problem::of(Kind::SIGN_IN_NEEDED))?;
            let found = app
                .operators
                .session(cookie.value(), origin(&request, "portal"))
                .await?;
            let (caller, operator) = found.ok_or_else(|| Problem::of(Kind::SIGN_IN_NEEDED))?;
            let Actor::Operator {
                proof: Proof::Session(session),
                ..
            } = *caller.actor()
            else {
                return Err(Problem::unexpected());
            };
            Ok(Self {
                caller,
                operator,
                session,
                context,
            })
        })
    }
}

/// A program that speaks for an operator with an access token.
#[derive(Clone)]
pub struct Bearer {
    /// Who asks, with what they are trusted with.
    pub caller: Caller,
    /// The operator it speaks for.
    pub operator: OperatorId,
}

impl FromRequest for Bearer {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            if let Some(known) = request.extensions().get::<Self>() {
                return Ok(known.clone());
            }
            let app = app(&request)?;
            let text = bearer(&request)?;
            let found = app.operators.bearer(&text, origin(&request, "api")).await?;
            let caller = found.ok_or_else(|| Problem::of(Kind::ACCESS_TOKEN_INVALID))?;
            let Actor::Operator { id: operator, .. } = *caller.actor() else {
                return Err(Problem::unexpected());
            };
            Ok(Self { caller, operator })
        })
    }
}

/// A gateway that runs apart.
#[derive(Clone)]
pub struct EnrolledGateway(pub Gateway);

impl FromRequest for EnrolledGateway {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            if let Some(known) = request.extensions().get::<Self>() {
                return Ok(known.clone());
            }
            let app = app(&request)?;
            let text = bearer(&request)?;
            let found = app.registry.gateway_of(&text).await?;
            found
                .map(Self)
                .ok_or_else(|| Problem::of(Kind::ACCESS_TOKEN_INVALID))
        })
    }
}

fn app(request: &HttpRequest) -> Result<Data<App>, Problem> {
    request
        .app_data::<Data<App>>()
        .cloned()
        .ok_or_else(Problem::unexpected)
}

/// The one bearer token of a request: exactly one header, exactly `Bearer`, one space, one word (RFC 6750 section 2.1;
/// the scheme's case is folded as RFC 9110 section 11.1 says).
pub(crate) fn bearer(request: &HttpRequest) -> Result<String, Problem> {
    let mut values = request.headers().get_all(header::AUTHORIZATION);
    let value = values
        .next()
        .ok_or_else(|| Problem::of(Kind::ACCESS_TOKEN_MISSING))?;
    if values.next().is_some() {
        return Err(Problem::of(Kind::ACCESS_TOKEN_INVALID));
    }
    let value = value
        .to_str()
        .map_err(|_| Problem::of(Kind::ACCESS_TOKEN_INVALID))?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    let is_one_word = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    if scheme.eq_ignore_ascii_case("bearer") && is_one_word {
        Ok(token.to_owned())
    } else {
        Err(Problem::of(Kind::ACCESS_TOKEN_INVALID))
    }
}
