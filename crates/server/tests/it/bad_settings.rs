//! Flags, files and databases that are wrong: each ends with the documented number, and with what, why and what next.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use gatewright_testkit::database::DatabaseUrl;

use crate::program::{Place, Ran, Running, ran};

pub(crate) const FREE: [&str; 5] = [
    "serve",
    "--listen",
    "127.0.0.1:0",
    "--gateway-listen",
    "127.0.0.1:0",
];

/// How long a program may take to find out that it cannot start.
const PATIENCE: Duration = Duration::from_secs(20);

/// A program that ends by itself, with this number, and says these words and a next step.
pub(crate) fn refused(mut command: Command, code: i32, words: &[&str]) -> Ran {
    let began = Instant::now();
    let ran = ran(&mut command);
    assert_eq!(ran.code, Some(code), "{command:?}: {ran:?}");
    for words in words {
        assert!(ran.err.contains(words), "no `{words}` in {ran:?}");
    }
    let told =
        ran.err.contains("\nnext:  ") || ran.err.contains("For more information, try '--help'");
    assert!(
        ran.err.contains("error: ") && told,
        "no error with a next step: {ran:?}"
    );
    assert!(!ran.err.contains("panicked"), "{ran:?}");
    let errors = ran
        .err
        .lines()
        .find(|line| line.starts_with("error: "))
        .unwrap();
    let causes: Vec<&str> = errors.split(": ").collect();
    let last = causes.last().unwrap();
    assert_eq!(
        causes.iter().filter(|cause| cause == &last).count(),
        1,
        "said twice: {errors}"
    );
    assert!(
        began.elapsed() < PATIENCE,
        "{command:?} took {:?}",
        began.elapsed()
    );
    ran
}

#[test]
fn a_file_of_settings_that_is_wrong_is_told_where() {
    let files: [(&[u8], &[&str]); 19] = [
        (b"listen = \"127.0.0.1", &["gatewright.toml", "line 1"]),
        (b"listen\n", &["gatewright.toml", "line 1"]),
        (
            b"listen = \"127.0.0.1:0\"\nlisten = \"127.0.0.1:0\"\n",
            &["duplicate key", "listen"],
        ),
        (b"\xff\xfe\x00", &["gatewright.toml", "UTF-8"]),
        (
            b"listen = 5\n",
            &["gatewright.toml", "`listen`", "127.0.0.1:8600"],
        ),
        (b"listen = \"nonsense\"\n", &["`listen`"]),
        (b"listen = [\"127.0.0.1:0\"]\n", &["`listen`"]),
        (b"gateway = \"maybe\"\n", &["`gateway`", "boolean"]),
        (b"grace_s = -1\n", &["`grace_s`"]),
        (b"grace_s = 1.5\n", &["`grace_s`"]),
        (b"leeway_s = 121\n", &["`leeway_s`", "120"]),
        (
            b"max_token_lifetime_s = 5\n",
            &["`max_token_lifetime_s`", "60"],
        ),
        (b"upstream_allow = \"localhost\"\n", &["`upstream_allow`"]),
        (
            b"trusted_proxies = [\"proxy.internal\"]\n",
            &["`trusted_proxies`", "not a network"],
        ),
        (
            b"client_certificates = \"all\"\n",
            &["`client_certificates`", "verified or any"],
        ),
        (
            b"upstream_allow = [\"not a host\"]\n",
            &["`upstream_allow`", "host pattern"],
        ),
        (
            b"public_url = \"portal.example/\"\n",
            &["`public_url`", "https://"],
        ),
        (b"log_level = \"=[[\"\n", &["`log_level`"]),
        (
            b"listne = \"127.0.0.1:0\"\n",
            &["there is no setting `listne`", "did you mean `listen`?"],
        ),
    ];
    for (text, words) in files {
        let place = Place::new();
        fs::write(place.path().join("gatewright.toml"), text).unwrap();
        refused(place.command(&["serve"]), 2, words);
        refused(place.command(&["key", "list"]), 2, words);
        assert!(
            !place.path().join("gatewright-data").exists(),
            "something was made first"
        );
    }
    let place = Place::new();
    fs::create_dir(place.path().join("gatewright.toml")).unwrap();
    refused(
        place.command(&["serve"]),
        2,
        &["could not read gatewright.toml"],
    );
    refused(
        place.command(&["serve", "--config", "nowhere.toml"]),
        2,
        &["nowhere.toml"],
    );
}

#[test]
fn a_flag_or_a_variable_that_is_wrong_is_told() {
    let place = Place::new();
    let flags: [(&[&str], &[&str]); 8] = [
        (&["serve", "--colour"], &["--colour", "--color"]),
        (&["serve", "--listen"], &["--listen"]),
        (
            &["serve", "--listen", "nonsense"],
            &["--listen", "socket address"],
        ),
        (
            &["serve", "--public-url", "ftp://a.example"],
            &["public_url"],
        ),
        (&["serve", "extra"], &["extra"]),
        (&["srve"], &["srve", "serve"]),
        (
            &["operator", "add", "a\u{202e}b", "--role", "admin"],
            &["bidirectional"],
        ),
        (
            &["operator", "add", "ada", "--role", "emperor"],
            &["publisher"],
        ),
    ];
    for (arguments, words) in flags {
        refused(place.command(arguments), 2, words);
    }
    let variables = [
        ("GATEWRIGHT_LISTEN", "nonsense", "GATEWRIGHT_LISTEN"),
        ("GATEWRIGHT_GRACE_S", "soon", "a whole number"),
        ("GATEWRIGHT_GATEWAY", "perhaps", "true or false"),
        ("GATEWRIGHT_LISTNE", "127.0.0.1:0", "did you mean `listen`?"),
        ("DATABASE_URL_FILE", "nowhere", "DATABASE_URL_FILE"),
        (
            "GATEWRIGHT_METRICS_TOKEN_FILE",
            "nowhere",
            "GATEWRIGHT_METRICS_TOKEN_FILE",
        ),
    ];
    for (name, value, words) in variables {
        let mut command = place.command(&["serve"]);
        command.env(name, value);
        refused(command, 2, &[words]);
    }
    assert!(
        !place.path().join("gatewright-data").exists(),
        "something was made first"
    );
}

#[test]
fn a_database_that_cannot_be_used_is_told() {
    let place = Place::new();
    let postgres = DatabaseUrl::postgres().unwrap();
    let (server, socket) = postgres.split_once("?host=").unwrap();
    let (before, _) = server.rsplit_once('/').unwrap();
    let missing = format!("{before}/no_such_database?host={socket}");
    let addresses = [
        ("nonsense", "must begin with sqlite:// or postgres://"),
        (
            "mysql://ada@localhost/a",
            "must begin with sqlite:// or postgres://",
        ),
        ("postgres://ada:s3cret@127.0.0.1:1/a", "did not answer"),
        (
            "postgres://ada:s3cret@localhost/a?host=/nowhere",
            "could not open the database",
        ),
        ("sqlite:///nowhere/at/all.db", "could not open the database"),
        (&missing, "no_such_database"),
    ];
    for (address, words) in addresses {
        let mut command = place.command(&FREE);
        command.env("DATABASE_URL", address);
        let ran = refused(command, 1, &[words]);
        assert!(
            !ran.err.contains("s3cret"),
            "a password in the log: {ran:?}"
        );
    }
}

/// Files that are no databases, or were.
#[test]
fn a_database_file_that_is_broken_is_told() {
    let sound = Place::new();
    started_once(&sound);
    let whole = fs::read(sound.path().join("gatewright-data/gatewright.db")).unwrap();
    let mut torn = whole.clone();
    torn.iter_mut()
        .skip(100)
        .step_by(97)
        .for_each(|byte| *byte ^= 0x5a);
    let (half, _) = whole.split_at(whole.len() / 8);
    for bytes in [
        &b"this is no database, but a letter to somebody\n".repeat(50),
        &torn,
        &half.to_vec(),
    ] {
        let place = Place::new();
        let data = place.path().join("gatewright-data");
        fs::create_dir(&data).unwrap();
        fs::write(data.join("gatewright.db"), bytes).unwrap();
        for arguments in [
            &FREE[..],
            &["audit", "verify"],
            &["key", "list"],
            &["migrate"],
        ] {
            refused(place.command(arguments), 1, &["database"]);
        }
        let doctor = place.run(&["doctor"]);
        assert_eq!(doctor.code, Some(10), "{doctor:?}");
        assert!(doctor.out.contains("WRONG  database"), "{doctor:?}");
        let kept = fs::read(data.join("gatewright.db")).unwrap();
        assert_eq!(&kept, bytes, "what may still be saved was written to");
    }
}

#[test]
fn a_data_directory_that_cannot_be_made_or_written_to_is_told() {
    let place = Place::new();
    fs::write(place.path().join("file"), "").unwrap();
    fs::create_dir_all(place.path().join("full/gatewright.db")).unwrap();
    // Nobody writes there, whoever runs the tests.
    for directory in ["file", "file/inside", "/proc/here", "full"] {
        let mut arguments = FREE.to_vec();
        arguments.extend(["--data-dir", directory]);
        refused(place.command(&arguments), 1, &["could not"]);
    }
}

#[test]
fn a_port_in_use_is_told_for_the_gateway_too() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let place = Place::new();
    let portal = place.command(&[
        "serve",
        "--listen",
        &address,
        "--gateway-listen",
        "127.0.0.1:0",
    ]);
    refused(portal, 1, &[&address, "--listen"]);
    let gateway = place.command(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--gateway-listen",
        &address,
    ]);
    refused(gateway, 1, &[&address, "--gateway-listen"]);
}

#[test]
fn a_key_encryption_key_that_is_wrong_or_missing_is_told_and_none_is_made_in_its_place() {
    let place = Place::new();
    started_once(&place);
    let kek = place.path().join("gatewright-data/kek");
    let right = fs::read(&kek).unwrap();
    let other = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdee";
    let wrong: [(&[u8], &str); 5] = [
        (other.as_bytes(), "sealed in the database under kek-"),
        (b"", "not a key-encryption key"),
        (b"short", "not a key-encryption key"),
        (&[0xff; 32], "gatewright-data/kek"),
        ("00".repeat(32).leak().as_bytes(), "one byte repeated"),
    ];
    for (key, words) in wrong {
        write_key(&kek, key);
        for arguments in [&FREE[..], &["key", "rotate"]] {
            refused(place.command(arguments), 1, &[words]);
        }
        assert_eq!(place.run(&["doctor"]).code, Some(10));
        assert_eq!(fs::read(&kek).unwrap(), key, "the file was changed");
    }
    fs::remove_file(&kek).unwrap();
    refused(
        place.command(&FREE),
        1,
        &[
            "there is no key-encryption key",
            "secrets are sealed",
            "put back",
        ],
    );
    assert!(!kek.exists(), "a new key hides that the old one is gone");
    write_key(&kek, &right);
    started_once(&place);

    let mut named = place.command(&FREE);
    named.env("GATEWRIGHT_KEK_FILE", "nowhere");
    refused(named, 1, &["nowhere"]);
    let mut text = place.command(&FREE);
    text.env("GATEWRIGHT_KEK", "short");
    refused(text, 1, &["not a key-encryption key"]);
}

pub(crate) fn write_key(path: &Path, key: &[u8]) {
    fs::write(path, key).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// Lets it make what it needs, and end in order.
pub(crate) fn started_once(place: &Place) {
    let running = Running::start(place.command(&FREE));
    running.until("Ready. Portal");
    assert_eq!(running.end(), Some(0));
}

#[test]
fn a_contract_file_that_is_wrong_is_told() {
    let place = Place::new();
    let missing = place.run(&["contract", "validate", "nowhere.yaml"]);
    assert_eq!(missing.code, Some(1), "{missing:?}");
    assert!(missing.err.contains("nowhere.yaml"), "{missing:?}");
    for (name, text) in [
        ("a.json", &b"{\"openapi\":"[..]),
        ("b.yaml", b"\xff\xfe"),
        ("c.yaml", b""),
    ] {
        fs::write(place.path().join(name), text).unwrap();
        let found = place.run(&["contract", "validate", name]);
        assert_eq!(found.code, Some(10), "{found:?}");
        assert!(!found.out.is_empty(), "no finding: {found:?}");
    }
}
