//! Consumers and their applications: lists, pages, and the forms that register them.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use gatewright_domain::{handle::ConsumerHandle, text::Name};
use gatewright_store::views::{applications, consumers as views};

use crate::{
    console::{
        apis::{Cursor, page_of, pages},
        elsewhere, initial_tokens, visit, words,
    },
    page::{
        empty::Empty,
        fact::Scopes,
        form::{Control, Faults, Field},
        frame::{Frame, Link},
        icon::Icon,
        list::Filters,
        moment::Moment,
        place::Place,
    },
    pages::{
        confirm::FormPage,
        consumers::{ApplicationRow, ConsumerList, ConsumerPage, ConsumerRow},
    },
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

/// Every consumer.
///
/// # Errors
/// When the store fails.
pub async fn list(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    cursor: Query<Cursor>,
) -> Result<HttpResponse, Problem> {
    let (page, now) = (page_of(cursor.into_inner()), app.now());
    let found = app
        .reader
        .as_seen_by(&who.caller)
        .consumers(&page, now)
        .await?;
    let empty = found.items.is_empty().then(|| Empty {
        icon: Icon::Consumer,
        title: "No consumer yet".to_owned(),
        words:
            "A consumer is an organisation or team that calls APIs, with one application or more."
                .to_owned(),
        actions: vec![Link::new("Register a consumer", "/console/consumers/new")],
    });
    let row = |row: views::ConsumerRow| ConsumerRow {
        name: Link::new(row.name.clone(), format!("/console/consumers/{}", row.id)),
        applications: words::number(row.applications),
        tokens: words::number(row.live_tokens),
        calls: words::number(row.calls_30d),
        last_call: words::last_hour(row.last_call, now, "Never"),
    };
    visit::page(&ConsumerList {
        frame: Frame::new(
            visit::signed_in(&request, &who),
            Place::Consumers,
            "Consumers",
        )
        .also(elsewhere::call(&app, "/consumers")),
        filters: Filters {
            label: "Filter the consumers",
            fields: Vec::new(),
            clear: None,
        },
        empty,
        pages: pages(
            found.items.len(),
            "consumer",
            "/console/consumers",
            found.next_cursor.as_ref(),
            &page,
        ),
        rows: found.items.into_iter().map(row).collect(),
    })
}

/// One consumer.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    consumer: Path<ConsumerHandle>,
) -> Result<HttpResponse, Problem> {
    let now = app.now();
    let sight = app.reader.as_seen_by(&who.caller);
    let found = sight.consumer(&consumer, now).await?;
    let registering = initial_tokens::section(&app, &sight, found.consumer.id).await?;
    let new_application = format!("/console/consumers/{}/applications/new", found.consumer.id);
    let empty = found.items.is_empty().then(|| Empty {
        icon: Icon::Consumer,
        title: "No application yet".to_owned(),
        words: "An application is one client of the consumer; tokens are issued to it.".to_owned(),
        actions: vec![Link::new(
            "Register an application",
            new_application.clone(),
        )],
    });
    let row = |row: applications::ApplicationRow| ApplicationRow {
        name: Link::new(row.name, format!("/console/applications/{}", row.id)),
        versions: Scopes(row.versions),
        tokens: words::number(row.live_tokens),
        calls: words::number(row.calls_30d),
        last_call: words::last_hour(row.last_call, now, "Never"),
    };
    let trail = [Link::new("Consumers", "/console/consumers")];
    let frame = Frame::new(
        visit::signed_in(&request, &who),
        Place::Consumers,
        &found.consumer.name,
    );
    visit::page(&ConsumerPage {
        frame: frame.below(trail).also(elsewhere::call(
            &app,
            &format!("/consumers/{}", found.consumer.id),
        )),
        id: found.consumer.id.to_string(),
        since: Moment::exact(found.consumer.registered_at),
        new_application,
        revoke: format!(
            "/console/revocations/new?kind=consumer&key={}",
            found.consumer.id
        ),
        empty,
        registering,
        applications: found.items.into_iter().map(row).collect(),
    })
}

/// The form that registers a consumer.
///
/// # Errors
/// Those of the page.
pub async fn new_page(request: HttpRequest, who: SignedIn) -> Result<HttpResponse, Problem> {
    visit::page(&new_form(&request, &who, "", Faults::default()))
}

/// Registers a consumer.
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
    let Some(name) = form.parse::<Name>("name", &mut faults) else {
        return visit::page(&new_form(&request, &who, form.one("name"), faults));
    };
    match app.registry.register_consumer(&who.caller, name).await {
        Ok(consumer) => {
            let to = format!("/console/consumers/{}", consumer.id);
            Ok(visit::go_saying(to, "The consumer is registered.", &app))
        }
        Err(error) => {
            let faults = words::faults(&error.into(), "name");
            visit::page(&new_form(&request, &who, form.one("name"), faults))
        }
    }
}

fn new_form(request: &HttpRequest, who: &SignedIn, name: &str, faults: Faults) -> FormPage {
    let trail = [Link::new("Consumers", "/console/consumers")];
    FormPage {
        frame: Frame::new(
            visit::signed_in(request, who),
            Place::Consumers,
            "Register a consumer",
        )
        .below(trail),
        lede: "An organisation or team that calls APIs.".to_owned(),
        fields: vec![
            Field::new("name", "Name", Control::Text)
                .value(name)
                .fault(faults.of("name")),
        ],
        faults,
        action: "/console/consumers/new".to_owned(),
        button: "Register the consumer",
        back: "/console/consumers".to_owned(),
    }
}

/// The form that registers an application.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn new_application_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    consumer: Path<ConsumerHandle>,
) -> Result<HttpResponse, Problem> {
    let found = app
        .reader
        .as_seen_by(&who.caller)
        .find_consumer(&consumer)
        .await?;
    visit::page(&application_form(
        &request,
        &who,
        &found,
        "",
        Faults::default(),
    ))
}

/// Registers an application.
///
/// # Errors
/// What is wrong with the form is the form again.
pub async fn new_application(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    consumer: Path<ConsumerHandle>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let found = app
        .reader
        .as_seen_by(&who.caller)
        .find_consumer(&consumer)
        .await?;
    let mut faults = Faults::default();
    let Some(name) = form.parse::<Name>("name", &mut faults) else {
        return visit::page(&application_form(
            &request,
            &who,
            &found,
            form.one("name"),
            faults,
        ));
    };
    match app
        .registry
        .register_application(&who.caller, &consumer, name)
        .await
    {
        Ok(application) => {
            let to = format!("/console/applications/{}", application.id);
            Ok(visit::go_saying(
                to,
                "The application is registered. Subscribe it to a version.",
                &app,
            ))
        }
        Err(error) => {
            let faults = words::faults(&error.into(), "name");
            visit::page(&application_form(
                &request,
                &who,
                &found,
                form.one("name"),
                faults,
            ))
        }
    }
}

fn application_form(
    request: &HttpRequest,
    who: &SignedIn,
    consumer: &gatewright_domain::consumer::Consumer,
    name: &str,
    faults: Faults,
) -> FormPage {
    let here = format!("/console/consumers/{}", consumer.id);
    let trail = [
        Link::new("Consumers", "/console/consumers"),
        Link::new(consumer.name.to_string(), here.clone()),
    ];
    FormPage {
        frame: Frame::new(
            visit::signed_in(request, who),
            Place::Consumers,
            "Register an application",
        )
        .below(trail),
        lede: format!("One client of {}.", consumer.name),
        fields: vec![
            Field::new("name", "Name", Control::Text)
                .value(name)
                .fault(faults.of("name")),
        ],
        faults,
        action: format!("{here}/applications/new"),
        button: "Register the application",
        back: here,
    }
}
