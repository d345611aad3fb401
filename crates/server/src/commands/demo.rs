//! `gatewright demo`: a throw-away installation that shows the whole path.

mod tour;
mod town;

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use clap::Args;
use gatewright_domain::entropy::Entropy;

use crate::{
    commands::serve::Ending,
    config::{File, Settings, Sources, gather, said::by_flag},
    failure::{Code, Failure},
    logging,
    output::{Format, Printer},
    say,
    serve::Running,
    system::SystemEntropy,
    wire::orders::Orders,
};

/// What says that a directory was made by a demo.
const MARK: &str = "gatewright-demo";

/// Run a throw-away installation with a sample API, and show what to try
///
/// It needs no network, no container and no account: an `orders` API with an upstream of its own, one consumer with one
/// application, one plan, one subscription, two tokens. It calls itself once through the gateway, prints what to try, and
/// runs until SIGINT. Settings of the environment and of gatewright.toml do not concern it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gatewright demo
  gatewright demo --dir ./kept --portal 127.0.0.1:0 --gateway 127.0.0.1:0 --output json")]
pub(crate) struct Arguments {
    /// Keep the data in this directory; a demo that is there already is begun anew
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Where the portal listens; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8600")]
    portal: String,
    /// Where the gateway listens; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8601")]
    gateway: String,
}

/// Runs the demo until told to end.
pub(crate) async fn run(arguments: Arguments, printer: Printer) -> Result<()> {
    let ending = Ending::awaited()?;
    let dir = DemoDir::make(arguments.dir.as_deref())?;
    let settings = settings(&arguments, &dir.path)?;
    logging::begin(&settings)?;
    let orders = Orders::start()?;
    let running = Running::start(&settings).await?;
    let town = town::build(&running.house, orders.address).await?;
    running.caught_up().await?;
    let tour = tour::Tour::of(&running, town, &dir.path);
    let answer = tour.first_call(&running).await?;
    match printer.format {
        Format::Json => printer.json(&tour)?,
        Format::Table => tour.tell(&answer),
    }
    ending.come().await;
    say!("Ending.");
    running.end().await?;
    orders.stop().await;
    dir.leave()
}

/// The settings of a demo: those of its flags, and a publication lead that is over soon, so that rotations can be tried.
fn settings(arguments: &Arguments, dir: &Path) -> Result<Settings> {
    let dir = dir.to_str().context("the directory's name is not text")?;
    let flags = [
        ("data_dir", dir),
        ("listen", &arguments.portal),
        ("gateway_listen", &arguments.gateway),
        ("publication_lead_s", "2"),
        ("log_level", "warn"),
    ];
    let flags = flags.into_iter().map(|(name, value)| by_flag(name, value));
    gather(Sources {
        file: File::None,
        environment: &BTreeMap::new(),
        flags: flags.collect::<Result<_>>()?,
    })
}

/// The directory of a demo.
struct DemoDir {
    path: PathBuf,
    kept: bool,
}

impl DemoDir {
    /// The named directory, which must be new, empty or a demo's; or else a new one that will be removed.
    fn make(named: Option<&Path>) -> Result<Self> {
        let (path, kept) = match named {
            Some(path) => (path.to_owned(), true),
            None => (fresh(), false),
        };
        if path.join(MARK).exists() {
            fs::remove_dir_all(&path)
                .with_context(|| format!("could not begin {} anew", path.display()))?;
            say!("Beginning the demo in {} anew.", path.display());
        } else if fs::read_dir(&path).is_ok_and(|mut inside| inside.next().is_some()) {
            let taken = format!("{} is not empty, and no demo made it", path.display());
            let next = "name another with --dir";
            return Err(Failure::new(Code::Conflict, taken).next(next).into());
        }
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&path)
            .and_then(|()| fs::write(path.join(MARK), "Made by `gatewright demo`.\n"))
            .with_context(|| format!("could not make {}", path.display()))?;
        Ok(Self { path, kept })
    }

    /// Removes what was throw-away.
    fn leave(self) -> Result<()> {
        if self.kept {
            say!("Kept {}.", self.path.display());
            return Ok(());
        }
        let removed = fs::remove_dir_all(&self.path);
        removed.with_context(|| format!("could not remove {}", self.path.display()))
    }
}

/// A name that nobody else has, among the machine's temporary files.
fn fresh() -> PathBuf {
    let mut drawn = [0; 8];
    SystemEntropy.fill(&mut drawn);
    let drawn = u64::from_le_bytes(drawn);
    std::env::temp_dir().join(format!("gatewright-demo-{drawn:016x}"))
}
