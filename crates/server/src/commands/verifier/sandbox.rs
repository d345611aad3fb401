//! A sandbox on disk: its private keys for us, its public ones for the service under trial.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
    process::ExitCode,
};

use anyhow::{Context, Result};
use gatewright_domain::key::Algorithm;
use gatewright_token::hostile::Sandbox;
use serde_json::json;

use crate::{
    failure::{Code, Failure},
    output::Printer,
    say,
};

/// The names of the files in its directory.
const PRIVATE: &str = "sandbox.json";
const KEY_SET: &str = "jwks.json";
const KEY: &str = "key.pem";

/// Makes a sandbox in a new directory.
pub(super) fn make(
    dir: &Path,
    algorithm: Algorithm,
    issuer: String,
    audience: String,
    printer: Printer,
) -> Result<ExitCode> {
    let made = Sandbox::generate(algorithm, issuer, audience);
    let sandbox = made.map_err(|fault| Failure::of(Code::Usage, fault))?;
    let made = DirBuilder::new().mode(0o755).create(dir);
    made.with_context(|| format!("could not make {}", dir.display()))
        .map_err(|error| {
            let next = "name a directory that is not there yet";
            Failure::of(Code::Failed, error).next(next)
        })?;
    sandbox
        .to_file()?
        .lend(|text| write(&dir.join(PRIVATE), text, 0o600))?;
    write(&dir.join(KEY_SET), &sandbox.jwks(), 0o644)?;
    write(&dir.join(KEY), &sandbox.pem(), 0o644)?;
    let at = |name: &str| dir.join(name).display().to_string();
    let value = json!({
        "issuer": sandbox.issuer, "audience": sandbox.audience, "algorithm": algorithm.name(),
        "jwks": at(KEY_SET), "pem": at(KEY),
    });
    let facts = [
        ("issuer", sandbox.issuer.clone()),
        ("audience", sandbox.audience.clone()),
        ("algorithm", algorithm.name().to_owned()),
        ("key set", at(KEY_SET)),
        ("key", at(KEY)),
    ];
    printer.one(&value, &dir.display().to_string(), &facts)?;
    say!(
        "Configure a copy of your service with these, then: gatewright verifier check URL --sandbox {}",
        dir.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// Reads the sandbox of a directory.
pub(super) fn read(dir: &Path) -> Result<Sandbox> {
    let path = dir.join(PRIVATE);
    let text = fs::read_to_string(&path);
    let text = text.with_context(|| format!("could not read {}", path.display()));
    let text = text.map_err(|error| {
        let next = format!(
            "make a sandbox with: gatewright verifier sandbox {}",
            dir.display()
        );
        Failure::of(Code::NotFound, error).next(next)
    })?;
    let read = Sandbox::from_file(&text);
    read.with_context(|| format!("{} is not usable", path.display()))
}

fn write(path: &Path, text: &str, mode: u32) -> Result<()> {
    let mut options = OpenOptions::new();
    let file = options.write(true).create_new(true).mode(mode).open(path);
    let written = file.and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.with_context(|| format!("could not write {}", path.display()))
}
