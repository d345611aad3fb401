//! A token comes to be: permitted, recorded, signed, shown once.

use std::{sync::Arc, time::Duration};

use gatewright_domain::{
    decision::{Rule, Verdict},
    time::{Clock, Timestamp},
    token::TokenError,
};
use gatewright_keys::IssueError;

use crate::town::{Town, admin, kek, wish};

#[tokio::test]
async fn an_issued_token_verifies_and_says_what_was_recorded() {
    for town in Town::both().await {
        let issued = town.issue().await;
        let text = issued.text.lend(Clone::clone);
        let facts = town.keys.verify(&text).await.unwrap();
        assert_eq!(facts.jti, *issued.token.jti());
        assert_eq!(facts.client_id, town.application.client_id());
        assert_eq!(facts.scopes, ["orders:v1:read"]);
        assert_eq!(facts.audience, ["https://api.example/orders/v1"]);
        assert_eq!(facts.issued, issued.token.issued());
        assert_eq!(facts.expires, issued.token.expires());
        assert_eq!(facts.kid.as_ref(), Some(issued.token.kid()));
    }
}

#[tokio::test]
async fn a_token_without_scopes_is_for_every_version_that_is_subscribed() {
    for town in Town::both().await {
        let issued = town
            .keys
            .issue(&admin(), &town.handle(), wish(&[], 600))
            .await
            .unwrap();
        let text = issued.text.lend(Clone::clone);
        let facts = town.keys.verify(&text).await.unwrap();
        let mut audience = facts.audience;
        audience.sort();
        let expected = [
            "https://api.example/orders/v1",
            "https://api.example/stock/v1",
        ];
        assert_eq!(audience, expected);
        assert!(facts.scopes.is_empty());
    }
}

#[tokio::test]
async fn no_token_exists_without_a_row_even_when_it_cannot_be_signed() {
    for town in Town::both().await {
        let blind = town.second_server(kek(2)).await;
        let before = town.revision().await;
        let refused = blind
            .issue(&admin(), &town.handle(), wish(&[], 600))
            .await
            .unwrap_err();
        let IssueError::NotSigned { token, .. } = refused else {
            panic!("{refused}")
        };
        let sight = town.store.reader().as_seen_by(&admin());
        let row = sight.find_token(token).await.unwrap();
        assert!(
            row.revoked().is_some(),
            "what was never usable is not shown as live"
        );
        assert_eq!(town.events(before).await, ["token.issue", "token.revoke"]);
        assert!(!format!("{refused:?}").contains("eyJ"));
    }
}

#[tokio::test]
async fn the_key_remembers_the_end_of_the_longest_token_it_signed() {
    for town in Town::both().await {
        for lifetime in [3600, 600] {
            let wish = wish(&[], lifetime);
            town.keys
                .issue(&admin(), &town.handle(), wish)
                .await
                .unwrap();
        }
        let keys = town.store.reader().signing_keys().await.unwrap();
        // A minute ahead, so that the tokens of the next minute need no write of their own.
        let end = town.clock.now().plus(Duration::from_secs(3600 + 60));
        assert!(keys.iter().any(|key| key.last_expiry() == Some(end)));
    }
}

#[tokio::test]
async fn a_publisher_of_another_team_is_denied_and_the_denial_is_an_event() {
    for town in Town::both().await {
        let before = town.revision().await;
        let stranger = town.publisher_of(&town.stock);
        let wanted = || wish(&["orders:v1:read"], 600);
        let refused = town
            .keys
            .issue(&stranger, &town.handle(), wanted())
            .await
            .unwrap_err();
        assert!(matches!(refused, IssueError::Denied(_)), "{refused}");
        assert_eq!(town.events(before).await, ["access.deny"]);
        // Without scopes a token reaches both teams' APIs, so neither team's publisher may issue it alone.
        let owner = town.publisher_of(&town.orders);
        let both = town
            .keys
            .issue(&owner, &town.handle(), wish(&[], 600))
            .await
            .unwrap_err();
        assert!(matches!(both, IssueError::Denied(_)), "{both}");
        assert!(
            town.keys
                .issue(&owner, &town.handle(), wanted())
                .await
                .is_ok()
        );
    }
}

#[tokio::test]
async fn what_may_not_be_issued_leaves_no_row() {
    for town in Town::both().await {
        let before = town.revision().await;
        let long = wish(&[], 86_401);
        let refused = town
            .keys
            .issue(&admin(), &town.handle(), long)
            .await
            .unwrap_err();
        assert!(
            matches!(refused, IssueError::LongerThanRing { max: 86_400 }),
            "{refused}"
        );
        let foreign = wish(&["orders:v1:delete"], 600);
        let refused = town
            .keys
            .issue(&admin(), &town.handle(), foreign)
            .await
            .unwrap_err();
        let scope = "orders:v1:delete".parse().unwrap();
        let expected = TokenError::ScopeNotSubscribed(scope);
        assert!(matches!(refused, IssueError::Refused(error) if error == expected));
        let nobody = "nobody".parse().unwrap();
        let refused = town
            .keys
            .issue(&admin(), &nobody, wish(&[], 600))
            .await
            .unwrap_err();
        assert!(matches!(refused, IssueError::NotFound), "{refused}");
        assert_eq!(town.revision().await, before);
    }
}

#[tokio::test]
async fn right_after_revoking_all_a_new_token_waits_for_the_next_second_and_passes() {
    for town in Town::both().await {
        let second = Timestamp::from_seconds(town.clock.now().seconds());
        town.clock.set(second.plus(Duration::from_millis(950)));
        let old = town.issue().await;
        town.keys
            .revoke_all(&admin(), &town.handle(), None)
            .await
            .unwrap();
        let clock = Arc::clone(&town.clock);
        let hands = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            clock.set(second.plus(Duration::from_millis(1000)));
        });
        let new = town.issue().await;
        hands.await.unwrap();
        assert_eq!(new.token.issued(), second.plus(Duration::from_secs(1)));
        assert_eq!(
            town.verdict_on(&old, Rule::Watermark).await,
            Verdict::Refused
        );
        assert_eq!(
            town.verdict_on(&new, Rule::Watermark).await,
            Verdict::Passed
        );
    }
}

#[tokio::test]
async fn a_clock_that_stands_still_does_not_keep_a_caller_for_ever() {
    for town in Town::both().await {
        let second = Timestamp::from_seconds(town.clock.now().seconds());
        town.clock.set(second.plus(Duration::from_millis(990)));
        town.keys
            .revoke_all(&admin(), &town.handle(), None)
            .await
            .unwrap();
        let refused = town
            .keys
            .issue(&admin(), &town.handle(), wish(&[], 600))
            .await
            .unwrap_err();
        assert!(
            matches!(refused, IssueError::Refused(TokenError::TooSoon(_))),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn without_a_ring_nothing_is_issued() {
    for town in Town::without_rings().await {
        let refused = town
            .keys
            .issue(&admin(), &town.handle(), wish(&[], 600))
            .await
            .unwrap_err();
        assert!(matches!(refused, IssueError::NoKey), "{refused}");
    }
}
