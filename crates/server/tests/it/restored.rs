//! A database restored from before 1,000 revocations un-revokes none of them: not at a gateway that ran all the time, not at
//! one that begins with nothing, and whether or not the operator asks to keep tokens.

use std::{sync::Mutex, time::Duration};

use gatewright_testkit::{database::Engine, echo::EchoUpstream};
use serde_json::{Value, json};

use crate::{
    client::Client,
    http::Ask,
    instance::{Instance, Layout, within},
    shop,
};

const REVOCATIONS: usize = 1000;
const AT_ONCE: usize = 4;
const ORDERS: &str = "/orders/v1/orders";

#[test]
fn nothing_is_unrevoked_on_sqlite_with_the_gateway_inside() {
    restore(Engine::Sqlite, Layout::Embedded, &["--replace", "--yes"]);
}

#[test]
fn nothing_is_unrevoked_on_postgresql_with_the_gateway_apart() {
    restore(Engine::Postgres, Layout::Apart, &["--replace", "--yes"]);
}

#[test]
fn what_was_not_revoked_goes_on_where_the_journal_survived() {
    restore(
        Engine::Postgres,
        Layout::Apart,
        &["--replace", "--keep-tokens", "--yes"],
    );
}

fn restore(engine: Engine, layout: Layout, terms: &[&str]) {
    let keeps = terms.contains(&"--keep-tokens");
    let upstream = EchoUpstream::start().unwrap();
    let mut instance = Instance::founded(engine, layout);
    shop::open(&instance, &upstream.url());
    let client = Client::of_shop(&instance);
    let ask = || {
        client.ask().good(200)["access_token"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (doomed, good) = (many(ask), ask());
    let call = |instance: &Instance, token: &str| instance.call("GET", ORDERS, token).status;
    within(
        Duration::from_secs(10),
        "the gateway knows the shop",
        || call(&instance, &good) == 200,
    );

    let credentials = Credentials::of(&instance, &client);
    let backup = instance.run(&["backup", "before.gwb"]);
    assert_eq!(backup.code, Some(0), "{backup:?}");
    credentials.revoke(&instance);
    let (left, client_of) = (Mutex::new(doomed.clone()), &client);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(token) = left.lock().unwrap().pop() else {
                        break;
                    };
                    assert_eq!(client_of.revoke(&token).status, 200);
                }
            });
        }
    });
    let none_passes = |instance: &Instance, when: &str| {
        let passing = doomed.iter().filter(|token| call(instance, token) != 401);
        assert_eq!(passing.count(), 0, "{when}");
    };
    within(Duration::from_secs(10), "all are revoked", || {
        doomed.iter().all(|token| call(&instance, token) == 401)
    });
    credentials.are_over(&instance, "before the restore");
    assert_eq!(call(&instance, &good), 200);

    instance.kill();
    let restored = instance.run(&[&["restore", "before.gwb"], terms].concat());
    assert_eq!(restored.code, Some(0), "{restored:?}");
    instance.serve();
    if !keeps {
        // Access tokens of operators are among what a restore does not trust.
        instance.admin = instance.access_token("ada");
    }
    let kept = if keeps { 200 } else { 401 };
    within(Duration::from_secs(10), "the new epoch is in force", || {
        call(&instance, &good) == kept
    });
    none_passes(&instance, "after the restore");
    credentials.are_over(&instance, "after the restore");
    if layout == Layout::Apart {
        instance.forget_at_gateway();
        none_passes(&instance, "at a gateway that begins with nothing");
        assert_eq!(call(&instance, &good), kept);
    }
    within(Duration::from_secs(10), "a new token passes", || {
        call(&instance, &ask()) == 200
    });
    let proof = instance.api("POST", "/audit/verify").send().good(200);
    assert_eq!(proof["valid"], true, "{proof}");
    let forgotten = json!({ "token": doomed.first().unwrap() });
    let inspected = instance.post("/inspect", &forgotten).good(200);
    let said = inspected.to_string();
    assert!(said.contains(r#""verdict":"refused""#), "{said}");
}

/// What is good for more than one token, each revoked after the backup: a grant, a client secret, an access token.
struct Credentials {
    client: Client,
    other_secret: Client,
    secret: String,
    grant: String,
    refresh_token: String,
    access_token: String,
}

impl Credentials {
    fn of(instance: &Instance, client: &Client) -> Self {
        let text = |value: &Value, member: &str| value[member].as_str().unwrap().to_owned();
        let issued = instance.post("/applications/Shop/secrets", &json!({}));
        let issued = issued.good(201);
        let wish = json!({ "name": "Kept", "scopes": ["orders:v1:read"] });
        let begun = instance.post("/applications/Shop/grants", &wish).good(201);
        Self {
            client: client.clone(),
            other_secret: client.with(&issued),
            secret: text(&issued, "id"),
            grant: text(&begun, "id"),
            refresh_token: text(&begun, "refresh_token"),
            access_token: instance.access_token("ada"),
        }
    }

    fn revoke(&self, instance: &Instance) {
        assert_eq!(self.whoami(instance), 200);
        let tokens = instance.get("/access-tokens");
        let newest = tokens["items"].as_array().unwrap().iter();
        let newest = newest.max_by_key(|token| token["issued_at"].as_str().unwrap().to_owned());
        let newest = newest.unwrap()["id"].as_str().unwrap().to_owned();
        for path in [
            format!("/grants/{}/revoke", self.grant),
            format!("/applications/Shop/secrets/{}/revoke", self.secret),
            format!("/access-tokens/{newest}/revoke"),
        ] {
            let answer = instance.post(&path, &json!({}));
            assert!(answer.status < 300, "{path}: {}", answer.text());
        }
    }

    fn are_over(&self, instance: &Instance, when: &str) {
        assert_eq!(self.whoami(instance), 401, "the access token, {when}");
        let asked = self.other_secret.ask();
        assert_eq!(asked.status, 401, "the secret, {when}: {}", asked.text());
        let refreshed = self.client.refresh(&self.refresh_token);
        assert_eq!(
            refreshed.json()["error"],
            "invalid_grant",
            "the grant, {when}"
        );
    }

    fn whoami(&self, instance: &Instance) -> u16 {
        let ask = Ask::get(format!("{}/api/v1/home", instance.portal));
        ask.bearer(&self.access_token).send().status
    }
}

/// As many tokens as will be revoked.
fn many(ask: impl Fn() -> String + Sync) -> Vec<String> {
    let tokens = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                for _ in 0..REVOCATIONS / AT_ONCE {
                    let token = ask();
                    tokens.lock().unwrap().push(token);
                }
            });
        }
    });
    tokens.into_inner().unwrap()
}
