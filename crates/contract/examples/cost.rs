//! What reading a document costs: `cargo run --release -p gatewright-contract --example cost -- [--own] FILE…`
//!
//! Within the budgets of a portal, or with `--own` within those of one's own files.
//! Prints, for each file, what was found in it and the seconds it took, and for all of them the most memory.

use std::{
    env, fs,
    io::{self, Write},
    time::Instant,
};

use gatewright_contract::{Budgets, examine};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let own = env::args().any(|argument| argument == "--own");
    let budgets = if own {
        Budgets::OWN_FILES
    } else {
        Budgets::default()
    };
    for file in env::args().skip(1).filter(|argument| argument != "--own") {
        let bytes = fs::read(&file)?;
        let start = Instant::now();
        let result = examine(&bytes, &budgets);
        let took = start.elapsed().as_secs_f64();
        let size = bytes.len();
        match result {
            Ok(examined) => {
                let title = &examined.summary.title;
                let operations = examined.operations.len();
                let scopes = examined.scopes.len();
                writeln!(out, "{file}: {size} bytes in {took:.3} s: {title}")?;
                writeln!(out, "{operations} operations, {scopes} scopes")?;
                writeln!(out, "{}", examined.findings)?;
            }
            Err(findings) => {
                writeln!(out, "{file}: {size} bytes refused in {took:.3} s")?;
                writeln!(out, "{findings}")?;
            }
        }
    }
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM"));
    writeln!(out, "{}", peak.unwrap_or("VmHWM: unknown"))
}
