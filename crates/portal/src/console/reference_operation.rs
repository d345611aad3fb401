//! One operation of a version: how it is called, what it takes and what it answers.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use gatewright_domain::{handle::ApiHandle, text::VersionNumber};
use serde::Deserialize;

use crate::{
    console::{elsewhere, references::many, subscribing, versions::At, visit, words},
    page::{
        badge::Badge,
        code::Code,
        frame::{Frame, Link},
        media::{Media, Member},
        number::counted,
        place::Place,
        prose::{Headings, Prose},
    },
    pages::references::{Body, OperationPage, Response},
    web::{
        app::App,
        caller::SignedIn,
        problem::Problem,
        reference::{self, OperationReference},
        reference_parts::{ToldBody, ToldField, ToldMedia, ToldParameter, ToldResponse},
    },
};

/// An operation of a version, in the address.
#[derive(Deserialize)]
pub struct OperationAt {
    api: ApiHandle,
    version: VersionNumber,
    operation: String,
}

/// One operation: how it is called, what it takes and what it answers.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<OperationAt>,
) -> Result<HttpResponse, Problem> {
    let OperationAt {
        api,
        version,
        operation,
    } = at.into_inner();
    let at = At { api, version };
    let found = reference::operation(&app, &who.caller, &at.place(), &operation).await?;
    let here = format!("{}/reference", at.here());
    let to = |name: &String| format!("{here}/{}", words::segment(name));
    let own = words::segment(&found.line.name);
    let call = format!("/apis/{}/versions/{}/reference/{own}", at.api, at.version);
    let mut trail = at.trail();
    trail.push(Link::new("Reference", here.clone()));
    visit::page(&OperationPage {
        frame: Frame::new(visit::signed_in(&request, &who), Place::Apis, title(&found))
            .below(trail)
            .also(elsewhere::call(&app, &call)),
        state: found.line.deprecated.then(Badge::deprecated),
        download: format!("{}/contract/document", at.here()),
        subscribe: subscribing::link(&found.status, &at),
        method: found.line.method,
        path: found.line.path,
        description: Prose::maybe(found.description.as_deref(), Headings::Below(1)),
        version: format!("{} {}", found.api, found.version),
        call: Code::new("call", "curl", found.curl),
        requires: found.line.requires,
        parameters: found.parameters.into_iter().map(parameter).collect(),
        body: found.body.map(body),
        previous: found.previous.as_ref().map(to),
        next: found.next.as_ref().map(to),
        cut: found.cut,
        responses: found
            .responses
            .into_iter()
            .enumerate()
            .map(|(place, told)| response(place, told))
            .collect(),
    })
}

fn title(found: &OperationReference) -> String {
    let line = &found.line;
    let named = line.summary.clone().filter(|said| !said.is_empty());
    named.unwrap_or_else(|| format!("{} {}", line.method, line.path))
}

fn parameter(told: ToldParameter) -> Member {
    let ToldParameter {
        name,
        place,
        required,
        kind,
        description,
        example,
    } = told;
    Member {
        name,
        place: Some(place),
        is_required: required,
        kind,
        description: Prose::maybe(description.as_deref(), Headings::Lines),
        example,
    }
}

/// A header of a response: where it stands is plain.
fn header(told: ToldParameter) -> Member {
    Member {
        place: None,
        ..parameter(told)
    }
}

fn field(told: ToldField) -> Member {
    Member {
        name: told.name,
        place: None,
        is_required: told.required,
        kind: told.kind,
        description: Prose::maybe(told.description.as_deref(), Headings::Lines),
        example: None,
    }
}

fn body(told: ToldBody) -> Body {
    let media = told.media.into_iter().enumerate();
    let shown = |(place, told): (usize, ToldMedia)| Media {
        is_open: place == 0,
        ..media_of(told, &format!("request-{place}"), "the request")
    };
    Body {
        is_required: told.required,
        description: Prose::maybe(told.description.as_deref(), Headings::Below(2)),
        media: media.map(shown).collect(),
    }
}

fn response(at: usize, told: ToldResponse) -> Response {
    let whose = format!("the response {}", told.status);
    let media = told.media.into_iter().enumerate();
    let shown =
        |(place, told): (usize, ToldMedia)| media_of(told, &format!("answer-{at}-{place}"), &whose);
    Response {
        description: Prose::maybe(told.description.as_deref(), Headings::Below(3)),
        headers: told.headers.into_iter().map(header).collect(),
        media: media.map(shown).collect(),
        status: told.status,
    }
}

fn media_of(told: ToldMedia, id: &str, whose: &str) -> Media {
    let example = told.example.filter(|text| !text.is_empty());
    let media_type = told.media_type;
    Media {
        label: format!("Fields of {whose}, {media_type}"),
        count: counted(many(told.fields.len()), "field"),
        is_open: false,
        example: example.map(|text| Code::new(id, format!("Example of {media_type}"), text)),
        kind: told.kind,
        fields: told.fields.into_iter().map(field).collect(),
        media_type,
    }
}
