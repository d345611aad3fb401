//! The history of a contract: every revision that was uploaded, each to be fetched and to be compared with the one in use.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use gatewright_store::views::{contracts::ContractRow, page::Page};
use serde::Deserialize;

use crate::{
    console::{elsewhere, visit, words},
    page::{
        badge::{Badge, Tone},
        empty::Empty,
        frame::{Frame, Link},
        icon::Icon,
        list::Pages,
        moment::Moment,
        number::counted,
        place::Place,
    },
    pages::contracts::{HistoryPage, RevisionRow},
    web::{app::App, caller::SignedIn, problem::Problem},
};

use super::versions::At;

/// Which part of the history.
#[derive(Deserialize)]
pub struct Asked {
    cursor: Option<String>,
}

/// The revisions, the latest first.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn list(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<At>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let Asked { cursor } = asked.into_inner();
    let is_first = cursor.is_none();
    let page = Page::new(cursor, None).map_err(|_| Problem::unexpected())?;
    let sight = app.reader.as_seen_by(&who.caller);
    let found = sight
        .contracts(&at.api, at.version, &page, app.now())
        .await?;
    let here = format!("{}/contracts", at.here());
    let to = |cursor: &str| words::query(&here, &[("cursor", cursor)]);
    let empty = (is_first && found.items.is_empty()).then(|| Empty {
        icon: Icon::Draft,
        title: "No contract yet".to_owned(),
        words: "Every upload stays here as a revision.".to_owned(),
        actions: vec![Link::new(
            "Upload a contract",
            format!("{}/contract", at.here()),
        )],
    });
    let call = format!("/apis/{}/versions/{}/contracts", at.api, at.version);
    let title = format!("Contract history of {} {}", at.api, at.version);
    visit::page(&HistoryPage {
        frame: Frame::new(visit::signed_in(&request, &who), Place::Apis, title)
            .below(at.trail())
            .also(elsewhere::call(&app, &call)),
        compare: (!found.items.is_empty()).then(|| format!("/console/apis/{}/compare", at.api)),
        empty,
        pages: Pages {
            shown: counted(u64::try_from(found.items.len()).unwrap_or(0), "revision"),
            first: (!is_first).then(|| here.clone()),
            next: found.next_cursor.as_deref().map(to),
        },
        rows: found.items.iter().map(|row| shown(row, &at)).collect(),
    })
}

fn shown(row: &ContractRow, at: &At) -> RevisionRow {
    let compare = words::query(
        &format!("/console/apis/{}/compare", at.api),
        &[
            ("from", &format!("{}@{}", at.version, row.number)),
            ("to", &at.version.to_string()),
        ],
    );
    RevisionRow {
        number: format!("Revision {}", row.number),
        title: row.title.clone(),
        state: row
            .in_use
            .then(|| Badge::new(Tone::Good, Icon::Check, "In use")),
        operations: words::number(row.operation_count),
        bytes: words::number(row.bytes),
        uploaded: Moment::exact(row.uploaded_at),
        download: format!("{}/contracts/{}/document", at.here(), row.number),
        findings: format!("{}/contracts/{}/findings", at.here(), row.number),
        compare: (!row.in_use).then_some(compare),
    }
}
