//! Key files are read when nobody else can reach them, and written once.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use gatewright_custody::{Kek, SourceError};
use gatewright_domain::secret::Secret;
use gatewright_testkit::entropy::SeededEntropy;

fn from_text(text: &str) -> Result<Kek, SourceError> {
    Kek::from_text(&Secret::new(text.to_owned()))
}

fn write(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

const HEXADECIMAL: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";

#[test]
fn a_key_is_read_in_each_of_its_spellings() {
    let id = from_text(HEXADECIMAL).unwrap().id().to_owned();
    let spellings = [
        "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1EFF\n",
        "  AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHv8=  ",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHv8",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHv8\r\n",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHv8=",
    ];
    for text in spellings {
        assert_eq!(from_text(text).unwrap().id(), id, "{text}");
    }
    let url_safe = "-__-AwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHv8";
    let standard = url_safe.replace('-', "+").replace('_', "/");
    let (one, other) = (from_text(url_safe).unwrap(), from_text(&standard).unwrap());
    assert_eq!(one.id(), other.id());
}

#[test]
fn what_is_no_key_is_refused() {
    let short = &HEXADECIMAL[2..];
    let long = format!("{HEXADECIMAL}00");
    for text in [
        "",
        "secret",
        short,
        &long,
        "AAECAwQFBgcICQoLDA0ODw==",
        "\u{1F511}",
    ] {
        let refused = from_text(text).unwrap_err();
        assert!(matches!(refused, SourceError::NotAKey), "{text}: {refused}");
    }
    assert!(matches!(
        from_text(&"00".repeat(32)).unwrap_err(),
        SourceError::Trivial
    ));
}

#[test]
fn a_key_never_prints() {
    let kek = from_text(HEXADECIMAL).unwrap();
    let shown = format!("{kek:?}");
    assert_eq!(shown, kek.id());
    assert!(!HEXADECIMAL.contains(&shown["kek-".len()..]));
}

#[test]
fn a_generated_file_is_private_and_reads_back() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("kek");
    let made = Kek::generate_file(&path, &SeededEntropy::new(1)).unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(Kek::read_file(&path).unwrap().id(), made.id());
    assert_eq!(
        fs::read_dir(home.path()).unwrap().count(),
        1,
        "no draft is left"
    );
}

#[test]
fn a_file_that_is_there_is_never_written_over() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("kek");
    let first = Kek::generate_file(&path, &SeededEntropy::new(1)).unwrap();
    let refused = Kek::generate_file(&path, &SeededEntropy::new(2)).unwrap_err();
    assert!(matches!(refused, SourceError::Exists { .. }));
    assert_eq!(Kek::read_file(&path).unwrap().id(), first.id());
    assert_eq!(
        fs::read_dir(home.path()).unwrap().count(),
        1,
        "no draft is left"
    );
}

#[test]
fn a_file_that_others_can_reach_is_refused_with_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("kek");
    for mode in [0o644, 0o640, 0o604, 0o660, 0o601] {
        write(&path, HEXADECIMAL, mode);
        let refused = Kek::read_file(&path).unwrap_err().to_string();
        let shown = path.display();
        let expected = format!(
            "the key file {shown} can be reached by others (mode {mode:04o}); run: chmod 600 {shown}"
        );
        assert_eq!(refused, expected);
    }
    for mode in [0o600, 0o400] {
        write(&path, HEXADECIMAL, mode);
        assert!(Kek::read_file(&path).is_ok(), "{mode:o}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[test]
fn what_is_no_readable_file_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let missing = Kek::read_file(&home.path().join("kek")).unwrap_err();
    assert!(matches!(missing, SourceError::Unreadable { .. }));
    let directory = Kek::read_file(home.path()).unwrap_err();
    assert!(matches!(directory, SourceError::NotAFile { .. }));
    let path = home.path().join("bytes");
    fs::write(&path, [0xff; 32]).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(matches!(
        Kek::read_file(&path).unwrap_err(),
        SourceError::Unreadable { .. }
    ));
    let nowhere = home.path().join("nowhere").join("kek");
    let unwritable = Kek::generate_file(&nowhere, &SeededEntropy::new(1)).unwrap_err();
    assert!(matches!(unwritable, SourceError::Unwritable { .. }));
}
