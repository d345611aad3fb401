//! The trials for other people's verifiers: our own passes them all.

use std::{collections::BTreeSet, time::Duration};

use gatewright_domain::{
    key::{Algorithm, Purpose},
    snapshot::{VerificationKey, VerificationState},
    time::Timestamp,
};
use gatewright_token::{
    hostile::{Expect, Sandbox},
    jwks,
    policy::Policy,
    ring::VerifierRing,
    verify::verify,
};

use crate::stage::{AUDIENCE, ISSUER, NOW, at};

fn sandbox(algorithm: Algorithm) -> Sandbox {
    Sandbox::generate(algorithm, ISSUER.to_owned(), AUDIENCE.to_owned()).unwrap()
}

/// The ring of whoever was given the sandbox's key set.
fn ring(sandbox: &Sandbox, now: Timestamp) -> VerifierRing {
    let keys = jwks::read(sandbox.jwks().as_bytes()).unwrap();
    let keys: Vec<VerificationKey> = keys
        .iter()
        .map(|key| VerificationKey {
            kid: key.kid().clone(),
            jwk: key.to_json(),
            purpose: Purpose::Access,
            max_lifetime: None,
            state: VerificationState::Signed {
                from: now.minus(Duration::from_secs(86_400)),
                until: None,
            },
        })
        .collect();
    VerifierRing::of(&keys).unwrap()
}

#[test]
fn our_own_verifier_passes_every_trial() {
    let now = at(NOW);
    let policy = Policy::new(
        ISSUER.to_owned(),
        Duration::from_secs(30),
        Duration::from_secs(3600),
    );
    let policy = policy.only_for(vec![AUDIENCE.to_owned()]);
    for algorithm in [Algorithm::Es256, Algorithm::Rs256] {
        let sandbox = sandbox(algorithm);
        let (ring, trials) = (ring(&sandbox, now), sandbox.trials(now));
        for trial in &trials {
            let verdict = verify(trial.token.as_bytes(), &ring, &policy, now);
            let accepted = verdict.is_ok();
            assert_eq!(
                accepted,
                trial.expect == Expect::Accept,
                "{algorithm} {}: {verdict:?}",
                trial.id
            );
        }
        let refused = trials
            .iter()
            .filter(|trial| trial.expect == Expect::Reject)
            .count();
        assert!(refused > 110, "{refused}");
    }
}

#[test]
fn trials_have_names_of_their_own() {
    let trials = sandbox(Algorithm::Rs256).trials(at(NOW));
    let names: BTreeSet<&str> = trials.iter().map(|trial| trial.id).collect();
    assert_eq!(names.len(), trials.len());
    let texts: BTreeSet<&str> = trials.iter().map(|trial| trial.token.as_str()).collect();
    assert_eq!(texts.len(), trials.len(), "no token is tried twice");
}

#[test]
fn a_sandbox_is_the_same_after_it_was_kept() {
    for algorithm in [Algorithm::Es256, Algorithm::Rs256] {
        let made = sandbox(algorithm);
        let text = made.to_file().unwrap().lend(String::clone);
        let read = Sandbox::from_file(&text).unwrap();
        assert_eq!(read.jwks(), made.jwks());
        assert_eq!(read.pem(), made.pem());
        assert!(Sandbox::from_file(&text.replace("sandbox/1", "sandbox/2")).is_err());
        assert!(Sandbox::from_file(&text[..text.len() / 2]).is_err());
        assert!(!format!("{made:?}").contains(&text[text.len() - 60..text.len() - 10]));
    }
    assert!(Sandbox::generate(Algorithm::EdDsa, String::new(), String::new()).is_err());
}
