//! Tokens: issue one, show it once, look at it afterwards.

use askama::Template;

use crate::page::{
    badge::Badge,
    chart::Hours,
    code::Code,
    empty::Empty,
    fact::{Facts, Last, Scopes},
    form::{Choice, Faults, Field},
    frame::{Frame, Link, Theme},
    icon::Icon,
    moment::Moment,
    remark::Dangers,
    secret::ShownOnce,
};

/// One token in a list.
pub struct TokenRow {
    /// Its name.
    pub name: Link,
    /// Its id.
    pub id: String,
    /// Active, expired or revoked.
    pub state: Badge,
    /// Whether it opens nothing any more.
    pub over: bool,
    /// Its scopes.
    pub scopes: Scopes,
    /// When it was issued.
    pub issued: Moment,
    /// When it expires.
    pub expires: Moment,
    /// When it was last used.
    pub last_used: Last,
    /// Where it is revoked, while it can be.
    pub revoke: Option<String>,
}

/// Issue a token: what it is called, what it carries, how long it lives; and beside it what it will open.
#[derive(Template)]
#[template(path = "issue_token.html")]
pub struct IssuePage {
    /// The frame.
    pub frame: Frame,
    /// The application, in words: `billing-worker of Acme`.
    pub application: String,
    /// What was wrong.
    pub faults: Faults,
    /// What is said when it has subscribed to nothing.
    pub empty: Option<Empty>,
    /// The name of the token.
    pub name: Field,
    /// The scopes of its subscriptions.
    pub scopes: Vec<ScopeGroup>,
    /// What is wrong with the scopes.
    pub scopes_fault: Option<String>,
    /// The lifetimes to choose from; those above the ceiling are closed.
    pub lifetimes: Vec<Choice>,
    /// What is wrong with the lifetime.
    pub lifetime_fault: Option<String>,
    /// The ceiling and where it comes from: `At most 90 days: the plan standard of orders`.
    pub ceiling: String,
    /// `3 of 7 operations`.
    pub opens_count: String,
    /// The operations of its subscriptions.
    pub operations: Vec<OpenedRow>,
    /// Where the form goes.
    pub action: String,
    /// Where the form goes to be shown again with what the ticked scopes open.
    pub preview: String,
    /// Where Cancel leads.
    pub back: String,
}

/// One API key in a list.
pub struct ApiKeyRow {
    /// Its name.
    pub name: Link,
    /// Its first characters.
    pub hint: String,
    /// Active, expired or revoked.
    pub state: Badge,
    /// Whether it opens nothing any more.
    pub over: bool,
    /// Its scopes.
    pub scopes: Scopes,
    /// When it expires, if it does.
    pub expires: Last,
    /// When it was last used.
    pub last_used: Last,
    /// Where it is revoked, while it can be.
    pub revoke: Option<String>,
}

/// Issue an API key: what it is called, what it carries, how long it lives.
#[derive(Template)]
#[template(path = "issue_api_key.html")]
pub struct ApiKeyPage {
    /// The frame.
    pub frame: Frame,
    /// The application, in words: `billing-worker of Acme`.
    pub application: String,
    /// What was wrong.
    pub faults: Faults,
    /// The name of the key.
    pub name: Field,
    /// The scopes of its subscriptions.
    pub scopes: Vec<ScopeGroup>,
    /// What is wrong with the scopes.
    pub scopes_fault: Option<String>,
    /// How long it lives.
    pub lifetime: Field,
    /// Where the form goes.
    pub action: String,
    /// Where Cancel leads.
    pub back: String,
}

/// Replace a token: which scopes the new one carries, and how long the old one goes on.
#[derive(Template)]
#[template(path = "replace_token.html")]
pub struct ReplacePage {
    /// The frame.
    pub frame: Frame,
    /// What was wrong.
    pub faults: Faults,
    /// The scopes of the old token.
    pub scopes: Vec<Choice>,
    /// What is wrong with the scopes.
    pub scopes_fault: Option<String>,
    /// How long the old one goes on.
    pub overlap: Field,
    /// Where the form goes.
    pub action: String,
    /// Where Cancel leads.
    pub back: String,
}

/// The scopes of one subscription.
pub struct ScopeGroup {
    /// `orders v1`.
    pub version: String,
    /// The plan.
    pub plan: String,
    /// The scopes.
    pub choices: Vec<Choice>,
}

/// One operation, and whether the token will open it.
pub struct OpenedRow {
    /// Its method.
    pub method: &'static str,
    /// Its path below the gateway.
    pub path: String,
    /// Its summary; may be empty.
    pub summary: String,
    /// The alternatives of scopes, one on each line, the scopes parted by blanks: what the script reads.
    pub requires: String,
    /// What begins the scopes of its version, `orders:v1:`; the script reads it too.
    pub place: String,
    /// `yes` or `no`.
    pub opens: &'static str,
}

/// The token, the one time it is shown.
#[derive(Template)]
#[template(path = "token_once.html")]
pub struct IssuedPage {
    /// The frame.
    pub frame: Frame,
    /// Active.
    pub state: Badge,
    /// The token.
    pub token: ShownOnce,
    /// Id, scopes, expiry, key.
    pub facts: Facts,
    /// What the example calls: `GET /orders asks for orders:v1:read, which this token has`.
    pub try_words: String,
    /// The method of that call.
    pub method: &'static str,
    /// Its path below the gateway.
    pub path: String,
    /// curl, Python, JavaScript, Go, with real addresses. The token itself is read from `TOKEN`.
    pub examples: Vec<Code>,
    /// Where "I have saved it" leads.
    pub done: String,
}

/// One token, afterwards.
#[derive(Template)]
#[template(path = "token.html")]
pub struct TokenPage {
    /// The frame; its title is the name.
    pub frame: Frame,
    /// Active, expired or revoked.
    pub state: Badge,
    /// Its id.
    pub id: String,
    /// Its application.
    pub application: Link,
    /// After a revocation: where it is enforced and since when.
    pub receipt: Option<Receipt>,
    /// What it says, who signed it, when it was used.
    pub claims: Facts,
    /// Where it came from; empty when it is just its application's own.
    pub lineage: Facts,
    /// Its scopes, and whether its calls needed them.
    pub uses: Option<ScopeUses>,
    /// Its calls, by day.
    pub calls: Hours,
    /// Revoke.
    pub dangers: Dangers,
}

/// The scopes of a token, and whether its calls needed them.
pub struct ScopeUses {
    /// What is noted, in a sentence.
    pub words: String,
    /// Each scope.
    pub rows: Vec<ScopeUseRow>,
    /// The operations that it called, the latest first.
    pub operations: Vec<CalledRow>,
    /// Where it is narrowed, while it can be and not all was needed.
    pub narrow: Option<String>,
}

/// One scope.
pub struct ScopeUseRow {
    /// The scope.
    pub scope: String,
    /// When a call last needed it.
    pub needed: Last,
}

/// One operation that a token called.
pub struct CalledRow {
    /// Its method.
    pub method: String,
    /// Its path.
    pub path: String,
    /// The version.
    pub version: String,
    /// When it was last called.
    pub called: Moment,
}

/// Where a revocation is enforced.
pub struct Receipt {
    /// `Enforced on 3 of 3 gateways in 84 ms`.
    pub words: String,
    /// Each gateway.
    pub gateways: Vec<ReceiptRow>,
}

/// One gateway's answer to a revocation.
pub struct ReceiptRow {
    /// The gateway.
    pub gateway: String,
    /// Enforced or pending.
    pub state: Badge,
    /// Since when.
    pub since: Last,
    /// How long after the commit: `84 ms`.
    pub after: String,
}
