//! The ring: one key signs, one stands by, and no move of it breaks a token that lives.

use std::time::Duration;

use gatewright_domain::{
    access::{Action, Subject},
    key::{KeyError, KeyState, KeyStateName, Purpose, RingName, SigningKey},
    ring::{Evidence, Haste, RingError},
    time::Clock,
};
use gatewright_keys::RingUseError;
use gatewright_store::StoreError;

use crate::town::{LEAD, LEEWAY, Town, admin, job, kek, security, wish};

/// How far ahead of the last token its end is reserved.
const BLOCK: Duration = Duration::from_secs(60);

const ACCESS: RingName = Purpose::Access.ring();

async fn keys(town: &Town) -> Vec<SigningKey> {
    let over = [KeyStateName::Retired, KeyStateName::Compromised];
    let mut keys = town.store.reader().signing_keys().await.unwrap();
    keys.retain(|key| key.ring() == ACCESS && !over.contains(&key.state().name()));
    keys
}

async fn states(town: &Town) -> Vec<KeyStateName> {
    let mut states: Vec<_> = keys(town)
        .await
        .iter()
        .map(|key| key.state().name())
        .collect();
    states.sort();
    states
}

async fn active(town: &Town) -> SigningKey {
    let keys = keys(town).await;
    keys.into_iter()
        .find(|key| matches!(key.state(), KeyState::Active { .. }))
        .unwrap()
}

fn because() -> Haste {
    Haste::Because("drill".parse().unwrap())
}

#[tokio::test]
async fn a_fresh_ring_has_one_key_that_signs_and_one_that_stands_by() {
    for town in Town::without_rings().await {
        let before = town.revision().await;
        town.keys.ensure_ring(&job()).await.unwrap();
        assert_eq!(
            states(&town).await,
            [KeyStateName::Published, KeyStateName::Active]
        );
        let formed = [
            "key-ring.form",
            "signing-key.publish",
            "signing-key.publish",
        ];
        let events = town.events(before).await;
        assert_eq!(events[..3], formed);
        assert_eq!(events[3], "signing-key.activate");
        let rings = town.keys.read_rings().await.unwrap();
        let names: Vec<_> = rings.iter().map(|ring| ring.name()).collect();
        let [access, people, introspection] = town.keys.own_rings();
        assert_eq!(names, [access, people, introspection]);
        assert!(rings.iter().all(|ring| ring.is_whole()));
        town.keys.ensure_ring(&job()).await.unwrap();
        assert_eq!(
            town.revision().await,
            before + 12,
            "a ring that is whole is left alone"
        );
    }
}

#[tokio::test]
async fn two_servers_that_start_at_once_make_one_ring() {
    for town in Town::without_rings().await {
        let second = town.second_server(kek(1)).await;
        let (one_job, other_job) = (job(), job());
        let (one, other) = tokio::join!(
            town.keys.ensure_ring(&one_job),
            second.ensure_ring(&other_job)
        );
        one.unwrap();
        other.unwrap();
        assert_eq!(
            states(&town).await,
            [KeyStateName::Published, KeyStateName::Active]
        );
        let issued = second
            .issue(&admin(), &town.handle(), wish(&[], 600))
            .await
            .unwrap();
        let text = issued.text.lend(Clone::clone);
        assert!(town.keys.verify(&text).await.is_ok());
    }
}

#[tokio::test]
async fn the_first_standby_signs_at_once_and_later_ones_after_the_lead() {
    for town in Town::both().await {
        let first = active(&town).await;
        town.wait(Duration::from_secs(60));
        let rotated = town.keys.rotate(&security(), Haste::None).await.unwrap();
        assert_eq!(rotated.deactivated.unwrap().kid(), first.kid());
        assert_ne!(rotated.active.kid(), first.kid());
        let ready = town.clock.now().plus(LEAD);
        let refused = town
            .keys
            .rotate(&security(), Haste::None)
            .await
            .unwrap_err();
        let expected = RingError::NotReady(ready);
        assert!(matches!(refused, RingUseError::Ring(error) if error == expected));
        town.wait(LEAD);
        let held = town.keys.rotate(&security(), Haste::None).await;
        let held = held.unwrap_err();
        assert!(
            matches!(held, RingUseError::Ring(RingError::Held(_))),
            "{held}"
        );
        town.fetch().await;
        let next = town.keys.rotate(&security(), Haste::None).await.unwrap();
        assert_eq!(next.active.kid(), rotated.standby.kid());
    }
}

#[tokio::test]
async fn haste_needs_a_reason_and_leaves_it_in_the_trail() {
    for town in Town::both().await {
        town.keys.rotate(&admin(), Haste::None).await.unwrap();
        let before = town.revision().await;
        town.keys.rotate(&admin(), because()).await.unwrap();
        let moves = [
            "key-ring.rotate",
            "signing-key.deactivate",
            "signing-key.activate",
            "signing-key.publish",
        ];
        assert_eq!(town.events(before).await, moves);
        assert!(
            crate::trail::reasons(&town.store, before)
                .await
                .contains(&"drill".to_owned())
        );
    }
}

#[tokio::test]
async fn a_rotation_breaks_no_token_and_leaves_no_private_key_behind() {
    for town in Town::both().await {
        let old = town.issue().await;
        town.wait(Duration::from_secs(2));
        town.keys.rotate(&admin(), Haste::None).await.unwrap();
        let new = town.issue().await;
        assert_ne!(new.token.kid(), old.token.kid());
        for token in [&old, &new] {
            let text = token.text.lend(Clone::clone);
            assert!(town.keys.verify(&text).await.is_ok());
        }
        let sealed = town.store.sealed_under().await.unwrap();
        assert_eq!(sealed.values().copied().collect::<Vec<u64>>(), [6]);
    }
}

#[tokio::test]
async fn only_those_who_guard_may_rotate_and_the_refusal_is_an_event() {
    for town in Town::both().await {
        let before = town.revision().await;
        let publisher = town.publisher_of(&town.orders);
        let refused = town.keys.rotate(&publisher, because()).await.unwrap_err();
        assert!(matches!(refused, RingUseError::Denied(_)));
        assert_eq!(town.events(before).await, ["access.deny"]);
    }
}

#[tokio::test]
async fn a_key_retires_only_when_its_last_token_has_died() {
    for town in Town::both().await {
        let issued = town
            .keys
            .issue(&admin(), &town.handle(), wish(&[], 3600))
            .await
            .unwrap();
        town.keys.rotate(&admin(), Haste::None).await.unwrap();
        let end = issued.token.expires().plus(BLOCK).plus(LEEWAY);
        town.clock.set(end.minus(Duration::from_millis(1)));
        assert!(town.keys.retire_due(&job()).await.unwrap().is_empty());
        assert_eq!(states(&town).await.last(), Some(&KeyStateName::Deactivated));
        town.clock.set(end);
        let retired = town.keys.retire_due(&job()).await.unwrap();
        assert_eq!(retired.len(), 1);
        assert_eq!(retired[0].kid(), issued.token.kid());
        assert!(
            keys(&town)
                .await
                .iter()
                .all(|key| key.kid() != issued.token.kid())
        );
        assert!(town.keys.retire_due(&job()).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_compromised_key_is_out_at_once_and_the_standby_takes_over() {
    for town in Town::both().await {
        let stolen = town.issue().await;
        let kid = stolen.token.kid().clone();
        let reason = || "found on a laptop".parse().unwrap();
        let done = town
            .keys
            .compromise(&security(), &kid, reason())
            .await
            .unwrap();
        assert_eq!(done.key.state().name(), KeyStateName::Compromised);
        assert_eq!(
            states(&town).await,
            [KeyStateName::Published, KeyStateName::Active]
        );
        assert_ne!(active(&town).await.kid(), &kid);
        let set = town.keys.jwks().await.unwrap();
        assert!(!set.body.contains(kid.as_str()));
        let text = stolen.text.lend(Clone::clone);
        assert!(town.keys.verify(&text).await.is_err());
        let fresh = town.issue().await.text.lend(Clone::clone);
        assert!(town.keys.verify(&fresh).await.is_ok());
        let again = town
            .keys
            .compromise(&security(), &kid, reason())
            .await
            .unwrap_err();
        let over = RingError::Key(KeyError::Over(KeyStateName::Compromised));
        assert!(matches!(again, RingUseError::Ring(error) if error == over));
    }
}

#[tokio::test]
async fn a_compromised_standby_is_replaced_and_may_not_sign_before_its_lead() {
    for town in Town::both().await {
        let all = keys(&town).await;
        let standby = all
            .iter()
            .find(|key| matches!(key.state(), KeyState::Published { .. }));
        let kid = standby.unwrap().kid().clone();
        town.wait(Duration::from_secs(60));
        town.keys
            .compromise(&admin(), &kid, "drill".parse().unwrap())
            .await
            .unwrap();
        assert_eq!(
            states(&town).await,
            [KeyStateName::Published, KeyStateName::Active]
        );
        let refused = town.keys.rotate(&admin(), Haste::None).await.unwrap_err();
        assert!(matches!(
            refused,
            RingUseError::Ring(RingError::NotReady(_))
        ));
    }
}

#[tokio::test]
async fn every_key_compromised_in_turn_never_leaves_the_set_empty() {
    for town in Town::both().await {
        for _ in 0..4 {
            let kid = active(&town).await.kid().clone();
            town.keys
                .compromise(&admin(), &kid, "drill".parse().unwrap())
                .await
                .unwrap();
            assert_eq!(
                states(&town).await,
                [KeyStateName::Published, KeyStateName::Active]
            );
        }
    }
}

/// Leaves the ring without a standby, as no use-case does.
async fn lose_standby(town: &Town) {
    let rings = town.keys.read_rings().await.unwrap();
    let ring = rings
        .into_iter()
        .find(|ring| ring.name() == ACCESS)
        .unwrap();
    let (kid, now) = (ring.standby().unwrap().kid().clone(), town.clock.now());
    let lost = ring
        .compromise(&kid, Vec::new(), &"by hand".parse().unwrap(), now)
        .unwrap();
    let permit = admin()
        .may(Action::CompromiseKey, Subject::KeyRing)
        .unwrap();
    let write = town.store.write(permit, now, async move |tx| {
        for change in lost.keys {
            tx.write(change).await?;
        }
        Ok::<_, StoreError>(())
    });
    write.await.unwrap();
    assert_eq!(states(town).await, [KeyStateName::Active]);
}

#[tokio::test]
async fn the_only_key_is_replaced_even_without_a_standby() {
    for town in Town::both().await {
        lose_standby(&town).await;
        let kid = active(&town).await.kid().clone();
        let reason = "drill".parse().unwrap();
        let done = town.keys.compromise(&admin(), &kid, reason).await.unwrap();
        assert_eq!(
            done.replaced_by.len(),
            3,
            "published, activated, and a standby published"
        );
        assert_eq!(
            states(&town).await,
            [KeyStateName::Published, KeyStateName::Active]
        );
        town.issue().await;
    }
}

#[tokio::test]
async fn a_lost_standby_is_made_good_at_the_next_start() {
    for town in Town::both().await {
        lose_standby(&town).await;
        let signing = active(&town).await;
        town.keys.ensure_ring(&job()).await.unwrap();
        assert_eq!(
            states(&town).await,
            [KeyStateName::Published, KeyStateName::Active]
        );
        assert_eq!(
            active(&town).await,
            signing,
            "the key that signs is not touched"
        );
    }
}

#[tokio::test]
async fn tokens_are_issued_while_the_key_rotates() {
    for town in Town::both().await {
        let issue = || async {
            let issued = town.issue().await;
            issued.text.lend(Clone::clone)
        };
        let (admin, none) = (admin(), Haste::None);
        let (one, two, rotated, three, four) = tokio::join!(
            issue(),
            issue(),
            town.keys.rotate(&admin, none),
            issue(),
            issue()
        );
        rotated.unwrap();
        for text in [one, two, three, four] {
            town.keys.verify(&text).await.unwrap();
        }
    }
}

#[tokio::test]
async fn whether_a_ring_may_rotate_is_what_the_rules_will_say() {
    for town in Town::both().await {
        assert_eq!(
            town.keys.check_signer().await.unwrap(),
            *active(&town).await.kid()
        );
        town.wait(Duration::from_secs(60));
        let issued = town.issue().await;
        let rotated = town.keys.rotate(&admin(), Haste::None).await.unwrap();
        let rings = town.keys.read_rings().await.unwrap();
        let now = town.clock.now();
        let complete = Evidence::complete();
        let standing: Vec<_> = rings
            .iter()
            .map(|ring| (ring.name().purpose, ring.may_rotate(&complete, now)))
            .collect();
        assert_eq!(
            standing,
            [
                (Purpose::Access, Err(RingError::NotReady(now.plus(LEAD)))),
                (Purpose::DevAccess, Ok(())),
                (Purpose::Introspection, Ok(())),
            ],
            "each other ring has a founder that may at once"
        );
        let access = &rings[0];
        assert_eq!(access.standby().unwrap().kid(), rotated.standby.kid());
        let later = now.plus(LEAD);
        let unknown = access.may_rotate(&Evidence::default(), later);
        assert!(matches!(unknown, Err(RingError::Held(_))), "{unknown:?}");
        assert_eq!(access.may_rotate(&complete, later), Ok(()));
        let safe = issued.token.expires().plus(BLOCK).plus(LEEWAY);
        let old = access.key(rotated.deactivated.unwrap().kid()).unwrap();
        assert_eq!(access.retires_at(old), Some(safe));
    }
}
