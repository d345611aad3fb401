//! Authorization codes: a person allows an application to act for them, and it takes that up once.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use futures_util::future::join;
use gatewright_domain::{
    access::{Origin, Role},
    id::TeamId,
    operator::Assignment,
    secret::Secret,
    time::Clock,
};
use gatewright_operators::{Admit, Password};
use gatewright_testkit::sender::Sender;
use serde_json::{Value, json};
use url::Url;

use super::shop::{FORM, ORDERS, Shop, basic, encoded, error_of};
use crate::{
    forms::sign_in,
    house::{Answer, PASSWORD},
};

const AUTHORIZE: &str = "/oauth2/authorize";
const BACK: &str = "https://app.example/back";
const READ: &str = "orders:v1:read";

// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A shop whose application may ask people, and somebody who is signed in.
pub(super) struct Desk {
    pub(super) shop: Shop,
    pub(super) cookie: String,
}

impl Desk {
    pub(super) async fn at(shop: Shop) -> Self {
        let terms = json!({
            "grants": ["client_credentials", "authorization_code", "refresh_token"],
            "redirect_uris": [BACK, "http://127.0.0.1/back", "https://app.example/other?kept=1"],
        });
        shop.edit(terms).await;
        let cookie = sign_in(&shop.house).await;
        Self { shop, cookie }
    }

    async fn one() -> Self {
        Self::at(Shop::one().await).await
    }

    pub(super) async fn both() -> Vec<Self> {
        let mut desks = Vec::new();
        for shop in Shop::both().await {
            desks.push(Self::at(shop).await);
        }
        desks
    }

    /// A good request, with these parameters in place of its own; an empty one is left out.
    fn query(&self, changed: &[(&str, &str)]) -> String {
        let usual = [
            ("response_type", "code"),
            ("client_id", &self.shop.client_id),
            ("redirect_uri", BACK),
            ("scope", READ),
            ("state", "s t&a=te"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let is_changed = |name: &str| changed.iter().any(|(other, _)| *other == name);
        let kept = usual.into_iter().filter(|(name, _)| !is_changed(name));
        let said = changed
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .copied();
        encoded(&kept.chain(said).collect::<Vec<_>>())
    }

    async fn look(&self, query: &str) -> Answer {
        let ask = self
            .shop
            .house
            .stranger("GET", &format!("{AUTHORIZE}?{query}"));
        let ask = ask.with("accept", "text/html").with("cookie", &self.cookie);
        ask.send().await
    }

    async fn answer(&self, query: &str, decision: &str) -> Answer {
        let body = encoded(&[("request", query), ("decision", decision)]);
        let ask = self.shop.house.stranger("POST", AUTHORIZE);
        ask.with("cookie", &self.cookie)
            .with("accept", "text/html")
            .with("origin", "https://portal.example")
            .with("sec-fetch-site", "same-origin")
            .raw(FORM, body)
            .await
    }

    /// The code that comes of allowing a request.
    pub(super) async fn code(&self, changed: &[(&str, &str)]) -> String {
        let answer = self.answer(&self.query(changed), "allow").await;
        carried(&answer, "code").unwrap_or_else(|| panic!("no code in {:?}", answer.headers))
    }

    pub(super) async fn redeem(&self, code: &str, changed: &[(&str, &str)]) -> Answer {
        self.shop
            .post("/oauth2/token", &brought(code, changed))
            .await
    }

    pub(super) async fn about(&self, token: &str) -> Value {
        let header = format!("Bearer {}", self.shop.house.admin_token());
        let ask = [("token", token)];
        let answer = self.shop.post_as(&header, "/oauth2/introspect", &ask).await;
        answer.good(200)
    }

    /// Another operator with this role, and the cookie of their session.
    async fn somebody(&self, name: &str, assignment: Assignment) -> String {
        let admit = Admit {
            name: name.parse().unwrap(),
            assignment,
            password: Password::new(PASSWORD.to_owned()).unwrap(),
        };
        let operators = &self.shop.house.app.operators;
        let caller = gatewright_domain::access::Caller::command_line();
        operators.admit(&caller, admit).await.unwrap();
        let password = Secret::new(PASSWORD.to_owned());
        let session = operators.sign_in(name, password, Origin::default()).await;
        let secret = session.unwrap().secret;
        format!("__Host-gatewright={}", secret.lend(Clone::clone))
    }
}

/// What a client brings to the token endpoint.
pub(super) fn brought<'a>(
    code: &'a str,
    changed: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
    ];
    let is_changed = |name: &str| changed.iter().any(|(other, _)| *other == name);
    let kept = usual.into_iter().filter(|(name, _)| !is_changed(name));
    kept.chain(changed.iter().copied()).collect()
}

/// A parameter of the address that the browser is sent to.
fn carried(answer: &Answer, name: &str) -> Option<String> {
    assert_eq!(
        answer.status,
        303,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    let place = Url::parse(answer.header("location")).unwrap();
    let mut pairs = place.query_pairs();
    let found = pairs.find(|(said, _)| said == name);
    found.map(|(_, value)| value.into_owned())
}

pub(super) fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn text(answer: &Value, name: &str) -> String {
    answer[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {answer}"))
        .to_owned()
}

#[actix_web::test]
async fn a_person_allows_an_application_to_act_for_them() {
    for desk in Desk::both().await {
        let query = desk.query(&[]);
        let signed_in = desk.shop.house.clock.now().seconds();
        desk.shop.house.clock.advance(Duration::from_secs(30));
        let page = desk.look(&query).await;
        assert_eq!(page.status, 200);
        let shown = String::from_utf8(page.body.to_vec()).unwrap();
        for words in [
            "Let Shop act for you?",
            "ada",
            &desk.shop.client_id,
            READ,
            "https://app.example",
        ] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
        assert!(!shown.contains("orders:v1:write"), "it was not asked for");
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("form-action 'self' https://app.example;"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");

        let before = desk.shop.house.events().await;
        let answer = desk.answer(&query, "allow").await;
        assert_eq!(desk.shop.house.events().await, before + 1);
        assert!(
            answer
                .header("location")
                .starts_with("https://app.example/back?code=gw_ac_")
        );
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(carried(&answer, "state").as_deref(), Some("s t&a=te"));
        assert_eq!(
            carried(&answer, "iss").as_deref(),
            Some("https://portal.example")
        );
        let code = carried(&answer, "code").unwrap();

        let given = desk.redeem(&code, &[]).await.good(200);
        assert_eq!(given["scope"], READ);
        assert_eq!(given["token_type"], "Bearer");
        let token = text(&given, "access_token");
        let said = claims(&token);
        assert!(text(&said, "sub").starts_with("u_"), "{said}");
        assert_eq!(said["client_id"], desk.shop.client_id);
        assert_eq!(said["aud"], ORDERS);
        assert_eq!(said["auth_time"], signed_in);
        assert!(text(&said, "sid").starts_with("fam_"), "{said}");
        let known = desk.about(&token).await;
        assert_eq!(
            (&known["active"], &known["sub"]),
            (&json!(true), &said["sub"])
        );

        let refresh = text(&given, "refresh_token");
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &*refresh),
        ];
        let next = desk.shop.post("/oauth2/token", &fields).await.good(200);
        let again = claims(&text(&next, "access_token"));
        for name in ["sub", "sid", "auth_time", "scope"] {
            assert_eq!(again[name], said[name], "{name}");
        }
    }
}

#[actix_web::test]
async fn whoever_is_not_signed_in_signs_in_first_and_comes_back() {
    let desk = Desk::one().await;
    let query = desk.query(&[]);
    let ask = desk
        .shop
        .house
        .stranger("GET", &format!("{AUTHORIZE}?{query}"));
    let answer = ask.with("accept", "text/html").send().await;
    let back = encoded(&[("back", &format!("{AUTHORIZE}?{query}"))]);
    assert_eq!(answer.header("location"), format!("/sign-in?{back}"));
    let refused = desk.answer(&query, "refuse").await;
    assert_eq!(carried(&refused, "error").as_deref(), Some("access_denied"));
    assert_eq!(carried(&refused, "code"), None);
    let ask = desk
        .shop
        .house
        .stranger("POST", AUTHORIZE)
        .with("cookie", &desk.cookie);
    let ask = ask
        .with("origin", "https://elsewhere.example")
        .with("sec-fetch-site", "cross-site");
    let foreign = ask
        .raw(
            FORM,
            encoded(&[("request", &*query), ("decision", "allow")]),
        )
        .await;
    assert_eq!(foreign.status, 403);
}

#[actix_web::test]
async fn a_code_that_comes_again_ends_what_came_of_it() {
    for desk in Desk::both().await {
        let code = desk.code(&[]).await;
        let given = desk.redeem(&code, &[]).await.good(200);
        let token = text(&given, "access_token");
        assert_eq!(desk.about(&token).await["active"], true);
        assert_eq!(
            error_of(&desk.redeem(&code, &[]).await, 400),
            "invalid_grant"
        );
        assert_eq!(desk.about(&token).await, json!({ "active": false }));
        let refresh = text(&given, "refresh_token");
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &*refresh),
        ];
        let over = desk.shop.post("/oauth2/token", &fields).await;
        assert_eq!(error_of(&over, 400), "invalid_grant");
        assert_eq!(
            error_of(&desk.redeem(&code, &[]).await, 400),
            "invalid_grant"
        );
    }
}

#[actix_web::test]
async fn of_two_who_redeem_at_once_one_does_and_neither_keeps_it() {
    for desk in Desk::both().await {
        let code = desk.code(&[]).await;
        let (one, other) = join(desk.redeem(&code, &[]), desk.redeem(&code, &[])).await;
        let (won, lost) = if one.status == 200 {
            (one, other)
        } else {
            (other, one)
        };
        let token = text(&won.good(200), "access_token");
        assert_eq!(error_of(&lost, 400), "invalid_grant");
        assert_eq!(desk.about(&token).await, json!({ "active": false }));
    }
}

#[actix_web::test]
async fn a_code_is_of_one_client_one_redirect_one_verifier_and_one_minute() {
    let desk = Desk::one().await;
    let (shop, code) = (&desk.shop, desk.code(&[]).await);
    let other = json!({ "name": "Other" });
    shop.house
        .post("/consumers/Acme/applications", other)
        .await
        .good(201);
    let secret = shop
        .house
        .post("/applications/Other/secrets", json!({}))
        .await
        .good(201);
    let path = "/applications/Other/client";
    let tag = shop.house.tag(path).await;
    let ask = shop.house.admin("PATCH", path).with("if-match", &tag);
    ask.json(&json!({ "grants": ["authorization_code"] }))
        .await
        .good(200);
    let header = basic(&text(&secret, "client_id"), &text(&secret, "client_secret"));
    let stolen = shop
        .post_as(&header, "/oauth2/token", &brought(&code, &[]))
        .await;
    assert_eq!(error_of(&stolen, 400), "invalid_grant");
    let short = &VERIFIER[1..];
    for (name, value, error) in [
        (
            "redirect_uri",
            "https://app.example/other?kept=1",
            "invalid_grant",
        ),
        ("redirect_uri", "", "invalid_request"),
        (
            "code_verifier",
            "another-verifier-that-has-the-length-of-one-00",
            "invalid_grant",
        ),
        ("code_verifier", short, "invalid_grant"),
        ("code_verifier", "", "invalid_request"),
        ("code", "gw_ac_x", "invalid_grant"),
        ("code", "", "invalid_request"),
        ("resource", "https://api.example/stock/v1", "invalid_target"),
    ] {
        let refused = desk.redeem(&code, &[(name, value)]).await;
        assert_eq!(error_of(&refused, 400), error, "{name}={value}");
    }
    desk.redeem(&code, &[("resource", ORDERS)]).await.good(200);
    let late = desk.code(&[]).await;
    shop.house.clock.advance(Duration::from_secs(60));
    assert_eq!(
        error_of(&desk.redeem(&late, &[]).await, 400),
        "invalid_grant"
    );
    shop.edit(json!({ "grants": ["refresh_token"] })).await;
    assert_eq!(
        error_of(&desk.redeem(&late, &[]).await, 400),
        "unauthorized_client"
    );
}

#[actix_web::test]
async fn who_cannot_be_told_to_the_application_is_told_to_the_person() {
    let desk = Desk::one().await;
    let elsewhere = [
        "https://evil.example/back",
        "https://app.example/back/",
        "https://app.example/back?more",
        "https://app.example/other",
        "https://app.example.evil.example/back",
        "http://app.example/back",
        "http://127.0.0.1:7000/other",
        "javascript:alert(1)",
        "",
    ];
    let mut queries: Vec<String> = elsewhere
        .iter()
        .map(|place| desk.query(&[("redirect_uri", place)]))
        .collect();
    let unknown = "c_00000000000000000000000000";
    for client in [unknown, "shop", ""] {
        queries.push(desk.query(&[("client_id", client)]));
    }
    for twice in [
        "client_id",
        "redirect_uri",
        "state",
        "scope",
        "code_challenge",
    ] {
        queries.push(format!("{}&{twice}=again", desk.query(&[])));
    }
    queries.push(format!("{}&state=%ff", desk.query(&[("state", "")])));
    for query in &queries {
        for answer in [desk.look(query).await, desk.answer(query, "allow").await] {
            assert_eq!(answer.status, 400, "{query}");
            assert_eq!(answer.header("location"), "", "{query}");
            assert!(
                answer.header("content-type").starts_with("text/html"),
                "{query}"
            );
        }
    }
}

#[actix_web::test]
async fn what_else_is_wrong_is_told_to_the_application() {
    let desk = Desk::one().await;
    let long = "s".repeat(10 * 1024);
    for (name, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "code token", "unsupported_response_type"),
        ("response_type", "", "invalid_request"),
        ("response_mode", "fragment", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge_method", "", "invalid_request"),
        ("code_challenge", "", "invalid_request"),
        (
            "code_challenge",
            VERIFIER.trim_end_matches('k'),
            "invalid_request",
        ),
        ("dpop_jkt", "x", "invalid_request"),
        ("request", "e30", "request_not_supported"),
        (
            "request_uri",
            "https://app.example/r",
            "request_uri_not_supported",
        ),
        ("scope", "stock:v1:read", "invalid_scope"),
        ("scope", "a\"b", "invalid_scope"),
        ("resource", "https://api.example/stock/v1", "invalid_target"),
        ("state", &long, "invalid_request"),
    ] {
        let query = desk.query(&[(name, value)]);
        for answer in [desk.look(&query).await, desk.answer(&query, "allow").await] {
            assert_eq!(
                carried(&answer, "error").as_deref(),
                Some(error),
                "{name}={value}"
            );
            assert!(
                answer
                    .header("location")
                    .starts_with("https://app.example/back?error=")
            );
            assert_eq!(
                carried(&answer, "iss").as_deref(),
                Some("https://portal.example")
            );
            let state = carried(&answer, "state");
            assert_eq!(state.is_some(), name != "state", "{name}={value}");
        }
    }
    let kept = [("redirect_uri", "https://app.example/other?kept=1")];
    let answer = desk.answer(&desk.query(&kept), "allow").await;
    assert_eq!(carried(&answer, "kept").as_deref(), Some("1"));
    let own = [("redirect_uri", "http://127.0.0.1:50123/back")];
    let answer = desk.answer(&desk.query(&own), "allow").await;
    assert!(
        answer
            .header("location")
            .starts_with("http://127.0.0.1:50123/back?code=")
    );
    let code = carried(&answer, "code").unwrap();
    desk.redeem(&code, &own).await.good(200);
    desk.shop
        .edit(json!({ "grants": ["client_credentials"] }))
        .await;
    let answer = desk.look(&desk.query(&[])).await;
    assert_eq!(
        carried(&answer, "error").as_deref(),
        Some("unauthorized_client")
    );
}

#[actix_web::test]
async fn nobody_allows_what_they_may_not_and_what_they_may_no_more_is_over() {
    let mut desk = Desk::one().await;
    let team = desk
        .shop
        .house
        .post("/teams", json!({ "name": "Others" }))
        .await;
    let team: TeamId = text(&team.good(201), "id").parse().unwrap();
    let publisher = Assignment {
        role: Role::Publisher,
        teams: [team].into(),
    };
    let auditor = Assignment {
        role: Role::Auditor,
        teams: [].into(),
    };
    let query = desk.query(&[]);
    for (name, assignment) in [("bob", publisher), ("cyd", auditor)] {
        desk.cookie = desk.somebody(name, assignment).await;
        for answer in [desk.look(&query).await, desk.answer(&query, "allow").await] {
            assert_eq!(
                carried(&answer, "error").as_deref(),
                Some("access_denied"),
                "{name}"
            );
        }
    }
    let admin = Assignment {
        role: Role::Admin,
        teams: [].into(),
    };
    desk.cookie = desk.somebody("eve", admin).await;
    let (code, late) = (desk.code(&[]).await, desk.code(&[]).await);
    let given = desk.redeem(&code, &[]).await.good(200);
    let found = desk.shop.house.get("/operators").await;
    let mut people = found["items"].as_array().unwrap().iter();
    let eve = people.find(|person| person["name"] == "eve").unwrap();
    let disable = format!("/operators/{}/disable", text(eve, "id"));
    desk.shop.house.post(&disable, json!({})).await.good(200);
    let refresh = text(&given, "refresh_token");
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*refresh),
    ];
    let gone = desk.shop.post("/oauth2/token", &fields).await;
    assert_eq!(error_of(&gone, 400), "invalid_grant");
    assert_eq!(
        error_of(&desk.redeem(&late, &[]).await, 400),
        "invalid_grant"
    );
}

#[actix_web::test]
async fn a_client_that_keeps_no_secret_has_what_people_allow_it_and_no_more() {
    let desk = Desk::one().await;
    let shop = &desk.shop;
    let bare = async |code: &str| {
        let fields = brought(code, &[("client_id", &shop.client_id)]);
        shop.post_bare("/oauth2/token", &fields).await
    };
    let code = desk.code(&[]).await;
    assert_eq!(
        error_of(&bare(&code).await, 401),
        "invalid_client",
        "it is not public yet"
    );
    shop.edit(json!({ "auth_methods": ["none"] })).await;
    assert_eq!(
        error_of(&desk.redeem(&code, &[]).await, 401),
        "invalid_client"
    );
    let given = bare(&code).await.good(200);
    let client = ("client_id", &*shop.client_id);
    let refresh = text(&given, "refresh_token");
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*refresh),
        client,
    ];
    shop.post_bare("/oauth2/token", &fields).await.good(200);
    let own = [("grant_type", "client_credentials"), client];
    let refused = shop.post_bare("/oauth2/token", &own).await;
    assert_eq!(error_of(&refused, 400), "unauthorized_client");
    let token = text(&given, "access_token");
    let asked = shop
        .post_bare("/oauth2/introspect", &[("token", &token), client])
        .await;
    assert_eq!(error_of(&asked, 401), "invalid_client");
    let ended = shop
        .post_bare("/oauth2/revoke", &[("token", &token), client])
        .await;
    assert_eq!(ended.status, 200);
    assert_eq!(desk.about(&token).await, json!({ "active": false }));
}

#[actix_web::test]
async fn a_code_that_is_bound_to_a_key_is_redeemed_by_its_holder() {
    let desk = Desk::one().await;
    let shop = &desk.shop;
    let (holder, thief) = (Sender::new().unwrap(), Sender::new().unwrap());
    let code = desk.code(&[("dpop_jkt", &holder.thumbprint())]).await;
    let prove = async |sender: &Sender, jti: &str, fields: &[(&str, &str)]| {
        let url = "https://portal.example/oauth2/token";
        let claims = Sender::claims("POST", url, None, jti, shop.house.clock.now());
        let ask = shop.house.stranger("POST", "/oauth2/token");
        let ask = ask.with("authorization", &shop.basic());
        let ask = ask.with("dpop", &sender.proof(&claims).unwrap());
        ask.raw(FORM, encoded(fields)).await
    };
    let fields = brought(&code, &[]);
    assert_eq!(
        error_of(&desk.redeem(&code, &[]).await, 400),
        "invalid_grant"
    );
    assert_eq!(
        error_of(&prove(&thief, "a-1", &fields).await, 400),
        "invalid_grant"
    );
    let given = prove(&holder, "a-2", &fields).await.good(200);
    assert_eq!(given["token_type"], "DPoP");
    let refresh = text(&given, "refresh_token");
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*refresh),
    ];
    let bare = shop.post("/oauth2/token", &fields).await;
    assert_eq!(error_of(&bare, 400), "invalid_grant");
    prove(&holder, "a-3", &fields).await.good(200);
}
