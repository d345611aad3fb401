//! Lists: which part is asked for, and how to go on.

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, http::header};
use gatewright_store::views::page::{NotAPage, Page, Paged};
use serde::{Deserialize, Serialize};
use url::form_urlencoded;
use utoipa::{IntoParams, ToSchema};

use crate::web::{catalogue::Kind, problem::Problem};

/// Which part of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Slice {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// How many items at most: 1 to 100, 50 when nothing is said.
    limit: Option<u32>,
}

/// A list that is always shown whole.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Whole<T> {
    /// The items, in the list's order.
    pub(super) items: Vec<T>,
}

impl Slice {
    /// The page that is asked for.
    pub(super) fn page(self) -> Result<Page, Problem> {
        page(self.cursor, self.limit)
    }
}

/// The page after a cursor.
pub(super) fn page(cursor: Option<String>, limit: Option<u32>) -> Result<Page, Problem> {
    let refuse = |NotAPage| Problem::of(Kind::REQUEST_INVALID).because("`limit` is from 1 to 100.");
    Page::new(cursor, limit).map_err(refuse)
}

/// A page with the address of the next one (RFC 8288); `cursor` is what the query calls it.
pub(super) fn paged<T: Serialize>(
    request: &HttpRequest,
    cursor: &str,
    page: &Paged<T>,
) -> HttpResponse {
    linked(request, cursor, page.next_cursor.as_deref()).json(page)
}

/// An answer with the address of the next page, if there is one.
pub(super) fn linked(
    request: &HttpRequest,
    cursor: &str,
    next: Option<&str>,
) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    if let Some(next) = next {
        let asked = form_urlencoded::parse(request.query_string().as_bytes());
        let query: String = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(asked.filter(|(name, _)| name != cursor))
            .append_pair(cursor, next)
            .finish();
        let link = format!("<{}?{query}>; rel=\"next\"", request.path());
        response.insert_header((header::LINK, link));
    }
    response
}
