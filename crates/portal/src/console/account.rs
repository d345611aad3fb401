//! The account of the person who is signed in: their password and their access tokens.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use gatewright_domain::{
    access::Role, id::AccessTokenId, secret::Secret, text::Name, time::Timestamp,
};
use gatewright_operators::{AccessTokenWish, Password};
use gatewright_store::views::access_tokens::AccessTokenRow as Row;

use crate::{
    console::{roles, visit, words},
    page::{
        code::Code,
        empty::Empty,
        fact::{Fact, Facts, Last, Value},
        form::{Choice, ChoiceState, Control, Faults, Field},
        frame::{Frame, Link},
        icon::Icon,
        moment::Moment,
        place::Place,
        secret::ShownOnce,
    },
    pages::{
        account::{AccessTokenList, AccessTokenRow, AccountPage, SessionRow, ShownOncePage},
        confirm::{Confirm, FormPage, Weight},
    },
    web::{app::App, caller::SignedIn, catalogue::Kind, form::Form, problem::Problem},
};

const HERE: &str = "/console/account";
const GRANTS: &str = "/console/account/grants";
const TOKENS: &str = "/console/account/tokens";

/// How long an access token may live, in days.
const LIFETIMES: [(&str, &str); 4] = [
    ("7", "7 days"),
    ("30", "30 days"),
    ("90", "90 days"),
    ("365", "1 year"),
];

/// The account.
///
/// # Errors
/// When the store fails.
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
) -> Result<HttpResponse, Problem> {
    visit::page(&page(&request, &app, &who, Faults::default()).await?)
}

async fn page(
    request: &HttpRequest,
    app: &App,
    who: &SignedIn,
    faults: Faults,
) -> Result<AccountPage, Problem> {
    let operators = app.reader.as_seen_by(&who.caller).operators().await?;
    let row = operators.iter().find(|row| row.id == who.operator.id());
    let teams = row
        .map(|row| row.teams.join(", "))
        .filter(|teams| !teams.is_empty());
    let mut visit = visit::signed_in(request, who);
    HERE.clone_into(&mut visit.here);
    Ok(AccountPage {
        frame: Frame::new(visit, Place::Account, "Your account"),
        facts: Facts(vec![
            Fact::words("Name", who.operator.name().to_string()),
            Fact::words("Role", words::capital(who.operator.role().as_str())),
            Fact::words("Teams", teams.unwrap_or_else(|| "None".to_owned())),
            Fact::new(
                "Admitted",
                Value::Moment(Moment::exact(who.operator.admitted())),
            ),
            Fact::new(
                "Access tokens",
                Value::Link(Link::new("For scripts and the command line", TOKENS)),
            ),
            Fact::new(
                "Grants",
                Value::Link(Link::new("Applications that act for you", GRANTS)),
            ),
        ]),
        sessions: vec![this_session(request, who, app.now())],
        password: vec![
            Field::new("present", "Current password", Control::Password)
                .autocomplete("current-password")
                .fault(faults.of("present")),
            Field::new("password", "New password", Control::Password)
                .autocomplete("new-password")
                .hint("At least 12 characters; a sentence is good. Every session ends.")
                .fault(faults.of("password")),
        ],
        faults,
    })
}

/// The session of this request. Its id was drawn when it began, and holds that moment.
fn this_session(request: &HttpRequest, who: &SignedIn, now: Timestamp) -> SessionRow {
    let begun = who.session.uuid().as_u128() >> 80;
    let begun = i64::try_from(begun).map_or(now, Timestamp::from_millis);
    let address = request.peer_addr().map(|address| address.ip().to_string());
    SessionRow {
        name: address.unwrap_or_else(|| "This browser".to_owned()),
        is_this: true,
        since: Moment::seen_from(now, begun),
        last_seen: Moment::seen_from(now, now),
        end: "/sign-out".to_owned(),
    }
}

/// Changes the password. Every session ends, this one included.
///
/// # Errors
/// A wrong present password, and a new one that is not taken, are the page again.
pub async fn password(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let new = match Password::new(form.exact("password")) {
        Ok(new) => new,
        Err(error) => {
            let faults = Faults(vec![words::fault("password", &format!("Sorry: {error}."))]);
            return visit::page(&page(&request, &app, &who, faults).await?);
        }
    };
    let present = Secret::new(form.exact("present"));
    let changed = app
        .operators
        .change_password(&who.caller, who.operator.id(), present, new)
        .await;
    match changed {
        Ok(_) => Ok(visit::go_saying(
            "/sign-in",
            "The password is changed. Sign in with the new one.",
            &app,
        )),
        Err(error) => {
            let faults = words::faults(&error.into(), "present");
            visit::page(&page(&request, &app, &who, faults).await?)
        }
    }
}

/// The access tokens.
///
/// # Errors
/// When the store fails.
pub async fn tokens(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
) -> Result<HttpResponse, Problem> {
    let now = app.now();
    let sight = app.reader.as_seen_by(&who.caller);
    let found = sight.access_tokens(who.operator.id()).await?;
    let empty = found.is_empty().then(|| Empty {
        icon: Icon::Token,
        title: "No access token yet".to_owned(),
        words: "Make one for a script or for the command line.".to_owned(),
        actions: vec![Link::new("New access token", format!("{TOKENS}/new"))],
    });
    let row = |row: &Row| {
        let status = status(row, now);
        AccessTokenRow {
            name: row.name.clone(),
            prefix: row.hint.clone(),
            role: roles::role_word(&row.role),
            state: words::token(status),
            over: status != "live",
            expires: Last::new(Some(Moment::seen_from(now, row.expires_at)), "Never"),
            last_used: words::last(row.last_used_at, now, "Never used"),
            revoke: (status == "live").then(|| format!("{TOKENS}/{}/revoke", row.id)),
        }
    };
    visit::page(&AccessTokenList {
        frame: frame(&request, &who, "Access tokens", Vec::new()),
        empty,
        rows: found.iter().map(row).collect(),
    })
}

fn status(row: &Row, now: Timestamp) -> &'static str {
    match row.revoked_at {
        Some(_) => "revoked",
        None if row.expires_at <= now => "expired",
        None => "live",
    }
}

fn frame(request: &HttpRequest, who: &SignedIn, title: &str, more: Vec<Link>) -> Frame {
    let mut trail = vec![Link::new("Your account", HERE)];
    trail.extend(more);
    Frame::new(visit::signed_in(request, who), Place::Account, title).below(trail)
}

/// The form that issues an access token.
///
/// # Errors
/// Those of the page.
pub async fn new_page(request: HttpRequest, who: SignedIn) -> Result<HttpResponse, Problem> {
    let role = who.operator.role().as_str();
    visit::page(&new_form(
        &request,
        &who,
        ["", role, "90"],
        Faults::default(),
    ))
}

/// Issues an access token and shows it, the only time there is.
///
/// # Errors
/// What is wrong with the form is the form again.
pub async fn new(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut faults = Faults::default();
    let name: Option<Name> = form.parse("name", &mut faults);
    let role: Option<Role> = form.parse("role", &mut faults);
    let days: Option<u32> = form.parse("lifetime", &mut faults);
    let typed = ["name", "role", "lifetime"].map(|field| form.one(field));
    let (Some(name), Some(role), Some(days)) = (name, role, days) else {
        return visit::page(&new_form(&request, &who, typed, faults));
    };
    let wish = AccessTokenWish {
        name,
        role: Some(role),
        lifetime: Duration::from_secs(u64::from(days) * 86_400),
    };
    let owner = who.operator.id();
    match app
        .operators
        .issue_access_token(&who.caller, owner, wish)
        .await
    {
        Ok(issued) => {
            let example = format!(
                "export TOKEN=…  # the token above\ncurl -H \"Authorization: Bearer $TOKEN\" {}/api/v1/apis",
                app.place.portal
            );
            visit::page(&ShownOncePage {
                frame: frame(
                    &request,
                    &who,
                    issued.token.name.as_str(),
                    vec![Link::new("Access tokens", TOKENS)],
                ),
                secret: ShownOnce {
                    id: "secret",
                    label: format!("Access token: {}", issued.token.name),
                    value: issued.text.expose_once(),
                },
                example: Some(Code::new("use", "Use it", example)),
                done: TOKENS.to_owned(),
            })
        }
        Err(error) => {
            let mut faults = words::faults(&error.into(), "name");
            for fault in &mut faults.0 {
                fault.field = fault.field.trim_end_matches("_s").to_owned();
            }
            visit::page(&new_form(&request, &who, typed, faults))
        }
    }
}

fn new_form(
    request: &HttpRequest,
    who: &SignedIn,
    [name, role, lifetime]: [&str; 3],
    faults: Faults,
) -> FormPage {
    let choice = |(value, label): &(&str, &str)| Choice {
        value: (*value).to_owned(),
        label: (*label).to_owned(),
        hint: None,
        state: if *value == lifetime {
            ChoiceState::Chosen
        } else {
            ChoiceState::Open
        },
    };
    let own = who.operator.role();
    let mut roles = roles::roles(role);
    roles.retain(|choice| {
        let role = choice.value.parse::<Role>();
        role.is_ok_and(|role| role.is_not_above(own))
    });
    let lifetimes = LIFETIMES.iter().map(choice).collect();
    FormPage {
        frame: frame(
            request,
            who,
            "New access token",
            vec![Link::new("Access tokens", TOKENS)],
        ),
        lede: "It acts as you, through the JSON API and the command line. It is shown once."
            .to_owned(),
        fields: vec![
            Field::new("name", "Name", Control::Text)
                .value(name)
                .hint("Where it is used: deploy script.")
                .fault(faults.of("name")),
            Field::new("role", "Role", Control::Select(roles))
                .value(role)
                .hint("Not above yours.")
                .fault(faults.of("role")),
            Field::new("lifetime", "Expires after", Control::Select(lifetimes))
                .value(lifetime)
                .fault(faults.of("lifetime")),
        ],
        faults,
        action: format!("{TOKENS}/new"),
        button: "Issue the access token",
        back: TOKENS.to_owned(),
    }
}

/// Asks before an access token is revoked.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn revoke_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    token: Path<AccessTokenId>,
) -> Result<HttpResponse, Problem> {
    let sight = app.reader.as_seen_by(&who.caller);
    let found = sight.access_tokens(who.operator.id()).await?;
    let found = found.into_iter().find(|row| row.id == *token);
    let row = found.ok_or_else(|| Problem::of(Kind::NOT_FOUND))?;
    visit::page(&Confirm {
        frame: frame(
            &request,
            &who,
            &format!("Revoke {}", row.name),
            vec![Link::new("Access tokens", TOKENS)],
        ),
        faults: Faults::default(),
        sentences: vec!["It stops at once. This cannot be undone.".to_owned()],
        breaks: vec!["Whatever acts as you with it".to_owned()],
        headers: None,
        revision: None,
        fields: Vec::new(),
        weight: Weight::Final,
        action: format!("{TOKENS}/{}/revoke", row.id),
        button: "Revoke".to_owned(),
        back: TOKENS.to_owned(),
    })
}

/// Revokes an access token.
///
/// # Errors
/// Those of the revocation.
pub async fn revoke(
    app: Data<App>,
    who: SignedIn,
    token: Path<AccessTokenId>,
    _: Form,
) -> Result<HttpResponse, Problem> {
    let revoked = app
        .operators
        .revoke_access_token(&who.caller, *token)
        .await?;
    let said = format!("{} is revoked.", revoked.name);
    Ok(visit::go_saying(TOKENS, &said, &app))
}
