//! The table of refusals: status, problem, and the headers by which a program knows what to do.

use gatewright_domain::snapshot::RouteState;

use crate::{
    town::{AUDIENCE, PORTAL, Town, seconds, start},
    wire::Line,
};

#[test]
fn a_gateway_without_a_snapshot_is_not_ready() {
    let gateway = start(&Default::default(), |_| {});
    let head = "GET /orders/v1/orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let answer = Line::to(gateway.local_addr()).send(head).answer();
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (503, "gateway-not-ready")
    );
    assert_eq!(answer.header("retry-after"), Some("1"));
}

#[test]
fn every_refusal_is_a_problem_document_that_links_to_its_explanation() {
    let town = Town::new();
    let answer = town.get("/nothing/v1/orders", &town.token());
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let problem = answer.json();
    assert_eq!(
        problem["type"],
        format!("{PORTAL}/help/errors/no-such-version")
    );
    assert_eq!(problem["status"], 404);
    let decision = answer.header("gatewright-decision").expect("a decision");
    assert!(decision.starts_with("dec_"));
    assert_eq!(problem["decision"], decision);
    assert_eq!(
        problem["instance"],
        format!("{PORTAL}/decisions/{decision}")
    );
    assert_eq!(
        problem["request_id"],
        answer.header("gatewright-request-id").expect("an id")
    );
}

#[test]
fn addresses_that_lead_nowhere_are_404() {
    let town = Town::new();
    for path in [
        "/",
        "/orders",
        "/orders/",
        "/orders/v2/orders",
        "/Orders/v1/orders",
        "/orders/v01/orders",
        "/orders/v1x/orders",
    ] {
        let answer = town.get(path, &town.token());
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (404, "no-such-version"),
            "{path}"
        );
    }
    for path in [
        "/orders/v1",
        "/orders/v1/",
        "/orders/v1/other",
        "/orders/v1/orders/",
        "/orders/v1/orders/1/2",
        "/orders/v1/ORDERS",
    ] {
        let answer = town.get(path, &town.token());
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (404, "no-such-operation"),
            "{path}"
        );
    }
}

#[test]
fn a_method_the_contract_does_not_have_is_405_with_those_it_has() {
    let town = Town::new();
    for method in ["DELETE", "PATCH", "PROPFIND", "get"] {
        let answer = town.call(method, "/orders/v1/orders", "");
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, Some("GET, POST")),
            "{method}"
        );
    }
}

#[test]
fn a_retired_version_is_410_with_its_successor_before_any_token_is_asked_for() {
    let town = Town::with(|snapshot| {
        snapshot.versions[0].state = RouteState::Retired {
            at: seconds(1_799_000_000),
        };
        snapshot.versions[0].successor = Some("v2".parse().expect("a number"));
    });
    let answer = town.call("GET", "/orders/v1/anything", "");
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (410, "version-retired")
    );
    assert_eq!(
        answer.header("link"),
        Some("</orders/v2>; rel=\"successor-version\"")
    );
    assert!(
        answer.json()["detail"]
            .as_str()
            .expect("text")
            .contains("v2")
    );
}

#[test]
fn a_blocked_version_is_503_with_the_reason() {
    let town = Town::with(|snapshot| {
        snapshot.versions[0].state = RouteState::Blocked {
            reason: "Data loss.".to_owned(),
        };
    });
    let answer = town.get("/orders/v1/orders", &town.token());
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (503, "version-blocked")
    );
    assert_eq!(answer.header("retry-after"), Some("60"));
    assert!(
        answer.json()["detail"]
            .as_str()
            .expect("text")
            .contains("Data loss.")
    );
}

#[test]
fn a_deprecated_version_serves_and_says_when_it_ends() {
    let town = Town::with(|snapshot| {
        let (at, sunset) = (seconds(1_799_000_000), seconds(1_830_000_000));
        snapshot.versions[0].state = RouteState::Deprecated { at, sunset };
        snapshot.versions[0].successor = Some("v2".parse().expect("a number"));
    });
    let answer = town.get("/orders/v1/orders", &town.token());
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("deprecation"), Some("@1799000000"));
    assert_eq!(
        answer.header("sunset"),
        Some("Tue, 28 Dec 2027 13:20:00 GMT")
    );
    let links: Vec<&str> = answer.all("link").collect();
    let page =
        format!("<{PORTAL}/apis/orders/versions/v1>; rel=\"deprecation\"; type=\"text/html\"");
    assert_eq!(
        links,
        [page.as_str(), "</orders/v2>; rel=\"successor-version\""]
    );
}

#[test]
fn a_missing_token_is_told_where_to_get_one_and_no_error_code() {
    let town = Town::new();
    let answer = town.call("GET", "/orders/v1/orders", "");
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (401, "token-missing")
    );
    let metadata = format!("{PORTAL}/.well-known/oauth-protected-resource/orders/v1");
    let challenge = format!("Bearer realm=\"orders-v1\", resource_metadata=\"{metadata}\"");
    assert_eq!(answer.header("www-authenticate"), Some(challenge.as_str()));
}

#[test]
fn a_credential_that_is_not_one_bearer_token_is_400() {
    let (town, mut bad) = (Town::new(), Vec::new());
    let token = town.token();
    for scheme in [
        "bearer ", "BEARER ", "Bearer\t", "Bearer", "Basic ", "dpop ", "Token ",
    ] {
        if scheme != "Bearer" {
            bad.push(format!("Authorization: {scheme}{token}\r\n"));
        }
    }
    bad.push(format!("Authorization: Bearer{token}\r\n"));
    bad.push(format!(
        "Authorization: Bearer {token}\r\nAuthorization: Bearer {token}\r\n"
    ));
    bad.push(format!(
        "Authorization: Bearer {token}\r\nauthorization: Basic YTpi\r\n"
    ));
    for lines in bad {
        let answer = town.call("GET", "/orders/v1/orders", &lines);
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (400, "credential-malformed"),
            "{lines}"
        );
        assert!(
            answer
                .header("www-authenticate")
                .expect("a challenge")
                .contains("invalid_request")
        );
    }
    let listed = format!("Authorization: Bearer {token}, Bearer {token}\r\n");
    assert_eq!(town.call("GET", "/orders/v1/orders", &listed).status, 401);
    assert_eq!(town.upstream.requests(), 0);
}

#[test]
fn every_bad_token_gets_the_same_words() {
    let town = Town::new();
    let foreign = town
        .mint
        .sign(|claims| claims.audience = vec![format!("{AUDIENCE}0")]);
    let expired = town
        .mint
        .sign(|claims| claims.expires = seconds(1_799_999_950));
    let unknown = town
        .mint
        .sign(|claims| claims.client_id = "c_nobody".to_owned());
    let words = |token: &str| {
        let answer = town.get("/orders/v1/orders", token);
        assert_eq!(answer.status, 401);
        let challenge = answer
            .header("www-authenticate")
            .expect("a challenge")
            .to_owned();
        (
            answer.problem(),
            answer.json()["detail"].clone(),
            answer.json()["title"].clone(),
            challenge,
        )
    };
    let same = words("rubbish");
    for token in [foreign, expired, unknown] {
        assert_eq!(words(&token), same);
    }
}

#[test]
fn rights_that_are_missing_or_paused_are_403() {
    let mut town = Town::new();
    let token = town.token();
    town.change(|snapshot| snapshot.clients[0].rights[0].paused = true);
    let answer = town.get("/orders/v1/orders", &token);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "subscription-paused")
    );
    town.change(|snapshot| snapshot.clients[0].rights.clear());
    let answer = town.get("/orders/v1/orders", &token);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "subscription-missing")
    );
    assert_eq!(answer.header("www-authenticate"), None);
}

#[test]
fn a_missing_scope_is_named() {
    let town = Town::new();
    let lines = format!(
        "Authorization: Bearer {}\r\nContent-Length: 2\r\n",
        town.token()
    );
    let head = format!(
        "POST /orders/v1/orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{lines}\r\n{{}}"
    );
    let answer = town.line().send(head).answer();
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "insufficient-scope")
    );
    assert_eq!(answer.json()["required_scopes"][0], "orders:v1:write");
    let challenge = answer.header("www-authenticate").expect("a challenge");
    assert!(
        challenge.contains("error=\"insufficient_scope\""),
        "{challenge}"
    );
    assert!(
        challenge.contains("scope=\"orders:v1:write\""),
        "{challenge}"
    );
}

#[test]
fn an_upstream_that_is_not_there_is_502_and_one_that_is_late_504() {
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = nowhere.local_addr().expect("an address");
    drop(nowhere);
    let mut town = Town::configured(
        |config| config.deadlines.first_byte = std::time::Duration::from_millis(200),
        |_| {},
    );
    let answer = town.get("/orders/v1/slow?ms=2000", &town.token());
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (504, "upstream-timeout")
    );
    town.change(|snapshot| {
        snapshot.versions[0].upstream = format!("http://{address}").parse().expect("an upstream")
    });
    let answer = town.get("/orders/v1/orders", &town.token());
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (502, "upstream-unreachable")
    );
}
