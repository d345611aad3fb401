//! The program `gatewright-gateway`, which another crate builds, and which stands beside ours.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    time::SystemTime,
};

/// The program. `cargo test --workspace` has built it already; where it is missing, or older than what it is made of, as
/// after `cargo test -p gatewright-server`, it is built now.
pub(crate) fn gateway_program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let ours = Path::new(env!("CARGO_BIN_EXE_gatewright"));
        let program = ours.with_file_name("gatewright-gateway");
        if !is_current(&program) {
            build(ours);
        }
        assert!(program.is_file(), "{} is missing", program.display());
        program
    })
}

/// Whether it is newer than every source of the gateway and of the rooms below it.
fn is_current(program: &Path) -> bool {
    let Ok(built) = fs::metadata(program).and_then(|found| found.modified()) else {
        return false;
    };
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let rooms = ["domain", "token", "gateway"].map(|room| crates.join(room).join("src"));
    rooms.iter().all(|room| newest(room) <= built)
}

fn newest(folder: &Path) -> SystemTime {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let times = entries.map(|entry| {
        let found = entry.metadata().unwrap();
        if found.is_dir() {
            newest(&entry.path())
        } else {
            found.modified().unwrap()
        }
    });
    times.max().unwrap_or(SystemTime::UNIX_EPOCH)
}

fn build(ours: &Path) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--locked", "--package", "gatewright-gateway"]);
    if ours.components().any(|part| part.as_os_str() == "release") {
        command.arg("--release");
    }
    let built = command.current_dir(env!("CARGO_MANIFEST_DIR")).status();
    assert!(built.unwrap().success(), "the gateway was not built");
}
