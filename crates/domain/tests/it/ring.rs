//! The key ring: what each of its moves does, and what is in the way of it.

use gatewright_domain::{
    audit::Kind,
    id::KeyId,
    key::{
        Algorithm, Generated, KeyError, KeyState, KeyStateName, Kid, Listing, PrivateHalf, Purpose,
        RingName, Sealed, SigningKey,
    },
    plan::Lifetime,
    ring::{
        Bounds, Evidence, Haste, Moves, OwnTimes, Ring, RingError, Standing, Timing, TimingError,
    },
    text::Reason,
    time::Timestamp,
};
use uuid::Uuid;

use crate::town::{NOON, hours, stored};

pub(crate) const ACCESS: RingName = Purpose::Access.ring();

pub(crate) fn generated(number: u128) -> Generated {
    Generated {
        id: KeyId::from_uuid(Uuid::from_u128(number)),
        kid: kid(number),
        ring: ACCESS,
        public_jwk: "{}".to_owned(),
        private: PrivateHalf::Sealed(Sealed {
            kek: "test".to_owned(),
            record: vec![1],
        }),
    }
}

pub(crate) fn kid(number: u128) -> Kid {
    format!("key-{number}").parse().unwrap()
}

pub(crate) fn reason() -> Reason {
    "drill".parse().unwrap()
}

pub(crate) fn because() -> Haste {
    Haste::Because(reason())
}

/// A ring of two keys, formed at noon.
pub(crate) fn founded() -> Ring {
    let moves = Ring::form(ACCESS, Timing::DEFAULT, [1, 2].map(generated), NOON).unwrap();
    let formed = moves.ring.as_ref().unwrap().after().clone();
    Ring::of(formed, Vec::new(), Timing::DEFAULT).after(&moves)
}

fn rotated(ring: &Ring, fresh: u128, now: Timestamp) -> Result<Ring, RingError> {
    let moves = ring.rotate(generated(fresh), Haste::None, &Evidence::complete(), now)?;
    Ok(ring.after(&moves))
}

fn kinds(moves: &Moves) -> Vec<Kind> {
    let ring = moves.ring.iter().map(|change| change.event().kind());
    let keys = moves.keys.iter().map(|change| change.event().kind());
    ring.chain(keys).collect()
}

fn state(ring: &Ring, number: u128) -> KeyStateName {
    ring.key(&kid(number)).unwrap().state().name()
}

#[test]
fn a_ring_is_formed_with_one_key_that_signs_and_one_that_stands_by() {
    let ring = founded();
    assert_eq!(ring.active().unwrap().kid(), &kid(1));
    assert_eq!(ring.standby().unwrap().kid(), &kid(2));
    assert_eq!(ring.ready_at(), Some(NOON));
    assert_eq!(ring.record().rotates(), NOON.plus(hours(90 * 24)));
}

#[test]
fn the_first_standby_may_sign_at_once_and_later_ones_after_the_lead() {
    let ring = rotated(&founded(), 3, NOON.plus(hours(1))).unwrap();
    let ready = NOON.plus(hours(25));
    let early = rotated(&ring, 4, NOON.plus(hours(2)));
    assert_eq!(early.unwrap_err(), RingError::NotReady(ready));
    assert!(rotated(&ring, 4, ready).is_ok());
}

#[test]
fn a_rotation_waits_for_whoever_does_not_know_the_standby() {
    let ring = rotated(&founded(), 3, NOON.plus(hours(1))).unwrap();
    let ready = NOON.plus(hours(25));
    let missing = Evidence {
        missing: vec!["edge".to_owned()],
        is_served: true,
    };
    for evidence in [missing, Evidence::default()] {
        let held = ring.rotate(generated(4), Haste::None, &evidence, ready);
        assert!(matches!(held, Err(RingError::Held(_))));
        assert!(
            ring.rotate(generated(4), because(), &evidence, ready)
                .is_ok()
        );
    }
    let words = ring.rotate(generated(4), Haste::None, &Evidence::default(), ready);
    let words = words.unwrap_err().to_string();
    assert_eq!(
        words,
        "the rotation is held: the standby key is in no key set that anybody has fetched"
    );
}

#[test]
fn haste_needs_a_reason_and_leaves_it_in_the_trail() {
    let ring = rotated(&founded(), 3, NOON.plus(hours(1))).unwrap();
    let moves = ring
        .rotate(generated(4), because(), &Evidence::default(), NOON)
        .unwrap();
    assert_eq!(moves.ring.unwrap().event().reason(), Some(&reason()));
}

#[test]
fn a_staged_key_is_known_to_nobody_until_it_is_published_or_given_up() {
    let ring = founded();
    let ring = ring.after(&ring.stage(generated(3), NOON).unwrap());
    assert!(!ring.key(&kid(3)).unwrap().state().is_listed());
    let early = ring.activate(
        &kid(3),
        generated(4),
        because(),
        (&Evidence::default(), NOON),
    );
    let staged = RingError::Key(KeyError::NotPublished(KeyStateName::Staged));
    assert_eq!(early.unwrap_err(), staged);
    let given_up = ring.after(&ring.discard(&kid(3), NOON).unwrap());
    assert_eq!(state(&given_up, 3), KeyStateName::Retired);
    assert!(given_up.key(&kid(3)).unwrap().state().private().is_none());
    let published = ring.after(&ring.publish(&kid(3), NOON.plus(hours(1))).unwrap());
    assert!(published.key(&kid(3)).unwrap().state().is_listed());
    assert!(!published.is_founder(published.key(&kid(3)).unwrap()));
}

#[test]
fn compromising_the_signer_lets_the_standby_take_over_at_once() {
    let ring = founded();
    let moves = ring
        .compromise(&kid(1), vec![generated(3)], &reason(), NOON)
        .unwrap();
    let expected = [
        Kind::RingRotated,
        Kind::KeyCompromised,
        Kind::KeyActivated,
        Kind::KeyPublished,
    ];
    assert_eq!(kinds(&moves), expected);
    let ring = ring.after(&moves);
    assert_eq!(ring.active().unwrap().kid(), &kid(2));
    assert_eq!(ring.standby().unwrap().kid(), &kid(3));
    let again = ring.compromise(&kid(1), vec![], &reason(), NOON);
    assert!(matches!(again, Err(RingError::Key(KeyError::Over(_)))));
}

#[test]
fn a_standby_that_takes_over_before_its_lead_does_so_in_an_emergency() {
    let ring = rotated(&founded(), 3, NOON.plus(hours(1))).unwrap();
    let moves = ring
        .compromise(&kid(2), vec![generated(4)], &reason(), NOON)
        .unwrap();
    assert!(kinds(&moves).contains(&Kind::KeyActivatedInEmergency));
    assert!(!kinds(&moves).contains(&Kind::KeyActivated));
}

#[test]
fn the_last_key_of_all_is_replaced_by_fresh_ones() {
    let ring = founded();
    let lost = ring.compromise(&kid(2), vec![], &reason(), NOON).unwrap();
    let ring = ring.after(&lost);
    assert!(ring.standby().is_none());
    let nobody = ring.compromise(&kid(1), vec![], &reason(), NOON);
    assert_eq!(nobody.unwrap_err(), RingError::NoStandby);
    let fresh = vec![generated(3), generated(4)];
    let ring = ring.after(&ring.compromise(&kid(1), fresh, &reason(), NOON).unwrap());
    assert_eq!(ring.active().unwrap().kid(), &kid(3));
    assert_eq!(ring.standby().unwrap().kid(), &kid(4));
}

#[test]
fn a_suspended_signer_returns_to_sign_and_the_one_that_stood_in_stops() {
    let ring = founded();
    let fresh = (vec![generated(3)], NOON.plus(hours(1)));
    let moves = ring
        .suspend(&kid(1), Listing::Listed, &reason(), fresh)
        .unwrap();
    let set_aside = ring.after(&moves);
    assert_eq!(state(&set_aside, 1), KeyStateName::Suspended);
    assert!(set_aside.key(&kid(1)).unwrap().state().is_listed());
    assert!(set_aside.key(&kid(1)).unwrap().window().is_none());
    assert_eq!(set_aside.active().unwrap().kid(), &kid(2));
    let resumed = set_aside.resume(&kid(1), &reason(), NOON.plus(hours(2)));
    let ring = set_aside.after(&resumed.unwrap());
    assert_eq!(ring.active().unwrap().kid(), &kid(1));
    assert_eq!(ring.active().unwrap().window(), Some((NOON, None)));
    assert_eq!(state(&ring, 2), KeyStateName::Deactivated);
    let again = ring.resume(&kid(1), &reason(), NOON);
    let active = RingError::Key(KeyError::NotSuspended(KeyStateName::Active));
    assert_eq!(again.unwrap_err(), active);
}

#[test]
fn a_withdrawn_key_leaves_the_set_and_a_suspended_one_can_still_be_compromised() {
    let ring = founded();
    let fresh = (vec![generated(3)], NOON);
    let moves = ring.suspend(&kid(2), Listing::Withdrawn, &reason(), fresh);
    let ring = ring.after(&moves.unwrap());
    assert!(!ring.key(&kid(2)).unwrap().state().is_listed());
    assert_eq!(ring.standby().unwrap().kid(), &kid(3));
    let ring = ring.after(&ring.compromise(&kid(2), vec![], &reason(), NOON).unwrap());
    let refused = ring.resume(&kid(2), &reason(), NOON);
    assert!(refused.is_err(), "a compromised key does not return");
}

/// The ring, the end of the last token of its first key raised.
fn with_tokens_until(ring: &Ring, end: Timestamp) -> Ring {
    let keys = ring.keys().iter().map(|key| {
        let mut parts = crate::town::parts_of_key(key);
        if key.kid() == &kid(1) {
            parts.last_expiry = Some(end);
        }
        SigningKey::restore(parts)
    });
    Ring::of(ring.record().clone(), keys.collect(), Timing::DEFAULT)
}

#[test]
fn a_key_retires_when_its_last_token_is_dead_whatever_the_times_of_the_ring_become() {
    let end = NOON.plus(hours(1));
    let ring = rotated(&with_tokens_until(&founded(), end), 3, NOON).unwrap();
    let safe = end.plus(Timing::DEFAULT.leeway);
    let day = OwnTimes {
        max_lifetime: Some(Lifetime::DAY),
        ..OwnTimes::default()
    };
    let longer = ring
        .record()
        .clone()
        .retime(day, Timing::DEFAULT, BOUNDS, NOON)
        .unwrap();
    let ring = Ring::of(stored(longer), ring.keys().to_vec(), Timing::DEFAULT);
    assert_eq!(ring.timing().max_lifetime, Lifetime::DAY);
    let early = ring.retire(&kid(1), NOON.plus(hours(1)));
    let alive = RingError::Key(KeyError::TokensAlive(safe));
    assert_eq!(early.unwrap_err(), alive);
    assert_eq!(ring.due(safe).count(), 1);
    let ring = ring.after(&ring.retire(&kid(1), safe).unwrap());
    assert_eq!(state(&ring, 1), KeyStateName::Retired);
}

const BOUNDS: Bounds = Bounds {
    jwks_max_age: hours(1),
    verifier_cache: hours(2),
};

#[test]
fn the_lead_is_no_shorter_than_a_verifier_may_keep_an_old_set() {
    let times = |lead, period| OwnTimes {
        publication_lead: Some(lead),
        rotation_period: Some(period),
        max_lifetime: None,
    };
    let retime = |times| {
        let record = founded().record().clone();
        record
            .retime(times, Timing::DEFAULT, BOUNDS, NOON)
            .map(drop)
    };
    let least = hours(2) + Timing::DEFAULT.leeway;
    let short = least - std::time::Duration::from_secs(1);
    assert_eq!(
        retime(times(short, hours(48))),
        Err(TimingError::LeadTooShort(least))
    );
    let period = least + hours(1);
    let hurried = period - std::time::Duration::from_secs(1);
    assert_eq!(
        retime(times(least, hurried)),
        Err(TimingError::PeriodTooShort(period))
    );
    assert_eq!(retime(times(least, period)), Ok(()));
}

#[test]
fn a_shorter_lifetime_is_that_of_new_tokens_only() {
    let quarter = Lifetime::try_from(900).unwrap();
    let times = OwnTimes {
        max_lifetime: Some(quarter),
        ..OwnTimes::default()
    };
    let record = founded().record().clone();
    let record = stored(record.retime(times, Timing::DEFAULT, BOUNDS, NOON).unwrap());
    assert_eq!(record.timing(Timing::DEFAULT).max_lifetime, quarter);
    let old = NOON.plus(hours(1));
    assert_eq!(record.ceiling(Timing::DEFAULT, old), Lifetime::HOUR);
    let dead = old.plus(Timing::DEFAULT.leeway);
    assert_eq!(record.ceiling(Timing::DEFAULT, dead), quarter);
}

#[test]
fn a_disabled_ring_signs_nothing_until_it_is_enabled() {
    let ring = founded();
    let ring = ring.after(&ring.disable(reason(), NOON).unwrap());
    assert_eq!(ring.record().standing(), Standing::Disabled);
    assert!(ring.active().is_none());
    let refused = rotated(&ring, 3, NOON).unwrap_err();
    assert_eq!(refused, RingError::Disabled(ACCESS));
    let ring = ring.after(&ring.enable(generated(3), reason(), NOON).unwrap());
    assert_eq!(ring.active().unwrap().kid(), &kid(2));
    assert_eq!(ring.standby().unwrap().kid(), &kid(3));
    let twice = ring.enable(generated(4), reason(), NOON.plus(hours(48)));
    assert_eq!(twice.unwrap_err(), RingError::Enabled(ACCESS));
}

#[test]
fn a_key_of_another_ring_does_not_join() {
    let other = RingName {
        algorithm: Algorithm::Rs256,
        ..ACCESS
    };
    let foreign = Generated {
        ring: other,
        ..generated(3)
    };
    let refused = founded().stage(foreign, NOON).unwrap_err();
    let expected = RingError::OtherRing {
        ring: ACCESS,
        given: other,
    };
    assert_eq!(refused, expected);
}

#[test]
fn a_wait_is_noted_once_until_the_ring_turns() {
    let record = stored(founded().record().clone().hold(NOON).unwrap());
    assert!(record.clone().hold(NOON.plus(hours(1))).is_none());
    assert_eq!(record.held(), Some(NOON));
}

#[test]
fn the_name_of_a_ring_reads_back() {
    for purpose in Purpose::ALL {
        for algorithm in Algorithm::ALL {
            let name = RingName { purpose, algorithm };
            assert_eq!(name.to_string().parse(), Ok(name));
        }
    }
    assert!("access".parse::<RingName>().is_err());
    assert!("access/HS256".parse::<RingName>().is_err());
}

#[test]
fn a_deactivated_key_has_no_private_part() {
    let ring = rotated(&founded(), 3, NOON.plus(hours(1))).unwrap();
    let old = ring.key(&kid(1)).unwrap();
    assert!(matches!(old.state(), KeyState::Deactivated { .. }));
    assert!(old.state().private().is_none());
}
