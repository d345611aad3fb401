//! What verifying a token costs beyond the signature it cannot do without, and what signing one costs.

use std::{hint::black_box, time::Duration};

use criterion::{Criterion, criterion_group, criterion_main};
use gatewright_domain::{
    key::{Algorithm, Purpose},
    snapshot::{VerificationKey, VerificationState},
    time::Timestamp,
};
use gatewright_token::{
    claims::AccessClaims,
    mint::{self, PrivateKey},
    policy::Policy,
    ring::VerifierRing,
    verify::verify,
};

const ISSUER: &str = "https://id.gatewright.test";

/// The bare check of the signature beside the whole of `verify`: the second may cost 1.15 times the first.
fn verifying(criterion: &mut Criterion) {
    let Some((key, ring, token)) = minted() else {
        return;
    };
    let policy = Policy::new(
        ISSUER.to_owned(),
        Duration::from_secs(30),
        Duration::from_secs(3600),
    );
    let now = Timestamp::from_seconds(1_800_000_000);
    let (signed, signature) = token.rsplit_once('.').unwrap_or_default();
    let signature = decode(signature);
    let mut group = criterion.benchmark_group("es256");
    group.bench_function("signature", |bencher| {
        bencher.iter(|| {
            key.public()
                .signed(black_box(signed.as_bytes()), &signature)
        });
    });
    group.bench_function("verify", |bencher| {
        bencher.iter(|| verify(black_box(token.as_bytes()), &ring, &policy, now).is_ok());
    });
    // P60, told and not judged: how long refusals take, as somebody outside could time them. Of a revoked token all is
    // verified before it is looked up, so it takes what `verify` takes.
    for (name, refused) in refused(&token) {
        group.bench_function(name, |bencher| {
            bencher.iter(|| verify(black_box(refused.as_bytes()), &ring, &policy, now).is_err());
        });
    }
    group.bench_function("inspect", |bencher| {
        bencher.iter(|| {
            gatewright_token::inspect::inspect(black_box(token.as_bytes()), &ring, &policy, now)
        });
    });
    group.bench_function("sign", |bencher| {
        let claims = claims();
        bencher.iter(|| key.sign(black_box(&claims)).is_ok());
    });
    group.finish();
}

/// The token with a signature that does not match, and the same claims by a key that nobody knows.
fn refused(token: &str) -> Vec<(&'static str, String)> {
    let (signed, signature) = token.rsplit_once('.').unwrap_or_default();
    let rest: String = signature.chars().skip(1).collect();
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    let mut refused = vec![("refuse_bad_signature", format!("{signed}.{first}{rest}"))];
    if let Some((_, _, unknown)) = minted() {
        refused.push(("refuse_unknown_key", unknown));
    }
    refused
}

fn minted() -> Option<(PrivateKey, VerifierRing, String)> {
    let new = mint::generate(Algorithm::Es256).ok()?;
    let key = PrivateKey::open(Algorithm::Es256, &new.private, new.public.kid()).ok()?;
    let ring = VerifierRing::of(&[VerificationKey {
        kid: new.public.kid().clone(),
        jwk: new.public.to_json(),
        purpose: Purpose::Access,
        max_lifetime: None,
        state: VerificationState::Signed {
            from: Timestamp::from_seconds(1_799_990_000),
            until: None,
        },
    }])
    .ok()?;
    let token = key.sign(&claims()).ok()?.lend(String::clone);
    Some((key, ring, token))
}

fn claims() -> AccessClaims {
    AccessClaims {
        issuer: ISSUER.to_owned(),
        subject: "c_01JZ0000000000000000000001".to_owned(),
        audience: vec!["https://api.gatewright.test/orders/v1".to_owned()],
        client_id: "c_01JZ0000000000000000000001".to_owned(),
        issued: Timestamp::from_seconds(1_799_999_940),
        expires: Timestamp::from_seconds(1_800_000_540),
        not_before: None,
        jti: "abcdefghijklmnopqrstuv".to_owned(),
        scopes: vec!["orders:v1:read".to_owned(), "orders:v1:write".to_owned()],
        session: None,
        binding: None,
        actors: Vec::new(),
        signed_in: None,
        status: None,
    }
}

fn decode(text: &str) -> Vec<u8> {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.decode(text).unwrap_or_default()
}

criterion_group!(benches, verifying);
criterion_main!(benches);
