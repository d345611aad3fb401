//! The way from a contract to a retired version, driven from outside: the built programs, over HTTP, on both engines, with
//! the gateway inside the server and apart from it.

use std::{
    thread::JoinHandle,
    time::{Duration, Instant},
};

use gatewright_testkit::{database::Engine, echo::EchoUpstream};
use serde_json::{Value, json};

use crate::{
    forge::edit_event,
    http::{Answer, Ask},
    instance::{Instance, Layout, PASSWORD, within},
    shop::{self, Token, issue},
};

const SECOND: Duration = Duration::from_secs(1);
const ORDERS: &str = "/orders/v1/orders";

#[test]
fn on_sqlite_with_the_gateway_inside() {
    walk(Engine::Sqlite, Layout::Embedded);
}

#[test]
fn on_sqlite_with_the_gateway_apart() {
    walk(Engine::Sqlite, Layout::Apart);
}

#[test]
fn on_postgresql_with_the_gateway_inside() {
    walk(Engine::Postgres, Layout::Embedded);
}

#[test]
fn on_postgresql_with_the_gateway_apart() {
    walk(Engine::Postgres, Layout::Apart);
}

fn walk(engine: Engine, layout: Layout) {
    let upstream = EchoUpstream::start().unwrap();
    let mut instance = Instance::new(engine, layout);
    let session = set_up(&instance);
    instance.begin();
    shop::open(&instance, &upstream.url());

    let reader = issue(&instance, "reader", &["orders:v1:read"]);
    answers(&instance, &reader, 200);
    a_wrong_scope_explains_itself(&instance, &reader, &session);
    let next = a_rotation_breaks_nothing(&instance, &reader);
    a_revocation_is_in_force_within_a_second(&instance, &reader);
    answers(&instance, &next, 200);

    instance.restart();
    answers(&instance, &next, 200);
    assert_eq!(instance.call("GET", ORDERS, &reader.text).status, 401);
    if layout == Layout::Apart {
        instance.restart_gateway();
        assert_eq!(instance.call("GET", ORDERS, &reader.text).status, 401);
        assert_eq!(instance.call("GET", ORDERS, &next.text).status, 200);
        the_gateway_goes_on_alone(&mut instance, &reader, &next);
    }

    shop::publish(&instance, "v2", &upstream.url());
    the_end_is_announced_and_comes(&instance, &next, &session);
    a_forged_row_is_named(&instance);
}

/// Makes the first operator with the link that `serve` printed, and gives the cookie of the session.
fn set_up(instance: &Instance) -> String {
    let words = &instance.first_words;
    let mut link = words.iter().map(|line| line.trim());
    let link = link.rfind(|line| line.contains("/set-up/"));
    let link = link.unwrap_or_else(|| panic!("no set-up link in {words:#?}"));
    assert!(link.starts_with(&instance.portal), "{link}");
    assert_eq!(Ask::get(link).send().status, 200);
    let form = format!("name=ada&password={}", PASSWORD.replace(' ', "+"));
    let send = |origin: &str| {
        let ask = Ask::new("POST", link).with("Origin", origin);
        ask.raw("application/x-www-form-urlencoded", form.clone())
            .send()
    };
    assert_eq!(send("https://elsewhere.example").status, 403);
    let made = send(&instance.portal);
    assert_eq!(made.status, 303, "{}", made.text());
    let cookie = made
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let again = send(&instance.portal);
    assert_eq!(again.status, 409, "the link works once: {}", again.text());
    cookie
}

/// Waits until the gateway answers a token so.
fn answers(instance: &Instance, token: &Token, status: u16) {
    let what = format!("the gateway answers {status}");
    within(SECOND, &what, || {
        instance.call("GET", ORDERS, &token.text).status == status
    });
}

fn a_wrong_scope_explains_itself(instance: &Instance, reader: &Token, session: &str) {
    let refused = instance.call("POST", ORDERS, &reader.text);
    let problem = refused.problem(403, "insufficient-scope");
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!(problem["required_scopes"], json!(["orders:v1:write"]));
    let help = Ask::get(problem["type"].as_str().unwrap()).send();
    assert_eq!(help.status, 200);
    assert!(
        help.text().contains("The token lacks a scope"),
        "{}",
        help.text()
    );

    // The explanation: for whoever runs the API, behind the sign-in.
    let link = problem["instance"].as_str().unwrap();
    let stranger = visit(instance, link, "");
    assert!(
        stranger.text().contains("password"),
        "a stranger is asked to sign in"
    );
    let explained = || visit(instance, link, session);
    within(Duration::from_secs(5), "the link explains", || {
        explained().status == 200
    });
    assert!(explained().text().contains("orders:v1:write"));
    let decision = problem["decision"].as_str().unwrap();
    let told = instance.get(&format!("/decisions/{decision}"));
    assert_eq!(told["reason"], "insufficient-scope");
    let steps = told["steps"].as_array().unwrap();
    assert!(
        steps.iter().any(|step| step["verdict"] == "refused"),
        "{told}"
    );
}

/// Follows a link as a browser would.
fn visit(instance: &Instance, link: &str, session: &str) -> Answer {
    let mut link = link.to_owned();
    for _ in 0..3 {
        let ask = Ask::get(&link).with("Accept", "text/html");
        let answer = ask.with("Cookie", session).send();
        if answer.status != 303 {
            return answer;
        }
        link = format!("{}{}", instance.portal, answer.header("location"));
    }
    panic!("led around in a circle by {link}");
}

fn a_rotation_breaks_nothing(instance: &Instance, before: &Token) -> Token {
    let rotated = instance.post("/keys/rotate", &json!({})).good(200);
    assert_ne!(rotated["active"], rotated["deactivated"]);
    assert_eq!(instance.call("GET", ORDERS, &before.text).status, 200);
    let after = issue(instance, "after", &["orders:v1:read"]);
    // At once: the key was known before it signed.
    assert_eq!(instance.call("GET", ORDERS, &after.text).status, 200);
    assert_eq!(instance.call("GET", ORDERS, &before.text).status, 200);
    after
}

fn a_revocation_is_in_force_within_a_second(instance: &Instance, token: &Token) {
    let refused = first_refusal(instance, token);
    let asked = Instant::now();
    let answer = instance.post(&format!("/tokens/{}/revoke", token.id), &json!({}));
    let revoked = answer.good(200);
    let took = refused.join().unwrap().duration_since(asked);
    println!(
        "{:?} {:?}: a revocation was in force {took:?} after it was asked for",
        instance.engine, instance.layout
    );
    assert!(took < SECOND, "it took {took:?}");
    assert_eq!(revoked["status"], "revoked");
    let gateway = match instance.layout {
        Layout::Embedded => "embedded",
        Layout::Apart => "edge",
    };
    let receipts = revoked["receipts"].as_array().unwrap();
    let receipt = receipts
        .iter()
        .find(|receipt| receipt["gateway"] == gateway);
    let receipt = receipt.unwrap_or_else(|| panic!("no receipt of {gateway}: {revoked}"));
    assert!(receipt["applied_at"].is_string(), "{revoked}");
    let again = instance.call("GET", ORDERS, &token.text);
    let problem = again.problem(401, "token-invalid");
    assert_eq!(
        problem["detail"], "The access token is invalid.",
        "callers are told no more"
    );
}

/// Calls without pause until the token is refused; gives the moment of that.
fn first_refusal(instance: &Instance, token: &Token) -> JoinHandle<Instant> {
    let ask = Ask::get(format!("{}{ORDERS}", instance.gateway)).bearer(&token.text);
    std::thread::spawn(move || {
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            match ask.clone().send().status {
                200 if Instant::now() < end => std::thread::sleep(Duration::from_millis(1)),
                401 => return Instant::now(),
                other => panic!("neither refused nor let through in time: {other}"),
            }
        }
    })
}

/// The control plane is lost; the gateway goes on with what it knows, also after a restart of its own.
fn the_gateway_goes_on_alone(instance: &mut Instance, revoked: &Token, live: &Token) {
    instance.kill();
    for _ in 0..2 {
        assert_eq!(instance.call("GET", ORDERS, &live.text).status, 200);
        assert_eq!(instance.call("GET", ORDERS, &revoked.text).status, 401);
        instance.restart_gateway();
    }
    instance.serve();
    // What is decided from now on reaches it again.
    let late = issue(instance, "late", &["orders:v1:read"]);
    answers(instance, &late, 200);
    let path = format!("/tokens/{}/revoke", late.id);
    instance.post(&path, &json!({})).good(200);
    answers(instance, &late, 401);
}

fn the_end_is_announced_and_comes(instance: &Instance, token: &Token, session: &str) {
    let at = "/apis/orders/versions/v1";
    let sunset = json!({ "sunset": "2099-01-01T00:00:00Z" });
    let deprecated = instance.post(&format!("{at}/deprecate"), &sunset).good(200);
    assert_eq!(deprecated["status"], "deprecated");
    within(SECOND, "the answers announce the end", || {
        !instance
            .call("GET", ORDERS, &token.text)
            .header("sunset")
            .is_empty()
    });
    let answer = instance.call("GET", ORDERS, &token.text);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("sunset"), "Thu, 01 Jan 2099 00:00:00 GMT");
    let since = answer.header("deprecation").strip_prefix('@').unwrap();
    assert!(since.parse::<i64>().unwrap() > 1_700_000_000, "{since}");
    let links = answer.all("link");
    assert!(
        links.contains(&"</orders/v2>; rel=\"successor-version\""),
        "{links:?}"
    );
    let page = links
        .iter()
        .find(|link| link.contains("rel=\"deprecation\""));
    let page = page.unwrap().split(['<', '>']).nth(1).unwrap();
    let shown = visit(instance, page, session);
    assert_eq!(shown.status, 200, "{page} leads nowhere");

    let retired = instance
        .api("POST", &format!("{at}/retire"))
        .send()
        .good(200);
    assert_eq!(retired["status"], "retired");
    answers(instance, token, 410);
    let gone = instance.call("GET", ORDERS, &token.text);
    let problem = gone.problem(410, "version-retired");
    assert_eq!(problem["detail"], "This version has ended. Use v2.");
    assert_eq!(
        gone.all("link"),
        ["</orders/v2>; rel=\"successor-version\""]
    );
}

fn a_forged_row_is_named(instance: &Instance) {
    let verify = || instance.api("POST", "/audit/verify").send().good(200);
    assert_eq!(verify()["valid"], true);
    let published = instance.get("/audit/events?action=version.publish");
    let seq = published["items"][0]["seq"].as_u64().unwrap();
    edit_event(
        instance.engine,
        &instance.database(),
        seq,
        "orders",
        "odders",
    );

    let found = verify();
    assert_eq!(found["valid"], false, "{found}");
    assert_eq!(found["first_bad"]["seq"], seq, "{found}");
    let ran = instance.run(&["audit", "verify", "--output", "json"]);
    assert_eq!(ran.code, Some(10), "{ran:?}");
    let found: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(found["first_bad"]["seq"], seq, "{found}");
}
