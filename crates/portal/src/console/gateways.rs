//! Gateways: what each enforces; enrolment, with a secret that is shown once; removal.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use gatewright_domain::{id::GatewayId, text::Name, time::Timestamp};
use gatewright_store::views::gateways::GatewayRow as Row;

use crate::{
    console::{elsewhere, visit, words},
    page::{
        badge::{Badge, Tone},
        code::Code,
        empty::Empty,
        form::{Choice, ChoiceState, Control, Faults, Field},
        frame::{Frame, Link},
        icon::Icon,
        moment::{Moment, span},
        number::{count, counted},
        place::Place,
        secret::ShownOnce,
    },
    pages::{
        account::ShownOncePage,
        confirm::{Confirm, FormPage, Weight},
        gateways::{GatewayList, GatewayRow},
    },
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

const HERE: &str = "/console/gateways";

/// A gateway that was not heard of for so long is silent.
const SILENT: Duration = Duration::from_secs(30);

/// The gateways.
///
/// # Errors
/// When the store fails.
pub async fn list(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
) -> Result<HttpResponse, Problem> {
    let now = app.now();
    let found = app.reader.as_seen_by(&who.caller).gateways(now).await?;
    let latest = app.reader.revision().await?;
    let empty = found.is_empty().then(|| Empty {
        icon: Icon::Gateway,
        title: "No gateway was heard yet".to_owned(),
        words: "The one inside the server appears with its first snapshot.".to_owned(),
        actions: vec![Link::new("Enrol a gateway", format!("{HERE}/enrol"))],
    });
    let key = app.keys.snapshot_public_key().await?;
    visit::page(&GatewayList {
        frame: Frame::new(
            visit::signed_in(&request, &who),
            Place::Gateways,
            "Gateways",
        )
        .also(elsewhere::call(&app, "/gateways").or("gatewright gateway list")),
        revision_words: format!("The latest revision is {}.", count(latest)),
        empty,
        rows: found
            .iter()
            .map(|gateway| row(gateway, &app, latest, now))
            .collect(),
        enrol: Code::new("enrol", "On the other machine", command(&app, &key)),
    })
}

/// The command that starts a gateway elsewhere. Its token stands in a file: a command line can be read by others.
fn command(app: &App, key: &str) -> String {
    format!(
        "gatewright-gateway --control-plane {} \\\n  --token-file ./gateway-token \\\n  --snapshot-key {key}",
        app.place.portal
    )
}

/// Whether a gateway misses something and has not been heard of lately.
pub(crate) fn is_silent(gateway: &Row, latest: u64, now: Timestamp) -> bool {
    let applied = gateway
        .revision
        .and_then(|revision| u64::try_from(revision).ok());
    let silent = gateway.seen_at.is_none_or(|seen| now.since(seen) > SILENT);
    silent && applied.is_none_or(|applied| applied < latest)
}

fn row(gateway: &Row, app: &App, latest: u64, now: Timestamp) -> GatewayRow {
    let applied = gateway
        .revision
        .and_then(|revision| u64::try_from(revision).ok());
    let behind = applied.map(|applied| latest.saturating_sub(applied));
    let embedded = gateway.enrolled_at.is_none();
    let silent = gateway.seen_at.is_none_or(|seen| now.since(seen) > SILENT);
    let state = match behind {
        Some(0) => Badge::new(Tone::Good, Icon::Check, "Up to date"),
        _ if silent => Badge::new(Tone::Bad, Icon::Warning, "Silent"),
        _ => Badge::new(Tone::Warning, Icon::Pending, "Behind"),
    };
    let number = |number: Option<u64>| number.map_or_else(|| "–".to_owned(), count);
    let heard = gateway.seen_at.or(gateway.enrolled_at).unwrap_or(now);
    GatewayRow {
        name: gateway.name.clone(),
        address: if embedded {
            app.place.gateway.clone()
        } else {
            gateway.id.to_string()
        },
        state,
        refuses: refuses(gateway),
        revision: number(applied),
        behind: number(behind),
        last_heard: Moment::seen_from(now, heard),
    }
}

/// What a gateway must refuse by now because it is out of touch, in words.
fn refuses(gateway: &Row) -> Option<String> {
    let of = |calls: &str, versions: u64| {
        (versions > 0).then(|| format!("{calls} of {}", counted(versions, "version")))
    };
    let refused = [
        of("reads", gateway.refuses_reads_of),
        of("writes", gateway.refuses_writes_of),
    ];
    let refused: Vec<String> = refused.into_iter().flatten().collect();
    let silent = span(gateway.out_of_touch_s.unwrap_or(0));
    (!refused.is_empty()).then(|| {
        format!(
            "Out of touch for {silent}; refuses {}",
            refused.join(" and ")
        )
    })
}

/// The form that enrols a gateway.
///
/// # Errors
/// Those of the page.
pub async fn enrol_page(request: HttpRequest, who: SignedIn) -> Result<HttpResponse, Problem> {
    visit::page(&enrol_form(&request, &who, "", Faults::default()))
}

/// Enrols a gateway and shows its token, the only time there is.
///
/// # Errors
/// What is wrong with the form is the form again.
pub async fn enrol(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut faults = Faults::default();
    let name: Option<Name> = form.parse("name", &mut faults);
    let Some(name) = name else {
        return visit::page(&enrol_form(&request, &who, form.one("name"), faults));
    };
    let key = app.keys.snapshot_public_key().await?;
    match app.registry.enrol_gateway(&who.caller, name).await {
        Ok(enrolled) => visit::page(&ShownOncePage {
            frame: frame(&request, &who, enrolled.gateway.name.as_str()),
            secret: ShownOnce {
                id: "secret",
                label: format!("Token of the gateway {}", enrolled.gateway.name),
                value: enrolled.text.expose_once(),
            },
            example: Some(Code::new(
                "start",
                "Put the token into ./gateway-token on the other machine, then",
                command(&app, &key),
            )),
            done: HERE.to_owned(),
        }),
        Err(error) => {
            let faults = words::faults(&error.into(), "name");
            visit::page(&enrol_form(&request, &who, form.one("name"), faults))
        }
    }
}

fn frame(request: &HttpRequest, who: &SignedIn, title: &str) -> Frame {
    Frame::new(visit::signed_in(request, who), Place::Gateways, title)
        .below([Link::new("Gateways", HERE)])
}

fn enrol_form(request: &HttpRequest, who: &SignedIn, name: &str, faults: Faults) -> FormPage {
    FormPage {
        frame: frame(request, who, "Enrol a gateway"),
        lede: "It asks for snapshots with a token that is shown once.".to_owned(),
        fields: vec![
            Field::new("name", "Name", Control::Mono)
                .value(name)
                .hint("Where it runs: eu-west-1.")
                .fault(faults.of("name")),
        ],
        faults,
        action: format!("{HERE}/enrol"),
        button: "Enrol the gateway",
        back: HERE.to_owned(),
    }
}

/// Asks which gateway is to be removed.
///
/// # Errors
/// When the store fails.
pub async fn remove_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
) -> Result<HttpResponse, Problem> {
    visit::page(&remove_form(&request, &app, &who, Faults::default()).await?)
}

/// Removes a gateway.
///
/// # Errors
/// What the rules refuse is the page again.
pub async fn remove(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut faults = Faults::default();
    let id: Option<GatewayId> = form.parse("gateway", &mut faults);
    if let Some(id) = id {
        match app.registry.remove_gateway(&who.caller, id).await {
            Ok(gateway) => {
                let said = format!("{} gets no more snapshots.", gateway.name);
                return Ok(visit::go_saying(HERE, &said, &app));
            }
            Err(error) => faults = words::faults(&error.into(), "gateway"),
        }
    }
    visit::page(&remove_form(&request, &app, &who, faults).await?)
}

async fn remove_form(
    request: &HttpRequest,
    app: &App,
    who: &SignedIn,
    faults: Faults,
) -> Result<Confirm, Problem> {
    let found = app
        .reader
        .as_seen_by(&who.caller)
        .gateways(app.now())
        .await?;
    let enrolled = found.iter().filter(|gateway| gateway.enrolled_at.is_some());
    let choice = |gateway: &Row| Choice {
        value: gateway.id.to_string(),
        label: gateway.name.clone(),
        hint: None,
        state: ChoiceState::Open,
    };
    let gateways = Control::Select(enrolled.map(choice).collect());
    Ok(Confirm {
        frame: frame(request, who, "Remove a gateway"),
        sentences: vec![
            "It gets no more snapshots, and its token is worth nothing. It goes on with the last one it has, for as long as each version allows a gateway that is out of touch, until it is stopped."
                .to_owned(),
        ],
        breaks: Vec::new(),
        headers: None,
        revision: None,
        fields: vec![Field::new("gateway", "Gateway", gateways).fault(faults.of("gateway"))],
        faults,
        weight: Weight::Final,
        action: format!("{HERE}/remove"),
        button: "Remove it".to_owned(),
        back: HERE.to_owned(),
    })
}
