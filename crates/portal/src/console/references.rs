//! References: the operations of a version for those who call them.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use gatewright_store::views::page::Page;
use serde::Deserialize;

use crate::{
    console::{elsewhere, subscribing, versions::At, visit, words},
    page::{
        empty::Empty,
        form::{Choice, ChoiceState, Control, Field},
        frame::{Frame, Link},
        icon::Icon,
        list::{Filters, Pages},
        number::counted,
        place::Place,
        prose::{Headings, Prose},
    },
    pages::references::{OperationGroup, OperationLine, ReferencePage},
    web::{
        app::App,
        caller::SignedIn,
        problem::Problem,
        reference::{self, ReferenceIndex, ReferenceLine, Sought},
    },
};

/// How many operations stand on a page.
const ON_A_PAGE: u32 = 100;

/// Which operations.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    tag: String,
    cursor: Option<String>,
}

/// The operations of a version, tag by tag.
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
    let asked = asked.into_inner();
    let page = Page::new(asked.cursor.clone(), Some(ON_A_PAGE));
    let sought = Sought {
        words: &asked.q,
        tag: Some(asked.tag.as_str()).filter(|tag| !tag.is_empty()),
        page: page.map_err(|_| Problem::unexpected())?,
    };
    let found = reference::index(&app, &who.caller, &at.place(), &sought).await?;
    let here = format!("{}/reference", at.here());
    let filtered = [("q", asked.q.as_str()), ("tag", asked.tag.as_str())];
    let to = |cursor: &String| {
        let [words, tag] = filtered;
        words::query(&here, &[words, tag, ("cursor", cursor)])
    };
    let call = words::query(
        &format!("/apis/{}/versions/{}/reference", at.api, at.version),
        &filtered,
    );
    let title = format!("Reference of {} {}", found.api, found.version);
    visit::page(&ReferencePage {
        frame: Frame::new(visit::signed_in(&request, &who), Place::Apis, title)
            .below(at.trail())
            .also(elsewhere::call(&app, &call)),
        state: words::lifecycle(&found.status),
        subscribe: subscribing::link(&found.status, &at),
        download: found
            .contract
            .map(|_| format!("{}/contract/document", at.here())),
        address: found.address.clone(),
        filters: filters(&found, &asked, &here),
        empty: found.items.is_empty().then(|| empty(&found, &at, &here)),
        cut: found.cut,
        pages: Pages {
            shown: counted(many(found.items.len()), "operation"),
            first: asked
                .cursor
                .as_ref()
                .map(|_| words::query(&here, &filtered)),
            next: found.next_cursor.as_ref().map(to),
        },
        groups: groups(found, &here),
    })
}

/// A count, as numbers are said.
pub(super) fn many(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn filters(found: &ReferenceIndex, asked: &Asked, here: &str) -> Filters {
    let choice = |value: &str, label: String| Choice {
        value: value.to_owned(),
        label,
        hint: None,
        state: if value == asked.tag {
            ChoiceState::Chosen
        } else {
            ChoiceState::Open
        },
    };
    let named = found.tags.iter().filter(|tag| !tag.name.is_empty());
    let tags = named.map(|tag| choice(&tag.name, format!("{} ({})", tag.name, tag.operations)));
    let tags: Vec<Choice> = [choice("", "All".to_owned())]
        .into_iter()
        .chain(tags)
        .collect();
    let mut fields = Vec::new();
    if !found.tags.is_empty() {
        let words = Field::new("q", "Words", Control::Text);
        fields.push(words.value(&asked.q).optional());
    }
    if tags.len() > 1 {
        fields.push(Field::new("tag", "Tag", Control::Select(tags)).optional());
    }
    let is_filtered = !(asked.q.is_empty() && asked.tag.is_empty());
    Filters {
        label: "Filter the operations",
        fields,
        clear: is_filtered.then(|| here.to_owned()),
    }
}

fn empty(found: &ReferenceIndex, at: &At, here: &str) -> Empty {
    let (title, words, action) = match (found.contract, found.tags.is_empty()) {
        (None, _) => (
            "No contract yet",
            "The contract gives the version its operations and the scopes they require.",
            Link::new("Upload a contract", format!("{}/contract", at.here())),
        ),
        (Some(_), true) => (
            "No operation",
            "The contract describes none, so there is nothing to call.",
            Link::new("See the version", at.here()),
        ),
        (Some(_), false) => (
            "Nothing found",
            "No operation has all of these words in its method, path, name, tag or summary.",
            Link::new("All operations", here),
        ),
    };
    Empty {
        icon: Icon::Search,
        title: title.to_owned(),
        words: words.to_owned(),
        actions: vec![action],
    }
}

/// The operations of a page by their tags, which they are in the order of.
fn groups(found: ReferenceIndex, here: &str) -> Vec<OperationGroup> {
    let ReferenceIndex { tags, items, .. } = found;
    let several = tags.len() > 1;
    let mut groups: Vec<(String, OperationGroup)> = Vec::new();
    for item in items {
        if groups.last().is_none_or(|(tag, _)| *tag != item.tag) {
            let told = tags.iter().find(|tag| tag.name == item.tag);
            let name = match (item.tag.as_str(), several) {
                ("", true) => "Other operations".to_owned(),
                ("", false) => "Operations".to_owned(),
                (tag, _) => tag.to_owned(),
            };
            let group = OperationGroup {
                name,
                description: Prose::maybe(
                    told.and_then(|tag| tag.description.as_deref()),
                    Headings::Below(2),
                ),
                rows: Vec::new(),
            };
            groups.push((item.tag.clone(), group));
        }
        if let Some((_, group)) = groups.last_mut() {
            group.rows.push(row(item, here));
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn row(line: ReferenceLine, here: &str) -> OperationLine {
    let href = format!("{here}/{}", words::segment(&line.name));
    OperationLine {
        method: line.method,
        path: Link::new(line.path, href),
        summary: line.summary.unwrap_or_default(),
        deprecated: line.deprecated,
        requires: line.requires,
    }
}
