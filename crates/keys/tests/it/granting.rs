//! Clients that get their own tokens: whatever happens meanwhile, no token is without a row.

use std::collections::BTreeSet;

use gatewright_domain::{
    access::{Caller, Origin},
    client::{ClientTerms, Ending},
    entropy::Entropy,
    secret::Secret,
    token::Jti,
};
use gatewright_keys::{
    Authenticated, ClientProof, ClientRefused, GrantError, IssuedToken, Keys, Presented,
    SecretWish, Wanted,
};

use crate::town::{Town, admin, kek};

/// What a client of the town proves itself with.
async fn secret(town: &Town) -> String {
    let wish = SecretWish {
        ending: Ending::Never,
        overlap: None,
    };
    let (caller, handle) = (admin(), town.handle());
    let issued = town.keys.issue_client_secret(&caller, &handle, wish);
    issued.await.unwrap().text.lend(Clone::clone)
}

async fn authenticate(
    keys: &Keys,
    town: &Town,
    secret: &str,
) -> Result<Authenticated, ClientRefused> {
    let presented = Presented {
        client: Some(town.application.client_id().to_string()),
        proof: ClientProof::Basic(Secret::new(secret.to_owned())),
        certificate: None,
    };
    keys.authenticate(&presented, Origin::default()).await
}

fn wanted() -> Wanted {
    Wanted {
        scopes: None,
        resources: BTreeSet::from(["https://api.example/orders/v1".to_owned()]),
        binding: None,
    }
}

async fn ask(keys: &Keys, town: &Town, secret: &str) -> Result<IssuedToken, GrantError> {
    let client = authenticate(keys, town, secret).await.unwrap();
    keys.grant_to_client(&client, wanted()).await
}

#[tokio::test]
async fn no_token_exists_without_a_row_whatever_happens_meanwhile() {
    for town in Town::both().await {
        let secret = secret(&town).await;
        let mut issued: Vec<Jti> = Vec::new();
        for round in 0..12_u8 {
            let mut drawn = [0; 16];
            town.entropy.fill(&mut drawn);
            let asks: Vec<_> = drawn
                .iter()
                .map(|dice| {
                    let (keys, secret) = (town.keys.clone(), secret.clone());
                    let client = town.application.client_id().to_string();
                    let patience = std::time::Duration::from_micros(u64::from(*dice) * 60);
                    tokio::spawn(async move {
                        let presented = Presented {
                            client: Some(client),
                            proof: ClientProof::Basic(Secret::new(secret)),
                            certificate: None,
                        };
                        let asks = async {
                            let known = keys.authenticate(&presented, Origin::default()).await;
                            keys.grant_to_client(&known.unwrap(), wanted()).await
                        };
                        // Some hang up while they wait, at any moment.
                        tokio::time::timeout(patience, asks).await
                    })
                })
                .collect();
            for ask in asks {
                if let Ok(outcome) = ask.await.unwrap() {
                    issued.push(outcome.unwrap().token.jti().clone());
                }
            }
            if round == 6 {
                let terms = ClientTerms::default();
                let (caller, handle) = (admin(), town.handle());
                let edited = town.keys.edit_client(&caller, &handle, terms, None);
                edited.await.unwrap();
            }
        }
        issued.push(
            ask(&town.keys, &town, &secret)
                .await
                .unwrap()
                .token
                .jti()
                .clone(),
        );
        let sight = town.store.reader().as_seen_by(&admin());
        for jti in &issued {
            let row = sight.find_token_by_jti(jti).await.unwrap();
            assert_eq!(row.application(), town.application.id);
        }
        assert!(town.store.reader().verify().await.unwrap().is_valid());
    }
}

#[tokio::test]
async fn a_token_that_could_not_be_signed_is_revoked_at_once() {
    for town in Town::both().await {
        let secret = secret(&town).await;
        let client = authenticate(&town.keys, &town, &secret).await.unwrap();
        let blind = town.second_server(kek(2)).await;
        let before = town.revision().await;
        let refused = blind.grant_to_client(&client, wanted()).await.unwrap_err();
        assert!(matches!(refused, GrantError::NotNow(_)), "{refused}");
        assert_eq!(town.events(before).await, ["token.issue", "token.revoke"]);
    }
}

#[tokio::test]
async fn another_server_believes_the_secret_and_stops_when_it_is_revoked() {
    for town in Town::both().await {
        let secret = secret(&town).await;
        let other = town.second_server(kek(1)).await;
        ask(&other, &town, &secret).await.unwrap();
        let id = secret.split('_').nth(2).unwrap().parse().unwrap();
        let (caller, handle) = (admin(), town.handle());
        let revoked = town.keys.revoke_client_secret(&caller, &handle, &id, None);
        revoked.await.unwrap();
        assert!(authenticate(&town.keys, &town, &secret).await.is_err());
        town.wait(std::time::Duration::from_secs(1));
        assert!(authenticate(&other, &town, &secret).await.is_err());
    }
}

#[tokio::test]
async fn who_was_authenticated_before_a_change_is_granted_by_what_holds_after_it() {
    for town in Town::both().await {
        let secret = secret(&town).await;
        let client = authenticate(&town.keys, &town, &secret).await.unwrap();
        let terms = ClientTerms {
            scopes: Some(BTreeSet::from(["orders:v1:write".parse().unwrap()])),
            ..ClientTerms::default()
        };
        let handle = town.handle();
        let other = town.second_server(kek(1)).await;
        let caller: &Caller = &admin();
        other
            .edit_client(caller, &handle, terms, None)
            .await
            .unwrap();
        let issued = town.keys.grant_to_client(&client, wanted()).await.unwrap();
        let scopes: Vec<String> = issued
            .token
            .scopes()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(scopes, ["orders:v1:write"]);
    }
}
