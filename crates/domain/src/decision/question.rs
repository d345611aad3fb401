//! What is decided on: everything that is known of a request by then.

use std::time::Duration;

use crate::{
    consumer::ClientId,
    key::Kid,
    limit::Arrival,
    snapshot::{Client, PlanTerms, Right, RoutedOperation, RoutedVersion},
    time::Timestamp,
    token::Jti,
};

/// What a verified token says, or what is known of an API key: facts, which may be kept; never a decision, which may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenFacts {
    /// Its name.
    pub jti: Jti,
    /// Whose it is.
    pub client_id: ClientId,
    /// The key that signed it; nothing for an API key, which nobody signed.
    pub kid: Option<Kid>,
    /// When it was issued.
    pub issued: Timestamp,
    /// When it ends; the end of time for an API key that ends only by being revoked.
    pub expires: Timestamp,
    /// What it is for.
    pub audience: Vec<String>,
    /// What it carries.
    pub scopes: Vec<String>,
}

/// How much of its limits a subscription has used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// The state of its rate limiter.
    pub arrival: Arrival,
    /// Requests since 00:00 UTC.
    pub today: u64,
}

/// Everything that is known when a request is decided. Looked up beforehand, so that deciding touches nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The version that was addressed.
    pub version: &'a RoutedVersion,
    /// The operation that was addressed.
    pub operation: &'a RoutedOperation,
    /// The token that was sent, verified.
    pub token: &'a TokenFacts,
    /// Whether the token's name is on the list of revoked ones.
    pub revoked: bool,
    /// Tokens of whomever issued before this moment are refused.
    pub not_before: Option<Timestamp>,
    /// The application of the token's client id.
    pub client: Option<&'a Client>,
    /// The application's subscription to the version.
    pub right: Option<&'a Right>,
    /// The plan of the subscription.
    pub plan: Option<&'a PlanTerms>,
    /// What the subscription has used.
    pub counters: Counters,
    /// How long ago it was known, for the last time, that all this is the newest there is.
    pub age: Duration,
    /// The clock skew forgiven, in seconds.
    pub leeway_s: u32,
    /// The moment.
    pub now: Timestamp,
}
