//! Lints files by a ruleset, one JSON line for each finding: `cargo run --release -p gatewright-contract --example lint -- RULESET FILE…`
//!
//! The peer's side of `benches/contract/agree-lint` runs this; people have `gatewright contract lint`.

use std::{
    env, fs,
    io::{self, Write},
    time::Instant,
};

use gatewright_contract::{Budgets, Ruleset, lint, read};

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let ruleset = fs::read_to_string(arguments.next().unwrap_or_default())?;
    let ruleset =
        Ruleset::read(&ruleset, &|name| fs::read_to_string(name).ok()).map_err(io::Error::other)?;
    let (mut out, mut err) = (io::stdout().lock(), io::stderr().lock());
    for reason in ruleset.unsupported() {
        writeln!(err, "{reason}")?;
    }
    for file in arguments {
        let bytes = fs::read(&file)?;
        let start = Instant::now();
        let document = read(&bytes, &Budgets::default()).map_err(io::Error::other)?;
        let read = start.elapsed().as_secs_f64();
        let linted = lint(&document, &ruleset.for_file(&file));
        let took = start.elapsed().as_secs_f64();
        for finding in &linted.findings {
            serde_json::to_writer(&mut out, finding)?;
            writeln!(out)?;
        }
        let (size, count) = (bytes.len(), linted.findings.len());
        writeln!(
            err,
            "{file}: {size} bytes read in {read:.3} s and linted in {took:.3} s altogether: {count} findings"
        )?;
    }
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM"));
    writeln!(err, "{}", peak.unwrap_or("VmHWM: unknown"))
}
