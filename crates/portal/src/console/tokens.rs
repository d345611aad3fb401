//! One token: what it says, and its revocation with receipts.

use super::issue::{PATIENCE, size};
use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use gatewright_domain::{handle::ApplicationHandle, id::TokenId, text::Reason, time::Timestamp};
use gatewright_store::views::tokens::TokenRow as Row;
use serde::Deserialize;

use crate::{
    console::{applications, elsewhere, token_uses, visit, words},
    page::{
        badge::{Badge, Tone},
        chart::Hours,
        fact::{Fact, Facts, Last, Value},
        form::{Control, Faults, Field},
        frame::{Frame, Link},
        icon::Icon,
        moment::Moment,
        number::{count, counted},
        place::Place,
        remark::{Danger, Dangers},
    },
    pages::{
        confirm::{Confirm, Weight},
        tokens::{Receipt, ReceiptRow, TokenPage},
    },
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

/// Which revision a revocation raised.
#[derive(Deserialize)]
pub struct Raised {
    pub(super) receipt: Option<u64>,
}

/// One token.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    token: Path<TokenId>,
    raised: Query<Raised>,
) -> Result<HttpResponse, Problem> {
    let now = app.now();
    let sight = app.reader.as_seen_by(&who.caller);
    let detail = sight.token_detail(*token, now).await?;
    let token = &detail.token;
    let handle = ApplicationHandle::Id(token.application_id);
    let found = sight.application(&handle, now).await?;
    let receipt = match (token.revoked_at, raised.receipt) {
        (Some(at), Some(revision)) => Some(receipt(&app, revision, at).await?),
        _ => None,
    };
    let danger = Danger {
        title: format!("Revoke {}", token.name),
        words: "Every gateway refuses it at once. This cannot be undone.".to_owned(),
        link: Link::new("Revoke", format!("/console/tokens/{}/revoke", token.id)),
    };
    let replace = Danger {
        title: format!("Replace {}", token.name),
        words: "A new token now, with the same scopes or fewer; this one goes on for as long as you choose."
            .to_owned(),
        link: Link::new("Replace or narrow", format!("/console/tokens/{}/replace", token.id)),
    };
    let replaceable = detail.line.replaced_by.is_none();
    let live = token.status == "live";
    visit::page(&TokenPage {
        frame: Frame::new(
            visit::signed_in(&request, &who),
            Place::Consumers,
            &token.name,
        )
        .below(applications::trail(&found))
        .also(elsewhere::call(&app, &format!("/tokens/{}", token.id))),
        state: words::token(token.status),
        id: token.id.to_string(),
        application: Link::new(token.application.clone(), applications::here(&found)),
        receipt,
        claims: claims(&app, token, now),
        lineage: token_uses::lineage(&detail),
        uses: Some(token_uses::uses(
            &detail,
            (live && replaceable).then(|| format!("/console/tokens/{}/replace", token.id)),
            now,
        )),
        calls: Hours::new(
            "calls",
            format!(
                "Calls by {} with all its tokens, in the last 30 days",
                token.application
            ),
            &applications::days(&found.trend, now),
        ),
        dangers: Dangers(match (live, replaceable) {
            (true, true) => vec![replace, danger],
            (true, false) => vec![danger],
            (false, _) => Vec::new(),
        }),
    })
}

fn claims(app: &App, token: &Row, now: Timestamp) -> Facts {
    let audience =
        |version: &String| Fact::code("Audience", format!("{}/{version}", app.terms.audience_base));
    let mut facts: Vec<Fact> = vec![
        Fact::code("Name in the token", token.jti.clone()).hint("jti"),
        Fact::code("Issuer", app.terms.issuer.clone()),
    ];
    facts.extend(token.versions.iter().map(audience));
    facts.extend([
        Fact::new("Scopes", Value::Scopes(words::scopes(&token.scopes))),
        Fact::new(
            "Signed by",
            Value::Link(Link::new(
                &token.kid,
                format!("/console/keys/{}", token.kid),
            )),
        ),
        Fact::new("Issued", Value::Moment(Moment::exact(token.issued_at))),
        Fact::new("Expires", Value::Moment(Moment::exact(token.expires_at))),
    ]);
    if let Some(at) = token.revoked_at {
        facts.push(Fact::new("Revoked", Value::Moment(Moment::exact(at))));
    }
    facts.push(match token.last_used_at {
        Some(at) => Fact::new("Last used", Value::Moment(Moment::seen_from(now, at))),
        None => Fact::words("Last used", "Never"),
    });
    Facts(facts)
}

/// What the gateways say of a revocation.
pub(super) async fn receipt(
    app: &App,
    revision: u64,
    revoked: Timestamp,
) -> Result<Receipt, Problem> {
    let receipts = app.keys.receipts(revision, PATIENCE).await?;
    let now = app.now();
    // A gateway tells since when it enforces its latest revision: once that is a later one, this one's moment is not known.
    let is_latest = app.reader.revision().await? == revision;
    let after = |at: Timestamp| format!("{} ms", count(size_of(at.since(revoked))));
    let enforced = receipts
        .iter()
        .filter(|receipt| receipt.applied_at.is_some());
    let words = format!(
        "Enforced on {} of {}.",
        enforced.count(),
        counted(size(receipts.len()), "gateway")
    );
    let row = |receipt: gatewright_store::views::gateways::Receipt| ReceiptRow {
        gateway: receipt.gateway,
        state: match receipt.applied_at {
            Some(_) => Badge::new(Tone::Good, Icon::Check, "Enforced"),
            None => Badge::new(Tone::Warning, Icon::Pending, "Pending"),
        },
        since: match receipt.applied_at {
            Some(_) if !is_latest => Last::new(None, "Before the latest change"),
            at => words::last(at, now, "Not yet"),
        },
        after: receipt
            .applied_at
            .filter(|_| is_latest)
            .map_or_else(|| "–".to_owned(), after),
    };
    Ok(Receipt {
        words,
        gateways: receipts.into_iter().map(row).collect(),
    })
}

fn size_of(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// Asks before a token is revoked.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn revoke_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    token: Path<TokenId>,
) -> Result<HttpResponse, Problem> {
    let sight = app.reader.as_seen_by(&who.caller);
    let token = sight.token(*token, app.now()).await?;
    visit::page(&revoke_form(&request, &who, &token, Faults::default()))
}

/// Revokes a token. Its page then shows which gateways enforce it.
///
/// # Errors
/// What is wrong with the reason is the page again.
pub async fn revoke(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    token: Path<TokenId>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut faults = Faults::default();
    let reason: Option<Reason> = form.optional("reason", &mut faults);
    if !faults.0.is_empty() {
        let sight = app.reader.as_seen_by(&who.caller);
        let token = sight.token(*token, app.now()).await?;
        return visit::page(&revoke_form(&request, &who, &token, faults));
    }
    let revoked = app.keys.revoke(&who.caller, *token, reason).await?;
    let to = format!("/console/tokens/{token}?receipt={}", revoked.revision);
    let said = format!("{} is revoked.", revoked.token.name());
    Ok(visit::go_saying(to, &said, &app))
}

fn revoke_form(request: &HttpRequest, who: &SignedIn, token: &Row, faults: Faults) -> Confirm {
    let here = format!("/console/tokens/{}", token.id);
    Confirm {
        frame: Frame::new(
            visit::signed_in(request, who),
            Place::Consumers,
            format!("Revoke {}", token.name),
        )
        .below([
            Link::new(
                token.application.clone(),
                format!("/console/applications/{}", token.application_id),
            ),
            Link::new(token.name.clone(), here.clone()),
        ]),
        sentences: vec![
            "Every gateway refuses it from its next revision on, usually within a second. This cannot be undone."
                .to_owned(),
        ],
        breaks: vec![format!("Whatever {} does with this token", token.application)],
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
        action: format!("{here}/revoke"),
        button: "Revoke".to_owned(),
        back: here,
    }
}
