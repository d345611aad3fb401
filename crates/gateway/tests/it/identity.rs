//! Headers by which an upstream knows who calls: ours, and nobody else's, in any spelling and on any branch.

use crate::town::Town;

#[test]
fn an_upstream_is_told_who_calls_by_us_alone() {
    let town = Town::new();
    let answer = town.get("/orders/v1/orders", &town.token());
    assert_eq!(answer.seen("gatewright-consumer"), ["Acme & S%C3%B6hne"]);
    assert_eq!(answer.seen("gatewright-application"), ["Billing"]);
    assert_eq!(answer.seen("gatewright-scopes"), ["orders:v1:read"]);
    let id = answer.header("gatewright-request-id").expect("an id");
    assert_eq!(answer.seen("gatewright-request-id"), [id]);
    assert!(answer.seen("authorization").is_empty());
}

#[test]
fn what_a_client_says_in_our_place_is_removed_in_every_spelling() {
    let town = Town::new();
    let names = [
        "Gatewright-Consumer",
        "gatewright-consumer",
        "GATEWRIGHT-CONSUMER",
        "Gatewright_Consumer",
        "gatewright.consumer",
        "Gatewright-Application",
        "gatewright_application",
        "Gatewright-Scopes",
        "gatewright.scopes",
        "Gatewright-Request-Id",
        "Gatewright-Identity",
        "gatewright_anything",
        "X-Forwarded-For",
        "X_Forwarded_For",
        "x.forwarded.for",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Forwarded-Prefix",
        "X-Forwarded-User",
        "X-Forwarded_Port",
        "Forwarded",
        "X-Real-IP",
        "X_Real_IP",
        "True-Client-IP",
        "Remote-User",
        "X-Remote-User",
        "X-Original-URL",
        "X_Original_URI",
        "X-Rewrite-URL",
        "X-HTTP-Method-Override",
        "X-Method-Override",
        "X_HTTP_Method",
    ];
    for name in names {
        let lines = format!(
            "Authorization: Bearer {}\r\n{name}: evil\r\n{name}: worse\r\n",
            town.token()
        );
        let answer = town.call("GET", "/orders/v1/orders", &lines);
        let text = String::from_utf8(answer.body.clone()).expect("text");
        assert_eq!(answer.status, 200, "{name}");
        assert!(
            !text.contains("evil") && !text.contains("worse"),
            "{name}: {text}"
        );
        assert_eq!(
            answer.seen("gatewright-consumer"),
            ["Acme & S%C3%B6hne"],
            "{name}"
        );
    }
}

#[test]
fn what_is_removed_stays_removed_when_we_have_nothing_to_say() {
    let town = Town::new();
    let token = town.mint.sign(|claims| claims.scopes = Vec::new());
    let lines = format!("Authorization: Bearer {token}\r\nGatewright-Scopes: admin\r\n");
    let answer = town.call("GET", "/orders/v1/open", &lines);
    assert_eq!(answer.seen("gatewright-scopes"), [""]);
}

#[test]
fn nothing_of_ours_can_be_nominated_away() {
    let town = Town::new();
    let lines = format!(
        "Authorization: Bearer {}\r\nConnection: Gatewright-Consumer, gatewright-scopes\r\nConnection: x-forwarded-for, host, X-Secret\r\nX-Secret: 1\r\nKeep-Alive: timeout=5\r\nProxy-Authorization: Basic eA==\r\nProxy-Connection: keep-alive\r\n",
        town.token()
    );
    let answer = town.call("GET", "/orders/v1/orders", &lines);
    assert_eq!(answer.seen("gatewright-consumer"), ["Acme & S%C3%B6hne"]);
    assert_eq!(answer.seen("gatewright-scopes"), ["orders:v1:read"]);
    assert_eq!(answer.seen("x-forwarded-for"), ["127.0.0.1"]);
    assert_eq!(answer.seen("host"), [town.upstream.address().to_string()]);
    for name in [
        "x-secret",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "connection",
    ] {
        assert!(answer.seen(name).is_empty(), "{name}");
    }
}

#[test]
fn the_way_of_a_request_is_told_as_we_saw_it() {
    let town = Town::new();
    let answer = town.get("/orders/v1/orders", &town.token());
    assert_eq!(answer.seen("x-forwarded-for"), ["127.0.0.1"]);
    assert_eq!(answer.seen("x-forwarded-host"), ["gw.test"]);
    assert_eq!(answer.seen("x-forwarded-proto"), ["http"]);
    assert_eq!(
        answer.seen("forwarded"),
        ["for=127.0.0.1;host=\"gw.test\";proto=http"]
    );
    assert_eq!(answer.seen("via"), ["1.1 gatewright"]);
}

#[test]
fn other_headers_pass_as_they_are() {
    let town = Town::new();
    let lines = format!(
        "Authorization: Bearer {}\r\nX-Request-Id: mine\r\nCookie: a=b\r\nAccept: text/plain\r\nAccept: text/html\r\nX_Custom: 1\r\nTraceparent: 00-1-2-3\r\n",
        town.token()
    );
    let answer = town.call("GET", "/orders/v1/orders", &lines);
    assert_eq!(answer.seen("x-request-id"), ["mine"]);
    assert_eq!(answer.seen("cookie"), ["a=b"]);
    assert_eq!(answer.seen("accept"), ["text/plain", "text/html"]);
    assert_eq!(answer.seen("x_custom"), ["1"]);
}

#[test]
fn a_trusted_proxy_is_believed_about_the_way_and_nothing_else() {
    let said = "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 198.51.100.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: api.test\r\nForwarded: for=203.0.113.9\r\nX-Forwarded-User: evil\r\nGatewright-Consumer: evil\r\n";
    let trusting = |network: &str| {
        let network = network.parse().expect("a network");
        let town = Town::configured(|config| config.trusted_proxies = vec![network], |_| {});
        let lines = format!("Authorization: Bearer {}\r\n{said}", town.token());
        town.call("GET", "/orders/v1/orders", &lines)
    };
    let answer = trusting("127.0.0.0/8");
    assert_eq!(
        answer.seen("x-forwarded-for"),
        ["203.0.113.9, 198.51.100.1, 127.0.0.1"]
    );
    assert_eq!(answer.seen("x-forwarded-proto"), ["https"]);
    assert_eq!(answer.seen("x-forwarded-host"), ["api.test"]);
    assert_eq!(
        answer.seen("forwarded"),
        ["for=203.0.113.9, for=127.0.0.1;host=\"gw.test\";proto=http"]
    );
    assert!(answer.seen("x-forwarded-user").is_empty());
    assert_eq!(answer.seen("gatewright-consumer"), ["Acme & S%C3%B6hne"]);
    assert_eq!(
        trusting("10.0.0.0/8").seen("x-forwarded-for"),
        ["127.0.0.1"]
    );
}
