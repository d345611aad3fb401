//! The claims of an access token (RFC 9068 section 2.2, keys-and-tokens section 3.1): as written, and as read.

use gatewright_domain::{
    binding::{Binding, Thumbprint},
    time::Timestamp,
};
use serde::Serialize;

use crate::{
    json::{Object, Value},
    numeric_date::moment,
    refusal::{ClaimFault, Refusal},
};

/// The longest identifier in a token. OpenID Connect bounds `sub` so (Core section 2); the others follow.
const MAX_IDENTIFIER: usize = 255;

/// What a token is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    /// Who issues it: the issuer's URL.
    pub issuer: String,
    /// Whom it is about: the client id, or a user's stable id.
    pub subject: String,
    /// What it is for: the resource identifiers of the versions, at least one.
    pub audience: Vec<String>,
    /// Which application carries it.
    pub client_id: String,
    /// When it is issued; whole seconds are written.
    pub issued: Timestamp,
    /// When it ends; whole seconds are written.
    pub expires: Timestamp,
    /// When it begins to hold, where that is not from the start.
    pub not_before: Option<Timestamp>,
    /// Its own name, by which it is revoked.
    pub jti: String,
    /// The scopes it carries; the claim is left out when there are none.
    pub scopes: Vec<String>,
    /// The family it belongs to, by which it is revoked with its relatives.
    pub session: Option<String>,
    /// The key or certificate of its sender that it is bound to; without one, whoever bears it may use it.
    pub binding: Option<Binding>,
    /// Who acts for whom it is about, the newest first (RFC 8693 section 4.1).
    pub actors: Vec<String>,
    /// When whom it is about had signed in, where that is a person (RFC 9068 section 2.2.1).
    pub signed_in: Option<Timestamp>,
    /// Where it can be read whether it was revoked (draft-ietf-oauth-status-list section 6).
    pub status: Option<StatusPlace>,
}

/// The place of a token in a status list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatusPlace {
    /// Which place of the list.
    pub idx: u32,
    /// Where the list is served.
    pub uri: String,
}

impl AccessClaims {
    /// The claims as JSON, in the order of the specification.
    pub(crate) fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let audience = match self.audience.as_slice() {
            // A single audience is a text and not a list, because some proxies compare texts only.
            [only] => Audience::One(only),
            several => Audience::Several(several),
        };
        serde_json::to_vec(&Written {
            iss: &self.issuer,
            sub: &self.subject,
            aud: audience,
            client_id: &self.client_id,
            iat: self.issued.seconds(),
            nbf: self.not_before.map(Timestamp::seconds),
            exp: self.expires.seconds(),
            jti: &self.jti,
            scope: (!self.scopes.is_empty()).then(|| self.scopes.join(" ")),
            sid: self.session.as_deref(),
            cnf: self.binding.as_ref().map(Confirmation::of),
            act: Actor::of(&self.actors),
            auth_time: self.signed_in.map(Timestamp::seconds),
            status: self
                .status
                .as_ref()
                .map(|status_list| Listed { status_list }),
        })
    }
}

#[derive(Serialize)]
struct Written<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: Audience<'a>,
    client_id: &'a str,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    exp: i64,
    jti: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<Box<Actor<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Listed<'a>>,
}

/// `status`: in a list, which is the one way there is.
#[derive(Serialize)]
struct Listed<'a> {
    status_list: &'a StatusPlace,
}

/// `act` (RFC 8693 section 4.1): who acts now, around who acted before.
#[derive(Serialize)]
struct Actor<'a> {
    sub: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<Box<Actor<'a>>>,
}

impl<'a> Actor<'a> {
    fn of(newest_first: &'a [String]) -> Option<Box<Self>> {
        let around = |act, sub: &'a String| Some(Box::new(Self { sub, act }));
        newest_first.iter().rfold(None, around)
    }
}

/// `cnf` (RFC 7800 section 3.1): one member, the other one left out.
#[derive(Serialize)]
struct Confirmation<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    jkt: Option<&'a Thumbprint>,
    #[serde(rename = "x5t#S256", skip_serializing_if = "Option::is_none")]
    certificate: Option<&'a Thumbprint>,
}

impl<'a> Confirmation<'a> {
    const fn of(binding: &'a Binding) -> Self {
        match binding {
            Binding::Key(thumbprint) => Self {
                jkt: Some(thumbprint),
                certificate: None,
            },
            Binding::Certificate(thumbprint) => Self {
                jkt: None,
                certificate: Some(thumbprint),
            },
        }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Audience<'a> {
    One(&'a str),
    Several(&'a [String]),
}

/// What a token says: of the right form, not yet compared with anything.
#[derive(Debug)]
pub(crate) struct ReadClaims {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) audience: Vec<String>,
    pub(crate) client_id: String,
    pub(crate) issued: Timestamp,
    pub(crate) expires: Timestamp,
    pub(crate) not_before: Option<Timestamp>,
    pub(crate) jti: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) session: Option<String>,
    pub(crate) sender: Sender,
    pub(crate) actors: Vec<String>,
}

/// Who may use a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sender {
    /// Whoever bears it.
    Anybody,
    /// Who proves to hold this.
    Bound(Binding),
    /// Who proves something that we do not know how to check.
    Unknown,
}

impl ReadClaims {
    pub(crate) fn read(json: &[u8]) -> Result<Self, Refusal> {
        let object = Object::read(json).map_err(Refusal::ClaimsNotJson)?;
        let claims = Members(&object);
        Ok(Self {
            issuer: claims.text("iss")?.to_owned(),
            subject: claims.identifier("sub")?,
            audience: claims.audience()?,
            client_id: claims.identifier("client_id")?,
            issued: claims.moment("iat")?,
            expires: claims.moment("exp")?,
            not_before: claims.if_there("nbf", Members::moment)?,
            jti: claims.identifier("jti")?,
            scopes: claims
                .if_there("scope", Members::scopes)?
                .unwrap_or_default(),
            session: claims.if_there("sid", Members::identifier)?,
            sender: object.get("cnf").map_or(Sender::Anybody, sender),
            actors: actors(&object),
        })
    }
}

/// The claims of a token, each asked for in the form it must have.
pub(crate) struct Members<'a>(pub(crate) &'a Object<'a>);

type Claim = &'static str;

impl<'a> Members<'a> {
    fn value(&self, claim: Claim) -> Result<&'a Value<'a>, Refusal> {
        let value = self.0.get(claim);
        value.ok_or(refused(claim, ClaimFault::Missing))
    }

    /// An optional claim. `null` is there, and of the wrong type.
    pub(crate) fn if_there<T>(
        &self,
        claim: Claim,
        read: impl FnOnce(&Self, Claim) -> Result<T, Refusal>,
    ) -> Result<Option<T>, Refusal> {
        if self.0.get(claim).is_none() {
            return Ok(None);
        }
        read(self, claim).map(Some)
    }

    pub(crate) fn text(&self, claim: Claim) -> Result<&'a str, Refusal> {
        let text = self.value(claim)?.as_text();
        text.ok_or(refused(claim, ClaimFault::Type))
    }

    /// A name that is looked up, logged and handed on in headers: visible ASCII only.
    pub(crate) fn identifier(&self, claim: Claim) -> Result<String, Refusal> {
        let text = self.text(claim)?;
        let fits = (1..=MAX_IDENTIFIER).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(text.to_owned())
        } else {
            Err(refused(claim, ClaimFault::Identifier))
        }
    }

    pub(crate) fn moment(&self, claim: Claim) -> Result<Timestamp, Refusal> {
        let Value::Number(number) = self.value(claim)? else {
            return Err(refused(claim, ClaimFault::Type));
        };
        moment(number).ok_or(refused(claim, ClaimFault::Time))
    }

    pub(crate) fn audience(&self) -> Result<Vec<String>, Refusal> {
        let of = |value: &Value<'_>| {
            let text = value.as_text().map(str::to_owned);
            text.ok_or(refused("aud", ClaimFault::Type))
        };
        let audience = match self.value("aud")? {
            Value::List(values) => values.iter().map(of).collect::<Result<Vec<_>, _>>()?,
            value => vec![of(value)?],
        };
        if audience.is_empty() || audience.iter().any(String::is_empty) {
            return Err(refused("aud", ClaimFault::Empty));
        }
        Ok(audience)
    }

    /// Scope tokens between single blanks (RFC 6749 section 3.3); an empty text carries none.
    fn scopes(&self, claim: Claim) -> Result<Vec<String>, Refusal> {
        let text = self.text(claim)?;
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let inside = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        let scope = |scope: &str| {
            let fits = !scope.is_empty() && scope.bytes().all(inside);
            fits.then(|| scope.to_owned())
                .ok_or(refused(claim, ClaimFault::Scope))
        };
        text.split(' ').map(scope).collect()
    }
}

/// Who acts, the newest first, as far as it is written as we write it. Nothing is decided by it: a token opens what its
/// client may call, whoever acts.
fn actors(claims: &Object<'_>) -> Vec<String> {
    let mut actors = Vec::new();
    let mut around = Some(claims);
    while let Some(Value::Object(act)) = around.and_then(|object| object.get("act")) {
        actors.extend(act.get("sub").and_then(Value::as_text).map(str::to_owned));
        around = Some(act);
    }
    actors
}

/// The one thing a token is bound to. Whatever else `cnf` says, a confirmation that we do not know how to check is not to
/// be passed over (RFC 7800 section 3.1).
fn sender(cnf: &Value<'_>) -> Sender {
    let Value::Object(members) = cnf else {
        return Sender::Unknown;
    };
    let thumbprint = |name| members.get(name)?.as_text()?.parse().ok();
    match members.names().collect::<Vec<_>>().as_slice() {
        ["jkt"] => thumbprint("jkt").map(Binding::Key),
        ["x5t#S256"] => thumbprint("x5t#S256").map(Binding::Certificate),
        _ => None,
    }
    .map_or(Sender::Unknown, Sender::Bound)
}

const fn refused(claim: Claim, fault: ClaimFault) -> Refusal {
    Refusal::Claim { claim, fault }
}
