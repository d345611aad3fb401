//! What the revocation check costs a request: `cargo bench -p gatewright-gateway --bench revocation`.
//!
//! The names looked up are not revoked, which is what nearly every request asks; as many different ones as there are entries,
//! so that the processor's caches help no more than they do in service. The aim is under 50 ns at a million entries.

use std::{hint::black_box, time::Duration};

use criterion::{Criterion, criterion_group, criterion_main};
use gatewright_domain::{snapshot::RevokedToken, token::Jti};
use gatewright_gateway::revoked::RevokedSet;
use gatewright_testkit::{clock::FixedClock, entropy::SeededEntropy};

const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];

fn checking(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("revocation check");
    for size in SIZES {
        let dice = SeededEntropy::new(7);
        let expires = FixedClock::START.plus(Duration::from_secs(3600));
        let revoked = (0..size).map(|_| RevokedToken {
            jti: Jti::draw(&dice),
            expires,
        });
        let set = RevokedSet::of(revoked.collect(), Vec::new());
        let asked: Vec<Jti> = (0..size).map(|_| Jti::draw(&dice)).collect();
        let mut turn = asked.iter().cycle();
        group.bench_function(format!("{size} entries, not revoked"), |bencher| {
            bencher.iter(|| turn.next().map(|jti| set.has_token(black_box(jti))));
        });
    }
    group.finish();
}

criterion_group!(benches, checking);
criterion_main!(benches);
