//! Keys that this program holds and keys that others hold, under one contract; and what happens when who holds them signs wrongly
//! or goes away.

use std::time::{Duration, Instant};

use gatewright_custody::{SigningSource, Unlocking};
use gatewright_domain::{
    key::{KeyState, Kid, PrivateHalf, Provider, Purpose, SigningKey},
    ring::{Haste, Ring},
    secret::Secret,
    time::Clock,
};
use gatewright_keys::{IssueError, IssuedToken, KeyHolder, Keys, RingUseError, SignerError};
use gatewright_testkit::{
    softhsm::{self, PIN, Ran, with_token},
    transit::{FakeTransit, Fault, Mood, TOKEN},
};
use gatewright_token::mint::DocumentType;

use crate::town::{Town, admin, job, kek, security, wish};

fn unlocking() -> Unlocking {
    Unlocking {
        pin: Some(Secret::new(PIN.to_owned())),
        token: Some(Secret::new(TOKEN.to_owned())),
        ..Unlocking::default()
    }
}

fn opened(source: &str, unlocking: &Unlocking) -> Option<KeyHolder> {
    let source: SigningSource = source.parse().unwrap();
    source.open(unlocking).unwrap()
}

async fn server(town: &Town, holder: Option<KeyHolder>) -> Keys {
    let server = town.second_server(kek(1)).await;
    server.signing_in(holder, Vec::new())
}

async fn issue(town: &Town, keys: &Keys) -> Result<IssuedToken, IssueError> {
    let wish = wish(&["orders:v1:read"], 600);
    keys.issue(&admin(), &town.handle(), wish).await
}

async fn access(keys: &Keys) -> Ring {
    let rings = keys.read_rings().await.unwrap();
    let mut rings = rings.into_iter();
    rings
        .find(|ring| ring.name() == Purpose::Access.ring())
        .unwrap()
}

fn hurry() -> Haste {
    Haste::Because("drill".parse().unwrap())
}

async fn key(keys: &Keys, kid: &Kid) -> SigningKey {
    access(keys).await.key(kid).unwrap().clone()
}

/// The contract. `holder` gives the same holder each time, as a restart does.
async fn holds(provider: Provider, holder: impl Fn() -> Option<KeyHolder>) {
    for town in Town::without_rings().await {
        let keys = server(&town, holder()).await;
        keys.ensure_ring(&job()).await.unwrap();
        let ring = access(&keys).await;
        for key in ring.keys() {
            assert_eq!(key.provider(), provider);
            let private = key.state().private().unwrap();
            let here = matches!(private, PrivateHalf::Sealed(_));
            assert_eq!(here, provider == Provider::Software);
        }
        // Tokens and documents; and again after a restart.
        for keys in [&keys, &server(&town, holder()).await] {
            let issued = issue(&town, keys).await.unwrap();
            let text = issued.text.lend(Clone::clone);
            let facts = keys.verify(&text).await.unwrap();
            assert_eq!(facts.kid.as_ref(), Some(ring.active().unwrap().kid()));
            let expires = town.clock.now().plus(Duration::from_secs(60));
            let (purpose, kind) = (Purpose::Introspection, DocumentType::Introspection);
            let document = keys.sign_document(purpose, kind, b"{}", expires).await;
            assert_eq!(document.unwrap().split('.').count(), 3);
        }
        // A rotation: the standby signs, and what the old key signed is good.
        let before = issue(&town, &keys).await.unwrap();
        let old = ring.active().unwrap().kid().clone();
        let rotated = keys.rotate(&security(), hurry()).await.unwrap();
        assert_eq!(rotated.standby.provider(), provider);
        let after = issue(&town, &keys).await.unwrap();
        assert_ne!(after.token.kid(), &old);
        for issued in [&before, &after] {
            keys.verify(&issued.text.lend(Clone::clone)).await.unwrap();
        }
        // The private half of the old one is erased at once, or destroyed once nobody can sign with it.
        let over = key(&keys, &old).await;
        assert!(over.state().private().is_none());
        assert_eq!(over.provider(), provider, "that never changes");
        assert_eq!(keys.destroy_leftovers().await.unwrap(), []);
        town.wait(Duration::from_secs(61));
        let destroyed = keys.destroy_leftovers().await.unwrap();
        match provider {
            Provider::Software => assert_eq!(destroyed, []),
            Provider::Pkcs11 | Provider::Vault => assert_eq!(destroyed, [old]),
        }
        assert_eq!(keys.destroy_leftovers().await.unwrap(), [], "once");
        issue(&town, &keys).await.unwrap();
    }
}

#[tokio::test]
async fn this_program_keeps_the_contract() {
    holds(Provider::Software, || None).await;
}

#[tokio::test]
async fn a_hardware_module_keeps_the_contract() {
    if with_token("signers::a_hardware_module_keeps_the_contract").unwrap() == Ran::InAChild {
        return;
    }
    let unlocking = unlocking();
    let address = softhsm::address().unwrap();
    holds(Provider::Pkcs11, || opened(&address, &unlocking)).await;
}

#[tokio::test]
async fn a_key_service_keeps_the_contract() {
    let service = FakeTransit::start().unwrap();
    let unlocking = unlocking();
    holds(Provider::Vault, || opened(&service.mount(), &unlocking)).await;
}

/// Case P55.
#[tokio::test]
async fn a_key_that_signs_wrongly_never_comes_to_sign() {
    for town in Town::without_rings().await {
        let service = FakeTransit::start().unwrap();
        let keys = server(&town, opened(&service.mount(), &unlocking())).await;
        keys.ensure_ring(&job()).await.unwrap();
        let before = access(&keys).await;
        let standby = before.standby().unwrap().kid().clone();
        for fault in [Fault::Der, Fault::LaterVersion, Fault::AnotherKey] {
            service.sign_with(Some(fault));
            let size = town.revision().await;
            let refused = keys.rotate(&security(), hurry()).await.unwrap_err();
            assert!(
                matches!(&refused, RingUseError::Prove(cause) if !cause.is_away()),
                "{fault:?}: {refused:?}"
            );
            let refused = keys
                .activate(&security(), standby.clone().into(), hurry())
                .await
                .unwrap_err();
            assert!(matches!(refused, RingUseError::Prove(_)), "{refused:?}");
            let refused = keys.stage(&security(), before.name()).await.unwrap_err();
            assert!(matches!(refused, RingUseError::Generate(_)), "{refused:?}");
            assert_eq!(town.revision().await, size, "nothing has moved");
        }
        service.sign_with(None);
        let rotated = keys.rotate(&security(), hurry()).await.unwrap();
        assert_eq!(rotated.active.kid(), &standby);
    }
}

/// Case P54.
#[tokio::test]
async fn while_who_holds_the_key_is_away_nothing_is_written_and_what_was_signed_is_good() {
    for town in Town::without_rings().await {
        let service = FakeTransit::start().unwrap();
        let keys = server(&town, opened(&service.mount(), &unlocking())).await;
        keys.ensure_ring(&job()).await.unwrap();
        let good = issue(&town, &keys).await.unwrap();
        service.turn(Mood::Sealed);
        // The first that meets it has a row, which is revoked; everybody after is told before anything is written.
        let first = issue(&town, &keys).await.unwrap_err();
        assert!(matches!(first, IssueError::NotSigned { .. }), "{first:?}");
        let size = town.revision().await;
        for _ in 0..10 {
            let refused = issue(&town, &keys).await.unwrap_err();
            let IssueError::NotNow(cause) = refused else {
                panic!("{refused:?}");
            };
            assert!(cause.is_away(), "{cause:?}");
        }
        assert_eq!(town.revision().await, size);
        keys.verify(&good.text.lend(Clone::clone)).await.unwrap();
        let shown = keys.holders().await.unwrap();
        assert_eq!(shown[0].holder, "vault:transit");
        assert!(
            shown[0].failure.as_ref().unwrap().contains("sealed"),
            "{shown:?}"
        );
        // A server that starts meanwhile does, and says the same.
        let other = server(&town, opened(&service.mount(), &unlocking())).await;
        other.ensure_ring(&job()).await.unwrap();
        let refused = issue(&town, &other).await.unwrap_err();
        assert!(matches!(refused, IssueError::NotNow(_)), "{refused:?}");
        assert_eq!(town.revision().await, size);

        service.turn(Mood::Well);
        let began = Instant::now();
        while issue(&town, &keys).await.is_err() {
            assert!(
                began.elapsed() < Duration::from_secs(5),
                "it closes by itself"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(keys.holders().await.unwrap()[0].failure, None);
    }
}

#[tokio::test]
async fn a_key_is_compromised_while_who_holds_it_is_away_and_the_ring_is_mended_later() {
    for town in Town::without_rings().await {
        let service = FakeTransit::start().unwrap();
        let keys = server(&town, opened(&service.mount(), &unlocking())).await;
        keys.ensure_ring(&job()).await.unwrap();
        let ring = access(&keys).await;
        let (lost, standby) = (ring.active().unwrap().kid(), ring.standby().unwrap().kid());
        service.turn(Mood::Sealed);
        let reason = || "stolen".parse().unwrap();
        let done = keys.compromise(&security(), lost, reason()).await.unwrap();
        let [next] = done.replaced_by.as_slice() else {
            panic!("{:?}", done.replaced_by);
        };
        assert_eq!(next.kid(), standby);
        assert!(
            access(&keys).await.standby().is_none(),
            "none could be made"
        );
        assert!(keys.ensure_ring(&job()).await.is_err());
        // And the last one there is: the key set is never empty, so one is made where it can be.
        let done = keys.compromise(&security(), standby, reason()).await;
        let here = done.unwrap().replaced_by;
        assert!(here.iter().all(|key| key.provider() == Provider::Software));
        issue(&town, &keys).await.unwrap();
        service.turn(Mood::Well);
        keys.ensure_ring(&job()).await.unwrap();
        assert!(access(&keys).await.is_whole());
        town.wait(Duration::from_secs(61));
        let destroyed = keys.destroy_leftovers().await.unwrap();
        assert_eq!(destroyed.len(), 2, "{destroyed:?}");
        assert!(destroyed.contains(lost) && destroyed.contains(standby));
    }
}

#[tokio::test]
async fn keys_stay_where_they_were_made_until_they_are_rotated() {
    for town in Town::both().await {
        let service = FakeTransit::start().unwrap();
        let keys = server(&town, opened(&service.mount(), &unlocking())).await;
        let ring = access(&keys).await;
        assert_eq!(ring.active().unwrap().provider(), Provider::Software);
        issue(&town, &keys).await.unwrap();
        let rotated = keys.rotate(&security(), hurry()).await.unwrap();
        assert_eq!(rotated.active.provider(), Provider::Software);
        assert_eq!(rotated.standby.provider(), Provider::Vault);
        keys.rotate(&security(), hurry()).await.unwrap();
        issue(&town, &keys).await.unwrap();
        // A server that nobody told where the keys are says which setting is missing, and signs nothing.
        let blind = town.second_server(kek(1)).await;
        let refused = issue(&town, &blind).await.unwrap_err();
        let IssueError::NotNow(SignerError::NoHolder { held, .. }) = &refused else {
            panic!("{refused:?}");
        };
        assert!(
            held.to_string().starts_with("vault:transit/gatewright-"),
            "{held}"
        );
        // One that was told as of others goes on signing, and makes new keys itself again.
        let holder = opened(&service.mount(), &unlocking());
        let back = town.second_server(kek(1)).await;
        let back = back.signing_in(None, holder.into_iter().collect());
        issue(&town, &back).await.unwrap();
        let rotated = back.rotate(&security(), hurry()).await.unwrap();
        assert_eq!(rotated.standby.provider(), Provider::Software);
    }
}

#[tokio::test]
async fn a_key_that_was_made_for_nothing_is_destroyed() {
    for town in Town::without_rings().await {
        let service = FakeTransit::start().unwrap();
        let keys = server(&town, opened(&service.mount(), &unlocking())).await;
        keys.ensure_ring(&job()).await.unwrap();
        let ring = access(&keys).await;
        let kept = service.keys().len();
        // A suspended standby needs one fresh key, and two were made.
        let standby = ring.standby().unwrap().kid().clone();
        let reason = "drill".parse().unwrap();
        let listing = gatewright_domain::key::Listing::Listed;
        keys.suspend(&security(), standby.into(), listing, reason)
            .await
            .unwrap();
        assert_eq!(service.keys().len(), kept + 2);
        keys.destroy_leftovers().await.unwrap();
        assert_eq!(service.keys().len(), kept + 2, "a move may still need it");
        town.wait(Duration::from_secs(61));
        keys.destroy_leftovers().await.unwrap();
        assert_eq!(service.keys().len(), kept + 1);
        let ring = access(&keys).await;
        let lives = |key: &&SigningKey| {
            matches!(
                key.state(),
                KeyState::Published { .. } | KeyState::Active { .. }
            )
        };
        assert_eq!(ring.keys().iter().filter(lives).count(), 2);
    }
}
