//! Moves of rings over real databases: several servers at once, keys that are set aside, and rotation by itself.

use std::time::Duration;

use gatewright_domain::{
    id::GatewayId,
    key::{Algorithm, KeyStateName, Kid, Listing, Purpose, RingName},
    ring::{Haste, Ring, RingError, Standing},
    time::Clock,
};
use gatewright_keys::{AlgorithmError, IssuedToken, RingUseError, Seen, SignerError, Turn};
use gatewright_store::quiet::acknowledgements::{Acknowledgement, EMBEDDED};
use gatewright_token::mint::DocumentType;

use crate::{
    algorithms::{choose, form_rings},
    ring_actions::{Hurry, RingAction},
    town::{LEAD, Town, admin, job, kek, security, wish},
};

const ACCESS: RingName = Purpose::Access.ring();
const PERIOD: Duration = Duration::from_secs(90 * 24 * 3600);

async fn access(town: &Town) -> Ring {
    let rings = town.keys.read_rings().await.unwrap();
    rings
        .into_iter()
        .find(|ring| ring.name() == ACCESS)
        .unwrap()
}

async fn acknowledge(town: &Town, gateway: GatewayId) {
    let acknowledgement = Acknowledgement {
        gateway,
        epoch: 1,
        revision: town.revision().await,
        applied: town.clock.now(),
    };
    let now = town.clock.now();
    town.store.acknowledge(acknowledgement, now).await.unwrap();
}

#[tokio::test]
async fn three_servers_that_rotate_at_once_rotate_once() {
    for town in Town::both().await {
        let (one, two) = (
            town.second_server(kek(1)).await,
            town.second_server(kek(1)).await,
        );
        town.wait(PERIOD);
        let job = job();
        let (a, b, c) = tokio::join!(
            town.keys.rotate_due(&job, "a"),
            one.rotate_due(&job, "b"),
            two.rotate_due(&job, "c")
        );
        let turned = [a, b, c]
            .into_iter()
            .flat_map(|turns| turns.unwrap_or_default());
        let turned = turned.filter(|turn| matches!(turn, Turn::Rotated(name) if *name == ACCESS));
        assert_eq!(turned.count(), 1);
        let ring = access(&town).await;
        assert_eq!(ring.record().turn(), 1);
        assert_eq!(ring.keys().len(), 3, "one new key");
        assert!(ring.is_whole());
    }
}

#[tokio::test]
async fn a_rotation_that_is_due_waits_for_a_gateway_that_is_behind_and_says_so_once() {
    for town in Town::both().await {
        acknowledge(&town, EMBEDDED).await;
        town.wait(PERIOD);
        town.keys.rotate_due(&job(), "a").await.unwrap();
        town.fetch().await;
        town.wait(PERIOD);
        let held = town.keys.rotate_due(&job(), "a").await.unwrap();
        let words = |turn: &Turn| match turn {
            Turn::Held(_, why @ RingError::Held(_)) => why.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!(held.len(), 3, "{held:?}");
        assert!(words(&held[0]).contains("embedded"), "{held:?}");
        assert!(town.keys.rotate_due(&job(), "a").await.unwrap().is_empty());
        assert!(access(&town).await.record().held().is_some());
        acknowledge(&town, EMBEDDED).await;
        let turned = town.keys.rotate_due(&job(), "a").await.unwrap();
        assert_eq!(turned.len(), 3);
        assert!(access(&town).await.record().held().is_none());
    }
}

#[tokio::test]
async fn what_a_suspended_key_signed_is_refused_until_it_is_resumed() {
    for town in Town::both().await {
        let issued = town.issue().await;
        let text = issued.text.lend(Clone::clone);
        let kid = issued.token.kid().clone();
        let reason = || "look at it".parse().unwrap();
        let guard = security();
        let aside = town
            .keys
            .suspend(&guard, kid.clone().into(), Listing::Withdrawn, reason());
        assert!(aside.await.unwrap().ring.is_whole());
        assert!(town.keys.verify(&text).await.is_err());
        assert!(!town.keys.jwks().await.unwrap().body.contains(kid.as_str()));
        let other = town.issue().await.text.lend(Clone::clone);
        town.keys
            .resume(&security(), kid.clone().into(), reason())
            .await
            .unwrap();
        for text in [&text, &other] {
            town.keys.verify(text).await.unwrap();
        }
        assert_eq!(access(&town).await.active().unwrap().kid(), &kid);
    }
}

#[tokio::test]
async fn a_key_that_was_seen_before_it_changed_does_not_move() {
    for town in Town::both().await {
        let staged = town.keys.stage(&security(), ACCESS).await.unwrap();
        let kid = staged.keys[0].kid().clone();
        let at = Some(gatewright_domain::audit::Aggregate::revision(
            &staged.keys[0],
        ));
        let seen = Seen { kid, at };
        town.keys.publish(&security(), seen.clone()).await.unwrap();
        let stale = town
            .keys
            .activate(&security(), seen.clone(), Haste::None)
            .await;
        assert!(matches!(stale.unwrap_err(), RingUseError::Stale));
        let again = Seen { at: None, ..seen };
        let early = town.keys.activate(&security(), again, Haste::None).await;
        let ready = town.clock.now().plus(LEAD);
        let founder = access(&town).await.record().formed() == town.clock.now();
        match early {
            // Published in the very moment in which the ring was formed, it is a founder.
            Ok(_) => assert!(founder),
            Err(error) => assert_eq!(error.to_string(), RingError::NotReady(ready).to_string()),
        }
    }
}

#[tokio::test]
async fn a_server_that_cannot_read_the_rings_signs_until_its_lease_is_over() {
    for town in Town::both().await {
        let expires = town.clock.now().plus(Duration::from_secs(600));
        let sign = || {
            let (purpose, kind) = (Purpose::Introspection, DocumentType::Introspection);
            town.keys.sign_document(purpose, kind, b"{}", expires)
        };
        sign().await.unwrap();
        town.store.close().await.unwrap();
        town.wait(Duration::from_secs(15));
        sign().await.unwrap();
        town.wait(Duration::from_secs(1));
        let refused = sign().await.unwrap_err();
        assert!(matches!(refused, SignerError::Lease { .. }), "{refused}");
    }
}

#[tokio::test]
async fn a_long_life_is_signed_by_the_ring_of_peoples_tokens() {
    for town in Town::both().await {
        let long = town
            .keys
            .issue(&admin(), &town.handle(), wish(&[], 7200))
            .await
            .unwrap();
        let rings = town.keys.read_rings().await.unwrap();
        let signer = rings.iter().find(|ring| ring.key(long.token.kid()).is_ok());
        assert_eq!(signer.unwrap().name().purpose, Purpose::DevAccess);
        town.keys
            .verify(&long.text.lend(Clone::clone))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_rehearsal_changes_nothing_and_stands_in_the_trail() {
    for town in Town::both().await {
        let issued = town.issue().await;
        town.fetch().await;
        let before = town.revision().await;
        let rehearsed = town
            .keys
            .rehearse_compromise(&security(), issued.token.kid())
            .await
            .unwrap();
        assert_eq!(
            town.events(before).await,
            ["signing-key.rehearse-compromise"]
        );
        assert_eq!(
            rehearsed.successor.as_ref(),
            Some(access(&town).await.standby().unwrap().kid())
        );
        assert_eq!(rehearsed.blast.tokens[0].live, 1);
        assert_eq!(rehearsed.blast.verifiers[0].agent, "PyJWT");
        town.keys
            .verify(&issued.text.lend(Clone::clone))
            .await
            .unwrap();
    }
}

/// The key of the ring that a number means.
async fn kid_of(town: &Town, which: u8) -> Kid {
    let ring = access(town).await;
    let keys = ring.keys();
    keys[usize::from(which) % keys.len()].kid().clone()
}

/// Carries an action out; what the rules refuse is none of this test's business.
async fn act(town: &Town, action: RingAction) {
    let (by, reason) = (security(), || "drill".parse().unwrap());
    let haste = |hurry| {
        if hurry == Hurry::Yes {
            Haste::Because(reason())
        } else {
            Haste::None
        }
    };
    let outcome = match action {
        RingAction::Stage => town.keys.stage(&by, ACCESS).await.map(drop),
        RingAction::Publish(which) => town
            .keys
            .publish(&by, kid_of(town, which).await.into())
            .await
            .map(drop),
        RingAction::Discard(which) => town
            .keys
            .discard(&by, kid_of(town, which).await.into())
            .await
            .map(drop),
        RingAction::Tick(seconds) => {
            town.wait(Duration::from_secs(u64::from(seconds)));
            Ok(())
        }
        RingAction::Activate(which, hurry) => town
            .keys
            .activate(&by, kid_of(town, which).await.into(), haste(hurry))
            .await
            .map(drop),
        RingAction::Rotate(hurry) => town.keys.rotate(&by, haste(hurry)).await.map(drop),
        RingAction::Suspend(which, hurry) => {
            let listing = if hurry == Hurry::Yes {
                Listing::Withdrawn
            } else {
                Listing::Listed
            };
            town.keys
                .suspend(&by, kid_of(town, which).await.into(), listing, reason())
                .await
                .map(drop)
        }
        RingAction::Resume(which) => town
            .keys
            .resume(&by, kid_of(town, which).await.into(), reason())
            .await
            .map(drop),
        RingAction::Compromise(which) => town
            .keys
            .compromise(&by, &kid_of(town, which).await, reason())
            .await
            .map(drop),
        RingAction::Retire(which) => town
            .keys
            .retire(&by, kid_of(town, which).await.into())
            .await
            .map(drop),
        RingAction::RetireDue => town.keys.retire_due(&job()).await.map(drop),
        RingAction::Sign(which, amount) => {
            let wish = wish(
                &["orders:v1:read"],
                u64::from(amount % 3000) + 60 + u64::from(which),
            );
            let (caller, handle) = (admin(), town.handle());
            let issued = town.keys.issue(&caller, &handle, wish);
            let IssuedToken { token, text } = issued.await.unwrap();
            let kid = token.kid();
            town.keys.verify(&text.lend(Clone::clone)).await.unwrap();
            let set = town.keys.key_set_of("orders").await.unwrap().unwrap();
            assert!(set.body.contains(kid.as_str()), "I7 for an API");
            Ok(())
        }
        RingAction::Choose(which, hurry) => {
            let chosen = [None, Some(Algorithm::Es256), Some(Algorithm::Es384)];
            let chosen = chosen[usize::from(which) % 3];
            match choose(town, &admin(), chosen, haste(hurry)).await {
                Ok(_) | Err(AlgorithmError::Refused(_)) => Ok(()),
                Err(other) => panic!("{other}"),
            }
        }
        RingAction::Disable | RingAction::Enable => Ok(()),
        // What happens to servers and clocks is the model's; here a moment passes instead.
        RingAction::Retime(moment)
        | RingAction::Crash(moment)
        | RingAction::Partition(moment)
        | RingAction::Heal(moment)
        | RingAction::ClockBack(moment) => {
            town.wait(Duration::from_millis(u64::from(moment)));
            Ok(())
        }
    };
    match outcome {
        Ok(()) | Err(RingUseError::Ring(_)) => {}
        Err(other) => panic!("{action:?}: {other}"),
    }
}

#[tokio::test]
async fn the_models_lists_leave_both_databases_whole() {
    for town in Town::both().await {
        form_rings(&town, Algorithm::Es384).await;
        let mut version = 0;
        for seed in 0..3 {
            for action in RingAction::list(seed, 60) {
                act(&town, action).await;
                let ring = access(&town).await;
                assert_eq!(ring.record().standing(), Standing::Enabled);
                assert!(ring.is_whole(), "I1, I3 after {action:?}");
                assert!(version <= ring.record().version(), "I8 after {action:?}");
                version = ring.record().version();
                for key in ring.keys() {
                    let erased = [
                        KeyStateName::Deactivated,
                        KeyStateName::Retired,
                        KeyStateName::Compromised,
                    ];
                    let erased = erased.contains(&key.state().name());
                    assert!(
                        !erased || key.state().private().is_none(),
                        "I12 after {action:?}"
                    );
                }
                let set = town.keys.jwks().await.unwrap();
                let listed = ring.keys().iter().filter(|key| key.state().is_listed());
                for key in listed {
                    assert!(set.body.contains(key.kid().as_str()), "I7 after {action:?}");
                }
            }
        }
    }
}
