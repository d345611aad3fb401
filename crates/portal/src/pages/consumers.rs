//! Consumers: the list, and one consumer with its applications.

use askama::Template;

use crate::page::{
    badge::Badge,
    empty::Empty,
    fact::{Last, Scopes},
    frame::{Frame, Link, Theme},
    icon::Icon,
    list::{Filters, Pages},
    moment::Moment,
};

/// Every consumer.
#[derive(Template)]
#[template(path = "consumers.html")]
pub struct ConsumerList {
    /// The frame.
    pub frame: Frame,
    /// Name.
    pub filters: Filters,
    /// What is said when there is none.
    pub empty: Option<Empty>,
    /// The consumers, by name.
    pub rows: Vec<ConsumerRow>,
    /// The way on.
    pub pages: Pages,
}

/// One consumer in the list.
pub struct ConsumerRow {
    /// Its name.
    pub name: Link,
    /// How many applications.
    pub applications: String,
    /// How many live tokens.
    pub tokens: String,
    /// Calls in 30 days.
    pub calls: String,
    /// The last call.
    pub last_call: Last,
}

/// One consumer.
#[derive(Template)]
#[template(path = "consumer.html")]
pub struct ConsumerPage {
    /// The frame; its title is the name.
    pub frame: Frame,
    /// Its id.
    pub id: String,
    /// Since when there is it.
    pub since: Moment,
    /// Where an application is made.
    pub new_application: String,
    /// Where all its tokens are revoked.
    pub revoke: String,
    /// What is said when there is none.
    pub empty: Option<Empty>,
    /// The applications, by name.
    pub applications: Vec<ApplicationRow>,
    /// How programs register themselves, where they may or might.
    pub registering: Option<Registering>,
}

/// How programs register themselves as applications of a consumer.
pub struct Registering {
    /// Where a token for it is minted.
    pub new: String,
    /// What is in the way, if anything is.
    pub remark: Option<&'static str>,
    /// The tokens, the latest first.
    pub rows: Vec<InitialTokenRow>,
}

/// One initial access token in the list.
pub struct InitialTokenRow {
    /// Its name.
    pub name: String,
    /// Its first characters.
    pub hint: String,
    /// Active, used up, expired or revoked.
    pub state: Badge,
    /// Whether nobody registers with it any more.
    pub over: bool,
    /// How many applications of how many.
    pub uses: String,
    /// Who minted it.
    pub minted_by: String,
    /// When it expires.
    pub expires: Last,
    /// When an application was last registered with it.
    pub last_used: Last,
    /// Where it is revoked, while it can be.
    pub revoke: Option<String>,
}

/// One application in the list.
pub struct ApplicationRow {
    /// Its name.
    pub name: Link,
    /// The versions it is subscribed to.
    pub versions: Scopes,
    /// How many live tokens.
    pub tokens: String,
    /// Calls in 30 days.
    pub calls: String,
    /// The last call.
    pub last_call: Last,
}
