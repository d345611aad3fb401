//! API keys: the form that issues one, the page that shows it once, and its page afterwards.

use std::{collections::BTreeSet, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use gatewright_domain::{
    api_key::ApiKeyWish,
    handle::ApplicationHandle,
    id::ApiKeyId,
    operation::Scope,
    text::{Name, Reason},
    time::Timestamp,
};
use gatewright_store::views::{api_keys::ApiKeyRow as Row, applications::ApplicationPage as Found};

use crate::{
    console::{
        applications, elsewhere, issue,
        tokens::{self, Raised},
        visit, words,
    },
    page::{
        chart::Hours,
        code::Code,
        fact::{Fact, Facts, Last, Value},
        form::{Choice, ChoiceState, Control, Faults, Field},
        frame::{Frame, Link},
        moment::Moment,
        place::Place,
        remark::{Danger, Dangers},
        secret::ShownOnce,
    },
    pages::{
        account::ShownOncePage,
        confirm::{Confirm, Weight},
        tokens::{ApiKeyPage, ApiKeyRow, TokenPage},
    },
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

/// How long an API key may live, in days, and in words. The empty one is for ever.
const LIFETIMES: [(&str, &str); 5] = [
    ("30", "30 days"),
    ("90", "90 days"),
    ("365", "1 year"),
    ("1095", "3 years"),
    ("", "Never, until it is revoked"),
];

/// What is proposed: long enough for a pipeline, short enough that somebody looks again.
const PROPOSED: &str = "90";

/// An API key in a list.
pub(crate) fn row(key: &Row, now: Timestamp) -> ApiKeyRow {
    let live = key.status == "live";
    ApiKeyRow {
        name: Link::new(key.name.clone(), format!("/console/api-keys/{}", key.id)),
        hint: key.hint.clone(),
        state: words::token(key.status),
        over: !live,
        scopes: words::scopes(&key.scopes),
        expires: expiry(key, now),
        last_used: words::last(key.last_used_at, now, "Never used"),
        revoke: live.then(|| format!("/console/api-keys/{}/revoke", key.id)),
    }
}

fn expiry(key: &Row, now: Timestamp) -> Last {
    Last::new(key.expires_at.map(|at| Moment::seen_from(now, at)), "Never")
}

async fn find(
    app: &App,
    who: &SignedIn,
    application: &ApplicationHandle,
) -> Result<Found, Problem> {
    let sight = app.reader.as_seen_by(&who.caller);
    Ok(sight.application(application, app.now()).await?)
}

/// The form that issues an API key.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn new_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    application: Path<ApplicationHandle>,
) -> Result<HttpResponse, Problem> {
    let found = find(&app, &who, &application).await?;
    let nothing = (["", PROPOSED], BTreeSet::new());
    visit::page(&form_page(
        &request,
        &who,
        &found,
        nothing,
        Faults::default(),
    ))
}

/// Issues an API key and shows it, the only time there is.
///
/// # Errors
/// What is wrong with the form is the form again; so is what the rules refuse.
pub async fn new(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    application: Path<ApplicationHandle>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let found = find(&app, &who, &application).await?;
    let ticked: BTreeSet<String> = form.all("scope").map(str::to_owned).collect();
    let typed = ["name", "lifetime"].map(|field| form.one(field));
    let mut faults = Faults::default();
    let name: Option<Name> = form.parse("name", &mut faults);
    let scopes: Result<BTreeSet<Scope>, _> = ticked.iter().map(|scope| scope.parse()).collect();
    if let Err(error) = &scopes {
        faults.0.push(words::fault("scopes", &error.to_string()));
    }
    let days: Option<u32> = form.optional("lifetime", &mut faults);
    let (Some(name), Ok(scopes), true) = (name, scopes, faults.0.is_empty()) else {
        return visit::page(&form_page(&request, &who, &found, (typed, ticked), faults));
    };
    let lifetime = days.map(|days| Duration::from_secs(u64::from(days) * 86_400));
    let wish = ApiKeyWish {
        name,
        scopes,
        lifetime,
    };
    let handle = ApplicationHandle::Id(found.application.id);
    match app.keys.issue_api_key(&who.caller, &handle, wish).await {
        Ok(issued) => visit::page(&ShownOncePage {
            frame: Frame::new(
                visit::signed_in(&request, &who),
                Place::Consumers,
                issued.key.name.to_string(),
            )
            .below(applications::trail(&found)),
            example: Some(Code::new(
                "use",
                "Use it",
                format!(
                    "export API_KEY=…  # the key above\ncurl -H \"Authorization: Bearer $API_KEY\" {}",
                    app.place.gateway
                ),
            )),
            done: format!("/console/api-keys/{}", issued.key.id),
            secret: ShownOnce {
                id: "secret",
                label: format!("API key of {}", found.application.name),
                value: issued.text.expose_once(),
            },
        }),
        Err(error) => {
            let mut faults = words::faults(&error.into(), "name");
            for fault in &mut faults.0 {
                fault.field = fault.field.trim_end_matches("_s").to_owned();
            }
            visit::page(&form_page(&request, &who, &found, (typed, ticked), faults))
        }
    }
}

fn form_page(
    request: &HttpRequest,
    who: &SignedIn,
    found: &Found,
    ([name, lifetime], ticked): ([&str; 2], BTreeSet<String>),
    faults: Faults,
) -> ApiKeyPage {
    let here = applications::here(found);
    let choice = |(value, label): &(&str, &str)| Choice {
        value: (*value).to_owned(),
        label: (*label).to_owned(),
        hint: None,
        state: if *value == lifetime {
            ChoiceState::Chosen
        } else {
            ChoiceState::Open
        },
    };
    let lifetimes = Control::Select(LIFETIMES.iter().map(choice).collect());
    ApiKeyPage {
        frame: Frame::new(
            visit::signed_in(request, who),
            Place::Consumers,
            "New API key",
        )
        .below(applications::trail(found)),
        application: format!(
            "{} of {}",
            found.application.name, found.application.consumer
        ),
        name: Field::new("name", "Name", Control::Text)
            .value(name)
            .hint("Where it is used: nightly pipeline.")
            .fault(faults.of("name")),
        scopes: issue::groups(found, &ticked),
        scopes_fault: faults.of("scopes"),
        lifetime: Field::new("lifetime", "Expires after", lifetimes)
            .value(lifetime)
            .optional()
            .fault(faults.of("lifetime")),
        faults,
        action: format!("{here}/api-keys/new"),
        back: here,
    }
}

/// One API key.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    key: Path<ApiKeyId>,
    raised: Query<Raised>,
) -> Result<HttpResponse, Problem> {
    let now = app.now();
    let sight = app.reader.as_seen_by(&who.caller);
    let key = sight.api_key(*key, now).await?;
    let found = find(&app, &who, &ApplicationHandle::Id(key.application_id)).await?;
    let receipt = match (key.revoked_at, raised.receipt) {
        (Some(at), Some(revision)) => Some(tokens::receipt(&app, revision, at).await?),
        _ => None,
    };
    let danger = Danger {
        title: format!("Revoke {}", key.name),
        words: "Every gateway refuses it at once. This cannot be undone.".to_owned(),
        link: Link::new("Revoke", format!("/console/api-keys/{}/revoke", key.id)),
    };
    let live = key.status == "live";
    visit::page(&TokenPage {
        frame: Frame::new(
            visit::signed_in(&request, &who),
            Place::Consumers,
            &key.name,
        )
        .below(applications::trail(&found))
        .also(elsewhere::call(&app, &format!("/api-keys/{}", key.id))),
        state: words::token(key.status),
        id: key.id.to_string(),
        application: Link::new(key.application.clone(), applications::here(&found)),
        receipt,
        lineage: Facts::default(),
        uses: None,
        claims: facts(&key, now),
        calls: Hours::new(
            "calls",
            format!(
                "Calls by {} with everything it holds, in the last 30 days",
                key.application
            ),
            &applications::days(&found.trend, now),
        ),
        dangers: Dangers(live.then_some(danger).into_iter().collect()),
    })
}

fn facts(key: &Row, now: Timestamp) -> Facts {
    let mut facts = vec![
        Fact::code("Begins with", format!("{}…", key.hint)),
        Fact::words("Versions", key.versions.join(", ")),
        Fact::new("Scopes", Value::Scopes(words::scopes(&key.scopes))),
        Fact::new("Issued", Value::Moment(Moment::exact(key.issued_at))),
    ];
    let expiry = key.expires_at.map_or_else(
        || Fact::words("Expires", "Never, until it is revoked"),
        |at| Fact::new("Expires", Value::Moment(Moment::exact(at))),
    );
    facts.push(expiry);
    if let Some(at) = key.revoked_at {
        facts.push(Fact::new("Revoked", Value::Moment(Moment::exact(at))));
    }
    facts.push(match key.last_used_at {
        Some(at) => Fact::new("Last used", Value::Moment(Moment::seen_from(now, at))),
        None => Fact::words("Last used", "Never"),
    });
    Facts(facts)
}

/// Asks before an API key is revoked.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn revoke_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    key: Path<ApiKeyId>,
) -> Result<HttpResponse, Problem> {
    let sight = app.reader.as_seen_by(&who.caller);
    let key = sight.api_key(*key, app.now()).await?;
    visit::page(&revoke_form(&request, &who, &key, Faults::default()))
}

/// Revokes an API key. Its page then shows which gateways enforce it.
///
/// # Errors
/// What is wrong with the reason is the page again.
pub async fn revoke(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    key: Path<ApiKeyId>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut faults = Faults::default();
    let reason: Option<Reason> = form.optional("reason", &mut faults);
    if !faults.0.is_empty() {
        let sight = app.reader.as_seen_by(&who.caller);
        let key = sight.api_key(*key, app.now()).await?;
        return visit::page(&revoke_form(&request, &who, &key, faults));
    }
    let revoked = app.keys.revoke_api_key(&who.caller, *key, reason).await?;
    let to = format!("/console/api-keys/{key}?receipt={}", revoked.revision);
    let said = format!("{} is revoked.", revoked.key.name);
    Ok(visit::go_saying(to, &said, &app))
}

fn revoke_form(request: &HttpRequest, who: &SignedIn, key: &Row, faults: Faults) -> Confirm {
    let here = format!("/console/api-keys/{}", key.id);
    let application = format!("/console/applications/{}", key.application_id);
    Confirm {
        frame: Frame::new(
            visit::signed_in(request, who),
            Place::Consumers,
            format!("Revoke {}", key.name),
        )
        .below([
            Link::new(key.application.clone(), application),
            Link::new(key.name.clone(), here.clone()),
        ]),
        sentences: vec![
            "Every gateway refuses it from its next revision on, usually within a second. This cannot be undone."
                .to_owned(),
        ],
        breaks: vec![format!("Whatever {} does with this key", key.application)],
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
        action: format!("{here}/revoke"),
        button: "Revoke".to_owned(),
        back: here,
    }
}
