//! An application as a client of the token endpoint: what it may ask for, and its secrets.

use askama::Template;

use crate::page::{
    badge::Badge,
    code::Code,
    empty::Empty,
    fact::{Facts, Last},
    frame::{Frame, Theme},
    icon::Icon,
    moment::Moment,
};

/// The credentials of an application.
#[derive(Template)]
#[template(path = "credentials.html")]
pub struct CredentialsPage {
    /// The frame.
    pub frame: Frame,
    /// Client id, endpoint, grants, methods, lifetime, pace.
    pub facts: Facts,
    /// Where that is changed.
    pub edit: String,
    /// Where a secret is issued, unless two work already.
    pub new: Option<String>,
    /// What is said when there is none.
    pub empty: Option<Empty>,
    /// The secrets, the newest first.
    pub rows: Vec<SecretRow>,
    /// How a token is asked for.
    pub example: Code,
}

/// One client secret.
pub struct SecretRow {
    /// What its text begins with.
    pub name: String,
    /// Active, ending, expired or revoked.
    pub state: Badge,
    /// Whether it proves nothing any more.
    pub over: bool,
    /// When it was issued.
    pub issued: Moment,
    /// When it was last used.
    pub last_used: Last,
    /// When it ends: the countdown of an overlap.
    pub ends: Last,
    /// Where it is revoked, while it can be.
    pub revoke: Option<String>,
}
