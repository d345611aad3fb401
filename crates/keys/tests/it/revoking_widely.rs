//! Revoking more than one token at a stroke: what was issued so far is refused, what is issued from the next second on is not.

use std::time::Duration;

use gatewright_domain::{
    access::Caller,
    decision::{Rule, Verdict},
    revocation::RevocationKind,
    text::Reason,
    time::Clock,
};
use gatewright_keys::{IssueError, IssuedToken, RevokeError};
use gatewright_store::{
    quiet::acknowledgements::{Acknowledgement, EMBEDDED},
    views::{page::Page, revocations::RevocationRow},
};

use crate::town::{Town, admin, security, wish};

fn reason() -> Reason {
    "a drill".parse().unwrap()
}

async fn revoke(
    town: &Town,
    caller: &Caller,
    kind: RevocationKind,
    key: &str,
) -> Result<u64, RevokeError> {
    town.keys.revoke_named(caller, kind, key, reason()).await
}

/// A token without scopes: it is for every version that the application is subscribed to.
async fn issue_for_all(town: &Town) -> Result<IssuedToken, IssueError> {
    town.keys
        .issue(&admin(), &town.handle(), wish(&[], 600))
        .await
}

async fn shown(town: &Town) -> Vec<RevocationRow> {
    let sight = town.store.reader().as_seen_by(&admin());
    let page = Page::new(None, Some(100)).unwrap();
    sight.revocations(None, &page).await.unwrap().items
}

/// Every kind that is a watermark, with the name of the thing in this town.
pub(crate) async fn watermarks(town: &Town) -> Vec<(RevocationKind, String)> {
    let sight = town.store.reader().as_seen_by(&admin());
    let now = town.clock.now();
    let subscriptions = sight.subscriptions_of(town.application.id, now);
    let subscriptions = subscriptions.await.unwrap();
    let subscription = subscriptions
        .iter()
        .find(|row| row.version_id == town.orders.place().id)
        .unwrap();
    vec![
        (RevocationKind::Application, "shop".to_owned()),
        (RevocationKind::Subscription, subscription.id.to_string()),
        (RevocationKind::Consumer, "acme".to_owned()),
        (RevocationKind::Version, "orders/v1".to_owned()),
        (RevocationKind::Issuer, "*".to_owned()),
    ]
}

#[tokio::test]
async fn each_watermark_refuses_a_token_of_the_same_second_and_accepts_the_next_one() {
    for town in Town::both().await {
        for (kind, key) in watermarks(&town).await {
            let old = town.issue().await;
            let before = town.revision().await;
            let revision = revoke(&town, &admin(), kind, &key).await.unwrap();
            assert_eq!(revision, before + 1, "{kind}");
            assert_eq!(
                town.verdict_on(&old, Rule::Watermark).await,
                Verdict::Refused,
                "{kind}"
            );
            // The clock stands still, so the second does not pass: better no token than one that is dead already.
            let early = issue_for_all(&town).await.unwrap_err();
            assert!(matches!(early, IssueError::Refused(_)), "{kind}: {early}");
            town.wait(Duration::from_secs(1));
            let new = town.issue().await;
            assert_eq!(
                town.verdict_on(&new, Rule::Watermark).await,
                Verdict::Passed,
                "{kind}"
            );
        }
    }
}

#[tokio::test]
async fn a_version_or_subscription_swept_leaves_the_other_version_open() {
    for town in Town::both().await {
        let token = issue_for_all(&town).await.unwrap();
        let token = token.text.lend(Clone::clone);
        revoke(&town, &admin(), RevocationKind::Version, "orders/v1")
            .await
            .unwrap();
        assert!(town.keys.verify(&token).await.is_ok(), "stock takes it");
        let inspection = town.keys.inspect(&admin(), &token).await.unwrap();
        for opening in inspection.openings {
            let refused = opening
                .steps
                .iter()
                .any(|step| step.verdict == Verdict::Refused);
            assert_eq!(refused, opening.version == "orders/v1", "{opening:?}");
        }
    }
}

#[tokio::test]
async fn only_those_may_sweep_whose_it_is() {
    for town in Town::both().await {
        let owner = town.publisher_of(&town.orders);
        let stranger = town.publisher_of(&town.stock);
        for (kind, key) in watermarks(&town).await {
            let refused = revoke(&town, &stranger, kind, &key).await.unwrap_err();
            let expected = matches!(refused, RevokeError::NotFound | RevokeError::Denied(_));
            assert!(expected, "{kind}: {refused}");
        }
        let version = revoke(&town, &owner, RevocationKind::Version, "orders/v1").await;
        assert!(version.is_ok());
        let everything = revoke(&town, &owner, RevocationKind::Issuer, "*").await;
        assert!(matches!(everything, Err(RevokeError::Denied(_))));
        let everything = revoke(&town, &security(), RevocationKind::Issuer, "*").await;
        assert!(everything.is_ok());
    }
}

#[tokio::test]
async fn a_name_of_another_kind_is_refused_with_what_one_looks_like() {
    for town in Town::both().await {
        for (kind, key) in [
            (RevocationKind::Session, "two words"),
            (RevocationKind::Subscription, "shop"),
            (RevocationKind::Version, "orders"),
            (RevocationKind::Version, "orders/first"),
            (RevocationKind::Issuer, "everything"),
            (RevocationKind::Key, "no kid!"),
            (RevocationKind::ApplicationDisabled, "shop"),
        ] {
            let before = town.revision().await;
            let refused = revoke(&town, &admin(), kind, key).await.unwrap_err();
            assert!(
                matches!(refused, RevokeError::Malformed { .. }),
                "{kind}: {refused}"
            );
            assert_eq!(town.revision().await, before);
        }
    }
}

#[tokio::test]
async fn every_revocation_is_a_row_with_who_why_and_since_when_it_is_enforced() {
    for town in Town::both().await {
        let token = town.issue().await.token;
        let before = town.revision().await;
        let by_name = token.jti().to_string();
        for (kind, key) in [
            (RevocationKind::Token, by_name.as_str()),
            (RevocationKind::Session, "f_1"),
            (RevocationKind::Consumer, "acme"),
        ] {
            revoke(&town, &admin(), kind, key).await.unwrap();
        }
        let rows = shown(&town).await;
        let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
        assert_eq!(numbers, [3, 2, 1]);
        let revisions: Vec<i64> = rows.iter().map(|row| row.revision).collect();
        let first = i64::try_from(before).unwrap() + 1;
        assert_eq!(revisions, [first + 2, first + 1, first]);
        assert!(
            rows.iter()
                .all(|row| row.reason.as_deref() == Some("a drill"))
        );
        assert_eq!(rows[2].key, by_name);
        assert_eq!(rows[2].expires_at, Some(token.expires()));
        assert!(rows.iter().all(|row| row.receipts.is_empty()));

        // The gateway takes the first alone, the other two at once, and then goes on to something that revokes nothing.
        let at = |millis: u64| town.clock.now().plus(Duration::from_millis(millis));
        for (revision, millis) in [(before + 1, 84), (before + 3, 250), (before + 3, 9_000)] {
            let said = Acknowledgement {
                gateway: EMBEDDED,
                epoch: 1,
                revision,
                applied: at(millis),
            };
            town.store.acknowledge(said, at(millis)).await.unwrap();
        }
        let after: Vec<Option<i64>> = shown(&town)
            .await
            .iter()
            .map(|row| row.enforced_after_ms)
            .collect();
        assert_eq!(after, [Some(250), Some(250), Some(84)]);
        let receipts = town
            .keys
            .receipts(before + 1, Duration::ZERO)
            .await
            .unwrap();
        assert_eq!(
            receipts[0].applied_at,
            Some(at(84)),
            "not when it said so last"
        );
    }
}

#[tokio::test]
async fn revoked_by_many_at_once_the_numbers_have_no_gap_and_follow_the_commits() {
    for town in Town::both().await {
        let mut waiting = Vec::new();
        for number in 0..20 {
            let keys = town.keys.clone();
            waiting.push(tokio::spawn(async move {
                let sid = format!("f_{number}");
                let (admin, kind) = (admin(), RevocationKind::Session);
                keys.revoke_named(&admin, kind, &sid, reason())
                    .await
                    .unwrap()
            }));
        }
        for one in waiting {
            one.await.unwrap();
        }
        let mut rows = shown(&town).await;
        rows.reverse();
        let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
        assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
        assert!(rows.is_sorted_by(|a, b| a.revision < b.revision));
    }
}

#[tokio::test]
async fn a_session_is_told_to_gateways_until_its_last_token_has_ended() {
    for town in Town::both().await {
        let sid = "f_1";
        revoke(&town, &admin(), RevocationKind::Session, sid)
            .await
            .unwrap();
        let terms = town.keys.config().terms();
        let told = async || {
            let reader = town.store.reader();
            let snapshot = reader.snapshot(&terms, town.clock.now()).await;
            snapshot.unwrap().revoked_sessions
        };
        assert_eq!(told().await[0].sid, sid);
        town.wait(Duration::from_secs(u64::from(terms.max_lifetime_s)));
        assert_eq!(told().await.len(), 1, "within the leeway");
        town.wait(Duration::from_secs(300));
        assert!(told().await.is_empty());
    }
}
