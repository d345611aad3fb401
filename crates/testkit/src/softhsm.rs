//! Tokens of SoftHSM 2, fresh for each test. The module reads where its tokens are once for a process, so a test that uses one in
//! its own process runs in a child of its own.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

/// The variable that tells the module where its tokens are.
pub const CONF: &str = "SOFTHSM2_CONF";

/// What unlocks every token.
pub const PIN: &str = "1234";

/// A directory with a token called `gatewright`.
#[derive(Debug)]
pub struct SoftHsm {
    home: TempDir,
}

impl SoftHsm {
    /// Makes one.
    ///
    /// # Errors
    /// When SoftHSM 2 is not installed, with the command that installs it.
    pub fn new() -> Result<Self> {
        module()?;
        let home = tempfile::tempdir()?;
        let made = Self { home };
        fs::create_dir(made.tokens())?;
        let tokens = made.tokens();
        let line = format!(
            "directories.tokendir = {}\nlog.level = ERROR\n",
            tokens.display()
        );
        fs::write(made.conf(), line)?;
        let output = Command::new("softhsm2-util")
            .args(["--init-token", "--free", "--label", "gatewright"])
            .args(["--so-pin", "87654321", "--pin", PIN])
            .env(CONF, made.conf())
            .output()?;
        ensure!(output.status.success(), "{output:?}");
        Ok(made)
    }

    /// The file that `SOFTHSM2_CONF` is to name.
    #[must_use]
    pub fn conf(&self) -> PathBuf {
        self.home.path().join("softhsm2.conf")
    }

    /// Where the tokens are.
    #[must_use]
    pub fn tokens(&self) -> PathBuf {
        self.home.path().join("tokens")
    }
}

/// The module, where Debian puts it.
///
/// # Errors
/// When it is not there, with the command that installs it.
pub fn module() -> Result<PathBuf> {
    let places = [
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    ];
    let found = places.iter().map(PathBuf::from).find(|path| path.exists());
    found.context("SoftHSM 2 is missing; on Debian: apt-get install softhsm2")
}

/// The address of the token `gatewright`, without an object, as settings write it.
///
/// # Errors
/// As `module`.
pub fn address() -> Result<String> {
    let module = module()?;
    let module = module.display();
    Ok(format!("pkcs11:token=gatewright?module-path={module}"))
}

/// Where a test has run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ran {
    /// To its end, in a child: there is nothing left to do.
    InAChild,
    /// Not yet: this is the child, and there is a token called `gatewright`.
    NotYet,
}

/// Runs this test again in a child that has a token, and fails where it fails.
///
/// # Errors
/// When it fails in the child, or there is no such test.
pub fn with_token(test: &str) -> Result<Ran> {
    if env::var_os(CONF).is_some() {
        return Ok(Ran::NotYet);
    }
    let token = SoftHsm::new()?;
    let child = Command::new(env::current_exe()?)
        .args(["--exact", test, "--nocapture"])
        .env(CONF, token.conf())
        .output()?;
    let said = String::from_utf8_lossy(&child.stdout);
    let told = String::from_utf8_lossy(&child.stderr);
    ensure!(child.status.success(), "{test}:\n{said}\n{told}");
    ensure!(
        said.contains("1 passed"),
        "there is no test {test}:\n{said}"
    );
    Ok(Ran::InAChild)
}

/// Where the child's tokens are.
///
/// # Errors
/// Where there is no child.
pub fn tokens() -> Result<PathBuf> {
    let conf = env::var_os(CONF).context("this is no child with a token")?;
    let home = Path::new(&conf).parent().context("it has a directory")?;
    Ok(home.join("tokens"))
}
