//! Pointing at what is not there, at what another team owns, and at what has changed meanwhile.

use std::collections::BTreeSet;

use gatewright_testkit::database::Engine;
use serde_json::{Value, json};

use crate::{
    http::Answer,
    instance::{Instance, Layout, PASSWORD},
    routes::{IfMatch, Judge, NOTHING, Route, Things, mutating, routes},
    shop,
};

fn opened(engine: Engine) -> (Instance, Things) {
    let instance = Instance::founded(engine, Layout::Embedded);
    shop::open(&instance, "http://127.0.0.1:9000");
    let things = Things::held(&instance);
    (instance, things)
}

/// What a 404 says, but for what is different with every request.
fn words(answer: &Answer) -> String {
    let mut document = answer.json();
    let members = document.as_object_mut().unwrap();
    members.remove("instance");
    members.remove("request_id");
    document.to_string()
}

#[test]
fn what_is_not_there_is_told_in_one_way() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let (instance, things) = opened(engine);
        let (mut judge, before) = (Judge::default(), instance.events());
        let mut said = BTreeSet::new();
        for route in routes() {
            for name in route.parameters() {
                let key = Things::key(&route, name);
                for missing in Things::missing(key) {
                    let at = things.but(key, &missing);
                    let answer = route.ask(&instance.portal, &instance.admin, &at).send();
                    let case = format!("{} {} with {missing}", route.method, route.path);
                    judge.problem(&answer, &[404], &case);
                    said.insert(words(&answer));
                }
            }
        }
        assert_eq!(said.len(), 1, "{said:#?}");
        assert_eq!(instance.happened_since(before), NOTHING);
        judge.closing(&instance);
    }
}

/// The operations by which a publisher reaches what another team owns; all others must tell nothing of it.
fn concerns_an_api(route: &Route) -> bool {
    route.path.starts_with("/apis/{api}")
}

/// The access token of a publisher in another team than that of `orders`.
fn stranger_to_orders(instance: &Instance) -> String {
    instance
        .post("/teams", &json!({ "name": "others" }))
        .good(201);
    let bob =
        json!({ "name": "bob", "role": "publisher", "teams": ["others"], "password": PASSWORD });
    instance.post("/operators", &bob).good(201);
    instance.access_token("bob")
}

#[test]
fn what_another_team_owns_is_told_as_if_it_were_not_there() {
    let (instance, things) = opened(Engine::Sqlite);
    let bob = stranger_to_orders(&instance);
    let mut judge = Judge::default();
    let (mut foreign, mut missing) = (BTreeSet::new(), BTreeSet::new());
    let orders = instance.get("/apis/orders");
    let before = instance.events();
    for route in routes().iter().filter(|route| concerns_an_api(route)) {
        let case = format!("{} {} of another team", route.method, route.path);
        let answer = route.ask(&instance.portal, &bob, &things).send();
        judge.problem(&answer, &[404], &case);
        foreign.insert(words(&answer));
        let by_id = things.but("api", orders["id"].as_str().unwrap());
        let answer = route.ask(&instance.portal, &bob, &by_id).send();
        judge.problem(&answer, &[404], &case);
        foreign.insert(words(&answer));
        let nowhere = things.but("api", "missing");
        let answer = route.ask(&instance.portal, &bob, &nowhere).send();
        judge.problem(&answer, &[404], &case);
        missing.insert(words(&answer));
    }
    assert_eq!(foreign, missing);
    assert_eq!(foreign.len(), 1, "{foreign:#?}");
    assert_eq!(instance.happened_since(before), NOTHING);
    assert_eq!(
        instance.get("/apis/orders/versions/v1")["status"],
        "published"
    );
    judge.closing(&instance);
}

/// A right to an API of another team is neither given nor taken, whoever's application has it.
#[test]
fn rights_to_what_another_team_owns_stay_as_they_are() {
    let (instance, things) = opened(Engine::Sqlite);
    let bob = stranger_to_orders(&instance);
    let mut judge = Judge::default();
    let before = instance.events();
    for route in mutating() {
        let of_a_right = ["/subscriptions", "/tokens", "/applications/{application}/"];
        if !of_a_right.iter().any(|part| route.path.starts_with(part)) {
            continue;
        }
        let case = format!("{} {} of another team", route.method, route.path);
        let answer = route.ask(&instance.portal, &bob, &things).send();
        judge.problem(&answer, &[403, 404, 422], &case);
    }
    let events = instance.happened_since(before);
    let denied = |event: &String| event.contains("was not allowed");
    assert!(
        !events.is_empty(),
        "what the policy refused is an event too"
    );
    assert!(events.iter().all(denied), "{events:#?}");
    judge.closing(&instance);
}

#[test]
fn a_stranger_and_a_reader_change_nothing() {
    let (instance, things) = opened(Engine::Sqlite);
    instance.admit_at_terminal("eve", "auditor");
    let eve = instance.access_token("eve");
    let mut judge = Judge::default();
    let before = instance.events();
    for route in mutating() {
        let case = format!("{} {}", route.method, route.path);
        for nobody in [
            "",
            "gw_pat_0000000000000000000000000000000000000000000000",
            "x y",
        ] {
            let answer = route.ask(&instance.portal, nobody, &things).send();
            judge.problem(&answer, &[401], &case);
            assert!(
                answer.header("www-authenticate").starts_with("Bearer "),
                "{case}"
            );
        }
    }
    assert_eq!(instance.happened_since(before), NOTHING);
    let mut denied = 0;
    for route in mutating() {
        let case = format!("{} {}", route.method, route.path);
        let answer = route.ask(&instance.portal, &eve, &things).send();
        match answer.status {
            200 => assert!(
                ["/audit/verify", "/inspect", "/issuers/{issuer}/try"].contains(&&*route.path),
                "{case}"
            ),
            403 => {
                judge.problem(&answer, &[403], &case);
                denied += 1;
            }
            // Not hers, or not there.
            _ => drop(judge.problem(&answer, &[404], &case)),
        }
    }
    assert!(denied > 25, "{denied}");
    for event in &instance.happened_since(before) {
        let kept = event.contains("verified the audit trail") || event.contains("was not allowed");
        assert!(kept, "an auditor did something: {event}");
    }
    judge.closing(&instance);
}

#[test]
fn an_edit_of_what_has_changed_is_refused() {
    let (instance, things) = opened(Engine::Sqlite);
    let (mut judge, before) = (Judge::default(), instance.events());
    for route in mutating() {
        let url = format!("{}/api/v1{}", instance.portal, route.filled(&things));
        let ask = || {
            let ask = crate::http::Ask::new(&route.method, &url).bearer(&instance.admin);
            match route.body() {
                Some(body) => ask.json(&body),
                None if route.path.ends_with("/contract") => ask.json(&shop::contract()),
                None => ask,
            }
        };
        let case = format!("{} {}", route.method, route.path);
        if route.if_match == IfMatch::Needed {
            judge.problem(&ask().send(), &[428], &case);
        }
        if route.if_match != IfMatch::Ignored {
            for stale in [
                "\"999\"",
                "\"0\"",
                "W/\"1\"",
                "no tag",
                "\"1\", \"2\"",
                "\"-1\"",
            ] {
                let answer = ask().with("If-Match", stale).send();
                judge.problem(&answer, &[412], &format!("{case} with {stale}"));
            }
        }
    }
    assert_eq!(instance.happened_since(before), NOTHING);
    judge.closing(&instance);
}

#[test]
fn an_edit_of_what_was_read_is_made_once() {
    let (instance, things) = opened(Engine::Sqlite);
    for route in mutating() {
        if route.if_match != IfMatch::Needed {
            continue;
        }
        let path = route.filled(&things);
        let tag = instance.api("GET", &path).send().header("etag").to_owned();
        let edit = || {
            let ask = instance.api(&route.method, &path).with("If-Match", &tag);
            ask.json(&edited(&route)).send()
        };
        let made = edit();
        let late = edit();
        assert_eq!(made.status, 200, "{path}: {}", made.text());
        assert_ne!(made.header("etag"), tag, "{path}");
        late.problem(412, "stale");
    }
}

/// A body that changes something, and that leaves the installation its administrator.
fn edited(route: &Route) -> Value {
    match route.path.as_str() {
        "/operators/{operator}" => json!({ "teams": [] }),
        "/apis/{api}" => json!({ "title": "Other" }),
        _ => route.body().unwrap(),
    }
}
