//! The credentials of an application: its secrets, two at once, and what it may ask the token endpoint for.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use gatewright_domain::{
    client::{Ending, SecretId},
    handle::ApplicationHandle,
    text::Reason,
    time::Timestamp,
};
use gatewright_keys::SecretWish;
use gatewright_store::views::{
    applications::ApplicationPage as Found,
    clients::{ClientPage as Client, ClientSecretRow as Row},
};

use crate::{
    console::{applications, visit, words},
    page::{
        badge::{Badge, Tone},
        code::Code,
        empty::Empty,
        fact::{Fact, Facts, Last, Scopes, Value},
        form::{Choice, ChoiceState, Control, Faults, Field},
        frame::{Frame, Link},
        icon::Icon,
        moment::{Moment, span},
        number::counted,
        place::Place,
        secret::ShownOnce,
    },
    pages::{
        account::ShownOncePage,
        clients::{CredentialsPage, SecretRow},
        confirm::{Confirm, FormPage, Weight},
    },
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

/// How long the secret there is goes on working, in seconds.
const OVERLAPS: [(&str, &str); 5] = [
    ("", "As long as now"),
    ("3600", "1 hour"),
    ("86400", "1 day"),
    ("604800", "7 days"),
    ("2592000", "30 days"),
];

/// When the new one ends, in seconds.
const ENDS: [(&str, &str); 4] = [
    ("", "Never"),
    ("7776000", "90 days"),
    ("15552000", "180 days"),
    ("31536000", "1 year"),
];

/// An application as a client, as its pages show it.
pub(super) struct Seen {
    pub(super) found: Found,
    pub(super) client: Client,
    now: Timestamp,
}

impl Seen {
    pub(super) async fn by(
        who: &SignedIn,
        app: &App,
        application: &ApplicationHandle,
    ) -> Result<Self, Problem> {
        let (sight, now) = (app.reader.as_seen_by(&who.caller), app.now());
        let found = sight.application(application, now).await?;
        let handle = ApplicationHandle::Id(found.application.id);
        let client = sight.client(&handle, now).await?;
        Ok(Self { found, client, now })
    }

    pub(super) fn here(&self) -> String {
        format!("{}/credentials", applications::here(&self.found))
    }

    pub(super) fn frame(&self, request: &HttpRequest, who: &SignedIn, title: &str) -> Frame {
        let mut way = applications::trail(&self.found);
        if title != "Credentials" {
            way.push(Link::new("Credentials", self.here()));
        }
        Frame::new(visit::signed_in(request, who), Place::Consumers, title).below(way)
    }

    pub(super) fn handle(&self) -> ApplicationHandle {
        ApplicationHandle::Id(self.found.application.id)
    }

    fn revoke_form(
        &self,
        request: &HttpRequest,
        who: &SignedIn,
        secret: &SecretId,
        faults: Faults,
    ) -> Confirm {
        Confirm {
            frame: self.frame(request, who, &format!("Revoke the secret {secret}")),
            sentences: vec![
                "It stops at once. Tokens that were issued with it live until they end.".to_owned(),
            ],
            breaks: vec!["Whatever gets its tokens with this secret".to_owned()],
            headers: None,
            revision: None,
            fields: vec![
                Field::new("reason", "Why", Control::Text)
                    .optional()
                    .fault(faults.of("reason")),
            ],
            faults,
            weight: Weight::Final,
            action: format!("{}/{secret}/revoke", self.here()),
            button: "Revoke".to_owned(),
            back: self.here(),
        }
    }
}

/// The credentials of an application.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    application: Path<ApplicationHandle>,
) -> Result<HttpResponse, Problem> {
    let seen = Seen::by(&who, &app, &application).await?;
    let here = seen.here();
    let client = &seen.client;
    let works = |row: &&Row| matches!(row.status, "live" | "ending");
    let working = client.secrets.iter().filter(works).count();
    let new = (working < 2).then(|| format!("{here}/new"));
    let empty = client.secrets.is_empty().then(|| Empty {
        icon: Icon::Token,
        title: "No secret yet".to_owned(),
        words: "With a secret the application gets its own tokens. It is shown once.".to_owned(),
        actions: vec![Link::new("New secret", format!("{here}/new"))],
    });
    let example = format!(
        "curl -u \"{}:$CLIENT_SECRET\" -d grant_type=client_credentials {}/oauth2/token",
        client.client_id, app.place.portal
    );
    visit::page(&CredentialsPage {
        frame: seen.frame(&request, &who, "Credentials"),
        facts: facts(&app, client),
        edit: format!("{here}/edit"),
        new,
        empty,
        rows: client
            .secrets
            .iter()
            .map(|row| secret_row(row, &seen))
            .collect(),
        example: Code::new("ask", "Ask for a token", example),
    })
}

fn facts(app: &App, client: &Client) -> Facts {
    let scopes = client.scopes.as_ref().map_or_else(
        || Fact::words("Scopes", "Those of its subscriptions"),
        |scopes| Fact::new("Scopes", Value::Scopes(Scopes(scopes.clone()))),
    );
    let taken_from = if client.require_dpop {
        "Who holds the key that it showed"
    } else if client.tls_client_certificate_bound_access_tokens {
        "Who shows the certificate that it showed"
    } else {
        "Whoever bears them"
    };
    Facts(vec![
        Fact::code("Client", client.client_id.to_string()),
        Fact::code(
            "Token endpoint",
            format!("{}/oauth2/token", app.place.portal),
        ),
        Fact::code("Grants", client.grants.join(" ")),
        Fact::code("Proves itself by", client.auth_methods.join(" ")),
        scopes,
        Fact::words("Tokens are taken from", taken_from),
        Fact::words("Tokens live", span(u64::from(client.token_lifetime_s)))
            .hint("At most: a plan or the end of a version may be shorter."),
        Fact::words(
            "Pace",
            format!(
                "{} a minute",
                counted(u64::from(client.tokens_per_minute), "token")
            ),
        ),
    ])
}

fn secret_row(row: &Row, seen: &Seen) -> SecretRow {
    let works = matches!(row.status, "live" | "ending");
    SecretRow {
        name: format!("gw_cs_{}", row.id),
        state: match row.status {
            "ending" => Badge::new(Tone::Warning, Icon::Pending, "Ending"),
            status => words::token(status),
        },
        over: !works,
        issued: Moment::seen_from(seen.now, row.issued_at),
        last_used: words::last(row.last_used_at, seen.now, "Never used"),
        ends: Last::new(
            row.revoked_at
                .or(row.expires_at)
                .map(|at| Moment::seen_from(seen.now, at)),
            "Never",
        ),
        revoke: works.then(|| format!("{}/{}/revoke", seen.here(), row.id)),
    }
}

/// The form that issues a secret.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn new_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    application: Path<ApplicationHandle>,
) -> Result<HttpResponse, Problem> {
    let seen = Seen::by(&who, &app, &application).await?;
    visit::page(&new_form(
        &request,
        &who,
        &seen,
        ["", "86400"],
        Faults::default(),
    ))
}

/// Issues a secret and shows it, the only time there is.
///
/// # Errors
/// What is wrong with the form is the form again.
pub async fn new(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    application: Path<ApplicationHandle>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let seen = Seen::by(&who, &app, &application).await?;
    let typed = ["expires_in", "overlap"].map(|field| form.one(field));
    let [ends, overlap] = typed.map(|typed| typed.parse().ok().map(Duration::from_secs));
    let wish = SecretWish {
        ending: ends.map_or(Ending::Never, Ending::After),
        overlap,
    };
    match app
        .keys
        .issue_client_secret(&who.caller, &seen.handle(), wish)
        .await
    {
        Ok(issued) => {
            let example = format!(
                "export CLIENT_SECRET=…  # the secret above\ncurl -u \"{}:$CLIENT_SECRET\" -d grant_type=client_credentials {}/oauth2/token",
                seen.client.client_id, app.place.portal
            );
            visit::page(&ShownOncePage {
                frame: seen.frame(&request, &who, "New secret"),
                secret: ShownOnce {
                    id: "secret",
                    label: format!("Client secret of {}", seen.found.application.name),
                    value: issued.text.expose_once(),
                },
                example: Some(Code::new("use", "Use it", example)),
                done: seen.here(),
            })
        }
        Err(error) => {
            let faults = words::faults(&error.into(), "overlap");
            visit::page(&new_form(&request, &who, &seen, typed, faults))
        }
    }
}

/// The choices of a select, one of them chosen.
pub(super) fn choices(of: &[(&str, &str)], chosen: &str) -> Vec<Choice> {
    let choice = |(value, label): &(&str, &str)| Choice {
        value: (*value).to_owned(),
        label: (*label).to_owned(),
        hint: None,
        state: if *value == chosen {
            ChoiceState::Chosen
        } else {
            ChoiceState::Open
        },
    };
    of.iter().map(choice).collect()
}

fn new_form(
    request: &HttpRequest,
    who: &SignedIn,
    seen: &Seen,
    [ends, overlap]: [&str; 2],
    faults: Faults,
) -> FormPage {
    FormPage {
        frame: seen.frame(request, who, "New secret"),
        lede: "The application proves itself with it at the token endpoint. It is shown once."
            .to_owned(),
        fields: vec![
            Field::new(
                "expires_in",
                "Ends after",
                Control::Select(choices(&ENDS, ends)),
            )
            .optional()
            .fault(faults.of("expires_in_s")),
            Field::new(
                "overlap",
                "The secret there is works for",
                Control::Select(choices(&OVERLAPS, overlap)),
            )
            .optional()
            .hint("Deploy the new one within this time.")
            .fault(faults.of("overlap")),
        ],
        faults,
        action: format!("{}/new", seen.here()),
        button: "Issue the secret",
        back: seen.here(),
    }
}

/// Asks before a secret is revoked.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn revoke_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<(ApplicationHandle, SecretId)>,
) -> Result<HttpResponse, Problem> {
    let (application, secret) = at.into_inner();
    let seen = Seen::by(&who, &app, &application).await?;
    let form = seen.revoke_form(&request, &who, &secret, Faults::default());
    visit::page(&form)
}

/// Revokes a secret.
///
/// # Errors
/// Those of the revocation.
pub async fn revoke(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<(ApplicationHandle, SecretId)>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let (application, secret) = at.into_inner();
    let seen = Seen::by(&who, &app, &application).await?;
    let mut faults = Faults::default();
    let reason: Option<Reason> = form.optional("reason", &mut faults);
    if !faults.0.is_empty() {
        return visit::page(&seen.revoke_form(&request, &who, &secret, faults));
    }
    app.keys
        .revoke_client_secret(&who.caller, &seen.handle(), &secret, reason)
        .await?;
    Ok(visit::go_saying(
        seen.here(),
        "The secret is revoked.",
        &app,
    ))
}
