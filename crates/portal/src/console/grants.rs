//! Grants: those that an application holds, and those that the person who is signed in allowed; and the end of one.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use gatewright_domain::{handle::ApplicationHandle, id::FamilyId, text::Reason, time::Timestamp};
use gatewright_store::views::{
    grants::{GrantRow as Row, GrantsOf},
    page::Paged,
};

use crate::{
    console::{
        apis::{Cursor, page_of, pages},
        applications, elsewhere, visit, words,
    },
    page::{
        badge::Badge,
        empty::Empty,
        fact::{Last, Scopes},
        form::{Control, Faults, Field},
        frame::{Frame, Link},
        icon::Icon,
        moment::Moment,
        place::Place,
    },
    pages::{
        confirm::{Confirm, Weight},
        grants::{GrantList, GrantRow},
    },
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

/// Where a person sees what they allowed.
const OWN: &str = "/console/account/grants";

fn of_application(application: impl std::fmt::Display) -> String {
    format!("/console/applications/{application}/grants")
}

/// The grants that an application holds.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn list(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    application: Path<ApplicationHandle>,
    cursor: Query<Cursor>,
) -> Result<HttpResponse, Problem> {
    let (page, now) = (page_of(cursor.into_inner()), app.now());
    let sight = app.reader.as_seen_by(&who.caller);
    let found = sight.application(&application, now).await?;
    let id = found.application.id;
    let grants = sight.grants(GrantsOf::Application(id), &page, now).await?;
    let empty = grants.items.is_empty().then(|| Empty {
        icon: Icon::Token,
        title: "No grant yet".to_owned(),
        words: "A grant is what the application refreshes: a person allowed it to act for them, or an operator began it."
            .to_owned(),
        actions: Vec::new(),
    });
    let visit = visit::signed_in(&request, &who);
    let frame = Frame::new(visit, Place::Consumers, "Grants")
        .below(applications::trail(&found))
        .also(elsewhere::call(&app, &format!("/applications/{id}/grants")));
    let here = of_application(id);
    visit::page(&GrantList {
        pages: below(&grants, &here, &page),
        frame,
        lede: "What this application keeps alive with refresh tokens, and who allowed it. Revoking one ends every access token that came of it.",
        empty,
        rows: rows(grants, now),
    })
}

/// The grants that the person who is signed in allowed.
///
/// # Errors
/// When the store fails.
pub async fn own(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    cursor: Query<Cursor>,
) -> Result<HttpResponse, Problem> {
    let (page, now) = (page_of(cursor.into_inner()), app.now());
    let sight = app.reader.as_seen_by(&who.caller);
    let of = GrantsOf::Person(who.operator.id());
    let grants = sight.grants(of, &page, now).await?;
    let empty = grants.items.is_empty().then(|| Empty {
        icon: Icon::Token,
        title: "No application acts for you".to_owned(),
        words: "When an application asks to act for you and you allow it, it is listed here, and you can end it."
            .to_owned(),
        actions: Vec::new(),
    });
    let visit = visit::signed_in(&request, &who);
    let frame = Frame::new(visit, Place::Account, "Applications that act for you")
        .below([Link::new("Your account", "/console/account")])
        .also(elsewhere::call(&app, "/grants"));
    visit::page(&GrantList {
        pages: below(&grants, OWN, &page),
        frame,
        lede: "What you allowed. Revoking it ends every access token that came of it, at every gateway.",
        empty,
        rows: rows(grants, now),
    })
}

fn below(
    grants: &Paged<Row>,
    here: &str,
    page: &gatewright_store::views::page::Page,
) -> crate::page::list::Pages {
    let next = grants.next_cursor.as_ref();
    pages(grants.items.len(), "grant", here, next, page)
}

fn rows(grants: Paged<Row>, now: Timestamp) -> Vec<GrantRow> {
    let row = |row: Row| {
        let ends = row.revoked_at.unwrap_or(row.idle_end.min(row.absolute_end));
        let is_live = row.status == "live";
        GrantRow {
            name: row.name,
            application: Link::new(
                row.application,
                format!("/console/applications/{}", row.application_id),
            ),
            person: row.person.unwrap_or_else(|| "–".to_owned()),
            state: match row.status {
                "revoked" => Badge::revoked(),
                "ended" => Badge::expired(),
                _ => Badge::active(),
            },
            over: !is_live,
            versions: row.versions.join(", "),
            scopes: Scopes(row.scopes.iter().map(ToString::to_string).collect()),
            begun: Moment::seen_from(now, row.begun_at),
            ends: Last::new(Some(Moment::seen_from(now, ends)), "–"),
            revoke: is_live.then(|| format!("/console/grants/{}/revoke", row.id)),
            id: row.id.to_string(),
        }
    };
    grants.items.into_iter().map(row).collect()
}

/// Where somebody came from who ends a grant.
fn back(who: &SignedIn, grant: &Row) -> String {
    if grant.person_id == Some(who.operator.id()) {
        OWN.to_owned()
    } else {
        of_application(grant.application_id)
    }
}

/// Asks before a grant is revoked.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn revoke_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    grant: Path<FamilyId>,
) -> Result<HttpResponse, Problem> {
    let sight = app.reader.as_seen_by(&who.caller);
    let grant = sight.grant(*grant, app.now()).await?;
    visit::page(&form(&request, &who, &grant, Faults::default()))
}

/// Revokes a grant.
///
/// # Errors
/// What is wrong with the reason, and what the rules refuse, is the page again.
pub async fn revoke(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    grant: Path<FamilyId>,
    sent: Form,
) -> Result<HttpResponse, Problem> {
    let sight = app.reader.as_seen_by(&who.caller);
    let grant = sight.grant(*grant, app.now()).await?;
    let mut faults = Faults::default();
    let reason: Option<Reason> = sent.optional("reason", &mut faults);
    if !faults.0.is_empty() {
        return visit::page(&form(&request, &who, &grant, faults));
    }
    match app.keys.revoke_family(&who.caller, grant.id, reason).await {
        Ok(_) => {
            let said = format!("{} may act no more by this grant.", grant.application);
            Ok(visit::go_saying(back(&who, &grant), &said, &app))
        }
        Err(error) => {
            let faults = words::faults(&error.into(), "reason");
            visit::page(&form(&request, &who, &grant, faults))
        }
    }
}

fn form(request: &HttpRequest, who: &SignedIn, grant: &Row, faults: Faults) -> Confirm {
    let title = format!("Revoke the grant {}", grant.name);
    let whom = grant.person.as_deref().unwrap_or("nobody in particular");
    let back = back(who, grant);
    Confirm {
        frame: Frame::new(visit::signed_in(request, who), Place::Consumers, title)
            .below([Link::new("Grants", back.clone())]),
        sentences: vec![
            format!(
                "{} holds it for {whom}, for {}.",
                grant.application,
                grant.versions.join(", ")
            ),
            "It is refreshed no more, and every gateway refuses its access tokens. This cannot be undone."
                .to_owned(),
        ],
        breaks: vec![format!("Whatever {} does by it", grant.application)],
        headers: None,
        revision: None,
        fields: vec![
            Field::new("reason", "Reason", Control::Text)
                .hint("It stands in the trail.")
                .optional()
                .fault(faults.of("reason")),
        ],
        faults,
        weight: Weight::Final,
        action: format!("/console/grants/{}/revoke", grant.id),
        button: "Revoke".to_owned(),
        back,
    }
}
