//! Client assertions: one client, for us alone, for five minutes, once.

use gatewright_domain::{consumer::ClientId, key::Algorithm};
use gatewright_token::{
    assertion::{
        Addressed, Assertion, AssertionRefusal, Audience, Demands, claimed_client, verify,
    },
    foreign::ForeignKeys,
    proof::ALGORITHMS,
    refusal::{ClaimFault, Part, Refusal},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    signer::Signer,
    stage::{ISSUER, NOW, at, claims as access_claims, encode, judge as judge_token, mint},
};

const CLIENT: &str = "c_9f2";
const ENDPOINT: &str = "https://id.gatewright.test/oauth2/token";

struct Client {
    signer: Signer,
    keys: ForeignKeys,
}

impl Client {
    fn new(algorithm: Algorithm) -> Self {
        let signer = Signer::new(algorithm);
        let keys = json!({ "keys": [signer.jwk()] }).to_string();
        let keys = ForeignKeys::read(keys.as_bytes()).unwrap();
        Self { signer, keys }
    }

    fn judge(&self, assertion: &str) -> Result<Assertion, AssertionRefusal> {
        judge(assertion, &self.keys, Audience::IssuerOnly)
    }

    fn header(&self) -> Value {
        json!({ "alg": self.signer.algorithm.name() })
    }

    /// A good assertion with one member of its header replaced.
    fn of_header(&self, name: &str, value: impl Into<Value>) -> Result<(), AssertionRefusal> {
        let mut header = self.header();
        header[name] = value.into();
        self.judge(&self.signer.sign(&header, &claims())).map(drop)
    }

    /// A good assertion with one claim replaced, or (for null) taken out.
    fn of_claim(&self, name: &str, value: impl Into<Value>) -> Result<(), AssertionRefusal> {
        let claims = claims_with(name, value.into());
        self.judge(&self.signer.sign(&self.header(), &claims))
            .map(drop)
    }
}

fn judge(
    assertion: &str,
    keys: &ForeignKeys,
    audience: Audience<'_>,
) -> Result<Assertion, AssertionRefusal> {
    let demands = Demands {
        client_id: &ClientId::from_wire(CLIENT.to_owned()),
        issuer: ISSUER,
        audience,
        algorithms: &ALGORITHMS,
    };
    verify(assertion.as_bytes(), keys, &demands, at(NOW))
}

fn claims() -> Value {
    json!({ "iss": CLIENT, "sub": CLIENT, "aud": ISSUER, "exp": NOW + 60, "iat": NOW, "jti": "j-1" })
}

fn claims_with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(name);
    } else {
        claims[name] = value;
    }
    claims
}

fn claim(claim: &'static str, fault: ClaimFault) -> Result<(), AssertionRefusal> {
    Err(AssertionRefusal::Form(Refusal::Claim { claim, fault }))
}

#[test]
fn an_assertion_of_every_algorithm_proves_its_client() {
    for algorithm in ALGORITHMS {
        let client = Client::new(algorithm);
        let text = client.signer.sign(&client.header(), &claims());
        let proved = client.judge(&text).unwrap();
        assert_eq!(proved.client_id().as_str(), CLIENT);
        assert_eq!(
            (proved.jti(), proved.addressed()),
            ("j-1", Addressed::Issuer)
        );
        assert_eq!(proved.remember_until(), at(NOW + 90));
        assert_eq!(claimed_client(text.as_bytes()).unwrap().as_str(), CLIENT);
    }
}

#[test]
fn only_an_algorithm_that_the_client_registered_is_taken() {
    let client = Client::new(Algorithm::Ps256);
    let text = client.signer.sign(&client.header(), &claims());
    let with = |algorithms: &[Algorithm]| {
        let demands = Demands {
            client_id: &ClientId::from_wire(CLIENT.to_owned()),
            issuer: ISSUER,
            audience: Audience::IssuerOnly,
            algorithms,
        };
        verify(text.as_bytes(), &client.keys, &demands, at(NOW)).map(drop)
    };
    assert_eq!(with(&[Algorithm::Es256, Algorithm::Ps256]), Ok(()));
    assert_eq!(with(&[Algorithm::Rs256]), Err(AssertionRefusal::Algorithm));
    assert_eq!(with(&[]), Err(AssertionRefusal::Algorithm));
    for alg in ["none", "HS256", "es256", "RS512", ""] {
        assert_eq!(
            client.of_header("alg", alg),
            Err(AssertionRefusal::Algorithm)
        );
    }
    // A key of the client's, but none of this algorithm.
    assert_eq!(
        client.of_header("alg", "ES256"),
        Err(AssertionRefusal::UnknownKey)
    );
    assert_eq!(
        client.of_header("alg", "RS256"),
        Err(AssertionRefusal::Signature)
    );
}

#[test]
fn an_assertion_has_its_own_type_or_the_plain_one() {
    let client = Client::new(Algorithm::Es256);
    for kind in [
        "JWT",
        "jwt",
        "client-authentication+jwt",
        "application/client-authentication+jwt",
    ] {
        assert_eq!(client.of_header("typ", kind), Ok(()), "{kind}");
    }
    for kind in [
        "at+jwt",
        "application/at+jwt",
        "dpop+jwt",
        "logout+jwt",
        "JOSE",
        "",
    ] {
        assert_eq!(
            client.of_header("typ", kind),
            Err(AssertionRefusal::Type),
            "{kind}"
        );
    }
    let text = AssertionRefusal::Form(Refusal::HeaderText("typ"));
    assert_eq!(client.of_header("typ", 7), Err(text));
}

#[test]
fn a_header_that_brings_a_key_or_an_extension_is_refused() {
    let client = Client::new(Algorithm::Es256);
    for name in ["crit", "jwk", "jku", "x5u", "x5c", "b64", "zip", "enc"] {
        let refused = AssertionRefusal::Form(Refusal::HeaderMember(name));
        assert_eq!(client.of_header(name, Value::Null), Err(refused));
        assert_eq!(client.of_header(name, client.signer.jwk()), Err(refused));
    }
    assert_eq!(client.of_header("x5t", "a hint"), Ok(()));
}

#[test]
fn the_key_is_found_by_name_or_tried() {
    let [named, bare, other] = [(); 3].map(|()| Signer::new(Algorithm::Es256));
    let mut first = named.jwk();
    first["kid"] = "2026".into();
    let keys = json!({ "keys": [first, bare.jwk()] }).to_string();
    let keys = ForeignKeys::read(keys.as_bytes()).unwrap();
    let of = |signer: &Signer, kid: Option<&str>| {
        let mut header = json!({ "alg": "ES256" });
        if let Some(kid) = kid {
            header["kid"] = kid.into();
        }
        judge(
            &signer.sign(&header, &claims()),
            &keys,
            Audience::IssuerOnly,
        )
        .map(drop)
    };
    assert_eq!(of(&named, Some("2026")), Ok(()));
    assert_eq!(of(&named, None), Ok(()));
    assert_eq!(of(&bare, Some("whatever")), Ok(()));
    assert_eq!(of(&named, Some("2027")), Err(AssertionRefusal::Signature));
    assert_eq!(of(&other, None), Err(AssertionRefusal::Signature));
}

#[test]
fn an_unknown_name_is_told_apart_so_that_a_set_can_be_fetched_again() {
    let signer = Signer::new(Algorithm::Es256);
    let mut jwk = signer.jwk();
    jwk["kid"] = "2026".into();
    let keys = ForeignKeys::read(json!({ "keys": [jwk] }).to_string().as_bytes()).unwrap();
    let header = json!({ "alg": "ES256", "kid": "2027" });
    let judged = judge(
        &signer.sign(&header, &claims()),
        &keys,
        Audience::IssuerOnly,
    );
    assert_eq!(judged, Err(AssertionRefusal::UnknownKey));
}

#[test]
fn it_is_from_the_client_and_about_the_client() {
    let client = Client::new(Algorithm::Es256);
    for name in ["iss", "sub"] {
        assert_eq!(
            client.of_claim(name, "c_other"),
            Err(AssertionRefusal::Client(name))
        );
        assert_eq!(
            client.of_claim(name, json!([CLIENT])),
            claim(name, ClaimFault::Type)
        );
        assert_eq!(
            client.of_claim(name, Value::Null),
            claim(name, ClaimFault::Missing)
        );
    }
}

#[test]
fn it_is_addressed_to_our_issuer_alone() {
    let client = Client::new(Algorithm::Es256);
    assert_eq!(client.of_claim("aud", json!([ISSUER])), Ok(()));
    for aud in [
        json!(ENDPOINT),
        json!([ISSUER, "https://other.example"]),
        json!([ISSUER, ISSUER]),
        json!(format!("{ISSUER}/")),
        json!(ISSUER.to_uppercase()),
        json!("https://api.gatewright.test/orders/v1"),
    ] {
        assert_eq!(
            client.of_claim("aud", aud.clone()),
            Err(AssertionRefusal::Audience),
            "{aud}"
        );
    }
    assert_eq!(
        client.of_claim("aud", json!([])),
        claim("aud", ClaimFault::Empty)
    );
    assert_eq!(
        client.of_claim("aud", Value::Null),
        claim("aud", ClaimFault::Missing)
    );
}

#[test]
fn an_older_client_may_address_the_token_endpoint_where_that_is_allowed() {
    let client = Client::new(Algorithm::Es256);
    let of = |aud: Value| {
        let text = client
            .signer
            .sign(&client.header(), &claims_with("aud", aud));
        let judged = judge(&text, &client.keys, Audience::IssuerOr(ENDPOINT));
        judged.map(|assertion| assertion.addressed())
    };
    assert_eq!(of(json!(ENDPOINT)), Ok(Addressed::TokenEndpoint));
    assert_eq!(of(json!(ISSUER)), Ok(Addressed::Issuer));
    assert_eq!(
        of(json!([ISSUER, ENDPOINT])),
        Err(AssertionRefusal::Audience)
    );
    assert_eq!(
        of(json!(format!("{ENDPOINT}?a"))),
        Err(AssertionRefusal::Audience)
    );
}

#[test]
fn it_lives_five_minutes_at_most() {
    let client = Client::new(Algorithm::Es256);
    let late = |second| Err(AssertionRefusal::TooFarAhead(at(second)));
    assert_eq!(client.of_claim("exp", NOW + 330), Ok(()));
    assert_eq!(client.of_claim("exp", NOW + 331), late(NOW + 331));
    assert_eq!(client.of_claim("exp", NOW + 3600), late(NOW + 3600));
    assert_eq!(client.of_claim("exp", NOW - 29), Ok(()));
    let ended = Err(AssertionRefusal::Expired(at(NOW - 30)));
    assert_eq!(client.of_claim("exp", NOW - 30), ended);
    assert_eq!(
        client.of_claim("exp", (NOW + 60) * 1000),
        claim("exp", ClaimFault::Time)
    );
    assert_eq!(
        client.of_claim("exp", Value::Null),
        claim("exp", ClaimFault::Missing)
    );
    assert_eq!(client.of_claim("iat", Value::Null), Ok(()));
    let future = Err(AssertionRefusal::IssuedInTheFuture(at(NOW + 31)));
    assert_eq!(client.of_claim("iat", NOW + 31), future);
    assert_eq!(
        client.of_claim("nbf", NOW + 31),
        Err(AssertionRefusal::NotYetValid(at(NOW + 31)))
    );
}

#[test]
fn it_has_a_name_that_can_count_once() {
    let client = Client::new(Algorithm::Es256);
    assert_eq!(
        client.of_claim("jti", Value::Null),
        claim("jti", ClaimFault::Missing)
    );
    for jti in ["", "a b", "a\n"] {
        assert_eq!(
            client.of_claim("jti", jti),
            claim("jti", ClaimFault::Identifier)
        );
    }
    assert_eq!(
        client.of_claim("jti", "x".repeat(256)),
        claim("jti", ClaimFault::Identifier)
    );
}

#[test]
fn an_access_token_is_never_an_assertion_nor_the_other_way_round() {
    let client = Client::new(Algorithm::Es256);
    let token = mint(&access_claims());
    assert_eq!(client.judge(&token), Err(AssertionRefusal::Type));
    let text = client.signer.sign(&client.header(), &claims());
    assert_eq!(judge_token(text), Err(Refusal::HeaderText("typ")));
}

#[test]
fn an_assertion_is_read_as_strictly_as_a_token() {
    let client = Client::new(Algorithm::Es256);
    let form = |text: &str| client.judge(text).unwrap_err();
    let header = client.header().to_string();
    let twice = claims()
        .to_string()
        .replacen('{', "{\"sub\":\"c_other\",", 1);
    let twice = client.signer.sign_text(&header, &twice);
    assert!(matches!(
        form(&twice),
        AssertionRefusal::Form(Refusal::ClaimsNotJson(_))
    ));
    assert!(claimed_client(twice.as_bytes()).is_err());
    let header = header.replacen('{', "{\"alg\":\"none\",", 1);
    let twice = client.signer.sign_text(&header, &claims().to_string());
    assert!(matches!(
        form(&twice),
        AssertionRefusal::Form(Refusal::HeaderNotJson(_))
    ));
    assert_eq!(form("a.b"), AssertionRefusal::Form(Refusal::NotCompact));
    assert_eq!(
        form("a=.b.c"),
        AssertionRefusal::Form(Refusal::NotBase64(Part::Header))
    );
    let large = AssertionRefusal::Form(Refusal::TooLarge {
        length: 8193,
        max: 8192,
    });
    assert_eq!(form(&"x".repeat(8193)), large);
    let header = format!("{}.b.c", encode([b' '; 2000]));
    assert!(matches!(
        form(&header),
        AssertionRefusal::Form(Refusal::HeaderTooLarge { .. })
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_changed_byte_is_noticed(at in 0_usize..1000, byte: u8) {
        let client = Client::new(Algorithm::EdDsa);
        let good = client.signer.sign(&client.header(), &claims()).into_bytes();
        let mut text = good.clone();
        let place = at % text.len();
        text[place] = byte;
        if text != good {
            let demands = Demands {
                client_id: &ClientId::from_wire(CLIENT.to_owned()),
                issuer: ISSUER,
                audience: Audience::IssuerOnly,
                algorithms: &ALGORITHMS,
            };
            prop_assert!(verify(&text, &client.keys, &demands, crate::stage::at(NOW)).is_err());
        }
    }

    #[test]
    fn whatever_bytes_come_nothing_panics(bytes: Vec<u8>) {
        prop_assert!(claimed_client(&bytes).is_err());
    }
}
