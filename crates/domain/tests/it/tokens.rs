//! What a token may carry, and how long it may live.

use std::collections::BTreeSet;

use gatewright_domain::{
    api::TokenAlgorithm,
    audit::Aggregate,
    consumer::{Application, Consumer},
    id::{ApplicationId, ConsumerId, PlanId, SubscriptionId, TokenId},
    limit::RateParts,
    plan::{Lifetime, Plan, Terms},
    subscription::{Subscription, SubscriptionError, Wish},
    text::ScopeName,
    time::Timestamp,
    token::{Entitlement, Issuance, Jti, Token, TokenError, TokenWish},
    version::Version,
};
use uuid::Uuid;

use crate::town::{Counting, NOON, draft, hours, orders, stored};

fn application() -> Application {
    let consumer = Consumer::register(
        ConsumerId::from_uuid(Uuid::from_u128(1)),
        "acme".parse().unwrap(),
        NOON,
    );
    let id = ApplicationId::from_uuid(Uuid::from_u128(2));
    stored(Application::register(
        id,
        &stored(consumer),
        "shop".parse().unwrap(),
        NOON,
    ))
}

fn plan() -> Plan {
    let rate = RateParts {
        requests: 10,
        per_seconds: 1,
        burst: 10,
    }
    .try_into()
    .unwrap();
    let max_token_lifetime = Lifetime::try_from(3600).unwrap();
    let terms = Terms {
        rate,
        daily_quota: None,
        max_token_lifetime,
    };
    stored(Plan::open(
        PlanId::from_uuid(Uuid::from_u128(3)),
        orders(),
        "basic".parse().unwrap(),
        terms,
        NOON,
    ))
}

fn scopes(names: &[&str]) -> BTreeSet<ScopeName> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

fn subscribe(version: &Version, wanted: &[&str]) -> Result<Subscription, SubscriptionError> {
    let catalogue = scopes(&["read", "write"]);
    let wish = Wish {
        version,
        catalogue: &catalogue,
        plan: &plan(),
        scopes: scopes(wanted),
    };
    Subscription::open(
        SubscriptionId::from_uuid(Uuid::from_u128(4)),
        &application(),
        wish,
        NOON,
    )
    .map(stored)
}

fn published() -> Version {
    stored(draft().publish(NOON).unwrap())
}

fn issue(
    version: Version,
    wanted: &[&str],
    lifetime: u64,
    now: Timestamp,
) -> Result<Token, TokenError> {
    let subscription = subscribe(&published(), &["read"]).unwrap();
    let entitlements = [Entitlement {
        subscription,
        plan: plan(),
        version,
        signed_with: TokenAlgorithm::default(),
    }];
    let lifetime = Lifetime::try_from(lifetime).unwrap();
    let scopes = wanted.iter().map(|scope| scope.parse().unwrap()).collect();
    let wish = TokenWish {
        name: "ci".parse().unwrap(),
        scopes,
        lifetime,
    };
    let id = TokenId::from_uuid(Uuid::from_u128(5));
    let issuance = Issuance {
        id,
        jti: Jti::draw(&Counting),
        kid: "key-1".parse().unwrap(),
    };
    Token::issue(&application(), &entitlements, wish, issuance, now).map(stored)
}

#[test]
fn a_token_carries_what_is_subscribed_and_no_more() {
    let token = issue(published(), &["orders:v1:read"], 600, NOON).unwrap();
    assert_eq!(
        token.expires(),
        NOON.plus(std::time::Duration::from_secs(600))
    );
    let refused = issue(published(), &["orders:v1:write"], 600, NOON).unwrap_err();
    assert_eq!(
        refused,
        TokenError::ScopeNotSubscribed("orders:v1:write".parse().unwrap())
    );
}

#[test]
fn a_token_without_scopes_is_for_every_subscribed_version() {
    let token = issue(published(), &[], 600, NOON).unwrap();
    assert_eq!(token.versions().len(), 1);
    assert!(token.scopes().is_empty());
}

#[test]
fn a_plan_bounds_the_lifetime() {
    let refused = issue(published(), &[], 3601, NOON).unwrap_err();
    assert!(matches!(
        refused,
        TokenError::LongerThanPlan { max: 3600, .. }
    ));
}

#[test]
fn no_token_outlives_its_version() {
    let ending = stored(published().deprecate(NOON.plus(hours(1)), NOON).unwrap());
    assert!(issue(ending.clone(), &[], 3600, NOON).is_ok());
    let refused = issue(ending, &[], 3600, NOON.plus(hours(1))).unwrap_err();
    assert!(matches!(refused, TokenError::BeyondSunset { .. }));
}

#[test]
fn revoking_all_kills_the_tokens_of_this_same_second_and_delays_the_next() {
    let revoked = stored(application().revoke_tokens(None, NOON));
    assert!(NOON < revoked.not_before.unwrap());
    assert_eq!(
        revoked.not_before,
        Some(Timestamp::from_seconds(NOON.seconds() + 1))
    );
    assert_eq!(revoked.facts()["not_before"], "2027-01-15T08:00:01.000Z");
}

#[test]
fn a_draft_takes_no_subscription_and_an_unknown_scope_is_named() {
    assert!(matches!(
        subscribe(&draft(), &["read"]),
        Err(SubscriptionError::VersionNotPublished { .. })
    ));
    let refused = subscribe(&published(), &["admin"]).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the contract has no scope admin; it has read write"
    );
}
