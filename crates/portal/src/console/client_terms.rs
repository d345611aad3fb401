//! The form that changes what an application may ask the token endpoint for.

use std::collections::BTreeSet;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use gatewright_domain::{
    client::{AuthMethod, CertificateName, ClientTerms, Grant, Pace, RedirectUri, Senders},
    handle::ApplicationHandle,
    operation::Scope,
    outside::KeySetAddress,
    plan::Lifetime,
};

use super::clients::{Seen, choices};
use crate::{
    console::{visit, words},
    page::form::{Choice, Control, Faults, Field},
    pages::confirm::FormPage,
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

/// What the field of the grants takes.
const GRANTS: &str = "With blanks between them: client_credentials, authorization_code, refresh_token, \
    urn:ietf:params:oauth:grant-type:token-exchange. Empty for an application that asks for no tokens.";

/// How the client may prove itself.
const METHODS: [(&str, &str); 7] = [
    (
        "client_secret_basic",
        "Its secret in the Authorization header",
    ),
    (
        "client_secret_basic client_secret_post",
        "Its secret in the header or in the body",
    ),
    ("private_key_jwt", "A signature of its own key"),
    (
        "client_secret_basic private_key_jwt",
        "Its secret in the header, or a signature",
    ),
    (
        "tls_client_auth",
        "A certificate of an authority, with its name in it",
    ),
    (
        "self_signed_tls_client_auth",
        "A certificate that it registered beside its keys",
    ),
    (
        "none",
        "Nothing: it keeps no secret, and has only what people allow it",
    ),
];

/// Who may send the tokens that it gets.
const SENDERS: [(&str, &str); 3] = [
    ("anybody", "Whoever bears them"),
    ("dpop", "Who holds the key that it shows (DPoP)"),
    (
        "mtls",
        "Who shows the certificate that it shows (mutual TLS)",
    ),
];

/// What the field of the certificate's name takes.
const CERTIFICATE_NAME: &str = "For certificates of an authority: one of subject_dn:CN=shop,O=Example \
    san_dns:shop.example san_uri:… san_ip:… san_email:…";

/// The form.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn edit_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    application: Path<ApplicationHandle>,
) -> Result<HttpResponse, Problem> {
    let seen = Seen::by(&who, &app, &application).await?;
    let client = &seen.client;
    let terms = terms_of(&app, &who, &seen).await?;
    let typed = Typed {
        grants: client.grants.join(" "),
        methods: client.auth_methods.join(" "),
        redirects: client.redirect_uris.join("\n"),
        scopes: client.scopes.clone().unwrap_or_default().join(" "),
        lifetime: client.token_lifetime_s.to_string(),
        pace: client.tokens_per_minute.to_string(),
        key_address: client.key_set_uri.clone().unwrap_or_default(),
        certificate_name: terms
            .certificate_name
            .map_or_else(String::new, |name| name.to_string()),
        senders: terms.senders.to_string(),
    };
    visit::page(&form_page(&request, &who, &seen, &typed, Faults::default()))
}

/// Changes it.
///
/// # Errors
/// What is wrong with the form is the form again.
pub async fn edit(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    application: Path<ApplicationHandle>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let seen = Seen::by(&who, &app, &application).await?;
    let typed = Typed {
        grants: form.one("grants").to_owned(),
        methods: form.one("auth_methods").to_owned(),
        redirects: form.one("redirect_uris").to_owned(),
        scopes: form.one("scopes").to_owned(),
        lifetime: form.one("token_lifetime_s").to_owned(),
        pace: form.one("tokens_per_minute").to_owned(),
        key_address: form.one("key_set_uri").to_owned(),
        certificate_name: form.one("certificate_name").trim().to_owned(),
        senders: form.one("senders").to_owned(),
    };
    let old = terms_of(&app, &who, &seen).await?;
    let outcome = match typed.terms(old) {
        Ok(terms) => {
            let handle = seen.handle();
            let edited = app.keys.edit_client(&who.caller, &handle, terms, None);
            edited
                .await
                .map_err(|error| words::faults(&error.into(), "auth_methods"))
        }
        Err(faults) => Err(faults),
    };
    match outcome {
        Ok(_) => {
            let said = "What the application may ask for is changed.";
            Ok(visit::go_saying(seen.here(), said, &app))
        }
        Err(faults) => visit::page(&form_page(&request, &who, &seen, &typed, faults)),
    }
}

async fn terms_of(app: &App, who: &SignedIn, seen: &Seen) -> Result<ClientTerms, Problem> {
    let sight = app.reader.as_seen_by(&who.caller);
    let found = sight.find_application(&seen.handle()).await?;
    Ok(sight.registration(&found).await?.terms)
}

struct Typed {
    grants: String,
    methods: String,
    redirects: String,
    scopes: String,
    lifetime: String,
    pace: String,
    key_address: String,
    certificate_name: String,
    senders: String,
}

impl Typed {
    fn terms(&self, old: ClientTerms) -> Result<ClientTerms, Faults> {
        let mut faults = Faults::default();
        let mut wrong = |field: &str, words: String| faults.0.push(words::fault(field, &words));
        let grants: Result<BTreeSet<Grant>, _> =
            self.grants.split_whitespace().map(str::parse).collect();
        if let Err(error) = &grants {
            wrong("grants", format!("One is {error}."));
        }
        let methods: Result<BTreeSet<AuthMethod>, _> =
            self.methods.split_whitespace().map(str::parse).collect();
        if let Err(error) = &methods {
            wrong("auth_methods", format!("It is {error}."));
        }
        let redirects: Result<BTreeSet<RedirectUri>, _> =
            self.redirects.split_whitespace().map(str::parse).collect();
        if let Err(error) = &redirects {
            wrong("redirect_uris", format!("One is {error}."));
        }
        let scopes: Result<BTreeSet<Scope>, _> =
            self.scopes.split_whitespace().map(str::parse).collect();
        if let Err(error) = &scopes {
            wrong("scopes", format!("One {error}."));
        }
        let lifetime = self.lifetime.parse::<u64>().map(Lifetime::try_from);
        if !matches!(lifetime, Ok(Ok(_))) {
            wrong("token_lifetime_s", "From 60 seconds to a year.".to_owned());
        }
        let pace = self.pace.parse::<u64>().map(Pace::try_from);
        if !matches!(pace, Ok(Ok(_))) {
            wrong("tokens_per_minute", "From 1 to 1000000.".to_owned());
        }
        let name = Some(&self.certificate_name).filter(|name| !name.is_empty());
        let name = name.map(|name| name.parse::<CertificateName>()).transpose();
        if let Err(error) = &name {
            wrong("certificate_name", format!("It is {error}."));
        }
        let senders = self.senders.parse::<Senders>();
        if let Err(error) = &senders {
            wrong("senders", format!("They are {error}."));
        }
        let old = match self.published(old) {
            Ok(old) => old,
            Err(words) => {
                wrong("key_set_uri", words);
                return Err(faults);
            }
        };
        let words = (grants, methods, redirects, scopes);
        match (words, lifetime, pace, (name, senders)) {
            (
                (Ok(grants), Ok(methods), Ok(redirects), Ok(scopes)),
                Ok(Ok(lifetime)),
                Ok(Ok(pace)),
                (Ok(certificate_name), Ok(senders)),
            ) => Ok(ClientTerms {
                grants,
                methods,
                redirects,
                scopes: (!scopes.is_empty()).then_some(scopes),
                lifetime,
                pace,
                certificate_name,
                senders,
                ..old
            }),
            _ => Err(faults),
        }
    }

    /// Keys that are published take the place of those that were registered.
    fn published(&self, old: ClientTerms) -> Result<ClientTerms, String> {
        let address = self.key_address.trim();
        let address = (!address.is_empty()).then(|| address.parse::<KeySetAddress>());
        let address = address.transpose();
        let key_address = address.map_err(|error| format!("It {error}."))?;
        Ok(ClientTerms {
            key_set: old.key_set.filter(|_| key_address.is_none()),
            key_address,
            ..old
        })
    }
}

/// The ways that are offered. Programs may choose any combination, and saving the form must not change one that is not.
fn methods(chosen: &str) -> Vec<Choice> {
    let mut offered = METHODS.to_vec();
    if !offered.iter().any(|(value, _)| *value == chosen) {
        offered.push((chosen, "Another combination, as it is now"));
    }
    choices(&offered, chosen)
}

fn form_page(
    request: &HttpRequest,
    who: &SignedIn,
    seen: &Seen,
    typed: &Typed,
    faults: Faults,
) -> FormPage {
    let methods = Control::Select(methods(&typed.methods));
    let senders = Control::Select(choices(&SENDERS, &typed.senders));
    FormPage {
        frame: seen.frame(request, who, "Change what it may ask for"),
        lede: "From the next token on; tokens that were issued stay as they are.".to_owned(),
        fields: vec![
            Field::new("grants", "Grants", Control::Mono)
                .value(&typed.grants)
                .optional()
                .hint(GRANTS)
                .fault(faults.of("grants")),
            Field::new("auth_methods", "Proves itself by", methods)
                .fault(faults.of("auth_methods")),
            Field::new("redirect_uris", "Redirect URIs", Control::Code)
                .value(&typed.redirects)
                .optional()
                .hint("One a line: where browsers may carry the answers of people to it.")
                .fault(faults.of("redirect_uris")),
            Field::new("scopes", "Scopes", Control::Mono)
                .value(&typed.scopes)
                .optional()
                .hint("With blanks between them; empty for those of its subscriptions.")
                .fault(faults.of("scopes")),
            Field::new(
                "token_lifetime_s",
                "Tokens live at most",
                Control::Number { unit: "seconds" },
            )
            .value(&typed.lifetime)
            .fault(faults.of("token_lifetime_s")),
            Field::new(
                "tokens_per_minute",
                "Pace",
                Control::Number {
                    unit: "tokens a minute",
                },
            )
            .value(&typed.pace)
            .fault(faults.of("tokens_per_minute")),
            Field::new("key_set_uri", "Its keys are published at", Control::Mono)
                .value(&typed.key_address)
                .optional()
                .hint("An https address of a key set, for clients that sign. It takes the place of registered keys.")
                .fault(faults.of("key_set_uri")),
            Field::new("certificate_name", "Its certificate names", Control::Mono)
                .value(&typed.certificate_name)
                .optional()
                .hint(CERTIFICATE_NAME)
                .fault(faults.of("certificate_name")),
            Field::new("senders", "Its tokens are taken from", senders)
                .hint("Tokens that are bound to a key or a certificate are worth nothing to a thief.")
                .fault(faults.of("senders")),
        ],
        faults,
        action: format!("{}/edit", seen.here()),
        button: "Change it",
        back: seen.here(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::form::ChoiceState;

    #[test]
    fn what_is_chosen_now_is_always_among_the_choices() {
        for chosen in ["private_key_jwt", "client_secret_post private_key_jwt"] {
            let choices = methods(chosen);
            let mut states = choices.iter();
            let kept = states.find(|choice| matches!(choice.state, ChoiceState::Chosen));
            assert_eq!(kept.map(|choice| choice.value.as_str()), Some(chosen));
        }
        assert_eq!(methods("none").len(), METHODS.len());
    }
}
