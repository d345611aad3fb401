//! Applications: one application with its tokens and subscriptions, and how it subscribes.

use askama::Template;

use super::{
    audit::EventRow,
    tokens::{ApiKeyRow, TokenRow},
};
use crate::page::{
    badge::Badge,
    chart::Hours,
    empty::Empty,
    fact::Scopes,
    form::{Choice, Faults},
    frame::{Frame, Link, Theme},
    icon::Icon,
    list::Pages,
    moment::Moment,
    remark::Dangers,
};

/// One application.
#[derive(Template)]
#[template(path = "application.html")]
pub struct ApplicationPage {
    /// The frame; its title is the name.
    pub frame: Frame,
    /// Its id, which is its `client_id`.
    pub id: String,
    /// Its consumer.
    pub consumer: Link,
    /// Since when there is it.
    pub since: Moment,
    /// Where its credentials are.
    pub credentials: String,
    /// Where the grants are that it holds.
    pub grants: String,
    /// Where it subscribes.
    pub subscribe: String,
    /// Where a token is issued, once it has subscribed.
    pub issue: Option<String>,
    /// What is said when there is no token.
    pub no_tokens: Option<Empty>,
    /// The tokens, the latest first.
    pub tokens: Vec<TokenRow>,
    /// The way on in the tokens.
    pub pages: Pages,
    /// Where an API key is issued, once it has subscribed.
    pub new_api_key: Option<String>,
    /// Its API keys, the latest first.
    pub api_keys: Vec<ApiKeyRow>,
    /// What is said when there is no subscription.
    pub no_subscriptions: Option<Empty>,
    /// The subscriptions.
    pub subscriptions: Vec<SubscriptionRow>,
    /// Its calls, by day.
    pub calls: Hours,
    /// Its usage.
    pub usage: String,
    /// Its trail.
    pub trail: String,
    /// The latest events about it.
    pub events: Vec<EventRow>,
    /// Revoke everything.
    pub dangers: Dangers,
}

/// One subscription.
pub struct SubscriptionRow {
    /// The version.
    pub version: Link,
    /// Its state.
    pub state: Badge,
    /// The plan.
    pub plan: String,
    /// The scopes.
    pub scopes: Scopes,
    /// Since when.
    pub since: Moment,
    /// Calls in 30 days.
    pub calls: String,
}

/// Subscribe an application: first to which version, then under which plan with which scopes.
#[derive(Template)]
#[template(path = "subscribe.html")]
pub struct SubscribePage {
    /// The frame.
    pub frame: Frame,
    /// The name of the application.
    pub application: String,
    /// What was wrong.
    pub faults: Faults,
    /// What is said when nothing can be subscribed to.
    pub empty: Option<Empty>,
    /// The versions to choose from, until one is chosen.
    pub versions: Vec<OfferRow>,
    /// The chosen one.
    pub version: Option<Chosen>,
    /// Where another is chosen.
    pub other: String,
    /// Its plans.
    pub plans: Vec<Choice>,
    /// What is wrong with the choice of the plan.
    pub plan_fault: Option<String>,
    /// Its scopes, in words.
    pub scopes: Vec<Choice>,
    /// Where the form goes.
    pub action: String,
    /// Where Cancel leads.
    pub back: String,
}

/// One version that can be subscribed to.
pub struct OfferRow {
    /// `orders v1`.
    pub name: String,
    /// The title of the API.
    pub title: String,
    /// Its lifecycle.
    pub state: Badge,
    /// How many operations.
    pub operations: String,
    /// How many plans.
    pub plans: String,
    /// Where it is chosen.
    pub choose: String,
}

/// The chosen version.
pub struct Chosen {
    /// The name of the API.
    pub api: String,
    /// Its number.
    pub number: String,
}

/// Which application subscribes to a version.
#[derive(Template)]
#[template(path = "candidates.html")]
pub struct CandidatesPage {
    /// The frame; its title is `Subscribe to orders v1`.
    pub frame: Frame,
    /// `orders v1`.
    pub version: String,
    /// What is said when nobody can.
    pub empty: Option<Empty>,
    /// The applications.
    pub rows: Vec<CandidateRow>,
    /// The way on.
    pub pages: Pages,
}

/// An application that could subscribe, or has.
pub struct CandidateRow {
    /// Its name, leading to its page.
    pub name: Link,
    /// Its consumer.
    pub consumer: String,
    /// Why it cannot be chosen; may be empty.
    pub state: &'static str,
    /// Where it is chosen.
    pub choose: Option<String>,
}
