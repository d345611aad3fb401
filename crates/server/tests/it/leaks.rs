//! API keys through the gateway, and `gatewright scan`: what leaks is found, verified, and revoked.

use std::{
    fs,
    io::Write,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use gatewright_testkit::{database::Engine, echo::EchoUpstream};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    instance::{Instance, Layout, within},
    program::ran,
    shop::{self, issue},
};

const SECOND: Duration = Duration::from_secs(1);
const ORDERS: &str = "/orders/v1/orders";

#[test]
fn a_key_works_until_it_leaks_on_sqlite_with_the_gateway_inside() {
    walk(Engine::Sqlite, Layout::Embedded);
}

#[test]
fn a_key_works_until_it_leaks_on_postgresql_with_the_gateway_apart() {
    walk(Engine::Postgres, Layout::Apart);
}

fn walk(engine: Engine, layout: Layout) {
    let upstream = EchoUpstream::start().unwrap();
    let instance = Instance::founded(engine, layout);
    shop::open(&instance, &upstream.url());
    let wish = json!({ "name": "pipeline", "scopes": ["orders:v1:read"] });
    let issued = instance
        .post("/applications/Shop/api-keys", &wish)
        .good(201);
    let text = |member: &str| issued[member].as_str().unwrap().to_owned();
    let (key, id) = (text("api_key"), text("id"));
    let token = issue(&instance, "laptop", &["orders:v1:read"]);
    answers(&instance, &key, 200);
    assert_eq!(instance.call("POST", ORDERS, &key).status, 403);
    let mistyped = format!(
        "{}{}",
        &key[..key.len() - 1],
        if key.ends_with('x') { "y" } else { "x" }
    );
    let refused = instance.call("GET", ORDERS, &mistyped);
    refused.problem(401, "token-invalid");
    within(SECOND * 5, "the key is known to have been used", || {
        !instance.get(&format!("/api-keys/{id}"))["last_used_at"].is_null()
    });

    let folder = leak(&instance, &key, &token.text);
    offline(&instance, folder.path());
    let report = scan(&instance, folder.path(), &[], 10);
    let found = report["findings"].as_array().unwrap();
    let of = |kind: &str| found.iter().filter(|one| one["kind"] == kind).count();
    assert_eq!(
        (of("api-key"), of("token"), of("access-token")),
        (3, 1, 1),
        "{report:#}"
    );
    assert_eq!((of("client-secret"), of("refresh-token")), (1, 1));
    assert_eq!(of("gateway-token"), usize::from(layout == Layout::Apart));
    let dotenv = found
        .iter()
        .find(|one| one["file"].as_str().unwrap().ends_with(".env"));
    let dotenv = dotenv.unwrap();
    assert_eq!((&dotenv["line"], &dotenv["column"]), (&json!(2), &json!(9)));
    assert_eq!(
        (&dotenv["status"], &dotenv["id"]),
        (&json!("live"), &json!(id))
    );
    assert_eq!(dotenv["holder"], "pipeline of the application Shop");
    let unread = report["unread"].as_array().unwrap();
    assert_eq!(unread.len(), usize::from(!is_root()), "{report:#}");
    sarif_holds_what_it_must(&instance, folder.path(), found.len());

    // Its own access token is not to be revoked, or nothing could be asked afterwards.
    fs::remove_file(folder.path().join("access")).unwrap();
    let before = instance.events();
    let revoked = scan(
        &instance,
        folder.path(),
        &["--revoke", "--reason", "It leaked"],
        10,
    );
    let outcomes = revoked["findings"].as_array().unwrap().iter();
    let outcomes = outcomes.filter(|one| one["revocation"]["outcome"] == "revoked");
    assert_eq!(outcomes.count(), 6, "{revoked:#}");
    let happened = instance.happened_since(before);
    assert_eq!(happened.len(), 4, "{happened:?}");
    assert!(
        happened.iter().all(|one| one.ends_with(": It leaked")),
        "{happened:?}"
    );
    answers(&instance, &key, 401);
    answers(&instance, &token.text, 401);
    if layout == Layout::Apart {
        fs::remove_file(folder.path().join("gateway")).unwrap();
    }
    let code = if is_root() { 0 } else { 1 };
    let after = scan(&instance, folder.path(), &[], code);
    let over = after["findings"].as_array().unwrap().iter();
    assert!(over.clone().count() == 6 && over.clone().all(|one| one["status"] == "revoked"));
    scan(&instance, folder.path(), &["--strict"], 10);
}

/// A folder that holds secrets in every way that files can.
fn leak(instance: &Instance, key: &str, token: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    put(".env", format!("# secrets\nAPI_KEY={key}\n").as_bytes());
    let wide: Vec<u8> = key.encode_utf16().flat_map(u16::to_le_bytes).collect();
    put("deep/er/windows.txt", &[b"\xff\xfe", &wide[..]].concat());
    put(
        "binary",
        &[&b"\x7fELF\0\xff\xfe"[..], key.as_bytes(), b"\0\0"].concat(),
    );
    let mut line = vec![b'a'; 5_000_000];
    line.push(b' ');
    line.extend_from_slice(token.as_bytes());
    put("line.log", &line);
    put("access", instance.admin.as_bytes());
    let secret = instance
        .post("/applications/Shop/secrets", &json!({}))
        .good(201);
    put(
        "client.ini",
        secret["client_secret"].as_str().unwrap().as_bytes(),
    );
    let wish = json!({ "name": "Kept", "scopes": ["orders:v1:read"] });
    let begun = instance.post("/applications/Shop/grants", &wish).good(201);
    let refresh_token = begun["refresh_token"].as_str().unwrap();
    put("grant.json", begun.to_string().as_bytes());
    put("grant.cut", &refresh_token.as_bytes()[1..]);
    put("truncated", &token.as_bytes()[..token.len() - 1]);
    put("mistyped", key.replace("gw_live_", "gw_live_0").as_bytes());
    put(
        "invalid",
        b"\xc3\x28\xa0\xa1 gw_ eyJ. .eyJ.eyJ.eyJ gw_live_",
    );
    put("archive.gz", b"\x1f\x8b\x08\0rest");
    put("empty", b"");
    put("secret", b"unreadable");
    let secret = folder.path().join("secret");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    symlink(folder.path(), folder.path().join("loop")).unwrap();
    symlink(folder.path().join(".env"), folder.path().join("link")).unwrap();
    let pipe = Command::new("mkfifo")
        .arg(folder.path().join("pipe"))
        .status();
    assert!(pipe.unwrap().success());
    if instance.layout == Layout::Apart {
        let enrolled = instance
            .post("/gateways", &json!({ "name": "leaky" }))
            .good(201);
        put("gateway", enrolled["token"].as_str().unwrap().as_bytes());
    }
    folder
}

/// Whoever runs the test may read everything, and so nothing is unreadable.
fn is_root() -> bool {
    ran(Command::new("id").arg("-u")).out.trim() == "0"
}

/// Scans a folder, and gives the report in JSON, in which no secret is.
fn scan(instance: &Instance, folder: &Path, more: &[&str], code: i32) -> Value {
    let mut arguments = vec!["scan", folder.to_str().unwrap(), "--output", "json"];
    arguments.extend_from_slice(more);
    let ran = instance.run(&arguments);
    assert_eq!(ran.code, Some(code), "{}{}", ran.out, ran.err);
    holds_no_secret(&ran.out);
    holds_no_secret(&ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

/// No text of more than a hint's length after the prefix of a credential, and nothing of the shape of a token.
fn holds_no_secret(text: &str) {
    let whole = regex::Regex::new(r"gw_[a-z]+_[0-9A-Za-z]{5}|eyJ[0-9A-Za-z_-]{10}").unwrap();
    // The id of a client secret stands in it, and is public.
    let id = regex::Regex::new("gw_cs_[0-9A-Za-z]{8}…").unwrap();
    assert!(!whole.is_match(&id.replace_all(text, "")), "{text}");
}

/// By the key set alone, from a file and from its address: tokens are certain, keys are known by their checksum.
fn offline(instance: &Instance, folder: &Path) {
    let address = format!("{}/oauth2/jwks", instance.portal);
    let file = folder.join("jwks.json");
    fs::write(&file, crate::http::Ask::get(&address).send().text()).unwrap();
    for keys in [address.as_str(), file.to_str().unwrap()] {
        let report = scan(instance, folder, &["--jwks", keys], 10);
        let found = report["findings"].as_array().unwrap().iter();
        let mut statuses: Vec<String> = found
            .map(|one| {
                format!(
                    "{} {}",
                    one["kind"].as_str().unwrap(),
                    one["status"].as_str().unwrap()
                )
            })
            .collect();
        statuses.sort();
        statuses.dedup();
        statuses.retain(|status| !status.starts_with("gateway"));
        assert_eq!(
            statuses,
            [
                "access-token unknown",
                "api-key unknown",
                "client-secret unknown",
                "token unended"
            ]
        );
    }
    fs::remove_file(file).unwrap();
    let by_another = scan(
        instance,
        folder,
        &["--jwks", &address, "--issuer", "https://elsewhere.example"],
        10,
    );
    let found = by_another["findings"].as_array().unwrap();
    assert!(
        found.iter().all(|one| one["kind"] != "token"),
        "{by_another:#}"
    );
}

/// What SARIF 2.1.0 requires of a log, a run, a rule, a result and a region.
fn sarif_holds_what_it_must(instance: &Instance, folder: &Path, findings: usize) {
    let log = scan(instance, folder, &["--format", "sarif"], 10);
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    assert!(driver["name"].is_string());
    let rules = driver["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), findings);
    for result in results {
        assert!(["error", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(result["message"]["text"].is_string());
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.is_ascii() && !uri.contains(' '), "{uri}");
        let region = |name: &str| place["region"][name].as_u64().unwrap();
        assert!(0 < region("startLine") && 0 < region("startColumn"));
        assert!(region("startColumn") < region("endColumn"));
        assert!(result["partialFingerprints"]["gatewright/v1"].is_string());
    }
}

fn answers(instance: &Instance, credential: &str, status: u16) {
    within(SECOND, &format!("the gateway answers {status}"), || {
        instance.call("GET", ORDERS, credential).status == status
    });
}

#[test]
fn standard_input_is_read_to_its_end_and_what_is_not_there_is_said() {
    let instance = Instance::founded(Engine::Sqlite, Layout::Embedded);
    let mut command = instance.command(&["scan", "-"]);
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut scanning = piped.stderr(Stdio::piped()).spawn().unwrap();
    let mut input = scanning.stdin.take().unwrap();
    let line = format!("export TOKEN={}\n", instance.admin);
    input.write_all(&vec![b'\n'; 200_000]).unwrap();
    input.write_all(line.as_bytes()).unwrap();
    drop(input);
    let scanned = scanning.wait_with_output().unwrap();
    let out = String::from_utf8(scanned.stdout).unwrap();
    assert_eq!(scanned.status.code(), Some(10), "{out}");
    assert!(
        out.starts_with("-:200001:14: personal access token gw_pat_"),
        "{out}"
    );
    assert!(out.contains("of the operator ada; live until "), "{out}");
    holds_no_secret(&out);

    let missing = instance.run(&["scan", "not-there"]);
    assert_eq!(missing.code, Some(1), "{}", missing.err);
    assert!(
        missing.err.contains("Not read: not-there"),
        "{}",
        missing.err
    );
    assert_eq!(instance.run(&["scan"]).code, Some(2));
    let both = instance.run(&["scan", "--revoke", "--jwks", "keys.json", "."]);
    assert_eq!(both.code, Some(2));
}

#[test]
fn without_an_installation_a_scan_says_what_to_do() {
    let place = crate::program::Place::new();
    let ran = place.run(&["scan", "."]);
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    assert!(ran.err.contains("--jwks"), "{}", ran.err);
}
