//! What the tokens of an API are signed with, on both engines: when a choice signs, what key sets show, and who may choose.

use std::{collections::BTreeSet, time::Duration};

use gatewright_domain::{
    access::Caller,
    api::{AlgorithmChoice, ChoiceError},
    key::{Algorithm, Purpose, RingName},
    ring::Haste,
    secret::Secret,
    time::Clock,
    token::TokenError,
};
use gatewright_keys::{
    AlgorithmError, AlgorithmWish, ApiSigning, GrantError, IssueError, IssuedToken, Keys,
    Refreshing, Wanted,
};
use gatewright_store::{Store, quiet::key_rings::Fetcher};
use gatewright_token::jwks;

use crate::{
    families,
    town::{LEAD, Town, admin, config, job, kek, security, wish},
};

const ES384: Option<Algorithm> = Some(Algorithm::Es384);

pub(crate) async fn form_rings(town: &Town, algorithm: Algorithm) {
    for purpose in [Purpose::Access, Purpose::DevAccess] {
        let name = RingName { purpose, algorithm };
        town.keys.form_ring(&admin(), name).await.unwrap();
    }
}

pub(crate) async fn choose(
    town: &Town,
    by: &Caller,
    chosen: Option<Algorithm>,
    haste: Haste,
) -> Result<ApiSigning, AlgorithmError> {
    let at = None;
    let wish = AlgorithmWish { chosen, haste, at };
    let orders = "orders".parse().unwrap();
    town.keys.choose_algorithm(by, &orders, wish).await
}

fn hurried() -> Haste {
    Haste::Because("a verifier knows nothing else".parse().unwrap())
}

/// What a token is signed with, as whoever holds the key set of its API learns it: from the key, and never from the token.
async fn signed_with(keys: &Keys, api: &str, issued: &IssuedToken) -> Algorithm {
    let set = keys.key_set_of(api).await.unwrap().unwrap();
    let known = jwks::read(set.body.as_bytes()).unwrap();
    let mut known = known.iter();
    let key = known.find(|key| key.kid() == issued.token.kid()).unwrap();
    let text = issued.text.lend(Clone::clone);
    keys.verify(&text).await.unwrap();
    key.algorithm()
}

async fn shown(keys: &Keys, api: &str) -> String {
    let set = keys.key_set_of(api).await.unwrap().unwrap();
    set.shown.to_string()
}

#[tokio::test]
async fn a_choice_signs_when_the_lead_is_over_and_both_kinds_of_tokens_verify_by_the_apis_set() {
    for town in Town::both().await {
        form_rings(&town, Algorithm::Es384).await;
        let before = town.issue().await;
        let signing = choose(&town, &admin(), ES384, Haste::None).await.unwrap();
        assert_eq!(signing.signs, Algorithm::Es256);
        let until = signing.waits.unwrap().until;
        assert_eq!(until, town.clock.now().plus(LEAD));
        assert_eq!(signing.shown, "ES256+ES384");
        town.wait(LEAD - Duration::from_secs(1));
        let last = town.issue().await;
        assert_eq!(
            signed_with(&town.keys, "orders", &last).await,
            Algorithm::Es256
        );
        town.wait(Duration::from_secs(1));
        let first = town.issue().await;
        assert_eq!(
            signed_with(&town.keys, "orders", &first).await,
            Algorithm::Es384
        );
        assert_eq!(
            signed_with(&town.keys, "orders", &last).await,
            Algorithm::Es256
        );
        assert_eq!(before.token.kid(), last.token.kid());
        let long = wish(&["orders:v1:read"], 7200);
        let long = town
            .keys
            .issue(&admin(), &town.handle(), long)
            .await
            .unwrap();
        assert_eq!(
            signed_with(&town.keys, "orders", &long).await,
            Algorithm::Es384
        );
        // What is said as JSON and what time alone has changed agree once anything has happened.
        assert_eq!(shown(&town.keys, "orders").await, "ES384+ES256");
        assert_eq!(shown(&town.keys, "stock").await, "ES256");
    }
}

#[tokio::test]
async fn what_was_signed_before_leaves_the_set_when_no_token_of_it_lives() {
    for town in Town::both().await {
        form_rings(&town, Algorithm::Es384).await;
        choose(&town, &admin(), ES384, hurried()).await.unwrap();
        town.issue().await;
        assert_eq!(shown(&town.keys, "orders").await, "ES384+ES256");
        // No token of this town lives longer than a day.
        town.wait(Duration::from_secs(86_400 + 29));
        town.issue().await;
        assert_eq!(shown(&town.keys, "orders").await, "ES384+ES256");
        town.wait(Duration::from_secs(1));
        town.issue().await;
        assert_eq!(shown(&town.keys, "orders").await, "ES384");
    }
}

#[tokio::test]
async fn a_choice_in_haste_signs_at_once_and_says_why_in_the_trail() {
    for town in Town::both().await {
        form_rings(&town, Algorithm::Es384).await;
        let before = town.revision().await;
        choose(&town, &admin(), ES384, hurried()).await.unwrap();
        assert_eq!(town.events(before).await, ["api.choose-algorithm"]);
        let issued = town.issue().await;
        assert_eq!(
            signed_with(&town.keys, "orders", &issued).await,
            Algorithm::Es384
        );
        choose(&town, &admin(), None, Haste::None).await.unwrap();
        let back = town.issue().await;
        let back = signed_with(&town.keys, "orders", &back).await;
        assert_eq!(back, Algorithm::Es256, "everybody knows it still");
    }
}

#[tokio::test]
async fn nothing_is_chosen_without_rings_or_twice_or_by_somebody_else() {
    for town in Town::both().await {
        let missing = choose(&town, &admin(), ES384, hurried()).await.unwrap_err();
        let ring = RingName {
            purpose: Purpose::Access,
            algorithm: Algorithm::Es384,
        };
        assert!(matches!(
            missing,
            AlgorithmError::Refused(ChoiceError::NoRing(name)) if name == ring
        ));
        form_rings(&town, Algorithm::Es384).await;
        let guard = choose(&town, &security(), ES384, hurried()).await;
        assert!(matches!(guard.unwrap_err(), AlgorithmError::Denied(_)));
        let other = town.publisher_of(&town.stock);
        let other = choose(&town, &other, ES384, hurried()).await;
        assert!(matches!(other.unwrap_err(), AlgorithmError::NotFound));
        let own = town.publisher_of(&town.orders);
        choose(&town, &own, ES384, Haste::None).await.unwrap();
        let twice = choose(&town, &own, ES384, Haste::None).await;
        assert!(matches!(
            twice.unwrap_err(),
            AlgorithmError::Refused(ChoiceError::Chosen(Algorithm::Es384))
        ));
    }
}

#[tokio::test]
async fn whoever_saw_the_api_before_it_changed_chooses_nothing() {
    for town in Town::both().await {
        let orders = "orders".parse().unwrap();
        let seen = town.keys.api_signing(&admin(), &orders).await.unwrap();
        let wish = |chosen| AlgorithmWish {
            chosen,
            haste: Haste::None,
            at: Some(seen.api.revision),
        };
        let choice: AlgorithmChoice = "ES256".parse().unwrap();
        let by = admin();
        let named = town.keys.choose_algorithm(&by, &orders, wish(choice.0));
        named.await.unwrap();
        let stale = town.keys.choose_algorithm(&by, &orders, wish(None));
        assert!(matches!(stale.await.unwrap_err(), AlgorithmError::Stale));
    }
}

#[tokio::test]
async fn no_token_is_for_apis_of_different_algorithms() {
    for town in Town::both().await {
        form_rings(&town, Algorithm::Es384).await;
        choose(&town, &admin(), ES384, hurried()).await.unwrap();
        let both = wish(&["orders:v1:read", "stock:v1:read"], 600);
        let refused = town.keys.issue(&admin(), &town.handle(), both).await;
        let IssueError::Refused(refused) = refused.unwrap_err() else {
            panic!("another refusal");
        };
        assert!(matches!(refused, TokenError::AlgorithmsDiffer { .. }));
        let said = refused.to_string();
        assert!(said.contains("orders are signed with ES384"), "{said}");
        assert!(said.contains("stock with ES256"), "{said}");
        let client = families::authenticate(&town).await;
        let ask = |resources: &[&str]| Wanted {
            scopes: None,
            resources: resources
                .iter()
                .map(|api| format!("https://api.example/{api}/v1"))
                .collect(),
            binding: None,
        };
        let wanted = ask(&["orders", "stock"]);
        let refused = town.keys.grant_to_client(&client, wanted).await;
        assert!(matches!(refused.unwrap_err(), GrantError::Algorithms(_)));
        for (api, algorithm) in [("orders", Algorithm::Es384), ("stock", Algorithm::Es256)] {
            let issued = town
                .keys
                .grant_to_client(&client, ask(&[api]))
                .await
                .unwrap();
            assert_eq!(signed_with(&town.keys, api, &issued).await, algorithm);
        }
    }
}

#[tokio::test]
async fn clients_that_ask_at_the_same_moment_each_get_the_algorithm_of_their_api() {
    for town in Town::both().await {
        form_rings(&town, Algorithm::Es384).await;
        choose(&town, &admin(), ES384, hurried()).await.unwrap();
        let client = families::authenticate(&town).await;
        let ask = |api: &str| {
            let wanted = Wanted {
                scopes: None,
                resources: BTreeSet::from([format!("https://api.example/{api}/v1")]),
                binding: None,
            };
            town.keys.grant_to_client(&client, wanted)
        };
        let (one, two, three) = tokio::join!(ask("orders"), ask("stock"), ask("orders"));
        let of = [("orders", one), ("stock", two), ("orders", three)];
        for (api, issued) in of {
            let expected = match api {
                "orders" => Algorithm::Es384,
                _ => Algorithm::Es256,
            };
            let issued = issued.unwrap();
            assert_eq!(signed_with(&town.keys, api, &issued).await, expected);
        }
    }
}

#[tokio::test]
async fn a_grant_is_refreshed_through_the_switch() {
    for town in Town::both().await {
        form_rings(&town, Algorithm::Es384).await;
        let client = families::authenticate(&town).await;
        let begun = families::begin(&town, None).await.unwrap();
        let refresh = async |text: String| {
            let shown = Refreshing {
                text: Secret::new(text),
                scopes: None,
                resources: BTreeSet::new(),
                proved: None,
            };
            town.keys.refresh_grant(&client, shown).await.unwrap()
        };
        let first = refresh(begun.text.lend(String::clone)).await;
        let old = signed_with(&town.keys, "orders", &first.issued).await;
        choose(&town, &admin(), ES384, hurried()).await.unwrap();
        // The client was known before the choice; what it is given is of the choice.
        let second = refresh(first.text.lend(String::clone)).await;
        let new = signed_with(&town.keys, "orders", &second.issued).await;
        assert_eq!((old, new), (Algorithm::Es256, Algorithm::Es384));
        let wanted = Wanted {
            scopes: None,
            resources: BTreeSet::from(["https://api.example/orders/v1".to_owned()]),
            binding: None,
        };
        choose(&town, &admin(), None, hurried()).await.unwrap();
        let own = town.keys.grant_to_client(&client, wanted).await.unwrap();
        let own = signed_with(&town.keys, "orders", &own).await;
        assert_eq!(own, Algorithm::Es256);
    }
}

#[tokio::test]
async fn what_the_setting_was_before_is_shown_as_long_as_its_tokens_live() {
    for town in Town::both().await {
        let old = town.issue().await;
        let mut config = config();
        config.token_algorithm = Algorithm::Es384;
        let store = Store::open(town.url(), town.entropy.clone()).await.unwrap();
        let (clock, dice) = (town.clock.clone(), town.entropy.clone());
        let keys = Keys::new(store, kek(1), clock, dice, config);
        keys.ensure_ring(&job()).await.unwrap();
        assert_eq!(shown(&keys, "orders").await, "ES384+ES256");
        assert_eq!(signed_with(&keys, "orders", &old).await, Algorithm::Es256);
        assert_eq!(shown(&keys, "stock").await, "ES384", "no token is for it");
    }
}

#[tokio::test]
async fn a_standby_counts_as_served_where_the_set_of_its_algorithm_was_fetched() {
    for town in Town::both().await {
        form_rings(&town, Algorithm::Es384).await;
        let name = RingName {
            purpose: Purpose::Access,
            algorithm: Algorithm::Es384,
        };
        let served = async || {
            let rings = town.keys.read_rings().await.unwrap();
            let ring = rings.into_iter().find(|ring| ring.name() == name).unwrap();
            town.keys.evidence(&ring).await.unwrap().is_served
        };
        let fetch = async |api: &str| {
            let set = town.keys.key_set_of(api).await.unwrap().unwrap();
            let fetcher = Fetcher {
                network: "192.0.2.0/24".to_owned(),
                agent: "jose".to_owned(),
            };
            town.keys.note_fetch_now(&set, fetcher).await.unwrap();
        };
        fetch("orders").await;
        assert!(!served().await, "it shows ES256 alone");
        choose(&town, &admin(), ES384, Haste::None).await.unwrap();
        fetch("stock").await;
        assert!(!served().await);
        fetch("orders").await;
        assert!(served().await);
    }
}

#[tokio::test]
async fn a_choice_is_restored_from_the_database() {
    for town in Town::both().await {
        form_rings(&town, Algorithm::Es384).await;
        let chosen = choose(&town, &admin(), ES384, Haste::None).await.unwrap();
        let second = town.second_server(kek(1)).await;
        let orders = "orders".parse().unwrap();
        let read = second.api_signing(&admin(), &orders).await.unwrap();
        assert_eq!(read.api, chosen.api);
    }
}
