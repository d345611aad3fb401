//! Issuing a token: the form with what it will open, and the page that shows the token once.

use std::{collections::BTreeSet, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use gatewright_domain::{
    handle::{ApiHandle, ApplicationHandle},
    operation::Scope,
    plan::Lifetime,
    text::Name,
    token::TokenWish,
};
use gatewright_keys::IssuedToken;
use gatewright_store::views::{
    applications::ApplicationPage as Found, subscriptions::SubscriptionRow as Right,
};

use crate::{
    console::{
        apis::number,
        applications, examples,
        lifetimes::{ceiling, lifetimes},
        versions, visit, words,
    },
    page::{
        badge::Badge,
        empty::Empty,
        fact::{Fact, Facts, Value},
        form::{Choice, ChoiceState, Control, Faults, Field},
        frame::{Frame, Link},
        icon::Icon,
        moment::Moment,
        number::counted,
        place::Place,
        secret::ShownOnce,
    },
    pages::tokens::{IssuePage, IssuedPage, OpenedRow, ScopeGroup},
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

/// How long a page waits for the gateways to say that they enforce a revocation.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// What was typed into the form.
#[derive(Default)]
struct Typed {
    name: String,
    scopes: BTreeSet<String>,
    lifetime: Option<u64>,
}

impl Typed {
    fn of(form: &Form) -> Self {
        Self {
            name: form.one("name").to_owned(),
            scopes: form.all("scope").map(str::to_owned).collect(),
            lifetime: form.one("lifetime").parse().ok(),
        }
    }

    /// The proposal: everything the application has subscribed to.
    fn proposed(found: &Found) -> Self {
        let scopes = rights(found).flat_map(|right| scopes(right).collect::<Vec<_>>());
        Self {
            scopes: scopes.collect(),
            ..Self::default()
        }
    }
}

/// The subscriptions that count.
pub(super) fn rights(found: &Found) -> impl Iterator<Item = &Right> {
    found.rights.iter().filter(|right| right.status == "active")
}

/// The scopes of the subscriptions to choose from, these of them chosen.
pub(super) fn groups(found: &Found, chosen: &BTreeSet<String>) -> Vec<ScopeGroup> {
    let choice = |scope: String| Choice {
        state: if chosen.contains(&scope) {
            ChoiceState::Chosen
        } else {
            ChoiceState::Open
        },
        label: scope.clone(),
        value: scope,
        hint: None,
    };
    let group = |right: &Right| ScopeGroup {
        version: format!("{} {}", right.api, right.version),
        plan: right.plan.clone(),
        choices: scopes(right).map(choice).collect(),
    };
    rights(found).map(group).collect()
}

/// The scopes of a subscription as tokens carry them.
fn scopes(right: &Right) -> impl Iterator<Item = String> {
    let place = format!("{}:{}", right.api, right.version);
    right
        .scopes
        .iter()
        .map(move |scope| format!("{place}:{scope}"))
}

/// The form that issues a token.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn issue_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    application: Path<ApplicationHandle>,
) -> Result<HttpResponse, Problem> {
    let found = find(&app, &who, &application).await?;
    let typed = Typed::proposed(&found);
    let page = issue_form(&request, &app, &who, &found, typed, Faults::default()).await?;
    visit::page(&page)
}

/// The form again, with what the ticked scopes open.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn preview(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    application: Path<ApplicationHandle>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let found = find(&app, &who, &application).await?;
    let typed = Typed::of(&form);
    visit::page(&issue_form(&request, &app, &who, &found, typed, Faults::default()).await?)
}

/// Issues a token and shows it, the only time there is.
///
/// # Errors
/// What is wrong with the form is the form again; so is what the rules refuse.
pub async fn issue(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    application: Path<ApplicationHandle>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let found = find(&app, &who, &application).await?;
    let typed = Typed::of(&form);
    let mut faults = Faults::default();
    let name: Option<Name> = form.parse("name", &mut faults);
    let scopes: Result<BTreeSet<Scope>, _> = form.all("scope").map(str::parse).collect();
    if let Err(error) = &scopes {
        faults.0.push(words::fault("scopes", &error.to_string()));
    }
    let lifetime = typed.lifetime.map(Lifetime::try_from).and_then(Result::ok);
    if lifetime.is_none() {
        faults
            .0
            .push(words::fault("lifetime", "Choose how long it lives."));
    }
    let (Some(name), Ok(scopes), Some(lifetime)) = (name, scopes, lifetime) else {
        return visit::page(&issue_form(&request, &app, &who, &found, typed, faults).await?);
    };
    let wish = TokenWish {
        name,
        scopes,
        lifetime,
    };
    let handle = ApplicationHandle::Id(found.application.id);
    match app.keys.issue(&who.caller, &handle, wish).await {
        Ok(issued) => {
            let opened = opened(&app, &who, &found, &typed.scopes).await?;
            visit::page(&issued_page(&request, &app, &who, &found, issued, &opened))
        }
        Err(error) => {
            let mut faults = words::faults(&error.into(), "name");
            for fault in &mut faults.0 {
                fault.field = fault.field.trim_end_matches("_s").to_owned();
            }
            visit::page(&issue_form(&request, &app, &who, &found, typed, faults).await?)
        }
    }
}

async fn find(
    app: &App,
    who: &SignedIn,
    application: &ApplicationHandle,
) -> Result<Found, Problem> {
    let sight = app.reader.as_seen_by(&who.caller);
    Ok(sight.application(application, app.now()).await?)
}

async fn issue_form(
    request: &HttpRequest,
    app: &App,
    who: &SignedIn,
    found: &Found,
    typed: Typed,
    faults: Faults,
) -> Result<IssuePage, Problem> {
    let here = applications::here(found);
    let operations = opened(app, who, found, &typed.scopes).await?;
    let open = operations.iter().filter(|row| row.opens == "yes").count();
    let empty = rights(found).next().is_none().then(|| Empty {
        icon: Icon::Api,
        title: "Nothing to issue a token for".to_owned(),
        words: "A token opens what its application has subscribed to.".to_owned(),
        actions: vec![Link::new("Subscribe", format!("{here}/subscribe"))],
    });
    let mut visit = visit::signed_in(request, who);
    visit.here = format!("{here}/tokens/new");
    Ok(IssuePage {
        frame: Frame::new(visit, Place::Consumers, "Issue a token")
            .below(applications::trail(found)),
        application: format!(
            "{} of {}",
            found.application.name, found.application.consumer
        ),
        empty,
        name: Field::new("name", "Name", Control::Text)
            .value(&typed.name)
            .hint("What you will recognise it by: production.")
            .fault(faults.of("name")),
        scopes: groups(found, &typed.scopes),
        scopes_fault: faults.of("scopes"),
        lifetimes: lifetimes(app, found, typed.lifetime),
        lifetime_fault: faults.of("lifetime"),
        ceiling: ceiling(found),
        opens_count: format!("{open} of {}", counted(size(operations.len()), "operation")),
        operations: operations.into_iter().map(|row| row.shown).collect(),
        faults,
        action: format!("{here}/tokens/new"),
        preview: format!("{here}/tokens/new/preview"),
        back: here,
    })
}

pub(super) fn size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// An operation of a subscription, beside what the form shows of it.
struct Opened {
    shown: OpenedRow,
    opens: &'static str,
}

/// The operations of the subscriptions, and whether these scopes open them.
async fn opened(
    app: &App,
    who: &SignedIn,
    found: &Found,
    carried: &BTreeSet<String>,
) -> Result<Vec<Opened>, Problem> {
    let (sight, now) = (app.reader.as_seen_by(&who.caller), app.now());
    let mut rows = Vec::new();
    for right in rights(found) {
        let api = right.api.parse().map_err(|_| Problem::unexpected())?;
        let version = number(&right.version)?;
        // A subscription to an API of another team shows its scopes; what its contract says is that team's business.
        let Ok(page) = sight.version(&ApiHandle::Name(api), version, now).await else {
            continue;
        };
        let place = format!("{}:{}:", right.api, right.version);
        let reached = carried.is_empty() || carried.iter().any(|scope| scope.starts_with(&place));
        for operation in page.operations {
            let alternatives: Vec<Vec<String>> = operation
                .requires
                .iter()
                .map(|set| set.iter().map(|scope| format!("{place}{scope}")).collect())
                .collect();
            let enough = alternatives.is_empty()
                || alternatives
                    .iter()
                    .any(|set| set.iter().all(|scope| carried.contains(scope)));
            let lines = alternatives.iter().map(|set| set.join(" "));
            let opens = if reached && enough { "yes" } else { "no" };
            let shown = OpenedRow {
                method: versions::method(&operation.method),
                path: format!("/{}/{}{}", right.api, right.version, operation.path),
                summary: operation.summary.unwrap_or_default(),
                requires: lines.collect::<Vec<_>>().join("\n"),
                place: place.clone(),
                opens,
            };
            rows.push(Opened { shown, opens });
        }
    }
    Ok(rows)
}

fn issued_page(
    request: &HttpRequest,
    app: &App,
    who: &SignedIn,
    found: &Found,
    issued: IssuedToken,
    operations: &[Opened],
) -> IssuedPage {
    let IssuedToken { token, text } = issued;
    let open = || {
        let open = operations.iter().filter(|row| row.opens == "yes");
        open.map(|row| &row.shown)
    };
    // The first call is best one that needs nothing filled in and changes nothing.
    let simple = open().find(|row| row.method == "GET" && !row.path.contains('{'));
    let call = simple.or_else(|| open().next());
    let try_words = call.map_or_else(
        || "It opens no operation by itself.".to_owned(),
        |call| match call.requires.lines().next().unwrap_or_default() {
            "" => format!("{} {} asks for no scope.", call.method, call.path),
            needed => format!(
                "{} {} asks for {needed}, which this token carries.",
                call.method, call.path
            ),
        },
    );
    let method = call.map_or("GET", |call| call.method);
    let path = call.map_or("/", |call| call.path.as_str());
    let address = format!("{}{path}", app.place.gateway);
    IssuedPage {
        frame: Frame::new(
            visit::signed_in(request, who),
            Place::Consumers,
            token.name().to_string(),
        )
        .below(applications::trail(found)),
        state: Badge::active(),
        token: ShownOnce {
            id: "token",
            label: format!("Token of {}", found.application.name),
            value: text.expose_once(),
        },
        facts: Facts(vec![
            Fact::code("Id", token.id().to_string()),
            Fact::new(
                "Scopes",
                Value::Scopes(crate::page::fact::Scopes(
                    token.scopes().iter().map(ToString::to_string).collect(),
                )),
            ),
            Fact::new("Expires", Value::Moment(Moment::exact(token.expires()))),
            Fact::code("Signed by", token.kid().to_string()),
        ]),
        try_words,
        method,
        path: path.to_owned(),
        examples: examples::of(method, &address),
        done: format!("/console/tokens/{}", token.id()),
    }
}
