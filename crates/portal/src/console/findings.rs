//! What is noteworthy in a stored contract, and how findings are shown wherever they are.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use gatewright_contract::Unsupported;
use gatewright_domain::{contract::ContractAt, handle::ApiHandle, text::VersionNumber};
use gatewright_registry::{
    Assessment, Chosen, Found, Gravity, NotAGravity, PlaceFound, RuleFound, Tally, Wanted,
};
use serde::Deserialize;

use crate::{
    console::{elsewhere, visit, words},
    page::{
        badge::{Badge, Tone},
        empty::Empty,
        findings::{FindingGroup, FindingList, FindingRow, Line, More},
        form::{Choice, ChoiceState, Control, Faults, Field},
        frame::{Frame, Link},
        icon::Icon,
        list::Filters,
        number::{count, counted},
        place::Place,
    },
    pages::contracts::{FindingsPage, NotRunRow},
    web::{app::App, caller::SignedIn, findings::called, problem::Problem},
};

use super::versions::At;

/// A revision of the contract, in the address.
#[derive(Deserialize)]
pub struct RevisionAt {
    api: ApiHandle,
    version: VersionNumber,
    number: u32,
}

/// Which findings.
#[derive(Deserialize)]
pub struct Asked {
    level: Option<String>,
    rule: Option<String>,
}

/// The findings in the contract in use.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn in_use(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<At>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let shown = Shown {
        at: at.into_inner(),
        revision: None,
        asked: asked.into_inner(),
    };
    shown.page(&request, &app, &who).await
}

/// The findings in a revision.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn of_revision(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<RevisionAt>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let RevisionAt {
        api,
        version,
        number,
    } = at.into_inner();
    let shown = Shown {
        at: At { api, version },
        revision: Some(number),
        asked: asked.into_inner(),
    };
    shown.page(&request, &app, &who).await
}

/// What is to be shown.
struct Shown {
    at: At,
    revision: Option<u32>,
    asked: Asked,
}

impl Shown {
    async fn page(
        self,
        request: &HttpRequest,
        app: &App,
        who: &SignedIn,
    ) -> Result<HttpResponse, Problem> {
        let contract = ContractAt {
            version: self.at.version,
            revision: self.revision,
        };
        let rule = self.asked.rule.as_deref().filter(|rule| !rule.is_empty());
        let level = self.asked.level.as_deref().filter(|it| !it.is_empty());
        let gravity = level.map(str::parse).transpose();
        let faults = gravity.as_ref().map_or_else(unknown, |_| Faults::default());
        let wanted = Wanted {
            gravity: gravity.unwrap_or_default(),
            rule: rule.map(str::to_owned),
        };
        let assessing = app
            .registry
            .assess(&who.caller, &self.at.api, contract, wanted.clone());
        let Assessment {
            contract,
            ruleset,
            chosen,
            found,
            unsupported,
        } = assessing.await?;
        let number = contract.revision.unwrap_or_default();
        let here = format!("{}/{}/findings", self.at.here(), self.below());
        let is_filtered = level.is_some() || wanted.rule.is_some();
        let (At { api, version }, below) = (&self.at, self.below());
        let call = format!("/apis/{api}/versions/{version}/{below}/findings");
        let title = format!("Findings in the contract of {api} {version}");
        let more = wanted.rule.is_none().then_some(here.as_str());
        visit::page(&FindingsPage {
            frame: Frame::new(visit::signed_in(request, who), Place::Apis, title)
                .below(self.at.trail())
                .also(elsewhere::call(app, &call)),
            ruleset: called(ruleset),
            consequence: match chosen {
                Chosen::ByApi => "Errors keep it from callers, unless somebody says why.",
                Chosen::ByNobody => {
                    "The API chose no ruleset, so that nothing depends on what the rules find."
                }
            },
            contract: format!("Revision {number}"),
            summary: summary(found.tally),
            filters: Filters {
                label: "Filter the findings",
                fields: fields(found.tally, &wanted, &faults),
                clear: is_filtered.then(|| here.clone()),
            },
            empty: match (found.rules.is_empty(), is_filtered) {
                _ if !faults.0.is_empty() => None,
                (true, true) => Some(none_of_these(&here)),
                (true, false) => Some(nothing_found(called(ruleset), &self.at)),
                (false, _) => None,
            },
            found: faults.0.is_empty().then(|| list(&found, more)),
            faults,
            not_run: not_run(unsupported),
            download: format!("{}/{below}/document", self.at.here()),
            history: format!("{}/contracts", self.at.here()),
        })
    }

    /// Where the contract is, below its version.
    fn below(&self) -> String {
        match self.revision {
            Some(number) => format!("contracts/{number}"),
            None => "contract".to_owned(),
        }
    }
}

/// A severity in the address that there is not.
fn unknown(error: &NotAGravity) -> Faults {
    Faults(vec![words::fault(
        "level",
        &format!("The severity {error}."),
    )])
}

fn none_of_these(here: &str) -> Empty {
    Empty {
        icon: Icon::Search,
        title: "Nothing of this kind".to_owned(),
        words: "There are no findings that fit the filter.".to_owned(),
        actions: vec![Link::new("All findings", here)],
    }
}

fn nothing_found(ruleset: &str, at: &At) -> Empty {
    Empty {
        icon: Icon::Check,
        title: "Nothing found".to_owned(),
        words: format!(
            "The contract follows the OpenAPI specification and every rule of {ruleset}."
        ),
        actions: vec![Link::new("See the version", at.here())],
    }
}

/// The filter; none where there is nothing to filter.
fn fields(tally: Tally, wanted: &Wanted, faults: &Faults) -> Vec<Field> {
    if tally.all() == 0 && faults.0.is_empty() {
        return Vec::new();
    }
    let state = |gravity: Option<Gravity>| match wanted.gravity == gravity {
        true => ChoiceState::Chosen,
        false => ChoiceState::Open,
    };
    let all = Choice {
        value: String::new(),
        label: "All".to_owned(),
        hint: None,
        state: state(None),
    };
    let each = Gravity::ALL.into_iter().map(|gravity| Choice {
        value: gravity.to_string(),
        label: said(tally, gravity),
        hint: None,
        state: state(Some(gravity)),
    });
    let choices = std::iter::once(all).chain(each).collect();
    let level = Field::new("level", "Severity", Control::Select(choices));
    vec![level.optional().fault(faults.of("level"))]
}

/// How much of a gravity there is: `2 errors`.
pub(super) fn said(tally: Tally, gravity: Gravity) -> String {
    let word = match gravity {
        Gravity::Error => "error",
        Gravity::Warning => "warning",
        Gravity::Info => "remark",
        Gravity::Hint => "hint",
    };
    number(tally.of(gravity), word)
}

/// How much was found: `2 errors, 1 warning.`
pub(super) fn summary(tally: Tally) -> String {
    let there = |gravity: &Gravity| tally.of(*gravity) > 0;
    let parts = Gravity::ALL.into_iter().filter(there);
    let parts: Vec<String> = parts.map(|gravity| said(tally, gravity)).collect();
    match parts.is_empty() {
        true => "Nothing was found.".to_owned(),
        false => format!("{}.", parts.join(", ")),
    }
}

/// What of a ruleset is not run, as it is shown.
pub(super) fn not_run(unsupported: Vec<Unsupported>) -> Vec<NotRunRow> {
    let row = |it: Unsupported| NotRunRow {
        rule: it.rule,
        reason: it.reason,
    };
    unsupported.into_iter().map(row).collect()
}

/// Findings as they are shown, with the page that shows more of one rule, where there is one.
pub(super) fn list(found: &Found, page: Option<&str>) -> FindingList {
    FindingList {
        rules: found.rules.iter().map(|rule| group(rule, page)).collect(),
    }
}

fn group(found: &RuleFound, page: Option<&str>) -> FindingGroup {
    let level = match found.gravity {
        Gravity::Error => Badge::new(Tone::Bad, Icon::Cross, "Error"),
        Gravity::Warning => Badge::new(Tone::Warning, Icon::Warning, "Warning"),
        Gravity::Info => Badge::new(Tone::Notice, Icon::Notice, "Remark"),
        Gravity::Hint => Badge::new(Tone::Quiet, Icon::Notice, "Hint"),
    };
    let first = found.told.first().map(|place| place.message.as_str());
    let is_same = |place: &PlaceFound| Some(place.message.as_str()) == first;
    let common = first.filter(|_| found.told.iter().all(is_same));
    let row = |place: &PlaceFound| FindingRow {
        message: common.is_none().then(|| words::capital(&place.message)),
        pointer: place.pointer.clone(),
        position: format!("{}:{}", place.line, place.column),
        excerpt: line(place),
    };
    let untold = u64::try_from(found.untold()).unwrap_or(u64::MAX);
    FindingGroup {
        level,
        count: number(found.count, "place"),
        message: common.map(words::capital),
        rows: found.told.iter().map(row).collect(),
        more: (untold > 0).then(|| More {
            words: format!("{} more", count(untold)),
            href: page.map(|page| words::query(page, &[("rule", &found.rule)])),
        }),
        rule: found.rule.clone(),
    }
}

fn line(place: &PlaceFound) -> Option<Line> {
    let excerpt = place.excerpt.as_ref()?;
    let (before, meant, after) = excerpt.parts();
    Some(Line {
        number: place.line,
        before: before.to_owned(),
        meant: meant.to_owned(),
        after: after.to_owned(),
    })
}

fn number(count: usize, word: &str) -> String {
    counted(u64::try_from(count).unwrap_or(u64::MAX), word)
}
