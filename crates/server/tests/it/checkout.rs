//! A place in which the commands of the README and of the book are run.

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

pub(crate) const TOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The addresses that the documents speak of; each is replaced by a free one, so that other tests can run beside this one.
pub(crate) const ADDRESSES: [&str; 4] = [
    "127.0.0.1:8600",
    "127.0.0.1:8601",
    "127.0.0.1:8602",
    "127.0.0.1:9000",
];

/// The database that the documents speak of, which is replaced by a fresh one.
pub(crate) const DATABASE: &str = "postgres://gatewright@localhost/gatewright";

/// How long the commands under one heading may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// A directory that looks like a checkout in which the programs have been built.
pub(crate) struct Checkout {
    dir: TempDir,
    addresses: Vec<String>,
    database: DatabaseUrl,
}

impl Checkout {
    pub(crate) fn new() -> Self {
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

    /// Runs a script that `document::script` has made; `what` names it when it fails.
    pub(crate) fn run(&self, what: &str, script: &str) {
        let mut text = script.replace(DATABASE, &format!("'{}'", self.database));
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
            "the commands of {what} ended with {status:?} after {:?}:\n{printed}",
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
