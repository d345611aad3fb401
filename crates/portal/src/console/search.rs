//! Search: what is pasted or typed into the bar. An id leads to its page, a token to its judgement, a name to what has it.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use gatewright_domain::{handle::ApplicationHandle, text::Name, token::Jti};
use gatewright_store::views::page::Page;

use crate::{
    console::{
        inspector::{self, Asked},
        visit,
    },
    page::{
        empty::Empty,
        frame::{Frame, Link},
        icon::Icon,
        place::Place,
    },
    pages::search::{FoundRow, SearchPage},
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

/// Which prefix of an id leads where.
const PLACES: [(&str, &str); 6] = [
    ("api_", "/console/apis"),
    ("con_", "/console/consumers"),
    ("app_", "/console/applications"),
    ("tok_", "/console/tokens"),
    ("dec_", "/console/decisions"),
    ("op_", "/console/operators"),
];

/// Finds it.
///
/// # Errors
/// When the store fails.
pub async fn find(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let typed = form.one("q");
    if is_token(typed) {
        return inspector::judged(&request, &app, &who, typed, &Asked::default()).await;
    }
    if let Some(place) = place(typed) {
        return Ok(visit::go(place));
    }
    let rows = found(&app, &who, typed).await?;
    if let [only] = rows.as_slice() {
        return Ok(visit::go(&only.name.href));
    }
    let empty = rows.is_empty().then(|| Empty {
        icon: Icon::Search,
        title: "Nothing found".to_owned(),
        words: "Type a part of the name of an API or a consumer, the whole name of an application, or paste an id or a token."
            .to_owned(),
        actions: Vec::new(),
    });
    let mut visit = visit::signed_in(&request, &who);
    "/console".clone_into(&mut visit.here);
    visit::page(&SearchPage {
        frame: Frame::new(visit, Place::Home, "Search"),
        empty,
        rows,
    })
}

/// Whether it looks like a token: never to be put into an address.
fn is_token(text: &str) -> bool {
    let text = text.rsplit(' ').next().unwrap_or_default();
    text.starts_with("eyJ") || text.split('.').filter(|part| part.len() > 10).count() == 3
}

/// The page of an id.
fn place(text: &str) -> Option<String> {
    let is_id = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let mut places = PLACES.iter().filter(|_| is_id);
    let (_, place) = places.find(|(prefix, _)| text.starts_with(prefix))?;
    Some(format!("{place}/{text}"))
}

/// Everything of that name, id or key id.
async fn found(app: &App, who: &SignedIn, typed: &str) -> Result<Vec<FoundRow>, Problem> {
    let mut rows = Vec::new();
    if typed.is_empty() {
        return Ok(rows);
    }
    let (sight, now) = (app.reader.as_seen_by(&who.caller), app.now());
    let hit = |kind, name: String, href: String, context: String| FoundRow {
        kind,
        name: Link::new(name, href),
        context,
    };
    for key in sight
        .keys(now)
        .await?
        .into_iter()
        .filter(|key| key.kid.starts_with(typed))
    {
        let place = format!("/console/keys/{}", key.kid);
        rows.push(hit("Key", key.kid, place, key.state));
    }
    let jti = Jti::from_wire(typed.to_owned());
    if let Ok(token) = sight.find_token_by_jti(&jti).await {
        let href = format!("/console/tokens/{}", token.id());
        rows.push(hit("Token", token.name().to_string(), href, String::new()));
    }
    let wanted = typed.to_lowercase();
    let has = |name: &str| name.to_lowercase().contains(&wanted);
    let page = Page::new(None, Some(100)).map_err(|_| Problem::unexpected())?;
    for api in sight.apis(&page, now).await?.items {
        if has(&api.name) || has(&api.title) {
            let href = format!("/console/apis/{}", api.name);
            rows.push(hit("API", api.name, href, format!("team {}", api.team)));
        }
    }
    for consumer in sight.consumers(&page, now).await?.items {
        if has(&consumer.name) {
            let href = format!("/console/consumers/{}", consumer.id);
            rows.push(hit("Consumer", consumer.name, href, String::new()));
        }
    }
    if let Ok(name) = typed.parse::<Name>()
        && let Ok(found) = sight.application(&ApplicationHandle::Name(name), now).await
    {
        let row = found.application;
        let href = format!("/console/applications/{}", row.id);
        rows.push(hit(
            "Application",
            row.name,
            href,
            format!("of {}", row.consumer),
        ));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_told_from_a_name_with_dots() {
        assert!(is_token("Bearer eyJhbGciOiJFUzI1NiJ9.e30.c2ln"));
        assert!(!is_token("api.example.org"));
    }

    #[test]
    fn an_id_leads_to_its_page() {
        assert_eq!(place("tok_01").as_deref(), Some("/console/tokens/tok_01"));
        assert_eq!(place("tok_/../x"), None);
    }
}
