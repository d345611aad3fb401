//! Outside issuers: whom we trust, how old what we know of them is, and what their tokens may do.

use askama::Template;

use crate::page::{
    badge::Badge,
    code::Code,
    empty::Empty,
    fact::{Facts, Last},
    form::{Faults, Field},
    frame::{Frame, Link, Theme},
    icon::Icon,
    remark::{Dangers, Remarks},
    steps::Steps,
};

/// Every outside issuer.
#[derive(Template)]
#[template(path = "issuers.html")]
pub struct IssuerList {
    /// The frame.
    pub frame: Frame,
    /// What is said when there is none.
    pub empty: Option<Empty>,
    /// The issuers, by name.
    pub rows: Vec<IssuerRow>,
}

/// One of them in the list.
pub struct IssuerRow {
    /// Its name, leading to its page.
    pub name: Link,
    /// The `iss` of its tokens.
    pub issuer: String,
    /// Trusted, suspended or withdrawn; or without keys.
    pub state: Badge,
    /// Where its keys come from.
    pub keys: String,
    /// When they were last fetched.
    pub fetched: Last,
    /// Whether it was withdrawn.
    pub over: bool,
}

/// One outside issuer.
#[derive(Template)]
#[template(path = "issuer.html")]
pub struct IssuerPage {
    /// The frame.
    pub frame: Frame,
    /// What needs somebody: keys that cannot be fetched.
    pub remarks: Remarks,
    /// What it is registered with.
    pub facts: Facts,
    /// Its keys: thumbprint and algorithm.
    pub keys: Vec<(String, String)>,
    /// Its rules, in JSON.
    pub rules: Code,
    /// What can be done: edit the rules, refresh, resume.
    pub acts: Vec<Link>,
    /// What came of a token that was tried.
    pub trial: Option<Steps>,
    /// What was wrong with it.
    pub faults: Faults,
    /// Where a token is pasted. It is never shown again; nothing when there is no issuer to try it with.
    pub token: Option<Field>,
    /// Where it goes.
    pub try_at: String,
    /// Suspending and withdrawing.
    pub dangers: Dangers,
}
