//! The pages before the console: set-up, sign-in, and the page behind a sign-in link.

use askama::Template;

use crate::page::{
    form::{Faults, Field},
    frame::{Frame, Theme},
    icon::Icon,
};

/// Sign in.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub struct SignIn {
    /// The frame.
    pub frame: Frame,
    /// What was wrong.
    pub faults: Faults,
    /// Name and password.
    pub fields: Vec<Field>,
    /// Where to go afterwards: a path of this instance.
    pub back: Option<String>,
    /// Whether nobody could sign in yet.
    pub is_fresh: bool,
}

/// Sign in with a link that works once.
#[derive(Template)]
#[template(path = "sign_in_link.html")]
pub struct SignInLink {
    /// The frame.
    pub frame: Frame,
    /// Whom it signs in.
    pub name: String,
}

/// Make the first operator, from the link that the first start printed.
#[derive(Template)]
#[template(path = "setup.html")]
pub struct SetUp {
    /// The frame.
    pub frame: Frame,
    /// What was wrong.
    pub faults: Faults,
    /// Name and password.
    pub fields: Vec<Field>,
}
