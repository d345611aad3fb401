//! The key ring's invariants, over random histories.

use gatewright_domain::{
    id::KeyId,
    key::{Generated, KeyState, KeyStateName, Kid, Sealed, SigningKey},
    ring::{Haste, Ring, RingError, Timing},
    time::Timestamp,
};
use proptest::prelude::*;
use uuid::Uuid;

use crate::town::{NOON, hours, stored};

fn generated(number: u128) -> Generated {
    Generated {
        id: KeyId::from_uuid(Uuid::from_u128(number)),
        kid: format!("key-{number}").parse().unwrap(),
        algorithm: "ES256".to_owned(),
        public_jwk: "{}".to_owned(),
        private: Sealed {
            kek: "test".to_owned(),
            record: vec![1],
        },
    }
}

fn founded() -> Vec<SigningKey> {
    let keys = vec![
        stored(SigningKey::publish(generated(1), NOON)),
        stored(SigningKey::publish(generated(2), NOON)),
    ];
    let started = stored(Ring::of(keys.clone(), Timing::DEFAULT).start(NOON).unwrap());
    merged(keys, vec![started])
}

/// The keys after these were written.
fn merged(keys: Vec<SigningKey>, written: Vec<SigningKey>) -> Vec<SigningKey> {
    let kept = keys
        .into_iter()
        .filter(|key| written.iter().all(|new| new.id() != key.id()));
    kept.chain(written.clone()).collect()
}

fn rotate(
    keys: Vec<SigningKey>,
    fresh: u128,
    haste: Haste,
    now: Timestamp,
) -> Result<Vec<SigningKey>, RingError> {
    let changes = Ring::of(keys.clone(), Timing::DEFAULT).rotate(generated(fresh), haste, now)?;
    Ok(merged(keys, changes.into_iter().map(stored).collect()))
}

fn kid(number: u128) -> Kid {
    format!("key-{number}").parse().unwrap()
}

#[test]
fn the_first_standby_may_sign_at_once_and_later_ones_after_the_lead() {
    let keys = rotate(founded(), 3, Haste::None, NOON.plus(hours(1))).unwrap();
    let ready = NOON.plus(hours(25));
    let early = rotate(keys.clone(), 4, Haste::None, NOON.plus(hours(2)));
    assert_eq!(early.unwrap_err(), RingError::NotReady(ready));
    assert!(rotate(keys, 4, Haste::None, ready).is_ok());
}

#[test]
fn haste_needs_a_reason_and_leaves_it_in_the_trail() {
    let keys = rotate(founded(), 3, Haste::None, NOON).unwrap();
    let ring = Ring::of(keys, Timing::DEFAULT);
    let haste = Haste::Because("drill".parse().unwrap());
    let changes = ring.rotate(generated(4), haste, NOON).unwrap();
    assert!(
        changes
            .iter()
            .any(|change| change.event().reason().is_some())
    );
}

#[test]
fn a_deactivated_key_has_no_private_part() {
    let keys = rotate(founded(), 3, Haste::None, NOON).unwrap();
    let old = keys.iter().find(|key| *key.kid() == kid(1)).unwrap();
    assert!(matches!(old.state(), KeyState::Deactivated { .. }));
}

#[test]
fn compromising_the_signer_lets_the_standby_take_over_at_once() {
    let ring = Ring::of(founded(), Timing::DEFAULT);
    let changes = ring
        .compromise(&kid(1), vec![generated(3)], "leaked".parse().unwrap(), NOON)
        .unwrap();
    let keys = merged(
        ring.keys().to_vec(),
        changes.into_iter().map(stored).collect(),
    );
    let ring = Ring::of(keys, Timing::DEFAULT);
    assert_eq!(ring.active().unwrap().kid(), &kid(2));
    assert_eq!(ring.standby().unwrap().kid(), &kid(3));
    let again = ring.compromise(&kid(1), vec![], "again".parse().unwrap(), NOON);
    assert!(matches!(again, Err(RingError::Key(_))));
}

proptest! {
    #[test]
    fn at_most_one_key_signs_and_one_always_waits(steps in proptest::collection::vec((0_u8..4, 0_u64..60), 1..40)) {
        let (mut keys, mut now) = (founded(), NOON);
        for (number, (step, pause)) in (10_u128..).zip(steps) {
            now = now.plus(hours(pause));
            let ring = Ring::of(keys.clone(), Timing::DEFAULT);
            let written: Vec<SigningKey> = match step {
                0 | 1 => ring
                    .rotate(generated(number), Haste::None, now)
                    .map(|changes| changes.into_iter().map(stored).collect())
                    .unwrap_or_default(),
                2 => {
                    let target = ring.active().unwrap().kid().clone();
                    let reason = "drill".parse().unwrap();
                    let changes = ring.compromise(&target, vec![generated(number)], reason, now).unwrap();
                    changes.into_iter().map(stored).collect()
                }
                _ => {
                    let leeway = Timing::DEFAULT.leeway;
                    ring.due(now).map(|key| stored(key.clone().retire(leeway, now).unwrap())).collect()
                }
            };
            keys = merged(keys, written);
            let ring = Ring::of(keys.clone(), Timing::DEFAULT);
            let signing = keys.iter().filter(|key| key.state().name() == KeyStateName::Active).count();
            prop_assert_eq!(signing, 1);
            prop_assert!(ring.standby().is_some());
            for key in &keys {
                if let KeyState::Active { published, at, .. } = key.state() {
                    prop_assert!(published <= at);
                }
            }
        }
    }
}
