//! Initial access tokens on a consumer's page: listed, minted and shown once, revoked.

use std::{collections::BTreeSet, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use gatewright_domain::{
    client::{Ceiling, Grant, InitialTokenWish},
    consumer::Consumer,
    handle::ConsumerHandle,
    id::{ConsumerId, InitialTokenId},
    operation::Scope,
    text::{Name, Reason},
    time::Timestamp,
};
use gatewright_store::{
    Sight, StoreError,
    views::{initial_tokens::InitialTokenRow as Row, page::Page},
};

use crate::{
    console::{lifetimes::PRESETS, visit, words},
    page::{
        badge::{Badge, Tone},
        code::Code,
        fact::Last,
        form::{Choice, ChoiceState, Control, Faults, Field},
        frame::{Frame, Link},
        icon::Icon,
        moment::Moment,
        place::Place,
        secret::ShownOnce,
    },
    pages::{
        account::ShownOncePage,
        confirm::{Confirm, FormPage, Weight},
        consumers::{InitialTokenRow, Registering},
    },
    web::{
        app::{App, SelfRegistration},
        caller::SignedIn,
        form::Form,
        problem::Problem,
    },
};

/// What is said where nobody can register for now.
const CLOSED: &str = "Programs cannot register here now: the setting client_registration is off.";

/// What a consumer's page says of programs that register themselves; nothing where none may and none ever could.
pub(super) async fn section(
    app: &App,
    sight: &Sight,
    consumer: ConsumerId,
) -> Result<Option<Registering>, StoreError> {
    let now = app.now();
    let found = sight.initial_tokens(consumer, &Page::first(), now).await?;
    let closed = app.registration == SelfRegistration::Closed;
    if closed && found.items.is_empty() {
        return Ok(None);
    }
    Ok(Some(Registering {
        new: format!("/console/consumers/{consumer}/initial-tokens/new"),
        remark: closed.then_some(CLOSED),
        rows: found.items.iter().map(|token| row(token, now)).collect(),
    }))
}

fn row(token: &Row, now: Timestamp) -> InitialTokenRow {
    let live = token.status == "live";
    InitialTokenRow {
        name: token.name.clone(),
        hint: token.hint.clone(),
        state: match token.status {
            "used-up" => Badge::new(Tone::Quiet, Icon::Retired, "Used up"),
            status => words::token(status),
        },
        over: !live,
        uses: format!("{} of {}", token.registrations, token.max_registrations),
        minted_by: token
            .issued_by
            .clone()
            .unwrap_or_else(|| "The command line".to_owned()),
        expires: Last::new(Some(Moment::seen_from(now, token.expires_at)), "Never"),
        last_used: words::last(token.last_used_at, now, "Never"),
        revoke: live.then(|| format!("/console/initial-tokens/{}/revoke", token.id)),
    }
}

#[derive(Default)]
struct Typed {
    name: String,
    most: String,
    lifetime: String,
    grants: String,
    scopes: String,
}

impl Typed {
    fn wish(&self) -> Result<InitialTokenWish, Faults> {
        let mut faults = Faults::default();
        let mut wrong = |field: &str, words: String| faults.0.push(words::fault(field, &words));
        let name = self.name.parse::<Name>();
        if let Err(error) = &name {
            wrong("name", format!("It {error}."));
        }
        let most = self.most.parse::<u32>();
        if most.is_err() {
            wrong("max_registrations", "From 1 to 10000.".to_owned());
        }
        let lifetime = self.lifetime.parse::<u64>();
        if lifetime.is_err() {
            wrong("lifetime_s", "From a minute to 366 days.".to_owned());
        }
        let grants: Result<BTreeSet<Grant>, _> =
            self.grants.split_whitespace().map(str::parse).collect();
        if let Err(error) = &grants {
            wrong("grants", format!("One is {error}."));
        }
        let scopes: Result<BTreeSet<Scope>, _> =
            self.scopes.split_whitespace().map(str::parse).collect();
        if let Err(error) = &scopes {
            wrong("scopes", format!("One is {error}."));
        }
        match (name, most, lifetime, grants, scopes) {
            (Ok(name), Ok(most), Ok(lifetime), Ok(grants), Ok(scopes)) => Ok(InitialTokenWish {
                name,
                ceiling: Ceiling {
                    grants,
                    scopes: (!scopes.is_empty()).then_some(scopes),
                    ..Ceiling::default()
                },
                lifetime: Duration::from_secs(lifetime),
                most,
            }),
            _ => Err(faults),
        }
    }
}

/// The form that mints one.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn new_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    consumer: Path<ConsumerHandle>,
) -> Result<HttpResponse, Problem> {
    let sight = app.reader.as_seen_by(&who.caller);
    let found = sight.find_consumer(&consumer).await?;
    let usual = Ceiling::default();
    let grants: Vec<&str> = usual.grants.iter().map(|grant| grant.as_str()).collect();
    let typed = Typed {
        most: "1".to_owned(),
        lifetime: "86400".to_owned(),
        grants: grants.join(" "),
        ..Typed::default()
    };
    visit::page(&new_form(&request, &who, &found, &typed, Faults::default()))
}

/// Mints one and shows it, the only time there is.
///
/// # Errors
/// What is wrong with the form is the form again.
pub async fn new(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    consumer: Path<ConsumerHandle>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let sight = app.reader.as_seen_by(&who.caller);
    let found = sight.find_consumer(&consumer).await?;
    let typed = Typed {
        name: form.one("name").to_owned(),
        most: form.one("max_registrations").to_owned(),
        lifetime: form.one("lifetime_s").to_owned(),
        grants: form.one("grants").to_owned(),
        scopes: form.one("scopes").to_owned(),
    };
    let outcome = match typed.wish() {
        Ok(wish) => {
            let issued = app.keys.issue_initial_token(&who.caller, &consumer, wish);
            issued
                .await
                .map_err(|error| words::faults(&error.into(), "name"))
        }
        Err(faults) => Err(faults),
    };
    match outcome {
        Ok(issued) => visit::page(&ShownOncePage {
            frame: frame(&request, &who, &found, issued.token.name.as_str()),
            secret: ShownOnce {
                id: "secret",
                label: format!("Initial access token: {}", issued.token.name),
                value: issued.text.expose_once(),
            },
            example: Some(Code::new("use", "Register with it", example(&app))),
            done: here(found.id),
        }),
        Err(faults) => visit::page(&new_form(&request, &who, &found, &typed, faults)),
    }
}

fn example(app: &App) -> String {
    format!(
        "export INITIAL=…  # the token above\ncurl -H \"Authorization: Bearer $INITIAL\" -H \"Content-Type: application/json\" \\\n  \
         {}/oauth2/register -d '{{\"grant_types\": [\"client_credentials\"]}}'",
        app.place.portal
    )
}

fn here(consumer: ConsumerId) -> String {
    format!("/console/consumers/{consumer}")
}

fn frame(request: &HttpRequest, who: &SignedIn, consumer: &Consumer, title: &str) -> Frame {
    Frame::new(visit::signed_in(request, who), Place::Consumers, title).below([
        Link::new("Consumers", "/console/consumers"),
        Link::new(consumer.name.to_string(), here(consumer.id)),
    ])
}

fn new_form(
    request: &HttpRequest,
    who: &SignedIn,
    consumer: &Consumer,
    typed: &Typed,
    faults: Faults,
) -> FormPage {
    let preset = |(seconds, label): &(u64, &str)| Choice {
        value: seconds.to_string(),
        label: (*label).to_owned(),
        hint: None,
        state: match seconds.to_string() == typed.lifetime {
            true => ChoiceState::Chosen,
            false => ChoiceState::Open,
        },
    };
    let lifetimes = Control::Select(PRESETS.iter().map(preset).collect());
    let number = Control::Number {
        unit: "applications",
    };
    FormPage {
        frame: frame(request, who, consumer, "Let programs register"),
        lede: format!(
            "Whoever holds the token registers applications of {}. It is shown once.",
            consumer.name
        ),
        fields: vec![
            Field::new("name", "Name", Control::Text)
                .value(&typed.name)
                .hint("Who is given it: build servers.")
                .fault(faults.of("name")),
            Field::new("max_registrations", "Registers at most", number)
                .value(&typed.most)
                .fault(faults.of("max_registrations")),
            Field::new("lifetime_s", "Expires after", lifetimes).fault(faults.of("lifetime_s")),
            Field::new("grants", "Grants", Control::Mono)
                .value(&typed.grants)
                .hint("With blanks between them: what the applications may have at most.")
                .fault(faults.of("grants")),
            Field::new("scopes", "Scopes", Control::Mono)
                .value(&typed.scopes)
                .optional()
                .hint("With blanks between them; empty for those of their subscriptions.")
                .fault(faults.of("scopes")),
        ],
        faults,
        action: format!("{}/initial-tokens/new", here(consumer.id)),
        button: "Mint the token",
        back: here(consumer.id),
    }
}

/// Asks before one is revoked.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn revoke_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    token: Path<InitialTokenId>,
) -> Result<HttpResponse, Problem> {
    let sight = app.reader.as_seen_by(&who.caller);
    let row = sight.initial_token(*token, app.now()).await?;
    visit::page(&revoke_form(&request, &who, &row, Faults::default()))
}

/// Revokes one.
///
/// # Errors
/// What is wrong with the reason is the page again.
pub async fn revoke(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    token: Path<InitialTokenId>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut faults = Faults::default();
    let reason: Option<Reason> = form.optional("reason", &mut faults);
    if !faults.0.is_empty() {
        let sight = app.reader.as_seen_by(&who.caller);
        let row = sight.initial_token(*token, app.now()).await?;
        return visit::page(&revoke_form(&request, &who, &row, faults));
    }
    let revoked = app.keys.revoke_initial_token(&who.caller, *token, reason);
    let revoked = revoked.await?;
    let said = format!("{} is revoked.", revoked.name);
    Ok(visit::go_saying(here(revoked.consumer), &said, &app))
}

fn revoke_form(request: &HttpRequest, who: &SignedIn, row: &Row, faults: Faults) -> Confirm {
    let title = format!("Revoke {}", row.name);
    let back = here(row.consumer_id);
    Confirm {
        frame: Frame::new(visit::signed_in(request, who), Place::Consumers, title).below([
            Link::new("Consumers", "/console/consumers"),
            Link::new(row.consumer.clone(), back.clone()),
        ]),
        sentences: vec![
            "Nobody registers with it from now on. What was registered stays as it is.".to_owned(),
        ],
        breaks: Vec::new(),
        headers: None,
        revision: None,
        fields: vec![
            Field::new("reason", "Reason", Control::Text)
                .hint("It stands in the trail.")
                .optional()
                .fault(faults.of("reason")),
        ],
        faults,
        weight: Weight::Final,
        action: format!("/console/initial-tokens/{}/revoke", row.id),
        button: "Revoke".to_owned(),
        back,
    }
}
