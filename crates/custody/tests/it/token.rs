//! A token of SoftHSM 2, fresh for each test. The module reads where its tokens are once for a process, so each test that
//! uses one runs in a child of its own.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    mechanism::Mechanism,
    object::{Attribute, ObjectClass},
    session::{Session, UserType},
    types::AuthPin,
};

const CONF: &str = "SOFTHSM2_CONF";

/// The module, where Debian puts it.
pub(crate) fn module() -> PathBuf {
    let places = [
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    ];
    let found = places.iter().map(PathBuf::from).find(|path| path.exists());
    found.expect("SoftHSM 2 is missing; on Debian: apt-get install softhsm2")
}

/// Where a test has run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ran {
    /// To its end, in a child: there is nothing left to do.
    InAChild,
    /// Not yet: this is the child, and there is a token called `gatewright`, PIN 1234.
    NotYet,
}

/// Runs this test again in a child that has a token, and fails where it fails.
pub(crate) fn with_token(test: &str) -> Ran {
    if env::var_os(CONF).is_some() {
        return Ran::NotYet;
    }
    let home = tempfile::tempdir().unwrap();
    let tokens = home.path().join("tokens");
    fs::create_dir(&tokens).unwrap();
    let conf = home.path().join("softhsm2.conf");
    let line = format!(
        "directories.tokendir = {}\nlog.level = ERROR\n",
        tokens.display()
    );
    fs::write(&conf, line).unwrap();
    initialise(&conf, "gatewright");
    let child = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(CONF, &conf)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    let told = String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success(), "{test}:\n{said}\n{told}");
    assert!(
        said.contains("1 passed"),
        "there is no test {test}:\n{said}"
    );
    Ran::InAChild
}

fn initialise(conf: &Path, label: &str) {
    let made = Command::new("softhsm2-util")
        .args(["--init-token", "--free", "--label", label])
        .args(["--so-pin", "87654321", "--pin", "1234"])
        .env(CONF, conf)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
}

/// Where the child's tokens are.
pub(crate) fn tokens() -> PathBuf {
    let conf = PathBuf::from(env::var_os(CONF).unwrap());
    conf.parent().unwrap().join("tokens")
}

/// A session that may make keys.
pub(crate) fn session() -> Session {
    let context = Pkcs11::new(module()).unwrap();
    let how = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    // The code under test may have been first.
    let _ = context.initialize(how);
    let slots = context.get_slots_with_initialized_token().unwrap();
    let session = context.open_rw_session(slots[0]).unwrap();
    let _ = session.login(UserType::User, Some(&AuthPin::from("1234".to_owned())));
    session
}

/// A secret key that is fit, but for what `besides` changes.
pub(crate) fn make_key(session: &Session, label: &str, id: u8, besides: &[Attribute]) {
    let mut template = vec![
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Encrypt(true),
        Attribute::Decrypt(true),
        Attribute::Label(label.as_bytes().to_vec()),
        Attribute::Id(vec![id]),
    ];
    let says = |wanted: fn(&Attribute) -> bool| besides.iter().any(wanted);
    if !says(|one| matches!(one, Attribute::ValueLen(_))) {
        template.push(Attribute::ValueLen(32.into()));
    }
    if !says(|one| matches!(one, Attribute::Extractable(_))) {
        template.push(Attribute::Extractable(false));
    }
    template.extend_from_slice(besides);
    session
        .generate_key(&Mechanism::AesKeyGen, &template)
        .unwrap();
}

/// The address of a key in the child's token.
pub(crate) fn address(label: &str) -> String {
    let module = module();
    format!(
        "pkcs11:token=gatewright;object={label}?module-path={}",
        module.display()
    )
}
