//! Every operation that takes a body is sent wrong ones: each is a problem that says what and where, and nothing is stored.

use gatewright_testkit::database::Engine;
use serde_json::{Value, json};

use crate::{
    http::{Answer, Ask},
    instance::{Instance, Layout},
    routes::{IfMatch, Judge, NOTHING, Route, Things, mutating},
    shop,
};

fn opened() -> (Instance, Things) {
    let instance = Instance::founded(Engine::Sqlite, Layout::Embedded);
    shop::open(&instance, "http://127.0.0.1:9000");
    let things = Things::held(&instance);
    (instance, things)
}

/// Sends a body to a route that is right in every other way.
fn send(instance: &Instance, things: &Things, route: &Route, media: &str, body: &[u8]) -> Answer {
    let url = format!("{}/api/v1{}", instance.portal, route.filled(things));
    let ask = Ask::new(&route.method, url).bearer(&instance.admin);
    let ask = match route.if_match {
        IfMatch::Needed => ask.with("If-Match", "\"1\""),
        IfMatch::Heeded | IfMatch::Ignored => ask,
    };
    ask.raw(media, body).send()
}

const JSON: &str = "application/json";

#[test]
fn a_body_that_cannot_be_read_changes_nothing() {
    let (instance, things) = opened();
    let (mut judge, before) = (Judge::default(), instance.events());
    for route in mutating() {
        let Some(valid) = route.body() else { continue };
        let whole = valid.to_string().into_bytes();
        let (cut, _) = whole.split_at(whole.len() - 1);
        let (objects, lists) = ("{\"a\":".repeat(50_000), "[".repeat(50_000));
        let unreadable: [(&str, &[u8], &[u16]); 9] = [
            ("cut off", cut, &[400]),
            ("not JSON", b"name=x", &[400]),
            ("two values", &[&whole[..], b" {}"].concat(), &[400]),
            (
                "bytes that are no text",
                b"{\"name\":\"\xff\xfe\"}",
                &[400, 422],
            ),
            (
                "a mark before it",
                &[b"\xef\xbb\xbf", &whole[..]].concat(),
                &[400],
            ),
            ("half a character", b"{\"name\":\"\\ud800\"}", &[400, 422]),
            ("a number beyond numbers", b"{\"name\":1e999}", &[400, 422]),
            ("deep", objects.as_bytes(), &[400, 422]),
            ("deep lists", lists.as_bytes(), &[400, 422]),
        ];
        for (what, body, statuses) in unreadable {
            let case = format!("{} {}: {what}", route.method, route.path);
            let answer = send(&instance, &things, &route, JSON, body);
            judge.problem(&answer, statuses, &case);
        }
        let case = format!("{} {}", route.method, route.path);
        let form = send(&instance, &things, &route, "text/plain", &whole);
        judge.problem(&form, &[415], &case);
        let large = format!("{{\"name\":\"{}\"}}", "a".repeat(1024 * 1024));
        let large = send(&instance, &things, &route, JSON, large.as_bytes());
        judge.problem(&large, &[413], &case);
    }
    assert_eq!(instance.happened_since(before), NOTHING);
    judge.closing(&instance);
}

#[test]
fn a_body_of_the_wrong_shape_changes_nothing() {
    let (instance, things) = opened();
    let (mut judge, before) = (Judge::default(), instance.events());
    for route in mutating() {
        let Some(valid) = route.body() else { continue };
        let mut cases: Vec<(String, Value)> = Vec::new();
        for other in [json!(7), json!("text"), json!(true), json!(null), json!([])] {
            cases.push(("another value".to_owned(), other));
        }
        let members = valid.as_object().unwrap();
        let in_a_row = Value::Array(members.values().cloned().collect());
        cases.push(("the members in a row".to_owned(), in_a_row));
        let mut more = valid.clone();
        more["colour"] = json!("red");
        cases.push(("an unknown member".to_owned(), more));
        for name in route.needs() {
            let mut less = valid.clone();
            less.as_object_mut().unwrap().remove(*name);
            cases.push((format!("without `{name}`"), less));
        }
        for (name, value) in members {
            for wrong in wrong_for(value) {
                let mut changed = valid.clone();
                changed[name] = wrong;
                cases.push((format!("a wrong `{name}`"), changed));
            }
        }
        for (what, body) in cases {
            let case = format!("{} {}: {what}: {body}", route.method, route.path);
            let text = body.to_string();
            let answer = send(&instance, &things, &route, JSON, text.as_bytes());
            let problem = judge.problem(&answer, &[422], &case);
            assert!(
                !problem["errors"].as_array().unwrap().is_empty(),
                "{case}: {problem}"
            );
        }
        let (name, value) = members.iter().next().unwrap();
        let twice = format!("{{\"{name}\":{value},{}", &valid.to_string()[1..]);
        let answer = send(&instance, &things, &route, JSON, twice.as_bytes());
        judge.problem(
            &answer,
            &[422],
            &format!("{} {}: twice", route.method, route.path),
        );
    }
    assert_eq!(instance.happened_since(before), NOTHING);
    judge.closing(&instance);
}

/// Values that are wrong where this one is right.
fn wrong_for(value: &Value) -> Vec<Value> {
    match value {
        Value::String(_) => vec![json!(7), json!(["x"]), json!({ "a": 1 })],
        Value::Number(_) => vec![json!("7"), json!(-1), json!(1.5), json!([7]), json!({})],
        Value::Array(_) => vec![json!(7), json!([7]), json!([["x"]]), json!("x")],
        _ => vec![
            json!(7),
            json!("x"),
            json!([1]),
            json!({}),
            json!({ "colour": "red" }),
        ],
    }
}

#[test]
fn a_move_that_takes_nothing_refuses_what_it_is_told() {
    let (instance, things) = opened();
    let (mut judge, before) = (Judge::default(), instance.events());
    for route in mutating() {
        if route.body().is_some() || route.path.ends_with("/contract") {
            continue;
        }
        let case = format!("{} {}", route.method, route.path);
        let told = send(&instance, &things, &route, JSON, b"{\"reason\":\"x\"}");
        judge.problem(&told, &[422], &case);
        let listed = send(&instance, &things, &route, JSON, b"[]");
        judge.problem(&listed, &[422], &case);
        let torn = send(&instance, &things, &route, JSON, b"{\"reason\"");
        judge.problem(&torn, &[400, 422], &case);
        let form = send(&instance, &things, &route, "text/plain", b"x");
        judge.problem(&form, &[415], &case);
    }
    assert_eq!(instance.happened_since(before), NOTHING);
    judge.closing(&instance);
}
