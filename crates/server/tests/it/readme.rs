//! Every command that the README shows is run, and answered as it says.

use std::{
    ffi::OsString,
    fs::{self, File},
    net::TcpListener,
    os::unix::{fs::symlink, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use gatewright_testkit::database::DatabaseUrl;
use tempfile::TempDir;

use crate::document::{Part, parts, script};

const TOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Commands of the README that are not run here, and why.
const NOT_RUN: [(&str, &str); 6] = [
    (
        "cargo run --release -- demo",
        "`tour.rs` runs the demo, and everything it prints",
    ),
    ("scripts/test", "it runs this test"),
    (
        "cargo build --release",
        "this test runs the programs that were built for it, in the place of those",
    ),
    ("docker compose up", "a test has no container engine"),
    (
        "printf 'COMPOSE_PROFILES=prod\\nPOSTGRES_PASSWORD=%s\\n' \"$(openssl rand -hex 24)\" > .env",
        "as above",
    ),
    ("docker compose up", "as above"),
];

/// The addresses that the README speaks of; each is replaced by a free one, so that other tests can run beside this one.
const ADDRESSES: [&str; 4] = [
    "127.0.0.1:8600",
    "127.0.0.1:8601",
    "127.0.0.1:8602",
    "127.0.0.1:9000",
];

/// The database that the README speaks of, which is replaced by a fresh one.
const DATABASE: &str = "postgres://gatewright@localhost/gatewright";

/// How long the commands under one heading may take.
const PATIENCE: Duration = Duration::from_secs(180);

#[test]
fn every_command_of_the_readme_does_what_it_says() {
    let readme = fs::read_to_string(format!("{TOP}/README.md")).unwrap();
    let (parts, left_out) = without_exceptions(parts(&readme));
    let expected: Vec<&str> = NOT_RUN.iter().map(|(command, _)| *command).collect();
    assert_eq!(
        left_out, expected,
        "an exception is no longer in the README: remove it from NOT_RUN"
    );
    for replaced in ADDRESSES.iter().chain([&DATABASE]) {
        assert!(
            readme.contains(replaced),
            "the README no longer speaks of {replaced}"
        );
    }
    let checkout = Checkout::new();
    let headings: Vec<&str> = parts.iter().map(|part| &*part.heading).collect();
    assert_eq!(
        headings,
        ["The whole path, by curl", "Configuration", "PostgreSQL"]
    );
    for part in &parts {
        checkout.run(part);
    }
}

/// The parts without the commands that are not run, and those, in their order.
fn without_exceptions(parts: Vec<Part>) -> (Vec<Part>, Vec<String>) {
    let mut left_out = Vec::new();
    let mut kept = Vec::new();
    for mut part in parts {
        part.lines.retain(|(_, line)| {
            let excepted = NOT_RUN.iter().any(|(command, _)| command == line);
            if excepted {
                left_out.push(line.clone());
            }
            !excepted
        });
        kept.push(part);
    }
    kept.retain(|part| !part.lines.is_empty());
    (kept, left_out)
}

/// A directory that looks like a checkout in which the programs have been built.
struct Checkout {
    dir: TempDir,
    addresses: Vec<String>,
    database: DatabaseUrl,
}

impl Checkout {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let release = dir.path().join("target/release");
        fs::create_dir_all(&release).unwrap();
        let program = Path::new(env!("CARGO_BIN_EXE_gatewright"));
        symlink(program, release.join("gatewright")).unwrap();
        symlink(gateway_beside(program), release.join("gatewright-gateway")).unwrap();
        symlink(format!("{TOP}/crates"), dir.path().join("crates")).unwrap();
        Self {
            dir,
            addresses: free_addresses(),
            database: DatabaseUrl::postgres().unwrap(),
        }
    }

    /// The path of a terminal in which the README's `export PATH` was said.
    fn path(&self) -> OsString {
        let outer = std::env::var_os("PATH").unwrap_or_default();
        let built = self.dir.path().join("target/release");
        let folders = [built].into_iter().chain(std::env::split_paths(&outer));
        std::env::join_paths(folders).unwrap()
    }

    /// Runs the commands of a part in the order in which they are shown.
    fn run(&self, part: &Part) {
        let mut text =
            script("README.md", &part.lines).replace(DATABASE, &format!("'{}'", self.database));
        for (shown, free) in ADDRESSES.iter().zip(&self.addresses) {
            text = text.replace(shown, free);
        }
        // The upstream is the one whose port is an argument of its own.
        let port = |address: &str| address.rsplit(':').next().unwrap().to_owned();
        let text = text.replace(
            "http.server 9000",
            &format!("http.server {}", port(&self.addresses[3])),
        );
        let file = self.dir.path().join("commands.sh");
        fs::write(&file, text).unwrap();
        let printed = self.dir.path().join("printed");
        File::create(&printed).unwrap();
        let mut child = Command::new("bash")
            .arg(&file)
            .current_dir(self.dir.path())
            .env_clear()
            .env("PATH", self.path())
            .env("HOME", self.dir.path())
            .env("PYTHONUNBUFFERED", "1")
            .env("GATEWRIGHT_LISTEN", &self.addresses[0])
            .env("GATEWRIGHT_GATEWAY_LISTEN", &self.addresses[1])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let began = Instant::now();
        let status = loop {
            match child.try_wait().unwrap() {
                Some(status) => break Some(status),
                None if began.elapsed() > PATIENCE => break None,
                None => std::thread::sleep(Duration::from_millis(50)),
            }
        };
        if status.is_none() {
            let group = format!("-{}", child.id());
            Command::new("kill")
                .args(["-TERM", "--", &group])
                .status()
                .unwrap();
            child.wait().unwrap();
        }
        let printed = fs::read_to_string(&printed).unwrap();
        assert!(
            status.is_some_and(|status| status.success()),
            "the commands under `{}` ended with {status:?} after {:?}:\n{printed}",
            part.heading,
            began.elapsed(),
        );
    }
}

/// The gateway's program beside this one. Cargo builds it for tests of the whole workspace; for those of this crate alone, it
/// is asked to.
fn gateway_beside(program: &Path) -> PathBuf {
    let gateway = program.with_file_name("gatewright-gateway");
    if !gateway.exists() {
        let mut build = Command::new(env!("CARGO"));
        build.args([
            "build",
            "--quiet",
            "--locked",
            "--package",
            "gatewright-gateway",
            "--bins",
        ]);
        let built = build.current_dir(TOP).status().unwrap();
        assert!(
            built.success() && gateway.exists(),
            "cargo build --package gatewright-gateway: {built}"
        );
    }
    gateway
}

/// Free addresses. Somebody else may take one before it is used; that is rare enough for a test.
fn free_addresses() -> Vec<String> {
    let taken: Vec<TcpListener> = ADDRESSES
        .iter()
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    taken
        .iter()
        .map(|listener| listener.local_addr().unwrap().to_string())
        .collect()
}
