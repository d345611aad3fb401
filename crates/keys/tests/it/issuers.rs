//! Outside issuers: trusted, followed, mapped; and what their tokens may do is told to gateways.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use gatewright_domain::{
    decision::Verdict,
    id::OutsideIssuerId,
    outside::{IssuerTerms, OutsideIssuer, OutsideIssuerError, Rules, TokenKinds, TrustedKeys},
    record::Decision,
    refusal::Refusal,
    secret::Secret,
    time::Clock,
};
use gatewright_keys::{
    IssuerError, Keys, NewKeySource, Refreshed, Trial, TrustIssuer,
    fetch::{Document, Fetch, FetchFault},
};
use serde_json::{Value, json};

use crate::town::{ISSUER, Town, admin, job, security};

const THEIRS: &str = "https://login.partner.test";
const METADATA: &str = "https://login.partner.test/.well-known/openid-configuration";
const KEYS: &str = "https://keys.partner.test/set";
const AUDIENCE: &str = "https://api.partner.test";
const SECRET: &str = "a secret that a script and we have in common";

/// The rest of the world: what stands at each address, and how often it was asked.
#[derive(Default)]
struct Elsewhere {
    documents: Mutex<BTreeMap<String, Result<Document, FetchFault>>>,
    asked: AtomicUsize,
}

impl Elsewhere {
    fn put(&self, address: &str, text: impl ToString) {
        let document = Document {
            bytes: text.to_string().into_bytes(),
            max_age: Some(Duration::from_secs(600)),
        };
        let mut documents = self.documents.lock().unwrap();
        documents.insert(address.to_owned(), Ok(document));
    }

    fn fail(&self, address: &str) {
        let fault = FetchFault::TooSlow(address.to_owned());
        let mut documents = self.documents.lock().unwrap();
        documents.insert(address.to_owned(), Err(fault));
    }

    fn asked(&self) -> usize {
        self.asked.swap(0, Ordering::SeqCst)
    }
}

impl Fetch for Elsewhere {
    fn fetch(&self, address: &str) -> Result<Document, FetchFault> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let documents = self.documents.lock().unwrap();
        let missing = FetchFault::Status {
            address: address.to_owned(),
            status: 404,
        };
        documents.get(address).cloned().unwrap_or(Err(missing))
    }
}

/// A town that trusts a partner, whose first key is `a`.
struct Trusting {
    town: Town,
    keys: Keys,
    elsewhere: Arc<Elsewhere>,
    a: EcdsaKeyPair,
}

impl Trusting {
    async fn both() -> Vec<Self> {
        let towns = Town::both().await;
        towns.into_iter().map(Self::over).collect()
    }

    fn over(town: Town) -> Self {
        let elsewhere = Arc::new(Elsewhere::default());
        let keys = town.keys.clone().fetching_by(elsewhere.clone());
        let a = key();
        elsewhere.put(
            METADATA,
            json!({ "issuer": THEIRS, "jwks_uri": KEYS, "more": 1 }),
        );
        elsewhere.put(KEYS, set(&[("a", &a)]));
        Self {
            town,
            keys,
            elsewhere,
            a,
        }
    }

    fn rules(&self, scopes: &[&str]) -> Rules {
        let application = self.town.application.id;
        let rule = json!([{ "when": [{ "claim": "sub", "is": "ci" }], "application": application,
            "scopes": { "fixed": scopes } }]);
        rule.to_string().parse().unwrap()
    }

    fn terms(&self, issuer: &str) -> IssuerTerms {
        IssuerTerms {
            name: "Partner".parse().unwrap(),
            issuer: issuer.parse().unwrap(),
            audience: AUDIENCE.parse().unwrap(),
            kinds: TokenKinds::AnyJwt,
            max_lifetime: 3600.try_into().unwrap(),
            rules: self.rules(&["orders:v1:read"]),
        }
    }

    async fn trust(
        &self,
        issuer: &str,
        source: NewKeySource,
    ) -> Result<OutsideIssuer, IssuerError> {
        let terms = self.terms(issuer);
        self.keys
            .trust_issuer(&security(), TrustIssuer { terms, source })
            .await
    }

    /// Trusts the partner by discovery, and fetches its keys.
    async fn partner(&self) -> OutsideIssuerId {
        let issuer = self.trust(THEIRS, discovery()).await.unwrap();
        let refreshed = self.keys.refresh_issuer(&security(), issuer.id()).await;
        assert_eq!(refreshed.unwrap(), Refreshed::Changed);
        self.elsewhere.asked();
        issuer.id()
    }

    fn claims(&self, sub: &str) -> Value {
        let now = self.town.clock.now().seconds();
        json!({ "iss": THEIRS, "aud": AUDIENCE, "sub": sub, "iat": now, "exp": now + 600 })
    }

    async fn try_token(&self, id: OutsideIssuerId, token: &str) -> Trial {
        self.keys
            .try_outside_token(&admin(), id, token)
            .await
            .unwrap()
    }
}

fn discovery() -> NewKeySource {
    NewKeySource::Discovery("ES256".parse().unwrap())
}

fn key() -> EcdsaKeyPair {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn set(keys: &[(&str, &EcdsaKeyPair)]) -> Value {
    let jwk = |(kid, pair): &(&str, &EcdsaKeyPair)| {
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        json!({ "kid": kid, "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y) })
    };
    json!({ "keys": keys.iter().map(jwk).collect::<Vec<_>>() })
}

fn signed(kid: &str, pair: &EcdsaKeyPair, claims: &Value) -> String {
    let header = json!({ "alg": "ES256", "kid": kid, "typ": "JWT" });
    let input = format!(
        "{}.{}",
        encode(header.to_string()),
        encode(claims.to_string())
    );
    let signature = pair.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
    format!("{input}.{}", encode(signature.as_ref()))
}

/// As PyJWT writes it.
fn script(claims: &Value) -> String {
    let header = json!({ "alg": "HS256", "typ": "JWT" });
    let input = format!(
        "{}.{}",
        encode(header.to_string()),
        encode(claims.to_string())
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    format!("{input}.{}", encode(hmac::sign(&key, input.as_bytes())))
}

#[tokio::test]
async fn a_discovered_issuers_token_opens_what_its_application_is_subscribed_to() {
    for trusting in Trusting::both().await {
        let id = trusting.partner().await;
        let token = signed("a", &trusting.a, &trusting.claims("ci"));
        let trial = trusting.try_token(id, &token).await;
        assert_eq!(trial.rule, Some(1), "{:?}", trial.steps);
        assert_eq!(trial.scopes, ["orders:v1:read"]);
        let inspection = trusting.keys.inspect(&admin(), &token).await.unwrap();
        let orders = inspection
            .openings
            .iter()
            .find(|opening| opening.version == "orders/v1");
        let opened = orders.unwrap().steps.iter();
        assert!(
            opened.clone().all(|step| step.verdict == Verdict::Passed),
            "{orders:?}"
        );
        let facts = trusting.keys.verify(&token).await.unwrap();
        assert!(
            facts.jti.as_str().starts_with(&format!("{id}/")),
            "{}",
            facts.jti
        );
        let stranger = signed("a", &trusting.a, &trusting.claims("somebody"));
        let trial = trusting.try_token(id, &stranger).await;
        assert_eq!(
            (trial.rule, trial.steps.last().unwrap().verdict),
            (None, Verdict::Refused)
        );
    }
}

#[tokio::test]
async fn no_rule_gives_a_scope_the_application_is_not_subscribed_to() {
    for trusting in Trusting::both().await {
        let id = trusting.partner().await;
        let rules = trusting.rules(&["orders:v1:read", "orders:v1:admin", "orders:v9:read"]);
        trusting
            .keys
            .edit_issuer_rules(&security(), id, rules)
            .await
            .unwrap();
        let token = signed("a", &trusting.a, &trusting.claims("ci"));
        assert_eq!(
            trusting.try_token(id, &token).await.scopes,
            ["orders:v1:read"]
        );
    }
}

#[tokio::test]
async fn a_shared_secret_rests_sealed_and_travels_in_the_snapshot_alone() {
    for trusting in Trusting::both().await {
        let secret = || NewKeySource::Secret(Secret::new(SECRET.to_owned()));
        let issuer = trusting.trust("billing-script", secret()).await.unwrap();
        let mut claims = trusting.claims("ci");
        claims["iss"] = "billing-script".into();
        let token = script(&claims);
        assert_eq!(trusting.try_token(issuer.id(), &token).await.rule, Some(1));
        let now = trusting.town.clock.now();
        let snapshot = trusting.keys.snapshot(now).await.unwrap();
        let TrustedKeys::Secret { secret: told, .. } = &snapshot.issuers[0].keys else {
            panic!("{:?}", snapshot.issuers[0]);
        };
        assert_eq!(told.arrived(), SECRET.as_bytes());
        assert!(!format!("{snapshot:?}").contains(SECRET));
        let stored = trusting.town.store.reader();
        let stored = stored
            .snapshot(&trusting.keys.config().terms(), now)
            .await
            .unwrap();
        assert!(
            !serde_json::to_string(&stored)
                .unwrap()
                .contains("97,32,115,101,99")
        );
        let resting = format!("outside-issuer/{}", issuer.id());
        let sealed = trusting.town.store.sealed_secret(&resting);
        let sealed = sealed.await.unwrap().unwrap();
        assert!(
            !sealed
                .record
                .windows(8)
                .any(|bytes| SECRET.as_bytes().starts_with(bytes))
        );
        // Gone with its issuer.
        trusting
            .keys
            .withdraw_issuer(&security(), issuer.id(), None)
            .await
            .unwrap();
        let gone = trusting.town.store.sealed_secret(&resting);
        assert_eq!(gone.await.unwrap(), None);
        let short = NewKeySource::Secret(Secret::new("secret".to_owned()));
        let refused = trusting.trust("another-script", short).await;
        assert!(matches!(refused, Err(IssuerError::Secret(_))));
    }
}

#[tokio::test]
async fn a_rotated_key_is_fetched_when_a_token_surprises_and_at_most_every_half_minute() {
    for trusting in Trusting::both().await {
        let (id, b) = (trusting.partner().await, key());
        trusting
            .elsewhere
            .put(KEYS, set(&[("a", &trusting.a), ("b", &b)]));
        let timer = job();
        let surprised = || trusting.keys.surprised_by(&timer, id);
        // It was asked a moment ago; whatever anybody sends, nothing is asked now.
        for _ in 0..50 {
            assert_eq!(surprised().await.unwrap(), Refreshed::TooSoon);
        }
        assert_eq!(trusting.elsewhere.asked(), 0);
        trusting.town.wait(Duration::from_secs(30));
        let token = signed("b", &b, &trusting.claims("ci"));
        assert_eq!(trusting.try_token(id, &token).await.rule, None);
        assert_eq!(surprised().await.unwrap(), Refreshed::Changed);
        assert_eq!(surprised().await.unwrap(), Refreshed::TooSoon);
        assert_eq!(trusting.elsewhere.asked(), 2);
        assert_eq!(trusting.try_token(id, &token).await.rule, Some(1));
    }
}

#[tokio::test]
async fn many_servers_fetch_once() {
    for trusting in Trusting::both().await {
        let id = trusting.partner().await;
        trusting.town.wait(Duration::from_secs(3600));
        let second = trusting.town.second_server(crate::town::kek(1)).await;
        let second = second.fetching_by(trusting.elsewhere.clone());
        let (job, job2) = (job(), job());
        let servers = [&trusting.keys, &second, &trusting.keys, &second];
        let mut came = 0;
        let all = servers.map(|keys| keys.surprised_by(&job, id));
        let [a, b, c, d] = all;
        let (a, b, c, d) = tokio::join!(a, b, c, d);
        for refreshed in [a, b, c, d] {
            came += usize::from(refreshed.unwrap() == Refreshed::Unchanged);
        }
        assert_eq!((came, trusting.elsewhere.asked()), (1, 2));
        assert_eq!(second.refresh_due_issuers(&job2).await.unwrap(), Vec::new());
    }
}

#[tokio::test]
async fn when_a_fetch_fails_the_last_good_keys_stay_and_nothing_is_asked_for_a_minute() {
    for trusting in Trusting::both().await {
        let id = trusting.partner().await;
        trusting.elsewhere.fail(KEYS);
        trusting.town.wait(Duration::from_secs(700));
        let timer = job();
        let due = || trusting.keys.refresh_due_issuers(&timer);
        let failed = due().await.unwrap();
        assert!(
            matches!(failed.as_slice(), [(_, Refreshed::Failed(_))]),
            "{failed:?}"
        );
        let token = signed("a", &trusting.a, &trusting.claims("ci"));
        assert_eq!(trusting.try_token(id, &token).await.rule, Some(1));
        let sight = trusting.town.store.reader().as_seen_by(&admin());
        let row = sight.issuer(id).await.unwrap();
        assert!(row.failure.unwrap().contains("did not answer"));
        assert!(row.fetched_at.unwrap() < row.tried_at.unwrap());
        trusting.elsewhere.asked();
        trusting.town.wait(Duration::from_secs(31));
        let surprised = trusting.keys.surprised_by(&job(), id).await.unwrap();
        assert_eq!(
            (surprised, due().await.unwrap()),
            (Refreshed::TooSoon, Vec::new())
        );
        assert_eq!(trusting.elsewhere.asked(), 0);
        trusting.town.wait(Duration::from_secs(30));
        trusting.elsewhere.put(KEYS, set(&[("a", &trusting.a)]));
        assert!(matches!(
            due().await.unwrap().as_slice(),
            [(_, Refreshed::Unchanged)]
        ));
        let row = trusting
            .town
            .store
            .reader()
            .as_seen_by(&admin())
            .issuer(id)
            .await
            .unwrap();
        assert_eq!(row.failure, None);
    }
}

#[tokio::test]
async fn what_is_no_key_set_of_that_issuer_is_never_taken() {
    for trusting in Trusting::both().await {
        let issuer = trusting.trust(THEIRS, discovery()).await.unwrap();
        let private = json!({ "keys": [{ "kty": "oct", "k": "AAAA" }] });
        let documents = [
            (
                METADATA,
                json!({ "issuer": "https://login.partner.test/", "jwks_uri": KEYS }),
            ),
            (METADATA, json!({ "issuer": THEIRS })),
            (METADATA, json!("metadata")),
            (KEYS, json!([])),
            (KEYS, json!({ "keys": [] })),
            (KEYS, private),
            (KEYS, json!("<html>")),
        ];
        for (address, text) in documents {
            trusting
                .elsewhere
                .put(METADATA, json!({ "issuer": THEIRS, "jwks_uri": KEYS }));
            trusting.elsewhere.put(KEYS, set(&[("a", &trusting.a)]));
            trusting.elsewhere.put(address, &text);
            trusting.town.wait(Duration::from_secs(3));
            let refreshed = trusting
                .keys
                .refresh_issuer(&security(), issuer.id())
                .await
                .unwrap();
            assert!(
                matches!(refreshed, Refreshed::Failed(_)),
                "{text}: {refreshed:?}"
            );
        }
        let row = trusting
            .town
            .store
            .reader()
            .as_seen_by(&admin())
            .issuer(issuer.id())
            .await
            .unwrap();
        assert_eq!(row.key_set, None);
        let snapshot = trusting
            .keys
            .snapshot(trusting.town.clock.now())
            .await
            .unwrap();
        assert!(snapshot.issuers.is_empty());
    }
}

#[tokio::test]
async fn the_metadata_of_an_oauth_server_without_openid_are_found() {
    for trusting in Trusting::both().await {
        let tenant = "https://login.partner.test/t/1";
        let address = "https://login.partner.test/.well-known/oauth-authorization-server/t/1";
        trusting
            .elsewhere
            .put(address, json!({ "issuer": tenant, "jwks_uri": KEYS }));
        let issuer = trusting.trust(tenant, discovery()).await.unwrap();
        let refreshed = trusting.keys.refresh_issuer(&security(), issuer.id()).await;
        assert_eq!(refreshed.unwrap(), Refreshed::Changed);
    }
}

#[tokio::test]
async fn a_suspended_issuer_is_told_to_no_gateway_and_a_withdrawn_one_never_again() {
    for trusting in Trusting::both().await {
        let (id, skip) = (trusting.partner().await, trusting.town.revision().await);
        let told = || async {
            let now = trusting.town.clock.now();
            trusting.keys.snapshot(now).await.unwrap().issuers.len()
        };
        assert_eq!(told().await, 1);
        let reason = Some("a breach there".parse().unwrap());
        trusting
            .keys
            .suspend_issuer(&security(), id, reason)
            .await
            .unwrap();
        assert_eq!(told().await, 0);
        trusting.keys.resume_issuer(&security(), id).await.unwrap();
        assert_eq!(told().await, 1);
        trusting
            .keys
            .withdraw_issuer(&security(), id, None)
            .await
            .unwrap();
        assert_eq!(told().await, 0);
        let again = trusting.keys.resume_issuer(&security(), id).await;
        assert!(matches!(
            again,
            Err(IssuerError::Refused(OutsideIssuerError::Withdrawn))
        ));
        let events = ["issuer.suspend", "issuer.resume", "issuer.withdraw"];
        assert_eq!(trusting.town.events(skip).await, events);
        // Its name is free again.
        assert!(trusting.trust(THEIRS, discovery()).await.is_ok());
        assert!(matches!(
            trusting.trust(THEIRS, discovery()).await,
            Err(IssuerError::Taken)
        ));
    }
}

#[tokio::test]
async fn only_those_who_guard_may_and_never_for_our_own_name() {
    for trusting in Trusting::both().await {
        let publisher = trusting.town.publisher_of(&trusting.town.orders);
        let terms = trusting.terms(THEIRS);
        let source = discovery();
        let refused = trusting
            .keys
            .trust_issuer(&publisher, TrustIssuer { terms, source })
            .await;
        assert!(matches!(refused, Err(IssuerError::Denied(_))));
        let id = trusting.partner().await;
        let refused = trusting.keys.refresh_issuer(&publisher, id).await;
        assert!(matches!(refused, Err(IssuerError::Denied(_))));
        for own in [
            ISSUER,
            "https://id.example/",
            "HTTPS://id.example",
            "https://id.example.evil.test",
        ] {
            let refused = trusting.trust(own, discovery()).await;
            let own_name = IssuerError::Refused(OutsideIssuerError::OurOwn);
            assert_eq!(
                refused.unwrap_err().to_string(),
                own_name.to_string(),
                "{own}"
            );
        }
        let mut terms = trusting.terms("https://other.test");
        terms.name = "Other".parse().unwrap();
        terms.rules =
            json!([{ "application": "app_00000000000000000000000001", "scopes": { "fixed": [] } }])
                .to_string()
                .parse()
                .unwrap();
        let refused = trusting
            .keys
            .trust_issuer(
                &admin(),
                TrustIssuer {
                    terms,
                    source: discovery(),
                },
            )
            .await;
        assert!(matches!(refused, Err(IssuerError::NoSuchApplication(_))));
    }
}

#[tokio::test]
async fn a_refusal_that_newer_keys_could_mend_is_heard() {
    let trusting = Trusting::both().await.remove(0);
    let id = trusting.partner().await;
    let decision = |refusal| Decision {
        id: gatewright_domain::id::DecisionId::draw(
            trusting.town.clock.now(),
            &*trusting.town.entropy,
        ),
        at: trusting.town.clock.now(),
        gateway: None,
        request: gatewright_domain::id::RequestId::draw(
            trusting.town.clock.now(),
            &*trusting.town.entropy,
        ),
        method: None,
        version: None,
        operation: None,
        application: None,
        jti: None,
        refusal,
        steps: Vec::new(),
        revision: 1,
    };
    let decisions = [
        decision(Refusal::NoCredential),
        decision(Refusal::IssuerKeyUnknown { issuer: id }),
        decision(Refusal::IssuerKeyUnknown { issuer: id }),
    ];
    trusting.keys.note_surprises(&decisions);
    assert_eq!(trusting.keys.surprises().await, [id].into());
}
