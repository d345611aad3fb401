//! Versions: one version, with its operations and what can be done with it.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use gatewright_domain::{handle::ApiHandle, text::VersionNumber, time::Timestamp};
use gatewright_registry::VersionAt;
use gatewright_store::views::versions::{VersionPage as Found, VersionRow};
use serde::Deserialize;

use crate::{
    console::{elsewhere, staleness, visit, words},
    page::{
        badge::Tone,
        code::Code,
        empty::Empty,
        fact::{Fact, Facts, Value},
        frame::{Frame, Link},
        icon::Icon,
        lanes::{Lane, Lanes, Span},
        moment::Moment,
        number::counted,
        place::Place,
        remark::{Danger, Dangers, Remark, Remarks},
    },
    pages::{apis::OperationRow, versions::VersionPage},
    web::{app::App, caller::SignedIn, problem::Problem},
};

/// Where a version is, in the address.
#[derive(Clone, Deserialize)]
pub struct At {
    pub(crate) api: ApiHandle,
    pub(crate) version: VersionNumber,
}

impl At {
    pub(crate) fn place(&self) -> VersionAt {
        VersionAt {
            api: self.api.clone(),
            number: self.version,
        }
    }

    pub(crate) fn here(&self) -> String {
        format!("/console/apis/{}/{}", self.api, self.version)
    }

    pub(crate) fn trail(&self) -> Vec<Link> {
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

/// Whether a version in this state takes calls and subscriptions, so that tokens for it are good for something.
pub(super) fn is_live(status: &str) -> bool {
    matches!(status, "published" | "deprecated")
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
    let deprecate = match found.version.status.as_str() {
        "deprecated" => "Move the sunset",
        _ => "Deprecate",
    };
    let upload = (!matches!(found.version.status.as_str(), "retired" | "discarded"))
        .then(|| format!("{here}/contract"));
    visit::page(&VersionPage {
        frame: Frame::new(visit::signed_in(&request, &who), Place::Apis, title)
            .below(trail)
            .also(elsewhere::call(
                &app,
                &format!("/apis/{}/versions/{}", at.api, at.version),
            )),
        state: words::lifecycle(&found.version.status),
        actions: [
            is_live(&found.version.status)
                .then(|| Link::new("Verify elsewhere", format!("{here}/verifiers"))),
            link("deprecate", deprecate),
            upload
                .is_some()
                .then(|| Link::new("Staleness", format!("{here}/staleness"))),
            link("unblock", "Unblock"),
        ]
        .into_iter()
        .flatten()
        .collect(),
        main_action: link("publish", "Publish"),
        missing: missing(&found, &here),
        facts: facts(&found, &app),
        headers: headers(&found, &app),
        revision: found.contract.as_ref().map(|contract| {
            format!(
                "Revision {}, uploaded {}",
                contract.number,
                Moment::exact(contract.uploaded_at).words
            )
        }),
        findings: found
            .contract
            .as_ref()
            .map(|_| format!("{here}/contract/findings")),
        reference: found.contract.as_ref().map(|_| format!("{here}/reference")),
        history: found.contract.as_ref().map(|_| format!("{here}/contracts")),
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

/// Where the answers of a version that ends say that it is explained (`rel="deprecation"`, RFC 9745 section 3).
pub async fn explained(at: Path<At>) -> HttpResponse {
    visit::go(at.here())
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

pub(crate) fn facts(found: &Found, app: &App) -> Facts {
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
        "At gateways out of touch",
        staleness::in_words(&version.staleness),
    ));
    facts.push(Fact::words(
        "Callers in 30 days",
        words::number(version.callers_30d),
    ));
    Facts(facts)
}

/// The headers that every answer of a deprecated version carries.
fn headers(found: &Found, app: &App) -> Option<Code> {
    let (at, sunset) = (found.version.deprecated_at?, found.version.sunset?);
    (found.version.status == "deprecated")
        .then(|| notice("Response headers", &found.version, app, (at, sunset)))
}

/// What every answer of a version says once it is deprecated (RFC 9745, RFC 8594).
pub(crate) fn notice(
    name: &str,
    version: &VersionRow,
    app: &App,
    (at, sunset): (Timestamp, Timestamp),
) -> Code {
    let (portal, api, number) = (&app.place.portal, &version.api, &version.number);
    let text = format!(
        "Deprecation: @{}\nSunset: {}\nLink: <{portal}/apis/{api}/versions/{number}>; rel=\"deprecation\"; type=\"text/html\"",
        at.seconds(),
        http_date(sunset)
    );
    Code::new("headers", name, text)
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
    let revoke = (found.version.status != "draft").then(|| Danger {
        title: format!("Revoke the tokens for {}", found.version.number),
        words: "Every token issued so far is refused here; applications take a new one.".to_owned(),
        link: Link::new(
            "Revoke",
            format!(
                "/console/revocations/new?kind=version&key={}/{}",
                found.version.api, found.version.number
            ),
        ),
    });
    let all = [
        revoke,
        danger("block", "Block"),
        danger("retire", "Retire"),
        danger("discard", "Discard"),
    ];
    Dangers(all.into_iter().flatten().collect())
}
