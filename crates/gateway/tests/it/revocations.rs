//! Revocations at the gateway: every watermark counts, and a restored control plane un-revokes nothing.

use std::time::Duration;

use gatewright_domain::{
    snapshot::{RevokedSession, RevokedToken, Snapshot, VerificationState},
    time::Timestamp,
    token::Jti,
};
use gatewright_testkit::clock::FixedClock;

use crate::town::{Town, seconds};

const PATH: &str = "/orders/v1/orders";

type Change = fn(&mut Snapshot, Option<Timestamp>);

/// Every place of a snapshot that holds a watermark.
const WATERMARKS: [(&str, Change); 5] = [
    ("issuer", |snapshot, moment| snapshot.not_before = moment),
    ("version", |snapshot, moment| {
        snapshot.versions[0].not_before = moment;
    }),
    ("consumer", |snapshot, moment| {
        snapshot.clients[0].consumer_not_before = moment;
    }),
    ("application", |snapshot, moment| {
        snapshot.clients[0].not_before = moment;
    }),
    ("subscription", |snapshot, moment| {
        snapshot.clients[0].rights[0].not_before = moment;
    }),
];

#[test]
fn each_watermark_refuses_older_tokens_at_the_next_request_and_lets_newer_ones_pass() {
    for (name, set) in WATERMARKS {
        let mut town = Town::new();
        let old = town.token();
        let issued = FixedClock::START.seconds();
        assert_eq!(town.get(PATH, &old).status, 200, "{name}");
        town.change(|snapshot| set(snapshot, Some(seconds(issued + 1))));
        assert_eq!(town.get(PATH, &old).status, 401, "{name}");
        town.clock.advance(Duration::from_secs(1));
        let new = town.mint.sign(|claims| {
            claims.issued = seconds(issued + 1);
            claims.jti = "newer".to_owned();
        });
        assert_eq!(town.get(PATH, &new).status, 200, "{name}");
    }
}

/// A snapshot as a control plane makes it that was restored from before all revocations.
fn restored(town: &Town, snapshot: &Snapshot) {
    let restored = Snapshot {
        epoch: snapshot.epoch + 1,
        revision: 1,
        ..snapshot.clone()
    };
    town.handle().offer(restored.clone()).expect("a new epoch");
    // Nor does any later snapshot of the new epoch.
    let later = Snapshot {
        revision: 2,
        ..restored
    };
    town.handle().offer(later).expect("a newer revision");
}

#[test]
fn a_control_plane_restored_from_before_a_watermark_unrevokes_nothing() {
    for (name, set) in WATERMARKS {
        let mut town = Town::new();
        let (old, before) = (town.token(), town.snapshot.clone());
        let issued = FixedClock::START.seconds();
        town.change(|snapshot| set(snapshot, Some(seconds(issued + 1))));
        restored(&town, &before);
        assert_eq!(town.get(PATH, &old).status, 401, "{name}");
    }
}

#[test]
fn a_control_plane_restored_from_before_a_thousand_revocations_unrevokes_none() {
    let mut town = Town::new();
    let before = town.snapshot.clone();
    let expires = FixedClock::START.plus(Duration::from_secs(600));
    let name = |number: usize| format!("revoked-token-{number:08}");
    let tokens: Vec<String> = (0..1000)
        .map(|number| town.mint.sign(|claims| claims.jti = name(number)))
        .collect();
    let family = town.mint.sign(|claims| {
        claims.jti = "of-a-family-of-tokens-1".to_owned();
        claims.session = Some("f_1".to_owned());
    });
    let good = town.token();
    town.change(|snapshot| {
        snapshot.revoked = (0..1000)
            .map(|number| RevokedToken {
                jti: Jti::from_wire(name(number)),
                expires,
            })
            .collect();
        snapshot.revoked_sessions = vec![RevokedSession {
            sid: "f_1".to_owned(),
            expires,
        }];
    });
    restored(&town, &before);
    for token in &tokens {
        assert_eq!(town.get(PATH, token).status, 401);
    }
    assert_eq!(town.get(PATH, &family).status, 401);
    assert_eq!(town.get(PATH, &good).status, 200, "only those");
}

#[test]
fn a_key_compromised_before_a_restore_stays_so() {
    let mut town = Town::new();
    let (token, before) = (town.token(), town.snapshot.clone());
    town.change(|snapshot| snapshot.keys[0].state = VerificationState::Compromised);
    restored(&town, &before);
    assert_eq!(town.get(PATH, &token).status, 401);
}

#[test]
fn an_application_disabled_before_a_restore_needs_new_tokens_when_it_is_enabled() {
    let mut town = Town::new();
    let (token, before) = (town.token(), town.snapshot.clone());
    town.change(|snapshot| snapshot.clients[0].disabled = true);
    restored(&town, &before);
    assert_eq!(town.get(PATH, &token).status, 401);
}

#[test]
fn a_session_is_refused_with_each_family_and_token_that_it_came_of() {
    let expires = FixedClock::START.plus(Duration::from_secs(600));
    let sid = "f_1.first-token-of-a-chain.second-token-of-a-chain";
    for (part, kind) in [
        ("f_1", "session"),
        ("first-token-of-a-chain", "token"),
        ("second-token-of-a-chain", "token"),
        (sid, "session"),
        ("f_2", "session"),
        ("first-token", "token"),
    ] {
        let mut town = Town::new();
        let token = town
            .mint
            .sign(|claims| claims.session = Some(sid.to_owned()));
        assert_eq!(town.get(PATH, &token).status, 200, "{part}");
        town.change(|snapshot| match kind {
            "session" => {
                let sid = part.to_owned();
                snapshot.revoked_sessions = vec![RevokedSession { sid, expires }];
            }
            _ => {
                let jti = Jti::from_wire(part.to_owned());
                snapshot.revoked = vec![RevokedToken { jti, expires }];
            }
        });
        let came_of = sid == part || sid.split('.').any(|one| one == part);
        let expected = if came_of { 401 } else { 200 };
        assert_eq!(town.get(PATH, &token).status, expected, "{part}");
    }
}
