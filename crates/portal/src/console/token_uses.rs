//! What a token came of, and which of its scopes its calls have needed.

use gatewright_domain::{consumer::ClientId, time::Timestamp};
use gatewright_store::views::token_uses::{CalledRow as Called, ScopeUse, TokenDetail};

use crate::{
    console::{successions, words},
    page::{
        fact::{Fact, Facts, Value},
        frame::Link,
        moment::Moment,
    },
    pages::tokens::{CalledRow, ScopeUseRow, ScopeUses},
};

/// Where a token came from.
pub(super) fn lineage(detail: &TokenDetail) -> Facts {
    let TokenDetail {
        token,
        subject,
        actors,
        ancestors,
        grant,
        session,
        binding,
        line,
        ..
    } = detail;
    let own = ClientId::of(token.application_id);
    let about = (subject.as_str() != own.as_str())
        .then(|| Fact::code("About", subject.clone()).hint("sub"));
    let acting = actors
        .iter()
        .map(|actor| Fact::code("Acts for it", actor.clone()).hint("act"));
    let exchanged = ancestors
        .iter()
        .map(|jti| Fact::code("Exchanged for", jti.clone()).hint("jti"));
    let grant = grant.map(|grant| {
        let list = format!("/console/applications/{}/grants", token.application_id);
        Fact::new(
            "Came of the grant",
            Value::Link(Link::new(grant.to_string(), list)),
        )
    });
    let session = session
        .iter()
        .map(|sid| Fact::code("Revoked with", sid.clone()).hint("sid"));
    let bound = binding
        .iter()
        .map(|bound| Fact::code("Bound to", bound.clone()).hint("cnf"));
    let facts = about
        .into_iter()
        .chain(acting)
        .chain(exchanged)
        .chain(grant)
        .chain(session)
        .chain(bound)
        .chain(successions::facts(line));
    Facts(facts.collect())
}

/// Which of its scopes a token needed.
pub(super) fn uses(detail: &TokenDetail, narrow: Option<String>, now: Timestamp) -> ScopeUses {
    let row = |used: &ScopeUse| ScopeUseRow {
        scope: used.scope.to_string(),
        needed: words::last(used.last_needed_at, now, "Not seen"),
    };
    let called = |called: &Called| CalledRow {
        method: called.method.clone(),
        path: called.path.clone(),
        version: called.version.clone(),
        called: Moment::seen_from(now, called.last_used_at),
    };
    let seen = detail
        .scope_uses
        .iter()
        .filter(|used| used.last_needed_at.is_some())
        .count();
    let all = detail.scope_uses.len();
    let words = if detail.is_noted {
        format!(
            "Calls were seen that needed {seen} of {all} scopes. Where several would have been enough, each of them counts."
        )
    } else {
        "What a token calls is not noted when it lives for an hour at most, so nothing is known of its scopes.".to_owned()
    };
    ScopeUses {
        words,
        rows: match detail.is_noted {
            true => detail.scope_uses.iter().map(row).collect(),
            false => Vec::new(),
        },
        operations: detail.operations.iter().map(called).collect(),
        narrow: narrow.filter(|_| detail.is_noted && seen < all),
    }
}
