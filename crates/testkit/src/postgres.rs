//! A throw-away PostgreSQL server for one test process.
//!
//! Invariant: no server outlives the process that started it. The server's keeper (`postgres.sh`) waits on a pipe that
//! only this process holds; however the process ends, the pipe closes, and the keeper stops the server and removes its files.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use anyhow::{Context, Result, anyhow, bail};

const INSTALL: &str =
    "PostgreSQL is not installed; on Debian: apt-get install --no-install-recommends postgresql";

/// Whether a commit must reach the disk. Only a test about lost power needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Commits are fast and die with the machine.
    InMemory,
    /// Commits are written as in production.
    OnDisk,
}

/// A running server with one superuser, `gatewright`, reachable through a unix socket only.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    socket: String,
    made: AtomicU64,
    pipe: Option<ChildStdin>,
    keeper: Child,
}

impl Postgres {
    /// The server of this test process, started by the first who asks.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not start; the message says what to do.
    pub fn shared() -> Result<&'static Self> {
        static SHARED: OnceLock<Result<Postgres, String>> = OnceLock::new();
        SHARED
            .get_or_init(|| Self::start(Durability::InMemory).map_err(|error| format!("{error:#}")))
            .as_ref()
            .map_err(|error| anyhow!(error.clone()))
    }

    /// A server of one's own, which stops when it is dropped.
    ///
    /// # Errors
    /// As `shared`.
    pub fn start(durability: Durability) -> Result<Self> {
        let programs = programs()?;
        let fsync = match durability {
            Durability::InMemory => "off",
            Durability::OnDisk => "on",
        };
        let mut keeper = as_unprivileged("sh")?
            .args(["-c", include_str!("postgres.sh"), "postgres.sh"])
            .arg(&programs)
            .arg(fsync)
            // A directory everybody may stand in, and a process group that an interrupt at the terminal does not reach.
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("could not start a shell for PostgreSQL")?;
        let pipe = keeper.stdin.take();
        let socket = first_line(&mut keeper)?;
        let made = AtomicU64::new(0);
        Ok(Self {
            programs,
            socket,
            made,
            pipe,
            keeper,
        })
    }

    /// The address of a new, empty database.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn fresh_database(&self) -> Result<String> {
        let name = format!("test_{}", self.made.fetch_add(1, Ordering::SeqCst));
        self.psql("postgres", &format!("create database {name}"))?;
        Ok(format!(
            "postgres://gatewright@localhost/{name}?host={}",
            self.socket
        ))
    }

    /// Runs one statement in a database and returns what it answers: rows as lines, columns parted by `|`.
    ///
    /// # Errors
    /// When the statement is refused.
    pub fn psql(&self, database: &str, statement: &str) -> Result<String> {
        let output = Command::new(self.programs.join("psql"))
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["--set", "ON_ERROR_STOP=1", "--username", "gatewright"])
            .args(["--host", &self.socket, "--dbname", database])
            .args(["--command", statement])
            .output()
            .context("could not run psql")?;
        if !output.status.success() {
            let refusal = String::from_utf8_lossy(&output.stderr);
            bail!("PostgreSQL refused `{statement}`: {refusal}");
        }
        Ok(String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.pipe.take());
        // Nothing to report to: a keeper that cannot be waited for has already gone.
        drop(self.keeper.wait());
    }
}

/// The directory of the server's programs: the newest that Debian has installed, else the one on the path.
fn programs() -> Result<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let debian = debian.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian
        .chain(std::env::split_paths(&path))
        .filter(|bin| bin.join("initdb").is_file())
        .max_by_key(|bin| version(bin))
        .context(INSTALL)
}

/// The major version in `…/15/bin`.
fn version(bin: &Path) -> Option<u32> {
    bin.parent()?.file_name()?.to_str()?.parse().ok()
}

/// A command that runs as somebody other than root, as PostgreSQL insists.
fn as_unprivileged(program: &str) -> Result<Command> {
    // What we make belongs to us.
    let we_are_root = tempfile::tempfile()?.metadata()?.uid() == 0;
    if !we_are_root {
        return Ok(Command::new(program));
    }
    let users = fs::read_to_string("/etc/passwd").context("could not read the system's users")?;
    let known = |name: &str| {
        users
            .lines()
            .any(|line| line.split(':').next() == Some(name))
    };
    let (user, group) = [("postgres", "postgres"), ("nobody", "nogroup")]
        .into_iter()
        .find(|(user, _)| known(user))
        .context("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`")?;
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid", user, "--regid", group, "--clear-groups", "--"])
        .arg(program);
    Ok(command)
}

/// What the keeper says first; when it says nothing, why.
fn first_line(keeper: &mut Child) -> Result<String> {
    let mut line = String::new();
    if let Some(stdout) = keeper.stdout.take() {
        BufReader::new(stdout).read_line(&mut line)?;
    }
    if !line.is_empty() {
        return Ok(line.trim_end().to_owned());
    }
    let mut reason = String::new();
    if let Some(mut stderr) = keeper.stderr.take() {
        stderr.read_to_string(&mut reason)?;
    }
    bail!("PostgreSQL did not start: {reason}")
}
