//! Signing keys in a hardware module, as operators and clients meet them: tokens, a rotation, and a module that goes away.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gatewright_testkit::{
    database::Engine,
    echo::EchoUpstream,
    softhsm::{self, CONF, PIN, SoftHsm},
};
use serde_json::{Value, json};

use crate::{
    bad_settings::{FREE, refused},
    http::{Answer, Ask},
    instance::{Instance, Layout, within},
    program::Place,
    shop,
};

/// A client that asks for tokens of its own.
#[derive(Clone)]
struct Client {
    endpoint: String,
    credentials: String,
}

impl Client {
    fn of(instance: &Instance) -> Self {
        let made = instance.post("/applications/Shop/secrets", &json!({}));
        let made = made.good(201);
        let text = |member: &str| made[member].as_str().unwrap().to_owned();
        let pair = format!("{}:{}", text("client_id"), text("client_secret"));
        Self {
            endpoint: format!("{}/oauth2/token", instance.portal),
            credentials: format!("Basic {}", STANDARD.encode(pair)),
        }
    }

    fn ask(&self) -> Answer {
        Ask::new("POST", &self.endpoint)
            .with("Authorization", &self.credentials)
            .raw(
                "application/x-www-form-urlencoded",
                "grant_type=client_credentials",
            )
            .send()
    }

    /// Asks without a pause until told to stop, and keeps the statuses. What is refused says when to come again.
    fn keep_asking(&self, stop: &Arc<AtomicBool>) -> JoinHandle<Vec<u16>> {
        let (client, stop) = (self.clone(), Arc::clone(stop));
        thread::spawn(move || {
            let mut statuses = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let answer = client.ask();
                if answer.status == 503 {
                    assert_ne!(answer.header("retry-after"), "", "{answer:?}");
                    thread::sleep(Duration::from_millis(20));
                }
                statuses.push(answer.status);
            }
            statuses
        })
    }

    fn token(&self) -> String {
        let given = self.ask().good(200);
        given["access_token"].as_str().unwrap().to_owned()
    }
}

fn kid_of(token: &str) -> String {
    let header = token.split('.').next().unwrap();
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(header)
        .unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

fn published(instance: &Instance) -> Vec<String> {
    let set = Ask::get(format!("{}/oauth2/jwks", instance.portal)).send();
    let set = set.good(200);
    let keys = set["keys"].as_array().unwrap().iter();
    keys.map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

fn readiness(instance: &Instance) -> Value {
    let ready = Ask::get(format!("{}/readyz", instance.portal)).send();
    ready.good(200)
}

/// Case P54, over everything.
#[test]
fn a_module_that_goes_away_stops_tokens_and_nothing_else_until_it_is_back() {
    let hsm = SoftHsm::new().unwrap();
    let environment = vec![
        (CONF, hsm.conf().display().to_string()),
        ("GATEWRIGHT_SIGNING", softhsm::address().unwrap()),
        ("GATEWRIGHT_SIGNING_PIN", PIN.to_owned()),
    ];
    let instance = Instance::founded_with(Engine::Sqlite, Layout::Embedded, environment);
    let upstream = EchoUpstream::start().unwrap();
    shop::open(&instance, &upstream.url());
    let client = Client::of(&instance);
    let calls = |token: &str| instance.call("GET", "/orders/v1/orders", token).status;

    let first = client.token();
    assert!(published(&instance).contains(&kid_of(&first)));
    within(Duration::from_secs(5), "the gateway knows it", || {
        calls(&first) == 200
    });
    let keys = instance.get("/keys");
    let keys = keys["items"].as_array().unwrap();
    assert!(
        keys.iter().all(|key| key["provider"] == "pkcs11"),
        "{keys:?}"
    );

    let force = json!({ "force": "a drill" });
    let rotated = instance.post("/keys/rotate", &force).good(200);
    assert_eq!(rotated["deactivated"], kid_of(&first));
    let second = client.token();
    assert_eq!(rotated["active"], kid_of(&second));
    within(Duration::from_secs(5), "the gateway knows both", || {
        calls(&first) == 200 && calls(&second) == 200
    });

    // From here on under load: every answer is a token, or a refusal that says when to come again.
    let pace = json!({ "tokens_per_minute": 1_000_000 });
    let edit = instance.api("PATCH", "/applications/Shop/client");
    let edit = edit.with("If-Match", "\"0\"").json(&pace);
    edit.send().good(200);
    let stop = Arc::new(AtomicBool::new(false));
    let asking: Vec<JoinHandle<Vec<u16>>> = (0..4).map(|_| client.keep_asking(&stop)).collect();
    thread::sleep(Duration::from_millis(500));
    let away = hsm.tokens().with_extension("away");
    fs::rename(hsm.tokens(), &away).unwrap();
    within(Duration::from_secs(5), "it is noticed", || {
        client.ask().status == 503
    });
    thread::sleep(Duration::from_millis(200));
    let events = instance.events();
    for _ in 0..20 {
        let refused = client.ask();
        assert_eq!(refused.status, 503, "{}", refused.text());
        assert_ne!(refused.header("retry-after"), "", "{refused:?}");
        assert_eq!((calls(&first), calls(&second)), (200, 200));
    }
    assert_eq!(instance.events(), events + 1, "nothing is written in vain");
    assert!(published(&instance).contains(&kid_of(&second)));
    assert_eq!(readiness(&instance)["signing_fails"], json!(["pkcs11"]));
    let metrics = Ask::get(format!("{}/metrics", instance.portal)).bearer(&instance.admin);
    let metrics = metrics.send().text();
    let line = "gatewright_signing_holder_signs{holder=\"pkcs11:gatewright\"} 0";
    assert!(metrics.contains(line), "{metrics}");
    let busy = instance.post("/keys/rotate", &force);
    busy.problem(503, "busy");
    let doctor = instance.run(&["doctor"]);
    assert!(doctor.out.contains("pkcs11:gatewright: "), "{}", doctor.out);

    fs::rename(&away, hsm.tokens()).unwrap();
    let took = within(Duration::from_secs(15), "it closes by itself", || {
        client.ask().status == 200
    });
    println!("signed again {took:?} after the token was back");
    stop.store(true, Ordering::Relaxed);
    let statuses: Vec<u16> = asking
        .into_iter()
        .flat_map(|asking| asking.join().unwrap())
        .collect();
    let good = statuses.iter().filter(|status| **status == 200).count();
    println!("{good} of {} requests got a token", statuses.len());
    assert!(statuses.iter().all(|status| matches!(status, 200 | 503)));
    assert!(
        good > 20 && good < statuses.len(),
        "{good} of {}",
        statuses.len()
    );
    let third = client.token();
    assert_eq!(kid_of(&third), kid_of(&second));
    assert_eq!((calls(&first), calls(&third)), (200, 200));
    assert_eq!(readiness(&instance), json!({ "status": "ready" }));
}

#[test]
fn an_address_that_cannot_be_used_says_what_to_do() {
    let module = "pkcs11:token=gatewright?module-path=/nowhere.so";
    let cases = [
        ("hardware", 2, "write software, pkcs11:token=LABEL"),
        ("vault:http://bao.example/transit", 2, "in the clear"),
        (module, 1, "GATEWRIGHT_SIGNING_PIN_FILE"),
        (
            "vault:https://127.0.0.1:1/transit",
            1,
            "GATEWRIGHT_SIGNING_TOKEN_FILE",
        ),
    ];
    let place = Place::new();
    for (source, code, words) in cases {
        let mut start = place.command(&FREE);
        start.env("GATEWRIGHT_SIGNING", source);
        refused(start, code, &[words]);
    }
    // A first start makes keys, so it needs who is to hold them.
    let mut start = place.command(&FREE);
    start
        .env("GATEWRIGHT_SIGNING", module)
        .env("GATEWRIGHT_SIGNING_PIN", PIN);
    refused(start, 1, &["could not be loaded"]);
}
