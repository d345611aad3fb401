//! Clients that publish their keys: fetched through the narrow door, seldom, and by one at a time (P22, P23).

use std::{io::Write, sync::Mutex, thread, time::Duration};

use gatewright_domain::{
    access::Origin,
    client::{AuthMethod, ClientTerms},
    secret::Secret,
    time::Clock,
};
use gatewright_keys::{
    ClientProof, ClientRefused, ClientSecretUseError, Keys, Presented, Unknowable,
    fetch::{Reach, Web},
};
use gatewright_testkit::sender::Sender;
use serde_json::json;
use std::{collections::BTreeSet, sync::Arc};

use crate::{
    somebody::{Somebody, answer},
    town::{ISSUER, Town, admin, kek},
};

/// A client whose keys are wherever it says.
struct Client<'a> {
    town: &'a Town,
    keys: Keys,
    made: Mutex<u32>,
}

impl<'a> Client<'a> {
    /// At an installation that reaches this machine.
    async fn of(town: &'a Town, address: &str) -> Self {
        Self::reaching(town, address, "http://127.0.0.1:8600").await
    }

    async fn reaching(town: &'a Town, address: &str, ours: &str) -> Self {
        let web = Web::within(Reach::of(ours, Vec::new()));
        let web = web.less_patient(Duration::from_millis(600));
        let keys = town.second_server(kek(1)).await.fetching_by(Arc::new(web));
        let terms = ClientTerms {
            methods: BTreeSet::from([AuthMethod::PrivateKeyJwt]),
            key_address: Some(address.parse().unwrap()),
            ..ClientTerms::default()
        };
        keys.edit_client(&admin(), &town.handle(), terms, None)
            .await
            .unwrap();
        Self {
            town,
            keys,
            made: Mutex::default(),
        }
    }

    /// Whether it is believed with an assertion of this key, under this name.
    async fn proves(&self, key: &Sender, kid: &str) -> bool {
        let number = {
            let mut made = self.made.lock().unwrap();
            *made += 1;
            *made
        };
        let client = self.town.application.client_id().to_string();
        let claims = json!({
            "iss": client, "sub": client, "aud": ISSUER, "jti": format!("j-{number}"),
            "exp": self.town.clock.now().seconds() + 60,
        });
        let assertion = key.sign(&json!({ "alg": "ES256", "kid": kid }), &claims);
        let presented = Presented {
            client: None,
            proof: ClientProof::Assertion(Secret::new(assertion.unwrap())),
            certificate: None,
        };
        match self.keys.authenticate(&presented, Origin::default()).await {
            Ok(_) => true,
            Err(ClientRefused::NotBelieved) => false,
            Err(other) => panic!("{other:?}"),
        }
    }
}

fn set(keys: &[(&Sender, &str)]) -> String {
    let jwk = |(key, kid): &(&Sender, &str)| {
        let mut jwk = key.jwk();
        jwk["kid"] = json!(kid);
        jwk
    };
    json!({ "keys": keys.iter().map(jwk).collect::<Vec<_>>() }).to_string()
}

/// Somebody who publishes what may change.
fn publishing(document: &Arc<Mutex<String>>) -> Somebody {
    let document = Arc::clone(document);
    Somebody::doing(Vec::new(), move |stream, _| {
        let body = document.lock().unwrap().clone();
        let _ = stream.write_all(answer("200 OK", "", &body).as_bytes());
    })
}

#[tokio::test]
async fn a_client_proves_itself_with_keys_that_it_publishes_and_changes() {
    for town in Town::both().await {
        let (first, second) = (Sender::new().unwrap(), Sender::new().unwrap());
        let document = Arc::new(Mutex::new(set(&[(&first, "one")])));
        let somebody = publishing(&document);
        let client = Client::of(&town, &somebody.url()).await;
        for _ in 0..5 {
            assert!(client.proves(&first, "one").await);
        }
        assert_eq!(somebody.came(), 1, "asked once");
        // The next key is published, and used as soon as it may be asked for.
        *document.lock().unwrap() = set(&[(&first, "one"), (&second, "two")]);
        assert!(!client.proves(&second, "two").await);
        assert_eq!(somebody.came(), 1);
        town.wait(Duration::from_secs(30));
        assert!(client.proves(&second, "two").await);
        assert_eq!(somebody.came(), 2);
        // A key that is withdrawn proves nothing once the set is fetched anew.
        *document.lock().unwrap() = set(&[(&second, "two")]);
        assert!(client.proves(&first, "one").await, "the set is still good");
        town.wait(Duration::from_secs(301));
        assert!(!client.proves(&first, "one").await);
        assert!(client.proves(&second, "two").await);
    }
}

/// Case P23.
#[tokio::test]
async fn a_storm_of_unknown_keys_asks_once_in_thirty_seconds() {
    for town in Town::both().await {
        let (known, unknown) = (Sender::new().unwrap(), Sender::new().unwrap());
        let document = Arc::new(Mutex::new(set(&[(&known, "one")])));
        let somebody = publishing(&document);
        let client = Client::of(&town, &somebody.url()).await;
        assert!(client.proves(&known, "one").await);
        for turn in 1..=3 {
            town.wait(Duration::from_secs(30));
            for number in 0..20 {
                assert!(!client.proves(&unknown, &format!("k{number}")).await);
            }
            assert_eq!(somebody.came(), 1 + turn);
        }
        assert!(
            client.proves(&known, "one").await,
            "it is believed meanwhile"
        );
    }
}

#[tokio::test]
async fn many_at_once_wait_for_one_fetch() {
    for town in Town::both().await {
        let key = Sender::new().unwrap();
        let body = answer("200 OK", "", &set(&[(&key, "one")]));
        let somebody = Somebody::doing(body.into_bytes(), |stream, body| {
            thread::sleep(Duration::from_millis(200));
            let _ = stream.write_all(body);
        });
        let client = Client::of(&town, &somebody.url()).await;
        let proves = || client.proves(&key, "one");
        let believed = tokio::join!(proves(), proves(), proves(), proves());
        assert_eq!(believed, (true, true, true, true));
        assert_eq!(somebody.came(), 1);
    }
}

/// Case P22: what the door refuses is in `fetching`; here, that clients go through it, and that a failure is left alone.
#[tokio::test]
async fn an_address_that_leads_inside_or_answers_badly_proves_nothing_and_is_left_alone() {
    for town in Town::both().await {
        let key = Sender::new().unwrap();
        let good = answer("200 OK", "", &set(&[(&key, "one")]));
        let canary = Somebody::saying(good.clone());
        // From an installation on the internet, nothing of this machine is asked.
        let outside = Client::reaching(&town, &canary.url(), ISSUER).await;
        assert!(!outside.proves(&key, "one").await);
        assert_eq!(canary.came(), 0);
        let elsewhere = format!("Location: {}\r\n", canary.url());
        let hostile = [
            answer("302 Found", &elsewhere, ""),
            answer("200 OK", "", "<html>good morning</html>"),
            answer(
                "200 OK",
                "",
                &format!("{{\"keys\":[{}]}}", " ".repeat(70_000)),
            ),
            answer("404 Not Found", "", &set(&[(&key, "one")])),
            "HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n".to_owned(),
        ];
        for bad in hostile {
            let somebody = Somebody::saying(bad.clone());
            let client = Client::of(&town, &somebody.url()).await;
            for _ in 0..5 {
                assert!(!client.proves(&key, "one").await, "{bad}");
            }
            town.wait(Duration::from_secs(59));
            assert!(!client.proves(&key, "one").await);
            assert_eq!(somebody.came(), 1, "it is left alone for a minute: {bad}");
            town.wait(Duration::from_secs(1));
            assert!(!client.proves(&key, "one").await);
            assert_eq!(somebody.came(), 2);
        }
        assert_eq!(canary.came(), 0);
    }
}

#[tokio::test]
async fn the_last_good_keys_are_used_for_a_day_while_their_address_fails() {
    for town in Town::both().await {
        let key = Sender::new().unwrap();
        let document = Arc::new(Mutex::new(set(&[(&key, "one")])));
        let somebody = publishing(&document);
        let client = Client::of(&town, &somebody.url()).await;
        assert!(client.proves(&key, "one").await);
        *document.lock().unwrap() = "gone".to_owned();
        town.wait(Duration::from_secs(12 * 3600));
        assert!(client.proves(&key, "one").await);
        town.wait(Duration::from_secs(12 * 3600));
        assert!(!client.proves(&key, "one").await);
    }
}

#[tokio::test]
async fn keys_are_registered_or_published_and_not_both() {
    for town in Town::both().await {
        let key = Sender::new().unwrap();
        let terms = ClientTerms {
            key_set: Some(set(&[(&key, "one")])),
            key_address: Some("https://client.example/keys".parse().unwrap()),
            ..ClientTerms::default()
        };
        let refused = town
            .keys
            .edit_client(&admin(), &town.handle(), terms, None)
            .await
            .unwrap_err();
        assert!(
            matches!(
                refused,
                ClientSecretUseError::Unknowable(Unknowable::TwoKeySets)
            ),
            "{refused}"
        );
    }
}
