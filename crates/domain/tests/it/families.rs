//! Refresh families: whatever the order in which tokens are presented, there is one head or none.

use std::time::Duration;

use gatewright_domain::{
    audit::Aggregate,
    binding::Binding,
    family::{Family, FamilyError, FamilyTerms, NewFamily, RefreshToken, Successor, Use},
    id::{ApplicationId, FamilyId, RefreshId},
    time::Timestamp,
};
use proptest::prelude::*;
use uuid::Uuid;

use crate::town::NOON;

const TERMS: FamilyTerms = FamilyTerms::DEFAULT;

fn application(number: u128) -> ApplicationId {
    ApplicationId::from_uuid(Uuid::from_u128(number))
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A family with its tokens, as a database would hold them.
struct World {
    family: Family,
    tokens: Vec<RefreshToken>,
    now: Timestamp,
}

/// What presenting a token gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    Token(usize),
    Nothing,
}

impl World {
    fn new() -> Self {
        let new = NewFamily {
            id: FamilyId::from_uuid(Uuid::from_u128(7)),
            application: application(1),
            name: "nightly export".parse().unwrap(),
            versions: Vec::new(),
            scopes: std::collections::BTreeSet::new(),
            binding: None,
            person: None,
            last_expiry: NOON,
        };
        let family = Family::begin(new, TERMS, NOON).after().clone();
        let mut world = Self {
            family,
            tokens: Vec::new(),
            now: NOON,
        };
        world.push();
        world
    }

    fn push(&mut self) {
        let generation = self.tokens.len();
        let id = RefreshId::from_uuid(Uuid::from_u128(u128::try_from(generation).unwrap()));
        let place = (self.family.id(), u32::try_from(generation).unwrap());
        let token = RefreshToken::new(id, place, Vec::new(), self.now);
        self.tokens.push(token);
    }

    /// Presents the token of a generation, as the application that holds the family.
    fn present(&mut self, generation: usize) -> Given {
        let family = self.family.clone();
        if family.admits(application(1), None, self.now).is_err() {
            return Given::Nothing;
        }
        let token = self.tokens[generation].clone();
        let expiry = self.now.plus(seconds(600));
        match family.judge(&token, TERMS, self.now) {
            Use::Turn => {
                self.tokens[generation] = token.consume(Successor(vec![1]), self.now);
                self.family = family.turn(expiry, TERMS, self.now).after().clone();
                self.push();
                Given::Token(generation + 1)
            }
            Use::Repeat => {
                self.tokens[generation] = token.repeat();
                self.family = family.repeat(expiry).after().clone();
                Given::Token(generation + 1)
            }
            Use::Reuse => {
                self.family = family.revoke(None, self.now).unwrap().after().clone();
                Given::Nothing
            }
        }
    }

    fn heads(&self) -> usize {
        let unused = self
            .tokens
            .iter()
            .filter(|token| token.consumed().is_none());
        unused.count()
    }
}

#[test]
fn each_use_turns_the_family_by_one() {
    let mut world = World::new();
    for generation in 0..5 {
        assert_eq!(world.present(generation), Given::Token(generation + 1));
        assert_eq!(
            usize::try_from(world.family.head()).unwrap(),
            generation + 1
        );
    }
    assert_eq!(world.family.last_expiry(), NOON.plus(seconds(600)));
}

#[test]
fn a_lost_answer_is_given_again_and_the_chain_does_not_fork() {
    let mut world = World::new();
    assert_eq!(world.present(0), Given::Token(1));
    for _ in 0..5 {
        assert_eq!(world.present(0), Given::Token(1));
        world.now = world.now.plus(seconds(6));
    }
    assert_eq!(world.heads(), 1);
    assert_eq!(world.present(1), Given::Token(2));
}

#[test]
fn p03_a_token_whose_successor_was_used_ends_the_family() {
    let mut world = World::new();
    world.present(0);
    world.present(1);
    assert_eq!(world.present(0), Given::Nothing, "in the same moment");
    assert_eq!(world.family.revoked(), Some(NOON));
    assert_eq!(
        world.present(2),
        Given::Nothing,
        "the honest one has to begin anew"
    );
}

#[test]
fn p04_a_token_that_comes_again_after_the_grace_ends_the_family() {
    for (later, given) in [(30, Given::Token(1)), (31, Given::Nothing)] {
        let mut world = World::new();
        world.present(0);
        world.now = NOON.plus(seconds(later));
        assert_eq!(world.present(0), given);
    }
}

#[test]
fn the_grace_is_counted_too() {
    let mut world = World::new();
    world.present(0);
    for _ in 0..TERMS.repeats {
        assert_eq!(world.present(0), Given::Token(1));
    }
    assert_eq!(world.present(0), Given::Nothing);
    assert!(world.family.revoked().is_some());
}

#[test]
fn no_operator_makes_the_grace_longer_than_a_minute() {
    let terms = FamilyTerms {
        grace: seconds(3600),
        ..TERMS
    };
    let mut world = World::new();
    world.present(0);
    let judge = |later| {
        world
            .family
            .judge(&world.tokens[0], terms, NOON.plus(seconds(later)))
    };
    assert_eq!(judge(60), Use::Repeat);
    assert_eq!(judge(61), Use::Reuse);
}

#[test]
fn p05_a_stranger_neither_uses_nor_ends_a_family() {
    let world = World::new();
    let refused = world.family.admits(application(2), None, NOON);
    assert_eq!(refused, Err(FamilyError::AnotherApplication));
}

#[test]
fn p06_a_bound_family_asks_for_its_key_or_its_certificate() {
    let hash = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
    let key = Binding::Key(hash.parse().unwrap());
    let certificate = Binding::Certificate(hash.parse().unwrap());
    let other = Binding::Key(
        "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"
            .parse()
            .unwrap(),
    );
    for (own, way) in [(&key, &certificate), (&certificate, &key)] {
        let family = bound(own.clone());
        let admits = |proved| family.admits(application(1), proved, NOON);
        assert_eq!(admits(Some(own)), Ok(()));
        assert_eq!(admits(Some(&other)), Err(FamilyError::AnotherKey));
        assert_eq!(admits(Some(way)), Err(FamilyError::AnotherKey));
        assert_eq!(admits(None), Err(FamilyError::AnotherKey));
    }
}

fn bound(own: Binding) -> Family {
    let new = NewFamily {
        id: FamilyId::from_uuid(Uuid::from_u128(7)),
        application: application(1),
        name: "bound".parse().unwrap(),
        versions: Vec::new(),
        scopes: std::collections::BTreeSet::new(),
        binding: Some(own),
        person: None,
        last_expiry: NOON,
    };
    Family::begin(new, TERMS, NOON).after().clone()
}

#[test]
fn a_family_ends_when_nobody_uses_it_and_in_any_case_in_the_end() {
    let mut world = World::new();
    world.now = NOON.plus(TERMS.idle);
    assert_eq!(world.present(0), Given::Nothing);
    assert_eq!(
        world.family.revoked(),
        None,
        "it has ended, and nobody reused anything"
    );
    world.now = NOON.plus(TERMS.idle - seconds(1));
    assert_eq!(world.present(0), Given::Token(1));
    let mut generation = 1;
    while world.now < NOON.plus(TERMS.absolute) {
        assert_eq!(world.present(generation), Given::Token(generation + 1));
        generation += 1;
        world.now = world
            .now
            .plus(TERMS.idle - seconds(1))
            .min(NOON.plus(TERMS.absolute));
    }
    assert_eq!(world.present(generation), Given::Nothing);
}

#[test]
fn p09_two_uses_within_one_moment_are_told_apart_by_their_generation() {
    let mut world = World::new();
    assert_eq!(world.present(0), Given::Token(1));
    assert_eq!(world.present(1), Given::Token(2));
    assert_eq!(world.present(1), Given::Token(2));
    assert_eq!(world.heads(), 1);
}

#[test]
fn p08_a_clock_that_runs_behind_makes_nothing_of_a_use() {
    let mut world = World::new();
    world.present(0);
    world.now = NOON.minus(seconds(600));
    assert_eq!(
        world.present(0),
        Given::Token(1),
        "a moment that has not come is within the grace"
    );
    assert_eq!(world.present(1), Given::Token(2));
    assert_eq!(world.heads(), 1);
}

#[test]
fn a_revoked_family_is_not_revoked_again_and_shows_no_secret() {
    let mut world = World::new();
    world.present(0);
    let revoked = world
        .family
        .clone()
        .revoke(None, NOON)
        .unwrap()
        .after()
        .clone();
    assert_eq!(
        revoked.clone().revoke(None, NOON).unwrap_err(),
        FamilyError::Revoked
    );
    assert_eq!(revoked.facts()["generation"], "1");
    assert!(format!("{:?}", world.tokens[0]).contains("[sealed]"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn whatever_the_order_there_is_one_head_or_none(
        calls in proptest::collection::vec((any::<prop::sample::Index>(), 0_u64..50), 1..30),
    ) {
        let mut world = World::new();
        for (which, later) in calls {
            world.now = world.now.plus(seconds(later));
            let generation = which.index(world.tokens.len());
            let before = world.tokens[generation].clone();
            let was_over = world.family.revoked().is_some();
            let overtaken = (before.generation() + 1) < world.family.head();
            let given = world.present(generation);
            // One chain: no generation twice, and the head is the one unused token.
            prop_assert_eq!(world.heads(), 1);
            prop_assert_eq!(usize::try_from(world.family.head()).unwrap(), world.tokens.len() - 1);
            let late = before.consumed().is_some_and(|at| TERMS.grace < world.now.since(at));
            if was_over || overtaken || late {
                prop_assert_eq!(given, Given::Nothing);
                prop_assert!(world.family.revoked().is_some());
            } else if let Given::Token(next) = given {
                prop_assert_eq!(next, generation + 1);
            } else {
                prop_assert!(world.family.revoked().is_some());
            }
        }
    }
}
