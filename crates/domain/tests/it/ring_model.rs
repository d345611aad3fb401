//! The invariants of keys-and-tokens section 1.4 over random histories of a ring, its three servers and what they signed.
//!
//! The ring of the world is what the database would hold. Each server holds it as it read it last, signs by that as long
//! as its lease lets it, and verifies by it as a gateway does.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use gatewright_domain::{
    audit::{Aggregate, Facts, Kind},
    key::{KeyState, KeyStateName, Kid, Listing, SigningKey},
    plan::Lifetime,
    ring::{Bounds, Evidence, Haste, Moves, OwnTimes, Ring, RingError, Standing, Timing},
    time::Timestamp,
};
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

use crate::{
    algorithms::Choices,
    ring::{because, founded, generated, reason},
    ring_actions::{Hurry, RingAction},
    town::{NOON, parts_of_key, stored},
};

const LEEWAY: Duration = Timing::DEFAULT.leeway;
const LEASE: Duration = Duration::from_secs(15);
const SKEW: Duration = Duration::from_secs(14);

/// Where a key may go from each state.
const MOVES: [(KeyStateName, &[KeyStateName]); 7] = [
    (
        KeyStateName::Staged,
        &[
            KeyStateName::Published,
            KeyStateName::Retired,
            KeyStateName::Compromised,
        ],
    ),
    (
        KeyStateName::Published,
        &[
            KeyStateName::Active,
            KeyStateName::Suspended,
            KeyStateName::Compromised,
        ],
    ),
    (
        KeyStateName::Active,
        &[
            KeyStateName::Deactivated,
            KeyStateName::Suspended,
            KeyStateName::Compromised,
        ],
    ),
    (
        KeyStateName::Deactivated,
        &[
            KeyStateName::Retired,
            KeyStateName::Suspended,
            KeyStateName::Compromised,
        ],
    ),
    (
        KeyStateName::Suspended,
        &[
            KeyStateName::Published,
            KeyStateName::Active,
            KeyStateName::Deactivated,
            KeyStateName::Compromised,
        ],
    ),
    (KeyStateName::Retired, &[]),
    (KeyStateName::Compromised, &[]),
];

/// What generates the histories; what may happen does not depend on what did, because every move is total.
struct Histories;

impl ReferenceStateMachine for Histories {
    type State = ();
    type Transition = RingAction;

    fn init_state() -> BoxedStrategy<()> {
        Just(()).boxed()
    }

    fn transitions((): &()) -> BoxedStrategy<RingAction> {
        let numbers = (any::<u8>(), any::<u8>(), any::<u32>());
        numbers
            .prop_map(|(kind, which, amount)| RingAction::of(kind, which, amount))
            .boxed()
    }

    fn apply((): (), _: &RingAction) {}
}

struct Server {
    ring: Ring,
    version: u64,
    read: Timestamp,
    reserved: BTreeMap<Kid, Timestamp>,
    reaches: bool,
}

struct Token {
    kid: Kid,
    issued: Timestamp,
    expires: Timestamp,
}

struct World {
    ring: Ring,
    version: u64,
    now: Timestamp,
    /// The latest that any clock has said.
    latest: Timestamp,
    fresh: u128,
    servers: [Server; 3],
    tokens: Vec<Token>,
    turns: u32,
    /// The trail: what stood after each event, by the thing it is about.
    replayed: BTreeMap<String, Facts>,
    names: BTreeSet<Kid>,
    /// An API whose tokens this ring signs, unless another was chosen.
    choices: Choices,
}

impl World {
    fn new() -> Self {
        let ring = founded();
        let server = || Server {
            ring: ring.clone(),
            version: 1,
            read: NOON,
            reserved: BTreeMap::new(),
            reaches: true,
        };
        let keys = ring.keys().iter().map(|key| (key.target().id, key.facts()));
        Self {
            version: 1,
            now: NOON,
            latest: NOON,
            fresh: 10,
            servers: [server(), server(), server()],
            tokens: Vec::new(),
            turns: 0,
            replayed: keys.collect(),
            names: ring.keys().iter().map(|key| key.kid().clone()).collect(),
            choices: Choices::new(),
            ring,
        }
    }

    fn next(&mut self) -> gatewright_domain::key::Generated {
        self.fresh += 1;
        generated(self.fresh)
    }

    /// The key that a number means.
    fn kid(&self, which: u8) -> Kid {
        let keys = self.ring.keys();
        keys[usize::from(which) % keys.len()].kid().clone()
    }

    fn evidence(&self) -> Evidence {
        let behind = |(number, server): (usize, &Server)| {
            (server.version < self.version && !server.reaches).then(|| format!("server {number}"))
        };
        Evidence {
            missing: self.servers.iter().enumerate().filter_map(behind).collect(),
            is_served: true,
        }
    }

    /// Writes what a rule decided, and holds every change against the rules of moves.
    fn write(&mut self, moves: Result<Moves, RingError>) {
        let Ok(moves) = moves else { return };
        let before = self.ring.clone();
        let after = before.after(&moves);
        let mut walked = before.clone();
        for change in &moves.keys {
            let (event, key) = (change.event(), change.after());
            let was = walked.key(key.kid()).ok().cloned();
            self.may_go(was.as_ref(), key);
            self.may_begin(
                &walked,
                was.as_ref(),
                (event.kind(), event.reason().is_some()),
            );
            if was.is_none() {
                assert!(
                    self.names.insert(key.kid().clone()),
                    "I10: {} was used before",
                    key.kid()
                );
            }
            let facts = event.after().unwrap().clone();
            self.replayed.insert(event.target().id.clone(), facts);
            let step = key.clone().at(key.revision().next());
            let kept = walked.keys().iter().filter(|other| other.id() != step.id());
            let keys = kept.cloned().chain([step.clone()]).collect();
            walked = Ring::of(walked.record().clone(), keys, Timing::DEFAULT);
        }
        if let Some(change) = &moves.ring
            && change.event().kind() == Kind::RingRotated
        {
            self.turns += 1;
        }
        self.ring = after;
        self.version += 1;
    }

    /// I10, and the table of moves.
    fn may_go(&self, was: Option<&SigningKey>, key: &SigningKey) {
        let now = key.state().name();
        let Some(was) = was else {
            assert!(
                matches!(now, KeyStateName::Staged | KeyStateName::Published),
                "born {now}"
            );
            return;
        };
        let from = was.state().name();
        let (_, to) = MOVES.iter().find(|(state, _)| *state == from).unwrap();
        assert!(to.contains(&now), "I10: from {from} to {now}");
        if let KeyState::Suspended { was: before, .. } = was.state()
            && now != KeyStateName::Compromised
        {
            assert_eq!(before.name(), now, "a key returns to where it stood");
        }
        assert_eq!(was.ring(), key.ring(), "I14");
        if now == KeyStateName::Retired && from == KeyStateName::Deactivated {
            let safe = was.last_expiry().map(|end| end.plus(LEEWAY));
            assert!(
                safe.is_none_or(|safe| safe <= self.now),
                "I4: retired before {safe:?}"
            );
        }
    }

    /// I2: a key begins to sign when it is ready, by force with a reason, or in an emergency when nobody is ready.
    fn may_begin(&self, ring: &Ring, was: Option<&SigningKey>, (kind, explained): (Kind, bool)) {
        let Some(was) = was else { return };
        let ready = ring
            .may_sign_from(was)
            .is_some_and(|ready| ready <= self.now);
        match kind {
            Kind::KeyActivated => assert!(ready || explained, "I2: {} is not ready", was.kid()),
            Kind::KeyActivatedInEmergency => {
                let mut others = ring.keys().iter().filter_map(|key| ring.may_sign_from(key));
                assert!(
                    !others.any(|ready| ready <= self.now),
                    "I2: somebody was ready"
                );
                assert!(explained, "an emergency says why");
            }
            _ => {}
        }
    }

    fn sign(&mut self, which: u8, amount: u32) {
        let number = usize::from(which) % 3;
        self.refresh(number);
        let (now, server) = (self.now, &mut self.servers[number]);
        // I13: who has not read the ring for too long signs nothing.
        if server.read > now || now.since(server.read) > LEASE {
            return;
        }
        let longest = server.ring.timing().max_lifetime.seconds();
        let life = Duration::from_secs(u64::from(amount % longest).max(1));
        let Some(active) = server.ring.active().cloned() else {
            return;
        };
        // Nor does one whose clock says that the key has not begun yet, beyond what is forgiven.
        let (from, _) = active.window().unwrap();
        if now.plus(LEEWAY) < from {
            return;
        }
        let issued = Timestamp::from_seconds(now.seconds());
        let expires = issued.plus(life);
        let kid = active.kid().clone();
        if server
            .reserved
            .get(&kid)
            .is_none_or(|until| *until < expires)
        {
            let until = expires.plus(Duration::from_secs(60));
            // The store takes a reservation for the key that signs, and from nobody it does not hear.
            let signs = self.ring.active().is_some_and(|key| *key.kid() == kid);
            if !server.reaches || !signs {
                return;
            }
            server.reserved.insert(kid.clone(), until);
            self.raise(&kid, until);
        }
        self.tokens.push(Token {
            kid,
            issued,
            expires,
        });
    }

    fn raise(&mut self, kid: &Kid, until: Timestamp) {
        let keys = self.ring.keys().iter().map(|key| {
            let mut parts = parts_of_key(key);
            if key.kid() == kid {
                parts.last_expiry = parts.last_expiry.max(Some(until));
            }
            SigningKey::restore(parts)
        });
        self.ring = Ring::of(self.ring.record().clone(), keys.collect(), Timing::DEFAULT);
    }

    /// A server reads the ring again, when it reaches it; it never goes back to an older one (I8).
    fn refresh(&mut self, number: usize) {
        let (ring, version, now) = (self.ring.clone(), self.version, self.now);
        let server = &mut self.servers[number];
        if server.reaches {
            assert!(server.version <= version, "I8: the version fell");
            (server.ring, server.version, server.read) = (ring, version, now);
        }
    }

    fn accepts(ring: &Ring, token: &Token, now: Timestamp) -> bool {
        let Ok(key) = ring.key(&token.kid) else {
            return false;
        };
        let Some((from, until)) = key.window() else {
            return false;
        };
        let opens = Timestamp::from_seconds(from.seconds()).minus(LEEWAY);
        let within =
            opens <= token.issued && until.is_none_or(|until| token.issued <= until.plus(LEEWAY));
        let longest = ring.record().ceiling(Timing::DEFAULT, now).duration();
        within && token.expires.since(token.issued) <= longest && now < token.expires.plus(LEEWAY)
    }

    fn act(&mut self, action: RingAction) {
        let (now, evidence) = (self.now, self.evidence());
        let haste = |hurry| {
            if hurry == Hurry::Yes {
                because()
            } else {
                Haste::None
            }
        };
        let moves = match action {
            RingAction::Stage => {
                let fresh = self.next();
                self.ring.stage(fresh, now)
            }
            RingAction::Publish(which) => self.ring.publish(&self.kid(which), now),
            RingAction::Discard(which) => self.ring.discard(&self.kid(which), now),
            RingAction::Activate(which, hurry) => {
                let (kid, fresh) = (self.kid(which), self.next());
                self.ring
                    .activate(&kid, fresh, haste(hurry), (&evidence, now))
            }
            RingAction::Rotate(hurry) => {
                let fresh = self.next();
                self.ring.rotate(fresh, haste(hurry), &evidence, now)
            }
            RingAction::Suspend(which, hurry) => {
                let (kid, fresh) = (self.kid(which), vec![self.next(), self.next()]);
                let listing = if hurry == Hurry::Yes {
                    Listing::Withdrawn
                } else {
                    Listing::Listed
                };
                self.ring.suspend(&kid, listing, &reason(), (fresh, now))
            }
            RingAction::Resume(which) => self.ring.resume(&self.kid(which), &reason(), now),
            RingAction::Compromise(which) => {
                let (kid, fresh) = (self.kid(which), vec![self.next(), self.next()]);
                self.ring.compromise(&kid, fresh, &reason(), now)
            }
            RingAction::Retire(which) => self.ring.retire(&self.kid(which), now),
            RingAction::RetireDue => {
                let due: Vec<Kid> = self.ring.due(now).map(|key| key.kid().clone()).collect();
                for kid in due {
                    self.write(self.ring.retire(&kid, now));
                }
                return;
            }
            RingAction::Disable => self.ring.disable(reason(), now),
            RingAction::Enable => {
                let fresh = self.next();
                self.ring.enable(fresh, reason(), now)
            }
            RingAction::Retime(which) => return self.retime(which),
            RingAction::Sign(which, amount) => {
                self.choices.sign(&self.ring, now);
                return self.sign(which, amount);
            }
            RingAction::Choose(which, hurry) => {
                return self.choices.choose(which, hurry, &self.ring, now);
            }
            RingAction::Tick(seconds) => {
                self.now = now.plus(Duration::from_secs(u64::from(seconds)));
                self.latest = self.latest.max(self.now);
                (0..3).for_each(|number| self.refresh(number));
                return;
            }
            RingAction::ClockBack(seconds) => {
                // Half of what is forgiven is for clocks that differ, the other half for what a lease lets pass.
                let back = now.minus(Duration::from_secs(u64::from(seconds % 15)));
                self.now = back.max(self.latest.minus(SKEW));
                return;
            }
            RingAction::Crash(which) => {
                let server = &mut self.servers[usize::from(which) % 3];
                server.reserved.clear();
                return self.refresh(usize::from(which) % 3);
            }
            RingAction::Partition(which) => {
                self.servers[usize::from(which) % 3].reaches = false;
                return;
            }
            RingAction::Heal(which) => {
                self.servers[usize::from(which) % 3].reaches = true;
                return self.refresh(usize::from(which) % 3);
            }
        };
        self.write(moves);
    }

    fn retime(&mut self, which: u8) {
        let seconds = [60, 900, 3600, 86_400][usize::from(which) % 4];
        let times = OwnTimes {
            max_lifetime: Some(Lifetime::try_from(seconds).unwrap()),
            ..OwnTimes::default()
        };
        let bounds = Bounds {
            jwks_max_age: Duration::from_secs(300),
            verifier_cache: Duration::from_secs(3600),
        };
        let record = self.ring.record().clone();
        let retimed = stored(
            record
                .retime(times, Timing::DEFAULT, bounds, self.now)
                .unwrap(),
        );
        self.ring = Ring::of(retimed, self.ring.keys().to_vec(), Timing::DEFAULT);
        self.version += 1;
    }

    fn holds(&self) {
        let ring = &self.ring;
        let enabled = ring.record().standing() == Standing::Enabled;
        let count = |state| {
            ring.keys()
                .iter()
                .filter(|key| key.state().name() == state)
                .count()
        };
        assert_eq!(count(KeyStateName::Active), usize::from(enabled), "I1");
        assert!(!enabled || ring.standby().is_some(), "I3");
        let listed = ring
            .keys()
            .iter()
            .filter(|key| key.state().is_listed())
            .count();
        assert!(!enabled || listed > 0, "I7: an empty key set");
        assert_eq!(ring.record().turn(), self.turns, "I11");
        for key in ring.keys() {
            let erased = matches!(
                key.state().name(),
                KeyStateName::Deactivated | KeyStateName::Retired | KeyStateName::Compromised
            );
            assert!(
                !erased || key.state().private().is_none(),
                "I12: {}",
                key.kid()
            );
            let facts = self.replayed.get(&key.target().id);
            assert_eq!(
                facts,
                Some(&key.facts()),
                "I15: replaying the trail gives the table"
            );
        }
        for token in &self.tokens {
            self.token_holds(token);
        }
    }

    fn token_holds(&self, token: &Token) {
        let key = self.ring.key(&token.kid).unwrap();
        let lives = self.now < token.expires;
        assert!(
            key.last_expiry() >= Some(token.expires),
            "I4: a token outlives the mark"
        );
        match key.state().name() {
            KeyStateName::Active | KeyStateName::Deactivated if lives => {
                // Neither a move of the ring nor a server that was behind for as long as it may be breaks a token.
                assert!(
                    Self::accepts(&self.ring, token, self.now),
                    "I5: {} broke",
                    token.kid
                );
            }
            KeyStateName::Compromised | KeyStateName::Suspended => {
                for server in &self.servers {
                    let knows = server.version == self.version;
                    assert!(
                        !knows || !Self::accepts(&server.ring, token, self.now),
                        "I9"
                    );
                }
            }
            _ => {}
        }
        let forged = Token {
            kid: token.kid.clone(),
            issued: self.now,
            expires: self.now.plus(Duration::from_secs(60)),
        };
        let thief = key.window().and_then(|(_, until)| until);
        if let Some(until) = thief.filter(|until| until.plus(LEEWAY) < self.now) {
            assert!(
                !Self::accepts(&self.ring, &forged, self.now),
                "I5: stopped at {until}"
            );
        }
        let long = Token {
            expires: forged.issued.plus(Duration::from_secs(2 * 31_536_000)),
            ..forged
        };
        assert!(!Self::accepts(&self.ring, &long, self.now), "I6");
    }
}

impl StateMachineTest for World {
    type SystemUnderTest = Self;
    type Reference = Histories;

    fn init_test((): &()) -> Self {
        Self::new()
    }

    fn apply(mut world: Self, (): &(), action: RingAction) -> Self {
        world.act(action);
        world.choices.hold(&world.ring, world.now);
        world
    }

    fn check_invariants(world: &Self, (): &()) {
        world.holds();
    }
}

prop_state_machine! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_invariants_hold_over_every_history(sequential 1..120 => World);
}

#[test]
fn the_lists_that_both_databases_run_hold_too() {
    for seed in 0..200 {
        let mut world = World::new();
        for action in RingAction::list(seed, 120) {
            world.act(action);
            world.choices.hold(&world.ring, world.now);
            world.holds();
        }
    }
}
