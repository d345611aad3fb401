//! The hostile tokens, each over a real connection: 167 of 167.

use gatewright_domain::{
    snapshot::{RevokedSession, RevokedToken},
    time::Timestamp,
    token::Jti,
};
use gatewright_token::corpus::{Corpus, Expect};

use crate::town::{Town, seconds};

pub(crate) const CORPUS: &[u8] = include_bytes!("../../../token/tests/vectors/hostile-tokens.json");

#[test]
fn every_hostile_token_is_judged_as_the_corpus_says() {
    let corpus = Corpus::read(CORPUS).expect("the corpus");
    let town = town(&corpus);
    let mut accepted = 0;
    for case in &corpus.cases {
        let path = if case.required_scope.is_some() {
            "/orders/v1/orders"
        } else {
            "/orders/v1/open"
        };
        let answer = town.get(path, &case.token);
        accepted += u64::from(answer.status == 200);
        let challenge = answer
            .header("www-authenticate")
            .unwrap_or_default()
            .to_owned();
        // A newline ends a header's line, so a token that holds one does not arrive as a token.
        if case.token.contains('\n') {
            assert_eq!(answer.status, 400, "{} {}", case.id, case.name);
            continue;
        }
        let expected = case.http_status.expect("a status");
        assert_eq!(answer.status, expected, "{} {}", case.id, case.name);
        assert_eq!(
            answer.status == 200,
            case.expect == Expect::Accept,
            "{}",
            case.id
        );
        if let Some(error) = &case.error {
            let error = format!("error=\"{error}\"");
            assert!(
                challenge.contains(&error),
                "{} {}: {challenge}",
                case.id,
                case.name
            );
        }
        if let Some(scope) = &case.required_scope {
            assert!(
                challenge.contains(&format!("scope=\"{scope}\"")),
                "{}",
                case.id
            );
        }
        if expected == 401 {
            assert_eq!(
                answer.json()["detail"],
                "The access token is invalid.",
                "{}",
                case.id
            );
        }
    }
    assert_eq!(corpus.cases.len(), 167);
    assert_eq!(town.upstream.requests(), accepted);
}

#[test]
fn a_token_the_corpus_accepts_is_accepted_from_memory_too() {
    let corpus = Corpus::read(CORPUS).expect("the corpus");
    let town = town(&corpus);
    for _ in 0..2 {
        for case in &corpus.cases {
            let accepted = town.get("/orders/v1/open", &case.token).status == 200;
            let lacks_only_scope = case.required_scope.is_some();
            assert_eq!(
                accepted,
                case.expect == Expect::Accept || lacks_only_scope,
                "{}",
                case.id
            );
        }
    }
}

pub(crate) fn town(corpus: &Corpus) -> Town {
    let world = &corpus.world;
    Town::with(|snapshot| {
        assert_eq!(snapshot.issuer, corpus.terms.issuer);
        snapshot.leeway_s = corpus.terms.leeway_s;
        snapshot.max_lifetime_s = corpus.terms.max_lifetime_s;
        snapshot.keys = corpus.keys.clone();
        let first = snapshot.clients[0].clone();
        for (client, not_before) in &world.client_nbf {
            let mut other = first.clone();
            other.client_id = gatewright_domain::consumer::ClientId::from_wire(client.clone());
            other.not_before = Some(seconds(*not_before));
            snapshot.clients.push(other);
        }
        for client in &world.disabled_clients {
            let mut other = first.clone();
            other.client_id = gatewright_domain::consumer::ClientId::from_wire(client.clone());
            other.disabled = true;
            snapshot.clients.push(other);
        }
        let later = |corpus: &Corpus| -> Timestamp { seconds(corpus.now.seconds() + 3600) };
        snapshot.revoked = world
            .revoked_jti
            .iter()
            .map(|jti| RevokedToken {
                jti: Jti::from_wire(jti.clone()),
                expires: later(corpus),
            })
            .collect();
        snapshot.revoked_sessions = world
            .revoked_sid
            .iter()
            .map(|sid| RevokedSession {
                sid: sid.clone(),
                expires: later(corpus),
            })
            .collect();
    })
}
