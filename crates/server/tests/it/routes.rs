//! What the API document says can be asked, with what an installation holds filled in: so that a route that is added later
//! is walked as well, or fails the walk until somebody says what it takes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::{
    http::{Answer, Ask},
    instance::Instance,
    shop,
};

/// What is to have happened in the trail.
pub(crate) const NOTHING: [&str; 0] = [];

/// One operation of the API.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) method: String,
    /// Below `/api/v1`, with parameters in braces.
    pub(crate) path: String,
    pub(crate) if_match: IfMatch,
    pub(crate) queries: Vec<String>,
    takes_json: bool,
}

/// Whether an operation looks at `If-Match`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IfMatch {
    Ignored,
    Heeded,
    Needed,
}

/// Every operation, in the order of the document.
pub(crate) fn routes() -> Vec<Route> {
    let document: Value =
        serde_json::from_str(include_str!("../../../../docs/openapi.json")).unwrap();
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().cloned();
            let parameters = parameters.unwrap_or_default();
            let of = |place: &'static str| parameters.iter().filter(move |it| it["in"] == place);
            let if_match = of("header").find(|it| it["name"] == "If-Match");
            routes.push(Route {
                method: method.to_uppercase(),
                path: path.strip_prefix("/api/v1").unwrap().to_owned(),
                if_match: match if_match {
                    None => IfMatch::Ignored,
                    Some(it) if it["required"] == true => IfMatch::Needed,
                    Some(_) => IfMatch::Heeded,
                },
                queries: of("query")
                    .map(|it| it["name"].as_str().unwrap().to_owned())
                    .collect(),
                takes_json:
                    operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
                        .is_string(),
            });
        }
    }
    assert!(routes.len() > 50, "the walk has lost its way");
    routes
}

/// Every operation that may change something.
pub(crate) fn mutating() -> Vec<Route> {
    routes()
        .into_iter()
        .filter(|route| route.method != "GET")
        .collect()
}

impl Route {
    /// A body that is taken, for operations that take a JSON object; none for those that take nothing.
    pub(crate) fn body(&self) -> Option<Value> {
        let reason = json!({ "reason": "because" });
        let body = match self.path.rsplit_once('/').unwrap().1 {
            _ if !self.takes_json => return None,
            "{api}" => json!({ "title": "Orders" }),
            "{version}" => json!({ "upstream": "http://127.0.0.1:9000" }),
            "{plan}" => {
                json!({ "daily_quota": 5, "rate": shop::plan()["rate"], "max_token_lifetime_s": 60 })
            }
            "{operator}" => json!({ "role": "auditor", "teams": ["platform"] }),
            "apis" => json!({ "name": "bad-input", "title": "Bad input", "team": "platform" }),
            "versions" => json!({ "number": "v7", "upstream": "http://127.0.0.1:9000" }),
            "plans" => {
                let mut plan = shop::plan();
                plan["name"] = json!("Bad input");
                plan
            }
            "consumers" | "applications" | "gateways" | "teams" => json!({ "name": "Bad input" }),
            "subscriptions" => {
                json!({ "api": "orders", "version": "v1", "plan": "Standard", "scopes": ["read"] })
            }
            "tokens" => {
                json!({ "name": "Bad input", "scopes": ["orders:v1:read"], "lifetime_s": 600 })
            }
            "operators" => {
                json!({ "name": "eve", "role": "auditor", "teams": ["platform"], "password": "correct horse battery staple" })
            }
            "deprecate" => json!({ "sunset": "2099-01-01T00:00:00Z" }),
            "suspend" if self.is_of_keys() => json!({ "reason": "because", "listing": "listed" }),
            "block" | "compromise" | "revoke" | "revoke-all" | "suspend" | "resume" | "enable"
            | "disable" | "withdraw" => reason,
            "rings" => json!({ "ring": "access/EdDSA" }),
            "retime" => json!({ "max_lifetime_s": 600 }),
            "api-keys" => json!({ "name": "Bad input", "scopes": ["orders:v1:read"] }),
            "initial-tokens" => json!({ "name": "Bad input" }),
            "client" => json!({ "tokens_per_minute": 7 }),
            "secrets" => json!({ "expires_in_s": 3600 }),
            "grants" => json!({ "name": "Bad input", "scopes": ["orders:v1:read"] }),
            "issuers" => issuer("Bad input", "bad-input", NOBODY),
            "rules" => json!({ "rules": rules(NOBODY) }),
            "try" => json!({ "token": "no token" }),
            "stage" => json!({ "ring": "access/ES256" }),
            "activate" => json!({ "force": "because" }),
            "revocations" => json!({ "kind": "session", "key": "f_1", "reason": "because" }),
            "replace" => json!({ "overlap_s": 60 }),
            "rotate" => json!({ "force": "because" }),
            "choose-algorithm" => json!({ "algorithm": "ES256" }),
            "choose-ruleset" => json!({ "ruleset": "none" }),
            "staleness" => json!({ "after_s": 60, "reads": "serve", "writes": "serve" }),
            "inspect" => json!({ "token": "no token" }),
            _ => panic!("say here what {} {} takes", self.method, self.path),
        };
        Some(body)
    }

    /// Which members of the body must be there.
    pub(crate) fn needs(&self) -> &'static [&'static str] {
        match self.path.rsplit_once('/').unwrap().1 {
            "{api}" => &["title"],
            "{version}" => &["upstream"],
            "apis" | "consumers" | "applications" | "gateways" | "teams" => &["name"],
            "versions" => &["number", "upstream"],
            "plans" => &["name", "rate", "max_token_lifetime_s"],
            "subscriptions" => &["api", "version", "plan"],
            "tokens" => &["name", "lifetime_s"],
            "operators" => &["name", "role", "password"],
            "deprecate" => &["sunset"],
            "suspend" if self.is_of_keys() => &["reason", "listing"],
            "resume" if self.is_of_keys() => &["reason"],
            "enable" | "disable" if self.path.starts_with("/rings/") => &["reason"],
            "block" | "compromise" => &["reason"],
            "inspect" | "try" => &["token"],
            "api-keys" | "initial-tokens" => &["name"],
            "grants" => &["name", "scopes"],
            "issuers" => &["name", "issuer", "audience", "keys", "rules"],
            "rules" => &["rules"],
            "stage" | "rings" => &["ring"],
            "choose-algorithm" => &["algorithm"],
            "choose-ruleset" => &["ruleset"],
            "staleness" => &["after_s", "reads", "writes"],
            "revocations" => &["kind", "reason"],
            "replace" => &["overlap_s"],
            _ => &[],
        }
    }

    /// Whether it moves a signing key; issuers are suspended and resumed too.
    fn is_of_keys(&self) -> bool {
        self.path.starts_with("/keys/")
    }

    /// The query without which it is not understood.
    fn query(&self) -> &'static str {
        match self.path.rsplit_once('/').unwrap().1 {
            "changes" => "?from=v1&to=v1",
            _ => "",
        }
    }

    /// The names of the parameters of its path.
    pub(crate) fn parameters(&self) -> Vec<&str> {
        let parts = self.path.split('/');
        parts
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .collect()
    }

    /// Its path with these things in it.
    pub(crate) fn filled(&self, with: &Things) -> String {
        let filled = self
            .parameters()
            .into_iter()
            .fold(self.path.clone(), |path, name| {
                path.replace(&format!("{{{name}}}"), with.of(self, name))
            });
        assert!(!filled.contains('{'), "{filled}");
        filled
    }

    /// A request to it, of somebody with this access token, with the body that is taken.
    pub(crate) fn ask(&self, portal: &str, bearer: &str, things: &Things) -> Ask {
        let (path, query) = (self.filled(things), self.query());
        let url = format!("{portal}/api/v1{path}{query}");
        let ask = Ask::new(&self.method, url).bearer(bearer);
        let ask = match self.if_match {
            IfMatch::Needed => ask.with("If-Match", "\"1\""),
            IfMatch::Heeded | IfMatch::Ignored => ask,
        };
        let body = self.body().map(|body| body.to_string());
        let body = body.map(|body| body.replace(NOBODY, &things.0["somebody"]));
        match body {
            Some(body) => ask.json(&serde_json::from_str::<Value>(&body).unwrap()),
            None => ask,
        }
    }
}

/// An issuer to trust, of this name: one that signs with a shared secret, so that nothing is fetched.
fn issuer(name: &str, issuer: &str, application: &str) -> Value {
    json!({
        "name": name, "issuer": issuer, "audience": "orders", "rules": rules(application),
        "keys": { "secret": "a secret of as many bytes as it takes" },
    })
}

/// An application of the right shape that is not there: bodies are written before there is one.
const NOBODY: &str = "app_00000000000000000000000007";

fn rules(application: &str) -> Value {
    json!([{ "application": application, "scopes": { "fixed": [] } }])
}

/// What stands in paths for each parameter.
#[derive(Clone, Debug)]
pub(crate) struct Things(BTreeMap<&'static str, String>);

impl Things {
    /// What an installation holds after `shop::open`.
    pub(crate) fn held(instance: &Instance) -> Self {
        let token = shop::issue(instance, "held", &["orders:v1:read"]);
        let first = |path: &str, member: &str| {
            let item = &instance.get(path)["items"][0];
            item[member]
                .as_str()
                .unwrap_or_else(|| panic!("{path} is empty"))
                .to_owned()
        };
        let made = |path: &str, body: Value| {
            let made = instance.post(path, &body).good(201);
            made["id"].as_str().unwrap().to_owned()
        };
        let shop = instance.get("/applications/Shop")["id"].clone();
        let shop = shop.as_str().unwrap().to_owned();
        let named = json!({ "name": "held", "scopes": ["orders:v1:read"] });
        // A client that was never edited has no revision yet; after this it is at its first.
        let client = instance.api("PATCH", "/applications/Shop/client");
        let client = client.with("If-Match", "\"0\"");
        client
            .json(&json!({ "tokens_per_minute": 70 }))
            .send()
            .good(200);
        // Neither has the ruleset of an API before one was chosen.
        instance
            .post("/apis/orders/choose-ruleset", &json!({ "ruleset": "none" }))
            .good(200);
        Self(BTreeMap::from([
            ("somebody", shop.clone()),
            ("key", made("/applications/Shop/api-keys", named.clone())),
            (
                "initial_token",
                made("/consumers/Acme/initial-tokens", json!({ "name": "held" })),
            ),
            ("secret", made("/applications/Shop/secrets", json!({}))),
            ("grant", made("/applications/Shop/grants", named)),
            (
                "issuer",
                made("/issuers", issuer("Held", "held-script", &shop)),
            ),
            ("verifier", "nginx".to_owned()),
            ("api", "orders".to_owned()),
            ("version", "v1".to_owned()),
            ("plan", "Standard".to_owned()),
            ("consumer", "Acme".to_owned()),
            ("application", "Shop".to_owned()),
            (
                "subscription",
                first("/applications/Shop/subscriptions", "id"),
            ),
            ("token", token.id),
            ("access-token", first("/access-tokens", "id")),
            ("kid", first("/keys", "kid")),
            ("purpose", "access".to_owned()),
            ("algorithm", "ES256".to_owned()),
            ("number", "1".to_owned()),
            ("operation", "GET%20~1orders".to_owned()),
            ("gateway", "gw_00000000000000000000000007".to_owned()),
            ("operator", first("/operators", "id")),
            ("decision", "dec_00000000000000000000000001".to_owned()),
        ]))
    }

    /// The same, but for one parameter.
    pub(crate) fn but(&self, name: &'static str, thing: &str) -> Self {
        let mut things = self.clone();
        things.0.insert(name, thing.to_owned());
        things
    }

    /// Ids and names of the right shape, of nothing that is there; none for a parameter that needs none.
    pub(crate) fn missing(name: &str) -> Vec<String> {
        let id = |prefix: &str| format!("{prefix}_00000000000000000000000007");
        match name {
            "api" => vec![id("api"), "missing".to_owned()],
            "version" => vec!["v9999".to_owned()],
            "plan" => vec![id("plan"), "missing".to_owned()],
            "consumer" => vec![id("con"), "missing".to_owned()],
            "application" => vec![id("app"), "missing".to_owned()],
            "subscription" => vec![id("sub")],
            "token" => vec![id("tok")],
            "access-token" => vec![id("pat")],
            "kid" => vec!["missing".to_owned()],
            // Every purpose may have a ring; an algorithm without one says that it is not there.
            "purpose" => Vec::new(),
            "algorithm" => vec!["PS256".to_owned()],
            "number" => vec!["9999".to_owned()],
            "operation" => vec!["missing".to_owned()],
            "gateway" => vec![id("gw")],
            "operator" => vec![id("op")],
            "decision" => vec![id("dec")],
            "key" => vec![id("apk")],
            "secret" => vec!["missing0".to_owned()],
            "initial_token" => vec![id("iat")],
            "grant" => vec![id("fam")],
            "issuer" => vec![id("iss")],
            "verifier" => vec!["missing".to_owned()],
            _ => panic!("say here what a missing {name} looks like"),
        }
    }

    /// What a parameter of a route is called here: two nouns are both called `token`.
    pub(crate) fn key(route: &Route, name: &str) -> &'static str {
        let key = if name == "token" && route.path.starts_with("/access-tokens") {
            "access-token"
        } else {
            name
        };
        let known = [
            "api",
            "version",
            "plan",
            "consumer",
            "application",
            "subscription",
            "token",
            "access-token",
            "kid",
            "purpose",
            "algorithm",
            "number",
            "operation",
            "gateway",
            "operator",
            "decision",
            "key",
            "secret",
            "initial_token",
            "grant",
            "issuer",
            "verifier",
        ];
        let found = known.into_iter().find(|known| *known == key);
        found.unwrap_or_else(|| panic!("say here what stands for {{{name}}}"))
    }

    fn of(&self, route: &Route, name: &str) -> &str {
        &self.0[Self::key(route, name)]
    }
}

/// Looks at answers that have to be problems, and gathers the addresses of their explanations.
#[derive(Default)]
pub(crate) struct Judge {
    kinds: BTreeSet<String>,
}

impl Judge {
    /// Demands a problem of one of these statuses, and everything that a problem has to say.
    pub(crate) fn problem(&mut self, answer: &Answer, statuses: &[u16], case: &str) -> Value {
        let text = answer.text();
        let media = answer.header("content-type");
        assert!(
            statuses.contains(&answer.status),
            "{case}: {} {text}",
            answer.status
        );
        assert_eq!(media, "application/problem+json", "{case}: {text}");
        let document = answer.json();
        assert_eq!(document["status"], answer.status, "{case}: {text}");
        for member in ["type", "title", "detail", "instance", "request_id"] {
            let said = document[member].as_str().unwrap_or_default();
            assert!(said.len() > 1, "{case}: nothing in `{member}`: {text}");
        }
        for fault in document["errors"].as_array().unwrap() {
            let detail = fault["detail"].as_str().unwrap_or_default();
            assert!(
                fault["pointer"].is_string() && detail.len() > 3,
                "{case}: {text}"
            );
        }
        let kind = document["type"].as_str().unwrap();
        self.kinds.insert(kind.to_owned());
        document
    }

    /// Demands that every explanation is there and says what to do, and that the program said nothing of a panic.
    pub(crate) fn closing(self, instance: &Instance) {
        assert!(!self.kinds.is_empty());
        for kind in &self.kinds {
            let page = Ask::get(kind).with("Accept", "text/html").send();
            assert_eq!(page.status, 200, "{kind}");
            assert!(
                page.text().contains("What to do"),
                "{kind}: {}",
                page.text()
            );
        }
        let log = instance.log();
        let bad = log
            .iter()
            .find(|line| line.contains("panicked") || line.contains("through no fault of its own"));
        assert_eq!(bad, None);
    }
}
