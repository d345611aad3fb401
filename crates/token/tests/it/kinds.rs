//! Kinds of hostile tokens, each of them signed by the good key, so that nothing but the rule in question refuses it.

use gatewright_domain::{
    binding::{Binding, Thumbprint},
    snapshot::VerificationState,
};
use gatewright_token::claims::AccessClaims;
use gatewright_token::refusal::{Barred, ClaimFault, Part, Refusal};
use gatewright_token::verify::verify;
use serde_json::{Value, json};

use crate::stage::{
    AUDIENCE, ISSUER, NOW, at, claims, claims_with, encode, forge, good_claims, good_header,
    header_with, judge, kid, mint, policy, ring, ring_in,
};

fn of_header(name: &str, value: Value) -> Result<(), Refusal> {
    judge(forge(header_with(name, value), good_claims())).map(|_| ())
}

fn of_claims(name: &str, value: Value) -> Result<(), Refusal> {
    judge(forge(good_header(), claims_with(name, value))).map(|_| ())
}

fn claim(claim: &'static str, fault: ClaimFault) -> Result<(), Refusal> {
    Err(Refusal::Claim { claim, fault })
}

#[test]
fn the_stage_forges_good_tokens() {
    assert!(judge(forge(good_header(), good_claims())).is_ok());
}

#[test]
fn a_header_that_brings_its_own_rules_is_refused() {
    for name in [
        "crit", "jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "b64", "zip", "enc", "cty",
    ] {
        for value in [json!("x"), json!([]), json!(true), json!({})] {
            assert_eq!(of_header(name, value), Err(Refusal::HeaderMember(name)));
        }
        let nothing = good_header().replacen('{', &format!("{{\"{name}\":null,"), 1);
        let refused = judge(forge(nothing, good_claims())).map(|_| ());
        assert_eq!(refused, Err(Refusal::HeaderMember(name)));
    }
    let escaped = good_header().replacen('{', "{\"cr\\u0069t\":[],", 1);
    assert_eq!(
        judge(forge(escaped, good_claims())),
        Err(Refusal::HeaderMember("crit"))
    );
    assert_eq!(
        of_header("foo", json!({ "deep": [1, null] })),
        Ok(()),
        "unknown members are ignored"
    );
}

#[test]
fn the_algorithm_is_the_keys_letter_for_letter() {
    for name in [
        "none", "None", "NONE", "", " ES256", "ES256 ", "es256", "ES256K", "ES384", "RS256",
        "HS256", "ES256\0",
    ] {
        let refused = of_header("alg", json!(name));
        assert!(
            matches!(refused, Err(Refusal::Algorithm { .. })),
            "{name:?}"
        );
    }
    for value in [json!(["ES256"]), json!(256), json!(true), json!({ "a": 1 })] {
        assert_eq!(of_header("alg", value), Err(Refusal::HeaderText("alg")));
    }
    assert_eq!(
        of_header("alg", Value::Null),
        Err(Refusal::HeaderText("alg")),
        "missing"
    );
}

#[test]
fn a_kid_is_a_name_and_nothing_else() {
    let long = "a".repeat(65);
    for name in [
        "",
        " ",
        "../../etc/passwd",
        "a' OR 1=1",
        "a\0",
        "http://a/",
        "$(id)",
        "{{7*7}}",
        "é",
        &long,
    ] {
        assert_eq!(of_header("kid", json!(name)), Err(Refusal::Kid), "{name:?}");
    }
    let tricks = [
        format!("{} ", kid()),
        format!("{}\n", kid()),
        format!("{}=", kid()),
    ];
    for name in tricks {
        assert_eq!(of_header("kid", json!(name)), Err(Refusal::Kid));
    }
    assert_eq!(of_header("kid", json!("nope")), Err(Refusal::UnknownKey));
    assert_eq!(
        of_header("kid", json!(kid().to_uppercase())),
        Err(Refusal::UnknownKey)
    );
    for value in [
        json!(1),
        json!([kid()]),
        json!({ "kid": kid() }),
        json!(false),
    ] {
        assert_eq!(of_header("kid", value), Err(Refusal::HeaderText("kid")));
    }
}

#[test]
fn an_access_token_is_of_one_type() {
    for good in [
        "at+jwt",
        "AT+JWT",
        "At+Jwt",
        "application/at+jwt",
        "APPLICATION/AT+JWT",
    ] {
        assert_eq!(of_header("typ", json!(good)), Ok(()), "{good}");
    }
    for bad in [
        "",
        "JWT",
        "jwt",
        "JOSE",
        "id_token",
        "dpop+jwt",
        "at",
        "at+jwt ",
        " at+jwt",
        "at+jwt;v=1",
        "application/at+jwt; a=b",
        "text/at+jwt",
        "application/application/at+jwt",
        "at+jwt\0",
        "at jwt",
    ] {
        assert_eq!(of_header("typ", json!(bad)), Err(Refusal::Type), "{bad:?}");
    }
    for value in [json!(1), json!(["at+jwt"]), json!({})] {
        assert_eq!(of_header("typ", value), Err(Refusal::HeaderText("typ")));
    }
}

#[test]
fn a_header_is_one_plain_object() {
    let texts = [
        "".to_owned(),
        "null".to_owned(),
        "1".to_owned(),
        "\"x\"".to_owned(),
        "[]".to_owned(),
        "{".to_owned(),
        format!("{}x", good_header()),
        format!("\u{feff}{}", good_header()),
        format!("{}\0", good_header()),
        good_header().replacen('{', "{\"typ\":\"JWT\",", 1),
        good_header().replacen('{', "{\"t\\u0079p\":\"JWT\",", 1),
        good_header().replacen('{', "{\"x\":{\"a\":1,\"a\":1},", 1),
        good_header().replacen(
            '{',
            &format!("{{\"x\":{}1{},", "[".repeat(20), "]".repeat(20)),
            1,
        ),
    ];
    for text in texts {
        let refused = judge(forge(&text, good_claims()));
        assert!(matches!(refused, Err(Refusal::HeaderNotJson(_))), "{text}");
    }
    let blanks = format!(" \t\r\n{} ", good_header());
    assert!(
        judge(forge(blanks, good_claims())).is_ok(),
        "blanks around JSON are JSON"
    );
}

#[test]
fn sizes_are_capped_before_anything_is_decoded() {
    let long_header = header_with("pad", json!("a".repeat(2048)));
    let refused = judge(forge(long_header, good_claims()));
    assert!(matches!(
        refused,
        Err(Refusal::HeaderTooLarge { max: 2048, .. })
    ));
    let long = forge(good_header(), claims_with("pad", json!("a".repeat(8192))));
    assert!(matches!(
        judge(&long),
        Err(Refusal::TooLarge { max: 8192, .. })
    ));
    let exact = judge("a".repeat(8192));
    assert_eq!(exact, Err(Refusal::NotCompact));
    assert_eq!(
        judge("a".repeat(8193)),
        Err(Refusal::TooLarge {
            length: 8193,
            max: 8192
        })
    );
}

#[test]
fn the_form_is_three_parts_of_base64url() {
    let good = mint(&claims());
    for bad in ["", ".", "..", "...", "a", "a.b", "a.b.c.d", "a.b.c.d.e"] {
        assert!(judge(bad).is_err(), "{bad}");
    }
    for bad in [
        format!("{good}."),
        format!(".{good}"),
        good.replacen('.', "..", 1),
    ] {
        assert_eq!(judge(&bad), Err(Refusal::NotCompact), "{bad}");
    }
    for blank in [
        "=", " ", "\n", "\r\n", "\0", "\t", "%", "+", "/", "\u{200b}", "\u{ff0e}",
    ] {
        let (head, rest) = good.split_at(5);
        assert_eq!(
            judge(format!("{head}{blank}{rest}")),
            Err(Refusal::NotBase64(Part::Header))
        );
        assert_eq!(
            judge(format!("{blank}{good}")),
            Err(Refusal::NotBase64(Part::Header))
        );
        assert_eq!(
            judge(format!("{good}{blank}")),
            Err(Refusal::NotBase64(Part::Signature))
        );
    }
    let json = format!(
        r#"{{"payload":"{0}","signatures":[{{"protected":"{0}","signature":"{0}"}}]}}"#,
        encode("{}")
    );
    assert_eq!(judge(json), Err(Refusal::NotCompact));
}

#[test]
fn a_signature_is_whole_and_over_this_token() {
    let good = mint(&claims());
    let (input, signature) = good.rsplit_once('.').unwrap();
    let signature = crate::stage::decode(signature);
    let with = |signature: &[u8]| judge(format!("{input}.{}", encode(signature)));
    let mut longer = signature.clone();
    longer.push(0);
    let mut swapped = signature[32..].to_vec();
    swapped.extend(&signature[..32]);
    for bad in [
        &[][..],
        &[0; 64],
        &[0xff; 64],
        &signature[..63],
        &signature[1..],
        &longer,
        &swapped,
    ] {
        assert_eq!(with(bad), Err(Refusal::Signature));
    }
    let other = mint(&AccessClaims {
        jti: "other".to_owned(),
        ..claims()
    });
    let (other_input, _) = other.rsplit_once('.').unwrap();
    let swapped = format!("{other_input}.{}", encode(&signature));
    assert_eq!(judge(swapped), Err(Refusal::Signature));
}

#[test]
fn a_key_that_has_not_begun_to_sign_or_is_compromised_verifies_nothing() {
    let token = mint(&claims());
    let with = |state| verify(token.as_bytes(), &ring_in(state), &policy(), at(NOW)).map(|_| ());
    let refused = |why| Err(Refusal::KeyNotVerifying(why));
    assert_eq!(
        with(VerificationState::Published),
        refused(Barred::NotYetSigning)
    );
    assert_eq!(
        with(VerificationState::Compromised),
        refused(Barred::Compromised)
    );
}

#[test]
fn claims_are_one_plain_object() {
    let texts = [
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        format!("{}x", good_claims()),
        format!("{0}{0}", good_claims()),
        format!("\u{feff}{}", good_claims()),
        good_claims().replacen('{', "{\"sub\":\"root\",", 1),
        good_claims().replacen('{', "{\"s\\u0075b\":\"root\",", 1),
        good_claims().replacen('{', "{\"x\":1,\"x\":1,", 1),
        good_claims().replacen('{', "{\"x\":\"\\ud800\",", 1),
        good_claims().replacen(
            '{',
            &format!("{{\"x\":{}{},", "[".repeat(17), "]".repeat(17)),
            1,
        ),
    ];
    for text in texts {
        let refused = judge(forge(good_header(), &text));
        assert!(matches!(refused, Err(Refusal::ClaimsNotJson(_))), "{text}");
    }
    let utf16: Vec<u8> = good_claims()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(matches!(
        judge(forge(good_header(), utf16)),
        Err(Refusal::ClaimsNotJson(_))
    ));
    let inner = mint(&claims());
    assert!(matches!(
        judge(forge(good_header(), inner)),
        Err(Refusal::ClaimsNotJson(_))
    ));
}

#[test]
fn every_required_claim_is_there_and_of_its_type() {
    for name in ["iss", "sub", "aud", "client_id", "iat", "exp", "jti"] {
        assert_eq!(
            of_claims(name, Value::Null),
            claim(name, ClaimFault::Missing)
        );
        for value in [json!(true), json!({})] {
            assert_eq!(
                of_claims(name, value.clone()),
                claim(name, ClaimFault::Type),
                "{name} {value}"
            );
        }
        let text = claims_with(name, Value::Null).replacen('{', &format!("{{\"{name}\":null,"), 1);
        let refused = judge(forge(good_header(), text)).map(|_| ());
        assert_eq!(refused, claim(name, ClaimFault::Type), "{name} null");
    }
}

#[test]
fn an_issuer_is_ours_byte_for_byte() {
    for bad in [
        "",
        "https://id.gatewright.test/",
        "HTTPS://id.gatewright.test",
        "https://id.gatewright.test ",
        "http://id.gatewright.test",
        "https://id.gatewright.test.evil",
    ] {
        assert_eq!(of_claims("iss", json!(bad)), Err(Refusal::Issuer), "{bad}");
    }
    assert_eq!(
        of_claims("iss", json!([ISSUER])),
        claim("iss", ClaimFault::Type)
    );
}

#[test]
fn an_audience_is_ours_byte_for_byte() {
    for bad in [
        "https://api.gatewright.test/orders/v1/",
        "https://api.gatewright.test/orders/v10",
        "https://api.gatewright.test/orders",
        "HTTPS://API.GATEWRIGHT.TEST/ORDERS/V1",
    ] {
        assert_eq!(
            of_claims("aud", json!(bad)),
            Err(Refusal::Audience),
            "{bad}"
        );
        assert_eq!(
            of_claims("aud", json!([bad])),
            Err(Refusal::Audience),
            "{bad}"
        );
        assert_eq!(of_claims("aud", json!([bad, AUDIENCE])), Ok(()), "{bad}");
    }
    assert_eq!(of_claims("aud", json!([])), claim("aud", ClaimFault::Empty));
    assert_eq!(of_claims("aud", json!("")), claim("aud", ClaimFault::Empty));
    assert_eq!(
        of_claims("aud", json!([AUDIENCE, ""])),
        claim("aud", ClaimFault::Empty)
    );
    assert_eq!(
        of_claims("aud", json!([AUDIENCE, 1])),
        claim("aud", ClaimFault::Type)
    );
    assert_eq!(
        of_claims("aud", json!([[AUDIENCE]])),
        claim("aud", ClaimFault::Type)
    );
    assert_eq!(
        of_claims("aud", json!({ "0": AUDIENCE })),
        claim("aud", ClaimFault::Type)
    );
}

#[test]
fn names_are_visible_ascii_of_bounded_length() {
    let long = "a".repeat(256);
    for name in ["sub", "client_id", "jti", "sid"] {
        for bad in [
            "",
            " ",
            "a b",
            "a\0",
            "a\n",
            "a\u{7f}",
            "é",
            "a\u{202e}",
            &long,
        ] {
            assert_eq!(
                of_claims(name, json!(bad)),
                claim(name, ClaimFault::Identifier),
                "{name} {bad:?}"
            );
        }
        assert_eq!(of_claims(name, json!("a".repeat(255))), Ok(()));
        assert_eq!(of_claims(name, json!(7)), claim(name, ClaimFault::Type));
        assert_eq!(of_claims(name, json!(["a"])), claim(name, ClaimFault::Type));
    }
}

#[test]
fn scopes_are_tokens_between_single_blanks() {
    let scopes = |text: &str| {
        let verified = judge(forge(good_header(), claims_with("scope", json!(text))));
        verified.map(|verified| verified.facts().scopes.clone())
    };
    assert_eq!(scopes(""), Ok(vec![]));
    assert_eq!(scopes("a b"), Ok(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(
        scopes("orders:v1:*"),
        Ok(vec!["orders:v1:*".to_owned()]),
        "a wildcard is a name like others"
    );
    let refused = Err(Refusal::Claim {
        claim: "scope",
        fault: ClaimFault::Scope,
    });
    for bad in [
        " ", " a", "a ", "a  b", "a\tb", "a\nb", "a\"b", "a\\b", "é", "a\u{a0}b", "a\0",
    ] {
        assert_eq!(scopes(bad), refused, "{bad:?}");
    }
    for value in [json!(1), json!(["a"]), json!({}), json!(true)] {
        assert_eq!(of_claims("scope", value), claim("scope", ClaimFault::Type));
    }
}

#[test]
fn a_token_bound_to_a_key_is_no_bearer_token() {
    for value in [
        json!({ "jkt": "x" }),
        json!({ "x5t#S256": "x" }),
        json!({}),
        json!("x"),
        json!(0),
        json!([]),
    ] {
        assert_eq!(of_claims("cnf", value), Err(Refusal::SenderConstrained));
    }
    let jkt = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
    assert_eq!(
        of_claims("cnf", json!({ "jkt": jkt })),
        Err(Refusal::SenderConstrained)
    );
    let nothing = good_claims().replacen('{', "{\"cnf\":null,", 1);
    assert_eq!(
        judge(forge(good_header(), nothing)),
        Err(Refusal::SenderConstrained)
    );
}

#[test]
fn a_policy_for_bound_tokens_gives_the_one_thing_a_token_is_bound_to() {
    let jkt = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
    let of = |cnf: Value| {
        let token = forge(good_header(), claims_with("cnf", cnf));
        let policy = policy().for_bound_tokens_too();
        let verified = verify(token.as_bytes(), &ring(), &policy, at(NOW))?;
        Ok(verified.binding().cloned())
    };
    let thumbprint: Thumbprint = jkt.parse().unwrap();
    assert_eq!(of(Value::Null), Ok(None));
    assert_eq!(
        of(json!({ "jkt": jkt })),
        Ok(Some(Binding::Key(thumbprint.clone())))
    );
    assert_eq!(
        of(json!({ "x5t#S256": jkt })),
        Ok(Some(Binding::Certificate(thumbprint)))
    );
    for unknown in [
        json!({ "jkt": jkt, "x5t#S256": jkt }),
        json!({ "jkt": jkt, "kid": "a" }),
        json!({ "jkt": "x" }),
        json!({ "jkt": format!("{jkt}=") }),
        json!({ "jkt": [jkt] }),
        json!({ "kid": "a" }),
        json!({}),
        json!([]),
        json!(jkt),
    ] {
        assert_eq!(
            of(unknown.clone()),
            Err(Refusal::SenderConstrained),
            "{unknown}"
        );
    }
}

#[test]
fn what_is_minted_bound_is_read_bound() {
    let jkt: Thumbprint = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        .parse()
        .unwrap();
    for binding in [Binding::Key(jkt.clone()), Binding::Certificate(jkt)] {
        let token = mint(&AccessClaims {
            binding: Some(binding.clone()),
            ..claims()
        });
        assert_eq!(judge(&token), Err(Refusal::SenderConstrained));
        let policy = policy().for_bound_tokens_too();
        let verified = verify(token.as_bytes(), &ring(), &policy, at(NOW)).unwrap();
        assert_eq!(verified.binding(), Some(&binding));
    }
}

#[test]
fn what_is_optional_is_right_or_absent() {
    for name in ["nbf", "sid", "scope"] {
        let nothing =
            claims_with(name, Value::Null).replacen('{', &format!("{{\"{name}\":null,"), 1);
        let refused = judge(forge(good_header(), nothing)).map(|_| ());
        assert_eq!(refused, claim(name, ClaimFault::Type), "{name}");
        assert_eq!(of_claims(name, Value::Null), Ok(()), "{name} absent");
    }
    assert_eq!(of_claims("x_tier", json!({ "any": ["thing"] })), Ok(()));
}
