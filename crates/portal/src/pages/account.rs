//! The person who is signed in: sessions, password, access tokens.

use askama::Template;

use crate::page::{
    badge::Badge,
    code::Code,
    empty::Empty,
    fact::{Facts, Last},
    form::{Faults, Field},
    frame::{Frame, Theme},
    icon::Icon,
    moment::Moment,
    secret::ShownOnce,
};

/// Your account.
#[derive(Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    /// The frame.
    pub frame: Frame,
    /// Name, role, teams.
    pub facts: Facts,
    /// Your sessions, the latest first.
    pub sessions: Vec<SessionRow>,
    /// What was wrong with the password.
    pub faults: Faults,
    /// The old password and the new one.
    pub password: Vec<Field>,
}

/// One session.
pub struct SessionRow {
    /// The browser and the address, in words.
    pub name: String,
    /// Whether it is this one.
    pub is_this: bool,
    /// Since when.
    pub since: Moment,
    /// When it was last seen.
    pub last_seen: Moment,
    /// Where it is ended.
    pub end: String,
}

/// Your access tokens.
#[derive(Template)]
#[template(path = "access_tokens.html")]
pub struct AccessTokenList {
    /// The frame.
    pub frame: Frame,
    /// What is said when there is none.
    pub empty: Option<Empty>,
    /// The tokens, the latest first.
    pub rows: Vec<AccessTokenRow>,
}

/// One access token.
pub struct AccessTokenRow {
    /// Its name.
    pub name: String,
    /// Its first characters.
    pub prefix: String,
    /// The role it acts with.
    pub role: &'static str,
    /// Active, expired or revoked.
    pub state: Badge,
    /// Whether it opens nothing any more.
    pub over: bool,
    /// When it expires.
    pub expires: Last,
    /// When it was last used.
    pub last_used: Last,
    /// Where it is revoked, while it can be.
    pub revoke: Option<String>,
}

/// An access token or an invitation, the one time it is shown.
#[derive(Template)]
#[template(path = "shown_once.html")]
pub struct ShownOncePage {
    /// The frame.
    pub frame: Frame,
    /// The secret.
    pub secret: ShownOnce,
    /// How to use it.
    pub example: Option<Code>,
    /// Where "I have saved it" leads.
    pub done: String,
}
