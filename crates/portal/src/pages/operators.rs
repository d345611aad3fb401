//! Operators, their roles, and what each role may do.

use askama::Template;

use crate::page::{
    badge::Badge,
    fact::Last,
    frame::{Frame, Link, Theme},
    icon::Icon,
    list::Pages,
};

/// Every operator, and the policy.
#[derive(Template)]
#[template(path = "operators.html")]
pub struct OperatorList {
    /// The frame.
    pub frame: Frame,
    /// The operators, by name.
    pub rows: Vec<OperatorRow>,
    /// The way on.
    pub pages: Pages,
    /// The roles.
    pub role_names: Vec<&'static str>,
    /// What each may do, in the same order.
    pub policy: Vec<PolicyRow>,
}

/// One operator.
pub struct OperatorRow {
    /// The name.
    pub name: String,
    /// Whether it is the person who looks.
    pub is_you: bool,
    /// The role.
    pub role: &'static str,
    /// The teams, in words.
    pub teams: String,
    /// Active, invited or disabled.
    pub state: Badge,
    /// The last sign-in.
    pub last_sign_in: Last,
    /// Change the role, or disable.
    pub act: Option<Link>,
}

/// One act, and whether each role may do it.
pub struct PolicyRow {
    /// The act, in words.
    pub action: String,
    /// Whether the role of that column may.
    pub cells: Vec<bool>,
}
