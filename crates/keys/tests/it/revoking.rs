//! A token ends before its time, once, and those who enforce it say so.

use std::time::Duration;

use gatewright_domain::{
    decision::{Rule, Verdict},
    text::Reason,
    time::Clock,
};
use gatewright_keys::RevokeError;
use gatewright_store::quiet::acknowledgements::{Acknowledgement, EMBEDDED};

use crate::town::{Town, admin, security, wish};

fn reason() -> Option<Reason> {
    Some("leaked in a log".parse().unwrap())
}

#[tokio::test]
async fn revoking_twice_answers_the_same_and_leaves_one_event() {
    for town in Town::both().await {
        let issued = town.issue().await;
        let before = town.revision().await;
        let id = issued.token.id();
        let first = town.keys.revoke(&security(), id, reason()).await.unwrap();
        assert_eq!(first.revision, before + 1);
        town.wait(Duration::from_secs(5));
        let second = town.keys.revoke(&admin(), id, None).await.unwrap();
        assert_eq!(second.token, first.token);
        assert_eq!(second.revision, first.revision);
        assert_eq!(town.events(before).await, ["token.revoke"]);
        assert_eq!(
            town.verdict_on(&issued, Rule::Revocation).await,
            Verdict::Refused
        );
    }
}

#[tokio::test]
async fn revoked_by_two_at_once_it_is_revoked_once() {
    for town in Town::both().await {
        let id = town.issue().await.token.id();
        let before = town.revision().await;
        let (admin, security) = (admin(), security());
        let (one, other) = tokio::join!(
            town.keys.revoke(&admin, id, None),
            town.keys.revoke(&security, id, None)
        );
        assert_eq!(one.unwrap().token, other.unwrap().token);
        assert_eq!(town.events(before).await, ["token.revoke"]);
    }
}

#[tokio::test]
async fn a_publisher_neither_sees_nor_revokes_what_is_for_other_teams() {
    for town in Town::both().await {
        let id = town.issue().await.token.id();
        let stranger = town.publisher_of(&town.stock);
        let refused = town.keys.revoke(&stranger, id, None).await.unwrap_err();
        assert!(matches!(refused, RevokeError::NotFound), "{refused}");
        let owner = town.publisher_of(&town.orders);
        assert!(town.keys.revoke(&owner, id, None).await.is_ok());
        // All tokens of the application include those for the other team.
        let all = town
            .keys
            .revoke_all(&owner, &town.handle(), None)
            .await
            .unwrap_err();
        assert!(matches!(all, RevokeError::Denied(_)), "{all}");
    }
}

#[tokio::test]
async fn revoking_all_refuses_every_older_token_and_spares_other_applications() {
    for town in Town::both().await {
        let old = town.issue().await;
        let before = town.revision().await;
        let revoked = town
            .keys
            .revoke_all(&admin(), &town.handle(), reason())
            .await
            .unwrap();
        assert_eq!(revoked.revision, before + 1);
        assert!(old.token.issued() < revoked.application.not_before.unwrap());
        assert_eq!(town.events(before).await, ["application.revoke-tokens"]);
        assert_eq!(
            town.verdict_on(&old, Rule::Watermark).await,
            Verdict::Refused
        );
    }
}

#[tokio::test]
async fn receipts_come_when_the_last_gateway_has_caught_up_or_the_wait_is_over() {
    for town in Town::both().await {
        let id = town.issue().await.token.id();
        let acknowledge = |revision| {
            let now = town.clock.now();
            let said = Acknowledgement {
                gateway: EMBEDDED,
                epoch: 1,
                revision,
                applied: now,
            };
            let store = town.store.clone();
            async move { store.acknowledge(said, now).await.unwrap() }
        };
        acknowledge(1).await;
        let revoked = town.keys.revoke(&admin(), id, None).await.unwrap();
        let pending = town
            .keys
            .receipts(revoked.revision, Duration::from_millis(30))
            .await
            .unwrap();
        assert_eq!(pending.len(), 1);
        assert!(pending[0].applied_at.is_none());
        let (receipts, ()) = tokio::join!(
            town.keys
                .receipts(revoked.revision, Duration::from_secs(10)),
            async {
                tokio::time::sleep(Duration::from_millis(30)).await;
                acknowledge(revoked.revision).await;
            }
        );
        assert!(receipts.unwrap()[0].applied_at.is_some());
    }
}

#[tokio::test]
async fn rows_are_swept_thirty_days_after_the_end() {
    for town in Town::both().await {
        let sight = town.store.reader().as_seen_by(&admin());
        let id = town.issue().await.token.id();
        let kept = town
            .keys
            .issue(&admin(), &town.handle(), wish(&[], 86_400))
            .await
            .unwrap();
        town.wait(Duration::from_secs(600 + 30 * 86_400));
        assert_eq!(town.keys.prune().await.unwrap(), 0);
        town.wait(Duration::from_secs(1));
        assert_eq!(town.keys.prune().await.unwrap(), 1);
        assert!(sight.find_token(id).await.is_err());
        assert!(sight.find_token(kept.token.id()).await.is_ok());
    }
}
