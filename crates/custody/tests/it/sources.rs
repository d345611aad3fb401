//! The contract, source by source.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use gatewright_custody::{Derivation, Kek, KekSource, Libraries, SourceError, Unlocking};
use gatewright_domain::secret::Secret;
use gatewright_testkit::{
    entropy::SeededEntropy,
    transit::{FakeTransit, TOKEN},
};

use crate::contract;

pub(crate) fn derivation() -> Derivation {
    // OWASP's floor: enough to be taken, and quick enough for a test.
    Derivation {
        salt: vec![3; 16],
        memory_kib: 19_456,
        passes: 2,
        lanes: 1,
    }
}

pub(crate) fn unlocking() -> Unlocking {
    let secret = |text: &str| Some(Secret::new(text.to_owned()));
    Unlocking {
        passphrase: secret("seven words that nobody would guess"),
        pin: secret("1234"),
        token: secret(TOKEN),
        libraries: Libraries::default(),
    }
}

pub(crate) async fn open(source: &str) -> Result<Kek, SourceError> {
    let source: KekSource = source.parse()?;
    source.open(&unlocking(), &derivation()).await
}

fn write(path: &Path, text: &str) -> String {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    path.display().to_string()
}

#[tokio::test]
async fn a_key_in_a_file_keeps_the_contract() {
    let home = tempfile::tempdir().unwrap();
    let [one, two] = ["one", "two"].map(|name| home.path().join(name));
    Kek::generate_file(&one, &SeededEntropy::new(1)).unwrap();
    Kek::generate_file(&two, &SeededEntropy::new(2)).unwrap();
    let [one, two] = [one, two].map(|path| format!("file:{}", path.display()));
    contract::holds(
        async || open(&one).await.unwrap(),
        open(&two).await.unwrap(),
    )
    .await;
}

#[tokio::test]
async fn a_key_in_the_environment_keeps_the_contract() {
    let (one, two) = ("0123456789abcdef".repeat(4), "fedcba9876543210".repeat(4));
    contract::holds(
        async || open(&one).await.unwrap(),
        open(&two).await.unwrap(),
    )
    .await;
}

#[tokio::test]
async fn a_key_from_a_passphrase_keeps_the_contract() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("passphrase");
    let other = write(&path, "another sentence that is long enough\n");
    let other = open(&format!("passphrase-file:{other}")).await.unwrap();
    assert_eq!(other.source(), "passphrase");
    contract::holds(async || open("passphrase").await.unwrap(), other).await;
}

#[tokio::test]
async fn a_key_of_a_key_service_keeps_the_contract() {
    let service = FakeTransit::start().unwrap();
    service.make_key("one", "aes256-gcm96");
    service.make_key("two", "chacha20-poly1305");
    let [one, two] = ["one", "two"].map(|key| format!("vault:{}", service.address_of(key)));
    contract::holds(
        async || open(&one).await.unwrap(),
        open(&two).await.unwrap(),
    )
    .await;
}

#[tokio::test]
async fn what_is_needed_to_unlock_is_named() {
    let locked = async |source: &str| {
        let source: KekSource = source.parse().unwrap();
        let refused = source.open(&Unlocking::default(), &derivation()).await;
        refused.unwrap_err().to_string()
    };
    assert_eq!(
        locked("passphrase").await,
        "a passphrase is needed for `passphrase`; give it as GATEWRIGHT_KEK_PASSPHRASE or GATEWRIGHT_KEK_PASSPHRASE_FILE"
    );
    assert_eq!(
        locked("pkcs11:token=t;object=k?module-path=/m.so").await,
        "a PIN is needed for `pkcs11:token=t;object=k`; give it as GATEWRIGHT_KEK_PIN or GATEWRIGHT_KEK_PIN_FILE"
    );
    assert_eq!(
        locked("vault:https://bao/transit/keys/gw").await,
        "a token is needed for `vault:https://bao/transit/keys/gw`; give it as GATEWRIGHT_KEK_TOKEN or GATEWRIGHT_KEK_TOKEN_FILE"
    );
}

#[test]
fn a_source_shows_no_secret() {
    let shown = |text: &str| text.parse::<KekSource>().unwrap().to_string();
    assert_eq!(shown(&"0123456789abcdef".repeat(4)), "[the key itself]");
    assert_eq!(shown("file:/run/kek"), "file:/run/kek");
    assert_eq!(
        shown("pkcs11:token=t;object=k?module-path=/m.so&pin-source=file:/pin"),
        "pkcs11:token=t;object=k"
    );
}
