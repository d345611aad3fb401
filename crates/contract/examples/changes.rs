//! What changed between two documents: `cargo run --release -p gatewright-contract --example changes -- BASE REVISION`
//!
//! Prints the changes as JSON lines, then the seconds that reading and comparing took. `benches/contract/agree` reads
//! it. The environment may say how many changes are told (`MOST`, all by default), in how many `STEPS`, as if it were
//! what moment (`NOW`, in seconds since 1970), and that schemas of `allOf` are merged (`FLATTEN`).

use std::{
    env, fs,
    io::{self, Write},
    str::FromStr,
    time::{Duration, Instant},
};

use gatewright_contract::{AllOf, Budgets, Settings, diff, read};
use gatewright_domain::time::Timestamp;

fn main() -> io::Result<()> {
    let mut files = env::args().skip(1);
    let mut next = || {
        files
            .next()
            .ok_or_else(|| io::Error::other("two files are needed"))
    };
    let (base, revision) = (fs::read(next()?)?, fs::read(next()?)?);
    let budgets = Budgets {
        bytes: 100 << 20,
        nodes: 10_000_000,
        ..Budgets::default()
    };
    let start = Instant::now();
    let base = read(&base, &budgets).map_err(io::Error::other)?;
    let revision = read(&revision, &budgets).map_err(io::Error::other)?;
    let reading = start.elapsed();
    let start = Instant::now();
    let mut settings = Settings::at(now());
    settings.most = number("MOST").unwrap_or(usize::MAX);
    settings.steps = number("STEPS").unwrap_or(settings.steps);
    if env::var_os("FLATTEN").is_some() {
        settings.all_of = AllOf::Merged;
    }
    let changes = diff(&base, &revision, &settings);
    let comparing = start.elapsed();
    let mut out = io::stdout().lock();
    for change in &changes.told {
        writeln!(out, "{}", serde_json::to_string(change)?)?;
    }
    let [reading, comparing] = [reading, comparing].map(|took: Duration| took.as_secs_f64());
    let counts = changes.counts;
    writeln!(
        out,
        "# {} errors, {} warnings, {} infos; reading {reading:.3} s, comparing {comparing:.3} s",
        counts.errors, counts.warnings, counts.infos
    )
}

/// The moment of the comparison, given in seconds since 1970 by `NOW`; sunset dates are held against it.
fn now() -> Timestamp {
    Timestamp::from_seconds(number("NOW").unwrap_or(0))
}

/// A number of the environment.
fn number<N: FromStr>(name: &str) -> Option<N> {
    env::var(name).ok()?.parse().ok()
}
