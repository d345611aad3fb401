//! Versions: one version, its contract, and the moves of its lifecycle.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};
use gatewright_contract::{Findings, Level};
use gatewright_domain::{
    handle::ApiHandle,
    revision::Revision,
    text::{Reason, VersionNumber},
    time::Timestamp,
};
use gatewright_registry::{UploadError, VersionAt};
use gatewright_store::views::versions::{VersionPage as Found, VersionRow};
use serde::Deserialize;

use crate::{
    console::{visit, words},
    page::{
        badge::{Badge, Tone},
        code::Code,
        empty::Empty,
        fact::{Fact, Facts, Value},
        form::{Control, Faults, Field},
        frame::{Frame, Link},
        icon::Icon,
        lanes::{Lane, Lanes, Span},
        moment::Moment,
        number::counted,
        place::Place,
        remark::{Danger, Dangers, Remark, Remarks},
        steps::{Mend, Outcome, Step, Steps},
    },
    pages::{
        apis::OperationRow,
        confirm::{Confirm, Weight},
        versions::{ContractPage, FindingRow, PublishPage, VersionPage},
    },
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

/// Where a version is, in the address.
#[derive(Clone, Deserialize)]
pub struct At {
    api: ApiHandle,
    version: VersionNumber,
}

impl At {
    fn place(&self) -> VersionAt {
        VersionAt {
            api: self.api.clone(),
            number: self.version,
        }
    }

    fn here(&self) -> String {
        format!("/console/apis/{}/{}", self.api, self.version)
    }

    fn trail(&self) -> Vec<Link> {
        let api = self.api.to_string();
        vec![
            Link::new("APIs", "/console/apis"),
            Link::new(api.clone(), format!("/console/apis/{api}")),
            Link::new(self.version.to_string(), self.here()),
        ]
    }
}

/// When a version came to stand where it stands.
pub(crate) fn since(version: &VersionRow) -> Timestamp {
    let moved = version
        .retired_at
        .or(version.blocked_at)
        .or(version.deprecated_at)
        .or(version.published_at);
    moved.unwrap_or(version.drafted_at)
}

/// The versions against dates; none until one was published.
pub(crate) fn timeline(versions: &[VersionRow], now: Timestamp) -> Option<Lanes> {
    let first = versions
        .iter()
        .filter_map(|version| version.published_at)
        .min()?;
    let ahead = Duration::from_secs(30 * 86_400);
    let last = versions
        .iter()
        .filter_map(|version| version.sunset)
        .max()
        .unwrap_or(now)
        .max(now)
        .plus(ahead);
    let lane = |version: &VersionRow| {
        let published = version.published_at?;
        let end = version.retired_at.unwrap_or(last);
        let turned = version.deprecated_at.unwrap_or(end);
        let mut spans = vec![Span {
            tone: Tone::Good,
            word: "Published",
            from: published,
            until: turned,
        }];
        if version.deprecated_at.is_some() {
            let until = version.retired_at.or(version.sunset).unwrap_or(end);
            spans.push(Span {
                tone: Tone::Warning,
                word: "Deprecated",
                from: turned,
                until,
            });
        }
        Some(Lane {
            name: version.number.clone(),
            spans,
        })
    };
    let lanes: Vec<Lane> = versions.iter().filter_map(lane).collect();
    Some(Lanes::new(
        "versions",
        "Versions over time",
        (first.minus(ahead), last),
        now,
        &lanes,
    ))
}

/// The operations of a version.
pub(crate) fn operations(page: &Found) -> Vec<OperationRow> {
    let row = |operation: &gatewright_store::views::operations::OperationRow| OperationRow {
        method: method(&operation.method),
        path: operation.path.clone(),
        summary: operation.summary.clone().unwrap_or_default(),
        deprecated: operation.deprecated,
        requires: operation.requires.clone(),
        calls: words::number(operation.calls_30d),
    };
    page.operations.iter().map(row).collect()
}

/// A method as it is written.
pub(crate) fn method(text: &str) -> &'static str {
    text.parse::<gatewright_domain::operation::Method>()
        .map_or("–", |method| method.as_str())
}

/// How many operations, in words.
pub(crate) fn operations_count(page: Option<&Found>) -> String {
    let operations = page.map_or(0, |page| page.operations.len());
    counted(u64::try_from(operations).unwrap_or(0), "operation")
}

/// One version.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<At>,
) -> Result<HttpResponse, Problem> {
    let found = app
        .reader
        .as_seen_by(&who.caller)
        .version(&at.api, at.version, app.now())
        .await?;
    let here = at.here();
    let title = format!("{} {}", found.version.api, found.version.number);
    let mut trail = at.trail();
    trail.pop();
    let may = |verb: &str| found.moves.contains(&verb);
    let link =
        |verb: &str, words: &str| may(verb).then(|| Link::new(words, format!("{here}/{verb}")));
    let upload = (!matches!(found.version.status.as_str(), "retired" | "discarded"))
        .then(|| format!("{here}/contract"));
    visit::page(&VersionPage {
        frame: Frame::new(visit::signed_in(&request, &who), Place::Apis, title).below(trail),
        state: words::lifecycle(&found.version.status),
        actions: [link("deprecate", "Deprecate"), link("unblock", "Unblock")]
            .into_iter()
            .flatten()
            .collect(),
        main_action: link("publish", "Publish"),
        missing: missing(&found, &here),
        facts: facts(&found, &app),
        headers: headers(&found),
        revision: found.contract.as_ref().map(|contract| {
            format!(
                "Revision {}, uploaded {}",
                contract.number,
                Moment::exact(contract.uploaded_at).words
            )
        }),
        download: found
            .contract
            .as_ref()
            .map(|_| format!("{here}/contract/document")),
        no_contract: Empty {
            icon: Icon::Draft,
            title: "No contract yet".to_owned(),
            words: "The contract gives the version its operations and the scopes they require."
                .to_owned(),
            actions: upload
                .iter()
                .map(|href| Link::new("Upload a contract", href.clone()))
                .collect(),
        },
        upload,
        operations: operations(&found),
        dangers: dangers(&found, &here),
    })
}

fn missing(found: &Found, here: &str) -> Remarks {
    let mut remarks = Vec::new();
    if found.contract.is_none() {
        remarks.push(Remark {
            tone: Tone::Notice,
            words: "It has no contract".to_owned(),
            hint: "Publishing needs one.".to_owned(),
            link: Some(Link::new("Upload a contract", format!("{here}/contract"))),
        });
    }
    if found.plans.is_empty() {
        remarks.push(Remark {
            tone: Tone::Notice,
            words: "The API has no plan".to_owned(),
            hint: "Nobody can subscribe without one.".to_owned(),
            link: Some(Link::new(
                "New plan",
                format!("/console/apis/{}/plans/new", found.version.api),
            )),
        });
    }
    Remarks(remarks)
}

fn facts(found: &Found, app: &App) -> Facts {
    let version = &found.version;
    let mut facts = vec![
        Fact::code(
            "Address",
            format!("{}/{}/{}", app.place.gateway, version.api, version.number),
        ),
        Fact::code("Upstream", version.upstream.clone()),
        Fact::new("Drafted", Value::Moment(Moment::exact(version.drafted_at))),
    ];
    let dated = [
        ("Published", version.published_at),
        ("Deprecated", version.deprecated_at),
        ("Sunset", version.sunset),
        ("Blocked", version.blocked_at),
        ("Retired", version.retired_at),
    ];
    let moment = |(name, at): (&str, Option<Timestamp>)| {
        Some(Fact::new(name, Value::Moment(Moment::exact(at?))))
    };
    facts.extend(dated.into_iter().filter_map(moment));
    facts.extend(
        version
            .blocked_reason
            .clone()
            .map(|reason| Fact::words("Why it is blocked", reason)),
    );
    facts.push(Fact::words(
        "Callers in 30 days",
        words::number(version.callers_30d),
    ));
    Facts(facts)
}

/// The headers that every answer of a deprecated version carries (RFC 9745, RFC 8594).
fn headers(found: &Found) -> Option<Code> {
    let (at, sunset) = (found.version.deprecated_at?, found.version.sunset?);
    let text = format!(
        "Deprecation: @{}\nSunset: {}",
        at.seconds(),
        http_date(sunset)
    );
    Some(Code::new("headers", "Response headers", text))
}

/// A moment as HTTP writes it (RFC 9110 section 5.6.7).
pub(crate) fn http_date(at: Timestamp) -> String {
    let at = at.date_time();
    let day: String = at.weekday().to_string().chars().take(3).collect();
    let month: String = at.month().to_string().chars().take(3).collect();
    let (hour, minute, second) = (at.hour(), at.minute(), at.second());
    format!(
        "{day}, {:02} {month} {} {hour:02}:{minute:02}:{second:02} GMT",
        at.day(),
        at.year()
    )
}

fn dangers(found: &Found, here: &str) -> Dangers {
    let breaks = format!(
        "{} called it in 30 days; {} subscribed.",
        counted(
            u64::try_from(found.version.callers_30d).unwrap_or(0),
            "application"
        ),
        counted(
            u64::try_from(found.subscribers.len()).unwrap_or(0),
            "application"
        ),
    );
    let danger = |verb: &str, title: &str| {
        found.moves.contains(&verb).then(|| Danger {
            title: format!("{title} {}", found.version.number),
            words: breaks.clone(),
            link: Link::new(title, format!("{here}/{verb}")),
        })
    };
    let all = [
        danger("block", "Block"),
        danger("retire", "Retire"),
        danger("discard", "Discard"),
    ];
    Dangers(all.into_iter().flatten().collect())
}

/// The contract exactly as it was uploaded.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn document(
    app: Data<App>,
    who: SignedIn,
    at: Path<At>,
) -> Result<HttpResponse, Problem> {
    let sight = app.reader.as_seen_by(&who.caller);
    let found = sight
        .contract_document(&at.api, at.version, app.now())
        .await?;
    let name = format!("attachment; filename=\"{}-{}.openapi\"", at.api, at.version);
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox"))
        .insert_header((header::ETAG, format!("\"{}\"", found.digest)))
        .body(found.bytes))
}

/// The form that uploads a contract.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn contract_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<At>,
) -> Result<HttpResponse, Problem> {
    app.reader
        .as_seen_by(&who.caller)
        .version_row(&at.api, at.version, app.now())
        .await?;
    visit::page(&contract_form(&request, &who, &at, None, Faults::default()))
}

/// Takes a contract, or shows what is wrong with it.
///
/// # Errors
/// Those of the upload, but for findings, which are the page again.
pub async fn contract(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<At>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let document = match (form.one("sample"), form.exact("file"), form.exact("text")) {
        ("", file, _) if !file.is_empty() => file,
        ("", _, text) => text,
        _ => include_str!("../../assets/sample-contract.yaml").to_owned(),
    };
    match app
        .registry
        .upload_contract(&who.caller, &at.place(), document.into_bytes(), None)
        .await
    {
        Ok(uploaded) => {
            let operations = u64::try_from(uploaded.contract.operations.len()).unwrap_or(0);
            let said = format!(
                "The contract is taken: {}.",
                counted(operations, "operation")
            );
            Ok(visit::go_saying(at.here(), &said, &app))
        }
        Err(UploadError::Findings(findings)) => {
            let page = contract_form(&request, &who, &at, Some(&findings), Faults::default());
            let mut response = visit::page(&page)?;
            *response.status_mut() = actix_web::http::StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

fn contract_form(
    request: &HttpRequest,
    who: &SignedIn,
    at: &At,
    findings: Option<&Findings>,
    faults: Faults,
) -> ContractPage {
    let title = format!("Contract of {} {}", at.api, at.version);
    let rows: Vec<FindingRow> = findings
        .map(|found| found.as_slice().iter().map(finding).collect())
        .unwrap_or_default();
    let file = Control::File {
        accept: ".json,.yaml,.yml",
    };
    ContractPage {
        frame: Frame::new(visit::signed_in(request, who), Place::Apis, title).below(at.trail()),
        faults,
        findings_title: "This contract cannot be taken".to_owned(),
        findings_count: counted(u64::try_from(rows.len()).unwrap_or(0), "finding"),
        findings: rows,
        fields: vec![
            Field::new("file", "File", file).optional(),
            Field::new("text", "Or the text", Control::Code).optional(),
        ],
        offer_sample: true,
        action: format!("{}/contract", at.here()),
        back: at.here(),
    }
}

fn finding(finding: &gatewright_contract::Finding) -> FindingRow {
    let severity = match finding.level {
        Level::Error => Badge::new(Tone::Bad, Icon::Cross, "Error"),
        Level::Warning => Badge::new(Tone::Warning, Icon::Warning, "Warning"),
        Level::Info => Badge::new(Tone::Notice, Icon::Notice, "Remark"),
    };
    FindingRow {
        severity,
        message: finding.message.clone(),
        rule: finding.rule.to_string(),
        pointer: finding.pointer.clone(),
        position: format!("{}:{}", finding.line, finding.column),
    }
}

/// The last look before publishing.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn publish_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<At>,
) -> Result<HttpResponse, Problem> {
    let found = app
        .reader
        .as_seen_by(&who.caller)
        .version(&at.api, at.version, app.now())
        .await?;
    let title = format!("Publish {} {}", found.version.api, found.version.number);
    let is_draft = found.moves.contains(&"publish");
    let check = |holds: bool, rule: &str, found: String, mend: &str, href: String| Step {
        outcome: if holds {
            Outcome::Passed
        } else {
            Outcome::Failed
        },
        rule: rule.to_owned(),
        found,
        mend: (!holds).then(|| Mend {
            words: mend.to_owned(),
            link: Some(Link::new("Do it", href)),
        }),
    };
    let has_contract = found.contract.is_some();
    visit::page(&PublishPage {
        frame: Frame::new(visit::signed_in(&request, &who), Place::Apis, title).below(at.trail()),
        lede: "From then on gateways answer at its address, for applications that are subscribed."
            .to_owned(),
        faults: Faults::default(),
        facts: facts(&found, &app),
        checks: Steps(vec![
            check(
                has_contract,
                "It has a contract",
                operations_count(Some(&found)),
                "Upload a contract.",
                format!("{}/contract", at.here()),
            ),
            check(
                is_draft || !has_contract,
                "It is a draft",
                format!("It is {}.", found.version.status),
                "Only a draft can be published.",
                at.here(),
            ),
        ]),
        blocked: !is_draft,
        revision: found.version.revision.number().to_string(),
        action: format!("{}/publish", at.here()),
        button: format!("Publish {}", found.version.number),
        back: at.here(),
    })
}

/// A move of the lifecycle that a page asks about first.
#[derive(Deserialize)]
pub struct Move {
    api: ApiHandle,
    version: VersionNumber,
    verb: String,
}

/// Asks about a move: what it does, what it breaks, and the name to type when it stops callers.
///
/// # Errors
/// `NOT_FOUND`, also for a move that is none.
pub async fn move_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    path: Path<Move>,
) -> Result<HttpResponse, Problem> {
    let Move { api, version, verb } = path.into_inner();
    let at = At { api, version };
    let found = app
        .reader
        .as_seen_by(&who.caller)
        .version(&at.api, at.version, app.now())
        .await?;
    visit::page(&confirm(
        &request,
        &who,
        &at,
        &found,
        &verb,
        Faults::default(),
        &app,
    )?)
}

fn confirm(
    request: &HttpRequest,
    who: &SignedIn,
    at: &At,
    found: &Found,
    verb: &str,
    faults: Faults,
    app: &App,
) -> Result<Confirm, Problem> {
    let name = format!("{}/{}", found.version.api, found.version.number);
    let (act, weight, sentence) = act(verb)?;
    let mut fields = Vec::new();
    if verb == "deprecate" {
        let proposed = app.now().plus(Duration::from_secs(90 * 86_400)).to_string();
        let earliest = app.now().plus(Duration::from_secs(86_400)).to_string();
        let day = |text: &str| text.chars().take(10).collect::<String>();
        let control = Control::Date {
            earliest: day(&earliest),
        };
        fields.push(
            Field::new("sunset", "Sunset", control)
                .value(day(&proposed))
                .fault(faults.of("sunset")),
        );
    }
    if verb == "block" {
        let field = Field::new("reason", "Reason", Control::Text).hint("Callers are shown it.");
        fields.push(field.fault(faults.of("reason")));
    }
    if weight == Weight::Final {
        let field = Field::new("name", format!("Type {name} to confirm"), Control::Mono);
        fields.push(field.must_equal(name.clone()).fault(faults.of("name")));
    }
    let title = format!("{act} {} {}", found.version.api, found.version.number);
    let callers = u64::try_from(found.version.callers_30d).unwrap_or(0);
    let breaks = if weight == Weight::Final && callers > 0 {
        vec![format!(
            "{} called it in 30 days.",
            counted(callers, "application")
        )]
    } else {
        Vec::new()
    };
    Ok(Confirm {
        frame: Frame::new(visit::signed_in(request, who), Place::Apis, title).below(at.trail()),
        faults,
        sentences: vec![sentence.to_owned()],
        breaks,
        headers: None,
        revision: Some(found.version.revision.number().to_string()),
        fields,
        weight,
        action: format!("{}/{verb}", at.here()),
        button: format!("{act} {}", found.version.number),
        back: at.here(),
    })
}

fn act(verb: &str) -> Result<(&'static str, Weight, &'static str), Problem> {
    Ok(match verb {
        "deprecate" => (
            "Deprecate",
            Weight::Plain,
            "Every answer says when it ends. It goes on until it is retired.",
        ),
        "retire" => (
            "Retire",
            Weight::Final,
            "It answers 410 for good. This cannot be taken back.",
        ),
        "block" => (
            "Block",
            Weight::Final,
            "It answers 503 at once, with your reason, until it is unblocked.",
        ),
        "unblock" => ("Unblock", Weight::Plain, "It answers again as before."),
        "discard" => (
            "Discard",
            Weight::Final,
            "The draft is given up, and its number is free again.",
        ),
        _ => return Err(Problem::of(crate::web::catalogue::Kind::NOT_FOUND)),
    })
}

/// Moves a version along its lifecycle.
///
/// # Errors
/// What the lifecycle refuses; a form that is not right is the page again.
pub async fn do_move(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    path: Path<Move>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let Move { api, version, verb } = path.into_inner();
    let at = At { api, version };
    let found = app
        .reader
        .as_seen_by(&who.caller)
        .version(&at.api, at.version, app.now())
        .await?;
    let mut faults = Faults::default();
    let expected = form.one("revision").parse().ok().map(Revision::from_number);
    let name = format!("{}/{}", found.version.api, found.version.number);
    let is_final = verb != "publish" && act(&verb)?.1 == Weight::Final;
    if is_final && form.one("name") != name {
        let words = format!("Type {name} exactly.");
        faults.0.push(crate::page::form::Fault {
            field: "name".to_owned(),
            words,
        });
    }
    let sunset = (verb == "deprecate")
        .then(|| format!("{}T00:00:00Z", form.one("sunset")).parse::<Timestamp>());
    let reason = (verb == "block")
        .then(|| form.parse::<Reason>("reason", &mut faults))
        .flatten();
    if !faults.0.is_empty() {
        return visit::page(&confirm(&request, &who, &at, &found, &verb, faults, &app)?);
    }
    let (registry, caller, place) = (&app.registry, &who.caller, at.place());
    let moved = match (verb.as_str(), sunset, reason) {
        ("publish", ..) => registry.publish_version(caller, &place, expected).await,
        ("deprecate", Some(Ok(sunset)), _) => {
            registry
                .deprecate_version(caller, &place, sunset, expected)
                .await
        }
        ("retire", ..) => registry.retire_version(caller, &place, expected).await,
        ("block", _, Some(reason)) => {
            registry
                .block_version(caller, &place, reason, expected)
                .await
        }
        ("unblock", ..) => registry.unblock_version(caller, &place, expected).await,
        ("discard", ..) => {
            registry.discard_version(caller, &place, expected).await?;
            return Ok(visit::go_saying(
                format!("/console/apis/{}", at.api),
                "The draft is discarded.",
                &app,
            ));
        }
        _ => return Err(Problem::field("/sunset", "Choose a day that lies ahead.")),
    };
    let moved = moved?;
    let said = format!("{} is {} now.", moved.place(), moved.status().name());
    Ok(visit::go_saying(at.here(), &said, &app))
}
