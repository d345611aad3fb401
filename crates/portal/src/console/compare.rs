//! Comparing two contracts of an API: what changed for callers, and what of it breaks them.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use gatewright_contract::{Change, Changes, Group, Level, Spot};
use gatewright_domain::{contract::ContractAt, handle::ApiHandle};
use gatewright_registry::CompareError;
use serde::Deserialize;

use crate::{
    console::{elsewhere, visit, words},
    page::{
        badge::{Badge, Tone},
        changes::{ChangeGroup, ChangeList, ChangeRow},
        empty::Empty,
        form::{Choice, ChoiceState, Control, Faults, Field},
        frame::{Frame, Link},
        icon::Icon,
        number::counted,
        place::Place,
    },
    pages::contracts::ComparePage,
    web::{app::App, caller::SignedIn, problem::Problem},
};

/// Which two, as the form sends them.
#[derive(Deserialize)]
pub struct Asked {
    from: Option<String>,
    to: Option<String>,
    level: Option<String>,
}

/// What changed from one contract to another, with the form that chooses them.
///
/// # Errors
/// `NOT_FOUND` for an API that is not there. A contract that is not there is said in the form.
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    api: Path<ApiHandle>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let api = api.into_inner();
    let contracts = app
        .reader
        .as_seen_by(&who.caller)
        .contracts_of(&api)
        .await?;
    let Asked { from, to, level } = asked.into_inner();
    let (mut from, mut to) = match (from, to) {
        (None, None) => proposed(&contracts),
        (from, to) => (from.unwrap_or_default(), to.unwrap_or_default()),
    };
    let mut faults = Faults::default();
    let mut parsed = |name: &str, text: &str| {
        let at = text.parse::<ContractAt>();
        at.map_err(|error| {
            faults
                .0
                .push(words::fault(name, &format!("The contract {error}.")))
        })
        .ok()
    };
    let both = (parsed("from", &from), parsed("to", &to));
    let level = level.filter(|level| !level.is_empty());
    let only = level.and_then(|level| {
        let found = LEVELS.into_iter().find(|known| known.as_str() == level);
        if found.is_none() {
            let words = "The effect must be error, warning or info.";
            faults.0.push(words::fault("level", words));
        }
        found
    });
    let mut changes = None;
    if let (Some(earlier), Some(later)) = both {
        match app
            .registry
            .compare(&who.caller, &api, earlier, later)
            .await
        {
            Ok(compared) => {
                (from, to) = (compared.from.to_string(), compared.to.to_string());
                changes = Some(compared.changes);
            }
            Err(CompareError::NotFound(at)) => {
                let field = if at == earlier { "from" } else { "to" };
                let words = format!("There is no contract {at}.");
                faults.0.push(words::fault(field, &words));
            }
            Err(error) => return Err(error.into()),
        }
    }
    if contracts.is_empty() {
        faults.0.clear();
    }
    let is_sound = faults.0.is_empty();
    let select = |name, label, chosen: &str| {
        let choices = contracts.iter().map(|(at, in_use)| Choice {
            value: at.to_string(),
            label: format!("{at}{}", if *in_use { ", in use" } else { "" }),
            hint: None,
            state: if at.to_string() == chosen {
                ChoiceState::Chosen
            } else {
                ChoiceState::Open
            },
        });
        Field::new(name, label, Control::Select(choices.collect())).fault(faults.of(name))
    };
    let here = format!("/console/apis/{api}");
    let call = words::query(
        &format!("/apis/{api}/changes"),
        &[("from", &from), ("to", &to)],
    );
    let empty = contracts.is_empty().then(|| Empty {
        icon: Icon::Draft,
        title: "No contract yet".to_owned(),
        words: "There is nothing to compare before two contracts were uploaded.".to_owned(),
        actions: vec![Link::new("See the API", here.clone())],
    });
    visit::page(&ComparePage {
        frame: Frame::new(
            visit::signed_in(&request, &who),
            Place::Apis,
            format!("Compare contracts of {api}"),
        )
        .below([
            Link::new("APIs", "/console/apis"),
            Link::new(api.to_string(), here),
        ])
        .also(elsewhere::call(&app, &call)),
        fields: vec![
            select("from", "From", &from),
            select("to", "To", &to),
            effect(only).fault(faults.of("level")),
        ],
        faults,
        empty,
        changes: changes
            .as_ref()
            .filter(|_| is_sound)
            .map(|changes| match only {
                Some(only) => list(changes, &[only]),
                None => list(changes, &LEVELS),
            }),
    })
}

/// How grave changes are, the gravest first.
const LEVELS: [Level; 3] = [Level::Error, Level::Warning, Level::Info];

/// Changes of which effect are shown.
fn effect(only: Option<Level>) -> Field {
    let choice = |level: Option<Level>| Choice {
        value: level.map_or_else(String::new, |level| level.as_str().to_owned()),
        label: match level {
            None => "All".to_owned(),
            Some(Level::Error) => "Breaking".to_owned(),
            Some(Level::Warning) => "Possibly breaking".to_owned(),
            Some(Level::Info) => "Harmless".to_owned(),
        },
        hint: None,
        state: match level == only {
            true => ChoiceState::Chosen,
            false => ChoiceState::Open,
        },
    };
    let each = LEVELS.into_iter().map(|level| choice(Some(level)));
    let choices = [choice(None)].into_iter().chain(each).collect();
    Field::new("level", "Effect", Control::Select(choices)).optional()
}

/// The two that are most likely meant: the last two revisions of the last version, or else of the last two versions.
fn proposed(contracts: &[(ContractAt, bool)]) -> (String, String) {
    let of = |place: usize| contracts.get(place).map(|(at, _)| *at);
    let text = |at: Option<ContractAt>| at.map_or_else(String::new, |at| at.to_string());
    (text(of(1).or(of(0))), text(of(0)))
}

/// Changes of these levels as they are shown, by what they belong to.
pub(super) fn list(changes: &Changes, levels: &[Level]) -> ChangeList {
    let counts = changes.counts;
    let is_shown = |change: &&Change| levels.contains(&change.level);
    let all = levels.iter().map(|level| match level {
        Level::Error => counts.errors,
        Level::Warning => counts.warnings,
        Level::Info => counts.infos,
    });
    let shown = changes.told.iter().filter(is_shown).count();
    let untold = all.sum::<usize>().saturating_sub(shown);
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let group = |(of, changes): (Group<'_>, Vec<&Change>)| ChangeGroup {
        method: of.method.map(|method| method.as_str()),
        title: of
            .path
            .map_or_else(|| words::capital(of.section.as_str()), str::to_owned),
        is_path: of.path.is_some(),
        rows: changes.into_iter().filter(is_shown).map(row).collect(),
    };
    ChangeList {
        summary: if counts.all() == 0 {
            "Nothing changed for callers.".to_owned()
        } else {
            format!(
                "{}, {}, {}.",
                counted(number(counts.errors), "breaking change"),
                counted(number(counts.warnings), "possibly breaking change"),
                counted(number(counts.infos), "harmless change"),
            )
        },
        bump: (counts.all() != 0).then(|| changes.bump.as_str()),
        left_out: match levels {
            [Level::Error] => Some("Listed here is what breaks callers."),
            [Level::Warning] => Some("Listed here is what may break callers."),
            [Level::Info] => Some("Listed here is what is harmless."),
            [Level::Error, Level::Warning] => Some("Listed here is what breaks callers, or may."),
            _ => None,
        }
        .filter(|_| counts.all() != 0),
        groups: {
            let groups = changes.changelog().into_iter().map(group);
            groups.filter(|group| !group.rows.is_empty()).collect()
        },
        untold: (untold != 0).then(|| counted(number(untold), "more change")),
    }
}

fn row(change: &Change) -> ChangeRow {
    let place = |spot: &Spot| format!("{}:{}", spot.line, spot.column);
    ChangeRow {
        level: match change.level {
            Level::Error => Badge::new(Tone::Bad, Icon::Cross, "Breaks"),
            Level::Warning => Badge::new(Tone::Warning, Icon::Warning, "May break"),
            Level::Info => Badge::new(Tone::Notice, Icon::Notice, "Change"),
        },
        text: format!("{}.", words::capital(&change.text)),
        rule: change.id,
        base: change.base.as_ref().map(place),
        revision: change.revision.as_ref().map(place),
    }
}
