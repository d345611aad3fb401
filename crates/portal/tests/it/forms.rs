//! What every form of the console does: it refuses a stranger and a foreign page, and what it changes leaves an event.

use std::collections::BTreeSet;

use gatewright_domain::{access::Origin, secret::Secret};
use url::form_urlencoded;

use crate::{
    house::{Answer, House, PASSWORD},
    whole_path::contract,
};

/// The source of the addresses: the one list of them.
const ROUTES: &str = include_str!("../../src/console/routes.rs");

/// What is posted although nothing changes: what is asked may not stand in an address.
const READS: [&str; 4] = [
    "/console/applications/{application}/tokens/new/preview",
    "/console/inspector",
    "/console/issuers/{issuer}/try",
    "/console/search",
];

/// Every address of the console with a form behind it, in the order of the source.
fn forms() -> Vec<&'static str> {
    let pieces = ROUTES
        .split("\n        .")
        .flat_map(|piece| piece.split("config.route("));
    let posts = |piece: &&str| piece.contains(".post(") || piece.contains("post().to(");
    let address = |piece: &'static str| piece.split('"').nth(1);
    pieces
        .filter(posts)
        .filter_map(address)
        .filter(|address| address.starts_with("/console/"))
        .collect()
}

/// A signed-in administrator with a browser.
struct Browser {
    house: House,
    cookie: String,
    done: BTreeSet<&'static str>,
}

impl Browser {
    async fn open() -> Self {
        let house = House::one().await;
        let cookie = sign_in(&house).await;
        Self {
            house,
            cookie,
            done: BTreeSet::new(),
        }
    }

    /// Posts a form from a page of this origin.
    async fn send(&self, path: &str, fields: &[(&str, &str)], origin: &str) -> Answer {
        let site = if origin == "https://portal.example" {
            "same-origin"
        } else {
            "cross-site"
        };
        let body: String = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let ask = self.house.stranger("POST", path);
        ask.with("cookie", &self.cookie)
            .with("origin", origin)
            .with("sec-fetch-site", site)
            .raw("application/x-www-form-urlencoded", body)
            .await
    }

    /// Fills in a form whose address has these parts; it must change something and leave an event.
    async fn fill(&mut self, form: &'static str, parts: &[&str], fields: &[(&str, &str)]) {
        let path = filled(form, parts);
        let before = self.house.events().await;
        let answer = self.send(&path, fields, "https://portal.example").await;
        let page = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(
            matches!(answer.status, 200 | 303),
            "{path}: {} {page}",
            answer.status
        );
        assert!(
            before < self.house.events().await,
            "{path} left no event: {page}"
        );
        self.done.insert(form);
    }

    /// A key of that purpose that stands so.
    async fn key(&self, purpose: &str, state: &str) -> String {
        let keys = self.house.get("/keys").await;
        let mut keys = keys["items"].as_array().unwrap().iter();
        let found = keys.find(|key| key["purpose"] == purpose && key["state"] == state);
        let found = found.unwrap_or_else(|| panic!("no key of {purpose} is {state}"));
        found["kid"].as_str().unwrap().to_owned()
    }

    async fn member(&self, path: &str, pointer: &str) -> String {
        let value = self.house.get(path).await;
        let found = value.pointer(pointer).and_then(|found| found.as_str());
        found
            .unwrap_or_else(|| panic!("{pointer} is not in {value}"))
            .to_owned()
    }
}

pub(crate) async fn sign_in(house: &House) -> String {
    let password = Secret::new(PASSWORD.to_owned());
    let signed_in = house
        .app
        .operators
        .sign_in("ada", password, Origin::default());
    let secret = signed_in.await.unwrap().secret;
    format!("__Host-gatewright={}", secret.lend(Clone::clone))
}

fn filled(form: &str, parts: &[&str]) -> String {
    let mut parts = parts.iter().chain(std::iter::repeat(&"v1"));
    let fill = |part: &str| match part.starts_with('{') {
        true => (*parts.next().unwrap()).to_owned(),
        false => part.to_owned(),
    };
    form.split('/').map(fill).collect::<Vec<_>>().join("/")
}

#[actix_web::test]
async fn every_form_refuses_a_stranger_and_a_foreign_page() {
    let browser = Browser::open().await;
    let stranger = Browser {
        cookie: "__Host-gatewright=gw_ses_nobody".to_owned(),
        house: browser.house,
        done: BTreeSet::new(),
    };
    let forms = forms();
    assert!(forms.len() > 20, "{forms:?}");
    let before = stranger.house.events().await;
    for form in &forms {
        let answer = stranger
            .send(&filled(form, &[]), &[], "https://portal.example")
            .await;
        assert_eq!(answer.status, 401, "{form}");
    }
    let signed_in = Browser {
        cookie: sign_in(&stranger.house).await,
        ..stranger
    };
    for form in &forms {
        let answer = signed_in
            .send(&filled(form, &[]), &[], "https://elsewhere.example")
            .await;
        // What stands for an id in some addresses is none, and what is not there is not there for anybody.
        assert!(
            matches!(answer.status, 403 | 404),
            "{form}: {}",
            answer.status
        );
    }
    let after = signed_in.house.events().await;
    assert_eq!(after, before + 1, "only the sign-in left an event");
}

#[actix_web::test]
async fn every_form_that_changes_something_leaves_an_event() {
    let mut browser = Browser::open().await;
    publish(&mut browser).await;
    call(&mut browser).await;
    guard(&mut browser).await;
    people(&mut browser).await;
    let all: BTreeSet<&str> = forms().into_iter().collect();
    let missed = all.difference(&browser.done);
    let missed: Vec<_> = missed.filter(|form| !READS.contains(form)).collect();
    assert_eq!(missed, Vec::<&&str>::new(), "fill these in too");
}

async fn publish(browser: &mut Browser) {
    let api = [("name", "orders"), ("title", "Orders")];
    browser.fill("/console/apis/new", &[], &api).await;
    let choice = [("algorithm", "ES256"), ("force", "")];
    browser
        .fill("/console/apis/{api}/algorithm", &["orders"], &choice)
        .await;
    let ruleset = [("ruleset", "own"), ("text", "rules: {}")];
    browser
        .fill("/console/apis/{api}/ruleset", &["orders"], &ruleset)
        .await;
    let version = [("number", "v1"), ("upstream", "http://127.0.0.1:9")];
    browser
        .fill("/console/apis/{api}/versions/new", &["orders"], &version)
        .await;
    let document = contract().to_string();
    let at = ["orders", "v1"];
    browser
        .fill(
            "/console/apis/{api}/{version}/contract",
            &at,
            &[("text", &document)],
        )
        .await;
    let staleness = [("after_s", "15"), ("reads", "refuse"), ("writes", "refuse")];
    browser
        .fill("/console/apis/{api}/{version}/staleness", &at, &staleness)
        .await;
    browser
        .fill("/console/apis/{api}/{version}/publish", &at, &[])
        .await;
    let stop = [("reason", "A drill."), ("name", "orders/v1")];
    for (verb, fields) in [("block", stop.as_slice()), ("unblock", &[])] {
        let parts = ["orders", "v1", verb];
        browser
            .fill("/console/apis/{api}/{version}/{verb}", &parts, fields)
            .await;
    }
    let plan = [
        ("name", "standard"),
        ("requests", "10"),
        ("per_seconds", "1"),
        ("burst", "20"),
        ("daily_quota", ""),
        ("max_token_lifetime_s", "86400"),
    ];
    browser
        .fill("/console/apis/{api}/plans/new", &["orders"], &plan)
        .await;
}

async fn call(browser: &mut Browser) {
    browser
        .fill("/console/consumers/new", &[], &[("name", "Acme")])
        .await;
    let applications = "/console/consumers/{consumer}/applications/new";
    browser
        .fill(applications, &["Acme"], &[("name", "shop")])
        .await;
    let initial = [
        ("name", "build servers"),
        ("max_registrations", "5"),
        ("lifetime_s", "86400"),
        ("grants", "client_credentials"),
        ("scopes", "orders:v1:read"),
    ];
    let form = "/console/consumers/{consumer}/initial-tokens/new";
    browser.fill(form, &["Acme"], &initial).await;
    let at = "/consumers/Acme/initial-tokens";
    let initial = browser.member(at, "/items/0/id").await;
    let reason = [("reason", "Lost.")];
    let form = "/console/initial-tokens/{initial_token}/revoke";
    browser.fill(form, &[&initial], &reason).await;
    let plan = browser.member("/apis/orders/plans", "/items/0/id").await;
    let wish = [
        ("api", "orders"),
        ("version", "v1"),
        ("plan", plan.as_str()),
        ("scope", "read"),
    ];
    browser
        .fill(
            "/console/applications/{application}/subscribe",
            &["shop"],
            &wish,
        )
        .await;
    let token = [
        ("name", "first"),
        ("scope", "orders:v1:read"),
        ("lifetime", "3600"),
    ];
    browser
        .fill(
            "/console/applications/{application}/tokens/new",
            &["shop"],
            &token,
        )
        .await;
    let token = browser
        .member("/applications/shop/tokens", "/items/0/id")
        .await;
    let replace = [("scope", "orders:v1:read"), ("overlap", "86400")];
    let form = "/console/tokens/{token}/replace";
    browser.fill(form, &[&token], &replace).await;
    browser
        .fill(
            "/console/tokens/{token}/revoke",
            &[&token],
            &[("reason", "Lost.")],
        )
        .await;
    let key = [
        ("name", "pipeline"),
        ("scope", "orders:v1:read"),
        ("lifetime", ""),
    ];
    let form = "/console/applications/{application}/api-keys/new";
    browser.fill(form, &["shop"], &key).await;
    let at = "/applications/shop/api-keys";
    let key = browser.member(at, "/items/0/id").await;
    let reason = [("reason", "Leaked.")];
    browser
        .fill("/console/api-keys/{key}/revoke", &[&key], &reason)
        .await;
    let wish = serde_json::json!({ "name": "nightly", "scopes": ["orders:v1:read"] });
    let begun = browser.house.post("/applications/shop/grants", wish).await;
    let grant = begun.good(201)["id"].as_str().unwrap().to_owned();
    browser
        .fill("/console/grants/{grant}/revoke", &[&grant], &reason)
        .await;
    credentials(browser).await;
    browser
        .fill(
            "/console/applications/{application}/revoke-all",
            &["shop"],
            &[("name", "shop")],
        )
        .await;
}

async fn credentials(browser: &mut Browser) {
    let at = "/console/applications/{application}/credentials";
    let secret = [("expires_in", ""), ("overlap", "86400")];
    let new = "/console/applications/{application}/credentials/new";
    browser.fill(new, &["shop"], &secret).await;
    let terms = [
        ("grants", "client_credentials refresh_token"),
        ("auth_methods", "client_secret_basic client_secret_post"),
        ("scopes", "orders:v1:read"),
        ("token_lifetime_s", "300"),
        ("tokens_per_minute", "60"),
        ("key_set_uri", "https://shop.example/keys.json"),
        ("certificate_name", "san_dns:shop.example"),
        ("senders", "mtls"),
    ];
    let edit = "/console/applications/{application}/credentials/edit";
    browser.fill(edit, &["shop"], &terms).await;
    let id = browser
        .member("/applications/shop/client", "/secrets/0/id")
        .await;
    let revoke = "/console/applications/{application}/credentials/{secret}/revoke";
    let before = browser.house.events().await;
    let endless = "Lost. ".repeat(1_000);
    let (path, reason) = (
        filled(revoke, &["shop", &id]),
        [("reason", endless.as_str())],
    );
    let asked = browser.send(&path, &reason, "https://portal.example").await;
    let page = String::from_utf8_lossy(&asked.body).into_owned();
    assert!(page.contains("aria-invalid"), "{page}");
    assert_eq!(browser.house.events().await, before, "{page}");
    browser
        .fill(revoke, &["shop", &id], &[("reason", "A drill.")])
        .await;
    let page = browser.house.stranger("GET", &filled(at, &["shop"]));
    let page = page.with("cookie", &browser.cookie).send().await;
    let page = String::from_utf8_lossy(&page.body).into_owned();
    assert!(page.contains(&format!("gw_cs_{id}")), "{page}");
}

async fn rings(browser: &mut Browser) {
    let ring = [("ring", "access/EdDSA")];
    browser.fill("/console/keys/rings/new", &[], &ring).await;
    let form = "/console/keys/rings/{purpose}/{algorithm}/{verb}";
    let reason = [("reason", "A drill.")];
    let times = [("max_lifetime_s", "600")];
    let moves: [(&str, &[(&str, &str)]); 4] = [
        ("rotate", &[]),
        ("times", &times),
        ("stage", &[]),
        ("disable", &reason),
    ];
    for (verb, fields) in moves {
        browser.fill(form, &["access", "EdDSA", verb], fields).await;
    }
    browser
        .fill(form, &["access", "EdDSA", "enable"], &reason)
        .await;
}

async fn keys(browser: &mut Browser) {
    let drill = [("reason", "A drill."), ("listing", "withdrawn")];
    let form = "/console/keys/{kid}/{verb}";
    let staged = browser.key("access", "staged").await;
    browser.fill(form, &[&staged, "publish"], &[]).await;
    let active = browser.key("access", "active").await;
    browser.fill(form, &[&active, "suspend"], &drill).await;
    browser.fill(form, &[&active, "resume"], &drill).await;
    let rehearse = "/console/keys/{kid}/rehearse";
    browser.fill(rehearse, &[&active], &[]).await;
    let declare = [("kid", active.as_str()), ("reason", "A drill.")];
    browser
        .fill("/console/keys/{kid}/compromise", &[&active], &declare)
        .await;
}

async fn guard(browser: &mut Browser) {
    rings(browser).await;
    keys(browser).await;
    let sweep = [
        ("kind", "session"),
        ("key", "f_1"),
        ("reason", "A drill."),
        ("confirm", "f_1"),
    ];
    browser.fill("/console/revocations/new", &[], &sweep).await;
    browser
        .fill("/console/gateways/enrol", &[], &[("name", "edge")])
        .await;
    let gateways = browser.house.get("/gateways").await;
    let edge = gateways["items"].as_array().unwrap().iter();
    let edge = edge
        .clone()
        .find(|gateway| gateway["name"] == "edge")
        .unwrap();
    let id = edge["id"].as_str().unwrap();
    browser
        .fill(
            "/console/gateways/remove",
            &[],
            &[("gateway", id), ("name", "edge")],
        )
        .await;
    browser.fill("/console/audit/verify", &[], &[]).await;
    trust(browser).await;
}

async fn trust(browser: &mut Browser) {
    let application = browser.member("/applications/shop", "/id").await;
    let rules = format!(r#"[{{"application":"{application}","scopes":{{"fixed":[]}}}}]"#);
    let issuer = [
        ("name", "script"),
        ("issuer", "billing-script"),
        ("audience", "orders"),
        ("kinds", "any-jwt"),
        ("max_lifetime_s", "3600"),
        ("source", "secret"),
        ("secret", "a secret of as many bytes as it takes"),
        ("rules", &rules),
    ];
    browser.fill("/console/issuers/new", &[], &issuer).await;
    let id = browser.member("/issuers", "/items/0/id").await;
    let rules = rules.replace("[]", r#"["orders:v1:read"]"#);
    browser
        .fill(
            "/console/issuers/{issuer}/rules",
            &[&id],
            &[("rules", &rules)],
        )
        .await;
    let reason = [("reason", "A breach there.")];
    browser
        .fill(
            "/console/issuers/{issuer}/{verb}",
            &[&id, "suspend"],
            &reason,
        )
        .await;
}

async fn people(browser: &mut Browser) {
    browser
        .fill("/console/operators/teams/new", &[], &[("name", "Billing")])
        .await;
    let bob = [
        ("name", "bob"),
        ("role", "auditor"),
        ("teams", ""),
        ("password", "a long and boring password"),
    ];
    browser.fill("/console/operators/new", &[], &bob).await;
    let operators = browser.house.get("/operators").await;
    let bob = operators["items"].as_array().unwrap().iter();
    let bob = bob
        .clone()
        .find(|operator| operator["name"] == "bob")
        .unwrap();
    let change = [
        ("role", "publisher"),
        ("teams", "Billing"),
        ("access", "active"),
    ];
    let id = bob["id"].as_str().unwrap();
    browser
        .fill("/console/operators/{operator}", &[id], &change)
        .await;
    let token = [("name", "ci"), ("role", "auditor"), ("lifetime", "30")];
    browser
        .fill("/console/account/tokens/new", &[], &token)
        .await;
    let tokens = browser.house.get("/access-tokens").await;
    let ci = tokens["items"].as_array().unwrap().iter();
    let ci = ci.clone().find(|token| token["name"] == "ci").unwrap();
    let id = ci["id"].as_str().unwrap();
    browser
        .fill("/console/account/tokens/{token}/revoke", &[id], &[])
        .await;
    let password = [("present", PASSWORD), ("password", "another long sentence")];
    browser
        .fill("/console/account/password", &[], &password)
        .await;
}
