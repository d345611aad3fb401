//! APIs: the list, and one API with its versions, operations, plans and subscribers.

use askama::Template;

use crate::page::{
    badge::Badge,
    chart::Spark,
    empty::Empty,
    fact::{Last, Scopes},
    frame::{Frame, Link, Theme},
    icon::Icon,
    lanes::Lanes,
    list::{Filters, Pages},
    moment::Moment,
};

/// Every API that the caller may see.
#[derive(Template)]
#[template(path = "apis.html")]
pub struct ApiList {
    /// The frame.
    pub frame: Frame,
    /// Name, team, lifecycle.
    pub filters: Filters,
    /// What is said when there is none.
    pub empty: Option<Empty>,
    /// The APIs, by name.
    pub rows: Vec<ApiRow>,
    /// The way on.
    pub pages: Pages,
}

/// One API in the list.
pub struct ApiRow {
    /// Its name.
    pub name: Link,
    /// Its title.
    pub title: String,
    /// The number of its live version.
    pub live: String,
    /// The lifecycle of that version.
    pub state: Badge,
    /// The team that owns it.
    pub team: String,
    /// Applications that called it in 30 days.
    pub callers: String,
    /// Calls in 30 days.
    pub calls: String,
    /// Calls a day, 30 days.
    pub trend: Spark,
}

/// One API.
#[derive(Template)]
#[template(path = "api.html")]
pub struct ApiPage {
    /// The frame; its title is the name.
    pub frame: Frame,
    /// The lifecycle of the live version.
    pub state: Badge,
    /// Lesser acts.
    pub actions: Vec<Link>,
    /// The act that comes next.
    pub main_action: Option<Link>,
    /// The title.
    pub title: String,
    /// The team.
    pub team: String,
    /// Where callers find it, without the version.
    pub base_address: String,
    /// What its tokens are signed with, in a sentence.
    pub signing: String,
    /// The address of its key set.
    pub key_set: String,
    /// Where another algorithm is chosen.
    pub choose_algorithm: String,
    /// What its contracts must have no error of, in a sentence.
    pub ruleset: String,
    /// Where that is chosen.
    pub choose_ruleset: String,
    /// The versions against dates; none until one was published.
    pub timeline: Option<Lanes>,
    /// The versions, the latest first.
    pub versions: Vec<VersionRow>,
    /// What is said when there is none.
    pub no_versions: Empty,
    /// The version whose operations are shown.
    pub shown_version: Option<String>,
    /// How many operations it has, in words.
    pub operations_count: String,
    /// Its operations, in the order of the contract.
    pub operations: Vec<OperationRow>,
    /// Where a plan is made.
    pub new_plan: String,
    /// The plans.
    pub plans: Vec<PlanRow>,
    /// The subscribed applications, the busiest first.
    pub subscribers: Vec<SubscriberRow>,
    /// The way on in the subscribers.
    pub pages: Pages,
}

/// One version in the list.
pub struct VersionRow {
    /// Its number.
    pub number: Link,
    /// Its lifecycle.
    pub state: Badge,
    /// Since when it is in that state.
    pub since: Moment,
    /// Its sunset, if it has one.
    pub sunset: Last,
    /// How many operations.
    pub operations: String,
    /// Applications that called it in 30 days.
    pub callers: String,
    /// Calls in 30 days.
    pub calls: String,
}

/// One operation of a contract.
pub struct OperationRow {
    /// Its method.
    pub method: &'static str,
    /// Its path template.
    pub path: String,
    /// Its summary; may be empty.
    pub summary: String,
    /// Whether the contract calls it deprecated.
    pub deprecated: bool,
    /// The alternatives of scopes, any of which is enough; empty when it requires none.
    pub requires: Vec<Vec<String>>,
    /// Calls in 30 days.
    pub calls: String,
}

/// One plan.
pub struct PlanRow {
    /// Its name.
    pub name: String,
    /// Its rate: `10 requests a second, burst 20`.
    pub rate: String,
    /// Its quota: `100,000 a day`.
    pub quota: String,
    /// The longest lifetime of a token: `90 days`.
    pub longest_token: String,
    /// How many applications subscribed under it.
    pub subscribers: String,
}

/// One subscribed application.
pub struct SubscriberRow {
    /// The application.
    pub application: Link,
    /// Its consumer.
    pub consumer: String,
    /// The number of the version.
    pub version: String,
    /// The plan.
    pub plan: String,
    /// The scopes.
    pub scopes: Scopes,
    /// Calls in 30 days.
    pub calls: String,
    /// The last call.
    pub last_call: Last,
}
