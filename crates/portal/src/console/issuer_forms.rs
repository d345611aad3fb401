//! Forms about outside issuers: trusting one, and giving it other rules.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use gatewright_domain::{
    outside::{Algorithms, IssuerTerms, KeySetAddress, Rules},
    secret::Secret,
};
use gatewright_keys::{NewKeySource, TrustIssuer};
use gatewright_store::views::issuers::IssuerRow as Row;

use crate::{
    console::{
        issuers::{HERE, find, frame},
        visit, words,
    },
    page::form::{Choice, ChoiceState, Control, Faults, Field},
    pages::confirm::FormPage,
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

/// What the field of rules proposes.
const EXAMPLE: &str = r#"[
  {
    "when": [{ "claim": "azp", "is": "shop" }],
    "application": "app_…",
    "scopes": { "fixed": ["orders:v1:read"] }
  }
]"#;

/// The fields of the form that trusts an issuer, and what each is there for.
const FIELDS: [(&str, &str, &str, &str); 5] = [
    ("name", "Name", "What people call it.", ""),
    ("issuer", "Issuer", "The iss of its tokens, exactly.", ""),
    (
        "audience",
        "Audience",
        "What their aud must hold, exactly.",
        "",
    ),
    (
        "kinds",
        "Types",
        "any-jwt, or access-tokens for at+jwt alone.",
        "any-jwt",
    ),
    (
        "max_lifetime_s",
        "Longest life",
        "60 to 86400 seconds.",
        "3600",
    ),
];

/// The form that trusts an issuer.
///
/// # Errors
/// Those of the page.
pub async fn new_page(request: HttpRequest, who: SignedIn) -> Result<HttpResponse, Problem> {
    visit::page(&new_form(&request, &who, None, Faults::default()))
}

/// Trusts an issuer, and fetches its keys.
///
/// # Errors
/// What is wrong with the form is the form again.
pub async fn new(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut faults = Faults::default();
    let Some(asked) = asked(&form, &mut faults) else {
        return visit::page(&new_form(&request, &who, Some(&form), faults));
    };
    match app.keys.trust_issuer(&who.caller, asked).await {
        Ok(issuer) => {
            let id = issuer.id();
            if issuer.source().algorithms().is_some() {
                // What came of it stands on the page that follows.
                app.keys.refresh_issuer(&who.caller, id).await?;
            }
            let said = format!("{} is trusted.", issuer.terms().name);
            Ok(visit::go_saying(format!("{HERE}/{id}"), &said, &app))
        }
        Err(error) => {
            let mut faults = words::faults(&error.into(), "name");
            for fault in &mut faults.0 {
                if fault.field == "keys/secret" {
                    "secret".clone_into(&mut fault.field);
                }
            }
            visit::page(&new_form(&request, &who, Some(&form), faults))
        }
    }
}

fn asked(form: &Form, faults: &mut Faults) -> Option<TrustIssuer> {
    let (name, issuer) = (form.parse("name", faults), form.parse("issuer", faults));
    let (audience, kinds) = (form.parse("audience", faults), form.parse("kinds", faults));
    let max_lifetime = form.parse("max_lifetime_s", faults);
    let rules: Option<Rules> = form.parse("rules", faults);
    let source = match form.one("source") {
        "secret" => Some(NewKeySource::Secret(Secret::new(
            form.one("secret").trim().to_owned(),
        ))),
        source => {
            let algorithms: Option<Algorithms> = form.parse("algorithms", faults);
            if source == "address" {
                let address: Option<KeySetAddress> = form.parse("address", faults);
                address
                    .zip(algorithms)
                    .map(|(address, algorithms)| NewKeySource::Address(address, algorithms))
            } else {
                algorithms.map(NewKeySource::Discovery)
            }
        }
    };
    Some(TrustIssuer {
        terms: IssuerTerms {
            name: name?,
            issuer: issuer?,
            audience: audience?,
            kinds: kinds?,
            max_lifetime: max_lifetime?,
            rules: rules?,
        },
        source: source?,
    })
}

fn new_form(
    request: &HttpRequest,
    who: &SignedIn,
    form: Option<&Form>,
    faults: Faults,
) -> FormPage {
    let typed = |name: &str, proposed: &str| {
        form.map_or_else(|| proposed.to_owned(), |form| form.one(name).to_owned())
    };
    let text = |(name, label, hint, proposed): (&'static str, &str, &str, &str)| {
        Field::new(name, label, Control::Mono)
            .value(typed(name, proposed))
            .hint(hint)
            .fault(faults.of(name))
    };
    let mut fields: Vec<Field> = FIELDS.into_iter().map(text).collect();
    let source = typed("source", "discovery");
    let choice = |value: &str, label: &str| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        hint: None,
        state: if value == source {
            ChoiceState::Chosen
        } else {
            ChoiceState::Open
        },
    };
    let sources = vec![
        choice("discovery", "Public keys, found through its metadata"),
        choice("address", "Public keys, at an address"),
        choice("secret", "A shared secret (HS256)"),
    ];
    fields.push(Field::new(
        "source",
        "Signed with",
        Control::Select(sources),
    ));
    fields.push(
        text((
            "algorithms",
            "Algorithms",
            "Of public keys: ES256, ES384, EdDSA, RS256, PS256.",
            "RS256 ES256",
        ))
        .optional(),
    );
    fields.push(
        text((
            "address",
            "Address of the key set",
            "Only when it is not discovered.",
            "",
        ))
        .optional(),
    );
    // A secret that was typed is not shown again.
    fields.push(
        Field::new("secret", "Shared secret", Control::Password)
            .hint("At least 32 bytes. It is sealed, and shown to nobody.")
            .fault(faults.of("secret"))
            .optional(),
    );
    fields.push(rules_field(typed("rules", EXAMPLE), &faults));
    FormPage {
        frame: frame(request, who, "Trust an issuer"),
        lede: "Its tokens are then accepted as tokens of the applications that the rules name."
            .to_owned(),
        fields,
        faults,
        action: format!("{HERE}/new"),
        button: "Trust it",
        back: HERE.to_owned(),
    }
}

fn rules_field(value: String, faults: &Faults) -> Field {
    Field::new("rules", "Rules", Control::Code)
        .value(value)
        .hint("A list in JSON; the first rule whose every condition is met counts. An application's id stands on its page.")
        .fault(faults.of("rules"))
}

/// The form that gives an issuer other rules.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn rules_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let issuer = find(&app, &who, &id).await?;
    let rules = serde_json::to_string_pretty(&issuer.rules).unwrap_or_default();
    visit::page(&rules_form(
        &request,
        &who,
        &issuer,
        rules,
        Faults::default(),
    ))
}

/// Gives an issuer other rules.
///
/// # Errors
/// What is wrong with the form is the form again.
pub async fn rules(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let issuer = find(&app, &who, &id).await?;
    let mut faults = Faults::default();
    if let Some(rules) = form.parse::<Rules>("rules", &mut faults) {
        match app
            .keys
            .edit_issuer_rules(&who.caller, issuer.id, rules)
            .await
        {
            Ok(_) => {
                let place = format!("{HERE}/{}", issuer.id);
                return Ok(visit::go_saying(
                    place,
                    "Its tokens follow the new rules.",
                    &app,
                ));
            }
            Err(error) => faults = words::faults(&error.into(), "rules"),
        }
    }
    let typed = form.one("rules").to_owned();
    visit::page(&rules_form(&request, &who, &issuer, typed, faults))
}

fn rules_form(
    request: &HttpRequest,
    who: &SignedIn,
    issuer: &Row,
    value: String,
    faults: Faults,
) -> FormPage {
    let at = format!("{HERE}/{}", issuer.id);
    FormPage {
        frame: frame(request, who, &format!("Rules of {}", issuer.name)),
        lede: "They hold at every gateway from the next revision on.".to_owned(),
        fields: vec![rules_field(value, &faults)],
        faults,
        action: format!("{at}/rules"),
        button: "Save the rules",
        back: at,
    }
}
