//! Programs that register themselves (RFC 7591), and manage what they registered (RFC 7592).

use std::time::Duration;

use futures_util::future::join_all;
use gatewright_portal::web::app::SelfRegistration;
use serde_json::{Value, json};

use super::shop::{FORM, Shop, basic, encoded};
use crate::{
    forms::sign_in,
    house::{Answer, Ask, House},
};

const REGISTER: &str = "/oauth2/register";
const BACK: &str = "https://app.example/back";

/// A shop whose consumer takes in programs that register themselves.
struct Reception {
    shop: Shop,
}

impl Reception {
    async fn of(mut shop: Shop) -> Self {
        shop.house.app.registration = SelfRegistration::Open;
        shop.house.serve_again().await;
        Self { shop }
    }

    async fn both() -> Vec<Self> {
        let mut receptions = Vec::new();
        for shop in Shop::both().await {
            receptions.push(Self::of(shop).await);
        }
        receptions
    }

    fn house(&self) -> &House {
        &self.shop.house
    }

    /// An initial access token.
    async fn mint(&self, wish: Value) -> (String, String) {
        let mut wish = wish;
        wish["name"] = json!("build servers");
        let minted = self.house().post("/consumers/Acme/initial-tokens", wish);
        let minted = minted.await.good(201);
        let text = |name: &str| minted[name].as_str().unwrap().to_owned();
        (text("initial_access_token"), text("id"))
    }

    async fn register(&self, token: &str, metadata: &Value) -> Answer {
        self.with(token, "POST", REGISTER).json(metadata).await
    }

    fn with(&self, token: &str, method: &str, path: &str) -> Ask<'_> {
        self.house().bearer(token, method, path)
    }

    /// A program that has registered itself, with what it was told.
    async fn registered(&self) -> Own {
        let (token, _) = self.mint(json!({ "max_registrations": 100 })).await;
        Own::of(&self.register(&token, &metadata()).await.good(201))
    }

    /// Everything that would change if something were registered.
    async fn stock(&self, token: &str) -> (u64, Value, Value) {
        let house = self.house();
        let used = house.get(&format!("/initial-tokens/{token}")).await;
        let applications = house.get("/consumers/Acme").await["applications"].clone();
        (
            house.events().await,
            used["registrations"].clone(),
            applications,
        )
    }
}

/// What a program keeps of an answer.
struct Own {
    client: String,
    place: String,
    token: String,
    secret: String,
    id: String,
}

impl Own {
    fn of(answer: &Value) -> Self {
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        let place = text("registration_client_uri");
        Self {
            client: text("client_id"),
            place: place
                .strip_prefix("https://portal.example")
                .unwrap()
                .to_owned(),
            token: text("registration_access_token"),
            secret: text("client_secret"),
            id: text("client_id").replacen("c_", "app_", 1),
        }
    }

    /// What it sends to replace its registration.
    fn replacement(&self) -> Value {
        let mut replacement = metadata();
        replacement["client_id"] = json!(self.client);
        replacement
    }
}

fn metadata() -> Value {
    json!({
        "client_name": "Build server", "client_name#de": "Bauserver",
        "redirect_uris": [BACK, "http://127.0.0.1/back"],
        "grant_types": ["client_credentials", "authorization_code", "refresh_token", "implicit"],
        "response_types": ["code", "token"],
        "scope": "orders:v1:read",
        "contacts": ["ada@example.org"], "nobody_knows_this": { "deep": [1] },
    })
}

/// The error of an answer of this status, which no cache keeps.
fn error_of(answer: &Answer, status: u16) -> String {
    let body = answer.good(status);
    assert_eq!(answer.header("cache-control"), "no-store", "{body}");
    assert!(body["error_description"].is_string(), "{body}");
    body["error"].as_str().unwrap().to_owned()
}

/// A token that is refused, in the way that says so.
fn refused(answer: &Answer) {
    assert_eq!(error_of(answer, 401), "invalid_token");
    let challenge = answer.header("www-authenticate");
    assert!(challenge.starts_with("Bearer realm="), "{challenge}");
    assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
}

#[actix_web::test]
async fn a_program_registers_itself_and_asks_for_tokens() {
    for reception in Reception::both().await {
        let house = reception.house();
        let (token, id) = reception.mint(json!({})).await;
        assert!(token.starts_with("gw_iat_"), "{token}");
        let answer = reception.register(&token, &metadata()).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        let told = answer.good(201);
        assert_eq!(told["client_name"], "Build server");
        assert_eq!(
            told["grant_types"],
            json!(["client_credentials", "authorization_code", "refresh_token"])
        );
        assert_eq!(told["response_types"], json!(["code"]));
        assert_eq!(
            told["redirect_uris"],
            json!(["http://127.0.0.1/back", BACK])
        );
        assert_eq!(told["token_endpoint_auth_method"], "client_secret_basic");
        assert_eq!(told["scope"], "orders:v1:read");
        assert_eq!(told["client_secret_expires_at"], 0);
        assert!(told["client_id_issued_at"].is_u64());
        for unknown in ["contacts", "nobody_knows_this", "client_name#de"] {
            assert!(told.get(unknown).is_none(), "{told}");
        }
        let own = Own::of(&told);
        assert!(own.token.starts_with("gw_rat_"));
        assert_eq!(own.place, format!("{REGISTER}/{}", own.client));

        let wish = json!({ "api": "orders", "version": "v1", "plan": "Standard", "scopes": ["read", "write"] });
        let subscriptions = format!("/applications/{}/subscriptions", own.id);
        house.post(&subscriptions, wish).await.good(201);
        let ask = [("grant_type", "client_credentials")];
        let granted = house
            .stranger("POST", "/oauth2/token")
            .with("authorization", &basic(&own.client, &own.secret))
            .raw(FORM, encoded(&ask));
        assert_eq!(granted.await.good(200)["scope"], "orders:v1:read");

        let used = house.get(&format!("/initial-tokens/{id}")).await;
        assert_eq!(used["status"], "used-up");
        assert_eq!(used["issued_by"], "ada");
        refused(&reception.register(&token, &metadata()).await);
        let events = house.get("/audit/events?limit=100").await;
        let events = events["items"].as_array().unwrap().iter();
        let of = |actor: &str, action: &str| {
            let mut events = events.clone();
            events.any(|event| event["actor"]["kind"] == actor && event["action"] == action)
        };
        assert!(of("initial-token", "application.register"));
        assert!(of("initial-token", "client-secret.issue"));
        assert!(of("stranger", "access.deny"));
    }
}

#[actix_web::test]
async fn two_programs_of_one_name_are_two_applications() {
    for reception in Reception::both().await {
        let (token, _) = reception.mint(json!({ "max_registrations": 3 })).await;
        let mut shop = metadata();
        shop["client_name"] = json!("Shop");
        for _ in 0..2 {
            let told = reception.register(&token, &shop).await.good(201);
            assert_eq!(told["client_name"], "Shop");
        }
        shop.as_object_mut().unwrap().remove("client_name");
        let told = reception.register(&token, &shop).await.good(201);
        assert!(told.get("client_name").is_none(), "{told}");
        let consumer = reception.house().get("/consumers/Acme").await;
        let names = consumer["items"].as_array().unwrap().iter();
        let names: Vec<&str> = names.map(|row| row["name"].as_str().unwrap()).collect();
        assert_eq!(names.len(), 4, "{names:?}");
    }
}

#[actix_web::test]
async fn p39_what_cannot_be_granted_is_refused_and_nothing_is_stored() {
    let key = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    let mut private = key.clone();
    private["d"] = json!("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
    let uris = |uris: Value| ("redirect_uris", uris);
    let cases = [
        (
            "invalid_redirect_uri",
            vec![uris(json!(["javascript:alert(1)"]))],
        ),
        (
            "invalid_redirect_uri",
            vec![uris(json!(["https://app.example/back#part"]))],
        ),
        (
            "invalid_redirect_uri",
            vec![uris(json!(["https://*.app.example/back"]))],
        ),
        (
            "invalid_redirect_uri",
            vec![uris(json!(["https://user@app.example/"]))],
        ),
        (
            "invalid_redirect_uri",
            vec![uris(json!(["http://app.example/back"]))],
        ),
        (
            "invalid_redirect_uri",
            vec![uris(json!(["data:text/html,x"]))],
        ),
        (
            "invalid_redirect_uri",
            vec![uris(json!([BACK, "http://localhost/back"]))],
        ),
        ("invalid_redirect_uri", vec![uris(json!([]))]),
        ("invalid_redirect_uri", vec![uris(json!(BACK))]),
        (
            "invalid_redirect_uri",
            vec![uris(json!(
                (0..21).map(|n| format!("{BACK}/{n}")).collect::<Vec<_>>()
            ))],
        ),
        (
            "invalid_client_metadata",
            vec![
                ("jwks", json!({ "keys": [key] })),
                ("jwks_uri", json!("https://app.example/keys")),
            ],
        ),
        (
            "invalid_client_metadata",
            vec![("jwks", json!({ "keys": [private] }))],
        ),
        (
            "invalid_client_metadata",
            vec![(
                "jwks",
                json!({ "keys": [{ "kty": "oct", "k": "c2VjcmV0" }] }),
            )],
        ),
        (
            "invalid_client_metadata",
            vec![("jwks_uri", json!("javascript:alert(1)"))],
        ),
        (
            "invalid_client_metadata",
            vec![("token_endpoint_auth_signing_alg", json!("none"))],
        ),
        (
            "invalid_client_metadata",
            vec![("id_token_signed_response_alg", json!("None"))],
        ),
        (
            "invalid_client_metadata",
            vec![("request_object_signing_alg", json!("none"))],
        ),
        (
            "invalid_client_metadata",
            vec![("token_endpoint_auth_signing_alg", json!("HS256"))],
        ),
        (
            "invalid_client_metadata",
            vec![("scope", json!("orders:v1:read orders:v1:write"))],
        ),
        (
            "invalid_client_metadata",
            vec![("scope", json!("everything"))],
        ),
        (
            "invalid_client_metadata",
            vec![("scope", json!(["orders:v1:read"]))],
        ),
        (
            "invalid_client_metadata",
            vec![("token_endpoint_auth_method", json!("client_secret_post"))],
        ),
        (
            "invalid_client_metadata",
            vec![("token_endpoint_auth_method", json!("private_key_jwt"))],
        ),
        (
            "invalid_client_metadata",
            vec![("token_endpoint_auth_method", json!("client_secret_jwt"))],
        ),
        (
            "invalid_client_metadata",
            vec![("grant_types", json!(["password", "implicit"]))],
        ),
        (
            "invalid_client_metadata",
            vec![("response_types", json!(["token"]))],
        ),
        (
            "invalid_client_metadata",
            vec![("client_name", json!("two\nlines"))],
        ),
        (
            "invalid_client_metadata",
            vec![("dpop_bound_access_tokens", json!("yes"))],
        ),
        (
            "invalid_software_statement",
            vec![("software_statement", json!("no statement"))],
        ),
        (
            "unapproved_software_statement",
            vec![("software_statement", json!("e30.e30.c2ln"))],
        ),
    ];
    for reception in Reception::both().await {
        let ceiling = json!({ "scopes": ["orders:v1:read"], "max_registrations": 5 });
        let (token, id) = reception.mint(ceiling).await;
        let before = reception.stock(&id).await;
        for (code, changes) in &cases {
            let mut asked = metadata();
            for (name, value) in changes {
                asked[*name] = value.clone();
            }
            let answer = reception.register(&token, &asked).await;
            assert_eq!(error_of(&answer, 400), *code, "{asked}");
        }
        let twice = format!(r#"{{"redirect_uris":["{BACK}"],"redirect_uris":["{BACK}"]}}"#);
        for body in ["", "[]", "{", "null", "\"text\"", twice.as_str()] {
            let ask = reception.with(&token, "POST", REGISTER);
            let answer = ask.raw("application/json", body.to_owned()).await;
            assert_eq!(error_of(&answer, 400), "invalid_client_metadata", "{body}");
        }
        let ask = reception.with(&token, "POST", REGISTER);
        let answer = ask.raw(FORM, metadata().to_string()).await;
        assert_eq!(error_of(&answer, 400), "invalid_client_metadata");
        let large = json!({ "client_uri": "x".repeat(70_000) }).to_string();
        let ask = reception.with(&token, "POST", REGISTER);
        let answer = ask.raw("application/json", large).await;
        assert_eq!(error_of(&answer, 413), "invalid_client_metadata");
        assert_eq!(reception.stock(&id).await, before);
        reception.register(&token, &metadata()).await.good(201);
    }
}

#[actix_web::test]
async fn only_a_token_that_works_lets_anybody_in() {
    for reception in Reception::both().await {
        let house = reception.house();
        let bare = house.stranger("POST", REGISTER).json(&metadata()).await;
        assert_eq!(error_of(&bare, 401), "invalid_token");
        assert_eq!(
            bare.header("www-authenticate"),
            r#"Bearer realm="gatewright""#
        );
        let own = reception.registered().await;
        let (expired, _) = reception.mint(json!({ "lifetime_s": 60 })).await;
        let (revoked, id) = reception.mint(json!({})).await;
        house
            .post(&format!("/initial-tokens/{id}/revoke"), json!({}))
            .await
            .good(200);
        house.clock.advance(Duration::from_secs(61));
        for token in [
            &expired,
            &revoked,
            &own.token,
            house.admin_token(),
            "garbage",
        ] {
            refused(&reception.register(token, &metadata()).await);
        }
        let again = house
            .post(&format!("/initial-tokens/{id}/revoke"), json!({}))
            .await;
        again.problem("state-forbids");
        let bad = [
            (json!({ "name": "n", "lifetime_s": 59 }), "/lifetime_s"),
            (
                json!({ "name": "n", "max_registrations": 0 }),
                "/max_registrations",
            ),
            (json!({ "name": "n", "grants": [] }), "/grants"),
            (json!({ "name": "n", "grants": ["password"] }), "/grants"),
        ];
        for (wish, pointer) in bad {
            let answer = house.post("/consumers/Acme/initial-tokens", wish).await;
            assert_eq!(answer.good(422)["errors"][0]["pointer"], pointer);
        }
    }
}

#[actix_web::test]
async fn of_many_who_race_for_the_last_use_one_wins() {
    for reception in Reception::both().await {
        let (token, id) = reception.mint(json!({ "max_registrations": 2 })).await;
        let (wish, mut statuses) = (metadata(), Vec::new());
        let racing = (0..6).map(|_| reception.register(&token, &wish));
        for answer in join_all(racing).await {
            statuses.push(answer.status);
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 201, 401, 401, 401, 401]);
        let (_, used, applications) = reception.stock(&id).await;
        assert_eq!((used, applications), (json!(2), json!(3)));
    }
}

#[actix_web::test]
async fn p40_the_token_of_a_client_that_is_gone_or_of_another_opens_nothing() {
    for reception in Reception::both().await {
        let (ours, other) = (reception.registered().await, reception.registered().await);
        for (method, place) in [
            ("GET", other.place.as_str()),
            ("DELETE", other.place.as_str()),
            ("GET", "/oauth2/register/c_00000000000000000000000007"),
            ("GET", "/oauth2/register/anybody"),
        ] {
            let answer = reception.with(&ours.token, method, place).send().await;
            assert_eq!(error_of(&answer, 403), "access_denied", "{method} {place}");
        }
        let answer = reception.with(&ours.token, "PUT", &other.place);
        assert_eq!(
            error_of(&answer.json(&other.replacement()).await, 403),
            "access_denied"
        );
        let bare = reception.house().stranger("GET", &ours.place).send().await;
        assert_eq!(error_of(&bare, 401), "invalid_token");
        refused(&reception.with("garbage", "GET", &ours.place).send().await);

        let gone = reception
            .with(&ours.token, "DELETE", &ours.place)
            .send()
            .await;
        assert_eq!((gone.status, gone.body.len()), (204, 0));
        assert_eq!(gone.header("cache-control"), "no-store");
        for method in ["GET", "DELETE"] {
            refused(
                &reception
                    .with(&ours.token, method, &ours.place)
                    .send()
                    .await,
            );
            refused(
                &reception
                    .with(&ours.token, method, &other.place)
                    .send()
                    .await,
            );
        }
        let put = reception.with(&ours.token, "PUT", &ours.place);
        refused(&put.json(&ours.replacement()).await);
        let application = reception
            .house()
            .get(&format!("/applications/{}", ours.id))
            .await;
        assert!(application["disabled_at"].is_string(), "{application}");
        assert!(application["not_before"].is_string(), "{application}");
        let ask = reception.house().stranger("POST", "/oauth2/token");
        let ask = ask.with("authorization", &basic(&ours.client, &ours.secret));
        let answer = ask
            .raw(FORM, encoded(&[("grant_type", "client_credentials")]))
            .await;
        assert_eq!(answer.good(401)["error"], "invalid_client");
        reception
            .with(&other.token, "GET", &other.place)
            .send()
            .await
            .good(200);
    }
}

#[actix_web::test]
async fn an_operator_who_disables_an_application_ends_its_hold_for_good() {
    for reception in Reception::both().await {
        let own = reception.registered().await;
        for verb in ["disable", "enable"] {
            let path = format!("/applications/{}/{verb}", own.id);
            reception.house().post(&path, json!({})).await.good(200);
            refused(&reception.with(&own.token, "GET", &own.place).send().await);
        }
    }
}

#[actix_web::test]
async fn each_answer_carries_the_next_token_and_may_be_lost() {
    for reception in Reception::both().await {
        let own = reception.registered().await;
        let read = async |token: &str| {
            let answer = reception.with(token, "GET", &own.place).send().await;
            let told = answer.good(200);
            assert_eq!(told["client_id"], own.client);
            assert!(told.get("client_secret").is_none(), "{told}");
            told["registration_access_token"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        let next = read(&own.token).await;
        assert_ne!(next, own.token);
        let both = join_all([read(&own.token), read(&own.token)]).await;
        assert_eq!(both, [next.clone(), next.clone()]);
        let put = reception.with(&own.token, "PUT", &own.place);
        let replaced = put.json(&own.replacement()).await.good(200);
        assert_eq!(replaced["registration_access_token"], next.as_str());
        let last = read(&next).await;
        assert_ne!(last, next);
        refused(&reception.with(&own.token, "GET", &own.place).send().await);
        assert_eq!(read(&next).await, last);
    }
}

#[actix_web::test]
async fn a_replacement_is_whole_and_below_the_ceiling() {
    for reception in Reception::both().await {
        let own = reception.registered().await;
        let put = async |replacement: &Value| {
            let ask = reception.with(&own.token, "PUT", &own.place);
            ask.json(replacement).await
        };
        let changed = |name: &str, value: Value| {
            let mut replacement = own.replacement();
            replacement[name] = value;
            replacement
        };
        let before = reception.house().events().await;
        let bad = [
            changed("client_id", json!("c_another")),
            changed("client_id", Value::Null),
            changed("client_secret", json!("gw_cs_guess")),
            changed("registration_access_token", json!(own.token)),
            changed("registration_client_uri", json!("https://portal.example/")),
            changed("client_secret_expires_at", json!(0)),
            changed("client_id_issued_at", json!(0)),
            changed("token_endpoint_auth_method", json!("client_secret_post")),
        ];
        for replacement in &bad {
            assert_eq!(
                error_of(&put(replacement).await, 400),
                "invalid_client_metadata",
                "{replacement}"
            );
        }
        assert_eq!(reception.house().events().await, before);
        let kept = put(&changed("client_secret", json!(own.secret)))
            .await
            .good(200);
        assert!(kept.get("client_secret").is_none(), "{kept}");

        let mut public = changed("token_endpoint_auth_method", json!("none"));
        public["client_name"] = json!("Assistant");
        let own = Own::of(&kept);
        let public = reception
            .with(&own.token, "PUT", &own.place)
            .json(&public)
            .await
            .good(200);
        assert_eq!(public["client_name"], "Assistant");
        assert_eq!(
            public["grant_types"],
            json!(["authorization_code", "refresh_token"])
        );
        let client = reception
            .house()
            .get(&format!("/applications/{}/client", own.id))
            .await;
        let revoked = &client["secrets"][0]["revoked_at"];
        assert!(revoked.is_string(), "{client}");

        let own = Own::of(&public);
        let secret = reception
            .with(&own.token, "PUT", &own.place)
            .json(&own.replacement())
            .await;
        let secret = secret.good(200);
        assert!(
            secret["client_secret"]
                .as_str()
                .unwrap()
                .starts_with("gw_cs_")
        );
        assert_eq!(secret["client_secret_expires_at"], 0);
    }
}

#[actix_web::test]
async fn what_an_operator_makes_of_a_client_it_cannot_undo() {
    for reception in Reception::both().await {
        let own = reception.registered().await;
        let at = format!("/applications/{}/client", own.id);
        let tag = reception.house().tag(&at).await;
        let edit = json!({ "grants": ["client_credentials"], "scopes": [], "require_dpop": true });
        let ask = reception.house().admin("PATCH", &at).with("if-match", &tag);
        ask.json(&edit).await.good(200);
        let put = reception.with(&own.token, "PUT", &own.place);
        let answer = put.json(&own.replacement()).await;
        assert_eq!(error_of(&answer, 400), "invalid_client_metadata");
        let mut modest = own.replacement();
        modest.as_object_mut().unwrap().remove("scope");
        let put = reception.with(&own.token, "PUT", &own.place);
        let told = put.json(&modest).await.good(200);
        assert_eq!(told["grant_types"], json!(["client_credentials"]));
        assert_eq!(told["response_types"], json!([]));
        assert_eq!(told["scope"], "");
        assert_eq!(told["dpop_bound_access_tokens"], true);
    }
}

#[actix_web::test]
async fn a_program_registers_how_its_certificate_is_known() {
    let reception = Reception::of(Shop::one().await).await;
    let methods = ["tls_client_auth", "self_signed_tls_client_auth"];
    let allowed = json!({ "auth_methods": methods, "max_registrations": 9 });
    let (token, _) = reception.mint(allowed).await;
    let with = async |more: Value| {
        let mut wish = metadata();
        for (name, value) in more.as_object().unwrap() {
            wish[name] = value.clone();
        }
        reception.register(&token, &wish).await
    };
    let named = json!({
        "token_endpoint_auth_method": "tls_client_auth",
        "tls_client_auth_subject_dn": "CN=build,O=Example",
        "tls_client_certificate_bound_access_tokens": true,
    });
    let told = with(named.clone()).await.good(201);
    for (name, value) in named.as_object().unwrap() {
        assert_eq!(told[name], *value, "{told}");
    }
    assert_eq!(told["client_secret"], Value::Null, "{told}");
    let own = json!({
        "token_endpoint_auth_method": "self_signed_tls_client_auth",
        "jwks": { "keys": [{ "kty": "EC", "x5c": [gatewright_testkit::certificates::OWN] }] },
    });
    with(own).await.good(201);
    for refused in [
        json!({ "token_endpoint_auth_method": "tls_client_auth" }),
        json!({ "token_endpoint_auth_method": "self_signed_tls_client_auth" }),
        json!({ "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": "build" }),
        json!({ "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_ip": "build" }),
        json!({
            "token_endpoint_auth_method": "tls_client_auth",
            "tls_client_auth_san_dns": "build.example",
            "tls_client_auth_san_uri": "spiffe://example/build",
        }),
        json!({
            "token_endpoint_auth_method": "tls_client_auth",
            "tls_client_auth_san_dns": "build.example",
            "tls_client_certificate_bound_access_tokens": true,
            "dpop_bound_access_tokens": true,
        }),
    ] {
        let answer = with(refused).await;
        assert_eq!(error_of(&answer, 400), "invalid_client_metadata");
    }
}

#[actix_web::test]
async fn other_methods_are_told_which_there_are() {
    let reception = Reception::of(Shop::one().await).await;
    let own = reception.registered().await;
    for (method, place, allowed) in [
        ("GET", REGISTER, "POST"),
        ("PUT", REGISTER, "POST"),
        ("POST", own.place.as_str(), "GET, PUT, DELETE"),
        ("PATCH", own.place.as_str(), "GET, PUT, DELETE"),
    ] {
        let answer = reception.with(&own.token, method, place).send().await;
        assert_eq!(
            error_of(&answer, 405),
            "invalid_request",
            "{method} {place}"
        );
        assert_eq!(answer.header("allow"), allowed);
    }
}

#[actix_web::test]
async fn who_comes_too_fast_is_told_when_to_come_back() {
    let reception = Reception::of(Shop::one().await).await;
    let (token, _) = reception.mint(json!({})).await;
    let mut answers = 0;
    let last = loop {
        let answer = reception.register(&token, &json!({})).await;
        answers += 1;
        if answer.status != 400 || answers > 1000 {
            break answer;
        }
    };
    assert_eq!(error_of(&last, 429), "temporarily_unavailable");
    assert!(last.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_eq!(answers, 601);
}

#[actix_web::test]
async fn the_page_of_a_consumer_says_who_may_register_and_what_is_in_the_way() {
    let shop = Shop::one().await;
    let cookie = sign_in(&shop.house).await;
    let page = async |house: &House| {
        let ask = house.stranger("GET", "/console/consumers/Acme");
        ask.with("cookie", &cookie).send().await.text()
    };
    let title = "Programs that register themselves";
    assert!(!page(&shop.house).await.contains(title));
    let mut reception = Reception::of(shop).await;
    let before = page(reception.house()).await;
    assert!(before.contains(title) && !before.contains("gw_iat_"));
    let (token, id) = reception.mint(json!({ "max_registrations": 2 })).await;
    reception.register(&token, &metadata()).await.good(201);
    let after = page(reception.house()).await;
    assert!(after.contains(&token[..11]) && !after.contains(&token));
    assert!(after.contains("1 of 2") && after.contains(&format!("{id}/revoke")));
    assert!(!after.contains("client_registration"));
    reception.shop.house.app.registration = SelfRegistration::Closed;
    reception.shop.house.serve_again().await;
    assert!(
        page(reception.house())
            .await
            .contains("client_registration")
    );
}

#[actix_web::test]
async fn where_it_is_off_nothing_of_it_is_there() {
    const WELL_KNOWN: &str = "/.well-known/oauth-authorization-server";
    let shop = Shop::one().await;
    let unknown = shop.house.stranger("POST", "/oauth2/nothing").send().await;
    for (method, path) in [
        ("POST", REGISTER),
        ("GET", REGISTER),
        ("GET", "/oauth2/register/c_00000000000000000000000007"),
        ("DELETE", "/oauth2/register/c_00000000000000000000000007"),
    ] {
        let answer = shop.house.stranger(method, path).send().await;
        answer.problem("not-found");
        assert_eq!(answer.status, unknown.status);
    }
    let document = shop
        .house
        .stranger("GET", WELL_KNOWN)
        .send()
        .await
        .good(200);
    assert!(document.get("registration_endpoint").is_none());
    let reception = Reception::of(shop).await;
    let document = reception
        .house()
        .stranger("GET", WELL_KNOWN)
        .send()
        .await
        .good(200);
    assert_eq!(
        document["registration_endpoint"],
        "https://portal.example/oauth2/register"
    );
}
