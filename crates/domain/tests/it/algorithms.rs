//! What an API's tokens are signed with: what each choice does, and what every history of choices keeps true.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use gatewright_domain::{
    api::{AlgorithmChoice, Api, ChoiceError, Earlier, TokenAlgorithm, TokenRings},
    audit::Kind,
    id::ApiId,
    key::{Algorithm, Generated, Kid, Purpose, RingName},
    ring::{Haste, Ring, Timing},
    time::Timestamp,
};
use uuid::Uuid;

use crate::{
    ring::{because, generated, reason},
    ring_actions::Hurry,
    town::{NOON, hours, stored, team},
};

const INSTALLATION: Algorithm = Algorithm::Es256;
const LEAD: Duration = Timing::DEFAULT.publication_lead;

fn ring(name: RingName) -> Ring {
    let fresh = |number: u128| Generated {
        ring: name,
        kid: format!("{}-{}-{number}", name.purpose, name.algorithm)
            .parse::<Kid>()
            .unwrap(),
        ..generated(number)
    };
    let moves = Ring::form(name, Timing::DEFAULT, [1, 2].map(fresh), NOON).unwrap();
    let formed = moves.ring.as_ref().unwrap().after().clone();
    Ring::of(formed, Vec::new(), Timing::DEFAULT).after(&moves)
}

/// The rings of access tokens of these algorithms.
fn rings(algorithms: &[Algorithm]) -> Vec<Ring> {
    let of = |algorithm: &Algorithm| {
        let algorithm = *algorithm;
        [Purpose::Access, Purpose::DevAccess].map(|purpose| ring(RingName { purpose, algorithm }))
    };
    algorithms.iter().flat_map(of).collect()
}

fn known(rings: &[Ring]) -> TokenRings<'_> {
    TokenRings {
        rings,
        installation: INSTALLATION,
    }
}

/// An API for which these were chosen, each at its hour after noon.
fn chosen(rings: &[Ring], choices: &[(Option<Algorithm>, u64)]) -> TokenAlgorithm {
    let mut algorithm = TokenAlgorithm::default();
    for (choice, hour) in choices {
        let at = NOON.plus(hours(*hour));
        algorithm = algorithm
            .choose(*choice, &Haste::None, known(rings), at)
            .unwrap();
    }
    algorithm
}

fn signs(algorithm: &TokenAlgorithm, hour: u64) -> Algorithm {
    algorithm.signs(INSTALLATION, NOON.plus(hours(hour)))
}

const RS256: Option<Algorithm> = Some(Algorithm::Rs256);
const EDDSA: Option<Algorithm> = Some(Algorithm::EdDsa);

#[test]
fn a_choice_signs_after_the_lead_of_its_rings_and_what_signed_goes_on_until_then() {
    let rings = rings(&[Algorithm::Es256, Algorithm::Rs256]);
    let algorithm = chosen(&rings, &[(RS256, 0)]);
    assert_eq!(signs(&algorithm, 23), Algorithm::Es256);
    assert_eq!(signs(&algorithm, 24), Algorithm::Rs256);
    let waits = Earlier {
        algorithm: Algorithm::Es256,
        since: None,
        until: NOON.plus(LEAD),
    };
    assert_eq!(algorithm.waits(NOON), Some(waits));
    assert_eq!(algorithm.waits(NOON.plus(LEAD)), None);
    let shown = algorithm.shown(known(&rings), NOON);
    assert_eq!(shown, [Algorithm::Es256, Algorithm::Rs256]);
}

#[test]
fn the_longer_lead_of_the_two_rings_counts() {
    let mut rings = rings(&[Algorithm::Es256, Algorithm::Rs256]);
    let slow = Timing {
        publication_lead: LEAD * 2,
        ..Timing::DEFAULT
    };
    let last = rings.pop().unwrap();
    rings.push(Ring::of(last.record().clone(), last.keys().to_vec(), slow));
    let algorithm = chosen(&rings, &[(RS256, 0)]);
    assert_eq!(signs(&algorithm, 47), Algorithm::Es256);
    assert_eq!(signs(&algorithm, 48), Algorithm::Rs256);
}

#[test]
fn nothing_is_chosen_whose_rings_are_not_there_or_do_not_sign() {
    let mut there = rings(&[Algorithm::Es256, Algorithm::Rs256]);
    let none = TokenAlgorithm::default().choose(EDDSA, &because(), known(&there), NOON);
    let name = |purpose, algorithm| RingName { purpose, algorithm };
    let missing = name(Purpose::Access, Algorithm::EdDsa);
    assert_eq!(none, Err(ChoiceError::NoRing(missing)));
    let last = there.pop().unwrap();
    let disabled = last.disable(reason(), NOON).unwrap();
    there.push(last.after(&disabled));
    let none = TokenAlgorithm::default().choose(RS256, &Haste::None, known(&there), NOON);
    let mute = name(Purpose::DevAccess, Algorithm::Rs256);
    assert_eq!(none, Err(ChoiceError::NoRing(mute)));
}

#[test]
fn in_haste_it_signs_at_once_also_when_it_was_waiting() {
    let rings = rings(&[Algorithm::Es256, Algorithm::Rs256]);
    let algorithm = chosen(&rings, &[(RS256, 0)]);
    let at = NOON.plus(hours(1));
    let hurried = algorithm.choose(RS256, &because(), known(&rings), at);
    let hurried = hurried.unwrap();
    assert_eq!(signs(&hurried, 1), Algorithm::Rs256);
    let again = hurried.choose(RS256, &because(), known(&rings), at);
    assert_eq!(again, Err(ChoiceError::Chosen(Algorithm::Rs256)));
}

#[test]
fn what_a_server_whose_clock_is_ahead_may_have_signed_is_shown() {
    let rings = rings(&[Algorithm::Es256, Algorithm::Rs256]);
    let waiting = chosen(&rings, &[(RS256, 0)]);
    let begins = NOON.plus(LEAD);
    let cancel = |early: u64| {
        let at = begins.minus(Duration::from_secs(early));
        let cancelled = waiting.choose(None, &Haste::None, known(&rings), at);
        cancelled.unwrap().shown(known(&rings), at)
    };
    assert_eq!(cancel(30), [Algorithm::Es256, Algorithm::Rs256]);
    assert_eq!(cancel(31), [Algorithm::Es256]);
}

#[test]
fn what_was_hurried_once_is_not_known_to_everybody_for_that() {
    let rings = rings(&[Algorithm::Es256, Algorithm::Rs256]);
    let at = |hour| NOON.plus(hours(hour));
    let step = |was: TokenAlgorithm, choice, haste, hour| {
        was.choose(choice, &haste, known(&rings), at(hour)).unwrap()
    };
    let hurried = step(TokenAlgorithm::default(), RS256, because(), 0);
    let back = step(hurried, None, Haste::None, 1);
    assert_eq!(
        signs(&back, 1),
        INSTALLATION,
        "everybody has always known it"
    );
    let again = step(back, RS256, Haste::None, 2);
    assert_eq!(signs(&again, 23), INSTALLATION);
    assert_eq!(
        signs(&again, 24),
        Algorithm::Rs256,
        "it was shown all the time"
    );
}

#[test]
fn what_was_chosen_is_not_chosen_again() {
    let rings = rings(&[Algorithm::Es256, Algorithm::Rs256]);
    let nothing = TokenAlgorithm::default().choose(None, &Haste::None, known(&rings), NOON);
    assert_eq!(nothing, Err(ChoiceError::Nothing));
    let again = chosen(&rings, &[(RS256, 0)]).choose(RS256, &Haste::None, known(&rings), NOON);
    assert_eq!(again, Err(ChoiceError::Chosen(Algorithm::Rs256)));
}

#[test]
fn to_choose_back_before_it_signed_leaves_nothing_to_wait_for() {
    let rings = rings(&[Algorithm::Es256, Algorithm::Rs256]);
    let algorithm = chosen(&rings, &[(RS256, 0), (None, 1)]);
    assert_eq!(algorithm.waits(NOON.plus(hours(1))), None);
    assert_eq!(signs(&algorithm, 100), Algorithm::Es256);
    let shown = algorithm.shown(known(&rings), NOON.plus(hours(1)));
    assert_eq!(shown, [Algorithm::Es256], "it signed no token");
}

#[test]
fn to_choose_another_one_while_one_waits_begins_a_wait_of_its_own() {
    let rings = rings(&[Algorithm::Es256, Algorithm::Rs256, Algorithm::EdDsa]);
    let algorithm = chosen(&rings, &[(RS256, 0), (EDDSA, 10)]);
    assert_eq!(signs(&algorithm, 24), Algorithm::Es256);
    assert_eq!(signs(&algorithm, 33), Algorithm::Es256);
    assert_eq!(signs(&algorithm, 34), Algorithm::EdDsa);
    let back = chosen(&rings, &[(RS256, 0), (EDDSA, 10), (RS256, 12)]);
    assert_eq!(signs(&back, 35), Algorithm::Es256, "it left the set");
    assert_eq!(signs(&back, 36), Algorithm::Rs256);
}

#[test]
fn to_choose_back_what_is_still_shown_needs_no_wait() {
    let rings = rings(&[Algorithm::Es256, Algorithm::Rs256]);
    let algorithm = chosen(&rings, &[(RS256, 0), (None, 30)]);
    assert_eq!(signs(&algorithm, 30), Algorithm::Es256);
    let shown = algorithm.shown(known(&rings), NOON.plus(hours(30)));
    assert_eq!(shown, [Algorithm::Es256, Algorithm::Rs256]);
}

#[test]
fn an_earlier_algorithm_is_shown_until_the_last_token_of_its_rings_is_dead() {
    let rings = rings(&[Algorithm::Es256, Algorithm::Rs256]);
    let algorithm = chosen(&rings, &[(RS256, 0)]);
    // A token that somebody holds lives a year, and is forgiven half a minute.
    let dead = NOON
        .plus(LEAD)
        .plus(hours(365 * 24))
        .plus(Timing::DEFAULT.leeway);
    let before = dead.minus(Duration::from_millis(1));
    let shown = |at| algorithm.shown(known(&rings), at);
    assert_eq!(shown(before), [Algorithm::Rs256, Algorithm::Es256]);
    assert_eq!(shown(dead), [Algorithm::Rs256]);
    let again = algorithm.choose(Some(INSTALLATION), &Haste::None, known(&rings), dead);
    let again = again.unwrap();
    assert_eq!(again.signs(INSTALLATION, dead), Algorithm::Rs256);
    assert_eq!(again.past().all().count(), 1, "what is dead is forgotten");
}

#[test]
fn to_name_what_the_installation_says_changes_what_signs_at_no_time() {
    let rings = rings(&[Algorithm::Es256, Algorithm::Rs256]);
    let named = chosen(&rings, &[(Some(INSTALLATION), 0)]);
    assert_eq!(named.waits(NOON), None);
    assert_eq!(signs(&named, 0), INSTALLATION);
    let other = named.signs(Algorithm::Rs256, NOON);
    assert_eq!(other, INSTALLATION, "it stays when the setting changes");
}

#[test]
fn a_choice_is_an_event_with_its_reason() {
    let rings = rings(&[Algorithm::Es256, Algorithm::Rs256]);
    let (name, title) = ("orders".parse().unwrap(), "Orders".parse().unwrap());
    let id = ApiId::from_uuid(Uuid::from_u128(1));
    let api = stored(Api::register(id, name, title, team(1), NOON));
    let change = api
        .clone()
        .choose_algorithm(RS256, because(), known(&rings), NOON)
        .unwrap();
    let event = change.event();
    assert_eq!(event.kind(), Kind::AlgorithmChosen);
    assert_eq!(event.reason(), Some(&reason()));
    let quiet = api.choose_algorithm(RS256, Haste::None, known(&rings), NOON);
    assert_eq!(quiet.unwrap().event().reason(), None);
}

#[test]
fn a_choice_is_written_as_an_algorithm_or_as_the_installations() {
    for text in ["installation", "ES256", "EdDSA", "PS256"] {
        let choice: AlgorithmChoice = text.parse().unwrap();
        assert_eq!(choice.to_string(), text);
    }
    for bad in ["", "none", "HS256", "es256", "Installation"] {
        assert!(bad.parse::<AlgorithmChoice>().is_err(), "{bad}");
    }
}

/// An API over a history of choices, and what its verifiers saw of it.
pub(crate) struct Choices {
    signed_with: TokenAlgorithm,
    others: Vec<Ring>,
    shown_since: BTreeMap<Algorithm, Timestamp>,
    hurried: BTreeSet<Algorithm>,
    tokens: Vec<(Algorithm, Timestamp)>,
}

impl Choices {
    pub(crate) fn new() -> Self {
        let mut others = rings(&[Algorithm::Es256, Algorithm::Rs256, Algorithm::EdDsa]);
        others.retain(|ring| ring.name() != crate::ring::ACCESS);
        Self {
            signed_with: TokenAlgorithm::default(),
            others,
            shown_since: BTreeMap::from([(INSTALLATION, Timestamp::from_millis(0))]),
            hurried: BTreeSet::new(),
            tokens: Vec::new(),
        }
    }

    fn rings(&self, access: &Ring) -> Vec<Ring> {
        let others = self.others.iter().cloned();
        others.chain([access.clone()]).collect()
    }

    /// What the rules refuse is none of a history's business.
    pub(crate) fn choose(&mut self, which: u8, hurry: Hurry, access: &Ring, now: Timestamp) {
        let choice = [None, Some(INSTALLATION), RS256, EDDSA][usize::from(which) % 4];
        let haste = match hurry {
            Hurry::Yes => because(),
            Hurry::No => Haste::None,
        };
        let rings = self.rings(access);
        let Ok(next) = self.signed_with.choose(choice, &haste, known(&rings), now) else {
            return;
        };
        let was = self.signed_with.signs(INSTALLATION, now);
        let meant = choice.unwrap_or(INSTALLATION);
        match hurry {
            // Of what is hurried nobody was promised to know it, until it is chosen again without.
            Hurry::Yes => {
                self.hurried.insert(meant);
            }
            Hurry::No if was != meant => {
                self.hurried.remove(&meant);
            }
            Hurry::No => {}
        }
        self.signed_with = next;
    }

    /// Somebody is issued the longest token that there is.
    pub(crate) fn sign(&mut self, access: &Ring, now: Timestamp) {
        let algorithm = self.signed_with.signs(INSTALLATION, now);
        let rings = self.rings(access);
        let of = rings
            .iter()
            .filter(|ring| ring.name().algorithm == algorithm);
        let longest = of.map(|ring| ring.timing().max_lifetime).max().unwrap();
        self.tokens.push((algorithm, now.plus(longest.duration())));
    }

    /// I2 for an API: what signs was in its key set for the lead, or was hurried. And what may live is in it.
    pub(crate) fn hold(&mut self, access: &Ring, now: Timestamp) {
        let rings = self.rings(access);
        let shown = self.signed_with.shown(known(&rings), now);
        let signs = self.signed_with.signs(INSTALLATION, now);
        assert_eq!(shown.first(), Some(&signs), "what signs comes first");
        self.shown_since.retain(|known, _| shown.contains(known));
        for algorithm in &shown {
            self.shown_since.entry(*algorithm).or_insert(now);
        }
        let known = now.since(self.shown_since[&signs]);
        let hurried = self.hurried.contains(&signs);
        assert!(
            hurried || LEAD <= known,
            "I2: {signs} was shown for {known:?} only"
        );
        for (algorithm, expires) in &self.tokens {
            let lives = now < *expires;
            assert!(!lives || shown.contains(algorithm), "I7: {algorithm} lives");
        }
        self.tokens.retain(|(_, expires)| now < *expires);
    }
}
