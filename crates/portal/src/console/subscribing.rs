//! How somebody who reads of a version subscribes to it: first the application, then its form, with the version chosen.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use gatewright_store::views::applications::ApplicationRow;

use crate::{
    console::{
        apis::{Cursor, page_of, pages},
        versions::{At, is_live},
        visit, words,
    },
    page::{
        empty::Empty,
        frame::{Frame, Link},
        icon::Icon,
        place::Place,
    },
    pages::applications::{CandidateRow, CandidatesPage},
    web::{app::App, caller::SignedIn, problem::Problem},
};

/// Where that begins, while a version takes subscriptions.
pub(super) fn link(status: &str, at: &At) -> Option<Link> {
    let there = format!("{}/subscribe", at.here());
    is_live(status).then(|| Link::new("Subscribe an application", there))
}

/// The applications that could subscribe to a version, and those that have.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn candidates(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<At>,
    cursor: Query<Cursor>,
) -> Result<HttpResponse, Problem> {
    let (page, now) = (page_of(cursor.into_inner()), app.now());
    let sight = app.reader.as_seen_by(&who.caller);
    let version = sight.version_row(&at.api, at.version, now).await?;
    let found = sight.applications(&page, now).await?;
    let name = format!("{} {}", version.api, version.number);
    let choice = [("api", &*version.api), ("version", &*version.number)];
    let place = format!("{}/{}", version.api, version.number);
    let row = |row: ApplicationRow| {
        let form = format!("/console/applications/{}/subscribe", row.id);
        let is_open = row.disabled_at.is_none() && !row.versions.contains(&place);
        CandidateRow {
            state: match (row.disabled_at, is_open) {
                (Some(_), _) => "Disabled",
                (None, false) => "Subscribed",
                (None, true) => "",
            },
            choose: is_open.then(|| words::query(&form, &choice)),
            name: Link::new(row.name, format!("/console/applications/{}", row.id)),
            consumer: row.consumer,
        }
    };
    let here = format!("{}/subscribe", at.here());
    let empty = match (is_live(&version.status), found.items.is_empty()) {
        (true, false) => None,
        (true, true) => Some(nobody()),
        (false, _) => Some(closed(&at)),
    };
    visit::page(&CandidatesPage {
        frame: Frame::new(
            visit::signed_in(&request, &who),
            Place::Apis,
            format!("Subscribe to {name}"),
        )
        .below(at.trail()),
        empty,
        pages: pages(
            found.items.len(),
            "application",
            &here,
            found.next_cursor.as_ref(),
            &page,
        ),
        rows: found.items.into_iter().map(row).collect(),
        version: name,
    })
}

fn nobody() -> Empty {
    Empty {
        icon: Icon::Consumer,
        title: "No application yet".to_owned(),
        words: "An application is one client of a consumer; it is what subscribes.".to_owned(),
        actions: vec![Link::new("See the consumers", "/console/consumers")],
    }
}

fn closed(at: &At) -> Empty {
    Empty {
        icon: Icon::Api,
        title: "Not open to subscriptions".to_owned(),
        words: "Applications subscribe to a version once it is published, and until it is retired."
            .to_owned(),
        actions: vec![Link::new("See the version", at.here())],
    }
}
