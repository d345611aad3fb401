//! Outside issuers, driven from outside: one that is discovered and rotates its key, and a script that shares a secret; through
//! the gateway inside the server on SQLite, and apart from it on PostgreSQL.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use gatewright_domain::digest::sha256_hex;
use gatewright_testkit::{database::Engine, echo::EchoUpstream};
use serde_json::{Value, json};

use crate::{
    instance::{Instance, Layout, within},
    shop,
};

const ORDERS: &str = "/orders/v1/orders";
const SECRET: &str = "a secret that a script and we have in common";
const SECOND: Duration = Duration::from_secs(1);

#[test]
fn on_sqlite_with_the_gateway_inside() {
    walk(Engine::Sqlite, Layout::Embedded);
}

#[test]
fn on_postgresql_with_the_gateway_apart() {
    walk(Engine::Postgres, Layout::Apart);
}

fn walk(engine: Engine, layout: Layout) {
    let upstream = EchoUpstream::start().unwrap();
    let mut instance = Instance::founded(engine, layout);
    shop::open(&instance, &upstream.url());
    let application = instance.get("/applications/Shop");
    let application = application["id"].as_str().unwrap().to_owned();

    let partner = Partner::open();
    let id = partner.trusted(&instance, &application);
    let token = partner.token("ci");
    answers(&instance, &token, 200);
    let answer = instance.call("GET", ORDERS, &token);
    assert!(
        answer.text().contains("orders:v1:read"),
        "{}",
        answer.text()
    );
    assert_eq!(instance.call("POST", ORDERS, &token).status, 403);
    assert_eq!(
        instance
            .call("GET", ORDERS, &partner.token("stranger"))
            .status,
        401
    );
    let inspection = instance
        .post("/inspect", &json!({ "token": token }))
        .good(200);
    assert!(
        inspection.to_string().contains("rule 1 matches"),
        "{inspection}"
    );

    a_rotation_is_followed_without_anybody(&instance, &partner, &id);
    a_script_is_taken_by_its_secret(&instance, &application);

    // What is kept outlives restarts; and the partner may be away.
    let token = partner.token("ci");
    partner.go_away();
    instance.restart();
    if layout == Layout::Apart {
        instance.restart_gateway();
    }
    answers(&instance, &token, 200);
    // A person is told so too when it was asked a moment ago.
    within(SECOND * 10, "it cannot be fetched", || {
        let at = format!("/issuers/{id}/refresh");
        let refreshed = instance.post(&at, &json!({})).good(200);
        refreshed["outcome"] == "failed"
    });
    answers(&instance, &token, 200);

    let reason = json!({ "reason": "A breach there." });
    instance
        .post(&format!("/issuers/{id}/suspend"), &reason)
        .good(200);
    answers(&instance, &token, 401);
    instance
        .post(&format!("/issuers/{id}/resume"), &json!({}))
        .good(200);
    answers(&instance, &token, 200);
    let withdrawn = instance.run(&["issuer", "withdraw", "Partner", "--yes"]);
    assert_eq!(withdrawn.code, Some(0), "{withdrawn:?}");
    answers(&instance, &token, 401);
    let listed = instance.run(&["issuer", "list"]);
    assert!(listed.out.contains("withdrawn"), "{listed:?}");
    what_is_ours_or_private_is_refused(&instance, &application);
}

/// A key that nobody here has seen signs, and within seconds it is known: a refusal told the control plane.
fn a_rotation_is_followed_without_anybody(instance: &Instance, partner: &Partner, id: &str) {
    partner.rotate();
    let token = partner.token("ci");
    assert_eq!(instance.call("GET", ORDERS, &token).status, 401);
    // Nothing is asked within half a minute of the last time, which was when it was trusted.
    within(Duration::from_secs(45), "the new key is known", || {
        thread::sleep(Duration::from_millis(500));
        instance.call("GET", ORDERS, &token).status == 200
    });
    let shown = instance.get(&format!("/issuers/{id}"));
    assert_eq!(shown["keys"].as_array().unwrap().len(), 2, "{shown}");
    let asked = partner.asked.load(Ordering::SeqCst);
    assert!(asked <= 6, "{asked} requests");
}

fn a_script_is_taken_by_its_secret(instance: &Instance, application: &str) {
    let script = json!({
        "name": "Billing script", "issuer": "billing-script", "audience": "orders",
        "keys": { "secret": SECRET },
        "rules": [{ "application": application, "scopes": { "words": { "claim": "scope",
            "map": { "read": ["orders:v1:read"] } } } }],
    });
    let trusted = instance.post("/issuers", &script);
    assert!(!trusted.text().contains(SECRET));
    trusted.good(201);
    let claims = json!({ "iss": "billing-script", "aud": "orders", "scope": "read write", "exp": now() + 300 });
    let token = hs256(SECRET.as_bytes(), &claims);
    answers(instance, &token, 200);
    let forged = hs256(b"a guess that has as many bytes as it takes", &claims);
    assert_eq!(instance.call("GET", ORDERS, &forged).status, 401);
    let log = instance.log().join("\n");
    assert!(!log.contains(SECRET) && !log.contains(&token));
}

fn what_is_ours_or_private_is_refused(instance: &Instance, application: &str) {
    let rules = json!([{ "application": application, "scopes": { "fixed": [] } }]);
    let keys = json!({ "discovery": { "algorithms": ["ES256"] } });
    let mut new = json!({ "name": "Us", "issuer": instance.portal, "audience": "a", "keys": keys, "rules": rules });
    let refused = instance.post("/issuers", &new);
    refused.problem(422, "body-invalid");
    new["issuer"] = "https://169.254.169.254".into();
    let trusted = instance.post("/issuers", &new).good(201);
    let failure = trusted["failure"].as_str().unwrap();
    assert!(failure.contains("not a public address"), "{trusted}");
}

/// Waits until the gateway answers a token so.
fn answers(instance: &Instance, token: &str, status: u16) {
    let what = format!("the gateway answers {status}");
    within(SECOND * 2, &what, || {
        instance.call("GET", ORDERS, token).status == status
    });
}

#[expect(
    clippy::disallowed_methods,
    reason = "the partner and the script are other machines, with clocks of their own"
)]
fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A small OpenID provider: its metadata, its keys, and whoever asks is counted.
struct Partner {
    address: SocketAddr,
    keys: Arc<Mutex<Vec<(String, EcdsaKeyPair)>>>,
    asked: Arc<AtomicUsize>,
    away: Arc<AtomicUsize>,
}

impl Partner {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let partner = Self {
            address: listener.local_addr().unwrap(),
            keys: Arc::default(),
            asked: Arc::default(),
            away: Arc::default(),
        };
        partner.rotate();
        let (keys, asked, away) = (
            Arc::clone(&partner.keys),
            Arc::clone(&partner.asked),
            Arc::clone(&partner.away),
        );
        let issuer = partner.issuer();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                asked.fetch_add(1, Ordering::SeqCst);
                let mut head = [0; 4096];
                let read = stream.read(&mut head).unwrap_or(0);
                let head = String::from_utf8_lossy(&head[..read]).into_owned();
                let body = match head.split(' ').nth(1) {
                    _ if away.load(Ordering::SeqCst) > 0 => continue,
                    Some("/.well-known/openid-configuration") => {
                        json!({ "issuer": issuer, "jwks_uri": format!("{issuer}/keys") })
                    }
                    _ => set(&keys.lock().unwrap()),
                };
                let body = body.to_string();
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
                );
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        partner
    }

    fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Publishes another key, which signs from now on; the older ones stay in the set.
    fn rotate(&self) {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let mut keys = self.keys.lock().unwrap();
        let kid = format!("key-{}", keys.len());
        keys.push((kid, pair));
    }

    fn go_away(&self) {
        self.away.store(1, Ordering::SeqCst);
    }

    /// Has an installation trust it, and gives the id under which it does.
    fn trusted(&self, instance: &Instance, application: &str) -> String {
        let new = json!({
            "name": "Partner", "issuer": self.issuer(), "audience": "https://api.partner.test",
            "keys": { "discovery": { "algorithms": ["ES256", "RS256"] } },
            "rules": [{ "when": [{ "claim": "/act/sub", "is": "ci" }], "application": application,
                "scopes": { "fixed": ["orders:v1:read", "orders:v1:admin"] } }],
        });
        let trusted = instance.post("/issuers", &new).good(201);
        assert_eq!(trusted["failure"], Value::Null, "{trusted}");
        assert_eq!(trusted["keys"].as_array().unwrap().len(), 1, "{trusted}");
        trusted["id"].as_str().unwrap().to_owned()
    }

    fn token(&self, whose: &str) -> String {
        let keys = self.keys.lock().unwrap();
        let (kid, pair) = keys.last().unwrap();
        let header = json!({ "alg": "ES256", "kid": kid, "typ": "JWT" });
        let claims = json!({
            "iss": self.issuer(), "aud": ["account", "https://api.partner.test"], "act": { "sub": whose },
            "iat": now(), "exp": now() + 600,
        });
        let input = format!(
            "{}.{}",
            encode(header.to_string()),
            encode(claims.to_string())
        );
        let signature = pair.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
        format!("{input}.{}", encode(signature.as_ref()))
    }
}

fn set(keys: &[(String, EcdsaKeyPair)]) -> Value {
    let jwk = |(kid, pair): &(String, EcdsaKeyPair)| {
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        json!({ "kid": kid, "use": "sig", "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y) })
    };
    json!({ "keys": keys.iter().map(jwk).collect::<Vec<_>>() })
}

/// `jwt.encode(claims, secret, algorithm="HS256")`, by hand (RFC 2104).
fn hs256(secret: &[u8], claims: &Value) -> String {
    let input = format!(
        "{}.{}",
        encode(r#"{"alg":"HS256","typ":"JWT"}"#),
        encode(claims.to_string())
    );
    let pad = |with: u8| {
        let padded = secret.iter().copied().chain(std::iter::repeat(0)).take(64);
        padded.map(|byte| byte ^ with).collect::<Vec<u8>>()
    };
    let inner = sha256(&[pad(0x36).as_slice(), input.as_bytes()].concat());
    let tag = sha256(&[pad(0x5c), inner].concat());
    format!("{input}.{}", encode(tag))
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    let hex = sha256_hex(bytes).into_bytes();
    let pairs = hex.chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}
