//! API keys: shown once, known by their text afterwards, and told to gateways by fingerprint alone.

use std::time::Duration;

use gatewright_domain::{
    access::Caller,
    api_key::{ApiKeyError, ApiKeyWish, Standing},
    credential::{self, CredentialKind},
    decision::{Counters, Question, decide},
    operation::Method,
    refusal::Refusal,
    snapshot::{RoutedOperation, Snapshot},
    text::Reason,
    time::Clock,
    token::TokenError,
};
use gatewright_keys::{ApiKeyUseError, IssuedApiKey};

use crate::town::{Town, admin, config, security};

fn wish(scopes: &[&str], lifetime: Option<Duration>) -> ApiKeyWish {
    ApiKeyWish {
        name: "ci".parse().unwrap(),
        scopes: scopes.iter().map(|scope| scope.parse().unwrap()).collect(),
        lifetime,
    }
}

async fn issue(town: &Town) -> IssuedApiKey {
    let wish = wish(&["orders:v1:read"], Some(Duration::from_secs(3600)));
    try_issue(town, &admin(), wish).await.unwrap()
}

async fn try_issue(
    town: &Town,
    by: &Caller,
    wish: ApiKeyWish,
) -> Result<IssuedApiKey, ApiKeyUseError> {
    town.keys.issue_api_key(by, &town.handle(), wish).await
}

async fn snapshot(town: &Town) -> Snapshot {
    let reader = town.store.reader();
    let snapshot = reader.snapshot(&config().terms(), town.clock.now()).await;
    snapshot.unwrap()
}

/// How a gateway decides on `GET /items` of `orders/v1` with the one key there is.
async fn decided(town: &Town) -> Result<(), Refusal> {
    let snapshot = snapshot(town).await;
    let [key] = snapshot.api_keys.as_slice() else {
        panic!("{} keys", snapshot.api_keys.len());
    };
    let version = |id| snapshot.versions.iter().find(|version| version.id == id);
    let facts = key.facts(|id| version(id).map(|version| version.audience.as_str()));
    let orders = version(town.orders.place().id).unwrap();
    let operation = RoutedOperation {
        method: Method::Get,
        path: "/items".to_owned(),
        requires: vec![vec!["orders:v1:read".to_owned()]],
    };
    let clients = &snapshot.clients;
    let client = clients.iter().find(|one| one.client_id == facts.client_id);
    let mut rights = client.unwrap().rights.iter();
    let right = rights.find(|right| right.version == orders.id);
    let plan = right.and_then(|right| snapshot.plans.iter().find(|plan| plan.id == right.plan));
    decide(&Question {
        version: orders,
        operation: &operation,
        token: &facts,
        revoked: key.revoked,
        not_before: snapshot.not_before,
        client,
        right,
        plan,
        counters: Counters::default(),
        age: std::time::Duration::ZERO,
        leeway_s: 0,
        now: town.clock.now(),
    })
}

#[tokio::test]
async fn a_key_opens_what_it_is_for_until_it_is_revoked() {
    for town in Town::both().await {
        let issued = issue(&town).await;
        assert_eq!(decided(&town).await, Ok(()));
        let before = town.revision().await;
        let reason: Option<Reason> = Some("found in a log".parse().unwrap());
        let id = issued.key.id;
        let revoked = town.keys.revoke_api_key(&security(), id, reason).await;
        assert_eq!(revoked.unwrap().revision, before + 1);
        assert_eq!(decided(&town).await, Err(Refusal::TokenRevoked));
        let again = town.keys.revoke_api_key(&admin(), id, None).await.unwrap();
        assert_eq!(again.revision, before + 1);
        assert_eq!(town.events(before).await, ["api-key.revoke"]);
    }
}

#[tokio::test]
async fn a_key_ends_and_is_forgotten_a_month_later() {
    for town in Town::both().await {
        issue(&town).await;
        town.wait(Duration::from_secs(3600));
        let refused = decided(&town).await.unwrap_err();
        assert_eq!(refused.reason(), "token-invalid");
        town.wait(Duration::from_secs(31 * 86_400));
        assert!(snapshot(&town).await.api_keys.is_empty());
    }
}

#[tokio::test]
async fn nothing_that_is_kept_or_told_holds_the_text() {
    for town in Town::both().await {
        let issued = issue(&town).await;
        let text = issued.text.expose_once();
        let snapshot = serde_json::to_string(&snapshot(&town).await).unwrap();
        assert!(snapshot.contains(issued.key.fingerprint.as_str()));
        let body = text.strip_prefix("gw_live_").unwrap();
        assert!(!snapshot.contains(body) && !snapshot.contains(&body[5..]));
        assert_eq!(issued.key.hint, text[.."gw_live_".len() + 4]);
    }
}

#[tokio::test]
async fn revoking_everything_takes_keys_along() {
    for town in Town::both().await {
        let issued = issue(&town).await;
        let all = town.keys.revoke_all(&admin(), &town.handle(), None).await;
        let passed = all.unwrap().application.not_before.unwrap();
        let refused = decided(&town).await.unwrap_err();
        assert_eq!(refused.reason(), "token-before-watermark");
        town.clock.advance(passed.since(town.clock.now()));
        let text = issued.text.lend(Clone::clone);
        let known = town.keys.recognise_api_key(&text).await.unwrap().unwrap();
        assert_eq!(known.standing, Standing::Revoked);
    }
}

#[tokio::test]
async fn a_key_is_known_by_its_text_and_nothing_else_is() {
    for town in Town::both().await {
        let issued = issue(&town).await;
        let text = issued.text.lend(Clone::clone);
        let known = town.keys.recognise_api_key(&text).await.unwrap().unwrap();
        assert_eq!((known.key, known.standing), (issued.key, Standing::Live));
        let other = credential::draw(CredentialKind::ApiKey, &*town.entropy).expose_once();
        for unknown in [
            other.as_str(),
            &text[1..],
            &format!("{text} "),
            "gw_live_",
            "",
        ] {
            let known = town.keys.recognise_api_key(unknown).await.unwrap();
            assert!(known.is_none(), "{unknown}");
        }
    }
}

#[tokio::test]
async fn what_may_not_be_had_as_a_token_may_not_be_had_as_a_key() {
    for town in Town::both().await {
        let unsubscribed = wish(&["orders:v1:erase"], None);
        let refused = try_issue(&town, &admin(), unsubscribed).await.unwrap_err();
        assert!(matches!(
            refused,
            ApiKeyUseError::Refused(ApiKeyError::Refused(TokenError::ScopeNotSubscribed(_)))
        ));
        let brief = wish(&[], Some(Duration::from_secs(59)));
        let refused = try_issue(&town, &admin(), brief).await.unwrap_err();
        assert!(matches!(
            refused,
            ApiKeyUseError::Refused(ApiKeyError::Lifetime)
        ));
        let (before, stranger) = (town.revision().await, town.publisher_of(&town.stock));
        let refused = try_issue(&town, &stranger, wish(&["orders:v1:read"], None)).await;
        assert!(matches!(refused, Err(ApiKeyUseError::Denied(_))));
        assert_eq!(town.events(before).await, ["access.deny"]);
        let own = try_issue(&town, &stranger, wish(&["stock:v1:read"], None)).await;
        assert_eq!(own.unwrap().key.expires, None);
    }
}
