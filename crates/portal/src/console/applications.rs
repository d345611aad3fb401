//! Applications: one application, and the end of all its tokens.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use gatewright_domain::{handle::ApplicationHandle, time::Timestamp};
use gatewright_store::views::{
    applications::ApplicationPage as Found, page::Page, tokens::TokenRow as Token,
};

use crate::{
    console::{api_keys, audit, elsewhere, visit, words},
    page::{
        chart::{Count, Hours},
        empty::Empty,
        form::{Control, Faults, Field},
        frame::{Frame, Link},
        icon::Icon,
        list::Pages,
        moment::{Moment, brief},
        number::counted,
        place::Place,
        remark::{Danger, Dangers},
    },
    pages::{
        applications::{ApplicationPage, SubscriptionRow},
        confirm::{Confirm, Weight},
        tokens::TokenRow,
    },
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

/// The way to an application.
pub(crate) fn trail(found: &Found) -> Vec<Link> {
    let application = &found.application;
    vec![
        Link::new("Consumers", "/console/consumers"),
        Link::new(
            application.consumer.clone(),
            format!("/console/consumers/{}", application.consumer_id),
        ),
        Link::new(application.name.clone(), here(found)),
    ]
}

/// Where an application is.
pub(crate) fn here(found: &Found) -> String {
    format!("/console/applications/{}", found.application.id)
}

/// One application.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    application: Path<ApplicationHandle>,
) -> Result<HttpResponse, Problem> {
    let now = app.now();
    let found = app
        .reader
        .as_seen_by(&who.caller)
        .application(&application, now)
        .await?;
    let here = here(&found);
    let mut way = trail(&found);
    way.pop();
    let issue = format!("{here}/tokens/new");
    let sight = app.reader.as_seen_by(&who.caller);
    let first = Page::first();
    let keys = sight.api_keys(found.application.id, &first, now).await?;
    let keys = keys.items;
    let has_rights = found.rights.iter().any(|right| right.status == "active");
    let no_tokens = found.tokens.is_empty().then(|| Empty {
        icon: Icon::Token,
        title: "No token yet".to_owned(),
        words: if has_rights {
            "A token is what the application calls with. It is shown once."
        } else {
            "A token opens what the application has subscribed to: subscribe it first."
        }
        .to_owned(),
        actions: if has_rights {
            vec![Link::new("Issue a token", issue.clone())]
        } else {
            Vec::new()
        },
    });
    let no_subscriptions = found.rights.is_empty().then(|| Empty {
        icon: Icon::Api,
        title: "No subscription yet".to_owned(),
        words: "A subscription is the right to call one version under a plan.".to_owned(),
        actions: vec![Link::new("Subscribe", format!("{here}/subscribe"))],
    });
    let row = &found.application;
    let name = row.name.clone();
    visit::page(&ApplicationPage {
        frame: Frame::new(visit::signed_in(&request, &who), Place::Consumers, &name)
            .below(way)
            .also(
                elsewhere::call(&app, &format!("/applications/{}", row.id))
                    .or(format!("gatewright token list {}", row.id)),
            ),
        id: row.client_id.to_string(),
        consumer: Link::new(
            row.consumer.clone(),
            format!("/console/consumers/{}", row.consumer_id),
        ),
        since: Moment::exact(row.registered_at),
        credentials: format!("{here}/credentials"),
        grants: format!("{here}/grants"),
        subscribe: format!("{here}/subscribe"),
        issue: has_rights.then_some(issue),
        no_tokens,
        tokens: found
            .tokens
            .iter()
            .map(|token| token_row(token, now))
            .collect(),
        pages: Pages {
            shown: counted(u64::try_from(found.tokens.len()).unwrap_or(0), "token"),
            first: None,
            next: None,
        },
        new_api_key: (has_rights || !keys.is_empty()).then(|| format!("{here}/api-keys/new")),
        api_keys: keys.iter().map(|key| api_keys::row(key, now)).collect(),
        no_subscriptions,
        subscriptions: found
            .rights
            .iter()
            .map(|right| subscription(right, now))
            .collect(),
        calls: Hours::new(
            "calls",
            "Calls in the last 30 days",
            &days(&found.trend, now),
        ),
        usage: format!("/console/usage?application={}", row.id),
        trail: format!("/console/audit?target={}", row.id),
        events: audit::about(&app, &who, row.id.to_string(), now).await?,
        dangers: Dangers(vec![Danger {
            title: "Revoke all tokens".to_owned(),
            words: format!(
                "{} live tokens stop at once.",
                words::number(row.live_tokens)
            ),
            link: Link::new("Revoke all", format!("{here}/revoke-all")),
        }]),
    })
}

/// One bar a day, from a view.
pub(crate) fn days(trend: &[i64], now: Timestamp) -> Vec<Count> {
    let last = u64::try_from(trend.len()).unwrap_or(0).saturating_sub(1);
    let bar = |(at, calls): (u64, &i64)| {
        let day = now.minus(Duration::from_secs(last.saturating_sub(at) * 86_400));
        let when = Moment::day(day).words;
        let tick = if last.saturating_sub(at).is_multiple_of(7) {
            brief(&when)
        } else {
            String::new()
        };
        Count {
            when,
            tick,
            calls: u64::try_from(*calls).unwrap_or(0),
            refused: None,
        }
    };
    (0..).zip(trend).map(bar).collect()
}

/// A token in a list.
pub(crate) fn token_row(token: &Token, now: Timestamp) -> TokenRow {
    TokenRow {
        name: Link::new(token.name.clone(), format!("/console/tokens/{}", token.id)),
        id: token.id.to_string(),
        state: words::token(token.status),
        over: token.status != "live",
        scopes: words::scopes(&token.scopes),
        issued: Moment::seen_from(now, token.issued_at),
        expires: Moment::seen_from(now, token.expires_at),
        last_used: words::last(token.last_used_at, now, "Never used"),
        revoke: (token.status == "live").then(|| format!("/console/tokens/{}/revoke", token.id)),
    }
}

fn subscription(
    right: &gatewright_store::views::subscriptions::SubscriptionRow,
    now: Timestamp,
) -> SubscriptionRow {
    SubscriptionRow {
        version: Link::new(
            format!("{} {}", right.api, right.version),
            format!("/console/apis/{}/{}", right.api, right.version),
        ),
        state: words::subscription(&right.status),
        plan: right.plan.clone(),
        scopes: words::scopes(&right.scopes),
        since: Moment::seen_from(now, right.opened_at),
        calls: words::number(right.calls_30d),
    }
}

/// Asks before every token of an application is revoked.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn revoke_all_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    application: Path<ApplicationHandle>,
) -> Result<HttpResponse, Problem> {
    let found = app
        .reader
        .as_seen_by(&who.caller)
        .application(&application, app.now())
        .await?;
    visit::page(&revoke_all_form(&request, &who, &found, Faults::default()))
}

/// Revokes every token of an application.
///
/// # Errors
/// Those of the revocation; a name that was not typed is the page again.
pub async fn revoke_all(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    application: Path<ApplicationHandle>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let found = app
        .reader
        .as_seen_by(&who.caller)
        .application(&application, app.now())
        .await?;
    if form.one("name") != found.application.name {
        let words = format!("Type {} exactly.", found.application.name);
        let faults = Faults(vec![crate::page::form::Fault {
            field: "name".to_owned(),
            words,
        }]);
        return visit::page(&revoke_all_form(&request, &who, &found, faults));
    }
    app.keys.revoke_all(&who.caller, &application, None).await?;
    Ok(visit::go_saying(
        here(&found),
        "Every token of the application is revoked.",
        &app,
    ))
}

fn revoke_all_form(
    request: &HttpRequest,
    who: &SignedIn,
    found: &Found,
    faults: Faults,
) -> Confirm {
    let name = found.application.name.clone();
    let field = Field::new("name", format!("Type {name} to confirm"), Control::Mono);
    Confirm {
        frame: Frame::new(
            visit::signed_in(request, who),
            Place::Consumers,
            "Revoke all tokens",
        )
        .below(trail(found)),
        sentences: vec![
            "Every token issued so far is refused at once. New ones can be issued after a second."
                .to_owned(),
        ],
        breaks: vec![format!(
            "{} live tokens",
            words::number(found.application.live_tokens)
        )],
        headers: None,
        revision: None,
        fields: vec![field.must_equal(name).fault(faults.of("name"))],
        faults,
        weight: Weight::Final,
        action: format!("{}/revoke-all", here(found)),
        button: "Revoke all".to_owned(),
        back: here(found),
    }
}
