//! Client metadata (RFC 7591 section 2): what a client sends of itself, read strictly, and what is told of it as granted.
//!
//! What is not understood is passed over, and so is what is said again in a language (`client_name#de`). What is understood is of
//! its type, and a name stands once: what could be read in two ways is refused.

use std::{collections::BTreeMap, fmt};

use gatewright_domain::{
    client::{CertificateName, ClientTerms, ClientWish, Grant, NameKind, Senders},
    secret::Secret,
};
use gatewright_keys::Registered;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error, MapAccess, Visitor},
};
use serde_json::{Map, Value, json, value::RawValue};

use super::{metadata::CERTIFICATE_BOUND, refusal::Refusal};

/// What only the server says of a client (RFC 7592 section 2.2): never sent back.
const OURS: [&str; 4] = [
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
];

/// The names by which a certificate is known to be a client's (RFC 8705 section 2.1.2).
const NAMES: [(NameKind, &str); 5] = [
    (NameKind::SubjectDn, "tls_client_auth_subject_dn"),
    (NameKind::SanDns, "tls_client_auth_san_dns"),
    (NameKind::SanUri, "tls_client_auth_san_uri"),
    (NameKind::SanIp, "tls_client_auth_san_ip"),
    (NameKind::SanEmail, "tls_client_auth_san_email"),
];

/// The members of a JSON object, each as it was written.
pub(super) struct Members(BTreeMap<String, Box<RawValue>>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(EachOnce)
    }
}

struct EachOnce;

impl<'de> Visitor<'de> for EachOnce {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(Members(members))
    }
}

impl Members {
    /// The members of a body.
    ///
    /// # Errors
    /// `invalid_client_metadata` for what is no JSON object, or says a name twice.
    pub(super) fn read(body: &[u8]) -> Result<Self, Refusal> {
        let why = "The body is one JSON object, and no name stands in it twice";
        serde_json::from_slice(body).map_err(|_| Refusal::metadata(why))
    }

    /// What a client wishes to be registered as.
    ///
    /// # Errors
    /// `invalid_redirect_uri`; `invalid_client_metadata`; `invalid_software_statement`; `unapproved_software_statement`.
    pub(super) fn wish(&self) -> Result<ClientWish, Refusal> {
        self.states_nothing_of_others()?;
        self.signs_what_it_signs()?;
        let redirects = self.said::<Vec<String>>("redirect_uris");
        let redirects = redirects.map_err(|Mistyped(why)| Refusal::redirect(why))?;
        let name = self.text("client_name")?;
        let name = name.map(|name| name.parse()).transpose();
        let why = "client_name is one line of at most 100 characters";
        let scopes = self.text("scope")?;
        let words = |text: String| -> Vec<String> {
            text.split(' ')
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect()
        };
        Ok(ClientWish {
            name: name.map_err(|_| Refusal::metadata(why))?,
            redirects: redirects.unwrap_or_default(),
            method: self.text("token_endpoint_auth_method")?,
            grants: self.typed("grant_types")?,
            responses: self.typed("response_types")?,
            // What was sent empty was not sent.
            scopes: scopes.map(words).filter(|scopes| !scopes.is_empty()),
            key_set: self.raw("jwks").map(str::to_owned),
            key_address: self.text("jwks_uri")?,
            algorithm: self.text("token_endpoint_auth_signing_alg")?,
            senders: self.senders()?,
            certificate_name: self.certificate_name()?,
        })
    }

    /// The secret that a client sends with a replacement of its registration, which is of this client and says nothing that
    /// only we say (RFC 7592 section 2.2).
    ///
    /// # Errors
    /// `invalid_client_metadata`.
    pub(super) fn replaces(&self, client: &str) -> Result<Option<Secret<String>>, Refusal> {
        if OURS.into_iter().any(|name| self.0.contains_key(name)) {
            let why = "What the server says of a registration is not sent back: registration_access_token, \
                registration_client_uri, client_secret_expires_at, client_id_issued_at";
            return Err(Refusal::metadata(why));
        }
        if self.text("client_id")?.as_deref() != Some(client) {
            let why = "client_id is that of the registration";
            return Err(Refusal::metadata(why));
        }
        Ok(self.text("client_secret")?.map(Secret::new))
    }

    /// Who may send its tokens: they are bound to one thing or to nothing.
    fn senders(&self) -> Result<Option<Senders>, Refusal> {
        let to_a_key: Option<bool> = self.typed("dpop_bound_access_tokens")?;
        let to_a_certificate: Option<bool> = self.typed(CERTIFICATE_BOUND)?;
        match (to_a_key, to_a_certificate) {
            (None, None) => Ok(None),
            (Some(true), Some(true)) => Err(Refusal::metadata(
                "Tokens are bound to a key or to a certificate, not to both",
            )),
            (Some(true), _) => Ok(Some(Senders::Holders)),
            (_, Some(true)) => Ok(Some(Senders::Certified)),
            (_, _) => Ok(Some(Senders::Anybody)),
        }
    }

    /// The one name by which its certificate is known (RFC 8705 section 2.1.2).
    fn certificate_name(&self) -> Result<Option<CertificateName>, Refusal> {
        let mut name = None;
        for (kind, member) in NAMES {
            let Some(value) = self.text(member)? else {
                continue;
            };
            if name.is_some() {
                let why = "Exactly one of the tls_client_auth names is said";
                return Err(Refusal::metadata(why));
            }
            let why = "A tls_client_auth name is none of its kind";
            let read = CertificateName::new(kind, &value);
            name = Some(read.map_err(|_| Refusal::metadata(why))?);
        }
        Ok(name)
    }

    /// Nobody's statements about clients are trusted here (RFC 7591 section 2.3).
    fn states_nothing_of_others(&self) -> Result<(), Refusal> {
        let why = "software_statement is a text";
        let statement = self.said::<String>("software_statement");
        match statement.map_err(|_| Refusal::statement(why))? {
            None => Ok(()),
            Some(text) if text.split('.').count() == 3 => Err(Refusal::unapproved_statement()),
            Some(_) => Err(Refusal::statement(
                "software_statement is no signed statement",
            )),
        }
    }

    /// Whatever it is to be signed with, that is something (RFC 8725 section 3.1).
    fn signs_what_it_signs(&self) -> Result<(), Refusal> {
        let is_none = |name: &str, raw: &RawValue| {
            let algorithm = serde_json::from_str::<String>(raw.get());
            name.ends_with("_alg") && algorithm.is_ok_and(|word| word.eq_ignore_ascii_case("none"))
        };
        match self.0.iter().any(|(name, raw)| is_none(name, raw)) {
            true => Err(Refusal::metadata("none is no algorithm")),
            false => Ok(()),
        }
    }

    fn text(&self, name: &'static str) -> Result<Option<String>, Refusal> {
        self.typed(name)
    }

    fn typed<T: DeserializeOwned>(&self, name: &'static str) -> Result<Option<T>, Refusal> {
        self.said(name)
            .map_err(|Mistyped(why)| Refusal::metadata(why))
    }

    fn said<T: DeserializeOwned>(&self, name: &'static str) -> Result<Option<T>, Mistyped> {
        let Some(raw) = self.raw(name) else {
            return Ok(None);
        };
        let read = serde_json::from_str(raw);
        read.map(Some).map_err(|_| {
            Mistyped("A member is of another type than it is registered with (RFC 7591 section 2)")
        })
    }

    /// A member as it was written; `null` says nothing.
    fn raw(&self, name: &str) -> Option<&str> {
        let raw = self.0.get(name)?.get();
        (raw != "null").then_some(raw)
    }
}

/// A member that is of another type.
struct Mistyped(&'static str);

/// What is told of a client that registered itself (RFC 7591 section 3.2.1, RFC 7592 section 3).
pub(super) fn told(registered: Registered, portal: &str) -> Value {
    let Registered {
        application,
        name,
        terms,
        secret,
        text,
    } = registered;
    let client = application.client_id();
    let mut members = granted(&terms);
    let mut say = |name: &str, value: Value| members.insert(name.to_owned(), value);
    say("client_id", json!(client));
    say(
        "client_id_issued_at",
        json!(application.registered.seconds()),
    );
    if let Some(name) = name {
        say("client_name", json!(name));
    }
    if let Some(secret) = secret {
        say("client_secret", json!(*secret.expose_once()));
        // It works until somebody revokes it.
        say("client_secret_expires_at", json!(0));
    }
    say("registration_access_token", json!(*text.expose_once()));
    let place = format!("{portal}/oauth2/register/{client}");
    say("registration_client_uri", json!(place));
    Value::Object(members)
}

fn granted(terms: &ClientTerms) -> Map<String, Value> {
    let grants: Vec<&str> = terms.grants.iter().map(|one| one.as_str()).collect();
    let answers: &[&str] = match terms.grants.contains(&Grant::AuthorizationCode) {
        true => &["code"],
        false => &[],
    };
    let mut members = Map::new();
    let mut say = |name: &str, value: Value| members.insert(name.to_owned(), value);
    say("redirect_uris", json!(terms.redirects));
    say("grant_types", json!(grants));
    say("response_types", json!(answers));
    if let Some(method) = terms.methods.first() {
        say("token_endpoint_auth_method", json!(method.as_str()));
    }
    let bound = terms.senders == Senders::Holders;
    say("dpop_bound_access_tokens", json!(bound));
    let bound = terms.senders == Senders::Certified;
    say(CERTIFICATE_BOUND, json!(bound));
    if let Some(name) = &terms.certificate_name {
        let member = NAMES.iter().find(|(kind, _)| *kind == name.kind());
        say(member.map_or("", |(_, member)| member), json!(name.value()));
    }
    if let Some(scopes) = &terms.scopes {
        let scopes: Vec<String> = scopes.iter().map(ToString::to_string).collect();
        say("scope", json!(scopes.join(" ")));
    }
    if let Some(Ok(set)) = terms.key_set.as_deref().map(serde_json::from_str::<Value>) {
        say("jwks", set);
    }
    if let Some(address) = &terms.key_address {
        say("jwks_uri", json!(address.as_str()));
    }
    members
}
