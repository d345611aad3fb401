//! The reference of a version as people and programs are told it: a list of its operations, and each of them whole.

use std::collections::BTreeSet;

use gatewright_contract::ReferenceOperation;
use gatewright_domain::{
    access::Caller,
    operation::{Requirement, Scope},
    text::{ApiName, ScopeName, VersionNumber},
};
use gatewright_registry::{Entry, Referenced, Tag, VersionAt};
use gatewright_store::views::page::{Page, Paged};
use serde::Serialize;
use utoipa::ToSchema;

use crate::web::{
    app::App,
    catalogue::Kind,
    problem::Problem,
    reference_parts::{ToldBody, ToldParameter, ToldResponse},
};

/// The most tags that a list names.
const MOST_TAGS: usize = 500;

/// How much of what a tag says of itself stands in a list, in characters.
const TAG_WORDS: usize = 300;

/// A page of the operations of a version.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReferenceIndex {
    /// The API's name.
    pub(crate) api: String,
    /// The version's number.
    pub(crate) version: String,
    /// Where the version stands: draft, published, deprecated, blocked, retired.
    pub(crate) status: String,
    /// The number of the contract's revision; nothing before there is one.
    pub(crate) contract: Option<u32>,
    /// Where callers find the version.
    pub(crate) address: String,
    /// Whether something was left out because the contract unfolds into too much.
    pub(crate) cut: bool,
    /// The tags of the contract, in its order.
    pub(crate) tags: Vec<ReferenceTag>,
    /// The operations, tag by tag.
    pub(crate) items: Vec<ReferenceLine>,
    /// What to send as `cursor` to go on; nothing on the last page.
    pub(crate) next_cursor: Option<String>,
}

/// A tag of a contract.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReferenceTag {
    /// Its name; empty for operations that have none.
    pub(crate) name: String,
    /// How the contract describes it, cut where it is long.
    pub(crate) description: Option<String>,
    /// How many operations it has.
    pub(crate) operations: usize,
}

/// An operation in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReferenceLine {
    /// What it is called in addresses.
    pub(crate) name: String,
    /// Its tag; empty when it has none.
    pub(crate) tag: String,
    /// The method.
    pub(crate) method: &'static str,
    /// The path template.
    pub(crate) path: String,
    /// What it does, on one line.
    pub(crate) summary: Option<String>,
    /// Whether the contract calls it deprecated.
    pub(crate) deprecated: bool,
    /// The alternatives of scopes, one of which a token must carry whole, as tokens carry them; empty when it needs none.
    pub(crate) requires: Vec<Vec<String>>,
}

/// All there is to know of one operation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OperationReference {
    /// The API's name.
    pub(crate) api: String,
    /// The version's number.
    pub(crate) version: String,
    /// Where the version stands: draft, published, deprecated, blocked, retired.
    pub(crate) status: String,
    /// The number of the contract's revision.
    pub(crate) contract: Option<u32>,
    #[serde(flatten)]
    pub(crate) line: ReferenceLine,
    /// Its id in the contract.
    pub(crate) operation_id: Option<String>,
    /// What it does (Markdown of whoever wrote the contract).
    pub(crate) description: Option<String>,
    /// Its parameters: path, query, header, cookie.
    pub(crate) parameters: Vec<ToldParameter>,
    /// The body it takes.
    pub(crate) body: Option<ToldBody>,
    /// Its responses.
    pub(crate) responses: Vec<ToldResponse>,
    /// A call by curl. It takes the token from the variable `TOKEN`.
    pub(crate) curl: String,
    /// Whether something was left out because the contract unfolds into too much.
    pub(crate) cut: bool,
    /// The operation before it in the list.
    pub(crate) previous: Option<String>,
    /// The operation after it in the list.
    pub(crate) next: Option<String>,
}

/// Which operations are asked for.
pub(crate) struct Sought<'a> {
    /// Words, every one of which must occur.
    pub(crate) words: &'a str,
    /// A tag.
    pub(crate) tag: Option<&'a str>,
    /// Which part of the list.
    pub(crate) page: Page,
}

/// The operations of a version, as this caller may see it.
pub(crate) async fn index(
    app: &App,
    caller: &Caller,
    at: &VersionAt,
    sought: &Sought<'_>,
) -> Result<ReferenceIndex, Problem> {
    let Referenced { of, book } = app.registry.reference(caller, &at.api, at.number).await?;
    let wire = |requires: &Requirement| wire(&of.api, at.number, requires);
    let found = book.search(sought.words, sought.tag);
    let page = sought.page.of(found, |entry| entry.name.clone());
    let Paged { items, next_cursor } = page;
    Ok(ReferenceIndex {
        address: address(app, &of.api, at.number),
        api: of.api.to_string(),
        version: at.number.to_string(),
        status: of.status,
        contract: of.revision.map(|revision| revision.number),
        cut: book.is_cut(),
        tags: book.tags().iter().take(MOST_TAGS).map(tag).collect(),
        items: items.into_iter().map(|entry| line(entry, wire)).collect(),
        next_cursor,
    })
}

/// One operation of a version, as this caller may see it.
pub(crate) async fn operation(
    app: &App,
    caller: &Caller,
    at: &VersionAt,
    name: &str,
) -> Result<OperationReference, Problem> {
    let Referenced { of, book } = app.registry.reference(caller, &at.api, at.number).await?;
    let found = book.find(name);
    let (entry, [previous, next]) = found.ok_or_else(|| Problem::of(Kind::NOT_FOUND))?;
    let name = |entry: &Entry| entry.name.clone();
    let ReferenceOperation {
        method: _,
        path: _,
        operation_id,
        summary: _,
        description,
        deprecated: _,
        requires: _,
        parameters,
        body,
        responses,
    } = entry.operation.clone();
    Ok(OperationReference {
        curl: entry.operation.curl(&address(app, &of.api, at.number)),
        line: line(entry, |requires| wire(&of.api, at.number, requires)),
        api: of.api.to_string(),
        version: at.number.to_string(),
        status: of.status,
        contract: of.revision.map(|revision| revision.number),
        operation_id,
        description,
        parameters: parameters.into_iter().map(ToldParameter::from).collect(),
        body: body.map(ToldBody::from),
        responses: responses.into_iter().map(ToldResponse::from).collect(),
        cut: book.is_cut(),
        previous: previous.map(name),
        next: next.map(name),
    })
}

/// Where callers find a version.
fn address(app: &App, api: &ApiName, number: VersionNumber) -> String {
    format!("{}/{api}/{number}", app.place.gateway)
}

/// What is required, as tokens carry it.
fn wire(api: &ApiName, version: VersionNumber, requires: &Requirement) -> Vec<Vec<String>> {
    let scope = |name: &ScopeName| Scope {
        api: api.clone(),
        version,
        name: name.clone(),
    };
    let whole = |all: &BTreeSet<ScopeName>| {
        let scopes = all.iter().map(scope);
        scopes.map(|scope| scope.to_string()).collect()
    };
    requires.alternatives().iter().map(whole).collect()
}

fn tag(tag: &Tag) -> ReferenceTag {
    let cut = |text: &String| {
        let start: String = text.chars().take(TAG_WORDS).collect();
        let end = if start.len() < text.len() { "…" } else { "" };
        start + end
    };
    ReferenceTag {
        name: tag.name.clone(),
        description: tag.description.as_ref().map(cut),
        operations: tag.operations,
    }
}

fn line(entry: &Entry, wire: impl Fn(&Requirement) -> Vec<Vec<String>>) -> ReferenceLine {
    let operation = &entry.operation;
    ReferenceLine {
        name: entry.name.clone(),
        tag: entry.tag.clone(),
        method: operation.method.as_str(),
        path: operation.path.clone(),
        summary: operation.summary.clone(),
        deprecated: operation.deprecated,
        requires: wire(&operation.requires),
    }
}
