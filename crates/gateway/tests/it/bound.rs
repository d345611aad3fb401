//! Tokens that are bound to their sender: the text alone is worth nothing, and neither is a proof that was sent before.

use gatewright_domain::{binding::Binding, network::Network};
use gatewright_testkit::{clock::FixedClock, sender::Sender};
use serde_json::{Value, json};

use crate::{
    town::{AUDIENCE, Town},
    wire::Answer,
};

struct Bound {
    town: Town,
    sender: Sender,
    token: String,
}

impl Bound {
    fn new() -> Self {
        let (town, sender) = (Town::new(), Sender::new().expect("a key"));
        let key = Binding::Key(sender.thumbprint().parse().expect("a thumbprint"));
        let token = town.mint.sign(|claims| claims.binding = Some(key));
        Self {
            town,
            sender,
            token,
        }
    }

    fn claims(&self, jti: &str) -> Value {
        let htu = format!("{AUDIENCE}/open");
        Sender::claims("GET", &htu, Some(&self.token), jti, FixedClock::START)
    }

    fn proof(&self, claims: &Value) -> String {
        self.sender.proof(claims).expect("a proof")
    }

    /// A call with the token as DPoP and these proofs.
    fn call(&self, proofs: &[String]) -> Answer {
        self.call_at("/orders/v1/open", proofs)
    }

    fn call_at(&self, path: &str, proofs: &[String]) -> Answer {
        let mut lines = format!("Authorization: DPoP {}\r\n", self.token);
        for proof in proofs {
            lines.push_str(&format!("DPoP: {proof}\r\n"));
        }
        self.town.call("GET", path, &lines)
    }

    /// A good proof with one claim replaced.
    fn with(&self, name: &str, value: impl Into<Value>) -> Answer {
        let mut claims = self.claims(name);
        claims[name] = value.into();
        self.call(&[self.proof(&claims)])
    }
}

fn challenge(answer: &Answer) -> String {
    let challenge = answer.header("www-authenticate");
    challenge.unwrap_or_default().to_owned()
}

fn is_refused(answer: &Answer, error: &str) {
    let challenge = challenge(answer);
    assert_eq!(answer.status, 401, "{challenge}");
    assert!(
        challenge.starts_with("DPoP realm=\"orders-v1\""),
        "{challenge}"
    );
    assert!(
        challenge.contains(&format!("error=\"{error}\"")),
        "{challenge}"
    );
    let algs = "algs=\"ES256 ES384 EdDSA RS256 PS256\"";
    assert!(challenge.ends_with(algs), "{challenge}");
}

#[test]
fn a_bound_token_with_a_new_proof_for_each_request_is_let_through() {
    let bound = Bound::new();
    for jti in ["a", "b", "c"] {
        let answer = bound.call(&[bound.proof(&bound.claims(jti))]);
        assert_eq!(answer.status, 200, "{}", challenge(&answer));
        assert!(answer.seen("dpop").is_empty(), "the upstream sees none");
        assert!(answer.seen("authorization").is_empty());
    }
    let counts = bound.town.handle().counts();
    assert_eq!(
        counts.signature_checks, 1,
        "the token itself is known after the first"
    );
}

#[test]
fn a_token_that_is_remembered_still_asks_for_a_proof() {
    let bound = Bound::new();
    assert_eq!(bound.call(&[bound.proof(&bound.claims("a"))]).status, 200);
    is_refused(&bound.call(&[]), "invalid_dpop_proof");
    is_refused(
        &bound.town.get("/orders/v1/open", &bound.token),
        "invalid_token",
    );
}

#[test]
fn a_proof_counts_once() {
    let bound = Bound::new();
    let proof = bound.proof(&bound.claims("a"));
    assert_eq!(bound.call(std::slice::from_ref(&proof)).status, 200);
    is_refused(&bound.call(&[proof]), "invalid_dpop_proof");
    // Signed again, the same name is still the same.
    is_refused(
        &bound.call(&[bound.proof(&bound.claims("a"))]),
        "invalid_dpop_proof",
    );
    assert_eq!(bound.town.upstream.requests(), 1);
}

#[test]
fn a_proof_of_a_request_that_did_not_pass_is_not_used_up() {
    let mut bound = Bound::new();
    bound
        .town
        .change(|snapshot| snapshot.clients[0].rights[0].paused = true);
    let proof = bound.proof(&bound.claims("a"));
    assert_eq!(bound.call(std::slice::from_ref(&proof)).status, 403);
    bound
        .town
        .change(|snapshot| snapshot.clients[0].rights[0].paused = false);
    assert_eq!(bound.call(&[proof]).status, 200);
}

#[test]
fn there_is_exactly_one_proof() {
    let bound = Bound::new();
    let [one, two] = ["a", "b"].map(|jti| bound.proof(&bound.claims(jti)));
    is_refused(&bound.call(&[one.clone(), two]), "invalid_dpop_proof");
    is_refused(
        &bound.call(&[format!("{one}, {one}")]),
        "invalid_dpop_proof",
    );
    is_refused(&bound.call(&[String::new()]), "invalid_dpop_proof");
    is_refused(&bound.call(&["x".repeat(10_240)]), "invalid_dpop_proof");
    assert_eq!(bound.call(&[one]).status, 200);
}

#[test]
fn a_proof_is_for_this_request() {
    let bound = Bound::new();
    let now = FixedClock::START.seconds();
    for (name, value) in [
        ("htm", json!("POST")),
        ("htu", json!(format!("{AUDIENCE}/orders"))),
        ("htu", json!(format!("{AUDIENCE}/open?a=b"))),
        ("htu", json!("http://gw.test/orders/v1/open")),
        ("iat", json!(now - 120)),
        ("iat", json!(now + 120)),
        ("ath", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
        ("ath", Value::Null),
    ] {
        is_refused(&bound.with(name, value), "invalid_dpop_proof");
    }
    let asked = bound.call_at("/orders/v1/open?a=b", &[bound.proof(&bound.claims("q"))]);
    assert_eq!(asked.status, 200, "the query is no part of the address");
}

#[test]
fn a_proof_with_a_private_or_symmetric_key_is_refused() {
    let bound = Bound::new();
    let claims = bound.claims("a");
    let with = |header: Value| {
        let proof = bound.sender.sign(&header, &claims).expect("a proof");
        is_refused(&bound.call(&[proof]), "invalid_dpop_proof");
    };
    let jwk = bound.sender.jwk();
    let mut private = jwk.clone();
    private["d"] = "AA".into();
    with(json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": private }));
    with(json!({ "typ": "dpop+jwt", "alg": "HS256", "jwk": jwk }));
    with(json!({ "typ": "JWT", "alg": "ES256", "jwk": jwk }));
    with(json!({ "typ": "dpop+jwt", "alg": "ES256" }));
}

#[test]
fn a_thief_with_a_key_of_his_own_is_refused() {
    let bound = Bound::new();
    let thief = Sender::new().expect("a key");
    let proof = thief.proof(&bound.claims("a")).expect("a proof");
    is_refused(&bound.call(&[proof]), "invalid_token");
}

#[test]
fn an_unbound_token_is_no_dpop_token() {
    let mut bound = Bound::new();
    bound.token = bound.town.token();
    is_refused(
        &bound.call(&[bound.proof(&bound.claims("a"))]),
        "invalid_token",
    );
    assert_eq!(bound.town.get("/orders/v1/open", &bound.token).status, 200);
}

#[test]
fn a_token_that_is_bound_in_another_way_is_refused() {
    let town = Town::new();
    let key = Sender::new()
        .expect("a key")
        .thumbprint()
        .parse()
        .expect("a thumbprint");
    let token = town
        .mint
        .sign(|claims| claims.binding = Some(Binding::Certificate(key)));
    let answer = town.get("/orders/v1/open", &token);
    assert_eq!(answer.status, 401);
    assert!(challenge(&answer).starts_with("Bearer "));
    let sent = town.call(
        "GET",
        "/orders/v1/open",
        &format!("Authorization: DPoP {token}\r\n"),
    );
    assert_eq!(sent.status, 401);
}

/// SHA-256 of the three bytes of "abc", which stand for a certificate.
const ABC: &str = "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";

fn certified(trusted: &str) -> (Town, String) {
    let networks: Vec<Network> = vec![trusted.parse().expect("a network")];
    let town = Town::configured(|config| config.trusted_proxies = networks, |_| {});
    let certificate = Binding::Certificate(ABC.parse().expect("a thumbprint"));
    let token = town.mint.sign(|claims| claims.binding = Some(certificate));
    (town, token)
}

#[test]
fn a_certificate_is_believed_from_a_trusted_proxy_only() {
    let call = |town: &Town, token: &str, lines: &str| {
        let lines = format!("Authorization: Bearer {token}\r\n{lines}");
        town.call("GET", "/orders/v1/open", &lines)
    };
    let (town, token) = certified("127.0.0.1/32");
    let shown = call(&town, &token, "Client-Cert: :YWJj:\r\n");
    assert_eq!(shown.status, 200);
    assert!(
        shown.seen("client-cert").is_empty(),
        "nor is the upstream told"
    );
    for bad in [
        "",
        "Client-Cert: :YWJk:\r\n",
        "Client-Cert: YWJj\r\n",
        "Client-Cert: :YWJj:\r\nClient-Cert: :YWJj:\r\n",
        "Client_Cert: :YWJj:\r\n",
        "X-Client-Cert: :YWJj:\r\n",
    ] {
        let answer = call(&town, &token, bad);
        assert_eq!(answer.status, 401, "{bad}");
        assert!(
            challenge(&answer).contains("error=\"invalid_token\""),
            "{bad}"
        );
    }
    let (town, token) = certified("10.0.0.0/8");
    assert_eq!(call(&town, &token, "Client-Cert: :YWJj:\r\n").status, 401);
}
