use std::time::Duration;

use gatewright_domain::{
    id::{DecisionId, GatewayId, OperatorId, RequestId, SessionId, VersionId},
    operation::Method,
    record::Decision,
    refusal::Refusal,
};
use gatewright_store::{
    StoreError,
    quiet::{
        acknowledgements::{Acknowledgement, EMBEDDED},
        idempotency::{Answer, Attempt, Standing},
        sessions::NewSession,
        sign_ins::Failures,
        usage::Tally,
    },
};

use crate::world::{NOW, worlds};

#[tokio::test]
async fn a_repeated_request_is_answered_as_the_first_was() {
    for world in worlds().await {
        let store = &world.store;
        let attempt = Attempt {
            actor: "op_1",
            key: "k",
            fingerprint: "f",
        };
        assert_eq!(
            store.attempts().begin(attempt, NOW).await.unwrap(),
            Standing::Fresh
        );
        assert_eq!(
            store.attempts().begin(attempt, NOW).await.unwrap(),
            Standing::Running
        );
        let other = Attempt {
            fingerprint: "g",
            ..attempt
        };
        assert_eq!(
            store.attempts().begin(other, NOW).await.unwrap(),
            Standing::Mismatch
        );
        let stranger = Attempt {
            actor: "op_2",
            ..attempt
        };
        assert_eq!(
            store.attempts().begin(stranger, NOW).await.unwrap(),
            Standing::Fresh
        );

        let answer = Answer {
            status: 201,
            content_type: "application/json".to_owned(),
            body: b"{}".to_vec(),
        };
        store
            .attempts()
            .finish(attempt, answer.clone())
            .await
            .unwrap();
        assert_eq!(
            store.attempts().begin(attempt, NOW).await.unwrap(),
            Standing::Replay(answer)
        );

        let later = NOW.plus(Duration::from_secs(61));
        let taken_over = store.attempts().begin(stranger, later).await.unwrap();
        assert_eq!(taken_over, Standing::Fresh, "the first server is gone");
        store.attempts().abandon(stranger).await.unwrap();
        assert_eq!(
            store.attempts().begin(stranger, later).await.unwrap(),
            Standing::Fresh
        );
        assert_eq!(store.prune_attempts(later).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn failed_sign_ins_are_counted_until_they_are_forgotten_or_old() {
    for world in worlds().await {
        let store = &world.store;
        let window = Duration::from_secs(600);
        for seconds in [0, 1, 2] {
            let now = NOW.plus(Duration::from_secs(seconds));
            store
                .count_sign_in_failure("ada", window, now)
                .await
                .unwrap();
        }
        let last = NOW.plus(Duration::from_secs(2));
        let counted = store.sign_in_failures("ada").await.unwrap();
        assert_eq!(
            counted,
            Some(Failures {
                count: 3,
                first: NOW,
                last
            })
        );

        let much_later = NOW.plus(Duration::from_secs(1000));
        store
            .count_sign_in_failure("ada", window, much_later)
            .await
            .unwrap();
        let anew = Failures {
            count: 1,
            first: much_later,
            last: much_later,
        };
        assert_eq!(store.sign_in_failures("ada").await.unwrap(), Some(anew));
        store.forget_sign_in_failures("ada").await.unwrap();
        assert_eq!(store.sign_in_failures("ada").await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_gateway_that_says_the_same_again_keeps_the_moment_it_began_to_enforce_it() {
    for world in worlds().await {
        let later = NOW.plus(Duration::from_secs(5));
        let say = |revision, applied| Acknowledgement {
            gateway: EMBEDDED,
            epoch: 1,
            revision,
            applied,
        };
        world.store.acknowledge(say(7, NOW), NOW).await.unwrap();
        world.store.acknowledge(say(7, later), later).await.unwrap();
        assert_eq!(
            world.number("SELECT applied_at FROM gateway_acks").await,
            NOW.millis()
        );
        assert_eq!(
            world.number("SELECT seen_at FROM gateway_acks").await,
            later.millis()
        );
        world.store.acknowledge(say(8, later), later).await.unwrap();
        assert_eq!(
            world.number("SELECT applied_at FROM gateway_acks").await,
            later.millis()
        );
        assert_eq!(world.number("SELECT revision FROM gateway_acks").await, 8);
    }
}

#[tokio::test]
async fn usage_adds_up_by_the_hour_whatever_of_it_is_known() {
    for world in worlds().await {
        let version = VersionId::draw(NOW, world.dice());
        let known = Tally {
            hour: NOW,
            version: Some(version),
            operation: Some((Method::Get, "/orders".to_owned())),
            application: None,
            status: 200,
            refused: None,
            calls: 2,
            bytes: 10,
        };
        let nowhere = Tally {
            version: None,
            operation: None,
            status: 404,
            refused: Some("no-route".to_owned()),
            ..known.clone()
        };
        for _ in 0..3 {
            let tallies = vec![known.clone(), nowhere.clone()];
            world.store.add_usage(tallies).await.unwrap();
        }
        assert_eq!(world.number("SELECT count(*) FROM usage_hours").await, 2);
        assert_eq!(
            world
                .number("SELECT calls FROM usage_hours WHERE status = 200")
                .await,
            6
        );
        assert_eq!(
            world
                .number("SELECT bytes FROM usage_hours WHERE status = 404")
                .await,
            30
        );
    }
}

#[tokio::test]
async fn a_decision_may_be_sent_twice_and_is_kept_once() {
    for world in worlds().await {
        let decision = Decision {
            id: DecisionId::draw(NOW, world.dice()),
            at: NOW,
            gateway: Some(GatewayId::draw(NOW, world.dice())),
            request: RequestId::draw(NOW, world.dice()),
            method: Some(Method::Get),
            version: None,
            operation: None,
            application: None,
            jti: None,
            refusal: Refusal::NoRoute,
            steps: Vec::new(),
            revision: 3,
        };
        for _ in 0..2 {
            world
                .store
                .keep_decisions(vec![decision.clone()])
                .await
                .unwrap();
        }
        assert_eq!(world.number("SELECT count(*) FROM decisions").await, 1);
        // More at once than one statement takes values for.
        let flood = (0..5_000).map(|_| Decision {
            id: DecisionId::draw(NOW, world.dice()),
            ..decision.clone()
        });
        world.store.keep_decisions(flood.collect()).await.unwrap();
        let later = NOW.plus(Duration::from_secs(1));
        assert_eq!(world.store.prune_decisions(later).await.unwrap(), 5_001);
    }
}

#[tokio::test]
async fn a_session_of_nobody_is_not_opened() {
    for world in worlds().await {
        let session = NewSession {
            id: SessionId::draw(NOW, world.dice()),
            operator: OperatorId::draw(NOW, world.dice()),
            hash: "aa".to_owned(),
            created: NOW,
            expires: NOW,
        };
        let opened = world.store.open_session(session).await;
        assert!(matches!(opened, Err(StoreError::NotFound)), "{opened:?}");
    }
}

#[tokio::test]
async fn a_check_value_is_never_replaced() {
    for world in worlds().await {
        world
            .store
            .keep_kek_check("kek", "file", vec![1], NOW)
            .await
            .unwrap();
        world
            .store
            .keep_kek_check("kek", "file", vec![2], NOW)
            .await
            .unwrap();
        assert_eq!(world.store.kek_check("kek").await.unwrap(), Some(vec![1]));
    }
}

#[tokio::test]
async fn a_set_up_link_is_used_once() {
    use gatewright_domain::{
        access::{Action, Caller, Origin, Subject},
        audit::{Event, Kind, Outcome},
    };
    for world in worlds().await {
        let later = NOW.plus(Duration::from_secs(900));
        world.store.keep_setup_link("aa", NOW, later).await.unwrap();
        let set_up = async || {
            let founder = Caller::founder(Origin::default());
            let permit = founder.may(Action::SetUp, Subject::Installation).unwrap();
            let work = world.store.write(permit, NOW, async |tx| {
                tx.set_up(Some("aa")).await?;
                let subject = Subject::Installation;
                let target = subject.target();
                tx.note(Event::note(
                    Kind::InstallationSetUp,
                    Outcome::Success,
                    subject,
                    target,
                ))
            });
            work.await
        };
        set_up().await.unwrap();
        assert!(matches!(set_up().await, Err(StoreError::NotFound)));
        assert_eq!(
            world.number("SELECT set_up_at FROM installation").await,
            NOW.millis()
        );
    }
}
