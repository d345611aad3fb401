//! A POST with an `Idempotency-Key` is carried out once, however often and however fast it is sent.

use gatewright_testkit::database::Engine;
use serde_json::{Value, json};

use crate::{
    http::{Answer, Ask},
    instance::{Instance, Layout},
    routes::{Things, mutating},
    shop,
};

fn opened(engine: Engine) -> Instance {
    let instance = Instance::founded(engine, Layout::Embedded);
    shop::open(&instance, "http://127.0.0.1:9000");
    instance
}

#[test]
fn a_repeated_key_gives_the_same_answer_and_another_body_is_refused() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let instance = opened(engine);
        let things = Things::held(&instance);
        let makers = mutating();
        let makers = makers.iter().filter(|route| {
            let last = route.path.rsplit_once('/').unwrap().1;
            [
                "apis",
                "plans",
                "versions",
                "consumers",
                "applications",
                "teams",
                "operators",
            ]
            .contains(&last)
        });
        let mut walked = 0;
        for route in makers {
            walked += 1;
            let key = format!("key-of-{walked}");
            let ask = || {
                route
                    .ask(&instance.portal, &instance.admin, &things)
                    .with("Idempotency-Key", &key)
            };
            let before = instance.events();
            let first = ask().send();
            let again = ask().send();
            assert_eq!(first.good(201), again.good(201), "{}", route.path);
            assert_eq!(
                again.header("idempotency-replayed"),
                "true",
                "{}",
                route.path
            );
            assert_eq!(instance.happened_since(before).len(), 1, "{}", route.path);
            let mut other = route.body().unwrap();
            other["name"] = json!("something-else");
            let other = ask().json(&other).send();
            other.problem(422, "idempotency-mismatch");
        }
        assert_eq!(walked, 7);
        a_secret_is_shown_once(&instance);
    }
}

/// The answer with a secret is not kept, so it cannot be given again.
fn a_secret_is_shown_once(instance: &Instance) {
    let wish = json!({ "name": "once", "scopes": ["orders:v1:read"], "lifetime_s": 600 });
    let ask = || {
        let ask = instance.api("POST", "/applications/Shop/tokens");
        ask.with("Idempotency-Key", "once").json(&wish).send()
    };
    let before = instance.events();
    ask().good(201);
    ask().problem(409, "shown-once");
    assert_eq!(instance.happened_since(before).len(), 1);
}

#[test]
fn what_failed_may_be_repeated_under_its_key() {
    let instance = opened(Engine::Sqlite);
    let ask = |body: &Value| {
        let ask = instance.api("POST", "/consumers");
        ask.with("Idempotency-Key", "again").json(body).send()
    };
    ask(&json!({ "name": "Acme" })).problem(409, "taken");
    ask(&json!({ "name": "Other" })).good(201);
    let ask = |key: &str| {
        let ask = instance
            .api("POST", "/consumers")
            .with("Idempotency-Key", key);
        ask.json(&json!({ "name": "Third" })).send()
    };
    for key in ["", &"k".repeat(256)] {
        ask(key).problem(422, "body-invalid");
    }
}

#[test]
fn the_same_request_at_once_is_carried_out_once() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let instance = opened(engine);
        let before = instance.events();
        for round in 0..5 {
            let key = format!("round-{round}");
            let body = json!({ "name": format!("Consumer {round}") });
            let ask = instance
                .api("POST", "/consumers")
                .with("Idempotency-Key", &key)
                .json(&body);
            let answers = at_once(8, &ask);
            let made: Vec<&Answer> = answers
                .iter()
                .filter(|answer| answer.status == 201)
                .collect();
            assert!(!made.is_empty(), "nobody was answered");
            assert!(
                made.iter().all(|answer| answer.body == made[0].body),
                "two different answers"
            );
            for other in answers.iter().filter(|answer| answer.status != 201) {
                other.problem(409, "idempotency-running");
            }
            assert_eq!(
                ask.send().good(201),
                made[0].json(),
                "afterwards it is repeated"
            );
        }
        assert_eq!(instance.happened_since(before).len(), 5);
    }
}

fn at_once(many: usize, ask: &Ask) -> Vec<Answer> {
    let threads: Vec<_> = (0..many)
        .map(|_| {
            let ask = ask.clone();
            std::thread::spawn(move || ask.send())
        })
        .collect();
    threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect()
}
