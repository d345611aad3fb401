//! Clients that are known by a certificate, and tokens that are bound to one, as a proxy tells of them.

use gatewright_domain::client::Vouched;
use gatewright_testkit::{
    certificates::{ENDED, OTHER, OWN, SHOP, der, told},
    sender::Sender,
};
use serde_json::{Value, json};

use super::{
    codes::{Desk, brought, claims},
    shop::{FORM, Shop, encoded, error_of},
};
use crate::house::{Answer, Ask};

const TOKEN: &str = "/oauth2/token";
const PROXY: &str = "10.1.2.3:4000";
const ELSEWHERE: &str = "10.9.2.3:4000";
const SUBJECT: &str = r"CN=shop+OU=Sales,O=Müller\, Söhne,C=DE";

/// `base64url(SHA-256(certificate))`, as RFC 8705 section 3.1 has it.
fn thumbprint(certificate: &str) -> String {
    let told = gatewright_domain::digest::sha256(&der(certificate));
    base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, told)
}

impl Shop {
    /// The shop behind a proxy that lets such certificates through.
    async fn behind_a_proxy(mut self, vouched: Vouched) -> Self {
        self.house.app.proxies.trusted = vec!["10.1.0.0/16".parse().unwrap()];
        self.house.app.proxies.vouched = vouched;
        self.house.serve_again().await;
        self
    }

    /// A request to an OAuth endpoint over a connection from this address.
    fn at(&self, path: &str, from: &str) -> Ask<'_> {
        self.house.stranger("POST", path).from(from)
    }

    /// Asks by the name alone, with a certificate that the proxy tells.
    async fn show(&self, certificate: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let fields = [&[("client_id", self.client_id.as_str())], fields].concat();
        let ask = self.at(path, PROXY);
        let ask = ask.with("client-cert", &told(certificate));
        ask.raw(FORM, encoded(&fields)).await
    }

    async fn show_for_a_token(&self, certificate: &str) -> Answer {
        let grant = [("grant_type", "client_credentials")];
        self.show(certificate, TOKEN, &grant).await
    }

    /// Whoever edits the client is told what is wrong with it.
    async fn not_edited(&self, edit: Value) -> Value {
        let path = "/applications/Shop/client";
        let tag = self.house.tag(path).await;
        let ask = self.house.admin("PATCH", path).with("if-match", &tag);
        let answer = ask.json(&edit).await;
        assert_eq!(answer.status, 422, "{edit}: {}", answer.text());
        answer.json()
    }
}

fn self_signed(certificates: &[&str]) -> Value {
    let key = |one: &&str| json!({ "kty": "EC", "crv": "P-521", "x5c": [one] });
    let keys: Vec<Value> = certificates.iter().map(key).collect();
    json!({ "auth_methods": ["self_signed_tls_client_auth"], "key_set": { "keys": keys } })
}

#[actix_web::test]
async fn p38_a_certificate_is_believed_from_a_trusted_proxy_only() {
    for shop in Shop::both().await {
        let shop = shop.behind_a_proxy(Vouched::Any).await;
        shop.edit(self_signed(&[OWN, ENDED])).await;
        let granted = shop.show_for_a_token(OWN).await.good(200);
        assert_eq!(granted["token_type"], "Bearer");
        let token = granted["access_token"].as_str().unwrap();
        assert_eq!(claims(token)["cnf"], Value::Null, "nothing asks for it");

        let own = told(OWN);
        let sent = |from: Option<&'static str>, headers: Vec<(&'static str, String)>| {
            let ask = match from {
                Some(from) => shop.at(TOKEN, from),
                None => shop.house.stranger("POST", TOKEN),
            };
            let ask = headers
                .iter()
                .fold(ask, |ask, (name, value)| ask.appended(name, value));
            let fields = [
                ("client_id", shop.client_id.as_str()),
                ("grant_type", "client_credentials"),
            ];
            ask.raw(FORM, encoded(&fields))
        };
        let one = || vec![("client-cert", own.clone())];
        for stranger in [Some(ELSEWHERE), None] {
            let answer = sent(stranger, one()).await;
            assert_eq!(error_of(&answer, 401), "invalid_client");
        }
        let twice = [one(), one()].concat();
        assert_eq!(
            error_of(&sent(Some(PROXY), twice.clone()).await, 400),
            "invalid_request"
        );
        assert_eq!(
            error_of(&sent(Some(ELSEWHERE), twice).await, 401),
            "invalid_client"
        );
        for other in [
            OWN.to_owned(),
            format!("{own}, {own}"),
            ":YWJj:".to_owned(),
            "::".to_owned(),
            "%3AYWJj%3A".to_owned(),
        ] {
            let answer = sent(Some(PROXY), vec![("client-cert", other)]).await;
            assert_eq!(error_of(&answer, 400), "invalid_request");
        }
        for misnamed in ["client_cert", "x-client-cert"] {
            let answer = sent(Some(PROXY), vec![(misnamed, own.clone())]).await;
            assert_eq!(error_of(&answer, 401), "invalid_client");
        }
        assert_eq!(
            error_of(&sent(Some(PROXY), Vec::new()).await, 401),
            "invalid_client"
        );
        for wrong in [OTHER, SHOP, ENDED] {
            let answer = shop.show_for_a_token(wrong).await;
            assert_eq!(error_of(&answer, 401), "invalid_client");
        }
    }
}

#[actix_web::test]
async fn a_certificate_proves_a_client_at_every_endpoint() {
    let shop = Shop::one().await.behind_a_proxy(Vouched::Any).await;
    let mut terms = self_signed(&[OWN]);
    terms["serves"] = json!(["orders/v1"]);
    shop.edit(terms).await;
    let granted = shop.show_for_a_token(OWN).await.good(200);
    let token = [("token", granted["access_token"].as_str().unwrap())];
    for path in ["/oauth2/introspect", "/oauth2/revoke"] {
        let wrong = shop.show(OTHER, path, &token).await;
        assert_eq!(error_of(&wrong, 401), "invalid_client");
        let bare = [&[("client_id", shop.client_id.as_str())], &token[..]].concat();
        let claimed = shop.at(path, ELSEWHERE).with("client-cert", &told(OWN));
        let claimed = claimed.raw(FORM, encoded(&bare)).await;
        assert_eq!(error_of(&claimed, 401), "invalid_client");
    }
    let active = shop.show(OWN, "/oauth2/introspect", &token).await;
    assert_eq!(active.good(200)["active"], true);
    assert_eq!(shop.show(OWN, "/oauth2/revoke", &token).await.status, 200);
    let active = shop.show(OWN, "/oauth2/introspect", &token).await;
    assert_eq!(active.good(200)["active"], false);
    assert_eq!(
        error_of(&shop.ask(&[]).await, 401),
        "invalid_client",
        "no secret is taken"
    );
}

#[actix_web::test]
async fn a_client_is_known_by_one_name_in_a_certificate_of_an_authority() {
    let shop = Shop::one().await.behind_a_proxy(Vouched::Verified).await;
    let names = [
        ("subject_dn", SUBJECT, "CN=shop"),
        ("san_dns", "shop.example", "other.example"),
        ("san_uri", "spiffe://example/shop", "spiffe://example/other"),
        ("san_ip", "192.0.2.7", "192.0.2.8"),
        ("san_email", "Shop@mail.example", "other@mail.example"),
    ];
    for (kind, good, bad) in names {
        let member = format!("tls_client_auth_{kind}");
        shop.edit(json!({ "auth_methods": ["tls_client_auth"], &member: bad }))
            .await;
        assert_eq!(
            error_of(&shop.show_for_a_token(SHOP).await, 401),
            "invalid_client"
        );
        shop.edit(json!({ &member: good })).await;
        shop.show_for_a_token(SHOP).await.good(200);
        assert_eq!(
            error_of(&shop.show_for_a_token(OWN).await, 401),
            "invalid_client"
        );
        let page = shop.house.get("/applications/Shop/client").await;
        for (other, _, _) in names {
            let told = &page[format!("tls_client_auth_{other}")];
            let expected = if other == kind {
                json!(good)
            } else {
                Value::Null
            };
            assert_eq!(*told, expected, "{other}: {page}");
        }
    }
    let shop = shop.behind_a_proxy(Vouched::Any).await;
    let answer = shop.show_for_a_token(SHOP).await;
    assert_eq!(
        error_of(&answer, 401),
        "invalid_client",
        "nobody verified the chain"
    );
}

#[actix_web::test]
async fn tokens_of_a_client_that_asks_for_it_are_bound_to_its_certificate() {
    for shop in Shop::both().await {
        let shop = shop.behind_a_proxy(Vouched::Any).await;
        shop.edit(json!({ "tls_client_certificate_bound_access_tokens": true }))
            .await;
        let grant = [("grant_type", "client_credentials")];
        let with_secret = |certificate: Option<&str>| {
            let ask = shop.at(TOKEN, PROXY).with("authorization", &shop.basic());
            match certificate {
                Some(certificate) => ask.with("client-cert", &told(certificate)),
                None => ask,
            }
        };
        let granted = with_secret(Some(OWN)).raw(FORM, encoded(&grant)).await;
        let granted = granted.good(200);
        assert_eq!(granted["token_type"], "Bearer");
        let token = granted["access_token"].as_str().unwrap();
        let cnf = json!({ "x5t#S256": thumbprint(OWN) });
        assert_eq!(claims(token)["cnf"], cnf);
        let header = format!("Bearer {}", shop.house.admin_token());
        let asked = [("token", token)];
        let active = shop.post_as(&header, "/oauth2/introspect", &asked);
        let active = active.await.good(200);
        assert_eq!((&active["cnf"], &active["active"]), (&cnf, &json!(true)));

        for missing in [None, Some(ENDED)] {
            let answer = with_secret(missing).raw(FORM, encoded(&grant)).await;
            assert_eq!(error_of(&answer, 400), "invalid_request");
        }
        let key = Sender::new().unwrap();
        let url = "https://portal.example/oauth2/token";
        let now = gatewright_testkit::clock::FixedClock::START;
        let proof = key
            .proof(&Sender::claims("POST", url, None, "c-1", now))
            .unwrap();
        let both = with_secret(Some(OWN)).with("dpop", &proof);
        let both = both.raw(FORM, encoded(&grant)).await;
        assert_eq!(error_of(&both, 400), "invalid_request", "one of the two");
        let page = shop.house.get("/applications/Shop/client").await;
        assert_eq!(page["tls_client_certificate_bound_access_tokens"], true);
        assert_eq!(page["require_dpop"], false);
    }
}

#[actix_web::test]
async fn a_grant_of_a_public_client_is_refreshed_with_the_same_certificate() {
    for shop in Shop::both().await {
        let desk = Desk::at(shop.behind_a_proxy(Vouched::Any).await).await;
        let shop = &desk.shop;
        let terms = json!({
            "auth_methods": ["none"],
            "tls_client_certificate_bound_access_tokens": true,
        });
        shop.edit(terms).await;
        let code = desk.code(&[]).await;
        let granted = shop.show(OWN, TOKEN, &brought(&code, &[])).await.good(200);
        let token = granted["access_token"].as_str().unwrap();
        assert_eq!(claims(token)["cnf"], json!({ "x5t#S256": thumbprint(OWN) }));
        let refresh = granted["refresh_token"].as_str().unwrap();
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        let thief = shop.show(OTHER, TOKEN, &fields).await;
        assert_eq!(error_of(&thief, 400), "invalid_grant");
        let bare = [&[("client_id", shop.client_id.as_str())], &fields[..]].concat();
        let claimed = shop.at(TOKEN, ELSEWHERE).with("client-cert", &told(OWN));
        let claimed = claimed.raw(FORM, encoded(&bare)).await;
        assert_eq!(error_of(&claimed, 400), "invalid_request");
        let next = shop.show(OWN, TOKEN, &fields).await.good(200);
        let token = next["access_token"].as_str().unwrap();
        assert_eq!(claims(token)["cnf"], json!({ "x5t#S256": thumbprint(OWN) }));
    }
}

#[actix_web::test]
async fn a_client_that_no_certificate_could_prove_is_not_registered() {
    let shop = Shop::one().await;
    for (edit, says) in [
        (
            json!({ "auth_methods": ["tls_client_auth"] }),
            "exactly one",
        ),
        (
            json!({ "auth_methods": ["self_signed_tls_client_auth"] }),
            "x5c",
        ),
        (
            json!({ "tls_client_auth_subject_dn": "/CN=shop/C=DE" }),
            "RFC 4514",
        ),
        (json!({ "tls_client_auth_san_ip": "shop" }), "IP address"),
        (json!({ "tls_client_auth_san_dns": "" }), "1 to 1000"),
        (
            json!({ "tls_client_auth_san_dns": "a", "tls_client_auth_san_uri": "b" }),
            "exactly one",
        ),
        (
            json!({ "require_dpop": true, "tls_client_certificate_bound_access_tokens": true }),
            "not to both",
        ),
        (
            json!({ "key_set": { "keys": [{ "kty": "EC", "x5c": ["YWJj"] }] } }),
            "x5c",
        ),
    ] {
        let told = shop.not_edited(edit).await.to_string();
        assert!(told.contains(says), "{says}: {told}");
    }
    shop.edit(json!({ "tls_client_auth_san_dns": "shop.example" }))
        .await;
    shop.edit(json!({ "tls_client_auth_san_dns": null })).await;
    let page = shop.house.get("/applications/Shop/client").await;
    assert_eq!(page["tls_client_auth_san_dns"], Value::Null);
}

#[actix_web::test]
async fn certificates_are_offered_where_a_proxy_tells_of_them() {
    let mut shop = Shop::one().await;
    let bound = "tls_client_certificate_bound_access_tokens";
    for (vouched, by_certificate) in [
        (None, vec![]),
        (Some(Vouched::Any), vec!["self_signed_tls_client_auth"]),
        (
            Some(Vouched::Verified),
            vec!["tls_client_auth", "self_signed_tls_client_auth"],
        ),
    ] {
        if let Some(vouched) = vouched {
            shop = shop.behind_a_proxy(vouched).await;
        }
        let get = async |path: &str| shop.house.stranger("GET", path).send().await.good(200);
        let document = get("/.well-known/oauth-authorization-server").await;
        for endpoint in ["token", "introspection", "revocation"] {
            let methods = &document[format!("{endpoint}_endpoint_auth_methods_supported")];
            let methods = methods.as_array().unwrap().iter();
            let methods: Vec<&str> = methods.filter_map(Value::as_str).collect();
            let methods: Vec<&str> = methods
                .into_iter()
                .filter(|method| method.contains("tls"))
                .collect();
            assert_eq!(methods, by_certificate, "{endpoint}");
        }
        let resource = get("/.well-known/oauth-protected-resource/orders/v1").await;
        let expected = vouched.map_or(Value::Null, |_| json!(true));
        assert_eq!((&document[bound], &resource[bound]), (&expected, &expected));
    }
}
