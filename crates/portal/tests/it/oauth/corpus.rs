//! The hostile tokens, each introspected over HTTP: active is what the gateway accepts, 167 times of 167.

use std::collections::BTreeSet;

use gatewright_domain::{
    consumer::ClientId,
    snapshot::{Client, RevokedSession, RevokedToken, Snapshot},
    time::Timestamp,
    token::Jti,
};
use gatewright_portal::internal::snapshots::Snapshots;
use gatewright_token::corpus::{Corpus, Expect};

use super::shop::{FORM, encoded};
use crate::{house::House, whole_path::open_shop};

const CORPUS: &[u8] = include_bytes!("../../../../token/tests/vectors/hostile-tokens.json");

/// The clients of the corpus that have nothing against them.
const CLIENTS: [&str; 1] = ["c_9f2"];

#[actix_web::test]
async fn every_hostile_token_is_active_where_the_gateway_accepts_it() {
    let corpus = Corpus::read(CORPUS).unwrap();
    let mut house = House::one().await;
    open_shop(&house).await;
    house.clock.set(corpus.now);
    let snapshot = house.app.reader.snapshot(&house.app.terms, corpus.now);
    let snapshot = world(snapshot.await.unwrap(), &corpus);
    house.app.terms.issuer = corpus.terms.issuer.clone();
    house.app.snapshots = Snapshots::holding(snapshot);
    house.serve_again().await;
    let mut accepted = BTreeSet::new();
    for case in &corpus.cases {
        let ask = house.bearer(house.admin_token(), "POST", "/oauth2/introspect");
        let answer = ask.raw(FORM, encoded(&[("token", &case.token)])).await;
        let said = answer.json();
        let active = answer.status == 200 && said["active"] == true;
        // Whoever asks compares the scope, as the gateway does.
        let carries = |scope: &String| {
            let carried = said["scope"].as_str().unwrap_or_default();
            carried.split(' ').any(|carried| carried == scope)
        };
        let enough = case.required_scope.iter().all(carries);
        let wanted = case.expect == Expect::Accept;
        assert_eq!(
            active && enough,
            wanted,
            "{} {}: {said}",
            case.id,
            case.name
        );
        if !active && answer.status == 200 {
            assert_eq!(said, serde_json::json!({ "active": false }), "{}", case.id);
        }
        accepted.extend(wanted.then(|| case.id.clone()));
    }
    assert_eq!(corpus.cases.len(), 167);
    assert!(accepted.len() > 5, "{accepted:?}");
}

/// A snapshot of the house with the keys, clients and revocations of the corpus.
fn world(snapshot: Snapshot, corpus: &Corpus) -> Snapshot {
    let first = snapshot.clients[0].clone();
    let client = |id: &str| Client {
        client_id: ClientId::from_wire(id.to_owned()),
        ..first.clone()
    };
    let mut clients: Vec<Client> = CLIENTS.into_iter().map(client).collect();
    for (id, not_before) in &corpus.world.client_nbf {
        clients.push(Client {
            not_before: Some(Timestamp::from_seconds(*not_before)),
            ..client(id)
        });
    }
    for id in &corpus.world.disabled_clients {
        clients.push(Client {
            disabled: true,
            ..client(id)
        });
    }
    let expires = Timestamp::from_seconds(corpus.now.seconds() + 3600);
    let mut versions = snapshot.versions.clone();
    versions[0].audience = corpus.terms.audiences[0].clone();
    let jti = |jti: &String| RevokedToken {
        jti: Jti::from_wire(jti.clone()),
        expires,
    };
    let sid = |sid: &String| RevokedSession {
        sid: sid.clone(),
        expires,
    };
    Snapshot {
        issuer: corpus.terms.issuer.clone(),
        leeway_s: corpus.terms.leeway_s,
        max_lifetime_s: corpus.terms.max_lifetime_s,
        keys: corpus.keys.clone(),
        revoked: corpus.world.revoked_jti.iter().map(jti).collect(),
        revoked_sessions: corpus.world.revoked_sid.iter().map(sid).collect(),
        clients,
        versions,
        ..snapshot
    }
}
