//! Consumers: the list, and one consumer with its applications.

use askama::Template;

use crate::page::{
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
