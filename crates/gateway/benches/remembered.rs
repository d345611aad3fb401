//! What a token costs that is known already: `cargo bench -p gatewright-gateway --bench remembered`.
//!
//! The memory holds a hundred thousand tokens of the length that ours have, and each is asked for in turn. The aim is under a
//! microsecond; what is left of it after the hash is the look-up.

use std::{hint::black_box, num::NonZeroUsize, sync::Arc};

use criterion::{Criterion, criterion_group, criterion_main};
use gatewright_gateway::memory::{Facts, Memory};
use gatewright_testkit::entropy::SeededEntropy;

const TOKENS: usize = 100_000;

/// The length of an access token for one resource with two scopes, signed with ES256.
const LENGTH: usize = 544;

/// What stands for as long as the bench runs.
struct Known;

impl Facts for Known {
    fn stand(&self) -> bool {
        true
    }
}

fn recalling(criterion: &mut Criterion) {
    // Twice the room, so that none is forgotten.
    let room = NonZeroUsize::MIN.saturating_add(2 * TOKENS);
    let memory = Memory::new(room, &SeededEntropy::new(7));
    let token = |number: usize| format!("{number:0LENGTH$}");
    let tokens: Vec<String> = (0..TOKENS).map(token).collect();
    for token in &tokens {
        if let Some(name) = memory.name(token.as_bytes()) {
            memory.remember(name, &Arc::new(Known));
        }
    }
    let mut turn = tokens.iter().cycle();
    let mut group = criterion.benchmark_group("remembered token");
    group.bench_function("hash", |bencher| {
        bencher.iter(|| {
            turn.next()
                .map(|token| memory.name(black_box(token.as_bytes())))
        });
    });
    group.bench_function("hash and look-up", |bencher| {
        bencher.iter(|| {
            let name = memory.name(black_box(turn.next()?.as_bytes()))?;
            memory.recall(&name)
        });
    });
    group.finish();
}

criterion_group!(benches, recalling);
criterion_main!(benches);
